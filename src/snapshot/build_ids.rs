//! Record ids on their way into the snapshot.

use super::build::{BuildError, Records};
use crate::wire::{Reader, Writer};

/// Record ids, brought into the order of the histories.
pub(super) struct Ids<'a> {
    given: &'a [(u64, u64)],
    bytes: Vec<u8>,
    out: Writer,
    keys: Vec<(u64, u64)>,
}

impl<'a> Ids<'a> {
    /// Of these numbers with the places of their ids in the bytes.
    pub(super) const fn new(given: &'a [(u64, u64)], bytes: Vec<u8>) -> Self {
        Self { given, bytes, out: Writer::new(), keys: Vec::new() }
    }

    /// The number's ids in this order of the events that were given.
    pub(super) fn put(&mut self, number: u64, order: &[usize]) -> Result<(), BuildError> {
        let Some(((next, offset), rest)) = self.given.split_first() else { return Ok(()) };
        if *next != number {
            return Ok(());
        }
        self.given = rest;
        let mut reader = Reader::new(self.bytes.get(*offset as usize..).unwrap_or_default());
        let mut ids = Vec::new();
        super::attempts::read_ids(&mut reader, |_, id| ids.push(id)).map_err(|_| BuildError::TooMany("record ids"))?;
        self.keys.push((number, self.out.len() as u64));
        self.out.count(order.len());
        for place in order {
            self.out.str(ids.get(*place).copied().unwrap_or_default());
        }
        Ok(())
    }

    /// Numbers with the offsets of their records, and the records.
    pub(super) fn finish(self) -> Result<Records, BuildError> {
        if self.given.is_empty() {
            Ok((self.keys, self.out.into_bytes()))
        } else {
            Err(BuildError::Twice("record ids"))
        }
    }
}
