//! Keys: one master key, and what is derived from it.
//!
//! A *key file* is text, one key a line: `dialgate-key-1`, the key's id and its secret, both in hexadecimal. The
//! first line is the current key, the others are earlier ones that older files still need. The id is derived
//! from the secret, so a line that was altered tells. Key files are made by [`MasterKey::create`] and
//! [`KeyRing::rotate`] only (feature `seal`), never silently and never over another file.
//!
//! Nothing here prints a secret: not `Debug`, not an error. Memory that held one is wiped when it is dropped.

mod error;
mod file;
mod hash;
#[cfg(test)]
mod tests;

pub use error::{KeyError, KeyProblem};
pub use hash::{HexError, NumberHash, NumberHasher};

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// What sub-keys, ids and check values are derived under: BLAKE3 `derive_key` of the secret. Never changed.
mod context {
    pub(super) const ID: &str = "dialgate 2026 key id v1";
    pub(super) const CHECK: &str = "dialgate 2026 key check v1";
    pub(super) const SEAL: &str = "dialgate 2026 seal v1";
    pub(super) const TOKEN: &str = "dialgate 2026 token v1";
    pub(super) const TOMBSTONE: &str = "dialgate 2026 tombstone v1";
    pub(super) const AUDIT: &str = "dialgate 2026 audit v1";
    pub(super) const AUDIT_CHAIN: &str = "dialgate 2026 audit chain v1";
}

/// Bytes of a secret.
const SECRET_BYTES: usize = 32;

/// What a key is known by: derived from it, no secret, written into every file that was made with the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The id in 32 hexadecimal digits.
    ///
    /// # Errors
    /// Anything else.
    pub fn from_hex(text: &[u8]) -> Result<Self, HexError> {
        hash::unhex(text).map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hash::write_hex(&self.0, f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A key derived from a master key for one use. Wiped when dropped, never shown.
#[derive(Clone)]
pub struct SubKey<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> SubKey<N> {
    /// The secret bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> fmt::Debug for SubKey<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubKey(…)")
    }
}

/// A master key: 256 secret bits. Wiped when dropped; `Debug` shows its id alone.
#[derive(Clone)]
pub struct MasterKey {
    secret: Zeroizing<[u8; SECRET_BYTES]>,
    id: KeyId,
}

impl MasterKey {
    /// The key of these bytes, which must be as random as a key is.
    #[must_use]
    pub fn from_bytes(secret: [u8; SECRET_BYTES]) -> Self {
        let secret = Zeroizing::new(secret);
        let id = KeyId(half(context::ID, &secret));
        Self { secret, id }
    }

    /// Makes a key file with a fresh key: mode 0600, on disk when this returns.
    ///
    /// # Errors
    /// [`KeyProblem::Exists`] when there is anything at the path already: it is left as it is. Else when the
    /// folder cannot be written to or the system gives no random bytes; nothing is left behind then.
    #[cfg(feature = "seal")]
    pub fn create(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        file::create(path.as_ref())
    }

    /// The current key of a key file, see [`KeyRing::load`].
    ///
    /// # Errors
    /// Those of [`KeyRing::load`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        KeyRing::load(path).map(|ring| ring.current)
    }

    /// What it is known by.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The check value that files made with the key carry beside the id: another key with this id would have
    /// another. No secret.
    #[must_use]
    pub fn check(&self) -> [u8; 16] {
        half(context::CHECK, &self.secret)
    }

    /// Hashes numbers one-way: for tombstones and lists in hashed form.
    #[must_use]
    pub fn number_hasher(&self) -> NumberHasher {
        NumberHasher::new(SubKey(derive(context::TOMBSTONE, &self.secret)), self.id, self.check())
    }

    /// Hashes numbers one-way: for the audit log, where they cannot be compared with tombstones.
    #[must_use]
    pub fn audit_hasher(&self) -> NumberHasher {
        NumberHasher::new(SubKey(derive(context::AUDIT, &self.secret)), self.id, self.check())
    }

    /// The key that the entries of an audit log are authenticated with.
    #[must_use]
    pub fn audit_chain_key(&self) -> SubKey<32> {
        SubKey(derive(context::AUDIT_CHAIN, &self.secret))
    }

    /// The key of reversible tokens: both halves of an AES-256-SIV key.
    #[must_use]
    pub fn token_key(&self) -> SubKey<64> {
        SubKey(derive(context::TOKEN, &self.secret))
    }

    /// The key that sealed snapshots are encrypted with.
    #[must_use]
    pub fn seal_key(&self) -> SubKey<32> {
        SubKey(derive(context::SEAL, &self.secret))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The keys of a key file: the current one, and earlier ones that older files still need.
#[derive(Clone)]
pub struct KeyRing {
    current: MasterKey,
    earlier: Vec<MasterKey>,
    /// The files that it was read from.
    files: Vec<PathBuf>,
    /// Not all of it came from files.
    is_loose: bool,
}

impl KeyRing {
    /// Reads a key file. Makes none: a file that is missing is an error.
    ///
    /// # Errors
    /// When it is missing, empty, longer than a key file can be, cut off, altered in any byte, or can be read by
    /// others than its owner.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        file::load(path.as_ref())
    }

    /// The ring of one key.
    #[must_use]
    pub fn of(key: MasterKey) -> Self {
        Self { current: key, earlier: Vec::new(), files: Vec::new(), is_loose: true }
    }

    /// The same with these earlier keys.
    #[cfg(test)]
    pub(crate) fn with_earlier(self, earlier: Vec<MasterKey>) -> Self {
        Self { earlier, ..self }
    }

    /// The keys as they are now: reads the key files again that this came from, which may have been rotated.
    ///
    /// # Errors
    /// Those of [`KeyRing::load`].
    pub fn reloaded(&self) -> Result<Self, KeyError> {
        let mut rings = self.files.iter().map(Self::load);
        let Some(first) = rings.next() else { return Ok(self.clone()) };
        let ring = rings.try_fold(first?, |ring, other| Ok::<_, KeyError>(ring.joined(&other?)))?;
        Ok(if self.is_loose { ring.joined(self) } else { ring })
    }

    /// The key that new files are made with.
    #[must_use]
    pub const fn current(&self) -> &MasterKey {
        &self.current
    }

    /// The key with this id, if the file holds it.
    #[must_use]
    pub fn find(&self, id: KeyId) -> Option<&MasterKey> {
        self.iter().find(|key| key.id == id)
    }

    /// The keys of both, the current one of this ring first.
    #[must_use]
    pub fn joined(mut self, other: &Self) -> Self {
        for key in other.iter() {
            if self.find(key.id).is_none() {
                self.earlier.push(key.clone());
            }
        }
        let files = other.files.iter().filter(|file| !self.files.contains(file)).cloned();
        let files: Vec<PathBuf> = files.collect();
        self.files.extend(files);
        self.is_loose |= other.is_loose;
        self
    }

    /// Every key, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.earlier)
    }

    /// Puts a fresh key in front of those that the file holds: new files are made with it, older ones stay
    /// readable. The file is replaced whole, on disk when this returns.
    ///
    /// # Errors
    /// Those of [`KeyRing::load`] and [`MasterKey::create`], and when the file cannot be replaced; it then holds
    /// what it held.
    #[cfg(feature = "seal")]
    pub fn rotate(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        file::rotate(path.as_ref())
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(MasterKey::id)).finish()
    }
}

fn derive<const N: usize>(context: &str, secret: &[u8; SECRET_BYTES]) -> Zeroizing<[u8; N]> {
    let mut key = Zeroizing::new([0; N]);
    blake3::Hasher::new_derive_key(context).update(secret).finalize_xof().fill(&mut *key);
    key
}

/// Sixteen bytes that tell nothing of the secret.
fn half(context: &str, secret: &[u8; SECRET_BYTES]) -> [u8; 16] {
    *derive::<16>(context, secret)
}
