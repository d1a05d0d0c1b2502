//! Entries by keyed hash: found, refused without their key, and malformed ones refused.

use super::*;
use crate::MasterKey;
use crate::key::KeyRing;

fn key(secret: u8) -> MasterKey {
    MasterKey::from_bytes([secret; 32])
}

fn ring(secret: u8) -> KeyRing {
    KeyRing::of(key(secret))
}

fn listing(list: u16) -> Template {
    Template { controller: None, what: What::Listing { list, scope: None } }
}

/// Numbers with the lists that they are on (by hash) and the seconds of the entry; a negative one is undated.
type Entries = BTreeMap<u64, BTreeSet<(i64, u16)>>;

fn entries(random: &mut Random, count: u64) -> Entries {
    let mut entries = Entries::new();
    for _ in 0..count {
        let of_number = entries.entry(polish(random)).or_default();
        for _ in 0..=random.below(2) {
            let at = if random.below(2) == 0 { -1 } else { random.below(1000) as i64 };
            of_number.insert((at, random.below(5) as u16));
        }
    }
    entries
}

fn build(entries: &Entries, secret: u8, seed: u64) -> Image {
    let mut builder = Builder::new(dictionary(5), Rules::default(), Zones::default(), Options::default());
    let hasher = key(secret).number_hasher();
    builder.hash_key(&hasher);
    let mut rows: Vec<(u64, i64, u16)> =
        entries.iter().flat_map(|(digits, of)| of.iter().map(|(at, list)| (*digits, *at, *list))).collect();
    let mut random = Random(seed);
    random.shuffle(&mut rows);
    rows.extend_from_within(..rows.len().min(3));
    for (digits, at, list) in rows {
        let template = builder.intern(listing(list));
        let at = (at >= 0).then(|| Timestamp::from_seconds(at));
        builder.hashed(hasher.hash(number(digits)), &[Event { at, template, until: None }]);
    }
    builder.finish().unwrap()
}

fn found(snapshot: &Snapshot, digits: u64) -> Vec<(i64, u16)> {
    let hash = snapshot.hashers()[0].hash(number(digits));
    let read = |event: Event| {
        let What::Listing { list, .. } = snapshot.templates()[event.template as usize].what else { panic!() };
        (event.at.map_or(-1, |at| at.micros() / SECOND), list)
    };
    snapshot.hashed(hash).map(read).collect()
}

#[test]
fn hashed_entries_are_found_exactly_and_in_order() {
    let mut random = Random(61);
    for count in [1, 2, 3, 4, 5, 8, 33, 1000, 20_000] {
        let entries = entries(&mut random, count);
        let image = build(&entries, 7, 1);
        let snapshot = Snapshot::from_bytes_with(image.as_bytes(), Some(&ring(7))).unwrap();
        for (digits, expected) in &entries {
            assert_eq!(found(&snapshot, *digits), expected.iter().copied().collect::<Vec<_>>(), "of {count}");
        }
        for _ in 0..1000 {
            let digits = polish(&mut random);
            assert_eq!(found(&snapshot, digits).is_empty(), !entries.contains_key(&digits));
        }
    }
}

#[test]
fn hashed_entries_give_the_same_bytes_in_any_order() {
    let entries = entries(&mut Random(62), 300);
    let first = build(&entries, 7, 1);
    assert_eq!(first.as_bytes(), build(&entries, 7, 2).as_bytes());
    assert_ne!(first.as_bytes(), build(&entries, 8, 1).as_bytes());
}

#[test]
fn without_its_key_a_snapshot_with_hashed_entries_does_not_open() {
    let image = build(&entries(&mut Random(63), 3), 7, 1);
    let needed = key(7).id();
    let lost = Snapshot::from_bytes(image.as_bytes()).unwrap_err();
    assert!(matches!(lost.problem, OpenProblem::Hashed { key } if key == needed));
    assert!(lost.to_string().contains("--key"), "{lost}");
    let swapped = Snapshot::from_bytes_with(image.as_bytes(), Some(&ring(8))).unwrap_err();
    assert!(matches!(swapped.problem, OpenProblem::OtherKey { needed: id } if id == needed));
}

#[test]
fn without_hashed_entries_no_key_is_needed() {
    let image = build(&Entries::new(), 7, 1);
    for keys in [None, Some(ring(8))] {
        let snapshot = Snapshot::from_bytes_with(image.as_bytes(), keys.as_ref()).unwrap();
        assert!(snapshot.hashers().is_empty());
        assert_eq!(snapshot.keys_needed().count(), 0);
        assert_eq!(snapshot.hashed(key(7).number_hasher().hash(number(48_223_000_001))).count(), 0);
    }
}

#[test]
fn entries_under_an_earlier_key_are_found_beside_those_under_the_current_one() {
    let mut builder = Builder::new(dictionary(1), Rules::default(), Zones::default(), Options::default());
    let template = builder.intern(listing(0));
    for (secret, digits) in [(1, 48_223_000_001), (2, 48_223_000_002)] {
        let hasher = key(secret).number_hasher();
        builder.hash_key(&hasher);
        builder.hashed(hasher.hash(number(digits)), &[Event { at: None, template, until: None }]);
    }
    let image = builder.finish().unwrap();
    assert!(Snapshot::from_bytes_with(image.as_bytes(), Some(&ring(2))).is_err(), "the earlier key is missing");
    let rotated = ring(2).with_earlier(vec![key(3), key(1)]);
    let snapshot = Snapshot::from_bytes_with(image.as_bytes(), Some(&rotated)).unwrap();
    let hits = |digits| snapshot.hashers().iter().flat_map(|one| snapshot.hashed(one.hash(number(digits)))).count();
    assert_eq!([hits(48_223_000_001), hits(48_223_000_002), hits(48_223_000_003)], [1, 1, 0]);
}

#[test]
fn hashed_entries_without_their_key_or_template_are_not_built() {
    let hash = key(7).number_hasher().hash(number(48_223_000_001));
    for (has_key, template) in [(false, 0), (true, 1)] {
        let mut builder = Builder::new(dictionary(1), Rules::default(), Zones::default(), Options::default());
        builder.intern(listing(0));
        if has_key {
            builder.hash_key(&key(7).number_hasher());
        }
        builder.hashed(hash, &[Event { at: None, template, until: None }]);
        assert!(matches!(builder.finish(), Err(BuildError::Undefined(_))));
    }
}

#[test]
fn a_forged_byte_among_hashed_entries_is_refused_or_harmless() {
    let entries = entries(&mut Random(64), 5);
    let image = build(&entries, 7, 1);
    let (mut taken, mut refused) = (0, 0);
    for place in format::HEADER_BYTES..image.as_bytes().len() {
        for pattern in [0x01, 0x80, 0xff] {
            let mut bytes = image.as_bytes().to_vec();
            bytes[place] ^= pattern;
            assert!(Snapshot::from_bytes_with(&bytes, Some(&ring(7))).is_err(), "byte {place} flipped by {pattern}");
            let digest = digest::digest(&bytes, 1);
            bytes[format::DIGEST].copy_from_slice(&digest);
            let Ok(snapshot) = Snapshot::from_bytes_with(&bytes, Some(&ring(7))) else {
                refused += 1;
                continue;
            };
            taken += 1;
            for hasher in snapshot.hashers() {
                for digits in entries.keys() {
                    let events = snapshot.hashed(hasher.hash(number(*digits)));
                    assert!(events.clone().all(|event| (event.template as usize) < snapshot.templates().len()));
                }
            }
        }
    }
    assert!(taken > 0 && refused > 0);
}
