//! `vicidial`: one number a line, or a line of its `DNC_IMPORT_FORMATS` container.
//!
//! A layout is `NAME => delimited,tab|pipe|comma|quote-comma,field[,field..]` with fields counted from 0,
//! or `NAME => fixed,,start|length[,start|length..]` with places counted from 0; several fields are joined.
//! An entry `201XXXXXXX` stands for every number that begins so.

use std::io::Read;

use super::feed::Feed;
use super::national::Plan;
use super::numbers::rows;
use super::ranges::prefixes;
use crate::compile::error::CompileError;

/// A line of `DNC_IMPORT_FORMATS`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Layout {
    /// Fields between delimiters.
    Delimited { delimiter: u8, is_quoted: bool, fields: Vec<usize> },
    /// Places in the line: start and length.
    Fixed(Vec<(usize, usize)>),
}

impl Layout {
    /// Reads a line; the name and arrow may be left out. The error says what was expected.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let body = text.split_once("=>").map_or(text, |(_, body)| body);
        let mut parts = body.split(',').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let delimiter = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        if rest.is_empty() {
            return Err("`delimited,DELIMITER,FIELD..` or `fixed,,START|LENGTH..`");
        }
        match kind {
            "delimited" => {
                let (delimiter, is_quoted) = match delimiter {
                    "tab" => (b'\t', false),
                    "pipe" => (b'|', false),
                    "comma" => (b',', false),
                    "quote-comma" => (b',', true),
                    _ => return Err("the delimiter `tab`, `pipe`, `comma` or `quote-comma`"),
                };
                let fields: Option<Vec<usize>> = rest.iter().map(|field| field.parse().ok()).collect();
                let fields = fields.ok_or("fields by number, counted from 0")?;
                Ok(Self::Delimited { delimiter, is_quoted, fields })
            }
            "fixed" => {
                let places: Option<Vec<(usize, usize)>> = rest
                    .iter()
                    .map(|place| {
                        let (start, length) = place.split_once('|')?;
                        Some((start.trim().parse().ok()?, length.trim().parse().ok()?))
                    })
                    .collect();
                places.map(Self::Fixed).ok_or("places as `START|LENGTH`, counted from 0")
            }
            _ => Err("`delimited` or `fixed` first"),
        }
    }

    /// The number's text in a row.
    fn pick(&self, row: &[u8]) -> Option<Vec<u8>> {
        let mut picked = Vec::new();
        match self {
            Self::Delimited { delimiter, is_quoted, fields } => {
                for field in fields {
                    let text = row.split(|byte| byte == delimiter).nth(*field)?.trim_ascii();
                    let text = if *is_quoted {
                        text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(text)
                    } else {
                        text
                    };
                    picked.extend_from_slice(text);
                }
            }
            Self::Fixed(places) => {
                for (start, length) in places {
                    picked.extend_from_slice(row.get(*start..start.checked_add(*length)?.min(row.len()))?);
                }
            }
        }
        Some(picked)
    }
}

pub(super) fn read(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    let layout = feed.list.layout.as_deref().and_then(|layout| Layout::parse(layout).ok());
    rows(reader, feed, |feed, line, row| match &layout {
        None => number_or_prefix(feed, line, row, row),
        Some(layout) => match layout.pick(row) {
            Some(text) => number_or_prefix(feed, line, &text, row),
            None => {
                feed.reject(line, "the row has not the fields of the layout", row);
                Ok(())
            }
        },
    })
}

fn number_or_prefix(feed: &mut Feed<'_>, line: u64, text: &[u8], row: &[u8]) -> Result<(), CompileError> {
    let trimmed = text.trim_ascii();
    let known = trimmed.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, wild) = trimmed.split_at_checked(known).unwrap_or((trimmed, &[]));
    if wild.is_empty() || !wild.iter().all(|byte| matches!(byte, b'X' | b'x')) {
        return feed.text(line, trimmed, row);
    }
    let value = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
    match value {
        Some(value)
            if feed.plan == Plan::NorthAmerica
                && trimmed.len() == 10
                && !digits.starts_with(b"0")
                && !digits.starts_with(b"1") =>
        {
            let prefix = value.saturating_add(10_u64.saturating_pow(u32::try_from(known).unwrap_or(u32::MAX)));
            feed.ranges(prefixes(prefix, known.saturating_add(1)));
        }
        _ => feed.reject(line, "a prefix that is not ten places of +1", row),
    }
    Ok(())
}
