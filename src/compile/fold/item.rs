//! Records as the fold keeps them until all are read: 32 bytes each, whatever they say.
//!
//! What a record says beside its number, its instants and its id is a [`Kind`]; few kinds serve millions
//! of records. Items are kept in runs of bounded length, each sorted by number when it is full, so that a
//! run can leave memory before the runs are merged.

use std::collections::HashMap;

use crate::Template;
use crate::vocabulary::{Outcome, PurposeClass};

/// What a record or a list entry says, without number, instants and id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Kind {
    /// An event of the history, or a mark. Where a relationship with a certain id ends the item's `until` holds the
    /// [`Ids`] handle.
    Event(Template),
    /// An attempt.
    Attempt { controller: Option<u16>, class: Option<PurposeClass>, is_message: bool, outcome: Outcome },
}

/// One record or list entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// The number.
    pub(super) number: u64,
    /// Microseconds; [`UNDATED`]: an undated list entry.
    pub(super) at: i64,
    /// Microseconds; [`ENDLESS`]: no end.
    pub(super) until: i64,
    /// Index of the kind.
    pub(super) kind: u32,
    /// Handle of the id; 0: none.
    pub(super) id: u32,
}

/// `at` of an undated list entry.
pub(super) const UNDATED: i64 = i64::MIN;
/// `until` of what has no end.
pub(super) const ENDLESS: i64 = i64::MAX;

/// The kinds seen so far.
#[derive(Default, Debug)]
pub(super) struct Kinds {
    numbers: HashMap<Kind, u32>,
    kinds: Vec<Kind>,
}

impl Kinds {
    /// Kinds of events alone, each at its template's place.
    #[cfg(feature = "ledger")]
    pub(super) fn of_templates(templates: &[Template]) -> Self {
        let kinds: Vec<Kind> = templates.iter().cloned().map(Kind::Event).collect();
        Self { numbers: kinds.iter().cloned().zip(0..).collect(), kinds }
    }

    /// The kinds, by index.
    #[cfg(feature = "ledger")]
    pub(super) fn as_slice(&self) -> &[Kind] {
        &self.kinds
    }

    /// The index of this kind.
    pub(super) fn intern(&mut self, kind: Kind) -> u32 {
        if let Some(known) = self.numbers.get(&kind) {
            return *known;
        }
        let number = u32::try_from(self.kinds.len()).unwrap_or(u32::MAX);
        self.kinds.push(kind.clone());
        self.numbers.insert(kind, number);
        number
    }

    /// The kind with this index.
    pub(super) fn at(&self, index: u32) -> Option<&Kind> {
        self.kinds.get(usize::try_from(index).ok()?)
    }

    /// The kinds in their own order, and for each index so far its place in that order.
    ///
    /// The order of the rows decides the indices; it does not decide the places.
    pub(super) fn ranked(self, mut rename: impl FnMut(&mut Kind)) -> (Vec<Kind>, Vec<u32>) {
        let mut renamed: Vec<(Kind, usize)> = self.kinds.into_iter().zip(0..).collect();
        renamed.iter_mut().for_each(|(kind, _)| rename(kind));
        renamed.sort_unstable();
        let mut places = vec![0; renamed.len()];
        for ((_, index), place) in renamed.iter().zip(0..) {
            if let Some(slot) = places.get_mut(*index) {
                *slot = place;
            }
        }
        (renamed.into_iter().map(|(kind, _)| kind).collect(), places)
    }
}

/// The ids that records gave themselves, one after the other.
///
/// A handle counts units of four bytes and begins at 1. Each id lies behind its length (two bytes).
#[derive(Debug)]
pub(super) struct Ids {
    bytes: Vec<u8>,
}

impl Ids {
    /// No ids yet.
    pub(super) fn new() -> Self {
        Self { bytes: vec![0; 4] }
    }

    /// Keeps an id; none when it is longer than 65535 bytes or there is no room for more.
    pub(super) fn keep(&mut self, id: &str) -> Option<u32> {
        let len = u16::try_from(id.len()).ok()?;
        let handle = u32::try_from(self.bytes.len() / 4).ok()?;
        self.bytes.extend_from_slice(&len.to_le_bytes());
        self.bytes.extend_from_slice(id.as_bytes());
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        Some(handle)
    }

    /// The id with this handle; none for handle 0.
    pub(super) fn text(&self, handle: u32) -> Option<&str> {
        if handle == 0 {
            return None;
        }
        let start = usize::try_from(handle).ok()?.checked_mul(4)?;
        let (len, rest) = self.bytes.get(start..)?.split_first_chunk::<2>()?;
        std::str::from_utf8(rest.get(..usize::from(u16::from_le_bytes(*len)))?).ok()
    }
}

/// Items in sorted runs.
#[derive(Debug)]
pub(super) struct Runs {
    full: Vec<Vec<Item>>,
    open: Vec<Item>,
    run_len: usize,
}

/// Items of a run: 128 MiB.
const RUN_LEN: usize = 1 << 22;

impl Runs {
    /// No items yet.
    pub(super) fn new() -> Self {
        Self::of_len(RUN_LEN)
    }

    /// No items yet, so many to a run.
    pub(super) fn of_len(run_len: usize) -> Self {
        Self { full: Vec::new(), open: Vec::new(), run_len }
    }

    /// Adds an item.
    pub(super) fn push(&mut self, item: Item) {
        if self.open.len() >= self.run_len {
            self.full.push(std::mem::take(&mut self.open));
            self.open.reserve_exact(self.run_len);
        }
        self.open.push(item);
    }

    /// Sorts the runs, on so many threads, and merges them into groups of one number each.
    pub(super) fn grouped(mut self, threads: usize) -> Groups {
        self.full.push(self.open);
        let share = self.full.len().div_ceil(threads.max(1)).max(1);
        std::thread::scope(|scope| {
            let mut shares = self.full.chunks_mut(share);
            let own = shares.next();
            for others in shares {
                scope.spawn(|| others.iter_mut().for_each(|run| sort(run)));
            }
            own.into_iter().flatten().for_each(|run| sort(run));
        });
        let mut runs: Vec<std::vec::IntoIter<Item>> = self.full.into_iter().map(Vec::into_iter).collect();
        let mut heads = std::collections::BinaryHeap::with_capacity(runs.len());
        for (index, run) in runs.iter_mut().enumerate() {
            if let Some(first) = run.as_slice().first() {
                heads.push(std::cmp::Reverse((first.number, index)));
            }
        }
        Groups { runs, heads }
    }
}

fn sort(run: &mut [Item]) {
    run.sort_unstable_by_key(|item| item.number);
}

/// The items of each number, numbers ascending.
#[derive(Debug)]
pub(super) struct Groups {
    runs: Vec<std::vec::IntoIter<Item>>,
    heads: std::collections::BinaryHeap<std::cmp::Reverse<(u64, usize)>>,
}

impl Groups {
    /// The next number, whose items replace what is in `group`; none when all were given.
    pub(super) fn next_into(&mut self, group: &mut Vec<Item>) -> Option<u64> {
        group.clear();
        let number = self.heads.peek()?.0.0;
        while let Some(mut head) = self.heads.peek_mut() {
            let std::cmp::Reverse((smallest, index)) = *head;
            if smallest != number {
                break;
            }
            let Some(run) = self.runs.get_mut(index) else { break };
            while let Some(item) = run.as_slice().first().filter(|item| item.number == number).copied() {
                group.push(item);
                run.next();
            }
            match run.as_slice().first() {
                Some(next) => *head = std::cmp::Reverse((next.number, index)),
                None => {
                    std::collections::binary_heap::PeekMut::pop(head);
                }
            }
        }
        Some(number)
    }
}
