//! Reading numbers that are clearly written, without the number plan.

use std::str::FromStr;

use super::{Number, NumberError};
use crate::Region;

/// Most digits of a number.
const MOST_DIGITS: usize = 15;

impl FromStr for Number {
    type Err = NumberError;

    /// Reads `+` and digits. Spaces, dots, hyphens and parentheses between them are left out, `(0)` is an error.
    #[inline]
    fn from_str(text: &str) -> Result<Self, NumberError> {
        match text.as_bytes() {
            [b'+', digits @ ..] => plain(digits).map_or_else(|| separated(without_fraction(digits), 1), Ok),
            _ => Err(NumberError::NotInternational),
        }
    }
}

impl Number {
    /// Reads a number in international form, with `+` as [`FromStr`] does or with `00` instead.
    ///
    /// # Errors
    /// What is wrong and at which byte, never the text.
    pub fn from_international(text: &str) -> Result<Self, NumberError> {
        match text.as_bytes() {
            [b'0', b'0', digits @ ..] => plain(digits).map_or_else(|| separated(without_fraction(digits), 2), Ok),
            _ => text.parse(),
        }
    }

    /// Reads a national number of a country whose numbers need no plan to be read: ten digits, or eleven with a
    /// leading 1, in the United States and Canada; a leading 0 and nine or ten digits in Britain. Separators
    /// as in [`FromStr`].
    ///
    /// # Errors
    /// What was expected, or that national numbers of this region are not read here.
    pub fn from_national(text: &str, region: Region) -> Result<Self, NumberError> {
        let (digits, count) = national_digits(text.as_bytes())?;
        match &region.country().to_bytes() {
            b"US\0\0" | b"CA\0\0" => {
                let expected = "the ten digits of a North American number";
                let ten = if count == 11 { digits.checked_sub(10_000_000_000) } else { Some(digits) };
                match ten.filter(|ten| count >= 10 && (2_000_000_000..10_000_000_000).contains(ten)) {
                    Some(ten) => Self::from_e164(ten.saturating_add(10_000_000_000)),
                    None => None,
                }
                .ok_or(NumberError::NotNational { expected })
            }
            b"GB\0\0" => {
                let expected = "a 0 and the nine or ten digits of a British number";
                let (power, fits) = match count {
                    10 => (1_000_000_000, digits >= 100_000_000),
                    11 => (10_000_000_000, digits >= 1_000_000_000),
                    _ => (0, false),
                };
                let fits = fits && digits < power && text.bytes().find(u8::is_ascii_digit) == Some(b'0');
                let number = if fits { Self::from_e164(power.saturating_mul(44).saturating_add(digits)) } else { None };
                number.ok_or(NumberError::NotNational { expected })
            }
            _ => Err(NumberError::NationalUnsupported),
        }
    }
}

/// Digits alone, the common case; none sends the text to the reader that finds out more.
#[inline]
fn plain(digits: &[u8]) -> Option<Number> {
    if digits.len() > MOST_DIGITS || digits.first() == Some(&b'0') {
        return None;
    }
    let mut value: u64 = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    Number::from_e164(value)
}

/// Digits without the `.0` that spreadsheets put behind the numbers of a column.
pub(crate) fn without_fraction(digits: &[u8]) -> &[u8] {
    let end = digits.iter().position(|byte| !byte.is_ascii_digit());
    match end.and_then(|end| digits.split_at_checked(end)) {
        Some((whole, [b'.' | b',', zeros @ ..]))
            if whole.len() > 4 && !zeros.is_empty() && zeros.iter().all(|byte| *byte == b'0') =>
        {
            whole
        }
        _ => digits,
    }
}

/// Digits with separators; `skipped` bytes stood before them.
#[cold]
fn separated(text: &[u8], skipped: usize) -> Result<Number, NumberError> {
    let mut value: u64 = 0;
    let mut count: usize = 0;
    let mut rest = text;
    let mut offset = skipped;
    while let [byte, tail @ ..] = rest {
        match byte {
            b'(' if matches!(tail, [b'0', b')', ..]) => {
                return Err(NumberError::OptionalZero { offset: offset.saturating_add(1) });
            }
            b' ' | b'.' | b'-' | b'(' | b')' => {}
            b'0' if count == 0 => return Err(NumberError::LeadingZero { offset }),
            b'0'..=b'9' if count == MOST_DIGITS => return Err(NumberError::TooLong { offset }),
            b'0'..=b'9' => {
                value = value.wrapping_mul(10).wrapping_add(u64::from(byte.wrapping_sub(b'0')));
                count = count.saturating_add(1);
            }
            _ => return Err(NumberError::UnexpectedCharacter { offset }),
        }
        rest = tail;
        offset = offset.saturating_add(1);
    }
    Number::from_e164(value).ok_or(NumberError::NoDigits)
}

/// The value and the number of the digits, leading zeros counted.
fn national_digits(text: &[u8]) -> Result<(u64, usize), NumberError> {
    let mut value: u64 = 0;
    let mut count: usize = 0;
    for (offset, byte) in text.iter().enumerate() {
        match byte {
            b' ' | b'.' | b'-' | b'(' | b')' => {}
            b'0'..=b'9' if count == MOST_DIGITS => return Err(NumberError::TooLong { offset }),
            b'0'..=b'9' => {
                value = value.wrapping_mul(10).wrapping_add(u64::from(byte.wrapping_sub(b'0')));
                count = count.saturating_add(1);
            }
            _ => return Err(NumberError::UnexpectedCharacter { offset }),
        }
    }
    Ok((value, count))
}
