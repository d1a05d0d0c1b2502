//! One row of a pack, judged with everything else out of the way.

use crate::Decision;
use crate::event::{Attempt, Event};
use crate::rule::{Facts, HoursFacts, RegistryFacts, decide};
use crate::rules::{Pack, RequirementRule};
use crate::vocabulary::{Party, PurposeClass, ReasonSet, Requirement};

use super::super::evaluate::Case;
use super::super::horizon::Horizon;
use super::super::question::{PackView, RegistryView, applies};
use super::super::rows::row_facts;
use super::super::screening::Registries;
use super::super::standing::Standing;

/// What a pack asks that is not partial and has no row for the question.
pub(super) const UNVERIFIED: RequirementRule = RequirementRule {
    requirement: Requirement::DenyUnverified,
    customer_months: 0,
    needs_review: false,
    double_opt_in: false,
};

impl<H, A> Case<'_, H, A>
where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    /// The party that requirements are read for: unknown is an individual.
    pub(super) fn asked_party(&self) -> Party {
        if self.place.party == Party::Business { Party::Business } else { Party::Individual }
    }

    /// What a pack asks of this question: the row's id, none where the pack has no row and denies as unverified.
    pub(super) fn asked_rules<'p>(
        &'p self,
        pack: &'p Pack,
        view: &'p PackView,
        days: &'p [i32],
    ) -> Vec<(Option<&'p str>, RequirementRule)> {
        let party = self.asked_party();
        let mut asked: Vec<_> = view
            .requirements
            .iter()
            .filter_map(|row| pack.requirements.get(*row))
            .filter(|row| applies(&row.when, party, self.place.line, days))
            .map(|row| (Some(row.id.as_str()), row.rule))
            .collect();
        if asked.is_empty() && !self.is_special() && !pack.partial {
            asked.push((None, UNVERIFIED));
        }
        asked
    }

    /// Classes that no requirement row speaks of.
    pub(super) const fn is_special(&self) -> bool {
        matches!(self.question.class, PurposeClass::Emergency | PurposeClass::OptOutConfirmation)
    }

    /// The requirement alone, judged by the rule itself.
    pub(super) fn requirement_alone(
        &self,
        (pack, view): (&Pack, &PackView),
        rule: RequirementRule,
        standing: &Standing<'_, '_, H, A>,
        days: &[i32],
    ) -> Decision {
        let mut horizon = Horizon::after(standing.at);
        let registries = self.registries(pack, view, standing, days, &mut horizon);
        let mut facts = row_facts(pack.gdpr, rule, standing, registries, self.asked_party(), &mut horizon);
        facts.registries = RegistryFacts::CLEAR;
        facts.revoking_registries = RegistryFacts::CLEAR;
        facts.outweighing_listing = false;
        facts.needs_review = false;
        decide(&Facts {
            number_possible: true,
            question_known: true,
            jurisdiction_known: true,
            snapshot_current: true,
            class: self.question.class,
            emergency_declared: false,
            confirmation_due: false,
            denials: ReasonSet::EMPTY,
            caller_id_banned: false,
            rows: &[facts],
            hours: HoursFacts::default(),
            cap_reached: false,
            silenced: false,
        })
    }

    /// What one registry says, alone.
    pub(super) fn registry_alone(
        &self,
        pack: &Pack,
        view: &RegistryView,
        standing: &Standing<'_, '_, H, A>,
        days: &[i32],
    ) -> Registries {
        let alone = PackView { registries: vec![view.clone()], ..PackView::default() };
        self.registries(pack, &alone, standing, days, &mut Horizon::after(standing.at))
    }
}
