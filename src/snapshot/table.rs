//! An exact table from numbers to values: lines, a spill for what found no room, and a sorted array for what
//! neither can hold (numbers outside the domain, and a last few).
//!
//! A line that is over-full spills several numbers, which lie close to one another. In the spill they are mixed once more:
//! spread evenly, hardly any of them finds no room there.

use std::ops::Range;

use super::lanes::{Level, Shape};
use super::mix::{Domain, Key, mix};
use crate::memory::Bytes;
use crate::wire::Malformed;

/// Bytes of an entry of the sorted array: number, value.
pub(crate) const ASIDE_BYTES: usize = 16;

/// The line of a number does not tell: see the spill, or what is kept aside. No payload is as wide.
pub(crate) const BEYOND: u64 = u64::MAX;

/// Numbers and their values.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    main: Level,
    spill: Level,
    aside: Bytes,
    /// In the spill numbers are mixed once more.
    mixed_again: bool,
}

/// Which part of a table is malformed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// The lines.
    Main,
    /// The spill.
    Spill,
    /// The sorted array.
    Aside,
}

impl Table {
    /// The table of these parts; the part that is not as long as it should be, if one is not.
    pub(crate) fn new(shapes: [Shape; 2], main: Bytes, spill: Bytes, aside: Bytes) -> Result<Self, Part> {
        let [main_shape, spill_shape] = shapes;
        let main = Level::new(main_shape, main).ok_or(Part::Main)?;
        let spill = Level::new(spill_shape, spill).ok_or(Part::Spill)?;
        if !aside.len().is_multiple_of(ASIDE_BYTES) {
            return Err(Part::Aside);
        }
        Ok(Self { main, spill, aside, mixed_again: true })
    }

    /// The same as version 1 of the format has it: numbers are mixed once, also in the spill.
    pub(crate) fn mixed_once(self) -> Self {
        Self { mixed_again: false, ..self }
    }

    /// Is nothing in it?
    pub(crate) fn is_empty(&self) -> bool {
        self.main.shape().lines == 0 && self.aside.is_empty()
    }

    /// Asks for the line of a number.
    #[inline(always)]
    pub(crate) fn prefetch(&self, key: &Key) {
        self.main.prefetch(key.hash);
    }

    /// The value of a number.
    #[inline]
    pub(crate) fn find(&self, key: &Key) -> Option<u64> {
        if !key.inside {
            return self.find_aside(key.number).map(|(value, _)| value);
        }
        let seen = self.main.look(key.hash);
        if seen.beyond || seen.payload == self.main.shape().escape() {
            return self.find_beyond(key);
        }
        seen.payload.checked_sub(1)
    }

    /// What the line of a number says of it: zero if it is not in the table, its value plus one, or [`BEYOND`] where
    /// the line does not tell.
    #[inline]
    pub(crate) fn near(&self, key: &Key) -> u64 {
        if !key.inside {
            return BEYOND;
        }
        let seen = self.main.look(key.hash);
        if seen.beyond | (seen.payload == self.main.shape().escape()) { BEYOND } else { seen.payload }
    }

    /// The same where the line did not tell: zero, or the value plus one.
    #[cold]
    pub(crate) fn far(&self, key: &Key) -> u64 {
        self.find(key).map_or(0, |value| value.wrapping_add(1))
    }

    /// Asks for what lies behind a line that did not tell.
    pub(crate) fn prefetch_far(&self, key: &Key) {
        self.spill.prefetch(self.spilled_hash(key.hash));
    }

    /// By which a number is found in the spill.
    #[inline]
    fn spilled_hash(&self, hash: u64) -> u64 {
        if self.mixed_again { mix(self.spill.shape().domain_bits, hash) } else { hash }
    }

    #[cold]
    fn find_beyond(&self, key: &Key) -> Option<u64> {
        let seen = self.spill.look(self.spilled_hash(key.hash));
        if seen.payload != 0 {
            return seen.payload.checked_sub(1);
        }
        // What found no room in a line of the spill is aside: only a full line sends anybody there.
        if self.spill.lines() > 0 && !seen.beyond {
            return None;
        }
        self.find_aside(key.number).map(|(value, _)| value)
    }

    /// Asks for what lies behind the line of a number, if anything does. The line should be near by now.
    #[inline]
    pub(crate) fn prefetch_beyond(&self, key: &Key) {
        let seen = self.main.look(key.hash);
        if seen.beyond || seen.payload == self.main.shape().escape() {
            self.prefetch_far(key);
        }
    }

    /// The value of a number, and its place counted over all lanes and then the sorted array.
    pub(crate) fn find_with_slot(&self, key: &Key) -> Option<(u64, u64)> {
        let main_slots = self.main.shape().slots();
        if key.inside {
            let seen = self.main.look(key.hash);
            if seen.payload != 0 && seen.payload != self.main.shape().escape() {
                return Some((seen.payload.checked_sub(1)?, self.main.slot(key.hash)?));
            }
            if seen.payload == 0 && !seen.beyond {
                return None;
            }
            let spilled = self.spilled_hash(key.hash);
            let seen = self.spill.look(spilled);
            if seen.payload != 0 {
                let slot = self.spill.slot(spilled)?;
                return Some((seen.payload.checked_sub(1)?, main_slots.checked_add(slot)?));
            }
        }
        let (value, place) = self.find_aside(key.number)?;
        Some((value, main_slots.checked_add(self.spill.shape().slots())?.checked_add(place as u64)?))
    }

    /// Places in all: lanes, then the sorted array.
    pub(crate) fn slots(&self) -> u64 {
        let lanes = self.main.shape().slots().saturating_add(self.spill.shape().slots());
        lanes.saturating_add(self.entries().len() as u64)
    }

    #[cold]
    fn find_aside(&self, number: u64) -> Option<(u64, usize)> {
        let entries = self.entries();
        let place = entries.binary_search_by_key(&number, |entry| split(entry).0).ok()?;
        Some((split(entries.get(place)?).1, place))
    }

    fn entries(&self) -> &[[u8; ASIDE_BYTES]] {
        self.aside.as_chunks().0
    }

    /// Lines of the main part.
    pub(crate) fn lines(&self) -> usize {
        self.main.lines()
    }

    /// These lines of the main part are in order, every value is accepted, and what they send to the spill is there.
    /// Values below `plain` are accepted unasked.
    pub(crate) fn check_lines(
        &self,
        lines: Range<usize>,
        domain: Domain,
        plain: u64,
        accepts: impl Fn(u64) -> bool,
    ) -> Result<(), (Part, Malformed)> {
        let shape = self.main.shape();
        let main = self.main.check(lines, plain, |line, remainder, payload| {
            if payload == shape.escape() {
                self.spilled(shape.hash(line, remainder), domain)
            } else {
                accepts(payload.wrapping_sub(1))
            }
        });
        main.map_err(|malformed| (Part::Main, malformed))
    }

    /// The rest is in order, every value is accepted, and what is aside is there because its line is full.
    pub(crate) fn check_rest(&self, domain: Domain, accepts: impl Fn(u64) -> bool) -> Result<(), (Part, Malformed)> {
        let escape = self.spill.shape().escape();
        let all = 0..self.spill.lines();
        let spill = self.spill.check(all, 0, |_, _, payload| payload != escape && accepts(payload.wrapping_sub(1)));
        spill.map_err(|malformed| (Part::Spill, malformed))?;
        let entries = self.entries();
        let expected = "ascending numbers of at most 15 digits with values that are defined";
        let found_no_room = |number: u64| {
            let key = domain.key(number);
            !key.inside || self.spill.lines() == 0 || self.spill.look(self.spilled_hash(key.hash)).beyond
        };
        let is_right = |(number, value)| number <= 999_999_999_999_999 && accepts(value) && found_no_room(number);
        let in_order = entries.is_sorted_by(|a, b| split(a).0 < split(b).0) && entries.iter().map(split).all(is_right);
        if in_order { Ok(()) } else { Err((Part::Aside, Malformed { offset: 0, expected })) }
    }

    fn spilled(&self, hash: u64, domain: Domain) -> bool {
        self.spill.look(self.spilled_hash(hash)).payload != 0 || self.find_aside(domain.number(hash)).is_some()
    }
}

/// Number and value of an entry.
fn split(entry: &[u8; ASIDE_BYTES]) -> (u64, u64) {
    let both = u128::from_le_bytes(*entry);
    (both as u64, (both >> u64::BITS) as u64)
}
