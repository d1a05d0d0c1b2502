//! Numbers and bodies as they lie in the file: never in plain.
//!
//! A token is the AES-256-SIV encryption (RFC 5297) of the number's E.164 digits: deterministic, so that it can be
//! searched for, and reversible with the key only. A body is encrypted with its token as associated data, because
//! addresses of evidence and recordings like to hold numbers. An id is a keyed hash. A tombstone's hash is one-way.

use aes_siv::KeyInit;
use aes_siv::siv::Aes256Siv;

use crate::Number;
use crate::key::{KeyId, KeyRing, MasterKey, NumberHash, NumberHasher};

/// Separates bodies from tokens under the same key.
const BODY: &[u8] = b"body";

/// The keys of a ledger, ready for use.
pub(super) struct Ciphers {
    /// The current one first.
    all: Vec<Cipher>,
}

/// One key.
pub(super) struct Cipher {
    pub(super) id: KeyId,
    siv: Aes256Siv,
    ids: [u8; 32],
    hasher: NumberHasher,
}

impl Ciphers {
    pub(super) fn of(ring: &KeyRing) -> Self {
        let current = ring.current();
        let mut all = vec![Cipher::of(current)];
        all.extend(ring.iter().filter(|key| key.id() != current.id()).map(Cipher::of));
        Self { all }
    }

    /// Every key, the current one first.
    pub(super) fn iter(&mut self) -> impl Iterator<Item = &mut Cipher> {
        self.all.iter_mut()
    }

    /// The key for what is written.
    pub(super) fn current(&mut self) -> Option<&mut Cipher> {
        self.all.first_mut()
    }

    pub(super) fn find(&mut self, id: &[u8]) -> Option<&mut Cipher> {
        self.all.iter_mut().find(|cipher| cipher.id.as_bytes() == id)
    }
}

impl Cipher {
    fn of(key: &MasterKey) -> Self {
        let token_key = key.token_key();
        Self {
            id: key.id(),
            siv: Aes256Siv::new(token_key.as_bytes().into()),
            ids: blake3::derive_key("dialgate 2026 ledger record ids v1", token_key.as_bytes()),
            hasher: key.number_hasher(),
        }
    }

    pub(super) fn token(&mut self, number: Number) -> Option<Vec<u8>> {
        let digits = number.as_u64().to_string();
        self.siv.encrypt(NO_HEADERS, digits.as_bytes()).ok()
    }

    pub(super) fn number(&mut self, token: &[u8]) -> Option<Number> {
        let digits = self.siv.decrypt(NO_HEADERS, token).ok()?;
        Number::from_e164(std::str::from_utf8(&digits).ok()?.parse().ok()?)
    }

    pub(super) fn seal(&mut self, token: &[u8], body: &[u8]) -> Option<Vec<u8>> {
        self.siv.encrypt([BODY, token], body).ok()
    }

    pub(super) fn open(&mut self, token: &[u8], body: &[u8]) -> Option<Vec<u8>> {
        self.siv.decrypt([BODY, token], body).ok()
    }

    /// What an id is searched by.
    pub(super) fn id_hash(&self, id: &str) -> [u8; 16] {
        let mut hash = [0; 16];
        blake3::Hasher::new_keyed(&self.ids).update(id.as_bytes()).finalize_xof().fill(&mut hash);
        hash
    }

    pub(super) fn hasher(&self) -> &NumberHasher {
        &self.hasher
    }

    /// What a tombstone keeps of a number.
    pub(super) fn hash(&self, number: Number) -> NumberHash {
        self.hasher.hash(number)
    }
}

const NO_HEADERS: [&[u8]; 0] = [];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail")]
    use super::*;

    #[test]
    fn a_body_opens_with_its_own_token_only() {
        let mut cipher = Cipher::of(&MasterKey::from_bytes([7; 32]));
        let one = cipher.token(Number::from_e164(48_223_000_001).unwrap()).unwrap();
        let other = cipher.token(Number::from_e164(48_223_000_002).unwrap()).unwrap();
        let sealed = cipher.seal(&one, b"{}").unwrap();
        assert_eq!(cipher.open(&one, &sealed).unwrap(), b"{}");
        assert!(cipher.open(&other, &sealed).is_none());
        assert!(cipher.number(&sealed).is_none());
        assert_eq!(cipher.number(&one), Number::from_e164(48_223_000_001));
    }
}
