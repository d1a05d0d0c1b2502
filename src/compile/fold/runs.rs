//! Items in sorted runs, of which one is in memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::sync::Arc;

use super::item::{Ids, Item};
use crate::spill::{Room, Store, full};

/// Items in sorted runs.
#[derive(Debug)]
pub(super) struct Runs {
    room: Arc<Room>,
    store: Arc<Store>,
    /// Where each full run lies.
    spilled: Vec<(u64, u64)>,
    open: Vec<Item>,
    limit: usize,
    /// The kind whose items hold a second id, in `until`.
    pub(super) end_of: Option<u32>,
    items: u64,
    failed: Option<io::Error>,
}

/// Items of a run: 128 MiB.
const RUN_LEN: usize = 1 << 22;
/// Bytes that the ids of a run may take before it counts as full.
const RUN_IDS: usize = 64 << 20;
/// Bytes that are written or read at a time.
const BLOCK: usize = 1 << 20;
/// Bytes of an item before its ids.
const ITEM: usize = 36;

impl Runs {
    /// No items yet; runs that are full go to this room's files.
    pub(super) fn new(room: &Arc<Room>) -> Self {
        Self::of_len(room, RUN_LEN)
    }

    /// No items yet, so many to a run.
    pub(super) fn of_len(room: &Arc<Room>, limit: usize) -> Self {
        Self {
            room: Arc::clone(room),
            store: Arc::new(Store::new(room)),
            spilled: Vec::new(),
            open: Vec::new(),
            limit,
            end_of: None,
            items: 0,
            failed: None,
        }
    }

    /// Adds an item with its ids. When the run is full they all leave, and no handle is good any more.
    pub(super) fn push(&mut self, item: Item, ids: &mut Ids) {
        self.open.push(item);
        self.items = self.items.saturating_add(1);
        if self.open.len() >= self.limit || ids.len() > RUN_IDS {
            self.spill(ids);
        }
    }

    /// How many items there are.
    pub(super) const fn items(&self) -> u64 {
        self.items
    }

    #[cold]
    fn spill(&mut self, ids: &mut Ids) {
        if self.failed.is_none() {
            sort(&mut self.open);
            match self.write(ids) {
                Ok(run) => self.spilled.push(run),
                Err(error) => self.failed = Some(error),
            }
        }
        self.open.clear();
        ids.clear();
    }

    fn write(&self, ids: &Ids) -> io::Result<(u64, u64)> {
        let mut block = Vec::with_capacity(BLOCK.saturating_add(ITEM));
        let (mut start, mut end) = (None, 0u64);
        let mut flush = |block: &mut Vec<u8>| -> io::Result<()> {
            let offset = self.store.write(block)?;
            start.get_or_insert(offset);
            end = offset.saturating_add(block.len() as u64);
            block.clear();
            Ok(())
        };
        for item in &self.open {
            let id = ids.text(item.id);
            let other = if Some(item.kind) == self.end_of { ids.text(item.until as u32) } else { None };
            // One more than the length; zero: none.
            let len = |id: Option<&str>| id.map_or(0, |id| (id.len() as u32).saturating_add(1)).to_le_bytes();
            block.extend_from_slice(&item.number.to_le_bytes());
            block.extend_from_slice(&item.at.to_le_bytes());
            block.extend_from_slice(&item.until.to_le_bytes());
            block.extend_from_slice(&item.kind.to_le_bytes());
            block.extend_from_slice(&len(id));
            block.extend_from_slice(&len(other));
            for id in id.into_iter().chain(other) {
                block.extend_from_slice(id.as_bytes());
            }
            if block.len() >= BLOCK {
                flush(&mut block)?;
            }
        }
        flush(&mut block)?;
        Ok((start.unwrap_or_default(), end))
    }

    /// Merges the runs into groups of one number each; `ids` are those of the run in memory.
    pub(super) fn grouped(mut self, ids: Ids) -> Groups {
        sort(&mut self.open);
        let memory = Run::Memory { items: self.open.into_iter(), ids, end_of: self.end_of };
        let files = self.spilled.into_iter().map(|(offset, end)| Run::File {
            store: Arc::clone(&self.store),
            offset,
            end,
            block: Vec::new(),
            read: 0,
        });
        let runs = files.chain(std::iter::once(memory)).collect();
        Groups { runs, heads: None, failed: self.failed.map(|error| full(&self.room, &error)) }
    }
}

fn sort(run: &mut [Item]) {
    run.sort_unstable_by_key(|item| item.number);
}

/// The items of each number, numbers ascending.
#[derive(Debug)]
pub(super) struct Groups {
    runs: Vec<Run>,
    heads: Option<BinaryHeap<Reverse<(u64, usize)>>>,
    failed: Option<io::Error>,
}

impl Groups {
    /// The next number, whose items replace what is in `group`, and their ids what is in `ids`; none when all were
    /// given.
    pub(super) fn next_into(&mut self, group: &mut Vec<Item>, ids: &mut Ids) -> io::Result<Option<u64>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        group.clear();
        ids.clear();
        let heads = match self.heads.as_mut() {
            Some(heads) => heads,
            None => {
                let mut heads = BinaryHeap::with_capacity(self.runs.len());
                for (index, run) in self.runs.iter_mut().enumerate() {
                    heads.extend(run.number()?.map(|number| Reverse((number, index))));
                }
                self.heads.insert(heads)
            }
        };
        let Some(&Reverse((number, _))) = heads.peek() else { return Ok(None) };
        while let Some(mut head) = heads.peek_mut() {
            let Reverse((smallest, index)) = *head;
            if smallest != number {
                break;
            }
            let Some(run) = self.runs.get_mut(index) else { break };
            let mut next = Some(number);
            while next == Some(number) {
                group.extend(run.pop(ids)?);
                next = run.number()?;
            }
            match next {
                Some(next) => *head = Reverse((next, index)),
                None => {
                    std::collections::binary_heap::PeekMut::pop(head);
                }
            }
        }
        Ok(Some(number))
    }
}

/// A sorted run, read from the front.
#[derive(Debug)]
enum Run {
    /// In memory.
    Memory { items: std::vec::IntoIter<Item>, ids: Ids, end_of: Option<u32> },
    /// In the file, between these places; `block` is what was read of it, and `read` what was taken of that.
    File { store: Arc<Store>, offset: u64, end: u64, block: Vec<u8>, read: usize },
}

impl Run {
    /// The number of the next item.
    fn number(&mut self) -> io::Result<Option<u64>> {
        match self {
            Run::Memory { items, .. } => Ok(items.as_slice().first().map(|item| item.number)),
            Run::File { .. } => match self.ahead(ITEM)? {
                None => Ok(None),
                Some(bytes) => {
                    let number = bytes.first_chunk().ok_or(io::ErrorKind::InvalidData)?;
                    Ok(Some(u64::from_le_bytes(*number)))
                }
            },
        }
    }

    /// Takes the next item; its ids join those of its group.
    fn pop(&mut self, group: &mut Ids) -> io::Result<Option<Item>> {
        /// Both ids at most.
        const LONGEST: usize = 2 * 65_536;
        if let Run::Memory { items, ids, end_of } = self {
            let Some(mut item) = items.next() else { return Ok(None) };
            if item.id != 0 {
                item.id = ids.text(item.id).and_then(|id| group.keep(id)).ok_or(io::ErrorKind::InvalidData)?;
            }
            if Some(item.kind) == *end_of {
                let other = ids.text(item.until as u32).and_then(|id| group.keep(id));
                item.until = i64::from(other.ok_or(io::ErrorKind::InvalidData)?);
            }
            return Ok(Some(item));
        }
        let Some(bytes) = self.ahead(ITEM.saturating_add(LONGEST))? else { return Ok(None) };
        let (item, len) = read(bytes, group).ok_or(io::ErrorKind::InvalidData)?;
        if let Run::File { read, .. } = self {
            *read = read.saturating_add(len);
        }
        Ok(Some(item))
    }

    /// So many bytes ahead, or as many as there are; none at the end.
    fn ahead(&mut self, wanted: usize) -> io::Result<Option<&[u8]>> {
        let Run::File { store, offset, end, block, read } = self else { return Ok(None) };
        if block.len().saturating_sub(*read) < wanted && *offset < *end {
            block.drain(..*read);
            *read = 0;
            let kept = block.len();
            let more = usize::try_from(end.saturating_sub(*offset)).unwrap_or(BLOCK).min(BLOCK);
            block.resize(kept.saturating_add(more), 0);
            store.read(*offset, block.get_mut(kept..).unwrap_or_default())?;
            *offset = offset.saturating_add(more as u64);
        }
        Ok(block.get(*read..).filter(|bytes| !bytes.is_empty()))
    }
}

/// An item as it was written, and how many bytes it took.
fn read(bytes: &[u8], ids: &mut Ids) -> Option<(Item, usize)> {
    let mut rest = bytes;
    let mut eight = || {
        let (eight, after) = rest.split_first_chunk::<8>()?;
        rest = after;
        Some(u64::from_le_bytes(*eight))
    };
    let (number, at, until) = (eight()?, eight()?.cast_signed(), eight()?.cast_signed());
    let mut four = || {
        let (four, after) = rest.split_first_chunk::<4>()?;
        rest = after;
        Some(u32::from_le_bytes(*four))
    };
    let (kind, id_len, other_len) = (four()?, four()?, four()?);
    let mut item = Item { number, at, until, kind, id: 0 };
    let mut taken = ITEM;
    if let Some(len) = id_len.checked_sub(1) {
        item.id = ids.keep(std::str::from_utf8(rest.get(..len as usize)?).ok()?)?;
        rest = rest.get(len as usize..)?;
        taken = taken.saturating_add(len as usize);
    }
    if let Some(len) = other_len.checked_sub(1) {
        item.until = i64::from(ids.keep(std::str::from_utf8(rest.get(..len as usize)?).ok()?)?);
        taken = taken.saturating_add(len as usize);
    }
    Some((item, taken))
}
