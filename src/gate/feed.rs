//! The seam to whatever keeps a gate current: it publishes, questions only read.

use crate::snapshot::{OpenError, Snapshot};
use crate::vocabulary::{Channel, Outcome};
use crate::{Decision, Number, Timestamp};

use super::loaded::Loaded;

/// What keeps a gate current. Its methods may wait for disks and locks; no question calls them.
pub(crate) trait Feed: Send + Sync + std::fmt::Debug {
    /// Publishes another snapshot together with all that happened since it was compiled.
    ///
    /// # Errors
    /// When it was compiled with another feed, or the feed cannot be read; the current state stays.
    fn replace(&self, snapshot: Snapshot) -> Result<(), OpenError>;

    /// Decides on the latest state while no other attempt can be recorded, and records one if it is an allow.
    fn reserve(
        &self,
        attempt: &NewAttempt<'_>,
        decide: &mut dyn FnMut(&Loaded) -> Decision,
    ) -> Result<String, Decision>;

    /// Ends a reservation: the attempt is given back (none), or this became of it.
    ///
    /// # Errors
    /// In words, when it could not be recorded: the attempt then counts as made.
    fn settle(&self, id: &str, attempt: &NewAttempt<'_>, outcome: Option<Outcome>) -> Result<(), String>;

    /// Another feed has taken over: it publishes nothing once this has returned.
    fn retire(&self);
}

/// An attempt that is about to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewAttempt<'a> {
    pub(crate) number: Number,
    pub(crate) controller: &'a str,
    pub(crate) purpose: &'a str,
    pub(crate) channel: Channel,
    pub(crate) at: Timestamp,
}
