//! Which sets of lists there are, and how many numbers are on each.

use std::collections::HashMap;

use super::build::BuildError;

/// Sets of lists as they are met, then by how many numbers are on them.
#[derive(Default)]
pub(super) struct Combinations {
    ids: HashMap<Vec<u16>, u32>,
    pub(super) sets: Vec<Vec<u16>>,
    counts: Vec<u64>,
    /// For each set as met its rank.
    pub(super) rank: Vec<u32>,
}

impl Combinations {
    /// The number of a set.
    pub(super) fn id(&mut self, set: &[u16]) -> Result<u32, BuildError> {
        if let Some(id) = self.ids.get(set) {
            return Ok(*id);
        }
        let id = u32::try_from(self.sets.len()).map_err(|_| BuildError::TooMany("sets of lists"))?;
        self.ids.insert(set.to_vec(), id);
        self.sets.push(set.to_vec());
        self.counts.push(0);
        Ok(id)
    }

    /// Counts so many more numbers on each set.
    pub(super) fn count(&mut self, counts: &[u64]) {
        self.counts.iter_mut().zip(counts).for_each(|(count, more)| *count = count.saturating_add(*more));
    }

    /// Orders the sets, the most frequent first.
    pub(super) fn rank(&mut self) {
        self.ids = HashMap::new();
        let mut order: Vec<(u64, Vec<u16>, u32)> = Vec::with_capacity(self.sets.len());
        for ((id, set), count) in (0u32..).zip(self.sets.drain(..)).zip(self.counts.drain(..)) {
            order.push((count, set, id));
        }
        order.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        self.rank = vec![0; order.len()];
        for (rank, (count, set, id)) in (0u32..).zip(order) {
            if let Some(place) = self.rank.get_mut(id as usize) {
                *place = rank;
            }
            self.sets.push(set);
            self.counts.push(count);
        }
    }

    /// How many numbers are on sets of this rank or later.
    pub(super) fn beyond(&self, rank: u64) -> u64 {
        let rank = usize::try_from(rank).unwrap_or(usize::MAX);
        self.counts.iter().skip(rank).sum()
    }
}

/// What one part of the numbers calls the sets: asks the others only for those that it has not met.
pub(super) struct Met<'a> {
    all: &'a std::sync::Mutex<Combinations>,
    single: Vec<Option<u32>>,
    several: HashMap<Vec<u16>, u32>,
    pub(super) counts: Vec<u64>,
}

impl<'a> Met<'a> {
    pub(super) fn new(all: &'a std::sync::Mutex<Combinations>) -> Self {
        Self { all, single: Vec::new(), several: HashMap::new(), counts: Vec::new() }
    }

    /// The number of a set, counting one more number on it.
    #[inline]
    pub(super) fn id(&mut self, set: &[u16]) -> Result<u32, BuildError> {
        let known = match set {
            [list] => self.single.get(usize::from(*list)).copied().flatten(),
            _ => self.several.get(set).copied(),
        };
        let id = match known {
            Some(id) => id,
            None => self.learn(set)?,
        };
        if let Some(count) = self.counts.get_mut(id as usize) {
            *count = count.wrapping_add(1);
        }
        Ok(id)
    }

    #[cold]
    fn learn(&mut self, set: &[u16]) -> Result<u32, BuildError> {
        let id = self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).id(set)?;
        if let [list] = set {
            let list = usize::from(*list);
            self.single.resize(self.single.len().max(list.saturating_add(1)), None);
            if let Some(place) = self.single.get_mut(list) {
                *place = Some(id);
            }
        } else {
            self.several.insert(set.to_vec(), id);
        }
        self.counts.resize(self.counts.len().max((id as usize).saturating_add(1)), 0);
        Ok(id)
    }
}
