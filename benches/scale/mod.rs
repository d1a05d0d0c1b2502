//! What the benchmarks of compiling and opening share: clocks, medians, made-up numbers.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each benchmark uses a part, none of it is an interface")]

use dialgate::dictionary::{Controller, Dictionary, List};
use dialgate::vocabulary::ListKind;
use dialgate::{Number, Timestamp};

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number of one of some countries, as a mixed list holds them.
    pub fn digits(&mut self) -> u64 {
        let (bits, low) = (self.next(), self.next());
        match bits % 8 {
            0..5 => 12_000_000_000 + low % 8_000_000_000,
            5 => 48_500_000_000 + low % 400_000_000,
            6 => 447_000_000_000 + low % 1_000_000_000,
            _ => 33_600_000_000 + low % 200_000_000,
        }
    }
}

pub fn number(digits: u64) -> Number {
    Number::from_e164(digits).unwrap_or_else(|| unreachable!("at most twelve digits"))
}

/// A figure from the environment.
pub fn figure(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|figure| figure.replace('_', "").parse().ok()).unwrap_or(otherwise)
}

pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Seconds that this process (all of its threads) spent on a processor: other programs do not count.
pub fn cpu() -> f64 {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// Seconds by the wall's clock.
pub fn wall() -> f64 {
    clock(libc::CLOCK_MONOTONIC)
}

#[expect(unsafe_code, reason = "the clocks of the system")]
fn clock(id: libc::clockid_t) -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a value that lives for the call, which writes nothing else.
    unsafe { libc::clock_gettime(id, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Names enough for four lists.
pub fn dictionary() -> Dictionary {
    let list = |index: u32| List {
        id: format!("list-{index}"),
        kind: ListKind::OptOut,
        registry: None,
        controllers: None,
        scope: None,
        jurisdictions: None,
        covers: None,
        as_of: Timestamp::default(),
        max_age_days: None,
        consent_lifts: false,
        entries: 0,
        rejected: 0,
        digest: [0; 32],
    };
    let controller = Controller {
        id: "acme".into(),
        name: String::new(),
        notice_version: None,
        caller_ids: Vec::new(),
        emergency: false,
    };
    Dictionary {
        controllers: vec![controller],
        notice_versions: (0..4).map(|version| format!("v{version}")).collect(),
        lists: (0..4).map(list).collect(),
        ..Dictionary::default()
    }
}
