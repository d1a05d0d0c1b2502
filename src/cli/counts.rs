//! How many leads a screening answered alike.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use crate::vocabulary::{Obligation, ObligationSet, Reason, ReasonSet};
use crate::{Decision, Region};

/// Counts by verdict, indexed by its number.
pub(super) type ByVerdict = [u64; 4];

/// Leads by kind, of which there are few; all figures are made of the kinds at the end.
#[derive(Default)]
pub(super) struct Counts {
    kinds: HashMap<Kind, u64, BuildHasherDefault<Mixer>>,
}

/// Leads of which the same is said.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    /// The letters of two regions.
    regions: (u32, u32),
    reasons: u32,
    obligations: u32,
    verdict: u8,
}

impl Kind {
    fn of(decision: &Decision, regions: [Option<Region>; 2]) -> Self {
        let letters = |region: Option<Region>| region.map_or(0, |region| u32::from_be_bytes(region.to_bytes()));
        let [own, named] = regions;
        Self {
            regions: (letters(own), letters(named)),
            reasons: decision.reasons().bits(),
            obligations: decision.obligations().bits(),
            verdict: decision.verdict().code(),
        }
    }

    /// The names of its regions, joined.
    fn place(self) -> String {
        let regions = <[u32; 2]>::from(self.regions).into_iter().filter(|letters| *letters != 0);
        let mut names: Vec<String> =
            regions.map(|letters| Region::from_bytes(letters.to_be_bytes()).to_string()).collect();
        names.sort_unstable();
        names.dedup();
        names.join(" + ")
    }

    fn reasons(self) -> ReasonSet {
        ReasonSet::from_bits(self.reasons)
    }
}

impl Counts {
    /// Counts a lead with the regions that it was judged in, where they are asked for. Is it the first of its kind?
    pub(super) fn add(&mut self, decision: &Decision, regions: [Option<Region>; 2]) -> bool {
        let leads = self.kinds.entry(Kind::of(decision, regions)).or_default();
        *leads = leads.saturating_add(1);
        *leads == 1
    }

    /// Leads of each verdict.
    pub(super) fn verdicts(&self) -> ByVerdict {
        let mut verdicts = ByVerdict::default();
        for (kind, leads) in &self.kinds {
            add(verdicts.get_mut(usize::from(kind.verdict)), *leads);
        }
        verdicts
    }

    /// All rows.
    pub(super) fn leads(&self) -> u64 {
        self.kinds.values().fold(0, |sum, leads| sum.saturating_add(*leads))
    }

    /// Leads by first reason, the most frequent first.
    pub(super) fn first_reasons(&self) -> Vec<(Reason, u64)> {
        // In the order of their numbers the severest come first, as `Decision::reason` has it.
        self.ranked(|kind| kind.reasons().iter().take(1).collect())
    }

    /// Leads by reason, the most frequent first.
    pub(super) fn all_reasons(&self) -> Vec<(Reason, u64)> {
        self.ranked(|kind| kind.reasons().iter().collect())
    }

    /// Leads by duty, the most frequent first.
    pub(super) fn duties(&self) -> Vec<(Obligation, u64)> {
        self.ranked(|kind| ObligationSet::from_bits(kind.obligations).iter().collect())
    }

    /// Leads by what their kinds have, the most frequent first, equals in the order of their numbers.
    fn ranked<T: Ord>(&self, of: impl Fn(Kind) -> Vec<T>) -> Vec<(T, u64)> {
        let mut counts: BTreeMap<T, u64> = BTreeMap::new();
        for (kind, leads) in &self.kinds {
            for one in of(*kind) {
                add(Some(counts.entry(one).or_default()), *leads);
            }
        }
        let mut ranked: Vec<(T, u64)> = counts.into_iter().collect();
        ranked.sort_by_key(|(_, leads)| std::cmp::Reverse(*leads));
        ranked
    }

    /// Leads by place and verdict, the most leads first.
    pub(super) fn places(&self) -> Vec<(String, ByVerdict)> {
        let mut places: BTreeMap<String, ByVerdict> = BTreeMap::new();
        for (kind, leads) in &self.kinds {
            let place = places.entry(kind.place()).or_default();
            add(place.get_mut(usize::from(kind.verdict)), *leads);
        }
        let mut places: Vec<_> = places.into_iter().collect();
        places.sort_by_key(|(_, verdicts)| {
            std::cmp::Reverse(verdicts.iter().fold(0_u64, |sum, one| sum.saturating_add(*one)))
        });
        places
    }
}

fn add(counter: Option<&mut u64>, leads: u64) {
    if let Some(counter) = counter {
        *counter = counter.saturating_add(leads);
    }
}

/// Hashes kinds, once for every lead: their parts are codes, too few for a file to choose many that collide, so a
/// multiplication each will do.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u8(&mut self, part: u8) {
        self.write_u64(u64::from(part));
    }

    fn write_u32(&mut self, part: u32) {
        self.write_u64(u64::from(part));
    }

    fn write_u64(&mut self, part: u64) {
        self.0 = (self.0.rotate_left(23) ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        // The high bits are the well mixed ones, the table asks for the low ones too.
        self.0 ^ (self.0 >> 32)
    }
}
