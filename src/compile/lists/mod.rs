//! Lists: files of numbers that must not be contacted.

use crate::Number;
use crate::Timestamp;
use crate::compile::error::CompileError;
use crate::compile::input::ListEntry;
use crate::compile::manifest::ListSpec;
use crate::compile::progress::Progress;
use crate::compile::reject::Rejects;
use crate::dictionary::Dictionary;

/// What readers of lists and records need to know beside the file.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The date of the data.
    pub(crate) as_of: Timestamp,
    /// The dictionary of the snapshot that is replaced: a list that shrank against it is refused.
    pub(crate) previous: Option<&'a Dictionary>,
    /// Takes rows with defects.
    pub(crate) rejects: &'a Rejects,
    /// Is told how far reading has come.
    pub(crate) progress: &'a dyn Progress,
}

/// Takes the entries of a list.
pub(crate) trait ListSink {
    /// Numbers on the list, undated and unscoped, in batches; repetitions are possible.
    fn numbers(&mut self, numbers: &[Number]);
    /// An entry that is dated, ends, has a scope of its own or is a range.
    fn entry(&mut self, entry: ListEntry);
}

/// What was read of a list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ListSummary {
    /// Entries taken.
    pub(crate) entries: u64,
    /// Rows rejected.
    pub(crate) rejected: u64,
    /// Rows kept without an unreadable part.
    pub(crate) widened: u64,
    /// BLAKE3 of the files' bytes, in the order read.
    pub(crate) digest: [u8; 32],
}

/// Reads a list, change files included, into the sink. Different lists may be read by different threads.
pub(crate) fn read(
    _list: &ListSpec,
    _context: &Context<'_>,
    _sink: &mut dyn ListSink,
) -> Result<ListSummary, CompileError> {
    Ok(ListSummary::default())
}
