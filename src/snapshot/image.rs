//! A finished snapshot as bytes, and how it becomes a file: whole or not at all.

use std::io::Write;
use std::path::Path;

use super::digest::digest;
use super::format::{
    ALIGNMENT, CURRENT_VERSION, DIGEST, ENTRY_BYTES, HEADER_BYTES, LABEL, LABEL_BYTES, SECTIONS, Section, TOTAL_LEN,
    VERSION, align,
};
use crate::draft::Draft;
use crate::key::KeyRing;
use crate::memory::Memory;
use crate::spill::Pile;

/// A finished snapshot.
#[derive(Debug)]
pub struct Image {
    memory: Memory,
    digest: [u8; 32],
    keys: Option<KeyRing>,
    is_sealed: bool,
}

/// The bytes of a section.
#[derive(Debug)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    Memory(Memory),
    Pile(Pile),
}

impl Content {
    fn len(&self) -> Option<usize> {
        match self {
            Content::Bytes(bytes) => Some(bytes.len()),
            Content::Memory(memory) => Some(memory.len()),
            Content::Pile(pile) => usize::try_from(pile.len()).ok(),
        }
    }

    /// Moves the bytes into their place; memory that was read is given back piece by piece.
    fn move_into(self, mut place: &mut [u8]) -> std::io::Result<()> {
        /// Bytes of a piece.
        const PIECE: usize = 16 << 20;
        let mut put = |bytes: &[u8]| {
            if let Some((first, rest)) = std::mem::take(&mut place).split_at_mut_checked(bytes.len()) {
                first.copy_from_slice(bytes);
                place = rest;
            }
        };
        match self {
            Content::Bytes(bytes) => put(&bytes),
            Content::Memory(mut memory) => {
                for start in (0..memory.len()).step_by(PIECE) {
                    let end = start.saturating_add(PIECE).min(memory.len());
                    put(memory.get(start..end).unwrap_or_default());
                    memory.give_back(start..end);
                }
            }
            Content::Pile(pile) => pile.drain(put)?,
        }
        Ok(())
    }
}

impl Image {
    /// Puts the sections into their places; those that are not given are empty.
    pub(super) fn assemble(mut contents: Vec<(Section, Content)>, threads: usize) -> std::io::Result<Self> {
        let too_long = || std::io::Error::from(std::io::ErrorKind::OutOfMemory);
        let mut places = Vec::with_capacity(Section::ALL.len());
        let mut end = HEADER_BYTES.saturating_add(ENTRY_BYTES.saturating_mul(Section::ALL.len()));
        for section in Section::ALL {
            let given = contents.iter().position(|(given, _)| given == section);
            let content = given.map_or(Content::Bytes(Vec::new()), |place| contents.swap_remove(place).1);
            let start = align(end).ok_or_else(too_long)?;
            let len = content.len().ok_or_else(too_long)?;
            end = start.checked_add(len).ok_or_else(too_long)?;
            places.push((*section, start, len, content));
        }
        let mut memory = Memory::zeroed(align(end).ok_or_else(too_long)?)?;
        let total = memory.len() as u64;
        let mut put = |range: std::ops::Range<usize>, bytes: &[u8]| {
            if let Some(place) = memory.get_mut(range) {
                place.copy_from_slice(bytes);
            }
        };
        put(LABEL, &LABEL_BYTES);
        put(VERSION, &CURRENT_VERSION.to_le_bytes());
        put(TOTAL_LEN, &total.to_le_bytes());
        put(SECTIONS, &(places.len() as u32).to_le_bytes());
        let mut entry = HEADER_BYTES;
        for (section, start, len, content) in places {
            let mut bytes = [0u8; ENTRY_BYTES];
            let id = u64::from(section.id());
            let fields = [id, start as u64, len as u64];
            bytes
                .chunks_exact_mut(8)
                .zip(fields)
                .for_each(|(place, field)| place.copy_from_slice(&field.to_le_bytes()));
            if let Some(place) = memory.get_mut(entry..entry.saturating_add(ENTRY_BYTES)) {
                place.copy_from_slice(&bytes);
            }
            content.move_into(memory.get_mut(start..start.saturating_add(len)).unwrap_or_default())?;
            entry = entry.saturating_add(ENTRY_BYTES);
        }
        debug_assert!(memory.len().is_multiple_of(ALIGNMENT));
        let digest = digest(&memory, threads);
        if let Some(place) = memory.get_mut(DIGEST) {
            place.copy_from_slice(&digest);
        }
        Ok(Self { memory, digest, keys: None, is_sealed: false })
    }

    /// Remembers the keys that opening the snapshot needs.
    pub(crate) fn with_keys(self, keys: Option<KeyRing>) -> Self {
        Self { keys, ..self }
    }

    /// Has [`Image::write_to`] seal the file with the current one of these keys.
    #[cfg(feature = "seal")]
    #[must_use]
    pub fn sealed(self, keys: KeyRing) -> Self {
        Self { keys: Some(keys), is_sealed: true, ..self }
    }

    /// Will the file be sealed?
    #[must_use]
    pub const fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    /// The keys that the manifest names, which opening the snapshot needs.
    #[must_use]
    pub const fn keys(&self) -> Option<&KeyRing> {
        self.keys.as_ref()
    }

    /// The bytes of the snapshot, not sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.memory
    }

    /// BLAKE3 over the snapshot: what it is known by.
    #[must_use]
    pub const fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The bytes of a sealed file: sealed anew each time, so that no two are alike.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    #[cfg(feature = "seal")]
    pub fn seal(&self, key: &crate::MasterKey) -> std::io::Result<Vec<u8>> {
        let mut sealed = Vec::new();
        super::seal::seal(&self.memory, key, &mut sealed)?;
        Ok(sealed)
    }

    /// Publishes the snapshot under this path, sealed where the manifest says so: written beside it, synced, then renamed over what is there.
    ///
    /// # Errors
    /// When the folder cannot be written to, or the disk is full or fails. The path then holds what it held, and
    /// nothing else is left behind.
    pub fn write_to(&self, path: impl AsRef<Path>) -> std::io::Result<()> {
        let mut draft = Draft::create(path.as_ref())?;
        self.write(&mut draft)?;
        draft.publish()
    }

    fn write(&self, file: &mut dyn Write) -> std::io::Result<()> {
        #[cfg(feature = "seal")]
        if let Some(keys) = self.keys.as_ref().filter(|_| self.is_sealed) {
            return super::seal::seal(&self.memory, keys.current(), file);
        }
        file.write_all(&self.memory)
    }
}
