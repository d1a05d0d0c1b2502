//! The pure rule: facts in, decision out.
//!
//! No clock, no file, no lock, no memory of earlier calls: the same facts give the same decision. The gate
//! only gathers the facts. What is unknown is a fact of its own and denies.

use crate::Decision;
use crate::vocabulary::{Basis, PurposeClass, Reason, ReasonSet, Requirement};

/// Everything that a decision depends on, about one question at one instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts<'a> {
    /// The number is a possible E.164 number, neither emergency nor short code.
    pub number_possible: bool,
    /// Purpose, channel and controller are known.
    pub question_known: bool,
    /// Rule packs speak for the number and for the lead's region.
    pub jurisdiction_known: bool,
    /// The gate's data and clock can be trusted.
    pub snapshot_current: bool,
    /// The class of the purpose.
    pub class: PurposeClass,
    /// The controller is declared to make emergency contacts.
    pub emergency_declared: bool,
    /// A confirmation of an opt-out is due on this channel and was not yet sent.
    pub confirmation_due: bool,
    /// Denials that cover the question, are in force, and are neither lifted nor spared:
    /// `erased`, `restricted`, `objected`, `withdrawn`, `opted_out`, `list_blocked`.
    pub denials: ReasonSet,
    /// The caller's own numbers are banned for this contact.
    pub caller_id_banned: bool,
    /// What each jurisdiction asks. For an ordinary class at least one.
    pub rows: &'a [RowFacts],
    /// The hours, over all windows and zones.
    pub hours: HoursFacts,
    /// An attempt cap is reached.
    pub cap_reached: bool,
    /// A refusal or a conversation bars contact for now.
    pub silenced: bool,
}

/// What one jurisdiction asks, and what is on record for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowFacts {
    /// What is asked.
    pub requirement: Requirement,
    /// GDPR (or UK GDPR) applies.
    pub gdpr: bool,
    /// A person must look.
    pub needs_review: bool,
    /// Why no consent satisfies the requirement's consent part; empty: one does.
    /// `withdrawn` or one of `consent_missing` to `number_reassigned`.
    pub consent_failures: ReasonSet,
    /// The relationship that carries a service, a debt or a notice.
    pub carried_by: Option<Basis>,
    /// A running contract names this purpose.
    pub contract: bool,
    /// A soft opt-in names this purpose.
    pub soft_opt_in: bool,
    /// A soft opt-in whose last contact lies within one year.
    pub recent_soft_opt_in: bool,
    /// A purchase, order or contract within the rule's term names this purpose.
    pub customer: bool,
    /// A running relationship with a business names this purpose.
    pub business_relationship: bool,
    /// The registries that a contact without consent is screened against.
    pub registries: RegistryFacts,
    /// The registry that is screened under a consent too, because it revokes earlier ones.
    pub revoking_registries: RegistryFacts,
    /// Listed in a registry for individuals although the lead is a business, not lifted by a relationship.
    pub outweighing_listing: bool,
    /// A relationship lifted a listing, or makes a missing or stale copy harmless.
    pub lifted_by_relationship: bool,
}

/// What the screened registries say, as far as no relationship lifts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RegistryFacts {
    /// Listed.
    pub listed: bool,
    /// A registry that must be there is not, or does not cover the number.
    pub missing: bool,
    /// The copy is too old.
    pub stale: bool,
}

impl RegistryFacts {
    /// Nothing against the contact.
    pub const CLEAR: Self = Self { listed: false, missing: false, stale: false };

    /// What either says.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            listed: self.listed | other.listed,
            missing: self.missing | other.missing,
            stale: self.stale | other.stale,
        }
    }
}

/// What the hours say, over all windows and zones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HoursFacts {
    /// Hours apply and a zone is not known.
    pub zone_unknown: bool,
    /// Outside a window in at least one zone.
    pub outside: bool,
    /// A holiday on which no contact is allowed.
    pub holiday: bool,
}

/// The decision that the facts lead to: verdict, reasons and basis.
pub fn decide(facts: &Facts<'_>) -> Decision {
    if let Some(reason) = unknown(facts) {
        return Decision::because(reason);
    }
    let (mut reasons, basis) = match facts.class {
        PurposeClass::Emergency if facts.emergency_declared => {
            return Decision::of(ReasonSet::EMPTY, Some(Basis::NotRequired));
        }
        PurposeClass::Emergency => (ReasonSet::of(&[Reason::Forbidden]), None),
        PurposeClass::OptOutConfirmation if facts.confirmation_due => (ReasonSet::EMPTY, Some(Basis::NotRequired)),
        PurposeClass::OptOutConfirmation => (ReasonSet::of(&[Reason::BasisMissing]), None),
        class => judge_all(class, facts.rows),
    };
    reasons = reasons.union(facts.denials).union(timing(facts));
    if facts.caller_id_banned {
        reasons = reasons.with(Reason::Forbidden);
    }
    Decision::of(reasons, basis)
}

/// The first of the four reasons that end the evaluation.
fn unknown(facts: &Facts<'_>) -> Option<Reason> {
    if !facts.number_possible {
        return Some(Reason::NumberInvalid);
    }
    if facts.class == PurposeClass::Emergency && facts.emergency_declared {
        return None;
    }
    if !facts.question_known {
        return Some(Reason::QuestionUnknown);
    }
    if !facts.jurisdiction_known {
        return Some(Reason::JurisdictionUnknown);
    }
    if !facts.snapshot_current {
        return Some(Reason::SnapshotExpired);
    }
    None
}

fn timing(facts: &Facts<'_>) -> ReasonSet {
    [
        (facts.hours.zone_unknown, Reason::TimeZoneUnknown),
        (facts.hours.outside, Reason::OutsideHours),
        (facts.hours.holiday, Reason::Holiday),
        (facts.cap_reached, Reason::AttemptCap),
        (facts.silenced, Reason::SilencePeriod),
    ]
    .into_iter()
    .filter_map(|(applies, reason)| applies.then_some(reason))
    .collect()
}

/// All jurisdictions must be satisfied; the strongest basis is the one named.
fn judge_all(class: PurposeClass, rows: &[RowFacts]) -> (ReasonSet, Option<Basis>) {
    if rows.is_empty() {
        return (ReasonSet::of(&[Reason::RuleUnverified]), None);
    }
    // What is refused for want of a consent or a basis would rest on none of what the registries are for.
    let unmet = rows.iter().any(|row| satisfy(class, row).1.is_none());
    let mut reasons = ReasonSet::EMPTY;
    let mut basis: Option<Basis> = None;
    for row in rows {
        let (against, on) = judge(class, row, unmet);
        reasons = reasons.union(against);
        basis = match (basis, on) {
            (Some(former), Some(on)) => Some(former.min(on)),
            (former, on) => former.or(on),
        };
    }
    (reasons, basis)
}

/// What one jurisdiction has against it, or the basis on which it does not.
fn judge(class: PurposeClass, row: &RowFacts, unmet: bool) -> (ReasonSet, Option<Basis>) {
    let (mut reasons, basis) = satisfy(class, row);
    reasons = reasons.union(screen(row.revoking_registries));
    if !unmet && !row.consent_failures.is_empty() && row.requirement != Requirement::Exempt {
        reasons = reasons.union(screen(row.registries));
    }
    if row.outweighing_listing && !row.consent_failures.is_empty() {
        reasons = reasons.with(Reason::RegistryListed);
    }
    if row.needs_review {
        reasons = reasons.with(Reason::RuleNeedsReview);
    }
    (reasons, basis)
}

/// Is the requirement met, and by what?
fn satisfy(class: PurposeClass, row: &RowFacts) -> (ReasonSet, Option<Basis>) {
    let consented = row.consent_failures.is_empty();
    let met = |basis: Basis| (ReasonSet::EMPTY, Some(basis));
    let unmet = |reason: Reason| (ReasonSet::of(&[reason]), None);
    let opt_in_or = |other: bool, basis: Basis| {
        if consented {
            met(Basis::Consent)
        } else if other {
            met(basis)
        } else {
            (row.consent_failures, None)
        }
    };
    let carried_class = matches!(class, PurposeClass::Service | PurposeClass::DebtCollection | PurposeClass::Notice);
    match row.requirement {
        Requirement::Exempt if row.gdpr && carried_class => match row.carried_by {
            Some(basis) => met(basis),
            None if consented => met(Basis::Consent),
            None => unmet(Reason::BasisMissing),
        },
        Requirement::Exempt => met(row.carried_by.unwrap_or(Basis::NotRequired)),
        Requirement::OptOut if consented => met(Basis::Consent),
        Requirement::OptOut if row.lifted_by_relationship => met(Basis::Relationship),
        Requirement::OptOut if row.gdpr => met(Basis::LegitimateInterest),
        Requirement::OptOut => met(Basis::NotRequired),
        Requirement::OptIn | Requirement::OptInWritten => opt_in_or(false, Basis::Consent),
        Requirement::OptInOrSoft => opt_in_or(row.soft_opt_in, Basis::SoftOptIn),
        Requirement::OptInOrContract => opt_in_or(row.contract, Basis::Contract),
        Requirement::OptInOrCustomer => opt_in_or(row.customer, Basis::Relationship),
        Requirement::LawfulBasis => opt_in_or(row.recent_soft_opt_in, Basis::LegitimateInterest),
        Requirement::Presumed => opt_in_or(row.business_relationship, Basis::Relationship),
        Requirement::ForbiddenExceptContract if row.contract => met(Basis::Contract),
        Requirement::ForbiddenExceptContract | Requirement::Forbidden => unmet(Reason::Forbidden),
        Requirement::DenyUnverified if consented => met(Basis::Consent),
        Requirement::DenyUnverified => unmet(Reason::RuleUnverified),
        Requirement::ForbiddenUnsolicited if consented => met(Basis::Consent),
        Requirement::ForbiddenUnsolicited => unmet(Reason::Forbidden),
    }
}

fn screen(registries: RegistryFacts) -> ReasonSet {
    [
        (registries.listed, Reason::RegistryListed),
        (registries.missing, Reason::RegistryMissing),
        (registries.stale, Reason::RegistryStale),
    ]
    .into_iter()
    .filter_map(|(applies, reason)| applies.then_some(reason))
    .collect()
}
