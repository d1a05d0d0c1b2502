//! House rules: one more jurisdiction, intersected with the others; only `override = true` replaces, and that shows.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::Command;

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Channel, Reason, Verdict};
use dialgate::{Decision, Gate, Manifest};
use serde_json::Value;

const CONSENTED: &str = "+48223000001";
const UNKNOWN: &str = "+48223000002";
const LISTED: &str = "+48223000003";
const WITHDRAWN: &str = "+48223000004";
const BLOCKED_IN_POLAND: &str = "+48223000005";
const CONFIRMED_TWICE: &str = "+48223000006";
const ILLINOIS: &str = "+13125550100";
const SWEDEN: &str = "+46701740605";

/// Monday; 11:00 in Warsaw and 4:00 in Chicago.
const MORNING: &str = "2026-11-23T10:00:00Z";
/// 16:00 in Warsaw, 9:00 in Chicago.
const AFTERNOON: &str = "2026-11-23T15:00:00Z";

const HEAD: &str = "code = \"house:test\"\nname = \"House\"\nversion = 2026-11-01\n";

/// A row of the house about marketing.
fn row(kind: &str, id: &str, more: &str) -> String {
    format!(
        "[[{kind}]]\nid = \"{id}\"\nclasses = [\"marketing\"]\n{more}\nstatute = \"policy of the house\"\nconfidence = \"H\"\n"
    )
}

/// A gate with these house rules (none: without any).
struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new(rules: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let mut manifest = "controller = \"acme\"\nas_of = \"2026-11-23T06:00:00Z\"\n[[controllers]]\nid = \"acme\"\n\
             [[purposes]]\nid = \"offers\"\nclass = \"marketing\"\n[[records]]\npath = \"records.jsonl\"\n"
            .to_owned();
        for (id, head, entry) in [
            ("us-ndnc", "kind = \"registry\"\nregistry = \"us-ndnc\"\ncovers = \"all\"", "+13125550199"),
            ("own", "kind = \"opt_out\"", LISTED),
            ("blocked", "kind = \"block\"\njurisdictions = [\"PL\"]", BLOCKED_IN_POLAND),
        ] {
            manifest.push_str(&format!(
                "[[lists]]\nid = \"{id}\"\n{head}\nformat = \"plain\"\npath = \"{id}.txt\"\nas_of = \"2026-11-22T00:00:00Z\"\n"
            ));
            write(&format!("{id}.txt"), &format!("{entry}\n"));
        }
        if let Some(rules) = rules {
            manifest.push_str("[rules]\nfiles = [\"house.toml\"]\n");
            write("house.toml", &format!("{HEAD}{rules}"));
        }
        let hash = "9f".repeat(32);
        let consent = |number: &str| {
            format!(
                r#"{{"type":"consent","number":"{number}","at":"2026-02-01T10:00:00Z","purposes":["offers"],"channels":["live_call"],"form":"electronic","pre_ticked":false,"conditions":{{"freely_given":true,"informed":true,"unambiguous":true,"revocable":true}},"evidence":{{"uri":"form://1","sha256":"{hash}"}}}}"#
            )
        };
        let records = [
            consent(CONSENTED),
            consent(WITHDRAWN),
            consent(CONFIRMED_TWICE).replace(r#","form""#, r#","double_opt_in_at":"2026-02-01T10:05:00Z","form""#),
            format!(r#"{{"type":"withdrawal","number":"{WITHDRAWN}","at":"2026-03-01T10:00:00Z"}}"#),
            format!(
                r#"{{"type":"attempt","number":"{CONSENTED}","at":"2026-11-22T20:00:00Z","channel":"manual_call","purpose":"offers","outcome":"no_answer"}}"#
            ),
        ];
        write("records.jsonl", &records.join("\n"));
        write("gate.toml", &manifest);
        Self { folder }
    }

    fn manifest(&self) -> std::path::PathBuf {
        self.folder.path().join("gate.toml")
    }

    fn gate(&self) -> Gate {
        let image = Manifest::load(self.manifest()).unwrap().compile().unwrap();
        Gate::from_bytes(image.as_bytes()).unwrap()
    }

    fn ask(&self, number: &str, at: &str) -> Decision {
        let campaign = self.gate().campaign().purpose("offers").channel(Channel::ManualCall).prepare().unwrap();
        campaign.may_contact_at(number.parse().unwrap(), instant(at))
    }

    fn run(&self, command: &str, more: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_dialgate"))
            .arg(command)
            .arg(Path::new(&self.manifest()))
            .args(more)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    fn about(&self, command: &str, number: &str, json: bool) -> String {
        let mut more = vec![number, "--purpose", "offers", "--channel", "manual_call", "--at", AFTERNOON];
        more.extend(json.then_some("--json"));
        self.run(command, &more)
    }
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn overriding() -> House {
    House::new(Some(&format!("override = true\n{}", row("requirement", "free", "require = \"exempt\""))))
}

#[test]
fn without_house_rules_the_packs_alone_decide() {
    let none = House::new(None);
    for (number, at, reason) in [
        (CONSENTED, MORNING, None),
        (CONSENTED, AFTERNOON, None),
        (UNKNOWN, AFTERNOON, Some(Reason::ConsentMissing)),
        (ILLINOIS, AFTERNOON, None),
        (ILLINOIS, MORNING, Some(Reason::OutsideHours)),
        (SWEDEN, AFTERNOON, Some(Reason::JurisdictionUnknown)),
    ] {
        assert_eq!(none.ask(number, at).reason(), reason, "{number} {at}");
    }
}

#[test]
fn a_window_of_the_house_narrows_and_opens_where_both_are_open() {
    let house = House::new(Some(&row("window", "late", "hours = { mon_fri = [\"10:00-12:00\"] }")));
    assert!(house.ask(CONSENTED, MORNING).is_allowed());
    assert_eq!(house.ask(CONSENTED, MORNING).valid_until(), Some(instant("2026-11-23T11:00:00Z")));
    let closed = house.ask(CONSENTED, AFTERNOON);
    assert_eq!((closed.verdict(), closed.reason()), (Verdict::Defer, Some(Reason::OutsideHours)));
    assert_eq!(closed.retry_at(), Some(instant("2026-11-24T09:00:00Z")), "ten in Warsaw");
    assert_eq!(house.ask(ILLINOIS, AFTERNOON).retry_at(), Some(instant("2026-11-23T16:00:00Z")), "ten in Chicago");
}

#[test]
fn a_double_opt_in_counts_where_the_house_asks_for_it() {
    let asks = |more: &str| House::new(Some(&row("requirement", "twice", &format!("require = \"opt_in\"\n{more}"))));
    let twice = asks("double_opt_in = true");
    let once = twice.ask(CONSENTED, MORNING);
    assert_eq!((once.verdict(), once.reason()), (Verdict::Deny, Some(Reason::ConsentNonconforming)));
    assert!(twice.ask(CONFIRMED_TWICE, MORNING).is_allowed());
    assert!(asks("").ask(CONSENTED, MORNING).is_allowed(), "only where it is asked");
}

#[test]
fn a_cap_of_the_house_counts_beside_the_others() {
    let house = House::new(Some(&row("cap", "once", "attempts = 1\nwindow = \"24h\"")));
    let capped = house.ask(CONSENTED, MORNING);
    assert_eq!((capped.verdict(), capped.reason()), (Verdict::Defer, Some(Reason::AttemptCap)));
    assert_eq!(capped.retry_at(), Some(instant("2026-11-23T20:00:00Z")));
    assert!(house.ask(ILLINOIS, AFTERNOON).is_allowed(), "nobody tried it");
}

#[test]
fn a_requirement_of_the_house_is_asked_beside_the_others() {
    let house = House::new(Some(&row("requirement", "ask", "require = \"opt_in\"")));
    assert_eq!(house.ask(ILLINOIS, AFTERNOON).reason(), Some(Reason::ConsentMissing));
    assert!(house.ask(CONSENTED, AFTERNOON).is_allowed());
}

#[test]
fn house_rules_without_override_never_loosen() {
    let loose = [
        row("requirement", "free", "require = \"exempt\""),
        row("window", "always", "hours = { daily = [\"00:00-24:00\"] }"),
        row("cap", "many", "attempts = 1000\nwindow = \"24h\""),
    ]
    .concat();
    let (house, none) = (House::new(Some(&loose)), House::new(None));
    for number in [CONSENTED, UNKNOWN, LISTED, WITHDRAWN, BLOCKED_IN_POLAND, ILLINOIS, SWEDEN] {
        for at in [MORNING, AFTERNOON, "2026-11-22T03:00:00Z"] {
            let (with, without) = (house.ask(number, at), none.ask(number, at));
            assert_eq!(with.verdict(), without.verdict(), "{number} {at}");
            assert_eq!(with.reasons(), without.reasons(), "{number} {at}");
        }
    }
}

#[test]
fn override_replaces_the_packs_but_neither_lists_nor_denials_nor_an_unknown_place() {
    let house = overriding();
    assert!(house.ask(UNKNOWN, AFTERNOON).is_allowed(), "the Polish requirement is gone");
    assert!(house.ask(ILLINOIS, MORNING).is_allowed(), "and so are the federal hours");
    for (number, reason) in [
        (LISTED, Reason::OptedOut),
        (WITHDRAWN, Reason::Withdrawn),
        (BLOCKED_IN_POLAND, Reason::ListBlocked),
        (SWEDEN, Reason::JurisdictionUnknown),
    ] {
        assert_eq!(house.ask(number, AFTERNOON).reason(), Some(reason), "{number}");
    }
}

#[test]
fn what_an_overriding_file_leaves_open_is_denied() {
    let house = House::new(Some(&format!("override = true\n{}", row("cap", "many", "attempts = 9\nwindow = \"24h\""))));
    assert_eq!(house.ask(UNKNOWN, AFTERNOON).reason(), Some(Reason::RuleUnverified));
    assert_eq!(house.ask(ILLINOIS, AFTERNOON).reason(), Some(Reason::RuleUnverified));
}

#[test]
fn override_shows_in_inspect_explain_and_every_decision() {
    let house = overriding();
    let inspected: Value = serde_json::from_str(&house.run("inspect", &["--json"])).unwrap();
    let packs = inspected["rules"].as_array().unwrap();
    let overriding: Vec<&Value> =
        packs.iter().filter(|pack| pack["overrides"] == true).map(|pack| &pack["code"]).collect();
    assert_eq!(overriding, ["house:test"]);
    assert!(house.run("inspect", &[]).contains("House (OVERRIDES the packs it meets)"));

    for number in [UNKNOWN, LISTED, WITHDRAWN] {
        let why: Value = serde_json::from_str(&house.about("explain", number, true)).unwrap();
        assert_eq!(why["overridden"], true);
        assert_eq!(why["jurisdictions"], serde_json::json!(["house:test"]));
        assert_eq!(why["replaced"], serde_json::json!(["EU", "PL"]));
        let text = house.about("explain", number, false);
        assert!(text.contains("`house:test` says `override = true` and stands in place of EU, PL"), "{text}");
        let answer: Value = serde_json::from_str(&house.about("check", number, true)).unwrap();
        assert_eq!(answer["jurisdictions"], serde_json::json!(["house:test"]));
        let text = house.about("check", number, false);
        assert!(text.contains("replaced    EU, PL (override = true)"), "{text}");
    }
}

#[test]
fn joined_house_rules_are_named_and_nothing_is_said_to_be_replaced() {
    let house = House::new(Some(&row("window", "late", "hours = { mon_fri = [\"10:00-12:00\"] }")));
    let why: Value = serde_json::from_str(&house.about("explain", CONSENTED, true)).unwrap();
    assert_eq!(why["jurisdictions"], serde_json::json!(["EU", "PL", "house:test"]));
    assert_eq!((&why["overridden"], &why["replaced"]), (&Value::Bool(false), &serde_json::json!([])));
    let consulted = why["consulted"].as_array().unwrap();
    let window = consulted.iter().find(|item| item["name"] == "house:test/late").unwrap();
    assert_eq!(
        (&window["jurisdiction"], &window["row"], &window["met"]),
        (&"house:test".into(), &"window".into(), &Value::Bool(false))
    );
    assert_eq!(window["source"], "policy of the house");
    assert_eq!(window["details"][0], "Europe/Warsaw: Mon 2026-11-23 16:00, closed");
    let text = house.about("check", CONSENTED, false);
    assert!(text.contains("rules of    EU, PL, house:test") && !text.contains("replaced"), "{text}");
}
