//! The audit log: decisions on record, one hash-chained, pseudonymised entry each.
//!
//! [`Audit`] is an open log. [`Gate::audit`] and [`Campaign::audit`] ask with it: what they answer is on record
//! before they answer, and a question whose entry cannot be written has no answer. Questions that are asked without
//! a log are not touched by any of this.
//!
//! # What is in the file
//!
//! JSON, one entry a line, in the form that `chain` describes. Beside it `LOG.head` says how far it goes. An entry
//! holds the question, the number as a one-way hash under the key, what the caller said about the person, the
//! snapshot's digest, the versions of the packs that spoke and of the rule, the facts that the pure rule was given (they
//! name nobody) and the decision. So anybody who has the log can run the rule again on the facts ([`AuditReplay`]); who
//! has the key, the number and the snapshot can ask the whole gate again.
//!
//! # What is durable when
//!
//! An entry is with the operating system when the answer is there: it survives the death of the process, not a loss
//! of power. [`Audit::sync`] brings it to the disk. A line that a crash tore is put on record by whoever opens the
//! log next. Processes that write to one log take turns by a lock on it, threads by the handle.
//!
//! # What it shows, and what it cannot
//!
//! Altered, removed, moved and inserted entries break the chain. Whoever can write both files and has no key can
//! still put an older state of both in their place: note the head that [`Audit::head`] and `audit verify` tell in another
//! place, and give it to the next verification. Whoever has the key can forge the log, and can find a number's
//! entries by hashing it.

mod asked;
mod chain;
mod entry;
mod error;
mod facts;
mod head;
mod log;
mod replay;
mod verify;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::gate::{When, nothing_looked_up};
use crate::key::{KeyId, KeyRing, NumberHasher};
use crate::vocabulary::{Line, Party, Reason};
use crate::{Campaign, Decision, Lead};

use entry::{DecisionEntry, Entry, RULE, RecordedDecision};
use facts::RecordedFacts;
use log::Log;

pub use asked::{AuditedCampaign, AuditedGate};
pub use error::AuditError;
pub use replay::{AuditDifference, AuditReplay, AuditReplayed};
pub use verify::{AuditBreak, AuditVerified};

/// An open audit log. Cheap to clone, shared by any number of threads.
///
/// After a failed write the handle is shut: every further question is an error until the log is opened anew.
#[derive(Clone)]
pub struct Audit {
    inner: Arc<Inner>,
}

struct Inner {
    log: Log,
    hasher: NumberHasher,
    key: KeyId,
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit")
            .field("path", &self.inner.log.path())
            .field("key", &self.inner.key)
            .finish_non_exhaustive()
    }
}

impl Audit {
    /// Opens a log, or begins one with the current key; an existing log stays under the key that it was begun with.
    ///
    /// What a crash tore is moved into an entry of its own, and so is what the head file knows that the log does not:
    /// nothing is dropped silently.
    ///
    /// # Errors
    /// The file is something else, its last entry is damaged, it is gone while its head file is there, or it is
    /// under a key that the ring does not hold.
    pub fn open(path: impl AsRef<Path>, keys: &KeyRing) -> Result<Self, AuditError> {
        let (log, key) = Log::open(path.as_ref(), keys)?;
        Ok(Self { inner: Arc::new(Inner { log, hasher: key.audit_hasher(), key: key.id() }) })
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.inner.log.path()
    }

    /// The key that it is under.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.inner.key
    }

    /// The last entry that this handle knows, `NUMBER:HASH`: to be noted down elsewhere, for [`Audit::verify`].
    #[must_use]
    pub fn head(&self) -> String {
        self.inner.log.head()
    }

    /// Brings everything that was put on record to the disk.
    ///
    /// # Errors
    /// When the system cannot; the handle is shut then.
    pub fn sync(&self) -> Result<(), AuditError> {
        self.inner.log.sync()
    }

    /// Reads a log from end to end: is every entry there, in its place, as it was written?
    ///
    /// With keys the MACs are checked too. `noted` is a head that was noted before, `NUMBER:HASH`; the log must hold it.
    ///
    /// # Errors
    /// When the log cannot be read, or is under a key that was not given. A broken chain is no error: see
    /// [`AuditVerified::is_intact`].
    pub fn verify(
        path: impl AsRef<Path>,
        keys: Option<&KeyRing>,
        noted: Option<&str>,
    ) -> Result<AuditVerified, AuditError> {
        verify::walk(path.as_ref(), keys, noted, |_, _, _| {})
    }

    /// Puts a batch on record, in one step.
    pub(crate) fn put(&self, batch: &mut Batch) -> Result<(), AuditError> {
        if batch.entries.is_empty() {
            return Ok(());
        }
        self.inner.log.append(&batch.entries)?;
        batch.entries.clear();
        Ok(())
    }

    /// Decides, and adds the entry to a batch. The answer counts once the batch was put on record.
    pub(crate) fn decide(
        &self,
        campaign: &Campaign,
        lead: &Lead,
        attempts: usize,
        when: When,
        batch: &mut Batch,
    ) -> Decision {
        let made = campaign.witness(lead, attempts, when, |facts| RecordedFacts::from(facts));
        // INVARIANT: a question is always shown its facts; if not, the entry says so by facts that deny.
        let facts = made.seen.unwrap_or_else(|| RecordedFacts::from(&nothing_looked_up(false)));
        batch.entries.push(Entry::Decision(Box::new(DecisionEntry {
            logged: log::now(),
            at: made.at.to_chrono().map(crate::timestamp::rfc3339).unwrap_or_default(),
            clock: when.is_clock(),
            number: Some(self.inner.hasher.hash(lead.number()).to_string()),
            controller: campaign.controller().to_owned(),
            purpose: campaign.purpose().to_owned(),
            channel: campaign.channel().slug().to_owned(),
            region: entry::region(lead),
            time_zone: entry::time_zone(lead, made.is_zone_known),
            party: lead.known_party(),
            line: lead.known_line(),
            attempts: u64::try_from(attempts).unwrap_or(u64::MAX),
            snapshot: made.snapshot,
            packs: made.packs,
            rule: RULE.to_owned(),
            facts,
            decision: RecordedDecision::from(&made.decision),
        })));
        campaign.counted(made.decision)
    }

    /// Adds the entry of a question that could not be asked: its number cannot be read, or a name is not known.
    pub(crate) fn refuse(&self, refused: &Refused<'_>, batch: &mut Batch) -> Decision {
        let decision = Decision::because(refused.reason);
        let at = refused.at.unwrap_or_else(chrono::Utc::now);
        batch.entries.push(Entry::Decision(Box::new(DecisionEntry {
            logged: log::now(),
            at: crate::timestamp::rfc3339(at),
            clock: refused.at.is_none(),
            number: refused.number.map(|number| self.inner.hasher.hash(number).to_string()),
            controller: entry::name(refused.controller),
            purpose: entry::name(refused.purpose),
            channel: entry::name(refused.channel),
            region: None,
            time_zone: None,
            party: Party::Unknown,
            line: Line::Unknown,
            attempts: 0,
            snapshot: refused.snapshot.to_owned(),
            packs: Vec::new(),
            rule: RULE.to_owned(),
            facts: RecordedFacts::from(&nothing_looked_up(refused.reason != Reason::NumberInvalid)),
            decision: RecordedDecision::from(&decision),
        })));
        decision
    }
}

/// Entries that are yet to be put on record.
#[derive(Default)]
pub(crate) struct Batch {
    entries: Vec<Entry>,
}

/// A question that could not be asked.
pub(crate) struct Refused<'a> {
    pub(crate) number: Option<crate::Number>,
    pub(crate) controller: &'a str,
    pub(crate) purpose: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) at: Option<chrono::DateTime<chrono::Utc>>,
    pub(crate) snapshot: &'a str,
    pub(crate) reason: Reason,
}
