//! The pure rule, every combination of its facts, against the tables of section 3 written down a second time.
#![expect(clippy::arithmetic_side_effects, reason = "a test")]

use dialgate::rule::{Facts, HoursFacts, RegistryFacts, RowFacts, decide};
use dialgate::vocabulary::{Basis, PurposeClass, Reason, ReasonSet, Requirement, Verdict};

/// The reasons of the contract's table, in its order, with their verdicts.
const TABLE: &[(Reason, Verdict)] = &[
    (Reason::NumberInvalid, Verdict::Deny),
    (Reason::QuestionUnknown, Verdict::Deny),
    (Reason::JurisdictionUnknown, Verdict::Deny),
    (Reason::SnapshotExpired, Verdict::Deny),
    (Reason::Erased, Verdict::Deny),
    (Reason::Restricted, Verdict::Deny),
    (Reason::Objected, Verdict::Deny),
    (Reason::Withdrawn, Verdict::Deny),
    (Reason::OptedOut, Verdict::Deny),
    (Reason::ListBlocked, Verdict::Deny),
    (Reason::RegistryListed, Verdict::Deny),
    (Reason::RegistryMissing, Verdict::Deny),
    (Reason::RegistryStale, Verdict::Deny),
    (Reason::Forbidden, Verdict::Deny),
    (Reason::RuleUnverified, Verdict::Deny),
    (Reason::ConsentMissing, Verdict::Deny),
    (Reason::ConsentScope, Verdict::Deny),
    (Reason::ConsentNonconforming, Verdict::Deny),
    (Reason::ConsentNotYetValid, Verdict::Deny),
    (Reason::ConsentExpired, Verdict::Deny),
    (Reason::NumberReassigned, Verdict::Deny),
    (Reason::BasisMissing, Verdict::Deny),
    (Reason::TimeZoneUnknown, Verdict::Deny),
    (Reason::RuleNeedsReview, Verdict::Review),
    (Reason::OutsideHours, Verdict::Defer),
    (Reason::Holiday, Verdict::Defer),
    (Reason::AttemptCap, Verdict::Defer),
    (Reason::SilencePeriod, Verdict::Defer),
];

const ORDINARY: &[PurposeClass] = &[
    PurposeClass::Marketing,
    PurposeClass::Service,
    PurposeClass::DebtCollection,
    PurposeClass::Survey,
    PurposeClass::Charity,
    PurposeClass::Political,
    PurposeClass::Reconsent,
    PurposeClass::Notice,
];

fn bit(reason: Reason) -> u32 {
    1 << reason.code()
}

/// The requirement table: what speaks against, and the bases that may be named.
fn requirement_table(class: PurposeClass, row: &RowFacts) -> (u32, Option<Basis>) {
    let consent = row.consent_failures.is_empty();
    let why_not = row.consent_failures.bits();
    let needs_carrier =
        class == PurposeClass::Service || class == PurposeClass::DebtCollection || class == PurposeClass::Notice;
    if row.requirement == Requirement::Exempt {
        if row.carried_by.is_some() {
            return (0, row.carried_by);
        }
        if row.gdpr && needs_carrier {
            return if consent { (0, Some(Basis::Consent)) } else { (bit(Reason::BasisMissing), None) };
        }
        return (0, Some(Basis::NotRequired));
    }
    if row.requirement == Requirement::ForbiddenExceptContract {
        return if row.contract { (0, Some(Basis::Contract)) } else { (bit(Reason::Forbidden), None) };
    }
    if row.requirement == Requirement::Forbidden {
        return (bit(Reason::Forbidden), None);
    }
    if consent {
        return (0, Some(Basis::Consent));
    }
    let or_else = |met: bool, basis: Basis| if met { (0, Some(basis)) } else { (why_not, None) };
    match row.requirement {
        Requirement::OptOut if row.lifted_by_relationship => (0, Some(Basis::Relationship)),
        Requirement::OptOut if row.gdpr => (0, Some(Basis::LegitimateInterest)),
        Requirement::OptOut => (0, Some(Basis::NotRequired)),
        Requirement::OptIn | Requirement::OptInWritten => (why_not, None),
        Requirement::OptInOrSoft => or_else(row.soft_opt_in, Basis::SoftOptIn),
        Requirement::OptInOrContract => or_else(row.contract, Basis::Contract),
        Requirement::OptInOrCustomer => or_else(row.customer, Basis::Relationship),
        Requirement::LawfulBasis => or_else(row.recent_soft_opt_in, Basis::LegitimateInterest),
        Requirement::Presumed => or_else(row.business_relationship, Basis::Relationship),
        Requirement::DenyUnverified => (bit(Reason::RuleUnverified), None),
        Requirement::ForbiddenUnsolicited => (bit(Reason::Forbidden), None),
        Requirement::Exempt | Requirement::ForbiddenExceptContract | Requirement::Forbidden => unreachable!(),
    }
}

fn hits(registries: RegistryFacts) -> u32 {
    (u32::from(registries.listed) * bit(Reason::RegistryListed))
        | (u32::from(registries.missing) * bit(Reason::RegistryMissing))
        | (u32::from(registries.stale) * bit(Reason::RegistryStale))
}

/// All that the jurisdictions have against it. Registries are screened where the contact rests on opt-out, a
/// relationship or a legitimate interest: not under a consent, which lifts them even where the contact must rest on
/// something else, and not where the requirement is not met anyway.
fn jurisdictions(class: PurposeClass, rows: &[RowFacts]) -> (u32, Vec<Basis>) {
    let (mut against, mut bases) = (0, Vec::new());
    let unmet = rows.iter().any(|row| requirement_table(class, row).1.is_none());
    for row in rows {
        let (reasons, basis) = requirement_table(class, row);
        against |= reasons;
        bases.extend(basis);
        if !unmet && !row.consent_failures.is_empty() && row.requirement != Requirement::Exempt {
            against |= hits(row.registries);
        }
        against |= hits(row.revoking_registries);
        if row.outweighing_listing && !row.consent_failures.is_empty() {
            against |= bit(Reason::RegistryListed);
        }
        if row.needs_review {
            against |= bit(Reason::RuleNeedsReview);
        }
    }
    (against, bases)
}

fn check(facts: &Facts<'_>, against: u32, bases: &[Basis]) {
    let decision = decide(facts);
    assert_eq!(decision.reasons().bits(), against, "reasons {:?}, facts {facts:?}", decision.reasons());
    let expected = TABLE.iter().filter(|(reason, _)| against & bit(*reason) != 0);
    let verdict = expected.clone().map(|(_, verdict)| *verdict).min().unwrap_or(Verdict::Allow);
    assert_eq!(decision.verdict(), verdict, "facts {facts:?}");
    let mut first = expected.filter(|(_, of)| *of == verdict).map(|(reason, _)| *reason);
    assert_eq!(decision.reason(), first.next(), "facts {facts:?}");
    match decision.basis() {
        None => assert_ne!(verdict, Verdict::Allow, "an allow names its basis: {facts:?}"),
        Some(basis) => assert!(verdict == Verdict::Allow && bases.contains(&basis), "{basis:?}: {facts:?}"),
    }
}

fn facts(class: PurposeClass, rows: &[RowFacts]) -> Facts<'_> {
    Facts {
        number_possible: true,
        question_known: true,
        jurisdiction_known: true,
        snapshot_current: true,
        class,
        emergency_declared: false,
        confirmation_due: false,
        denials: ReasonSet::EMPTY,
        caller_id_banned: false,
        rows,
        hours: HoursFacts::default(),
        cap_reached: false,
        silenced: false,
    }
}

fn row(requirement: Requirement, consent_failures: ReasonSet) -> RowFacts {
    RowFacts {
        requirement,
        gdpr: false,
        needs_review: false,
        consent_failures,
        carried_by: None,
        contract: false,
        soft_opt_in: false,
        recent_soft_opt_in: false,
        customer: false,
        business_relationship: false,
        registries: RegistryFacts::default(),
        revoking_registries: RegistryFacts::default(),
        outweighing_listing: false,
        lifted_by_relationship: false,
    }
}

fn registry(bits: u8) -> RegistryFacts {
    RegistryFacts { listed: bits & 1 != 0, missing: bits & 2 != 0, stale: bits & 4 != 0 }
}

const FAILURES: &[ReasonSet] = &[
    ReasonSet::EMPTY,
    ReasonSet::of(&[Reason::Withdrawn]),
    ReasonSet::of(&[Reason::ConsentMissing]),
    ReasonSet::of(&[Reason::ConsentScope]),
    ReasonSet::of(&[Reason::ConsentNonconforming]),
    ReasonSet::of(&[Reason::ConsentNotYetValid]),
    ReasonSet::of(&[Reason::ConsentExpired]),
    ReasonSet::of(&[Reason::NumberReassigned]),
    ReasonSet::of(&[Reason::ConsentNonconforming, Reason::ConsentExpired]),
];

/// Every row whose relations are these, without registries.
fn rows(requirement: Requirement) -> Vec<RowFacts> {
    let mut rows = Vec::new();
    for consent_failures in FAILURES {
        for carried_by in [None, Some(Basis::Contract), Some(Basis::Relationship)] {
            for bits in 0_u16..256 {
                let is = |place: u16| bits & (1 << place) != 0;
                rows.push(RowFacts {
                    gdpr: is(0),
                    carried_by,
                    contract: is(1),
                    soft_opt_in: is(2),
                    recent_soft_opt_in: is(3),
                    customer: is(4),
                    business_relationship: is(5),
                    lifted_by_relationship: is(6),
                    needs_review: is(7),
                    ..row(requirement, *consent_failures)
                });
            }
        }
    }
    rows
}

#[test]
fn every_requirement_is_satisfied_by_what_its_row_of_the_table_names() {
    for requirement in Requirement::ALL {
        for row in rows(*requirement) {
            for class in ORDINARY {
                let rows = [row];
                let (against, bases) = jurisdictions(*class, &rows);
                check(&facts(*class, &rows), against, &bases);
            }
        }
    }
}

#[test]
fn registries_are_screened_only_where_the_contact_rests_on_something_else_than_consent() {
    for requirement in Requirement::ALL {
        for base in rows(*requirement).into_iter().filter(|row| !row.needs_review) {
            for bits in 0_u8..128 {
                let rows = [RowFacts {
                    registries: registry(bits & 7),
                    revoking_registries: registry((bits >> 3) & 7),
                    outweighing_listing: bits & 64 != 0,
                    ..base
                }];
                let (against, bases) = jurisdictions(PurposeClass::Marketing, &rows);
                check(&facts(PurposeClass::Marketing, &rows), against, &bases);
            }
        }
    }
}

/// Rows that differ in what matters between jurisdictions.
fn kinds() -> Vec<RowFacts> {
    let mut kinds = Vec::new();
    for requirement in Requirement::ALL {
        for failures in [ReasonSet::EMPTY, ReasonSet::of(&[Reason::ConsentExpired])] {
            for bits in 0_u8..16 {
                let other = bits & 1 != 0;
                kinds.push(RowFacts {
                    gdpr: bits & 2 != 0,
                    contract: other,
                    soft_opt_in: other,
                    recent_soft_opt_in: other,
                    customer: other,
                    business_relationship: other,
                    carried_by: other.then_some(Basis::Contract),
                    registries: registry((bits >> 2) & 1),
                    needs_review: bits & 8 != 0,
                    ..row(*requirement, failures)
                });
            }
        }
    }
    kinds
}

#[test]
fn least_permissive_wins_between_jurisdictions() {
    for first in kinds() {
        for second in kinds() {
            let rows = [first, second];
            let (against, bases) = jurisdictions(PurposeClass::Service, &rows);
            check(&facts(PurposeClass::Service, &rows), against, &bases);
            let together = decide(&facts(PurposeClass::Service, &rows)).verdict();
            for alone in [first, second] {
                let alone = decide(&facts(PurposeClass::Service, &[alone])).verdict();
                assert!(together <= alone, "together {together}, alone {alone}: {rows:?}");
            }
        }
    }
}

const DENIALS: [Reason; 6] =
    [Reason::Erased, Reason::Restricted, Reason::Objected, Reason::Withdrawn, Reason::OptedOut, Reason::ListBlocked];

/// What the contract says of everything around the rows.
fn around(facts: &Facts<'_>) -> (u32, Vec<Basis>) {
    if !facts.number_possible {
        return (bit(Reason::NumberInvalid), Vec::new());
    }
    if facts.class == PurposeClass::Emergency && facts.emergency_declared {
        return (0, vec![Basis::NotRequired]);
    }
    for (known, reason) in [
        (facts.question_known, Reason::QuestionUnknown),
        (facts.jurisdiction_known, Reason::JurisdictionUnknown),
        (facts.snapshot_current, Reason::SnapshotExpired),
    ] {
        if !known {
            return (bit(reason), Vec::new());
        }
    }
    let (mut against, bases) = match facts.class {
        PurposeClass::Emergency => (bit(Reason::Forbidden), Vec::new()),
        PurposeClass::OptOutConfirmation if !facts.confirmation_due => (bit(Reason::BasisMissing), Vec::new()),
        PurposeClass::OptOutConfirmation => (0, vec![Basis::NotRequired]),
        class => jurisdictions(class, facts.rows),
    };
    against |= facts.denials.bits();
    for (applies, reason) in [
        (facts.caller_id_banned, Reason::Forbidden),
        (facts.hours.zone_unknown, Reason::TimeZoneUnknown),
        (facts.hours.outside, Reason::OutsideHours),
        (facts.hours.holiday, Reason::Holiday),
        (facts.cap_reached, Reason::AttemptCap),
        (facts.silenced, Reason::SilencePeriod),
    ] {
        against |= u32::from(applies) * bit(reason);
    }
    (against, bases)
}

#[test]
fn all_reasons_are_reported_and_the_first_of_the_severest_verdict_speaks() {
    let allowed = row(Requirement::OptOut, ReasonSet::EMPTY);
    let review = RowFacts { needs_review: true, ..allowed };
    let denied = row(Requirement::OptIn, ReasonSet::of(&[Reason::ConsentMissing]));
    for row in [allowed, review, denied] {
        let rows = [row];
        for class in PurposeClass::ALL {
            for denials in 0_u32..64 {
                let standing = DENIALS.iter().enumerate().filter(|(place, _)| denials & (1 << place) != 0);
                let denials: ReasonSet = standing.map(|(_, reason)| *reason).collect();
                for bits in 0_u16..256 {
                    let is = |place: u16| bits & (1 << place) != 0;
                    let facts = Facts {
                        emergency_declared: is(0),
                        confirmation_due: is(1),
                        denials,
                        caller_id_banned: is(2),
                        hours: HoursFacts { zone_unknown: is(3), outside: is(4), holiday: is(5) },
                        cap_reached: is(6),
                        silenced: is(7),
                        ..facts(*class, &rows)
                    };
                    let (against, bases) = around(&facts);
                    check(&facts, against, &bases);
                }
            }
        }
    }
}

#[test]
fn unknown_denies_and_ends_the_evaluation() {
    let rows = [row(Requirement::OptOut, ReasonSet::EMPTY)];
    for class in PurposeClass::ALL {
        for bits in 0_u8..128 {
            let is = |place: u8| bits & (1 << place) != 0;
            for denials in [ReasonSet::EMPTY, ReasonSet::of(&DENIALS)] {
                let facts = Facts {
                    number_possible: is(0),
                    question_known: is(1),
                    jurisdiction_known: is(2),
                    snapshot_current: is(3),
                    emergency_declared: is(4),
                    confirmation_due: is(5),
                    hours: HoursFacts { outside: is(6), ..HoursFacts::default() },
                    denials,
                    ..facts(*class, &rows)
                };
                let (against, bases) = around(&facts);
                check(&facts, against, &bases);
            }
        }
    }
}

#[test]
fn where_no_jurisdiction_asks_anything_the_answer_is_no() {
    for class in ORDINARY {
        assert!(!decide(&facts(*class, &[])).is_allowed(), "{class}");
    }
}

#[test]
fn the_vocabulary_agrees_with_the_table() {
    for (place, (reason, verdict)) in TABLE.iter().enumerate() {
        assert_eq!(usize::from(reason.code()), place + 1, "{reason}");
        assert_eq!(reason.verdict(), *verdict, "{reason}");
    }
    assert_eq!(Reason::ALL.len(), TABLE.len());
    assert!(Verdict::Deny < Verdict::Review && Verdict::Review < Verdict::Defer && Verdict::Defer < Verdict::Allow);
}
