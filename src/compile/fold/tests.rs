#![expect(clippy::unwrap_used, clippy::panic, clippy::type_complexity, reason = "tests")]

use proptest::prelude::*;

use super::samples::*;
use super::*;
use crate::compile::input::Scope;
use crate::vocabulary::{Channel, ChannelSet, PurposeClass, RelationshipKind};
use crate::{DenialPurposes, DenialScope, PurposeSet};

/// What a fold came to: number, at, controller, what, until, id; then the attempts.
#[derive(PartialEq, Debug)]
struct Outcomes {
    events: Vec<(u64, Option<Timestamp>, Option<u16>, What, Option<Timestamp>, Option<String>)>,
    attempts: Vec<(u64, Attempt)>,
    counts: Counts,
    remarks: Remarks,
    notice_versions: Vec<String>,
}

fn folded(fold: Fold) -> Outcomes {
    let mut dictionary = dictionary();
    let mut folded = fold.finish(&mut dictionary);
    let templates: Vec<Option<Template>> = folded.templates().map(|template| template.cloned()).collect();
    let (mut events, mut attempts) = (Vec::new(), Vec::new());
    while let Some(one) = folded.next().unwrap() {
        for (event, id) in one.events {
            let template = templates.get(event.template as usize).cloned().unwrap().unwrap();
            let id = one.id(*id).map(str::to_owned);
            events.push((one.number.as_u64(), event.at, template.controller, template.what, event.until, id));
        }
        attempts.extend(one.attempts.iter().map(|attempt| (one.number.as_u64(), *attempt)));
    }
    let (counts, remarks) = (folded.counts(), folded.remarks().clone());
    Outcomes { events, attempts, counts, remarks, notice_versions: dictionary.notice_versions }
}

fn fold(records: &[Record]) -> Outcomes {
    let mut fold = Fold::new(&dictionary(), &room());
    records.iter().for_each(|record| fold.record(record).unwrap());
    folded(fold)
}

fn defect(record: &Record) -> Defect {
    Fold::new(&dictionary(), &room()).record(record).unwrap_err()
}

/// The kinds of event left, in one letter each, with begin and end in seconds.
fn shape(outcomes: &Outcomes) -> Vec<String> {
    let seconds = |instant: Option<Timestamp>| instant.map_or("-".to_owned(), |at| at.seconds().to_string());
    outcomes
        .events
        .iter()
        .map(|(_, at, controller, what, until, _)| {
            let letter = match what {
                What::Consent(_) => 'C',
                What::Withdrawal { .. } => 'W',
                What::Objection { .. } => 'O',
                What::OptOut { .. } => 'U',
                What::Erasure => 'E',
                What::Restriction => 'R',
                What::Listing { .. } => 'L',
                What::Relationship { .. } => 'K',
                What::Notice { .. } => 'N',
                What::Reassigned => 'X',
                What::RelationshipEnd { .. } | What::RestrictionLifted | What::Vanished | What::IdTaken => 'M',
            };
            let controller = controller.map_or("*".to_owned(), |index| index.to_string());
            format!("{letter}{controller} {}..{}", seconds(*at), seconds(*until))
        })
        .collect()
}

#[test]
fn the_same_id_is_the_same_event() {
    let twice = [named("x", record(1, "acme", consent())), named("x", record(1, "acme", consent()))];
    let outcomes = fold(&twice);
    assert_eq!(shape(&outcomes), ["C0 1..-"]);
    assert_eq!(outcomes.counts.duplicates, 1);
    assert_eq!(outcomes.events.first().unwrap().5.as_deref(), Some("x"));
}

#[test]
fn an_id_at_two_numbers_concerns_both() {
    let mut second = named("x", record(1, "acme", consent()));
    second.number = Number::from_e164(OTHER).unwrap();
    let outcomes = fold(&[named("x", record(1, "acme", consent())), second]);
    assert_eq!(shape(&outcomes), ["C0 1..-", "C0 1..-"]);
}

#[test]
fn consents_that_share_an_id_and_differ_are_rejected_and_a_denial_is_never_lost() {
    let outcomes = fold(&[named("x", record(1, "acme", consent())), named("x", record(2, "acme", consent()))]);
    assert_eq!(shape(&outcomes), [""; 0]);
    assert_eq!(outcomes.counts.conflicts, 2);

    let outcomes = fold(&[named("x", record(1, "acme", consent())), named("x", record(2, "acme", withdrawal()))]);
    assert_eq!(shape(&outcomes), ["W0 2..-"]);

    let outcomes = fold(&[named("x", record(1, "acme", withdrawal())), named("x", record(2, "acme", withdrawal()))]);
    assert_eq!(shape(&outcomes), ["W0 1..-", "W0 2..-"]);
}

#[test]
fn an_erasure_of_two_minds_leaves_a_tombstone() {
    let outcomes = fold(&[
        named("x", record(5, "acme", erasure(false))),
        named("x", record(6, "acme", erasure(false))),
        record(1, "acme", consent()),
    ]);
    assert_eq!(shape(&outcomes), ["E0 6..-"]);
}

#[test]
fn equal_records_without_id_merge_but_attempts_never() {
    let outcomes = fold(&[
        record(1, "acme", withdrawal()),
        record(1, "acme", withdrawal()),
        record(1, "acme", attempt(None)),
        record(1, "acme", attempt(None)),
        named("x", record(2, "acme", attempt(None))),
        named("x", record(2, "acme", attempt(None))),
    ]);
    assert_eq!(shape(&outcomes), ["W0 1..-"]);
    assert_eq!(outcomes.attempts.len(), 3);
}

#[test]
fn an_end_ends_what_began_at_or_before_it() {
    let kind = RelationshipKind::Contract;
    let outcomes = fold(&[
        record(1, "acme", contract()),
        record(5, "acme", contract()),
        record(6, "acme", contract()),
        record(2, "beta", contract()),
        record(2, "acme", relationship(RelationshipKind::Order, None)),
        record(3, "acme", relationship(kind, Some(at(4)))),
        record(5, "acme", end(kind)),
        record(9, "acme", end(kind)),
    ]);
    assert_eq!(shape(&outcomes), ["K0 1..5", "K0 2..-", "K1 2..-", "K0 3..4", "K0 5..5", "K0 6..9"]);
}

#[test]
fn an_end_without_controller_ends_those_of_all() {
    let kind = RelationshipKind::Contract;
    let outcomes = fold(&[record(1, "acme", contract()), record(1, "beta", contract()), record(5, "*", end(kind))]);
    assert_eq!(shape(&outcomes), ["K0 1..5", "K1 1..5"]);
}

#[test]
fn an_end_by_id_ends_that_relationship_alone() {
    let outcomes = fold(&[
        named("r1", record(1, "acme", contract())),
        named("r2", record(1, "acme", relationship(RelationshipKind::Order, None))),
        record(5, "acme", end_of("r1")),
        record(6, "acme", end_of("r3")),
    ]);
    assert_eq!(shape(&outcomes), ["K0 1..5", "K0 1..-"]);
    assert_eq!(outcomes.counts.idle, 1);
    assert_eq!(defect(&record(5, "acme", Body::RelationshipEnd { kind: None, of: None })), Defect::EndOfNothing);
}

#[test]
fn an_end_by_id_before_the_beginning_leaves_nothing_of_it() {
    let outcomes = fold(&[named("r1", record(7, "acme", contract())), record(5, "acme", end_of("r1"))]);
    assert_eq!(shape(&outcomes), ["K0 7..7"]);
}

#[test]
fn the_first_strictly_later_lift_ends_a_restriction() {
    let outcomes = fold(&[
        record(1, "acme", Body::Restriction),
        record(5, "acme", Body::Restriction),
        record(8, "beta", Body::Restriction),
        record(1, "acme", Body::RestrictionLifted),
        record(5, "acme", Body::RestrictionLifted),
        record(9, "acme", Body::RestrictionLifted),
    ]);
    assert_eq!(shape(&outcomes), ["R0 1..5", "R0 5..9", "R1 8..-"]);
}

#[test]
fn a_lift_for_one_does_not_free_what_binds_all() {
    let outcomes = fold(&[record(1, "*", Body::Restriction), record(5, "acme", Body::RestrictionLifted)]);
    assert_eq!(shape(&outcomes), ["R* 1..-"]);
    let outcomes = fold(&[record(1, "*", Body::Restriction), record(5, "*", Body::RestrictionLifted)]);
    assert_eq!(shape(&outcomes), ["R* 1..5"]);
}

fn life() -> Vec<Record> {
    vec![
        record(1, "acme", consent()),
        record(1, "beta", consent()),
        record(2, "acme", contract()),
        record(3, "acme", Body::Notice { version: "2026-05".into() }),
        record(4, "acme", attempt(None)),
        record(5, "acme", withdrawal()),
        record(5, "*", Body::Objection { all: true }),
        record(6, "acme", Body::Reassigned),
        record(10, "acme", consent()),
        record(10, "acme", withdrawal()),
        record(11, "acme", consent()),
    ]
}

#[test]
fn an_erasure_hides_what_its_controller_knew() {
    let mut records = life();
    records.push(record(10, "acme", erasure(true)));
    let outcomes = fold(&records);
    assert_eq!(shape(&outcomes), ["C1 1..-", "O* 5..-", "X* 6..-", "W0 10..-", "E0 10..-", "C0 11..-"]);
    assert_eq!(outcomes.attempts, []);
    assert_eq!(outcomes.counts.hidden, 6);
}

#[test]
fn an_erasure_without_suppression_hides_the_same_and_leaves_nothing() {
    let mut records = life();
    records.push(record(10, "acme", erasure(false)));
    assert_eq!(shape(&fold(&records)), ["C1 1..-", "O* 5..-", "X* 6..-", "W0 10..-", "C0 11..-"]);
}

#[test]
fn an_erasure_for_all_hides_for_all() {
    let mut records = life();
    records.push(record(10, "*", erasure(true)));
    assert_eq!(shape(&fold(&records)), ["X* 6..-", "E* 10..-", "W0 10..-", "C0 11..-"]);
}

#[test]
fn an_erasure_without_suppression_does_not_take_a_tombstone_away() {
    let outcomes = fold(&[record(1, "acme", erasure(true)), record(5, "acme", erasure(false))]);
    assert_eq!(shape(&outcomes), ["E0 1..-"]);
    let outcomes = fold(&[record(1, "acme", erasure(true)), record(5, "acme", erasure(true))]);
    assert_eq!(shape(&outcomes), ["E0 5..-"]);
}

#[test]
fn an_erasure_hides_no_list_entry() {
    let mut fold = Fold::new(&dictionary(), &room());
    fold.record(&record(10, "*", erasure(true))).unwrap();
    assert_eq!(fold.entry(0, &entry(Some(1), None, None)), Placed::Taken);
    assert_eq!(shape(&folded(fold)), ["L* 1..-", "E* 10..-"]);
}

fn scope_of(purposes: Option<&[&str]>, channels: Option<&[&str]>) -> (DenialScope, Remarks) {
    let scope = scope(purposes, channels);
    let outcomes = fold(&[record(1, "acme", Body::Withdrawal { scope, via: None })]);
    match outcomes.events.into_iter().next().unwrap().3 {
        What::Withdrawal { scope, .. } => (scope, outcomes.remarks),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_denial_covers_what_it_names() {
    let named = |purposes: &[u16]| DenialPurposes::Named(PurposeSet::new(purposes.to_vec()));
    assert_eq!(scope_of(None, None).0, DenialScope { purposes: DenialPurposes::Default, channels: ChannelSet::all() });
    assert_eq!(scope_of(Some(&["*"]), None).0.purposes, DenialPurposes::All);
    assert_eq!(scope_of(Some(&["*", "a-own"]), None).0.purposes, DenialPurposes::Widened);
    assert_eq!(scope_of(Some(&["marketing", "a-own"]), None).0.purposes, named(&[OWN, MARKETING]));
    let channels = scope_of(None, Some(&["live_call", "sms"])).0.channels;
    assert_eq!(channels, ChannelSet::of(&[Channel::ManualCall, Channel::AutodialedCall, Channel::Sms]));
}

#[test]
fn what_cannot_be_read_widens_a_denial_and_is_reported() {
    let (scope, remarks) = scope_of(Some(&["a-own", "ofers"]), Some(&["sms", "pigeon"]));
    assert_eq!(scope, DenialScope { purposes: DenialPurposes::Widened, channels: ChannelSet::all() });
    assert_eq!(
        remarks.iter().collect::<Vec<_>>(),
        [(Remark::PurposesWidened, "ofers", 1), (Remark::ChannelsWidened, "pigeon", 1)]
    );
    let (scope, remarks) = scope_of(Some(&[]), Some(&[]));
    assert_eq!(scope, DenialScope { purposes: DenialPurposes::Widened, channels: ChannelSet::all() });
    assert_eq!(remarks.count(Remark::PurposesWidened) + remarks.count(Remark::ChannelsWidened), 2);
    let outcomes = fold(&[record(1, "gamma", withdrawal())]);
    assert_eq!(shape(&outcomes), ["W* 1..-"]);
    assert_eq!(outcomes.remarks.count(Remark::ControllerWidened), 1);
}

#[test]
fn a_report_never_tells_a_number() {
    let (_, remarks) = scope_of(Some(&["+48223000001"]), None);
    assert_eq!(remarks.iter().collect::<Vec<_>>(), [(Remark::PurposesWidened, "", 1)]);
}

#[test]
fn an_undeclared_purpose_takes_from_a_consent_what_it_names() {
    let outcomes = fold(&[record(1, "acme", consent_to(&["a-own", "ofers"]))]);
    match &outcomes.events.first().unwrap().3 {
        What::Consent(consent) => assert_eq!(consent.purposes.as_slice(), [OWN]),
        other => panic!("{other:?}"),
    }
    assert_eq!(outcomes.remarks.count(Remark::PurposeDropped), 1);
    assert_eq!(defect(&record(1, "acme", consent_to(&["ofers"]))), Defect::PurposesUnknown);
}

#[test]
fn what_permits_names_a_declared_controller() {
    for body in [consent(), contract(), Body::Notice { version: "1".into() }] {
        assert_eq!(defect(&record(1, "*", body.clone())), Defect::ControllerMissing);
        assert_eq!(defect(&record(1, "gamma", body)), Defect::ControllerUnknown);
    }
    assert_eq!(defect(&record(1, "gamma", Body::RestrictionLifted)), Defect::ControllerUnknown);
}

#[test]
fn where_one_controller_is_declared_it_need_not_be_named() {
    let mut one = dictionary();
    one.controllers.truncate(1);
    let mut fold = Fold::new(&one, &room());
    fold.record(&record(1, "*", consent())).unwrap();
    fold.record(&record(2, "*", withdrawal())).unwrap();
    assert_eq!(shape(&folded(fold)), ["C0 1..-", "W0 2..-"]);
}

#[test]
fn a_consent_from_the_future_is_rejected_and_a_denial_is_not() {
    assert_eq!(fold(&[record(1_300, "acme", consent())]).events.len(), 1);
    assert_eq!(defect(&record(1_301, "acme", consent())), Defect::Future);
    assert_eq!(shape(&fold(&[record(5_000, "acme", withdrawal())])), ["W0 5000..-"]);
}

#[test]
fn a_message_is_told_from_a_call() {
    for (via, expected) in [("SMS", true), ("WhatsApp", true), ("text", true), ("phone", false), ("letter", false)] {
        let outcomes = fold(&[record(1, "acme", Body::Withdrawal { scope: Scope::default(), via: Some(via.into()) })]);
        assert!(
            matches!(outcomes.events.first().unwrap().3, What::Withdrawal { by_message, .. } if by_message == expected)
        );
    }
}

#[test]
fn an_attempt_counts_wherever_it_does_not_say() {
    let outcomes = fold(&[record(1, "acme", attempt(Some("a-own"))), record(2, "*", attempt(Some("ofers")))]);
    let told: Vec<_> = outcomes.attempts.iter().map(|(_, attempt)| (attempt.controller, attempt.class)).collect();
    assert_eq!(told, [(Some(0), Some(PurposeClass::Marketing)), (None, None)]);
    assert!(outcomes.attempts.iter().all(|(_, attempt)| attempt.is_message));
    assert_eq!(outcomes.remarks.count(Remark::AttemptWidened), 1);
}

#[test]
fn notice_versions_are_sorted_whatever_comes_first() {
    let notice = |version: &str| Body::Notice { version: version.into() };
    let outcomes = fold(&[record(1, "acme", notice("2026-09")), record(2, "acme", notice("2026-01"))]);
    assert_eq!(outcomes.notice_versions, ["2026-01", "2026-05", "2026-09"]);
    let versions: Vec<_> = outcomes.events.iter().map(|event| event.3.clone()).collect();
    assert_eq!(versions, [What::Notice { version: 2 }, What::Notice { version: 0 }]);
}

#[test]
fn a_plain_list_entry_is_handed_back_and_a_dated_one_is_taken() {
    let number = Number::from_e164(NUMBER).unwrap();
    let mut fold = Fold::new(&dictionary(), &room());
    assert_eq!(fold.entry(0, &entry(None, None, None)), Placed::Listed(number));
    assert_eq!(fold.entry(0, &entry(Some(1), None, None)), Placed::Taken);
    assert_eq!(fold.entry(0, &entry(None, Some(9), None)), Placed::Taken);
    let range = ListEntry { target: Target::Range { first: 1, last: 2 }, at: None, until: None, scope: None };
    assert_eq!(fold.entry(0, &range), Placed::Range { first: 1, last: 2 });
    assert_eq!(shape(&folded(fold)), ["L* -..9", "L* 1..-"]);
}

#[test]
fn an_entry_leaves_to_its_list_what_it_does_not_name() {
    let sms = scope(None, Some(&["sms"]));
    let taken = |list: u16| {
        let mut fold = Fold::new(&dictionary(), &room());
        assert_eq!(fold.entry(list, &entry(None, None, Some(sms.clone()))), Placed::Taken);
        match folded(fold).events.into_iter().next().unwrap().3 {
            What::Listing { scope: Some(scope), .. } => scope,
            other => panic!("{other:?}"),
        }
    };
    let channels = ChannelSet::of(&[Channel::Sms]);
    assert_eq!(taken(0), DenialScope { purposes: DenialPurposes::All, channels });
    assert_eq!(taken(1), DenialScope { purposes: DenialPurposes::Default, channels });
}

#[test]
fn a_list_of_reassigned_numbers_tells_a_fact() {
    let mut fold = Fold::new(&dictionary(), &room());
    assert_eq!(fold.entry(2, &entry(None, None, None)), Placed::Taken);
    assert_eq!(fold.entry(2, &entry(Some(4), Some(5), None)), Placed::Taken);
    assert_eq!(shape(&folded(fold)), ["X* -..-", "X* 4..-"]);
}

#[test]
fn runs_are_merged_whatever_their_length() {
    for run_len in [1, 2, 3, 100] {
        let (mut runs, mut ids) = (Runs::of_len(&room(), run_len), Ids::new());
        runs.end_of = Some(7);
        for (number, kind) in [(5, 0), (3, 0), (5, 7), (1, 0), (3, 7), (5, 0), (2, 0)] {
            let id = if number == 3 { 0 } else { ids.keep(&format!("id {number} {kind}")).unwrap() };
            let until = if kind == 7 { i64::from(ids.keep(&format!("end of {number}")).unwrap()) } else { 9 };
            runs.push(Item { number, at: -1, until, kind, id }, &mut ids);
        }
        let (mut groups, mut group, mut told) = (runs.grouped(ids), Vec::new(), Vec::new());
        let mut ids = Ids::new();
        while let Some(number) = groups.next_into(&mut group, &mut ids).unwrap() {
            for item in &group {
                assert_eq!((item.number, item.at), (number, -1));
                let id = (number != 3).then(|| format!("id {number} {}", item.kind));
                assert_eq!(ids.text(item.id), id.as_deref());
                match item.kind {
                    7 => assert_eq!(ids.text(item.until as u32).unwrap(), format!("end of {number}")),
                    _ => assert_eq!(item.until, 9),
                }
            }
            told.push((number, group.len()));
        }
        assert_eq!(told, [(1, 1), (2, 1), (3, 2), (5, 3)]);
    }
}

fn fold_any(records: &[Record]) -> Outcomes {
    let mut fold = Fold::new(&dictionary(), &room());
    for record in records {
        // What is rejected is rejected in any order.
        let _ = fold.record(record);
    }
    folded(fold)
}

proptest! {
    #[test]
    fn order_and_duplicates_do_not_matter(
        (records, shuffled, again) in prop::collection::vec(any_record(), 0..14).prop_flat_map(|records| {
            let again = prop::collection::vec(any::<bool>(), records.len());
            (Just(records.clone()), Just(records).prop_shuffle(), again)
        })
    ) {
        let expected = fold_any(&records);
        let mut repeated = shuffled;
        for (record, again) in records.iter().zip(&again) {
            let anonymous_attempt = record.id.is_none() && matches!(record.body, Body::Attempt { .. });
            if *again && !anonymous_attempt {
                repeated.push(record.clone());
            }
        }
        let found = fold_any(&repeated);
        prop_assert_eq!(&found.events, &expected.events);
        prop_assert_eq!(&found.attempts, &expected.attempts);
        prop_assert_eq!(&found.notice_versions, &expected.notice_versions);
    }

    #[test]
    fn a_denial_that_no_erasure_hides_is_never_lost(records in prop::collection::vec(any_record(), 0..14)) {
        let found = fold_any(&records);
        let last_erasure = records
            .iter()
            .filter(|record| matches!(record.body, Body::Erasure { .. }))
            .map(|record| record.at)
            .max()
            .unwrap_or(at(-1));
        for record in &records {
            let denies = matches!(record.body, Body::Withdrawal { .. } | Body::Objection { .. } | Body::Restriction);
            if denies && record.at >= last_erasure {
                let kept = found.events.iter().any(|(number, at, _, what, ..)| {
                    *number == record.number.as_u64()
                        && *at == Some(record.at)
                        && match (&record.body, what) {
                            (Body::Withdrawal { .. }, What::Withdrawal { .. })
                            | (Body::Restriction, What::Restriction) => true,
                            (Body::Objection { all }, What::Objection { all: kept }) => all == kept,
                            _ => false,
                        }
                });
                prop_assert!(kept);
            }
        }
    }
}
