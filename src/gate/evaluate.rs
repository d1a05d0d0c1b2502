//! From a question, a place and a history to a decision, at one instant.

use crate::decision::Decision;
use crate::dictionary::Dictionary;
use crate::event::{Attempt, Event};
use crate::rule::{Facts, HoursFacts, RegistryFacts, RowFacts, decide};
use crate::rules::{Open, Pack, RegistryRule, RequirementRule, Row, Rules, hours};
use crate::timestamp::{DAY, SECOND, Timestamp};
use crate::vocabulary::{
    Obligation, ObligationSet, Outcome, Party, PurposeClass, Reason, ReasonSet, Requirement, Verdict,
};
use crate::{ZoneIndex, Zones};

use super::horizon::Horizon;
use super::packs::PackSet;
use super::place::Place;
use super::question::{PackView, Question, RegistryView, applies};
use super::standing::{Standing, Subject};

/// How far ahead an opening is looked for.
pub(crate) const LOOK_AHEAD: i64 = 400 * DAY;
/// More changes than any number goes through within the look-ahead.
const MAX_STEPS: usize = 20_000;
/// More requirement rows than can apply to one question; what does not fit denies.
const MAX_ROWS: usize = 16;

/// The parts of a snapshot that every evaluation reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) zones: &'a Zones,
    pub(crate) dictionary: &'a Dictionary,
}

/// The instants outside which the gate's own clock is not answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validity {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Validity {
    /// An instant that was given is answered as it is.
    pub(crate) const ALWAYS: Self = Self { from: Timestamp::MIN, to: Timestamp::MAX };

    fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
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
        let (decision, horizon) = self.judge(at);
        match decision.verdict() {
            Verdict::Allow => decision
                .with_valid_until(self.first(at, horizon, |verdict| verdict != Verdict::Allow).unwrap_or_else(Some)),
            Verdict::Defer => {
                decision.with_retry_at(self.first(at, horizon, |verdict| verdict == Verdict::Allow).unwrap_or(None))
            }
            Verdict::Deny | Verdict::Review => decision,
        }
    }

    /// The first instant within the look-ahead whose verdict is such; the error: as far as it was looked.
    fn first(
        &self,
        at: Timestamp,
        horizon: Horizon,
        such: impl Fn(Verdict) -> bool,
    ) -> Result<Option<Timestamp>, Timestamp> {
        let last = at.plus(LOOK_AHEAD);
        let Some(mut next) = horizon.next() else { return Ok(None) };
        for _ in 0..MAX_STEPS {
            if next > last {
                return Ok(None);
            }
            let (decision, horizon) = self.judge(next);
            if such(decision.verdict()) {
                return Ok(Some(next));
            }
            next = match horizon.next() {
                Some(next) => next,
                None => return Ok(None),
            };
        }
        Err(next)
    }

    /// The decision at one instant, and until when everything consulted stays as it is.
    fn judge(&self, at: Timestamp) -> (Decision, Horizon) {
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
        let packs = match self.place.packs {
            Some(packs) if facts.number_possible && facts.snapshot_current => packs,
            _ => return (decide(&facts), horizon),
        };
        let days = self.days(packs, at, &mut horizon);
        let days = days.as_slice();
        let standing = Standing::at(question, self.subject, packs, self.consent_months(packs, days), at, &mut horizon);
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

    fn speaks<T>(&self, row: &Row<T>, days: &[i32]) -> bool {
        applies(&row.when, self.place.party, self.place.line, days)
    }

    /// The local days of the called party, one or two; every candidate when no zone is known.
    fn days(&self, packs: PackSet, at: Timestamp, horizon: &mut Horizon) -> Days {
        let mut days = Days::new();
        if self.rows(packs).all(|(_, view)| view.edges.is_empty()) {
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

    fn consent_months(&self, packs: PackSet, days: &[i32]) -> Option<u32> {
        self.rows(packs)
            .flat_map(|(pack, view)| view.consent_limits.iter().filter_map(|row| pack.consent_limits.get(*row)))
            .filter(|row| self.speaks(row, days))
            .map(|row| u32::from(row.rule.months))
            .min()
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

    fn registries(
        &self,
        pack: &Pack,
        view: &PackView,
        standing: &Standing<'_, '_, H, A>,
        days: &[i32],
        horizon: &mut Horizon,
    ) -> Registries {
        let mut found = Registries::default();
        for registry in &view.registries {
            let Some(row) = pack.registries.get(registry.row) else { continue };
            if self.speaks(row, days) {
                self.registry(&row.rule, registry, standing, &mut found, horizon);
            }
        }
        found
    }

    fn registry(
        &self,
        rule: &RegistryRule,
        view: &RegistryView,
        standing: &Standing<'_, '_, H, A>,
        found: &mut Registries,
        horizon: &mut Horizon,
    ) {
        let party = self.place.party;
        let required = (party != Party::Business && rule.individuals) || (party == Party::Business && rule.businesses);
        let outweighs = party == Party::Business && rule.individuals && !rule.businesses;
        let counts = required || outweighs || (party == Party::Unknown && rule.businesses);
        if !counts {
            return;
        }
        let copies = self.copies(rule, view, standing, horizon);
        let by_relationship = rule.ebr.is_some_and(|ebr| standing.established_business(ebr, horizon))
            || rule.contract_lifts_days.is_some_and(|days| standing.contract_within(days, horizon));
        if by_relationship {
            found.lifted_by_relationship |= copies.listed.is_some() || required;
            return;
        }
        if rule.revokes_consents {
            let postdated = |listed: Option<Timestamp>| {
                listed.is_some_and(|listed| standing.consented.is_some_and(|given| given > listed))
            };
            found.revoking.listed |= copies.listed.is_some_and(|entry| !postdated(entry));
            found.revoking.missing |= required && copies.missing;
            found.revoking.stale |= required && copies.stale;
            return;
        }
        if outweighs {
            found.outweighing |= copies.listed.is_some();
            return;
        }
        found.screened.listed |= copies.listed.is_some();
        found.screened.missing |= required && copies.missing;
        found.screened.stale |= required && copies.stale;
    }

    fn copies(
        &self,
        rule: &RegistryRule,
        view: &RegistryView,
        standing: &Standing<'_, '_, H, A>,
        horizon: &mut Horizon,
    ) -> Copies {
        let at = standing.at;
        let grace = match rule.grace_days {
            Some(days) if self.world.dictionary.use_registry_grace => DAY.saturating_mul(i64::from(days)),
            _ => 0,
        };
        let mut found = Copies { listed: None, missing: true, stale: false };
        let mut fresh = false;
        for copy in &view.copies {
            if let Some(entry) = standing.entry(copy.list) {
                let binds_from = entry.at.map(|listed| listed.plus(grace));
                if let Some(binds_from) = binds_from {
                    horizon.note(binds_from);
                }
                if binds_from.is_none_or(|from| from <= at || grace == 0) {
                    found.listed = Some(match found.listed {
                        Some(former) => former.and_then(|former| entry.at.map(|listed| former.max(listed))),
                        None => entry.at,
                    });
                }
            }
            let covered = copy
                .covers
                .as_ref()
                .is_none_or(|prefixes| prefixes.iter().any(|prefix| prefix.begins(self.place.number)));
            if !covered {
                continue;
            }
            found.missing = false;
            horizon.note(copy.stale_from);
            fresh |= at < copy.stale_from;
        }
        found.stale = !found.missing && !fresh;
        found
    }

    fn hours(
        &self,
        packs: PackSet,
        standing: &Standing<'_, '_, H, A>,
        days: &[i32],
        horizon: &mut Horizon,
    ) -> HoursFacts {
        let mut found = HoursFacts { zone_unknown: self.place.zones.is_misnamed(), ..HoursFacts::default() };
        for (pack, view) in self.rows(packs) {
            for row in view.windows.iter().filter_map(|row| pack.windows.get(*row)) {
                let lifted = row.rule.lifted_by_consent && standing.consented.is_some();
                if lifted || !self.speaks(row, days) {
                    continue;
                }
                let calendar = row.rule.calendar.and_then(|index| self.world.rules.calendars.get(usize::from(index)));
                let mut look = |zone: ZoneIndex| {
                    let seen = hours(&row.rule, calendar, self.world.zones, zone, standing.at);
                    horizon.note(seen.until);
                    match seen.state {
                        Open::Open => {}
                        Open::Closed => found.outside = true,
                        Open::Holiday => found.holiday = true,
                        Open::Unknown => found.zone_unknown = true,
                    }
                };
                if row.rule.fixed_offset.is_some() {
                    look(ZoneIndex(0));
                    continue;
                }
                for zone in self.place.zones.as_slice() {
                    look(*zone);
                }
                found.zone_unknown |= self.place.zones.is_uncertain();
            }
        }
        found
    }

    fn attempts(
        &self,
        packs: PackSet,
        standing: &Standing<'_, '_, H, A>,
        days: &[i32],
        facts: &mut Facts<'_>,
        horizon: &mut Horizon,
    ) {
        if self.question.attempts_external {
            return;
        }
        for (pack, view) in self.rows(packs) {
            for row in view.caps.iter().filter_map(|row| pack.caps.get(*row)) {
                if !self.speaks(row, days) || (row.rule.lifted_by_consent && standing.consented.is_some()) {
                    continue;
                }
                let window = SECOND.saturating_mul(i64::from(row.rule.window_seconds));
                let mut counted: u32 = 0;
                for attempt in self.own_attempts() {
                    let family = row.rule.both_families || attempt.is_message == self.question.channel.is_message();
                    horizon.note(attempt.at);
                    if family && attempt.at <= standing.at && standing.at < attempt.at.plus(window) {
                        counted = counted.saturating_add(1);
                        horizon.note(attempt.at.plus(window));
                    }
                }
                facts.cap_reached |= counted >= u32::from(row.rule.attempts);
            }
            for row in view.silences.iter().filter_map(|row| pack.silences.get(*row)) {
                for attempt in self.own_attempts().filter(|attempt| starts(row.rule.after, attempt.outcome)) {
                    horizon.note(attempt.at);
                    let on = self.days_at(attempt.at);
                    if attempt.at > standing.at || !self.speaks(row, on.as_slice()) {
                        continue;
                    }
                    match row.rule.days {
                        Some(silence) => {
                            let end = attempt.at.plus(DAY.saturating_mul(i64::from(silence)));
                            horizon.note(end);
                            let lifted = row.rule.lifted_by_consent && standing.lifts(Some(attempt.at), true);
                            facts.silenced |= standing.at < end && !lifted;
                        }
                        None if !standing.lifts(Some(attempt.at), true) => {
                            facts.denials = facts.denials.with(Reason::OptedOut);
                        }
                        None => {}
                    }
                }
            }
        }
    }

    /// The attempts of this controller that count for this class.
    fn own_attempts(&self) -> impl Iterator<Item = Attempt> {
        let (controller, class) = (self.question.controller, self.question.class);
        self.subject.attempts.clone().filter(move |attempt| {
            attempt.controller.is_none_or(|own| own == controller) && attempt.class.is_none_or(|own| own == class)
        })
    }

    fn days_at(&self, at: Timestamp) -> Days {
        let mut days = Days::new();
        days.clear();
        for zone in self.place.zones.as_slice() {
            match self.world.zones.local(*zone, at) {
                Some(local) => days.insert(local.day),
                None => days.insert_extremes(at),
            }
        }
        if self.place.zones.is_uncertain() {
            days.insert_extremes(at);
        }
        days
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
            horizon.note(attempt.at);
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
            if !pack.caller_ids.is_empty() && own_ids.is_some_and(|controller| controller.caller_ids.is_empty()) {
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

/// A refusal is a conversation too.
fn starts(after: Outcome, outcome: Outcome) -> bool {
    outcome == after || (after == Outcome::Conversation && outcome == Outcome::Refused)
}

fn row_facts<H, A>(
    gdpr: bool,
    rule: RequirementRule,
    standing: &Standing<'_, '_, H, A>,
    registries: Registries,
    party: Party,
    horizon: &mut Horizon,
) -> RowFacts
where
    H: Iterator<Item = Event> + Clone,
{
    let written = rule.requirement == Requirement::OptInWritten;
    RowFacts {
        requirement: rule.requirement,
        gdpr,
        needs_review: rule.needs_review,
        consent_failures: standing.consent_failures(written, rule.double_opt_in),
        carried_by: standing.carried_by,
        contract: standing.contract(),
        soft_opt_in: standing.soft_opt_in(false),
        recent_soft_opt_in: standing.soft_opt_in(true),
        customer: rule.requirement == Requirement::OptInOrCustomer
            && standing.customer(u32::from(rule.customer_months), horizon),
        business_relationship: party == Party::Business && standing.running_relationship(),
        registries: registries.screened,
        revoking_registries: registries.revoking,
        outweighing_listing: registries.outweighing,
        lifted_by_relationship: registries.lifted_by_relationship,
    }
}

/// What the registries of one pack say, relationships already taken into account.
#[derive(Clone, Copy, Debug, Default)]
struct Registries {
    screened: RegistryFacts,
    revoking: RegistryFacts,
    outweighing: bool,
    lifted_by_relationship: bool,
}

/// What the copies of one registry say.
#[derive(Clone, Copy, Debug)]
struct Copies {
    /// Listed, and since when (inner none: undated).
    listed: Option<Option<Timestamp>>,
    missing: bool,
    stale: bool,
}

struct RowBuffer {
    rows: [RowFacts; MAX_ROWS],
    len: usize,
    overflowed: bool,
    /// Registries that packs without a requirement of their own screen.
    also: Registries,
}

impl RowBuffer {
    const fn new() -> Self {
        const EMPTY: RowFacts = RowFacts {
            requirement: Requirement::Forbidden,
            gdpr: true,
            needs_review: false,
            consent_failures: ReasonSet::EMPTY,
            carried_by: None,
            contract: false,
            soft_opt_in: false,
            recent_soft_opt_in: false,
            customer: false,
            business_relationship: false,
            registries: RegistryFacts::CLEAR,
            revoking_registries: RegistryFacts::CLEAR,
            outweighing_listing: false,
            lifted_by_relationship: false,
        };
        let also = Registries {
            screened: RegistryFacts::CLEAR,
            revoking: RegistryFacts::CLEAR,
            outweighing: false,
            lifted_by_relationship: false,
        };
        Self { rows: [EMPTY; MAX_ROWS], len: 0, overflowed: false, also }
    }

    fn push(&mut self, row: RowFacts) {
        match self.rows.get_mut(self.len) {
            Some(free) => {
                *free = row;
                self.len = self.len.saturating_add(1);
            }
            None => self.overflowed = true,
        }
    }

    /// Every row, those already there and those to come, screens these registries too.
    fn screen_all(&mut self, also: Registries) {
        self.also.screened = self.also.screened.or(also.screened);
        self.also.revoking = self.also.revoking.or(also.revoking);
        self.also.outweighing |= also.outweighing;
    }

    fn finish(&mut self) -> &[RowFacts] {
        let also = self.also;
        let rows = self.rows.get_mut(..self.len).unwrap_or_default();
        for row in &mut *rows {
            row.registries = row.registries.or(also.screened);
            row.revoking_registries = row.revoking_registries.or(also.revoking);
            row.outweighing_listing |= also.outweighing;
        }
        rows
    }
}

/// A few local days.
#[derive(Clone, Copy, Debug)]
struct Days {
    days: [i32; 4],
    len: usize,
}

impl Days {
    /// Where no row is dated any day will do.
    const fn new() -> Self {
        Self { days: [0; 4], len: 1 }
    }

    const fn clear(&mut self) {
        self.len = 0;
    }

    fn as_slice(&self) -> &[i32] {
        self.days.get(..self.len).unwrap_or(&[])
    }

    fn insert(&mut self, day: i32) {
        if self.as_slice().contains(&day) {
            return;
        }
        if let Some(free) = self.days.get_mut(self.len) {
            *free = day;
            self.len = self.len.saturating_add(1);
        }
    }

    /// The first and the last day that it is anywhere on earth.
    fn insert_extremes(&mut self, at: Timestamp) {
        for offset in EXTREME_OFFSETS {
            let day = at.plus(offset).micros().div_euclid(DAY);
            self.insert(i32::try_from(day).unwrap_or(i32::MAX));
        }
    }
}

/// The westernmost and the easternmost offset from UTC.
const EXTREME_OFFSETS: [i64; 2] = [-12 * 3_600 * SECOND, 14 * 3_600 * SECOND];
