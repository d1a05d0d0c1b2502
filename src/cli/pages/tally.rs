//! What a report counts while leads are screened.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::timetable::Sample;
use crate::gate::Outlook;
use crate::rules::Pack;
use crate::timestamp::{DAY, Timestamp};
use crate::vocabulary::{Obligation, Reason, Verdict};
use crate::{Campaign, Decision, Lead, Region};

/// Days within which an ending consent is counted.
pub(super) const TERMS: [i64; 3] = [7, 14, 30];

/// Counts by verdict, indexed by its number.
pub(super) type ByVerdict = [u64; 4];

/// What a report counts while leads are screened.
pub(in crate::cli) struct Tally {
    outlook: Outlook,
    at: DateTime<Utc>,
    pub(super) verdicts: ByVerdict,
    first: [u64; 32],
    all: [u64; 32],
    obligations: [u64; 32],
    regions: HashMap<[Option<Region>; 2], ByVerdict>,
    /// Leads whose consent ends within each of [`TERMS`].
    pub(super) ending: [u64; TERMS.len()],
    /// Leads that may be contacted now, and later: each number once.
    pub(super) allowed: Sample,
    pub(super) deferred: Sample,
}

impl Tally {
    /// Begins to count the decisions of a campaign at an instant.
    pub(in crate::cli) fn new(campaign: &Campaign, at: DateTime<Utc>) -> Self {
        Self {
            outlook: Outlook::of(campaign),
            at,
            verdicts: [0; 4],
            first: [0; 32],
            all: [0; 32],
            obligations: [0; 32],
            regions: HashMap::new(),
            ending: [0; TERMS.len()],
            allowed: Sample::default(),
            deferred: Sample::default(),
        }
    }

    /// Counts one row; its lead, unless the number cannot be read. `again`: the number stood in a row before.
    pub(in crate::cli) fn add(&mut self, lead: Option<&Lead>, decision: &Decision, again: bool) {
        let verdict = usize::from(decision.verdict().code());
        bump(self.verdicts.get_mut(verdict));
        if let Some(reason) = decision.reason() {
            bump(self.first.get_mut(usize::from(reason.code())));
        }
        for reason in decision.reasons().iter() {
            bump(self.all.get_mut(usize::from(reason.code())));
        }
        let mut duties = decision.obligations().bits();
        while duties != 0 {
            bump(usize::try_from(duties.trailing_zeros()).ok().and_then(|duty| self.obligations.get_mut(duty)));
            duties &= duties.wrapping_sub(1);
        }
        let Some(lead) = lead else {
            bump(self.regions.entry([None; 2]).or_default().get_mut(verdict));
            return;
        };
        let seen = self.outlook.look(lead, decision, self.at);
        bump(self.regions.entry(seen.regions).or_default().get_mut(verdict));
        if let Some(ends) = seen.consent_ends {
            for (term, ending) in TERMS.iter().zip(&mut self.ending) {
                if ends <= Timestamp::from(self.at).plus(term.saturating_mul(DAY)) {
                    bump(Some(ending));
                }
            }
        }
        match decision.verdict() {
            Verdict::Allow if !again => self.allowed.add(lead, decision.valid_until()),
            Verdict::Defer if !again => self.deferred.add(lead, decision.retry_at()),
            _ => {}
        }
    }

    /// All rows.
    pub(super) fn leads(&self) -> u64 {
        self.verdicts.iter().fold(0, |sum, one| sum.saturating_add(*one))
    }

    /// Leads by first reason, the most frequent first.
    pub(super) fn first_reasons(&self) -> Vec<(Reason, u64)> {
        ranked(Reason::ALL, |reason| self.first.get(usize::from(reason.code())))
    }

    /// Leads by reason, the most frequent first.
    pub(super) fn all_reasons(&self) -> Vec<(Reason, u64)> {
        ranked(Reason::ALL, |reason| self.all.get(usize::from(reason.code())))
    }

    /// Leads by duty, the most frequent first.
    pub(super) fn duties(&self) -> Vec<(Obligation, u64)> {
        ranked(Obligation::ALL, |duty| self.obligations.get(usize::from(duty.code())))
    }

    /// Leads by place and verdict, the most leads first.
    pub(super) fn places(&self) -> Vec<(String, ByVerdict)> {
        let mut places: BTreeMap<String, ByVerdict> = BTreeMap::new();
        for (regions, verdicts) in &self.regions {
            let mut names: Vec<String> = regions.iter().flatten().map(ToString::to_string).collect();
            names.sort_unstable();
            names.dedup();
            let place = places.entry(names.join(" + ")).or_default();
            for (sum, one) in place.iter_mut().zip(verdicts) {
                *sum = sum.saturating_add(*one);
            }
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

fn ranked<'a, T: Copy>(all: &[T], count: impl Fn(T) -> Option<&'a u64>) -> Vec<(T, u64)> {
    let mut ranked: Vec<(T, u64)> =
        all.iter().filter_map(|one| Some((*one, *count(*one)?))).filter(|(_, leads)| *leads > 0).collect();
    // Stable: equals stay in the order of their numbers.
    ranked.sort_by_key(|(_, leads)| std::cmp::Reverse(*leads));
    ranked
}

fn bump(counter: Option<&mut u64>) {
    if let Some(counter) = counter {
        *counter = counter.saturating_add(1);
    }
}
