//! Which registries speak against a contact.

use crate::event::{Attempt, Event};
use crate::rule::RegistryFacts;
use crate::rules::{Pack, RegistryRule};
use crate::timestamp::{DAY, Timestamp};
use crate::vocabulary::Party;

use super::evaluate::Case;
use super::horizon::Horizon;
use super::question::{PackView, RegistryView, TemplateView};
use super::standing::Standing;

/// What the registries of one pack say, relationships already taken into account.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Registries {
    pub(super) screened: RegistryFacts,
    pub(super) revoking: RegistryFacts,
    pub(super) outweighing: bool,
    pub(super) lifted_by_relationship: bool,
}

/// What the copies of one registry say.
#[derive(Clone, Copy, Debug)]
struct Copies {
    /// Listed, and since when (inner none: undated).
    listed: Option<Option<Timestamp>>,
    missing: bool,
    stale: bool,
}

/// What a registry entry says: since when, if that is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Listed {
    /// None: undated.
    pub(crate) at: Option<Timestamp>,
}

impl<H, A> Case<'_, H, A>
where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    pub(super) fn registries(
        &self,
        pack: &Pack,
        view: &PackView,
        standing: &Standing<'_, '_, H, A>,
        days: &[i32],
        horizon: &mut Horizon,
    ) -> Registries {
        let mut found = Registries::default();
        for registry in &view.registries {
            let Some(row) = pack.registries.get(registry.row) else { continue };
            if self.speaks(row, days) {
                self.registry(&row.rule, registry, standing, &mut found, horizon);
            }
        }
        found
    }

    fn registry(
        &self,
        rule: &RegistryRule,
        view: &RegistryView,
        standing: &Standing<'_, '_, H, A>,
        found: &mut Registries,
        horizon: &mut Horizon,
    ) {
        let party = self.place.party;
        let required = (party != Party::Business && rule.individuals) || (party == Party::Business && rule.businesses);
        let outweighs = party == Party::Business && rule.individuals && !rule.businesses;
        let counts = required || outweighs || (party == Party::Unknown && rule.businesses);
        if !counts {
            return;
        }
        let copies = self.copies(rule, view, standing, horizon);
        let by_relationship = rule.ebr.is_some_and(|ebr| standing.established_business(ebr, horizon))
            || rule.contract_lifts_days.is_some_and(|days| standing.contract_within(days, horizon));
        if by_relationship {
            found.lifted_by_relationship |= copies.listed.is_some() || required;
            return;
        }
        if rule.revokes_consents {
            let postdated = |listed: Option<Timestamp>| {
                listed.is_some_and(|listed| standing.consented.is_some_and(|given| given > listed))
            };
            found.revoking.listed |= copies.listed.is_some_and(|entry| !postdated(entry));
            found.revoking.missing |= required && copies.missing;
            found.revoking.stale |= required && copies.stale;
            return;
        }
        if outweighs {
            // A consent of any form lifts it, whatever form the requirement asks.
            found.outweighing |= copies.listed.is_some() && standing.consented.is_none();
            return;
        }
        found.screened.listed |= copies.listed.is_some();
        found.screened.missing |= required && copies.missing;
        found.screened.stale |= required && copies.stale;
    }

    fn copies(
        &self,
        rule: &RegistryRule,
        view: &RegistryView,
        standing: &Standing<'_, '_, H, A>,
        horizon: &mut Horizon,
    ) -> Copies {
        let at = standing.at;
        let grace = self.grace(rule);
        let mut found = Copies { listed: None, missing: true, stale: false };
        let mut fresh = false;
        for copy in &view.copies {
            if let Some(entry) = standing.entry(copy.list, grace, horizon) {
                found.listed = Some(match found.listed {
                    Some(former) => former.and_then(|former| entry.at.map(|listed| former.max(listed))),
                    None => entry.at,
                });
            }
            let covered = copy
                .covers
                .as_ref()
                .is_none_or(|prefixes| prefixes.iter().any(|prefix| prefix.begins(self.place.number)));
            if !covered {
                continue;
            }
            found.missing = false;
            horizon.note(copy.stale_from);
            fresh |= at < copy.stale_from;
        }
        found.stale = !found.missing && !fresh;
        found
    }

    /// For how long a new entry of this registry does not yet bind, where the owner asks for it.
    pub(super) fn grace(&self, rule: &RegistryRule) -> i64 {
        match rule.grace_days {
            Some(days) if self.world.dictionary.use_registry_grace => DAY.saturating_mul(i64::from(days)),
            _ => 0,
        }
    }
}

impl<H, A> Standing<'_, '_, H, A>
where
    H: Iterator<Item = Event> + Clone,
{
    /// The entries of this list that name the number and bind after their grace: the undated one first, else the
    /// latest. One that does not bind yet hides no older one.
    pub(super) fn entry(&self, list: u16, grace: i64, horizon: &mut Horizon) -> Option<Listed> {
        if self.undated_lists().any(|other| other == list) {
            return Some(Listed { at: None });
        }
        if !self.has_listings {
            return None;
        }
        let mut found: Option<Listed> = None;
        for event in self.subject.history.clone() {
            let TemplateView::Listing { list: other, scope } = self.question.template(event.template) else {
                continue;
            };
            if other != list || scope.is_some_and(|scope| !scope.question) {
                continue;
            }
            let binds_from = event.at.map_or(Timestamp::MIN, |_| self.effective(event).plus(grace));
            horizon.note_own(binds_from);
            if binds_from > self.at || event.until.is_some_and(|until| until <= self.at) {
                continue;
            }
            found = Some(match (found, event.at) {
                (_, None) | (Some(Listed { at: None }), _) => Listed { at: None },
                (Some(Listed { at: former }), at) => Listed { at: former.max(at) },
                (None, at) => Listed { at },
            });
        }
        found
    }
}
