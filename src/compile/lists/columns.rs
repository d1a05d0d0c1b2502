//! Formats with a header row: `csv`, `genesys`, `dncscrub`, and change files with an action column.

use std::io::Read;
use std::path::Path;

use csv::ByteRecord;

use super::feed::{Action, Feed};
use crate::Timestamp;
use crate::compile::archive;
use crate::compile::date;
use crate::compile::error::{CompileError, Finding};
use crate::compile::input::{ListEntry, Scope, Target};
use crate::vocabulary::ChannelSet;

/// Where the columns of a file are.
#[derive(Clone, Copy, Default)]
struct Places {
    number: usize,
    until: Option<usize>,
    added: Option<usize>,
    purposes: Option<usize>,
    channels: Option<usize>,
    result: Option<usize>,
    action: Option<usize>,
}

/// `csv`: the columns that the manifest names; dates RFC 3339 or `YYYY-MM-DD`, empty: undated.
pub(super) fn csv(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    rows(
        reader,
        feed,
        |header, feed| {
            let columns = &feed.list.columns;
            Ok(Places {
                number: header.named(columns.number.as_deref().unwrap_or_default())?,
                until: header.optional(columns.until.as_deref())?,
                added: header.optional(columns.added.as_deref())?,
                purposes: header.optional(columns.purposes.as_deref())?,
                channels: header.optional(columns.channels.as_deref())?,
                ..Places::default()
            })
        },
        |feed, line, record, places| entry(feed, line, record, places, date::instant),
    )
}

/// Genesys Cloud: number column `Phone`, `Number` or named; expiry column `Expires`, `Expiration` or named.
pub(super) fn genesys(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    rows(
        reader,
        feed,
        |header, feed| {
            let columns = &feed.list.columns;
            Ok(Places {
                number: match &columns.number {
                    Some(name) => header.named(name)?,
                    None => header.one_of(&["Phone", "Number"])?.ok_or_else(|| header.missing("Phone` or `Number"))?,
                },
                until: match &columns.until {
                    Some(name) => Some(header.named(name)?),
                    None => header.one_of(&["Expires", "Expiration"])?,
                },
                added: header.optional(columns.added.as_deref())?,
                ..Places::default()
            })
        },
        |feed, line, record, places| entry(feed, line, record, places, date::genesys),
    )
}

/// Letters of DNCScrub that say that nothing speaks against the number, or that the vendor's own exemption
/// or business relationship outweighs a listing: no entry.
const CLEAN: &[u8] = b"CXEO";
/// Letters for what is no telephone number.
const INVALID: &[u8] = b"IM";

/// DNC.com's scrub output: columns `Phone` and `ResultCode`, or named.
///
/// No entry: `C` clean, `X` industry-exempt, `E` EBR valid, `O` EBR overrides DNC. `I` invalid and `M`
/// malformed rows are kept, as every other letter, when their number can be read (`D` DNC, `P` project DNC,
/// `B` blocked area, `R` EBR expired, `W` wireless, `L` wireless forbidden by state, `F` `G` `H` `V` EBR and
/// wireless combined, `Y` VoIP, `S` disconnected); a letter that is not known is kept and reported.
pub(super) fn dncscrub(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    const LISTED: &[u8] = b"DPBRWLFGHVYS";
    rows(
        reader,
        feed,
        |header, feed| {
            let columns = &feed.list.columns;
            let number = columns.number.as_deref().unwrap_or("Phone");
            let result = columns.result.as_deref().unwrap_or("ResultCode");
            Ok(Places { number: header.named(number)?, result: Some(header.named(result)?), ..Places::default() })
        },
        |feed, line, record, places| {
            let number = record.get(places.number).unwrap_or_default();
            let letter = places.result.and_then(|place| record.get(place)).unwrap_or_default().trim_ascii();
            let letter = match letter {
                [letter] => letter.to_ascii_uppercase(),
                _ => 0,
            };
            let row = record;
            if CLEAN.contains(&letter) {
                feed.rows = feed.rows.saturating_add(1);
                return Ok(());
            }
            match feed.plan.read(number) {
                Ok(number) => {
                    if INVALID.contains(&letter) {
                        feed.widen(line, "marked as invalid by the vendor, and kept", row);
                    } else if !LISTED.contains(&letter) {
                        feed.widen(line, "a result letter that is not known", row);
                    }
                    feed.number(number);
                    Ok(())
                }
                Err(_) if INVALID.contains(&letter) => {
                    feed.impossible(line, "marked as invalid by the vendor", row);
                    Ok(())
                }
                Err(defect) => feed.defect(line, defect, row),
            }
        },
    )
}

/// A change file with columns `number` and `action` (`add` or `delete`).
pub(super) fn changes(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    rows(
        reader,
        feed,
        |header, feed| {
            let columns = &feed.list.columns;
            Ok(Places {
                number: header.named(columns.number.as_deref().unwrap_or("number"))?,
                action: header.optional(columns.action.as_deref())?,
                ..Places::default()
            })
        },
        |feed, line, record, places| {
            let action = places.action.and_then(|place| record.get(place)).unwrap_or_default().trim_ascii();
            let action = if action.eq_ignore_ascii_case(b"add") {
                Action::Add
            } else if action.eq_ignore_ascii_case(b"delete") {
                Action::Delete
            } else {
                return Err(Finding::new(
                    feed.source(),
                    "an action that is not known",
                    "`add` or `delete`",
                    "correct the file: a change is never guessed",
                )
                .at_line(line)
                .into());
            };
            match feed.plan.read(record.get(places.number).unwrap_or_default()) {
                Ok(number) => {
                    feed.change(action, number);
                    Ok(())
                }
                Err(defect) => feed.defect(line, defect, record),
            }
        },
    )
}

fn entry(
    feed: &mut Feed<'_>,
    line: u64,
    record: &ByteRecord,
    places: Places,
    read_date: fn(&str) -> Option<Timestamp>,
) -> Result<(), CompileError> {
    let row = record;
    let number = match feed.plan.read(record.get(places.number).unwrap_or_default()) {
        Ok(number) => number,
        Err(defect) => return feed.defect(line, defect, row),
    };
    let cell = |place: Option<usize>| place.and_then(|place| record.get(place)).unwrap_or_default().trim_ascii();
    let date = |cell: &[u8]| std::str::from_utf8(cell).ok().and_then(read_date);
    let mut entry = ListEntry { target: Target::Number(number), at: None, until: None, scope: None };
    let added = cell(places.added);
    if !added.is_empty() {
        entry.at = date(added);
        if entry.at.is_none() {
            feed.widen(line, "a date that cannot be read: taken as undated", row);
        } else if entry.at > Some(feed.context.as_of.plus(date::GRACE)) {
            feed.widen(line, "dated later than the data: it counts at once", row);
        }
    }
    let until = cell(places.until);
    if !until.is_empty() {
        entry.until = date(until);
        if entry.until.is_none() {
            feed.widen(line, "an expiry that cannot be read: kept without end", row);
        } else if entry.until <= entry.at {
            entry.until = None;
            feed.widen(line, "an expiry before the date: kept without end", row);
        }
    }
    entry.scope = scope(feed, line, row, cell(places.purposes), cell(places.channels));
    feed.entry(entry);
    Ok(())
}

fn scope(feed: &mut Feed<'_>, line: u64, row: &ByteRecord, purposes: &[u8], channels: &[u8]) -> Option<Scope> {
    let mut scope = Scope::default();
    if !purposes.is_empty() {
        scope.purposes = words(purposes);
        if scope.purposes.is_none() {
            scope.purposes = Some(vec![Scope::UNREADABLE.to_owned()]);
            feed.widen(line, "purposes that cannot be read: kept for all", row);
        }
    }
    if !channels.is_empty() {
        scope.channels = words(channels);
        let is_known =
            scope.channels.as_ref().is_some_and(|names| names.iter().all(|name| ChannelSet::from_slug(name).is_some()));
        if !is_known {
            scope.channels = None;
            feed.widen(line, "channels that cannot be read: kept for all", row);
            // All channels, even where the list itself names some.
            scope.purposes.get_or_insert_with(|| vec![Scope::UNREADABLE.to_owned()]);
        }
    }
    (scope != Scope::default()).then_some(scope)
}

/// The words of a cell, joined by `;`.
fn words(cell: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(cell).ok()?;
    let words: Vec<String> =
        text.split(';').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then_some(words)
}

/// The header row of a file.
struct Header<'a> {
    source: &'a Path,
    names: Vec<Vec<u8>>,
}

impl Header<'_> {
    fn find(&self, name: &str) -> Vec<usize> {
        let is_name = |text: &Vec<u8>| text.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
        self.names.iter().enumerate().filter(|(_, text)| is_name(text)).map(|(place, _)| place).collect()
    }

    fn one_of(&self, names: &[&str]) -> Result<Option<usize>, CompileError> {
        let found: Vec<usize> = names.iter().flat_map(|name| self.find(name)).collect();
        match found.as_slice() {
            [] => Ok(None),
            [place] => Ok(Some(*place)),
            _ => Err(self.finding(
                format!("column `{}` appears more than once", names.join("` or `")),
                "one such column",
                "rename one of them",
            )),
        }
    }

    fn named(&self, name: &str) -> Result<usize, CompileError> {
        self.one_of(&[name])?.ok_or_else(|| self.missing(name))
    }

    fn optional(&self, name: Option<&str>) -> Result<Option<usize>, CompileError> {
        name.map(|name| self.named(name)).transpose()
    }

    fn missing(&self, name: &str) -> CompileError {
        let header: Vec<_> = self.names.iter().map(|name| String::from_utf8_lossy(name)).collect();
        let found: String = header.join(", ").chars().take(120).collect();
        self.finding(
            format!("no column `{name}` in the header, which reads `{found}`"),
            &format!("a header row with `{name}`"),
            "correct the file, or `columns` and `delimiter` of the list",
        )
    }

    fn finding(&self, what: String, expected: &str, remedy: &str) -> CompileError {
        Finding::new(self.source, what, expected, remedy).at_line(1).into()
    }
}

fn rows<'a>(
    reader: &mut dyn Read,
    feed: &mut Feed<'a>,
    places: impl FnOnce(&Header<'_>, &Feed<'a>) -> Result<Places, CompileError>,
    mut each: impl FnMut(&mut Feed<'a>, u64, &ByteRecord, Places) -> Result<(), CompileError>,
) -> Result<(), CompileError> {
    let source = feed.source().to_owned();
    let broken = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => archive::broken(&source, &error),
        _ => Finding::new(&source, "the file is not CSV", "rows of fields", "correct the file").into(),
    };
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(feed.list.delimiter)
        .buffer_capacity(1 << 18)
        .from_reader(reader);
    let mut record = ByteRecord::new();
    csv.read_byte_record(&mut record).map_err(broken)?;
    if record.as_slice().iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        let what = "a quoted name in the header runs over several lines";
        return Err(Finding::new(&source, what, "a header on one line", "close the quote").at_line(1).into());
    }
    let width = record.len();
    let names = record.iter().map(<[u8]>::to_vec).collect();
    let places = places(&Header { source: &source, names }, feed)?;
    while csv.read_byte_record(&mut record).map_err(broken)? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|field| field.trim_ascii().is_empty()) {
            continue;
        }
        // A quote that is never closed swallows the rows after it.
        let breaks = record.as_slice().iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
        if breaks > 0 {
            // It counts as the rows that it swallowed.
            for _ in 0..=breaks {
                feed.reject(line, "a quoted field that runs over several lines", &record);
            }
        } else if record.len() > width || record.get(places.number).is_none() {
            feed.reject(line, "more or fewer fields than the header", &record);
        } else {
            each(feed, line, &record, places)?;
        }
    }
    Ok(())
}
