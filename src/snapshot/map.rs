//! A snapshot that stays in its file.

#![expect(unsafe_code, reason = "nobody can stop others from changing a mapped file")]

use std::path::Path;

use super::{OpenError, Snapshot};

impl Snapshot {
    /// Verifies a snapshot and leaves it on disk, for machines whose memory is short: a look-up may then wait
    /// for the disk. [`Snapshot::open`] is faster and safe. Where files cannot be mapped it is what this does.
    ///
    /// # Errors
    /// As [`Snapshot::open`].
    ///
    /// # Safety
    /// Until the snapshot is dropped nobody may write to the file or truncate it, this process included.
    /// Replacing it by renaming another over it, as `dialgate compile` does, is fine. A file that is changed
    /// all the same can end the process (`SIGBUS`) or give any answer, an allow included.
    pub unsafe fn map(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        #[cfg(unix)]
        {
            // SAFETY: that the file stays as it is, is what the caller promised.
            unsafe { super::open::map(path) }
        }
        #[cfg(not(unix))]
        Self::open(path)
    }
}
