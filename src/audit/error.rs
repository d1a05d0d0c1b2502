//! What can go wrong with an audit log.

use std::path::{Path, PathBuf};

use crate::gate::ScreenError;
use crate::key::{KeyError, KeyId};

/// Why an audit log did not do what it was asked. Never holds a number.
///
/// A question whose entry could not be written has no answer: there is no decision beside this error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The file is something else.
    #[error("{path}: not an audit log: {why}; name another file", path = path.display())]
    NotALog {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The last entry is not what was written.
    #[error(
        "{path}, byte {byte}: the last entry of the audit log is damaged: {why}; see `dialgate audit verify`, \
         keep the file, and begin another", path = path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where the entry begins.
        byte: u64,
        /// What was expected.
        why: String,
    },
    /// There is a head file, and no log.
    #[error(
        "{path}: the log is gone, its head file tells of {entries} entries; restore the log, or move the head file away \
         and account for it", path = path.display()
    )]
    Gone {
        /// Where the log was.
        path: PathBuf,
        /// How many entries it had.
        entries: u64,
    },
    /// The log says nothing of its key that can be read.
    #[error("the audit log does not say which key it is under, expected 32 hexadecimal digits")]
    BadKeyId,
    /// The key file cannot be used.
    #[error("the key of the audit log cannot be read: {0}")]
    Key(#[from] KeyError),
    /// The log is under a key that was not given.
    #[error("the audit log is under key {0}, which the key file does not hold; restore the key file")]
    KeyMissing(KeyId),
    /// The key has the right name and is another.
    #[error("key {0} of the key file is not the one that the audit log was begun with; restore the key file")]
    KeyWrong(KeyId),
    /// Reading or writing failed. If this came from writing, the handle is shut now.
    #[error("the audit log could not be {doing}: {why}")]
    Failed {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        why: String,
    },
    /// An earlier write failed on this handle.
    #[error("the audit log is shut after a failed write; open it again")]
    Shut,
    /// The handle came from a parent process.
    #[error("the audit log was opened before a fork; open it again in the child")]
    Forked,
    /// A batch was not screened.
    #[error(transparent)]
    Screen(#[from] ScreenError),
}

impl AuditError {
    pub(super) fn failed(doing: &'static str, why: impl ToString) -> Self {
        Self::Failed { doing, why: why.to_string() }
    }

    pub(super) fn not_a_log(path: &Path, why: impl Into<String>) -> Self {
        Self::NotALog { path: path.to_owned(), why: why.into() }
    }
}
