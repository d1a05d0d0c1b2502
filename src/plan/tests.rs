#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use super::{Place, VERSION, ZONE_NAMES, locate, zones_of};
use crate::vocabulary::Line;
use crate::{Number, Region};

fn at(number: &str) -> Place {
    locate(number.parse::<Number>().unwrap())
}

fn region(number: &str) -> String {
    at(number).region.map_or_else(String::new, |region| region.to_string())
}

fn names(zones: &[u16]) -> Vec<&'static str> {
    zones.iter().map(|&zone| ZONE_NAMES[usize::from(zone)]).collect()
}

fn zones_in(code: &str) -> Vec<&'static str> {
    names(zones_of(Region::parse(code).unwrap()).unwrap())
}

#[test]
fn every_golden_row_agrees() {
    let mut rows = 0;
    for line in include_str!("golden.tsv").lines().skip(1) {
        let [number, possible, code, kind, zones] = line.split('\t').collect::<Vec<_>>()[..] else {
            unreachable!("five columns: {line}")
        };
        let place = at(number);
        assert_eq!(place.possible, possible == "yes", "{line}");
        assert_eq!(region(number), code, "{line}");
        assert_eq!(place.line.slug(), kind, "{line}");
        assert_eq!(names(place.zones).join(" "), zones, "{line}");
        rows += 1;
    }
    assert!(rows > 300, "only {rows} rows");
}

#[test]
fn emergency_and_short_codes_are_not_possible() {
    for number in [
        "+112",
        "+911",
        "+999",
        "+997",
        "+1911",
        "+1112",
        "+44999",
        "+44112",
        "+48112",
        "+48997",
        "+49112",
        "+49110",
        "+49116117",
        "+43112",
        "+39112",
        "+358112",
        "+46112",
        "+47112",
        "+98110",
        "+110",
        "+116000",
        "+116123",
        "+61000",
        "+3949",
    ] {
        assert!(!at(number).possible, "{number}");
    }
}

#[test]
fn length_decides_what_is_possible() {
    assert!(at("+48223000001").possible);
    assert!(!at("+48223").possible);
    assert!(!at("+4822300000111").possible);
    assert!(at("+13125550100").possible);
    assert!(!at("+1312555010").possible);
    assert!(!at("+131255501000").possible);
    assert!(!at("+4402079460010").possible, "a national zero too many");
    assert!(!at("+1").possible);
    assert!(at("+999999999999999").region.is_none());
}

#[test]
fn a_calling_code_that_nobody_has_is_possible_and_nowhere() {
    for number in ["+2101234567", "+99912345678", "+9991234567890"] {
        let place = at(number);
        assert!(place.possible);
        assert_eq!((place.region, place.line, place.zones), (None, Line::Unknown, &[][..]));
    }
    assert!(!at("+210123").possible);
}

#[test]
fn numbers_without_a_country_have_no_region() {
    for number in [
        "+18005550100",
        "+18885550100",
        "+19005550100",
        "+15005550100",
        "+80012345678",
        "+881612345678",
        "+870773111632",
        "+979123456789",
        "+1211 555 0100",
    ] {
        assert!(at(number).possible);
        assert_eq!(region(number), "", "{number}");
    }
}

#[test]
fn a_calling_code_may_have_several_countries() {
    for (number, code) in [
        ("+93701234567", "AF"),
        ("+12685550123", "AG"),
        ("+34910000010", "ES"),
        ("+33199000010", "FR"),
        ("+13125550100", "US-IL"),
        ("+442079460010", "GB"),
        ("+447700900123", "GB"),
        ("+48223000001", "PL"),
        ("+447781000000", "GG"),
        ("+447797000000", "JE"),
        ("+447624000000", "IM"),
        ("+441481000000", "GG"),
        ("+441534000000", "JE"),
        ("+441624000000", "IM"),
        ("+12425550100", "BS"),
        ("+12465550100", "BB"),
        ("+18765550100", "JM"),
        ("+16585550100", "JM"),
        ("+18095550100", "DO"),
        ("+18295550100", "DO"),
        ("+18495550100", "DO"),
        ("+17875550100", "PR"),
        ("+19395550100", "PR"),
        ("+13405550100", "VI"),
        ("+16715550100", "GU"),
        ("+16845550100", "AS"),
        ("+16705550100", "MP"),
        ("+14165550100", "CA"),
        ("+18675550100", "CA"),
        ("+77010000000", "KZ"),
        ("+77781234567", "KZ"),
        ("+77170000000", "KZ"),
        ("+74950000000", "RU"),
        ("+79160000000", "RU"),
        ("+390669800000", "VA"),
        ("+390660000000", "IT"),
        ("+35818000000", "AX"),
        ("+35891234567", "FI"),
        ("+4779000000", "SJ"),
        ("+4722000000", "NO"),
        ("+61891620000", "CC"),
        ("+61891640000", "CX"),
        ("+61491570156", "AU"),
        ("+262692000000", "RE"),
        ("+262639000000", "YT"),
        ("+590590201234", "GP"),
        ("+594694000000", "GF"),
        ("+596696000000", "MQ"),
        ("+59995000000", "CW"),
        ("+5997000000", "BQ"),
        ("+212650000000", "MA"),
    ] {
        assert!(at(number).possible, "{number}");
        assert_eq!(region(number), code, "{number}");
    }
}

#[test]
fn american_numbers_never_tell_the_line() {
    for number in ["+13125550100", "+17875550100", "+14165550100", "+12125550100"] {
        assert_eq!(at(number).line, Line::Unknown);
    }
    assert_eq!(at("+447700900123").line, Line::Mobile);
    assert_eq!(at("+442079460010").line, Line::Fixed);
    assert_eq!(at("+33199000010").line, Line::Fixed);
    assert_eq!(at("+61491570156").line, Line::Mobile);
}

#[test]
fn an_overlay_has_the_zones_of_its_complex() {
    for (one, other) in [("850", "448"), ("270", "364"), ("812", "930"), ("208", "986"), ("541", "458"), ("904", "324")]
    {
        let [one, other] = [one, other].map(|area| at(&format!("+1{area}5550100")));
        assert_eq!(one, other);
    }
    for area in ["850", "270", "930", "208", "541", "605", "701", "308", "785", "906", "574", "606", "423"] {
        assert!(at(&format!("+1{area}5550100")).zones.len() > 1, "{area}");
    }
    assert_eq!(names(at("+13125550100").zones), ["America/Chicago"]);
    assert_eq!(names(at("+18505550100").zones), ["America/Chicago", "America/New_York"]);
    assert_eq!(names(at("+48223000001").zones), ["Europe/Warsaw"]);
}

#[test]
fn every_country_and_state_has_its_zones() {
    assert_eq!(zones_in("PL"), ["Europe/Warsaw"]);
    assert_eq!(zones_in("ES"), ["Africa/Ceuta", "Atlantic/Canary", "Europe/Madrid"]);
    assert_eq!(zones_in("PT"), ["Atlantic/Azores", "Atlantic/Madeira", "Europe/Lisbon"]);
    assert_eq!(zones_in("GB"), ["Europe/London"]);
    assert_eq!(zones_in("US-FL"), ["America/Chicago", "America/New_York"]);
    assert_eq!(zones_in("US-TX"), ["America/Chicago", "America/Denver"]);
    assert_eq!(zones_in("US-IL"), ["America/Chicago"]);
    assert!(zones_in("US").len() > 20 && zones_in("AU").len() > 8 && zones_in("CA").len() > 10);
    for split in ["IN", "KY", "TN", "ND", "SD", "NE", "KS", "OR", "ID", "MI", "FL", "TX"] {
        assert!(zones_in(&format!("US-{split}")).len() > 1, "{split}");
    }
}

#[test]
fn an_unknown_region_has_no_zones() {
    for code in ["XX", "ZZ", "US-ZZ", "US-PR", "CA-ON", "PL-AA", "UK", "EU"] {
        assert_eq!(zones_of(Region::parse(code).unwrap()), None, "{code}");
    }
}

#[test]
fn every_number_of_every_length_has_an_answer() {
    for digits in 1..=15 {
        for lead in 1..=9999_u64 {
            let text: String = lead.to_string().chars().chain(std::iter::repeat('5')).take(digits).collect();
            let place = locate(Number::from_e164(text.parse().unwrap()).unwrap());
            assert!(place.possible || (place.region.is_none() && place.zones.is_empty()));
            assert!(place.zones.is_sorted());
        }
    }
}

#[test]
fn the_version_names_its_source() {
    assert!(VERSION.starts_with("phonenumbers 9."));
}

#[test]
fn every_digit_of_a_fraction_is_right() {
    let mut state = 1_u64;
    let edges = (0..=15).flat_map(|power| [0, 1, 2].map(|less| 10_u64.pow(power).saturating_sub(less)));
    let random = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 8) % 1_000_000_000_000_000
    });
    for digits in edges.filter(|digits| *digits < 1_000_000_000_000_000).chain(random.take(100_000)) {
        let text = format!("{digits:015}");
        let mut rest = super::fraction(digits);
        assert_eq!(format!("{:03}", super::first_digits(rest, 1000).0), text[..3]);
        for expected in text.bytes() {
            let digit;
            (digit, rest) = super::first_digits(rest, 10);
            assert_eq!(digit, usize::from(expected - b'0'), "{digits}");
        }
    }
}

#[cfg(feature = "compile")]
#[test]
fn what_is_said_of_a_span_holds_for_every_number_in_it() {
    let mut state = 1_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 16
    };
    let golden = include_str!("golden.tsv").lines().skip(1);
    let mut seeds: Vec<u64> =
        golden.filter_map(|line| line.split('\t').next()?.parse::<Number>().ok()).map(Number::as_u64).collect();
    seeds.extend((0..200_000).map(|_| {
        let digits = 1 + random() % 15;
        random() % 10_u64.pow(u32::try_from(digits).unwrap()) + 1
    }));
    for number in seeds {
        let (possible, first, last) = super::possible_span(number);
        assert!((first..=last).contains(&number));
        let inside = [first, last, number, first + random() % (last - first + 1)];
        for other in inside {
            assert_eq!(locate(Number::from_e164(other).unwrap()).possible, possible, "{other} in {first} to {last}");
        }
    }
}

#[test]
fn digits_are_counted() {
    for power in (0..15).map(|exponent| 10_u64.pow(exponent)) {
        for number in [power - 1, power, power + 1, power * 9, power * 10 - 1] {
            assert_eq!(super::digits(number), number.to_string().len(), "{number}");
        }
    }
}
