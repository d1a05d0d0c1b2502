//! Lines that are one number in its plain form: digits alone, read eight at a time. Every other line is left to the
//! readers that look closer, and no line is read here otherwise than they read it.

use std::ops::Range;

use super::national::Plan;
use crate::Number;
use crate::plan::possible_span;

/// What a block of lines holds.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Rows {
    /// The numbers of plain lines.
    pub(super) numbers: Vec<Number>,
    /// The other lines that are not blank: the line, counted from 1, and where it lies, without its end.
    pub(super) others: Vec<(u64, Range<usize>)>,
    /// How many lines there are.
    pub(super) lines: u64,
}

/// Reads whole lines; `takes_commas`: `AAA,NNNNNNN` is a form of its own.
pub(super) fn read(block: &[u8], plan: Plan, takes_commas: bool) -> Rows {
    let mut rows = Rows { numbers: Vec::with_capacity(block.len() / 11), ..Rows::default() };
    let mut known = Known { first: 1, last: 0, possible: false };
    let mut start = 0_usize;
    let mut line = |start: usize, end: usize| {
        rows.lines = rows.lines.wrapping_add(1);
        let end = if end > start && block.get(end.wrapping_sub(1)) == Some(&b'\r') { end.wrapping_sub(1) } else { end };
        match digits(block, start, end, plan, takes_commas).filter(|number| known.is_possible(number.as_u64())) {
            Some(number) => rows.numbers.push(number),
            None if block.get(start..end).is_none_or(|row| row.trim_ascii().is_empty()) => {}
            None => rows.others.push((rows.lines, start..end)),
        }
    };
    for end in memchr::memchr_iter(b'\n', block) {
        line(start, end);
        start = end.wrapping_add(1);
    }
    if start < block.len() {
        line(start, block.len());
    }
    rows
}

/// What is known of the numbers around the last one: lists are mostly in order.
struct Known {
    first: u64,
    last: u64,
    possible: bool,
}

impl Known {
    #[inline]
    fn is_possible(&mut self, number: u64) -> bool {
        if number < self.first || number > self.last {
            (self.possible, self.first, self.last) = possible_span(number);
        }
        self.possible
    }
}

/// The number of a plain line.
#[inline]
fn digits(block: &[u8], start: usize, end: usize, plan: Plan, takes_commas: bool) -> Option<Number> {
    /// +1 and ten digits.
    const NORTH_AMERICA: u64 = 10_000_000_000;
    let len = end.wrapping_sub(start);
    if block.get(start) == Some(&b'+') {
        let count = len.wrapping_sub(1);
        let value = last_digits(block, end, count).filter(|_| (7..=15).contains(&count))?;
        // A leading zero is no digit of any country.
        return Number::from_e164(value).filter(|_| block.get(start.wrapping_add(1)) != Some(&b'0'));
    }
    match plan {
        Plan::NorthAmerica => {
            let national = match len {
                10 => last_digits(block, end, 10)?,
                11 if takes_commas && block.get(start.wrapping_add(3)) == Some(&b',') => {
                    let area = last_digits(block, start.wrapping_add(3), 3)?;
                    area.wrapping_mul(10_000_000).wrapping_add(last_digits(block, end, 7)?)
                }
                11 => last_digits(block, end, 11)?.checked_sub(NORTH_AMERICA)?,
                _ => return None,
            };
            let fits = (2_000_000_000..NORTH_AMERICA).contains(&national);
            Number::from_e164(national.wrapping_add(NORTH_AMERICA)).filter(|_| fits)
        }
        Plan::Britain => britain(block.get(start..end)?),
        _ => None,
    }
}

/// A zero and ten digits, with blanks between them.
#[inline]
fn britain(row: &[u8]) -> Option<Number> {
    if !(11..=13).contains(&row.len()) || row.first() != Some(&b'0') {
        return None;
    }
    let (mut value, mut count) = (0_u64, 0_u32);
    for byte in row {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            count = count.wrapping_add(1);
        } else if *byte != b' ' {
            return None;
        }
    }
    // With a second leading zero it would be an international form.
    let fits = count == 11 && (1_000_000_000..10_000_000_000).contains(&value);
    Number::from_e164(value.wrapping_add(440_000_000_000)).filter(|_| fits)
}

/// The value of the last so many bytes before `end`, if all of them are digits; at most sixteen.
#[inline]
fn last_digits(block: &[u8], end: usize, count: usize) -> Option<u64> {
    const ZEROS: u128 = 0x3030_3030_3030_3030_3030_3030_3030_3030;
    let Some(window) = end.checked_sub(16).and_then(|first| block.get(first..end)?.first_chunk::<16>()) else {
        // Near the start of a block.
        return first_digits(block.get(end.checked_sub(count)?..end)?);
    };
    let others = 16_u32.checked_sub(count as u32)?.wrapping_mul(8);
    let mask = u128::MAX.checked_shl(others).unwrap_or_default();
    let text = (u128::from_le_bytes(*window) & mask) | (ZEROS & !mask);
    let (high, low) = (text as u64, (text >> u64::BITS) as u64);
    if (not_digits(high) | not_digits(low)) != 0 {
        return None;
    }
    Some(eight(high).wrapping_mul(100_000_000).wrapping_add(eight(low)))
}

#[cold]
fn first_digits(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| value.wrapping_mul(10).wrapping_add(u64::from(digit)))
    })
}

/// Zero if all eight bytes are digits: their high halves are 3, and stay so when 6 is added.
const fn not_digits(text: u64) -> u64 {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const THREES: u64 = 0x3030_3030_3030_3030;
    const SIXES: u64 = 0x0606_0606_0606_0606;
    ((text & HIGH) ^ THREES) | ((text.wrapping_add(SIXES) & HIGH) ^ THREES)
}

/// The value of eight digits: pairs, then fours, then all.
const fn eight(text: u64) -> u64 {
    let pairs = (text & 0x0f0f_0f0f_0f0f_0f0f).wrapping_mul(2561) >> 8;
    let fours = (pairs & 0x00ff_00ff_00ff_00ff).wrapping_mul(6_553_601) >> 16;
    (fours & 0x0000_ffff_0000_ffff).wrapping_mul(42_949_672_960_001) >> 32
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "a test that goes wrong fails")]

    use proptest::prelude::*;

    use super::*;

    const PLANS: [Plan; 3] = [Plan::International, Plan::NorthAmerica, Plan::Britain];

    /// The closer look gives the same for every line that is read here.
    fn agrees(text: &[u8], plan: Plan) {
        let rows = read(text, plan, false);
        let (mut numbers, mut others) = (Vec::new(), rows.others.iter().peekable());
        for (at, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
            let row = line.strip_suffix(b"\r").unwrap_or(line);
            if row.trim_ascii().is_empty() {
                continue;
            }
            match others.next_if(|(other, _)| *other == at) {
                Some((_, range)) => assert_eq!(&text[range.clone()], row),
                None => numbers.push(plan.read(row).unwrap_or_else(|_| unreachable!("{:?}", row.escape_ascii()))),
            }
        }
        assert_eq!(rows.numbers, numbers);
        assert!(others.next().is_none());
    }

    proptest! {
        #[test]
        fn what_is_read_here_is_read_the_same_there(rows in prop::collection::vec("[+]?[0-9]{0,17}|[ +0-9,()x]{0,14}|0[0-9]{3,4} [0-9]{6,7}|[+]4822300[0-9]{4}|202555[0-9]{4}", 0..40), end in "\n|\r\n") {
            for plan in PLANS {
                agrees(rows.join(&end).as_bytes(), plan);
            }
        }
    }

    #[test]
    fn plain_forms_need_no_closer_look() {
        let text = b"+48223000001\r\n+442079460010\n+12025550101";
        assert_eq!(read(text, Plan::International, false).numbers.len(), 3);
        let text = b"202,5550101\n2025550102\r\n12025550103\n+12025550104\n";
        let rows = read(text, Plan::NorthAmerica, true);
        let digits: Vec<u64> = rows.numbers.iter().map(|number| number.as_u64()).collect();
        assert_eq!(digits, [12_025_550_101, 12_025_550_102, 12_025_550_103, 12_025_550_104]);
        assert_eq!((rows.lines, rows.others.len()), (4, 0));
        let rows = read(b"0207 9460010\r\n\r\n07700 900123\r\n", Plan::Britain, false);
        let digits: Vec<u64> = rows.numbers.iter().map(|number| number.as_u64()).collect();
        assert_eq!(digits, [442_079_460_010, 447_700_900_123]);
    }

    #[test]
    fn a_line_that_is_no_plain_number_is_left() {
        for row in ["+0223000001", "+48223000001x", "x48223000001", "48223000001", "+482230000012345678", "202,5550101"]
        {
            let rows = read(row.as_bytes(), Plan::International, false);
            assert_eq!((rows.numbers.len(), rows.others.len()), (0, 1), "{row}");
        }
    }
}
