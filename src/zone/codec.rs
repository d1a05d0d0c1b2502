//! Zones as bytes.
//!
//! Most zones change on the same few rhythms: steps between transitions and offsets are each written once,
//! in a table, and a transition is two indices.

use std::collections::BTreeMap;

use super::{Transition, ZoneIndex, Zones};
use crate::wire::{Malformed, Reader, Writer};
use crate::{NameId, Timestamp};

impl Zones {
    /// The zones as bytes, the same for the same zones.
    ///
    /// They must be as [`Zones::decode`] asks: sorted, the first transition of each zone at `from`.
    #[must_use]
    pub(crate) fn encode(&self) -> Vec<u8> {
        let steps = numbered(self.zones.iter().flat_map(|zone| steps_of(zone)));
        let offsets = numbered(self.zones.iter().flatten().map(|transition| i64::from(transition.offset_minutes)));
        let mut out = Writer::new();
        out.str(&self.version);
        out.i64(self.from.micros());
        out.i64(self.to.micros());
        for table in [&steps, &offsets] {
            out.count(table.len());
            let mut last = 0i64;
            for value in table.keys() {
                out.signed_varint(value.wrapping_sub(last));
                last = *value;
            }
        }
        out.count(self.zones.len());
        for zone in &self.zones {
            out.count(zone.len());
            let later = std::iter::once(None).chain(steps_of(zone).map(Some));
            for (step, transition) in later.zip(zone) {
                if let Some(step) = step {
                    out.varint(steps.get(&step).copied().unwrap_or_default());
                }
                out.varint(offsets.get(&i64::from(transition.offset_minutes)).copied().unwrap_or_default());
            }
        }
        out.count(self.names.len());
        for (name, zone) in &self.names {
            out.u64(name.as_u64());
            out.varint(zone.0.into());
        }
        out.into_bytes()
    }

    /// The zones that these bytes say.
    ///
    /// # Errors
    ///
    /// Anything that [`Zones::encode`] would not have written.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut read = Reader::new(bytes);
        let version = read.str()?.to_owned();
        let from = Timestamp::from_micros(read.i64()?);
        let to = Timestamp::from_micros(read.i64()?);
        if from > to {
            return Err(read.malformed("a first instant before the last"));
        }
        let steps = table(&mut read)?;
        let offsets = table(&mut read)?;
        let count = read.count(2)?;
        let mut zones = Vec::with_capacity(count);
        for _ in 0..count {
            zones.push(zone(&mut read, &steps, &offsets, from, to)?);
        }
        let count = read.count(9)?;
        let mut names: Vec<(NameId, ZoneIndex)> = Vec::with_capacity(count);
        for _ in 0..count {
            let name = NameId::from_u64(read.u64()?);
            if names.last().is_some_and(|(last, _)| *last >= name) {
                return Err(read.malformed("names in ascending order"));
            }
            let zone: u16 = read.small()?;
            if usize::from(zone) >= zones.len() {
                return Err(read.malformed("the index of a zone"));
            }
            names.push((name, ZoneIndex(zone)));
        }
        read.finish()?;
        let found = Self { version, from, to, names, zones };
        // One spelling for one content: what is not written like this was not written by us.
        if found.encode() == bytes { Ok(found) } else { Err(Malformed { offset: 0, expected: "the shortest form" }) }
    }
}

fn zone(
    read: &mut Reader<'_>,
    steps: &[i64],
    offsets: &[i64],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Transition>, Malformed> {
    let count = read.count(1)?;
    if count == 0 {
        return Err(read.malformed("at least one transition"));
    }
    let mut zone: Vec<Transition> = Vec::with_capacity(count);
    for _ in 0..count {
        let at = match zone.last() {
            None => from,
            Some(last) => {
                let step = item(read, steps, "the index of a step")?;
                let at = last.at.micros().checked_add(step).filter(|at| *at < to.micros());
                Timestamp::from_micros(at.filter(|_| step > 0).ok_or(read.malformed("a later transition"))?)
            }
        };
        let offset = item(read, offsets, "the index of an offset")?;
        // Nowhere on earth is a clock further off; the gate relies on it.
        let offset = i16::try_from(offset).ok().filter(|offset| (-1_080..=1_080).contains(offset));
        let offset_minutes = offset.ok_or(read.malformed("an offset of at most 18 hours"))?;
        zone.push(Transition { at, offset_minutes });
    }
    Ok(zone)
}

fn item(read: &mut Reader<'_>, table: &[i64], expected: &'static str) -> Result<i64, Malformed> {
    let wrong = read.malformed(expected);
    table.get(read.small::<usize>()?).copied().ok_or(wrong)
}

fn table(read: &mut Reader<'_>) -> Result<Vec<i64>, Malformed> {
    let count = read.count(1)?;
    let mut table = Vec::with_capacity(count);
    let mut last = 0i64;
    for _ in 0..count {
        last = last.wrapping_add(read.signed_varint()?);
        table.push(last);
    }
    Ok(table)
}

/// Each value once, ascending, with its place.
fn numbered(values: impl Iterator<Item = i64>) -> BTreeMap<i64, u64> {
    let mut table: BTreeMap<i64, u64> = values.map(|value| (value, 0)).collect();
    for (place, index) in table.values_mut().zip(0..) {
        *place = index;
    }
    table
}

/// Microseconds from each transition to the next.
fn steps_of(zone: &[Transition]) -> impl Iterator<Item = i64> {
    zone.iter().zip(zone.iter().skip(1)).map(|(first, second)| second.at.micros().wrapping_sub(first.at.micros()))
}
