//! Keys and their files.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it fails")]

use super::file::parse;
use super::*;
use crate::Number;

fn key() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

fn text(secrets: &[u8]) -> String {
    let line = |secret: &u8| {
        let hex = format!("{secret:02x}").repeat(32);
        format!("dialgate-key-1 {} {hex}\n", MasterKey::from_bytes([*secret; 32]).id())
    };
    secrets.iter().map(line).collect()
}

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

#[test]
fn a_hash_is_the_keyed_blake3_of_the_digits_without_the_plus() {
    let sub_key = blake3::derive_key("dialgate 2026 tombstone v1", &[7; 32]);
    for digits in ["442079460010", "12125550100", "7", "999999999999999"] {
        let expected = blake3::keyed_hash(&sub_key, digits.as_bytes());
        let number = Number::from_e164(digits.parse().unwrap()).unwrap();
        assert_eq!(key().number_hasher().hash(number).as_bytes(), &expected.as_bytes()[..16], "{digits}");
    }
}

#[test]
fn the_derived_values_never_change() {
    assert_eq!(key().id().to_string(), "8d0ec6413bb11351448cf3ce382e150c");
    assert_eq!(key().number_hasher().hash(number("+442079460010")).to_string(), "1f52efdb8de367752b31d916774e0502");
}

#[test]
fn each_use_has_a_key_of_its_own() {
    let key = key();
    let one = number("+442079460010");
    let mut values: Vec<Vec<u8>> = vec![
        key.id().as_bytes().to_vec(),
        key.check().to_vec(),
        key.number_hasher().hash(one).as_bytes().to_vec(),
        key.audit_hasher().hash(one).as_bytes().to_vec(),
        key.seal_key().as_bytes()[..16].to_vec(),
        key.token_key().as_bytes()[..16].to_vec(),
        key.token_key().as_bytes()[32..48].to_vec(),
        vec![7; 16],
    ];
    values.sort();
    values.dedup();
    assert_eq!(values.len(), 8);
}

#[test]
fn other_keys_give_other_hashes() {
    let other = MasterKey::from_bytes([8; 32]);
    let one = number("+442079460010");
    assert_ne!(key().number_hasher().hash(one), other.number_hasher().hash(one));
    assert_ne!(key().id(), other.id());
    assert_ne!(key().check(), other.check());
}

#[test]
fn debug_tells_no_secret_and_no_hash() {
    let secret = "07".repeat(32);
    let hash = key().number_hasher().hash(number("+442079460010"));
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        key(),
        key().number_hasher(),
        key().token_key(),
        key().seal_key(),
        KeyRing::of(key()),
        hash
    );
    assert!(shown.contains(&key().id().to_string()));
    for hidden in [secret, "7, 7".to_owned(), hash.to_string()] {
        assert!(!shown.contains(&hidden), "{shown}");
    }
}

#[test]
fn a_ring_holds_the_current_key_first_and_finds_the_earlier_ones() {
    let ring = parse(text(&[3, 2, 1]).as_bytes()).unwrap();
    assert_eq!(ring.current().id(), MasterKey::from_bytes([3; 32]).id());
    assert_eq!(ring.iter().count(), 3);
    let old = MasterKey::from_bytes([1; 32]);
    assert_eq!(ring.find(old.id()).unwrap().check(), old.check());
    assert!(ring.find(key().id()).is_none());
}

#[test]
fn a_key_file_that_is_cut_anywhere_but_after_a_line_is_refused() {
    let whole = text(&[2, 1]);
    for len in 0..whole.len() {
        let read = parse(&whole.as_bytes()[..len]);
        assert_eq!(read.is_ok(), len == whole.len() / 2, "{len} bytes");
    }
}

#[test]
fn a_key_file_with_any_bit_altered_is_refused() {
    let whole = text(&[2, 1]).into_bytes();
    for place in 0..whole.len() {
        for bit in 0..8 {
            let mut altered = whole.clone();
            altered[place] ^= 1 << bit;
            assert!(parse(&altered).is_err(), "bit {bit} of byte {place}");
        }
    }
}

#[test]
fn a_key_file_that_is_empty_repeats_a_key_or_goes_on_is_refused() {
    assert!(matches!(parse(b""), Err(KeyProblem::Empty)));
    assert!(matches!(parse(text(&[1, 1]).as_bytes()), Err(KeyProblem::Repeated { line: 2 })));
    assert!(matches!(parse(format!("{}\n", text(&[1])).as_bytes()), Err(KeyProblem::Line { line: 2 })));
    assert!(matches!(parse(text(&[1]).replace('\n', "\r\n").as_bytes()), Err(KeyProblem::Line { line: 1 })));
    assert!(matches!(parse(&vec![b'x'; 1 << 20]), Err(KeyProblem::TooLong { .. })));
}

#[test]
fn hexadecimal_is_read_back_and_nothing_else_is() {
    let hash = key().number_hasher().hash(number("+442079460010"));
    assert_eq!(NumberHash::from_hex(hash.to_string().as_bytes()), Ok(hash));
    assert_eq!(NumberHash::from_hex(hash.to_string().to_uppercase().as_bytes()), Ok(hash));
    for wrong in ["", "00", &"0".repeat(31), &"0".repeat(33), &"g".repeat(32), &format!("{} ", "0".repeat(31))] {
        assert_eq!(NumberHash::from_hex(wrong.as_bytes()), Err(HexError), "{wrong}");
    }
}

#[cfg(all(unix, feature = "seal"))]
mod files {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_key_is_made_once_and_never_over_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.key");
        let made = MasterKey::create(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(MasterKey::load(&path).unwrap().id(), made.id());
        let before = fs::read(&path).unwrap();
        assert!(matches!(MasterKey::create(&path).unwrap_err().problem, KeyProblem::Exists));
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_ne!(MasterKey::create(folder.path().join("other.key")).unwrap().id(), made.id());
    }

    #[test]
    fn loading_makes_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none.key");
        assert!(matches!(KeyRing::load(&path).unwrap_err().problem, KeyProblem::Missing));
        assert!(matches!(KeyRing::rotate(&path).unwrap_err().problem, KeyProblem::Missing));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(matches!(KeyRing::load(folder.path()).unwrap_err().problem, KeyProblem::NotAFile));
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.key");
        MasterKey::create(&path).unwrap();
        for wrong in [0o644, 0o640, 0o604, 0o660, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(wrong)).unwrap();
            let error = KeyRing::load(&path).unwrap_err();
            assert!(matches!(error.problem, KeyProblem::Open { mode } if mode == wrong));
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(KeyRing::load(&path).is_ok());
    }

    #[test]
    fn a_rotation_keeps_every_earlier_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.key");
        let first = MasterKey::create(&path).unwrap();
        let second = KeyRing::rotate(&path).unwrap().current().id();
        let ring = KeyRing::rotate(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        let loaded = KeyRing::load(&path).unwrap();
        let ids: Vec<KeyId> = loaded.iter().map(MasterKey::id).collect();
        assert_eq!(ids, [ring.current().id(), second, first.id()]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn two_rotations_at_once_do_not_lose_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.key");
        MasterKey::create(&path).unwrap();
        let before = fs::read(&path).unwrap();
        fs::write(folder.path().join("acme.key.new"), "").unwrap();
        assert!(matches!(KeyRing::rotate(&path).unwrap_err().problem, KeyProblem::Rotating(_)));
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn errors_tell_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.key");
        MasterKey::create(&path).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        let secret = whole.trim_end().rsplit(' ').next().unwrap().to_owned();
        for altered in [whole.replace("key-1", "key-2"), whole[..100].to_owned(), whole.replace(&secret[..4], "zzzz")] {
            fs::write(&path, altered).unwrap();
            let error = KeyRing::load(&path).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(&secret[8..24]), "{shown}");
        }
    }
}
