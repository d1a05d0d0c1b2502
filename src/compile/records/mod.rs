//! Records: consents and everything else that happened.
//!
//! A consent with a defect is rejected. A denial is never lost to its own defects: an unreadable part widens
//! it (all purposes, all channels, every controller, without end), and it is reported. A row that may have
//! been a denial and whose kind or number cannot be read refuses the file, unless its `max_reject_percent`
//! allows it.

mod row;
#[cfg(feature = "ledger")]
pub(crate) mod single;
#[cfg(test)]
mod tests;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use self::row::{Row, Taken};
use self::value::Fields;
use crate::Timestamp;
use crate::compile::archive;
use crate::compile::date;
use crate::compile::error::{CompileError, Finding};
use crate::compile::input::Record;
use crate::compile::lists::Context;
use crate::compile::lists::lines::{self, Line};
use crate::compile::manifest::{Manifest, RecordsFormat, RecordsSpec};
use crate::compile::reject::{Outcome, Raw};
use crate::dictionary::ConsentText;

/// What was read of a file of records.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct RecordsSummary {
    /// Records taken.
    pub(crate) taken: u64,
    /// Rows rejected.
    pub(crate) rejected: u64,
    /// Denials kept without an unreadable part.
    pub(crate) widened: u64,
}

/// Reads a file of records into the sink. Different files may be read by different threads.
///
/// # Errors
/// A file that cannot be read, a wrong header, too many rows that may have been denials.
pub(crate) fn read(
    records: &RecordsSpec,
    manifest: &Manifest,
    context: &Context<'_>,
    sink: &mut dyn FnMut(Record),
) -> Result<RecordsSummary, CompileError> {
    let mut reader = Reader {
        known: Known::of(manifest, context.as_of),
        context,
        sink,
        source: String::new(),
        summary: RecordsSummary::default(),
        rows: 0,
        lost: 0,
        first_lost: None,
    };
    archive::read(&records.path, context.progress, &mut |source, bytes| {
        reader.source = source.display().to_string();
        match records.format {
            RecordsFormat::Jsonl => reader.jsonl(source, bytes),
            RecordsFormat::Csv => reader.csv(source, bytes),
        }
    })?;
    reader.finish(records)
}

/// Is this a SHA-256 digest in hexadecimal?
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What records may refer to.
pub(super) struct Known<'a> {
    /// None: any name is a controller's.
    controllers: Option<BTreeSet<&'a str>>,
    /// The controller of a record that names none, when only one is declared.
    only_controller: Option<&'a str>,
    texts: BTreeMap<&'a str, &'a ConsentText>,
    /// Stands for a text that is not declared; none: such a consent is rejected.
    unknown_text: Option<&'a ConsentText>,
    /// Consents may not be given later than this.
    latest: Timestamp,
}

impl<'a> Known<'a> {
    fn of(manifest: &'a Manifest, as_of: Timestamp) -> Self {
        Self {
            controllers: Some(manifest.controllers.iter().map(|controller| controller.id.as_str()).collect()),
            only_controller: match manifest.controllers.as_slice() {
                [only] => Some(only.id.as_str()),
                _ => None,
            },
            texts: manifest.texts.iter().map(|text| (text.id.as_str(), text)).collect(),
            unknown_text: None,
            latest: as_of.plus(date::GRACE),
        }
    }

    fn is_controller(&self, id: &str) -> bool {
        self.controllers.as_ref().map_or(!id.is_empty(), |controllers| controllers.contains(id))
    }

    fn text(&self, id: &str) -> Option<&'a ConsentText> {
        self.texts.get(id).copied().or(self.unknown_text)
    }
}

struct Reader<'a> {
    known: Known<'a>,
    context: &'a Context<'a>,
    sink: &'a mut dyn FnMut(Record),
    source: String,
    summary: RecordsSummary,
    rows: u64,
    /// Rejected rows that may have been denials.
    lost: u64,
    first_lost: Option<(String, u64, &'static str)>,
}

impl Reader<'_> {
    fn jsonl(&mut self, source: &Path, bytes: &mut dyn Read) -> Result<(), CompileError> {
        lines::each(
            bytes,
            |error| archive::broken(source, &error),
            |line, row| {
                match row {
                    Line::Whole(row) if row.trim_ascii().is_empty() => {}
                    Line::Whole(row) => {
                        let fields = Fields::from_json(row);
                        self.take(line, row, fields.map(|fields| Row::new(fields, &self.known).read()));
                    }
                    Line::TooLong(start) => self.take(line, start, Err("a line longer than a mebibyte")),
                }
                Ok(())
            },
        )
    }

    fn csv(&mut self, source: &Path, bytes: &mut dyn Read) -> Result<(), CompileError> {
        let broken = |error: csv::Error| match error.into_kind() {
            csv::ErrorKind::Io(error) => archive::broken(source, &error),
            _ => Finding::new(source, "the file is not CSV", "rows of fields", "correct the file").into(),
        };
        let mut csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        csv.read_byte_record(&mut record).map_err(broken)?;
        let header = value::header(&record).map_err(|(what, expected)| {
            CompileError::from(Finding::new(source, what, expected, "correct the header").at_line(1))
        })?;
        while csv.read_byte_record(&mut record).map_err(broken)? {
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != header.len() {
                self.take(line, &record, Err("more or fewer fields than the header"));
            } else if record.as_slice().iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
                self.take(line, &record, Err("a quoted field that runs over several lines"));
            } else {
                let fields = Fields::from_csv(&header, &record);
                self.take(line, &record, fields.map(|fields| Row::new(fields, &self.known).read()));
            }
        }
        Ok(())
    }

    fn take<'r>(&mut self, line: u64, row: impl Into<Raw<'r>>, read: Result<Taken, &'static str>) {
        let row = row.into();
        self.rows = self.rows.saturating_add(1);
        let reject = |this: &mut Self, reason| {
            this.summary.rejected = this.summary.rejected.saturating_add(1);
            this.context.rejects.note(&this.source, line, Outcome::Rejected, reason, row);
        };
        match read {
            Ok(Taken::Record { records, widened }) => {
                if let Some(reason) = widened {
                    self.summary.widened = self.summary.widened.saturating_add(1);
                    self.context.rejects.note(&self.source, line, Outcome::Kept, reason, row);
                }
                self.summary.taken = self.summary.taken.saturating_add(1);
                for record in records {
                    (self.sink)(record);
                }
            }
            Ok(Taken::Rejected(reason)) => reject(self, reason),
            Ok(Taken::Lost(reason)) | Err(reason) => {
                self.lost = self.lost.saturating_add(1);
                if self.first_lost.is_none() {
                    self.first_lost = Some((self.source.clone(), line, reason));
                }
                reject(self, reason);
            }
        }
    }

    fn finish(self, records: &RecordsSpec) -> Result<RecordsSummary, CompileError> {
        let allowed = self.rows as f64 * records.max_reject_percent / 100.0;
        match self.first_lost {
            Some((file, line, reason)) if self.lost as f64 > allowed => Err(Finding::new(
                Path::new(&file),
                format!(
                    "{} of {} rows that may be denials were rejected, the first here: {reason}",
                    self.lost, self.rows
                ),
                format!("at most {} percent", records.max_reject_percent),
                "correct the rows (see the reject file), or raise `max_reject_percent` of these records",
            )
            .at_line(line)
            .into()),
            _ => Ok(self.summary),
        }
    }
}
