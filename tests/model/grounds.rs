//! What a contact may rest on: consents and relationships.

use super::denials::Denial;
use super::instants::{self, MINUTE};
use super::standing::{Case, includes, readable_channel};
use super::{DAY, Model, Reasons, Record};

pub(crate) struct Relationship<'a> {
    pub(crate) record: &'a Record,
    pub(crate) kind: &'a str,
    pub(crate) end: Option<i64>,
}

impl Case<'_> {
    pub(crate) fn is_marketing(&self, purpose: &str) -> bool {
        self.model.purposes.get(purpose).is_some_and(|(class, _)| class == "marketing")
    }

    /// "A consent lifts a denial at instant t": the only definition. Undated is newer than any consent.
    pub(crate) fn later_consent(&self, denied: Option<i64>, at: i64) -> bool {
        let Some(denied) = denied else { return false };
        self.consents.iter().any(|consent| {
            consent.at > denied && self.consent_covers(consent) && self.failures_of(consent, at, false).is_empty()
        })
    }

    /// What reopens `reconsent`: a conforming consent in force to some marketing purpose, on any channel.
    pub(crate) fn later_consent_to_marketing(&self, denied: Option<i64>, at: i64) -> bool {
        let Some(denied) = denied else { return false };
        self.consents.iter().any(|consent| {
            let purposes = consent.purposes.iter().flatten();
            let mut failures = self.failures_of(consent, at, false);
            // A withdrawal of it touches marketing and bars by itself.
            failures.remove("withdrawn");
            consent.at > denied && purposes.into_iter().any(|name| self.is_marketing(name)) && failures.is_empty()
        })
    }

    /// Does a relationship carry this service, debt collection or notice?
    pub(crate) fn carried(&self, at: i64) -> bool {
        self.relationships.iter().any(|relationship| {
            let carries = match (relationship.kind, self.class.as_str()) {
                ("contract", "service" | "debt_collection" | "notice") => true,
                ("order" | "purchase", "service" | "notice") => at < instants::plus_months(relationship.record.at, 24),
                ("debt", "debt_collection") => true,
                _ => false,
            };
            carries && self.runs(relationship, at)
        })
    }

    /// Relationships in force whose `purposes` name this one.
    fn for_this_purpose(&self, at: i64) -> impl Iterator<Item = &Relationship<'_>> {
        self.relationships.iter().filter(move |relationship| {
            relationship.record.purposes.as_ref().is_some_and(|names| self.named(names)) && self.runs(relationship, at)
        })
    }

    pub(crate) fn contract_for_this_purpose(&self, at: i64) -> bool {
        self.for_this_purpose(at).any(|relationship| relationship.kind == "contract")
    }

    /// A contract while it runs, or a purchase or order not older than so many months.
    pub(crate) fn customer(&self, at: i64, months: i32) -> bool {
        self.for_this_purpose(at).any(|relationship| relationship.dealt_within(at, months))
    }

    pub(crate) fn soft_opt_in(&self, at: i64) -> bool {
        self.for_this_purpose(at).any(Relationship::soft)
    }

    /// The soft opt-in within one year.
    pub(crate) fn legitimate_interest(&self, at: i64) -> bool {
        self.for_this_purpose(at).any(|relationship| relationship.soft() && relationship.dealt_within(at, 12))
    }

    /// A contract that runs, or ended less than so many days ago.
    pub(crate) fn contract_within(&self, at: i64, days: i64) -> bool {
        self.relationships.iter().any(|relationship| {
            let start = relationship.record.at;
            let was = relationship.end.is_none_or(|end| start < end);
            let lasts = relationship.end.is_none_or(|end| at < end + days * DAY);
            relationship.kind == "contract" && was && start <= at && lasts && !self.reassigned_since(start, at)
        })
    }

    /// A relationship that lifts a registry for so many months.
    pub(crate) fn established_business_relationship(&self, at: i64, dealt_months: i32, asked_months: i32) -> bool {
        // READING: an opt-out that has ended meanwhile, or was lifted by a consent, is still the last one.
        let refusals = || {
            let refusal = |denial: &&Denial| matches!(denial.reason, "withdrawn" | "objected" | "opted_out");
            self.denials.iter().filter(refusal).filter(|denial| denial.from.is_none_or(|from| from <= at))
        };
        self.relationships.iter().any(|relationship| {
            let start = relationship.record.at;
            // READING: an end that was recorded ends a purchase too, before its months are over.
            let open = relationship.end.is_none_or(|end| at < end);
            let in_time = match relationship.kind {
                "contract" => relationship.end.is_none_or(|end| at < instants::plus_months(end, dealt_months)),
                "purchase" | "order" => open && at < instants::plus_months(start, dealt_months),
                "inquiry" => open && at < instants::plus_months(start, asked_months),
                _ => false,
            };
            let later = refusals().all(|denial| denial.date.is_some_and(|date| start > date));
            // Half-open: one that ended when it began never was.
            let was = relationship.end.is_none_or(|end| start < end);
            was && start <= at && in_time && later && !self.reassigned_since(start, at)
        })
    }

    pub(crate) fn runs(&self, relationship: &Relationship<'_>, at: i64) -> bool {
        let start = relationship.record.at;
        start <= at && relationship.end.is_none_or(|end| at < end) && !self.reassigned_since(start, at)
    }

    /// At the same instant counts as since.
    fn reassigned_since(&self, start: i64, at: i64) -> bool {
        self.reassigned.iter().any(|when| when.is_none_or(|when| start <= when && when <= at))
    }

    fn consent_covers(&self, consent: &Record) -> bool {
        let purposes = consent.purposes.as_deref().unwrap_or(&[]);
        let channels = consent.channels.as_deref().unwrap_or(&[]);
        purposes.contains(&self.question.purpose) && includes(channels, &self.question.channel)
    }

    /// Why no consent satisfies; empty: one does.
    pub(crate) fn consent_failures(&self, at: i64, written: bool) -> Reasons {
        if self.consents.is_empty() {
            return Reasons::from(["consent_missing"]);
        }
        let covering = self.consents.iter().filter(|consent| self.consent_covers(consent));
        // READING: of two given at one instant with as many failures the one with the earlier reason speaks.
        let furthest = covering
            .map(|consent| (self.failures_of(consent, at, written), consent.at))
            .min_by_key(|(failures, given)| (failures.len(), -given, super::verdict_of(failures).1.map(number)));
        furthest.map_or_else(|| Reasons::from(["consent_scope"]), |(failures, _)| failures)
    }

    fn failures_of(&self, consent: &Record, at: i64, written: bool) -> Reasons {
        let mut failures = Reasons::new();
        let form = consent.rest["form"].as_str().unwrap_or("");
        if !conforms(consent) || (written && !matches!(form, "written" | "electronic")) {
            failures.insert("consent_nonconforming");
        }
        if consent.at > at {
            failures.insert("consent_not_yet_valid");
        }
        let limit = self.consent_months(at).map(|months| instants::plus_months(consent.at, months));
        if consent.until.into_iter().chain(limit).any(|until| until <= at) {
            failures.insert("consent_expired");
        }
        if self.reassigned_since(consent.at, at) {
            failures.insert("number_reassigned");
        }
        // READING: a withdrawal ends the consent even where a relationship makes it leave the contact alone.
        let withdrawn = self.denials.iter().any(|denial| {
            denial.reason == "withdrawn"
                && denial.in_force(at)
                && (self.covered_by(denial) || self.revocations_reach_all(at))
                && denial.date.is_some_and(|date| consent.at <= date)
        });
        if withdrawn {
            failures.insert("withdrawn");
        }
        failures
    }

    /// The shortest limit that the laws of the day set to the age of a consent.
    fn consent_months(&self, at: i64) -> Option<i32> {
        let limits = self.laws.iter().flatten().filter_map(|law| {
            let (when, months) = law.consent_months.as_ref()?;
            law.speaks(when, &self.asked(), &self.days(at)).then_some(*months)
        });
        limits.min()
    }
}

impl Relationship<'_> {
    fn dealt_within(&self, at: i64, months: i32) -> bool {
        match self.kind {
            "contract" => true,
            "purchase" | "order" => at < instants::plus_months(self.record.at, months),
            _ => false,
        }
    }

    fn soft(&self) -> bool {
        matches!(self.kind, "purchase" | "order" | "contract") && self.record.rest["soft_opt_in"] == true
    }
}

impl Model {
    /// Rejected rows: a consent from the future, or without form, tick, purposes or channels.
    pub(crate) fn takes(&self, consent: &Record) -> bool {
        consent.controller.is_some()
            && consent.at <= self.as_of + 5 * MINUTE
            && consent.rest["form"].is_string()
            && consent.rest["pre_ticked"].is_boolean()
            && consent
                .purposes
                .as_ref()
                .is_some_and(|names| !names.is_empty() && names.iter().all(|name| self.purposes.contains_key(name)))
            && consent
                .channels
                .as_ref()
                .is_some_and(|names| !names.is_empty() && names.iter().all(|name| readable_channel(name)))
    }
}

pub(crate) fn relationship<'a>(record: &'a Record, own: &[&Record]) -> Relationship<'a> {
    let kind = record.rest["kind"].as_str().unwrap_or("");
    let ends = own.iter().filter(|other| {
        let by_kind = other.rest.get("kind").is_some_and(|ended| ended == kind);
        let by_id = record.id.is_some() && other.rest.get("of").and_then(|of| of.as_str()) == record.id.as_deref();
        // READING: an end by id ends it whatever its date; one before the beginning means that it never ran.
        other.kind == "relationship_end" && (by_id || (by_kind && other.at >= record.at))
    });
    Relationship { record, kind, end: ends.map(|other| other.at).chain(record.until).min() }
}

/// Freely given, specific, informed, unambiguous, revocable, documented.
fn conforms(consent: &Record) -> bool {
    let row = &consent.rest;
    ["freely_given", "informed", "unambiguous", "revocable"].iter().all(|name| row["conditions"][*name] == true)
        && row["pre_ticked"] == false
        && row["form"] != "implied"
        && row["evidence"].is_object()
}

fn number(reason: &str) -> Option<usize> {
    super::REASONS.iter().position(|(code, _)| *code == reason)
}
