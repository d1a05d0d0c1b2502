//! Time zones as the gate reads them: transitions compiled into the snapshot.

use crate::{NameId, Timestamp};

/// Index of a zone in [`Zones`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ZoneIndex(pub u16);

/// The zones of a snapshot.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Zones {
    /// Version of the tz database (`2026f`).
    pub version: String,
    /// The first instant that the transitions cover.
    pub from: Timestamp,
    /// The first instant that they no longer cover.
    pub to: Timestamp,
    /// Ids of the names (aliases included), ascending, each with its zone. Zones that behave alike share one.
    pub names: Vec<(NameId, ZoneIndex)>,
    /// For each zone its transitions, ascending; the first is at `from`.
    pub zones: Vec<Vec<Transition>>,
}

/// From an instant on a zone has this offset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Transition {
    /// The instant.
    pub at: Timestamp,
    /// Minutes east of UTC.
    pub offset_minutes: i16,
}

/// A local day and time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Local {
    /// Days since 1970-01-01.
    pub day: i32,
    /// Microseconds since local midnight, by the clock on the wall.
    pub time_of_day: i64,
}

impl Local {
    /// The weekday, Monday is 0.
    #[must_use]
    pub const fn weekday(self) -> usize {
        (self.day as i64 + 3).rem_euclid(7) as usize
    }
}
