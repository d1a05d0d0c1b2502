//! Leads as dialers export them: CSV with a header, read row by row.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use csv::ByteRecord;

use super::arguments::{self, Question};
use super::{output, source};
use crate::vocabulary::{Line, Obligation, Party, Reason};
use crate::{Decision, Lead};

/// The columns that a screening adds.
pub(super) const ADDED: [&str; 6] = [
    "dialgate_verdict",
    "dialgate_reason",
    "dialgate_reasons",
    "dialgate_obligations",
    "dialgate_retry_at",
    "dialgate_valid_until",
];

/// The cells of these columns for a decision.
pub(super) fn added(decision: &Decision) -> [String; 6] {
    let joined = |slugs: &mut dyn Iterator<Item = &'static str>| slugs.collect::<Vec<_>>().join(";");
    let instant = |instant: Option<DateTime<Utc>>| instant.map(arguments::rfc3339).unwrap_or_default();
    [
        decision.verdict().slug().to_owned(),
        decision.reason().map_or("", Reason::slug).to_owned(),
        joined(&mut decision.reasons().iter().map(Reason::slug)),
        joined(&mut decision.obligations().iter().map(Obligation::slug)),
        instant(decision.retry_at()),
        instant(decision.valid_until()),
    ]
}

/// A file of leads, open at its first row.
pub(super) struct Leads {
    path: PathBuf,
    reader: csv::Reader<Box<dyn Read>>,
    header: ByteRecord,
    delimiter: u8,
    number: usize,
    region: Option<usize>,
    time_zone: Option<usize>,
    party: Option<usize>,
    line: Option<usize>,
    /// Columns of an earlier screening, which are replaced.
    stale: Vec<usize>,
    /// Cells of `party` and `line` that say nothing known: taken as unknown, the stricter reading.
    pub(super) unreadable_cells: u64,
    /// Rows whose number has no plus, where no region says how to read it.
    pub(super) without_plus: u64,
}

/// One row: what was in the file, and whom to ask about.
pub(super) struct Row {
    pub(super) cells: ByteRecord,
    /// None: the number cannot be read.
    pub(super) lead: Option<Lead>,
}

impl Leads {
    /// Opens a file and reads its header. `on_read` is told how many bytes were read.
    pub(super) fn open(path: &Path, number_column: Option<&str>, on_read: impl Fn(u64) + 'static) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot open `{}`; check the path", path.display()))?;
        let mut file = BufReader::with_capacity(1 << 18, Counted { file, on_read });
        let start = {
            use std::io::BufRead;
            let buffer = file.fill_buf().with_context(|| format!("cannot read `{}`", path.display()))?;
            let bom = buffer.starts_with(b"\xEF\xBB\xBF");
            let first = buffer.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let delimiter = delimiter_of(first);
            if bom {
                file.consume(3);
            }
            delimiter
        };
        let mut reader = csv::ReaderBuilder::new().delimiter(start).from_reader(Box::new(file) as Box<dyn Read>);
        let header =
            reader.byte_headers().with_context(|| format!("cannot read the header of `{}`", path.display()))?.clone();
        let columns = Columns { path, header: &header };
        let number = match number_column {
            Some(name) => columns.required(&[name])?,
            None => {
                if columns.optional("number")?.is_some() && columns.optional("phone")?.is_some() {
                    bail!(
                        "`{}` has a column `number` and a column `phone`; say which with --number-column",
                        path.display()
                    );
                }
                columns.required(&["number", "phone"])?
            }
        };
        let (region, time_zone) = (columns.optional("region")?, columns.optional("time_zone")?);
        let (party, line) = (columns.optional("party")?, columns.optional("line")?);
        let stale = (0..header.len())
            .filter(|index| header.get(*index).is_some_and(|cell| ADDED.iter().any(|name| name.as_bytes() == cell)))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            delimiter: start,
            reader,
            number,
            region,
            time_zone,
            party,
            line,
            stale,
            header,
            unreadable_cells: 0,
            without_plus: 0,
        })
    }

    /// The character between the columns.
    pub(super) const fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Are columns of an earlier screening replaced?
    pub(super) fn replaces_earlier_columns(&self) -> bool {
        !self.stale.is_empty()
    }

    /// The place of a further column, which this option names.
    pub(super) fn column(&self, name: &str, option: &str) -> Result<usize> {
        let columns = Columns { path: &self.path, header: &self.header };
        let shown = columns.shown();
        columns.optional(name)?.with_context(|| {
            format!(
                "{}: no column `{name}` in the header `{shown}`; name one of them with {option}",
                self.path.display()
            )
        })
    }

    /// The header's cells that are kept.
    pub(super) fn header(&self) -> ByteRecord {
        self.kept(&self.header)
    }

    /// A row's cells that are kept.
    pub(super) fn kept(&self, cells: &ByteRecord) -> ByteRecord {
        if self.stale.is_empty() {
            return cells.clone();
        }
        cells.iter().enumerate().filter(|(index, _)| !self.stale.contains(index)).map(|(_, cell)| cell).collect()
    }

    /// The next row; none at the end.
    pub(super) fn next(&mut self, question: &Question) -> Result<Option<Row>> {
        let mut cells = ByteRecord::new();
        let more = self.reader.read_byte_record(&mut cells).map_err(|error| self.explain(&error))?;
        if !more {
            return Ok(None);
        }
        if cells.as_slice().iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
            let line = cells.position().map_or(0, csv::Position::line);
            bail!(
                "`{}`, line {line}: a quoted field runs over several lines and may hide other leads; close the quote",
                self.path.display()
            );
        }
        let text = |index: usize| String::from_utf8_lossy(cells.get(index).unwrap_or_default()).trim().to_owned();
        let given = |index: Option<usize>| index.map(text).filter(|cell| !cell.is_empty());
        let written = text(self.number);
        let number = source::read_number(&written, question.default_region);
        if number.is_none() && source::lacks_plus(&written, question) {
            self.without_plus = self.without_plus.saturating_add(1);
        }
        let lead = number.map(|number| {
            let mut lead = question.lead(number);
            if let Some(region) = given(self.region) {
                lead = lead.region(&region);
            }
            if let Some(zone) = given(self.time_zone) {
                lead = lead.time_zone(&zone);
            }
            if let Some(cell) = given(self.party) {
                lead = lead.party(Party::from_slug(&cell.to_lowercase()).unwrap_or_else(|| {
                    self.unreadable_cells = self.unreadable_cells.saturating_add(1);
                    Party::Unknown
                }));
            }
            if let Some(cell) = given(self.line) {
                lead = lead.line(Line::from_slug(&cell.to_lowercase()).unwrap_or_else(|| {
                    self.unreadable_cells = self.unreadable_cells.saturating_add(1);
                    Line::Unknown
                }));
            }
            lead
        });
        Ok(Some(Row { cells, lead }))
    }

    /// An error of the reader, with file and line and without the row's content.
    fn explain(&self, error: &csv::Error) -> anyhow::Error {
        let line = error.position().map_or(0, csv::Position::line);
        let path = self.path.display();
        match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => anyhow::anyhow!(
                "{path}:{line}: {len} columns where the header has {expected_len}; quote cells that hold the delimiter"
            ),
            _ => anyhow::anyhow!("{path}:{line}: cannot read the row; expected CSV"),
        }
    }
}

struct Columns<'a> {
    path: &'a Path,
    header: &'a ByteRecord,
}

impl Columns<'_> {
    fn optional(&self, name: &str) -> Result<Option<usize>> {
        let mut found = self.header.iter().enumerate().filter(|(_, cell)| is_named(cell, name)).map(|(index, _)| index);
        let first = found.next();
        if found.next().is_some() {
            bail!("{}: the header has the column `{name}` twice; rename one of them", self.path.display());
        }
        Ok(first)
    }

    fn required(&self, names: &[&str]) -> Result<usize> {
        for name in names {
            if let Some(index) = self.optional(name)? {
                return Ok(index);
            }
        }
        bail!(
            "{}: no column `{}` in the header `{}`; name the column of the numbers with --number-column",
            self.path.display(),
            names.join("` or `"),
            self.shown(),
        )
    }

    /// The header; without one its place is taken by a lead, and an error tells no number.
    fn shown(&self) -> String {
        let cells: Vec<_> = self.header.iter().map(|cell| output::shown(&String::from_utf8_lossy(cell))).collect();
        cells.join(",")
    }
}

fn is_named(cell: &[u8], name: &str) -> bool {
    cell.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
}

/// The character that parts the columns of this header: a comma, unless it has only semicolons or tabs.
fn delimiter_of(header: &[u8]) -> u8 {
    [b',', b';', b'\t'].into_iter().find(|delimiter| header.contains(delimiter)).unwrap_or(b',')
}

/// Tells how many bytes went through.
struct Counted<F> {
    file: File,
    on_read: F,
}

impl<F: Fn(u64)> Read for Counted<F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        (self.on_read)(u64::try_from(read).unwrap_or(0));
        Ok(read)
    }
}
