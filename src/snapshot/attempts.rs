//! Attempts and record ids: kept beside the lanes, found by number, written one record after another.

use crate::Timestamp;
use crate::event::Attempt;
use crate::vocabulary::{Outcome, PurposeClass};
use crate::wire::{Malformed, Reader};

/// The attempts at a number, in order of time.
#[derive(Clone, Debug)]
pub struct Attempts<'a> {
    reader: Reader<'a>,
    left: usize,
    previous: i64,
}

impl<'a> Attempts<'a> {
    /// The record at the start of what is left.
    pub(crate) fn read(mut reader: Reader<'a>) -> Result<Self, Malformed> {
        let left = reader.count(4)?;
        if left == 0 {
            return Err(reader.malformed("at least one attempt"));
        }
        Ok(Self { reader, left, previous: 0 })
    }

    /// No attempts.
    pub(crate) const fn none() -> Self {
        Self { reader: Reader::new(&[]), left: 0, previous: 0 }
    }

    /// The next attempt; none at the end of the record. Controllers are not compared with the dictionary here.
    pub(crate) fn step(&mut self) -> Result<Option<Attempt>, Malformed> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        self.previous = self.previous.wrapping_add(self.reader.signed_varint()?);
        let wrong = self.reader.malformed("an attempt");
        let controller = match self.reader.varint()? {
            0 => None,
            index => Some(u16::try_from(index.wrapping_sub(1)).map_err(|_| wrong)?),
        };
        let class = match self.reader.u8()? {
            0 => None,
            code => Some(PurposeClass::from_code(code).ok_or(wrong)?),
        };
        let flags = self.reader.u8()?;
        let outcome = Outcome::from_code(flags >> 1).ok_or(wrong)?;
        let at = Timestamp::from_micros(self.previous);
        Ok(Some(Attempt { at, controller, class, is_message: flags & 1 == 1, outcome }))
    }

    /// The reader after the last attempt that was read.
    pub(crate) fn into_reader(self) -> Reader<'a> {
        self.reader
    }
}

impl Iterator for Attempts<'_> {
    type Item = Attempt;

    fn next(&mut self) -> Option<Attempt> {
        // INVARIANT: opening took every step of every record, so none fails here and cuts the rest off.
        self.step().ok().flatten()
    }
}

/// Writes the attempts at a number.
#[cfg(feature = "compile")]
pub(crate) fn encode(writer: &mut crate::wire::Writer, attempts: &[Attempt]) {
    writer.count(attempts.len());
    let mut previous = 0i64;
    for attempt in attempts {
        writer.signed_varint(attempt.at.micros().wrapping_sub(previous));
        previous = attempt.at.micros();
        writer.varint(attempt.controller.map_or(0, |index| u64::from(index).saturating_add(1)));
        writer.u8(attempt.class.map_or(0, PurposeClass::code));
        writer.u8(attempt.outcome.code() << 1 | u8::from(attempt.is_message));
    }
}

/// The record ids of a number, one for each event of its history: empty stands for none.
pub(crate) fn read_ids<'a>(reader: &mut Reader<'a>, mut each: impl FnMut(usize, &'a str)) -> Result<(), Malformed> {
    let count = reader.count(1)?;
    if count == 0 {
        return Err(reader.malformed("at least one record id"));
    }
    for index in 0..count {
        each(index, reader.str()?);
    }
    Ok(())
}
