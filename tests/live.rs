//! A gate that follows a ledger: what is recorded counts at the very next check.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

#[path = "live/attach.rs"]
mod attach;
#[path = "live/files.rs"]
mod files;
#[path = "live/notice.rs"]
mod notice;
#[path = "live/person.rs"]
mod person;
#[path = "live/processes.rs"]
mod processes;
#[path = "live/replaced.rs"]
mod replaced;
#[path = "live/reserve.rs"]
mod reserve;
#[path = "live/silence.rs"]
mod silence;

use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Channel, Outcome, Reason};
use dialgate::{Campaign, Gate, KeyRing, Ledger, Manifest, Number};

/// Polish and French callees, whose consents lie in a file: nothing depends on the clock of the machine.
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
path = "records.jsonl"
"#;
/// 15:30 on a Monday, in Poland and in France.
const ASKED: &str = "2025-11-24T14:30:00Z";

fn asked() -> DateTime<Utc> {
    ASKED.parse().unwrap()
}

/// A Polish number.
fn person(index: u64) -> Number {
    Number::from_e164(48_223_000_000 + index).unwrap()
}

/// A French number, which may be called four times in thirty days.
fn french(index: u64) -> Number {
    assert!(index < 100);
    Number::from_e164(33_199_000_000 + index).unwrap()
}

fn consent(number: Number) -> String {
    let digest = "9f".repeat(32);
    format!(
        r#"{{"type":"consent","number":"{number}","at":"2025-10-01T10:00:00Z","controller":"acme","purposes":["own-offers"],"channels":["live_call"],"text":"web","evidence":{{"uri":"x://1","sha256":"{digest}"}}}}"#
    ) + "\n"
}

fn event(kind: &str, number: Number) -> String {
    format!(r#"{{"type":"{kind}","number":"{number}","at":"2025-11-20T10:00:00Z","controller":"acme"}}"#) + "\n"
}

/// A folder with a manifest, a ledger, and consents of everybody.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(people: u64) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let all = (0..people).map(person).chain((0..100).map(french));
        fs::write(folder.at("records.jsonl"), all.map(consent).collect::<String>()).unwrap();
        fs::write(folder.at("gate.toml"), MANIFEST).unwrap();
        drop(Ledger::create(folder.at("acme.ledger"), None).unwrap());
        folder
    }

    fn path(&self) -> &std::path::Path {
        self.0.path()
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn set(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.at("gate.toml")).unwrap();
        assert!(text.contains(from), "nothing to change");
        fs::write(self.at("gate.toml"), text.replace(from, to)).unwrap();
    }

    fn ledger(&self) -> Ledger {
        Ledger::open(self.at("acme.ledger"), None).unwrap()
    }

    fn keys(&self) -> KeyRing {
        KeyRing::load(self.at("acme.ledger.key")).unwrap()
    }

    fn image(&self) -> Vec<u8> {
        Manifest::load(self.at("gate.toml")).unwrap().compile().unwrap().as_bytes().to_vec()
    }

    fn gate(&self) -> Gate {
        Gate::options().keys(self.keys()).open_bytes(&self.image()).unwrap()
    }

    /// A gate that follows the ledger through a handle of its own, and that handle.
    fn live(&self) -> (Gate, Ledger) {
        let (gate, ledger) = (self.gate(), self.ledger());
        gate.attach(&ledger).unwrap();
        (gate, ledger)
    }
}

fn campaign(gate: &Gate) -> Campaign {
    gate.campaign().controller("acme").purpose("own-offers").channel(Channel::ManualCall).prepare().unwrap()
}

/// The reason of a decision; none: allow.
fn ask(campaign: &Campaign, number: Number) -> Option<Reason> {
    let decision = campaign.may_contact_at(number, asked());
    assert_eq!(decision.is_allowed(), decision.reason().is_none(), "{decision:?}");
    decision.reason()
}

fn settle(reservation: dialgate::Reservation, outcome: Option<Outcome>) {
    match outcome {
        Some(outcome) => reservation.commit(outcome).unwrap(),
        None => reservation.release().unwrap(),
    }
}
