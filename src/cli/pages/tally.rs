//! What a report counts while leads are screened.

use chrono::{DateTime, Utc};

use super::timetable::Sample;
use crate::gate::Outlook;
use crate::rules::Pack;
use crate::timestamp::{DAY, Timestamp};
use crate::vocabulary::Verdict;
use crate::{Campaign, Decision, Lead, Region};

/// Days within which an ending consent is counted.
pub(super) const TERMS: [i64; 3] = [7, 14, 30];

/// What a report notes while leads are screened, beside the counts that every run makes.
pub(in crate::cli) struct Tally {
    outlook: Outlook,
    at: DateTime<Utc>,
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
            ending: [0; TERMS.len()],
            allowed: Sample::default(),
            deferred: Sample::default(),
        }
    }

    /// The regions that a lead is judged in.
    pub(in crate::cli) fn regions(&self, lead: &Lead) -> [Option<Region>; 2] {
        self.outlook.regions(lead)
    }

    /// Asks for the memory that [`Tally::add`] will read, some leads ahead.
    pub(in crate::cli) fn expect(&self, lead: &Lead, decision: &Decision) {
        self.outlook.expect(lead, decision);
    }

    /// Notes a lead. `again`: its number stood in a row before; `of_a_new_kind`: none was counted that was answered
    /// alike in the same regions.
    pub(in crate::cli) fn add(&mut self, lead: &Lead, decision: &Decision, again: bool, of_a_new_kind: bool) {
        if of_a_new_kind {
            self.outlook.note_packs(lead);
        }
        if let Some(ends) = self.outlook.consent_ends(lead, decision, self.at) {
            for (term, ending) in TERMS.iter().zip(&mut self.ending) {
                if ends <= Timestamp::from(self.at).plus(term.saturating_mul(DAY)) {
                    *ending = ending.saturating_add(1);
                }
            }
        }
        match decision.verdict() {
            Verdict::Allow if !again => self.allowed.add(lead, || decision.valid_until()),
            Verdict::Defer if !again => self.deferred.add(lead, || decision.retry_at()),
            _ => {}
        }
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
