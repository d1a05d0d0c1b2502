//! A Bloom filter over every number of the tables, for a snapshot that stays in its file: a miss in it spares
//! the reads of the disk. Resident snapshots check its form and do not use it, because there it costs time.
//!
//! The section: how many numbers (8 bytes), then the filter as the crate `bloomfilter` writes it: version 1
//! (1 byte), bytes of the bits (8), hashes (4), seeds (32), bits. A number is hashed over its 8 bytes,
//! little-endian.
//!
//! A bit that is missing hides a number, which may allow. When compiling, every number is looked for; later
//! only the digest protects the bits: whoever can forge the digest can as well leave the number out of the
//! tables, so opening does not look for every number again.

use std::hash::{Hash, Hasher};

use bloomfilter::Bloom;

use crate::wire::{Malformed, Reader};

/// Bits for each number: one of a hundred that are not in the set passes.
const BITS_PER_NUMBER: u64 = 10;
/// Hashes for each number: the best for so many bits.
const HASHES: u32 = 7;
/// The fewest bytes of bits.
const LEAST_BYTES: u64 = 8;
/// The version of the crate's bytes.
const CRATE_VERSION: u8 = 1;
/// Keys of the two hashes: fixed, so that the bytes of a snapshot depend on its contents alone.
const SEEDS: [u8; 32] = *b"dialgate prefilter 1 dialgate...";

/// The filter, in memory.
#[derive(Debug)]
pub(super) struct Prefilter(Bloom<Digits>);

/// A number as it is hashed: explicit bytes, the same on every machine.
struct Digits([u8; 8]);

impl Digits {
    const fn of(number: u64) -> Self {
        Self(number.to_le_bytes())
    }
}

impl Hash for Digits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Not the array's own hash, which puts a length of the machine's width before the bytes.
        state.write(&self.0);
    }
}

impl Prefilter {
    /// False: the number is in no table.
    pub(super) fn may_hold(&self, number: u64) -> bool {
        self.0.check(&Digits::of(number))
    }

    /// Checks a section that is not empty: its sizes, hashes and seeds are those of this version.
    pub(super) fn check(section: &[u8]) -> Result<(), Malformed> {
        let mut reader = Reader::new(section);
        let wrong = reader.malformed("a Bloom filter with the sizes, hashes and seeds of this version");
        let (numbers, version) = (reader.u64()?, reader.u8()?);
        let (len, hashes, seeds) = (reader.u64()?, reader.u32()?, reader.bytes(SEEDS.len())?);
        // Every bit must have a number that the machine can count to.
        let countable = len.checked_mul(8).is_some_and(|bits| usize::try_from(bits).is_ok());
        let good = numbers > 0
            && version == CRATE_VERSION
            && countable
            && len_bytes(numbers) == Some(len)
            && reader.remaining() as u64 == len
            && hashes == HASHES
            && seeds == SEEDS;
        if good { Ok(()) } else { Err(wrong) }
    }

    /// The filter of a section; none when the section is empty.
    #[cfg(unix)]
    pub(super) fn load(section: &[u8]) -> Result<Option<Self>, Malformed> {
        if section.is_empty() {
            return Ok(None);
        }
        Self::check(section)?;
        let mut reader = Reader::new(section);
        let wrong = reader.malformed("a Bloom filter");
        reader.u64()?;
        let filter = Bloom::from_slice(reader.bytes(reader.remaining())?).map_err(|_| wrong)?;
        Ok(Some(Self(filter)))
    }

    /// The section for these numbers (each slice ascending); empty without numbers.
    #[cfg(feature = "compile")]
    pub(super) fn build(numbers: [&[u64]; 3]) -> Result<Vec<u8>, super::BuildError> {
        use super::BuildError;
        let count = union(numbers).count() as u64;
        if count == 0 {
            return Ok(Vec::new());
        }
        let len = len_bytes(count).and_then(|len| usize::try_from(len).ok()).ok_or(BuildError::Prefilter)?;
        // The count from which the crate computes as many hashes as this format has.
        let nominal = (len.saturating_mul(8) as u64 / BITS_PER_NUMBER) as usize;
        let mut filter = Bloom::new_with_seed(len, nominal, &SEEDS).map_err(|_| BuildError::Prefilter)?;
        union(numbers).for_each(|number| filter.set(&Digits::of(number)));
        let filter = Self(filter);
        if !union(numbers).all(|number| filter.may_hold(number)) {
            return Err(BuildError::Prefilter);
        }
        let mut section = count.to_le_bytes().to_vec();
        section.extend_from_slice(filter.0.as_slice());
        Self::check(&section).map_err(|_| BuildError::Prefilter)?;
        Ok(section)
    }
}

/// Bytes of the bits for so many numbers.
fn len_bytes(numbers: u64) -> Option<u64> {
    Some(numbers.checked_mul(BITS_PER_NUMBER)?.div_ceil(8).max(LEAST_BYTES))
}

/// The numbers of all slices (each ascending), each once.
#[cfg(feature = "compile")]
fn union(slices: [&[u64]; 3]) -> impl Iterator<Item = u64> {
    let mut slices = slices.map(|slice| slice.iter().copied().peekable());
    std::iter::from_fn(move || {
        let next = slices.iter_mut().filter_map(|slice| slice.peek().copied()).min()?;
        for slice in &mut slices {
            while slice.next_if_eq(&next).is_some() {}
        }
        Some(next)
    })
}
