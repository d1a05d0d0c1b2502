//! A word that threads share: the library's own, or the one that a model checker watches.

use std::sync::atomic::{AtomicU64, Ordering, fence};

/// A word that threads share.
pub(super) trait Word: Default {
    fn load(&self, order: Ordering) -> u64;
    fn store(&self, value: u64, order: Ordering);
    fn take(&self, from: u64, to: u64) -> bool;
    fn fence(order: Ordering);
}

impl Word for AtomicU64 {
    #[inline]
    fn load(&self, order: Ordering) -> u64 {
        Self::load(self, order)
    }

    fn store(&self, value: u64, order: Ordering) {
        Self::store(self, value, order);
    }

    fn take(&self, from: u64, to: u64) -> bool {
        self.compare_exchange(from, to, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    #[inline]
    fn fence(order: Ordering) {
        fence(order);
    }
}

/// The one that a model checker watches.
#[cfg(test)]
#[derive(Default)]
pub(super) struct Watched(loom::sync::atomic::AtomicU64);

#[cfg(test)]
impl Watched {
    pub(super) fn new(value: u64) -> Self {
        Self(loom::sync::atomic::AtomicU64::new(value))
    }
}

#[cfg(test)]
impl Word for Watched {
    fn load(&self, order: Ordering) -> u64 {
        self.0.load(order)
    }

    fn store(&self, value: u64, order: Ordering) {
        self.0.store(value, order);
    }

    fn take(&self, from: u64, to: u64) -> bool {
        self.0.compare_exchange(from, to, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    fn fence(order: Ordering) {
        loom::sync::atomic::fence(order);
    }
}
