//! What the memory can do: R, a read that waits for the one before, and P, a read that was asked for ahead.
#![expect(unsafe_code, reason = "huge pages, prefetches, a fence, and the processor time of a thread")]

use std::hint::black_box;

/// Reads of one measurement.
const READS: usize = 1 << 17;
/// Distances of the prefetches; the best counts.
const DISTANCES: [usize; 3] = [16, 32, 64];
/// Bytes of a line of the cache.
const LINE: usize = 64;

/// An array as large as the index, on huge pages, with a way through its lines that jumps about.
pub(crate) struct Field {
    start: *mut u8,
    lines: u64,
    len: usize,
}

// SAFETY: written before it is shared, and only read after that.
unsafe impl Sync for Field {}

impl Field {
    /// One of so many bytes. Each line holds the number of the line that comes next on one long way.
    pub(crate) fn new(bytes: usize) -> Self {
        let lines = (bytes / LINE).max(1 << 10).next_power_of_two() as u64;
        // The way goes over a power of two of lines; those beyond the wanted size are cut out of it.
        let wanted = (bytes / LINE).max(1 << 10) as u64;
        let len = wanted as usize * LINE;
        // SAFETY: an anonymous mapping of the length that is used below, and advice about it.
        let start = unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let start = libc::mmap(std::ptr::null_mut(), len, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
            assert_ne!(start, libc::MAP_FAILED, "no memory for the array that is measured against");
            #[cfg(target_os = "linux")]
            libc::madvise(start, len, libc::MADV_HUGEPAGE);
            start.cast::<u8>()
        };
        // A full period modulo a power of two: odd step, multiplier one more than a multiple of four.
        let follow = |line: u64| (line.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f)) % lines;
        for line in 0..wanted {
            let mut next = follow(line);
            while next >= wanted {
                next = follow(next);
            }
            // SAFETY: the line lies within the mapping.
            unsafe { start.add(line as usize * LINE).cast::<u64>().write(next) };
        }
        Self { start, lines: wanted, len }
    }

    fn read(&self, line: u64) -> u64 {
        // SAFETY: a number of a line, which `new` wrote.
        unsafe { self.start.add(line as usize * LINE).cast::<u64>().read_volatile() }
    }

    /// Nanoseconds of a read that waits for the one before.
    pub(crate) fn dependent(&self, seed: u64) -> f64 {
        let mut line = seed % self.lines;
        per(READS, || {
            for _ in 0..READS {
                line = self.read(line);
                fence();
            }
            black_box(line);
        })
    }

    /// Nanoseconds of a read that was asked for ahead, at the best distance.
    pub(crate) fn prefetched(&self, seed: u64) -> f64 {
        let way: Vec<u64> = (0..READS as u64)
            .map(|read| ((u128::from(mix(seed ^ read)) * u128::from(self.lines)) >> 64) as u64)
            .collect();
        let mut best = f64::MAX;
        for ahead in DISTANCES {
            let mut sum = 0_u64;
            let spent = per(READS, || {
                for (place, line) in way.iter().enumerate() {
                    if let Some(next) = way.get(place + ahead) {
                        self.prefetch(*next);
                    }
                    sum = sum.wrapping_add(self.read(*line));
                }
            });
            black_box(sum);
            best = best.min(spent);
        }
        best
    }

    /// Nanoseconds that two prefetched reads, on one page of 4 KiB or anywhere, add to a computation of some 600
    /// instructions which does not wait for them, over reads of one line that is always near; at the best distance.
    pub(crate) fn beside_work(&self, seed: u64, on_one_page: bool) -> f64 {
        const HALF_A_PAGE: u64 = 32;
        let line = |read: u64| ((u128::from(mix(seed ^ read)) * u128::from(self.lines & !63)) >> 64) as u64;
        let beside = |first: u64, read: u64| if on_one_page { first ^ HALF_A_PAGE } else { line(!read) };
        let far: Vec<[u64; 2]> = (0..READS as u64 / 4).map(|read| [line(read), beside(line(read), read)]).collect();
        let near = vec![[0; 2]; far.len()];
        let [near, far] = [&near, &far].map(|way| {
            let best = [8, 16, 32].map(|ahead| per(way.len(), || self.computed_beside(way, ahead)));
            best.into_iter().fold(f64::MAX, f64::min)
        });
        far - near
    }

    fn computed_beside(&self, way: &[[u64; 2]], ahead: usize) {
        let mut sum = 0_u64;
        for (place, lines) in way.iter().enumerate() {
            if let Some(next) = way.get(place + ahead) {
                next.iter().for_each(|line| self.prefetch(*line));
            }
            let mut chains = [0, 1, 2, 3].map(|chain| place as u64 + chain);
            for _ in 0..75 {
                chains = black_box(chains.map(|chain| chain.wrapping_mul(3).wrapping_add(1)));
            }
            black_box(chains);
            lines.iter().for_each(|line| sum = sum.wrapping_add(self.read(*line)));
        }
        black_box(sum);
    }

    fn prefetch(&self, line: u64) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a prefetch never faults.
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(self.start.wrapping_add(line as usize * LINE).cast());
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = line;
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        // SAFETY: the mapping that `new` made.
        unsafe { libc::munmap(self.start.cast(), self.len) };
    }
}

/// Ends a look-up: the next one does not begin in its shadow.
pub(crate) fn fence() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a load fence is part of every x86-64 and touches no memory.
    unsafe {
        std::arch::x86_64::_mm_lfence();
    }
}

/// SplitMix64 of a number.
pub(crate) const fn mix(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Nanoseconds of processor time of this thread for one of so many: what other work takes away is not counted.
pub(crate) fn per(count: usize, work: impl FnOnce()) -> f64 {
    let before = thread_time();
    work();
    (thread_time() - before) as f64 / count as f64
}

fn thread_time() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock writes to the place that it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// How much of the mappings of this process lies on huge pages, in MiB.
pub(crate) fn huge_mib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let kib = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    kib("AnonHugePages:").unwrap_or_default() / 1024
}
