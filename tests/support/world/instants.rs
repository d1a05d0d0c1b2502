//! When things happen.

use jiff::tz::TimeZoneDatabase;

use super::{DAY, Dice, HOUR};

/// 23 November 2026, 15:00 UTC: nine in the morning in Chicago.
const NOVEMBER_2026: i64 = 1_795_446_000_000_000;
/// 1 January 2025, and four years of hours from there.
const FROM: i64 = 1_735_689_600_000_000;
const HOURS: usize = (4 * 365 + 1) * 24;

/// The date of the data: often one on which some law changes, so that records and questions meet there.
pub(super) fn date_of_data(dice: &mut Dice) -> i64 {
    match dice.below(4) {
        0 => NOVEMBER_2026,
        1 => some_hour(dice),
        _ => new_law(dice.pick(RESTLESS), dice) + dice.pick(&[0, 0, 8, 16]) * HOUR,
    }
}

/// Instants of records: past ones, and the date of the data.
pub(super) fn past(as_of: i64, dice: &mut Dice) -> i64 {
    if dice.one_in(12) {
        let turn = turn(None, dice) - dice.pick(&[0, 0, 1, HOUR]);
        return if turn < as_of { turn } else { as_of };
    }
    as_of - dice.pick(&[0, 1, 3, 3, 10, 10, 10, 40, 100, 100, 300, 600, 731, 800, 1090]) * DAY
}

/// A whole hour of 2025 to 2028.
pub(super) fn some_hour(dice: &mut Dice) -> i64 {
    FROM + i64::try_from(dice.below(HOURS)).unwrap() * HOUR
}

/// Any instant of 2025 to 2028.
pub(super) fn some_instant(dice: &mut Dice) -> i64 {
    some_hour(dice) + i64::try_from(dice.below(3_600_000_000)).unwrap()
}

/// Instants of 2025 to 2028 at which to ask about a zone: any, and around a change of its clocks.
pub(crate) fn instants_in(zone: &str, dice: &mut Dice) -> Vec<i64> {
    let clock = TimeZoneDatabase::bundled().get(zone).unwrap();
    let any: Vec<i64> = (0..4).map(|_| some_instant(dice)).collect();
    let from = jiff::Timestamp::from_microsecond(any[0].min(any[1])).unwrap();
    let change = clock.following(from).next().map_or(any[2], |change| change.timestamp().as_microsecond());
    any.into_iter().chain([change - 1, change - 14 * HOUR]).collect()
}

/// Local days on which some law begins or ends.
const TURNS: &[(i16, i8, i8)] = &[
    (2025, 6, 7),
    (2025, 9, 1),
    (2025, 12, 28),
    (2026, 1, 1),
    (2026, 2, 5),
    (2026, 6, 19),
    (2026, 7, 1),
    (2026, 8, 11),
    (2026, 8, 11),
    (2026, 10, 18),
    (2027, 1, 31),
];

/// Days that are holidays somewhere; many countries close on them or on their eves.
const HOLIDAYS: &[(i8, i8)] = &[
    (1, 1),
    (1, 6),
    (1, 26),
    (4, 25),
    (5, 1),
    (5, 8),
    (6, 2),
    (7, 4),
    (7, 14),
    (8, 15),
    (10, 12),
    (11, 1),
    (11, 11),
    (12, 8),
    (12, 25),
    (12, 26),
];

/// Zones whose clocks change in many ways, or whose laws do.
const RESTLESS: &[&str] = &[
    "America/New_York",
    "America/Chicago",
    "America/St_Johns",
    "Europe/Paris",
    "Europe/Paris",
    "Europe/Rome",
    "Europe/London",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
];

/// Instants at which the clock or the calendar on some wall does something, or the law.
pub(super) fn turn(zone: Option<&str>, dice: &mut Dice) -> i64 {
    let zone = zone.unwrap_or_else(|| dice.pick(RESTLESS));
    match dice.below(4) {
        0 => change_of_clocks(zone, dice),
        1 => new_law(zone, dice),
        _ => edge_of_a_holiday(zone, dice),
    }
}

fn new_law(zone: &str, dice: &mut Dice) -> i64 {
    let (year, month, day) = dice.pick(TURNS);
    local(jiff::civil::date(year, month, day).at(0, 0, 0, 0), zone)
}

/// An hour at which some window opens or closes, on a holiday or its eve.
fn edge_of_a_holiday(zone: &str, dice: &mut Dice) -> i64 {
    let (month, day) = dice.pick(HOLIDAYS);
    let year = 2025 + i16::try_from(dice.below(4)).unwrap();
    let holiday = jiff::civil::date(year, month, day);
    let date = if dice.one_in(2) { holiday } else { holiday.yesterday().unwrap() };
    local(date.at(dice.pick(&[0, 8, 9, 10, 12, 17, 19, 20]), 0, 0, 0), zone)
}

fn local(wall: jiff::civil::DateTime, zone: &str) -> i64 {
    let zone = TimeZoneDatabase::bundled().get(zone).unwrap();
    wall.to_zoned_datetime(zone).unwrap().timestamp().as_microsecond()
}

fn change_of_clocks(zone: &str, dice: &mut Dice) -> i64 {
    let zone = TimeZoneDatabase::bundled().get(zone).unwrap();
    let from = jiff::Timestamp::from_microsecond(some_hour(dice)).unwrap();
    zone.following(from).next().map_or(FROM, |change| change.timestamp().as_microsecond())
}
