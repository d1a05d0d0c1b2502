//! Why: everything that was consulted for one answer, with its source.

mod alone;
mod asked;
mod obstacles;
mod records;
mod rows;
mod sentence;
mod text;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::language::{ExplanationWords, fill};
use crate::rules::RowKind;
use crate::timestamp::{Timestamp, rfc3339};
use crate::vocabulary::{
    Basis, Channel, Confidence, Obligation, ObligationSet, Party, PurposeClass, Reason, ReasonSet, Verdict,
};
use crate::{Decision, Language, Number};

use super::horizon::Horizon;
use super::lead::Lead;
use super::loaded::Loaded;
use super::packs::PackSet;
use super::question::Question;
use super::standing::Standing;
use obstacles::Obstacles;

pub use obstacles::{Obstacle, Way};

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
    /// The verdict in one sentence.
    pub sentence: String,
    /// What stands in the way of an allow; all of it has to go.
    pub obstacles: Vec<Obstacle>,
    /// Said about the ways in which it goes.
    pub cautions: Vec<String>,
    /// If nothing is added to what is on record: from when it is allowed, RFC 3339; none: not within 400 days.
    pub allowed_from: Option<String>,
    /// Every rule, list and record that was consulted.
    pub consulted: Vec<Consulted>,
    /// The language of its sentences.
    #[serde(skip)]
    pub language: Language,
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
    language: Language,
) -> Explanation {
    let w = ExplanationWords::of(language);
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
        sentence: String::new(),
        obstacles: decision.reasons().iter().find_map(|reason| obstacles::of_unknown(reason, w)).into_iter().collect(),
        cautions: Vec::new(),
        allowed_from: decision.retry_at().map(rfc3339),
        consulted: Vec::new(),
        language,
    };
    let is_judged = explanation.obstacles.is_empty();
    if !is_judged {
        explanation.cautions.push(w.rest_not_judged.to_owned());
    }
    if instant < loaded.snapshot().dictionary().as_of {
        explanation.notes.push(w.earlier.to_owned());
    }
    if explanation.overridden {
        let replacing = codes(&mut packs.iter().filter(overriding));
        let others = explanation.replaced.join(", ");
        let others = if others.is_empty() { w.no_other_pack } else { &others };
        explanation.notes.push(fill(w.replacing, &[&replacing.join("`, `"), &others]));
    }
    if let Some(question) = question {
        let probe = loaded.snapshot().probe(place.number);
        let subject = loaded.subject(question.controller, place.number, &probe);
        let case = loaded.case(question, &place, &subject, validity);
        rows::explain(&case, lead, instant, &decision, (language, &mut explanation.consulted));
        let days = case.days_at(instant);
        let revokes_all = case.revokes_all(packs, days.as_slice());
        let mut records = records::Records {
            loaded,
            question,
            place: &place,
            at: instant,
            revokes_all,
            language,
            w,
            out: &mut explanation.consulted,
        };
        records.lists();
        records.records();
        explanation.evidence = records::evidence(loaded, question, &place, instant, (&decision, revokes_all));
        if let (false, true, Some(packs)) = (decision.is_allowed(), is_judged, place.packs) {
            let limits = case.limits(packs.apply, days.as_slice());
            let mut horizon = Horizon::after(instant);
            let standing = Standing::at(question, &subject, packs.met, limits, instant, &mut horizon);
            let mut obstacles = Obstacles {
                case: &case,
                at: instant,
                days: days.as_slice(),
                packs,
                standing: &standing,
                decision: &decision,
                language,
                w,
                found: Vec::new(),
                rests_otherwise: false,
                asks_consent: false.into(),
            };
            obstacles.collect();
            if obstacles.asks_consent.get() && question.class != PurposeClass::Reconsent {
                explanation.cautions.push(w.asking.to_owned());
            }
            if obstacles.rests_otherwise {
                explanation.cautions.push(w.screened_anew.to_owned());
            }
            explanation.obstacles = obstacles.found;
            if decision.verdict() != Verdict::Defer {
                let opens = case.first_after(instant, Decision::is_allowed);
                explanation.allowed_from = opens.map(text);
            }
        }
    }
    explanation.sentence = sentence::verdict(&explanation, &decision, instant);
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

/// An instant in the words of a language.
fn said(language: Language, at: Timestamp) -> String {
    at.to_chrono().map_or_else(|| "-".to_owned(), |at| language.instant(at))
}

fn text(instant: Timestamp) -> String {
    instant.to_chrono().map_or_else(|| "-".to_owned(), rfc3339)
}

fn day(days: i32) -> Option<String> {
    chrono::NaiveDate::from_epoch_days(days).map(|day| day.to_string())
}
