//! Why: everything that was consulted for one answer, with its source.

mod records;
mod rows;
mod text;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::Number;
use crate::rules::RowKind;
use crate::timestamp::{Timestamp, rfc3339};
use crate::vocabulary::{Basis, Channel, Confidence, Obligation, ObligationSet, Party, Reason, ReasonSet, Verdict};

use super::lead::Lead;
use super::loaded::Loaded;
use super::packs::PackSet;
use super::question::Question;

/// One answer with everything that was consulted for it: owned, serializable, printable.
///
/// It holds the number that was asked about: treat it as the personal data that it is.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The number.
    pub number: Number,
    /// The controller that was asked for.
    pub controller: String,
    /// The purpose.
    pub purpose: String,
    /// The channel.
    pub channel: Channel,
    /// The instant of the question, RFC 3339.
    pub at: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The first reason.
    pub reason: Option<Reason>,
    /// Every reason.
    pub reasons: ReasonSet,
    /// The duties that come with an allow.
    pub obligations: ObligationSet,
    /// With a deferral: from when.
    pub retry_at: Option<String>,
    /// With an allow: until when.
    pub valid_until: Option<String>,
    /// The packs that apply, by code.
    pub jurisdictions: Vec<String>,
    /// The party that the rules were read for.
    pub party: Party,
    /// What carried an allow.
    pub basis: Option<Basis>,
    /// The id of the record that carried the answer.
    pub evidence: Option<String>,
    /// The snapshot's digest.
    pub snapshot: String,
    /// The regions that it was judged in: the number's, and the lead's where that is another.
    pub regions: Vec<String>,
    /// House rules that replace the packs they meet.
    pub overridden: bool,
    /// The packs that house rules replaced, by code.
    pub replaced: Vec<String>,
    /// Said about the answer as a whole.
    pub notes: Vec<String>,
    /// Every rule, list and record that was consulted.
    pub consulted: Vec<Consulted>,
}

/// One thing that was consulted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Consulted {
    /// What kind of thing.
    pub kind: ConsultedKind,
    /// Its name: `PL/marketing`, a list's id, a record's type.
    pub name: String,
    /// What it says for this question.
    pub finding: String,
    /// Since when, RFC 3339 or a day.
    pub from: Option<String>,
    /// Until when, RFC 3339 or a day.
    pub until: Option<String>,
    /// Statute, file or record id.
    pub source: Option<String>,
    /// How sure the source of a rule is.
    pub confidence: Option<Confidence>,
    /// Code of the pack that a rule is in.
    pub jurisdiction: Option<String>,
    /// What a rule is about.
    pub row: Option<RowKind>,
    /// Whether a rule is satisfied; none: it asks for nothing that could be missing.
    pub met: Option<bool>,
    /// Particulars: local times, counted attempts, copies of a registry.
    pub details: Vec<String>,
}

impl Consulted {
    const fn new(kind: ConsultedKind, name: String, finding: String) -> Self {
        Self {
            kind,
            name,
            finding,
            from: None,
            until: None,
            source: None,
            confidence: None,
            jurisdiction: None,
            row: None,
            met: None,
            details: Vec::new(),
        }
    }
}

/// What kind of thing was consulted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ConsultedKind {
    /// A row of a rule pack.
    Rule,
    /// A list or registry.
    List,
    /// An event on record.
    Record,
}

/// The names of a question.
pub(super) struct Asked<'a> {
    pub(super) controller: &'a str,
    pub(super) purpose: &'a str,
    pub(super) channel: Channel,
}

pub(super) fn explain(
    loaded: &Loaded,
    question: Option<&Question>,
    asked: &Asked<'_>,
    lead: &Lead,
    at: Option<DateTime<Utc>>,
) -> Explanation {
    let decision = match question {
        Some(question) => loaded.ask_lead_in_full(question, lead, at),
        None => loaded.unknown_question(lead.number()),
    };
    let place = loaded.place_lead(lead);
    let (instant, validity) = loaded.instant(at);
    let packs = place.packs.map_or(PackSet::EMPTY, |packs| packs.apply);
    let met = place.packs.map_or(PackSet::EMPTY, |packs| packs.met);
    let rules = loaded.snapshot().rules();
    let codes = |packs: &mut dyn Iterator<Item = usize>| -> Vec<String> {
        packs.filter_map(|pack| rules.packs.get(pack)).map(|pack| pack.code.clone()).collect()
    };
    let overriding = |pack: &usize| rules.packs.get(*pack).is_some_and(|pack| pack.overrides);
    let mut explanation = Explanation {
        number: lead.number(),
        controller: asked.controller.to_owned(),
        purpose: asked.purpose.to_owned(),
        channel: asked.channel,
        at: text(instant),
        verdict: decision.verdict(),
        reason: decision.reason(),
        reasons: decision.reasons(),
        obligations: decision.obligations(),
        retry_at: decision.retry_at().map(rfc3339),
        valid_until: decision.valid_until().map(rfc3339),
        jurisdictions: codes(&mut packs.iter()),
        party: place.party,
        basis: decision.basis(),
        evidence: None,
        snapshot: loaded.digest_hex().to_owned(),
        regions: place.regions.iter().flatten().map(ToString::to_string).collect(),
        overridden: packs.iter().any(|pack| overriding(&pack)),
        replaced: codes(&mut met.iter().filter(|pack| !packs.contains(PackSet::of(*pack)))),
        notes: Vec::new(),
        consulted: Vec::new(),
    };
    if instant < loaded.snapshot().dictionary().as_of {
        explanation.notes.push(
            "asked about an instant before the date of the data: the answer tells what is known now about it"
                .to_owned(),
        );
    }
    if explanation.overridden {
        let replacing = codes(&mut packs.iter().filter(overriding));
        explanation.notes.push(format!(
            "house rules replace the rules of the jurisdiction: `{}` says `override = true` and stands in place of {}",
            replacing.join("`, `"),
            if explanation.replaced.is_empty() { "no other pack".to_owned() } else { explanation.replaced.join(", ") }
        ));
    }
    if let Some(question) = question {
        let probe = loaded.snapshot().probe(place.number);
        let subject = loaded.subject(question.controller, place.number, &probe);
        let case = loaded.case(question, &place, &subject, validity);
        rows::explain(&case, lead, instant, &decision, &mut explanation.consulted);
        let revokes_all = case.revokes_all(packs, case.days_at(instant).as_slice());
        let mut records = records::Records {
            loaded,
            question,
            place: &place,
            at: instant,
            revokes_all,
            out: &mut explanation.consulted,
        };
        records.lists();
        records.records();
        explanation.evidence = records::evidence(loaded, question, &place, instant, (&decision, revokes_all));
    }
    explanation
}

/// The seconds of duties that have a figure, over all packs that speak of the question.
pub(super) fn obligation_seconds(loaded: &Loaded, question: &Question) -> Vec<(Obligation, u16)> {
    let mut figures: Vec<(Obligation, u16)> = loaded
        .snapshot()
        .rules()
        .packs
        .iter()
        .zip(&question.packs)
        .flat_map(|(pack, view)| view.obligations.iter().filter_map(|row| pack.obligations.get(*row)))
        .filter_map(|row| row.rule.seconds.map(|seconds| (row.rule.duties, seconds)))
        .flat_map(|(duties, seconds)| duties.iter().map(move |duty| (duty, seconds)))
        .collect();
    figures.sort_unstable();
    figures.dedup_by_key(|(duty, _)| *duty);
    figures
}

fn text(instant: Timestamp) -> String {
    instant.to_chrono().map_or_else(|| "-".to_owned(), rfc3339)
}

fn day(days: i32) -> Option<String> {
    chrono::NaiveDate::from_epoch_days(days).map(|day| day.to_string())
}
