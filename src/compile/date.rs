//! Dates in files: RFC 3339, or `YYYY-MM-DD` as the start of that day in UTC.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

use crate::Timestamp;

/// A denial or list may be dated this much after `as_of` (clocks differ): five minutes, in microseconds.
pub(crate) const GRACE: i64 = 5 * 60 * 1_000_000;

/// The instant that a text names; none when it is neither RFC 3339 nor `YYYY-MM-DD`.
///
/// Fractions finer than a microsecond are dropped downwards.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    if text.len() == 10 {
        return day(text);
    }
    if !text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    // Chrono also takes a space for the `T`; RFC 3339 allows it by agreement only, and there is none here.
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
        return None;
    }
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    Some(Timestamp::from(instant.to_utc()))
}

/// The start of a day in UTC.
pub(crate) fn day(text: &str) -> Option<Timestamp> {
    let is_pattern = text.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if text.len() != 10 || !is_pattern {
        return None;
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(Timestamp::from(day.and_time(NaiveTime::MIN).and_utc()))
}

/// Genesys Cloud writes `yyyy-MM-ddTHH:mmZ`; the other forms are read as well.
pub(crate) fn genesys(text: &str) -> Option<Timestamp> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%MZ")
        .ok()
        .map(|instant| Timestamp::from(instant.and_utc()))
        .or_else(|| self::instant(text))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail")]
    use super::*;

    #[test]
    fn a_day_is_its_start_in_utc() {
        assert_eq!(instant("1970-01-02").unwrap(), Timestamp::from_seconds(86_400));
    }

    #[test]
    fn offsets_and_fractions_are_read_and_floored() {
        assert_eq!(instant("1970-01-01T01:00:00.0000019+01:00").unwrap(), Timestamp::from_micros(1));
        assert_eq!(instant("1969-12-31T23:59:59.9999999Z").unwrap(), Timestamp::from_micros(-1));
    }

    #[test]
    fn genesys_minutes_are_read() {
        assert_eq!(genesys("1970-01-01T00:01Z").unwrap(), Timestamp::from_seconds(60));
    }

    #[test]
    fn other_forms_are_not_guessed() {
        for text in
            ["", "01/02/2026", "2026-02-30", "2026-1-1", "20260101", "2026-01-01 10:00:00Z", "+026-01-01", "soon"]
        {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
