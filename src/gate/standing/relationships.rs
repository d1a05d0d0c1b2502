//! The relationships in a number's history: what they carry, and which requirement or registry they answer.

use crate::event::Event;
use crate::rules::EbrRule;
use crate::timestamp::{DAY, Timestamp};
use crate::vocabulary::{Basis, PurposeClass, RelationshipKind};

use super::super::horizon::Horizon;
use super::super::question::TemplateView;
use super::Standing;

/// Months for which an order or a purchase carries service and notices.
const ORDER_CARRIES_MONTHS: u32 = 24;

/// A relationship that counts at the instant.
#[derive(Clone, Copy, Debug)]
struct Tie {
    kind: RelationshipKind,
    names_purpose: bool,
    soft_opt_in: bool,
    from: Timestamp,
    until: Option<Timestamp>,
}

impl<H, A> Standing<'_, '_, H, A>
where
    H: Iterator<Item = Event> + Clone,
{
    /// Second pass: does this relationship carry a service, a debt or a notice?
    pub(super) fn note_tie(&mut self, event: Event, kind: RelationshipKind, horizon: &mut Horizon) {
        let Some(from) = event.at else { return };
        if matches!(kind, RelationshipKind::Order | RelationshipKind::Purchase) {
            horizon.note_own(from.plus_months(ORDER_CARRIES_MONTHS));
            horizon.note_own(from.plus_months(12));
        }
        let Some(tie) = self.tie(event) else { return };
        let basis = match (tie.kind, self.question.class) {
            (
                RelationshipKind::Contract,
                PurposeClass::Service | PurposeClass::DebtCollection | PurposeClass::Notice,
            ) => Basis::Contract,
            (RelationshipKind::Order | RelationshipKind::Purchase, PurposeClass::Service | PurposeClass::Notice)
                if self.at < from.plus_months(ORDER_CARRIES_MONTHS) =>
            {
                Basis::Relationship
            }
            (RelationshipKind::Debt, PurposeClass::DebtCollection) => Basis::Relationship,
            _ => return,
        };
        self.carried_by = Some(self.carried_by.map_or(basis, |known| known.min(basis)));
    }

    /// A contract, order or purchase after an erasure lifts it for service, debts and notices.
    pub(super) fn new_tie_lifts(&self, erased: Option<Timestamp>) -> bool {
        let Some(erased) = erased else { return false };
        self.carried_class()
            && self.ties().any(|tie| {
                tie.from > erased
                    && match tie.kind {
                        RelationshipKind::Contract => true,
                        RelationshipKind::Order | RelationshipKind::Purchase => {
                            self.at < tie.from.plus_months(ORDER_CARRIES_MONTHS)
                        }
                        RelationshipKind::Inquiry | RelationshipKind::Debt => false,
                    }
            })
    }

    /// A running contract names this purpose.
    pub(crate) fn contract(&self) -> bool {
        self.has_ties && self.ties().any(|tie| tie.kind == RelationshipKind::Contract && tie.names_purpose)
    }

    /// A purchase, order or contract with soft opt-in names this purpose; `recent`: within one year.
    pub(crate) fn soft_opt_in(&self, recent: bool) -> bool {
        self.has_ties
            && self.ties().any(|tie| {
                is_transaction(tie.kind)
                    && tie.soft_opt_in
                    && tie.names_purpose
                    && (!recent || tie.kind == RelationshipKind::Contract || self.at < tie.from.plus_months(12))
            })
    }

    /// A purchase, order or contract within so many months names this purpose.
    pub(crate) fn customer(&self, months: u32, horizon: &mut Horizon) -> bool {
        let mut found = false;
        for tie in self.ties().filter(|tie| is_transaction(tie.kind) && tie.names_purpose) {
            let last = tie.from.plus_months(months);
            if tie.kind != RelationshipKind::Contract {
                horizon.note_own(last);
            }
            found |= tie.kind == RelationshipKind::Contract || self.at < last;
        }
        found
    }

    /// A running relationship names this purpose.
    pub(crate) fn running_relationship(&self) -> bool {
        self.ties().any(|tie| {
            tie.names_purpose
                && match tie.kind {
                    RelationshipKind::Contract => true,
                    RelationshipKind::Order | RelationshipKind::Purchase => {
                        self.at < tie.from.plus_months(ORDER_CARRIES_MONTHS)
                    }
                    RelationshipKind::Inquiry | RelationshipKind::Debt => false,
                }
        })
    }

    /// A relationship lifts a registry for its months, when it is later than the last refusal.
    pub(crate) fn established_business(&self, rule: EbrRule, horizon: &mut Horizon) -> bool {
        let transaction = u32::from(rule.transaction_months);
        let inquiry = u32::from(rule.inquiry_months);
        let mut found = false;
        for tie in self.begun() {
            let last = match tie.kind {
                RelationshipKind::Contract => tie.until.map(|until| until.plus_months(transaction)),
                RelationshipKind::Order | RelationshipKind::Purchase => Some(tie.from.plus_months(transaction)),
                RelationshipKind::Inquiry => Some(tie.from.plus_months(inquiry)),
                RelationshipKind::Debt => continue,
            };
            let ended = tie.kind != RelationshipKind::Contract && tie.until.is_some_and(|until| until <= self.at);
            if let Some(last) = last {
                horizon.note_own(last);
            }
            found |= !ended
                && last.is_none_or(|last| self.at < last)
                && self.last_refusal.is_none_or(|refused| tie.from > refused);
        }
        found
    }

    /// A contract that runs, or ended at most so many days ago.
    pub(crate) fn contract_within(&self, days: u16, horizon: &mut Horizon) -> bool {
        let grace = DAY.saturating_mul(i64::from(days));
        let mut found = false;
        for tie in self.begun() {
            if tie.kind != RelationshipKind::Contract {
                continue;
            }
            match tie.until.map(|until| until.plus(grace)) {
                Some(last) => {
                    horizon.note_own(last);
                    found |= self.at < last;
                }
                None => found = true,
            }
        }
        found
    }

    /// The relationship, when it is in force: begun, not ended, later than the last reassignment.
    fn tie(&self, event: Event) -> Option<Tie> {
        let tie = self.began(event)?;
        tie.until.is_none_or(|until| self.at < until).then_some(tie)
    }

    /// The relationship, when it has begun with the person who holds the number now.
    fn began(&self, event: Event) -> Option<Tie> {
        let TemplateView::Relationship { kind, names_purpose, soft_opt_in } = self.question.template(event.template)
        else {
            return None;
        };
        let from = event.at?;
        // One that ended before it began never was.
        let was = event.until.is_none_or(|until| from < until);
        let counts = was && from <= self.at && self.reassigned.is_none_or(|reassigned| from > reassigned);
        counts.then_some(Tie { kind, names_purpose, soft_opt_in, from, until: event.until })
    }

    /// All that have begun.
    fn begun(&self) -> impl Iterator<Item = Tie> {
        let history = self.has_ties.then(|| self.subject.history.clone());
        history.into_iter().flatten().filter_map(|event| self.began(event))
    }

    /// All that are in force.
    fn ties(&self) -> impl Iterator<Item = Tie> {
        let history = self.has_ties.then(|| self.subject.history.clone());
        history.into_iter().flatten().filter_map(|event| self.tie(event))
    }
}

const fn is_transaction(kind: RelationshipKind) -> bool {
    matches!(kind, RelationshipKind::Contract | RelationshipKind::Order | RelationshipKind::Purchase)
}
