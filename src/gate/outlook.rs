//! What a report wants to know of a lead beside its decision: where it was judged, and when its consent ends.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::event::{Attempt, Event};
use crate::rules::Pack;
use crate::timestamp::Timestamp;
use crate::vocabulary::Verdict;
use crate::{Decision, Region};

use super::campaign::Campaign;
use super::current::Resolved;
use super::evaluate::Case;
use super::horizon::Horizon;
use super::lead::Lead;
use super::loaded::Loaded;
use super::packs::{PackSet, Packs};
use super::question::{Question, TemplateView};
use super::standing::Standing;

/// Looks at leads on one state of the data.
#[derive(Debug)]
pub(crate) struct Outlook {
    loaded: Arc<Loaded>,
    resolved: Arc<Resolved<Option<Question>>>,
    packs: PackSet,
}

/// What was seen of a lead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// The regions that it was judged in: the number's, and the lead's where that is another.
    pub(crate) regions: [Option<Region>; 2],
    /// For a lead that may be contacted now or later: when the last of its consents in force ends, if all end.
    pub(crate) consent_ends: Option<Timestamp>,
}

impl Outlook {
    pub(crate) fn of(campaign: &Campaign) -> Self {
        let (loaded, resolved) = campaign.resolved();
        Self { loaded, resolved, packs: PackSet::EMPTY }
    }

    /// What there is to see of a lead with this decision.
    pub(crate) fn look(&mut self, lead: &Lead, decision: &Decision, at: DateTime<Utc>) -> Seen {
        let place = self.loaded.place_lead(lead);
        let mut seen = Seen { regions: place.regions, consent_ends: None };
        let Some(packs) = place.packs else { return seen };
        self.packs = self.packs.union(packs.met);
        let lives = matches!(decision.verdict(), Verdict::Allow | Verdict::Defer);
        if let (true, Some(question)) = (lives, &self.resolved.question) {
            let probe = self.loaded.snapshot().probe(lead.number());
            let subject = self.loaded.subject(question.controller, lead.number(), &probe);
            let (instant, validity) = self.loaded.instant(Some(at));
            seen.consent_ends = self.loaded.case(question, &place, &subject, validity).consent_ends(packs, instant);
        }
        seen
    }

    /// The packs that spoke for the leads that were looked at, those that house rules replace included.
    pub(crate) fn packs(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter().filter_map(|pack| self.loaded.snapshot().rules().packs.get(pack))
    }
}

impl<H, A> Case<'_, H, A>
where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    /// When the last of the consents that cover the question and are in force ends; none: there is none, or one
    /// that does not end.
    fn consent_ends(&self, packs: Packs, at: Timestamp) -> Option<Timestamp> {
        let limited = self.rows(packs.apply).any(|(_, view)| !view.consent_limits.is_empty());
        let may_end = self.subject.history.clone().any(|event| {
            let covers = matches!(self.question.template(event.template), TemplateView::Consent(one) if one.covers);
            covers && (limited || event.until.is_some())
        });
        if !may_end {
            return None;
        }
        let limits = self.limits(packs.apply, self.days_at(at).as_slice());
        Standing::at(self.question, self.subject, packs.met, limits, at, &mut Horizon::after(at)).consent_ends()
    }
}
