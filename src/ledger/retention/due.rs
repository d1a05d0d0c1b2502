//! Which records of one number are due.

use std::collections::BTreeMap;

use super::{Due, Known, Retention, RetentionPolicy, WhyDue};
use crate::compile::input::{Body, Consent, Record, Scope};
use crate::plan;
use crate::rules::{Pack, Rules};
use crate::timestamp::{DAY, SECOND};
use crate::vocabulary::{ChannelSet, ClassSet, Outcome, PurposeClass, RelationshipKind};
use crate::{Number, Timestamp};

/// Classes that a denial without purposes covers.
const DENIED_BY_DEFAULT: ClassSet = ClassSet::of(&[
    PurposeClass::Marketing,
    PurposeClass::Reconsent,
    PurposeClass::Survey,
    PurposeClass::Charity,
    PurposeClass::Political,
]);
/// Months for which a purchase, order or inquiry may still carry a contact somewhere (customers of three years).
const LAST_EFFECT_MONTHS: u16 = 36;

/// A term and what sets it.
#[derive(Clone)]
struct Term {
    months: u16,
    days: u16,
    rule: String,
}

/// Adds what is due of this number.
pub(super) fn of(
    number: Number,
    known: &[Known],
    classes: &BTreeMap<String, PurposeClass>,
    at: Timestamp,
    policy: &RetentionPolicy<'_>,
    retention: &mut Retention,
) {
    let one = One { known, classes, at, policy, terms: Terms::of(number, policy) };
    for Known { position, record } in known {
        let Some((why, since, rule)) = one.due(record, &mut retention.unjudged).filter(|(_, since, _)| *since <= at)
        else {
            continue;
        };
        retention.due.push(Due {
            position: *position,
            number,
            controller: record.controller.clone(),
            kind: record.body.kind(),
            at: record.at,
            since,
            why,
            rule,
            uri: if let Body::Recording { uri, .. } = &record.body { Some(uri.clone()) } else { None },
        });
    }
}

/// The terms where a number is.
struct Terms {
    evidence: Term,
    restarts_on_use: bool,
    prospect: Option<Term>,
}

impl Terms {
    fn of(number: Number, policy: &RetentionPolicy<'_>) -> Self {
        let mut rows: Vec<(&str, Term, bool)> = Vec::new();
        for pack in packs(number, policy.rules) {
            for row in &pack.retentions {
                if let Some(months) = row.rule.months {
                    let term = Term { months, days: row.rule.days, rule: format!("{}/{}", pack.code, row.id) };
                    rows.push((&row.rule.what, term, row.rule.restarts_on_use));
                }
            }
        }
        let longest = |whats: &[&str]| {
            rows.iter()
                .filter(|(what, _, _)| whats.contains(what))
                .max_by_key(|(_, term, _)| (term.months, term.days))
                .map(|(_, term, restarts)| (term.clone(), *restarts))
        };
        let shortest = rows.iter().filter(|(what, _, _)| *what == "prospect").min_by_key(|(_, term, _)| term.months);
        // A law that names a figure names the least that must be kept: the longest of all binds.
        let (evidence, restarts_on_use) = longest(&["consent_proof", "records"])
            .unwrap_or((Term { months: policy.evidence_months, days: 0, rule: "policy".to_owned() }, true));
        Self { evidence, restarts_on_use, prospect: shortest.map(|(_, term, _)| term.clone()) }
    }
}

impl Term {
    fn after(&self, at: Timestamp) -> Timestamp {
        at.plus_months(self.months.into()).plus(crate::timestamp::DAY.saturating_mul(self.days.into()))
    }
}

/// One number under judgement.
struct One<'a> {
    known: &'a [Known],
    classes: &'a BTreeMap<String, PurposeClass>,
    at: Timestamp,
    policy: &'a RetentionPolicy<'a>,
    terms: Terms,
}

type Verdict = Option<(WhyDue, Timestamp, String)>;

impl One<'_> {
    /// Why and since when (which may lie ahead) the record is due; none: its end is not in sight.
    fn due(&self, record: &Record, unjudged: &mut u64) -> Verdict {
        let own = match &record.body {
            // A refusal is a denial where the law makes it one for good.
            Body::Attempt { outcome: Outcome::Refused, .. } => return None,
            Body::Consent(consent) => {
                if consent.purposes.iter().any(|purpose| !self.classes.contains_key(purpose)) {
                    *unjudged = unjudged.saturating_add(1);
                }
                self.consent(record, consent)
            }
            Body::Relationship { kind, ends_at, .. } => {
                let ended = self.relationship_end(record, *kind, *ends_at)?;
                let effects = if *kind == RelationshipKind::Debt { ended } else { last_effect(ended) };
                Some((WhyDue::RelationshipEnded, effects.max(self.evidence(ended)), self.rule()))
            }
            Body::Recording { reason, retain_until, .. } => self.recording(record, reason, *retain_until),
            Body::Attempt { .. } | Body::Notice { .. } => {
                // As long as what it belongs to is kept it tells of its use.
                let held = self.others(record).any(|other| match &other.body {
                    Body::Consent(_) | Body::Relationship { .. } => {
                        self.due(other, &mut 0).is_none_or(|(_, since, _)| since > self.at)
                    }
                    _ => false,
                });
                (!held).then(|| (WhyDue::Unused, self.evidence(record.at).max(self.counted_until(record)), self.rule()))
            }
            _ => return None,
        };
        self.prospect(record).filter(|(_, since, _)| own.as_ref().is_none_or(|(_, own, _)| since < own)).or(own)
    }

    fn consent(&self, record: &Record, consent: &Consent) -> Verdict {
        let refused = self
            .others(record)
            .filter(|other| other.at >= record.at && self.ends(&other.body, consent))
            .map(|other| other.at)
            .min();
        let expired = consent.expires_at;
        let (why, ended) = match (refused, expired) {
            (Some(refused), Some(expired)) if expired < refused => (WhyDue::ConsentExpired, expired),
            (Some(refused), _) => (WhyDue::ConsentWithdrawn, refused),
            (None, Some(expired)) => (WhyDue::ConsentExpired, expired),
            (None, None) => return None,
        };
        if ended > self.at {
            return None;
        }
        let used = self.others(record).filter(|other| matches!(other.body, Body::Attempt { .. }));
        let used = used.map(|other| other.at).filter(|used| *used >= record.at).max();
        // The term runs from the giving, and where the law says so again from each use; never to before its end.
        let from = if self.terms.restarts_on_use { used.unwrap_or(record.at).max(record.at) } else { record.at };
        let is_law = self.terms.evidence.rule != "policy";
        let since = self.evidence(if is_law { from } else { from.max(ended) }).max(ended);
        Some((why, since, self.rule()))
    }

    /// Does a denial end the consent for good, for all that it says?
    fn ends(&self, denial: &Body, consent: &Consent) -> bool {
        let in_scope = |scope: &Scope| {
            let purposes = match &scope.purposes {
                None => consent.purposes.iter().all(|purpose| self.is_of(purpose, DENIED_BY_DEFAULT)),
                Some(names) if names.iter().any(|name| name == "*" || name == Scope::UNREADABLE) => true,
                Some(names) => consent.purposes.iter().all(|purpose| {
                    let class = self.classes.get(purpose).map(|class| class.slug());
                    names.iter().any(|name| name == purpose || class == Some(name.as_str()))
                }),
            };
            let channels = match &scope.channels {
                None => ChannelSet::all(),
                Some(names) => names.iter().fold(ChannelSet::EMPTY, |all, name| {
                    all.union(ChannelSet::from_slug(name).unwrap_or(ChannelSet::all()))
                }),
            };
            purposes && channels.intersection(consent.channels) == consent.channels
        };
        match denial {
            Body::Withdrawal { scope, .. } | Body::OptOut { scope, until: None, .. } => in_scope(scope),
            Body::Objection { all: true } | Body::Reassigned => true,
            Body::Objection { all: false } => {
                let covered = DENIED_BY_DEFAULT.without(PurposeClass::Survey);
                consent.purposes.iter().all(|purpose| self.is_of(purpose, covered))
            }
            _ => false,
        }
    }

    /// A purpose that nobody has declared is of no class: what is not known to have ended is kept.
    fn is_of(&self, purpose: &str, classes: ClassSet) -> bool {
        self.classes.get(purpose).is_some_and(|class| classes.contains(*class))
    }

    /// When a relationship ended; purchases, orders and inquiries are over when they are made.
    fn relationship_end(
        &self,
        record: &Record,
        kind: RelationshipKind,
        ends_at: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let recorded = self.others(record).filter_map(|other| match &other.body {
            Body::RelationshipEnd { kind: Some(ended), .. } if *ended == kind && other.at >= record.at => {
                Some(other.at)
            }
            Body::RelationshipEnd { of: Some(of), .. } if record.id.as_ref() == Some(of) => Some(other.at),
            _ => None,
        });
        let once = matches!(kind, RelationshipKind::Order | RelationshipKind::Purchase | RelationshipKind::Inquiry);
        let ended = recorded.chain(ends_at).chain(once.then_some(record.at)).min()?;
        (ended <= self.at).then_some(ended)
    }

    fn recording(&self, record: &Record, reason: &str, retain_until: Option<Timestamp>) -> Verdict {
        let hold = retain_until.unwrap_or(Timestamp::MIN);
        let refused = self.others(record).filter(|other| {
            other.at >= record.at
                && matches!(
                    other.body,
                    Body::Withdrawal { .. } | Body::Objection { .. } | Body::OptOut { until: None, .. }
                )
        });
        let refused = refused.map(|other| other.at).min();
        if reason == "quality" {
            let served = retain_until.unwrap_or_else(|| record.at.plus_months(self.policy.quality_months.into()));
            let own = || if retain_until.is_some() { "retain_until".to_owned() } else { "policy".to_owned() };
            return Some(match refused {
                Some(refused) if refused <= self.at => (WhyDue::RecordingWithdrawn, refused.max(hold), own()),
                _ => (WhyDue::RecordingFulfilled, served, own()),
            });
        }
        // A proof serves as long as what it proves: until the last consent or relationship of before is due itself.
        let mut since = self.evidence(record.at);
        for other in self.others(record) {
            if matches!(other.body, Body::Consent(_) | Body::Relationship { .. }) {
                since = since.max(self.due(other, &mut 0)?.1);
            }
        }
        let why = if refused.is_some() { WhyDue::RecordingWithdrawn } else { WhyDue::RecordingFulfilled };
        Some((why, since.max(hold), if hold >= since { "retain_until".to_owned() } else { self.rule() }))
    }

    /// Somebody who is no customer, of whom nothing was heard for the term of the law.
    fn prospect(&self, record: &Record) -> Verdict {
        let term = self.terms.prospect.as_ref()?;
        if matches!(&record.body, Body::Recording { retain_until: Some(until), .. } if *until > self.at) {
            return None;
        }
        let mut last = record.at;
        for other in self.others(record) {
            match &other.body {
                Body::Relationship { kind, ends_at, .. } => {
                    // A customer; or was one until then.
                    last = last.max(self.relationship_end(other, *kind, *ends_at)?);
                }
                Body::Consent(_) | Body::Attempt { .. } | Body::Notice { .. } => last = last.max(other.at),
                _ => {}
            }
        }
        if let Body::Relationship { kind, ends_at, .. } = &record.body {
            last = last.max(self.relationship_end(record, *kind, *ends_at)?);
        }
        Some((WhyDue::ProspectUnused, term.after(last), term.rule.clone()))
    }

    /// An attempt is needed as long as some cap or silence may count it.
    fn counted_until(&self, record: &Record) -> Timestamp {
        let packs = &self.policy.rules.packs;
        let caps = packs
            .iter()
            .flat_map(|pack| &pack.caps)
            .map(|row| i64::from(row.rule.window_seconds).saturating_mul(SECOND));
        let silences = packs.iter().flat_map(|pack| &pack.silences).filter_map(|row| row.rule.days);
        let silences = silences.map(|days| DAY.saturating_mul(i64::from(days)));
        record.at.plus(caps.chain(silences).max().unwrap_or_default())
    }

    fn evidence(&self, from: Timestamp) -> Timestamp {
        self.terms.evidence.after(from)
    }

    fn rule(&self) -> String {
        self.terms.evidence.rule.clone()
    }

    /// What else is known to the record's controller, or binds every one.
    fn others<'a>(&'a self, record: &'a Record) -> impl Iterator<Item = &'a Record> {
        let whose = named(record);
        self.known.iter().map(|known| &known.record).filter(move |other| {
            !std::ptr::eq(*other, record) && (whose.is_none() || named(other).is_none() || named(other) == whose)
        })
    }
}

fn named(record: &Record) -> Option<&str> {
    record.controller.as_deref().filter(|name| *name != "*")
}

fn last_effect(ended: Timestamp) -> Timestamp {
    ended.plus_months(LAST_EFFECT_MONTHS.into())
}

/// The packs that speak for a number, with their baselines.
fn packs(number: Number, rules: &Rules) -> Vec<&Pack> {
    let Some(region) = plan::locate(number).region else { return Vec::new() };
    let own: Vec<&Pack> = rules.packs.iter().filter(|pack| pack.speaks_for(region)).collect();
    let names = own.iter().flat_map(|pack| &pack.baselines);
    let baselines: Vec<&Pack> = names.filter_map(|name| rules.packs.iter().find(|pack| pack.code == *name)).collect();
    own.into_iter().chain(baselines).collect()
}
