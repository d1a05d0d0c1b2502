//! Splits a stream into lines without copying them one by one.

use std::io::{self, Read};

/// A longer line cannot be a row of any list.
pub(crate) const MAX_LINE: usize = 1 << 20;
const BLOCK: usize = 1 << 18;

/// A line that was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Line<'a> {
    /// Its bytes, without the line end.
    Whole(&'a [u8]),
    /// It is longer than [`MAX_LINE`]; its first bytes.
    TooLong(&'a [u8]),
}

/// Calls `each` with every line and its number (from 1). Line ends are LF or CR LF.
pub(crate) fn each<E>(
    reader: &mut dyn Read,
    broken: impl Fn(io::Error) -> E,
    mut each: impl FnMut(u64, Line<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut buffer = vec![0_u8; BLOCK];
    let mut filled = 0_usize;
    let mut line = 0_u64;
    let mut is_skipping = false;
    loop {
        if filled == buffer.len() {
            if buffer.len() >= MAX_LINE {
                if !is_skipping {
                    line = line.saturating_add(1);
                    each(line, Line::TooLong(buffer.get(..64).unwrap_or_default()))?;
                }
                is_skipping = true;
                filled = 0;
            } else {
                buffer.resize(buffer.len().saturating_mul(2), 0);
            }
        }
        let read = match reader.read(buffer.get_mut(filled..).unwrap_or_default()) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(broken(error)),
        };
        let fresh = filled;
        filled = filled.saturating_add(read);
        let bytes = buffer.get(..filled).unwrap_or_default();
        let mut start = 0_usize;
        for at in memchr::memchr_iter(b'\n', bytes.get(fresh..).unwrap_or_default()) {
            let end = fresh.saturating_add(at);
            let row = bytes.get(start..end).unwrap_or_default();
            if is_skipping {
                is_skipping = false;
            } else {
                line = line.saturating_add(1);
                each(line, Line::Whole(row.strip_suffix(b"\r").unwrap_or(row)))?;
            }
            start = end.saturating_add(1);
        }
        if read == 0 {
            let row = bytes.get(start..).unwrap_or_default();
            if !row.is_empty() && !is_skipping {
                each(line.saturating_add(1), Line::Whole(row.strip_suffix(b"\r").unwrap_or(row)))?;
            }
            return Ok(());
        }
        buffer.copy_within(start..filled, 0);
        filled = filled.saturating_sub(start);
    }
}
