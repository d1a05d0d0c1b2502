//! A snapshot that stays in its file.

#![expect(unsafe_code, reason = "nobody can stop others from changing a mapped file")]

use std::path::Path;

use super::{OpenError, Snapshot};
#[cfg(unix)]
use super::{
    OpenProblem,
    format::HEADER_BYTES,
    load::too_long,
    open::{unlock_hashed, verify},
    seal::is_sealed,
};
#[cfg(unix)]
use crate::memory::{Bytes, Memory};

impl Snapshot {
    /// Verifies a snapshot and leaves it on disk, for machines whose memory is short: a look-up may then wait
    /// for the disk. [`Snapshot::open`] is faster and safe. Where files cannot be mapped it is what this does.
    ///
    /// # Errors
    /// As [`Snapshot::open`], and when it is sealed or has hashed entries.
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
            unsafe { map(path) }
        }
        #[cfg(not(unix))]
        Self::open(path)
    }
}

/// Maps and verifies.
///
/// # Safety
/// As `Snapshot::map`.
#[cfg(unix)]
unsafe fn map(path: &Path) -> Result<Snapshot, OpenError> {
    use std::io::Read;
    let mapped = || {
        let mut file = std::fs::File::open(path)?;
        let len = usize::try_from(file.metadata()?.len()).map_err(|_| too_long())?;
        let mut start = Vec::with_capacity(HEADER_BYTES);
        Read::take(&mut file, HEADER_BYTES as u64).read_to_end(&mut start)?;
        if is_sealed(&start) {
            return Err(OpenProblem::MapSealed);
        }
        // SAFETY: the caller promised that the file stays as it is.
        let image = Bytes::from(unsafe { Memory::map(&file, len) }?);
        let mut snapshot = verify(image.clone(), None)?;
        unlock_hashed(&mut snapshot, None)?;
        image.advise_random();
        Ok(snapshot)
    };
    mapped().map_err(|problem| OpenError { path: Some(path.to_owned()), problem })
}
