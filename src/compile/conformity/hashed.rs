//! Hashed lists as the audit needs them: which of them is this number on?

use crate::key::{KeyRing, MasterKey, NumberHash, NumberHasher};
use crate::vocabulary::ListKind;
use crate::{Number, Template, What};

/// The entries of hashed lists.
#[derive(Debug, Default)]
pub(crate) struct HashedLists {
    hashers: Vec<NumberHasher>,
    entries: Vec<(NumberHash, u16)>,
}

impl HashedLists {
    /// No entries yet, of lists hashed with these keys.
    pub(crate) fn new(keys: Option<&KeyRing>) -> Self {
        let hashers = keys.iter().flat_map(|ring| ring.iter()).map(MasterKey::number_hasher).collect();
        Self { hashers, entries: Vec::new() }
    }

    /// These are on the list.
    pub(crate) fn add(&mut self, list: u16, hashes: &[NumberHash]) {
        self.entries.extend(hashes.iter().map(|hash| (*hash, list)));
    }

    /// Ready to be asked.
    pub(crate) fn sorted(mut self) -> Self {
        self.entries.sort_unstable();
        self.entries.dedup();
        self
    }

    /// The lists that a number is on.
    pub(crate) fn lists(&self, number: Number) -> impl Iterator<Item = u16> {
        let hashers = if self.entries.is_empty() { &[][..] } else { &self.hashers };
        hashers.iter().flat_map(move |hasher| {
            let hash = hasher.hash(number);
            let start = self.entries.partition_point(|(other, _)| *other < hash);
            let from = self.entries.get(start..).unwrap_or_default();
            from.iter().take_while(move |(other, _)| *other == hash).map(|(_, list)| *list)
        })
    }
}

/// What an undated entry of a list says about its number.
pub(crate) fn listing(kind: ListKind, list: u16) -> Template {
    let what = if kind == ListKind::Reassigned { What::Reassigned } else { What::Listing { list, scope: None } };
    Template { controller: None, what }
}
