//! The domain of the numbers and its mixing: a bijection, so that a place in a table implies most of the number.

#[cfg(feature = "compile")]
use crate::wire::Writer;
use crate::wire::{Malformed, Reader};

/// Odd, and with well spread bits (from SplitMix64).
const FIRST: u64 = 0xbf58_476d_1ce4_e5b9;
/// As above.
const SECOND: u64 = 0x94d0_49bb_1331_11eb;

/// The numbers from `base` on, `2^bits` of them: what the tables can hold. Others are kept beside them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Domain {
    base: u64,
    bits: u32,
}

/// A number as the tables want it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Key {
    /// Its digits.
    pub(crate) number: u64,
    /// Its mixed value: below `2^bits`.
    pub(crate) hash: u64,
    /// It lies in the domain; else `hash` means nothing.
    pub(crate) inside: bool,
}

impl Domain {
    /// No number has more bits.
    pub(crate) const MAX_BITS: u32 = 50;

    /// The domain of an empty set.
    #[cfg(feature = "compile")]
    pub(crate) const EMPTY: Self = Self { base: 0, bits: 1 };

    /// The smallest domain that holds numbers from `base` on, but for a few that are much longer: they cost every
    /// other number bits, and are better kept aside. Of `counts` the n-th says how many numbers take n bits when the
    /// base is subtracted.
    #[cfg(feature = "compile")]
    pub(crate) fn fitting(base: u64, counts: &Counts) -> Self {
        /// So many numbers may be left out, whatever the size of the set.
        const OUTSIDE_AT_MOST: u64 = 1 << 16;
        let count = counts.all();
        if count == 0 {
            return Self::EMPTY;
        }
        let spare = (count / 256).min(OUTSIDE_AT_MOST);
        let bits = (1..Self::MAX_BITS).find(|bits| counts.outside(*bits) <= spare).unwrap_or(Self::MAX_BITS);
        Self { base, bits }
    }

    /// The smallest domain of these numbers, ascending.
    #[cfg(all(test, feature = "compile"))]
    pub(crate) fn of(numbers: &[u64]) -> Self {
        let base = numbers.first().copied().unwrap_or_default();
        let mut counts = Counts::default();
        numbers.iter().for_each(|number| counts.add(base, *number));
        Self::fitting(base, &counts)
    }

    /// How many bits a mixed value has.
    pub(crate) const fn bits(self) -> u32 {
        self.bits
    }

    /// The number as the tables want it.
    #[inline]
    pub(crate) const fn key(self, number: u64) -> Key {
        let offset = number.wrapping_sub(self.base);
        let mask = self.mask();
        Key { number, hash: mix(self.bits, offset & mask), inside: offset <= mask }
    }

    /// The number whose mixed value this is.
    pub(crate) const fn number(self, hash: u64) -> u64 {
        self.base.wrapping_add(unmix(self.bits, hash & self.mask()))
    }

    const fn mask(self) -> u64 {
        mask(self.bits)
    }

    #[cfg(feature = "compile")]
    pub(crate) fn encode(self, writer: &mut Writer) {
        writer.u64(self.base);
        writer.u32(self.bits);
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let wrong = reader.malformed("a domain of numbers of at most 15 digits");
        let (base, bits) = (reader.u64()?, reader.u32()?);
        let fits = (1..=Self::MAX_BITS).contains(&bits) && base <= 999_999_999_999_999;
        if fits { Ok(Self { base, bits }) } else { Err(wrong) }
    }
}

const fn mask(bits: u32) -> u64 {
    (1u64 << bits).wrapping_sub(1)
}

/// Shifts by half the width or more undo themselves.
const fn shift(bits: u32) -> u32 {
    bits.div_ceil(2)
}

/// Mixes a value of so many bits.
#[inline]
pub(crate) const fn mix(bits: u32, value: u64) -> u64 {
    let (mask, shift) = (mask(bits), shift(bits));
    let mut x = value;
    x ^= x >> shift;
    x = x.wrapping_mul(FIRST) & mask;
    x ^= x >> shift;
    x.wrapping_mul(SECOND) & mask
}

/// The value that this is the mixed one of.
pub(crate) const fn unmix(bits: u32, mixed: u64) -> u64 {
    let (mask, shift) = (mask(bits), shift(bits));
    let mut x = mixed.wrapping_mul(inverse(SECOND)) & mask;
    x ^= x >> shift;
    x = x.wrapping_mul(inverse(FIRST)) & mask;
    x ^ (x >> shift)
}

/// How many numbers take how many bits, counted from a base.
#[cfg(feature = "compile")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts([u64; 65]);

#[cfg(feature = "compile")]
impl Default for Counts {
    fn default() -> Self {
        Self([0; 65])
    }
}

#[cfg(feature = "compile")]
impl Counts {
    /// Counts a number that is not below the base.
    #[inline]
    pub(crate) fn add(&mut self, base: u64, number: u64) {
        let bits = u64::BITS.saturating_sub(number.wrapping_sub(base).leading_zeros());
        if let Some(count) = self.0.get_mut(bits as usize) {
            *count = count.saturating_add(1);
        }
    }

    /// Adds what others counted from the same base.
    pub(crate) fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(count, more)| *count = count.saturating_add(more));
    }

    /// How many take more bits than these.
    pub(crate) fn outside(&self, bits: u32) -> u64 {
        self.0.iter().skip((bits as usize).saturating_add(1)).sum()
    }

    /// How many there are.
    pub(crate) fn all(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// The number that undoes a multiplication by an odd one, modulo 2^64 (Newton: each step doubles the right bits).
const fn inverse(odd: u64) -> u64 {
    let mut guess = odd;
    let mut step = 0u32;
    while step < 6 {
        guess = guess.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(guess)));
        step = step.wrapping_add(1);
    }
    guess
}

#[cfg(all(test, feature = "compile"))]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

    use proptest::prelude::*;

    use super::Domain;

    proptest! {
        #[test]
        fn mixing_is_undone(base in 0u64..1_000_000_000_000_000, bits in 1u32..=50, offset: u64) {
            let domain = Domain { base, bits };
            let number = base + (offset & domain.mask());
            let key = domain.key(number);
            prop_assert!(key.inside);
            prop_assert!(key.hash <= domain.mask());
            prop_assert_eq!(domain.number(key.hash), number);
        }

        #[test]
        fn what_lies_outside_is_known_to(base in 1u64..1_000_000_000_000_000, bits in 1u32..=49) {
            let domain = Domain { base, bits };
            prop_assert!(!domain.key(base - 1).inside);
            prop_assert!(!domain.key(base + (1 << bits)).inside);
        }
    }

    #[test]
    fn a_small_domain_is_a_permutation() {
        for bits in 1..=12 {
            let domain = Domain { base: 0, bits };
            let mut seen: Vec<u64> = (0..1 << bits).map(|number| domain.key(number).hash).collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..1 << bits));
        }
    }

    #[test]
    fn a_few_long_numbers_do_not_widen_the_domain() {
        let mut numbers: Vec<u64> = (48_223_000_000..48_223_001_000).collect();
        numbers.push(999_999_999_999_999);
        let domain = Domain::of(&numbers);
        assert_eq!(domain.bits(), 10);
        assert!(!domain.key(999_999_999_999_999).inside);
    }
}
