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
use std::sync::Arc;

use self::row::{Row, Taken};
use self::value::Fields;
use crate::Timestamp;
use crate::compile::archive;
use crate::compile::blocks::{self, Piece};
use crate::compile::date;
use crate::compile::error::{CompileError, Finding};
use crate::compile::input::Record;
use crate::compile::lists::Context;
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
        known: Arc::new(Known::of(manifest, context.as_of)),
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
    known: Arc<Known<'a>>,
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
        let broken = |error| archive::broken(source, &error);
        let (known, threads) = (Arc::clone(&self.known), self.context.threads);
        let mut before = 0;
        let work = |piece: &Piece| match piece {
            Piece::Lines(block) => json_rows(block, &known),
            Piece::TooLong(start) => {
                let read = Err("a line longer than a mebibyte");
                Rows { read: vec![ReadRow { line: 1, row: blocks::told(start).to_vec(), read }], lines: 1 }
            }
        };
        blocks::in_order(
            bytes,
            threads,
            broken,
            |_| true,
            work,
            |_, rows| {
                self.take_rows(rows, &mut before);
                Ok(())
            },
        )?;
        Ok(())
    }

    /// Blocks without a quote are read by several threads: there a line is a row. From the first block with one on, the
    /// file is read from front to back, as a quoted field may run over any number of lines.
    fn csv(&mut self, source: &Path, bytes: &mut dyn Read) -> Result<(), CompileError> {
        let broken = |error| archive::broken(source, &error);
        let mut start = Vec::with_capacity(HEADER_BYTES);
        Read::take(&mut *bytes, HEADER_BYTES as u64).read_to_end(&mut start).map_err(broken)?;
        let end = memchr::memchr(b'\n', &start).map_or(0, |end| end.saturating_add(1));
        let (first, rest) = start.split_at_checked(end).unwrap_or_default();
        if first.trim_ascii().is_empty() || has_other_rows(first) {
            return self.csv_in_order(source, &mut start.chain(bytes), None, 0);
        }
        let header = header(source, &mut csv_reader(first))?;
        let (known, threads) = (Arc::clone(&self.known), self.context.threads);
        let mut before = 1;
        let accepted = |piece: &Piece| matches!(piece, Piece::Lines(block) if !has_other_rows(block));
        let work = |piece: &Piece| match piece {
            Piece::Lines(block) => csv_rows(block, &header, &known),
            // INVARIANT: not accepted.
            Piece::TooLong(_) => Rows::default(),
        };
        let mut reader = rest.chain(bytes);
        let left = blocks::in_order(&mut reader, threads, broken, accepted, work, |_, rows| {
            self.take_rows(rows, &mut before);
            Ok(())
        })?;
        match left {
            None => Ok(()),
            Some(left) => self.csv_in_order(source, &mut left.chain(reader), Some(&header), before),
        }
    }

    fn csv_in_order(
        &mut self,
        source: &Path,
        bytes: &mut dyn Read,
        known_header: Option<&[&'static str]>,
        before: u64,
    ) -> Result<(), CompileError> {
        let mut csv = csv_reader(bytes);
        let header = match known_header {
            Some(header) => header.to_vec(),
            None => header(source, &mut csv)?,
        };
        let mut record = csv::ByteRecord::new();
        while csv.read_byte_record(&mut record).map_err(|error| not_csv(source, error))? {
            let line = record.position().map_or(0, csv::Position::line).saturating_add(before);
            let read = csv_row(&record, &header, &self.known);
            self.take(line, &record, read);
        }
        Ok(())
    }

    fn take_rows(&mut self, rows: Rows, before: &mut u64) {
        for ReadRow { line, row, read } in rows.read {
            self.take(before.saturating_add(line), row.as_slice(), read);
        }
        *before = before.saturating_add(rows.lines);
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
                format!("{} of {} rows rejected that may be denials, the first here: {reason}", self.lost, self.rows),
                format!("at most {} percent", records.max_reject_percent),
                "correct the rows (see the reject file), or raise `max_reject_percent` of these records",
            )
            .at_line(line)
            .into()),
            _ => Ok(self.summary),
        }
    }
}

/// Bytes in which the header of bulk CSV is looked for.
const HEADER_BYTES: usize = 1 << 16;

/// Rows of a block, read by another thread than takes them.
#[derive(Default)]
struct Rows {
    read: Vec<ReadRow>,
    /// Lines of the block.
    lines: u64,
}

/// A row that was read: its line in the block, counted from 1, and its bytes where they may be told.
struct ReadRow {
    line: u64,
    row: Vec<u8>,
    read: Result<Taken, &'static str>,
}

impl ReadRow {
    fn new<'r>(line: u64, row: impl Into<Raw<'r>>, read: Result<Taken, &'static str>) -> Self {
        let is_told = !matches!(read, Ok(Taken::Record { widened: None, .. }));
        Self { line, row: if is_told { row.into().text() } else { Vec::new() }, read }
    }
}

fn json_rows(block: &[u8], known: &Known<'_>) -> Rows {
    let mut rows = Rows::default();
    for line in block.split_inclusive(|byte| *byte == b'\n') {
        rows.lines = rows.lines.saturating_add(1);
        let row = line.strip_suffix(b"\n").unwrap_or(line);
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        if !row.trim_ascii().is_empty() {
            let read = Fields::from_json(row).map(|fields| Row::new(fields, known).read());
            rows.read.push(ReadRow::new(rows.lines, row, read));
        }
    }
    rows
}

fn csv_rows(block: &[u8], header: &[&'static str], known: &Known<'_>) -> Rows {
    let mut rows = Rows { lines: memchr::memchr_iter(b'\n', block).count() as u64, read: Vec::new() };
    let mut csv = csv_reader(block);
    let mut record = csv::ByteRecord::new();
    loop {
        match csv.read_byte_record(&mut record) {
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                let read = csv_row(&record, header, known);
                rows.read.push(ReadRow::new(line, &record, read));
            }
            Ok(false) => return rows,
            Err(_) => {
                // Bytes in memory are always read; a row that is not may have been a denial.
                let line = rows.lines.max(1);
                rows.read.push(ReadRow { line, row: Vec::new(), read: Err("a row that cannot be read") });
                return rows;
            }
        }
    }
}

fn csv_row(record: &csv::ByteRecord, header: &[&'static str], known: &Known<'_>) -> Result<Taken, &'static str> {
    if record.len() != header.len() {
        Err("more or fewer fields than the header")
    } else if record.as_slice().iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        Err("a quoted field that runs over several lines")
    } else {
        Fields::from_csv(header, record).map(|fields| Row::new(fields, known).read())
    }
}

/// May a row end elsewhere than at a line's end?
fn has_other_rows(block: &[u8]) -> bool {
    let ends_line = |at: usize| block.get(at.saturating_add(1)) == Some(&b'\n');
    memchr::memchr2_iter(b'"', b'\r', block).any(|at| block.get(at) == Some(&b'"') || !ends_line(at))
}

fn csv_reader<R: Read>(bytes: R) -> csv::Reader<R> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes)
}

fn header<R: Read>(source: &Path, csv: &mut csv::Reader<R>) -> Result<Vec<&'static str>, CompileError> {
    let mut record = csv::ByteRecord::new();
    csv.read_byte_record(&mut record).map_err(|error| not_csv(source, error))?;
    value::header(&record)
        .map_err(|(what, expected)| Finding::new(source, what, expected, "correct the header").at_line(1).into())
}

fn not_csv(source: &Path, error: csv::Error) -> CompileError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => archive::broken(source, &error),
        _ => Finding::new(source, "the file is not CSV", "rows of fields", "correct the file").into(),
    }
}
