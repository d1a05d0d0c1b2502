//! Records divided by number into parts that memory can hold one at a time.

use std::io;
use std::sync::Arc;

use super::{Chunk, Room, Store, full};

/// How many parts there are. A fixed count: the order of the parts may show in what is made of them.
pub(crate) const PARTS: usize = 256;
/// Bytes that a part collects before they are put away.
const CHUNK: usize = 1 << 16;

/// The part of a number: numbers are spread evenly, whatever plan they are of.
#[inline]
pub(crate) const fn part_of(number: u64) -> usize {
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
}

/// Records in [`PARTS`] parts.
#[derive(Debug)]
pub(crate) struct Parts {
    room: Arc<Room>,
    store: Store,
    open: Vec<Vec<u8>>,
    full: Vec<Vec<Chunk>>,
    failed: Option<io::Error>,
}

impl Parts {
    /// No records yet.
    pub(crate) fn new(room: &Arc<Room>) -> Self {
        Self {
            room: Arc::clone(room),
            store: Store::new(room),
            open: (0..PARTS).map(|_| Vec::new()).collect(),
            full: (0..PARTS).map(|_| Vec::new()).collect(),
            failed: None,
        }
    }

    /// Adds a record to a part.
    #[inline]
    pub(crate) fn push(&mut self, part: usize, record: &[u8]) {
        let Some(open) = self.open.get_mut(part) else { return };
        if open.len().saturating_add(record.len()) > CHUNK {
            self.put_away(part, CHUNK);
        }
        if let Some(open) = self.open.get_mut(part) {
            open.extend_from_slice(record);
        }
    }

    /// Adds many records to a part, as one.
    pub(crate) fn append(&mut self, part: usize, records: Vec<u8>) {
        self.put_away(part, 0);
        if let Some(open) = self.open.get_mut(part) {
            *open = records;
        }
        self.put_away(part, 0);
    }

    #[cold]
    fn put_away(&mut self, part: usize, capacity: usize) {
        let (Some(open), Some(full)) = (self.open.get_mut(part), self.full.get_mut(part)) else { return };
        let bytes = std::mem::replace(open, Vec::with_capacity(capacity));
        if bytes.is_empty() || self.failed.is_some() {
            return;
        }
        match self.store.keep(bytes) {
            Ok(chunk) => full.push(chunk),
            Err(error) => self.failed = Some(error),
        }
    }

    /// The records of a part, in the order in which they came.
    pub(crate) fn read(&self, part: usize) -> io::Result<Vec<u8>> {
        if let Some(error) = &self.failed {
            return Err(full(&self.room, error));
        }
        let (open, chunks) = (self.open.get(part), self.full.get(part));
        let mut bytes = Vec::with_capacity(self.len(part));
        for chunk in chunks.into_iter().flatten() {
            self.store.bring(chunk, &mut bytes)?;
        }
        bytes.extend_from_slice(open.map(Vec::as_slice).unwrap_or_default());
        Ok(bytes)
    }

    /// The same, and the part is empty then.
    pub(crate) fn take(&mut self, part: usize) -> io::Result<Vec<u8>> {
        let bytes = self.read(part)?;
        if let Some(chunks) = self.full.get_mut(part) {
            std::mem::take(chunks).into_iter().for_each(|chunk| self.store.forget(chunk));
        }
        if let Some(open) = self.open.get_mut(part) {
            *open = Vec::new();
        }
        Ok(bytes)
    }

    /// Bytes of a part.
    fn len(&self, part: usize) -> usize {
        let chunk_len = |chunk: &Chunk| match chunk {
            Chunk::Memory(bytes) => bytes.len(),
            Chunk::File { len, .. } => *len,
        };
        let open = self.open.get(part).map_or(0, Vec::len);
        self.full.get(part).into_iter().flatten().map(chunk_len).fold(open, usize::saturating_add)
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        for chunks in &mut self.full {
            std::mem::take(chunks).into_iter().for_each(|chunk| self.store.forget(chunk));
        }
    }
}
