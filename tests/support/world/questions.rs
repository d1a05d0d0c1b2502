//! What is asked, and when.

use jiff::tz::TimeZoneDatabase;
use serde_json::Value;

use super::instants::{past, some_instant, turn};
use super::{CHANNELS, DAY, Dice, HOUR, PURPOSES, World};
use crate::model::Question;
use crate::model::law::place;

/// A question about this number, and an instant to ask it at. Half of them ask for what a record names.
pub(crate) fn question(world: &World, number: &str, dice: &mut Dice) -> (Question, i64) {
    let own = world.records.iter().filter(|record| record["number"] == number);
    let naming: Vec<&Value> = own.filter(|record| named_purpose(record).is_string()).collect();
    let named = if naming.is_empty() || dice.one_in(2) { None } else { Some(dice.pick(&naming)) };
    let known = |word: &&str| PURPOSES.contains(word);
    let purpose = named.and_then(|record| named_purpose(record).as_str()).filter(known);
    let purpose = purpose.unwrap_or_else(|| dice.pick(PURPOSES)).to_owned();
    let channel = match named.and_then(|record| record["channels"][0].as_str().or(record["channel"].as_str())) {
        None => dice.pick(CHANNELS),
        Some("live_call") => "manual_call",
        Some(channel) => CHANNELS.iter().find(|own| **own == channel).unwrap(),
    };
    let controller = named.and_then(|record| record["controller"].as_str()).filter(|id| *id != "*");
    let controller =
        controller.unwrap_or_else(|| dice.pick(&["acme", "acme", "acme", "acme", "beta", "beta", "gamma"]));
    let optional = |dice: &mut Dice, from: &[&str]| dice.one_in(8).then(|| dice.pick(from).to_owned());
    let question = Question {
        number: number.to_owned(),
        purpose,
        channel: channel.to_owned(),
        controller: controller.to_owned(),
        region: optional(dice, REGIONS),
        time_zone: if dice.one_in(24) { Some(any_zone(dice)) } else { optional(dice, ZONES) },
        party: dice.pick(&["unknown", "unknown", "individual", "business"]).to_owned(),
        line: dice.pick(&["unknown", "unknown", "fixed", "mobile"]).to_owned(),
    };
    let here = place(number).zones.first().copied();
    let base = match dice.below(8) {
        0 => past(world.as_of, dice),
        1 | 2 => world.as_of,
        3 => world.as_of + dice.pick(&[0, 2, 3, 5, 18, 28, 31, 90]) * DAY,
        4 => some_instant(dice),
        5 => turn(None, dice),
        _ => turn(here, dice),
    };
    let shift = dice.pick(&[0, 0, 0, -1, 1, 4 * 60_000_000, 5 * 60_000_000, -HOUR, -3 * HOUR, 6 * HOUR, 9 * HOUR]);
    (question, base + shift)
}

/// A purpose that the record is about.
fn named_purpose(record: &Value) -> &Value {
    if record["type"] == "attempt" { &record["purpose"] } else { &record["purposes"][0] }
}

const REGIONS: &[&str] = &[
    "PL", "GB", "FR", "FR", "DE", "IT", "ES", "AU", "AU", "AT", "NL", "BE", "CA", "US", "US-IL", "US-NY", "US-NE",
    "US-MS", "US-NJ", "US-OR", "US-VA", "US-ME", "US-QQ", "US-XX", "CA-ON", "FR-IDF", "AU-NSW", "PL-14", "US-FL",
    "US-TX", "US-CT", "US-AK", "US-IA", "US-WA", "US-PA", "BR", "nowhere",
];

const ZONES: &[&str] = &[
    "America/Los_Angeles",
    "America/New_York",
    "America/Denver",
    "America/St_Johns",
    "America/Havana",
    "Europe/London",
    "Europe/Madrid",
    "Atlantic/Canary",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Australia/Perth",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Moon/Tranquility",
];

fn any_zone(dice: &mut Dice) -> String {
    dice.pick(&zones())
}

/// Every zone that the tz database names.
pub(crate) fn zones() -> Vec<String> {
    TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect()
}
