//! What a report counts while leads are screened.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::timetable::Sample;
use crate::gate::Outlook;
use crate::rules::Pack;
use crate::timestamp::{DAY, Timestamp};
use crate::vocabulary::{Obligation, ObligationSet, Reason, ReasonSet, Verdict};
use crate::{Campaign, Decision, Lead, Region};

/// Days within which an ending consent is counted.
pub(super) const TERMS: [i64; 3] = [7, 14, 30];

/// Counts by verdict, indexed by its number.
pub(super) type ByVerdict = [u64; 4];

/// What a report counts while leads are screened.
///
/// Leads are counted by kind, of which there are few; the page's figures are made of the kinds at the end.
pub(in crate::cli) struct Tally {
    outlook: Outlook,
    at: DateTime<Utc>,
    kinds: HashMap<Kind, u64>,
    /// Leads whose consent ends within each of [`TERMS`].
    pub(super) ending: [u64; TERMS.len()],
    /// Leads that may be contacted now, and later: each number once.
    pub(super) allowed: Sample,
    pub(super) deferred: Sample,
}

/// Leads of which the report says the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    /// The letters of two regions.
    regions: [u32; 2],
    reasons: u32,
    obligations: u32,
    verdict: u8,
}

impl Kind {
    fn of(decision: &Decision, regions: [Option<Region>; 2]) -> Self {
        Self {
            regions: regions.map(|region| region.map_or(0, |region| u32::from_be_bytes(region.to_bytes()))),
            reasons: decision.reasons().bits(),
            obligations: decision.obligations().bits(),
            verdict: decision.verdict().code(),
        }
    }

    /// The names of its regions, joined.
    fn place(self) -> String {
        let regions = self.regions.into_iter().filter(|letters| *letters != 0);
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

impl Tally {
    /// Begins to count the decisions of a campaign at an instant.
    pub(in crate::cli) fn new(campaign: &Campaign, at: DateTime<Utc>) -> Self {
        Self {
            outlook: Outlook::of(campaign),
            at,
            kinds: HashMap::new(),
            ending: [0; TERMS.len()],
            allowed: Sample::default(),
            deferred: Sample::default(),
        }
    }

    /// Counts one row; its lead, unless the number cannot be read. `again`: the number stood in a row before.
    pub(in crate::cli) fn add(&mut self, lead: Option<&Lead>, decision: &Decision, again: bool) {
        let regions = lead.map_or([None; 2], |lead| self.outlook.regions(lead));
        match self.kinds.entry(Kind::of(decision, regions)) {
            Entry::Occupied(mut known) => *known.get_mut() = known.get().saturating_add(1),
            Entry::Vacant(new) => {
                new.insert(1);
                if let Some(lead) = lead {
                    self.outlook.note_packs(lead);
                }
            }
        }
        let Some(lead) = lead else { return };
        if let Some(ends) = self.outlook.consent_ends(lead, decision, self.at) {
            for (term, ending) in TERMS.iter().zip(&mut self.ending) {
                if ends <= Timestamp::from(self.at).plus(term.saturating_mul(DAY)) {
                    *ending = ending.saturating_add(1);
                }
            }
        }
        match decision.verdict() {
            Verdict::Allow if !again => self.allowed.add(lead, decision.valid_until()),
            Verdict::Defer if !again => self.deferred.add(lead, decision.retry_at()),
            _ => {}
        }
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
        self.ranked(|kind| {
            let reasons = kind.reasons();
            let severest = reasons.iter().map(Reason::verdict).min();
            reasons.iter().find(|reason| Some(reason.verdict()) == severest).into_iter().collect()
        })
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

    /// The packs that spoke for the leads.
    pub(super) fn packs(&self) -> impl Iterator<Item = &Pack> {
        self.outlook.packs()
    }

    /// The instant that was asked about.
    pub(super) const fn at(&self) -> DateTime<Utc> {
        self.at
    }
}

fn add(counter: Option<&mut u64>, leads: u64) {
    if let Some(counter) = counter {
        *counter = counter.saturating_add(leads);
    }
}
