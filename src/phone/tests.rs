#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::{Parser, PhoneError};
use crate::{NumberError, Region};

fn read(text: &str, region: &str) -> Result<u64, PhoneError> {
    let region = (!region.is_empty()).then(|| Region::parse(region).unwrap());
    Parser::new().parse(text, region).map(crate::Number::as_u64)
}

#[test]
fn international_forms_are_read_whatever_the_default_region() {
    for region in ["", "GB", "US", "PL", "US-FL", "AU"] {
        for text in [
            "+442079460010",
            "+44 20 7946 0010",
            "+44 (0)20 7946 0010",
            "+44 020 7946 0010",
            "+4402079460010",
            "tel:+44-20-7946-0010",
            "+442079460010",
            " +442079460010 ",
            "(+44) 20 7946 0010",
            "+44 20 7946 0010 ext. 12",
            "00442079460010",
            "00 44 20 7946 0010",
        ] {
            assert_eq!(read(text, region), Ok(442_079_460_010), "{text} {region}");
        }
    }
    assert_eq!(read("0011 44 20 7946 0010", "AU"), Ok(442_079_460_010));
    assert_eq!(read("011 44 20 7946 0010", "US"), Ok(442_079_460_010));
}

#[test]
fn national_forms_are_read_in_the_default_region() {
    for (text, region, number) in [
        ("020 7946 0010", "GB", 442_079_460_010),
        ("07700 900123", "GB", 447_700_900_123),
        ("0044 7700 900123", "GB", 447_700_900_123),
        ("(312) 555-0100", "US", 13_125_550_100),
        ("312.555.0100 x12", "US", 13_125_550_100),
        ("1 312 555 0100", "US-IL", 13_125_550_100),
        ("22 300 00 01", "PL", 48_223_000_001),
        ("48223000001", "PL", 48_223_000_001),
        ("01 99 00 00 10", "FR", 33_199_000_010),
        ("0491 570 156", "AU", 61_491_570_156),
        ("06 698 00000", "IT", 390_669_800_000),
    ] {
        assert_eq!(read(text, region), Ok(number), "{text} {region}");
    }
}

#[test]
fn no_digit_of_a_possible_number_is_dropped() {
    assert_eq!(read("+78001234567", ""), Ok(78_001_234_567));
    assert_eq!(read("+390669800000", "IT"), Ok(390_669_800_000));
    assert_eq!(read("+39 (0)6 698 00000", ""), Ok(390_669_800_000));
    assert_eq!(read("+447700900123", "US"), Ok(447_700_900_123));
    assert_eq!(read("+9991234567", "US"), Ok(9_991_234_567));
    assert_eq!(read("+999 123-4567", "US"), Ok(9_991_234_567));
}

#[test]
fn what_is_clearly_international_stays_even_if_it_cannot_be_a_number() {
    assert_eq!(read("+112", ""), Ok(112));
    assert_eq!(read("+112", "PL"), Ok(112));
    assert_eq!(read("+1911", "US"), Ok(1_911));
    assert_eq!(read("+44999", "GB"), Ok(44_999));
    assert_eq!(read("+1 312 555 010", "US"), Ok(1_312_555_010));
}

#[test]
fn a_short_code_stays_one() {
    let number = Parser::new().parse("112", Region::parse("PL")).unwrap();
    assert!(!crate::plan::locate(number).possible);
}

#[test]
fn an_unknown_default_region_is_an_error_whatever_the_text() {
    for region in ["XX", "ZZ", "US-ZZ", "UK"] {
        let known = Region::parse(region).unwrap();
        assert_eq!(read("+442079460010", region), Err(PhoneError::UnknownRegion(known)));
        assert_eq!(read("020 7946 0010", region), Err(PhoneError::UnknownRegion(known)));
    }
}

#[test]
fn errors_say_what_is_wrong_without_the_digits() {
    assert_eq!(read("020 7946 0010", ""), Err(PhoneError::NoRegion));
    assert_eq!(read("", "GB"), Err(PhoneError::NotANumber));
    assert_eq!(read("call me", "GB"), Err(PhoneError::NotANumber));
    assert_eq!(read(&"4".repeat(40), "GB"), Err(PhoneError::TooLong));
    let long = format!("+{}", "4".repeat(40));
    assert_eq!(read(&long, "GB"), Err(PhoneError::Number(NumberError::TooLong { offset: 16 })));
    for text in ["020 7946 0010", &long, "44 +é"] {
        let error = Parser::new().parse(text, None).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("44"), "{error}");
    }
}

#[test]
fn two_numbers_in_one_text_are_an_error() {
    for text in [
        "+44 20 7946 0010 / +44 20 7946 0011",
        "+442079460010;+442079460011",
        "+442079460010,+442079460011",
        "020 7946 0010 / 020 7946 0011",
        "020 7946 0010 or 020 7946 0011",
        "020 7946 0010, 020 7946 0011",
        "020 7946 0010 / x020 7946 0011",
        "(020) 7946 0010/ x11",
    ] {
        assert!(read(text, "GB").is_err(), "{text}");
    }
}
