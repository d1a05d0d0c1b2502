#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::{Number, NumberError};
use crate::Region;

fn read(text: &str) -> Result<u64, NumberError> {
    text.parse().map(Number::as_u64)
}

fn national(text: &str, region: &str) -> Result<u64, NumberError> {
    Number::from_national(text, Region::parse(region).unwrap()).map(Number::as_u64)
}

#[test]
fn a_number_or_none_takes_eight_bytes() {
    assert_eq!(size_of::<Option<Number>>(), 8);
}

#[test]
fn plus_and_digits_are_read_with_the_usual_separators() {
    assert_eq!(read("+442079460010"), Ok(442_079_460_010));
    assert_eq!(read("+44 20 7946-0010"), Ok(442_079_460_010));
    assert_eq!(read("+1 (312) 555.0100"), Ok(13_125_550_100));
    assert_eq!(read("+112"), Ok(112));
    assert_eq!(read("+1"), Ok(1));
    assert_eq!(read("+999999999999999"), Ok(999_999_999_999_999));
}

#[test]
fn anything_else_says_what_is_wrong_and_where() {
    assert_eq!(read(""), Err(NumberError::NotInternational));
    assert_eq!(read("442079460010"), Err(NumberError::NotInternational));
    assert_eq!(read("00442079460010"), Err(NumberError::NotInternational));
    assert_eq!(read(" +442079460010"), Err(NumberError::NotInternational));
    assert_eq!(read("+"), Err(NumberError::NoDigits));
    assert_eq!(read("+ ()"), Err(NumberError::NoDigits));
    assert_eq!(read("+0442079460010"), Err(NumberError::LeadingZero { offset: 1 }));
    assert_eq!(read("+44 20 7946 001O"), Err(NumberError::UnexpectedCharacter { offset: 15 }));
    assert_eq!(read("++44"), Err(NumberError::UnexpectedCharacter { offset: 1 }));
    assert_eq!(read("+1234567890123456"), Err(NumberError::TooLong { offset: 16 }));
    assert_eq!(read(&format!("+{}", "4".repeat(40))), Err(NumberError::TooLong { offset: 16 }));
    assert_eq!(read("+44 (0)20 7946 0010"), Err(NumberError::OptionalZero { offset: 5 }));
}

#[test]
fn errors_and_debug_never_show_digits_of_the_number() {
    let error = read("+44 20 7946 0010x").unwrap_err().to_string();
    assert_eq!(error, "unexpected character at byte 16: expected digits, spaces, dots, hyphens or parentheses");
    let number: Number = "+442079460010".parse().unwrap();
    assert_eq!(format!("{number:?} {}", number.masked()), "Number(+44**********) +44**********");
    assert_eq!(format!("{:?}", Number::from_e164(112).unwrap()), "Number(+***)");
    let error = serde_json::from_str::<Number>("442079460010").unwrap_err().to_string();
    assert!(!error.contains("44207946"), "{error}");
    let error = serde_json::from_str::<Number>("\"442079460010\"").unwrap_err().to_string();
    assert!(!error.contains("44207946"), "{error}");
}

#[test]
fn serde_writes_and_reads_a_string() {
    let number: Number = "+442079460010".parse().unwrap();
    assert_eq!(serde_json::to_string(&number).unwrap(), "\"+442079460010\"");
    assert_eq!(serde_json::from_str::<Number>("\"+442079460010\"").unwrap(), number);
}

#[test]
fn zero_and_sixteen_digits_are_no_number() {
    assert_eq!(Number::from_e164(0), None);
    assert_eq!(Number::from_e164(1_000_000_000_000_000), None);
    assert_eq!(Number::from_e164(999_999_999_999_999).map(Number::as_u64), Some(999_999_999_999_999));
}

#[test]
fn two_zeros_stand_for_the_plus_where_that_is_allowed() {
    let read = |text| Number::from_international(text).map(Number::as_u64);
    assert_eq!(read("0044 20 7946 0010"), Ok(442_079_460_010));
    assert_eq!(read("+442079460010"), Ok(442_079_460_010));
    assert_eq!(read("000442079460010"), Err(NumberError::LeadingZero { offset: 2 }));
    assert_eq!(read("442079460010"), Err(NumberError::NotInternational));
}

#[test]
fn national_numbers_of_north_america_and_britain_are_read() {
    assert_eq!(national("3125550100", "US"), Ok(13_125_550_100));
    assert_eq!(national("(312) 555-0100", "US-IL"), Ok(13_125_550_100));
    assert_eq!(national("13125550100", "CA"), Ok(13_125_550_100));
    assert_eq!(national("020 7946 0010", "GB"), Ok(442_079_460_010));
    assert_eq!(national("07700900123", "GB"), Ok(447_700_900_123));
    assert_eq!(national("0169772345", "GB"), Ok(44_169_772_345));
    for text in ["555 0100", "1125550100", "23125550100", "0312555010", "31255501000", ""] {
        assert!(matches!(national(text, "US"), Err(NumberError::NotNational { .. })), "{text}");
    }
    for text in ["2079460010", "00442079460", "020 7946 00", "442079460010", ""] {
        assert!(matches!(national(text, "GB"), Err(NumberError::NotNational { .. })), "{text}");
    }
    assert_eq!(national("223000001", "PL"), Err(NumberError::NationalUnsupported));
}
