//! Memory for the index: anonymous pages, huge where the system has them, shared read-only once filled.
//!
//! The only file of the crate that takes pointers apart. Everything that it hands out is a slice of memory
//! that lives as long as its owner.

#![expect(unsafe_code, reason = "anonymous mappings, slices that share their owner, and prefetches")]

use std::fmt;
use std::ops::{Deref, DerefMut, Range};
use std::sync::Arc;

/// One line of the cache: the unit of look-ups.
pub(crate) const LINE_BYTES: usize = 64;

/// Owned, zeroed, writable memory, aligned to a line of the cache at least.
pub(crate) struct Memory {
    start: *mut u8,
    len: usize,
    backing: Backing,
}

/// What must be given back.
enum Backing {
    /// Pages of the system.
    #[cfg(unix)]
    Pages { mapped: usize },
    /// The allocator's; kept only to be dropped.
    #[cfg_attr(unix, expect(dead_code, reason = "the fallback of systems without pages"))]
    Heap(Box<[HeapLine]>),
    /// Nothing.
    Nothing,
}

/// Gives the heap's memory its alignment.
#[derive(Clone, Copy)]
#[repr(align(64))]
#[cfg_attr(unix, expect(dead_code, reason = "the fallback of systems without pages"))]
struct HeapLine([u8; LINE_BYTES]);

// SAFETY: the memory belongs to this value alone; `&Memory` gives shared reads only and `&mut Memory` is
// needed to write, so moving or sharing it between threads is as sound as for a boxed slice.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    /// So many zero bytes.
    pub(crate) fn zeroed(len: usize) -> std::io::Result<Self> {
        if len == 0 {
            let start = std::ptr::NonNull::<HeapLine>::dangling().as_ptr().cast();
            return Ok(Self { start, len: 0, backing: Backing::Nothing });
        }
        Self::allocate(len)
    }

    #[cfg(unix)]
    fn allocate(len: usize) -> std::io::Result<Self> {
        /// The size of a huge page on the systems that matter: from here on they are asked for.
        const HUGE: usize = 2 << 20;
        // SAFETY: an anonymous private mapping at an address of the system's choice touches no memory of ours.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                len,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(std::io::Error::last_os_error());
        }
        #[cfg(target_os = "linux")]
        if len >= HUGE {
            // SAFETY: advice about the mapping just made; whatever it answers, the memory stays as it is.
            unsafe { libc::madvise(start, len, libc::MADV_HUGEPAGE) };
        }
        #[cfg(not(target_os = "linux"))]
        let _ = HUGE;
        Ok(Self { start: start.cast(), len, backing: Backing::Pages { mapped: len } })
    }

    #[cfg(not(unix))]
    fn allocate(len: usize) -> std::io::Result<Self> {
        let lines = len.div_ceil(LINE_BYTES);
        let mut heap = vec![HeapLine([0; LINE_BYTES]); lines].into_boxed_slice();
        let start = heap.as_mut_ptr().cast();
        Ok(Self { start, len, backing: Backing::Heap(heap) })
    }

    /// Maps a file for reading, advised for random access.
    ///
    /// # Safety
    /// Nobody may change or truncate the file while the memory lives: its bytes are handed out as slices.
    #[cfg(unix)]
    pub(crate) unsafe fn map(file: &std::fs::File, len: usize) -> std::io::Result<Self> {
        use std::os::fd::AsRawFd;
        if len == 0 {
            return Self::zeroed(0);
        }
        // SAFETY: a new private read-only mapping at an address of the system's choice; that the file does not
        // change is the caller's promise.
        let start =
            unsafe { libc::mmap(std::ptr::null_mut(), len, libc::PROT_READ, libc::MAP_PRIVATE, file.as_raw_fd(), 0) };
        if start == libc::MAP_FAILED {
            return Err(std::io::Error::last_os_error());
        }
        Ok(Self { start: start.cast(), len, backing: Backing::Pages { mapped: len } })
    }

    /// Gives memory back to the system where that is possible: what lay there may read as zeros from now on. Whole
    /// pages of the range alone.
    #[cfg(feature = "compile")]
    pub(crate) fn give_back(&mut self, range: Range<usize>) {
        #[cfg(target_os = "linux")]
        if let Backing::Pages { mapped } = self.backing {
            /// No page of the systems that matter is larger, but for huge ones, which the system splits.
            const PAGE: usize = 1 << 16;
            let start = range.start.min(mapped).next_multiple_of(PAGE);
            let end = range.end.min(mapped) & !(PAGE.wrapping_sub(1));
            if start < end {
                // SAFETY: the range lies within the anonymous private mapping that this value alone owns, and begins at
                // a page; `&mut self` says that nobody holds a slice of it. Its pages read as zeros then, which any
                // byte may be. A mapped file is never reached here: it is frozen at once (`Bytes::from`).
                unsafe { libc::madvise(self.start.add(start).cast(), end.wrapping_sub(start), libc::MADV_DONTNEED) };
            }
        }
        #[cfg(not(target_os = "linux"))]
        let _ = range;
    }

    /// Tells the system that reads will jump about: no read-ahead.
    #[cfg(unix)]
    pub(crate) fn advise_random(&self) {
        if let Backing::Pages { mapped } = self.backing {
            // SAFETY: advice about a mapping that this value owns; the contents stay as they are.
            unsafe { libc::madvise(self.start.cast(), mapped, libc::MADV_RANDOM) };
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        match &self.backing {
            #[cfg(unix)]
            Backing::Pages { mapped } => {
                // SAFETY: `start` and `mapped` are the mapping that this value made and alone owns; no slice of
                // it outlives the value.
                unsafe { libc::munmap(self.start.cast(), *mapped) };
            }
            Backing::Heap(_) | Backing::Nothing => {}
        }
    }
}

impl Deref for Memory {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `start` is valid for reads of `len` initialised bytes (zeroed, mapped or dangling with length
        // zero) as long as `self` lives, and `&self` keeps writers away.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

impl DerefMut for Memory {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as for reading; a read-only mapping is never reached through `&mut`, because `Memory::map`'s
        // result is frozen at once (`Bytes::from`), and `&mut self` keeps everybody else away.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.len) }
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} bytes)", self.len)
    }
}

/// A part of shared memory that nobody writes any more.
#[derive(Clone)]
pub(crate) struct Bytes {
    start: *const u8,
    len: usize,
    owner: Arc<Memory>,
}

// SAFETY: the bytes are immutable from here on and their owner is shared by an atomic count.
unsafe impl Send for Bytes {}
// SAFETY: as above.
unsafe impl Sync for Bytes {}

impl Bytes {
    /// The part at this range; none when it does not lie within.
    pub(crate) fn part(&self, range: Range<usize>) -> Option<Self> {
        let part: &[u8] = self.get(range)?;
        Some(Self { start: part.as_ptr(), len: part.len(), owner: Arc::clone(&self.owner) })
    }

    /// Bytes of the whole memory that this is a part of, and how many of them lie on huge pages; none: the system does not
    /// tell.
    pub(crate) fn pages(&self) -> (usize, Option<u64>) {
        #[cfg(target_os = "linux")]
        let huge = std::fs::read_to_string("/proc/self/smaps").ok().and_then(|maps| {
            let start = self.owner.as_ptr().expose_provenance() as u64;
            huge_bytes(&maps, start..start.saturating_add(self.owner.len() as u64))
        });
        #[cfg(not(target_os = "linux"))]
        let huge = None;
        (self.owner.len(), huge)
    }

    /// Tells the system that reads will jump about in the whole memory that this is a part of.
    #[cfg(unix)]
    pub(crate) fn advise_random(&self) {
        self.owner.advise_random();
    }

    /// The memory back, if nobody else shares it and this is all of it.
    #[cfg(feature = "compile")]
    pub(crate) fn into_memory(self) -> Option<Memory> {
        let whole = self.len == self.owner.len;
        Arc::into_inner(self.owner).filter(|_| whole)
    }
}

impl From<Memory> for Bytes {
    fn from(memory: Memory) -> Self {
        let (start, len) = (memory.as_ptr(), memory.len());
        Self { start, len, owner: Arc::new(memory) }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: `start` and `len` came from a slice of the owner's memory, which neither moves nor is written
        // or freed while `owner` is held (an `Arc<Memory>` gives no `&mut` here).
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({} of {} bytes)", self.len, self.owner.len)
    }
}

/// Bytes on huge pages in this range of addresses, by what the system says of every mapping.
#[cfg(target_os = "linux")]
fn huge_bytes(maps: &str, range: Range<u64>) -> Option<u64> {
    let mut is_within = false;
    let mut found = None;
    for line in maps.lines() {
        let mut words = line.split_ascii_whitespace();
        let first = words.next().unwrap_or_default();
        if let Some((start, end)) = first.split_once('-') {
            let address = |text| u64::from_str_radix(text, 16).ok();
            let (start, end) = (address(start)?, address(end)?);
            // The system may join the mapping with its neighbours, or split it.
            is_within = start < range.end && end > range.start;
        } else if is_within && matches!(first, "AnonHugePages:" | "FilePmdMapped:" | "ShmemPmdMapped:") {
            let kilobytes: u64 = words.next()?.parse().ok()?;
            let bytes = kilobytes.saturating_mul(1024);
            found = Some(found.unwrap_or(0_u64).saturating_add(bytes));
        }
    }
    found.map(|bytes| bytes.min(range.end.saturating_sub(range.start)))
}

/// Asks for the line of the cache at this place to be brought near; a place outside is asked for in vain.
#[inline(always)]
pub(crate) fn prefetch(bytes: &[u8], offset: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing that the program sees and never faults, whatever the address, and the
    // address is computed without the promise that it lies within.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().wrapping_add(offset).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, offset);
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::{Bytes, LINE_BYTES, Memory, prefetch};

    #[test]
    fn memory_is_zero_and_aligned_to_lines() {
        for len in [0, 1, 63, 64, 4097, 3 << 20] {
            let memory = Memory::zeroed(len).unwrap();
            assert_eq!(memory.len(), len);
            assert!(memory.iter().all(|byte| *byte == 0));
            assert_eq!(memory.as_ptr().addr() % LINE_BYTES, 0);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn huge_pages_are_counted_where_they_are() {
        let maps = "7f0000000000-7f0000400000 rw-p 00000000 00:00 0\nSize: 4096 kB\nAnonHugePages:      2048 kB\n\
            FilePmdMapped: 0 kB\n7f0000400000-7f0000500000 rw-p 00000000 00:00 0\nAnonHugePages: 64 kB\n";
        assert_eq!(super::huge_bytes(maps, 0x7f00_0000_0000..0x7f00_0040_0000), Some(2 << 20));
        assert_eq!(super::huge_bytes(maps, 0x7f00_0040_0000..0x7f00_0050_0000), Some(64 << 10));
        assert_eq!(super::huge_bytes(maps, 0x1000..0x2000), None);
        let bytes = Bytes::from(Memory::zeroed(8 << 20).unwrap());
        let (len, huge) = bytes.pages();
        assert_eq!(len, 8 << 20);
        assert!(huge.is_some_and(|huge| huge <= 8 << 20));
    }

    #[test]
    fn a_part_outlives_the_whole_and_stays_within() {
        let mut memory = Memory::zeroed(256).unwrap();
        memory.iter_mut().zip(0..=u8::MAX).for_each(|(byte, value)| *byte = value);
        let whole = Bytes::from(memory);
        let part = whole.part(64..66).unwrap();
        assert!(whole.part(255..257).is_none());
        drop(whole);
        prefetch(&part, 1 << 40);
        assert_eq!(&part[..], &[64, 65]);
    }
}
