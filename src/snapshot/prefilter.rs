//! A Bloom filter over all numbers, for an index that is left on disk: most misses then read nothing.
//!
//! A false negative would be an allow. So the hash is taken over explicit bytes, the same on every machine,
//! and every member is probed when the filter is made. What a forger with a repaired digest writes here is
//! told as little as what he writes elsewhere. A resident index does without: there the filter costs time.

use std::hash::{Hash, Hasher};

use bloomfilter::Bloom;

use crate::Number;
use crate::wire::{Malformed, Reader};

/// How often a number that is not there passes all the same.
#[cfg(feature = "compile")]
const FALSE_POSITIVES: f64 = 0.01;
/// The seed is no secret: it makes the same input give the same bytes.
#[cfg(feature = "compile")]
const SEED: [u8; 32] = *b"dialgate prefilter, format one  ";

#[derive(Debug)]
pub(crate) struct Prefilter(Bloom<Digits>);

/// A number as the filter hashes it: eight bytes, little-endian, nothing else.
struct Digits([u8; 8]);

impl Hash for Digits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.0);
    }
}

/// Takes numbers one by one.
#[cfg(feature = "compile")]
pub(crate) type Each<'a> = &'a mut dyn FnMut(u64);

impl Prefilter {
    /// The bytes of the filter over so many numbers, which `members` passes on one by one, as often as it is asked to;
    /// none: a member was not found in it.
    #[cfg(feature = "compile")]
    pub(crate) fn encode<E>(
        count: u64,
        mut members: impl FnMut(Each<'_>) -> Result<(), E>,
    ) -> Result<Option<Vec<u8>>, E> {
        let Some(count) = usize::try_from(count.max(1)).ok() else { return Ok(None) };
        let Ok(mut bloom) = Bloom::new_for_fp_rate_with_seed(count, FALSE_POSITIVES, &SEED) else { return Ok(None) };
        members(&mut |number| bloom.set(&Digits(number.to_le_bytes())))?;
        let Ok(bloom) = Bloom::from_bytes(bloom.into_bytes()) else { return Ok(None) };
        let (filter, mut are_all_in) = (Self(bloom), true);
        members(&mut |number| are_all_in &= filter.passes(number))?;
        Ok(are_all_in.then(|| filter.0.into_bytes()))
    }

    /// Reads the section to its end; none: it is empty.
    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Option<Self>, Malformed> {
        let wrong = reader.malformed("a Bloom filter, or nothing");
        let bytes = reader.bytes(reader.remaining())?;
        if bytes.is_empty() {
            return Ok(None);
        }
        // Bits that this machine cannot count would be looked for in other places than they were set;
        // none at all would divide by zero, more hashes than any rate asks for would only cost time.
        Bloom::from_slice(bytes)
            .ok()
            .filter(|bloom| {
                usize::try_from(bloom.len()).is_ok_and(|bits| bits >= 8) && bloom.number_of_hash_functions() <= 32
            })
            .map(|bloom| Some(Self(bloom)))
            .ok_or(wrong)
    }

    /// May the number be there? No is certain.
    pub(crate) fn may_hold(&self, number: Number) -> bool {
        self.passes(number.as_u64())
    }

    fn passes(&self, number: u64) -> bool {
        self.0.check(&Digits(number.to_le_bytes()))
    }
}
