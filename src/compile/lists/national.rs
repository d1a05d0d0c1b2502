//! Reads numbers as files write them: international, or national in one known plan. Nothing is guessed.

use crate::number::parse::without_fraction;
use crate::{Number, Region};

/// Regions that share +1 (besides `US` and `CA`).
const NANP: &[&str] = &[
    "US", "CA", "AG", "AI", "AS", "BB", "BM", "BS", "DM", "DO", "GD", "GU", "JM", "KN", "KY", "LC", "MP", "MS", "PR",
    "SX", "TC", "TT", "VC", "VG", "VI",
];

/// How digits without a plus are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Plan {
    /// Not at all.
    International,
    /// +1: ten digits, or eleven with the leading 1.
    NorthAmerica,
    /// +44: with or without the leading 0.
    Britain,
    /// Another country's plan.
    #[cfg(feature = "phone")]
    Other(Region),
}

/// Why a text is not taken as a number. Never contains it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Defect {
    /// Digits, but no number of any country: too many, too few, or an area code that cannot be.
    Impossible,
    /// Digits without a plus, and no region to read them in.
    NeedsRegion,
    /// Something else than a number.
    Unreadable,
    /// A line that begins with `#`. It may hold a number that somebody took off the list, or one that an export
    /// marked so: nobody can tell, and nothing is skipped in silence.
    Comment,
}

impl Defect {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Impossible => "no number of any country",
            Self::NeedsRegion => "digits without a plus, and the list names no region",
            Self::Unreadable => "not a number",
            Self::Comment => "a row that begins with `#`: lists have no comments, remove it",
        }
    }
}

/// Can this build read national numbers of this region?
pub(crate) fn is_supported(region: Region) -> bool {
    cfg!(feature = "phone") || plan(region) != Plan::International
}

/// The plan of a region.
pub(crate) fn plan(region: Region) -> Plan {
    let country = region.country().to_string();
    if NANP.contains(&country.as_str()) {
        return Plan::NorthAmerica;
    }
    if matches!(country.as_str(), "GB" | "GG" | "JE" | "IM") {
        return Plan::Britain;
    }
    #[cfg(feature = "phone")]
    return Plan::Other(region);
    #[cfg(not(feature = "phone"))]
    Plan::International
}

impl Plan {
    /// Reads a number that its plan can have; what else it may be is decided by [`cannot_be_a_number`].
    pub(crate) fn read(self, text: &[u8]) -> Result<Number, Defect> {
        let text = text.trim_ascii();
        let text = match text.strip_prefix(b"+") {
            // The plus stays: without the fraction it is so many bytes shorter.
            Some(digits) => text.get(..without_fraction(digits).len().saturating_add(1)).unwrap_or(text),
            None => without_fraction(text),
        };
        if text.starts_with(b"#") {
            return Err(Defect::Comment);
        }
        if is_dubious(text) {
            return Err(Defect::Unreadable);
        }
        match self.read_digits(text) {
            Ok(number) if crate::plan::locate(number).possible => Ok(number),
            Ok(number) => {
                repaired(text).or_else(|| crate::plan::without_national_zero(number)).ok_or_else(|| hopeless(text))
            }
            Err(Defect::Impossible) => repaired(text).ok_or_else(|| hopeless(text)),
            Err(defect) => repaired(text).ok_or(defect),
        }
    }

    /// Reads the digits: blanks, `-`, `.`, `(`, `)` and `/` between digits are skipped.
    fn read_digits(self, text: &[u8]) -> Result<Number, Defect> {
        let (text, has_plus) = match text.strip_prefix(b"+") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let digits = Digits::of(text)?;
        if has_plus {
            return international(digits.value, digits.count, digits.zeros);
        }
        #[cfg(feature = "phone")]
        if let Self::Other(region) = self {
            // Other countries dial abroad with other digits than 00: where it makes no number their plan knows.
            let abroad = international(digits.value, digits.count.saturating_sub(2), 0);
            return match abroad {
                Ok(number) if digits.zeros == 2 && crate::plan::locate(number).possible => Ok(number),
                _ => other(text, region),
            };
        }
        if digits.zeros == 2 {
            return international(digits.value, digits.count.saturating_sub(2), 0);
        }
        if digits.count > 17 || digits.count == 0 {
            return Err(if digits.count == 0 { Defect::Unreadable } else { Defect::Impossible });
        }
        match self {
            Self::International => Err(Defect::NeedsRegion),
            Self::NorthAmerica => north_america(digits),
            Self::Britain => britain(digits),
            #[cfg(feature = "phone")]
            Self::Other(region) => other(text, region),
        }
    }
}

/// May it be another number than its digits make, or two? Letters stand for digits on a dial, and for digits that were
/// typed wrongly; behind a slash stands another number, or the end of one.
fn is_dubious(text: &[u8]) -> bool {
    let slashed = text
        .rsplit(|byte| *byte == b'/')
        .next()
        .map_or(0, |tail| tail.iter().filter(|byte| byte.is_ascii_digit()).count());
    let has_slash = text.contains(&b'/');
    text.iter().any(u8::is_ascii_alphabetic) || (has_slash && slashed < 5)
}

/// What is wrong with a text that is read as no possible number.
fn hopeless(text: &[u8]) -> Defect {
    if cannot_be_a_number(text) { Defect::Impossible } else { Defect::Unreadable }
}

/// One run of digits that is too short or too long for any number, or one digit over and over. All else may
/// hold somebody's number, and losing it would be an allow.
fn cannot_be_a_number(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    let one_run = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let filler = digits.windows(2).all(|pair| pair.first() == pair.last());
    one_run && (!(4..=18).contains(&digits.len()) || filler)
}

/// An international number in a form that leads are read in too, such as with a trunk zero in parentheses.
#[cfg(feature = "phone")]
fn repaired(text: &[u8]) -> Option<Number> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.starts_with('+') || text.starts_with("00"))?;
    let number = crate::phone::Parser::new().parse(text, None).ok()?;
    crate::plan::locate(number).possible.then_some(number)
}

#[cfg(not(feature = "phone"))]
fn repaired(_text: &[u8]) -> Option<Number> {
    None
}

/// The digits of a text.
#[derive(Clone, Copy)]
struct Digits {
    value: u64,
    count: u32,
    /// How many zeros lead (counted up to two).
    zeros: u32,
}

impl Digits {
    #[expect(clippy::arithmetic_side_effects, reason = "at most 18 digits are added up, which fit in 64 bits")]
    fn of(text: &[u8]) -> Result<Self, Defect> {
        let mut digits = Self { value: 0, count: 0, zeros: 0 };
        for byte in text {
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                if digits.count < 18 {
                    if digit == 0 && digits.zeros == digits.count && digits.zeros < 2 {
                        digits.zeros += 1;
                    }
                    digits.value = digits.value * 10 + u64::from(digit);
                }
                digits.count = digits.count.saturating_add(1);
            } else if !matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/' | b'\t') {
                return Err(Defect::Unreadable);
            }
        }
        Ok(digits)
    }
}

fn international(value: u64, count: u32, zeros: u32) -> Result<Number, Defect> {
    if zeros > 0 || !(4..=15).contains(&count) {
        return Err(Defect::Impossible);
    }
    // A further leading zero shows in the value being too short for its digits.
    let least = 10_u64.saturating_pow(count.saturating_sub(1));
    if value < least {
        return Err(Defect::Impossible);
    }
    Number::from_e164(value).ok_or(Defect::Impossible)
}

fn north_america(digits: Digits) -> Result<Number, Defect> {
    const CODE: u64 = 10_000_000_000;
    let national = match digits.count {
        10 => digits.value,
        11 if digits.value / CODE == 1 => digits.value % CODE,
        // A local number may have lost its area code: it is somebody's.
        7 => return Err(Defect::Unreadable),
        _ => return Err(Defect::Impossible),
    };
    let area = national / 10_000_000;
    if area < 200 {
        return Err(Defect::Impossible);
    }
    Number::from_e164(national.saturating_add(CODE)).ok_or(Defect::Impossible)
}

fn britain(digits: Digits) -> Result<Number, Defect> {
    let significant = digits.count.saturating_sub(digits.zeros);
    let digits_of_code = |length: u32| 44_u64.saturating_mul(10_u64.saturating_pow(length));
    match (digits.zeros, significant) {
        (1, 7 | 9 | 10) | (0, 9 | 10) => {
            Number::from_e164(digits_of_code(significant).saturating_add(digits.value)).ok_or(Defect::Impossible)
        }
        (0, 12) if digits.value / 10_000_000_000 == 44 => Number::from_e164(digits.value).ok_or(Defect::Impossible),
        (_, 5..=8) => Err(Defect::Unreadable),
        _ => Err(Defect::Impossible),
    }
}

/// Another plan, through libphonenumber's data.
#[cfg(feature = "phone")]
fn other(text: &[u8], region: Region) -> Result<Number, Defect> {
    use crate::phone::{Parser, PhoneError};
    let text = std::str::from_utf8(text).map_err(|_| Defect::Unreadable)?;
    let number = Parser::new().parse(text, Some(region)).map_err(|error| match error {
        PhoneError::TooLong => Defect::Impossible,
        _ => Defect::Unreadable,
    })?;
    if crate::plan::locate(number).possible { Ok(number) } else { Err(Defect::Unreadable) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail")]
    use super::*;

    fn read(plan: Plan, text: &str) -> Result<u64, Defect> {
        plan.read(text.as_bytes()).map(Number::as_u64)
    }

    #[test]
    fn international_forms_are_read_in_every_plan() {
        for plan in [Plan::International, Plan::NorthAmerica, Plan::Britain] {
            assert_eq!(read(plan, "+48 22 300-00-01").unwrap(), 48_223_000_001);
            assert_eq!(read(plan, "0048223000001").unwrap(), 48_223_000_001);
        }
    }

    #[test]
    fn digits_alone_need_a_region() {
        assert_eq!(read(Plan::International, "2025550101"), Err(Defect::NeedsRegion));
    }

    #[test]
    fn national_forms_are_read_in_their_plan() {
        for text in ["2025550101", "12025550101", "(202) 555-0101", "+1 202.555.0101"] {
            assert_eq!(read(Plan::NorthAmerica, text).unwrap(), 12_025_550_101, "{text}");
        }
        for text in ["0207 9460011", "02079460011", "2079460011", "442079460011"] {
            assert_eq!(read(Plan::Britain, text).unwrap(), 442_079_460_011, "{text}");
        }
    }

    #[cfg(feature = "phone")]
    #[test]
    fn other_plans_are_read_through_the_library() {
        let plan = plan(Region::parse("PL").unwrap());
        assert_eq!(read(plan, "22 300 00 01").unwrap(), 48_223_000_001);
        assert_eq!(read(plan, "12"), Err(Defect::Unreadable));
        assert_eq!(read(plan, &"1".repeat(40)), Err(Defect::Impossible));
    }

    #[test]
    fn what_no_number_can_be_is_told_from_what_cannot_be_read() {
        let forty = "1".repeat(40);
        for plan in [Plan::International, Plan::NorthAmerica, Plan::Britain] {
            assert_eq!(read(plan, &forty), Err(Defect::Impossible));
            assert_eq!(read(plan, &format!("+{forty}")), Err(Defect::Impossible));
            assert_eq!(read(plan, "phone"), Err(Defect::Unreadable));
        }
        assert_eq!(read(Plan::NorthAmerica, "0000000000"), Err(Defect::Impossible));
        assert_eq!(read(Plan::Britain, "12"), Err(Defect::Impossible));
    }

    #[test]
    fn what_may_hold_a_number_is_never_passed_over_as_none() {
        for text in ["+0123456789", "000123456789", "+0048223000001", "+48223000001/48223000002", "+442079460100   7"] {
            assert_eq!(read(Plan::International, text), Err(Defect::Unreadable), "{text}");
        }
        for text in
            ["442079460100", "48223000001", "5550101", "1115550101", "2125550101 2125550102", "011 48 223000001"]
        {
            assert_eq!(read(Plan::NorthAmerica, text), Err(Defect::Unreadable), "{text}");
        }
        for text in ["4402079460100", "0 44 20 7946 0100", "020 7946 0100 / 0101"] {
            assert_eq!(read(Plan::Britain, text), Err(Defect::Unreadable), "{text}");
        }
    }

    #[cfg(feature = "phone")]
    #[test]
    fn a_listed_number_is_read_as_the_same_lead_is() {
        for text in ["+44 (0)20 7946 0100", "+44 020 7946 0100"] {
            assert_eq!(read(Plan::International, text), Ok(442_079_460_100), "{text}");
        }
        assert_eq!(read(plan(Region::parse("AU").unwrap()), "0011 48 223000001"), Ok(48_223_000_001));
    }
}
