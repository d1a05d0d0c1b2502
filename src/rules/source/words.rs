//! The small words of a pack: times of day, offsets, terms, dates.

use toml::value::{Date, Datetime};

use super::schema::HoursSource;
use crate::rules::Span;

/// Spans of each weekday, Monday first; a day that is not named is closed.
pub(super) fn week(hours: &HoursSource, wrong: &mut dyn FnMut(String)) -> [Vec<Span>; 7] {
    let groups: [(&Option<Vec<String>>, std::ops::Range<usize>); 11] = [
        (&hours.daily, 0..7),
        (&hours.mon_fri, 0..5),
        (&hours.mon_sat, 0..6),
        (&hours.sat_sun, 5..7),
        (&hours.mon, 0..1),
        (&hours.tue, 1..2),
        (&hours.wed, 2..3),
        (&hours.thu, 3..4),
        (&hours.fri, 4..5),
        (&hours.sat, 5..6),
        (&hours.sun, 6..7),
    ];
    let mut week: [Option<Vec<Span>>; 7] = Default::default();
    for (texts, days) in groups {
        let Some(texts) = texts else { continue };
        let spans = spans(texts, wrong);
        for day in week.get_mut(days).unwrap_or_default() {
            if day.replace(spans.clone()).is_some() {
                wrong("a weekday is named twice in `hours`, expected once".to_owned());
            }
        }
    }
    week.map(Option::unwrap_or_default)
}

/// Spans such as `10:00-13:00`: in order, apart, within the day.
pub(super) fn spans(texts: &[String], wrong: &mut dyn FnMut(String)) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for text in texts {
        let parsed = text.split_once('-').and_then(|(open, close)| Some((minute(open)?, minute(close)?)));
        match parsed {
            Some((open, close)) if open < close && spans.last().is_none_or(|last| last.close < open) => {
                spans.push(Span { open, close });
            }
            _ => wrong(format!("hours `{text}`, expected spans such as `10:00-13:00`, ascending and apart")),
        }
    }
    spans
}

/// Minutes of a time of day from `00:00` to `24:00`.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = two_numbers(text)?;
    let minute = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && minute <= 1440).then_some(minute)
}

/// Minutes east of UTC of `+01:00`.
pub(super) fn offset(text: &str) -> Option<i16> {
    let (sign, rest) =
        text.strip_prefix('-').map(|rest| (-1i16, rest)).or_else(|| Some((1, text.strip_prefix('+')?)))?;
    let (hours, minutes) = two_numbers(rest)?;
    let offset = i16::try_from(hours.checked_mul(60)?.checked_add(minutes)?).ok()?;
    (minutes < 60 && offset <= 14 * 60).then(|| offset.saturating_mul(sign))
}

fn two_numbers(text: &str) -> Option<(u16, u16)> {
    let (first, second) = text.split_once(':')?;
    let plain = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if plain(first) && plain(second) { Some((first.parse().ok()?, second.parse().ok()?)) } else { None }
}

/// Seconds of `24h` or `30d`.
pub(super) fn seconds(text: &str) -> Option<u32> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(unit).filter(|seconds| *seconds > 0)
}

/// Digits of an E.164 prefix.
pub(super) fn digits(prefix: &str, wrong: &mut dyn FnMut(String)) -> Option<String> {
    let digits = prefix
        .strip_prefix('+')
        .filter(|rest| (1..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit()));
    if digits.is_none() {
        wrong("a banned prefix, expected digits after a plus".to_owned());
    }
    digits.map(str::to_owned)
}

/// Days since 1970-01-01.
pub(super) fn day(date: Datetime, wrong: &mut impl FnMut(String)) -> Option<i32> {
    let day = local_date(date).and_then(|date| {
        let date = chrono::NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())?;
        i32::try_from(date.signed_duration_since(chrono::NaiveDate::default()).num_days()).ok()
    });
    if day.is_none() {
        wrong(format!("`{date}`, expected a date such as 2026-02-05"));
    }
    day
}

/// A date without a time.
pub(super) fn local_date(date: Datetime) -> Option<Date> {
    if date.time.is_none() && date.offset.is_none() { date.date } else { None }
}
