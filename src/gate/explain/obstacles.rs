//! What would have to change for an allow: each thing that stands in the way, and the ways in which it can go.
//!
//! A way is named only where the rule itself would then drop the obstacle. All obstacles have to go, each in one
//! of its ways; a test adds what the ways name and asks again.

use std::cell::Cell;

use serde::Serialize;

use crate::event::{Attempt, Event};
use crate::language::{ExplanationWords, fill};
use crate::timestamp::Timestamp;
use crate::vocabulary::{ListKind, PurposeClass, Reason, ReasonSet};
use crate::{Decision, Language};

use super::super::evaluate::Case;
use super::super::packs::Packs;
use super::super::question::{Cover, DenialKind, TemplateView};
use super::super::standing::Standing;
use super::super::timing::starts;
use super::text;

/// Something that stands in the way of an allow.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Obstacle {
    /// The reasons that it is behind.
    pub reasons: ReasonSet,
    /// What it is: a record with its date, an entry of a list, a row of a pack.
    pub by: String,
    /// In each of these ways it goes; empty: nothing that can be put on record lifts it.
    pub ways: Vec<Way>,
}

/// A way in which an obstacle goes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Way {
    /// What would have to happen.
    pub says: String,
    /// When it happens by itself: from when, RFC 3339.
    pub from: Option<String>,
}

impl Way {
    pub(super) const fn of(says: String) -> Self {
        Self { says, from: None }
    }
}

/// Reasons that pass with time alone.
const WAITING: ReasonSet =
    ReasonSet::of(&[Reason::OutsideHours, Reason::Holiday, Reason::AttemptCap, Reason::SilencePeriod]);

/// Collects the obstacles of one decision.
pub(super) struct Obstacles<'a, 'c, H, A> {
    pub(super) case: &'a Case<'c, H, A>,
    pub(super) at: Timestamp,
    pub(super) days: &'a [i32],
    pub(super) packs: Packs,
    pub(super) standing: &'a Standing<'a, 'a, H, A>,
    pub(super) decision: &'a Decision,
    pub(super) language: Language,
    pub(super) w: &'static ExplanationWords,
    pub(super) found: Vec<Obstacle>,
    /// A way rests on something other than a consent.
    pub(super) rests_otherwise: bool,
    /// A way is a consent that the person would have to give.
    pub(super) asks_consent: Cell<bool>,
}

impl<H, A> Obstacles<'_, '_, H, A>
where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    /// Everything that stands in the way of an allow.
    pub(super) fn collect(&mut self) {
        self.denials();
        self.refusals();
        match self.case.question.class {
            PurposeClass::Emergency => {
                let way = Way::of(self.w.declare_emergency.to_owned());
                self.push(ReasonSet::of(&[Reason::Forbidden]), self.w.by_question.to_owned(), vec![way]);
            }
            PurposeClass::OptOutConfirmation => {
                let way = Way::of(self.w.fresh_opt_out.to_owned());
                self.push(ReasonSet::of(&[Reason::BasisMissing]), self.w.by_question.to_owned(), vec![way]);
            }
            _ => self.rules(),
        }
        self.caller_ids();
        self.timing();
        self.merge();
        let told = self.found.iter().fold(ReasonSet::EMPTY, |told, one| told.union(one.reasons));
        for reason in self.decision.reasons().iter().filter(|reason| !told.contains(*reason)) {
            self.found.push(Obstacle {
                reasons: ReasonSet::of(&[reason]),
                by: self.w.by_question.to_owned(),
                ways: Vec::new(),
            });
        }
    }

    /// Obstacles that go in the same ways are told once.
    fn merge(&mut self) {
        let mut merged: Vec<Obstacle> = Vec::new();
        for obstacle in std::mem::take(&mut self.found) {
            let same = |one: &&mut Obstacle| one.reasons == obstacle.reasons && one.ways == obstacle.ways;
            match merged.iter_mut().find(same) {
                Some(one) => one.by = format!("{}; {}", one.by, obstacle.by),
                None => merged.push(obstacle),
            }
        }
        self.found = merged;
    }

    /// Puts down an obstacle, as far as it is behind reasons of the decision.
    pub(super) fn push(&mut self, reasons: ReasonSet, by: String, ways: Vec<Way>) {
        let reasons = reasons.intersection(self.decision.reasons());
        if !reasons.is_empty() {
            let obstacle = Obstacle { reasons, by, ways };
            if !self.found.contains(&obstacle) {
                self.found.push(obstacle);
            }
        }
    }

    fn denials(&mut self) {
        for event in self.standing.subject.history.clone() {
            match self.case.question.template(event.template) {
                TemplateView::Denial(denial) => {
                    if let Some(reason) = self.standing.denial(event, denial.kind, denial.cover) {
                        self.denial(event, reason, (denial.kind, denial.cover));
                    }
                }
                TemplateView::Listing { list, scope } => {
                    if let Some(reason) = self.standing.listing(list, scope, Some(event)) {
                        self.listing(list, scope, Some(event), reason);
                    }
                }
                _ => {}
            }
        }
        for list in self.standing.undated_lists() {
            if let Some(reason) = self.standing.listing(list, None, None) {
                self.listing(list, None, None, reason);
            }
        }
    }

    fn denial(&mut self, event: Event, reason: Reason, (kind, cover): (DenialKind, Cover)) {
        let w = self.w;
        let name = match kind {
            DenialKind::Withdrawal => w.withdrawal,
            DenialKind::Objection => w.objection,
            DenialKind::OptOut => w.opt_out,
            DenialKind::Erasure => w.erasure,
            DenialKind::Restriction => w.restriction,
        };
        let by = match event.at {
            Some(at) => fill(w.by_event, &[&name, &self.said(at)]),
            None => fill(w.by_undated_event, &[&name]),
        };
        let mut ways = Vec::new();
        if kind == DenialKind::Restriction {
            ways.push(Way::of(w.lift_restriction.to_owned()));
        } else {
            ways.extend(self.lifting_consent(event.at, cover.marketing));
        }
        let revoked = self.standing.limits.revokes_all && kind.revokes_consent();
        if kind.revokes_consent() && !revoked {
            ways.extend(self.sparing_tie(cover));
        }
        if let (DenialKind::Erasure, true, Some(erased)) = (kind, self.standing.carried_class(), event.at) {
            let floor = erased.max(self.standing.reassigned.unwrap_or(Timestamp::MIN));
            if floor < Timestamp::MAX {
                ways.push(Way::of(fill(w.new_tie, &[&self.said(floor)])));
            }
        }
        ways.extend(self.end(event));
        self.push(ReasonSet::of(&[reason]), by, ways);
    }

    fn listing(&mut self, list: u16, scope: Option<Cover>, event: Option<Event>, reason: Reason) {
        let Some(view) = self.case.question.list(list) else { return };
        let id = self.case.world.dictionary.lists.get(usize::from(list)).map_or("?", |list| list.id.as_str());
        let listed = event.and_then(|event| event.at);
        let by = match listed {
            Some(at) => fill(self.w.by_list, &[&id, &self.said(at)]),
            None => fill(self.w.by_undated_list, &[&id]),
        };
        let cover = scope.map_or(view.cover, |scope| Cover {
            question: scope.question && view.cover.question,
            marketing: scope.marketing && view.cover.marketing,
            by_name: scope.by_name,
        });
        let liftable = view.kind == ListKind::OptOut || view.consent_lifts;
        let consent = if liftable { self.lifting_consent(listed, cover.marketing) } else { None };
        let whether = if consent.is_none() { self.w.consent_does_not } else { "" };
        let mut ways = vec![Way::of(fill(self.w.take_off_list, &[&id, &whether]))];
        ways.extend(consent);
        ways.extend(self.sparing_tie(cover));
        ways.extend(event.and_then(|event| self.end(event)));
        self.push(ReasonSet::of(&[reason]), by, ways);
    }

    /// Refusals that a rule makes permanent.
    fn refusals(&mut self) {
        let class = self.case.question.class;
        let bars_asking = class == PurposeClass::Reconsent;
        let mut refused: Vec<Timestamp> = Vec::new();
        for (pack, view) in self.case.rows(self.packs.apply) {
            for row in view.silences.iter().filter_map(|row| pack.silences.get(*row)) {
                if row.rule.days.is_some() {
                    continue;
                }
                for attempt in self.case.attempts_of(bars_asking) {
                    let on = self.case.days_at(attempt.at);
                    let binds = starts(row.rule.after, attempt.outcome)
                        && attempt.at <= self.at
                        && self.case.speaks(row, on.as_slice())
                        && !self.standing.lifts(Some(attempt.at), true);
                    if binds {
                        refused.push(attempt.at);
                    }
                }
            }
        }
        refused.sort_unstable();
        refused.dedup();
        for at in refused {
            let ways = self.lifting_consent(Some(at), true).into_iter().collect();
            let by = fill(self.w.by_event, &[&self.w.refusal, &self.said(at)]);
            self.push(ReasonSet::of(&[Reason::OptedOut]), by, ways);
        }
    }

    /// The consent that lifts a denial of this date; none: no consent does.
    fn lifting_consent(&self, denied: Option<Timestamp>, touches_marketing: bool) -> Option<Way> {
        let denied = denied?;
        if self.case.question.class == PurposeClass::Reconsent && touches_marketing {
            let floor = denied.max(self.standing.reassigned.unwrap_or(Timestamp::MIN));
            self.asks_consent.set(true);
            return (floor < Timestamp::MAX).then(|| Way::of(fill(self.w.marketing_consent, &[&self.said(floor)])));
        }
        self.consent((false, false), Some(denied))
    }

    /// A new consent of this form, later than this; none: no consent would count.
    pub(super) fn consent(&self, (written, confirmed): (bool, bool), later: Option<Timestamp>) -> Option<Way> {
        let w = self.w;
        let floor = later.max(self.standing.last_withdrawal).max(self.standing.reassigned);
        if floor == Some(Timestamp::MAX) {
            return None;
        }
        self.asks_consent.set(true);
        let form = if written { w.written_form } else { w.any_form };
        let form = if confirmed { fill(w.confirmed_form, &[&form]) } else { form.to_owned() };
        Some(Way::of(fill(w.new_consent, &[&form, &self.later_than(floor)])))
    }

    /// A relationship that this denial would leave alone.
    fn sparing_tie(&mut self, cover: Cover) -> Option<Way> {
        (self.standing.carried_class() && !cover.by_name).then(|| self.carrying_tie()).flatten()
    }

    /// A relationship that carries a service, a debt or a notice; none: none would count.
    pub(super) fn carrying_tie(&mut self) -> Option<Way> {
        let carriers = match self.case.question.class {
            PurposeClass::DebtCollection => self.w.carriers_debt,
            _ => self.w.carriers_service,
        };
        let later = self.after_reassignment()?;
        Some(Way::of(fill(self.w.carrying, &[&carriers, &later])))
    }

    /// What a relationship must be later than; none: the number changed hands at a time that is not known.
    pub(super) fn after_reassignment(&self) -> Option<String> {
        match self.standing.reassigned {
            Some(Timestamp::MAX) => None,
            floor => Some(self.later_than(floor)),
        }
    }

    pub(super) fn later_than(&self, floor: Option<Timestamp>) -> String {
        floor.map_or(String::new(), |floor| fill(self.w.later_than, &[&self.said(floor)]))
    }

    /// It ends at an instant that is on record.
    fn end(&self, event: Event) -> Option<Way> {
        let until = event.until.filter(|until| *until > self.at && *until < Timestamp::MAX)?;
        Some(Way { says: self.w.ends.to_owned(), from: Some(text(until)) })
    }

    fn caller_ids(&mut self) {
        let mut banned = Vec::new();
        for (pack, view) in self.case.rows(self.packs.apply) {
            let rows = view.banned_caller_ids.iter().filter_map(|row| pack.caller_ids.get(*row));
            banned.extend(
                rows.filter(|row| self.case.speaks(row, self.days)).map(|row| format!("{}/{}", pack.code, row.id)),
            );
        }
        for by in banned {
            let way = Way::of(self.w.other_caller_id.to_owned());
            self.push(ReasonSet::of(&[Reason::Forbidden]), by, vec![way]);
        }
    }

    fn timing(&mut self) {
        let zone = Way::of(self.w.name_zone.to_owned());
        self.push(ReasonSet::of(&[Reason::TimeZoneUnknown]), self.w.by_place.to_owned(), vec![zone]);
        if self.decision.reasons().intersection(WAITING).is_empty() {
            return;
        }
        let opens = self.case.first_after(self.at, |later| later.reasons().intersection(WAITING).is_empty());
        let (by, ways) = match opens {
            Some(from) => (self.w.by_hours, vec![Way { says: self.w.wait.to_owned(), from: Some(text(from)) }]),
            None => (self.w.no_opening, Vec::new()),
        };
        self.push(WAITING, by.to_owned(), ways);
    }

    pub(super) fn said(&self, at: Timestamp) -> String {
        super::said(self.language, at)
    }
}

/// One of the four reasons that end the evaluation, with what would let it go on.
pub(super) fn of_unknown(reason: Reason, w: &ExplanationWords) -> Option<Obstacle> {
    let (by, way) = match reason {
        Reason::NumberInvalid => (w.by_question, w.correct_number),
        Reason::QuestionUnknown => (w.by_question, w.declare),
        Reason::JurisdictionUnknown => (w.by_place, w.add_pack),
        Reason::SnapshotExpired => (w.by_data, w.compile_anew),
        _ => return None,
    };
    Some(Obstacle { reasons: ReasonSet::of(&[reason]), by: by.to_owned(), ways: vec![Way::of(way.to_owned())] })
}
