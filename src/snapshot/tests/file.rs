//! Snapshots as files, and what is said of those that are refused.

use super::*;

#[test]
fn a_file_is_published_whole_and_read_back() {
    let (oracle, image) = small();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme.gate");
    std::fs::write(&path, "what was there").unwrap();
    image.write_to(&path).unwrap();
    let snapshot = Snapshot::open(&path).unwrap();
    assert_eq!(snapshot.digest(), image.digest());
    exercise(&snapshot, &oracle);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_failed_publication_leaves_nothing_behind() {
    let (_, image) = small();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("taken.gate");
    std::fs::create_dir(&path).unwrap();
    assert!(image.write_to(&path).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_refusal_says_what_where_and_what_to_do() {
    let (_, image) = small();
    let mut bytes = image.as_bytes().to_vec();
    bytes[format::VERSION.start] = 9;
    assert_eq!(
        Snapshot::from_bytes(&bytes).unwrap_err().to_string(),
        "format version 9 at byte 8: expected 1 to 1; compile it again, or use the version of dialgate that wrote it"
    );
    let error = Snapshot::open("no/such.gate").unwrap_err().to_string();
    assert!(error.starts_with("`no/such.gate`: cannot be read: "), "{error}");
}
