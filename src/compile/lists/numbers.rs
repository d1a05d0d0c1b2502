//! Formats with one number a line: `plain`, `ftc`, `tps`, `vicidial` without a layout, and change files.

use std::io::Read;

use super::fast::{self, Rows};
use super::feed::{Action, Feed};
use super::lines::{self, Line};
use crate::compile::archive;
use crate::compile::blocks::{self, Piece};
use crate::compile::error::{CompileError, Finding};
use crate::compile::manifest::ListFormat;

/// Reads lines of one number each; blank lines are skipped.
pub(super) fn plain(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    blocks(reader, feed, |feed, line, row| feed.text(line, row, row))
}

/// `AAA,NNNNNNN` or ten digits a line.
pub(super) fn ftc(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    blocks(reader, feed, |feed, line, row| match joined(row) {
        Some(joined) => feed.text(line, &joined, row),
        None => feed.text(line, row, row),
    })
}

/// Reads lines of one number each on several threads, and calls `each` with those that need a closer look.
fn blocks<'a>(
    reader: &mut dyn Read,
    feed: &mut Feed<'a>,
    mut each: impl FnMut(&mut Feed<'a>, u64, &[u8]) -> Result<(), CompileError>,
) -> Result<(), CompileError> {
    let source = feed.source().to_owned();
    let (plan, takes_commas) = (feed.plan, feed.list.format == ListFormat::Ftc);
    let mut before = 0_u64;
    blocks::in_order(
        reader,
        feed.context.threads,
        |error| archive::broken(&source, &error),
        |_| true,
        |piece| match piece {
            Piece::Lines(bytes) => fast::read(bytes, plan, takes_commas),
            Piece::TooLong(_) => Rows::default(),
        },
        |piece, read| {
            match piece {
                Piece::Lines(bytes) => {
                    for (line, row) in &read.others {
                        let row = bytes.get(row.clone()).unwrap_or_default();
                        each(feed, before.saturating_add(*line), row)?;
                    }
                    before = before.saturating_add(read.lines);
                    feed.numbers(&read.numbers);
                }
                Piece::TooLong(start) => {
                    before = before.saturating_add(1);
                    feed.reject(before, "a line longer than a mebibyte", blocks::told(start));
                }
            }
            Ok(())
        },
    )?;
    Ok(())
}

/// The ten digits of `AAA,NNNNNNN`.
fn joined(row: &[u8]) -> Option<[u8; 10]> {
    let row = row.trim_ascii();
    let (area, number) = (row.get(..3)?, row.strip_prefix(row.get(..3)?)?.strip_prefix(b",")?);
    let mut joined = [0; 10];
    let (front, back) = joined.split_at_mut(3);
    if number.len() != back.len() {
        return None;
    }
    front.copy_from_slice(area);
    back.copy_from_slice(number);
    Some(joined)
}

/// A change file of layout `signed`: `+NUMBER` or `-NUMBER` a line, the sign being the action
/// (`++48...` adds a number in international form).
pub(super) fn signed(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    rows(reader, feed, |feed, line, row| {
        let (action, rest) = match row.trim_ascii().split_first() {
            Some((b'+', rest)) => (Action::Add, rest),
            Some((b'-', rest)) => (Action::Delete, rest),
            _ => {
                return Err(Finding::new(
                    feed.source(),
                    "a change row without a sign",
                    "`+NUMBER` or `-NUMBER`",
                    "correct the file, or declare its layout",
                )
                .at_line(line)
                .into());
            }
        };
        let joined = joined(rest);
        match feed.plan.read(joined.as_ref().map_or(rest, |joined| joined.as_slice())) {
            Ok(number) => {
                feed.change(action, number);
                Ok(())
            }
            Err(defect) => feed.defect(line, defect, row),
        }
    })
}

/// Calls `each` with every line that is not blank.
pub(super) fn rows<'a>(
    reader: &mut dyn Read,
    feed: &mut Feed<'a>,
    mut each: impl FnMut(&mut Feed<'a>, u64, &[u8]) -> Result<(), CompileError>,
) -> Result<(), CompileError> {
    let source = feed.source().to_owned();
    lines::each(
        reader,
        |error| archive::broken(&source, &error),
        |line, row| match row {
            Line::Whole(row) if row.trim_ascii().is_empty() => Ok(()),
            Line::Whole(row) => each(feed, line, row),
            Line::TooLong(start) => {
                feed.reject(line, "a line longer than a mebibyte", start);
                Ok(())
            }
        },
    )
}
