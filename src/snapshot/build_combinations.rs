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
    /// The number of a set, counting one more number on it.
    pub(super) fn intern(&mut self, set: &[u16]) -> Result<u32, BuildError> {
        let id = match self.ids.get(set) {
            Some(id) => *id,
            None => {
                let id = u32::try_from(self.sets.len()).map_err(|_| BuildError::TooMany("sets of lists"))?;
                self.ids.insert(set.to_vec(), id);
                self.sets.push(set.to_vec());
                self.counts.push(0);
                id
            }
        };
        if let Some(count) = self.counts.get_mut(id as usize) {
            *count = count.saturating_add(1);
        }
        Ok(id)
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
