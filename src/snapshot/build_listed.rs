//! Suppressed numbers on their way into the snapshot: brought together by number, then the sets of lists by how
//! many numbers are on them.

use std::sync::{Arc, Mutex, PoisonError};

use super::build::BuildError;
use super::build_combinations::{Combinations, Met};
use super::build_rounds::{Tell, rounds};
use super::mix::Counts;
use super::table_build::Source;
use crate::spill::{PARTS, Parts, Room, part_of};

/// Bits of a list, or of a set, beside a number of 50 bits.
const ID_BITS: u32 = 14;
/// Says that the word behind has the number of the set.
const BEHIND: u64 = (1 << ID_BITS) - 1;

/// Numbers and lists as they come.
#[derive(Debug)]
pub(super) struct Listed {
    room: Arc<Room>,
    /// Number and list in one word: for the first 2^14 lists.
    near: Parts,
    far: Vec<(u64, u16)>,
    least: Option<u64>,
    count: u64,
}

impl Listed {
    pub(super) fn new(room: &Arc<Room>) -> Self {
        Self { room: Arc::clone(room), near: Parts::new(room), far: Vec::new(), least: None, count: 0 }
    }

    /// The number is on the list.
    #[inline]
    pub(super) fn add(&mut self, number: u64, list: u16) {
        self.least = Some(self.least.map_or(number, |least| least.min(number)));
        self.count = self.count.saturating_add(1);
        if u64::from(list) < 1 << ID_BITS {
            self.near.push(part_of(number), &(number << ID_BITS | u64::from(list)).to_le_bytes());
        } else {
            self.far.push((number, list));
        }
    }

    /// The least of the numbers.
    pub(super) const fn least(&self) -> Option<u64> {
        self.least
    }

    /// Brings together what belongs to one number.
    pub(super) fn settle(
        mut self,
        lists: usize,
        base: u64,
        threads: usize,
        tell: Tell<'_>,
    ) -> Result<Settled, BuildError> {
        self.far.sort_unstable_by_key(|(number, list)| (part_of(*number), *number, *list));
        self.far.dedup();
        let threads = if self.count < 50_000 { 1 } else { threads };
        let mut settled = Parts::new(&self.room);
        let (mut counts, mut total) = (Counts::default(), Vec::new());
        let combinations = Mutex::new(Combinations::default());
        let (near, far) = (Mutex::new(self.near), &self.far);
        let work = |part: usize| {
            let bytes = near.lock().unwrap_or_else(PoisonError::into_inner).take(part)?;
            let start = far.partition_point(|(number, _)| part_of(*number) < part);
            let end = far.partition_point(|(number, _)| part_of(*number) <= part);
            let far = far.get(start..end).unwrap_or_default();
            settle_part(bytes, far, lists, base, Met::new(&combinations))
        };
        rounds(PARTS, threads, tell, work, |part, done: Part| {
            settled.append(part, done.words);
            counts.join(&done.counts);
            total.resize(total.len().max(done.on.len()), 0u64);
            total.iter_mut().zip(done.on).for_each(|(all, more)| *all = all.saturating_add(more));
            Ok(())
        })?;
        let mut combinations = combinations.into_inner().unwrap_or_else(PoisonError::into_inner);
        combinations.count(&total);
        combinations.rank();
        Ok(Settled { parts: settled, counts, combinations })
    }
}

/// What comes out of a part.
struct Part {
    words: Vec<u8>,
    counts: Counts,
    on: Vec<u64>,
}

fn settle_part(
    bytes: Vec<u8>,
    far: &[(u64, u16)],
    lists: usize,
    base: u64,
    mut met: Met<'_>,
) -> Result<Part, BuildError> {
    let mut near: Vec<u64> = bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
    drop(bytes);
    near.sort_unstable();
    near.dedup();
    let mut words = Vec::with_capacity(near.len().saturating_add(far.len()).saturating_mul(8));
    let mut counts = Counts::default();
    let mut set: Vec<u16> = Vec::new();
    let mut near = near.iter().map(|word| (word >> ID_BITS, (word & BEHIND) as u16)).peekable();
    let mut far = far.iter().copied().peekable();
    loop {
        let next = match (near.peek(), far.peek()) {
            (Some((near, _)), Some((far, _))) => *near.min(far),
            (Some((number, _)), None) | (None, Some((number, _))) => *number,
            (None, None) => break,
        };
        set.clear();
        // Lists of the second kind are all larger than those of the first.
        while let Some((_, list)) = near.next_if(|entry| entry.0 == next) {
            set.push(list);
        }
        while let Some((_, list)) = far.next_if(|entry| entry.0 == next) {
            set.push(list);
        }
        if set.last().is_some_and(|list| usize::from(*list) >= lists) {
            return Err(BuildError::Undefined("an entry of a list"));
        }
        let id = u64::from(met.id(&set)?);
        words.extend_from_slice(&(next << ID_BITS | id.min(BEHIND)).to_le_bytes());
        if id >= BEHIND {
            words.extend_from_slice(&id.to_le_bytes());
        }
        counts.add(base, next);
    }
    Ok(Part { words, counts, on: met.counts })
}

/// Distinct numbers, each with the set of lists that it is on.
pub(super) struct Settled {
    parts: Parts,
    pub(super) counts: Counts,
    pub(super) combinations: Combinations,
}

impl Source for Settled {
    fn pieces(&self) -> usize {
        PARTS
    }

    fn piece(&self, place: usize, into: &mut Vec<(u64, u64)>) -> std::io::Result<()> {
        let bytes = self.parts.read(place)?;
        let mut words = bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        into.reserve(bytes.len() / 8);
        while let Some(word) = words.next() {
            let id = match word & BEHIND {
                BEHIND => words.next().unwrap_or_default(),
                id => id,
            };
            let rank = usize::try_from(id).ok().and_then(|id| self.combinations.rank.get(id));
            into.push((word >> ID_BITS, rank.copied().map_or(0, u64::from)));
        }
        Ok(())
    }
}
