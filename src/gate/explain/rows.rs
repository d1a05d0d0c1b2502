//! The rows of the packs that speak of a question: what each asks, and whether that is met.

use crate::event::{Attempt, Event};
use crate::rule::{Facts, HoursFacts, RegistryFacts, decide};
use crate::rules::{
    CapRule, Open, Pack, RegistryRule, RequirementRule, Row, RowKind, SilenceRule, WindowRule, hours, words,
};
use crate::timestamp::{DAY, SECOND, Timestamp};
use crate::vocabulary::{Outcome, Party, PurposeClass, Reason, ReasonSet, Requirement};
use crate::{Decision, Local, ZoneIndex, plan};

use super::super::evaluate::Case;
use super::super::horizon::Horizon;
use super::super::lead::Lead;
use super::super::packs::{PackSet, Packs};
use super::super::question::{PackView, RegistryView, applies};
use super::super::rows::row_facts;
use super::super::screening::Registries;
use super::super::standing::{Limits, Standing};
use super::{Consulted, ConsultedKind, day, text};

/// Says what every row asks of this question, and whether it is met, in the order of the packs.
pub(super) fn explain<H, A>(
    case: &Case<'_, H, A>,
    lead: &Lead,
    at: Timestamp,
    decision: &Decision,
    out: &mut Vec<Consulted>,
) where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    let Some(Packs { apply, met }) = case.place.packs else { return };
    let days = case.days_at(at);
    let days = days.as_slice();
    let months = case
        .rows(apply)
        .flat_map(|(pack, view)| view.consent_limits.iter().filter_map(|row| pack.consent_limits.get(*row)))
        .filter(|row| case.speaks(row, days))
        .map(|row| u32::from(row.rule.months))
        .min();
    let limits = Limits { consent_months: months, revokes_all: case.revokes_all(apply, days) };
    let standing = Standing::at(case.question, case.subject, met, limits, at, &mut Horizon::after(at));
    let mut writer = Writer { case, lead, at, days, standing: &standing, decision, out };
    writer.packs(apply);
}

struct Writer<'a, 'c, H, A> {
    case: &'a Case<'c, H, A>,
    lead: &'a Lead,
    at: Timestamp,
    days: &'a [i32],
    standing: &'a Standing<'a, 'a, H, A>,
    decision: &'a Decision,
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
            self.section(pack, &pack.consent_limits, &view.consent_limits, RowKind::ConsentLimit, |_, rule| {
                Found::of(words::consent_limit(rule))
            });
            if case.question.class == PurposeClass::OptOutConfirmation {
                self.section(pack, &pack.confirmations, &view.confirmations, RowKind::Confirmation, |_, rule| {
                    Found::of(words::confirmation(rule))
                });
            }
            self.section(pack, &pack.revocations, &view.revocations, RowKind::Revocation, |_, rule| {
                Found::of(words::revocation(rule))
            });
            self.section(pack, &pack.obligations, &view.obligations, RowKind::Obligation, |_, rule| {
                Found::of(words::obligation(rule))
            });
            self.section(pack, &pack.caller_ids, &view.banned_caller_ids, RowKind::CallerId, |_, rule| Found {
                met: Some(false),
                ..Found::of(format!("{}: one of the controller's own is", words::caller_id(rule)))
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
        // Unknown is an individual, for what is asked.
        let party = if self.case.place.party == Party::Business { Party::Business } else { Party::Individual };
        let mut asked = false;
        for row in view.requirements.iter().filter_map(|row| pack.requirements.get(*row)) {
            if applies(&row.when, party, self.case.place.line, self.days) {
                asked = true;
                let found = self.requirement(pack, row.rule, view, party);
                self.push(pack, row, RowKind::Requirement, found);
            }
        }
        let special = matches!(self.case.question.class, PurposeClass::Emergency | PurposeClass::OptOutConfirmation);
        if !asked && !special && !pack.partial {
            let rule = RequirementRule {
                requirement: Requirement::DenyUnverified,
                customer_months: 0,
                needs_review: false,
                double_opt_in: false,
            };
            let found = self.requirement(pack, rule, view, party);
            self.out.push(Consulted {
                jurisdiction: Some(pack.code.clone()),
                row: Some(RowKind::Requirement),
                met: found.met,
                details: found.details,
                ..Consulted::new(
                    ConsultedKind::Rule,
                    pack.code.clone(),
                    format!("has no row for this question, so {}", found.says),
                )
            });
        }
    }

    /// The requirement alone, judged by the rule itself with everything else out of the way.
    fn requirement(&self, pack: &Pack, rule: RequirementRule, view: &PackView, party: Party) -> Found {
        let mut horizon = Horizon::after(self.at);
        let registries = self.case.registries(pack, view, self.standing, self.days, &mut horizon);
        let mut facts = row_facts(pack.gdpr, rule, self.standing, registries, party, &mut horizon);
        facts.registries = RegistryFacts::CLEAR;
        facts.revoking_registries = RegistryFacts::CLEAR;
        facts.outweighing_listing = false;
        facts.needs_review = false;
        let alone = decide(&Facts {
            number_possible: true,
            question_known: true,
            jurisdiction_known: true,
            snapshot_current: true,
            class: self.case.question.class,
            emergency_declared: false,
            confirmation_due: false,
            denials: ReasonSet::EMPTY,
            caller_id_banned: false,
            rows: &[facts],
            hours: HoursFacts::default(),
            cap_reached: false,
            silenced: false,
        });
        let met = alone.is_allowed();
        let because: Vec<&str> = alone.reasons().iter().map(Reason::slug).collect();
        let by = match alone.basis() {
            Some(basis) if met => format!("met by {basis}"),
            _ => format!("not met: {}", because.join(", ")),
        };
        let mut details = vec![words::meaning(rule.requirement).to_owned()];
        if rule.needs_review {
            details.push("a person must look, whatever else holds".to_owned());
        }
        Found {
            says: format!("asks for {}, {by}", words::requirement(&rule)),
            met: Some(met && !rule.needs_review),
            details,
        }
    }

    fn registry(&self, pack: &Pack, rule: &RegistryRule, view: &RegistryView) -> Found {
        let alone = PackView { registries: vec![view.clone()], ..PackView::default() };
        let mut horizon = Horizon::after(self.at);
        let Registries { screened, revoking, outweighing, lifted_by_relationship } =
            self.case.registries(pack, &alone, self.standing, self.days, &mut horizon);
        let against = screened.or(revoking);
        let mut details: Vec<String> = view.copies.iter().map(|copy| self.copy(rule, copy)).collect();
        if details.is_empty() {
            details.push("no copy of it is loaded".to_owned());
        }
        let mut says: Vec<&str> = [
            (against.listed || outweighing, "the number is listed"),
            (against.missing, "no copy covers the number"),
            (against.stale, "the copy is stale"),
        ]
        .into_iter()
        .filter_map(|(is, says)| is.then_some(says))
        .collect();
        let mut met = says.is_empty();
        if lifted_by_relationship {
            says.push("a relationship lifts it");
        } else if met {
            says.push("nothing against the contact");
        } else if self.standing.consented.is_some() && !rule.revokes_consents {
            met = true;
            says.push("a consent in force lifts it");
        } else if !self
            .decision
            .reasons()
            .iter()
            .any(|reason| matches!(reason, Reason::RegistryListed | Reason::RegistryMissing | Reason::RegistryStale))
        {
            says.push("not decisive here");
        }
        Found { says: format!("screens {}: {}", words::registry(rule), says.join(", ")), met: Some(met), details }
    }

    /// One copy of a registry: its date, whether it is stale, covers the number and names it.
    fn copy(&self, rule: &RegistryRule, copy: &super::super::question::CopyView) -> String {
        let list = self.case.world.dictionary.lists.get(usize::from(copy.list));
        let (id, as_of) = list.map_or(("?", Timestamp::MIN), |list| (list.id.as_str(), list.as_of));
        let number = self.case.place.number;
        let covers = copy.covers.as_ref().is_none_or(|prefixes| prefixes.iter().any(|prefix| prefix.begins(number)));
        let fresh = match copy.stale_from {
            Timestamp::MAX => "never stale".to_owned(),
            from if self.at < from => format!("stale from {}", text(from)),
            from => format!("STALE since {}", text(from)),
        };
        let mut horizon = Horizon::after(self.at);
        let names = match self.standing.entry(copy.list, self.case.grace(rule), &mut horizon) {
            _ if !covers => "does not cover this number".to_owned(),
            None => "does not name the number".to_owned(),
            Some(entry) => entry.at.map_or("names the number, undated".to_owned(), |listed| {
                format!("names the number since {}", text(listed))
            }),
        };
        format!("`{id}`: copy of {}, {fresh}, {names}", text(as_of))
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
                Open::Open => "open",
                Open::Closed => "closed",
                Open::Holiday => "closed: a public holiday, or a day that the calendar does not cover",
                Open::Unknown => "not known",
            };
            details.push(format!("{name}: {}, {says}", local.map_or("local time not known".to_owned(), wall_clock)));
        };
        match rule.fixed_offset {
            Some(minutes) => {
                let name = "the zone that the statute fixes".to_owned();
                look(name, ZoneIndex(0), Some(Local::at_offset(self.at, minutes)));
            }
            None => {
                for zone in self.case.place.zones.as_slice() {
                    look(self.zone_name(*zone), *zone, world.zones.local(*zone, self.at));
                }
                if self.case.place.zones.is_uncertain() {
                    open = false;
                    details.push("a zone that the person may be in is not known".to_owned());
                }
            }
        }
        if let Some(calendar) = calendar {
            details.push(format!("calendar {}: {}", calendar.code, calendar.source));
        }
        let says = match (lifted, open) {
            (true, _) => "lifted by the consent in force",
            (false, true) => "open",
            (false, false) => "not open",
        };
        Found { says: format!("{}: {says}", words::window(world.rules, rule)), met: Some(lifted || open), details }
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
            .map_or_else(|| format!("zone {}", zone.0), str::to_owned)
    }

    fn cap(&self, rule: &CapRule) -> Found {
        if self.case.question.attempts_external {
            return Found::of(format!("{}: attempts are counted outside, by the dialer", words::cap(rule)));
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
        let lift = if lifted { ", lifted by the consent in force" } else { "" };
        Found {
            says: format!("{}: {} counted{lift}", words::cap(rule), counted.len()),
            met: Some(lifted || room),
            details: counted
                .into_iter()
                .map(|made| format!("attempt of {}, counts until {}", text(made), text(made.plus(window))))
                .collect(),
        }
    }

    fn silence(&self, row: &Row<SilenceRule>) -> Found {
        let rule = &row.rule;
        let mut found = Found { met: Some(true), ..Found::of(words::silence(rule)) };
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
            let until = end.map_or("for good".to_owned(), |end| format!("silence until {}", text(end)));
            let lift = if lifted { ", lifted by a later consent" } else { "" };
            found.details.push(format!("{} at {}, {until}{lift}", attempt.outcome, text(attempt.at)));
        }
        if found.details.is_empty() {
            found.says.push_str(": nothing on record starts it");
        }
        found
    }
}

/// A local day and time: `Mon 2026-11-23 15:30`.
fn wall_clock(local: Local) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let minute = local.time_of_day.div_euclid(60 * SECOND);
    format!(
        "{} {} {:02}:{:02}",
        DAYS.get(local.weekday()).copied().unwrap_or_default(),
        day(local.day).unwrap_or_default(),
        minute / 60,
        minute % 60
    )
}
