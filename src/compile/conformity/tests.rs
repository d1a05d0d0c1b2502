#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::compile::fold::Fold;
use crate::compile::fold::samples::*;
use crate::compile::input::{Body, Record};
use crate::vocabulary::Channel;

const NOW: i64 = 1_000;
/// A number in the range that Britain keeps for fiction.
const BRITISH: u64 = 442_079_460_001;

fn rules() -> crate::rules::Rules {
    crate::rules::source::load(crate::rules::source::Options::default()).unwrap()
}

/// The audit of these records, all at the British number: failing, missing and ask_again of each row.
fn audited(records: Vec<Record>) -> (Vec<(String, String, String)>, Conformity) {
    audited_at(BRITISH, records, &[])
}

fn audited_at(number: u64, records: Vec<Record>, listed: &[u16]) -> (Vec<(String, String, String)>, Conformity) {
    audited_of(number, records, listed, NOW)
}

fn audited_on(number: u64, records: Vec<Record>, now: i64) -> (Vec<(String, String, String)>, Conformity) {
    audited_of(number, records, &[], now)
}

fn audited_of(
    number: u64,
    records: Vec<Record>,
    listed: &[u16],
    now: i64,
) -> (Vec<(String, String, String)>, Conformity) {
    let mut dictionary = dictionary();
    dictionary.as_of = dictionary.as_of.max(at(now));
    let mut fold = Fold::new(&dictionary, &room());
    for mut record in records {
        record.number = Number::from_e164(number).unwrap();
        fold.record(&record).unwrap();
    }
    for list in listed {
        fold.listed(*list, Number::from_e164(number).unwrap());
    }
    let mut folded = fold.finish(&mut dictionary);
    let mut rows = Vec::new();
    let audit = audit(&mut folded, (&dictionary, &rules()), &HashedLists::default(), at(now), |row| {
        let [.., failing, missing, ask_again] = row.fields();
        rows.push((failing, missing, ask_again));
        Ok::<(), crate::CompileError>(())
    });
    (rows, audit.unwrap())
}

fn said(rows: &[(String, String, String)]) -> Vec<(&str, &str, &str)> {
    rows.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect()
}

fn flawed() -> Body {
    altered(|consent| consent.missing = ConditionSet::of(&[Condition::Unambiguous, Condition::Documented]))
}

fn altered(alter: impl Fn(&mut crate::compile::input::Consent)) -> Body {
    let mut body = consent();
    if let Body::Consent(consent) = &mut body {
        alter(consent);
    }
    body
}

#[test]
fn a_conforming_consent_counts() {
    let (rows, audit) = audited(vec![record(1, "acme", consent())]);
    assert_eq!(said(&rows), [("", "", "not_needed")]);
    let count = audit.by_purpose.get(&("acme".into(), "a-own".into())).unwrap();
    assert_eq!((count.consents, count.counting), (1, 1));
}

#[test]
fn a_flawed_consent_names_what_it_misses_and_the_person_may_be_asked() {
    let (rows, audit) = audited(vec![record(1, "acme", flawed())]);
    assert_eq!(said(&rows), [("nonconforming", "unambiguous;documented", "ask")]);
    let count = audit.by_purpose.get(&("acme".into(), "a-own".into())).unwrap();
    assert_eq!(count.counting, 0);
    assert_eq!(count.missing.get(&Condition::Documented), Some(&1));
    assert_eq!(count.ask_again.get(&AskAgain::Ask), Some(&1));
}

#[test]
fn where_asking_is_marketing_the_law_forbids_even_that() {
    for (number, expected) in [
        (48_223_000_001, "forbidden_by_law"),
        (49_301_234_567, "forbidden_by_law"),
        (43_123_456_789, "forbidden_by_law"),
        (BRITISH, "ask"),
    ] {
        let (rows, _) = audited_at(number, vec![record(1, "acme", flawed())], &[]);
        assert_eq!(said(&rows), [("nonconforming", "unambiguous;documented", expected)]);
    }
}

#[test]
fn who_refused_is_never_asked() {
    for denial in [withdrawal(), Body::Objection { all: false }, Body::Restriction] {
        let (rows, _) = audited(vec![record(1, "acme", consent()), record(5, "acme", denial)]);
        assert_eq!(said(&rows), [("withdrawn", "", "forbidden_refused")]);
    }
    // A refusal of another marketing purpose or on another channel bars the question too.
    let narrow = Body::Withdrawal { scope: scope(Some(&["a-partner"]), Some(&["sms"])), via: None };
    let (rows, _) = audited(vec![record(1, "acme", flawed()), record(5, "acme", narrow)]);
    assert_eq!(said(&rows), [("nonconforming", "unambiguous;documented", "forbidden_refused")]);
}

#[test]
fn a_refusal_to_another_controller_bars_nothing() {
    let (rows, _) = audited(vec![record(1, "acme", flawed()), record(5, "beta", withdrawal())]);
    assert_eq!(said(&rows), [("nonconforming", "unambiguous;documented", "ask")]);
}

#[test]
fn a_later_consent_that_counts_lifts_the_refusal() {
    let (rows, _) = audited(vec![
        record(1, "acme", flawed()),
        record(5, "acme", withdrawal()),
        record(6, "acme", consent_to(&["a-partner"])),
    ]);
    assert_eq!(said(&rows), [("nonconforming;withdrawn", "unambiguous;documented", "ask"), ("", "", "not_needed")]);
}

#[test]
fn a_listing_in_the_own_list_bars_the_question() {
    for list in [0, 1] {
        let (rows, _) = audited_at(BRITISH, vec![record(1, "acme", flawed())], &[list]);
        assert_eq!(rows.first().unwrap().2, "forbidden_refused");
    }
}

#[test]
fn a_consent_ends_when_it_says() {
    let until = |seconds| altered(move |consent| consent.expires_at = Some(at(seconds)));
    assert_eq!(said(&audited(vec![record(1, "acme", until(NOW))]).0), [("expired", "", "ask")]);
    assert_eq!(said(&audited(vec![record(1, "acme", until(NOW + 1))]).0), [("", "", "not_needed")]);
}

#[test]
fn whoever_has_the_number_now_is_not_asked() {
    let (rows, _) = audited(vec![record(1, "acme", consent()), record(1, "*", Body::Reassigned)]);
    assert_eq!(said(&rows), [("number_reassigned", "", "forbidden_number_reassigned")]);
    let (rows, _) = audited(vec![record(2, "acme", consent()), record(1, "*", Body::Reassigned)]);
    assert_eq!(said(&rows), [("", "", "not_needed")]);
}

#[test]
fn a_withdrawal_of_one_channel_leaves_the_others() {
    let both = altered(|consent| consent.channels = ChannelSet::of(&[Channel::ManualCall, Channel::Sms]));
    let sms = Body::Withdrawal { scope: scope(None, Some(&["sms"])), via: None };
    let (rows, _) = audited(vec![record(1, "acme", both), record(5, "acme", sms)]);
    assert_eq!(said(&rows), [("", "", "not_needed")]);
}

#[test]
fn an_earlier_consent_need_not_be_asked_again_when_a_later_one_counts() {
    let (rows, _) = audited(vec![record(1, "acme", flawed()), record(5, "acme", consent())]);
    assert_eq!(said(&rows), [("nonconforming", "unambiguous;documented", "not_needed"), ("", "", "not_needed")]);
}

#[test]
fn what_the_law_ends_or_makes_permanent_is_told() {
    use crate::vocabulary::Outcome;
    const FRENCH: u64 = 33_199_000_001;
    const SPANISH: u64 = 34_910_000_001;
    let day = 86_400;
    // In France a refusal is for good since 2026-08-11: day 20,676 since 1970.
    let refused = |days: i64| {
        let body = Body::Attempt { channel: Channel::ManualCall, purpose: None, outcome: Outcome::Refused };
        record(days * day, "acme", body)
    };
    let asked = |number, records| {
        let (rows, _) = audited_on(number, records, 20_750 * day);
        rows.first().map(|(failing, _, ask)| (failing.clone(), ask.clone())).unwrap()
    };
    let said = |failing: &str, ask: &str| (failing.to_owned(), ask.to_owned());
    let flawed_at = |days: i64| record(days * day, "acme", flawed());
    assert_eq!(asked(FRENCH, vec![flawed_at(20_600), refused(20_660)]), said("nonconforming", "ask"));
    assert_eq!(
        asked(FRENCH, vec![flawed_at(20_600), refused(20_700)]),
        said("nonconforming;withdrawn", "forbidden_refused")
    );
    // In Spain a consent lasts two years.
    let given = |days: i64| vec![record(days * day, "acme", consent())];
    assert_eq!(asked(SPANISH, given(20_750 - 740)), said("expired", "ask"));
    assert_eq!(asked(SPANISH, given(20_750 - 700)), said("", "not_needed"));
    assert_eq!(asked(BRITISH, given(20_750 - 740)), said("", "not_needed"));
}
