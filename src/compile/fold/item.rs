//! Records as the fold keeps them until all are read: 32 bytes each, whatever they say.
//!
//! What a record says beside its number, its instants and its id is a [`Kind`]; few kinds serve millions
//! of records. Items are kept in one run of bounded length; when it is full it is sorted by number and leaves
//! memory, its ids with it. The runs are merged at the end.

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

    /// Forgets all ids.
    pub(super) fn clear(&mut self) {
        self.bytes.truncate(4);
    }

    /// Bytes that the ids take.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
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
