//! Filling a table: every thread owns a span of lines and takes the numbers that belong there.
//!
//! What a line holds in the end does not depend on the order of insertion (the smallest remainders stay), so
//! neither threads nor the order of calls show in the bytes.

use super::lanes::{Shape, Width, insert};
use super::mix::{Domain, Key};
use super::table::ASIDE_BYTES;
use crate::memory::{LINE_BYTES, Memory, prefetch};

/// Bytes that an entry of the spill costs, at its load: for comparing shapes.
const SPILLED_BYTES: f64 = 14.0;
/// Numbers whose lines are asked for ahead.
const AHEAD: usize = 16;

/// The parts of a table, filled.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) shapes: [Shape; 2],
    pub(crate) main: Memory,
    pub(crate) spill: Memory,
    pub(crate) aside: Vec<u8>,
}

/// Numbers (distinct) and what they map to.
pub(crate) struct Entries<'a, V> {
    /// The numbers.
    pub(crate) numbers: &'a [u64],
    /// The value of the n-th.
    pub(crate) value: V,
    /// No value is larger.
    pub(crate) largest: u64,
}

/// Lines for so many numbers at so many to a line.
fn lines_for(numbers: usize, per_line: f64) -> u64 {
    if numbers == 0 { 0 } else { ((numbers as f64 / per_line).ceil() as u64).max(1) }
}

/// Bits that the payloads of values up to this one take: zero and all ones are reserved.
pub(crate) fn payload_bits(largest: u64) -> u32 {
    let payloads = largest.saturating_add(3);
    bits_of(payloads.saturating_sub(1)).clamp(2, 62)
}

/// Bits that a number takes.
pub(crate) const fn bits_of(number: u64) -> u32 {
    u64::BITS.saturating_sub(number.leading_zeros())
}

/// The shape of 64-bit lanes for so many numbers.
pub(crate) fn wide_shape(numbers: usize, per_line: f64, payload_bits: u32, domain: Domain) -> Shape {
    let mut shape = Shape { width: Width::Bits64, payload_bits, lines: 0, domain_bits: domain.bits() };
    shape.lines = if numbers == 0 { 0 } else { lines_for(numbers, per_line).max(shape.exact_lines()) };
    shape
}

/// The cheapest shape: `beyond(limit)` tells how many numbers have a value of `limit` or more.
pub(crate) fn cheapest_shape(numbers: usize, largest: u64, domain: Domain, beyond: impl Fn(u64) -> u64) -> Shape {
    let domain_bits = domain.bits();
    if numbers == 0 {
        return Shape::empty(domain_bits);
    }
    let narrow = |width: Width, payload_bits: u32, per_line: f64| {
        let mut shape = Shape { width, payload_bits, lines: 0, domain_bits };
        shape.lines = lines_for(numbers, per_line).max(shape.exact_lines());
        shape
    };
    let candidates = [
        (narrow(Width::Bits16, 4, 25.6), 0.015),
        (narrow(Width::Bits32, 5, 12.0), 0.0205),
        (wide_shape(numbers, 5.6, payload_bits(largest), domain), 0.04),
    ];
    let cost = |(shape, spilled): &(Shape, f64)| {
        let escaped = beyond(shape.escape().saturating_sub(1)) as f64;
        shape.lines as f64 * LINE_BYTES as f64 + (numbers as f64 * spilled + escaped) * SPILLED_BYTES
    };
    let cheapest = candidates.iter().min_by(|a, b| cost(a).total_cmp(&cost(b)));
    cheapest.map_or(Shape::empty(domain_bits), |(shape, _)| *shape)
}

/// Fills a table of this shape.
pub(crate) fn fill<V: Fn(usize) -> u64 + Sync>(
    entries: &Entries<'_, V>,
    main_shape: Shape,
    domain: Domain,
    threads: usize,
) -> std::io::Result<Built> {
    let mut aside: Vec<(u64, u64)> = Vec::new();
    for (index, number) in entries.numbers.iter().enumerate() {
        if !domain.key(*number).inside {
            aside.push((*number, (entries.value)(index)));
        }
    }
    let inside = entries.numbers.len().saturating_sub(aside.len());
    let main_shape = if inside == 0 { Shape::empty(domain.bits()) } else { main_shape };
    let (main, spilled) = fill_level(entries.numbers, &entries.value, main_shape, domain, threads)?;

    let natural = lines_for(spilled.len(), 4.8);
    let mut spill_shape = wide_shape(spilled.len(), 4.8, payload_bits(entries.largest), domain);
    let affordable = natural.saturating_mul(2).saturating_add(8);
    if spilled.len() < 16 || spill_shape.lines > affordable {
        spill_shape = Shape::empty(domain.bits());
    }
    let (spill, rest) = if spill_shape.lines == 0 {
        (Memory::zeroed(0)?, spilled)
    } else {
        let numbers: Vec<u64> = spilled.iter().map(|(number, _)| *number).collect();
        let value = |index: usize| spilled.get(index).map_or(0, |(_, value)| *value);
        fill_level(&numbers, &value, spill_shape, domain, 1)?
    };
    aside.extend(rest);
    aside.sort_unstable();
    let mut bytes = Vec::with_capacity(aside.len().saturating_mul(ASIDE_BYTES));
    for (number, value) in aside {
        bytes.extend_from_slice(&number.to_le_bytes());
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    Ok(Built { shapes: [main_shape, spill_shape], main, spill, aside: bytes })
}

/// Lines, and the numbers with values that found no room or whose value does not fit a lane.
type Level = (Memory, Vec<(u64, u64)>);

fn fill_level<V: Fn(usize) -> u64 + Sync>(
    numbers: &[u64],
    value: &V,
    shape: Shape,
    domain: Domain,
    threads: usize,
) -> std::io::Result<Level> {
    let len = shape.len_bytes().ok_or(std::io::ErrorKind::OutOfMemory)?;
    let mut memory = Memory::zeroed(len)?;
    if shape.lines == 0 {
        return Ok((memory, Vec::new()));
    }
    let (lines, _) = memory.as_chunks_mut::<LINE_BYTES>();
    let small = numbers.len() < 50_000;
    let span = if small { lines.len() } else { lines.len().div_ceil(threads.max(1)) };
    let fill_span = |first: usize, lines: &mut [[u8; LINE_BYTES]]| {
        let mut left_over = Vec::new();
        let keys = numbers.iter().map(|number| domain.key(*number));
        let ahead = numbers.iter().skip(AHEAD).map(|number| Some(domain.key(*number))).chain(std::iter::repeat(None));
        for ((index, key), next) in keys.enumerate().zip(ahead) {
            if let Some(next) = next {
                let offset = (shape.line(next.hash) as usize).wrapping_sub(first).wrapping_mul(LINE_BYTES);
                prefetch(lines.as_flattened(), offset);
            }
            let line = (shape.line(key.hash) as usize).wrapping_sub(first);
            if let Some(lanes) = lines.get_mut(line).filter(|_| key.inside) {
                let hash_line = line.wrapping_add(first) as u64;
                put(lanes, hash_line, shape, domain, key, value(index), &mut left_over);
            }
        }
        left_over
    };
    let mut left_over = Vec::new();
    std::thread::scope(|scope| {
        let mut workers = Vec::new();
        for (place, lines) in lines.chunks_mut(span.max(1)).enumerate() {
            let first = place.saturating_mul(span.max(1));
            let fill_span = &fill_span;
            workers.push(scope.spawn(move || fill_span(first, lines)));
        }
        for worker in workers {
            match worker.join() {
                Ok(part) => left_over.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    Ok((memory, left_over))
}

/// Puts a number into its line. What finds no room, or has a value that does not fit a lane, is left over.
fn put(
    lanes: &mut [u8; LINE_BYTES],
    line: u64,
    shape: Shape,
    domain: Domain,
    key: Key,
    value: u64,
    left_over: &mut Vec<(u64, u64)>,
) {
    let escape = shape.escape();
    let payload = value.saturating_add(1).min(escape);
    if payload == escape {
        left_over.push((key.number, value));
    }
    let remainder_mask = (1u64 << shape.remainder_bits()).wrapping_sub(1);
    let lane = (key.hash & remainder_mask) << shape.payload_bits | payload;
    let Some(evicted) = insert(lanes, shape.width, lane) else { return };
    let payload = evicted & escape;
    if payload != escape {
        let number = domain.number(shape.hash(line, evicted >> shape.payload_bits));
        left_over.push((number, payload.saturating_sub(1)));
    }
}
