//! The file: published, refused, documented.

use super::hostile::exercise;
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
        "format version 9 at byte 8: expected 1 to 2; compile it again, or use the version of dialgate that wrote it"
    );
    let error = Snapshot::open("no/such.gate").unwrap_err().to_string();
    assert!(error.starts_with("`no/such.gate`: cannot be read: "), "{error}");
}

/// The document of the format, from the tables that the code is made of.
fn document() -> String {
    use std::fmt::Write;
    let mut text = String::from(include_str!("../FORMAT.head.md"));
    text.push_str("\n## Header\n\n| byte | length | field | meaning |\n|--:|--:|---|---|\n");
    for (name, offset, len, doc) in format::HEADER_FIELDS {
        writeln!(text, "| {offset} | {len} | {} | {doc} |", name.to_lowercase()).unwrap();
    }
    text.push_str("\n## Sections\n\n| number | section | what it holds |\n|--:|---|---|\n");
    for section in format::Section::ALL {
        writeln!(text, "| {} | {} | {} |", section.id(), section.name(), section.doc()).unwrap();
    }
    text
}

#[test]
fn the_document_of_the_format_is_that_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/snapshot/FORMAT.md");
    if std::env::var_os("DIALGATE_WRITE_FORMAT").is_some() {
        std::fs::write(path, document()).unwrap();
    }
    assert!(std::fs::read_to_string(path).unwrap() == document(), "run this test with DIALGATE_WRITE_FORMAT=1");
}

#[test]
fn every_header_field_lies_behind_the_one_before() {
    let mut end = 0;
    for (name, offset, len, _) in format::HEADER_FIELDS {
        assert_eq!(*offset, end, "{name}");
        end = offset + len;
    }
    assert_eq!(end, format::HEADER_BYTES);
    assert!(format::Section::ALL.is_sorted());
}
