//! Bytes one after another, read back from the first to the last.

use std::io;
use std::sync::Arc;

use super::{Chunk, Room, Store, full};

/// Bytes of a chunk.
const CHUNK: usize = 1 << 20;

/// A pile of bytes.
#[derive(Debug)]
pub(crate) struct Pile {
    room: Arc<Room>,
    store: Store,
    chunks: Vec<Chunk>,
    open: Vec<u8>,
    len: u64,
    failed: Option<io::Error>,
}

impl Pile {
    /// Nothing yet.
    pub(crate) fn new(room: &Arc<Room>) -> Self {
        Self {
            room: Arc::clone(room),
            store: Store::new(room),
            chunks: Vec::new(),
            open: Vec::new(),
            len: 0,
            failed: None,
        }
    }

    /// How many bytes there are.
    pub(crate) const fn len(&self) -> u64 {
        self.len
    }

    /// Puts bytes on top. They are in one piece when they are read back.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.open.len().saturating_add(bytes.len()) > CHUNK {
            let chunk = std::mem::take(&mut self.open);
            if self.failed.is_none() && !chunk.is_empty() {
                match self.store.keep(chunk) {
                    Ok(chunk) => self.chunks.push(chunk),
                    Err(error) => self.failed = Some(error),
                }
            }
        }
        self.open.extend_from_slice(bytes);
        self.len = self.len.saturating_add(bytes.len() as u64);
    }

    /// How many pieces it is read back in.
    pub(crate) fn pieces(&self) -> usize {
        self.chunks.len().saturating_add(1)
    }

    /// A piece.
    pub(crate) fn piece(&self, place: usize, into: &mut Vec<u8>) -> io::Result<()> {
        if let Some(error) = &self.failed {
            return Err(full(&self.room, error));
        }
        match self.chunks.get(place) {
            Some(chunk) => self.store.bring(chunk, into),
            None => {
                into.extend_from_slice(&self.open);
                Ok(())
            }
        }
    }

    /// Takes the pile apart from the bottom: each piece is gone when it was given.
    pub(crate) fn drain(mut self, mut each: impl FnMut(&[u8])) -> io::Result<()> {
        if let Some(error) = &self.failed {
            return Err(full(&self.room, error));
        }
        let mut bytes = Vec::new();
        for chunk in std::mem::take(&mut self.chunks) {
            bytes.clear();
            self.store.bring(&chunk, &mut bytes)?;
            self.store.forget(chunk);
            each(&bytes);
        }
        each(&self.open);
        Ok(())
    }
}

impl Drop for Pile {
    fn drop(&mut self) {
        std::mem::take(&mut self.chunks).into_iter().for_each(|chunk| self.store.forget(chunk));
    }
}
