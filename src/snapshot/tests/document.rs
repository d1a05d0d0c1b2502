//! The document of the format is made of the code's own tables.

use super::*;

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
