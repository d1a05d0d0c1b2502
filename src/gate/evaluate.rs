//! From a question, a place and a history to a decision, at one instant.

use crate::Zones;
use crate::decision::Decision;
use crate::dictionary::Dictionary;
use crate::event::{Attempt, Event};
use crate::rule::{Facts, HoursFacts, decide};
use crate::rules::{Pack, RequirementRule, Row, Rules};
use crate::timestamp::{DAY, Timestamp};
use crate::vocabulary::{Obligation, ObligationSet, Party, PurposeClass, ReasonSet, Requirement, Verdict};

use super::days::{Days, EXTREME_OFFSETS};
use super::horizon::Horizon;
use super::packs::{PackSet, Packs};
use super::place::Place;
use super::question::{PackView, Question, applies};
use super::rows::{RowBuffer, row_facts};
use super::screening::Registries;
use super::standing::{Limits, Standing};
use super::subject::Subject;

/// How far ahead an opening is looked for.
pub(crate) const LOOK_AHEAD: i64 = 400 * DAY;
/// More changes than any number goes through within the look-ahead.
const MAX_STEPS: usize = 20_000;
/// The parts of a snapshot that every evaluation reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) zones: &'a Zones,
    pub(crate) dictionary: &'a Dictionary,
}

/// The instants outside which the gate's own clock is not answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Validity {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Validity {
    /// An instant that was given is answered as it is.
    pub(crate) const ALWAYS: Self = Self { from: Timestamp::MIN, to: Timestamp::MAX };

    /// Nothing is answered: the feed is lost.
    pub(crate) const NEVER: Self = Self { from: Timestamp::MAX, to: Timestamp::MAX };

    pub(crate) fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// How long a decision lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Lasting {
    /// The first instant at which something changes whoever the person is.
    pub(crate) around: Timestamp,
    /// What came of the look ahead for the end of an allow or of a deferral; none: there was no need to look.
    pub(crate) ahead: Option<Ahead>,
}

/// What came of a look ahead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ahead {
    /// The verdict changes at this instant.
    At(Timestamp),
    /// Nothing changes any more that could change it.
    Never,
    /// It does not change within the look-ahead: this, beyond it, was not looked at.
    NotBefore(Timestamp),
    /// After too many changes: it was not looked further than this.
    GaveUp(Timestamp),
}

/// One question about one number, ready to be judged at any instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'a, H, A> {
    pub(crate) world: World<'a>,
    pub(crate) question: &'a Question,
    pub(crate) place: &'a Place,
    pub(crate) subject: &'a Subject<'a, H, A>,
    pub(crate) validity: Validity,
}

impl<H, A> Case<'_, H, A>
where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    /// The decision, with the instant from which on, or until which, it holds.
    pub(crate) fn decide(&self, at: Timestamp) -> Decision {
        self.decide_seen(at, |_| {})
    }

    /// The same; `see` is shown the facts that decided.
    pub(crate) fn decide_seen(&self, at: Timestamp, see: impl FnOnce(&Facts<'_>)) -> Decision {
        self.decide_lasting(at, see).0
    }

    /// The same, with what is known of how long it lasts.
    pub(crate) fn decide_lasting(&self, at: Timestamp, see: impl FnOnce(&Facts<'_>)) -> (Decision, Lasting) {
        let (decision, horizon) = self.judge_seen(at, see);
        let around = horizon.around();
        match decision.verdict() {
            Verdict::Allow => {
                let ahead = self.first(Timestamp::MAX, horizon, |later| !later.is_allowed());
                let until = match ahead {
                    Ahead::At(instant) | Ahead::GaveUp(instant) => Some(instant),
                    Ahead::Never | Ahead::NotBefore(_) => None,
                };
                (decision.with_valid_until(until), Lasting { around, ahead: Some(ahead) })
            }
            Verdict::Defer => {
                let ahead = self.first(at.plus(LOOK_AHEAD), horizon, Decision::is_allowed);
                let from = if let Ahead::At(instant) = ahead { Some(instant) } else { None };
                (decision.with_retry_at(from), Lasting { around, ahead: Some(ahead) })
            }
            Verdict::Deny | Verdict::Review => (decision, Lasting { around, ahead: None }),
        }
    }

    /// The first instant after this one, within the look-ahead, whose decision is such; none: there is none, or it
    /// was not found.
    pub(super) fn first_after(&self, at: Timestamp, such: impl Fn(&Decision) -> bool) -> Option<Timestamp> {
        let (_, horizon) = self.judge(at);
        match self.first(at.plus(LOOK_AHEAD), horizon, such) {
            Ahead::At(instant) => Some(instant),
            Ahead::Never | Ahead::NotBefore(_) | Ahead::GaveUp(_) => None,
        }
    }

    /// The first instant up to `last` whose decision is such.
    fn first(&self, last: Timestamp, horizon: Horizon, such: impl Fn(&Decision) -> bool) -> Ahead {
        let Some(mut next) = horizon.next() else { return Ahead::Never };
        for _ in 0..MAX_STEPS {
            if next > last {
                return Ahead::NotBefore(next);
            }
            let (decision, horizon) = self.judge(next);
            if such(&decision) {
                return Ahead::At(next);
            }
            next = match horizon.next() {
                Some(next) => next,
                None => return Ahead::Never,
            };
        }
        Ahead::GaveUp(next)
    }

    /// The decision at one instant, and until when everything consulted stays as it is.
    pub(super) fn judge(&self, at: Timestamp) -> (Decision, Horizon) {
        self.judge_seen(at, |_| {})
    }

    fn judge_seen(&self, at: Timestamp, see: impl FnOnce(&Facts<'_>)) -> (Decision, Horizon) {
        let mut horizon = Horizon::after(at);
        horizon.note(self.validity.from);
        horizon.note(self.validity.to);
        let question = self.question;
        let mut rows = RowBuffer::new();
        let mut facts = Facts {
            number_possible: self.place.possible,
            question_known: true,
            jurisdiction_known: self.place.packs.is_some(),
            snapshot_current: self.validity.holds(at),
            class: question.class,
            emergency_declared: question.emergency_declared,
            confirmation_due: false,
            denials: ReasonSet::EMPTY,
            caller_id_banned: false,
            rows: &[],
            hours: HoursFacts::default(),
            cap_reached: false,
            silenced: false,
        };
        let (packs, met) = match self.place.packs {
            Some(Packs { apply, met }) if facts.number_possible && facts.snapshot_current => (apply, met),
            _ => {
                see(&facts);
                return (decide(&facts), horizon);
            }
        };
        let days = self.days(packs, at, &mut horizon);
        let days = days.as_slice();
        let limits = self.limits(packs, days);
        let standing = Standing::at(question, self.subject, met, limits, at, &mut horizon);
        facts.denials = standing.denials();
        facts.caller_id_banned = self.rows(packs).any(|(pack, view)| {
            view.banned_caller_ids.iter().filter_map(|row| pack.caller_ids.get(*row)).any(|row| self.speaks(row, days))
        });
        for (pack, view) in self.rows(packs) {
            let registries = self.registries(pack, view, &standing, days, &mut horizon);
            self.requirements((pack, view), &standing, registries, days, &mut rows, &mut horizon);
        }
        facts.jurisdiction_known &= !rows.overflowed;
        facts.rows = rows.finish();
        facts.hours = self.hours(packs, &standing, days, &mut horizon);
        self.attempts(packs, &standing, days, &mut facts, &mut horizon);
        if question.class == PurposeClass::OptOutConfirmation {
            facts.confirmation_due = self.confirmation_due(packs, &standing, days, &mut horizon);
        }
        see(&facts);
        let decision = decide(&facts);
        let decision = if decision.is_allowed() {
            decision.with_obligations(self.obligations(packs, &standing, days))
        } else {
            decision
        };
        (decision, horizon)
    }

    /// The packs that apply, with the rows that speak of the question.
    pub(crate) fn rows(&self, packs: PackSet) -> impl Iterator<Item = (&Pack, &PackView)> {
        packs.iter().filter_map(|index| Some((self.world.rules.packs.get(index)?, self.question.packs.get(index)?)))
    }

    pub(super) fn speaks<T>(&self, row: &Row<T>, days: &[i32]) -> bool {
        applies(&row.when, self.place.party, self.place.line, days)
    }

    /// The local days of the called party, one or two; every candidate when no zone is known.
    fn days(&self, packs: PackSet, at: Timestamp, horizon: &mut Horizon) -> Days {
        let mut days = Days::new();
        if self.rows(packs).all(|(_, view)| view.edges.is_empty()) {
            return days;
        }
        // Where every edge lies behind on the whole earth, no zone need be looked up.
        let day = i32::try_from(at.micros().div_euclid(DAY)).unwrap_or(i32::MAX);
        if self.rows(packs).flat_map(|(_, view)| &view.edges).all(|edge| *edge < day) {
            days.clear();
            days.insert(day);
            return days;
        }
        days = self.days_at(at);
        for edge in self.rows(packs).flat_map(|(_, view)| view.edges.iter().copied()) {
            if days.as_slice().iter().all(|day| *day >= edge) {
                continue;
            }
            for zone in self.place.zones.as_slice() {
                if let Some(midnight) = self.world.zones.first_instant_at(*zone, edge, 0) {
                    horizon.note(midnight);
                }
            }
            if self.place.zones.is_uncertain() {
                for hours in EXTREME_OFFSETS {
                    horizon
                        .note(Timestamp::from_micros(i64::from(edge).saturating_mul(DAY)).plus(hours.saturating_neg()));
                }
            }
        }
        days
    }

    /// What the jurisdictions say of consents and their end.
    pub(super) fn limits(&self, packs: PackSet, days: &[i32]) -> Limits {
        Limits { consent_months: self.consent_months(packs, days), revokes_all: self.revokes_all(packs, days) }
    }

    fn consent_months(&self, packs: PackSet, days: &[i32]) -> Option<u32> {
        self.rows(packs)
            .flat_map(|(pack, view)| view.consent_limits.iter().filter_map(|row| pack.consent_limits.get(*row)))
            .filter(|row| self.speaks(row, days))
            .map(|row| u32::from(row.rule.months))
            .min()
    }

    /// Does a withdrawal or opt-out reach this contact whatever it names?
    pub(super) fn revokes_all(&self, packs: PackSet, days: &[i32]) -> bool {
        self.rows(packs)
            .flat_map(|(pack, view)| view.revocations.iter().filter_map(|row| pack.revocations.get(*row)))
            .any(|row| self.speaks(row, days))
    }

    fn requirements(
        &self,
        (pack, view): (&Pack, &PackView),
        standing: &Standing<'_, '_, H, A>,
        registries: Registries,
        days: &[i32],
        rows: &mut RowBuffer,
        horizon: &mut Horizon,
    ) {
        // Unknown is an individual, for what is asked.
        let party = if self.place.party == Party::Business { Party::Business } else { Party::Individual };
        let mut asked = false;
        for row in view.requirements.iter().filter_map(|row| pack.requirements.get(*row)) {
            if applies(&row.when, party, self.place.line, days) {
                asked = true;
                rows.push(row_facts(pack.gdpr, row.rule, standing, registries, party, horizon));
            }
        }
        let special = matches!(self.question.class, PurposeClass::Emergency | PurposeClass::OptOutConfirmation);
        if !asked && !special && !pack.partial {
            let unverified = RequirementRule {
                requirement: Requirement::DenyUnverified,
                customer_months: 0,
                needs_review: false,
                double_opt_in: false,
            };
            rows.push(row_facts(pack.gdpr, unverified, standing, registries, party, horizon));
        } else if !asked {
            // A partial pack that asks for nothing (a state) may screen a registry under what others ask.
            rows.screen_all(registries);
        }
    }

    /// Confirmed once, by message, within the rule's minutes; the least of several jurisdictions' holds.
    fn confirmation_due(
        &self,
        packs: PackSet,
        standing: &Standing<'_, '_, H, A>,
        days: &[i32],
        horizon: &mut Horizon,
    ) -> bool {
        const UNLESS_NAMED_MINUTES: u16 = 5;
        let minutes = self
            .rows(packs)
            .flat_map(|(pack, view)| view.confirmations.iter().filter_map(|row| pack.confirmations.get(*row)))
            .filter(|row| self.speaks(row, days))
            .map(|row| row.rule.minutes)
            .min()
            .unwrap_or(UNLESS_NAMED_MINUTES);
        let Some(opted_out) = standing.confirmable(minutes, horizon) else { return false };
        !self.own_attempts().any(|attempt| {
            horizon.note_own(attempt.at);
            attempt.is_message && attempt.at >= opted_out && attempt.at <= standing.at
        })
    }

    fn obligations(&self, packs: PackSet, standing: &Standing<'_, '_, H, A>, days: &[i32]) -> ObligationSet {
        let mut duties = ObligationSet::EMPTY;
        for (pack, view) in self.rows(packs) {
            for row in view.obligations.iter().filter_map(|row| pack.obligations.get(*row)) {
                if self.speaks(row, days) {
                    duties = duties.union(row.rule.duties);
                }
            }
            if self.question.attempts_external && !view.caps.is_empty() {
                duties = duties.with(Obligation::EnforceAttemptCap);
            }
            let own_ids = self.world.dictionary.controllers.get(usize::from(self.question.controller));
            let mut banning = view.caller_ids.iter().filter_map(|row| pack.caller_ids.get(*row));
            if own_ids.is_some_and(|controller| controller.caller_ids.is_empty())
                && banning.any(|row| self.speaks(row, days))
            {
                duties = duties.with(Obligation::CallerIdAssigned);
            }
            let continued = standing.carried_class() && standing.carried_by.is_some();
            if pack.gdpr && !continued && !standing.notice_given() {
                duties = duties.with(Obligation::PrivacyNotice);
            }
        }
        duties
    }
}
