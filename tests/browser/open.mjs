// Opens pages from disk in a headless browser, the way a reader would, and says what is wrong with them:
//   node open.mjs PAGE.html ... [--pictures FOLDER]
// Every page is opened at the width of a phone and of a desk, light and dark. It must write nothing to the console,
// load nothing but itself, run over no edge, and give axe-core nothing to object to. Ends non-zero otherwise.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const asked = process.argv.slice(2);
const at = asked.indexOf("--pictures");
const pictures = at < 0 ? null : asked.splice(at, 2)[1];
const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } };
const schemes = ["light", "dark"];

if (asked.length === 0) {
  console.error("no page was named; expected: node open.mjs PAGE.html ...");
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});

let opened = 0;
let checks = 0;
const wrong = [];

for (const page of asked) {
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of schemes) {
      const where = `${path.basename(page)}, ${size}, ${colorScheme}`;
      const check = (holds, what) => {
        checks += 1;
        if (!holds) wrong.push(`${where}: ${what}`);
      };
      // A page may not run anything of its own; what is asked of it below goes past its policy.
      const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true });
      const tab = await context.newPage();
      const said = [];
      const requests = [];
      tab.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
      tab.on("pageerror", (error) => said.push(`error: ${error.message}`));
      tab.on("request", (request) => requests.push(request.url()));
      const url = pathToFileURL(path.resolve(page)).href;
      await tab.goto(url, { waitUntil: "load" });
      opened += 1;

      check((await tab.title()).length > 0, "the page has no title");
      check(said.length === 0, `the console says ${JSON.stringify(said)}`);
      const others = requests.filter((one) => one !== url && !one.startsWith("data:"));
      check(requests.includes(url) && others.length === 0, `it asks for ${JSON.stringify(others)}`);
      check((await tab.locator("script").count()) === 0, "it holds a script");

      const { content, room } = await tab.evaluate(() => ({
        content: document.documentElement.scrollWidth,
        room: document.documentElement.clientWidth,
      }));
      check(content <= room, `it is ${content} px wide in ${room} px`);

      await tab.evaluate(axe);
      const found = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      check(found.passes.length > 10, "axe-core looked at hardly anything");
      for (const one of found.violations) {
        for (const node of one.nodes) {
          wrong.push(`${where}: ${one.id}: ${one.help}: ${node.target.join(" ")}: ${node.failureSummary}`);
        }
      }
      check(found.violations.length === 0, `axe-core finds ${found.violations.length} violations`);

      if (pictures) {
        const name = `${path.basename(page, ".html")}-${size}-${colorScheme}.png`;
        await tab.screenshot({ path: path.join(pictures, name), fullPage: true });
      }
      await context.close();
    }
  }
}
await browser.close();

for (const one of wrong) console.error(one);
console.log(`${asked.length} pages, ${opened} times opened, ${checks} checks, ${wrong.length} findings`);
process.exit(wrong.length === 0 && opened === asked.length * 4 ? 0 : 1);
