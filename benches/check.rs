//! The whole decision: one check, and a batch.
//!
//! `DIALGATE_DIR` names a folder that `examples/synth.rs` wrote (with `out.gate` compiled in it); without it
//! the bundled sample is compiled and asked, which fits into the cache.

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeZone, Utc};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dialgate::vocabulary::Channel;
use dialgate::{Campaign, Decision, Gate, Number};

/// Leads asked in one go, enough to leave the cache behind.
const LEADS: usize = 1 << 18;

fn opened() -> Result<(Gate, Vec<Number>), Box<dyn Error>> {
    let folder = std::env::var_os("DIALGATE_DIR").map(PathBuf::from);
    let (gate, leads) = match folder {
        Some(folder) => (Gate::open(folder.join("out.gate"))?, folder.join("leads.csv")),
        None => {
            let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme");
            let image = dialgate::Manifest::load(sample.join("gate.toml"))?.compile()?;
            (Gate::from_bytes(image.as_bytes())?, sample.join("leads.csv"))
        }
    };
    let text = std::fs::read_to_string(leads)?;
    let mut numbers: Vec<Number> =
        text.lines().filter_map(|line| line.split(',').next()?.parse().ok()).take(LEADS).collect();
    let distinct = numbers.clone();
    while numbers.len() < LEADS {
        numbers.extend(distinct.iter().take(LEADS - numbers.len()));
    }
    Ok((gate, numbers))
}

fn campaign(gate: &Gate, channel: Channel) -> Result<Campaign, Box<dyn Error>> {
    Ok(gate.campaign().purpose("own-offers").channel(channel).prepare()?)
}

fn instant() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 15, 0, 0).single().unwrap_or_default()
}

fn check(criterion: &mut Criterion) {
    let (gate, numbers) = opened().expect("the data of the benchmark");
    let at = instant();
    for (name, channel) in [("manual_call", Channel::ManualCall), ("automated_call", Channel::AutomatedCall)] {
        let campaign = campaign(&gate, channel).expect("a question that the data know");
        let mut decisions = vec![Decision::default(); numbers.len()];
        campaign.screen(&numbers, at, &mut decisions).expect("slices of one length");
        let allowed = decisions.iter().filter(|decision| decision.is_allowed()).count();
        println!("{name}: {allowed} of {} allowed, snapshot {}", numbers.len(), gate.snapshot_digest());
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(1));
        let mut next = numbers.iter().cycle();
        group.bench_function("check", |bencher| {
            bencher.iter(|| {
                let number = next.next().copied().expect("an endless cycle");
                black_box(campaign.may_contact_at(black_box(number), at).is_allowed())
            });
        });
        group.throughput(Throughput::Elements(numbers.len() as u64));
        group.sample_size(10);
        group.bench_function("screen", |bencher| {
            bencher.iter(|| campaign.screen(black_box(&numbers), at, &mut decisions));
        });
        group.finish();
    }
}

criterion_group!(benches, check);
criterion_main!(benches);
