//! What happened since the snapshot was compiled.
//!
//! An overlay is never changed: a new one shares all that stayed the same. It is published together with its
//! snapshot, as one value, so that a question sees one state of both.

#[cfg(feature = "ledger")]
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::{Attempt, Event, Template};
use crate::key::{NumberHash, NumberHasher};
use crate::{Number, Timestamp};

/// What happened since the snapshot was compiled.
#[derive(Clone, Debug)]
pub(crate) struct Overlay {
    /// Numbers of which more is known than the snapshot holds: all that is known, the snapshot's part included.
    numbers: Shards<u64, Amended>,
    /// Tombstones by keyed hash.
    hashed: Shards<NumberHash, Vec<Event>>,
    /// One for each key that a tombstone was hashed with.
    hashers: Arc<[NumberHasher]>,
    /// Templates of its events: indices go on where the snapshot's end.
    templates: Arc<Vec<Template>>,
}

/// All that is known of a number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Amended {
    /// Its events, sorted.
    pub(crate) events: Vec<Event>,
    /// The ids of their records, in the same order.
    pub(crate) ids: Vec<Option<Box<str>>>,
    /// Its attempts, sorted.
    pub(crate) attempts: Vec<Attempt>,
    /// When the last of it was taken in.
    pub(crate) as_of: Timestamp,
}

impl Default for Overlay {
    fn default() -> Self {
        Self {
            numbers: Shards::default(),
            hashed: Shards::default(),
            hashers: Arc::from([]),
            templates: Arc::default(),
        }
    }
}

impl Overlay {
    /// All that is known of a number, if more is known than the snapshot holds.
    pub(crate) fn number(&self, number: Number) -> Option<&Amended> {
        self.numbers.get(number.as_u64())
    }

    /// The events of a keyed hash.
    pub(crate) fn hashed(&self, hash: NumberHash) -> &[Event] {
        self.hashed.get(hash).map_or(&[], Vec::as_slice)
    }

    /// One for each key that its tombstones were hashed with.
    pub(crate) fn hashers(&self) -> &[NumberHasher] {
        &self.hashers
    }

    /// The templates that go on where the snapshot's end.
    pub(crate) fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// Does it say nothing of any number?
    #[cfg(feature = "ledger")]
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.len == 0 && self.hashed.len == 0 && self.hashers.is_empty()
    }

    /// How many numbers and hashes it holds.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.numbers.len.saturating_add(self.hashed.len)
    }
}

/// What is new in an overlay.
#[cfg(feature = "ledger")]
#[derive(Debug)]
pub(crate) struct News {
    /// Numbers with all that is known of them now.
    pub(crate) numbers: BTreeMap<u64, Amended>,
    /// Keyed hashes with all their events.
    pub(crate) hashed: BTreeMap<NumberHash, Vec<Event>>,
    /// One for each key that a tombstone, old or new, was hashed with.
    pub(crate) hashers: Arc<[NumberHasher]>,
    /// All templates that go on where the snapshot's end.
    pub(crate) templates: Arc<Vec<Template>>,
}

#[cfg(feature = "ledger")]
impl Overlay {
    /// The same with what is new.
    pub(crate) fn with(&self, news: News) -> Self {
        Self {
            numbers: self.numbers.with(news.numbers),
            hashed: self.hashed.with(news.hashed),
            hashers: news.hashers,
            templates: news.templates,
        }
    }
}

/// A key that is spread evenly by its own bits or by a multiplication.
trait Key: Ord + Copy {
    fn spread(self) -> u64;
}

impl Key for u64 {
    fn spread(self) -> u64 {
        // The golden ratio: the high bits of the product depend on all bits of a number.
        self.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl Key for NumberHash {
    fn spread(self) -> u64 {
        self.as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }
}

/// A map that shares with its predecessor every shard that stayed the same.
#[derive(Clone, Debug)]
struct Shards<K, V> {
    /// None, or `1 << SHARD_BITS` of them, each sorted by key.
    shards: Arc<[Arc<Shard<K, V>>]>,
    len: usize,
}

type Shard<K, V> = Vec<(K, Arc<V>)>;

/// 4096 shards: the list of them stays in the second cache, and 100,000 numbers make shards of 25.
const SHARD_BITS: u32 = 12;

impl<K, V> Default for Shards<K, V> {
    fn default() -> Self {
        Self { shards: Arc::from([]), len: 0 }
    }
}

impl<K: Key, V> Shards<K, V> {
    fn get(&self, key: K) -> Option<&V> {
        if self.len == 0 {
            return None;
        }
        let shard = self.shards.get(place(key))?;
        let at = shard.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        shard.get(at).map(|(_, value)| value.as_ref())
    }

    #[cfg(feature = "ledger")]
    fn with(&self, news: BTreeMap<K, V>) -> Self
    where
        V: Clone,
    {
        if news.is_empty() {
            return self.clone();
        }
        let mut shards: Vec<Arc<Shard<K, V>>> = self.shards.to_vec();
        shards.resize_with(1 << SHARD_BITS, Arc::default);
        let mut len = self.len;
        for (key, value) in news {
            let Some(shard) = shards.get_mut(place(key)) else { continue };
            let shard = Arc::make_mut(shard);
            match shard.binary_search_by_key(&key, |(key, _)| *key) {
                Ok(at) => {
                    if let Some(entry) = shard.get_mut(at) {
                        entry.1 = Arc::new(value);
                    }
                }
                Err(at) => {
                    shard.insert(at, (key, Arc::new(value)));
                    len = len.saturating_add(1);
                }
            }
        }
        Self { shards: shards.into(), len }
    }
}

fn place<K: Key>(key: K) -> usize {
    usize::try_from(key.spread() >> (64 - SHARD_BITS)).unwrap_or(0)
}

#[cfg(all(test, feature = "ledger"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn amended(at: i64) -> Amended {
        let event = Event { at: Some(Timestamp::from_micros(at)), template: 0, until: None };
        let as_of = Timestamp::from_micros(1);
        Amended { events: vec![event], ids: vec![None], attempts: Vec::new(), as_of }
    }

    fn with(overlay: &Overlay, numbers: &[(u64, i64)]) -> Overlay {
        let numbers = numbers.iter().map(|(number, at)| (*number, amended(*at))).collect();
        overlay.with(News { numbers, hashed: BTreeMap::new(), hashers: Arc::from([]), templates: Arc::default() })
    }

    #[test]
    fn what_was_put_is_found_and_the_predecessor_stays_as_it_was() {
        let number = |value: u64| Number::from_e164(value).unwrap();
        let first = with(&Overlay::default(), &(0..5_000).map(|n| (48_223_000_000 + n, 1)).collect::<Vec<_>>());
        let second = with(&first, &[(48_223_000_007, 2), (48_229_999_999, 3)]);
        assert_eq!(first.number(number(48_223_000_007)), Some(&amended(1)));
        assert_eq!(second.number(number(48_223_000_007)), Some(&amended(2)));
        assert_eq!((first.number(number(48_229_999_999)), first.len()), (None, 5_000));
        assert_eq!((second.number(number(48_229_999_999)), second.len()), (Some(&amended(3)), 5_001));
        for n in 0..5_000 {
            assert!(second.number(number(48_223_000_000 + n)).is_some());
        }
    }
}
