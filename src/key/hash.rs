//! Keyed hashes of numbers, and the hexadecimal that they are written in.

use std::fmt;

use super::{KeyId, SubKey};
use crate::Number;

/// Digits of the longest number.
const DIGITS: usize = 15;

/// A number under a key, one-way: 128 bits of the keyed BLAKE3 hash of its E.164 digits without the plus.
///
/// Who has the key can find the number by trying all of them; who has not, cannot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberHash([u8; 16]);

impl NumberHash {
    /// The hash with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The hash in 32 hexadecimal digits, small or capital.
    ///
    /// # Errors
    /// Anything else.
    pub fn from_hex(text: &[u8]) -> Result<Self, HexError> {
        unhex(text).map(Self)
    }
}

impl fmt::Display for NumberHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for NumberHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NumberHash(…)")
    }
}

/// Hashes numbers under one key; cheap to clone, shared by any number of threads.
#[derive(Clone)]
pub struct NumberHasher {
    key: SubKey<32>,
    id: KeyId,
    check: [u8; 16],
}

impl NumberHasher {
    pub(super) const fn new(key: SubKey<32>, id: KeyId, check: [u8; 16]) -> Self {
        Self { key, id, check }
    }

    /// The master key that it comes from.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.id
    }

    /// That key's check value.
    #[must_use]
    pub const fn key_check(&self) -> [u8; 16] {
        self.check
    }

    /// The hash of a number. Allocates nothing.
    #[must_use]
    pub fn hash(&self, number: Number) -> NumberHash {
        let mut digits = [0_u8; DIGITS];
        let mut rest = number.as_u64();
        let mut used = 0_usize;
        for place in digits.iter_mut().rev() {
            if rest == 0 {
                break;
            }
            *place = b'0' | (rest % 10) as u8;
            rest /= 10;
            used = used.saturating_add(1);
        }
        // INVARIANT: a number has at most as many digits as there are places.
        let digits = digits.get(DIGITS.saturating_sub(used)..).unwrap_or_default();
        let mut hash = [0; 16];
        blake3::Hasher::new_keyed(self.key.as_bytes()).update(digits).finalize_xof().fill(&mut hash);
        NumberHash(hash)
    }
}

impl fmt::Debug for NumberHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberHasher").field("key", &self.id).finish_non_exhaustive()
    }
}

/// A text that is not 32 hexadecimal digits. Does not repeat it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not 32 hexadecimal digits")]
pub struct HexError;

/// The bytes that a text of twice as many hexadecimal digits stands for.
pub(super) fn unhex<const N: usize>(text: &[u8]) -> Result<[u8; N], HexError> {
    let (pairs, rest) = text.as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return Err(HexError);
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Ok(bytes)
}

fn digit(letter: u8) -> Result<u8, HexError> {
    let value = char::from(letter).to_digit(16).ok_or(HexError)?;
    u8::try_from(value).map_err(|_| HexError)
}

/// Writes bytes in small hexadecimal digits.
pub(super) fn write_hex(bytes: &[u8], to: &mut impl fmt::Write) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(to, "{byte:02x}"))
}
