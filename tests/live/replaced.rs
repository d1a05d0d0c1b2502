//! A ledger that is not what it was: replaced, under other keys, wiped; and data that are too old.

use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use dialgate::vocabulary::{Channel, Reason};
use dialgate::{CompileOptions, KeyRing, Ledger, LedgerError, Manifest, Number};

use super::{Folder, ask, attach::until, campaign, consent, event, person};

fn notice(number: Number) -> String {
    event("notice", number).trim_end().replace('}', r#","version":"1"}"#)
}

#[test]
fn a_file_that_takes_the_ledgers_place_is_never_followed_in_silence() {
    let folder = Folder::new(1);
    let (gate, ledger) = folder.live();
    let campaign = campaign(&gate);
    ledger.record(&[notice(person(9))]).unwrap();
    assert!(ledger.vacuum().unwrap());
    assert_eq!(ask(&campaign, person(0)), None);
    fs::copy(folder.at("acme.ledger"), folder.at("copy")).unwrap();
    fs::rename(folder.at("copy"), folder.at("acme.ledger")).unwrap();
    folder.ledger().record(&[event("withdrawal", person(0))]).unwrap();
    until(|| ask(&campaign, person(0)) == Some(Reason::SnapshotExpired));
    assert!(matches!(ledger.record(&[notice(person(8))]), Err(LedgerError::Replaced(_))));
    let ledger = folder.ledger();
    gate.attach(&ledger).unwrap();
    assert_eq!(ask(&campaign, person(0)), Some(Reason::Withdrawn));
}

#[test]
fn a_handle_from_before_a_rotation_neither_writes_nor_erases_by_half() {
    let folder = Folder::new(0);
    let old = folder.ledger();
    old.record(&[consent(person(1))]).unwrap();
    KeyRing::rotate(folder.at("acme.ledger.key")).unwrap();
    let new = folder.ledger();
    new.record(&[consent(person(1)).replace("2025-10-01", "2025-10-02")]).unwrap();
    assert!(matches!(old.erase(person(1), None, None), Err(LedgerError::KeyMissing(_))));
    assert!(matches!(old.record(&[consent(person(2))]), Err(LedgerError::KeyMissing(_))));
    assert_eq!(new.erase(person(1), None, None).unwrap().deleted, 2);
    assert!(!new.subject(person(1), None).unwrap().to_json().contains("consent"));
}

#[test]
fn an_erasure_takes_what_is_dated_ahead_from_the_overlay_too() {
    let folder = Folder::new(0);
    let begins = Utc::now() + TimeDelta::days(20);
    let contract = |number: Number| {
        let at = begins.to_rfc3339();
        format!(
            r#"{{"type":"relationship","number":"{number}","at":"{at}","controller":"acme","kind":"contract","purposes":["service"]}}"#
        )
    };
    let ledger = folder.ledger();
    ledger.record(&[contract(person(1)), contract(person(3))]).unwrap();
    let (gate, ledger) = folder.live();
    ledger.record(&[contract(person(2))]).unwrap();
    let says = |gate: &dialgate::Gate, number| {
        let campaign = gate.campaign().purpose("service").channel(Channel::ManualCall).prepare().unwrap();
        campaign.may_contact_at(number, begins + TimeDelta::days(5)).reasons()
    };
    for index in 1..4 {
        assert!(says(&gate, person(index)).is_empty(), "the contract would carry the call");
        ledger.erase(person(index), None, None).unwrap();
        let reasons = says(&gate, person(index));
        assert!(reasons.contains(Reason::Erased) && reasons.contains(Reason::BasisMissing), "{reasons:?}");
        assert_eq!(reasons, says(&folder.gate(), person(index)), "as compiled anew");
    }
    // What is recorded after the erasure counts again.
    let again = contract(person(3)).replace("contract", "order");
    ledger.record(&[again]).unwrap();
    assert!(says(&gate, person(3)).is_empty() && says(&folder.gate(), person(3)).is_empty());
}

#[test]
fn a_consent_is_read_with_the_texts_of_the_gates_own_snapshot() {
    let folder = Folder::new(0);
    folder.set("pre_ticked = false", "pre_ticked = true");
    let (gate, ledger) = folder.live();
    // Another manifest, compiled over the same ledger, has another text of that name.
    folder.set("pre_ticked = true", "pre_ticked = false");
    let other = folder.gate();
    ledger.record(&[consent(person(1))]).unwrap();
    assert_eq!(ask(&campaign(&gate), person(1)), Some(Reason::ConsentNonconforming));
    other.attach(&ledger).unwrap();
    assert_eq!(ask(&campaign(&other), person(1)), None);
}

#[test]
fn no_attempt_is_reserved_on_data_that_are_too_old() {
    let folder = Folder::new(1);
    let now = Utc::now();
    let dated = |age: i64| (now - TimeDelta::days(age)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let manifest = fs::read_to_string(folder.at("gate.toml")).unwrap();
    // Whenever it is asked, ten in the morning of a working day a week from now.
    let at: DateTime<Utc> = "2035-03-05T09:00:00Z".parse().unwrap();
    for (age, expected) in [(2, Some(Reason::SnapshotExpired)), (0, None)] {
        let text = manifest
            .replace("2025-11-24T06:00:00Z", &dated(age))
            .replace("[[controllers]]", "max_age_days = 1\n[[controllers]]");
        fs::write(folder.at("gate.toml"), text).unwrap();
        let (gate, _ledger) = folder.live();
        let reserved = campaign(&gate).reserve(person(0), at);
        assert_eq!(reserved.err().and_then(|decision| decision.reason()), expected, "{age} days");
    }
}

#[test]
fn a_snapshot_is_not_replaced_by_one_of_another_ledger_or_an_older_state() {
    let folder = Folder::new(1);
    let out = folder.at("out.gate");
    let compile = || {
        let manifest = Manifest::load(folder.at("gate.toml")).unwrap();
        let options = CompileOptions::new().destination(&out);
        let options = if out.exists() { options.replaces(&out) } else { options };
        manifest
            .compile_with(&options)
            .map(|(image, _)| image.write_to(&out).unwrap())
            .map_err(|error| error.to_string())
    };
    let ledger = folder.ledger();
    ledger.record(&[notice(person(8))]).unwrap();
    assert!(ledger.vacuum().unwrap());
    fs::copy(folder.at("acme.ledger"), folder.at("backup")).unwrap();
    ledger.record(&[event("withdrawal", person(0))]).unwrap();
    drop(ledger);
    compile().unwrap();
    compile().unwrap();
    let remove = || {
        for name in ["acme.ledger", "acme.ledger-wal", "acme.ledger-shm"] {
            let _ = fs::remove_file(folder.at(name));
        }
    };
    remove();
    fs::copy(folder.at("backup"), folder.at("acme.ledger")).unwrap();
    let error = compile().unwrap_err();
    assert!(error.contains("put back to an older state") && error.contains("move"), "{error}");
    remove();
    drop(Ledger::create(folder.at("acme.ledger"), None).unwrap());
    let error = compile().unwrap_err();
    assert!(error.contains("another one"), "{error}");
    let without = fs::read_to_string(folder.at("gate.toml")).unwrap();
    fs::write(
        folder.at("gate.toml"),
        without.replace("[ledger]\npath = \"acme.ledger\"\n", "").replace("\"ledger\"", "\"records\""),
    )
    .unwrap();
    let error = compile().unwrap_err();
    assert!(error.contains("no ledger is named"), "{error}");
    fs::remove_file(&out).unwrap();
    compile().unwrap();
}
