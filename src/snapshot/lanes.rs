//! Lines of the cache, each with sorted lanes: a remainder and a payload.
//!
//! The high bits of a mixed number choose the line, the low bits are the remainder. Two numbers of one line
//! differ in their remainders as long as no line stands for more mixed values than there are remainders
//! ([`Shape::is_exact`]), so a match is exact. A payload of zero is reserved: an empty lane is all zeros and
//! can never pass for a number. A payload of all ones says that the value is in the spill.
//!
//! A line that is full keeps its smallest remainders. A number is looked for in the spill only if its line is
//! full and its remainder is beyond the last lane's.

use std::ops::Range;

use crate::memory::{Bytes, LINE_BYTES, prefetch};
#[cfg(feature = "compile")]
use crate::wire::Writer;
use crate::wire::{Malformed, Reader};

/// How wide a lane is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Width {
    /// 32 lanes a line, 4 bits of payload.
    Bits16,
    /// 16 lanes a line, 5 bits of payload.
    Bits32,
    /// 8 lanes a line, as many bits of payload as the shape says.
    Bits64,
}

impl Width {
    /// Bits of a lane.
    pub(crate) const fn bits(self) -> u32 {
        match self {
            Width::Bits16 => 16,
            Width::Bits32 => 32,
            Width::Bits64 => 64,
        }
    }

    /// Lanes of a line.
    pub(crate) const fn lanes(self) -> usize {
        match self {
            Width::Bits16 => 32,
            Width::Bits32 => 16,
            Width::Bits64 => 8,
        }
    }
}

/// The geometry of a level.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shape {
    /// How wide a lane is.
    pub(crate) width: Width,
    /// The low bits of a lane that are payload.
    pub(crate) payload_bits: u32,
    /// How many lines there are.
    pub(crate) lines: u64,
    /// Bits of a mixed number.
    pub(crate) domain_bits: u32,
}

impl Shape {
    /// No lines.
    pub(crate) const fn empty(domain_bits: u32) -> Self {
        Self { width: Width::Bits64, payload_bits: 2, lines: 0, domain_bits }
    }

    /// Bits of a lane that are remainder.
    pub(crate) const fn remainder_bits(self) -> u32 {
        self.width.bits().saturating_sub(self.payload_bits)
    }

    /// The payload that says: see the spill.
    pub(crate) const fn escape(self) -> u64 {
        (1u64 << self.payload_bits).wrapping_sub(1)
    }

    /// The fewest lines that make a match exact.
    pub(crate) const fn exact_lines(self) -> u64 {
        1u64 << self.domain_bits.saturating_sub(self.remainder_bits())
    }

    /// Does a match prove the number?
    pub(crate) const fn is_exact(self) -> bool {
        self.lines == 0 || self.lines >= self.exact_lines()
    }

    /// The line of a mixed number.
    #[inline]
    pub(crate) const fn line(self, hash: u64) -> u64 {
        let spread = hash << (u64::BITS.wrapping_sub(self.domain_bits) & 63);
        ((spread as u128).wrapping_mul(self.lines as u128) >> u64::BITS) as u64
    }

    /// The mixed number with this remainder in this line.
    pub(crate) const fn hash(self, line: u64, remainder: u64) -> u64 {
        let spread = (line as u128) << self.domain_bits;
        let lines = if self.lines == 0 { 1 } else { self.lines };
        let first = spread.div_ceil(lines as u128) as u64;
        let mask = (1u64 << self.remainder_bits()).wrapping_sub(1);
        first.wrapping_add(remainder.wrapping_sub(first) & mask)
    }

    /// Bytes of all lines, if they can be counted.
    pub(crate) fn len_bytes(self) -> Option<usize> {
        usize::try_from(self.lines).ok()?.checked_mul(LINE_BYTES)
    }

    /// Lanes of all lines.
    pub(crate) fn slots(self) -> u64 {
        self.lines.saturating_mul(self.width.lanes() as u64)
    }

    #[cfg(feature = "compile")]
    pub(crate) fn encode(self, writer: &mut Writer) {
        writer.u32(self.width.bits());
        writer.u32(self.payload_bits);
        writer.u64(self.lines);
    }

    pub(crate) fn decode(reader: &mut Reader<'_>, domain_bits: u32) -> Result<Self, Malformed> {
        let wrong = reader.malformed("a table whose remainders prove the number");
        let width = match reader.u32()? {
            16 => Width::Bits16,
            32 => Width::Bits32,
            64 => Width::Bits64,
            _ => return Err(wrong),
        };
        let shape = Self { width, payload_bits: reader.u32()?, lines: reader.u64()?, domain_bits };
        let payload_fits = match width {
            Width::Bits16 => shape.payload_bits == 4,
            Width::Bits32 => shape.payload_bits == 5,
            Width::Bits64 => (2..=62).contains(&shape.payload_bits),
        };
        if payload_fits && shape.is_exact() && shape.lines < 1 << 40 { Ok(shape) } else { Err(wrong) }
    }
}

/// What a line says about a number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// The payload; zero: it is not here.
    pub(crate) payload: u64,
    /// The line is full and the number would lie beyond its last lane.
    pub(crate) beyond: bool,
}

/// The lines of a table's main part or of its spill.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    shape: Shape,
    bytes: Bytes,
}

/// Compares every lane of a line with a remainder, without a branch.
macro_rules! look {
    ($line:expr, $lane:ty, $bytes:literal, $hash:expr, $payload_bits:expr) => {{
        let want = ($hash as $lane) << $payload_bits;
        let payload_mask: $lane = ((1 as $lane) << $payload_bits).wrapping_sub(1);
        let (lanes, _) = $line.as_chunks::<$bytes>();
        let mut found: $lane = 0;
        for lane in lanes {
            let lane = <$lane>::from_le_bytes(*lane);
            found |= if lane & !payload_mask == want { lane } else { 0 };
        }
        let last = lanes.last().map_or(0, |lane| <$lane>::from_le_bytes(*lane));
        Seen { payload: (found & payload_mask) as u64, beyond: (last != 0) & ((last & !payload_mask) < want) }
    }};
}

/// The same for 64-bit lanes, of which few processors compare several at once.
#[inline(always)]
fn look_wide(line: &[u8; LINE_BYTES], hash: u64, payload_bits: u32) -> Seen {
    let want = hash << (payload_bits & 63);
    let payload_mask = (1_u64 << (payload_bits & 63)).wrapping_sub(1);
    let (lanes, _) = line.as_chunks::<8>();
    // The lane that is wanted has its payload, less one, left of it: less than the mask. Any other has more, an empty
    // one too: it wraps around.
    let beside = |lane: &[u8; 8]| u64::from_le_bytes(*lane).wrapping_sub(want).wrapping_sub(1);
    let least = lanes.iter().map(beside).fold(u64::MAX, u64::min);
    let last = lanes.last().map_or(0, |lane| u64::from_le_bytes(*lane));
    Seen {
        payload: if least < payload_mask { least.wrapping_add(1) } else { 0 },
        beyond: (last != 0) & ((last & !payload_mask) < want),
    }
}

/// Are all lanes of a line in order, the empty ones last, with payloads from one to `plain`? Without a branch; no says
/// nothing.
macro_rules! is_plain {
    ($line:expr, $lane:ty, $bytes:literal, $count:literal, $payload_bits:literal, $plain:expr) => {{
        let (chunks, _) = $line.as_chunks::<$bytes>();
        let mut lanes = [0 as $lane; $count];
        lanes.iter_mut().zip(chunks).for_each(|(lane, bytes)| *lane = <$lane>::from_le_bytes(*bytes));
        let mask: $lane = (1 << $payload_bits) - 1;
        let most = $plain as $lane;
        let mut wrong = false;
        for [a, b] in lanes.array_windows() {
            wrong |= (*b != 0) & ((*a == 0) | (*a >> $payload_bits >= *b >> $payload_bits));
        }
        for lane in lanes {
            let payload = lane & mask;
            wrong |= (lane != 0) & ((payload == 0) | (payload > most));
        }
        !wrong
    }};
}
impl Level {
    /// The level with these bytes; none when there are not as many as the shape says.
    pub(crate) fn new(shape: Shape, bytes: Bytes) -> Option<Self> {
        (shape.len_bytes() == Some(bytes.len())).then_some(Self { shape, bytes })
    }

    /// Its geometry.
    pub(crate) const fn shape(&self) -> Shape {
        self.shape
    }

    /// Asks for the line of a mixed number.
    #[inline(always)]
    pub(crate) fn prefetch(&self, hash: u64) {
        let offset = self.shape.line(hash).wrapping_mul(LINE_BYTES as u64);
        prefetch(&self.bytes, offset as usize);
    }

    /// What the line of a mixed number says about it.
    #[inline(always)]
    pub(crate) fn look(&self, hash: u64) -> Seen {
        let (lines, _) = self.bytes.as_chunks::<LINE_BYTES>();
        // INVARIANT: a line is below `lines` and `Level::new` checked the length: only a level without lines ends here.
        let Some(line) = lines.get(self.shape.line(hash) as usize) else {
            return Seen { payload: 0, beyond: false };
        };
        match self.shape.width {
            Width::Bits32 => look!(line, u32, 4, hash, 5),
            Width::Bits16 => look!(line, u16, 2, hash, 4),
            Width::Bits64 => look_wide(line, hash, self.shape.payload_bits),
        }
    }

    /// The number of the lane that holds a mixed number, counted over all lines.
    pub(crate) fn slot(&self, hash: u64) -> Option<u64> {
        macro_rules! place {
            ($line:expr, $lane:ty, $bytes:literal) => {{
                let payload_mask: $lane = ((1 as $lane) << (self.shape.payload_bits & 63)).wrapping_sub(1);
                let want = (hash as $lane) << (self.shape.payload_bits & 63);
                let mut lanes = $line.as_chunks::<$bytes>().0.iter().map(|lane| <$lane>::from_le_bytes(*lane));
                lanes.position(|lane| lane != 0 && lane & !payload_mask == want)
            }};
        }
        let number = self.shape.line(hash);
        let line = self.bytes.as_chunks::<LINE_BYTES>().0.get(number as usize)?;
        let lane = match self.shape.width {
            Width::Bits16 => place!(line, u16, 2),
            Width::Bits32 => place!(line, u32, 4),
            Width::Bits64 => place!(line, u64, 8),
        }?;
        number.checked_mul(self.shape.width.lanes() as u64)?.checked_add(lane as u64)
    }

    /// Every one of these lines in order: lanes strictly ascending, empty ones last, no payload that is reserved, and every
    /// payload accepted. Payloads up to `plain` are accepted unasked, of others `accepts` is asked with the line and the
    /// remainder.
    pub(crate) fn check(
        &self,
        lines: Range<usize>,
        plain: u64,
        accepts: impl Fn(u64, u64, u64) -> bool,
    ) -> Result<(), Malformed> {
        let width = self.shape.width;
        let payload_mask = self.shape.escape();
        let plain = plain.min(payload_mask.saturating_sub(1));
        let (all, _) = self.bytes.as_chunks::<LINE_BYTES>();
        let first = lines.start;
        for (number, line) in (first..).zip(all.get(lines).unwrap_or_default()) {
            let is_plain = match width {
                _ if plain == 0 => false,
                Width::Bits16 => is_plain!(line, u16, 2, 32, 4, plain),
                Width::Bits32 => is_plain!(line, u32, 4, 16, 5, plain),
                Width::Bits64 => false,
            };
            if is_plain {
                continue;
            }
            let mut wide = [0u64; 32];
            widen(line, width, &mut wide);
            let lanes = wide.get(..width.lanes()).unwrap_or_default();
            let used = lanes.iter().position(|lane| *lane == 0).unwrap_or(lanes.len());
            let (used, empty) = lanes.split_at(used);
            let good = empty.iter().all(|lane| *lane == 0)
                && used.is_sorted_by(|a, b| a >> self.shape.payload_bits < b >> self.shape.payload_bits)
                && used.iter().all(|lane| {
                    let payload = lane & payload_mask;
                    payload != 0
                        && (payload <= plain || accepts(number as u64, lane >> self.shape.payload_bits, payload))
                });
            if !good {
                let offset = number.saturating_mul(LINE_BYTES);
                return Err(Malformed { offset, expected: "sorted lanes with payloads that are defined" });
            }
        }
        Ok(())
    }

    /// How many lines there are.
    pub(crate) fn lines(&self) -> usize {
        self.bytes.len() / LINE_BYTES
    }
}

/// The lanes of a line as 64-bit numbers.
fn widen(line: &[u8; LINE_BYTES], width: Width, wide: &mut [u64; 32]) {
    match width {
        Width::Bits16 => {
            let (lanes, _) = line.as_chunks::<2>();
            wide.iter_mut().zip(lanes).for_each(|(wide, lane)| *wide = u64::from(u16::from_le_bytes(*lane)));
        }
        Width::Bits32 => {
            let (lanes, _) = line.as_chunks::<4>();
            wide.iter_mut().zip(lanes).for_each(|(wide, lane)| *wide = u64::from(u32::from_le_bytes(*lane)));
        }
        Width::Bits64 => {
            let (lanes, _) = line.as_chunks::<8>();
            wide.iter_mut().zip(lanes).for_each(|(wide, lane)| *wide = u64::from_le_bytes(*lane));
        }
    }
}

/// Puts a lane into its line, which does not hold it; the lane that found no room comes back.
#[cfg(feature = "compile")]
#[inline]
pub(crate) fn insert(line: &mut [u8; LINE_BYTES], width: Width, lane: u64) -> Option<u64> {
    // Without a branch: where the lane belongs is as good as chance.
    macro_rules! insert {
        ($lane:ty, $bytes:literal, $count:literal) => {{
            let (slots, _) = line.as_chunks_mut::<$bytes>();
            let mut lanes = [0 as $lane; $count];
            lanes.iter_mut().zip(&*slots).for_each(|(lane, slot)| *lane = <$lane>::from_le_bytes(*slot));
            let new = lane as $lane;
            // One less: an empty lane comes after all others.
            let is_less = |lane: $lane| lane.wrapping_sub(1) < new.wrapping_sub(1);
            // Before the first lane one that is less, or the same.
            let mut before = [1 as $lane; $count];
            before.iter_mut().skip(1).zip(&lanes).for_each(|(before, lane)| *before = *lane);
            for ((slot, lane), before) in slots.iter_mut().zip(&lanes).zip(&before) {
                let shifted = if is_less(*before) { new } else { *before };
                *slot = if is_less(*lane) { *lane } else { shifted }.to_le_bytes();
            }
            let last = lanes.last().copied().unwrap_or_default();
            (last != 0).then(|| last.max(new) as u64)
        }};
    }
    match width {
        Width::Bits16 => insert!(u16, 2, 32),
        Width::Bits32 => insert!(u32, 4, 16),
        Width::Bits64 => insert!(u64, 8, 8),
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE_BYTES, look_wide};

    /// A line of these lanes, empty behind them.
    fn line(lanes: &[u64]) -> [u8; LINE_BYTES] {
        let mut line = [0; LINE_BYTES];
        line.as_chunks_mut().0.iter_mut().zip(lanes).for_each(|(bytes, lane)| *bytes = lane.to_le_bytes());
        line
    }

    #[test]
    fn a_wide_lane_is_found_by_its_remainder_alone() {
        for payload_bits in [2_u32, 5, 40, 62] {
            let mask = (1_u64 << payload_bits) - 1;
            let most = u64::MAX >> payload_bits;
            for remainders in [[0, 1, 2], [0, 1, most], [1, most - 1, most], [most / 2, most / 2 + 1, most]] {
                for payload in [1, 2.min(mask), mask] {
                    let lanes = remainders.map(|remainder| remainder << payload_bits | payload);
                    for wanted in [0, 1, 2, most / 2 - 1, most / 2, most / 2 + 1, most - 2, most - 1, most] {
                        let expected = if remainders.contains(&wanted) { payload } else { 0 };
                        let seen = look_wide(&line(&lanes), wanted, payload_bits);
                        assert_eq!((seen.payload, seen.beyond), (expected, false), "{wanted} in {remainders:?}");
                    }
                }
            }
            assert_eq!(look_wide(&line(&[]), 0, payload_bits).payload, 0, "an empty line");
        }
    }

    #[test]
    fn beyond_the_last_lane_of_a_full_line_is_elsewhere() {
        let lanes: Vec<u64> = (1..=8).map(|remainder| remainder << 4 | 3).collect();
        let beyond = |wanted, lanes: &[u64]| look_wide(&line(lanes), wanted, 4).beyond;
        assert!(beyond(9, &lanes) && !beyond(8, &lanes) && !beyond(9, &lanes[..7]));
    }
}
