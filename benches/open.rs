//! What opening costs beside reading the same file; sealed files, hashed entries, and an index that stays on disk.
//!
//! Every figure is a median of rounds in which both sides are measured one after the other.
#![expect(clippy::arithmetic_side_effects, reason = "a benchmark that goes wrong stops")]

mod scale;

use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::Path;

use dialgate::internals::{Builder, Image, Options};
use dialgate::rules::Rules;
use dialgate::{Event, KeyRing, MasterKey, Number, Snapshot, Template, Timestamp, What, Zones};
use scale::{Random, cpu, dictionary, figure, median, number, wall};

/// Rounds of which the median is told.
const ROUNDS: usize = 9;
/// Numbers that are asked for in a row.
const ASKED: usize = 1 << 16;

fn main() {
    let folder = tempfile::tempdir_in(std::env::var_os("DIALGATE_DIR").unwrap_or_else(|| "target".into()))
        .unwrap_or_else(|error| unreachable!("{error}"));
    let listed = figure("DIALGATE_BENCH_LISTED", 20_000_000);
    let members = members(listed);
    opened(folder.path(), &members);
    #[cfg(feature = "seal")]
    hashed(&members);
    #[cfg(target_os = "linux")]
    mapped::measure(folder.path(), &members);
}

fn members(listed: usize) -> Vec<u64> {
    let mut random = Random(1);
    (0..listed).map(|_| random.digits()).collect()
}

/// Numbers on four lists, and a consent for every fourth.
fn image(members: &[u64], hashed: usize, prefilter: bool) -> Image {
    let options = Options { prefilter, ..Options::default() };
    let mut builder = Builder::new(dictionary(), Rules::default(), Zones::default(), options);
    let notice = builder.intern(Template { controller: Some(0), what: What::Notice { version: 0 } });
    let mut people: Vec<u64> = Vec::new();
    for digits in members {
        builder.listed(number(*digits), (digits % 4) as u16);
        if digits % 4 == 0 {
            people.push(*digits);
        }
    }
    people.sort_unstable();
    people.dedup();
    for digits in people {
        let at = Timestamp::from_seconds(1_600_000_000 + (digits * 7919 % 150_000_000) as i64);
        builder.history(number(digits), &[Event { at: Some(at), template: notice, until: None }], &[]);
    }
    if hashed > 0 {
        let hasher = key().number_hasher();
        builder.hash_key(&hasher);
        let tombstone = builder.intern(Template { controller: Some(0), what: What::Erasure });
        let event = Event { at: Some(Timestamp::from_seconds(1_700_000_000)), template: tombstone, until: None };
        (0..hashed as u64).for_each(|n| builder.hashed(hasher.hash(number(99_000_000_000 + n)), &[event]));
    }
    builder.finish().unwrap_or_else(|error| unreachable!("{error}"))
}

fn key() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

fn opened(folder: &Path, members: &[u64]) {
    let path = folder.join("plain.gate");
    let image = image(members, 0, false);
    let bytes = image.as_bytes().len() as f64;
    image.write_to(&path).unwrap_or_else(|error| unreachable!("{error}"));
    #[cfg(feature = "seal")]
    let sealed = {
        let sealed = folder.join("sealed.gate");
        let image = image.sealed(KeyRing::of(key()));
        image.write_to(&sealed).unwrap_or_else(|error| unreachable!("{error}"));
        sealed
    };
    let keys = KeyRing::of(key());
    let mut buffer = vec![0_u8; bytes as usize];
    let (mut reading, mut fresh, mut opening, mut sealed_opening) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut ratios, mut fresh_ratios, mut processor, mut sealed_ratios) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let again = timed(|| File::open(&path).and_then(|mut file| file.read_exact(&mut buffer)));
        let read = timed(|| std::fs::read(&path));
        let began = cpu();
        let open = timed(|| Snapshot::open(&path));
        processor.push(cpu() - began);
        reading.push(bytes / again / 1e9);
        fresh.push(bytes / read / 1e9);
        opening.push(bytes / open / 1e9);
        ratios.push(again / open);
        fresh_ratios.push(read / open);
        #[cfg(feature = "seal")]
        {
            let unseal = timed(|| Snapshot::open_with(&sealed, Some(&keys)));
            sealed_opening.push(bytes / unseal / 1e9);
            sealed_ratios.push(unseal / open);
        }
    }
    println!(
        "open: {:.0} MB at {:.2} GB/s ({:.2} s of processor time); reading the cached file {:.2} GB/s over and over into one \
         buffer, {:.2} GB/s into fresh memory; ratios {:.2} and {:.2}",
        bytes / 1e6,
        median(opening),
        median(processor),
        median(reading),
        median(fresh),
        median(ratios),
        median(fresh_ratios),
    );
    if !sealed_opening.is_empty() {
        println!(
            "open sealed: {:.2} GB/s, {:.2} times as long as the plain file",
            median(sealed_opening),
            median(sealed_ratios)
        );
    }
}

fn timed<T, E: std::fmt::Debug>(work: impl FnOnce() -> Result<T, E>) -> f64 {
    let began = wall();
    let done = work().unwrap_or_else(|error| unreachable!("{error:?}"));
    let took = wall() - began;
    drop(black_box(done));
    took
}

/// What a million hashed entries add to the look-ups of a check: a hash, and a look for it.
#[cfg(feature = "seal")]
fn hashed(members: &[u64]) {
    let keys = KeyRing::of(key());
    let [without, with] = [0, 1_000_000].map(|hashed| {
        let image = image(members, hashed, false);
        Snapshot::from_bytes_with(image.as_bytes(), Some(&keys)).unwrap_or_else(|error| unreachable!("{error}"))
    });
    let asked = asked(members, 3);
    let looked_up = |snapshot: &Snapshot| {
        let began = cpu();
        let mut known = 0_usize;
        for number in &asked {
            let probe = snapshot.probe(*number);
            known += usize::from(snapshot.combination(&probe).is_some());
            known += snapshot.history(&probe).count();
            for hasher in snapshot.hashers() {
                known += snapshot.hashed(hasher.hash(*number)).count();
            }
        }
        black_box(known);
        (cpu() - began) / asked.len() as f64 * 1e9
    };
    let (mut none, mut million, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (first, second) = (looked_up(&without), looked_up(&with));
        none.push(first);
        million.push(second);
        ratios.push(second / first);
    }
    println!(
        "hashed entries: list and history of a number {:.0} ns without any, {:.0} ns with 1,000,000; ratio {:.2}",
        median(none),
        median(million),
        median(ratios),
    );
}

/// Half of the numbers that are asked for are members.
fn asked(members: &[u64], seed: u64) -> Vec<Number> {
    let mut random = Random(seed);
    let mut asked = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        let place = (random.next() % members.len() as u64) as usize;
        let member = members.get(place).copied().unwrap_or(1);
        asked.push(number(if random.next().is_multiple_of(2) { member } else { random.digits() }));
    }
    asked
}

/// An index that is left on disk, its pages dropped from memory before every round.
#[cfg(target_os = "linux")]
mod mapped {
    #![expect(unsafe_code, reason = "mapped files, and pages that are dropped from memory")]

    use std::os::fd::AsRawFd;

    use super::*;

    /// Look-ups of a round: few, so that none finds what another has read.
    const LOOK_UPS: usize = 400;

    pub(super) fn measure(folder: &Path, members: &[u64]) {
        let paths = [false, true].map(|prefilter| {
            let path = folder.join(format!("mapped-{prefilter}.gate"));
            image(members, 0, prefilter).write_to(&path).unwrap_or_else(|error| unreachable!("{error}"));
            path
        });
        for (what, hits) in [("half of them members", true), ("none a member", false)] {
            let (mut without, mut with, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
            for round in 0..ROUNDS as u64 {
                let asked: Vec<Number> = if hits {
                    asked(members, 100 + round).into_iter().take(LOOK_UPS).collect()
                } else {
                    (0..LOOK_UPS as u64).map(|n| number(99_000_000_000 + round * 1_000_000 + n * 7919)).collect()
                };
                let [first, second] = paths.each_ref().map(|path| {
                    // SAFETY: the files lie in a fresh folder of this process, which does not touch them again.
                    let snapshot = unsafe { Snapshot::map(path) }.unwrap_or_else(|error| unreachable!("{error}"));
                    forget(path);
                    let began = wall();
                    for number in &asked {
                        let probe = snapshot.probe(*number);
                        black_box((snapshot.combination(&probe), snapshot.history(&probe).next()));
                    }
                    (wall() - began) / asked.len() as f64 * 1e6
                });
                without.push(first);
                with.push(second);
                ratios.push(first / second);
            }
            println!(
                "mapped, cold, {what}: {:.1} us a look-up without a prefilter, {:.1} us with one; {:.2} times faster",
                median(without),
                median(with),
                median(ratios),
            );
        }
    }

    /// Drops the pages of a mapped file from memory.
    fn forget(path: &Path) {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let name = path.canonicalize().unwrap_or_default();
        for line in maps.lines().filter(|line| line.ends_with(&*name.to_string_lossy())) {
            let ends = line.split(' ').next().and_then(|range| range.split_once('-'));
            let Some((start, end)) = ends else { continue };
            let address = |text: &str| usize::from_str_radix(text, 16).unwrap_or_default();
            let (start, len) = (address(start), address(end) - address(start));
            // SAFETY: the range is a private mapping of a file that nobody changes: its pages are read again, and hold
            // the same.
            let done = unsafe { libc::madvise(std::ptr::with_exposed_provenance_mut(start), len, libc::MADV_DONTNEED) };
            assert_eq!(done, 0, "pages are let go");
        }
        let file = File::open(path).unwrap_or_else(|error| unreachable!("{error}"));
        // SAFETY: advice about a file that is open.
        let done = unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) };
        assert_eq!(done, 0, "the cache is let go");
    }
}
