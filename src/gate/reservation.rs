//! An attempt that is on record before it is made.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::vocabulary::{Outcome, Reason};
use crate::{Decision, Number, Timestamp};

use super::campaign::Campaign;
use super::feed::{Feed, NewAttempt};
use super::lead::Lead;
use super::shared::Shared;

/// An attempt that is on record before it is made, so that no other can exceed a cap with it.
///
/// It counts as an attempt from the moment it was granted: dropping it, or the death of the process, leaves it
/// on record as `no_answer`. [`Reservation::commit`] records what became of it, and only
/// [`Reservation::release`] gives it back.
#[derive(Debug)]
#[must_use = "a reservation counts as an attempt unless it is released"]
pub struct Reservation {
    campaign: Campaign,
    feed: Arc<dyn Feed>,
    number: Number,
    at: Timestamp,
    id: String,
    decision: Decision,
}

/// Why the end of a reservation could not be recorded. The attempt counts as made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the reservation's end was not recorded and counts as an attempt: {0}")]
pub struct SettleError(pub(crate) String);

impl Reservation {
    /// The decision that granted it, an allow: with its obligations and its basis.
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// The id under which the attempt is on record.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Records what became of the attempt. Durable when it returns, and counted by the next question.
    ///
    /// # Errors
    /// When it cannot be recorded; the attempt then stays on record as `no_answer`.
    pub fn commit(self, outcome: Outcome) -> Result<(), SettleError> {
        self.settle(Some(outcome))
    }

    /// Gives the attempt back: it was not made.
    ///
    /// # Errors
    /// When that cannot be recorded; the attempt then counts as made.
    pub fn release(self) -> Result<(), SettleError> {
        self.settle(None)
    }

    fn settle(&self, outcome: Option<Outcome>) -> Result<(), SettleError> {
        let attempt = self.campaign.attempt(self.number, self.at);
        self.feed.settle(&self.id, &attempt, outcome).map_err(SettleError)
    }
}

impl Campaign {
    /// Decides and, if the answer is an allow, puts the attempt on record in the same step: with any number of
    /// threads and processes on the ledger no cap is exceeded, whatever the order in which they read their clocks: an
    /// attempt that is on record with a later instant counts as made at `at`.
    ///
    /// The gate must be attached to a ledger; without one there is nothing to reserve in, and the answer is
    /// `snapshot_expired`, as it is when the ledger cannot be written.
    ///
    /// # Errors
    /// The decision, when it is not an allow.
    pub fn reserve(&self, number: Number, at: DateTime<Utc>) -> Result<Reservation, Decision> {
        self.reserve_lead(&Lead::new(number), at)
    }

    /// The same for a lead.
    ///
    /// # Errors
    /// The decision, when it is not an allow.
    pub fn reserve_lead(&self, lead: &Lead, at: DateTime<Utc>) -> Result<Reservation, Decision> {
        let shared: &Shared = self.shared();
        let Some(feed) = shared.feed() else {
            return Err(shared.counted(Decision::because(Reason::SnapshotExpired)));
        };
        let mut granted = None;
        let attempt = self.attempt(lead.number(), at.into());
        let reserved = feed.reserve(&attempt, &mut |loaded| {
            let decision = self.ask_reserving(loaded, lead, at);
            granted = decision.is_allowed().then_some(decision);
            decision
        });
        match (reserved, granted) {
            (Ok(id), Some(decision)) => {
                let decision = shared.counted(decision);
                Ok(Reservation { campaign: self.clone(), feed, number: lead.number(), at: at.into(), id, decision })
            }
            (Ok(_), None) => Err(shared.counted(Decision::because(Reason::SnapshotExpired))),
            (Err(decision), _) => Err(shared.counted(decision)),
        }
    }

    fn attempt(&self, number: Number, at: Timestamp) -> NewAttempt<'_> {
        let (controller, purpose, channel) = self.names();
        NewAttempt { number, controller, purpose, channel, at }
    }
}
