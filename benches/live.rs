//! What it costs to follow a ledger, and to put decisions on record.
//!
//! One person in four has a consent; the ledger then hears of 100,000 people, known and unknown ones.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;

use chrono::{DateTime, Utc};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use dialgate::vocabulary::{Channel, Outcome};
use dialgate::{Audit, Campaign, Gate, Ledger, Manifest, Number};

/// People of the sample.
const PEOPLE: u64 = 1_000_000;
/// Of so many the ledger hears.
const HEARD: u64 = 100_000;
/// Questions, enough to leave the cache behind.
const ASKED: usize = 1 << 18;

const MANIFEST: &str = r#"
controller = "acme"
as_of = "2026-11-23T06:00:00Z"
[[controllers]]
id = "acme"
[[purposes]]
id = "own-offers"
class = "marketing"
[[consent_texts]]
id = "web"
form = "electronic"
pre_ticked = false
conditions = { freely_given = true, informed = true, unambiguous = true, revocable = true }
[ledger]
path = "acme.ledger"
[attempts]
source = "ledger"
[[records]]
path = "records.jsonl"
"#;

fn instant() -> DateTime<Utc> {
    "2026-11-23T15:00:00Z".parse().unwrap_or_default()
}

/// People whose numbers lie apart.
fn person(index: u64) -> Number {
    Number::from_e164(48_220_000_000 + index.wrapping_mul(7_919) % 10_000_000).expect("a number")
}

fn consent(number: Number) -> String {
    let digest = "9f".repeat(32);
    format!(
        r#"{{"type":"consent","number":"{number}","at":"2026-10-01T10:00:00Z","controller":"acme","purposes":["own-offers"],"channels":["live_call"],"text":"web","evidence":{{"uri":"x://1","sha256":"{digest}"}}}}"#
    ) + "\n"
}

fn sample(folder: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    std::fs::write(folder.join("gate.toml"), MANIFEST)?;
    std::fs::write(folder.join("records.jsonl"), (0..PEOPLE).step_by(4).map(person).map(consent).collect::<String>())?;
    drop(Ledger::create(folder.join("acme.ledger"), None)?);
    Ok(Manifest::load(folder.join("gate.toml"))?.compile()?.as_bytes().to_vec())
}

fn campaign(gate: &Gate) -> Campaign {
    gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare().expect("a question that the data know")
}

/// Questions in no order.
fn asked() -> Vec<Number> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        person((state >> 33) % PEOPLE)
    };
    (0..ASKED).map(|_| next()).collect()
}

fn live(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let image = sample(folder.path()).expect("the data of the benchmark");
    let opened = || Gate::from_bytes(&image).expect("a snapshot");
    let ledger = Ledger::open(folder.path().join("acme.ledger"), None).expect("a ledger");
    let (bare, attached) = (opened(), opened());
    attached.attach(&ledger).expect("attached");
    let (numbers, at) = (asked(), instant());
    let mut group = criterion.benchmark_group("overlay");
    group.throughput(Throughput::Elements(1));
    let mut check = |name: &str, gate: &Gate| {
        let campaign = campaign(gate);
        let mut next = numbers.iter().cycle();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let number = next.next().copied().expect("an endless cycle");
                black_box(campaign.may_contact_at(black_box(number), at).is_allowed())
            });
        });
    };
    check("bare snapshot", &bare);
    check("attached, nothing heard", &attached);
    let records: Vec<String> = (0..HEARD)
        .map(|index| {
            let number = person(index.wrapping_mul(13) % PEOPLE);
            format!(r#"{{"type":"withdrawal","number":"{number}","at":"2026-11-23T10:00:00Z","controller":"acme"}}"#)
        })
        .collect();
    records.chunks(10_000).for_each(|records| {
        let appended = ledger.record(records).expect("recorded");
        assert!(appended.refused.is_empty());
    });
    check("attached, 100,000 people heard", &attached);
    check("bare snapshot, again", &bare);
    group.finish();

    let mut group = criterion.benchmark_group("ledger");
    group.throughput(Throughput::Elements(1));
    let mut index = PEOPLE;
    let mut next = || {
        index += 1;
        format!(r#"{{"type":"opt_out","number":"{}","at":"2026-11-23T10:00:00Z"}}"#, person(index))
    };
    group.bench_function("record, durable", |bencher| {
        bencher.iter_batched(
            &mut next,
            |record| assert_eq!(ledger.record(&[record]).expect("recorded").recorded, 1),
            BatchSize::PerIteration,
        );
    });
    let reserving = campaign(&attached);
    let mut people = (0..PEOPLE).step_by(4).map(person).cycle();
    group.bench_function("reserve and commit, durable", |bencher| {
        bencher.iter(|| {
            let number = people.next().expect("an endless cycle");
            reserving.reserve(number, at).map(|reserved| reserved.commit(Outcome::NoAnswer)).is_ok()
        });
    });
    group.finish();
}

fn audit(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let image = sample(folder.path()).expect("the data of the benchmark");
    let gate = Gate::from_bytes(&image).expect("a snapshot");
    let keys = dialgate::KeyRing::load(folder.path().join("acme.ledger.key")).expect("a key");
    let audit = Audit::open(folder.path().join("decisions.log"), &keys).expect("a log");
    let (numbers, at, plain) = (asked(), instant(), campaign(&gate));
    let logged = plain.audit(&audit);
    let mut group = criterion.benchmark_group("audit");
    group.throughput(Throughput::Elements(1));
    let mut next = numbers.iter().cycle().copied();
    group.bench_function("check, not on record", |bencher| {
        bencher.iter(|| plain.may_contact_at(next.next().expect("an endless cycle"), at).is_allowed());
    });
    group.bench_function("check, on record", |bencher| {
        bencher.iter(|| logged.may_contact_at(next.next().expect("an endless cycle"), at).expect("a log").is_allowed());
    });
    group.finish();
}

criterion_group!(benches, live, audit);
criterion_main!(benches);
