#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::Number;
use crate::compile::fold::Fold;
use crate::compile::fold::samples::*;
use crate::compile::input::{Body, ListEntry, Record, Target};

fn image(records: &[Record], entries: &[(u16, ListEntry)], threads: usize) -> Image {
    let mut dictionary = dictionary();
    let threads = NonZeroUsize::new(threads);
    let options = Options { threads, ..Options::default() };
    let mut builder = Builder::new(dictionary.clone(), Rules::default(), Zones::default(), options);
    let mut fold = Fold::new(&dictionary, &crate::compile::fold::samples::room());
    for record in records {
        let _ = fold.record(record);
    }
    for (list, entry) in entries {
        match fold.entry(*list, entry) {
            crate::compile::fold::Placed::Listed(number) => builder.listed(number, *list),
            crate::compile::fold::Placed::Range { first, last } => builder.range(*list, first, last),
            crate::compile::fold::Placed::Taken => {}
        }
    }
    let mut folded = fold.finish(&mut dictionary);
    hand_over(&mut folded, &mut builder, &super::super::progress::Silent).unwrap();
    *builder.dictionary_mut() = dictionary;
    builder.finish().unwrap()
}

fn any_entry() -> impl Strategy<Value = (u16, ListEntry)> {
    (0_u16..3, NUMBER..NUMBER + 6, prop::option::of(0_i64..4), prop::option::of(4_i64..9)).prop_map(
        |(list, number, added, until)| {
            let target = Target::Number(Number::from_e164(number).unwrap());
            (list, ListEntry { target, ..entry(added, until, None) })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_input_gives_the_same_bytes(
        (records, shuffled) in prop::collection::vec(any_record(), 0..20)
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle())),
        (entries, mixed) in prop::collection::vec(any_entry(), 0..20)
            .prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle())),
    ) {
        let one = image(&records, &entries, 1);
        let two = image(&shuffled, &mixed, 2);
        prop_assert!(one.as_bytes() == two.as_bytes());
    }
}

#[test]
fn what_was_folded_is_found_in_the_snapshot() {
    let records =
        [named("c1", record(1, "acme", consent())), record(2, "acme", withdrawal()), record(3, "acme", attempt(None))];
    let snapshot = Snapshot::from_bytes(image(&records, &[(0, entry(None, None, None))], 1).as_bytes()).unwrap();
    let number = Number::from_e164(NUMBER).unwrap();
    let probe = snapshot.probe(number);
    let events: Vec<_> = snapshot.history(&probe).collect();
    assert_eq!(events.iter().map(|event| event.at).collect::<Vec<_>>(), [Some(at(1)), Some(at(2))]);
    assert_eq!(snapshot.record_id(&probe, 0), Some("c1"));
    assert_eq!(snapshot.attempts(number).count(), 1);
    let combination = snapshot.combination(&probe).unwrap();
    assert_eq!(snapshot.combinations().get(combination as usize).unwrap(), &[0]);
}

#[test]
fn what_an_erasure_without_suppression_hides_is_not_in_the_snapshot() {
    let records = [
        named("secret-id", record(1, "acme", consent())),
        record(2, "acme", attempt(None)),
        record(5, "acme", Body::Erasure { keep_suppression: false }),
    ];
    let image = image(&records, &[], 1);
    let snapshot = Snapshot::from_bytes(image.as_bytes()).unwrap();
    let number = Number::from_e164(NUMBER).unwrap();
    assert_eq!(snapshot.history(&snapshot.probe(number)).count(), 0);
    assert_eq!(snapshot.attempts(number).count(), 0);
    assert!(!image.as_bytes().windows(9).any(|bytes| bytes == b"secret-id"));
}
