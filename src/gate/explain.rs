//! Why: everything that was consulted for one answer, with its source.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::event::{Event, Template, What};
use crate::rules::{Pack, Row, Selector};
use crate::timestamp::{Timestamp, rfc3339};
use crate::vocabulary::{
    Basis, Channel, Confidence, ListKind, Obligation, ObligationSet, Party, Reason, ReasonSet, Verdict,
};
use crate::{Decision, Number};

use super::lead::Lead;
use super::loaded::Loaded;
use super::packs::PackSet;
use super::place::Place;
use super::question::{Question, TemplateView, applies};

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
    /// House rules that replace the packs they meet.
    pub overridden: bool,
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
        Some(question) => loaded.ask_lead(question, lead, at),
        None => loaded.unknown_question(lead.number()),
    };
    let place = loaded.place_lead(lead);
    let (instant, _) = loaded.instant(at);
    let packs = place.packs.map_or(PackSet::EMPTY, |packs| packs.apply);
    let rules = loaded.snapshot().rules();
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
        jurisdictions: packs.iter().filter_map(|pack| rules.packs.get(pack)).map(|pack| pack.code.clone()).collect(),
        party: place.party,
        basis: decision.basis(),
        evidence: None,
        snapshot: loaded.digest_hex().to_owned(),
        overridden: packs.iter().filter_map(|pack| rules.packs.get(pack)).any(|pack| pack.overrides),
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
        explanation.notes.push("house rules replace the rules of the jurisdiction".to_owned());
    }
    if let Some(question) = question {
        let mut writer = Writer { loaded, question, place: &place, at: instant, out: &mut explanation.consulted };
        writer.rules(packs);
        writer.lists();
        writer.records();
        explanation.evidence = evidence(loaded, question, &place, instant, &decision);
    }
    explanation
}

struct Writer<'a> {
    loaded: &'a Loaded,
    question: &'a Question,
    place: &'a Place,
    at: Timestamp,
    out: &'a mut Vec<Consulted>,
}

impl Writer<'_> {
    fn rules(&mut self, packs: PackSet) {
        let rules = self.loaded.snapshot().rules();
        for index in packs.iter() {
            let (Some(pack), Some(view)) = (rules.packs.get(index), self.question.packs.get(index)) else { continue };
            self.section(pack, &pack.requirements, &view.requirements, |rule| {
                let review = if rule.needs_review { ", a person must look" } else { "" };
                format!("asks for {}{review}", rule.requirement)
            });
            let registries: Vec<usize> = view.registries.iter().map(|registry| registry.row).collect();
            self.section(pack, &pack.registries, &registries, |rule| match rule.max_age_days {
                Some(days) => format!("screens {}, a copy of at most {days} days", rule.registry),
                None => format!("screens {}, a copy within the owner's own limit", rule.registry),
            });
            self.section(pack, &pack.windows, &view.windows, |rule| {
                let lifted = if rule.lifted_by_consent { ", unless consent lifts them" } else { "" };
                format!("sets calling hours{lifted}")
            });
            self.section(pack, &pack.caps, &view.caps, |rule| {
                format!("allows {} attempts in {} hours", rule.attempts, rule.window_seconds / 3_600)
            });
            // The day of the refusal decides, not that of the question.
            let on_its_days = |when: &Selector| vec![when.from.unwrap_or(i32::MIN)];
            self.section_on(pack, &pack.silences, &view.silences, on_its_days, |rule| match rule.days {
                Some(days) => format!("asks for {days} days of silence after `{}`", rule.after),
                None => format!("makes `{}` permanent", rule.after),
            });
            self.section(pack, &pack.consent_limits, &view.consent_limits, |rule| {
                format!("lets a consent last {} months", rule.months)
            });
            self.section(pack, &pack.obligations, &view.obligations, |rule| {
                let duties: Vec<&str> = rule.duties.iter().map(Obligation::slug).collect();
                format!("obliges: {}", duties.join(", "))
            });
            self.section(pack, &pack.caller_ids, &view.banned_caller_ids, |_| {
                "forbids one of the controller's caller IDs".to_owned()
            });
        }
    }

    fn section<T>(&mut self, pack: &Pack, rows: &[Row<T>], which: &[usize], say: impl Fn(&T) -> String) {
        let days = self.days();
        self.section_on(pack, rows, which, |_| days.clone(), say);
    }

    fn section_on<T>(
        &mut self,
        pack: &Pack,
        rows: &[Row<T>],
        which: &[usize],
        days: impl Fn(&Selector) -> Vec<i32>,
        say: impl Fn(&T) -> String,
    ) {
        for row in which.iter().filter_map(|index| rows.get(*index)) {
            let party = if self.place.party == Party::Unknown { Party::Individual } else { self.place.party };
            let days = days(&row.when);
            let own = applies(&row.when, self.place.party, self.place.line, &days);
            if !own && !applies(&row.when, party, self.place.line, &days) {
                continue;
            }
            self.out.push(Consulted {
                kind: ConsultedKind::Rule,
                name: format!("{}/{}", pack.code, row.id),
                finding: say(&row.rule),
                from: row.when.from.and_then(day),
                until: row.when.to.and_then(day),
                source: Some(row.statute.clone()),
                confidence: Some(row.confidence),
            });
        }
    }

    fn days(&self) -> Vec<i32> {
        let zones = self.loaded.snapshot().zones();
        let mut days: Vec<i32> = self
            .place
            .zones
            .as_slice()
            .iter()
            .filter_map(|zone| zones.local(*zone, self.at))
            .map(|local| local.day)
            .collect();
        if days.is_empty() {
            days.extend(i32::try_from(self.at.micros().div_euclid(crate::timestamp::DAY)).ok());
        }
        days
    }

    fn lists(&mut self) {
        let snapshot = self.loaded.snapshot();
        let probe = snapshot.probe(self.place.number);
        let subject = self.loaded.subject(self.place.number, &probe);
        let [by_number, by_range] = subject.undated;
        for (list, index) in snapshot.dictionary().lists.iter().zip(0_u16..) {
            let named = by_number.contains(&index) || by_range.contains(&index);
            let screened = list.kind == ListKind::Registry
                && self
                    .place
                    .packs
                    .map_or(PackSet::EMPTY, |packs| packs.apply)
                    .iter()
                    .filter_map(|pack| self.question.packs.get(pack))
                    .flat_map(|view| &view.registries)
                    .any(|registry| registry.copies.iter().any(|copy| copy.list == index));
            if !named && !screened {
                continue;
            }
            let finding = if named { "names the number, undated" } else { "does not name the number undated" };
            self.out.push(Consulted {
                kind: ConsultedKind::List,
                name: list.id.clone(),
                finding: format!("{} list: {finding}", list.kind),
                from: Some(text(list.as_of)),
                until: None,
                source: list.registry.clone(),
                confidence: None,
            });
        }
    }

    fn records(&mut self) {
        let snapshot = self.loaded.snapshot();
        let probe = snapshot.probe(self.place.number);
        for (place, event) in snapshot.history(&probe).enumerate() {
            let Some(template) = usize::try_from(event.template).ok().and_then(|index| snapshot.templates().get(index))
            else {
                continue;
            };
            let view = self.question.template(event.template);
            if view == TemplateView::Irrelevant {
                continue;
            }
            let (name, mut finding) = self.describe(template, view);
            if event.at.is_some_and(|at| at > self.at) {
                finding.push_str(", not yet");
            } else if event.until.is_some_and(|until| until <= self.at) {
                finding.push_str(", over");
            }
            self.out.push(Consulted {
                kind: ConsultedKind::Record,
                name,
                finding,
                from: event.at.map(text),
                until: event.until.map(text),
                source: snapshot.record_id(&probe, place).map(str::to_owned),
                confidence: None,
            });
        }
    }

    fn describe(&self, template: &Template, view: TemplateView) -> (String, String) {
        let reach = |covers: bool| if covers { "covers this question" } else { "does not cover this question" };
        match (&template.what, view) {
            (What::Consent(consent), TemplateView::Consent(seen)) => {
                let mut finding = format!("{} ({})", reach(seen.covers), consent.form);
                if !consent.missing.is_empty() {
                    let missing: Vec<&str> = consent.missing.iter().map(|condition| condition.slug()).collect();
                    finding.push_str(&format!(", does not count: not {}", missing.join(", not ")));
                }
                ("consent".to_owned(), finding)
            }
            (what, TemplateView::Denial(seen)) => {
                let name = match what {
                    What::Withdrawal { .. } => "withdrawal",
                    What::Objection { .. } => "objection",
                    What::OptOut { .. } => "opt_out",
                    What::Erasure => "erasure",
                    _ => "restriction",
                };
                (name.to_owned(), reach(seen.cover.question).to_owned())
            }
            (_, TemplateView::Listing { list, scope }) => {
                let list = self.loaded.snapshot().dictionary().lists.get(usize::from(list));
                let covers = scope.is_none_or(|scope| scope.question);
                ("list entry".to_owned(), format!("on `{}`, {}", list.map_or("?", |list| &list.id), reach(covers)))
            }
            (What::Relationship { kind, .. }, TemplateView::Relationship { names_purpose, .. }) => {
                let naming = if names_purpose { "names this purpose" } else { "does not name this purpose" };
                ("relationship".to_owned(), format!("{kind}, {naming}"))
            }
            (_, TemplateView::Notice { .. }) => ("notice".to_owned(), "a privacy notice was given".to_owned()),
            (_, TemplateView::Reassigned) => ("reassigned".to_owned(), "the number changed hands".to_owned()),
            _ => ("record".to_owned(), String::new()),
        }
    }
}

/// The id of the record that carried the answer.
fn evidence(loaded: &Loaded, question: &Question, place: &Place, at: Timestamp, decision: &Decision) -> Option<String> {
    let snapshot = loaded.snapshot();
    let probe = snapshot.probe(place.number);
    let counts =
        |event: &Event| event.at.is_some_and(|given| given <= at) && event.until.is_none_or(|until| at < until);
    let carried = |view: TemplateView| match (decision.basis(), decision.reason(), view) {
        (Some(Basis::Consent), _, TemplateView::Consent(consent)) => consent.covers && consent.conforms,
        (Some(Basis::Contract | Basis::Relationship | Basis::SoftOptIn), _, TemplateView::Relationship { .. }) => true,
        (
            None,
            Some(Reason::Erased | Reason::Restricted | Reason::Objected | Reason::Withdrawn | Reason::OptedOut),
            TemplateView::Denial(denial),
        ) => denial.cover.question && Some(reason_of(denial.kind)) == decision.reason(),
        _ => false,
    };
    snapshot
        .history(&probe)
        .enumerate()
        .filter(|(_, event)| counts(event) && carried(question.template(event.template)))
        .fold(None, |_, latest| Some(latest))
        .and_then(|(index, _)| snapshot.record_id(&probe, index).map(str::to_owned))
}

const fn reason_of(kind: super::question::DenialKind) -> Reason {
    use super::question::DenialKind;
    match kind {
        DenialKind::Withdrawal => Reason::Withdrawn,
        DenialKind::Objection => Reason::Objected,
        DenialKind::OptOut => Reason::OptedOut,
        DenialKind::Erasure => Reason::Erased,
        DenialKind::Restriction => Reason::Restricted,
    }
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

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} for `{}`", self.verdict, self.number, self.purpose)?;
        writeln!(f, " by {} on behalf of `{}` at {}", self.channel, self.controller, self.at)?;
        for reason in self.reasons.iter() {
            writeln!(f, "  reason      {reason}")?;
        }
        let lines = [
            ("basis", self.basis.map(|basis| basis.to_string())),
            ("evidence", self.evidence.clone()),
            ("retry at", self.retry_at.clone()),
            ("valid until", self.valid_until.clone()),
        ];
        for (name, value) in lines {
            if let Some(value) = value {
                writeln!(f, "  {name:<11} {value}")?;
            }
        }
        for duty in self.obligations.iter() {
            writeln!(f, "  duty        {duty}")?;
        }
        writeln!(f, "  rules of    {}", self.jurisdictions.join(", "))?;
        for note in &self.notes {
            writeln!(f, "  note        {note}")?;
        }
        for item in &self.consulted {
            let kind = match item.kind {
                ConsultedKind::Rule => "rule",
                ConsultedKind::List => "list",
                ConsultedKind::Record => "record",
            };
            write!(f, "  {kind:<11} {}: {}", item.name, item.finding)?;
            if let Some(from) = &item.from {
                write!(f, ", from {from}")?;
            }
            if let Some(until) = &item.until {
                write!(f, ", until {until}")?;
            }
            if let Some(source) = &item.source {
                write!(f, " [{source}")?;
                if let Some(confidence) = item.confidence {
                    write!(f, ", confidence {confidence}")?;
                }
                write!(f, "]")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "  snapshot    {}", self.snapshot)
    }
}
