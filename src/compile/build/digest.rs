//! What a list says, in 32 bytes, whatever the order of its rows.

use crate::compile::input::{ListEntry, Scope, Target};
use crate::key::NumberHash;
use crate::{NameId, Timestamp};

/// Sums up the entries of a list.
///
/// A sum over the entries does not depend on their order; BLAKE3 over it makes the digest. It tells two
/// copies of a list apart, it proves nothing against somebody who may write both: the snapshot's own digest
/// does not rest on it.
#[derive(Clone, Default, Debug)]
pub(super) struct EntriesDigest {
    sums: [u64; 4],
    entries: u64,
}

impl EntriesDigest {
    /// Adds an undated, unscoped number.
    #[inline]
    pub(super) fn number(&mut self, number: u64) {
        self.entries = self.entries.wrapping_add(1);
        let [first, second, ..] = &mut self.sums;
        *first = first.wrapping_add(mix(number ^ 0x243f_6a88_85a3_08d3));
        *second = second.wrapping_add(mix(number ^ 0xa409_3822_299f_31d0));
    }

    /// Adds a number by its hash.
    pub(super) fn hash(&mut self, hash: NumberHash) {
        let hash = u128::from_le_bytes(*hash.as_bytes());
        self.add([3, hash as u64, (hash >> u64::BITS) as u64, 0, 0, 0]);
    }

    /// Adds any other entry.
    pub(super) fn entry(&mut self, entry: &ListEntry) {
        if let ListEntry { target: Target::Number(number), at: None, until: None, scope: None } = entry {
            return self.number(number.as_u64());
        }
        let (kind, first, last) = match entry.target {
            Target::Number(number) => (1, number.as_u64(), 0),
            Target::Range { first, last } => (2, first, last),
        };
        let (at, until, scope) = (instant(entry.at), instant(entry.until), scope(entry.scope.as_ref()));
        self.add([kind, first, last, at, until, scope]);
    }

    /// The digest of what was added.
    pub(super) fn finish(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"dialgate list entries 2");
        hasher.update(&self.entries.to_le_bytes());
        self.sums.iter().for_each(|sum| {
            hasher.update(&sum.to_le_bytes());
        });
        *hasher.finalize().as_bytes()
    }

    fn add(&mut self, words: [u64; 6]) {
        self.entries = self.entries.wrapping_add(1);
        let mut hash = words.iter().fold(0x243f_6a88_85a3_08d3, |hash, word| mix(hash ^ word));
        for sum in &mut self.sums {
            hash = mix(hash);
            *sum = sum.wrapping_add(hash);
        }
    }
}

/// Zero for none; an instant never gives zero but by chance.
fn instant(instant: Option<Timestamp>) -> u64 {
    instant.map_or(0, |instant| mix(instant.micros().cast_unsigned() ^ 0x1319_8a2e_0370_7344))
}

fn scope(scope: Option<&Scope>) -> u64 {
    let words = |words: &Option<Vec<String>>| match words {
        None => 0,
        Some(words) => words.iter().fold(1, |hash, word| mix(hash ^ NameId::of(word).as_u64())),
    };
    scope.map_or(0, |scope| mix(words(&scope.purposes) ^ mix(words(&scope.channels) ^ 1)))
}

/// A step of SplitMix64.
fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::Number;

    fn dated(number: u64, at: Option<i64>, scope: Option<Scope>) -> ListEntry {
        let target = Target::Number(Number::from_e164(number).unwrap());
        ListEntry { target, at: at.map(Timestamp::from_seconds), until: None, scope }
    }

    fn digest(entries: &[ListEntry]) -> [u8; 32] {
        let mut digest = EntriesDigest::default();
        entries.iter().for_each(|entry| digest.entry(entry));
        digest.finish()
    }

    #[test]
    fn the_order_of_entries_does_not_show() {
        let (a, b) = (dated(48_223_000_001, None, None), dated(48_223_000_002, Some(1), None));
        assert_eq!(digest(&[a.clone(), b.clone()]), digest(&[b, a]));
    }

    #[test]
    fn every_part_of_an_entry_shows() {
        let scope = Scope { purposes: Some(vec!["own".into()]), channels: None };
        let entries = [
            dated(48_223_000_001, None, None),
            dated(48_223_000_002, None, None),
            dated(48_223_000_001, Some(0), None),
            dated(48_223_000_001, Some(1), None),
            dated(48_223_000_001, None, Some(Scope::default())),
            dated(48_223_000_001, None, Some(scope)),
        ];
        let mut digests: Vec<_> = entries.iter().map(|entry| digest(std::slice::from_ref(entry))).collect();
        digests.push(digest(&[]));
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), 7);
    }

    #[test]
    fn a_plain_number_is_the_same_either_way() {
        let mut plain = EntriesDigest::default();
        plain.number(48_223_000_001);
        assert_eq!(plain.finish(), digest(&[dated(48_223_000_001, None, None)]));
    }
}
