//! Time zones as the gate reads them: transitions compiled into the snapshot.

mod age;
mod codec;
#[cfg(test)]
mod tests;

pub use age::ZoneRemark;

use crate::timestamp::{DAY, SECOND};
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

impl Zones {
    /// The zone of this IANA name (aliases included).
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<ZoneIndex> {
        self.by_id(NameId::of(name))
    }

    /// The zone of the name with this id.
    #[must_use]
    pub fn by_id(&self, name: NameId) -> Option<ZoneIndex> {
        let index = self.names.binary_search_by_key(&name, |(id, _)| *id).ok()?;
        self.names.get(index).map(|(_, zone)| *zone)
    }

    /// What the clock on the wall shows; none outside the time that the transitions cover.
    #[must_use]
    pub fn local(&self, zone: ZoneIndex, at: Timestamp) -> Option<Local> {
        let (_, transition) = self.in_force(zone, at)?;
        Some(Local::at_offset(at, transition.offset_minutes))
    }

    /// The first transition later than this instant; none when the zone has no more, or outside the time
    /// that the transitions cover.
    #[must_use]
    pub fn next_transition(&self, zone: ZoneIndex, at: Timestamp) -> Option<Timestamp> {
        let (index, _) = self.in_force(zone, at)?;
        self.transitions(zone)?.get(index.checked_add(1)?).map(|transition| transition.at)
    }

    /// The first instant at which the clock on the wall shows this day and minute or later: where the clock
    /// jumps over it the end of the gap, where it comes twice the first time.
    ///
    /// None outside the time that the transitions cover. `minute` counts from midnight and may be 1440.
    #[must_use]
    pub fn first_instant_at(&self, zone: ZoneIndex, day: i32, minute: u32) -> Option<Timestamp> {
        let wall = i64::from(day)
            .saturating_mul(DAY)
            .saturating_add(i64::from(minute).saturating_mul(60).saturating_mul(SECOND));
        let transitions = self.transitions(zone)?;
        // No offset is as wide as 26 hours: in every earlier stretch the clock shows less.
        let early = Timestamp::from_micros(wall.saturating_sub(26 * 3_600 * SECOND));
        let first = transitions.partition_point(|transition| transition.at <= early).saturating_sub(1);
        let mut stretches = transitions.get(first..)?.iter().peekable();
        while let Some(stretch) = stretches.next() {
            let shown = Timestamp::from_micros(wall.saturating_sub(offset_micros(stretch.offset_minutes)));
            let end = stretches.peek().map_or(self.to, |next| next.at);
            if shown < end {
                let at = shown.max(stretch.at);
                return (at > self.from || shown == self.from).then_some(at);
            }
        }
        None
    }

    /// The offset in force, in minutes east of UTC, and the instant from which on it is another or unknown.
    pub(crate) fn stretch(&self, zone: ZoneIndex, at: Timestamp) -> Option<(i16, Timestamp)> {
        let (index, transition) = self.in_force(zone, at)?;
        let end = self.transitions(zone)?.get(index.saturating_add(1)).map_or(self.to, |next| next.at);
        Some((transition.offset_minutes, end))
    }

    /// The transition that holds at this instant, with its index.
    fn in_force(&self, zone: ZoneIndex, at: Timestamp) -> Option<(usize, Transition)> {
        if at < self.from || at >= self.to {
            return None;
        }
        let transitions = self.transitions(zone)?;
        let index = transitions.partition_point(|transition| transition.at <= at).checked_sub(1)?;
        Some((index, *transitions.get(index)?))
    }

    fn transitions(&self, zone: ZoneIndex) -> Option<&[Transition]> {
        self.zones.get(usize::from(zone.0)).map(Vec::as_slice)
    }
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
    /// What a clock shows that is so many minutes ahead of UTC.
    #[must_use]
    pub const fn at_offset(at: Timestamp, offset_minutes: i16) -> Self {
        let wall = at.micros().saturating_add(offset_micros(offset_minutes));
        let day = wall.div_euclid(DAY);
        Self { day: day as i32, time_of_day: wall.saturating_sub(day.saturating_mul(DAY)) }
    }

    /// The weekday, Monday is 0.
    #[must_use]
    pub const fn weekday(self) -> usize {
        (self.day as i64).saturating_add(3).rem_euclid(7) as usize
    }
}

const fn offset_micros(minutes: i16) -> i64 {
    (minutes as i64).saturating_mul(60 * SECOND)
}
