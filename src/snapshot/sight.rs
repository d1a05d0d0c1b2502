//! The first look at a number: what its two lines of the cache say, taken apart no further than a decision needs
//! that was made before for somebody like it.

use super::people::Value;
use super::table::BEYOND;
use super::{Probe, Snapshot};
use crate::Timestamp;
use crate::memory::prefetch;
use crate::timestamp::DAY;

/// What the lines of a number say, as far as they tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    /// Zero: on no list; else its combination plus one.
    listed: u64,
    /// Zero: no history; else the lane's value plus one.
    person: u64,
}

/// What is on record about a person, without the exact time of day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Person {
    /// Nothing.
    Nothing,
    /// One simple event.
    Simple {
        /// Index of its profile.
        profile: usize,
        /// The event's instant lies between these two, both included. Without a meaning for an undated profile.
        between: [Timestamp; 2],
    },
    /// A longer history.
    Longer,
}

impl Sight {
    /// Nothing to be seen.
    pub(crate) const NOTHING: Self = Self { listed: 0, person: 0 };

    /// Its combination of lists plus one; zero: on no list.
    pub(crate) const fn listed(self) -> u64 {
        self.listed
    }
}

impl Snapshot {
    /// What the lines of a number say. Where they do not tell, or tell of a longer history, memory is asked for.
    #[inline]
    pub(crate) fn sight(&self, probe: &Probe) -> Sight {
        if probe.absent {
            return Sight::NOTHING;
        }
        let sight = Sight { listed: self.listed.near(&probe.key), person: self.people.near(&probe.key) };
        if sight.listed == BEYOND {
            self.listed.prefetch_far(&probe.key);
        }
        if sight.person == BEYOND {
            self.people.prefetch_far(&probe.key);
        } else if let Value::Detail { offset } = self.layout.split(sight.person.wrapping_sub(1))
            && sight.person != 0
        {
            prefetch(&self.details, offset as usize);
        }
        sight
    }

    /// The same, with what lies behind the lines where they did not tell.
    #[inline]
    pub(crate) fn sharpened(&self, probe: &Probe, sight: Sight) -> Sight {
        let mut sight = sight;
        if sight.listed == BEYOND {
            sight.listed = self.listed.far(&probe.key);
        }
        if sight.person == BEYOND {
            sight.person = self.people.far(&probe.key);
        }
        sight
    }

    /// What a sight that was sharpened says of the person.
    #[inline]
    pub(crate) fn person(&self, sight: Sight) -> Person {
        let Some(value) = sight.person.checked_sub(1) else { return Person::Nothing };
        match self.layout.split(value) {
            Value::Simple { profile, day, near } => {
                let day = i64::from(self.layout.first_day).wrapping_add(day as i64).wrapping_mul(DAY);
                let far = (1_u64 << self.layout.far_bits).wrapping_sub(1);
                let first = near << self.layout.far_bits;
                let instant = |units: u64| {
                    Timestamp::from_micros(day.wrapping_add((units as i64).wrapping_mul(self.layout.unit)))
                };
                Person::Simple { profile: profile as usize, between: [instant(first), instant(first | far)] }
            }
            Value::Detail { .. } => Person::Longer,
        }
    }

    /// The profiles of simple events, in the order of their indices: template, whether it is dated, and microseconds
    /// from the instant to the end if it has one.
    pub(crate) fn profiles(&self) -> impl Iterator<Item = (u32, bool, Option<i64>)> {
        self.profiles.iter().map(|profile| (profile.template, profile.dated, profile.lasts))
    }
}
