//! Hours, holidays, attempt caps and silences.

use crate::ZoneIndex;
use crate::event::{Attempt, Event};
use crate::rule::{Facts, HoursFacts};
use crate::rules::{Open, Row, SilenceRule, hours};
use crate::timestamp::{DAY, SECOND, Timestamp};
use crate::vocabulary::{Outcome, PurposeClass, Reason};

use super::days::Days;
use super::evaluate::Case;
use super::horizon::Horizon;
use super::packs::PackSet;
use super::standing::Standing;

impl<H, A> Case<'_, H, A>
where
    H: Iterator<Item = Event> + Clone,
    A: Iterator<Item = Attempt> + Clone,
{
    pub(super) fn hours(
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

    pub(super) fn attempts(
        &self,
        packs: PackSet,
        standing: &Standing<'_, '_, H, A>,
        days: &[i32],
        facts: &mut Facts<'_>,
        horizon: &mut Horizon,
    ) {
        for (pack, view) in self.rows(packs) {
            // Attempts counted elsewhere are capped elsewhere; a refusal on record binds all the same.
            let caps = if self.question.attempts_external { &[] } else { view.caps.as_slice() };
            for row in caps.iter().filter_map(|row| pack.caps.get(*row)) {
                if !self.speaks(row, days) || (row.rule.lifted_by_consent && standing.consented.is_some()) {
                    continue;
                }
                let window = SECOND.saturating_mul(i64::from(row.rule.window_seconds));
                let mut counted: u32 = 0;
                for attempt in self.own_attempts() {
                    let family = row.rule.both_families || attempt.is_message == self.question.channel.is_message();
                    horizon.note_own(attempt.at);
                    if family && attempt.at <= standing.at && standing.at < attempt.at.plus(window) {
                        counted = counted.saturating_add(1);
                        horizon.note_own(attempt.at.plus(window));
                    }
                }
                facts.cap_reached |= counted >= u32::from(row.rule.attempts);
            }
            for row in view.silences.iter().filter_map(|row| pack.silences.get(*row)) {
                self.silence(row, standing, facts, horizon);
            }
        }
    }

    /// What the refusals or conversations of the past ask for: the rule of their own local day decides.
    fn silence(
        &self,
        row: &Row<SilenceRule>,
        standing: &Standing<'_, '_, H, A>,
        facts: &mut Facts<'_>,
        horizon: &mut Horizon,
    ) {
        // For good is a denial, and one that touches marketing bars asking anew.
        let bars_asking = row.rule.days.is_none() && self.question.class == PurposeClass::Reconsent;
        for attempt in self.attempts_of(bars_asking) {
            if !starts(row.rule.after, attempt.outcome) {
                continue;
            }
            horizon.note_own(attempt.at);
            let on = self.days_at(attempt.at);
            if attempt.at > standing.at || !self.speaks(row, on.as_slice()) {
                continue;
            }
            let lifted = || standing.lifts(Some(attempt.at), true);
            match row.rule.days {
                Some(silence) => {
                    let end = attempt.at.plus(DAY.saturating_mul(i64::from(silence)));
                    horizon.note_own(end);
                    facts.silenced |= standing.at < end && !(row.rule.lifted_by_consent && lifted());
                }
                None if !lifted() => facts.denials = facts.denials.with(Reason::OptedOut),
                None => {}
            }
        }
    }

    /// The attempts whose outcome may ask for silence; those of marketing too, where they bar asking anew.
    pub(super) fn attempts_of(&self, bars_asking: bool) -> impl Iterator<Item = Attempt> {
        let counts = move |attempt: &Attempt| {
            self.is_own(attempt) || (bars_asking && self.is_of(attempt, PurposeClass::Marketing))
        };
        self.subject.attempts.clone().filter(counts)
    }

    /// The attempts of this controller that count for this class.
    pub(super) fn own_attempts(&self) -> impl Iterator<Item = Attempt> {
        self.subject.attempts.clone().filter(|attempt| self.is_own(attempt))
    }

    fn is_own(&self, attempt: &Attempt) -> bool {
        self.is_of(attempt, self.question.class)
    }

    fn is_of(&self, attempt: &Attempt, class: PurposeClass) -> bool {
        attempt.controller.is_none_or(|own| own == self.question.controller)
            && attempt.class.is_none_or(|own| own == class)
    }

    pub(super) fn days_at(&self, at: Timestamp) -> Days {
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
}

/// A refusal is a conversation too.
pub(super) fn starts(after: Outcome, outcome: Outcome) -> bool {
    outcome == after || (after == Outcome::Conversation && outcome == Outcome::Refused)
}
