//! Ways in which a denial was once lost: each must stay closed.
#![cfg(feature = "compile")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

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

#[test]
fn a_record_that_may_have_been_a_denial_is_lost_to_no_second_defect() {
    for row in [
        r#"{"type":"opt-out","number":"+442079460101","at":"2026-11-01 10:00:00"}"#,
        r#"{"type":"unsubscribe","number":"+442079460101","at":"2026-11-01T10:00:00Z","controller":"Acme Ltd"}"#,
        r#"{"type":"Withdrawal","number":"+442079460101","timestamp":"2026-11-01T10:00:00Z"}"#,
        r#"{"type":"unsubscribe","number":"442079460101"}"#,
        r#"{"type":"relationship_end","number":"442079460101","at":"2026-11-01T10:00:00Z","kind":"contract"}"#,
        r#"{"type":"attempt","number":"442079460101","at":"2026-11-01T10:00:00Z","channel":"manual_call","outcome":"refused"}"#,
    ] {
        let folder = folder("", row);
        let compiled = Manifest::load(folder.path().join("gate.toml")).unwrap().compile();
        assert!(compiled.is_err(), "{row}");
    }
}

/// A zero behind the calling code, where no number begins with one, makes no other number.
#[cfg(feature = "phone")]
#[test]
fn a_national_zero_behind_the_calling_code_hides_nobody() {
    const CONSENT: &str = r#"{"type":"consent","number":"+48223000001","at":"2026-02-01T10:00:00Z","purposes":["own-offers"],"channels":["live_call"],"form":"electronic","pre_ticked":false,"conditions":{"freely_given":true,"informed":true,"unambiguous":true,"revocable":true},"evidence":{"uri":"x://1","sha256":"9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f"}}"#;
    assert!(ask("", CONSENT, "+48223000001", "own-offers").is_allowed());
    for written in ["+48 022 300 00 01", "+480223000001", "0048 022 3000001", "+48 (0)22 300 00 01"] {
        let withdrawal = format!(r#"{{"type":"withdrawal","number":"{written}","at":"2026-03-01T00:00:00Z"}}"#);
        let decision = ask("", &format!("{CONSENT}\n{withdrawal}\n"), "+48223000001", "own-offers");
        assert_eq!(decision.reason(), Some(Reason::Withdrawn), "{written}");
    }
    for written in ["+480223000001", "+610491570156", "+490301234567", "+4301234567", "+310201234567", "+3202123456"] {
        assert!(!dialgate::plan::locate(written.parse().unwrap()).possible, "{written}");
    }
    // Italian numbers do begin with a zero.
    assert!(dialgate::plan::locate("+390612345678".parse().unwrap()).possible);
    let lead = dialgate::phone::Parser::new().parse("+61 0491 570 156", None).unwrap();
    assert_eq!(lead.to_string(), "+61491570156");
}

#[test]
fn an_answer_tells_its_end_however_far_away() {
    const CONSENT: &str = r#"{"type":"consent","number":"+48223000001","at":"2026-02-01T10:00:00Z","purposes":["own-offers"],"channels":["live_call"],"expires_at":"2028-06-01T00:00:00Z","form":"electronic","pre_ticked":false,"conditions":{"freely_given":true,"informed":true,"unambiguous":true,"revocable":true},"evidence":{"uri":"x://1","sha256":"9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f"}}"#;
    let decision = ask("", CONSENT, "+48223000001", "own-offers");
    assert_eq!(decision.valid_until(), Some(Utc.with_ymd_and_hms(2028, 6, 1, 0, 0, 0).unwrap()));
}

/// What a list says is blocked, and nobody else: numbers as spreadsheets and people write them.
#[cfg(feature = "phone")]
#[test]
fn a_listed_number_is_read_as_it_is_meant_or_refused() {
    let listed = |region: &str, row: &str| {
        let list = format!(
            "[[lists]]\nid = \"own\"\nkind = \"block\"\nformat = \"plain\"\npath = \"own.txt\"\nregion = \"{region}\"\n\
             as_of = \"2026-11-20T00:00:00Z\"\n"
        );
        let folder = folder(&list, "");
        std::fs::write(folder.path().join("own.txt"), format!("{row}\n")).unwrap();
        let image = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().ok()?;
        Some(Gate::from_bytes(image.as_bytes()).unwrap())
    };
    let blocks = |gate: &Gate, number: &str| {
        let campaign = gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare().unwrap();
        let at = Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap();
        campaign.may_contact_at(number.parse().unwrap(), at).reasons().contains(Reason::ListBlocked)
    };
    for (region, row, number) in [
        ("AU", "491570156.0", "+61491570156"),
        ("AU", "0491 570 156", "+61491570156"),
        ("AU", "+61 (0)491 570 156", "+61491570156"),
        ("AU", "0061491570156", "+61491570156"),
        ("AU", "0011 61 491570156", "+61491570156"),
        ("PL", "223000001.0", "+48223000001"),
        ("PL", "+48223000001.0", "+48223000001"),
        ("PL", "48223000001", "+48223000001"),
        ("DE", "+49 (0)30 231250", "+4930231250"),
        ("AT", "+43 (0)1 23000", "+43123000"),
        ("NL", "+31 (0)20 3000000", "+31203000000"),
        ("BE", "+32 (0)2 300 00 01", "+3223000001"),
    ] {
        let gate = listed(region, row).unwrap_or_else(|| panic!("{row} is refused"));
        assert!(blocks(&gate, number), "{row}");
    }
    for (region, row) in
        [("PL", "+48223OOOOO1"), ("PL", "+48223000001/2"), ("DE", "+4930231250/12"), ("DE", "4915123456789")]
    {
        assert!(listed(region, row).is_none(), "{row} is taken");
    }
}

/// Of two purchases the later one ends earlier, by the length of the month: neither has the other's answer.
#[test]
fn an_answer_is_not_kept_for_whom_the_month_ends_earlier() {
    let purchase = |number: &str, at: &str| {
        format!(r#"{{"type":"purchase_of","number":"{number}","at":"{at}"}}"#)
            .replace("\"type\":\"purchase_of\"", r#""type":"relationship","kind":"purchase","purposes":["own-offers"]"#)
    };
    let list = "[[lists]]\nid = \"ndnc\"\nkind = \"registry\"\nregistry = \"us-ndnc\"\nformat = \"ftc\"\npath = \"own.txt\"\n\
                covers = \"all\"\nas_of = \"2026-09-20T00:00:00Z\"\n";
    let rows = [purchase("+12135550101", "2025-03-30T23:00:00Z"), purchase("+12135550102", "2025-03-31T01:00:00Z")];
    let folder = folder(list, &rows.join("\n"));
    std::fs::write(folder.path().join("own.txt"), "2135550101\n2135550102\n").unwrap();
    let image = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().unwrap();
    let gate = Gate::from_bytes(image.as_bytes()).unwrap();
    let campaign = gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare().unwrap();
    let at = Utc.with_ymd_and_hms(2026, 9, 30, 2, 30, 0).unwrap();
    let ask = |number: &str| campaign.may_contact_at(number.parse().unwrap(), at);
    assert!(ask("+12135550101").is_allowed());
    assert_eq!(ask("+12135550102").reason(), Some(Reason::RegistryListed));
    assert!(ask("+12135550101").is_allowed());
}
