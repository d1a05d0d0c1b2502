//! Rows with defects: counted by reason, and written to the reject file so that nothing is lost.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Collects rows with defects, from several threads.
///
/// The reject file is CSV: `file,line,outcome,reason,row`, where `outcome` is `rejected` or `kept` (the row
/// blocks, and was kept without its unreadable part) and `row` is the raw row. **Rows hold personal data**:
/// the file is as confidential as the list that they came from.
pub(crate) struct Rejects {
    inner: Mutex<Inner>,
}

struct Inner {
    counts: BTreeMap<(String, Outcome, &'static str), u64>,
    file: Option<csv::Writer<Box<dyn Write + Send>>>,
    failed: Option<std::io::Error>,
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
        Self::over(None)
    }

    /// Counts, and writes every row to this file.
    pub(crate) fn writing(file: impl Write + Send + 'static) -> Self {
        Self::over(Some(csv::Writer::from_writer(Box::new(file) as Box<dyn Write + Send>)))
    }

    fn over(mut file: Option<csv::Writer<Box<dyn Write + Send>>>) -> Self {
        let failed = file
            .as_mut()
            .and_then(|file| file.write_record(["file", "line", "outcome", "reason", "row"]).err())
            .map(std::io::Error::from);
        Self { inner: Mutex::new(Inner { counts: BTreeMap::new(), file, failed }) }
    }

    /// Notes a row.
    pub(crate) fn note(&self, file: &str, line: u64, outcome: Outcome, reason: &'static str, row: &[u8]) {
        let mut inner = self.lock();
        let count = inner.counts.entry((file.to_owned(), outcome, reason)).or_default();
        *count = count.saturating_add(1);
        if inner.failed.is_none()
            && let Some(out) = inner.file.as_mut()
        {
            let line = line.to_string();
            let fields = [file.as_bytes(), line.as_bytes(), outcome.slug().as_bytes(), reason.as_bytes(), row];
            if let Err(error) = out.write_record(fields) {
                inner.failed = Some(error.into());
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

    /// Writes out what is buffered, and tells whether the reject file is whole.
    pub(crate) fn finish(&self) -> std::io::Result<()> {
        let mut inner = self.lock();
        if let Some(error) = inner.failed.take() {
            return Err(error);
        }
        inner.file.as_mut().map_or(Ok(()), csv::Writer::flush)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
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
