//! The manifest: what a snapshot is made of.

mod check;
mod list;
mod raw;
mod spec;
#[cfg(test)]
mod tests;

use std::path::Path;

use chrono::{DateTime, Utc};

pub use spec::Manifest;
pub(crate) use spec::*;

use crate::Timestamp;
use crate::compile::error::{CompileError, Finding};

impl Manifest {
    /// Reads and checks a manifest. Paths in it are relative to its folder; the files that it names are not
    /// opened yet.
    ///
    /// # Errors
    /// Everything that is wrong in it, each with its line.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, CompileError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| {
            let what = format!("cannot read the manifest: {error}");
            Finding::new(path, what, "a readable gate.toml", "check the path and its permissions")
        })?;
        if bytes.starts_with(b"DIALGATE") {
            let (what, expected) = ("a snapshot, not a manifest", "a gate.toml");
            return Err(Finding::new(path, what, expected, "name the manifest that it is compiled from").into());
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let line = line_at(error.as_bytes(), valid);
            Finding::new(path, "the manifest is not UTF-8", "UTF-8 text", "save it as UTF-8").at_line(line)
        })?;
        Self::parse(path, &text)
    }

    /// Checks the text of a manifest that lies (or would lie) at this path.
    ///
    /// # Errors
    /// Everything that is wrong in it, each with its line.
    pub fn parse(path: &Path, text: &str) -> Result<Self, CompileError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let raw = toml::from_str(text).map_err(|error| {
            let finding = Finding::new(
                path,
                error.message().trim().replace('\n', " "),
                "the keys and values that the manifest format has",
                "correct the line",
            );
            match error.span() {
                Some(span) => finding.at_line(line_at(text.as_bytes(), span.start)),
                None => finding,
            }
        })?;
        check::check(path, text, raw)
    }

    /// Sets the date of the data, whatever the manifest says.
    #[must_use]
    pub fn as_of(mut self, as_of: DateTime<Utc>) -> Self {
        self.as_of = Some(Timestamp::from(as_of));
        self
    }
}

/// The line (from 1) of a byte of a text.
fn line_at(text: &[u8], offset: usize) -> u64 {
    let before = text.get(..offset.min(text.len())).unwrap_or_default();
    let breaks = before.iter().filter(|byte| **byte == b'\n').count();
    u64::try_from(breaks).unwrap_or(u64::MAX).saturating_add(1)
}
