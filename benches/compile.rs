//! What a compile costs: lines of text on one thread, and keys on one and two, each beside a baseline of the same run.
//!
//! Processor time, so that other programs on the machine count as little as may be: medians of rounds, and ratios.
#![expect(clippy::arithmetic_side_effects, reason = "a benchmark that goes wrong stops")]

mod scale;

use std::fmt::Write as _;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::Path;

use dialgate::internals::{Builder, Options};
use dialgate::rules::Rules;
use dialgate::{CompileOptions, Manifest, Zones};
use scale::{Random, cpu, dictionary, figure, median, number, wall};

/// Rounds of which the median is told.
const ROUNDS: usize = 9;

fn main() {
    let lines = figure("DIALGATE_BENCH_LINES", 4_000_000);
    let folder = tempfile::tempdir().unwrap_or_else(|error| unreachable!("{error}"));
    for format in ["plain", "ftc", "tps"] {
        text(folder.path(), format, lines);
    }
    keys(figure("DIALGATE_BENCH_LISTED", 20_000_000));
}

/// Rows of a list from its file to the table's doorstep. The last row is no number, which refuses the list: nothing but
/// reading is measured.
fn text(folder: &Path, format: &str, lines: usize) {
    let mut random = Random(7);
    // In order, as registries are given out.
    let mut digits: Vec<u64> = (0..lines).map(|_| random.next() % 10_000_000_000).collect();
    digits.sort_unstable();
    let mut text = String::new();
    for digits in &digits {
        let row = match format {
            "plain" => writeln!(text, "+4850{:07}", digits / 1000),
            "ftc" => writeln!(text, "{:03},{:07}", 201 + digits / 1_250_000_000, digits % 10_000_000),
            _ => writeln!(text, "0{} {:06}\r", 7400 + digits / 100_000_000, digits / 100 % 1_000_000),
        };
        row.unwrap_or_else(|error| unreachable!("{error}"));
    }
    let bytes = text.len();
    std::fs::write(folder.join("one.txt"), text + "no number\n").unwrap_or_else(|error| unreachable!("{error}"));
    std::fs::write(folder.join("none.txt"), "no number\n").unwrap_or_else(|error| unreachable!("{error}"));
    let [manifest, without] = ["one", "none"].map(|name| manifest(folder, format, name));
    let (mut reading, mut scanning, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = cpu();
        let text = std::fs::read(folder.join("one.txt")).unwrap_or_else(|error| unreachable!("{error}"));
        let sum = text.split(|byte| *byte == b'\n').fold(0_u64, |sum, row| {
            let digits = row.iter().filter(|byte| byte.is_ascii_digit());
            sum ^ digits.fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'))
        });
        black_box(sum);
        let scan = cpu() - began;
        // Everything that a compile does beside, but for the list.
        let read = refused(&manifest) - refused(&without);
        reading.push(digits.len() as f64 / read / 1e6);
        scanning.push(digits.len() as f64 / scan / 1e6);
        ratios.push(scan / read);
    }
    println!(
        "{format}: {:.1} M lines a second a core, {:.0} bytes a line; a loop over split lines and digits {:.1}; ratio {:.2}",
        median(reading),
        bytes as f64 / digits.len() as f64,
        median(scanning),
        median(ratios),
    );
}

fn manifest(folder: &Path, format: &str, name: &str) -> Manifest {
    let manifest = format!(
        "controller = \"acme\"\nas_of = \"2026-11-23T00:00:00Z\"\n[[controllers]]\nid = \"acme\"\n[[lists]]\nid = \"one\"\n\
         kind = \"opt_out\"\nformat = \"{format}\"\npath = \"{name}.txt\"\nas_of = \"2026-11-20T00:00:00Z\"\nmax_reject_percent = 0.0\n"
    );
    let path = folder.join("gate.toml");
    std::fs::write(&path, manifest).unwrap_or_else(|error| unreachable!("{error}"));
    Manifest::load(&path).unwrap_or_else(|error| unreachable!("{error}"))
}

/// Seconds of processor time until the list is refused.
fn refused(manifest: &Manifest) -> f64 {
    let began = cpu();
    let refused = manifest.compile_with(&CompileOptions::new().threads(NonZeroUsize::MIN));
    assert!(refused.is_err_and(|error| error.to_string().contains("1 of ")));
    cpu() - began
}

/// Numbers on four lists, given as keys.
fn keys(listed: usize) {
    let mut random = Random(1);
    let members: Vec<u64> = (0..listed).map(|_| random.digits()).collect();
    for threads in [1, 2] {
        let (mut rates, mut walls, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        let mut bytes = 0;
        for _ in 0..ROUNDS.min(5) {
            let began = cpu();
            let mut sorted = members.clone();
            sorted.sort_unstable();
            black_box(&sorted);
            let sorting = cpu() - began;
            drop(sorted);
            let (began, began_wall) = (cpu(), wall());
            let options = Options { threads: NonZeroUsize::new(threads), ..Options::default() };
            let mut builder = Builder::new(dictionary(), Rules::default(), Zones::default(), options);
            members.iter().for_each(|digits| builder.listed(number(*digits), (digits % 4) as u16));
            let image = builder.finish().unwrap_or_else(|error| unreachable!("{error}"));
            let (took, took_wall) = (cpu() - began, wall() - began_wall);
            bytes = image.as_bytes().len();
            rates.push(listed as f64 / took / 1e6);
            walls.push(listed as f64 / took_wall / 1e6);
            ratios.push(took / sorting);
        }
        println!(
            "keys: {listed} on {threads} threads: {:.1} M a second of processor time, {:.1} by the wall's clock; {:.2} times \
             what sorting the keys costs on one thread; {:.2} bytes a number",
            median(rates),
            median(walls),
            median(ratios),
            bytes as f64 / listed as f64,
        );
    }
}
