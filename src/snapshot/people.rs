//! What a lane of the people table says: one simple event whole, or where a longer history is written.
//!
//! A value, from the highest bit: profile, day, the high bits of the time of day, and a lowest bit of zero; or
//! the offset of a record in the details, and a lowest bit of one. The low bits of the time of day that found
//! no room lie in the *times*, one group of bits for each slot of the table.

use super::detail::Events;
use crate::memory::Bytes;
use crate::timestamp::{DAY, SECOND};
#[cfg(feature = "compile")]
use crate::wire::Writer;
use crate::wire::{Malformed, Reader};
use crate::{Event, Timestamp};

/// What simple events have in common: few profiles serve millions of numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Profile {
    /// Index of the template.
    pub(crate) template: u32,
    /// It has an instant; else day and time are zero.
    pub(crate) dated: bool,
    /// Microseconds from the instant to the end, if it has one.
    pub(crate) lasts: Option<i64>,
}

/// How days and times lie in a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Layout {
    /// The day that is counted as zero (days since 1970-01-01).
    pub(crate) first_day: i32,
    /// Bits of the day.
    pub(crate) day_bits: u32,
    /// Microseconds of a unit of the time of day; zero: every instant is a midnight.
    pub(crate) unit: i64,
    /// Bits of the time of day in the value, the high ones.
    pub(crate) near_bits: u32,
    /// Bits of the time of day in the times, the low ones.
    pub(crate) far_bits: u32,
}

/// A value taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    /// One simple event.
    Simple { profile: u64, day: u64, near: u64 },
    /// A record of the details.
    Detail { offset: u64 },
}

impl Layout {
    /// The widest day.
    pub(crate) const DAY_BITS: u32 = 14;

    /// Bits of the time of day in this unit.
    pub(crate) const fn time_bits(unit: i64) -> u32 {
        match unit {
            0 => 0,
            SECOND => 17,
            _ => 37,
        }
    }

    /// The value as one number.
    #[cfg(feature = "compile")]
    pub(crate) const fn join(self, value: Value) -> u64 {
        match value {
            Value::Simple { profile, day, near } => (((profile << self.day_bits) | day) << self.near_bits | near) << 1,
            Value::Detail { offset } => offset << 1 | 1,
        }
    }

    /// The value of a number.
    #[inline]
    pub(crate) const fn split(self, value: u64) -> Value {
        let rest = value >> 1;
        if value & 1 == 1 {
            return Value::Detail { offset: rest };
        }
        let near = rest & (1u64 << self.near_bits).wrapping_sub(1);
        let rest = rest >> self.near_bits;
        let day = rest & (1u64 << self.day_bits).wrapping_sub(1);
        Value::Simple { profile: rest >> self.day_bits, day, near }
    }

    /// The event of a simple value; `far` are the bits from the times.
    #[inline]
    pub(crate) const fn event(self, profile: &Profile, day: u64, near: u64, far: u64) -> Event {
        if !profile.dated {
            return Event { at: None, template: profile.template, until: None };
        }
        let time = ((near << self.far_bits | far) as i64).wrapping_mul(self.unit);
        let day = (self.first_day as i64).wrapping_add(day as i64);
        let at = Timestamp::from_micros(day.wrapping_mul(DAY).wrapping_add(time));
        let until = match profile.lasts {
            Some(lasts) => Some(Timestamp::from_micros(at.micros().wrapping_add(lasts))),
            None => None,
        };
        Event { at: Some(at), template: profile.template, until }
    }

    #[cfg(feature = "compile")]
    pub(crate) fn encode(self, writer: &mut Writer) {
        writer.i64(i64::from(self.first_day));
        writer.u32(self.day_bits);
        writer.u32(self.near_bits);
        writer.u32(self.far_bits);
        writer.i64(self.unit);
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let wrong = reader.malformed("days and times that fit");
        let first_day = i32::try_from(reader.i64()?).map_err(|_| wrong)?;
        let (day_bits, near_bits, far_bits) = (reader.u32()?, reader.u32()?, reader.u32()?);
        let layout = Self { first_day, day_bits, near_bits, far_bits, unit: reader.i64()? };
        let fits = day_bits <= Self::DAY_BITS
            && matches!(layout.unit, 0 | 1 | SECOND)
            && near_bits.checked_add(far_bits) == Some(Self::time_bits(layout.unit))
            && first_day.unsigned_abs() < 1 << 26;
        if fits { Ok(layout) } else { Err(wrong) }
    }
}

/// The group of bits of a slot in the times.
pub(crate) fn far_bits(times: &Bytes, slot: u64, bits: u32) -> u64 {
    let bit = slot.wrapping_mul(u64::from(bits));
    let window = usize::try_from(bit / 8).ok().and_then(|byte| times.get(byte..)?.first_chunk::<8>());
    // INVARIANT: opening checked that the times are as long as all slots take, and eight bytes more.
    let window = window.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    window >> (bit % 8) & (1u64 << bits).wrapping_sub(1)
}

/// Bytes of the times for so many slots: eight more than the groups take, so that each is read at once.
pub(crate) fn times_len(slots: u64, bits: u32) -> Option<usize> {
    if bits == 0 || slots == 0 {
        return Some(0);
    }
    let groups = slots.checked_mul(u64::from(bits))?.div_ceil(8);
    usize::try_from(groups.checked_add(8)?).ok()
}

/// What is known about a number, in order of time: undated events first.
#[derive(Clone, Debug)]
pub struct History<'a>(pub(super) Source<'a>);

#[derive(Clone, Debug)]
pub(super) enum Source<'a> {
    One(Option<Event>),
    Record(Events<'a>),
}

impl Iterator for History<'_> {
    type Item = Event;

    #[inline]
    fn next(&mut self) -> Option<Event> {
        match &mut self.0 {
            Source::One(event) => event.take(),
            Source::Record(events) => events.next(),
        }
    }
}

#[cfg(feature = "compile")]
impl Profile {
    pub(crate) fn encode(self, writer: &mut Writer) {
        writer.u32(self.template);
        writer.u8(u8::from(self.dated) | u8::from(self.lasts.is_some()) << 1);
        writer.i64(self.lasts.unwrap_or_default());
    }
}

impl Profile {
    /// Bytes of a profile.
    pub(crate) const BYTES: usize = 13;

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let wrong = reader.malformed("a profile");
        let (template, flags, lasts) = (reader.u32()?, reader.u8()?, reader.i64()?);
        let (dated, lasts) = match flags {
            0 | 1 if lasts == 0 => (flags == 1, None),
            3 => (true, Some(lasts)),
            _ => return Err(wrong),
        };
        Ok(Self { template, dated, lasts })
    }
}
