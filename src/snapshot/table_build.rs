//! Filling a table: every thread owns a span of lines and takes the numbers that belong there.
//!
//! What a line holds in the end does not depend on the order of insertion (the smallest remainders stay), so
//! neither threads nor the order of calls show in the bytes.

use super::build_rounds::Tell;
use super::lanes::{Shape, Width, insert};
use super::mix::{Domain, Key, mix, unmix};
use super::table::ASIDE_BYTES;
use crate::memory::{LINE_BYTES, Memory, prefetch};
use crate::spill::Pile;

/// Numbers to a line of the spill.
pub(crate) const SPILLED_PER_LINE: f64 = 4.4;
/// Bytes that an entry of the spill costs, at its load: for comparing shapes.
const SPILLED_BYTES: f64 = 14.8;
/// Numbers whose lines are asked for ahead.
const AHEAD: usize = 16;
/// Numbers of a piece of a plain vector.
const PIECE: usize = 1 << 18;

/// The parts of a table, filled.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) shapes: [Shape; 2],
    pub(crate) main: Memory,
    pub(crate) spill: Memory,
    pub(crate) aside: Vec<u8>,
}

/// Numbers (distinct) and what they map to.
pub(crate) struct Entries<'a> {
    /// Where they are.
    pub(crate) source: &'a dyn Source,
    /// How many there are.
    pub(crate) count: usize,
    /// How many of them lie in the domain.
    pub(crate) inside: usize,
    /// No value is larger.
    pub(crate) largest: u64,
}

/// Numbers and values, in pieces that memory can hold one at a time.
pub(crate) trait Source: Sync {
    /// How many pieces there are.
    fn pieces(&self) -> usize;
    /// Appends the numbers and values of a piece.
    fn piece(&self, place: usize, into: &mut Vec<(u64, u64)>) -> std::io::Result<()>;
}

impl Source for Vec<(u64, u64)> {
    fn pieces(&self) -> usize {
        self.len().div_ceil(PIECE)
    }

    fn piece(&self, place: usize, into: &mut Vec<(u64, u64)>) -> std::io::Result<()> {
        into.extend_from_slice(self.chunks(PIECE).nth(place).unwrap_or_default());
        Ok(())
    }
}

/// Entries of 16 bytes, number and value.
impl Source for Pile {
    fn pieces(&self) -> usize {
        self.pieces()
    }

    fn piece(&self, place: usize, into: &mut Vec<(u64, u64)>) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        self.piece(place, &mut bytes)?;
        into.extend(bytes.as_chunks().0.iter().map(pair));
        Ok(())
    }
}

/// Puts number and value on a pile.
pub(crate) fn put_pair(pile: &mut Pile, number: u64, value: u64) {
    pile.push(&(u128::from(number) | u128::from(value) << u64::BITS).to_le_bytes());
}

fn pair(bytes: &[u8; ASIDE_BYTES]) -> (u64, u64) {
    let both = u128::from_le_bytes(*bytes);
    (both as u64, (both >> u64::BITS) as u64)
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
pub(crate) fn fill(
    entries: &Entries<'_>,
    main_shape: Shape,
    domain: Domain,
    threads: usize,
    tell: Tell<'_>,
) -> std::io::Result<Built> {
    let main_shape = if entries.inside == 0 { Shape::empty(domain.bits()) } else { main_shape };
    let (main, spilled, mut aside) = fill_level(entries, main_shape, Way { domain, spilled: false }, threads, tell)?;

    let natural = lines_for(spilled.len(), SPILLED_PER_LINE);
    let mut spill_shape = wide_shape(spilled.len(), SPILLED_PER_LINE, payload_bits(entries.largest), domain);
    let affordable = natural.saturating_mul(2).saturating_add(8);
    if spilled.len() < 16 || spill_shape.lines > affordable {
        spill_shape = Shape::empty(domain.bits());
    }
    let (spill, rest) = if spill_shape.lines == 0 {
        (Memory::zeroed(0)?, spilled)
    } else {
        let (count, largest) = (spilled.len(), entries.largest);
        let spilled = Entries { source: &spilled, count, inside: count, largest };
        let (spill, rest, _) = fill_level(&spilled, spill_shape, Way { domain, spilled: true }, threads, &|_| {})?;
        (spill, rest)
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

/// Lines; the numbers with values that found no room or whose value does not fit a lane; those outside the domain.
type Level = (Memory, Vec<(u64, u64)>, Vec<(u64, u64)>);

/// Steps that filling a level takes.
pub(crate) const FILL_STEPS: u64 = 256;

/// How numbers find their lines.
#[derive(Clone, Copy)]
struct Way {
    domain: Domain,
    /// Mixed once more.
    spilled: bool,
}

impl Way {
    #[inline]
    fn key(self, number: u64) -> Key {
        let key = self.domain.key(number);
        if self.spilled { Key { hash: mix(self.domain.bits(), key.hash), ..key } } else { key }
    }

    fn number(self, hash: u64) -> u64 {
        self.domain.number(if self.spilled { unmix(self.domain.bits(), hash) } else { hash })
    }
}

fn fill_level(entries: &Entries<'_>, shape: Shape, way: Way, threads: usize, tell: Tell<'_>) -> std::io::Result<Level> {
    let len = shape.len_bytes().ok_or(std::io::ErrorKind::OutOfMemory)?;
    let mut memory = Memory::zeroed(len)?;
    let source = entries.source;
    let (lines, _) = memory.as_chunks_mut::<LINE_BYTES>();
    let workers = if entries.count < 50_000 { 1 } else { threads.max(1) };
    let span = lines.len().div_ceil(workers).max(1);
    let mut spans: Vec<Span<'_>> = lines
        .chunks_mut(span)
        .enumerate()
        .map(|(place, lines)| Span { first: place.saturating_mul(span), lines, left_over: Vec::new() })
        .collect();
    let mut outside = Vec::new();
    let mut piece = Vec::new();
    let mut next = Vec::new();
    if source.pieces() > 0 {
        source.piece(0, &mut piece)?;
    }
    // While every span takes its numbers of one piece, the next is fetched.
    for place in 1..=source.pieces() {
        if entries.inside < entries.count {
            outside.extend(piece.iter().filter(|(number, _)| !way.key(*number).inside));
        }
        next.clear();
        if workers == 1 {
            spans.iter_mut().for_each(|span| span.take(&piece, shape, way));
            if place < source.pieces() {
                source.piece(place, &mut next)?;
            }
        } else {
            std::thread::scope(|scope| {
                for span in &mut spans {
                    let piece = &piece;
                    scope.spawn(move || span.take(piece, shape, way));
                }
                if place < source.pieces() { source.piece(place, &mut next) } else { Ok(()) }
            })?;
        }
        std::mem::swap(&mut piece, &mut next);
        let steps = |place: usize| (place as u64).saturating_mul(FILL_STEPS).checked_div(source.pieces() as u64);
        tell(steps(place).unwrap_or_default().saturating_sub(steps(place.saturating_sub(1)).unwrap_or_default()));
    }
    let mut left_over = Vec::new();
    for span in spans {
        left_over.extend(span.left_over);
    }
    Ok((memory, left_over, outside))
}

/// Lines that one thread fills.
struct Span<'a> {
    first: usize,
    lines: &'a mut [[u8; LINE_BYTES]],
    left_over: Vec<(u64, u64)>,
}

impl Span<'_> {
    /// Takes the numbers that belong here.
    fn take(&mut self, piece: &[(u64, u64)], shape: Shape, way: Way) {
        /// Numbers that are looked through for those that belong here before any is put into its line.
        const BLOCK: usize = 512;
        let none = Place { key: Key { number: 0, hash: 0, inside: false }, line: 0, value: 0 };
        let mut mine = [none; BLOCK];
        for block in piece.chunks(BLOCK) {
            // Without a branch: half of the numbers, at random, belong to another span.
            let mut count = 0usize;
            for (number, value) in block {
                let key = way.key(*number);
                let line = (shape.line(key.hash) as usize).wrapping_sub(self.first);
                if let Some(place) = mine.get_mut(count) {
                    *place = Place { key, line, value: *value };
                }
                count = count.wrapping_add(usize::from(key.inside & (line < self.lines.len())));
            }
            let mine = mine.get(..count).unwrap_or_default();
            let ahead = mine.iter().skip(AHEAD).map(Some).chain(std::iter::repeat(None));
            mine.iter().take(AHEAD).for_each(|place| place.ask(self.lines));
            for (place, next) in mine.iter().zip(ahead) {
                if let Some(next) = next {
                    next.ask(self.lines);
                }
                if let Some(lanes) = self.lines.get_mut(place.line) {
                    let line = place.line.wrapping_add(self.first) as u64;
                    put(lanes, line, shape, way, place.key, place.value, &mut self.left_over);
                }
            }
        }
    }
}

/// A number on its way to its line.
#[derive(Clone, Copy)]
struct Place {
    key: Key,
    line: usize,
    value: u64,
}

impl Place {
    #[inline]
    fn ask(&self, lines: &[[u8; LINE_BYTES]]) {
        prefetch(lines.as_flattened(), self.line.wrapping_mul(LINE_BYTES));
    }
}

/// Puts a number into its line. What finds no room, or has a value that does not fit a lane, is left over.
fn put(
    lanes: &mut [u8; LINE_BYTES],
    line: u64,
    shape: Shape,
    way: Way,
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
        let number = way.number(shape.hash(line, evicted >> shape.payload_bits));
        left_over.push((number, payload.saturating_sub(1)));
    }
}
