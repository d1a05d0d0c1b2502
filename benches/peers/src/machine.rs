//! What only the processor and the system can do: fences, prefetches, huge pages, the clock of a thread.

use std::ops::{Deref, DerefMut};

/// Ends a look-up: the next one does not begin in its shadow.
#[inline(always)]
pub fn fence() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a load fence is part of every x86-64 and touches no memory.
    unsafe {
        std::arch::x86_64::_mm_lfence();
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: an instruction barrier touches no memory.
    unsafe {
        std::arch::asm!("dsb ld", "isb", options(nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    compile_error!("no fence is written for this processor: a look-up would be measured in the shadow of another");
}

/// Asks for the line of the cache that a word lies in.
#[inline(always)]
pub fn prefetch<T>(word: &T) {
    let place = std::ptr::from_ref(word);
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch of a valid reference; it has no effect but on the cache.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(place.cast());
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{}]", in(reg) place, options(nostack, readonly, preserves_flags));
    }
}

/// The processor time of this thread in nanoseconds: while others run it stands still.
pub fn thread_time() -> u64 {
    clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// What a clock shows, in nanoseconds.
pub fn clock(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock writes to `time` alone, which lives here.
    let answer = unsafe { libc::clock_gettime(clock, &mut time) };
    assert_eq!(answer, 0, "a clock cannot be read: its process may have ended");
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// One line of the cache.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Line(pub [u64; 8]);

/// Lines of zeros on huge pages, as far as the system gives them.
pub struct Lines {
    start: *mut Line,
    len: usize,
}

impl Lines {
    pub fn new(bytes: usize) -> Self {
        let len = bytes.div_ceil(size_of::<Line>()).max(2);
        // SAFETY: an anonymous private mapping at an address of the system's choice touches no memory of ours.
        let start = unsafe {
            let access = libc::PROT_READ | libc::PROT_WRITE;
            libc::mmap(std::ptr::null_mut(), len * 64, access, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0)
        };
        assert_ne!(start, libc::MAP_FAILED, "no memory for {bytes} bytes to measure the limits on");
        // SAFETY: advice about the mapping just made; whatever it answers, the memory stays as it is.
        unsafe { libc::madvise(start, len * 64, libc::MADV_HUGEPAGE) };
        Self { start: start.cast(), len }
    }
}

impl Deref for Lines {
    type Target = [Line];

    fn deref(&self) -> &[Line] {
        // SAFETY: `start` is a mapping of `len` zeroed lines that lives as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

impl DerefMut for Lines {
    fn deref_mut(&mut self) -> &mut [Line] {
        // SAFETY: as above, and `&mut self` keeps everybody else away.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.len) }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        // SAFETY: the mapping that this value made and alone owns.
        unsafe { libc::munmap(self.start.cast(), self.len * 64) };
    }
}

/// A line of `/proc/cpuinfo` or `/proc/meminfo`, after its colon.
fn told(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The machine in a few words; `DIALGATE_MACHINE` says it better.
pub fn description() -> String {
    std::env::var("DIALGATE_MACHINE").unwrap_or_else(|_| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let model = told("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
        let memory = told("/proc/meminfo", "MemTotal").and_then(|total| total.split(' ').next()?.parse::<u64>().ok());
        let memory = memory.map_or(String::new(), |kib| format!(", {} GiB", kib.div_ceil(1 << 20)));
        format!("{threads} vCPU {model}{memory}")
    })
}

/// How many wanted a processor in the last minute, us included.
pub fn load() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// Memory that can be had without pushing others out, in bytes.
pub fn memory_available() -> Option<u64> {
    Some(told("/proc/meminfo", "MemAvailable")?.split(' ').next()?.parse::<u64>().ok()? << 10)
}

/// Does malloc ask for huge pages?
pub fn malloc_is_huge() -> bool {
    std::env::var("GLIBC_TUNABLES").is_ok_and(|tunables| tunables.contains("glibc.malloc.hugetlb=1"))
}
