//! What can go wrong with a ledger.

use std::path::{Path, PathBuf};

use crate::key::{KeyError, KeyId};

/// Why a ledger did not do what it was asked. Never holds a number.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// There is no ledger at this path.
    #[error("{path}: no ledger is there; make one with its key by `dialgate record --create`", path = .0.display())]
    Missing(PathBuf),
    /// There is a file already where a ledger was to be made.
    #[error("{path}: a file is there already; open it, or choose another path", path = .0.display())]
    Exists(PathBuf),
    /// The file is no ledger, or not a whole one.
    #[error("{path}: not a ledger: {why}; restore it from a backup", path = path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The file was written by a newer version of this program.
    #[error("{path}: the ledger has schema {found}, this program knows {known}; use a newer program", path = path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that is known.
        known: i64,
    },
    /// The key file cannot be used. A ledger never gets a new key by being opened.
    #[error("the key of the ledger cannot be read: {0}; restore the key file, it is not made anew")]
    Key(#[from] KeyError),
    /// The ledger has entries under a key that the key file does not hold.
    #[error("the ledger has entries under key {0}, which the key file does not hold; restore the key file")]
    KeyMissing(KeyId),
    /// A key in the file has the right name and is another.
    #[error("key {0} of the key file is not the one that the ledger was made with; restore the key file")]
    KeyWrong(KeyId),
    /// Others held the ledger for too long.
    #[error("the ledger is busy: another process has held it for more than {seconds} seconds; try again")]
    Busy {
        /// How long was waited.
        seconds: u64,
    },
    /// Reading or writing failed. If this came from writing, the handle is shut now, and whether the last records
    /// were kept is not known: treat a denial as recorded, a permission as not.
    #[error("the ledger could not be {doing}: {why}")]
    Failed {
        /// What was tried.
        doing: &'static str,
        /// What SQLite or the system said.
        why: String,
    },
    /// An earlier write failed on this handle: it must be opened anew.
    #[error("the ledger is shut after a failed write; open it again")]
    Shut,
    /// The handle came from a parent process.
    #[error("the ledger was opened before a fork; open it again in the child")]
    Forked,
    /// An entry cannot be read.
    #[error("entry {position} of the ledger is damaged: {why}; restore the ledger from a backup")]
    Damaged {
        /// Its place.
        position: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// Another file lies at its path now.
    #[error("{path}: another file has taken the place of the ledger; open it again", path = .0.display())]
    Replaced(PathBuf),
    /// It does not hold what was read of it before.
    #[error("the ledger was put back to an older state; compile from it again, and attach it anew")]
    PutBack,
    /// A record was not taken.
    #[error("the record was refused: {0}")]
    Refused(&'static str),
    /// No entry has this id.
    #[error("no reservation has this id, or it was given back already")]
    UnknownId,
}

impl LedgerError {
    pub(super) fn not_a_ledger(path: &Path, why: impl Into<String>) -> Self {
        Self::NotALedger { path: path.to_owned(), why: why.into() }
    }
}
