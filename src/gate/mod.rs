//! The gate: a question becomes a decision.
//!
//! [`Gate`] holds the current snapshot, [`Campaign`] a prepared question; `place` says where a number is
//! judged, `standing` what its history amounts to at an instant; `screening`, `timing` and `rows` collect what registries,
//! hours and jurisdictions say, and `evaluate` brings it all to the pure rule.

mod campaign;
mod current;
mod days;
mod evaluate;
mod explain;
mod horizon;
mod lead;
mod loaded;
mod packs;
mod place;
mod question;
mod rows;
mod screening;
mod standing;
mod timing;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};

use crate::dictionary::Dictionary;
use crate::key::{KeyError, KeyId, KeyRing};
use crate::snapshot::{OpenError, Snapshot};
use crate::vocabulary::Channel;
use crate::{Decision, Number, Purpose};

pub use campaign::{Campaign, CampaignBuilder, PrepareError, ScreenError};
pub use explain::{Consulted, ConsultedKind, Explanation};
pub use lead::Lead;

use loaded::Loaded;

/// The consent gate: answers from one snapshot, which can be replaced while questions are asked.
///
/// Cheap to clone; all clones share the snapshot. `Send + Sync`: ask from as many threads as you like. A
/// question takes no lock and makes no system call but the clock's.
#[derive(Clone, Debug)]
pub struct Gate {
    current: Arc<ArcSwap<Loaded>>,
}

/// How a snapshot is opened.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct GateOptions {
    keys: Option<Keys>,
}

#[derive(Clone, Debug)]
enum Keys {
    File(PathBuf),
    Ring(KeyRing),
}

impl GateOptions {
    /// Takes the keys from this key file: a sealed snapshot, and one with hashed entries, opens with its keys only.
    /// For any other the file must be there and in order, and matters no further.
    pub fn key_file(self, path: impl Into<PathBuf>) -> Self {
        Self { keys: Some(Keys::File(path.into())) }
    }

    /// The same with keys that are in memory already.
    pub fn keys(self, keys: KeyRing) -> Self {
        Self { keys: Some(Keys::Ring(keys)) }
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
        match self.keys {
            None => Ok(None),
            Some(Keys::File(path)) => KeyRing::load(path).map(Some),
            Some(Keys::Ring(ring)) => Ok(Some(ring)),
        }
    }
}

impl Gate {
    /// Opens a snapshot: reads it whole into private memory and verifies it.
    ///
    /// A host that forks its workers should open before the fork: the pages are then shared.
    ///
    /// # Errors
    /// When the file cannot be read, is cut, altered, of another version, or inconsistent.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::options().open(path)
    }

    /// Ways to open a snapshot.
    pub fn options() -> GateOptions {
        GateOptions::default()
    }

    /// Opens a snapshot that is in memory already.
    ///
    /// # Errors
    /// When the bytes are cut, altered, of another version, or inconsistent.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OpenError> {
        Snapshot::from_bytes(bytes).map(Self::from_snapshot)
    }

    /// Maps a snapshot that stays on disk, shared by all processes that map it, for machines short of memory.
    ///
    /// The file is verified whole when it is mapped, and not again. A snapshot compiled with
    /// `prefilter = true` spares most misses their read of the disk.
    ///
    /// # Safety
    /// As long as the gate, or a campaign of it, is in use, nobody may write to the file, truncate it or
    /// replace its contents in place (a rename over its name is fine).
    ///
    /// # Errors
    /// When the file cannot be mapped, is cut, altered, of another version, or inconsistent.
    #[expect(unsafe_code, reason = "the contract that the file stays as it is cannot be checked")]
    pub unsafe fn map(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        // SAFETY: the caller keeps the contract of this function, which is that of the callee.
        unsafe { Snapshot::map(path.as_ref()) }.map(Self::from_snapshot)
    }

    fn from_snapshot(snapshot: Snapshot) -> Self {
        Self { current: Arc::new(ArcSwap::from_pointee(Loaded::new(snapshot))) }
    }

    /// May this number be contacted now, for this purpose on this channel, by the manifest's default controller?
    ///
    /// The first question of each purpose and channel prepares it; a [`Campaign`] is prepared once and then
    /// allocates nothing.
    pub fn may_contact(&self, number: Number, purpose: Purpose, channel: Channel) -> Decision {
        let loaded = self.current.load();
        loaded.ask_default(number, purpose, channel, None)
    }

    /// The same at a given instant.
    pub fn may_contact_at(&self, number: Number, purpose: Purpose, channel: Channel, at: DateTime<Utc>) -> Decision {
        let loaded = self.current.load();
        loaded.ask_default(number, purpose, channel, Some(at))
    }

    /// Begins to prepare a question.
    pub fn campaign(&self) -> CampaignBuilder {
        CampaignBuilder::new(Arc::clone(&self.current))
    }

    /// Puts another snapshot in place of the current one, under running campaigns.
    ///
    /// Questions that are being answered finish on the snapshot that they began with; all later ones use
    /// the new one. When it cannot be opened the current one stays. A key file that the gate was opened with is
    /// read again: it may have been rotated.
    ///
    /// # Errors
    /// As [`Gate::open`].
    pub fn replace(&self, path: impl AsRef<Path>) -> Result<(), OpenError> {
        let path = path.as_ref();
        let keys = self.keys().map_err(|error| OpenError { path: Some(path.to_owned()), problem: error.into() })?;
        let snapshot = Snapshot::open_with(path, keys.as_ref())?;
        self.current.store(Arc::new(Loaded::new(snapshot)));
        Ok(())
    }

    /// The same with a snapshot that is in memory already.
    ///
    /// # Errors
    /// As [`Gate::from_bytes`].
    pub fn replace_from_bytes(&self, bytes: &[u8]) -> Result<(), OpenError> {
        let keys = self.keys().map_err(|error| OpenError { path: None, problem: error.into() })?;
        let snapshot = Snapshot::from_bytes_with(bytes, keys.as_ref())?;
        self.current.store(Arc::new(Loaded::new(snapshot)));
        Ok(())
    }

    /// The keys that the current snapshot was opened with, as they are now.
    fn keys(&self) -> Result<Option<KeyRing>, KeyError> {
        self.current.load().snapshot().keys().map(KeyRing::reloaded).transpose()
    }

    /// The id of the key that the current snapshot was sealed with; none: it was not sealed.
    #[must_use]
    pub fn sealed_with(&self) -> Option<KeyId> {
        self.current.load().snapshot().sealed_with()
    }

    /// The ids of the keys that entries of the current snapshot are hashed with.
    #[must_use]
    pub fn hash_keys(&self) -> Vec<KeyId> {
        self.current.load().snapshot().keys_needed().collect()
    }

    /// The current snapshot's digest, as 64 hexadecimal digits.
    #[must_use]
    pub fn snapshot_digest(&self) -> String {
        self.current.load().digest_hex().to_owned()
    }

    /// The small part of the current snapshot: controllers, purposes, lists and their dates.
    #[must_use]
    pub fn dictionary(&self) -> Dictionary {
        self.current.load().snapshot().dictionary().clone()
    }

    /// The rule packs of the current snapshot.
    #[must_use]
    pub fn rules(&self) -> crate::rules::Rules {
        self.current.load().snapshot().rules().clone()
    }

    /// Version of the tz database whose transitions the current snapshot holds.
    #[must_use]
    pub fn tz_version(&self) -> String {
        self.current.load().snapshot().zones().version.clone()
    }
}
