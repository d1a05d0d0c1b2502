//! Records by number on their way into the snapshot: in any order, each number once.

use std::sync::Arc;

use super::build::BuildError;
use super::build_rounds::{Tell, rounds};
use super::mix::{Counts, Domain};
use super::table_build::{Built, Entries, fill, payload_bits, put_pair, wide_shape};
use crate::spill::{PARTS, Parts, Pile, Room, part_of};

/// Bytes before each record: the number, and its length in four.
const HEAD: usize = 12;

/// Records as they come.
#[derive(Debug)]
pub(super) struct Records {
    parts: Parts,
    least: Option<u64>,
    count: u64,
    framed: Vec<u8>,
}

impl Records {
    pub(super) fn new(room: &Arc<Room>) -> Self {
        Self { parts: Parts::new(room), least: None, count: 0, framed: Vec::new() }
    }

    /// The record of a number.
    pub(super) fn add(&mut self, number: u64, record: &[u8]) {
        self.least = Some(self.least.map_or(number, |least| least.min(number)));
        self.count = self.count.saturating_add(1);
        self.framed.clear();
        self.framed.extend_from_slice(&number.to_le_bytes());
        self.framed.extend_from_slice(&(record.len() as u32).to_le_bytes());
        self.framed.extend_from_slice(record);
        self.parts.push(part_of(number), &self.framed);
    }

    /// The least of the numbers.
    pub(super) const fn least(&self) -> Option<u64> {
        self.least
    }

    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.count as usize
    }

    /// Threads that are worth it.
    pub(super) const fn threads(&self, threads: usize) -> usize {
        if self.count < 50_000 { 1 } else { threads }
    }

    /// How many bits the numbers take, counted from this base.
    pub(super) fn counts(&self, base: u64, threads: usize, tell: Tell<'_>) -> Result<Counts, BuildError> {
        let mut all = Counts::default();
        let work = |part| {
            let mut counts = Counts::default();
            let bytes = self.parts.read(part)?;
            each(&bytes, |number, _| counts.add(base, number));
            Ok(counts)
        };
        rounds(PARTS, self.threads(threads), tell, work, |_, counts| {
            all.join(&counts);
            Ok(())
        })?;
        Ok(all)
    }

    /// The records of a part as they came.
    pub(super) fn part(&self, part: usize, mut each_one: impl FnMut(u64, &[u8])) -> Result<(), BuildError> {
        let bytes = self.parts.read(part)?;
        each(&bytes, &mut each_one);
        Ok(())
    }

    /// The records of a part, numbers ascending.
    pub(super) fn sorted(
        &self,
        part: usize,
        twice: &'static str,
        mut each_one: impl FnMut(u64, &[u8]) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        let bytes = self.parts.read(part)?;
        let mut places: Vec<(u64, usize, usize)> = Vec::new();
        let start = bytes.as_ptr().addr();
        each(&bytes, |number, record| places.push((number, record.as_ptr().addr().wrapping_sub(start), record.len())));
        places.sort_unstable();
        if places.array_windows().any(|[a, b]| a.0 == b.0) {
            return Err(BuildError::Twice(twice));
        }
        places.into_iter().try_for_each(|(number, start, len)| {
            each_one(number, bytes.get(start..start.saturating_add(len)).unwrap_or_default())
        })
    }
}

fn each(bytes: &[u8], mut each_one: impl FnMut(u64, &[u8])) {
    let mut rest = bytes;
    while let Some((head, after)) = rest.split_first_chunk::<HEAD>() {
        let (number, len) = head.split_at(8);
        let number = number.first_chunk().map_or(0, |number| u64::from_le_bytes(*number));
        let len = len.first_chunk().map_or(0, |len| u32::from_le_bytes(*len)) as usize;
        let Some((record, after)) = after.split_at_checked(len) else { return };
        each_one(number, record);
        rest = after;
    }
}

/// Numbers with the offsets of their records: for the tables of what lies beside the lanes.
#[derive(Debug)]
pub(super) struct Offsets {
    pairs: Pile,
    count: usize,
    inside: usize,
    largest: u64,
}

impl Offsets {
    pub(super) fn new(room: &Arc<Room>) -> Self {
        Self { pairs: Pile::new(room), count: 0, inside: 0, largest: 0 }
    }

    /// The value of a number.
    pub(super) fn add(&mut self, number: u64, value: u64, domain: Domain) {
        put_pair(&mut self.pairs, number, value);
        self.count = self.count.saturating_add(1);
        self.inside = self.inside.saturating_add(usize::from(domain.key(number).inside));
        self.largest = self.largest.max(value);
    }

    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// No value is larger.
    pub(super) const fn largest(&self) -> u64 {
        self.largest
    }

    /// For [`fill`].
    pub(super) const fn entries(&self) -> Entries<'_> {
        Entries { source: &self.pairs, count: self.count, inside: self.inside, largest: self.largest }
    }

    /// A table of offsets.
    pub(super) fn table(&self, domain: Domain, threads: usize) -> Result<Built, BuildError> {
        let shape = wide_shape(self.count, 5.6, payload_bits(self.largest), domain);
        Ok(fill(&self.entries(), shape, domain, threads, &|_| {})?)
    }
}
