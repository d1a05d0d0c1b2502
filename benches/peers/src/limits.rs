//! The limits of the memory, measured between the rounds: R, one dependent random read, and P, one prefetched one.

use crate::machine::{Lines, prefetch};
use crate::plan::Dice;

/// How far ahead memory is asked for: the best of these is P.
const AHEAD: [usize; 3] = [16, 32, 64];

/// An array as large as the index, on huge pages.
pub struct Limits {
    lines: Lines,
    /// Where the chase goes on.
    next: u64,
    dice: Dice,
}

impl Limits {
    pub fn new(bytes: usize) -> Self {
        let mut lines = Lines::new(bytes);
        // One cycle through all lines (Sattolo): no read but the last one tells where the next one is.
        for (place, line) in lines.iter_mut().enumerate() {
            line.0[0] = place as u64;
        }
        let mut dice = Dice(bytes as u64);
        for place in (1..lines.len()).rev() {
            let other = dice.below(place as u64) as usize;
            let kept = lines[place].0[0];
            lines[place].0[0] = lines[other].0[0];
            lines[other].0[0] = kept;
        }
        Self { lines, next: 0, dice }
    }

    /// So many dependent random reads.
    pub fn chase(&mut self, reads: usize) {
        let mut next = self.next;
        for _ in 0..reads {
            next = self.lines[next as usize].0[0];
        }
        self.next = std::hint::black_box(next);
    }

    /// As many prefetched random reads for each distance; gives the distances' times.
    pub fn stream(&mut self, reads: usize, time: impl Fn() -> u64) -> [u64; AHEAD.len()] {
        AHEAD.map(|ahead| {
            let mut coming = Dice(self.dice.next());
            let mut places = [0usize; 64];
            let limit = self.lines.len() as u64;
            let mut sum = 0u64;
            let began = time();
            for turn in 0..reads + ahead {
                let slot = &mut places[turn & (ahead - 1)];
                if turn >= ahead {
                    sum = sum.wrapping_add(self.lines[*slot].0[0]);
                }
                *slot = coming.below(limit) as usize;
                prefetch(&self.lines[*slot]);
            }
            let took = time() - began;
            std::hint::black_box(sum);
            took
        })
    }
}
