//! Why a key file was refused or not made.

use std::path::PathBuf;

/// A key file that was refused or not made: which, why, and what to do. Tells nothing of a secret.
#[derive(Debug, thiserror::Error)]
#[error("key file `{}`: {problem}; {}", .path.display(), .problem.remedy())]
pub struct KeyError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub problem: KeyProblem,
}

/// What is wrong with a key file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyProblem {
    /// There is none.
    #[error("there is no such file")]
    Missing,
    /// It is there already, and a key file is never overwritten.
    #[error("there is a file already, and none is ever overwritten")]
    Exists,
    /// It is not a regular file.
    #[error("expected a regular file")]
    NotAFile,
    /// The system refused to read or write it.
    #[error("cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// Others than its owner may read or write it.
    #[error("mode {mode:04o} lets others than its owner at it, expected 0600")]
    Open {
        /// Its permission bits.
        mode: u32,
    },
    /// It holds nothing.
    #[error("empty, expected a line `dialgate-key-1 ID SECRET`")]
    Empty,
    /// It is longer than a key file can be.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The longest that is read.
        limit: u64,
    },
    /// A line is no key.
    #[error("line {line}: expected `dialgate-key-1`, 32 and 64 small hexadecimal digits, and a line end")]
    Line {
        /// Which, from 1.
        line: usize,
    },
    /// The id of a line is not that of its secret.
    #[error("line {line}: the id does not belong to the secret")]
    Altered {
        /// Which, from 1.
        line: usize,
    },
    /// A key is there twice.
    #[error("line {line}: the same key as on a line before")]
    Repeated {
        /// Which, from 1.
        line: usize,
    },
    /// Another rotation works on it, or was interrupted.
    #[error("a rotation is under way or was interrupted: there is `{}`", .0.display())]
    Rotating(PathBuf),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

impl KeyProblem {
    /// What to do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Missing => "restore it from its backup; only a new ledger or new lists start with `dialgate key new`",
            Self::Exists => "name another file, or use the one that is there",
            Self::NotAFile | Self::Io(_) => "check the path, its permissions and the free space",
            Self::Open { .. } => {
                "take the rights of others away (`chmod 600`), and rotate the key if others may have read it"
            }
            Self::Empty | Self::TooLong { .. } | Self::Line { .. } | Self::Altered { .. } | Self::Repeated { .. } => {
                "the file was cut or altered: restore it from its backup"
            }
            Self::Rotating(_) => "wait for it, or remove that file if no rotation runs",
            Self::NoRandomness => "repair the system's source of random bytes",
        }
    }
}
