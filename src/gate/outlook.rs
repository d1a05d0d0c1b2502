//! What a report wants to know of a lead beside its decision: where it was judged, and when its consent ends.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::event::{Attempt, Event};
use crate::rules::Pack;
use crate::timestamp::Timestamp;
use crate::vocabulary::{Basis, Verdict};
use crate::{Decision, Region};

use super::campaign::Campaign;
use super::evaluate::Case;
use super::horizon::Horizon;
use super::lead::Lead;
use super::loaded::Loaded;
use super::packs::{PackSet, Packs};
use super::question::TemplateView;
use super::standing::Standing;

/// Looks at leads on one state of the data.
#[derive(Debug)]
pub(crate) struct Outlook {
    loaded: Arc<Loaded>,
    campaign: Campaign,
    /// Packs by whose rules a consent to the question ends after some months.
    limiting: PackSet,
    packs: PackSet,
}

impl Outlook {
    pub(crate) fn of(campaign: &Campaign) -> Self {
        let loaded = Arc::clone(&campaign.loaded());
        let question = campaign.question(&loaded);
        let views = question.into_iter().flat_map(|question| question.packs.iter().enumerate());
        let limiting = views
            .filter(|(_, view)| !view.consent_limits.is_empty())
            .fold(PackSet::EMPTY, |packs, (index, _)| packs.union(PackSet::of(index)));
        Self { loaded, campaign: campaign.clone(), limiting, packs: PackSet::EMPTY }
    }

    /// The regions that a lead is judged in: the number's, and the lead's where that is another.
    pub(crate) fn regions(&self, lead: &Lead) -> [Option<Region>; 2] {
        self.loaded.regions(lead)
    }

    /// Notes the packs that speak for a lead. They depend on its regions alone.
    pub(crate) fn note_packs(&mut self, lead: &Lead) {
        let packs = self.loaded.place_lead(lead).packs;
        self.packs = self.packs.union(packs.map_or(PackSet::EMPTY, |packs| packs.met));
    }

    /// Asks for the memory that [`Outlook::consent_ends`] will read.
    pub(crate) fn expect(&self, lead: &Lead, decision: &Decision) {
        if may_rest_on_consent(decision) {
            let _ = self.loaded.snapshot().probe(lead.number());
        }
    }

    /// When the last of the consents in force ends that a contact now or later rests on; none: there is none, or one
    /// that does not end.
    pub(crate) fn consent_ends(&self, lead: &Lead, decision: &Decision, at: DateTime<Utc>) -> Option<Timestamp> {
        let question = self.campaign.question(&self.loaded).filter(|_| may_rest_on_consent(decision))?;
        let probe = self.loaded.snapshot().probe(lead.number());
        // Most have no consent that ends: they are done with before anything else is looked up.
        let mut consents = self
            .loaded
            .history(lead.number(), &probe)
            .filter(|event| matches!(question.template(event.template), TemplateView::Consent(one) if one.covers));
        let first = consents.next()?;
        let ends_itself = first.until.is_some() || consents.any(|event| event.until.is_some());
        if !ends_itself && self.limiting == PackSet::EMPTY {
            return None;
        }
        let place = self.loaded.place_lead(lead);
        let packs = place.packs?;
        if !ends_itself && !self.limiting.intersects(packs.apply) {
            return None;
        }
        let subject = self.loaded.subject(question.controller, lead.number(), &probe);
        let (instant, validity) = self.loaded.instant(Some(at));
        self.loaded.case(question, &place, &subject, validity).consent_ends(packs, instant)
    }

    /// The packs that were noted, those that house rules replace included.
    pub(crate) fn packs(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter().filter_map(|pack| self.loaded.snapshot().rules().packs.get(pack))
    }
}

/// Does an answer rest on a consent, or may it at a later instant?
fn may_rest_on_consent(decision: &Decision) -> bool {
    decision.basis() == Some(Basis::Consent) || decision.verdict() == Verdict::Defer
}

impl<H, A> Case<'_, H, A>
where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    /// When the last of the consents that cover the question and are in force ends; none: there is none, or one
    /// that does not end.
    fn consent_ends(&self, packs: Packs, at: Timestamp) -> Option<Timestamp> {
        let limits = self.limits(packs.apply, self.days_at(at).as_slice());
        Standing::at(self.question, self.subject, packs.met, limits, at, &mut Horizon::after(at)).consent_ends()
    }
}
