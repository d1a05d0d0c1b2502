#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chrono::{DateTime, NaiveDate};

use super::*;

fn zones(entries: &[(&str, &[(&str, i16)])]) -> Zones {
    let mut names: Vec<_> =
        entries.iter().zip(0u16..).map(|((name, _), index)| (NameId::of(name), ZoneIndex(index))).collect();
    names.sort_unstable();
    Zones {
        version: "test".to_owned(),
        from: at("2025-01-01T00:00:00Z"),
        to: at("2028-01-01T00:00:00Z"),
        names,
        zones: entries
            .iter()
            .map(|(_, list)| {
                list.iter()
                    .map(|(text, offset_minutes)| Transition { at: at(text), offset_minutes: *offset_minutes })
                    .collect()
            })
            .collect(),
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::from(DateTime::parse_from_rfc3339(text).unwrap().to_utc())
}

fn day(text: &str) -> i32 {
    let date: NaiveDate = text.parse().unwrap();
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap()
}

fn warsaw() -> Zones {
    zones(&[(
        "Europe/Warsaw",
        &[("2025-01-01T00:00:00Z", 60), ("2025-03-30T01:00:00Z", 120), ("2025-10-26T01:00:00Z", 60)],
    )])
}

#[test]
fn the_wall_shows_the_offset_in_force() {
    let zones = warsaw();
    let zone = zones.by_name("Europe/Warsaw").unwrap();
    let local = zones.local(zone, at("2025-03-30T00:59:59Z")).unwrap();
    assert_eq!((local.day, local.time_of_day / SECOND), (day("2025-03-30"), 2 * 3_600 - 1));
    let local = zones.local(zone, at("2025-03-30T01:00:00Z")).unwrap();
    assert_eq!((local.time_of_day / SECOND, local.weekday()), (3 * 3_600, 6));
    assert_eq!(zones.by_name("Europe/Berlin"), None);
}

#[test]
fn outside_the_time_that_is_covered_nothing_is_known() {
    let zones = warsaw();
    for text in ["2024-12-31T23:59:59Z", "2028-01-01T00:00:00Z"] {
        assert_eq!(zones.local(ZoneIndex(0), at(text)), None);
        assert_eq!(zones.next_transition(ZoneIndex(0), at(text)), None);
    }
    assert_eq!(zones.local(ZoneIndex(1), at("2026-01-01T00:00:00Z")), None);
    assert_eq!(zones.first_instant_at(ZoneIndex(0), day("2028-01-02"), 0), None);
    assert_eq!(zones.first_instant_at(ZoneIndex(0), day("2024-12-01"), 0), None);
}

#[test]
fn a_time_in_a_gap_is_its_end_and_one_that_comes_twice_the_first() {
    let zones = warsaw();
    let first = |text: &str, minute| zones.first_instant_at(ZoneIndex(0), day(text), minute);
    assert_eq!(first("2025-03-30", 150), Some(at("2025-03-30T01:00:00Z")));
    assert_eq!(first("2025-03-30", 180), Some(at("2025-03-30T01:00:00Z")));
    assert_eq!(first("2025-10-26", 150), Some(at("2025-10-26T00:30:00Z")));
    assert_eq!(first("2025-10-26", 180), Some(at("2025-10-26T02:00:00Z")));
    assert_eq!(first("2025-06-01", 1_440), first("2025-06-02", 0));
}

#[test]
fn the_next_transition_is_strictly_later() {
    let zones = warsaw();
    let next = |text: &str| zones.next_transition(ZoneIndex(0), at(text));
    assert_eq!(next("2025-03-30T01:00:00Z"), Some(at("2025-10-26T01:00:00Z")));
    assert_eq!(next("2025-11-01T00:00:00Z"), None);
}

#[test]
fn zones_survive_the_wire_and_no_flipped_byte_panics() {
    let zones = warsaw();
    let bytes = zones.encode();
    assert_eq!(Zones::decode(&bytes).unwrap(), zones);
    for position in 0..bytes.len() {
        assert!(Zones::decode(&bytes[..position]).is_err());
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1 << bit;
            // The tz version and the instants may say something else; nothing else may be accepted as the same.
            assert!(Zones::decode(&flipped).is_err() || Zones::decode(&flipped).unwrap() != zones);
        }
    }
}

#[cfg(feature = "compile")]
mod compiled {
    use super::*;

    fn all() -> Zones {
        Zones::compile(at("2026-11-23T06:00:00Z")).unwrap()
    }

    #[test]
    fn the_whole_database_fits_in_twenty_kilobytes() {
        let zones = all();
        let bytes = zones.encode();
        assert!(bytes.len() < 20_000, "{} bytes", bytes.len());
        assert_eq!(Zones::decode(&bytes).unwrap(), zones);
        assert!(zones.version.starts_with("20") && zones.names.len() > 500);
    }

    #[test]
    fn aliases_are_names_and_share_a_zone() {
        let zones = all();
        assert_eq!(zones.by_name("US/Eastern"), zones.by_name("America/New_York"));
        assert!(zones.by_name("America/New_York").is_some());
        assert_ne!(zones.by_name("America/New_York"), zones.by_name("America/Chicago"));
    }

    #[test]
    fn the_wall_shows_what_jiff_says() {
        let zones = all();
        for name in [
            "Europe/Warsaw",
            "America/Chicago",
            "Australia/Lord_Howe",
            "Africa/Casablanca",
            "Asia/Kathmandu",
            "Pacific/Apia",
        ] {
            let reference = jiff::tz::TimeZone::get(name).unwrap();
            let zone = zones.by_name(name).unwrap();
            let mut seconds = zones.from.seconds();
            while seconds < zones.to.seconds() {
                let civil = reference.to_datetime(jiff::Timestamp::from_second(seconds).unwrap());
                let local = zones.local(zone, Timestamp::from_seconds(seconds)).unwrap();
                let expected =
                    i64::from(civil.hour()) * 3_600 + i64::from(civil.minute()) * 60 + i64::from(civil.second());
                assert_eq!(local.time_of_day / SECOND, expected, "{name} {seconds}");
                assert_eq!(crate::rules::date(local.day), civil.date().to_string());
                seconds += 7_001;
            }
        }
    }

    #[test]
    fn a_few_zones_make_a_few_bytes_and_a_wrong_name_is_told() {
        let as_of = at("2026-11-23T06:00:00Z");
        let zones = Zones::compile_only(as_of, ["Europe/Warsaw", "America/Chicago", "Europe/Warsaw"]).unwrap();
        assert_eq!((zones.names.len(), zones.zones.len()), (2, 2));
        assert!(zones.encode().len() < 512, "{} bytes", zones.encode().len());
        let error = Zones::compile_only(as_of, ["Europe/Krakow"]).unwrap_err();
        assert!(error.to_string().contains("`Europe/Krakow`"));
    }
}
