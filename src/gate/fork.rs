//! Tells a process that was forked after the mark was made: it has none of its parent's threads.
#![expect(unsafe_code, reason = "a page that the kernel empties for a child has no safe interface")]

/// A page of memory that a forked child finds empty, or the process id where there is no such page.
#[derive(Debug)]
pub(crate) struct ForkMark {
    #[cfg(target_os = "linux")]
    page: Option<std::ptr::NonNull<u8>>,
    process: u32,
}

// SAFETY: the page is written once, before the mark is shared, and only read after that.
unsafe impl Send for ForkMark {}
// SAFETY: as above.
unsafe impl Sync for ForkMark {}

impl ForkMark {
    /// A mark of this process.
    #[cfg(feature = "ledger")]
    pub(crate) fn new() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            page: page(),
            process: std::process::id(),
        }
    }

    /// Was this process forked from the one that made the mark?
    pub(crate) fn is_child(&self) -> bool {
        #[cfg(target_os = "linux")]
        if let Some(page) = self.page {
            // SAFETY: the page is mapped for reading until this value is dropped; a child's copy is mapped too
            // and reads as zero.
            return unsafe { page.as_ptr().read_volatile() } == 0;
        }
        std::process::id() != self.process
    }
}

#[cfg(target_os = "linux")]
impl Drop for ForkMark {
    fn drop(&mut self) {
        if let Some(page) = self.page {
            // SAFETY: mapped by `page()` with this length, and nobody reads it after this.
            unsafe { libc::munmap(page.as_ptr().cast(), PAGE) };
        }
    }
}

#[cfg(target_os = "linux")]
const PAGE: usize = 4096;

#[cfg(all(target_os = "linux", feature = "ledger"))]
fn page() -> Option<std::ptr::NonNull<u8>> {
    // SAFETY: a new private mapping of one page; the result is checked before it is used, and the page is given
    // back where the kernel (before 4.14) cannot empty it for a child.
    unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let page = libc::mmap(std::ptr::null_mut(), PAGE, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
        if page == libc::MAP_FAILED {
            return None;
        }
        if libc::madvise(page, PAGE, libc::MADV_WIPEONFORK) != 0 {
            libc::munmap(page, PAGE);
            return None;
        }
        let page = std::ptr::NonNull::new(page.cast::<u8>())?;
        page.as_ptr().write_volatile(1);
        Some(page)
    }
}
