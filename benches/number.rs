//! What it costs to read a number and to place it, everything cached.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dialgate::{Number, plan};

/// Numbers of many countries: the golden sample of the plan's tests.
fn numbers() -> Vec<String> {
    let rows = include_str!("../src/plan/golden.tsv").lines().skip(1);
    rows.filter_map(|row| row.split('\t').next()).map(str::to_owned).collect()
}

fn number(criterion: &mut Criterion) {
    let texts = numbers();
    let numbers: Vec<Number> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    let american: Vec<Number> =
        (0..texts.len() as u64).filter_map(|n| Number::from_e164(13_125_550_100 + n % 100)).collect();
    let mut group = criterion.benchmark_group("number");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| texts.iter().filter_map(|text| text.parse().ok()).fold(0, |sum, n: Number| sum ^ n.as_u64()));
    });
    group.bench_function("locate, every country", |bencher| {
        bencher.iter(|| numbers.iter().filter(|number| plan::locate(black_box(**number)).possible).count());
    });
    group.bench_function("locate, United States", |bencher| {
        bencher.iter(|| american.iter().filter(|number| plan::locate(black_box(**number)).possible).count());
    });
    group.finish();
}

criterion_group!(benches, number);
criterion_main!(benches);
