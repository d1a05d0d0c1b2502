//! Ways in which a denial was once lost: each must stay closed.
#![cfg(feature = "compile")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chrono::{TimeZone, Utc};
use dialgate::vocabulary::{Channel, Reason};
use dialgate::{Decision, Gate, Manifest};

const MANIFEST: &str = r#"
controller = "acme"
as_of = "2026-11-23T00:00:00Z"
[[controllers]]
id = "acme"
[[purposes]]
id = "own-offers"
class = "marketing"
[[purposes]]
id = "bills"
class = "service"
[[lists]]
id = "tps"
kind = "registry"
registry = "gb-tps"
format = "plain"
path = "tps.txt"
as_of = "2026-11-20T00:00:00Z"
[[records]]
path = "records.jsonl"
"#;

const HOUSE: &str = r#"
code = "house:own"
name = "Own rules"
version = 2026-11-23
override = true
[[requirement]]
id = "marketing"
classes = ["marketing"]
require = "opt_out"
statute = "house rule"
confidence = "H"
"#;

fn folder(manifest: &str, records: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("gate.toml", &*format!("{MANIFEST}{manifest}")),
        ("tps.txt", "+442079460177\n"),
        ("block.txt", "+442079460100\n"),
        ("house.toml", HOUSE),
        ("records.jsonl", records),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn ask(manifest: &str, records: &str, number: &str, purpose: &str) -> Decision {
    let folder = folder(manifest, records);
    let image = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().unwrap();
    let gate = Gate::from_bytes(image.as_bytes()).unwrap();
    let campaign = gate.campaign().purpose(purpose).channel(Channel::ManualCall).prepare().unwrap();
    campaign.may_contact_at(number.parse().unwrap(), Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap())
}

fn block(rest: &str) -> String {
    format!(
        "[[lists]]\nid = \"block\"\nkind = \"block\"\nformat = \"plain\"\npath = \"block.txt\"\n\
         as_of = \"2026-11-20T00:00:00Z\"\n{rest}\n"
    )
}

#[test]
fn without_the_list_it_would_be_an_allow() {
    assert!(ask("", "", "+442079460100", "own-offers").is_allowed());
}

#[test]
fn an_empty_scope_of_a_list_is_every_one() {
    for rest in ["jurisdictions = []", "controllers = []", "purposes = []", "channels = []"] {
        let decision = ask(&block(rest), "", "+442079460100", "own-offers");
        assert_eq!(decision.reason(), Some(Reason::ListBlocked), "{rest}");
    }
}

#[test]
fn a_list_for_a_jurisdiction_that_no_pack_has_is_an_error() {
    let folder = folder(&block("jurisdictions = [\"UK\"]"), "");
    let error = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().unwrap_err().to_string();
    assert!(error.contains("jurisdiction `UK`"), "{error}");
}

#[test]
fn house_rules_replace_rules_and_no_lists() {
    let manifest = block("jurisdictions = [\"GB\"]") + "[rules]\nfiles = [\"house.toml\"]\n";
    assert!(ask(&manifest, "", "+442079460101", "own-offers").is_allowed());
    assert_eq!(ask(&manifest, "", "+442079460100", "own-offers").reason(), Some(Reason::ListBlocked));
}

#[test]
fn a_withdrawal_that_names_a_service_is_not_weakened_by_what_cannot_be_read() {
    const CONTRACT: &str = r#"{"type":"relationship","number":"+48223000001","at":"2026-01-01T00:00:00Z","kind":"contract","purposes":["bills"]}"#;
    assert!(ask("", CONTRACT, "+48223000001", "bills").is_allowed());
    for rest in [
        r#""purposes":["bills"]"#,
        r#""purposes":["bills","typo"]"#,
        r#""purposes":["*","bills"]"#,
        r#""purposes":["bills",7]"#,
        r#""purposes":"bills""#,
        r#""purposes":["Bills"]"#,
        r#""purposes":["bills"],"surprise":1"#,
    ] {
        let withdrawal =
            format!(r#"{{"type":"withdrawal","number":"+48223000001","at":"2026-03-01T00:00:00Z",{rest}}}"#);
        let decision = ask("", &format!("{CONTRACT}\n{withdrawal}\n"), "+48223000001", "bills");
        assert_eq!(decision.reason(), Some(Reason::Withdrawn), "{rest}");
    }
    let star = r#"{"type":"withdrawal","number":"+48223000001","at":"2026-03-01T00:00:00Z","purposes":["*"]}"#;
    assert!(ask("", &format!("{CONTRACT}\n{star}\n"), "+48223000001", "bills").is_allowed(), "left alone");
}
