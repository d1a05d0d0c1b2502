//! The compiled artefact: bytes that are verified once and then answer look-ups.
//!
//! Opening reads and verifies everything; after that no look-up fails, panics, allocates or takes a lock. A
//! number is mixed once ([`Snapshot::probe`], which also asks for both lines of the cache that the answer
//! may need), and the probe is then put to the tables.

mod attempts;
#[cfg(feature = "compile")]
mod build;
#[cfg(feature = "compile")]
mod build_combinations;
#[cfg(feature = "compile")]
mod build_hashed;
#[cfg(feature = "compile")]
mod build_listed;
#[cfg(feature = "compile")]
mod build_people;
#[cfg(feature = "compile")]
mod build_records;
#[cfg(feature = "compile")]
mod build_rounds;
mod detail;
mod digest;
mod error;
mod format;
mod hashed;
#[cfg(feature = "compile")]
mod image;
mod lanes;
mod load;
mod map;
mod mix;
mod open;
mod open_check;
mod people;
mod prefilter;
mod seal;
mod sight;
mod table;
#[cfg(feature = "compile")]
mod table_build;
#[cfg(all(test, feature = "compile"))]
mod tests;
mod words;

pub use attempts::Attempts;
#[cfg(feature = "compile")]
pub use build::{BuildError, Builder, Options};
pub use error::{OpenError, OpenProblem};
pub use hashed::HashedEvents;
#[cfg(feature = "compile")]
pub use image::Image;
pub use people::History;
pub(crate) use sight::{Person, Sight};

use crate::dictionary::Dictionary;
use crate::event::Template;
use crate::key::{KeyId, KeyRing, NumberHash, NumberHasher};
use crate::memory::{Bytes, prefetch};
use crate::rules::Rules;
use crate::wire::Reader;
use crate::{Number, Zones};
use detail::Events;
use hashed::Hashed;
use mix::{Domain, Key};
use people::{Layout, Profile, Source, Value, far_bits};
use prefilter::Prefilter;
use table::Table;

/// A snapshot: verified when it was opened, immutable, shared by any number of threads.
#[derive(Debug)]
pub struct Snapshot {
    domain: Domain,
    listed: Table,
    people: Table,
    layout: Layout,
    profiles: Vec<Profile>,
    times: Bytes,
    details: Bytes,
    attempts: Table,
    attempts_data: Bytes,
    ids: Table,
    ids_data: Bytes,
    ranges: Vec<Segment>,
    dictionary: Dictionary,
    rules: Rules,
    zones: Zones,
    templates: Vec<Template>,
    combinations: Vec<Vec<u16>>,
    hashed: Hashed,
    /// What it was opened with.
    keys: Option<KeyRing>,
    /// The key that the file was sealed with.
    sealed_with: Option<KeyId>,
    /// Only of a mapped snapshot that was compiled with one.
    prefilter: Option<Prefilter>,
    digest: [u8; 32],
}

/// Numbers that are on the same prefix and range lists.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Segment {
    first: u64,
    last: u64,
    lists: Vec<u16>,
}

/// A number on its way through the tables.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    key: Key,
    /// The prefilter says that no table holds it.
    absent: bool,
}

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Probe(+…)")
    }
}

impl Snapshot {
    /// Names and settings that the rest refers to by index.
    #[must_use]
    pub const fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The rule packs.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The time zones.
    #[must_use]
    pub const fn zones(&self) -> &Zones {
        &self.zones
    }

    /// The templates that events refer to by index.
    #[must_use]
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// For each combination its lists (indices in the dictionary), ascending.
    #[must_use]
    pub fn combinations(&self) -> &[Vec<u16>] {
        &self.combinations
    }

    /// BLAKE3 over the snapshot: what it is known by.
    #[must_use]
    pub const fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Mixes a number and asks for the lines of the cache that [`Snapshot::combination`] and
    /// [`Snapshot::history`] will read. Reads no memory itself.
    #[inline]
    #[must_use]
    pub fn probe(&self, number: Number) -> Probe {
        let key = self.domain.key(number.as_u64());
        let absent = self.is_absent(number);
        if !absent {
            self.listed.prefetch(&key);
            self.people.prefetch(&key);
        }
        Probe { key, absent }
    }

    /// Is it certain, without a look at the tables, that none holds the number?
    fn is_absent(&self, number: Number) -> bool {
        self.prefilter.as_ref().is_some_and(|filter| !filter.may_hold(number))
    }

    /// Asks for what lies behind a probe's lines, for the few numbers that found no room there. In a batch,
    /// worth a call between [`Snapshot::probe`] and the look-up, once the lines have arrived.
    #[inline]
    pub fn settle(&self, probe: &Probe) {
        if probe.absent {
            return;
        }
        self.listed.prefetch_beyond(&probe.key);
        self.people.prefetch_beyond(&probe.key);
        if let Some(Value::Detail { offset }) = self.people.find(&probe.key).map(|value| self.layout.split(value)) {
            prefetch(&self.details, offset as usize);
        }
    }

    /// Which combination of lists the number is on, undated and in the lists' own scope; none: on no list.
    #[inline]
    #[must_use]
    pub fn combination(&self, probe: &Probe) -> Option<u32> {
        if probe.absent {
            return None;
        }
        self.listed.find(&probe.key).map(|combination| combination as u32)
    }

    /// What is known about the number: undated events first, then in order of time.
    #[inline]
    #[must_use]
    pub fn history(&self, probe: &Probe) -> History<'_> {
        if probe.absent {
            return History(Source::One(None));
        }
        let Some(value) = self.people.find(&probe.key) else { return History(Source::One(None)) };
        match self.layout.split(value) {
            Value::Simple { profile, day, near } => {
                let far = if self.layout.far_bits == 0 { 0 } else { self.far(probe) };
                // INVARIANT: opening checked that every profile that a lane names is there.
                let profile = usize::try_from(profile).ok().and_then(|profile| self.profiles.get(profile));
                History(Source::One(profile.map(|profile| self.layout.event(profile, day, near, far))))
            }
            Value::Detail { offset } => {
                // INVARIANT: opening read every record to its end, and checked that every offset is where one begins.
                let record = usize::try_from(offset).ok().and_then(|offset| self.details.get(offset..));
                let events = record.and_then(|record| Events::new(record).ok());
                History(events.map_or(Source::One(None), Source::Record))
            }
        }
    }

    fn far(&self, probe: &Probe) -> u64 {
        let slot = self.people.find_with_slot(&probe.key).map_or(0, |(_, slot)| slot);
        far_bits(&self.times, slot, self.layout.far_bits)
    }

    /// The owner's id of the record behind an event of the history (by its index there), if it has one.
    #[must_use]
    pub fn record_id(&self, probe: &Probe, index: usize) -> Option<&str> {
        if probe.absent {
            return None;
        }
        let offset = usize::try_from(self.ids.find(&probe.key)?).ok()?;
        let mut reader = Reader::new(self.ids_data.get(offset..)?);
        let mut found = None;
        let read = attempts::read_ids(&mut reader, |place, id| {
            if place == index {
                found = Some(id);
            }
        });
        found.filter(|id| read.is_ok() && !id.is_empty())
    }

    /// The attempts at a number, in order of time.
    #[must_use]
    pub fn attempts(&self, number: Number) -> Attempts<'_> {
        if self.has_no_attempts() || self.is_absent(number) {
            return Attempts::none();
        }
        // INVARIANT: as for histories: an offset that is found is the start of a record that was read when opening.
        let offset = self.attempts.find(&self.domain.key(number.as_u64()));
        let record = offset.and_then(|offset| self.attempts_data.get(usize::try_from(offset).ok()?..));
        record.and_then(|record| Attempts::read(Reader::new(record)).ok()).unwrap_or_else(Attempts::none)
    }

    /// Are there no attempts at all?
    pub(crate) fn has_no_attempts(&self) -> bool {
        self.attempts.is_empty()
    }

    /// Is nothing on record that is not found by a number in its two lines: no attempts, ranges or hashed entries?
    pub(crate) fn is_all_in_lines(&self) -> bool {
        self.has_no_attempts() && self.ranges.is_empty() && self.hashers().is_empty()
    }

    /// What is known about the number of this hash: undated events first, then in order of time.
    #[must_use]
    pub fn hashed(&self, hash: NumberHash) -> HashedEvents<'_> {
        self.hashed.find(hash)
    }

    /// Hashes numbers as the hashed entries were, one hasher for each key that any of them needs; none when there
    /// are no hashed entries. A number must be looked up under each.
    #[must_use]
    pub fn hashers(&self) -> &[NumberHasher] {
        self.hashed.hashers()
    }

    /// The ids of the keys that hashed entries need.
    pub fn keys_needed(&self) -> impl Iterator<Item = KeyId> {
        self.hashed.keys().iter().map(|key| key.id)
    }

    /// The keys that the snapshot was opened with.
    #[must_use]
    pub const fn keys(&self) -> Option<&KeyRing> {
        self.keys.as_ref()
    }

    /// The id of the key that the file was sealed with; none: it was not sealed.
    #[must_use]
    pub const fn sealed_with(&self) -> Option<KeyId> {
        self.sealed_with
    }

    /// Bytes of memory (or of the mapped file) that the snapshot takes, and how many of them lie on huge pages, where the
    /// system tells. Huge pages are asked for when a snapshot is opened; whether there are any is the system's choice.
    #[must_use]
    pub fn pages(&self) -> (usize, Option<u64>) {
        self.details.pages()
    }

    /// The prefix and range lists that a number is on (indices in the dictionary), ascending.
    #[must_use]
    pub fn ranges(&self, number: Number) -> &[u16] {
        // INVARIANT: opening checked that the spans are ascending and apart; none: the number lies in no span.
        let number = number.as_u64();
        let after = self.ranges.partition_point(|segment| segment.first <= number);
        let segment = after.checked_sub(1).and_then(|place| self.ranges.get(place));
        let lists = segment.filter(|segment| number <= segment.last).map(|segment| segment.lists.as_slice());
        lists.unwrap_or_default()
    }
}
