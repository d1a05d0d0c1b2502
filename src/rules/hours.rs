//! Is a calling window open at an instant, and for how long does the answer hold at least?
//!
//! Judged by the clock on the wall at each instant: where the clock jumps over a span there is none, where an
//! hour comes twice it counts twice. All intervals are half-open.

use super::{Calendar, HolidayRule, Span, WindowRule};
use crate::timestamp::{DAY, SECOND};
use crate::{Local, Timestamp, ZoneIndex, Zones};

/// What a window says at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hours {
    /// What it says.
    pub state: Open,
    /// Later than the instant: until before this one it says the same.
    pub until: Timestamp,
}

/// What a window says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Open {
    /// Contact may be made.
    Open,
    /// Outside the hours, a weekday without any included.
    Closed,
    /// A public holiday on which the rule allows no contact, or a day of which nobody knows whether it is one.
    Holiday,
    /// The zone's transitions do not cover the instant.
    Unknown,
}

/// What this window says at an instant, in the called party's zone or the one that the rule fixes.
///
/// `calendar` is the one that the rule names; without it a rule that closes on holidays is closed.
/// On the eve of a holiday both the weekday's hours and the eve's must be open.
#[must_use]
pub fn hours(rule: &WindowRule, calendar: Option<&Calendar>, zones: &Zones, zone: ZoneIndex, at: Timestamp) -> Hours {
    let (local, limit) = match rule.fixed_offset {
        Some(offset) => (Local::at_offset(at, offset), Timestamp::MAX),
        None => match zones.stretch(zone, at) {
            Some((offset, end)) => (Local::at_offset(at, offset), end),
            None => {
                let until = if at < zones.from { zones.from } else { Timestamp::MAX };
                return Hours { state: Open::Unknown, until };
            }
        },
    };
    let (state, edge) = judged(rule, calendar, local);
    // Within a stretch of one offset the wall runs as the instants do.
    let until = at.plus(edge.saturating_sub(local.time_of_day)).min(limit);
    Hours { state, until }
}

/// What the window says, and the next time of this day (microseconds) at which it may say something else.
fn judged(rule: &WindowRule, calendar: Option<&Calendar>, local: Local) -> (Open, i64) {
    if rule.holidays == HolidayRule::Closed && is_holiday(calendar, local.day) != Some(false) {
        return (Open::Holiday, DAY);
    }
    let week = rule.week.get(local.weekday()).map(Vec::as_slice).unwrap_or_default();
    let (mut open, mut edge) = within(week, local.time_of_day);
    if let Some(eves) = &rule.eves
        && is_holiday(calendar, local.day.saturating_add(1)) != Some(false)
    {
        let (eve_open, eve_edge) = within(eves, local.time_of_day);
        open = open && eve_open;
        edge = edge.min(eve_edge);
    }
    (if open { Open::Open } else { Open::Closed }, edge)
}

/// Is the day a holiday? None: nobody knows.
fn is_holiday(calendar: Option<&Calendar>, day: i32) -> Option<bool> {
    let calendar = calendar.filter(|calendar| (calendar.from..calendar.to).contains(&day))?;
    Some(calendar.days.binary_search(&day).is_ok())
}

/// Is the time of day in one of the spans, and where is the next edge?
fn within(spans: &[Span], time_of_day: i64) -> (bool, i64) {
    for span in spans {
        let (open, close) = (micros(span.open), micros(span.close));
        if time_of_day < open {
            return (false, open);
        }
        if time_of_day < close {
            return (true, close.min(DAY));
        }
    }
    (false, DAY)
}

fn micros(minute: u16) -> i64 {
    i64::from(minute).saturating_mul(60 * SECOND)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn span(open: u16, close: u16) -> Span {
        Span { open: open * 60, close: close * 60 }
    }

    fn rule(week: [Vec<Span>; 7]) -> WindowRule {
        WindowRule {
            week,
            holidays: HolidayRule::Ignored,
            eves: None,
            calendar: None,
            lifted_by_consent: false,
            fixed_offset: None,
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::from(chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc())
    }

    /// Days since 1970-01-01 of a day of December 2026.
    fn december(day: i32) -> i32 {
        20_787 + day
    }

    fn french() -> (WindowRule, Calendar) {
        let day = vec![span(10, 13), span(14, 20)];
        let mut rule = rule([day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]]);
        rule.holidays = HolidayRule::Closed;
        rule.eves = Some(vec![span(10, 12)]);
        let calendar = Calendar {
            code: "FR".to_owned(),
            source: "test".to_owned(),
            from: december(1),
            to: december(31),
            days: vec![december(25)],
        };
        (rule, calendar)
    }

    fn fixed(rule: &WindowRule, calendar: Option<&Calendar>, text: &str) -> Hours {
        let rule = WindowRule { fixed_offset: Some(60), ..rule.clone() };
        hours(&rule, calendar, &Zones::default(), ZoneIndex(0), at(text))
    }

    #[test]
    fn spans_are_half_open_and_the_answer_holds_until_the_next_edge() {
        let (rule, calendar) = french();
        for (text, state, until) in [
            ("2026-12-01T09:59:59+01:00", Open::Closed, "2026-12-01T10:00:00+01:00"),
            ("2026-12-01T10:00:00+01:00", Open::Open, "2026-12-01T13:00:00+01:00"),
            ("2026-12-01T13:00:00+01:00", Open::Closed, "2026-12-01T14:00:00+01:00"),
            ("2026-12-01T20:00:00+01:00", Open::Closed, "2026-12-02T00:00:00+01:00"),
            ("2026-12-05T11:00:00+01:00", Open::Closed, "2026-12-06T00:00:00+01:00"),
        ] {
            assert_eq!(fixed(&rule, Some(&calendar), text), Hours { state, until: at(until) }, "{text}");
        }
    }

    #[test]
    fn a_holiday_closes_its_eve_narrows_and_an_unknown_day_counts_as_one() {
        let (rule, calendar) = french();
        let state = |text: &str| fixed(&rule, Some(&calendar), text).state;
        assert_eq!(state("2026-12-25T11:00:00+01:00"), Open::Holiday);
        assert_eq!(state("2026-12-24T11:00:00+01:00"), Open::Open);
        assert_eq!(state("2026-12-24T12:00:00+01:00"), Open::Closed);
        assert_eq!(state("2026-12-31T11:00:00+01:00"), Open::Holiday);
        assert_eq!(state("2026-12-30T12:30:00+01:00"), Open::Closed);
        assert_eq!(fixed(&rule, None, "2026-12-01T11:00:00+01:00").state, Open::Holiday);
    }

    #[test]
    fn outside_the_zones_nothing_is_known() {
        let (rule, _) = french();
        let zones = Zones { from: at("2025-01-01T00:00:00Z"), to: at("2026-01-01T00:00:00Z"), ..Zones::default() };
        let ask = |text: &str| hours(&rule, None, &zones, ZoneIndex(0), at(text));
        assert_eq!(ask("2024-06-01T00:00:00Z"), Hours { state: Open::Unknown, until: zones.from });
        assert_eq!(ask("2026-06-01T00:00:00Z"), Hours { state: Open::Unknown, until: Timestamp::MAX });
        assert_eq!(ask("2025-06-01T00:00:00Z").state, Open::Unknown);
    }

    #[cfg(feature = "compile")]
    mod against_a_slow_reference {
        use proptest::prelude::*;

        use super::*;

        const ZONES: [&str; 6] = [
            "Europe/Warsaw",
            "America/Chicago",
            "Australia/Lord_Howe",
            "America/St_Johns",
            "Africa/Casablanca",
            "America/Scoresbysund",
        ];

        /// What the wall clock says, from jiff, and what the rule says of it, minute by minute.
        fn reference(rule: &WindowRule, calendar: &Calendar, zone: &jiff::tz::TimeZone, at: Timestamp) -> Open {
            let civil = zone.to_datetime(jiff::Timestamp::from_microsecond(at.micros()).unwrap());
            let day = (civil.date() - jiff::civil::date(1970, 1, 1)).get_days();
            let minute = u16::try_from(i32::from(civil.hour()) * 60 + i32::from(civil.minute())).unwrap();
            let known = |day: i32| calendar.from <= day && day < calendar.to;
            let free = |day: i32| !known(day) || calendar.days.contains(&day);
            if rule.holidays == HolidayRule::Closed && free(day) {
                return Open::Holiday;
            }
            let weekday = usize::try_from(civil.weekday().to_monday_zero_offset()).unwrap();
            let inside = |spans: &[Span]| spans.iter().any(|span| span.open <= minute && minute < span.close);
            let eve = rule.eves.as_ref().is_none_or(|eves| !free(day + 1) || inside(eves));
            if inside(&rule.week[weekday]) && eve { Open::Open } else { Open::Closed }
        }

        fn spans() -> impl Strategy<Value = Vec<Span>> {
            prop::collection::btree_set(0u16..=96, 0..=4).prop_map(|edges| {
                let edges: Vec<u16> = edges.into_iter().map(|edge| edge * 15).collect();
                edges.chunks_exact(2).map(|pair| Span { open: pair[0], close: pair[1] }).collect()
            })
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(150))]

            #[test]
            fn every_minute_of_some_days_is_judged_alike(
                week in prop::array::uniform7(spans()),
                eves in prop::option::of(spans()),
                closes in any::<bool>(),
                holidays in prop::collection::btree_set(20_089i32..21_500, 0..300),
                zone in 0..ZONES.len(),
                start in 1_735_689_600i64..1_830_000_000,
                near_transition in any::<bool>(),
            ) {
                let zones = zones();
                let zone_name = ZONES[zone];
                let zone = zones.by_name(zone_name).unwrap();
                let calendar = Calendar {
                    code: String::new(), source: String::new(), from: 20_089, to: 21_500,
                    days: holidays.into_iter().collect(),
                };
                let rule = WindowRule {
                    eves,
                    holidays: if closes { HolidayRule::Closed } else { HolidayRule::Ignored },
                    ..rule(week)
                };
                let reference_zone = jiff::tz::TimeZone::get(zone_name).unwrap();
                let mut minute = start / 60 * 60;
                if near_transition && let Some(next) = zones.next_transition(zone, Timestamp::from_seconds(minute)) {
                    minute = next.seconds() - 720 * 60;
                }
                let mut held: Option<Hours> = None;
                for _ in 0..1_440 {
                    let at = Timestamp::from_seconds(minute);
                    let found = hours(&rule, Some(&calendar), &zones, zone, at);
                    prop_assert_eq!(found.state, reference(&rule, &calendar, &reference_zone, at));
                    prop_assert!(found.until > at);
                    if let Some(earlier) = held && at < earlier.until {
                        prop_assert_eq!(found.state, earlier.state);
                    } else {
                        held = Some(found);
                    }
                    let last = Timestamp::from_micros(found.until.micros() - 1);
                    prop_assert_eq!(hours(&rule, Some(&calendar), &zones, zone, last).state, found.state);
                    minute += 60;
                }
            }

            #[test]
            fn the_first_instant_at_a_time_is_the_first_minute_that_shows_it(
                zone in 0..ZONES.len(),
                day in 20_100i32..21_400,
                near_transition in any::<bool>(),
                minute in 0u32..1_440,
            ) {
                let zones = zones();
                let zone = zones.by_name(ZONES[zone]).unwrap();
                let day = zones
                    .next_transition(zone, Timestamp::from_seconds(i64::from(day) * 86_400))
                    .filter(|_| near_transition)
                    .map_or(day, |next| zones.local(zone, next).unwrap().day);
                let mut at = i64::from(day) * 86_400 - 26 * 3_600;
                let shows = |seconds: i64| {
                    let local = zones.local(zone, Timestamp::from_seconds(seconds)).unwrap();
                    (local.day, local.time_of_day) >= (day, i64::from(minute) * 60 * SECOND)
                };
                while !shows(at) {
                    at += 60;
                }
                prop_assert_eq!(zones.first_instant_at(zone, day, minute), Some(Timestamp::from_seconds(at)));
            }
        }

        fn zones() -> Zones {
            static ALL: std::sync::LazyLock<Zones> =
                std::sync::LazyLock::new(|| Zones::compile_only(at("2026-11-23T06:00:00Z"), ZONES).unwrap());
            ALL.clone()
        }
    }
}
