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

    /// Counts a decision.
    pub(crate) fn add(&mut self, decision: &Decision) {
        let count = |counts: &mut [u64], slot: usize| {
            if let Some(count) = counts.get_mut(slot) {
                *count = count.wrapping_add(1);
            }
        };
        count(&mut self.verdicts, slot(decision.verdict().code()));
        if let Some(reason) = decision.reason() {
            count(&mut self.reasons, slot(reason.code()));
        }
    }
}

fn slot(code: u8) -> usize {
    usize::from(code)
}

/// Counters that all threads of a gate write to.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    lanes: [Lane; LANES],
}

#[derive(Debug, Default)]
#[repr(align(128))]
struct Lane {
    verdicts: [AtomicU64; VERDICTS],
    reasons: [AtomicU64; REASONS],
}

impl Tally {
    /// Counts one decision.
    pub(crate) fn count(&self, decision: &Decision) {
        let Some(lane) = self.lanes.get(own_lane()) else { return };
        add(&lane.verdicts, slot(decision.verdict().code()), 1);
        if let Some(reason) = decision.reason() {
            add(&lane.reasons, slot(reason.code()), 1);
        }
    }

    /// Counts a batch.
    pub(crate) fn count_all(&self, decisions: &[Decision]) {
        let mut sum = Counters::default();
        decisions.iter().for_each(|decision| sum.add(decision));
        let Some(lane) = self.lanes.get(own_lane()) else { return };
        for (slot, count) in sum.verdicts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            add(&lane.verdicts, slot, count);
        }
        for (slot, count) in sum.reasons.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            add(&lane.reasons, slot, count);
        }
    }

    /// The sums.
    pub(crate) fn read(&self) -> Counters {
        let mut sum = Counters::default();
        for lane in &self.lanes {
            let verdicts = sum.verdicts.iter_mut().zip(&lane.verdicts);
            let reasons = sum.reasons.iter_mut().zip(&lane.reasons);
            for (sum, count) in verdicts.chain(reasons) {
                *sum = sum.wrapping_add(count.load(Ordering::Relaxed));
            }
        }
        sum
    }
}

fn add(counts: &[AtomicU64], slot: usize, more: u64) {
    if let Some(count) = counts.get(slot) {
        count.fetch_add(more, Ordering::Relaxed);
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
