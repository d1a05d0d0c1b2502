//! What would meet the requirements and clear the registries of a question.

use crate::event::{Attempt, Event};
use crate::language::fill;
use crate::rules::{EbrRule, Pack, RegistryRule, RequirementRule};
use crate::timestamp::Timestamp;
use crate::vocabulary::{Party, Reason, ReasonSet, Requirement};

use super::super::horizon::Horizon;
use super::super::question::{PackView, RegistryView};
use super::super::screening::Registries;
use super::obstacles::{Obstacles, Way};
use super::text;

/// What the requirement rows of the packs leave to the registries.
#[derive(Default)]
struct Unmet {
    /// Some requirement is not met: registries that a contact without consent is screened against are not asked.
    any: bool,
    /// By pack, in order: the form that its rows ask of a consent, where none is in force.
    consents: Vec<Option<(bool, bool)>>,
}

impl<H, A> Obstacles<'_, '_, H, A>
where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    /// Requirements and registries.
    pub(super) fn rules(&mut self) {
        let case = self.case;
        let packs: Vec<(&Pack, &PackView)> = case.rows(self.packs.apply).collect();
        let mut unmet = Unmet::default();
        let mut rows: usize = 0;
        for (pack, view) in &packs {
            let mut without = None;
            for (id, rule) in case.asked_rules(pack, view, self.days) {
                rows = rows.saturating_add(1);
                let by = id.map_or_else(|| pack.code.clone(), |id| format!("{}/{id}", pack.code));
                unmet.any |= self.requirement((pack, view), rule, by);
                let form = (rule.requirement == Requirement::OptInWritten, rule.double_opt_in);
                let failing = !self.standing.consent_failures(form.0, form.1).is_empty();
                if failing && rule.requirement != Requirement::Exempt {
                    let (written, confirmed) = without.unwrap_or((false, false));
                    without = Some((written || form.0, confirmed || form.1));
                }
            }
            unmet.consents.push(without);
        }
        if rows == 0 {
            let way = Way::of(self.w.verify.to_owned());
            self.push(ReasonSet::of(&[Reason::RuleUnverified]), self.w.by_rows.to_owned(), vec![way]);
        }
        for (index, (pack, view)) in packs.iter().enumerate() {
            let own = unmet.consents.get(index).copied().flatten();
            // A pack without a row of its own screens under what the others ask.
            let asks = !case.asked_rules(pack, view, self.days).is_empty();
            let form = if asks { own } else { unmet.consents.iter().flatten().max().copied() };
            for registry in &view.registries {
                let row = pack.registries.get(registry.row).filter(|row| case.speaks(row, self.days));
                if let Some(row) = row {
                    self.registry(pack, (&row.id, &row.rule), registry, form.filter(|_| !unmet.any));
                }
            }
        }
    }

    /// Puts down what a requirement misses; is it unmet?
    fn requirement(&mut self, (pack, view): (&Pack, &PackView), rule: RequirementRule, by: String) -> bool {
        let alone = self.case.requirement_alone((pack, view), rule, self.standing, self.days);
        let unmet = !alone.is_allowed();
        if unmet {
            let ways = self.meeting(rule, alone.reasons());
            self.push(alone.reasons(), by.clone(), ways);
        }
        if rule.needs_review {
            let way = Way::of(self.w.person_decides.to_owned());
            self.push(ReasonSet::of(&[Reason::RuleNeedsReview]), by, vec![way]);
        }
        unmet
    }

    /// The ways in which a requirement is met.
    fn meeting(&mut self, rule: RequirementRule, because: ReasonSet) -> Vec<Way> {
        let w = self.w;
        let written = rule.requirement == Requirement::OptInWritten;
        let mut ways: Vec<Way> = Vec::new();
        if rule.requirement == Requirement::Forbidden {
            return ways;
        }
        if because == ReasonSet::of(&[Reason::ConsentNotYetValid]) {
            let begins = self.standing.best_consent(written, rule.double_opt_in);
            let begins = begins.and_then(|(place, _)| self.standing.subject.history.clone().nth(place)?.at);
            let from = begins.map(text);
            ways.push(Way { says: w.consent_begins.to_owned(), from });
        }
        if rule.requirement != Requirement::ForbiddenExceptContract {
            ways.extend(self.consent((written, rule.double_opt_in), None));
        }
        let Some(later) = self.after_reassignment() else {
            ways.push(Way::of(w.date_reassigned.to_owned()));
            return ways;
        };
        let tie = match rule.requirement {
            Requirement::OptInOrSoft => Some(fill(w.soft_opt_in, &[&later])),
            Requirement::LawfulBasis => Some(fill(w.recent_soft_opt_in, &[&later])),
            Requirement::OptInOrContract | Requirement::ForbiddenExceptContract => Some(fill(w.contract, &[&later])),
            Requirement::OptInOrCustomer => Some(fill(w.customer, &[&later, &rule.customer_months])),
            Requirement::Presumed if self.case.asked_party() == Party::Business => {
                Some(fill(w.business_tie, &[&later]))
            }
            _ => None,
        };
        if let Some(says) = tie {
            self.rests_otherwise = true;
            ways.push(Way::of(says));
        }
        match rule.requirement {
            Requirement::Exempt => ways.extend(self.carrying_tie()),
            Requirement::DenyUnverified => ways.push(Way::of(w.verify.to_owned())),
            _ => {}
        }
        ways
    }

    /// Puts down what a registry says against the contact. `form`: that of the consent under which it is not asked;
    /// none: it is not asked anyway.
    fn registry(
        &mut self,
        pack: &Pack,
        (id, rule): (&str, &RegistryRule),
        view: &RegistryView,
        form: Option<(bool, bool)>,
    ) {
        let Registries { screened, revoking, outweighing, .. } =
            self.case.registry_alone(pack, view, self.standing, self.days);
        let against = if form.is_some() { screened.or(revoking) } else { revoking };
        let reasons: ReasonSet = [
            (against.listed || outweighing, Reason::RegistryListed),
            (against.missing, Reason::RegistryMissing),
            (against.stale, Reason::RegistryStale),
        ]
        .into_iter()
        .filter_map(|(is, reason)| is.then_some(reason))
        .collect();
        if reasons.is_empty() {
            return;
        }
        let w = self.w;
        let way = if against.missing || against.stale { w.load_registry } else { w.off_registry };
        let mut ways = vec![Way::of(fill(way, &[&rule.registry]))];
        if rule.revokes_consents {
            // Missing or stale it revokes whatever was given.
            if !against.missing && !against.stale {
                ways.extend(self.postdating_consent(rule, view));
            }
        } else {
            ways.extend(self.consent(form.unwrap_or((false, false)), None));
        }
        if let (Some(EbrRule { transaction_months, inquiry_months }), Some(later)) =
            (rule.ebr, self.after_reassignment())
            && self.standing.last_refusal != Some(Timestamp::MAX)
        {
            ways.push(Way::of(fill(w.recent_deal, &[&transaction_months, &inquiry_months, &later])));
        }
        if let (Some(days), Some(later)) = (rule.contract_lifts_days, self.after_reassignment()) {
            ways.push(Way::of(fill(w.contract_days, &[&days, &later])));
        }
        self.push(reasons, format!("{}/{id}", pack.code), ways);
    }

    /// A consent later than every entry of a registry that revokes earlier ones; none: an entry is undated.
    fn postdating_consent(&self, rule: &RegistryRule, view: &RegistryView) -> Option<Way> {
        let mut horizon = Horizon::after(self.at);
        let grace = self.case.grace(rule);
        let entries: Vec<Option<Timestamp>> = view
            .copies
            .iter()
            .filter_map(|copy| self.standing.entry(copy.list, grace, &mut horizon))
            .map(|entry| entry.at)
            .collect();
        let latest = entries.into_iter().collect::<Option<Vec<_>>>()?.into_iter().max();
        self.consent((false, false), latest)
    }
}
