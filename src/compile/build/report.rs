//! What a compile has to tell beside the snapshot.

use std::path::PathBuf;
use std::time::Duration;

use crate::Timestamp;
use crate::compile::fold::{Counts, Folded, Remarks};
use crate::compile::lists::ListSummary;
use crate::compile::records::RecordsSummary;
use crate::compile::reject::{Outcome, Rejects};
use crate::dictionary::Dictionary;

/// What was read, what was rejected, and what was read otherwise than it was written. Tells no number.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct CompileReport {
    /// The date of the data.
    pub as_of: Timestamp,
    /// The digest of the snapshot (zero for an audit).
    pub digest: [u8; 32],
    /// Bytes of the snapshot (zero for an audit).
    pub bytes: u64,
    /// The lists, sorted by id.
    pub lists: Vec<ListReport>,
    /// The files of records.
    pub records: Vec<RecordsReport>,
    /// Rows with defects, by file and reason.
    pub defects: Vec<DefectCount>,
    /// What was read otherwise than it was written.
    pub remarks: Vec<RemarkCount>,
    /// Numbers with a history or attempts.
    pub numbers: u64,
    /// Events of histories.
    pub events: u64,
    /// Attempts.
    pub attempts: u64,
    /// Records that repeated another.
    pub duplicates: u64,
    /// Records rejected because another with their `id` says something else.
    pub conflicts: u64,
    /// Events and attempts that an erasure hides.
    pub hidden: u64,
    /// Ends without a relationship and lifts without a restriction.
    pub idle: u64,
    /// Recordings; the gate does not ask for them.
    pub recordings: u64,
    /// Time spent reading.
    pub reading: Duration,
    /// Time spent folding.
    pub folding: Duration,
    /// Time spent building the snapshot.
    pub building: Duration,
}

/// What was read of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ListReport {
    /// Its id.
    pub id: String,
    /// Entries taken.
    pub entries: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Rows kept without an unreadable part.
    pub widened: u64,
    /// Digest of the entries, whatever their order.
    pub digest: [u8; 32],
}

/// What was read of a file of records.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct RecordsReport {
    /// The file.
    pub path: PathBuf,
    /// Records taken.
    pub taken: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Denials kept without an unreadable part.
    pub widened: u64,
}

/// How many rows of a file had a defect.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct DefectCount {
    /// The file.
    pub file: String,
    /// The row was kept, without its unreadable part; else it was rejected.
    pub kept: bool,
    /// The defect.
    pub reason: &'static str,
    /// How many rows.
    pub count: u64,
}

/// Something that was read otherwise than it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct RemarkCount {
    /// What was read how.
    pub message: &'static str,
    /// The word that gave rise to it; may be empty.
    pub word: String,
    /// How often.
    pub count: u64,
}

impl CompileReport {
    pub(super) fn begin(
        dictionary: &Dictionary,
        lists: &[ListSummary],
        records: &[(PathBuf, RecordsSummary)],
        rejects: &Rejects,
        remarks: &Remarks,
    ) -> Self {
        let mut report = Self {
            as_of: dictionary.as_of,
            lists: dictionary
                .lists
                .iter()
                .zip(lists)
                .map(|(list, read)| ListReport {
                    id: list.id.clone(),
                    entries: read.entries,
                    rejected: read.rejected,
                    widened: read.widened,
                    digest: read.digest,
                })
                .collect(),
            records: records
                .iter()
                .map(|(path, read)| RecordsReport {
                    path: path.clone(),
                    taken: read.taken,
                    rejected: read.rejected,
                    widened: read.widened,
                })
                .collect(),
            defects: rejects
                .counts()
                .into_iter()
                .map(|defect| DefectCount {
                    file: defect.file,
                    kept: defect.outcome == Outcome::Kept,
                    reason: defect.reason,
                    count: defect.count,
                })
                .collect(),
            ..Self::default()
        };
        report.remark(remarks);
        report
    }

    pub(super) fn fold(&mut self, folded: &Folded) {
        let Counts { numbers, events, attempts, duplicates, conflicts, hidden, idle } = folded.counts();
        (self.numbers, self.events, self.attempts) = (numbers, events, attempts);
        (self.duplicates, self.conflicts, self.hidden, self.idle) = (duplicates, conflicts, hidden, idle);
        self.recordings = folded.recordings();
        self.remark(folded.remarks());
    }

    fn remark(&mut self, remarks: &Remarks) {
        self.remarks.extend(remarks.iter().map(|(remark, word, count)| RemarkCount {
            message: remark.message(),
            word: word.to_owned(),
            count,
        }));
    }
}
