//! A privacy notice that is missing or outdated comes back as a duty, never as a denial.

use std::fs;

use dialgate::vocabulary::{Channel, Obligation};
use dialgate::{Campaign, Gate, Number};

use super::{Folder, asked, campaign, consent, event, person};

const IN_FORCE: &str = "2026-01";

/// A folder whose controller has a notice in force, with consents of everybody and these records beside.
fn folder(people: u64, records: &[String]) -> Folder {
    let folder = Folder::new(people);
    folder.set("id = \"acme\"\n", &format!("id = \"acme\"\nnotice_version = \"{IN_FORCE}\"\n"));
    let all = fs::read_to_string(folder.at("records.jsonl")).unwrap() + &records.concat();
    fs::write(folder.at("records.jsonl"), all).unwrap();
    folder
}

/// The record with these fields as well.
fn with(record: &str, fields: &str) -> String {
    record.replace("}\n", &format!(",{fields}}}\n"))
}

fn notice(number: Number, version: &str) -> String {
    with(&event("notice", number), &format!(r#""version":"{version}""#))
}

/// A consent that was given with this notice.
fn informed(number: Number, version: &str) -> String {
    consent(number).replace(r#","text":"#, &format!(r#","notice_version":"{version}","text":"#))
}

fn contract(number: Number) -> String {
    with(&event("relationship", number), r#""kind":"contract""#)
}

/// Does a call, which is allowed in any case, owe the notice?
#[track_caller]
fn owes(campaign: &Campaign, number: Number) -> bool {
    let decision = campaign.may_contact_at(number, asked());
    assert!(decision.is_allowed(), "a notice never denies: {decision:?}");
    decision.obliges(Obligation::PrivacyNotice)
}

fn service(gate: &Gate) -> Campaign {
    gate.campaign().controller("acme").purpose("service").channel(Channel::ManualCall).prepare().unwrap()
}

#[test]
fn a_missing_and_an_outdated_notice_are_owed_and_the_one_in_force_is_not() {
    let records = [
        notice(person(1), "2025-01"),
        notice(person(2), IN_FORCE),
        informed(person(3), IN_FORCE),
        informed(person(4), "2025-01"),
        notice(person(5), "2025-01"),
        notice(person(5), IN_FORCE).replace("11-20", "11-21"),
        // Of another controller, and given only later.
        notice(person(6), IN_FORCE).replace("acme", "beta"),
        notice(person(7), IN_FORCE).replace("11-20T10", "11-25T10"),
    ];
    let folder = folder(8, &records);
    folder.set("[[purposes]]", "[[controllers]]\nid = \"beta\"\n[[purposes]]");
    folder.set("2025-11-24T06", "2025-11-26T06");
    let campaign = campaign(&folder.gate());
    let owed: Vec<bool> = (0..8).map(|index| owes(&campaign, person(index))).collect();
    assert_eq!(owed, [true, true, false, false, true, false, true, true]);
}

#[test]
fn where_no_version_is_in_force_any_notice_will_do() {
    let folder = Folder::new(2);
    let records = fs::read_to_string(folder.at("records.jsonl")).unwrap() + &notice(person(1), "of old");
    fs::write(folder.at("records.jsonl"), records).unwrap();
    let campaign = campaign(&folder.gate());
    assert_eq!([0, 1].map(|index| owes(&campaign, person(index))), [true, false]);
}

#[test]
fn a_service_that_is_merely_continued_owes_none() {
    let agreed = consent(person(1)).replace("own-offers", "service");
    let folder = folder(2, &[contract(person(0)), agreed]);
    let gate = folder.gate();
    assert!(!owes(&service(&gate), person(0)), "a running contract");
    assert!(owes(&service(&gate), person(1)), "a consent continues nothing");
    assert!(owes(&campaign(&gate), person(0)), "offers continue no service");
}

#[test]
fn a_notice_that_is_recorded_clears_the_duty_at_the_next_check() {
    let folder = folder(2, &[]);
    let (gate, ledger) = folder.live();
    let campaign = campaign(&gate);
    assert!(owes(&campaign, person(0)));
    ledger.record(&[notice(person(0), "2025-01")]).unwrap();
    assert!(owes(&campaign, person(0)), "an outdated one clears nothing");
    ledger.record(&[notice(person(0), IN_FORCE).replace("11-20", "11-21")]).unwrap();
    assert!(!owes(&campaign, person(0)));
    assert!(owes(&campaign, person(1)));
    gate.replace_from_bytes(&folder.image()).unwrap();
    assert!(!owes(&campaign, person(0)), "compiled, it is the same");
}
