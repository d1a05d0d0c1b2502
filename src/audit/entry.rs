//! What an entry of the log says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::facts::RecordedFacts;
use crate::timestamp::rfc3339;
use crate::vocabulary::{Basis, Line, Obligation, Party, Reason, ReasonSet, Verdict};
use crate::{Decision, Lead, Region};

/// The version of the format.
pub(super) const FORMAT: u32 = 1;
/// The program whose rule decided.
pub(super) const RULE: &str = env!("CARGO_PKG_VERSION");
/// Stands for what the caller wrote and the snapshot does not know: free text might hold a number.
const UNKNOWN: &str = "?";

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry {
    /// The first line.
    Start(Start),
    /// A decision.
    Decision(Box<DecisionEntry>),
    /// What was found at the end of the file when it was written on.
    Recovered(Recovered),
}

/// Which log it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    /// The version of the format.
    pub(super) dialgate_audit: u32,
    /// The id of the key.
    pub(super) key: String,
    /// Its check value.
    pub(super) check: String,
    /// When the log was begun.
    pub(super) logged: String,
}

/// What a crash, or somebody, left at the end of the file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recovered {
    /// When it was found.
    pub(super) logged: String,
    /// Bytes of a last line that had no end.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) torn_bytes: u64,
    /// Those bytes, at most the first 4,096 of them, as far as they are text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) torn: String,
    /// How many entries the head file knew and the log no longer held.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) lost_entries: u64,
    /// What is wrong with the head file, or was with the log in its light.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) head: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A question with its answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionEntry {
    /// When it was put on record.
    pub(super) logged: String,
    /// The instant that was asked about.
    pub(super) at: String,
    /// It was the gate's clock's: the age of the data was asked too.
    pub(super) clock: bool,
    /// The number's keyed hash; none: it could not be read.
    pub(super) number: Option<String>,
    pub(super) controller: String,
    pub(super) purpose: String,
    pub(super) channel: String,
    /// What the caller said about the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) time_zone: Option<String>,
    pub(super) party: Party,
    pub(super) line: Line,
    /// Attempts that were assumed at that very instant, beside those on record.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) attempts: u64,
    /// The snapshot's digest.
    pub(super) snapshot: String,
    /// Code and version of each rule pack that spoke.
    pub(super) packs: Vec<String>,
    /// Version of the program whose rule decided.
    pub(super) rule: String,
    pub(super) facts: RecordedFacts,
    pub(super) decision: RecordedDecision,
}

/// The answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedDecision {
    pub(super) verdict: Verdict,
    pub(super) reasons: Vec<Reason>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) obligations: Vec<Obligation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) basis: Option<Basis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) retry_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) valid_until: Option<String>,
}

impl From<&Decision> for RecordedDecision {
    fn from(decision: &Decision) -> Self {
        Self {
            verdict: decision.verdict(),
            reasons: decision.reasons().iter().collect(),
            obligations: decision.obligations().iter().collect(),
            basis: decision.basis(),
            retry_at: decision.retry_at().map(rfc3339),
            valid_until: decision.valid_until().map(rfc3339),
        }
    }
}

impl RecordedDecision {
    /// What the rule says otherwise on the facts, in words; nothing: it agrees.
    ///
    /// Facts say nothing of duties and of what comes later: of those, only that they fit the verdict.
    pub(super) fn differences(&self, ruled: &Decision, at: &str) -> Vec<String> {
        let mut found = Vec::new();
        // A deferral that never ends is a denial with its reason.
        let is_endless = ruled.verdict() == Verdict::Defer && self.verdict == Verdict::Deny && self.retry_at.is_none();
        if self.verdict != ruled.verdict() && !is_endless {
            found.push(format!("verdict `{}` is recorded, the rule says `{}`", self.verdict, ruled.verdict()));
        }
        let recorded: ReasonSet = self.reasons.iter().copied().collect();
        if recorded != ruled.reasons() {
            found.push(format!("reasons `{recorded:?}` are recorded, the rule says `{:?}`", ruled.reasons()));
        }
        if self.basis != ruled.basis() {
            found.push(format!("basis {} is recorded, the rule says {}", shown(self.basis), shown(ruled.basis())));
        }
        let allowed = self.verdict == Verdict::Allow;
        if !allowed && (!self.obligations.is_empty() || self.valid_until.is_some()) {
            found.push("duties or an end are recorded, which only an allow has".to_owned());
        }
        if (self.verdict == Verdict::Defer) != self.retry_at.is_some() {
            found.push("`retry_at` is recorded with a deferral and only with one".to_owned());
        }
        let asked = instant(at);
        for (name, later) in [("retry_at", &self.retry_at), ("valid_until", &self.valid_until)] {
            if let Some(later) = later
                && (asked.is_none() || instant(later) <= asked)
            {
                found
                    .push(format!("`{name}` is recorded as `{later}`, which is no instant after that of the question"));
            }
        }
        found
    }
}

fn shown(basis: Option<Basis>) -> String {
    basis.map_or_else(|| "none".to_owned(), |basis| format!("`{basis}`"))
}

/// An instant of the log.
pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.with_timezone(&Utc))
}

/// The lead's region as it may be put on record.
pub(super) fn region(lead: &Lead) -> Option<String> {
    lead.named_region().map(|text| Region::parse(text).map_or_else(|| UNKNOWN.to_owned(), |region| region.to_string()))
}

/// The lead's zone as it may be put on record.
pub(super) fn time_zone(lead: &Lead, is_known: bool) -> Option<String> {
    lead.named_zone().map(|zone| if is_known { zone } else { UNKNOWN }.to_owned())
}

/// A name that the snapshot may not know, as it may be put on record: with too few digits for a number.
pub(super) fn name(text: &str) -> String {
    let digits = text.chars().filter(|sign| sign.is_numeric()).count();
    if digits < 5 && text.len() <= 100 { text.to_owned() } else { UNKNOWN.to_owned() }
}
