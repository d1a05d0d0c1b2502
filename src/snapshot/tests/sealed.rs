//! Sealed files: opened with their key and as they were written, or not at all.

use super::hostile::exercise;
use super::*;
use crate::MasterKey;
use crate::key::KeyRing;

const SEGMENT: usize = 1 << 20;
const SEALED_SEGMENT: usize = SEGMENT + 16;
const HEADER: usize = format::HEADER_BYTES;

fn key(secret: u8) -> MasterKey {
    MasterKey::from_bytes([secret; 32])
}

fn ring(secret: u8) -> KeyRing {
    KeyRing::of(key(secret))
}

fn open(bytes: &[u8]) -> Result<Snapshot, OpenError> {
    Snapshot::from_bytes_with(bytes, Some(&ring(7)))
}

/// An image of three segments and a bit.
fn large() -> Image {
    let mut builder = Builder::new(dictionary(3), Rules::default(), Zones::default(), Options::default());
    let mut random = Random(71);
    for _ in 0..900_000 {
        builder.listed(number(random.below(999_999_999_999_999) + 1), 0);
    }
    let image = builder.finish().unwrap();
    assert!(image.as_bytes().len() > 3 * SEGMENT, "{}", image.as_bytes().len());
    image
}

#[test]
fn a_sealed_file_opens_with_its_key_and_hides_what_it_holds() {
    let (oracle, image) = small();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme.gate");
    let image = image.sealed(ring(7));
    image.write_to(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let plain = image.as_bytes();
    for part in plain.chunks(32).filter(|part| part.iter().any(|byte| *byte != 0)).skip(1) {
        assert!(!bytes.windows(part.len()).any(|window| window == part), "a part lies there in plain");
    }
    let snapshot = Snapshot::open_with(&path, Some(&ring(7))).unwrap();
    assert_eq!(snapshot.digest(), image.digest());
    assert_eq!(snapshot.sealed_with(), Some(key(7).id()));
    exercise(&snapshot, &oracle);
}

#[test]
fn each_seal_is_fresh_and_what_is_sealed_the_same() {
    let (_, image) = small();
    let (one, two) = (image.seal(&key(7)).unwrap(), image.seal(&key(7)).unwrap());
    assert_ne!(one[format::NONCE], two[format::NONCE]);
    assert_ne!(one[HEADER..HEADER + 64], two[HEADER..HEADER + 64]);
    assert_eq!(open(&one).unwrap().digest(), open(&two).unwrap().digest());
}

#[test]
fn without_the_key_or_with_another_nothing_opens() {
    let (_, image) = small();
    let bytes = image.seal(&key(7)).unwrap();
    let missing = Snapshot::from_bytes(&bytes).unwrap_err();
    assert!(matches!(missing.problem, OpenProblem::Sealed { key: id } if id == key(7).id()));
    assert!(missing.to_string().contains("--key"), "{missing}");
    let other = Snapshot::from_bytes_with(&bytes, Some(&ring(8))).unwrap_err();
    assert!(matches!(other.problem, OpenProblem::OtherKey { needed } if needed == key(7).id()));
    let rotated = ring(8).with_earlier(vec![key(7)]);
    assert!(Snapshot::from_bytes_with(&bytes, Some(&rotated)).is_ok());
}

#[test]
fn a_sealed_file_that_says_another_key_does_not_open_with_that_key() {
    let (_, image) = small();
    let mut bytes = image.seal(&key(7)).unwrap();
    bytes[format::KEY_ID].copy_from_slice(key(8).id().as_bytes());
    let only_id = Snapshot::from_bytes_with(&bytes, Some(&ring(8))).unwrap_err();
    assert!(matches!(only_id.problem, OpenProblem::Unsealable));
    bytes[format::KEY_CHECK].copy_from_slice(&key(8).check());
    let both = Snapshot::from_bytes_with(&bytes, Some(&ring(8))).unwrap_err();
    assert!(matches!(both.problem, OpenProblem::Unsealable));
}

#[test]
fn a_key_matters_not_to_a_file_that_is_not_sealed() {
    let (oracle, image) = small();
    let snapshot = open(image.as_bytes()).unwrap();
    assert_eq!(snapshot.sealed_with(), None);
    exercise(&snapshot, &oracle);
}

#[test]
fn a_sealed_file_with_any_byte_flipped_is_refused() {
    let (_, image) = small();
    let mut bytes = image.seal(&key(7)).unwrap();
    for place in 0..bytes.len() {
        for pattern in [0x01, 0x80] {
            bytes[place] ^= pattern;
            assert!(open(&bytes).is_err(), "byte {place} flipped by {pattern}");
            bytes[place] ^= pattern;
        }
    }
    assert!(open(&bytes).is_ok());
}

#[test]
fn a_sealed_file_that_is_cut_or_goes_on_is_refused() {
    let (_, image) = small();
    let bytes = image.seal(&key(7)).unwrap();
    for len in 0..bytes.len() {
        assert!(open(&bytes[..len]).is_err(), "cut to {len} bytes");
    }
    for more in [1, 15, 16, 17, 64] {
        assert!(open(&[bytes.as_slice(), &vec![0; more]].concat()).is_err());
    }
}

/// The lengths in the header said anew, as somebody without the key can.
fn with_lengths(mut bytes: Vec<u8>, plain: usize) -> Vec<u8> {
    let total = bytes.len() as u64;
    bytes[format::TOTAL_LEN].copy_from_slice(&total.to_le_bytes());
    bytes[format::PLAIN_LEN].copy_from_slice(&(plain as u64).to_le_bytes());
    bytes
}

#[test]
fn segments_that_are_cut_repeated_or_reordered_are_refused() {
    let image = large();
    let bytes = image.seal(&key(7)).unwrap();
    assert_eq!(open(&bytes).unwrap().digest(), image.digest());
    let (header, body) = bytes.split_at(HEADER);
    let segments: Vec<&[u8]> = body.chunks(SEALED_SEGMENT).collect();
    let count = segments.len();
    assert!(count >= 4);
    let plain = image.as_bytes().len();
    let put = |order: &[usize], plain: usize| {
        let body: Vec<u8> = order.iter().flat_map(|place| segments[*place].iter().copied()).collect();
        with_lengths([header, &body].concat(), plain)
    };
    let all: Vec<usize> = (0..count).collect();
    assert!(open(&put(&all, plain)).is_ok());
    for kept in 1..count {
        assert!(open(&put(&all[..kept], kept * SEGMENT)).is_err(), "cut after segment {kept}");
        for near in [kept * SEALED_SEGMENT - 1, kept * SEALED_SEGMENT, kept * SEALED_SEGMENT + 1] {
            let cut = [header, &body[..near]].concat();
            assert!(open(&cut).is_err());
            let plain = near - near.div_ceil(SEALED_SEGMENT) * 16;
            assert!(open(&with_lengths(cut, plain)).is_err(), "cut at byte {near} of the segments");
        }
    }
    let mut swapped = all.clone();
    swapped.swap(0, 1);
    assert!(open(&put(&swapped, plain)).is_err());
    let mut repeated = all.clone();
    repeated[1] = 0;
    assert!(open(&put(&repeated, plain)).is_err());
    let mut longer = all.clone();
    longer.insert(1, 1);
    assert!(open(&put(&longer, plain + SEGMENT)).is_err());
    let other = image.seal(&key(7)).unwrap();
    let mut mixed = bytes.clone();
    mixed[HEADER..HEADER + SEALED_SEGMENT].copy_from_slice(&other[HEADER..HEADER + SEALED_SEGMENT]);
    assert!(open(&mixed).is_err(), "a segment of another file");
}

#[test]
#[expect(unsafe_code, reason = "nobody else knows the file")]
fn a_sealed_file_is_not_mapped() {
    let (_, image) = small();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme.gate");
    image.sealed(ring(7)).write_to(&path).unwrap();
    // SAFETY: the file lies in a fresh folder of this test, which does not touch it again.
    let error = unsafe { Snapshot::map(&path) }.unwrap_err();
    assert!(matches!(error.problem, OpenProblem::MapSealed), "{error}");
}
