//! What the files of a manifest say, and what the ledger hears later: together as if compiled anew.

use std::fs;

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Channel, Reason};
use dialgate::{Gate, Ledger, Number};

use super::{Folder, ask, campaign, consent, event, french, person};

/// Of whom no file says anything.
const STRANGER: u64 = 77;
/// On no list, and British: may be called without a consent.
const BRITISH: u64 = 442_079_460_001;

fn british() -> Number {
    Number::from_e164(BRITISH).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A folder whose file of records holds these as well, with fresh copies of the British registries.
fn folder(records: &str) -> Folder {
    let folder = Folder::new(2);
    let mut manifest = fs::read_to_string(folder.at("gate.toml")).unwrap();
    for registry in ["gb-tps", "gb-ctps"] {
        manifest.push_str(&format!(
            "[[lists]]\nid = \"{registry}\"\nkind = \"registry\"\nregistry = \"{registry}\"\nformat = \"plain\"\n\
             path = \"tps.txt\"\nas_of = \"2025-11-24T00:00:00Z\"\n"
        ));
    }
    fs::write(folder.at("gate.toml"), manifest).unwrap();
    fs::write(folder.at("tps.txt"), "+442079460999\n").unwrap();
    let known = fs::read_to_string(folder.at("records.jsonl")).unwrap();
    fs::write(folder.at("records.jsonl"), known + records).unwrap();
    folder
}

/// What the live gate and one compiled anew say.
fn both(folder: &Folder, live: &Gate, number: Number, purpose: &str, instant: &str) -> [Option<Reason>; 2] {
    [live, &folder.gate()].map(|gate| {
        let campaign = gate.campaign().purpose(purpose).channel(Channel::ManualCall).prepare().unwrap();
        campaign.may_contact_at(number, at(instant)).reason()
    })
}

fn record(ledger: &Ledger, row: &str) {
    let appended = ledger.record(&[row]).unwrap();
    assert_eq!((appended.recorded, appended.refused.len()), (1, 0), "{row}");
}

/// At an instant after everything here was recorded, for the machine's clock.
fn later() -> String {
    format!("{}T14:30:00Z", (Utc::now() + chrono::TimeDelta::days(1)).format("%Y-%m-%d"))
}

#[test]
fn a_tombstone_for_good_is_not_lost_to_one_that_bars_less() {
    let erasure = event("erasure", british());
    let folder = folder(&erasure);
    let (live, ledger) = folder.live();
    let erased = [Some(Reason::Erased); 2];
    assert_eq!(both(&folder, &live, british(), "survey", "2025-11-25T12:00:00Z"), erased);
    let more = r#"{"type":"erasure","number":"+442079460001","at":"2025-11-23T00:00:00Z","controller":"acme","keep_suppression":false}"#;
    record(&ledger, more);
    assert_eq!(both(&folder, &live, british(), "survey", "2025-11-25T12:00:00Z"), erased);
    let until = Utc::now() + chrono::TimeDelta::days(30);
    ledger.erase(british(), None, Some(until)).unwrap();
    let after = (until + chrono::TimeDelta::days(2)).to_rfc3339();
    assert_eq!(both(&folder, &live, british(), "survey", &after), erased);
}

#[test]
fn an_end_in_a_file_meets_a_relationship_that_the_ledger_hears_of_later() {
    let end = r#"{"type":"relationship_end","number":"+442079460001","at":"2025-11-10T00:00:00Z","controller":"acme","kind":"contract"}"#;
    let named = r#"{"type":"relationship_end","number":"+48223000077","at":"2025-11-10T00:00:00Z","controller":"acme","of":"k1"}"#;
    let folder = folder(&format!("{end}\n{named}\n"));
    let (live, ledger) = folder.live();
    for (number, id) in [(british(), "k0"), (person(STRANGER), "k1")] {
        let contract = format!(
            r#"{{"type":"relationship","number":"{number}","at":"2025-01-10T00:00:00Z","controller":"acme","kind":"contract","purposes":["service"],"id":"{id}"}}"#
        );
        record(&ledger, &contract);
        let carried = both(&folder, &live, number, "service", "2025-11-09T12:00:00Z");
        assert_eq!(carried, [None; 2], "it ran until then");
        let ended = both(&folder, &live, number, "service", "2025-11-25T12:00:00Z");
        assert_eq!(ended, [Some(Reason::BasisMissing); 2]);
    }
}

#[test]
fn a_lift_in_a_file_meets_a_restriction_that_the_ledger_hears_of_later() {
    let lifted =
        r#"{"type":"restriction_lifted","number":"+442079460001","at":"2025-11-20T00:00:00Z","controller":"acme"}"#;
    let folder = folder(&format!("{lifted}\n"));
    let (live, ledger) = folder.live();
    let restriction =
        r#"{"type":"restriction","number":"+442079460001","at":"2025-11-01T00:00:00Z","controller":"acme"}"#;
    record(&ledger, restriction);
    assert_eq!(both(&folder, &live, british(), "survey", "2025-11-19T12:00:00Z"), [Some(Reason::Restricted); 2]);
    assert_eq!(both(&folder, &live, british(), "survey", "2025-11-25T12:00:00Z"), [None; 2]);
}

#[test]
fn an_erasure_in_a_file_that_left_nothing_hides_what_the_ledger_hears_of_later() {
    let vanished = event("erasure", person(STRANGER)).replace('}', r#","keep_suppression":false}"#);
    let folder = folder(&vanished);
    let (live, ledger) = folder.live();
    record(&ledger, &consent(person(STRANGER)));
    let missing = [Some(Reason::ConsentMissing); 2];
    assert_eq!(both(&folder, &live, person(STRANGER), "own-offers", "2025-11-25T12:00:00Z"), missing);
}

#[test]
fn an_id_that_was_disputed_in_a_file_stays_disputed() {
    let named =
        |day: &str| consent(person(STRANGER)).replace("2025-10-01", day).replace(r#""type""#, r#""id":"c1","type""#);
    let folder = folder(&(named("2025-10-01") + &named("2025-10-02")));
    let (live, ledger) = folder.live();
    record(&ledger, &named("2025-10-03"));
    let missing = [Some(Reason::ConsentMissing); 2];
    assert_eq!(both(&folder, &live, person(STRANGER), "own-offers", "2025-11-25T12:00:00Z"), missing);
}

#[test]
fn a_denial_dated_ahead_binds_whatever_is_recorded_of_others() {
    let ahead = event("opt_out", british()).replace("2025-11-20", "2099-03-01");
    let folder = folder(&ahead);
    let (live, ledger) = folder.live();
    let british_notice =
        r#"{"type":"notice","number":"+442079460777","at":"2025-11-20T00:00:00Z","controller":"acme","version":"1"}"#;
    let asked = [&later(), "2025-11-25T12:00:00Z"];
    let says = |instant: &str| both(&folder, &live, british(), "own-offers", instant)[0];
    assert_eq!(asked.map(says), [Some(Reason::OptedOut); 2]);
    record(&ledger, british_notice);
    assert_eq!(asked.map(says), [Some(Reason::OptedOut); 2]);
    // Nor what is recorded of the person.
    record(&ledger, &british_notice.replace("+442079460777", "+442079460001"));
    assert_eq!(asked.map(says), [Some(Reason::OptedOut); 2]);
}

#[test]
fn a_refusal_in_a_file_counts_where_attempts_are_counted_in_the_ledger() {
    let refused = format!(
        r#"{{"type":"attempt","number":"{}","at":"2026-10-05T10:00:00Z","controller":"acme","channel":"manual_call","purpose":"own-offers","outcome":"refused"}}"#,
        french(0)
    );
    let tried = refused.replace("refused", "no_answer").replace(&french(0).to_string(), &french(1).to_string());
    let folder = folder(&format!("{refused}\n{}", format!("{tried}\n").repeat(5)));
    folder.set("2025-11-24T06:00:00Z", "2026-11-20T06:00:00Z");
    let gate = folder.gate();
    let says = |number| campaign(&gate).may_contact_at(number, at("2026-10-20T09:00:00Z")).reason();
    assert_eq!(says(french(0)), Some(Reason::OptedOut));
    assert_eq!(says(french(1)), None, "the others are counted in the ledger alone");
    let (_, report) = dialgate::Manifest::load(folder.at("gate.toml"))
        .unwrap()
        .compile_with(&dialgate::CompileOptions::new())
        .unwrap();
    let told = report.remarks.iter().find(|remark| remark.message.contains("was not counted"));
    assert_eq!(told.map(|remark| remark.count), Some(5), "{:?}", report.remarks);
}

#[test]
fn a_ledger_that_was_put_back_and_went_on_is_refused() {
    let folder = folder("");
    let heard =
        |ledger: &Ledger, index| record(ledger, &event("notice", person(index)).replace('}', r#","version":"1"}"#));
    let ledger = folder.ledger();
    heard(&ledger, 10);
    assert!(ledger.vacuum().unwrap());
    drop(ledger);
    fs::copy(folder.at("acme.ledger"), folder.at("backup")).unwrap();
    let ledger = folder.ledger();
    (11..16).for_each(|index| heard(&ledger, index));
    drop(ledger);
    let gate = folder.gate();
    for name in ["acme.ledger", "acme.ledger-wal", "acme.ledger-shm"] {
        let _ = fs::remove_file(folder.at(name));
    }
    fs::copy(folder.at("backup"), folder.at("acme.ledger")).unwrap();
    let ledger = folder.ledger();
    assert!(gate.attach(&ledger).is_err(), "it holds less");
    record(&ledger, &event("withdrawal", person(0)));
    (20..30).for_each(|index| heard(&ledger, index));
    let error = gate.attach(&ledger).unwrap_err();
    assert!(matches!(error, dialgate::AttachError::Behind { .. }), "it holds more, and not the same: {error}");
    let fresh = folder.gate();
    fresh.attach(&ledger).unwrap();
    assert_eq!(ask(&campaign(&fresh), person(0)), Some(Reason::Withdrawn));
    assert!(gate.replace_from_bytes(&folder.image()).is_ok());
}
