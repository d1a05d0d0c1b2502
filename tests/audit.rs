//! The log of decisions: what is on record is what was answered, names nobody, and cannot be changed unseen.
#![cfg(all(feature = "audit", feature = "compile", feature = "seal"))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

#[path = "audit/answers.rs"]
mod answers;
#[path = "audit/chain.rs"]
mod chain;
#[cfg(feature = "cli")]
#[path = "audit/command.rs"]
mod command;
#[path = "audit/crash.rs"]
mod crash;

use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Channel, Line, Party};
use dialgate::{Audit, Campaign, Gate, KeyRing, Lead, Manifest, MasterKey, Number};

const MANIFEST: &str = r#"
controller = "acme"
as_of = "2025-11-24T06:00:00Z"
[[controllers]]
id = "acme"
emergency = true
[[purposes]]
id = "own-offers"
class = "marketing"
[[purposes]]
id = "alarm"
class = "emergency"
[[consent_texts]]
id = "web"
form = "electronic"
pre_ticked = false
conditions = { freely_given = true, informed = true, unambiguous = true, revocable = true }
[[records]]
path = "records.jsonl"
"#;
/// A Monday afternoon in Europe, a morning in New York.
const ASKED: &str = "2025-11-24T14:30:00Z";

fn asked() -> DateTime<Utc> {
    ASKED.parse().unwrap()
}

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

/// People of many kinds: with a consent, withdrawn, of no country, where it is night.
fn leads() -> Vec<Lead> {
    let mut leads: Vec<Lead> =
        (0..40).map(|index| Lead::new(Number::from_e164(48_223_000_000 + index).unwrap())).collect();
    leads.extend(
        (0..20).map(|index| Lead::new(Number::from_e164(33_199_000_000 + index).unwrap()).party(Party::Business)),
    );
    leads.push(Lead::new(number("+12125550100")).region("US-NY").line(Line::Mobile).party(Party::Individual));
    leads.push(Lead::new(number("+442079460001")).time_zone("Europe/London").line(Line::Fixed));
    leads.push(Lead::new(number("+61491570156")).region("AU").time_zone("Australia/Brisbane"));
    leads.push(Lead::new(number("+999123456")));
    leads
}

/// A folder with a snapshot, a key and a log.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let digest = "9f".repeat(32);
        let consent = |number: u64| {
            format!(
                r#"{{"type":"consent","number":"+{number}","at":"2025-10-01T10:00:00Z","controller":"acme","purposes":["own-offers"],"channels":["live_call"],"text":"web","evidence":{{"uri":"x://1","sha256":"{digest}"}}}}"#
            )
        };
        let withdrawal = |number: u64| {
            format!(r#"{{"type":"withdrawal","number":"+{number}","at":"2025-11-20T10:00:00Z","controller":"acme"}}"#)
        };
        let records: Vec<String> = (48_223_000_000..48_223_000_020)
            .map(consent)
            .chain((48_223_000_010..48_223_000_020).map(withdrawal))
            .collect();
        fs::write(folder.at("records.jsonl"), records.join("\n")).unwrap();
        fs::write(folder.at("gate.toml"), MANIFEST).unwrap();
        folder
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn gate(&self) -> Gate {
        let image = Manifest::load(self.at("gate.toml")).unwrap().compile().unwrap();
        Gate::from_bytes(image.as_bytes()).unwrap()
    }

    fn log(&self) -> PathBuf {
        self.at("decisions.log")
    }

    fn audit(&self) -> Audit {
        Audit::open(self.log(), &keys()).unwrap()
    }

    /// A log with this many decisions.
    fn logged(&self, decisions: usize) -> Audit {
        let audit = self.audit();
        let campaign = campaign(&self.gate()).audit(&audit);
        for lead in leads().iter().cycle().take(decisions) {
            let _ = campaign.may_contact_lead(lead, asked()).unwrap();
        }
        audit
    }
}

fn keys() -> KeyRing {
    KeyRing::of(MasterKey::from_bytes([7; 32]))
}

fn other_keys() -> KeyRing {
    KeyRing::of(MasterKey::from_bytes([8; 32]))
}

fn campaign(gate: &Gate) -> Campaign {
    gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare().unwrap()
}

/// How many decisions an intact log holds.
#[track_caller]
fn intact(log: &std::path::Path) -> u64 {
    let verified = Audit::verify(log, Some(&keys()), None).unwrap();
    assert!(verified.is_intact(), "{:?}", verified.breaks);
    assert!(verified.is_authenticated);
    verified.decisions
}

/// What is broken in a log, in words.
fn breaks(log: &std::path::Path) -> Vec<String> {
    match Audit::verify(log, Some(&keys()), None) {
        Ok(verified) => verified.breaks.iter().map(ToString::to_string).collect(),
        Err(error) => vec![error.to_string()],
    }
}
