//! Rows with defects: counted by reason, and written to the reject file so that nothing is lost.

use std::collections::BTreeMap;
use std::io::{self, BufWriter};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use csv::ByteRecord;

use crate::draft::Draft;

/// Rows are sorted by file and line as long as they take no more than this; beyond it in portions of this size.
const HELD: usize = 64 << 20;

/// Collects rows with defects, from several threads.
///
/// The reject file is CSV: `file,line,outcome,reason,row`, where `outcome` is `rejected` or `kept` (the row
/// blocks, and was kept without its unreadable part) and `row` is the row as it was written. **Rows hold personal
/// data**: the file is as confidential as the list that they came from, and its owner alone can read it.
pub(crate) struct Rejects {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    counts: BTreeMap<(String, Outcome, &'static str), u64>,
    /// Rows that are not in the file yet, where there is one.
    held: Vec<Held>,
    held_bytes: usize,
    file: Option<csv::Writer<BufWriter<Draft>>>,
    failed: Option<io::Error>,
}

/// File, line, what became of the row, why, and the row.
type Held = (String, u64, Outcome, &'static str, Vec<u8>);

/// A row as it was read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Raw<'a> {
    /// A line.
    Line(&'a [u8]),
    /// The cells of a row of CSV.
    Cells(&'a ByteRecord),
}

impl<'a> From<&'a [u8]> for Raw<'a> {
    fn from(line: &'a [u8]) -> Self {
        Self::Line(line)
    }
}

impl<'a> From<&'a ByteRecord> for Raw<'a> {
    fn from(cells: &'a ByteRecord) -> Self {
        Self::Cells(cells)
    }
}

impl Raw<'_> {
    /// The row, its cells with commas between them and quoted where they need it.
    pub(crate) fn text(self) -> Vec<u8> {
        let cells = match self {
            Self::Line(line) => return line.to_vec(),
            Self::Cells(cells) => cells,
        };
        let mut row = csv::Writer::from_writer(Vec::new());
        // Memory does not fail, and a row of any number of cells is one.
        let written = row.write_byte_record(cells).is_ok();
        let text = row.into_inner().unwrap_or_default();
        let text = text.strip_suffix(b"\n").unwrap_or(&text);
        if written { text.to_vec() } else { cells.as_slice().to_vec() }
    }
}

/// What became of a row with a defect.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Outcome {
    /// Not taken.
    Rejected,
    /// Taken, without its unreadable part.
    Kept,
}

impl Outcome {
    fn slug(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Kept => "kept",
        }
    }
}

impl Rejects {
    /// Counts only.
    pub(crate) fn counting() -> Self {
        Self { inner: Mutex::default() }
    }

    /// Counts, and keeps every row in this file, which appears when [`Rejects::finish`] is called.
    pub(crate) fn writing(path: &Path) -> io::Result<Self> {
        let mut file = csv::Writer::from_writer(BufWriter::new(Draft::create_private(path)?));
        file.write_record(["file", "line", "outcome", "reason", "row"])?;
        Ok(Self { inner: Mutex::new(Inner { file: Some(file), ..Inner::default() }) })
    }

    /// Notes a row.
    pub(crate) fn note<'a>(
        &self,
        file: &str,
        line: u64,
        outcome: Outcome,
        reason: &'static str,
        row: impl Into<Raw<'a>>,
    ) {
        let mut inner = self.lock();
        let count = inner.counts.entry((file.to_owned(), outcome, reason)).or_default();
        *count = count.saturating_add(1);
        if inner.file.is_some() {
            let row = row.into().text();
            inner.held_bytes = inner.held_bytes.saturating_add(row.len()).saturating_add(size_of::<Held>());
            inner.held.push((file.to_owned(), line, outcome, reason, row));
            if inner.held_bytes > HELD {
                inner.write();
            }
        }
    }

    /// How many rows of each file had which defect.
    pub(crate) fn counts(&self) -> Vec<RejectCount> {
        self.lock()
            .counts
            .iter()
            .map(|((file, outcome, reason), count)| RejectCount {
                file: file.clone(),
                outcome: *outcome,
                reason,
                count: *count,
            })
            .collect()
    }

    /// Gives the reject file, if there is one, its name.
    ///
    /// # Errors
    /// When it could not be written.
    pub(crate) fn finish(&self) -> io::Result<()> {
        let mut inner = self.lock();
        inner.write();
        let file = inner.file.take();
        if let Some(error) = inner.failed.take() {
            return Err(error);
        }
        let Some(file) = file else { return Ok(()) };
        let buffered = file.into_inner().map_err(csv::IntoInnerError::into_error)?;
        buffered.into_inner().map_err(io::IntoInnerError::into_error)?.publish()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Writes the rows that are held; threads noted them in any order.
    fn write(&mut self) {
        let mut held = std::mem::take(&mut self.held);
        self.held_bytes = 0;
        held.sort();
        let Some(file) = self.file.as_mut().filter(|_| self.failed.is_none()) else { return };
        for (source, line, outcome, reason, row) in held {
            let line = line.to_string();
            let fields = [source.as_bytes(), line.as_bytes(), outcome.slug().as_bytes(), reason.as_bytes(), &row];
            if let Err(error) = file.write_record(fields) {
                self.failed = Some(error.into());
                return;
            }
        }
    }
}

/// How many rows of a file had a defect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RejectCount {
    /// The file.
    pub(crate) file: String,
    /// What became of the rows.
    pub(crate) outcome: Outcome,
    /// The defect.
    pub(crate) reason: &'static str,
    /// How many.
    pub(crate) count: u64,
}
