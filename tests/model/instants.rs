//! Hours, caps, silences, and the instants at which an answer can change.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use super::holidays::is_holiday;
use super::law::{self, Banned, Cap, Hours, Law, Silence, When};
use super::standing::Case;
use super::{DAY, Reasons, Record};

pub(crate) const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// Calendar months in UTC, clamped to the month's end.
pub(crate) fn plus_months(at: i64, months: i32) -> i64 {
    let local = civil(at, &TimeZone::UTC);
    let moved = local.checked_add(jiff::Span::new().months(months)).unwrap();
    moved.to_zoned_datetime(TimeZone::UTC).unwrap().timestamp().as_microsecond()
}

fn civil(at: i64, zone: &TimeZone) -> DateTime {
    zone.to_datetime(Timestamp::from_microsecond(at).unwrap())
}

/// The instant at which the clock on the wall says this.
fn local(date: Date, minute: i16, zone: &TimeZone) -> i64 {
    let midnight = minute >= 24 * 60;
    let date = if midnight { date.tomorrow().unwrap() } else { date };
    let minute = if midnight { 0 } else { minute };
    let time = Time::constant(i8::try_from(minute / 60).unwrap(), i8::try_from(minute % 60).unwrap(), 0, 0);
    zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible().unwrap().as_microsecond()
}

/// Two names for one clock, from 2015 on.
fn same_clock(one: &str, other: &str) -> bool {
    let zone = |name| TimeZoneDatabase::bundled().get(name);
    let (Ok(one), Ok(other)) = (zone(one), zone(other)) else { return false };
    let weeks = (0..18 * 53).map(|week| 1_420_070_400_000_000 + week * 7 * DAY);
    weeks.into_iter().all(|at| civil(at, &one) == civil(at, &other))
}

enum Window {
    Open,
    Closed,
    Holiday,
}

impl Hours {
    /// What the window says when the clock on the wall shows this.
    fn at(&self, code: &str, wall: DateTime) -> Window {
        let date = wall.date();
        if self.closed_on_holidays && is_holiday(code, date) {
            return Window::Holiday;
        }
        let minute = i16::from(wall.hour()) * 60 + i16::from(wall.minute());
        let within = |spans: &[(i16, i16)]| spans.iter().any(|(open, close)| (*open..*close).contains(&minute));
        let weekday = match date.weekday().to_monday_one_offset() {
            6 => self.saturday,
            7 => self.sunday,
            _ => self.weekdays,
        };
        // On an eve both the weekday's hours and the eve's must be open.
        let eve = self.eves.filter(|_| is_holiday(code, date.tomorrow().unwrap()));
        if within(weekday) && eve.is_none_or(within) { Window::Open } else { Window::Closed }
    }

    fn edges(&self) -> BTreeSet<i16> {
        let spans = [self.weekdays, self.saturday, self.sunday, self.eves.unwrap_or(&[])];
        let edges = spans.iter().flat_map(|spans| spans.iter()).flat_map(|(open, close)| [*open, *close]);
        edges.chain([0]).collect()
    }

    /// The clocks that count: the fixed one, or those of the called party.
    fn clocks(&self, zones: &[TimeZone]) -> Vec<TimeZone> {
        self.fixed.map_or_else(|| zones.to_vec(), |hours| vec![TimeZone::fixed(Offset::constant(hours))])
    }
}

impl Case<'_> {
    /// All zones that the called party may be in, and whether the lead names one that does not exist.
    pub(crate) fn zones(&self) -> (Vec<TimeZone>, bool) {
        let mut names: BTreeSet<String> = BTreeSet::new();
        names.extend(law::place(&self.question.number).zones.iter().map(|name| (*name).to_owned()));
        for region in self.regions().unwrap_or_default().iter().skip(1) {
            // READING: the lead's time zone says where in its region the person is; where the two contradict
            // each other, both apply.
            let zones = law::zones_of(region);
            let given = self.question.time_zone.as_deref();
            if !zones.iter().any(|zone| given.is_some_and(|given| same_clock(zone, given))) {
                names.extend(zones.iter().map(|name| (*name).to_owned()));
            }
        }
        names.extend(self.question.time_zone.clone());
        let zones: Vec<TimeZone> = names.iter().filter_map(|name| TimeZoneDatabase::bundled().get(name).ok()).collect();
        let misnamed = zones.len() < names.len();
        (zones, misnamed)
    }

    /// The local days of the called party: two while midnight passes through the zones, and any day that it may
    /// be on earth when a zone is not known.
    pub(crate) fn days(&self, at: i64) -> Vec<Date> {
        if self.today.borrow().0 == at {
            return self.today.borrow().1.clone();
        }
        let (zones, misnamed) = &self.whereabouts;
        let mut days: BTreeSet<Date> = zones.iter().map(|zone| civil(at, zone).date()).collect();
        if *misnamed || zones.is_empty() {
            days.extend([-12, 14].map(|hours| civil(at + hours * HOUR, &TimeZone::UTC).date()));
        }
        let days: Vec<Date> = days.into_iter().collect();
        self.today.replace((at, days.clone()));
        days
    }

    /// Reasons 23 and 25 to 28, and refusals that bind for good.
    pub(crate) fn timing(&self, at: i64, laws: &[&Law]) -> Reasons {
        let mut reasons = Reasons::new();
        let (zones, misnamed) = &self.whereabouts;
        // READING: a bad zone in a lead denies even where no hours apply, and hides no other reason.
        if *misnamed {
            reasons.insert("time_zone_unknown");
        }
        let days = self.days(at);
        let consented = self.consent_failures(at, false).is_empty();
        let elsewhere = self.model.choices.attempts_elsewhere;
        for law in laws {
            let speaks = |when: &When| law.speaks(when, &self.asked(), &days);
            for hours in law.hours.iter().filter(|row| speaks(&row.when) && self.signed(row)) {
                if hours.fixed.is_none() && zones.is_empty() {
                    reasons.insert("time_zone_unknown");
                }
            }
            let binds = |cap: &&Cap| speaks(&cap.when) && !elsewhere && !(cap.lifted_by_consent && consented);
            for cap in law.caps.iter().filter(binds) {
                let message = |record: &Record| law::is_message(record.rest["channel"].as_str().unwrap_or(""));
                let asked = law::is_message(&self.question.channel);
                let counted = self.attempts.iter().filter(|attempt| {
                    self.of_class(attempt, &self.class)
                        && attempt.at <= at
                        && at < attempt.at + cap.hours * HOUR
                        && (cap.both_families || message(attempt) == asked)
                });
                if counted.count() >= cap.attempts {
                    reasons.insert("attempt_cap");
                }
            }
            for silence in law.silences {
                reasons.extend(self.silence(law, silence, at));
            }
        }
        reasons.extend(self.shut(at, laws));
        reasons
    }

    /// What each window says in each zone, where it is not open.
    pub(crate) fn shut<'a>(&'a self, at: i64, laws: &'a [&Law]) -> impl Iterator<Item = &'static str> + 'a {
        let days = self.days(at);
        let lifted = move |row: &Hours| row.lifted_by_consent && self.consent_failures(at, false).is_empty();
        let rows = laws.iter().flat_map(|law| law.hours.iter().map(move |row| (*law, row)));
        let speaks = move |law: &Law, row: &Hours| law.speaks(&row.when, &self.asked(), &days);
        let binding = rows.filter(move |(law, row)| speaks(law, row) && self.signed(row) && !lifted(row));
        let clocks = binding
            .flat_map(|(law, row)| row.clocks(&self.whereabouts.0).into_iter().map(move |zone| (law, row, zone)));
        clocks.filter_map(move |(law, row, zone)| match row.at(law.code, civil(at, &zone)) {
            Window::Open => None,
            Window::Closed => Some("outside_hours"),
            Window::Holiday => Some("holiday"),
        })
    }

    fn signed(&self, hours: &Hours) -> bool {
        !hours.by_conduct || self.model.choices.code_of_conduct
    }

    /// A refusal or conversation binds by the rule of its own local day. READING: whatever channel it was on.
    fn silence(&self, law: &Law, silence: &Silence, at: i64) -> Option<&'static str> {
        let for_good = silence.days.is_none();
        let bars_asking = for_good && self.class == "reconsent";
        let binds = |attempt: &&&Record| {
            let outcome = attempt.rest["outcome"].as_str().unwrap_or("");
            // Who refuses has talked.
            let starts = outcome == silence.after || (outcome == "refused" && silence.after == "conversation");
            let own = self.of_class(attempt, &self.class) || (bars_asking && self.of_class(attempt, "marketing"));
            let lasts = silence.days.is_none_or(|days| at < attempt.at + days * DAY);
            let by_law = law.speaks(&silence.when, &self.asked(), &self.days(attempt.at));
            starts && own && attempt.at <= at && lasts && by_law
        };
        let lifted = |attempt: &Record| {
            let date = Some(attempt.at);
            let bars = self.class == "reconsent";
            for_good && if bars { self.later_consent_to_marketing(date, at) } else { self.later_consent(date, at) }
        };
        let bars = self.attempts.iter().filter(binds).any(|attempt| !lifted(attempt));
        bars.then_some(if for_good { "opted_out" } else { "silence_period" })
    }

    /// An attempt whose purpose is not known may have been of any class.
    fn of_class(&self, attempt: &Record, class: &str) -> bool {
        self.attempt_class(attempt).is_none_or(|own| own == class)
    }

    /// A number that may not be shown in such calls.
    pub(crate) fn banned_caller_id(&self, at: i64, laws: &[&Law]) -> Option<&'static str> {
        let shows = |banned: &Banned| {
            self.caller_ids.iter().any(|id| banned.prefixes.iter().any(|prefix| id.starts_with(prefix)))
        };
        let days = self.days(at);
        let banned = laws
            .iter()
            .any(|law| law.banned.iter().any(|row| law.speaks(&row.when, &self.asked(), &days) && shows(row)));
        banned.then_some("forbidden")
    }
}

/// The first instant after `at`, at most 400 days later, that is as asked for.
///
/// READING: "within 400 days" includes the instant 400 days later, for `valid_until` too.
pub(crate) fn first(case: &Case<'_>, at: i64, such: impl Fn(i64) -> bool) -> Option<i64> {
    let once = events(case);
    let mut from = at;
    for days in [2, 8, 40, 150, 400] {
        let to = at + days * DAY;
        let mut instants = daily(case, from, to);
        instants.extend(&once);
        let found = instants.into_iter().find(|instant| from < *instant && *instant <= to && such(*instant));
        if found.is_some() {
            return found;
        }
        from = to;
    }
    None
}

pub(crate) fn edges(case: &Case<'_>, at: i64) -> Vec<i64> {
    let mut instants = events(case);
    instants.extend(daily(case, at, at + 2 * DAY));
    instants.into_iter().collect()
}

/// Instants at which the answer might change, other than by the clock on the wall: too many rather than too few.
fn events(case: &Case<'_>) -> BTreeSet<i64> {
    let mut instants = BTreeSet::from([case.model.as_of]);
    for denial in &case.denials {
        for instant in [denial.from, denial.date, denial.until].into_iter().flatten() {
            instants.extend([instant, instant + 5 * MINUTE]);
        }
    }
    for consent in &case.consents {
        instants.extend([consent.at, plus_months(consent.at, 24)]);
        instants.extend(consent.until);
    }
    for relationship in &case.relationships {
        for instant in [Some(relationship.record.at), relationship.end].into_iter().flatten() {
            instants.extend([0, 3, 6, 12, 18, 24, 36].map(|months| plus_months(instant, months)));
            instants.insert(instant + 30 * DAY);
        }
    }
    for attempt in &case.attempts {
        instants.extend([0, 8, 24, 7 * 24, 30 * 24, 60 * 24].map(|hours| attempt.at + hours * HOUR));
    }
    instants.extend(case.reassigned.iter().flatten());
    for law in case.laws.iter().flatten() {
        for registry in law.registries {
            for list in case.model.lists.iter().filter(|list| list.registry.as_deref() == Some(registry.registry)) {
                instants.extend(case.stale_from(list, registry));
                for entry in list.entries.iter().filter(|entry| entry.names(&case.question.number)) {
                    let binds_from = entry.at.map(|dated| case.binds_from(dated, registry));
                    instants.extend(entry.at.into_iter().chain(entry.until).chain(binds_from));
                }
            }
        }
        for zone in &case.whereabouts.0 {
            instants.extend(law.edges().into_iter().map(|day| local(day, 0, zone)));
        }
    }
    instants
}

/// The edges of the windows and the changes of the clocks from one instant to another.
fn daily(case: &Case<'_>, from: i64, to: i64) -> BTreeSet<i64> {
    let mut instants = BTreeSet::new();
    let rows = case.laws.iter().flatten().flat_map(|law| law.hours.iter().map(move |hours| (law, hours)));
    for (_, hours) in rows.filter(|(law, hours)| law.ever_speaks(&hours.when, &case.asked())) {
        let edges = hours.edges();
        for clock in hours.clocks(&case.whereabouts.0) {
            let mut date = civil(from - DAY, &clock).date();
            while local(date, 0, &clock) <= to {
                instants.extend(edges.iter().map(|minute| local(date, *minute, &clock)));
                date = date.tomorrow().unwrap();
            }
            let transitions = clock.following(Timestamp::from_microsecond(from).unwrap());
            let changes = transitions.map(|change| change.timestamp().as_microsecond());
            instants.extend(changes.take_while(|change| *change <= to));
        }
    }
    instants
}
