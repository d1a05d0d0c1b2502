//! The facts of a decision as the log has them: what is false or empty is left out.

use serde::{Deserialize, Serialize};

use crate::rule::{Facts, HoursFacts, RegistryFacts, RowFacts};
use crate::vocabulary::{Basis, PurposeClass, Reason, ReasonSet, Requirement};

/// Everything that the pure rule was given. Names nobody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedFacts {
    class: PurposeClass,
    #[serde(default, skip_serializing_if = "no")]
    number_possible: bool,
    #[serde(default, skip_serializing_if = "no")]
    question_known: bool,
    #[serde(default, skip_serializing_if = "no")]
    jurisdiction_known: bool,
    #[serde(default, skip_serializing_if = "no")]
    snapshot_current: bool,
    #[serde(default, skip_serializing_if = "no")]
    emergency_declared: bool,
    #[serde(default, skip_serializing_if = "no")]
    confirmation_due: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    denials: Vec<Reason>,
    #[serde(default, skip_serializing_if = "no")]
    caller_id_banned: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rows: Vec<RecordedRow>,
    #[serde(default, skip_serializing_if = "no")]
    zone_unknown: bool,
    #[serde(default, skip_serializing_if = "no")]
    outside_hours: bool,
    #[serde(default, skip_serializing_if = "no")]
    holiday: bool,
    #[serde(default, skip_serializing_if = "no")]
    cap_reached: bool,
    #[serde(default, skip_serializing_if = "no")]
    silenced: bool,
}

/// What one jurisdiction asked, and what was on record for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedRow {
    requirement: Requirement,
    #[serde(default, skip_serializing_if = "no")]
    gdpr: bool,
    #[serde(default, skip_serializing_if = "no")]
    needs_review: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    consent_failures: Vec<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    carried_by: Option<Basis>,
    #[serde(default, skip_serializing_if = "no")]
    contract: bool,
    #[serde(default, skip_serializing_if = "no")]
    soft_opt_in: bool,
    #[serde(default, skip_serializing_if = "no")]
    recent_soft_opt_in: bool,
    #[serde(default, skip_serializing_if = "no")]
    customer: bool,
    #[serde(default, skip_serializing_if = "no")]
    business_relationship: bool,
    #[serde(default, skip_serializing_if = "RecordedRegistries::is_clear")]
    registries: RecordedRegistries,
    #[serde(default, skip_serializing_if = "RecordedRegistries::is_clear")]
    revoking_registries: RecordedRegistries,
    #[serde(default, skip_serializing_if = "no")]
    outweighing_listing: bool,
    #[serde(default, skip_serializing_if = "no")]
    lifted_by_relationship: bool,
}

/// What the registries said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedRegistries {
    #[serde(default, skip_serializing_if = "no")]
    listed: bool,
    #[serde(default, skip_serializing_if = "no")]
    missing: bool,
    #[serde(default, skip_serializing_if = "no")]
    stale: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn no(said: &bool) -> bool {
    !*said
}

impl RecordedRegistries {
    const fn is_clear(&self) -> bool {
        !self.listed && !self.missing && !self.stale
    }

    const fn facts(self) -> RegistryFacts {
        RegistryFacts { listed: self.listed, missing: self.missing, stale: self.stale }
    }
}

impl From<RegistryFacts> for RecordedRegistries {
    fn from(facts: RegistryFacts) -> Self {
        let RegistryFacts { listed, missing, stale } = facts;
        Self { listed, missing, stale }
    }
}

// Taken apart field by field, without `..`: a fact that the rule learns of must find its place in the log.
impl From<&Facts<'_>> for RecordedFacts {
    fn from(facts: &Facts<'_>) -> Self {
        let Facts {
            number_possible,
            question_known,
            jurisdiction_known,
            snapshot_current,
            class,
            emergency_declared,
            confirmation_due,
            denials,
            caller_id_banned,
            rows,
            hours: HoursFacts { zone_unknown, outside, holiday },
            cap_reached,
            silenced,
        } = *facts;
        Self {
            class,
            number_possible,
            question_known,
            jurisdiction_known,
            snapshot_current,
            emergency_declared,
            confirmation_due,
            denials: denials.iter().collect(),
            caller_id_banned,
            rows: rows.iter().map(RecordedRow::from).collect(),
            zone_unknown,
            outside_hours: outside,
            holiday,
            cap_reached,
            silenced,
        }
    }
}

impl From<&RowFacts> for RecordedRow {
    fn from(row: &RowFacts) -> Self {
        let RowFacts {
            requirement,
            gdpr,
            needs_review,
            consent_failures,
            carried_by,
            contract,
            soft_opt_in,
            recent_soft_opt_in,
            customer,
            business_relationship,
            registries,
            revoking_registries,
            outweighing_listing,
            lifted_by_relationship,
        } = *row;
        Self {
            requirement,
            gdpr,
            needs_review,
            consent_failures: consent_failures.iter().collect(),
            carried_by,
            contract,
            soft_opt_in,
            recent_soft_opt_in,
            customer,
            business_relationship,
            registries: registries.into(),
            revoking_registries: revoking_registries.into(),
            outweighing_listing,
            lifted_by_relationship,
        }
    }
}

impl RecordedRow {
    fn facts(&self) -> RowFacts {
        RowFacts {
            requirement: self.requirement,
            gdpr: self.gdpr,
            needs_review: self.needs_review,
            consent_failures: set(&self.consent_failures),
            carried_by: self.carried_by,
            contract: self.contract,
            soft_opt_in: self.soft_opt_in,
            recent_soft_opt_in: self.recent_soft_opt_in,
            customer: self.customer,
            business_relationship: self.business_relationship,
            registries: self.registries.facts(),
            revoking_registries: self.revoking_registries.facts(),
            outweighing_listing: self.outweighing_listing,
            lifted_by_relationship: self.lifted_by_relationship,
        }
    }
}

impl RecordedFacts {
    /// What the rule decides on these facts.
    pub(super) fn decide(&self) -> crate::Decision {
        let rows: Vec<RowFacts> = self.rows.iter().map(RecordedRow::facts).collect();
        crate::rule::decide(&Facts {
            number_possible: self.number_possible,
            question_known: self.question_known,
            jurisdiction_known: self.jurisdiction_known,
            snapshot_current: self.snapshot_current,
            class: self.class,
            emergency_declared: self.emergency_declared,
            confirmation_due: self.confirmation_due,
            denials: set(&self.denials),
            caller_id_banned: self.caller_id_banned,
            rows: &rows,
            hours: HoursFacts { zone_unknown: self.zone_unknown, outside: self.outside_hours, holiday: self.holiday },
            cap_reached: self.cap_reached,
            silenced: self.silenced,
        })
    }
}

fn set(reasons: &[Reason]) -> ReasonSet {
    reasons.iter().copied().collect()
}
