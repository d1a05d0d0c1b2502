//! What the number plan tells about a number: where it is, what line it is, which zones it may be in.
//!
//! Static tables, no parser: a check of the length, then a walk down a tree with ten branches a node (under
//! +1 one look at the area code). Made by `generate.py` beside this file from the published data of
//! libphonenumber (Apache-2.0, see `NOTICE`) and from tables checked by hand: `nanp.txt`, the area codes of
//! the United States and Canada with their overlays, `states.txt`, the zones of the states, and `zones.txt`,
//! zones that the published data leave out.
//!
//! The generator compares the finished tables with the library. Where they differ it is on purpose:
//! - Under +1 a number has the zones of the whole overlay complex of its area code, a US number its state, and
//!   toll-free, premium and personal area codes have no region.
//! - A block that nobody has been assigned counts with its neighbours where they all agree, so that new
//!   assignments and numbers reserved for fiction have a region. The library says that they have none.
//! - National numbers of the French overseas departments that are written under +33 have no region.
//! - A zero behind the calling code, where no number begins with one, is the national prefix: not possible.
//! - Canada's seven-digit 310 numbers are not dialled from abroad and are not possible here.

mod tables;

pub use tables::ZONE_NAMES;

use crate::vocabulary::Line;
use crate::{Number, Region};

/// What the number plan tells about a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Its length fits the plan of its calling code, and it is no emergency or short code.
    ///
    /// Whether the block is assigned is not asked. Under an unassigned calling code 7 to 15 digits fit.
    pub possible: bool,
    /// Its country, with the state where the plan tells it (`US-IL`); none: toll-free, satellite, no plan.
    pub region: Option<Region>,
    /// The line where the plan tells it.
    pub line: Line,
    /// The zones that it may be in, ascending, as indices into [`ZONE_NAMES`]; empty: none is known.
    pub zones: &'static [u16],
}

/// The version of the published plan data.
pub const VERSION: &str = tables::VERSION;

/// A place as the tables hold it.
struct Row {
    possible: bool,
    line: u8,
    region: [u8; 4],
    zones: u16,
}

/// This bit marks the index of a place; without it a reference is the index of a node.
const IS_PLACE: u16 = 0x8000;
/// The first place of the tables: not possible.
const IMPOSSIBLE: u16 = IS_PLACE;
/// The most digits of a number, and the powers of ten up to there.
const POWERS: [u64; 16] = {
    let mut powers = [1; 16];
    let mut rest: &mut [u64] = &mut powers;
    let mut power: u64 = 1;
    while let [first, tail @ ..] = rest {
        *first = power;
        power = power.wrapping_mul(10);
        rest = tail;
    }
    powers
};

/// What the plan tells about this number. Allocates nothing.
///
/// ```
/// # use dialgate::{Number, plan};
/// let place = plan::locate("+44 20 7946 0010".parse()?);
/// assert!(place.possible);
/// assert_eq!(place.region, dialgate::Region::parse("GB"));
/// assert_eq!(plan::ZONE_NAMES[usize::from(place.zones[0])], "Europe/London");
/// # Ok::<(), dialgate::NumberError>(())
/// ```
#[must_use]
pub fn locate(number: Number) -> Place {
    place(reference(number.as_u64()))
}

/// How many places there are.
pub(crate) const PLACES: usize = tables::PLACES.len();

/// The index of the number's place, below [`PLACES`]: all numbers with one index have one place.
#[inline]
pub(crate) fn index(number: Number) -> u16 {
    reference(number.as_u64()) & !IS_PLACE
}

/// The place with this index.
pub(crate) fn at_index(index: u16) -> Place {
    place(index)
}

/// A number without the national zero that stands behind its calling code (`+48 022 300 00 01`), where that makes a
/// possible one of it.
#[cfg(any(feature = "compile", feature = "phone"))]
pub(crate) fn without_national_zero(number: Number) -> Option<Number> {
    let value = number.as_u64();
    let digits = value.checked_ilog10()?.checked_add(1)?;
    // Calling codes have one to three digits, and none is the beginning of another.
    (1..=3_u32).find_map(|code_digits| {
        let power = 10_u64.checked_pow(digits.checked_sub(code_digits)?)?;
        let (code, national) = (value.checked_div(power)?, value.checked_rem(power)?);
        let shorter = power.checked_div(10).filter(|shorter| national < *shorter)?;
        let stripped = Number::from_e164(code.checked_mul(shorter)?.checked_add(national)?)?;
        let is_code = calling_code_digits(value) == code_digits;
        (is_code && locate(stripped).possible).then_some(stripped)
    })
}

/// How many digits the calling code of this number has; zero: it is under none.
#[cfg(any(feature = "compile", feature = "phone"))]
fn calling_code_digits(number: u64) -> u32 {
    let digits = digits(number);
    let shift = 15_usize.checked_sub(digits).and_then(|missing| POWERS.get(missing)).copied().unwrap_or_default();
    let lead = number.wrapping_mul(shift) / 1_000_000_000_000;
    let plan = tables::FIRST.get(lead as usize).copied().map_or(0, usize::from);
    tables::CODE_DIGITS.get(plan).copied().map_or(0, u32::from)
}

/// All zones of a country or state, ascending, as indices into [`ZONE_NAMES`].
///
/// None when the region is not known: no ISO 3166-1 country, or no state of the United States (DC included).
#[must_use]
pub fn zones_of(region: Region) -> Option<&'static [u16]> {
    let found = tables::REGIONS.binary_search_by_key(&region.to_bytes(), |&(letters, _)| letters).ok()?;
    tables::REGIONS.get(found).map(|&(_, zones)| zone_set(zones))
}

/// Is the number possible, and the numbers around it (from the first to the last) of which the same is known.
#[cfg(feature = "compile")]
pub(crate) fn possible_span(number: u64) -> (bool, u64, u64) {
    let (reference, told) = walk(number);
    let digits = number.checked_ilog10().map_or(1, |log| log.wrapping_add(1));
    // Digits that tell nothing further; too short a number stands for itself.
    let open = if digits < 5 { 0 } else { digits.saturating_sub(told.max(3)) };
    let width = POWERS.get(open as usize).copied().unwrap_or(1);
    let first = number.wrapping_sub(number.checked_rem(width).unwrap_or_default());
    (place(reference).possible, first, first.wrapping_add(width.wrapping_sub(1)))
}

/// Reference to the place of these digits.
fn reference(number: u64) -> u16 {
    walk(number).0
}

/// Reference to the place of these digits, and how many of them told it.
#[inline(always)]
fn walk(number: u64) -> (u16, u32) {
    let digits = digits(number);
    if digits == 11 && number < 20_000_000_000 {
        let area = number / 10_000_000 % 1000;
        return (tables::AREAS.get(area as usize).copied().unwrap_or(IMPOSSIBLE), 4);
    }
    let Some(&shift) = 15_usize.checked_sub(digits).and_then(|missing| POWERS.get(missing)) else {
        return (IMPOSSIBLE, 15);
    };
    // The digits as if they were fifteen, so that the leading ones are always at the same power of ten.
    let mut rest = fraction(number.wrapping_mul(shift));
    let (lead, _) = first_digits(rest, 1000);
    let plan = tables::FIRST.get(lead).copied().map_or(0, usize::from);
    let row = tables::PLANS.get(plan).and_then(|row| row.get(digits));
    let mut reference = row.copied().unwrap_or(IMPOSSIBLE);
    if reference & IS_PLACE != 0 {
        return (reference, 3);
    }
    let mut told = u32::from(tables::CODE_DIGITS.get(plan).copied().unwrap_or_default());
    (_, rest) = first_digits(rest, POWERS.get(told as usize).copied().unwrap_or(1));
    // INVARIANT: the generator's trees end before the digits do.
    for _ in 0..15 {
        told = told.wrapping_add(1);
        let digit;
        (digit, rest) = first_digits(rest, 10);
        let node = tables::NODES.get(usize::from(reference));
        reference = node.and_then(|node| node.get(digit)).copied().unwrap_or(IMPOSSIBLE);
        if reference & IS_PLACE != 0 {
            return (reference, told);
        }
    }
    (IMPOSSIBLE, 15)
}

/// How many digits a number has; zero has one.
#[inline]
fn digits(number: u64) -> usize {
    let number = number | 1;
    // 1233 / 4096 is a little more than the logarithm of two: right, or one too few.
    let guess = (u64::BITS.wrapping_sub(number.leading_zeros()).wrapping_mul(1233) >> 12) as usize;
    let reached = POWERS.get(guess).is_none_or(|power| number >= *power);
    guess.wrapping_add(usize::from(reached))
}

/// Fifteen digits after the point, as a fraction of 2^64: a little more than they are, by less than one of the last
/// digit, so that every digit comes out right.
#[inline]
const fn fraction(digits: u64) -> u64 {
    /// 2^104 / 10^15, rounded up.
    const UNIT: u128 = (1_u128 << 104) / 1_000_000_000_000_000 + 1;
    // Rounding the unit up adds less than 910 of the 18,446 that the last digit is worth, and the one makes up for
    // what is cut off.
    ((digits as u128).wrapping_mul(UNIT) >> 40).wrapping_add(1) as u64
}

/// The first digits of a fraction, as many as this power of ten has zeros, and the fraction of the others.
#[inline]
const fn first_digits(fraction: u64, power: u64) -> (usize, u64) {
    let product = (fraction as u128).wrapping_mul(power as u128);
    ((product >> u64::BITS) as usize, product as u64)
}

fn place(reference: u16) -> Place {
    let nowhere = Place { possible: false, region: None, line: Line::Unknown, zones: &[] };
    tables::PLACES.get(usize::from(reference & !IS_PLACE)).map_or(nowhere, |row| Place {
        possible: row.possible,
        region: (row.region != [0; 4]).then_some(Region::from_bytes(row.region)),
        line: Line::from_code(row.line).unwrap_or(Line::Unknown),
        zones: zone_set(row.zones),
    })
}

fn zone_set(set: u16) -> &'static [u16] {
    tables::ZONE_SETS.get(usize::from(set)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
