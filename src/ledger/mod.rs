//! The ledger: everything that happened, durable, numbers never in plain.
//!
//! The default is one SQLite file for all processes of a machine. What a gate needs of it is the trait [`Store`],
//! behind which a shared store can stand for a fleet.
//!
//! - A record is durable when [`Ledger::record`] returns: write-ahead log, `synchronous = FULL`.
//! - After a failed write nothing is acknowledged any more: the handle is shut until it is opened again.
//! - An existing ledger never gets a new key. One whose key is missing or another does not open.
//! - Positions grow in the order of commits and are never used again.

mod cipher;
mod compile;
mod erase;
mod error;
mod listeners;
mod open;
mod read;
mod retention;
mod row;
mod schema;
mod subject;
#[cfg(test)]
mod tests;
mod write;

use std::fmt;
use std::sync::{Arc, Weak};

use crate::Timestamp;
use crate::compile::input::Record;
use crate::dictionary::{Dictionary, LedgerMark};
use crate::key::{NumberHash, NumberHasher};

pub use erase::{Erased, SnapshotOnRecord};
pub use error::LedgerError;
pub(crate) use listeners::Listener;
use open::Sqlite;
#[cfg(feature = "cli")]
pub(crate) use open::default_key_path;
pub use retention::{Deletion, Due, Retention, RetentionPolicy, WhyDue};
pub use subject::Subject;

/// Tells a ledger from every other one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerId(pub(crate) [u8; 16]);

impl LedgerId {
    /// The bytes of the id.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for LedgerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for LedgerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LedgerId({self})")
    }
}

/// Place in the ledger: everything up to it has been read. 0: nothing has.
pub type Position = u64;

/// A handle to a ledger, for any number of threads; clones share it.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// use dialgate::Ledger;
///
/// let ledger = Ledger::create(folder.path().join("acme.ledger"), None)?; // and `acme.ledger.key`
/// let withdrawal =
///     r#"{"type":"withdrawal","number":"+48223000001","at":"2026-02-01T10:00:00Z","controller":"acme"}"#;
/// let appended = ledger.record(&[withdrawal, "{}"])?; // durable now
/// assert_eq!((appended.recorded, appended.refused.len()), (1, 1));
///
/// let number = "+48223000001".parse()?;
/// println!("{}", ledger.subject(number, None)?);
/// assert_eq!(ledger.erase(number, None, None)?.deleted, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Sqlite>,
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("path", &self.inner.path).field("id", &self.inner.id).finish_non_exhaustive()
    }
}

/// What one entry says.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Entry {
    /// Something happened.
    Record(Box<Record>),
    /// Somebody was erased.
    Tombstone(Tombstone),
    /// This attempt, which had this position, was given back: it does not count.
    Released { attempt: Box<Record>, was: Position },
}

/// An entry in its place.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Stored {
    pub(crate) position: Position,
    pub(crate) entry: Entry,
}

/// What stays of an erased person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Tombstone {
    /// One-way, under the key with this id.
    pub(crate) hash: NumberHash,
    pub(crate) key: crate::key::KeyId,
    /// None: for every controller.
    pub(crate) controller: Option<String>,
    pub(crate) at: Timestamp,
    /// It denies until then (none: for good), and hides what was before `at` as long as it is there. Equal to `at`:
    /// the person asked to be forgotten without being barred.
    pub(crate) until: Option<Timestamp>,
    /// It took everything that was known by then, whatever its date.
    pub(crate) wipes: bool,
}

/// What became of a batch.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Appended {
    /// Everything up to here was committed when the batch was.
    pub position: Position,
    /// Records that were taken.
    pub recorded: u64,
    /// Records that the ledger held already.
    pub duplicates: u64,
    /// Denials that were taken without a part that could not be read, each with its index in the batch.
    pub widened: Vec<(usize, &'static str)>,
    /// Records that were not taken, each with its index in the batch and the reason.
    pub refused: Vec<(usize, &'static str)>,
}

/// A durable, ordered store of records for all processes that follow it.
pub(crate) trait Store: Send + Sync + 'static {
    fn id(&self) -> LedgerId;
    /// Everything committed after a position, in order, at most `limit`, understood as the manifest
    /// of this dictionary does. The position up to which was read.
    fn read_after(
        &self,
        position: Position,
        limit: usize,
        dictionary: &Dictionary,
        into: &mut Vec<Stored>,
    ) -> Result<Position, LedgerError>;
    /// Is this the ledger that a snapshot was compiled from up to this mark, or one that went another way since (put back
    /// to an older state, and written to again)?
    fn confirms(&self, mark: &LedgerMark) -> Result<bool, LedgerError>;
    /// The greatest position that was ever given out.
    fn last_position(&self) -> Result<Position, LedgerError>;
    /// A value that is another after every commit, of whatever process. It may change in vain.
    fn version(&self) -> Result<i64, LedgerError>;
    /// What tombstones under this key are hashed with.
    fn hasher(&self, key: crate::key::KeyId) -> Option<NumberHasher>;
    /// Tells whoever listens of every commit through this handle, before it is acknowledged.
    fn tell(&self, listener: Weak<dyn Listener>);
    /// Hands everything committed after `position` to `decide` under the write lock; what it returns is appended in
    /// the same transaction. The position up to which was read, the own record included. Listeners are not told.
    fn reserve(
        &self,
        position: Position,
        dictionary: &Dictionary,
        decide: &mut dyn FnMut(&[Stored]) -> Option<Record>,
    ) -> Result<Position, LedgerError>;
    /// Tells the listeners of what was reserved.
    fn announce(&self);
    /// Gives the attempt that was reserved under this id back: it does not count.
    fn release(&self, id: &str) -> Result<(), LedgerError>;
    /// Replaces the attempt that was reserved under this id by what became of it.
    fn settle(&self, id: &str, outcome: &Record) -> Result<Position, LedgerError>;
}

/// What SQLite said, without the values of a statement.
fn failed(doing: &'static str, error: &rusqlite::Error) -> LedgerError {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            LedgerError::Busy { seconds: open::BUSY.as_secs() }
        }
        _ => LedgerError::Failed { doing, why: error.to_string() },
    }
}
