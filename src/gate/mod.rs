//! The gate: a question becomes a decision.
//!
//! [`Gate`] holds the current snapshot, [`Campaign`] a prepared question; `place` says where a number is
//! judged, `standing` what its history amounts to at an instant; `screening`, `timing` and `rows` collect what registries,
//! hours and jurisdictions say, and `evaluate` brings it all to the pure rule.

mod batch;
mod bounds;
mod campaign;
mod counters;
mod current;
mod days;
mod evaluate;
mod explain;
#[cfg(feature = "ledger")]
mod feed;
mod few;
mod fork;
mod horizon;
mod lead;
mod likeness;
mod loaded;
mod options;
#[cfg(feature = "cli")]
mod outlook;
mod overlay;
mod packs;
mod place;
mod precedents;
mod prepared;
mod pulse;
mod question;
#[cfg(feature = "ledger")]
mod reservation;
mod rows;
mod screening;
mod sequence;
mod shared;
mod standing;
mod subject;
mod timing;
#[cfg(feature = "audit")]
mod witness;
mod word;

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::dictionary::Dictionary;
use crate::snapshot::{OpenError, Snapshot};
use crate::vocabulary::Channel;
use crate::{Decision, Number, Purpose};

pub use campaign::{Campaign, CampaignBuilder, PrepareError, ScreenError};
pub use counters::Counters;
pub use explain::{Consulted, ConsultedKind, Explanation, Obstacle, Way};
pub use lead::Lead;
pub use options::GateOptions;

#[cfg(feature = "ledger")]
pub use reservation::{Reservation, SettleError};

#[cfg(feature = "ledger")]
pub(crate) use feed::{Feed, NewAttempt};
pub(crate) use loaded::Loaded;
#[cfg(feature = "cli")]
pub(crate) use outlook::Outlook;
#[cfg(feature = "ledger")]
pub(crate) use overlay::{Amended, News, Overlay};
#[cfg(feature = "ledger")]
pub(crate) use pulse::Pulse;
pub(crate) use shared::Shared;
#[cfg(feature = "audit")]
pub(crate) use witness::{When, nothing_looked_up};

/// The consent gate: answers from one snapshot, which can be replaced while questions are asked.
///
/// Cheap to clone; all clones share the snapshot. `Send + Sync`: ask from as many threads as you like. A
/// question takes no lock and makes no system call but the clock's.
#[derive(Clone, Debug)]
pub struct Gate {
    shared: Arc<Shared>,
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
        Self { shared: Arc::new(Shared::new(Loaded::new(snapshot))) }
    }

    /// May this number be contacted now, for this purpose on this channel, by the manifest's default controller?
    ///
    /// The first question of each purpose and channel prepares it; a [`Campaign`] is prepared once and then
    /// allocates nothing.
    pub fn may_contact(&self, number: Number, purpose: Purpose, channel: Channel) -> Decision {
        self.shared.counted(self.shared.current.load().ask_default(number, purpose, channel, None))
    }

    /// The same at a given instant.
    pub fn may_contact_at(&self, number: Number, purpose: Purpose, channel: Channel, at: DateTime<Utc>) -> Decision {
        self.shared.counted(self.shared.current.load().ask_default(number, purpose, channel, Some(at)))
    }

    /// Begins to prepare a question.
    pub fn campaign(&self) -> CampaignBuilder {
        CampaignBuilder::new(Arc::clone(&self.shared))
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
        self.shared.replace(self.reopened(path.as_ref())?)
    }

    /// The same with a snapshot that is in memory already.
    ///
    /// # Errors
    /// As [`Gate::from_bytes`].
    pub fn replace_from_bytes(&self, bytes: &[u8]) -> Result<(), OpenError> {
        self.shared.replace(self.reopened_bytes(bytes)?)
    }

    /// What the gate, its clones and its campaigns share.
    #[cfg(any(feature = "ledger", feature = "audit"))]
    pub(crate) const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// How many decisions were given since the gate was opened, by verdict and first reason.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.tally.read()
    }

    /// The current snapshot's digest, as 64 hexadecimal digits.
    #[must_use]
    pub fn snapshot_digest(&self) -> String {
        self.shared.current.load().digest_hex().to_owned()
    }

    /// The small part of the current snapshot: controllers, purposes, lists and their dates.
    #[must_use]
    pub fn dictionary(&self) -> Dictionary {
        self.shared.current.load().snapshot().dictionary().clone()
    }

    /// The rule packs of the current snapshot.
    #[must_use]
    pub fn rules(&self) -> crate::rules::Rules {
        self.shared.current.load().snapshot().rules().clone()
    }

    /// Version of the tz database whose transitions the current snapshot holds.
    #[must_use]
    pub fn tz_version(&self) -> String {
        self.shared.current.load().snapshot().zones().version.clone()
    }

    /// What the owner should know about the age of that tz database at this instant; empty: it is of the year.
    ///
    /// It changes no decision.
    #[must_use]
    pub fn tz_remarks(&self, now: DateTime<Utc>) -> Vec<crate::ZoneRemark> {
        self.shared.current.load().snapshot().zones().remarks(now.into())
    }
}
