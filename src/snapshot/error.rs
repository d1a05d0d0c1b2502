//! Why a snapshot was refused.

use std::path::PathBuf;

use crate::key::{KeyError, KeyId};

use super::format::{CURRENT_VERSION, OLDEST_VERSION, Section};

/// A snapshot that was refused: where, why, and what to do. Nothing of it is used.
#[derive(Debug, thiserror::Error)]
#[error("{}{problem}; {}", .path.as_ref().map(|path| format!("`{}`: ", path.display())).unwrap_or_default(), .problem.remedy())]
pub struct OpenError {
    /// The file; none when bytes were given.
    pub path: Option<PathBuf>,
    /// What is wrong.
    #[source]
    pub problem: OpenProblem,
}

/// What is wrong with a snapshot.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenProblem {
    /// The file cannot be read, or memory for it cannot be had.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It does not begin as a snapshot does.
    #[error("not a snapshot: expected the letters `DIALGATE` at byte 0")]
    NotASnapshot,
    /// Its version is not read here.
    #[error("format version {found} at byte 8: expected {OLDEST_VERSION} to {CURRENT_VERSION}")]
    Version {
        /// The version it has.
        found: u32,
    },
    /// It is not as long as it says.
    #[error("{actual} bytes: expected {expected}")]
    Length {
        /// The length that its header states (or the least that a header takes).
        expected: u64,
        /// Its length.
        actual: u64,
    },
    /// Its bytes are not those that were written.
    #[error("the digest at byte 64 does not match the bytes")]
    Digest,
    /// Header or section table are inconsistent.
    #[error("header, byte {offset}: expected {expected}")]
    Header {
        /// Where, from the start of the file.
        offset: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// A section is inconsistent.
    #[error("section `{section}`, byte {offset} of the file: expected {expected}")]
    Section {
        /// The section's name.
        section: &'static str,
        /// Where, from the start of the file.
        offset: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// The file is sealed, and no key was given.
    #[error("sealed with key {key}, and no key file was given")]
    Sealed {
        /// The key that it was sealed with.
        key: KeyId,
    },
    /// Some entries are hashed, and no key was given.
    #[error("has entries hashed with key {key} (a hashed list, or people who were erased), and no key file was given")]
    Hashed {
        /// The key that they were hashed with.
        key: KeyId,
    },
    /// The keys that were given are others.
    #[error("needs key {needed}, which is not among the keys given")]
    OtherKey {
        /// The key that is needed.
        needed: KeyId,
    },
    /// What is sealed in is not what was sealed.
    #[error("the seal is broken: what is sealed in is not what was sealed with this key")]
    Unsealable,
    /// The file is sealed, and what is sealed cannot be mapped.
    #[error("sealed, and a sealed snapshot cannot be mapped")]
    MapSealed,
    /// The file is sealed, and this build cannot open it.
    #[error("sealed, and this build of dialgate opens no sealed snapshots")]
    NoSeal,
    /// The gate follows a ledger, and this snapshot does not go with it.
    #[error("does not go with the ledger that the gate follows: {0}")]
    Ledger(String),
    /// The key file was refused.
    #[error("key file `{}`: {}", .0.path.display(), .0.problem)]
    Key(#[from] KeyError),
}

impl OpenProblem {
    pub(super) const fn section(section: Section, offset: usize, expected: &'static str) -> Self {
        Self::Section { section: section.name(), offset, expected }
    }

    /// What to do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Io(_) => "check that the file exists and may be read",
            Self::NotASnapshot => "give a file that `dialgate compile` wrote",
            Self::Version { .. } => "compile it again, or use the version of dialgate that wrote it",
            Self::Sealed { .. } | Self::Hashed { .. } => {
                "give the key file that it was compiled with (`--key`, `GateOptions::key_file`)"
            }
            Self::OtherKey { .. } => "give the key file that it was compiled with, or one that was rotated from it",
            Self::Ledger(_) => "the gate keeps the snapshot that it had",
            Self::MapSealed => "open it, or compile it without `[seal]`",
            Self::NoSeal => "build it with the feature `seal`",
            Self::Key(error) => error.problem.remedy(),
            Self::Length { .. } | Self::Digest | Self::Unsealable => {
                "the file was cut or altered: copy it again, or compile it again"
            }
            Self::Header { .. } | Self::Section { .. } => "the file was altered: copy it again, or compile it again",
        }
    }
}
