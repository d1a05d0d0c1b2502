//! How a snapshot is opened, and the keys that it needs.

use std::path::{Path, PathBuf};

use super::Gate;
use crate::key::{KeyError, KeyId, KeyRing};
use crate::snapshot::{OpenError, Snapshot};

/// How a snapshot is opened.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct GateOptions {
    keys: Vec<Keys>,
}

#[derive(Clone, Debug)]
enum Keys {
    File(PathBuf),
    Ring(KeyRing),
}

impl GateOptions {
    /// Takes the keys from this key file: a sealed snapshot, and one with hashed entries, opens with its keys only.
    /// For any other the file must be there and in order, and matters no further. Given more than once, the keys of all
    /// files are taken: a seal and a ledger may have files of their own.
    pub fn key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.keys.push(Keys::File(path.into()));
        self
    }

    /// The same with keys that are in memory already.
    pub fn keys(mut self, keys: KeyRing) -> Self {
        self.keys.push(Keys::Ring(keys));
        self
    }

    /// Opens a snapshot: reads it whole into private memory and verifies it.
    ///
    /// # Errors
    /// When the file cannot be read, is cut, altered, of another version, or inconsistent, or when a key that it
    /// needs is not given.
    pub fn open(self, path: impl AsRef<Path>) -> Result<Gate, OpenError> {
        let path = path.as_ref();
        let keys = self.load().map_err(|error| OpenError { path: Some(path.to_owned()), problem: error.into() })?;
        Snapshot::open_with(path, keys.as_ref()).map(Gate::from_snapshot)
    }

    /// Opens a snapshot that is in memory already.
    ///
    /// # Errors
    /// As [`GateOptions::open`].
    pub fn open_bytes(self, bytes: &[u8]) -> Result<Gate, OpenError> {
        let keys = self.load().map_err(|error| OpenError { path: None, problem: error.into() })?;
        Snapshot::from_bytes_with(bytes, keys.as_ref()).map(Gate::from_snapshot)
    }

    fn load(self) -> Result<Option<KeyRing>, KeyError> {
        let mut all: Option<KeyRing> = None;
        for keys in self.keys {
            let ring = match keys {
                Keys::File(path) => KeyRing::load(path)?,
                Keys::Ring(ring) => ring,
            };
            all = Some(match all {
                None => ring,
                Some(all) => all.joined(&ring),
            });
        }
        Ok(all)
    }
}

impl Gate {
    /// Opens a snapshot with the keys of the current one.
    pub(super) fn reopened(&self, path: &Path) -> Result<Snapshot, OpenError> {
        let keys = self.keys().map_err(|error| OpenError { path: Some(path.to_owned()), problem: error.into() })?;
        Snapshot::open_with(path, keys.as_ref())
    }

    /// The same with one that is in memory already.
    pub(super) fn reopened_bytes(&self, bytes: &[u8]) -> Result<Snapshot, OpenError> {
        let keys = self.keys().map_err(|error| OpenError { path: None, problem: error.into() })?;
        Snapshot::from_bytes_with(bytes, keys.as_ref())
    }

    /// The keys that the current snapshot was opened with, as they are now.
    fn keys(&self) -> Result<Option<KeyRing>, KeyError> {
        self.shared.current.load().snapshot().keys().map(KeyRing::reloaded).transpose()
    }

    /// The id of the key that the current snapshot was sealed with; none: it was not sealed.
    #[must_use]
    pub fn sealed_with(&self) -> Option<KeyId> {
        self.shared.current.load().snapshot().sealed_with()
    }

    /// Bytes of memory that the current snapshot takes, and how many of them lie on huge pages, see [`Snapshot::pages`].
    ///
    /// [`Snapshot::pages`]: crate::Snapshot::pages
    #[must_use]
    pub fn pages(&self) -> (usize, Option<u64>) {
        self.shared.current.load().snapshot().pages()
    }

    /// The ids of the keys that entries of the current snapshot are hashed with.
    #[must_use]
    pub fn hash_keys(&self) -> Vec<KeyId> {
        self.shared.current.load().snapshot().keys_needed().collect()
    }
}
