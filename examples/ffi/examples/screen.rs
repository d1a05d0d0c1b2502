//! The lead-file screener of `c/screen.c` in Rust, to compare rates with: same arguments, same files.
#![expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "a measurement, which may stop")]

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Channel, Reason};
use dialgate::{Decision, Gate, Number};

/// Leads are read, screened and written so many at a time.
const TOGETHER: usize = 4096;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, gate, leads, clean, rejected, purpose, channel, rest @ ..] = arguments.as_slice() else {
        return Err("expected GATE LEADS CLEAN REJECTED PURPOSE CHANNEL [MICROSECONDS]".into());
    };
    let at =
        rest.first().map(|micros| micros.parse::<i64>()).transpose()?.and_then(DateTime::<Utc>::from_timestamp_micros);
    let gate = Gate::open(gate)?;
    let channel = Channel::from_slug(channel).ok_or("no such channel")?;
    let campaign = gate.campaign().purpose(purpose).channel(channel).prepare()?;
    let mut input = BufReader::with_capacity(1 << 18, File::open(leads)?);
    let mut clean = BufWriter::with_capacity(1 << 18, File::create(clean)?);
    let mut rejected = BufWriter::with_capacity(1 << 18, File::create(rejected)?);
    let nobody = Number::from_e164(1).ok_or("one digit")?;

    let began = cpu_seconds();
    let mut lines = vec![Vec::new(); TOGETHER];
    let mut numbers = [nobody; TOGETHER];
    let mut decisions = [Decision::default(); TOGETHER];
    let (mut total, mut allowed, mut screening) = (0, 0, 0.0);
    input.read_until(b'\n', &mut lines[0])?;
    clean.write_all(&lines[0])?;
    rejected.write_all(lines[0].trim_ascii_end())?;
    rejected.write_all(b",dialgate_reason\n")?;
    loop {
        let mut count = 0;
        while count < TOGETHER {
            lines[count].clear();
            if input.read_until(b'\n', &mut lines[count])? == 0 {
                break;
            }
            let field = lines[count].split(|byte| matches!(byte, b',' | b'\r' | b'\n')).next().unwrap_or_default();
            let text = std::str::from_utf8(field).unwrap_or_default();
            numbers[count] = Number::from_international(text).unwrap_or(nobody);
            count += 1;
        }
        if count == 0 {
            break;
        }
        let asked = cpu_seconds();
        match at {
            Some(at) => campaign.screen(&numbers[..count], at, &mut decisions[..count])?,
            None => campaign.screen_now(&numbers[..count], &mut decisions[..count])?,
        }
        screening += cpu_seconds() - asked;
        for (line, decision) in lines.iter().zip(&decisions[..count]) {
            if decision.is_allowed() {
                allowed += 1;
                clean.write_all(line)?;
            } else {
                rejected.write_all(line.trim_ascii_end())?;
                writeln!(rejected, ",{}", decision.reason().map_or("", Reason::slug))?;
            }
        }
        total += count;
    }
    clean.flush()?;
    rejected.flush()?;
    let rate = |seconds: f64| total as f64 / seconds;
    println!(
        "leads {total} allowed {allowed} screened_per_cpu_second {:.0} in_all_per_cpu_second {:.0}",
        rate(screening),
        rate(cpu_seconds() - began)
    );
    Ok(())
}

/// What this thread has had of a processor: other work on the machine counts less than by the clock on the wall.
fn cpu_seconds() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is writable, and the clock is one that Linux has.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
