//! The local days that an instant may fall on.

use crate::timestamp::{DAY, SECOND, Timestamp};

/// A few local days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days {
    days: [i32; 4],
    len: usize,
}

impl Days {
    /// Where no row is dated any day will do.
    pub(super) const fn new() -> Self {
        Self { days: [0; 4], len: 1 }
    }

    pub(super) const fn clear(&mut self) {
        self.len = 0;
    }

    pub(super) fn as_slice(&self) -> &[i32] {
        self.days.get(..self.len).unwrap_or(&[])
    }

    pub(super) fn insert(&mut self, day: i32) {
        if self.as_slice().contains(&day) {
            return;
        }
        if let Some(free) = self.days.get_mut(self.len) {
            *free = day;
            self.len = self.len.saturating_add(1);
        }
    }

    /// The first and the last day that it is anywhere on earth.
    pub(super) fn insert_extremes(&mut self, at: Timestamp) {
        for offset in EXTREME_OFFSETS {
            let day = at.plus(offset).micros().div_euclid(DAY);
            self.insert(i32::try_from(day).unwrap_or(i32::MAX));
        }
    }
}

/// The westernmost and the easternmost offset from UTC.
pub(super) const EXTREME_OFFSETS: [i64; 2] = [-12 * 3_600 * SECOND, 14 * 3_600 * SECOND];
