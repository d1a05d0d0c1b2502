//! The report of a screening: its figures are those of the run, it names nobody, and it is there whole or not at all.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may stop at what it did not expect"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};
use dialgate::vocabulary::{Channel, Obligation, Reason};
use dialgate::{Gate, Lead, Number};

const AT: &str = "2026-11-23T14:30:00Z";

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme").join(name)
}

fn dialgate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dialgate")).args(arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The sample, compiled once.
fn gate() -> &'static str {
    static GATE: OnceLock<(tempfile::TempDir, String)> = OnceLock::new();
    let (_, path) = GATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.gate").to_str().unwrap().to_owned();
        let output = dialgate(&["compile", sample("gate.toml").to_str().unwrap(), "-o", &path]);
        assert!(output.status.success(), "{}", stderr(&output));
        (folder, path)
    });
    path
}

/// A run with a report, and its files.
struct Run {
    page: String,
    clean: String,
    rejected: String,
}

fn run(gate: &str, leads: &Path, more: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (page, clean, rejected) = (at("report.html"), at("clean.csv"), at("rejected.csv"));
    let mut arguments = vec!["filter", gate, leads.to_str().unwrap(), "--channel", "manual_call", "--at", AT];
    arguments.extend(["-o", &clean, "--rejected", &rejected, "--report", &page]);
    if !more.contains(&"--purpose") {
        arguments.extend(["--purpose", "own-offers"]);
    }
    arguments.extend(more);
    let output = dialgate(&arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing but the three files");
    let read = |path: &str| fs::read_to_string(path).unwrap();
    Run { page: read(&page), clean: read(&clean), rejected: read(&rejected) }
}

/// The sample's run in English.
fn acme() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| run(gate(), &sample("leads.csv"), &["--default-region", "PL"]))
}

/// The cells of a section's first table: the head of each line, without marks, and its figures.
fn table(page: &str, section: &str) -> BTreeMap<String, Vec<u64>> {
    let (_, rest) = page.split_once(&format!("<section aria-labelledby=\"{section}\">")).unwrap();
    let (body, _) = rest.split_once("</section>").unwrap().0.split_once("</tbody>").unwrap();
    let (_, body) = body.split_once("<tbody>").unwrap();
    let mut lines = BTreeMap::new();
    for line in body.split("<tr>").skip(1) {
        let (head, cells) = line.split_once("</th>").unwrap();
        let head = head.split_once("<code>").map_or(head, |(_, code)| code.split_once("</code>").unwrap().0);
        let head = head.trim_start_matches("<th scope=\"row\">").to_owned();
        let figures = cells
            .split("<td class=\"number")
            .skip(1)
            .map(|cell| cell.split_once('>').unwrap().1.split_once('<').unwrap().0)
            .filter_map(|text| text.replace([',', '\u{a0}'], "").parse().ok())
            .collect();
        assert!(lines.insert(head.clone(), figures).is_none(), "`{head}` twice");
    }
    lines
}

/// The rows of a file that a screening wrote, by the names of its columns.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
}

fn all_rows(run: &Run) -> Vec<BTreeMap<String, String>> {
    rows(&run.clean).into_iter().chain(rows(&run.rejected)).collect()
}

fn counted<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for name in names.filter(|name| !name.is_empty()) {
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn the_figures_of_the_page_are_those_of_the_files() {
    let run = acme();
    let rows = all_rows(run);
    let cells = |name: &str| rows.iter().map(|row| row[name].as_str()).collect::<Vec<_>>();
    let first = |section| -> BTreeMap<String, u64> {
        table(&run.page, section).into_iter().map(|(name, figures)| (name, figures[0])).collect()
    };
    let funnel = first("funnel");
    let verdicts = counted(cells("dialgate_verdict").into_iter());
    assert_eq!(funnel["All leads"], rows.len() as u64);
    for (name, verdict) in [("Allowed", "allow"), ("Deferred", "defer"), ("Review", "review"), ("Denied", "deny")] {
        assert_eq!(funnel[name], verdicts.get(verdict).copied().unwrap_or(0), "{name}");
    }
    assert_eq!(first("first"), counted(cells("dialgate_reason").into_iter()));
    let every = |name| counted(cells(name).into_iter().flat_map(|cell| cell.split(';')));
    assert_eq!(first("all"), every("dialgate_reasons"));
    assert_eq!(first("duties"), every("dialgate_obligations"));
    assert!(funnel["Allowed"] > 100 && funnel["Deferred"] > 10 && funnel["Denied"] > 100, "{funnel:?}");
}

#[test]
fn the_places_add_up_to_the_run() {
    let run = acme();
    let places = table(&run.page, "places");
    let funnel = table(&run.page, "funnel");
    let sum = |column: usize| places.values().map(|figures| figures[column]).sum::<u64>();
    let columns = ["All leads", "Allowed", "Deferred", "Review", "Denied"];
    for (column, name) in columns.iter().enumerate() {
        assert_eq!(sum(column), funnel[*name][0], "{name}");
    }
    assert!(places.contains_key("PL (Poland)") && places.keys().any(|name| name.starts_with("US-IL")), "{places:?}");
    // The lead says another place than the number: both names.
    let folder = tempfile::tempdir().unwrap();
    let leads = folder.path().join("leads.csv");
    fs::write(&leads, "number,region\n+48223000002,GB\n+442079460010,\ncall me,\n").unwrap();
    let places = table(&self::run(gate(), &leads, &[]).page, "places");
    assert_eq!(places.keys().collect::<Vec<_>>(), ["GB (United Kingdom)", "GB + PL", "none known"], "{places:?}");
}

/// Leads of every kind, few enough to be asked about each quarter of an hour.
const PLANNED: [&str; 14] = [
    "+48223000002",
    "+48223000005",
    "+48223000030",
    "+48223000031",
    "+442079460010",
    "+442079460011",
    "+13125550100",
    "+13125550107",
    "+13125550130",
    "+12125550101",
    "+17735550102",
    "+14065550103",
    "+12165550100",
    "+48223000002",
];

#[test]
fn the_plan_says_at_which_hours_a_lead_could_be_called() {
    let folder = tempfile::tempdir().unwrap();
    let leads = folder.path().join("leads.csv");
    fs::write(&leads, format!("number\n{}\n", PLANNED.join("\n"))).unwrap();
    for purpose in ["own-offers", "green-energy", "debt_collection"] {
        let run = run(gate(), &leads, &["--purpose", purpose]);
        let open = Gate::open(gate()).unwrap();
        let campaign = open.campaign().purpose(purpose).channel(Channel::ManualCall).prepare().unwrap();
        let at: DateTime<Utc> = AT.parse().unwrap();
        let callable: BTreeSet<Number> = PLANNED
            .iter()
            .map(|number| number.parse().unwrap())
            .filter(|number| {
                let decision = campaign.may_contact_at(*number, at);
                decision.is_allowed() || decision.retry_at().is_some()
            })
            .collect();
        let (mut expected, first) = (vec![0_u64; 72], at - TimeDelta::minutes(30));
        for number in &callable {
            for (hour, count) in expected.iter_mut().enumerate() {
                let is = |quarter: usize| {
                    let asked = first + TimeDelta::minutes((hour * 60 + quarter * 15).try_into().unwrap());
                    asked >= at && campaign.may_contact_lead(&Lead::new(*number), asked).is_allowed()
                };
                *count += u64::from((0..4).any(is));
            }
        }
        let Some((_, rest)) = run.page.split_once("<table class=\"plan\">") else {
            assert!(callable.is_empty(), "{purpose}");
            continue;
        };
        // Down the days: from 14:00 on the first to 13:00 on the last.
        let lines: Vec<Vec<&str>> = rest
            .split("</table>")
            .next()
            .unwrap()
            .split("<tr><th scope=\"row\">")
            .skip(1)
            .map(|line| line.split("<td").skip(1).map(|cell| cell.split(['>', '<']).nth(1).unwrap()).collect())
            .collect();
        assert_eq!(lines.len(), 24);
        let shown: Vec<u64> = (0..72).map(|hour| lines[(14 + hour) % 24][(14 + hour) / 24].parse().unwrap()).collect();
        assert_eq!(shown, expected, "{purpose}");
        assert!(purpose != "own-offers" || expected.iter().any(|count| *count > 0));
    }
}

#[test]
fn consents_that_end_soon_are_counted_and_copies_show_their_days() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut records = String::new();
    // Ends in 3, 10, 20, 40 days; never; and one of two ends.
    for (number, ends) in [
        (1, Some("2026-11-26")),
        (2, Some("2026-12-03")),
        (3, Some("2026-12-13")),
        (4, Some("2027-01-02")),
        (5, None),
        (6, Some("2026-11-26")),
        (6, None),
    ] {
        let ends = ends.map_or(String::new(), |day| format!(",\"expires_at\":\"{day}T15:00:00Z\""));
        records.push_str(&format!(
            "{{\"type\":\"consent\",\"number\":\"+4822300010{number}\",\"at\":\"2026-0{}-01T10:00:00Z\",\"purposes\":[\"offers\"],\"channels\":[\"live_call\"],\"form\":\"electronic\",\"pre_ticked\":false,\"conditions\":{{\"freely_given\":true,\"informed\":true,\"unambiguous\":true,\"revocable\":true}},\"evidence\":{{\"uri\":\"forms://1\",\"sha256\":\"{}\"}}{ends}}}\n",
            if ends.is_empty() { 3 } else { 2 },
            "9f".repeat(32),
        ));
    }
    fs::write(at("records.jsonl"), records).unwrap();
    fs::write(at("tps.txt"), "+442079460011\n").unwrap();
    fs::write(
        at("gate.toml"),
        "controller = \"me\"\nas_of = \"2026-11-20T00:00:00Z\"\nmax_age_days = 5\n[[controllers]]\nid = \"me\"\nname = \"Me\"\n\
         [[purposes]]\nid = \"offers\"\nclass = \"marketing\"\n\
         [[lists]]\nid = \"tps\"\nkind = \"registry\"\nregistry = \"gb-tps\"\nformat = \"plain\"\npath = \"tps.txt\"\nas_of = \"2026-11-01T00:00:00Z\"\n\
         [[records]]\npath = \"records.jsonl\"\n",
    )
    .unwrap();
    let numbers: Vec<String> = (1..=6).map(|number| format!("+4822300010{number}")).collect();
    fs::write(at("leads.csv"), format!("number\n{}\n", numbers.join("\n"))).unwrap();
    let run = run(at("gate.toml").to_str().unwrap(), &at("leads.csv"), &["--purpose", "offers"]);
    assert_eq!(rows(&run.clean).len(), 6, "{}", run.rejected);
    let (_, consents) = run.page.split_once("<h3>Consents that expire</h3>").unwrap();
    for (days, expected) in [(7, 1), (14, 2), (30, 3)] {
        let line = format!("<th scope=\"row\">{days} days</th><td class=\"number\">{expected}</td>");
        assert!(consents.contains(&line), "{days} days");
    }
    // 28 days from 1 November, asked on the 23rd at half past two: five full days.
    assert!(run.page.contains("<td class=\"left urgent\">5</td><td class=\"date\">29 Nov 2026, 00:00 UTC</td><td class=\"date\">1 Nov 2026</td>"));
    assert!(run.page.contains("<td class=\"left urgent\">1</td><td class=\"date\">25 Nov 2026, 00:00 UTC</td><td class=\"date\">20 Nov 2026</td>"));
}

#[test]
fn the_page_names_nobody() {
    let run = acme();
    let leads = fs::read_to_string(sample("leads.csv")).unwrap();
    let mut looked = 0;
    for row in leads.lines().skip(1) {
        let number: String = row.split(',').nth(1).unwrap().chars().filter(char::is_ascii_digit).collect();
        let tail = number.get(number.len().saturating_sub(7)..).unwrap_or(&number);
        assert!(tail.len() < 7 || !run.page.contains(tail), "a number of the leads is on the page");
        looked += 1;
    }
    assert!(looked > 3_000);
}

#[test]
fn names_from_files_stay_names() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let hostile = "</title><script>alert(1)</script><img src=x onerror='alert(2)'>&\\\"{{ 7 * 7 }}";
    fs::write(
        at("gate.toml"),
        format!(
            "controller = \"me\"\nas_of = \"2026-11-23T06:00:00Z\"\n[[controllers]]\nid = \"me\"\nname = \"{hostile}\"\n\
             [[purposes]]\nid = \"offers\"\nclass = \"marketing\"\n[[records]]\npath = \"records.jsonl\"\n\
             [rules]\nfiles = [\"house.toml\"]\n"
        ),
    )
    .unwrap();
    let withdrawn = "\"type\":\"withdrawal\",\"number\":\"+48223000009\",\"at\":\"2026-05-01T00:00:00Z\"";
    fs::write(at("records.jsonl"), format!("{{{withdrawn},\"id\":\"{hostile}\"}}\n")).unwrap();
    fs::write(
        at("house.toml"),
        format!(
            "code = \"house:x\"\nname = \"{hostile}\"\nversion = 2026-01-01\nsources = [\"{hostile}\"]\n\
             [[window]]\nid = \"w\"\nclasses = [\"marketing\"]\nhours = {{ mon_fri = [\"09:00-17:00\"] }}\n\
             statute = \"{hostile}\"\nconfidence = \"H\"\n"
        ),
    )
    .unwrap();
    fs::write(at("leads.csv"), "number,region\n+48223000009,<b>PL</b>\n+48223000001,\n").unwrap();
    let gate = at("gate.toml");
    let report = run(gate.to_str().unwrap(), &at("leads.csv"), &["--purpose", "offers", "--region", "<i>PL</i>"]).page;
    let here = run(gate.to_str().unwrap(), &at("leads.csv"), &["--purpose", "offers", "--region", "PL"]).page;
    let html = at("why.html");
    let asked = ["--purpose", "offers", "--channel", "sms", "--at", AT, "--html", html.to_str().unwrap()];
    let output = dialgate(&[&["explain", gate.to_str().unwrap(), "+48223000009"], &asked[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    for page in [&report, &here, &fs::read_to_string(&html).unwrap()] {
        for tag in ["<script", "<img", "<b>", "<i>"] {
            assert!(!page.contains(tag), "`{tag}` is on the page");
        }
        assert_eq!(page.matches("</title>").count(), 1);
        assert!(page.contains("&#60;script&#62;alert(1)") && page.contains("{{ 7 * 7 }}"));
    }
    assert!(report.contains("&#60;i&#62;PL"), "what the command line gave for every lead");
    assert_eq!(here.matches("&#60;script&#62;").count(), 2, "the controller and the pack");
}

#[test]
fn both_languages_tell_the_same_figures_and_keep_the_codes() {
    let english = &acme().page;
    let polish = run(gate(), &sample("leads.csv"), &["--default-region", "PL", "--lang", "pl"]).page;
    assert!(english.contains("<html lang=\"en\">") && polish.contains("<html lang=\"pl\">"));
    assert!(english.contains("Screening report") && polish.contains("Raport ze sprawdzenia bazy"));
    for section in ["first", "all", "duties", "lists"] {
        assert_eq!(table(english, section), table(&polish, section), "{section}");
    }
    let figures = |page| table(page, "funnel").into_values().collect::<BTreeSet<_>>();
    assert_eq!(figures(english), figures(&polish));
    assert!(polish.contains("3\u{a0}268") && polish.contains("23.11.2026, 14:30 UTC"));
    let known = |page: &str, of: &str| page.contains(of);
    for (reason, _) in table(english, "all") {
        let code = Reason::from_slug(&reason).unwrap();
        assert!(known(&polish, dialgate::Language::Polish.reason(code)), "{reason}");
        assert!(known(english, dialgate::Language::English.reason(code)), "{reason}");
    }
    for (duty, _) in table(english, "duties") {
        let code = Obligation::from_slug(&duty).unwrap();
        assert!(known(&polish, dialgate::Language::Polish.obligation(code)), "{duty}");
    }
    assert_eq!(dialgate(&["filter", gate(), "x.csv", "--lang", "de"]).status.code(), Some(2));
}

#[test]
fn counts_have_the_form_of_their_noun_and_small_shares_are_not_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let leads = folder.path().join("leads.csv");
    let pages = |rows: usize, odd: usize| {
        let many = "+48223000002,\n".repeat(rows);
        fs::write(&leads, format!("number,party\n{many}{}call me,\n", "+48223000030,b2b\n".repeat(odd))).unwrap();
        ["en", "pl"].map(|lang| run(gate(), &leads, &["--lang", lang]).page)
    };
    // A remark and its code in one sentence.
    let says = |page: &str, remark: &str| page.replace("<code>", "").replace("</code>", "").contains(remark);
    let [english, polish] = pages(2, 1);
    assert!(says(&english, "<li>1 row repeats a number"), "{english}");
    assert!(says(&english, "<li>1 cell of party or line says nothing known and was taken"));
    assert!(says(&polish, "<li>1 wiersz powtarza numer") && says(&polish, "<li>1 komórka party lub line"));
    assert!(!english.contains("&#60;0.1%"));
    let [english, polish] = pages(2_500, 3);
    // The two others of the odd number repeat it too.
    assert!(says(&english, "<li>2,501 rows repeat a number") && says(&english, "<li>3 cells of party or line say"));
    assert!(says(&polish, "<li>2\u{a0}501 wierszy powtarza numer") && says(&polish, "<li>3 komórki party lub line"));
    for (page, share, none) in [(&english, "&#60;0.1%", "0.0%"), (&polish, "&#60;0,1%", "0,0%")] {
        let line =
            |code: &str| page.split(&format!("<code>{code}</code>")).nth(1).unwrap().split("</tr>").next().unwrap();
        assert!(
            line("number_invalid")
                .contains(&format!("<td class=\"number\">1</td><td class=\"number share\">{share}</td>"))
        );
        assert!(page.contains(&format!("<td class=\"number\">0</td><td class=\"number share\">{none}</td>")));
    }
}

#[test]
fn the_polish_page_has_polish_names_of_places() {
    let polish = run(gate(), &sample("leads.csv"), &["--default-region", "PL", "--lang", "pl"]).page;
    let places = table(&polish, "places");
    for name in ["PL (Polska)", "GB (Wielka Brytania)", "US-NY (Nowy Jork)", "US-OH (Ohio)", "nieznane"] {
        assert!(places.contains_key(name), "{places:?}");
    }
    assert!(polish.contains("<td>Unia Europejska (podstawa)</td>") && !polish.contains("Poland"));
}

#[test]
fn the_same_run_makes_the_same_bytes_and_loads_nothing() {
    let again = run(gate(), &sample("leads.csv"), &["--default-region", "PL"]);
    let page = &acme().page;
    assert!(*page == again.page, "two pages of one run differ");
    for word in ["http:", "https:", "url(", "@import", "src=", "<script", "<iframe"] {
        assert!(!page.contains(word), "`{word}` is on the page");
    }
    assert_eq!(page.matches("<link").count(), page.matches("href=\"data:,\"").count());
}

#[test]
fn a_run_that_fails_leaves_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (leads, clean, report) = (at("leads.csv"), at("clean.csv"), at("report.html"));
    fs::write(&leads, "number,id\n+48223000002,1\n+48223000002\n").unwrap();
    let question = ["--purpose", "own-offers", "--channel", "sms", "--at", AT];
    let files = ["filter", gate(), &leads, "-o", &clean, "--report", &report];
    assert_eq!(dialgate(&[&files[..], &question].concat()).status.code(), Some(1));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the leads alone");
    // The page has nowhere to go: the clean file, which would look like a finished run, is not there either.
    fs::write(&leads, "number\n+48223000002\n").unwrap();
    let blocked = at("leads.csv/report.html");
    let files = ["filter", gate(), &leads, "-o", &clean, "--report", &blocked];
    assert_eq!(dialgate(&[&files[..], &question].concat()).status.code(), Some(1));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the leads alone");
    let files = ["filter", gate(), &leads, "-o", &clean, "--report", &clean];
    let output = dialgate(&[&files[..], &question].concat());
    assert!(stderr(&output).contains("used twice"), "{}", stderr(&output));
    let output = dialgate(&[&["filter", gate(), &leads, "--preview", "--report", &report][..], &question].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("A preview: no leads were written."));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "the leads and the report");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_no_report() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let (fifo, clean) = (folder.path().join("leads"), folder.path().join("clean.csv"));
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let child = Command::new(env!("CARGO_BIN_EXE_dialgate"))
        .args(["filter", gate(), fifo.to_str().unwrap(), "--at", AT, "--purpose", "own-offers", "--channel", "sms"])
        .args(["-o", clean.to_str().unwrap(), "--report", folder.path().join("report.html").to_str().unwrap()])
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut leads = fs::File::options().write(true).open(&fifo).unwrap();
    leads.write_all(b"number\n+48223000002\n").unwrap();
    let begun = std::time::Instant::now();
    while fs::read_dir(folder.path()).unwrap().count() < 2 && begun.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    std::thread::sleep(std::time::Duration::from_millis(100));
    drop(leads);
    let output = child.wait_with_output().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&output.status), Some(2), "it dies of the signal");
    assert!(stderr(&output).contains("interrupted"), "{}", stderr(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the leads alone");
}
