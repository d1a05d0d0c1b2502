//! What a compile collects and memory should not hold.
//!
//! Bytes are kept in memory up to a limit that all stores of a compile share, and beyond it in files without a
//! name: no crash, no kill and no Ctrl-C leaves them behind. The first write that fails is remembered and told
//! when the data are wanted back; what comes after it is dropped, as nothing will be made of it.

mod file;
mod parts;
mod pile;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use parts::{PARTS, Parts, part_of};
pub(crate) use pile::Pile;

/// Memory that all stores of a compile share, and where the rest goes.
#[derive(Debug)]
pub(crate) struct Room {
    folder: PathBuf,
    free: AtomicUsize,
}

impl Room {
    /// Bytes that a compile keeps in memory beside what it makes.
    pub(crate) const DEFAULT: usize = 1 << 30;

    /// So many bytes of memory, then files in this folder (none: the system's for temporary files).
    pub(crate) fn new(folder: Option<&Path>, bytes: usize) -> Arc<Self> {
        let folder = folder.map_or_else(std::env::temp_dir, Path::to_owned);
        Arc::new(Self { folder, free: AtomicUsize::new(bytes) })
    }

    fn take(&self, bytes: usize) -> bool {
        self.free.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| free.checked_sub(bytes)).is_ok()
    }

    fn give(&self, bytes: usize) {
        self.free.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Bytes that were put away.
#[derive(Debug)]
pub(crate) enum Chunk {
    /// In memory.
    Memory(Vec<u8>),
    /// In the store's file.
    File { offset: u64, len: usize },
}

/// Puts bytes away and brings them back.
#[derive(Debug)]
pub(crate) struct Store {
    room: Arc<Room>,
    file: Mutex<Option<file::Nameless>>,
}

impl Store {
    /// An empty store in this room.
    pub(crate) fn new(room: &Arc<Room>) -> Self {
        Self { room: Arc::clone(room), file: Mutex::new(None) }
    }

    /// Puts bytes away.
    pub(crate) fn keep(&self, bytes: Vec<u8>) -> io::Result<Chunk> {
        if self.room.take(bytes.capacity()) {
            return Ok(Chunk::Memory(bytes));
        }
        let offset = self.write(&bytes)?;
        Ok(Chunk::File { offset, len: bytes.len() })
    }

    /// Appends bytes to the file, whatever room there is; their place.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<u64> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match file.as_mut() {
            Some(file) => file,
            None => file.insert(file::Nameless::create(&self.room.folder)?),
        };
        file.append(bytes)
    }

    /// Reads from the file.
    pub(crate) fn read(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.as_mut().ok_or(io::ErrorKind::NotFound)?.read(offset, into)
    }

    /// Appends what was put away.
    pub(crate) fn bring(&self, chunk: &Chunk, into: &mut Vec<u8>) -> io::Result<()> {
        match chunk {
            Chunk::Memory(bytes) => into.extend_from_slice(bytes),
            Chunk::File { offset, len } => {
                let start = into.len();
                into.resize(start.saturating_add(*len), 0);
                self.read(*offset, into.get_mut(start..).unwrap_or_default())?;
            }
        }
        Ok(())
    }

    /// Forgets what was put away: its memory may be used again.
    pub(crate) fn forget(&self, chunk: Chunk) {
        if let Chunk::Memory(bytes) = chunk {
            self.room.give(bytes.capacity());
        }
    }
}

/// Says which folder it was that had no room.
pub(crate) fn full(room: &Room, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("no room for what memory does not hold, in a file in `{}`: {error}", room.folder.display()),
    )
}

#[cfg(test)]
mod tests;
