//! One instant, as everything inside counts it.

use chrono::{DateTime, Utc};

/// An instant in microseconds since 1970-01-01T00:00:00Z.
///
/// Finer fractions are dropped downwards, for events and for questions alike, so that the order of two
/// instants is never turned around: two that fall together count as equal, and a denial wins then.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp(i64);

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;
/// Microseconds in a day of 24 hours.
pub(crate) const DAY: i64 = 86_400 * SECOND;

impl Timestamp {
    /// Earlier than anything.
    pub const MIN: Self = Self(i64::MIN);
    /// Later than anything.
    pub const MAX: Self = Self(i64::MAX);

    /// The instant so many microseconds after the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The instant so many seconds after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// The instant so many microseconds later (earlier when negative), clamped to the ends.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// The same day and time so many calendar months later in UTC, clamped to the month's end.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        self.to_chrono()
            .and_then(|instant| instant.checked_add_months(chrono::Months::new(months)))
            .map_or(Self::MAX, Self::from)
    }

    /// The same day and time so many calendar months earlier in UTC, clamped to the month's end; none where chrono
    /// cannot express it.
    #[must_use]
    pub(crate) fn minus_months(self, months: u32) -> Option<Self> {
        self.to_chrono()?.checked_sub_months(chrono::Months::new(months)).map(Self::from)
    }

    /// As chrono has it; none when chrono cannot express it.
    #[must_use]
    pub fn to_chrono(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.0)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant.timestamp_micros())
    }
}

/// An instant as files and JSON have it: RFC 3339 in UTC with `Z`, fractions only where there are any.
pub(crate) fn rfc3339(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}
