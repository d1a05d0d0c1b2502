//! Numbers as people write them, read with libphonenumber's rules (feature `phone`).
//!
//! For lists, leads and the command line; a check needs none of it. Costs microseconds a number and some tens
//! of megabytes, which all parsers of a program share.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber};

use crate::number::parse::without_fraction;
use crate::{Number, NumberError, Region, plan};

/// Why a text is not a number. Never contains the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// The default region has no number plan.
    #[error("the default region `{0}` is not known: expected a country such as `PL`")]
    UnknownRegion(Region),
    /// A national format without a default region.
    #[error("not in international form: write it with `+`, or give a default region")]
    NoRegion,
    /// It cannot be read as a number.
    #[error("not a telephone number: expected `+` and digits, or a national format of the default region")]
    NotANumber,
    /// It may be a national number, or one with its calling code.
    #[error("may be a national number or one with its calling code: write it with `+`, or with the national 0")]
    Ambiguous,
    /// It has too few digits to be a number.
    #[error("too few digits for a telephone number")]
    TooShort,
    /// It has more than 15 digits with its calling code.
    #[error("more than 15 digits with the calling code: E.164 numbers have at most 15")]
    TooLong,
    /// It is in international form, with this defect.
    #[error(transparent)]
    Number(NumberError),
}

/// Reads numbers in any format: `+` and digits, `00` and digits, national formats of a default region, `tel:`
/// URIs, digits of other scripts, `(0)`, letters on the dial. An extension is left out.
///
/// What is clearly international keeps all its digits even if it cannot be a number (`+112`), so that the gate
/// can say so. The exception: where they fit no plan but do once a national zero is left out
/// (`+44 020 7946 0010`), it is.
///
/// ```
/// use dialgate::{Region, phone::Parser};
///
/// let parser = Parser::new();
/// let number = parser.parse("020 7946 0010", Region::parse("GB"))?;
/// assert_eq!(number.to_string(), "+442079460010");
/// assert_eq!(parser.parse("+44 (0)20 7946 0010", None)?, number);
/// # Ok::<(), dialgate::phone::PhoneError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Parser(());

impl Parser {
    /// A parser.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }

    /// The number that this text says. `default_region`: in whose national format it may be; of a state its country's.
    ///
    /// # Errors
    /// The default region is not known (whatever the text), or what is wrong with the text.
    pub fn parse(self, text: &str, default_region: Option<Region>) -> Result<Number, PhoneError> {
        let text = text.trim();
        let region = default_region.map(known).transpose()?;
        let text = match text.strip_prefix('+') {
            Some(_) => text,
            None => std::str::from_utf8(without_fraction(text.as_bytes())).unwrap_or(text),
        };
        // Some countries dial abroad with prefixes such as 0011: where 00 makes no number the library tells.
        let clear = Number::from_international(text);
        if let Ok(number) = clear
            && plan::locate(number).possible
        {
            return Ok(number);
        }
        let clear = if region.is_none() { clear } else { text.parse() };
        if names_a_second(text) {
            return Err(PhoneError::NotANumber);
        }
        let international = is_international(text);
        if let Some(read) = region.and_then(|region| with_own_code(text, region)) {
            return read;
        }
        let read = PHONE_NUMBER_UTIL.parse(text, if international { None } else { region });
        let found = match (clear, read) {
            (Ok(number), Ok(read)) => Ok(digits(&read)
                .filter(|other| PHONE_NUMBER_UTIL.is_valid_number(&read) && plan::locate(*other).possible)
                .unwrap_or(number)),
            (Ok(number), Err(_)) => Ok(number),
            (Err(why), read) => {
                let read = read
                    .map(|read| digits(&read))
                    .map_err(|error| reason(&error, why, international, region.is_some()));
                match (read, Number::from_international(text)) {
                    (Ok(Some(number)), _) if plan::locate(number).possible => Ok(number),
                    (_, Ok(abroad)) => Ok(abroad),
                    (Ok(Some(number)), Err(_)) => Ok(number),
                    (Ok(None), Err(_)) => Err(PhoneError::TooLong),
                    (Err(error), Err(_)) => Err(error),
                }
            }
        };
        found.map(|number| {
            if plan::locate(number).possible { number } else { plan::without_national_zero(number).unwrap_or(number) }
        })
    }
}

/// Digits that begin with the region's own calling code, where that makes a valid number of them: it is that one, unless
/// the national reading is valid too (`4915123456789` in Germany). Then nobody can tell.
fn with_own_code(text: &str, region: rlibphonenumber::Region) -> Option<Result<Number, PhoneError>> {
    let code = PHONE_NUMBER_UTIL.get_country_code_for_region(region)?.to_string();
    if !text.starts_with(&code) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let valid = |read: PhoneNumber| PHONE_NUMBER_UTIL.is_valid_number(&read).then_some(read);
    let with_code = PHONE_NUMBER_UTIL.parse(&format!("+{text}"), None).ok().and_then(valid)?;
    let with_code = digits(&with_code).filter(|number| plan::locate(*number).possible)?;
    let national = PHONE_NUMBER_UTIL.parse(text, Some(region)).ok().and_then(valid);
    match national.and_then(|national| digits(&national)) {
        Some(national) if national != with_code => Some(Err(PhoneError::Ambiguous)),
        _ => Some(Ok(with_code)),
    }
}

/// The library's name of the region's country.
fn known(region: Region) -> Result<rlibphonenumber::Region, PhoneError> {
    let [a, b, _, _] = region.to_bytes().map(char::from);
    rlibphonenumber::Region::from_code(&String::from_iter([a, b]))
        .ok()
        .filter(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(*region).is_some())
        .filter(|_| !region.has_state() || plan::zones_of(region).is_some())
        .ok_or(PhoneError::UnknownRegion(region))
}

/// Does it begin with a plus, or is it a URI with one?
fn is_international(text: &str) -> bool {
    let rest = match text.split_at_checked(4) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel:") => rest,
        _ => text,
    };
    rest.trim_start_matches([' ', '(']).starts_with(['+', '\u{ff0b}'])
}

/// Is there a second number, of the form that the library leaves out in silence (`.../x...`)?
fn names_a_second(text: &str) -> bool {
    text.split(['/', '\\']).skip(1).any(|rest| rest.trim_start().starts_with(['x', 'X']))
}

/// The digits of a number that the library read; none when they are more than fifteen.
fn digits(read: &PhoneNumber) -> Option<Number> {
    let national = rlibphonenumber::get_national_significant_number_owned(read);
    let width = u32::try_from(national.len()).ok()?;
    let code = u64::try_from(read.country_code).ok()?.checked_mul(10_u64.checked_pow(width)?)?;
    Number::from_e164(code.checked_add(national.parse().ok()?)?)
}

fn reason(error: &rlibphonenumber::ParseError, why: NumberError, international: bool, has_region: bool) -> PhoneError {
    use rlibphonenumber::ParseError as Library;
    match error {
        _ if international && why != NumberError::NotInternational => PhoneError::Number(why),
        Library::InvalidCountryCode if !international && !has_region => PhoneError::NoRegion,
        Library::TooShortAfterIdd | Library::TooShortNsn => PhoneError::TooShort,
        Library::TooLongNsn => PhoneError::TooLong,
        _ => PhoneError::NotANumber,
    }
}

#[cfg(test)]
mod tests;
