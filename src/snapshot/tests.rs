#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on fails"
)]

mod file;
mod hashed;
mod hostile;
mod mapped;
#[cfg(feature = "seal")]
mod sealed;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use super::*;
use crate::Timestamp;
use crate::dictionary::{Controller, List};
use crate::event::{Attempt, Event, What};
use crate::timestamp::{DAY, SECOND};
use crate::vocabulary::{ListKind, Outcome, PurposeClass};

/// SplitMix64: the same numbers in every run.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end as u64 + 1) as usize);
        }
    }
}

pub(super) fn number(digits: u64) -> Number {
    Number::from_e164(digits).unwrap()
}

pub(super) fn dictionary(lists: u16) -> Dictionary {
    let list = |index: u16| List {
        id: format!("list-{index:05}"),
        kind: ListKind::Block,
        registry: None,
        controllers: None,
        scope: None,
        jurisdictions: None,
        covers: None,
        as_of: Timestamp::default(),
        max_age_days: None,
        consent_lifts: false,
        entries: 0,
        rejected: 0,
        digest: [7; 32],
    };
    Dictionary {
        as_of: Timestamp::from_seconds(1_764_000_000),
        controllers: vec![Controller {
            id: "acme".into(),
            name: "Acme".into(),
            notice_version: None,
            caller_ids: vec![48_223_000_001],
            emergency: false,
        }],
        notice_versions: (0..NOTICES).map(|version| format!("v{version:03}")).collect(),
        lists: (0..lists).map(list).collect(),
        ..Dictionary::default()
    }
}

/// How many templates there are.
const NOTICES: u64 = 200;

/// What went in, in maps.
#[derive(Default)]
struct Oracle {
    listed: BTreeMap<u64, BTreeSet<u16>>,
    histories: BTreeMap<u64, Vec<(Template, Event, Option<String>)>>,
    attempts: BTreeMap<u64, Vec<Attempt>>,
    ranges: Vec<(u16, u64, u64)>,
    lists: u16,
}

fn template(version: u64) -> Template {
    Template { controller: Some(0), what: What::Notice { version: (version % 200) as u16 } }
}

/// How instants are chosen.
#[derive(Clone, Copy)]
enum Times {
    Midnights,
    Seconds,
    Micros,
}

impl Oracle {
    fn random(random: &mut Random, count: usize, times: Times, key: impl Fn(&mut Random) -> u64) -> Self {
        let mut oracle = Self { lists: 60, ..Self::default() };
        for _ in 0..count {
            let digits = key(random);
            let often = if random.below(10) == 0 { 60 } else { 3 };
            for _ in 0..=random.below(2) {
                oracle.listed.entry(digits).or_default().insert(random.below(often) as u16);
            }
            let digits = key(random);
            let events = if random.below(10) == 0 { random.below(6) } else { 1 };
            let events = (0..events).map(|_| Self::event(random, times)).collect();
            oracle.histories.insert(digits, events);
            if random.below(20) == 0 {
                let attempt = |random: &mut Random| Attempt {
                    at: Timestamp::from_micros(random.below(1 << 51) as i64),
                    controller: (random.below(2) == 0).then_some(0),
                    class: (random.below(2) == 0).then_some(PurposeClass::Survey),
                    is_message: random.below(2) == 0,
                    outcome: Outcome::ALL[random.below(4) as usize],
                };
                let mut attempts: Vec<Attempt> = (0..=random.below(3)).map(|_| attempt(random)).collect();
                attempts.sort_unstable();
                oracle.attempts.insert(digits, attempts);
            }
        }
        oracle
    }

    fn event(random: &mut Random, times: Times) -> (Template, Event, Option<String>) {
        let day = (15_000 + random.below(5_000) as i64) * DAY;
        let at = match times {
            Times::Midnights => day,
            Times::Seconds => day + random.below(86_400) as i64 * SECOND,
            Times::Micros => day + random.below(DAY as u64) as i64,
        };
        let at = match random.below(200) {
            0 => None,
            1 => Some(Timestamp::MIN),
            2 => Some(Timestamp::MAX),
            3 => Some(Timestamp::from_micros(at - 40_000 * DAY + 1)),
            _ => Some(Timestamp::from_micros(at)),
        };
        let until = match random.below(8) {
            0 => Some(Timestamp::from_micros(random.next() as i64)),
            1 | 2 => at.map(|at| at.plus(365 * DAY)),
            _ => None,
        };
        let often = if random.below(30) == 0 { 200 } else { 4 };
        let id = (random.below(10) == 0).then(|| format!("record-{}", random.below(1 << 40)));
        (template(random.below(often)), Event { at, template: 0, until }, id)
    }

    /// Hands everything over in an order of its own.
    fn build(&self, seed: u64, threads: usize) -> Image {
        self.build_with(seed, threads, false)
    }

    fn build_with(&self, seed: u64, threads: usize, prefilter: bool) -> Image {
        let options = Options { threads: NonZeroUsize::new(threads), prefilter, ..Options::default() };
        self.build_as(seed, options)
    }

    fn build_as(&self, seed: u64, options: Options) -> Image {
        let mut builder = Builder::new(dictionary(self.lists), Rules::default(), Zones::default(), options);
        let mut random = Random(seed);
        let mut versions: Vec<u64> = (0..200).collect();
        random.shuffle(&mut versions);
        versions.iter().for_each(|version| {
            builder.intern(template(*version));
        });
        let mut listed: Vec<(u64, u16)> =
            self.listed.iter().flat_map(|(digits, lists)| lists.iter().map(|list| (*digits, *list))).collect();
        random.shuffle(&mut listed);
        listed.iter().for_each(|(digits, list)| builder.listed(number(*digits), *list));
        listed.iter().take(3).for_each(|(digits, list)| builder.listed(number(*digits), *list));
        let mut histories: Vec<_> = self.histories.iter().collect();
        random.shuffle(&mut histories);
        for (digits, history) in histories {
            let mut history = history.clone();
            // Equal events may trade ids: kept in one order.
            history.sort();
            let events: Vec<Event> = history
                .iter()
                .map(|(template, event, _)| Event { template: builder.intern(template.clone()), ..*event })
                .collect();
            let ids: Vec<Option<&str>> = history.iter().map(|(_, _, id)| id.as_deref()).collect();
            builder.history(number(*digits), &events, &ids);
        }
        let mut attempts: Vec<(&u64, &Vec<Attempt>)> = self.attempts.iter().collect();
        random.shuffle(&mut attempts);
        attempts.iter().for_each(|(digits, attempts)| builder.attempts(number(**digits), attempts));
        let mut ranges = self.ranges.clone();
        random.shuffle(&mut ranges);
        ranges.iter().for_each(|(list, first, last)| builder.range(*list, *first, *last));
        builder.finish().unwrap()
    }

    fn agrees(&self, snapshot: &Snapshot, digits: u64) {
        let probe = snapshot.probe(number(digits));
        snapshot.settle(&probe);
        let combination = snapshot.combination(&probe);
        let lists = combination.map(|id| snapshot.combinations()[id as usize].clone()).unwrap_or_default();
        let expected: Vec<u16> = self.listed.get(&digits).into_iter().flatten().copied().collect();
        assert_eq!(lists, expected);

        let mut expected: Vec<_> = self.histories.get(&digits).cloned().unwrap_or_default();
        expected.sort_by_key(|(template, event, id)| (event.at, template.clone(), event.until, id.clone()));
        let history: Vec<Event> = snapshot.history(&probe).collect();
        assert_eq!(history.len(), expected.len());
        let mut ids = Vec::new();
        for (index, (event, (template, wanted, _))) in history.iter().zip(&expected).enumerate() {
            assert_eq!((event.at, event.until), (wanted.at, wanted.until));
            assert_eq!(&snapshot.templates()[event.template as usize], template);
            ids.push(snapshot.record_id(&probe, index).map(str::to_owned));
        }
        let wanted: Vec<Option<String>> = expected.into_iter().map(|(_, _, id)| id).collect();
        assert_eq!(ids, wanted);

        let attempts: Vec<Attempt> = snapshot.attempts(number(digits)).collect();
        assert_eq!(attempts, self.attempts.get(&digits).cloned().unwrap_or_default());

        let wanted: BTreeSet<u16> = self
            .ranges
            .iter()
            .filter(|(_, first, last)| (*first..=*last).contains(&digits))
            .map(|(list, _, _)| *list)
            .collect();
        assert!(snapshot.ranges(number(digits)).iter().copied().eq(wanted));
    }

    fn all_agree(&self, snapshot: &Snapshot, random: &mut Random, key: impl Fn(&mut Random) -> u64) {
        let members: BTreeSet<u64> = self.listed.keys().chain(self.histories.keys()).copied().collect();
        for digits in &members {
            self.agrees(snapshot, *digits);
        }
        for digits in members.iter().take(5_000) {
            for near in [digits.saturating_sub(1).max(1), digits + 1, digits ^ (1 << 40), digits ^ (1 << 20)] {
                if near > 0 && near <= 999_999_999_999_999 {
                    self.agrees(snapshot, near);
                }
            }
        }
        for _ in 0..20_000 {
            self.agrees(snapshot, key(random));
            self.agrees(snapshot, 1 + random.below(999_999_999_999_999));
        }
    }
}

fn polish(random: &mut Random) -> u64 {
    48_223_000_000 + random.below(3_000_000)
}

fn mixed(random: &mut Random) -> u64 {
    match random.below(1000) {
        0 => 999_999_999_999_999 - random.below(1000),
        1..300 => 12_015_550_000 + random.below(10_000_000),
        300..500 => 447_700_900_000 + random.below(1_000_000),
        _ => 48_223_000_000 + random.below(100_000_000),
    }
}

#[test]
fn look_ups_agree_with_maps_at_every_size() {
    let mut random = Random(1);
    for count in [0, 1, 2, 10, 1000, 20_000] {
        for times in [Times::Midnights, Times::Seconds, Times::Micros] {
            let key = if count % 3 == 0 { polish } else { mixed };
            let oracle = Oracle::random(&mut random, count, times, key);
            let snapshot = Snapshot::from_bytes(oracle.build(7, 2).as_bytes()).unwrap();
            oracle.all_agree(&snapshot, &mut random, key);
        }
    }
}

#[test]
fn look_ups_agree_with_maps_at_a_hundred_thousand() {
    let mut random = Random(2);
    let oracle = Oracle::random(&mut random, 100_000, Times::Seconds, mixed);
    let snapshot = Snapshot::from_bytes(oracle.build(7, 2).as_bytes()).unwrap();
    oracle.all_agree(&snapshot, &mut random, mixed);
}

#[test]
fn numbers_of_every_length_are_found() {
    let mut random = Random(3);
    let any = |random: &mut Random| {
        let digits = 1 + random.below(15) as u32;
        10u64.pow(digits - 1) + random.below(9 * 10u64.pow(digits - 1))
    };
    let oracle = Oracle::random(&mut random, 3_000, Times::Micros, any);
    let snapshot = Snapshot::from_bytes(oracle.build(7, 1).as_bytes()).unwrap();
    oracle.all_agree(&snapshot, &mut random, any);
}

#[test]
fn the_bytes_depend_on_what_was_given_alone() {
    let mut random = Random(4);
    for count in [10, 60_000] {
        let mut oracle = Oracle::random(&mut random, count, Times::Seconds, mixed);
        oracle.ranges = vec![(1, 48_22, 48_29), (2, 4_820, 4_825), (1, 4_824, 4_830)];
        let image = oracle.build(1, 1);
        for (seed, threads) in [(2, 1), (3, 2), (4, 3)] {
            assert!(image.as_bytes() == oracle.build(seed, threads).as_bytes());
        }
    }
}

#[test]
fn the_bytes_do_not_depend_on_what_memory_holds() {
    let mut random = Random(14);
    let oracle = Oracle::random(&mut random, 150_000, Times::Seconds, mixed);
    let folder = tempfile::tempdir().unwrap();
    let build = |seed, threads, memory| {
        let spill = Some(folder.path().to_owned());
        let options = Options { threads: NonZeroUsize::new(threads), prefilter: true, spill, memory };
        oracle.build_as(seed, options)
    };
    let image = build(1, 1, None);
    for (seed, threads, memory) in [(2, 2, Some(0)), (3, 3, Some(1 << 21)), (4, 1, Some(0))] {
        assert!(image.as_bytes() == build(seed, threads, memory).as_bytes());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let snapshot = Snapshot::from_bytes(image.as_bytes()).unwrap();
    oracle.all_agree(&snapshot, &mut random, mixed);
}

#[test]
fn without_room_beside_the_output_nothing_is_built() {
    let options = Options { spill: Some("/no/such/folder".into()), memory: Some(0), ..Options::default() };
    let mut builder = Builder::new(dictionary(1), Rules::default(), Zones::default(), options);
    // More than the parts take before they put anything away.
    (0..3_000_000).for_each(|digits| builder.listed(number(48_220_000_000 + digits), 0));
    assert!(matches!(builder.finish(), Err(BuildError::Memory(_))));
}

#[test]
fn a_number_on_range_lists_is_on_all_of_them_and_no_other_is() {
    let mut oracle = Oracle { lists: 20, ..Oracle::default() };
    let mut random = Random(5);
    for list in 0..20 {
        let first = 100 + random.below(700);
        oracle.ranges.push((list % 7, first, (first + random.below(150)).min(999)));
    }
    let snapshot = Snapshot::from_bytes(oracle.build(1, 1).as_bytes()).unwrap();
    for digits in 1..2_000 {
        oracle.agrees(&snapshot, digits);
    }
}

#[test]
fn any_number_of_lists_works() {
    let mut oracle = Oracle { lists: u16::MAX, ..Oracle::default() };
    for list in 0..u16::MAX {
        oracle.listed.entry(48_223_000_000 + u64::from(list)).or_default().insert(list);
        oracle.listed.entry(48_223_000_000 + u64::from(list)).or_default().insert(list / 2);
    }
    let image = oracle.build(1, 2);
    let snapshot = Snapshot::from_bytes(image.as_bytes()).unwrap();
    for digits in 48_222_999_990..48_223_000_010 + u64::from(u16::MAX) {
        oracle.agrees(&snapshot, digits);
    }
}

#[test]
fn what_is_given_twice_or_undefined_is_refused() {
    let builder = || Builder::new(dictionary(1), Rules::default(), Zones::default(), Options::default());
    let event = Event { at: None, template: 0, until: None };
    let mut twice = builder();
    twice.intern(template(1));
    twice.history(number(48_223_000_000), &[event], &[]);
    twice.history(number(48_223_000_000), &[event, event], &[]);
    assert!(matches!(twice.finish(), Err(BuildError::Twice(_))));
    let mut undefined = builder();
    undefined.history(number(48_223_000_000), &[event], &[]);
    assert!(matches!(undefined.finish(), Err(BuildError::Undefined(_))));
    let mut undefined = builder();
    undefined.listed(number(48_223_000_000), 1);
    assert!(matches!(undefined.finish(), Err(BuildError::Undefined(_))));
    let mut reversed = builder();
    reversed.range(0, 4_823, 4_822);
    assert!(matches!(reversed.finish(), Err(BuildError::Range { list: 0 })));
    let mut longer = builder();
    longer.range(0, 99, 100);
    assert!(matches!(longer.finish(), Err(BuildError::Range { list: 0 })));
}

#[test]
fn numbers_that_share_a_line_are_all_found() {
    // The domain is that of dense numbers; those that crowd one line are chosen by its own mixing.
    let mut random = Random(6);
    let dense: Vec<u64> = (0..1u64 << 22).map(|offset| 48_000_000_000 + offset).collect();
    let domain = Domain::of(&dense);
    let mut oracle = Oracle { lists: 60, ..Oracle::default() };
    for digits in [dense[0], dense[dense.len() - 1]] {
        oracle.listed.entry(digits).or_default().insert(0);
    }
    let crowded = dense.iter().copied().filter(|digits| domain.key(*digits).hash < 1 << 12);
    for digits in crowded {
        oracle.listed.entry(digits).or_default().insert(random.below(60) as u16);
        oracle.histories.insert(digits, vec![Oracle::event(&mut random, Times::Micros)]);
    }
    assert!(oracle.listed.len() > 4_000);
    let snapshot = Snapshot::from_bytes(oracle.build(1, 2).as_bytes()).unwrap();
    oracle.all_agree(&snapshot, &mut random, |random| 48_000_000_000 + random.below(1 << 22));
}

#[test]
fn an_empty_lane_is_no_number() {
    // Every number of a small domain is asked: whatever an empty lane holds, one of them has that remainder.
    let mut oracle = Oracle { lists: 3, ..Oracle::default() };
    for digits in [48_000_000_000, 48_000_000_007, 48_000_065_535] {
        oracle.listed.entry(digits).or_default().insert(2);
        oracle.histories.insert(digits, vec![Oracle::event(&mut Random(digits), Times::Seconds)]);
    }
    let snapshot = Snapshot::from_bytes(oracle.build(1, 1).as_bytes()).unwrap();
    for digits in 47_999_999_000..48_000_067_000 {
        oracle.agrees(&snapshot, digits);
    }
}

/// Bytes a number: listed at random in 10^10, and consents of one text at random seconds.
fn sizes(count: usize) -> (f64, f64) {
    let build = |listed: bool, consents: bool| {
        let mut builder = Builder::new(dictionary(3), Rules::default(), Zones::default(), Options::default());
        let mut random = Random(8);
        let consent = builder.intern(template(1));
        let mut seen = BTreeSet::new();
        while seen.len() < count {
            let digits = 10_000_000_000 + random.below(10_000_000_000);
            if !seen.insert(digits) {
                continue;
            }
            if listed {
                builder.listed(number(digits), random.below(3) as u16);
            }
            if consents {
                let at = Timestamp::from_seconds(1_600_000_000 + random.below(150_000_000) as i64);
                builder.history(number(digits), &[Event { at: Some(at), template: consent, until: None }], &[]);
            }
        }
        builder.finish().unwrap().as_bytes().len() as f64
    };
    (build(true, false) / count as f64, build(false, true) / count as f64)
}

#[test]
fn a_number_takes_no_more_bytes_than_promised() {
    let fixed = 64.0 * 1024.0;
    for count in [1_000, 100_000] {
        let (listed, consents) = sizes(count);
        assert!(listed <= 16.0 + fixed / count as f64, "{listed} bytes at {count}");
        assert!(consents <= 16.0 + fixed / count as f64, "{consents} bytes at {count}");
    }
    let (listed, consents) = sizes(1_000_000);
    assert!(listed <= 5.7, "{listed} bytes a listed number");
    assert!(consents <= 12.0, "{consents} bytes a consent");
}

/// A snapshot of everything, of at most 8 KiB.
fn small() -> (Oracle, Image) {
    let mut random = Random(9);
    let mut oracle = Oracle::random(&mut random, 12, Times::Micros, polish);
    oracle.lists = 5;
    oracle.listed.values_mut().for_each(|lists| *lists = lists.iter().map(|list| list % 5).collect());
    oracle.ranges = vec![(1, 48_220_000_000, 48_229_999_999), (2, 48_223_000_000, 48_223_000_999)];
    let event = |random: &mut Random| Oracle::event(random, Times::Seconds);
    let digits = *oracle.histories.keys().next().unwrap();
    oracle.histories.insert(digits, (0..4).map(|_| event(&mut random)).collect());
    let image = oracle.build(1, 1);
    assert!(image.as_bytes().len() <= 8 * 1024, "{}", image.as_bytes().len());
    (oracle, image)
}

#[test]
fn a_number_of_a_dense_national_list_takes_less_than_three_bytes() {
    let mut builder = Builder::new(dictionary(3), Rules::default(), Zones::default(), Options::default());
    let (mut random, mut taken) = (Random(10), Vec::new());
    for offset in 0..10_000_000 {
        if random.below(10) == 0 {
            builder.listed(number(48_500_000_000 + offset), (offset % 3) as u16);
            taken.push(48_500_000_000 + offset);
        }
    }
    let image = builder.finish().unwrap();
    let bytes = image.as_bytes().len() as f64 / taken.len() as f64;
    assert!(bytes <= 2.8, "{bytes} bytes");
    let snapshot = Snapshot::from_bytes(image.as_bytes()).unwrap();
    let found = (0..10_000_000).filter(|offset| {
        let probe = snapshot.probe(number(48_500_000_000 + offset));
        snapshot.combination(&probe).is_some()
    });
    assert!(found.map(|offset| 48_500_000_000 + offset).eq(taken));
}
