//! Lists of format `hashed`: a first line `#key ID`, then the keyed hash of a number a line, in hexadecimal.
//!
//! A hash does not say which key it was made with, and under another key it matches nobody: a list whose key was
//! swapped would make everybody on it callable. That is why the first line must name the key.

use std::io::Read;

use super::feed::{BATCH, Feed};
use super::numbers::rows;
use crate::compile::error::{CompileError, Finding};
use crate::key::{KeyId, NumberHash};

/// What the first line begins with.
const KEY_LINE: &[u8] = b"#key";

/// Reads a list of hashes.
pub(super) fn read(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    let mut key: Option<KeyId> = None;
    let mut batch: Vec<NumberHash> = Vec::with_capacity(BATCH);
    rows(reader, feed, |feed, line, row| {
        let row = row.trim_ascii();
        let key = match key {
            Some(key) => key,
            None => {
                let (named, is_key_line) = key_of(feed, line, row)?;
                key = Some(named);
                if is_key_line {
                    return Ok(());
                }
                named
            }
        };
        match NumberHash::from_hex(row) {
            Ok(hash) => batch.push(hash),
            Err(_) => feed.reject(line, "not a hash of 32 hexadecimal digits", row),
        }
        if batch.len() == BATCH {
            feed.hashes(key, &batch);
            batch.clear();
        }
        Ok(())
    })?;
    if let Some(key) = key.filter(|_| !batch.is_empty()) {
        feed.hashes(key, &batch);
    }
    Ok(())
}

/// The key of a list that begins with this row, and whether the row said so.
fn key_of(feed: &Feed<'_>, line: u64, row: &[u8]) -> Result<(KeyId, bool), CompileError> {
    let find = |what: String, expected: &str, remedy: &str| -> CompileError {
        Finding::new(feed.source(), what, expected, remedy).at_line(line).into()
    };
    let Some(ring) = feed.context.keys else {
        return Err(find("the list is hashed, and there is no key".into(), "a `key_file`", "name it in the manifest"));
    };
    let named = row.strip_prefix(KEY_LINE).filter(|rest| rest.first().is_some_and(u8::is_ascii_whitespace));
    match named.map(|rest| KeyId::from_hex(rest.trim_ascii())) {
        Some(Ok(id)) if ring.find(id).is_some() => Ok((id, true)),
        Some(Ok(id)) => Err(find(
            format!("the list was hashed with key {id}, which the key file does not hold"),
            "the key file that it was hashed with",
            "correct `key_file`, or have the list hashed with its current key",
        )),
        Some(Err(_)) => Err(find(
            "the key of the list cannot be read".into(),
            "`#key` and 32 hexadecimal digits",
            "have the list hashed again (`dialgate hash` writes this line)",
        )),
        None if feed.list.key_unchecked => Ok((ring.current().id(), false)),
        None => Err(find(
            "the list does not say which key it was hashed with: under another one nobody on it would be found".into(),
            "`#key ID` in the first line",
            "have it hashed by `dialgate hash`, or add the line, or set `key_unchecked = true` if you are certain",
        )),
    }
}
