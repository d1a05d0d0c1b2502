//! Bytes that are not what was written.

use super::*;

/// Asks everything that can be asked: nothing may panic, and nothing may last for ever.
pub(super) fn exercise(snapshot: &Snapshot, oracle: &Oracle) {
    let asked = oracle.listed.keys().chain(oracle.histories.keys()).copied();
    for digits in asked.flat_map(|digits| [digits, digits + 1, digits ^ (1 << 30)]) {
        let probe = snapshot.probe(number(digits));
        snapshot.settle(&probe);
        let combination = snapshot.combination(&probe);
        assert!(combination.is_none_or(|id| (id as usize) < snapshot.combinations().len()));
        for (index, event) in snapshot.history(&probe).enumerate() {
            assert!((event.template as usize) < snapshot.templates().len());
            let _ = snapshot.record_id(&probe, index);
        }
        let _ = snapshot.attempts(number(digits)).count();
        let _ = snapshot.ranges(number(digits)).len();
    }
}

fn with_digest(bytes: &mut [u8]) {
    let digest = digest::digest(bytes, 1);
    bytes[format::DIGEST].copy_from_slice(&digest);
}

fn table_end() -> usize {
    format::HEADER_BYTES + format::ENTRY_BYTES * format::Section::ALL.len()
}

const PATTERNS: [u8; 6] = [0x01, 0x02, 0x10, 0x80, 0x7f, 0xff];

#[test]
fn no_flipped_byte_is_taken() {
    let (_, image) = small();
    let mut bytes = image.as_bytes().to_vec();
    for place in 0..bytes.len() {
        for pattern in PATTERNS {
            bytes[place] ^= pattern;
            assert!(Snapshot::from_bytes(&bytes).is_err(), "byte {place} flipped by {pattern}");
            bytes[place] ^= pattern;
        }
    }
}

#[test]
fn no_truncation_or_addition_is_taken() {
    let (_, image) = small();
    for len in 0..image.as_bytes().len() {
        assert!(Snapshot::from_bytes(&image.as_bytes()[..len]).is_err(), "cut to {len} bytes");
    }
    let mut longer = image.as_bytes().to_vec();
    for _ in 0..130 {
        longer.push(0);
        assert!(Snapshot::from_bytes(&longer).is_err());
    }
}

#[test]
fn a_forged_byte_is_refused_or_harmless() {
    let (oracle, image) = small();
    let mut taken = 0;
    for place in 0..image.as_bytes().len() {
        for pattern in PATTERNS {
            let mut bytes = image.as_bytes().to_vec();
            bytes[place] ^= pattern;
            if !format::DIGEST.contains(&place) {
                with_digest(&mut bytes);
            }
            if let Ok(snapshot) = Snapshot::from_bytes(&bytes) {
                // Names, instants and remainders cannot be told from the truth; where things lie can.
                assert!(place >= table_end(), "byte {place} flipped by {pattern}");
                taken += 1;
                exercise(&snapshot, &oracle);
            }
        }
    }
    assert!(taken > 0);
}

#[test]
fn header_and_layout_at_their_extremes_are_refused_or_harmless() {
    let (oracle, image) = small();
    let table_end = table_end();
    // The layout is the first section.
    let layout = format::align(table_end).unwrap();
    for field in (0..table_end).chain(layout..layout + 256) {
        for value in
            [0u64, 1, 2, 15, 63, 64, 65, 1 << 31, u64::from(u32::MAX), 1 << 40, 1 << 63, u64::MAX - 63, u64::MAX]
        {
            for width in [4, 8] {
                let mut bytes = image.as_bytes().to_vec();
                bytes[field..field + width].copy_from_slice(&value.to_le_bytes()[..width]);
                with_digest(&mut bytes);
                if let Ok(snapshot) = Snapshot::from_bytes(&bytes) {
                    exercise(&snapshot, &oracle);
                }
            }
        }
    }
}
