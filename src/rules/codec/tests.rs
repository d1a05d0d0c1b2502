#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use proptest::prelude::*;

use crate::Region;
use crate::rules::*;
use crate::vocabulary::*;

fn selector() -> impl Strategy<Value = Selector> {
    (any::<(u16, u8, u16, u8, u8)>(), prop::option::of(-9_000i32..30_000), prop::option::of(1i32..9_000)).prop_map(
        |((classes, sectors, channels, parties, lines), from, length)| Selector {
            classes: ClassSet::from_bits(classes),
            sectors: SectorSet::from_bits(sectors),
            channels: ChannelSet::from_bits(channels),
            parties: PartySet::from_bits(parties),
            lines: LineSet::from_bits(lines),
            from,
            to: length.map(|length| from.unwrap_or(0) + length),
        },
    )
}

fn rows<T: std::fmt::Debug>(rule: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<Row<T>>> {
    let row = (prop::sample::select(vec!["a", "b", "row-c"]), selector(), ".{0,12}", 0..4usize, rule);
    prop::collection::vec(
        row.prop_map(|(id, when, statute, confidence, rule)| Row {
            id: id.to_owned(),
            when,
            statute,
            confidence: Confidence::ALL[confidence],
            rule,
        }),
        0..4,
    )
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    prop::collection::btree_set(0u16..=1_440, 0..=4).prop_map(|edges| {
        let edges: Vec<u16> = edges.into_iter().collect();
        edges.chunks_exact(2).map(|pair| Span { open: pair[0], close: pair[1] }).collect()
    })
}

fn window() -> impl Strategy<Value = WindowRule> {
    let week =
        prop_oneof![spans().prop_map(|day| std::array::from_fn(|_| day.clone())), prop::array::uniform7(spans())];
    (week, any::<(bool, bool, bool)>(), prop::option::of(spans()), prop::option::of(-840i16..=840)).prop_map(
        |(week, (closes, lifted_by_consent, named), eves, fixed_offset)| WindowRule {
            week,
            holidays: if closes { HolidayRule::Closed } else { HolidayRule::Ignored },
            eves,
            calendar: named.then_some(0),
            lifted_by_consent,
            fixed_offset,
        },
    )
}

fn requirement() -> impl Strategy<Value = RequirementRule> {
    (0..Requirement::ALL.len(), any::<(u16, bool, bool)>()).prop_map(|(index, (months, review, double))| {
        RequirementRule {
            requirement: Requirement::ALL[index],
            customer_months: months,
            needs_review: review,
            double_opt_in: double,
        }
    })
}

fn registry() -> impl Strategy<Value = RegistryRule> {
    type Numbers = (Option<u16>, Option<u16>, Option<u16>, Option<(u16, u16)>);
    ("[a-z-]{0,8}", any::<(bool, bool, bool)>(), any::<Numbers>()).prop_map(
        |(registry, (individuals, businesses, revokes_consents), (age, contract, grace, ebr))| RegistryRule {
            registry,
            individuals,
            businesses,
            max_age_days: age.map(|days| days / 2),
            revokes_consents,
            ebr: ebr.map(|(transaction_months, inquiry_months)| EbrRule { transaction_months, inquiry_months }),
            contract_lifts_days: contract,
            grace_days: grace,
        },
    )
}

fn pack() -> impl Strategy<Value = Pack> {
    let cap = any::<(u16, u32, bool, bool)>().prop_map(|(attempts, window_seconds, both_families, lifted)| CapRule {
        attempts,
        window_seconds,
        both_families,
        lifted_by_consent: lifted,
    });
    let silence = (0..Outcome::ALL.len(), any::<(Option<u16>, bool)>()).prop_map(|(after, (days, lifted))| {
        SilenceRule { after: Outcome::ALL[after], days, lifted_by_consent: lifted }
    });
    let obligation = any::<(u32, Option<u16>)>()
        .prop_map(|(duties, seconds)| ObligationRule { duties: ObligationSet::from_bits(duties), seconds });
    let caller_id =
        prop::collection::vec("[0-9]{1,4}", 0..3).prop_map(|banned_prefixes| CallerIdRule { banned_prefixes });
    let retention = ("[a-z]{0,6}", any::<(Option<u16>, u16, bool)>())
        .prop_map(|(what, (months, days, restarts_on_use))| RetentionRule { what, months, days, restarts_on_use });
    (
        (any::<(bool, bool, bool, bool)>(), prop::collection::vec(".{0,20}", 0..3)),
        (rows(requirement()), rows(registry()), rows(window()), rows(cap), rows(silence)),
        (rows(obligation), rows(caller_id), rows(retention)),
        (
            rows(any::<u16>().prop_map(|months| ConsentLimitRule { months })),
            rows(any::<u16>().prop_map(|minutes| ConfirmationRule { minutes })),
            rows(Just(RevocationRule)),
        ),
    )
        .prop_map(|(((has_region, gdpr, partial, overrides), notes), first, second, third)| Pack {
            code: String::new(),
            name: "Somewhere".to_owned(),
            version: "2026-11-23".to_owned(),
            region: has_region.then(|| Region::parse("US-FL").unwrap()),
            gdpr,
            partial,
            overrides,
            baselines: Vec::new(),
            requirements: first.0,
            registries: first.1,
            windows: first.2,
            caps: first.3,
            silences: first.4,
            obligations: second.0,
            caller_ids: second.1,
            consent_limits: third.0,
            confirmations: third.1,
            retentions: second.2,
            revocations: third.2,
            notes,
        })
}

fn rules() -> impl Strategy<Value = Rules> {
    (prop::collection::vec(pack(), 0..3), prop::collection::btree_set(100i32..900, 0..9)).prop_map(
        |(mut packs, days)| {
            for (pack, code) in packs.iter_mut().zip(["EU", "PL", "US"]) {
                pack.code = code.to_owned();
                pack.baselines = vec!["EU".to_owned()];
            }
            let days = days.into_iter().collect();
            let calendar = Calendar { code: "PL".to_owned(), source: "s".to_owned(), from: 100, to: 900, days };
            Rules { packs, calendars: vec![calendar] }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rules_survive_the_wire(rules in rules()) {
        prop_assert_eq!(Rules::decode(&rules.encode()).unwrap(), rules);
    }

    #[test]
    fn a_flipped_byte_is_refused_or_says_something_else(rules in rules(), at: prop::sample::Index, bits in 1u8..) {
        let mut bytes = rules.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= bits;
        if let Ok(found) = Rules::decode(&bytes) {
            prop_assert_ne!(found, rules);
        }
    }

    #[test]
    fn noise_is_refused_or_is_its_own_encoding(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(found) = Rules::decode(&bytes) {
            prop_assert_eq!(found.encode(), bytes);
        }
    }
}

#[test]
fn what_is_cut_or_left_over_is_refused() {
    let rules = Rules::default();
    let bytes = rules.encode();
    assert_eq!(Rules::decode(&bytes).unwrap(), rules);
    assert_eq!(Rules::decode(&[bytes.as_slice(), &[0]].concat()).unwrap_err().expected, "the end");
    assert!(Rules::decode(&[]).is_err());
}

#[cfg(feature = "compile")]
mod builtin {
    use super::*;
    use crate::rules::source::{Options, Packs, load};

    #[test]
    fn the_packs_that_come_with_the_crate_stay_small_and_no_flipped_bit_panics() {
        let rules = load(Options::default()).unwrap();
        let bytes = rules.encode();
        assert_eq!(Rules::decode(&bytes).unwrap(), rules);
        assert!(bytes.len() < 32_000, "{} bytes", bytes.len());
        for at in 0..bytes.len() {
            assert!(Rules::decode(&bytes[..at]).is_err());
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            assert!(Rules::decode(&flipped).map_or(true, |found| found != rules));
        }
    }

    #[test]
    fn a_long_text_that_many_rows_repeat_is_refused_before_it_is_copied_too_often() {
        let mut rules = load(Options { packs: Packs::Named(&["EU".to_owned()]), ..Options::default() }).unwrap();
        let pack = &mut rules.packs[0];
        pack.notes = vec!["x".repeat(50_000); 5_000];
        assert_eq!(Rules::decode(&rules.encode()).unwrap_err().expected, "less repetition of long texts");
    }
}
