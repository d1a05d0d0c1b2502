#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use super::*;
use crate::compile::input::{Body, Scope};
use crate::compile::progress::Silent;
use crate::compile::reject::Rejects;
use crate::vocabulary::{Condition, ConditionSet};

const MANIFEST: &str = "controller = \"acme\"\nas_of = \"2026-11-23T00:00:00Z\"\n[[controllers]]\nid = \"acme\"\n\
    [[controllers]]\nid = \"beta\"\n[[consent_texts]]\nid = \"web\"\nform = \"electronic\"\npre_ticked = false\n\
    conditions = { freely_given = true, informed = true, unambiguous = true, revocable = true }\nfrom = \"2026-01-01\"\n";

const CONSENT: &str = r#""type":"consent","number":"+48223000001","at":"2026-02-01T00:00:00Z","controller":"acme","purposes":["own"],"channels":["live_call"],"text":"web""#;
const EVIDENCE: &str =
    r#""evidence":{"uri":"x://1","sha256":"9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f"}"#;
const DENIAL: &str = r#""type":"withdrawal","number":"+48223000001","controller":"acme""#;

fn read_file(format: &str, text: &str) -> Result<(RecordsSummary, Vec<Record>), CompileError> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("r"), text).unwrap();
    let toml = format!("{MANIFEST}[[records]]\npath = \"r\"\nformat = \"{format}\"\n");
    let manifest = Manifest::parse(&dir.path().join("gate.toml"), &toml).unwrap();
    let rejects = Rejects::counting();
    let as_of = manifest.as_of.unwrap();
    let context = Context { as_of, previous: None, keys: None, rejects: &rejects, progress: &Silent, threads: 2 };
    let mut records = Vec::new();
    let summary = super::read(&manifest.records[0], &manifest, &context, &mut |record| records.push(record))?;
    Ok((summary, records))
}

fn one(fields: &str) -> Result<(RecordsSummary, Vec<Record>), CompileError> {
    read_file("jsonl", &format!("{{{fields}}}\n"))
}

#[track_caller]
fn missing(fields: &str) -> ConditionSet {
    match one(fields).unwrap().1.remove(0).body {
        Body::Consent(consent) => consent.missing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_text_supplies_what_a_consent_leaves_out() {
    assert_eq!(missing(&format!("{CONSENT},{EVIDENCE}")), ConditionSet::EMPTY);
}

#[test]
fn missed_conditions_are_named() {
    assert_eq!(missing(&format!("{CONSENT},\"evidence\":null")), ConditionSet::of(&[Condition::Documented]));
    for doubt in ["\"pre_ticked\":true", "\"form\":\"implied\""] {
        let set = missing(&format!("{CONSENT},{EVIDENCE},{doubt}"));
        assert_eq!(set, ConditionSet::of(&[Condition::Unambiguous]), "{doubt}");
    }
}

#[test]
fn a_consent_with_a_defect_is_rejected() {
    for (from, to) in [
        ("\"controller\":\"acme\",", ""),
        ("acme", "nobody"),
        ("[\"own\"]", "[]"),
        ("[\"live_call\"]", "[\"pigeon\"]"),
        ("\"text\":\"web\"", "\"form\":\"electronic\""),
        ("\"web\"", "\"other\""),
        ("2026-02-01T", "2026-12-01T"),
        ("2026-02-01T", "2025-02-01T"),
        ("\"text\"", "\"surprise\":1,\"text\""),
        ("\"text\"", "\"expires_at\":\"soon\",\"text\""),
        ("\"text\"", "\"evidence\":{\"uri\":\"\"},\"text\""),
        ("\"text\"", "\"conditions\":false,\"text\""),
        ("\"text\"", "\"conditions\":[],\"text\""),
        ("\"text\"", "\"evidence\":true,\"text\""),
    ] {
        let row = CONSENT.replacen(from, to, 1);
        let (summary, records) = one(&row).unwrap();
        assert!(records.is_empty() && summary.rejected == 1, "{row}");
    }
}

#[test]
fn a_denial_is_never_lost_to_its_own_defects() {
    let all = Scope { purposes: Some(vec![Scope::UNREADABLE.to_owned()]), channels: None };
    for defect in ["\"purposes\":7", "\"purposes\":[]", "\"surprise\":true"] {
        let (summary, records) = one(&format!("{DENIAL},\"at\":\"2026-02-01T00:00:00Z\",{defect}")).unwrap();
        assert_eq!(summary.widened, 1, "{defect}");
        assert_eq!(records[0].body, Body::Withdrawal { scope: all.clone(), via: None }, "{defect}");
    }
    let (_, records) = one(&format!("{DENIAL},\"at\":\"soon\"")).unwrap();
    assert_eq!(records.len(), 2, "it binds from the start, and is as new as the data");
    let nobody = DENIAL.replace("acme", "nobody");
    let (_, records) = one(&format!("{nobody},\"at\":\"2026-02-01T00:00:00Z\"")).unwrap();
    assert_eq!(records[0].controller, None);
}

#[test]
fn an_erasure_that_is_not_clear_leaves_its_tombstone() {
    let erasure = DENIAL.replace("withdrawal", "erasure");
    let kept = |rest: &str| {
        let (_, records) = one(&format!("{erasure},\"keep_suppression\":false,{rest}")).unwrap();
        records.iter().all(|record| record.body == Body::Erasure { keep_suppression: true })
    };
    assert!(!kept("\"at\":\"2026-02-01T00:00:00Z\""));
    assert!(kept("\"at\":\"2030-02-01T00:00:00Z\""), "in the future");
    assert!(kept("\"at\":\"soon\""), "no date");
    assert!(kept("\"at\":\"2026-02-01T00:00:00Z\",\"surprise\":1"), "an unknown field");
}

#[test]
fn an_undated_denial_is_newer_than_any_consent_that_is_taken() {
    let (_, records) = one(&format!("{DENIAL},\"at\":\"soon\",\"via\":\"sms\"")).unwrap();
    let latest = records.iter().map(|record| record.at).max().unwrap();
    let consent = CONSENT.replacen("2026-02-01T00:00:00Z", &crate::timestamp::rfc3339(latest.to_chrono().unwrap()), 1);
    let later = crate::timestamp::rfc3339(latest.plus(1).to_chrono().unwrap());
    assert_eq!(one(&consent).unwrap().1.len(), 1);
    assert!(one(&CONSENT.replacen("2026-02-01T00:00:00Z", &later, 1)).unwrap().1.is_empty());
    assert!(records.iter().all(|record| matches!(&record.body, Body::Withdrawal { via: None, .. })));
}

#[test]
fn what_may_be_a_denial_and_cannot_be_read_refuses_the_file() {
    for row in [
        "{",
        "\"type\":\"x\"",
        "{\"type\":\"withdrawal\",\"type\":\"consent\"}",
        "{\"type\":\"withdrawl\",\"number\":\"+48223000001\",\"at\":\"2026-02-01T00:00:00Z\"}",
        "{\"type\":\"withdrawal\",\"number\":\"phone\"}",
        "{\"type\":\"withdrawal\",\"number\":\"+48223000001/48223000002\"}",
        "{\"type\":\"relationship_end\",\"number\":\"+48223000001\",\"at\":\"2026-02-01T00:00:00Z\",\"kind\":\"contract\",\"of\":\"c1\"}",
        "{\"type\":\"consent\",\"number\":\"+48223000001\",\"conditions.informed\":false}",
    ] {
        let text = read_file("jsonl", &format!("\n{row}\n")).unwrap_err().to_string();
        assert!(text.contains("r:2: "), "{text}");
    }
}

#[test]
fn csv_reads_as_jsonl_does() {
    let csv = "type,number,at,controller,purposes,channels,text,evidence.uri,evidence.sha256,conditions.informed\r\n\
        consent,+48223000001,2026-02-01T00:00:00Z,acme,own,manual_call;autodialed_call,web,x://1,9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f,\r\n";
    assert_eq!(read_file("csv", csv).unwrap().1, one(&format!("{CONSENT},{EVIDENCE}")).unwrap().1);
    for (from, to) in [("controller", "surprise"), ("controller", "number"), ("type", "id")] {
        let text = read_file("csv", &csv.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(text.contains("r:1: "), "{text}");
    }
}

/// Bulk rows enough for several blocks.
fn bulk(rows: usize) -> String {
    let mut text = String::from("type,number,at,controller,purposes,channels,text,evidence.uri,evidence.sha256\n");
    for row in 0..rows {
        let row = match row % 100 {
            98 => "withdrawal,+48223000098,2026-02-01T00:00:00Z,acme,,,,,\n".to_owned(),
            99 => "consent,+48223000099,2026-02-30T00:00:00Z,acme,own,sms,web,,\r\n".to_owned(),
            row => format!(
                "consent,+482230000{row:02},2026-02-01T00:00:00Z,acme,own,live_call,web,x://1,{}\n",
                "9f".repeat(32)
            ),
        };
        text.push_str(&row);
    }
    text
}

#[test]
fn rows_are_the_same_read_side_by_side_or_one_by_one() {
    let plain = bulk(30_000);
    let (summary, records) = read_file("csv", &plain).unwrap();
    assert_eq!((summary.taken, summary.rejected), (29_700, 300));
    // A quote in the first row, and one in the middle: from there on the file is read from front to back.
    for from in [0, plain.len() / 2] {
        let at = from + plain[from..].find("\nconsent,").unwrap() + 1;
        let quoted = format!("{}\"consent\"{}", &plain[..at], &plain[at + 7..]);
        assert_eq!(read_file("csv", &quoted).unwrap(), (summary.clone(), records.clone()));
    }
    // A row longer than a block is a row.
    let long = |text: &str| text.replacen("x://1", &format!("x://{}", "1".repeat(3 << 20)), 1);
    let first_quoted = plain.replacen("\nconsent,", "\n\"consent\",", 1);
    assert_eq!(read_file("csv", &long(&plain)).unwrap(), (summary.clone(), records.clone()));
    assert_eq!(read_file("csv", &long(&first_quoted)).unwrap(), (summary.clone(), records.clone()));
    let quoted_header = plain.replacen("type", "\"type\"", 1);
    assert_eq!(read_file("csv", &quoted_header).unwrap(), (summary, records));
}

#[test]
fn the_line_of_a_row_that_refuses_a_file_is_told_wherever_it_lies() {
    for quotes in [false, true] {
        for rows in [0, 9_999, 29_999] {
            let mut text = bulk(rows);
            if quotes {
                text = text.replacen("\nconsent,", "\n\"consent\",", 1);
            }
            text.push_str("withdrawal,+48223,2026-02-01T00:00:00Z,acme,,,,,,,,\n");
            text.push_str(&bulk(30_000)[plain_header()..]);
            let error = read_file("csv", &text).unwrap_err().to_string();
            assert!(error.contains(&format!("r:{}: ", rows + 2)), "{error}");
        }
    }
}

fn plain_header() -> usize {
    bulk(0).len()
}

#[test]
fn lines_of_json_are_numbered_through_all_blocks() {
    let row = format!("{{{CONSENT},{EVIDENCE}}}\n");
    let text = format!("{}\n{{}}\n{}", row.repeat(9_000), row.repeat(9_000));
    let error = read_file("jsonl", &text).unwrap_err().to_string();
    assert!(error.contains("r:9002: "), "{error}");
}
