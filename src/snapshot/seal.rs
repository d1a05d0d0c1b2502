//! Sealed files: a snapshot encrypted and authenticated, in segments.
//!
//! STREAM (big-endian 32-bit counter) over XChaCha20-Poly1305: the header is associated data of every segment,
//! a segment's place and whether it is the last are part of its nonce. A file that is cut, extended, reordered
//! or altered anywhere, by somebody without the key, is therefore refused.

use std::io::Read;

use super::error::OpenProblem;
use super::format::{
    FLAGS, HEADER_BYTES, KEY_CHECK, KEY_ID, LABEL, LABEL_BYTES, PLAIN_LEN, SEGMENT, TOTAL_LEN, VERSION,
};
use crate::key::{KeyId, KeyRing, MasterKey};
use crate::memory::Memory;

/// Bytes of a segment before it is sealed; the last may be shorter.
const SEGMENT_BYTES: usize = 1 << 20;
/// Bytes that sealing adds to a segment.
const TAG_BYTES: usize = 16;
/// What the flags of a sealed file are.
const SEALED: u32 = 1;

type Header = [u8; HEADER_BYTES];

/// Is this the start of a sealed file?
pub(super) fn is_sealed(header: &[u8]) -> bool {
    header.get(LABEL) == Some(LABEL_BYTES.as_slice()) && header.get(FLAGS) == Some(SEALED.to_le_bytes().as_slice())
}

/// What the header of a sealed file says.
struct Seal {
    header: Header,
    key: KeyId,
    check: [u8; 16],
    plain_len: usize,
}

impl Seal {
    /// The header of this length under this key.
    #[cfg(all(feature = "seal", feature = "compile"))]
    fn new(plain_len: usize, key: &MasterKey, nonce: &[u8]) -> Option<Self> {
        let mut header = [0; HEADER_BYTES];
        let mut put = |range: std::ops::Range<usize>, bytes: &[u8]| {
            let place = header.get_mut(range).filter(|place| place.len() == bytes.len())?;
            place.copy_from_slice(bytes);
            Some(())
        };
        put(LABEL, &LABEL_BYTES)?;
        put(VERSION, &super::format::CURRENT_VERSION.to_le_bytes())?;
        put(FLAGS, &SEALED.to_le_bytes())?;
        put(TOTAL_LEN, &total_len(plain_len)?.to_le_bytes())?;
        put(SEGMENT, &(SEGMENT_BYTES as u32).to_le_bytes())?;
        put(KEY_ID, key.id().as_bytes())?;
        put(KEY_CHECK, &key.check())?;
        put(super::format::NONCE, nonce)?;
        put(PLAIN_LEN, &(plain_len as u64).to_le_bytes())?;
        Some(Self { header, key: key.id(), check: key.check(), plain_len })
    }

    /// What a header says, of a file of so many bytes. It is written in one way only.
    fn read(header: &Header, actual: u64) -> Result<Self, OpenProblem> {
        let found = u32::from_le_bytes(field(header, VERSION));
        if !(super::format::OLDEST_VERSION..=super::format::CURRENT_VERSION).contains(&found) {
            return Err(OpenProblem::Version { found });
        }
        let expected = u64::from_le_bytes(field(header, TOTAL_LEN));
        if expected != actual {
            return Err(OpenProblem::Length { expected, actual });
        }
        let wrong = |range: std::ops::Range<usize>, expected| OpenProblem::Header { offset: range.start, expected };
        if u32::from_le_bytes(field(header, SEGMENT)) as usize != SEGMENT_BYTES {
            return Err(wrong(SEGMENT, "segments of 1 MiB"));
        }
        let plain_len = usize::try_from(u64::from_le_bytes(field(header, PLAIN_LEN))).ok();
        let plain_len = plain_len.filter(|len| *len >= HEADER_BYTES && total_len(*len) == Some(actual));
        let plain_len = plain_len.ok_or(wrong(PLAIN_LEN, "the length that fits the file's"))?;
        let zero = [super::format::SECTIONS, super::format::DIGEST, super::format::RESERVED];
        for range in zero {
            if header.get(range.clone()).is_none_or(|bytes| bytes.iter().any(|byte| *byte != 0)) {
                return Err(wrong(range, "zero in a sealed file"));
            }
        }
        let key = KeyId::from_bytes(field(header, KEY_ID));
        Ok(Self { header: *header, key, check: field(header, KEY_CHECK), plain_len })
    }

    /// The key of the ring that the file was sealed with.
    fn key<'a>(&self, ring: Option<&'a KeyRing>) -> Result<&'a MasterKey, OpenProblem> {
        let ring = ring.ok_or(OpenProblem::Sealed { key: self.key })?;
        let key = ring.find(self.key).ok_or(OpenProblem::OtherKey { needed: self.key })?;
        if key.check() == self.check { Ok(key) } else { Err(OpenProblem::Unsealable) }
    }
}

/// A field of the header.
fn field<const N: usize>(header: &Header, range: std::ops::Range<usize>) -> [u8; N] {
    header.get(range).and_then(|bytes| bytes.first_chunk().copied()).unwrap_or([0; N])
}

/// Bytes of the sealed file of so many.
fn total_len(plain_len: usize) -> Option<u64> {
    let tags = plain_len.div_ceil(SEGMENT_BYTES).checked_mul(TAG_BYTES)?;
    Some(plain_len.checked_add(tags)?.checked_add(HEADER_BYTES)? as u64)
}

/// Decrypts what follows the header, in a file of `actual` bytes, into memory.
pub(super) fn unseal(
    header: &Header,
    sealed: &mut dyn Read,
    actual: u64,
    ring: Option<&KeyRing>,
) -> Result<(Memory, KeyId), OpenProblem> {
    let seal = Seal::read(header, actual)?;
    let key = seal.key(ring)?;
    cipher::unseal(&seal, sealed, key).map(|memory| (memory, key.id()))
}

#[cfg(all(feature = "seal", feature = "compile"))]
pub(super) use making::seal;

#[cfg(feature = "seal")]
mod cipher {
    use std::io::Read;

    use aead_stream::{DecryptorBE32, Nonce, StreamBE32};
    use chacha20poly1305::XChaCha20Poly1305;
    use zeroize::Zeroizing;

    use super::super::error::OpenProblem;
    use super::super::format::NONCE;
    use super::{SEGMENT_BYTES, Seal, TAG_BYTES};
    use crate::key::MasterKey;
    use crate::memory::Memory;

    type SealNonce = Nonce<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>>;

    pub(super) fn nonce(seal: &Seal) -> SealNonce {
        super::field::<{ NONCE.end - NONCE.start }>(&seal.header, NONCE).into()
    }

    /// A segment with room for its tag.
    pub(super) fn buffer() -> Zeroizing<Vec<u8>> {
        Zeroizing::new(Vec::with_capacity(SEGMENT_BYTES.saturating_add(TAG_BYTES)))
    }

    pub(super) fn unseal(seal: &Seal, sealed: &mut dyn Read, key: &MasterKey) -> Result<Memory, OpenProblem> {
        let secret = key.seal_key();
        let mut decryptor = DecryptorBE32::<XChaCha20Poly1305>::new(secret.as_bytes().into(), &nonce(seal));
        let mut memory = Memory::zeroed(seal.plain_len)?;
        let last = seal.plain_len.div_ceil(SEGMENT_BYTES).saturating_sub(1);
        let mut segment = buffer();
        let refused = |_| OpenProblem::Unsealable;
        for (number, place) in memory.chunks_mut(SEGMENT_BYTES).enumerate() {
            segment.clear();
            segment.resize(place.len().saturating_add(TAG_BYTES), 0);
            sealed.read_exact(&mut segment)?;
            if number < last {
                decryptor.decrypt_next_in_place(&seal.header, &mut *segment).map_err(refused)?;
                copy(&segment, place)?;
            } else {
                decryptor.decrypt_last_in_place(&seal.header, &mut *segment).map_err(refused)?;
                copy(&segment, place)?;
                break;
            }
        }
        // The length that was asked for may be that of a file that has grown since.
        match sealed.read(&mut [0])? {
            0 => Ok(memory),
            _ => Err(OpenProblem::Unsealable),
        }
    }

    fn copy(segment: &[u8], place: &mut [u8]) -> Result<(), OpenProblem> {
        if segment.len() != place.len() {
            return Err(OpenProblem::Unsealable);
        }
        place.copy_from_slice(segment);
        Ok(())
    }
}

#[cfg(all(feature = "seal", feature = "compile"))]
mod making {
    use std::io::Write;

    use aead_stream::EncryptorBE32;
    use chacha20poly1305::XChaCha20Poly1305;

    use super::super::format::NONCE;
    use super::cipher::{buffer, nonce};
    use super::{SEGMENT_BYTES, Seal};
    use crate::key::MasterKey;

    /// Writes the sealed file of these bytes.
    pub(in crate::snapshot) fn seal(plain: &[u8], key: &MasterKey, to: &mut dyn Write) -> std::io::Result<()> {
        let mut fresh = [0; NONCE.end - NONCE.start];
        getrandom::fill(&mut fresh).map_err(std::io::Error::other)?;
        let seal = Seal::new(plain.len(), key, &fresh).ok_or(std::io::ErrorKind::OutOfMemory)?;
        to.write_all(&seal.header)?;
        let secret = key.seal_key();
        let mut encryptor = EncryptorBE32::<XChaCha20Poly1305>::new(secret.as_bytes().into(), &nonce(&seal));
        let failed = |_| std::io::Error::other("the snapshot is too long to be sealed");
        let mut segment = buffer();
        let mut segments = plain.chunks(SEGMENT_BYTES).peekable();
        while let Some(text) = segments.next() {
            segment.clear();
            segment.extend_from_slice(text);
            if segments.peek().is_some() {
                encryptor.encrypt_next_in_place(&seal.header, &mut *segment).map_err(failed)?;
                to.write_all(&segment)?;
            } else {
                encryptor.encrypt_last_in_place(&seal.header, &mut *segment).map_err(failed)?;
                return to.write_all(&segment);
            }
        }
        Ok(())
    }
}

#[cfg(not(feature = "seal"))]
mod cipher {
    use std::io::Read;

    use super::super::error::OpenProblem;
    use super::Seal;
    use crate::key::MasterKey;
    use crate::memory::Memory;

    pub(super) fn unseal(seal: &Seal, _: &mut dyn Read, _: &MasterKey) -> Result<Memory, OpenProblem> {
        let _ = (&seal.header, seal.plain_len);
        Err(OpenProblem::NoSeal)
    }
}
