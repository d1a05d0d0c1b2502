//! The seam: what a gate that follows a ledger relies on.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use crate::Number;
use std::path::Path;

use super::*;
use crate::compile::input::{Body, Scope};
use crate::vocabulary::{Channel, Outcome};

fn number(last: u64) -> Number {
    Number::from_e164(48_223_000_000 + last).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_780_000_000 + seconds)
}

fn record(last: u64, seconds: i64, id: Option<&str>, body: Body) -> Record {
    let controller = Some("acme".to_owned());
    Record { number: number(last), at: at(seconds), controller, id: id.map(str::to_owned), body }
}

fn withdrawal(last: u64, seconds: i64) -> Record {
    record(last, seconds, None, Body::Withdrawal { scope: Scope::default(), via: Some("sms".to_owned()) })
}

fn attempt(last: u64, seconds: i64, id: Option<&str>) -> Record {
    let purpose = Some("own".to_owned());
    record(last, seconds, id, Body::Attempt { channel: Channel::ManualCall, purpose, outcome: Outcome::NoAnswer })
}

/// A manifest that declares two controllers.
fn declared() -> crate::dictionary::Dictionary {
    let text = "as_of = \"2026-11-01T00:00:00Z\"\ncontroller = \"acme\"\n[[controllers]]\nid = \"acme\"\n[[controllers]]\nid = \"beta\"\n";
    let image = crate::Manifest::parse(Path::new("gate.toml"), text).unwrap().compile().unwrap();
    crate::Gate::from_bytes(image.as_bytes()).unwrap().dictionary()
}

fn ledger(dir: &Path) -> Ledger {
    Ledger::create(dir.join("acme.ledger"), None).unwrap()
}

fn all(ledger: &Ledger) -> Vec<Entry> {
    let mut stored = Vec::new();
    ledger.read_after(0, usize::MAX, &declared(), &mut stored).unwrap();
    assert!(stored.is_sorted_by_key(|stored| stored.position));
    stored.into_iter().map(|stored| stored.entry).collect()
}

fn records(ledger: &Ledger) -> Vec<Record> {
    all(ledger)
        .into_iter()
        .filter_map(|entry| if let Entry::Record(record) = entry { Some(*record) } else { None })
        .collect()
}

#[test]
fn every_kind_of_record_comes_back_as_it_went_in() {
    use crate::vocabulary::RelationshipKind;
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    let some = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    let scope = Scope { purposes: some(&["own", "*"]), channels: some(&["live_call", "sms"]) };
    let unreadable = Scope { purposes: some(&[Scope::UNREADABLE]), channels: None };
    let written: Vec<Record> = vec![
        Body::Withdrawal { scope: scope.clone(), via: Some("sms".to_owned()) },
        Body::Withdrawal { scope: unreadable, via: None },
        Body::Objection { all: true },
        Body::Objection { all: false },
        Body::OptOut { scope, until: Some(at(999)), via: None },
        Body::Restriction,
        Body::RestrictionLifted,
        Body::Relationship {
            kind: RelationshipKind::Order,
            purposes: vec!["own".to_owned()],
            ends_at: Some(Timestamp::from_micros(at(0).micros() + 1)),
            soft_opt_in: true,
        },
        Body::RelationshipEnd { kind: Some(RelationshipKind::Contract), of: None },
        Body::RelationshipEnd { kind: None, of: Some("c1".to_owned()) },
        Body::Notice { version: "2026-01".to_owned() },
        Body::Recording { uri: "x://1".to_owned(), reason: "proof".to_owned(), retain_until: Some(at(5)) },
        Body::Attempt { channel: Channel::Sms, purpose: None, outcome: Outcome::Refused },
        Body::Reassigned,
    ]
    .into_iter()
    .zip(1..)
    .map(|(body, last)| record(last, 0, Some("i"), body))
    .map(|record| match record.body {
        Body::Reassigned => Record { controller: None, ..record },
        _ => record,
    })
    .collect();
    let appended = ledger.append(&written).unwrap();
    assert_eq!((appended.recorded, appended.refused.len()), (14, 0), "{appended:?}");
    assert_eq!(records(&ledger), written);
    assert_eq!(ledger.append(&written).unwrap().duplicates, 14);
}

#[test]
fn reading_goes_on_where_it_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    let position = ledger.append(&[withdrawal(1, 0), withdrawal(2, 0), withdrawal(3, 0)]).unwrap().position;
    let mut stored = Vec::new();
    let middle = ledger.read_after(0, 2, &declared(), &mut stored).unwrap();
    assert_eq!(stored.len(), 2);
    assert_eq!(ledger.read_after(middle, 2, &declared(), &mut stored).unwrap(), position);
    assert_eq!(ledger.read_after(position, 2, &declared(), &mut stored).unwrap(), position);
    assert_eq!(stored.len(), 3);
}

#[test]
fn a_commit_of_another_handle_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    let other = Ledger::open(ledger.path(), None).unwrap();
    let before = ledger.version().unwrap();
    assert_eq!(ledger.version().unwrap(), before);
    other.append(&[withdrawal(1, 0)]).unwrap();
    let after = ledger.version().unwrap();
    assert_ne!(after, before);
    ledger.append(&[withdrawal(2, 0)]).unwrap();
    assert_ne!(ledger.version().unwrap(), after, "an own commit too");
}

#[test]
fn an_erasure_takes_everything_and_leaves_a_tombstone() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    ledger.append(&[withdrawal(1, 0), attempt(1, 1, None), withdrawal(2, 0)]).unwrap();
    let erased = erase::erase(&ledger, number(1), Some("acme"), at(10), None).unwrap();
    assert_eq!((erased.deleted, erased.is_log_clean), (2, true));
    let entries = all(&ledger);
    assert_eq!(records(&ledger).len(), 1);
    let Entry::Tombstone(tombstone) = &entries[1] else { unreachable!("{entries:?}") };
    assert_eq!((tombstone.at, tombstone.until, tombstone.controller.as_deref()), (at(10), None, Some("acme")));

    let other = Record { controller: Some("beta".to_owned()), ..withdrawal(1, 0) };
    let batch = [withdrawal(1, 9), withdrawal(1, 10), attempt(1, 10, None), attempt(1, 11, None), other];
    let appended = ledger.append(&batch).unwrap();
    let refused: Vec<usize> = appended.refused.iter().map(|(index, _)| *index).collect();
    assert_eq!(refused, [0, 2], "a denial at the same instant stays");
    assert_eq!(appended.recorded, 3);
}

#[test]
fn who_is_forgotten_without_being_barred_leaves_a_tombstone_that_never_denies() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    ledger.append(&[withdrawal(1, 0), withdrawal(1, 20)]).unwrap();
    let gone = record(1, 10, None, Body::Erasure { keep_suppression: false });
    assert_eq!(ledger.append(std::slice::from_ref(&gone)).unwrap().recorded, 1);
    assert_eq!(ledger.append(&[gone]).unwrap().duplicates, 1);
    assert_eq!(records(&ledger), [withdrawal(1, 20)]);
    assert!(all(&ledger).iter().any(
        |entry| matches!(entry, Entry::Tombstone(Tombstone { at: since, until: Some(until), .. }) if since == until)
    ));
}

#[test]
fn a_reservation_sees_what_was_committed_and_is_appended_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    ledger.append(&[attempt(1, 0, None)]).unwrap();
    let mut seen = 0;
    let position = ledger
        .reserve(0, &declared(), &mut |stored| {
            seen = stored.len();
            Some(attempt(1, 1, Some("r1")))
        })
        .unwrap();
    assert_eq!((seen, position), (1, 2));
    let position = ledger.reserve(position, &declared(), &mut |stored| {
        seen = stored.len();
        None
    });
    assert_eq!((seen, position.unwrap(), records(&ledger).len()), (0, 2, 2));

    ledger.release("r1").unwrap();
    assert_eq!(records(&ledger).len(), 1);
    assert_eq!(all(&ledger).last(), Some(&Entry::Released { attempt: Box::new(attempt(1, 1, Some("r1"))), was: 2 }));
    assert!(matches!(ledger.release("r1"), Err(LedgerError::UnknownId)));

    ledger.reserve(3, &declared(), &mut |_| Some(attempt(1, 2, Some("r2")))).unwrap();
    let outcome = record(
        1,
        2,
        Some("r2"),
        Body::Attempt { channel: Channel::ManualCall, purpose: None, outcome: Outcome::Refused },
    );
    ledger.settle("r2", &outcome).unwrap();
    assert_eq!(records(&ledger), [attempt(1, 0, None), outcome]);
}

#[test]
fn a_decision_that_panics_reserves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        ledger.reserve(0, &declared(), &mut |_| std::panic::panic_any(()))
    }));
    assert!(panicked.is_err());
    assert_eq!(ledger.append(&[withdrawal(1, 0)]).unwrap().recorded, 1);
}

#[test]
fn an_older_schema_is_brought_to_the_newest() {
    let dir = tempfile::tempdir().unwrap();
    let made = ledger(dir.path());
    made.append(&[withdrawal(1, 0)]).unwrap();
    let path = made.path().to_owned();
    drop(made);
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch(
        "DROP TABLE purposes; DROP TABLE snapshots; DROP TABLE deletions; DROP TABLE marks; PRAGMA user_version = 1",
    )
    .unwrap();
    let ledger = Ledger::open(&path, None).unwrap();
    assert_eq!(records(&ledger).len(), 1);
    assert!(erase::erase(&ledger, number(1), None, at(1), None).unwrap().snapshots.is_empty());
    let version: i64 = raw.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, schema::NEWEST);

    raw.pragma_update(None, "user_version", schema::NEWEST + 1).unwrap();
    assert!(matches!(Ledger::open(&path, None), Err(LedgerError::NewerSchema { .. })));
}

#[test]
fn after_a_failed_write_the_handle_is_shut() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    ledger.append(&[withdrawal(1, 0)]).unwrap();
    let raw = rusqlite::Connection::open(ledger.path()).unwrap();
    raw.execute_batch("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END").unwrap();
    assert!(matches!(ledger.append(&[withdrawal(2, 0)]), Err(LedgerError::Failed { .. })));
    raw.execute_batch("DROP TRIGGER full").unwrap();
    assert!(matches!(ledger.append(&[withdrawal(2, 0)]), Err(LedgerError::Shut)));
    assert!(matches!(ledger.read_after(0, 1, &declared(), &mut Vec::new()), Err(LedgerError::Shut)));
    assert!(matches!(ledger.version(), Err(LedgerError::Shut)));
    let again = Ledger::open(ledger.path(), None).unwrap();
    assert_eq!(records(&again), [withdrawal(1, 0)]);
    assert_eq!(again.append(&[withdrawal(2, 0)]).unwrap().recorded, 1);
}

#[test]
fn an_altered_entry_is_an_error_and_no_other_number() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    ledger.append(&[withdrawal(1, 0), withdrawal(2, 0)]).unwrap();
    let raw = rusqlite::Connection::open(ledger.path()).unwrap();
    raw.execute_batch("UPDATE events SET token = (SELECT token FROM events WHERE position = 1) WHERE position = 2")
        .unwrap();
    let error = ledger.read_after(0, 9, &declared(), &mut Vec::new()).unwrap_err();
    assert!(matches!(error, LedgerError::Damaged { position: 2, .. }));
}
