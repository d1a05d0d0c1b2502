//! Hours, caps, silences, and the instants at which an answer can change.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::law::{self, Law};
use super::standing::Case;
use super::{DAY, Reasons, Record};

pub(crate) const MINUTE: i64 = 60_000_000;

/// Calendar months in UTC, clamped to the month's end.
pub(crate) fn plus_months(at: i64, months: i32) -> i64 {
    let local = civil(at, &TimeZone::UTC);
    let moved = local.checked_add(jiff::Span::new().months(months)).unwrap();
    moved.to_zoned_datetime(TimeZone::UTC).unwrap().timestamp().as_microsecond()
}

fn civil(at: i64, zone: &TimeZone) -> jiff::civil::DateTime {
    Timestamp::from_microsecond(at).unwrap().to_zoned_datetime(zone.clone()).datetime()
}

/// The instant at which the clock on the wall says this.
fn local(date: Date, time: Time, zone: &TimeZone) -> i64 {
    date.to_datetime(time).to_zoned_datetime(zone.clone()).unwrap().timestamp().as_microsecond()
}

impl Case<'_> {
    /// All zones that the called party may be in, and whether the lead names one that does not exist.
    pub(crate) fn zones(&self) -> (Vec<TimeZone>, bool) {
        let mut names: BTreeSet<String> = BTreeSet::new();
        names.extend(law::place(&self.question.number).zones.iter().map(|name| (*name).to_owned()));
        for region in self.regions().unwrap_or_default().iter().skip(1) {
            // READING: the lead's time zone says where in its region the person is; where the two contradict
            // each other, both apply.
            let zones = law::law_of(region).map_or(&[][..], |(_, zones)| zones);
            let given = self.question.time_zone.as_deref();
            if !zones.iter().any(|zone| given == Some(zone)) {
                names.extend(zones.iter().map(|name| (*name).to_owned()));
            }
        }
        names.extend(self.question.time_zone.clone());
        let zones: Vec<TimeZone> = names.iter().filter_map(|name| TimeZone::get(name).ok()).collect();
        let misnamed = zones.len() < names.len();
        (zones, misnamed)
    }

    /// Is the row for charities in force? Both answers while local midnight passes through the zones.
    pub(crate) fn charity_soft_opt_in(&self, at: i64) -> BTreeSet<bool> {
        self.on_or_after(law::CHARITY_SOFT_OPT_IN, at)
    }

    /// Has a local day come? Both answers while local midnight passes through the zones.
    pub(crate) fn on_or_after(&self, (year, month, day): (i16, i8, i8), at: i64) -> BTreeSet<bool> {
        let first = Date::new(year, month, day).unwrap();
        self.zones().0.iter().map(|zone| civil(at, zone).date() >= first).collect()
    }

    /// Reasons 23 and 25 to 28.
    pub(crate) fn timing(&self, at: i64, laws: &BTreeSet<Law>) -> Reasons {
        let mut reasons = Reasons::new();
        let (zones, misnamed) = self.zones();
        // READING: a bad zone in a lead denies even where no hours apply, and hides no other reason.
        if misnamed {
            reasons.insert("time_zone_unknown");
        }
        for law in laws {
            if let Some((open, close)) = law::hours(*law, &self.class) {
                if zones.is_empty() {
                    reasons.insert("time_zone_unknown");
                }
                for zone in &zones {
                    let hour = civil(at, zone).hour();
                    if hour < open || hour >= close {
                        reasons.insert("outside_hours");
                    }
                }
            }
            if law::seven_calls_in_seven_days(*law, &self.class, &self.question.channel) {
                if self.voice_attempts(at, 7).count() >= 7 {
                    reasons.insert("attempt_cap");
                }
                // READING: a conversation bars whatever channel it was on; who refuses has talked.
                let talked = |attempt: &&Record| {
                    attempt.rest["outcome"] == "conversation" || attempt.rest["outcome"] == "refused"
                };
                if self.attempts_within(at, 7).any(talked) {
                    reasons.insert("silence_period");
                }
            }
            let q = self.question;
            if law::three_recordings_in_thirty_days(*law, &self.class, &q.channel, &q.party, self.line())
                && self.voice_attempts(at, 30).count() >= 3
                && !self.consent_failures(at, false).is_empty()
            {
                reasons.insert("attempt_cap");
            }
        }
        reasons
    }

    fn voice_attempts(&self, at: i64, days: i64) -> impl Iterator<Item = &&Record> {
        let message = |attempt: &Record| law::is_message(attempt.rest["channel"].as_str().unwrap_or(""));
        self.attempts_within(at, days).filter(move |attempt| !message(attempt))
    }

    /// Attempts of the question's class, or of none, that count at this instant.
    fn attempts_within(&self, at: i64, days: i64) -> impl Iterator<Item = &&Record> {
        self.attempts.iter().filter(move |attempt| {
            let same_class = self.attempt_class(attempt).is_none_or(|class| class == self.class);
            same_class && attempt.at <= at && at < attempt.at + days * DAY
        })
    }
}

/// Every instant after `at` at which the answer might change, ascending: too many rather than too few.
/// Daily hours are listed until `horizon` only.
pub(crate) fn after(case: &Case<'_>, at: i64, horizon: i64) -> Vec<i64> {
    let mut instants = BTreeSet::new();
    let mut add = |instant: i64| {
        if instant > at {
            instants.insert(instant);
        }
    };
    for denial in &case.denials {
        for instant in [denial.from, denial.date, denial.until].into_iter().flatten() {
            add(instant);
            add(instant + 5 * MINUTE);
        }
    }
    for consent in &case.consents {
        add(consent.at);
        consent.until.into_iter().for_each(&mut add);
    }
    for relationship in &case.relationships {
        for instant in [Some(relationship.record.at), relationship.end].into_iter().flatten() {
            for months in [0, 3, 18, 24] {
                add(plus_months(instant, months));
            }
        }
    }
    for attempt in &case.attempts {
        add(attempt.at);
        add(attempt.at + 7 * DAY);
        add(attempt.at + 30 * DAY);
    }
    case.reassigned.iter().flatten().copied().for_each(&mut add);
    let laws = case.laws().unwrap_or_default();
    for law in &laws {
        for registry in law::registries(*law, &case.class, &case.question.channel) {
            for list in case.model.lists.iter().filter(|list| list.registry.as_deref() == Some(registry.registry)) {
                add(case.stale_from(list, &registry));
                for entry in list.entries.iter().filter(|entry| entry.names(&case.question.number)) {
                    entry.at.into_iter().chain(entry.until).for_each(&mut add);
                }
            }
        }
        add(case.model.as_of);
        let (zones, _) = case.zones();
        let (year, month, day) = law::CHARITY_SOFT_OPT_IN;
        if law::changes_with_charity_soft_opt_in(*law, &case.class) {
            for zone in &zones {
                add(local(Date::new(year, month, day).unwrap(), Time::midnight(), zone));
            }
        }
        if *law == law::Law::UnitedStates {
            let (year, month, day) = law::REVOCATIONS_REACH_ALL;
            for zone in &zones {
                add(local(Date::new(year, month, day).unwrap(), Time::midnight(), zone));
            }
        }
        let Some((open, close)) = law::hours(*law, &case.class) else { continue };
        for zone in &zones {
            let mut date = civil(at - DAY, zone).date();
            while local(date, Time::midnight(), zone) <= horizon {
                add(local(date, Time::constant(open, 0, 0, 0), zone));
                add(local(date, Time::constant(close, 0, 0, 0), zone));
                date = date.tomorrow().unwrap();
            }
        }
    }
    instants.into_iter().collect()
}
