//! BLAKE3 over a snapshot without its own digest, on several threads: blocks are hashed apart and then joined, which
//! gives the same digest as hashing from the first byte to the last.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use blake3::Hasher;
use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};

use super::format::DIGEST;

/// Bytes of a block: a power of two, so that each is a subtree.
pub(super) const BLOCK: usize = 1 << 20;
/// Bytes that the digest itself takes in the first block.
const OWN: usize = DIGEST.end - DIGEST.start;

/// The places of the blocks in an image of so many bytes: the first is longer by the digest, which is left out.
pub(super) fn blocks(len: usize) -> impl Iterator<Item = Range<usize>> {
    let first = BLOCK.saturating_add(OWN).min(len);
    let rest = (first..len).step_by(BLOCK).map(move |start| start..start.saturating_add(BLOCK).min(len));
    std::iter::once(0..first).chain(rest)
}

/// The hash of a block (by its place among them), if it is not the only one.
pub(super) fn block(place: usize, bytes: &[u8]) -> ChainingValue {
    let mut hasher = Hasher::new();
    if place == 0 {
        update_first(&mut hasher, bytes);
    } else {
        hasher.set_input_offset((place as u64).saturating_mul(BLOCK as u64)).update(bytes);
    }
    hasher.finalize_non_root()
}

/// Joins the hashes of all blocks; none: there is but one.
pub(super) fn join(blocks: &[ChainingValue]) -> Option<[u8; 32]> {
    let (left, right) = halves(blocks)?;
    Some(*merge_subtrees_root(&subtree(left)?, &subtree(right)?, Mode::Hash).as_bytes())
}

/// BLAKE3 of an image without its digest.
pub(crate) fn digest(image: &[u8], threads: usize) -> [u8; 32] {
    let places: Vec<Range<usize>> = blocks(image.len()).collect();
    if places.len() == 1 {
        let mut hasher = Hasher::new();
        update_first(&mut hasher, image);
        return *hasher.finalize().as_bytes();
    }
    let next = AtomicUsize::new(0);
    let hashes = Mutex::new(vec![ChainingValue::default(); places.len()]);
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(range) = places.get(place) else { break };
            let hash = block(place, image.get(range.clone()).unwrap_or_default());
            if let Some(slot) = hashes.lock().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
                *slot = hash;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(places.len()) {
            scope.spawn(work);
        }
        work();
    });
    join(&hashes.into_inner().unwrap_or_else(PoisonError::into_inner)).unwrap_or_default()
}

fn update_first(hasher: &mut Hasher, bytes: &[u8]) {
    hasher.update(bytes.get(..DIGEST.start.min(bytes.len())).unwrap_or_default());
    hasher.update(bytes.get(DIGEST.end..).unwrap_or_default());
}

fn subtree(blocks: &[ChainingValue]) -> Option<ChainingValue> {
    match (blocks, halves(blocks)) {
        ([only], _) => Some(*only),
        (_, Some((left, right))) => Some(merge_subtrees_non_root(&subtree(left)?, &subtree(right)?, Mode::Hash)),
        (_, None) => None,
    }
}

/// The left half is the largest power of two that leaves something for the right one.
fn halves(blocks: &[ChainingValue]) -> Option<(&[ChainingValue], &[ChainingValue])> {
    let log = blocks.len().checked_sub(1)?.checked_ilog2()?;
    blocks.split_at_checked(1 << log)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "a test that goes wrong fails")]

    use super::*;

    #[test]
    fn blocks_joined_are_the_whole() {
        let mut image: Vec<u8> = (0..9 * BLOCK + 5).map(|place| (place % 253) as u8 ^ (place >> 11) as u8).collect();
        let lens = [0, 1, 63, 64, 95, 96, 97, 128, 1 << 12, BLOCK, BLOCK + 31, BLOCK + 32, BLOCK + 33, 2 * BLOCK + 32];
        let longer = [3 * BLOCK, 4 * BLOCK + 32, 4 * BLOCK + 33, 8 * BLOCK + 1000, image.len()];
        for len in lens.into_iter().chain(longer) {
            let image = &mut image[..len];
            let whole: Vec<u8> =
                image.iter().enumerate().filter(|(at, _)| !DIGEST.contains(at)).map(|(_, b)| *b).collect();
            for threads in [1, 2, 3] {
                assert_eq!(digest(image, threads), *blake3::hash(&whole).as_bytes(), "{len} bytes");
            }
            let places: Vec<Range<usize>> = blocks(len).collect();
            assert!(places.array_windows().all(|[a, b]| a.end == b.start) && places[places.len() - 1].end == len);
        }
    }
}
