//! The rows of the packs that speak of a question: what each asks, and whether that is met.

use crate::event::{Attempt, Event};
use crate::language::{ExplanationWords, RowWords, fill};
use crate::rules::{
    CapRule, Open, Pack, RegistryRule, RequirementRule, Row, RowKind, SilenceRule, WindowRule, hours, words,
};
use crate::timestamp::{DAY, SECOND, Timestamp};
use crate::vocabulary::{Outcome, PurposeClass, Reason};
use crate::{Decision, Language, Local, ZoneIndex, plan};

use super::super::evaluate::Case;
use super::super::horizon::Horizon;
use super::super::lead::Lead;
use super::super::packs::{PackSet, Packs};
use super::super::question::{PackView, RegistryView};
use super::super::screening::Registries;
use super::super::standing::Standing;
use super::{Consulted, ConsultedKind, day};

/// Says what every row asks of this question, and whether it is met, in the order of the packs.
pub(super) fn explain<H, A>(
    case: &Case<'_, H, A>,
    lead: &Lead,
    at: Timestamp,
    decision: &Decision,
    (language, out): (Language, &mut Vec<Consulted>),
) where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    let Some(Packs { apply, met }) = case.place.packs else { return };
    let days = case.days_at(at);
    let days = days.as_slice();
    let limits = case.limits(apply, days);
    let standing = Standing::at(case.question, case.subject, met, limits, at, &mut Horizon::after(at));
    let (w, r) = (ExplanationWords::of(language), RowWords::of(language));
    let mut writer = Writer { case, lead, at, days, standing: &standing, decision, language, w, r, out };
    writer.packs(apply);
}

struct Writer<'a, 'c, H, A> {
    case: &'a Case<'c, H, A>,
    lead: &'a Lead,
    at: Timestamp,
    days: &'a [i32],
    standing: &'a Standing<'a, 'a, H, A>,
    decision: &'a Decision,
    language: Language,
    w: &'static ExplanationWords,
    r: &'static RowWords,
    out: &'a mut Vec<Consulted>,
}

/// What was found of one row.
struct Found {
    says: String,
    met: Option<bool>,
    details: Vec<String>,
}

impl Found {
    const fn of(says: String) -> Self {
        Self { says, met: None, details: Vec::new() }
    }
}

impl<H, A> Writer<'_, '_, H, A>
where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    fn packs(&mut self, packs: PackSet) {
        let case = self.case;
        for (pack, view) in case.rows(packs) {
            self.requirements(pack, view);
            for registry in &view.registries {
                if let Some(row) = pack.registries.get(registry.row).filter(|row| case.speaks(row, self.days)) {
                    let found = self.registry(pack, &row.rule, registry);
                    self.push(pack, row, RowKind::Registry, found);
                }
            }
            self.section(pack, &pack.windows, &view.windows, RowKind::Window, Self::window);
            self.section(pack, &pack.caps, &view.caps, RowKind::Cap, Self::cap);
            for row in view.silences.iter().filter_map(|row| pack.silences.get(*row)) {
                let found = self.silence(row);
                self.push(pack, row, RowKind::Silence, found);
            }
            self.section(pack, &pack.consent_limits, &view.consent_limits, RowKind::ConsentLimit, |this, rule| {
                Found::of(words::consent_limit(this.r, rule))
            });
            if case.question.class == PurposeClass::OptOutConfirmation {
                self.section(pack, &pack.confirmations, &view.confirmations, RowKind::Confirmation, |this, rule| {
                    Found::of(words::confirmation(this.r, rule))
                });
            }
            self.section(pack, &pack.revocations, &view.revocations, RowKind::Revocation, |this, rule| {
                Found::of(words::revocation(this.r, rule))
            });
            self.section(pack, &pack.obligations, &view.obligations, RowKind::Obligation, |this, rule| {
                Found::of(words::obligation(this.r, rule))
            });
            self.section(pack, &pack.caller_ids, &view.banned_caller_ids, RowKind::CallerId, |this, rule| Found {
                met: Some(false),
                ..Found::of(fill(this.w.own_caller_id, &[&words::caller_id(this.r, rule)]))
            });
        }
    }

    fn section<T>(
        &mut self,
        pack: &Pack,
        rows: &[Row<T>],
        which: &[usize],
        kind: RowKind,
        find: impl Fn(&Self, &T) -> Found,
    ) {
        for row in which.iter().filter_map(|index| rows.get(*index)) {
            if self.case.speaks(row, self.days) {
                let found = find(self, &row.rule);
                self.push(pack, row, kind, found);
            }
        }
    }

    fn push<T>(&mut self, pack: &Pack, row: &Row<T>, kind: RowKind, found: Found) {
        self.out.push(Consulted {
            from: row.when.from.and_then(day),
            until: row.when.to.and_then(day),
            source: Some(row.statute.clone()),
            confidence: Some(row.confidence),
            jurisdiction: Some(pack.code.clone()),
            row: Some(kind),
            met: found.met,
            details: found.details,
            ..Consulted::new(ConsultedKind::Rule, format!("{}/{}", pack.code, row.id), found.says)
        });
    }

    fn requirements(&mut self, pack: &Pack, view: &PackView) {
        for (id, rule) in self.case.asked_rules(pack, view, self.days) {
            let found = self.requirement(pack, rule, view);
            let row = pack.requirements.iter().find(|row| Some(row.id.as_str()) == id);
            match row {
                Some(row) => self.push(pack, row, RowKind::Requirement, found),
                None => self.out.push(Consulted {
                    jurisdiction: Some(pack.code.clone()),
                    row: Some(RowKind::Requirement),
                    met: found.met,
                    details: found.details,
                    ..Consulted::new(ConsultedKind::Rule, pack.code.clone(), fill(self.w.no_row, &[&found.says]))
                }),
            }
        }
    }

    /// The requirement alone, judged by the rule itself with everything else out of the way.
    fn requirement(&self, pack: &Pack, rule: RequirementRule, view: &PackView) -> Found {
        let alone = self.case.requirement_alone((pack, view), rule, self.standing, self.days);
        let met = alone.is_allowed();
        let because: Vec<&str> = alone.reasons().iter().map(Reason::slug).collect();
        let by = match alone.basis() {
            Some(basis) if met => fill(self.w.met_by, &[&basis]),
            _ => fill(self.w.not_met, &[&because.join(", ")]),
        };
        let mut details = vec![self.language.requirement(rule.requirement).to_owned()];
        if rule.needs_review {
            details.push(self.w.person_must_look.to_owned());
        }
        Found {
            says: fill(self.w.asks_for, &[&words::requirement(self.r, &rule), &by]),
            met: Some(met && !rule.needs_review),
            details,
        }
    }

    fn registry(&self, pack: &Pack, rule: &RegistryRule, view: &RegistryView) -> Found {
        let Registries { screened, revoking, outweighing, lifted_by_relationship } =
            self.case.registry_alone(pack, view, self.standing, self.days);
        let against = screened.or(revoking);
        let mut details: Vec<String> = view.copies.iter().map(|copy| self.copy(rule, copy)).collect();
        if details.is_empty() {
            details.push(self.w.no_copy.to_owned());
        }
        let mut says: Vec<&str> = [
            (against.listed || outweighing, self.w.listed),
            (against.missing, self.w.uncovered),
            (against.stale, self.w.stale),
        ]
        .into_iter()
        .filter_map(|(is, says)| is.then_some(says))
        .collect();
        let mut met = says.is_empty();
        if lifted_by_relationship {
            says.push(self.w.relationship_lifts);
        } else if met {
            says.push(self.w.nothing_against);
        } else if self.standing.consented.is_some() && !rule.revokes_consents {
            met = true;
            says.push(self.w.consent_lifts);
        } else if !self
            .decision
            .reasons()
            .iter()
            .any(|reason| matches!(reason, Reason::RegistryListed | Reason::RegistryMissing | Reason::RegistryStale))
        {
            says.push(self.w.not_decisive);
        }
        Found {
            says: fill(self.w.screens, &[&words::registry(self.r, rule), &says.join(", ")]),
            met: Some(met),
            details,
        }
    }

    /// One copy of a registry: its date, whether it is stale, covers the number and names it.
    fn copy(&self, rule: &RegistryRule, copy: &super::super::question::CopyView) -> String {
        let list = self.case.world.dictionary.lists.get(usize::from(copy.list));
        let (id, as_of) = list.map_or(("?", Timestamp::MIN), |list| (list.id.as_str(), list.as_of));
        let number = self.case.place.number;
        let covers = copy.covers.as_ref().is_none_or(|prefixes| prefixes.iter().any(|prefix| prefix.begins(number)));
        let fresh = match copy.stale_from {
            Timestamp::MAX => self.w.never_stale.to_owned(),
            Timestamp::MIN => self.w.no_age_limit.to_owned(),
            from if self.at < from => fill(self.w.stale_from, &[&self.said(from)]),
            from => fill(self.w.stale_since, &[&self.said(from)]),
        };
        let mut horizon = Horizon::after(self.at);
        let names = match self.standing.entry(copy.list, self.case.grace(rule), &mut horizon) {
            _ if !covers => self.w.not_covering.to_owned(),
            None => self.w.not_naming.to_owned(),
            Some(entry) => entry
                .at
                .map_or(self.w.naming_undated.to_owned(), |listed| fill(self.w.naming_since, &[&self.said(listed)])),
        };
        fill(self.w.copy, &[&id, &self.said(as_of), &fresh, &names])
    }

    fn window(&self, rule: &WindowRule) -> Found {
        let world = self.case.world;
        let calendar = rule.calendar.and_then(|index| world.rules.calendars.get(usize::from(index)));
        let lifted = rule.lifted_by_consent && self.standing.consented.is_some();
        let mut details = Vec::new();
        let mut open = true;
        let mut look = |name: String, zone: ZoneIndex, local: Option<Local>| {
            let state = hours(rule, calendar, world.zones, zone, self.at).state;
            open &= state == Open::Open;
            let says = match state {
                Open::Open => self.w.open,
                Open::Closed => self.w.closed,
                Open::Holiday => self.w.holiday,
                Open::Unknown => self.w.not_known,
            };
            let local = local.map_or(self.w.no_local_time.to_owned(), |local| wall_clock(self.r, local));
            details.push(format!("{name}: {local}, {says}"));
        };
        match rule.fixed_offset {
            Some(minutes) => {
                let name = self.w.fixed_zone.to_owned();
                look(name, ZoneIndex(0), Some(Local::at_offset(self.at, minutes)));
            }
            None => {
                for zone in self.case.place.zones.as_slice() {
                    look(self.zone_name(*zone), *zone, world.zones.local(*zone, self.at));
                }
                if self.case.place.zones.is_uncertain() {
                    open = false;
                    details.push(self.w.unknown_zone.to_owned());
                }
            }
        }
        if let Some(calendar) = calendar {
            details.push(fill(self.w.calendar, &[&calendar.code, &calendar.source]));
        }
        let says = match (lifted, open) {
            (true, _) => self.w.window_lifted,
            (false, true) => self.w.open,
            (false, false) => self.w.not_open,
        };
        Found {
            says: format!("{}: {says}", words::window(self.r, world.rules, rule)),
            met: Some(lifted || open),
            details,
        }
    }

    /// An instant in the words of the language.
    fn said(&self, at: Timestamp) -> String {
        super::said(self.language, at)
    }

    /// The name that plan or lead know the zone by; zones that behave alike share one.
    fn zone_name(&self, zone: ZoneIndex) -> String {
        let zones = self.case.world.zones;
        let regions = self.case.place.regions.iter().flatten().filter_map(|region| plan::zones_of(*region));
        let of_plan = std::iter::once(plan::locate(self.case.place.number).zones).chain(regions).flatten();
        let known = of_plan.filter_map(|index| plan::ZONE_NAMES.get(usize::from(*index)).copied());
        self.lead
            .named_zone()
            .into_iter()
            .chain(known)
            .find(|name| zones.by_name(name) == Some(zone))
            .map_or_else(|| fill(self.w.zone, &[&zone.0]), str::to_owned)
    }

    fn cap(&self, rule: &CapRule) -> Found {
        if self.case.question.attempts_external {
            return Found::of(fill(self.w.external, &[&words::cap(self.r, rule)]));
        }
        let window = SECOND.saturating_mul(i64::from(rule.window_seconds));
        let message = self.case.question.channel.is_message();
        let mut counted: Vec<Timestamp> = self
            .case
            .own_attempts()
            .filter(|attempt| rule.both_families || attempt.is_message == message)
            .map(|attempt| attempt.at)
            .filter(|made| *made <= self.at && self.at < made.plus(window))
            .collect();
        counted.sort_unstable();
        let lifted = rule.lifted_by_consent && self.standing.consented.is_some();
        let room = counted.len() < usize::from(rule.attempts);
        let lift = if lifted { self.w.cap_lifted } else { "" };
        Found {
            says: fill(self.w.counted, &[&words::cap(self.r, rule), &counted.len(), &lift]),
            met: Some(lifted || room),
            details: counted
                .into_iter()
                .map(|made| fill(self.w.attempt, &[&self.said(made), &self.said(made.plus(window))]))
                .collect(),
        }
    }

    fn silence(&self, row: &Row<SilenceRule>) -> Found {
        let rule = &row.rule;
        let mut found = Found { met: Some(true), ..Found::of(words::silence(self.r, rule)) };
        for attempt in self.case.own_attempts() {
            let starts = attempt.outcome == rule.after
                || (rule.after == Outcome::Conversation && attempt.outcome == Outcome::Refused);
            let on = self.case.days_at(attempt.at);
            if !starts || attempt.at > self.at || !self.case.speaks(row, on.as_slice()) {
                continue;
            }
            let end = rule.days.map(|days| attempt.at.plus(DAY.saturating_mul(i64::from(days))));
            let liftable = rule.lifted_by_consent || rule.days.is_none();
            let lifted = liftable && self.standing.lifts(Some(attempt.at), true);
            let binds = !lifted && end.is_none_or(|end| self.at < end);
            found.met = found.met.map(|met| met && !binds);
            let until = end.map_or(self.w.for_good.to_owned(), |end| fill(self.w.silence_until, &[&self.said(end)]));
            let lift = if lifted { self.w.later_consent } else { "" };
            let outcome = self.language.outcome(attempt.outcome);
            found.details.push(fill(self.w.outcome_at, &[&outcome, &self.said(attempt.at), &until, &lift]));
        }
        if found.details.is_empty() {
            found.says.push_str(self.w.nothing_starts);
        }
        found
    }
}

/// A local day and time: `Mon 2026-11-23 15:30`.
fn wall_clock(r: &RowWords, local: Local) -> String {
    let minute = local.time_of_day.div_euclid(60 * SECOND);
    format!(
        "{} {} {:02}:{:02}",
        r.days.split(' ').nth(local.weekday()).unwrap_or_default(),
        day(local.day).unwrap_or_default(),
        minute / 60,
        minute % 60
    )
}
