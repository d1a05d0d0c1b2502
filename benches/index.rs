//! What a look-up costs, beside the hash maps that one would use instead.
//!
//! `DIALGATE_BENCH_LISTED` sets the size (1,000,000 suppressed numbers; a quarter as many consents). Half of the
//! numbers that are asked for are in the set.

#![expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a benchmark that goes wrong stops")]
#![cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "a fence between look-ups"))]

use std::collections::{HashMap, HashSet};
use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, Throughput};
use dialgate::dictionary::{Controller, Dictionary, List};
use dialgate::internals::{Builder, Options};
use dialgate::rules::Rules;
use dialgate::vocabulary::ListKind;
use dialgate::{Event, Number, Snapshot, Template, Timestamp, What, Zones};

/// Numbers that are asked for in turn.
const ASKED: usize = 1 << 20;
/// Numbers that are probed ahead in a batch.
const AHEAD: usize = 32;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

/// A number of one of some countries, as a mixed list holds them.
fn digits(random: &mut Random) -> u64 {
    let (bits, low) = (random.next(), random.next());
    match bits % 8 {
        0..5 => 12_000_000_000 + low % 8_000_000_000,
        5 => 48_500_000_000 + low % 400_000_000,
        6 => 447_000_000_000 + low % 1_000_000_000,
        _ => 33_600_000_000 + low % 200_000_000,
    }
}

fn dictionary() -> Dictionary {
    let list = |index: u32| List {
        id: format!("list-{index}"),
        kind: ListKind::Registry,
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
        digest: [0; 32],
    };
    let controller = Controller {
        id: "acme".into(),
        name: String::new(),
        notice_version: None,
        caller_ids: Vec::new(),
        emergency: false,
    };
    Dictionary {
        controllers: vec![controller],
        notice_versions: (0..4).map(|version| format!("v{version}")).collect(),
        lists: (0..4).map(list).collect(),
        ..Dictionary::default()
    }
}

fn main() {
    let listed: usize =
        std::env::var("DIALGATE_BENCH_LISTED").ok().and_then(|size| size.parse().ok()).unwrap_or(1_000_000);
    let mut random = Random(1);
    let mut members = HashSet::with_capacity(listed);
    while members.len() < listed {
        members.insert(digits(&mut random));
    }
    let mut members: Vec<u64> = members.into_iter().collect();
    members.sort_unstable();

    let began = Instant::now();
    let mut builder = Builder::new(dictionary(), Rules::default(), Zones::default(), Options::default());
    let templates: Vec<u32> = (0..4)
        .map(|version| builder.intern(Template { controller: Some(0), what: What::Notice { version } }))
        .collect();
    let number = |digits: u64| Number::from_e164(digits).unwrap_or_else(|| unreachable!("at most twelve digits"));
    let (mut map_of_lists, mut map_of_events) = (HashMap::new(), HashMap::new());
    for digits in &members {
        builder.listed(number(*digits), (digits % 4) as u16);
        if digits % 4 == 0 {
            let at = Timestamp::from_seconds(1_600_000_000 + (digits * 7919 % 150_000_000) as i64);
            let event = Event { at: Some(at), template: templates[(digits / 4 % 4) as usize], until: None };
            builder.history(number(*digits), &[event], &[]);
        }
    }
    let image = builder.finish().unwrap_or_else(|error| unreachable!("{error}"));
    let built = began.elapsed();
    let consents = members.iter().filter(|digits| *digits % 4 == 0).count();
    eprintln!("{listed} listed and {consents} consents: {} bytes, built in {built:.2?}", image.as_bytes().len());
    let began = Instant::now();
    let snapshot = Snapshot::from_bytes(image.as_bytes()).unwrap_or_else(|error| unreachable!("{error}"));
    eprintln!("opened (copied and verified) in {:.2?}", began.elapsed());
    drop(image);
    for digits in &members {
        map_of_lists.insert(*digits, (digits % 4) as u8);
        if digits % 4 == 0 {
            map_of_events.insert(*digits, (*digits % 4, 1_600_000_000 + (digits * 7919 % 150_000_000)));
        }
    }

    let asked: Vec<Number> = (0..ASKED)
        .map(|_| {
            let hit = random.next().is_multiple_of(2);
            let place = (random.next() % members.len() as u64) as usize;
            number(if hit { members[place] } else { digits(&mut random) })
        })
        .collect();

    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group(format!("index/{listed}"));
    group.throughput(Throughput::Elements(ASKED as u64));
    group.bench_function("list, fenced", |bencher| {
        let known = |asked: &&Number| {
            let known = snapshot.combination(&snapshot.probe(**asked)).is_some();
            fence();
            known
        };
        bencher.iter(|| asked.iter().filter(known).count());
    });
    group.bench_function("list and history, fenced", |bencher| {
        let known = |asked: &&Number| {
            let probe = snapshot.probe(**asked);
            let event = snapshot.history(&probe).next();
            let known = snapshot.combination(&probe).is_some() ^ event.is_some_and(|event| event.template > 1);
            fence();
            known
        };
        bencher.iter(|| asked.iter().filter(known).count());
    });
    group.bench_function("HashMap list, fenced", |bencher| {
        let known = |asked: &&Number| {
            let known = map_of_lists.contains_key(&asked.as_u64());
            fence();
            known
        };
        bencher.iter(|| asked.iter().filter(known).count());
    });
    group.bench_function("HashMap list and history, fenced", |bencher| {
        let known = |asked: &&Number| {
            let event = map_of_events.get(&asked.as_u64());
            let known = map_of_lists.contains_key(&asked.as_u64()) ^ event.is_some_and(|event| event.0 > 1);
            fence();
            known
        };
        bencher.iter(|| asked.iter().filter(known).count());
    });
    group.bench_function("list, in batches", |bencher| {
        bencher.iter(|| batch(&snapshot, &asked, |probe| snapshot.combination(probe).is_some()));
    });
    group.bench_function("list and history, in batches", |bencher| {
        bencher.iter(|| {
            batch(&snapshot, &asked, |probe| {
                let event = snapshot.history(probe).next();
                snapshot.combination(probe).is_some() ^ event.is_some_and(|event| event.at > Some(Timestamp::default()))
            })
        });
    });
    group.bench_function("HashMap list, in a loop", |bencher| {
        bencher.iter(|| asked.iter().filter(|asked| map_of_lists.contains_key(&asked.as_u64())).count());
    });
    group.bench_function("HashMap list and history, in a loop", |bencher| {
        bencher.iter(|| {
            let known = |asked: &&Number| {
                let event = map_of_events.get(&asked.as_u64());
                map_of_lists.contains_key(&asked.as_u64()) ^ event.is_some_and(|event| event.1 > 0)
            };
            asked.iter().filter(known).count()
        });
    });
    group.finish();
    criterion.final_summary();
}

/// Ends a look-up: the next one does not begin in its shadow.
fn fence() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a load fence is part of every x86-64 and touches no memory.
    unsafe {
        std::arch::x86_64::_mm_lfence();
    }
}

/// Counts what holds, probing ahead.
fn batch(snapshot: &Snapshot, asked: &[Number], holds: impl Fn(&dialgate::Probe) -> bool) -> usize {
    let empty = snapshot.probe(Number::from_e164(1).unwrap_or_else(|| unreachable!("one is a number")));
    let mut ring = [empty; AHEAD];
    for (slot, number) in ring.iter_mut().zip(asked) {
        *slot = snapshot.probe(*number);
    }
    let mut count = 0;
    for place in 0..asked.len() {
        count += usize::from(holds(&ring[place % AHEAD]));
        if let Some(next) = asked.get(place + AHEAD) {
            ring[place % AHEAD] = snapshot.probe(*next);
        }
    }
    black_box(count)
}
