//! A new snapshot under running campaigns: threads ask while snapshots are replaced, no question waits, and every
//! batch is answered from one snapshot.
//!
//! `cargo run --example hot_swap`

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Channel, Reason};
use dialgate::{Decision, Gate, Manifest, Number};

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
[[records]]
path = "records.jsonl"
"#;

const PEOPLE: u64 = 256;
const THREADS: u64 = 4;
const SWAPS: u64 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let people: Vec<Number> = (0..PEOPLE).filter_map(|index| Number::from_e164(48_223_000_000 + index)).collect();
    // Yesterday everybody had agreed, today everybody has withdrawn.
    let agreed = compile(folder.path(), "agreed.gate", people.iter().map(|number| consent(*number)).collect())?;
    let withdrawn = compile(
        folder.path(),
        "withdrawn.gate",
        people.iter().map(|number| consent(*number) + &withdrawal(*number)).collect(),
    )?;

    let gate = Gate::open(&agreed)?;
    let campaign = gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare()?;
    let at: DateTime<Utc> = "2026-11-23T15:00:00Z".parse()?;
    let is_over = AtomicBool::new(false);
    let (batches, both) = (AtomicU64::new(0), [AtomicU64::new(0), AtomicU64::new(0)]);
    std::thread::scope(|threads| -> Result<(), Box<dyn Error>> {
        for _ in 0..THREADS {
            threads.spawn(|| {
                let mut decisions = vec![Decision::default(); people.len()];
                while !is_over.load(Ordering::Relaxed) {
                    campaign.screen(&people, at, &mut decisions).expect("slices of one length");
                    let allowed = decisions.iter().filter(|decision| decision.is_allowed()).count();
                    assert!(allowed == 0 || allowed == people.len(), "a batch mixes snapshots: {allowed} are allowed");
                    both[usize::from(allowed == 0)].fetch_add(1, Ordering::Relaxed);
                    batches.fetch_add(1, Ordering::Release);
                }
            });
        }
        let swapped = (0..SWAPS).try_for_each(|swap| -> Result<(), Box<dyn Error>> {
            let (next, expected) = if swap % 2 == 0 { (&withdrawn, Some(Reason::Withdrawn)) } else { (&agreed, None) };
            // The threads are in the middle of it.
            let seen = batches.load(Ordering::Acquire);
            let begun = Instant::now();
            while batches.load(Ordering::Acquire) < seen + THREADS && begun.elapsed() < Duration::from_secs(60) {
                std::thread::yield_now();
            }
            gate.replace(next)?;
            // From here on no question is answered from the snapshot before.
            let number = people[0];
            assert_eq!(campaign.may_contact_at(number, at).reason(), expected);
            Ok(())
        });
        is_over.store(true, Ordering::Relaxed);
        swapped
    })?;
    let [all_allowed, none_allowed] = both.map(AtomicU64::into_inner);
    assert!(all_allowed > 0 && none_allowed > 0, "both snapshots were asked");
    // A snapshot that cannot be opened changes nothing.
    std::fs::write(folder.path().join("broken.gate"), "not a snapshot")?;
    assert!(gate.replace(folder.path().join("broken.gate")).is_err());
    assert!(campaign.may_contact_at(people[0], at).is_allowed());
    println!(
        "hot_swap: {SWAPS} snapshots replaced under {THREADS} threads; {} batches of {PEOPLE} questions, {all_allowed} \
         allowed all, {none_allowed} allowed none, no batch mixed them",
        all_allowed + none_allowed
    );
    Ok(())
}

/// Compiles these records and publishes the snapshot.
fn compile(folder: &Path, name: &str, records: String) -> Result<PathBuf, Box<dyn Error>> {
    std::fs::write(folder.join("records.jsonl"), records)?;
    std::fs::write(folder.join("gate.toml"), MANIFEST)?;
    let path = folder.join(name);
    Manifest::load(folder.join("gate.toml"))?.compile()?.write_to(&path)?;
    Ok(path)
}

fn consent(number: Number) -> String {
    let digest = "9f".repeat(32);
    format!(
        r#"{{"type":"consent","number":"{number}","at":"2026-02-01T10:00:00Z","purposes":["own-offers"],"channels":["live_call"],"text":"web","evidence":{{"uri":"forms://1","sha256":"{digest}"}}}}"#
    ) + "\n"
}

fn withdrawal(number: Number) -> String {
    format!(r#"{{"type":"withdrawal","number":"{number}","at":"2026-11-22T10:00:00Z"}}"#) + "\n"
}
