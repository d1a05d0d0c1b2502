//! What each jurisdiction asks of one question, collected for the pure rule.

use crate::event::Event;
use crate::rule::{RegistryFacts, RowFacts};
use crate::rules::RequirementRule;
use crate::vocabulary::{Party, ReasonSet, Requirement};

use super::horizon::Horizon;
use super::screening::Registries;
use super::standing::Standing;

/// More requirement rows than can apply to one question; what does not fit denies.
const MAX_ROWS: usize = 16;

/// A few rows, without allocation.
pub(super) struct RowBuffer {
    rows: [RowFacts; MAX_ROWS],
    len: usize,
    /// There were more rows than fit: the place is then as good as unknown.
    pub(super) overflowed: bool,
    /// Registries that packs without a requirement of their own screen.
    also: Registries,
}

impl RowBuffer {
    pub(super) const fn new() -> Self {
        const EMPTY: RowFacts = RowFacts {
            requirement: Requirement::Forbidden,
            gdpr: true,
            needs_review: false,
            consent_failures: ReasonSet::EMPTY,
            carried_by: None,
            contract: false,
            soft_opt_in: false,
            recent_soft_opt_in: false,
            customer: false,
            business_relationship: false,
            registries: RegistryFacts::CLEAR,
            revoking_registries: RegistryFacts::CLEAR,
            outweighing_listing: false,
            lifted_by_relationship: false,
        };
        let also = Registries {
            screened: RegistryFacts::CLEAR,
            revoking: RegistryFacts::CLEAR,
            outweighing: false,
            lifted_by_relationship: false,
        };
        Self { rows: [EMPTY; MAX_ROWS], len: 0, overflowed: false, also }
    }

    pub(super) fn push(&mut self, row: RowFacts) {
        match self.rows.get_mut(self.len) {
            Some(free) => {
                *free = row;
                self.len = self.len.saturating_add(1);
            }
            None => self.overflowed = true,
        }
    }

    /// Every row, those already there and those to come, screens these registries too.
    pub(super) fn screen_all(&mut self, also: Registries) {
        self.also.screened = self.also.screened.or(also.screened);
        self.also.revoking = self.also.revoking.or(also.revoking);
        self.also.outweighing |= also.outweighing;
    }

    pub(super) fn finish(&mut self) -> &[RowFacts] {
        let also = self.also;
        let rows = self.rows.get_mut(..self.len).unwrap_or_default();
        for row in &mut *rows {
            row.registries = row.registries.or(also.screened);
            row.revoking_registries = row.revoking_registries.or(also.revoking);
            row.outweighing_listing |= also.outweighing;
        }
        rows
    }
}

/// What one row asks, and what is on record for it.
pub(super) fn row_facts<H, A>(
    gdpr: bool,
    rule: RequirementRule,
    standing: &Standing<'_, '_, H, A>,
    registries: Registries,
    party: Party,
    horizon: &mut Horizon,
) -> RowFacts
where
    H: Iterator<Item = Event> + Clone,
{
    let written = rule.requirement == Requirement::OptInWritten;
    RowFacts {
        requirement: rule.requirement,
        gdpr,
        needs_review: rule.needs_review,
        consent_failures: standing.consent_failures(written, rule.double_opt_in),
        carried_by: standing.carried_by,
        contract: standing.contract(),
        soft_opt_in: standing.soft_opt_in(false),
        recent_soft_opt_in: standing.soft_opt_in(true),
        customer: rule.requirement == Requirement::OptInOrCustomer
            && standing.customer(u32::from(rule.customer_months), horizon),
        business_relationship: party == Party::Business && standing.running_relationship(),
        registries: registries.screened,
        revoking_registries: registries.revoking,
        outweighing_listing: registries.outweighing,
        lifted_by_relationship: registries.lifted_by_relationship,
    }
}
