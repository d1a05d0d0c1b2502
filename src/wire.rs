//! Checked little-endian reading and writing: the one place where bytes become values.
//!
//! Nothing here panics, whatever the bytes, and nothing is allocated before the bytes that warrant it
//! have been seen.

/// Bytes that are not what they should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("byte {offset}: expected {expected}")]
pub(crate) struct Malformed {
    /// Where, counted from the start of the bytes that were read.
    pub(crate) offset: usize,
    /// What should have been there.
    pub(crate) expected: &'static str,
}

/// Reads values one after another.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// Reads from the start of these bytes.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// How many bytes were read.
    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    /// How many bytes are left.
    pub(crate) const fn remaining(&self) -> usize {
        self.bytes.len().saturating_sub(self.offset)
    }

    /// The error that something else was expected here.
    pub(crate) const fn malformed(&self, expected: &'static str) -> Malformed {
        Malformed { offset: self.offset, expected }
    }

    /// The next `len` bytes.
    pub(crate) fn bytes(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let end = self.offset.checked_add(len).ok_or(self.malformed("fewer bytes"))?;
        let bytes = self.bytes.get(self.offset..end).ok_or(self.malformed("more bytes"))?;
        self.offset = end;
        Ok(bytes)
    }

    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let rest = self.bytes.get(self.offset..).unwrap_or_default();
        let (array, _) = rest.split_first_chunk::<N>().ok_or(self.malformed("more bytes"))?;
        self.offset = self.offset.saturating_add(N);
        Ok(*array)
    }

    /// One byte.
    pub(crate) fn u8(&mut self) -> Result<u8, Malformed> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// A byte that is 0 or 1.
    pub(crate) fn bool(&mut self) -> Result<bool, Malformed> {
        let at = self.offset;
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed { offset: at, expected: "0 or 1" }),
        }
    }

    /// Two bytes.
    pub(crate) fn u16(&mut self) -> Result<u16, Malformed> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    /// Four bytes.
    pub(crate) fn u32(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// Eight bytes.
    pub(crate) fn u64(&mut self) -> Result<u64, Malformed> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// Eight bytes, signed.
    pub(crate) fn i64(&mut self) -> Result<i64, Malformed> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    /// A number in groups of seven bits, the lowest first, in the fewest bytes that hold it.
    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, Malformed> {
        let at = self.offset;
        let wrong = Malformed { offset: at, expected: "a number in at most 64 bits, shortest form" };
        let mut value = 0u64;
        for (byte, place) in self.bytes.get(at..).unwrap_or_default().iter().zip(0_u32..10) {
            let group = u64::from(byte & 0x7f);
            if place == 9 && group > 1 {
                return Err(wrong);
            }
            value |= group.wrapping_shl(place.wrapping_mul(7));
            if byte & 0x80 == 0 {
                self.offset = at.saturating_add(place as usize).saturating_add(1);
                return if *byte == 0 && place > 0 { Err(wrong) } else { Ok(value) };
            }
        }
        Err(if self.remaining() < 10 { Malformed { offset: self.bytes.len(), expected: "more bytes" } } else { wrong })
    }

    /// A signed number: as [`Reader::varint`], the sign in the lowest bit.
    pub(crate) fn signed_varint(&mut self) -> Result<i64, Malformed> {
        let raw = self.varint()?;
        Ok((raw >> 1).cast_signed() ^ (raw & 1).cast_signed().wrapping_neg())
    }

    /// A varint that fits the type asked for.
    pub(crate) fn small<T: TryFrom<u64>>(&mut self) -> Result<T, Malformed> {
        let wrong = self.malformed("a smaller number");
        T::try_from(self.varint()?).map_err(|_| wrong)
    }

    /// How many items of at least `item_bytes` bytes follow: never more than the bytes left can hold.
    pub(crate) fn count(&mut self, item_bytes: usize) -> Result<usize, Malformed> {
        let wrong = self.malformed("a count that the bytes left can hold");
        let count: usize = self.small()?;
        if self.remaining().checked_div(item_bytes).is_some_and(|most| count > most) { Err(wrong) } else { Ok(count) }
    }

    /// A text: its length in bytes as a varint, then UTF-8.
    pub(crate) fn str(&mut self) -> Result<&'a str, Malformed> {
        let len = self.count(1)?;
        let wrong = self.malformed("UTF-8");
        std::str::from_utf8(self.bytes(len)?).map_err(|_| wrong)
    }

    /// Nothing may be left.
    pub(crate) fn finish(self) -> Result<(), Malformed> {
        if self.remaining() == 0 { Ok(()) } else { Err(self.malformed("the end")) }
    }
}

/// Writes values one after another, as [`Reader`] reads them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

#[cfg_attr(not(feature = "compile"), expect(dead_code, reason = "what only a compiler of snapshots writes"))]
impl Writer {
    /// Nothing yet.
    pub(crate) const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// How many bytes were written.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// What was written so far.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    /// Nothing yet, in the memory of what was written.
    pub(crate) fn cleared(mut self) -> Self {
        self.bytes.clear();
        self
    }

    /// What was written.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// These bytes, without a length.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// One byte.
    pub(crate) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// A byte that is 0 or 1.
    pub(crate) fn bool(&mut self, value: bool) {
        self.u8(u8::from(value));
    }

    /// Two bytes.
    pub(crate) fn u16(&mut self, value: u16) {
        self.bytes(&value.to_le_bytes());
    }

    /// Four bytes.
    pub(crate) fn u32(&mut self, value: u32) {
        self.bytes(&value.to_le_bytes());
    }

    /// Eight bytes.
    pub(crate) fn u64(&mut self, value: u64) {
        self.bytes(&value.to_le_bytes());
    }

    /// Eight bytes, signed.
    pub(crate) fn i64(&mut self, value: i64) {
        self.bytes(&value.to_le_bytes());
    }

    /// A number in groups of seven bits, the lowest first, in the fewest bytes that hold it.
    pub(crate) fn varint(&mut self, value: u64) {
        let mut rest = value;
        while rest > 0x7f {
            self.u8((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        self.u8(rest as u8);
    }

    /// A signed number, the sign in the lowest bit.
    pub(crate) fn signed_varint(&mut self, value: i64) {
        self.varint(((value << 1) ^ (value >> 63)).cast_unsigned());
    }

    /// How many items follow.
    pub(crate) fn count(&mut self, count: usize) {
        self.varint(count as u64);
    }

    /// A text: its length in bytes as a varint, then UTF-8.
    pub(crate) fn str(&mut self, text: &str) {
        self.count(text.len());
        self.bytes(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use proptest::prelude::*;

    use super::{Reader, Writer};

    proptest! {
        #[test]
        fn what_is_written_is_read_back(a: u64, b: i64, c: u16, d: u32, e: u64, f: i64, g: bool, text in ".{0,40}") {
            let mut writer = Writer::new();
            writer.varint(a);
            writer.signed_varint(b);
            writer.u16(c);
            writer.u32(d);
            writer.u64(e);
            writer.i64(f);
            writer.bool(g);
            writer.str(&text);
            let bytes = writer.into_bytes();
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.varint().unwrap(), a);
            prop_assert_eq!(reader.signed_varint().unwrap(), b);
            prop_assert_eq!(reader.u16().unwrap(), c);
            prop_assert_eq!(reader.u32().unwrap(), d);
            prop_assert_eq!(reader.u64().unwrap(), e);
            prop_assert_eq!(reader.i64().unwrap(), f);
            prop_assert_eq!(reader.bool().unwrap(), g);
            prop_assert_eq!(reader.str().unwrap(), text);
            reader.finish().unwrap();
        }

        #[test]
        fn a_varint_that_is_read_has_one_spelling(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
            let mut reader = Reader::new(&bytes);
            if let Ok(value) = reader.varint() {
                let mut writer = Writer::new();
                writer.varint(value);
                prop_assert_eq!(writer.into_bytes(), &bytes[..reader.offset()]);
            }
        }
    }

    #[test]
    fn a_count_beyond_the_bytes_left_is_refused() {
        let error = Reader::new(&[0xff, 0xff, 0x03, 1, 2]).count(1).unwrap_err();
        assert_eq!(error.to_string(), "byte 0: expected a count that the bytes left can hold");
    }

    #[test]
    fn what_is_left_over_is_refused() {
        let mut reader = Reader::new(&[1, 2]);
        reader.u8().unwrap();
        assert_eq!(reader.finish().unwrap_err().offset, 1);
    }
}
