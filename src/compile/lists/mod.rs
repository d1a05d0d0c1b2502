//! Lists: files of numbers that must not be contacted.

mod columns;
mod fast;
mod feed;
mod hashed;
pub(crate) mod lines;
pub(crate) mod national;
mod numbers;
mod ranges;
#[cfg(test)]
mod tests;
pub(crate) mod vicidial;
mod xml;

use self::feed::Feed;
use self::national::Plan;
use crate::Number;
use crate::Timestamp;
use crate::compile::archive;
use crate::compile::date;
use crate::compile::error::{CompileError, Finding};
use crate::compile::input::ListEntry;
use crate::compile::manifest::{ListFormat, ListSpec};
use crate::compile::progress::Progress;
use crate::compile::reject::Rejects;
use crate::dictionary::Dictionary;
use crate::key::{KeyId, KeyRing, NumberHash};

/// What readers of lists and records need to know beside the file.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The date of the data.
    pub(crate) as_of: Timestamp,
    /// The dictionary of the snapshot that is replaced: a list that shrank against it is refused.
    pub(crate) previous: Option<&'a Dictionary>,
    /// The keys that hashed lists may have been hashed with.
    pub(crate) keys: Option<&'a KeyRing>,
    /// Takes rows with defects.
    pub(crate) rejects: &'a Rejects,
    /// Is told how far reading has come.
    pub(crate) progress: &'a dyn Progress,
    /// Threads that may read one file.
    pub(crate) threads: usize,
}

/// Takes the entries of a list.
pub(crate) trait ListSink {
    /// Numbers on the list, undated and unscoped, in batches; repetitions are possible.
    fn numbers(&mut self, numbers: &[Number]);
    /// An entry that is dated, ends, has a scope of its own or is a range.
    fn entry(&mut self, entry: ListEntry);
    /// Numbers on the list by their hash under this key, in batches; repetitions are possible.
    fn hashes(&mut self, key: KeyId, hashes: &[NumberHash]);
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
    /// Digest of the entries, whatever their order: computed by the sink.
    pub(crate) digest: [u8; 32],
}

/// Reads a list, change files included, into the sink. Different lists may be read by different threads.
///
/// # Errors
/// A file that cannot be read, a wrong header, digits without a plus or region, an empty list, one that
/// shrank, too many bad rows, a list from the future. What was passed to the sink before is then void.
pub(crate) fn read(
    list: &ListSpec,
    context: &Context<'_>,
    sink: &mut dyn ListSink,
) -> Result<ListSummary, CompileError> {
    if list.as_of > context.as_of.plus(date::GRACE) {
        return Err(Finding::new(
            &list.path,
            format!("list `{}` is dated after the date of the data", list.id),
            "an `as_of` at most 5 minutes later than that of the manifest",
            "correct the date, or compile with a later `as_of`",
        )
        .at_line(1)
        .into());
    }
    let may_be_folder = matches!(list.format, ListFormat::Ftc | ListFormat::FtcXml | ListFormat::DnclXml);
    let files = if may_be_folder { archive::files(&list.path)? } else { vec![list.path.clone()] };
    let mut feed = Feed::new(list, context, plan_of(list), sink);
    for change in &list.changes {
        archive::read(&change.path, context.progress, &mut |source, reader| {
            feed.begin(source);
            if list.columns.action.is_some() {
                columns::changes(reader, &mut feed)
            } else {
                numbers::signed(reader, &mut feed)
            }
        })?;
    }
    for file in &files {
        archive::read(file, context.progress, &mut |source, reader| {
            feed.begin(source);
            match list.format {
                ListFormat::Plain | ListFormat::Tps => numbers::plain(reader, &mut feed),
                ListFormat::Ftc => numbers::ftc(reader, &mut feed),
                ListFormat::FtcXml | ListFormat::DnclXml => xml::read(reader, &mut feed),
                ListFormat::Vicidial => vicidial::read(reader, &mut feed),
                ListFormat::Genesys => columns::genesys(reader, &mut feed),
                ListFormat::Dncscrub => columns::dncscrub(reader, &mut feed),
                ListFormat::Csv => columns::csv(reader, &mut feed),
                ListFormat::Ranges => ranges::read(reader, &mut feed),
                ListFormat::Hashed => hashed::read(reader, &mut feed),
            }
        })?;
    }
    feed.add_changes();
    feed.finish()?;
    Ok(ListSummary { entries: feed.entries, rejected: feed.rejected, widened: feed.widened, digest: [0; 32] })
}

/// How national numbers are read: as the list says, else as its format implies.
fn plan_of(list: &ListSpec) -> Plan {
    match (list.region, list.format) {
        (Some(region), _) => national::plan(region),
        (None, ListFormat::Tps) => Plan::Britain,
        (
            None,
            ListFormat::Ftc
            | ListFormat::FtcXml
            | ListFormat::DnclXml
            | ListFormat::Vicidial
            | ListFormat::Genesys
            | ListFormat::Dncscrub,
        ) => Plan::NorthAmerica,
        (None, ListFormat::Plain | ListFormat::Csv | ListFormat::Hashed | ListFormat::Ranges) => Plan::International,
    }
}
