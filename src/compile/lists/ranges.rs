//! `ranges`: `from,to` (both included) or `prefix*` a line, in E.164 with or without the plus.

use std::io::Read;

use super::feed::Feed;
use super::numbers::rows;
use crate::compile::error::CompileError;
use crate::compile::input::Target;

/// The most digits of an E.164 number.
const MAX_DIGITS: usize = 15;
/// The digits of a number under +1.
const NANP_DIGITS: usize = 11;

pub(super) fn read(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    rows(reader, feed, |feed, line, row| {
        let trimmed = row.trim_ascii();
        if let Some(prefix) = trimmed.strip_suffix(b"*") {
            match digits(prefix) {
                Some((value, length)) => feed.ranges(prefixes(value, length)),
                None => feed.reject(line, "not a prefix: expected digits and `*`", row),
            }
            return Ok(());
        }
        let mut parts = trimmed.splitn(2, |byte| *byte == b',');
        match (parts.next().and_then(digits), parts.next().and_then(digits)) {
            (Some((first, a)), Some((last, b))) if a == b => {
                if first > last {
                    feed.widen(line, "the range ends before it begins: read the other way round", row);
                }
                feed.ranges([Target::Range { first: first.min(last), last: first.max(last) }]);
            }
            (Some(_), Some(_)) => feed.reject(line, "the ends of the range differ in length", row),
            _ => feed.reject(line, "not a range: expected `from,to` or `prefix*`", row),
        }
        Ok(())
    })
}

/// The ranges of all numbers with this prefix, one for each length that they may have.
pub(super) fn prefixes(prefix: u64, length: usize) -> Vec<Target> {
    let is_nanp = prefix.to_string().starts_with('1');
    let lengths = if is_nanp { NANP_DIGITS..=NANP_DIGITS } else { length..=MAX_DIGITS };
    lengths
        .filter_map(|digits| {
            let scale = 10_u64.checked_pow(u32::try_from(digits.checked_sub(length)?).ok()?)?;
            let first = prefix.checked_mul(scale)?;
            Some(Target::Range { first, last: first.checked_add(scale.checked_sub(1)?)? })
        })
        .collect()
}

/// Value and length of up to 15 digits that do not begin with zero.
fn digits(text: &[u8]) -> Option<(u64, usize)> {
    let text = text.trim_ascii();
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let fits = (1..=MAX_DIGITS).contains(&text.len()) && text.iter().all(u8::is_ascii_digit) && !text.starts_with(b"0");
    if !fits {
        return None;
    }
    let value = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some((value, text.len()))
}
