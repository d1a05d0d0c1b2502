//! What a gate, its clones and its campaigns share.

use arc_swap::ArcSwap;

use crate::Decision;
use crate::snapshot::{OpenError, Snapshot};

use super::counters::Tally;
#[cfg(feature = "ledger")]
use super::feed::Feed;
use super::loaded::Loaded;

/// What a gate, its clones and its campaigns share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The state of the data that questions are answered from.
    pub(crate) current: ArcSwap<Loaded>,
    /// The decisions that were given.
    pub(crate) tally: Tally,
    /// What keeps the data current; whoever publishes a state holds the lock, questions do not.
    #[cfg(feature = "ledger")]
    pub(crate) feed: std::sync::Mutex<Option<std::sync::Arc<dyn Feed>>>,
}

impl Shared {
    pub(crate) fn new(loaded: Loaded) -> Self {
        Self {
            current: ArcSwap::from_pointee(loaded),
            tally: Tally::default(),
            #[cfg(feature = "ledger")]
            feed: std::sync::Mutex::new(None),
        }
    }

    /// The decision, counted.
    pub(crate) fn counted(&self, decision: Decision) -> Decision {
        self.tally.count(&decision);
        decision
    }

    /// What keeps the data current, if the gate was attached.
    #[cfg(feature = "ledger")]
    pub(crate) fn feed(&self) -> Option<std::sync::Arc<dyn Feed>> {
        self.feed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Puts another snapshot in place of the current one, with all that happened since it was compiled.
    #[cfg(feature = "ledger")]
    pub(crate) fn replace(&self, snapshot: Snapshot) -> Result<(), OpenError> {
        let feed = self.feed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match &*feed {
            Some(feed) => feed.replace(snapshot),
            None => {
                self.current.store(std::sync::Arc::new(Loaded::new(snapshot)));
                Ok(())
            }
        }
    }

    /// Puts another snapshot in place of the current one.
    #[cfg(not(feature = "ledger"))]
    #[expect(clippy::unnecessary_wraps, reason = "with a ledger it can fail")]
    pub(crate) fn replace(&self, snapshot: Snapshot) -> Result<(), OpenError> {
        self.current.store(std::sync::Arc::new(Loaded::new(snapshot)));
        Ok(())
    }
}
