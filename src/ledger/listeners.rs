//! Who is told of a commit before it is acknowledged.

use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Follows a ledger within the process that writes to it.
pub(crate) trait Listener: Send + Sync {
    /// Something was committed: it is taken in before this returns.
    fn committed(&self);
    /// The ledger was shut: what it holds is no longer known.
    fn lost(&self);
}

/// Those that listen to one handle.
#[derive(Default)]
pub(super) struct Listeners(Mutex<Vec<Weak<dyn Listener>>>);

impl Listeners {
    pub(super) fn add(&self, listener: Weak<dyn Listener>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|listener| listener.strong_count() > 0);
        all.push(listener);
    }

    pub(super) fn committed(&self) {
        self.alive().iter().for_each(|listener| listener.committed());
    }

    pub(super) fn lost(&self) {
        self.alive().iter().for_each(|listener| listener.lost());
    }

    /// Nobody is told under the lock: who is told may write, or listen, itself.
    fn alive(&self) -> Vec<Arc<dyn Listener>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(Weak::upgrade).collect()
    }
}
