//! The loop of a dialer: leads wait in a queue until they may be asked about, every call is reserved before it is
//! made, and what became of it counts for the next question.
//!
//! `cargo run --features ledger --example dialer_loop`. The clock is simulated: two days pass in a moment.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::error::Error;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use dialgate::vocabulary::{Channel, Outcome, Reason, Verdict};
use dialgate::{Gate, KeyRing, Ledger, Manifest, Number};

const MANIFEST: &str = r#"
controller = "acme"
as_of = "2025-11-24T06:00:00Z"
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
path = "consents.jsonl"
[rules]
files = ["house.toml"]
"#;

/// What the house asks of itself beside the law.
const HOUSE: &str = r#"
code = "house:calls"
name = "Rules of the house"
version = 2025-11-01
[[window]]
id = "hours"
classes = ["marketing"]
hours = { mon_fri = ["09:00-18:00"] }
statute = "policy of the house"
confidence = "H"
[[cap]]
id = "two-a-day"
classes = ["marketing"]
attempts = 2
window = "1d"
statute = "policy of the house"
confidence = "H"
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (gate, ledger) = set_up(folder.path())?;
    let campaign = gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare()?;

    let mut now: DateTime<Utc> = "2025-11-24T06:00:00Z".parse()?;
    let end = now + TimeDelta::days(2);
    // Polish and French leads, and one who never agreed. The earliest is asked about first.
    let leads: Vec<Number> = (0..8).map(polish).chain((0..4).map(french)).chain([polish(99)]).collect();
    let mut queue: BinaryHeap<_> = leads.iter().map(|number| Reverse((now, *number))).collect();
    let (mut calls, mut deferred) = (BTreeMap::<Number, u32>::new(), 0);
    let mut ended: BTreeMap<String, u32> = BTreeMap::new();
    let withdraws = polish(7);
    let mut has_withdrawn = false;

    while let Some(Reverse((due, number))) = queue.pop() {
        now = now.max(due);
        if now >= end {
            queue.push(Reverse((due, number)));
            break;
        }
        if !has_withdrawn && calls.contains_key(&withdraws) {
            // It arrives by e-mail while the loop runs, and counts for the next question.
            ledger.record(&[event("withdrawal", withdraws, now)])?;
            has_withdrawn = true;
        }
        match campaign.reserve(number, now) {
            Ok(reservation) => {
                let tried = calls.entry(number).or_default();
                *tried += 1;
                assert!(!(has_withdrawn && number == withdraws), "who withdrew is not called");
                // Here the call is made, with `reservation.decision().obligations()` on the agent's screen.
                match dial(number, *tried) {
                    // No line was free: the attempt was not made and is given back.
                    None => {
                        *tried -= 1;
                        reservation.release()?;
                        queue.push(Reverse((now + TimeDelta::minutes(5), number)));
                    }
                    Some(Outcome::NoAnswer) => {
                        reservation.commit(Outcome::NoAnswer)?;
                        queue.push(Reverse((now + TimeDelta::hours(2), number)));
                    }
                    Some(outcome) => {
                        reservation.commit(outcome)?;
                        *ended.entry(outcome.to_string()).or_default() += 1;
                    }
                }
            }
            Err(decision) => match (decision.verdict(), decision.retry_at()) {
                // Not now: the gate says from when it is worth asking again.
                (Verdict::Defer, Some(retry_at)) => {
                    assert!(retry_at > now, "a retry lies ahead");
                    deferred += 1;
                    queue.push(Reverse((retry_at, number)));
                }
                (verdict, _) => {
                    let reason = decision.reason().map_or("", Reason::slug);
                    *ended.entry(format!("{verdict} {reason}")).or_default() += 1;
                }
            },
        }
    }
    let made: u32 = calls.values().sum();
    assert!(calls.iter().all(|(number, calls)| !french_line(*number) || *calls <= 4), "four in thirty days in France");
    assert!(!calls.contains_key(&polish(99)), "who never agreed is not called");
    assert_eq!(ended.get("deny withdrawn"), Some(&1), "{ended:?}");
    let ended: Vec<String> = ended.iter().map(|(how, leads)| format!("{leads} {how}")).collect();
    println!(
        "dialer_loop: {} leads, {made} calls, {deferred} deferrals; ended: {}; {} wait beyond the second day",
        leads.len(),
        ended.join(", "),
        queue.len()
    );
    Ok(())
}

/// What a telephone network would answer: a function of the lead, so that every run is the same. None: no line.
fn dial(number: Number, tried: u32) -> Option<Outcome> {
    match (number.as_u64() % 10, tried) {
        (3, 1) => Some(Outcome::Refused),
        (4 | 5, 2) => Some(Outcome::Conversation),
        (6, 1) => None,
        (6, _) => Some(Outcome::Answered),
        _ => Some(Outcome::NoAnswer),
    }
}

/// A gate that follows a new ledger, and the consents of everybody who agreed.
fn set_up(folder: &Path) -> Result<(Gate, Ledger), Box<dyn Error>> {
    let consents: String = (0..8).map(polish).chain((0..4).map(french)).map(consent).collect();
    std::fs::write(folder.join("consents.jsonl"), consents)?;
    std::fs::write(folder.join("gate.toml"), MANIFEST)?;
    std::fs::write(folder.join("house.toml"), HOUSE)?;
    let ledger = Ledger::create(folder.join("acme.ledger"), None)?;
    let snapshot = Manifest::load(folder.join("gate.toml"))?.compile()?;
    let keys = KeyRing::load(folder.join("acme.ledger.key"))?;
    let gate = Gate::options().keys(keys).open_bytes(snapshot.as_bytes())?;
    gate.attach(&ledger)?;
    Ok((gate, ledger))
}

fn consent(number: Number) -> String {
    let digest = "9f".repeat(32);
    format!(
        r#"{{"type":"consent","number":"{number}","at":"2025-10-01T10:00:00Z","purposes":["own-offers"],"channels":["live_call"],"text":"web","evidence":{{"uri":"forms://1","sha256":"{digest}"}}}}"#
    ) + "\n"
}

fn event(kind: &str, number: Number, at: DateTime<Utc>) -> String {
    format!(r#"{{"type":"{kind}","number":"{number}","at":"{}","controller":"acme"}}"#, at.to_rfc3339())
}

fn polish(index: u64) -> Number {
    Number::from_e164(48_223_000_000 + index).expect("a number")
}

fn french(index: u64) -> Number {
    Number::from_e164(33_199_000_000 + index).expect("a number")
}

fn french_line(number: Number) -> bool {
    number.as_u64() / 1_000_000_000 == 33
}
