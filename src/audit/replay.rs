//! Does every decision still follow from its facts?

use std::fmt;
use std::path::Path;

use super::entry::{self, DecisionEntry, Entry, RULE, RecordedDecision};
use super::error::AuditError;
use super::facts::RecordedFacts;
use super::verify::{self, AuditVerified};
use crate::gate::When;
use crate::key::{KeyRing, MasterKey};
use crate::vocabulary::Channel;
use crate::{Gate, Lead, Number};

/// How a log is replayed.
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is replayed until `run` is called"]
pub struct AuditReplay {
    keys: Option<KeyRing>,
    asked: Option<(Gate, Number)>,
}

/// What a replay found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuditReplayed {
    /// What is to be said of the chain.
    pub chain: AuditVerified,
    /// Decisions that do not follow from their facts, or that the gate decides otherwise.
    pub differences: Vec<AuditDifference>,
    /// Decisions about the number, asked again of the whole gate.
    pub asked_again: u64,
    /// Decisions about the number on another snapshot than the one given.
    pub on_other_snapshots: u64,
    /// Decisions made by the rule of another version of this program.
    pub by_other_versions: u64,
}

/// A decision that comes out otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct AuditDifference {
    /// The line, from 1 on.
    pub line: u64,
    /// What differs.
    pub what: String,
}

impl fmt::Display for AuditDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl AuditReplayed {
    /// Is the chain intact, and does every decision come out as it was recorded?
    #[must_use]
    pub const fn agrees(&self) -> bool {
        self.differences.is_empty() && self.chain.is_intact()
    }
}

impl AuditReplay {
    /// Checks the MACs with these keys too.
    pub fn keys(mut self, keys: KeyRing) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Asks this gate again about every decision on this number that was made on its snapshot. Needs the keys.
    ///
    /// What a ledger's overlay knew beyond the snapshot shows as a difference in the facts.
    pub fn number(mut self, number: Number, gate: &Gate) -> Self {
        self.asked = Some((gate.clone(), number));
        self
    }

    /// Reads the log from end to end, runs the rule on the facts of every decision, and names what differs.
    ///
    /// # Errors
    /// When the log cannot be read, is under a key that was not given, or a number was given without keys.
    pub fn run(self, log: impl AsRef<Path>) -> Result<AuditReplayed, AuditError> {
        if self.asked.is_some() && self.keys.is_none() {
            return Err(AuditError::failed("replayed", "to find a number in it its key is needed"));
        }
        let (mut differences, mut by_other_versions) = (Vec::new(), 0_u64);
        let (mut asked_again, mut on_other_snapshots) = (0_u64, 0_u64);
        let walked = verify::walk(log.as_ref(), self.keys.as_ref(), None, |line, entry, key| {
            let Entry::Decision(made) = entry else { return };
            let ruled = made.facts.decide();
            let mut found = made.decision.differences(&ruled, &made.at);
            if made.rule != RULE {
                by_other_versions = by_other_versions.saturating_add(1);
                found.iter_mut().for_each(|what| *what = format!("{what} (decided by version {})", made.rule));
            }
            if let (Some((gate, number)), Some(key)) = (&self.asked, key)
                && made.number.as_deref() == Some(&hash_of(key, *number))
            {
                if made.snapshot == gate.snapshot_digest() {
                    asked_again = asked_again.saturating_add(1);
                    found.extend(ask_again(made, gate, *number));
                } else {
                    on_other_snapshots = on_other_snapshots.saturating_add(1);
                }
            }
            differences.extend(found.into_iter().map(|what| AuditDifference { line, what }));
        })?;
        Ok(AuditReplayed { chain: walked, differences, asked_again, on_other_snapshots, by_other_versions })
    }
}

pub(super) fn hash_of(key: &MasterKey, number: Number) -> String {
    key.audit_hasher().hash(number).to_string()
}

/// What the whole gate answers otherwise.
fn ask_again(made: &DecisionEntry, gate: &Gate, number: Number) -> Vec<String> {
    let Some(at) = entry::instant(&made.at) else { return vec![format!("`{}` is no instant", made.at)] };
    let campaign = Channel::from_slug(&made.channel).and_then(|channel| {
        gate.campaign().controller(&made.controller).purpose(&made.purpose).channel(channel).prepare().ok()
    });
    let Some(campaign) = campaign else {
        // A question that the snapshot does not know was answered without a look into it.
        return Vec::new();
    };
    let mut lead = Lead::new(number).party(made.party).line(made.line);
    if let Some(region) = &made.region {
        lead = lead.region(region);
    }
    if let Some(zone) = &made.time_zone {
        lead = lead.time_zone(zone);
    }
    let when = if made.clock { When::ClockAt(at) } else { When::Given(at) };
    let attempts = usize::try_from(made.attempts).unwrap_or(usize::MAX);
    let again = campaign.witness(&lead, attempts, when, |facts| RecordedFacts::from(facts));
    let mut found = Vec::new();
    if again.seen.as_ref() != Some(&made.facts) {
        found.push(
            "the gate finds other facts on the same snapshot (a ledger that it followed may have told more)".to_owned(),
        );
    }
    let decision = RecordedDecision::from(&again.decision);
    if decision != made.decision {
        let told = |decision: &RecordedDecision| serde_json::to_string(decision).unwrap_or_default();
        found.push(format!("{} is recorded, the gate answers {}", told(&made.decision), told(&decision)));
    }
    if again.packs != made.packs {
        found.push(format!("packs {} are recorded, {} speak", made.packs.join(", "), again.packs.join(", ")));
    }
    found
}
