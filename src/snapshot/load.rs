//! Bytes of a snapshot on their way into memory: read on several threads, each hashing what it has read.

use std::fs::File;
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use blake3::hazmat::ChainingValue;

use super::digest::{block, blocks, join};
use super::error::OpenProblem;
use super::format::HEADER_BYTES;
use super::seal::{is_sealed, unseal};
use crate::key::{KeyId, KeyRing};
use crate::memory::Memory;

type Checked<T> = Result<T, OpenProblem>;

pub(super) fn too_long() -> std::io::Error {
    std::io::ErrorKind::OutOfMemory.into()
}

/// An image in memory.
pub(super) struct Loaded {
    pub(super) memory: Memory,
    /// The key that it was sealed with.
    pub(super) sealed_with: Option<KeyId>,
    /// BLAKE3 of it, if that was computed on the way.
    pub(super) digest: Option<[u8; 32]>,
}

/// Where an image comes from: fills a slice with the bytes from an offset on.
type Fill<'a> = &'a (dyn Fn(u64, &mut [u8]) -> std::io::Result<()> + Sync);

/// The image of a file of so many bytes, unsealed if it is sealed.
pub(super) fn load_file(mut file: File, len: u64, keys: Option<&KeyRing>) -> Checked<Loaded> {
    let mut start = Vec::with_capacity(HEADER_BYTES);
    Read::take(&mut file, HEADER_BYTES as u64).read_to_end(&mut start)?;
    if let Some(header) = start.first_chunk().filter(|header| is_sealed(*header)) {
        return load_sealed(header, &mut file, len, keys);
    }
    #[cfg(unix)]
    return load(len, &|offset, into| std::os::unix::fs::FileExt::read_exact_at(&file, into, offset));
    #[cfg(not(unix))]
    {
        use std::io::{Seek, SeekFrom};
        let file = std::sync::Mutex::new(file);
        load(len, &|offset, into| {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(into)
        })
    }
}

/// The image of bytes that are in memory, unsealed if they are sealed.
pub(super) fn load_bytes(bytes: &[u8], keys: Option<&KeyRing>) -> Checked<Loaded> {
    let len = bytes.len() as u64;
    if let Some((header, mut rest)) = bytes.split_first_chunk().filter(|(header, _)| is_sealed(*header)) {
        return load_sealed(header, &mut rest, len, keys);
    }
    load(len, &|offset, into| {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let from = bytes.get(start..start.saturating_add(into.len())).ok_or(std::io::ErrorKind::UnexpectedEof)?;
        into.copy_from_slice(from);
        Ok(())
    })
}

fn load_sealed(header: &[u8; HEADER_BYTES], rest: &mut dyn Read, len: u64, keys: Option<&KeyRing>) -> Checked<Loaded> {
    let (memory, key) = unseal(header, rest, len, keys)?;
    Ok(Loaded { memory, sealed_with: Some(key), digest: None })
}

/// Reads an image on several threads, each hashing what it has read while the cache still holds it.
fn load(len: u64, fill: Fill<'_>) -> Checked<Loaded> {
    let mut memory = Memory::zeroed(usize::try_from(len).map_err(|_| too_long())?)?;
    if memory.len() < WORTH_A_THREAD {
        fill(0, &mut memory)?;
        return Ok(Loaded { memory, sealed_with: None, digest: None });
    }
    let memory_len = memory.len();
    let mut pieces = Vec::new();
    let mut rest: &mut [u8] = &mut memory;
    for range in blocks(rest.len()) {
        let (piece, after) = std::mem::take(&mut rest).split_at_mut_checked(range.len()).ok_or_else(too_long)?;
        pieces.push((range.start as u64, piece));
        rest = after;
    }
    let threads = threads(memory_len);
    let hashes = Mutex::new(vec![ChainingValue::default(); pieces.len()]);
    let pieces = Mutex::new(pieces.into_iter().enumerate());
    let work = || -> std::io::Result<()> {
        loop {
            let next = pieces.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((place, (offset, piece))) = next else { return Ok(()) };
            fill(offset, piece)?;
            let hash = block(place, piece);
            if let Some(slot) = hashes.lock().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
                *slot = hash;
            }
        }
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let own = work();
        let joined =
            others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.fold(own, Result::and)
    })?;
    drop(pieces);
    let digest = join(&hashes.into_inner().unwrap_or_else(PoisonError::into_inner));
    Ok(Loaded { memory, sealed_with: None, digest })
}

/// Bytes from which on several threads read and verify.
const WORTH_A_THREAD: usize = 2 << 20;

/// Threads that open a snapshot: more gain little, as memory is what it waits for.
pub(super) fn threads(len: usize) -> usize {
    if len < WORTH_A_THREAD {
        return 1;
    }
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(8)
}
