//! Histories that do not fit a lane, one after another in as few bytes as is simple.
//!
//! A record: a varint (twice the number of events, plus one when every instant is a whole second), then each
//! event: a varint (four times the template, plus two with an instant, plus one with an end), the instant as a
//! signed difference to the one before, the end as a signed difference to the instant.

use crate::wire::{Malformed, Reader};
use crate::{Event, Timestamp};

/// The events of a record, read one by one.
#[derive(Clone, Debug)]
pub(crate) struct Events<'a> {
    reader: Reader<'a>,
    left: usize,
    unit: i64,
    previous: i64,
}

impl<'a> Events<'a> {
    /// The record at the start of these bytes.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, Malformed> {
        Self::read(Reader::new(bytes))
    }

    /// The record that comes next.
    pub(crate) fn read(mut reader: Reader<'a>) -> Result<Self, Malformed> {
        let head: u64 = reader.varint()?;
        let wrong = reader.malformed("at least one event, and no more than the bytes left can hold");
        let left = usize::try_from(head >> 1).map_err(|_| wrong)?;
        if left == 0 || left > reader.remaining() {
            return Err(wrong);
        }
        let unit = if head & 1 == 1 { crate::timestamp::SECOND } else { 1 };
        Ok(Self { reader, left, unit, previous: 0 })
    }

    /// The next event; none at the end of the record.
    pub(crate) fn step(&mut self) -> Result<Option<Event>, Malformed> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let head = self.reader.varint()?;
        let wrong = self.reader.malformed("a template and instants that can be counted");
        let template = u32::try_from(head >> 2).map_err(|_| wrong)?;
        let mut at = None;
        if head & 2 != 0 {
            self.previous = self.later(self.previous).ok_or(wrong)?;
            at = Some(Timestamp::from_micros(self.previous));
        }
        let from = if at.is_some() { self.previous } else { 0 };
        let mut until = None;
        if head & 1 != 0 {
            until = Some(Timestamp::from_micros(self.later(from).ok_or(wrong)?));
        }
        Ok(Some(Event { at, template, until }))
    }

    /// The reader after the last event that was read.
    pub(crate) fn into_reader(self) -> Reader<'a> {
        self.reader
    }

    fn later(&mut self, from: i64) -> Option<i64> {
        Some(from.wrapping_add(self.reader.signed_varint().ok()?.wrapping_mul(self.unit)))
    }
}

impl Iterator for Events<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        // INVARIANT: opening took every step of every record, so none fails here and cuts the rest off.
        self.step().ok().flatten()
    }
}

/// Writes one record.
#[cfg(feature = "compile")]
pub(crate) fn encode(writer: &mut crate::wire::Writer, events: &[Event]) {
    use crate::timestamp::SECOND;
    let micros = |instant: Timestamp| instant.micros();
    let instants = || events.iter().flat_map(|event| [event.at, event.until]).flatten().map(micros);
    // Differences wrap, which is exact in microseconds; in seconds they must not.
    let whole = instants().all(|micros| micros.rem_euclid(SECOND) == 0 && micros.unsigned_abs() < 1 << 61);
    let unit = if whole { SECOND } else { 1 };
    writer.varint((events.len() as u64) << 1 | u64::from(whole));
    let mut previous = 0i64;
    for event in events {
        let flags = u64::from(event.at.is_some()) << 1 | u64::from(event.until.is_some());
        writer.varint(u64::from(event.template) << 2 | flags);
        let mut from = 0;
        if let Some(at) = event.at.map(micros) {
            writer.signed_varint(at.wrapping_sub(previous).checked_div(unit).unwrap_or_default());
            previous = at;
            from = at;
        }
        if let Some(until) = event.until.map(micros) {
            writer.signed_varint(until.wrapping_sub(from).checked_div(unit).unwrap_or_default());
        }
    }
}
