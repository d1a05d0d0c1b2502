//! The public-holiday calendars that come with the crate: `src/rules/calendars/*.txt`, made by `calendars.py`.

use crate::rules::Calendar;

/// The calendars, as text.
const TEXTS: &[&str] = &[
    include_str!("../calendars/au.txt"),
    include_str!("../calendars/es.txt"),
    include_str!("../calendars/fr.txt"),
    include_str!("../calendars/it.txt"),
    include_str!("../calendars/us-al.txt"),
    include_str!("../calendars/us-la.txt"),
    include_str!("../calendars/us-pa.txt"),
    include_str!("../calendars/us-ri.txt"),
    include_str!("../calendars/us-unlisted.txt"),
    include_str!("../calendars/us-ut.txt"),
];

/// The calendars that can be read; a test sees to it that all can.
pub(super) fn builtin() -> impl Iterator<Item = Calendar> {
    TEXTS.iter().filter_map(|text| read(text))
}

/// `key: value` lines, a blank line, then `name: day day ...` lines.
fn read(text: &str) -> Option<Calendar> {
    let (head, body) = text.split_once("\n\n")?;
    let value = |key: &str| head.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
    let mut days = Vec::new();
    for line in body.lines() {
        for word in line.split_once(": ")?.1.split(' ') {
            days.push(day(word)?);
        }
    }
    days.sort_unstable();
    days.dedup();
    let calendar = Calendar {
        code: value("code")?.to_owned(),
        source: value("source")?.to_owned(),
        from: day(value("from")?)?,
        to: day(value("to")?)?,
        days,
    };
    let is_within = |day: &i32| (calendar.from..calendar.to).contains(day);
    (!calendar.days.is_empty() && calendar.days.iter().all(is_within)).then_some(calendar)
}

/// Days since 1970-01-01.
fn day(text: &str) -> Option<i32> {
    let date: chrono::NaiveDate = text.parse().ok()?;
    i32::try_from(date.signed_duration_since(chrono::NaiveDate::default()).num_days()).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn named(code: &str) -> Calendar {
        builtin().find(|calendar| calendar.code == code).unwrap()
    }

    /// Is the day a holiday?
    fn has(code: &str, text: &str) -> bool {
        named(code).days.contains(&day(text).unwrap())
    }

    #[test]
    fn every_calendar_is_read_and_covers_the_same_nine_years() {
        let codes: Vec<String> = builtin().map(|calendar| calendar.code).collect();
        let expected = ["AU", "ES", "FR", "IT", "US-AL", "US-LA", "US-PA", "US-RI", "US-UNLISTED", "US-UT"];
        assert_eq!(codes, expected);
        for calendar in builtin() {
            assert_eq!((Some(calendar.from), Some(calendar.to)), (day("2024-01-01"), day("2033-01-01")));
            assert_eq!(calendar.source, "Python package holidays 0.109");
        }
    }

    #[test]
    fn france_has_its_eleven_days() {
        let (from, to) = (day("2026-01-01").unwrap(), day("2027-01-01").unwrap());
        let found: Vec<i32> = named("FR").days.into_iter().filter(|day| (from..to).contains(day)).collect();
        let expected = [
            "2026-01-01",
            "2026-04-06",
            "2026-05-01",
            "2026-05-08",
            "2026-05-14",
            "2026-05-25",
            "2026-07-14",
            "2026-08-15",
            "2026-11-01",
            "2026-11-11",
            "2026-12-25",
        ];
        assert_eq!(found, expected.map(|text| day(text).unwrap()));
    }

    #[test]
    fn days_known_by_hand_are_there() {
        let states = ["US-AL", "US-LA", "US-PA", "US-RI", "US-UT", "US-UNLISTED"];
        for code in states {
            for text in ["2026-11-26", "2026-12-25", "2026-10-12", "2026-07-03", "2026-07-04", "2027-12-31"] {
                assert!(has(code, text), "{code} {text}");
            }
            assert!(!has(code, "2026-11-25"), "{code}");
        }
        for (code, text) in [
            ("US-AL", "2026-04-27"),       // Confederate Memorial Day
            ("US-AL", "2026-06-01"),       // Jefferson Davis's birthday
            ("US-LA", "2026-02-17"),       // Mardi Gras
            ("US-LA", "2026-04-03"),       // Good Friday
            ("US-PA", "2026-11-27"),       // the day after Thanksgiving
            ("US-RI", "2026-08-10"),       // Victory Day
            ("US-UT", "2026-07-24"),       // Pioneer Day
            ("US-UT", "2027-07-23"),       // observed
            ("US-UNLISTED", "2026-10-18"), // Alaska Day
            ("US-UNLISTED", "2026-04-20"), // Patriots' Day
            ("ES", "2026-05-02"),          // Madrid
            ("ES", "2026-09-11"),          // Catalonia
            ("ES", "2026-02-28"),          // Andalusia
            ("ES", "2026-12-07"),          // Monday after Constitution Day
            ("ES", "2027-12-06"),
            ("ES", "2027-08-16"), // Monday after the Assumption
            ("IT", "2026-05-25"), // Whit Monday, Bolzano
            ("IT", "2026-10-04"), // Saint Francis, again since 2026
            ("IT", "2026-06-02"),
            ("AU", "2026-04-25"), // Anzac Day
            ("AU", "2026-12-28"), // for Boxing Day
            ("AU", "2028-01-03"), // for New Year's Day
        ] {
            assert!(has(code, text), "{code} {text}");
        }
    }

    #[test]
    fn days_of_others_are_not() {
        for (code, text) in [
            ("US-AL", "2026-07-24"),
            ("US-UT", "2026-04-27"),
            ("FR", "2026-04-03"), // Good Friday: Alsace-Moselle
            ("FR", "2026-12-26"),
            ("IT", "2026-12-07"), // Saint Ambrose: Milan
            ("IT", "2026-06-29"), // Saints Peter and Paul: Rome
            ("ES", "2026-05-15"), // Saint Isidore: the city of Madrid
            ("AU", "2026-11-03"), // Melbourne Cup
        ] {
            assert!(!has(code, text), "{code} {text}");
        }
    }

    #[test]
    fn a_text_with_a_defect_is_no_calendar() {
        let text = TEXTS.first().unwrap();
        assert!(read(text).is_some());
        for (from, to) in [("2026-01-26", "2026-13-26"), ("code: ", "cod: "), ("to: 2033", "to: 2032"), ("\n\n", "\n")]
        {
            assert_eq!(read(&text.replace(from, to)), None, "{from}");
        }
    }
}
