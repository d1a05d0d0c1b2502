//! The public do-not-call lists, and what their copies say.

use super::law::{Law, Screened};
use super::standing::{Case, includes};
use super::{DAY, List, Row};

pub(crate) struct Copy {
    pub(crate) listed: bool,
    /// The date of the latest entry; none: undated, or not listed.
    pub(crate) since: Option<i64>,
    pub(crate) missing: bool,
    pub(crate) stale: bool,
}

impl Case<'_> {
    /// Every registry of this law that speaks.
    pub(super) fn screen_all(&self, law: &Law, asks: bool, at: i64, row: &mut Row) {
        for registry in law.registries {
            if law.speaks(&registry.when, &self.asked(), &self.days(at)) {
                self.screen(law, registry, asks, at, row);
            }
        }
    }

    /// A consent of any form lifts a listing, and makes a missing or stale copy harmless; unless the registry revokes.
    fn screen(&self, law: &Law, registry: &Screened, asks: bool, at: i64, row: &mut Row) {
        let consented = self.consent_failures(at, false).is_empty();
        let screens = asks && !consented;
        let relationship = registry
            .relationship
            .is_some_and(|(dealt, asked)| self.established_business_relationship(at, dealt, asked));
        if relationship || registry.contract_days.is_some_and(|days| self.contract_within(at, days)) {
            return;
        }
        let business = self.question.party == "business";
        let required = if business { registry.businesses } else { registry.individuals };
        let hit_counts = required || (registry.businesses && self.question.party == "unknown");
        let copy = self.copy(law, registry, at);
        if registry.revokes {
            // READING: it revokes whatever consent there may have been, and is named beside a missing one.
            if hit_counts && copy.listed && !self.later_consent(copy.since, at) {
                row.always.insert("registry_listed");
            }
        } else if screens && hit_counts && copy.listed {
            row.registries.insert("registry_listed");
        }
        let defects = if registry.revokes { &mut row.always } else { &mut row.registries };
        if required && copy.missing && (screens || registry.revokes) {
            defects.insert("registry_missing");
        }
        if required && !copy.missing && copy.stale && (screens || registry.revokes) {
            defects.insert("registry_stale");
        }
        // READING: "denies by itself": whatever is asked, as long as no consent lifts it.
        let outweighs = business && registry.individuals && !registry.businesses;
        if outweighs && copy.listed && !consented {
            row.always.insert("registry_listed");
        }
    }

    /// What the copies of a registry say about the number.
    pub(crate) fn copy(&self, law: &Law, registry: &Screened, at: i64) -> Copy {
        let code = law.code;
        let mut copy = Copy { listed: false, since: None, missing: true, stale: true };
        let mut dates: Vec<Option<i64>> = Vec::new();
        for list in &self.model.lists {
            let for_this = list.kind == "registry"
                && list.registry.as_deref() == Some(registry.registry)
                && list.binds(&self.question.controller)
                && list.jurisdictions.as_ref().is_none_or(|codes| codes.iter().any(|one| one == code))
                && list.purposes.as_ref().is_none_or(|names| self.named(names))
                && list.channels.as_ref().is_none_or(|names| includes(names, &self.question.channel));
            if !for_this {
                continue;
            }
            let in_force = list.entries.iter().filter(|entry| {
                entry.names(&self.question.number)
                    && entry.at.is_none_or(|from| self.binds_from(from, registry) <= at)
                    && entry.until.is_none_or(|until| at < until)
            });
            dates.extend(in_force.map(|entry| entry.at));
            let covered = list
                .covers
                .as_ref()
                .is_none_or(|prefixes| prefixes.iter().any(|prefix| self.question.number.starts_with(prefix)));
            // READING: of several copies that cover the number the freshest decides.
            if covered {
                copy.missing = false;
                copy.stale &= self.stale_from(list, registry).is_none_or(|from| from <= at);
            }
        }
        copy.listed = !dates.is_empty();
        copy.since = if dates.contains(&None) { None } else { dates.into_iter().max().flatten() };
        copy
    }

    /// When an entry of this date begins to bind.
    pub(crate) fn binds_from(&self, dated: i64, registry: &Screened) -> i64 {
        let grace = if self.model.choices.grace { registry.grace_days } else { 0 };
        dated.min(self.model.as_of) + grace * DAY
    }

    /// When this copy is too old; none: it always is, as long as nobody has said what its limit is.
    pub(crate) fn stale_from(&self, list: &List, registry: &Screened) -> Option<i64> {
        let days = list.max_age_days.into_iter().chain(registry.max_age_days).min()?;
        Some(list.as_of + days * DAY)
    }
}
