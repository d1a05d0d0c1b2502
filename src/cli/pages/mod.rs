//! Pages for people: one file each, which loads nothing, needs no script, and can be printed.
//!
//! The templates are compiled (askama): one that names what is not there does not build, and everything that comes
//! from files is escaped.

mod explanation;
mod places;
mod report;
mod sources;
mod tally;
mod timetable;
mod words;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use askama::Template;

use super::output::Draft;

pub(super) use explanation::ExplanationPage;
pub(super) use report::{Asked, ReportPage};
pub(super) use sources::stale_from;
pub(super) use tally::Tally;

/// Writes a page whole, or not at all.
pub(super) fn write(page: &impl Template, path: &Path) -> Result<()> {
    draft(page, path)?.publish()
}

/// The page under a temporary name, complete but for its own.
pub(super) fn draft(page: &impl Template, path: &Path) -> Result<Draft> {
    let text = page.render().context("cannot make the page")?;
    let mut draft = Draft::create(path)?;
    draft
        .write_all(text.as_bytes())
        .with_context(|| format!("cannot write `{}`; is the disk full?", path.display()))?;
    Ok(draft)
}

/// A piece of a sentence; codes and names stand between backticks.
struct Piece {
    text: String,
    code: bool,
}

/// A sentence in pieces. A backtick without its counterpart marks nothing.
fn pieces(text: &str) -> Vec<Piece> {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return vec![Piece { text: text.to_owned(), code: false }];
    }
    let pieces = parts.into_iter().zip([false, true].into_iter().cycle());
    pieces.map(|(text, code)| Piece { text: text.to_owned(), code }).filter(|piece| !piece.text.is_empty()).collect()
}

/// A part of a whole as a length in a chart: percent with two decimals.
fn length(part: u64, whole: u64) -> String {
    let hundredths = u128::from(part).saturating_mul(10_000).checked_div(u128::from(whole)).unwrap_or(0);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
