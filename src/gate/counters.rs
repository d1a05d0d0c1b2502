//! How many decisions were given, by verdict and by reason.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::Decision;
use crate::vocabulary::{Reason, Verdict};

/// How many decisions a gate gave since it was opened: plain figures for whatever metrics a host keeps.
///
/// Every decision counts once under its verdict, and those that are no allow once under their first reason.
/// Explanations are not counted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    verdicts: [u64; VERDICTS],
    reasons: [u64; REASONS],
}

const VERDICTS: usize = 4;
const REASONS: usize = 32;
/// Threads share the counters of a lane; lanes lie apart, so that few threads write to one cache line.
const LANES: usize = 16;

impl Counters {
    /// Decisions with this verdict.
    #[must_use]
    pub fn verdict(&self, verdict: Verdict) -> u64 {
        self.verdicts.get(slot(verdict.code())).copied().unwrap_or(0)
    }

    /// Decisions whose first reason this is.
    #[must_use]
    pub fn reason(&self, reason: Reason) -> u64 {
        self.reasons.get(slot(reason.code())).copied().unwrap_or(0)
    }

    /// All decisions.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.verdicts.iter().fold(0, |sum, count| sum.wrapping_add(*count))
    }
}

fn slot(code: u8) -> usize {
    usize::from(code)
}

/// Counters that all threads of a gate write to: one for each verdict with each first reason, so that a decision
/// is counted by one addition.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    lanes: [Lane; LANES],
}

#[derive(Debug, Default)]
#[repr(align(128))]
struct Lane {
    counts: [[AtomicU64; REASONS]; VERDICTS],
}

/// The counts of a batch, on their way to the tally.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Batch {
    counts: [[u32; REASONS]; VERDICTS],
}

/// Verdict and first reason of a decision, as places in a count; no reason is zero.
#[inline]
fn places(decision: &Decision) -> (usize, usize) {
    (slot(decision.verdict().code()), slot(decision.reason_code()))
}

impl Batch {
    /// Counts a decision.
    #[inline]
    pub(crate) fn count(&mut self, decision: &Decision) {
        let (verdict, reason) = places(decision);
        if let Some(count) = self.counts.get_mut(verdict).and_then(|counts| counts.get_mut(reason)) {
            *count = count.wrapping_add(1);
        }
    }
}

impl Tally {
    /// Counts one decision.
    #[inline]
    pub(crate) fn count(&self, decision: &Decision) {
        let Some(lane) = self.lanes.get(own_lane()) else { return };
        let (verdict, reason) = places(decision);
        if let Some(count) = lane.counts.get(verdict).and_then(|counts| counts.get(reason)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Adds the counts of a batch of less than 2^32 decisions.
    pub(crate) fn add(&self, batch: &Batch) {
        let Some(lane) = self.lanes.get(own_lane()) else { return };
        for (count, more) in lane.counts.iter().flatten().zip(batch.counts.iter().flatten()) {
            if *more > 0 {
                count.fetch_add(u64::from(*more), Ordering::Relaxed);
            }
        }
    }

    /// The sums.
    pub(crate) fn read(&self) -> Counters {
        let mut sum = Counters::default();
        for (verdict, counts) in self.lanes.iter().flat_map(|lane| (0..VERDICTS).zip(&lane.counts)) {
            for (reason, count) in counts.iter().enumerate() {
                let count = count.load(Ordering::Relaxed);
                let more = |sums: &mut [u64], slot: usize| {
                    if let Some(sum) = sums.get_mut(slot) {
                        *sum = sum.wrapping_add(count);
                    }
                };
                more(&mut sum.verdicts, verdict);
                if reason > 0 {
                    more(&mut sum.reasons, reason);
                }
            }
        }
        sum
    }
}

/// The lane of this thread: threads take them in turn.
fn own_lane() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static LANE: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    LANE.with(|lane| {
        if lane.get() == usize::MAX {
            lane.set(NEXT.fetch_add(1, Ordering::Relaxed) % LANES);
        }
        lane.get()
    })
}
