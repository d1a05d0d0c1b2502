//! Entries whose numbers are known by their keyed hash alone: lists exchanged in hashed form, tombstones.
//!
//! Entries of 20 bytes ascend by hash. Hashes are uniform, so a directory by their first bits leads to about two
//! entries: a miss reads one line of the directory and one or two of the entries.

use super::words::Wire;
use crate::Event;
use crate::key::{KeyId, KeyRing, NumberHash, NumberHasher};
use crate::memory::{Bytes, Memory};
use crate::wire::{Malformed, Reader};

/// Bytes of an entry: hash, number of the event.
pub(crate) const ENTRY_BYTES: usize = 20;

type Entry = [u8; ENTRY_BYTES];

/// Entries by hash.
#[derive(Clone, Debug)]
pub(crate) struct Hashed {
    /// For each value of the first bits the first entry that has it or a greater one, and at the end how many
    /// entries there are; four bytes each.
    directory: Bytes,
    directory_bits: u32,
    entries: Bytes,
    events: Vec<Event>,
    keys: Vec<HashKey>,
    hashers: Vec<NumberHasher>,
}

/// A key that entries were hashed with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct HashKey {
    pub(crate) id: KeyId,
    pub(crate) check: [u8; 16],
}

/// What is wrong with which part.
pub(super) enum Wrong {
    Entries(&'static str),
    Events(&'static str),
    Keys(&'static str),
    Memory(std::io::Error),
}

impl Hashed {
    /// Checks everything: entries in order with events that are there, events in order with templates that are
    /// there, keys in order, and keys if and only if there are entries.
    pub(super) fn new(entries: Bytes, events: Vec<Event>, keys: Vec<HashKey>, templates: usize) -> Result<Self, Wrong> {
        let (rows, rest) = entries.as_chunks::<ENTRY_BYTES>();
        let count = u32::try_from(rows.len()).ok().filter(|_| rest.is_empty());
        let count = count.ok_or(Wrong::Entries("entries of 20 bytes"))?;
        let in_order = rows.is_sorted_by(|a, b| split(a) < split(b));
        if !in_order || rows.iter().any(|row| split(row).1 as usize >= events.len()) {
            return Err(Wrong::Entries("hashes, ascending, with events that are there"));
        }
        let templates_defined = events.iter().all(|event| (event.template as usize) < templates);
        if !events.is_sorted_by(|a, b| a < b) || !templates_defined {
            return Err(Wrong::Events("events, ascending, with templates that are defined"));
        }
        if !keys.is_sorted_by(|a, b| a.id < b.id) || keys.is_empty() != rows.is_empty() {
            return Err(Wrong::Keys("the keys of the hashed entries, ascending by id"));
        }
        let directory_bits = count.checked_ilog2().unwrap_or_default().saturating_sub(1);
        let directory = directory(rows, directory_bits).map_err(Wrong::Memory)?;
        Ok(Self { directory, directory_bits, entries, events, keys, hashers: Vec::new() })
    }

    /// Takes the hashers of the keys that the entries need from this ring; the key that it does not hold.
    pub(super) fn unlock(&mut self, ring: Option<&KeyRing>) -> Result<(), KeyId> {
        for needed in &self.keys {
            let key = ring.and_then(|ring| ring.find(needed.id)).filter(|key| key.check() == needed.check);
            self.hashers.push(key.ok_or(needed.id)?.number_hasher());
        }
        Ok(())
    }

    pub(super) fn keys(&self) -> &[HashKey] {
        &self.keys
    }

    pub(super) fn hashers(&self) -> &[NumberHasher] {
        &self.hashers
    }

    /// The events of a hash, in order.
    pub(super) fn find(&self, hash: NumberHash) -> HashedEvents<'_> {
        let (entries, _) = self.entries.as_chunks::<ENTRY_BYTES>();
        let bucket = bucket(hash.as_bytes(), self.directory_bits);
        let place =
            |at: usize| self.directory.as_chunks::<4>().0.get(at).map(|place| u32::from_le_bytes(*place) as usize);
        // INVARIANT: unless there are no entries at all, the directory has a place for each bucket and one more, none
        // beyond the entries.
        let range = place(bucket).zip(place(bucket.saturating_add(1))).map(|(start, end)| start..end);
        let near = range.and_then(|range| entries.get(range)).unwrap_or_default();
        let start = near.partition_point(|entry| split(entry).0 < *hash.as_bytes());
        let from = near.get(start..).unwrap_or_default();
        let len = from.partition_point(|entry| split(entry).0 == *hash.as_bytes());
        HashedEvents { entries: from.get(..len).unwrap_or_default().iter(), events: &self.events }
    }
}

/// The events of a hash, undated ones first, then in order of time.
#[derive(Clone, Debug)]
pub struct HashedEvents<'a> {
    entries: std::slice::Iter<'a, Entry>,
    events: &'a [Event],
}

impl Iterator for HashedEvents<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        // INVARIANT: opening checked that every entry names an event that is there.
        self.entries.next().and_then(|entry| self.events.get(split(entry).1 as usize)).copied()
    }
}

/// Hash and number of the event of an entry.
fn split(entry: &Entry) -> ([u8; 16], u32) {
    let mut hash = [0; 16];
    let mut event = [0; 4];
    let (first, last) = entry.split_at(16);
    hash.copy_from_slice(first);
    event.copy_from_slice(last);
    (hash, u32::from_le_bytes(event))
}

/// The first bits of a hash.
fn bucket(hash: &[u8; 16], bits: u32) -> usize {
    let first = (u128::from_be_bytes(*hash) >> u64::BITS) as u64;
    first.checked_shr(u64::BITS.saturating_sub(bits)).unwrap_or_default() as usize
}

/// The directory of these entries.
fn directory(entries: &[Entry], bits: u32) -> std::io::Result<Bytes> {
    if entries.is_empty() {
        return Memory::zeroed(0).map(Bytes::from);
    }
    let buckets = 1_usize << bits;
    let mut memory = Memory::zeroed(buckets.saturating_add(1).saturating_mul(4))?;
    let mut before = 0_u32;
    let mut rest = entries.iter().peekable();
    for (number, place) in memory.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        while rest.next_if(|entry| bucket(&split(entry).0, bits) < number).is_some() {
            before = before.saturating_add(1);
        }
        *place = before.to_le_bytes();
    }
    Ok(Bytes::from(memory))
}

impl Wire for Event {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut crate::wire::Writer) {
        self.at.encode(writer);
        self.template.encode(writer);
        self.until.encode(writer);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { at: Wire::decode(reader)?, template: Wire::decode(reader)?, until: Wire::decode(reader)? })
    }
}

impl Wire for HashKey {
    #[cfg(feature = "compile")]
    fn encode(&self, writer: &mut crate::wire::Writer) {
        writer.bytes(self.id.as_bytes());
        writer.bytes(&self.check);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { id: KeyId::from_bytes(reader.array()?), check: reader.array()? })
    }
}
