//! Is the feed of events alive? A gate that follows a ledger and no longer hears of it answers nothing.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::fork::ForkMark;

/// When the feed was last heard of.
#[derive(Debug)]
pub(crate) struct Pulse {
    began: Instant,
    /// Milliseconds since `began`.
    last: AtomicU64,
    max_silence: AtomicU64,
    /// It could not be read last.
    failed: AtomicBool,
    lost: AtomicBool,
    fork: ForkMark,
}

impl Pulse {
    /// A feed that was just heard of, and may be silent for so long.
    #[cfg(feature = "ledger")]
    pub(crate) fn new(max_silence: Duration) -> Self {
        Self {
            began: Instant::now(),
            last: AtomicU64::new(0),
            max_silence: AtomicU64::new(millis(max_silence)),
            failed: AtomicBool::new(false),
            lost: AtomicBool::new(false),
            fork: ForkMark::new(),
        }
    }

    /// Everything committed before `seen` was taken in.
    #[cfg(feature = "ledger")]
    pub(crate) fn beat(&self, seen: Instant) {
        self.last.fetch_max(millis(seen.saturating_duration_since(self.began)), Ordering::Release);
        self.failed.store(false, Ordering::Release);
    }

    /// It may be silent for so long from now on.
    #[cfg(feature = "ledger")]
    pub(crate) fn allow(&self, max_silence: Duration) {
        self.max_silence.store(millis(max_silence), Ordering::Release);
    }

    /// It could not be read: what happened since is not known.
    #[cfg(feature = "ledger")]
    pub(crate) fn fail(&self) {
        self.failed.store(true, Ordering::Release);
    }

    /// It will not be heard of again.
    #[cfg(feature = "ledger")]
    pub(crate) fn lose(&self) {
        self.lost.store(true, Ordering::Release);
    }

    /// Does it belong to a process that this one was forked from?
    #[cfg(feature = "ledger")]
    pub(crate) fn is_inherited(&self) -> bool {
        self.fork.is_child()
    }

    /// Was it heard of lately, in this very process?
    pub(crate) fn is_alive(&self) -> bool {
        let silent = millis(self.began.elapsed()).saturating_sub(self.last.load(Ordering::Acquire));
        let is_read = !self.failed.load(Ordering::Acquire) && !self.lost.load(Ordering::Acquire);
        is_read && silent <= self.max_silence.load(Ordering::Acquire) && !self.fork.is_child()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
