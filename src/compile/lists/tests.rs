//! Bad input, for every format.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::io::Write;
use std::path::Path;

use super::*;
use crate::compile::input::Target;
use crate::compile::manifest::Manifest;
use crate::compile::progress::Silent;

/// A format, how a manifest names it, what stands before, around and after two numbers, and whether digits
/// alone have a meaning in it.
struct Case {
    format: &'static str,
    keys: &'static str,
    header: &'static str,
    numbers: [&'static str; 2],
    row: fn(&str) -> String,
    footer: &'static str,
    has_region: bool,
}

const US: [&str; 2] = ["2025550101", "2025550102"];
const E164: [&str; 2] = ["+12025550101", "+12025550102"];

fn line(number: &str) -> String {
    number.to_owned()
}

const CASES: &[Case] = &[
    Case { format: "plain", keys: "", header: "", numbers: E164, row: line, footer: "", has_region: false },
    Case {
        format: "ftc",
        keys: "",
        header: "",
        numbers: ["202,5550101", "2025550102"],
        row: line,
        footer: "",
        has_region: true,
    },
    Case {
        format: "tps",
        keys: "",
        header: "",
        numbers: ["0207 9460011", "02079460012 "],
        row: line,
        footer: "",
        has_region: true,
    },
    Case { format: "vicidial", keys: "", header: "", numbers: US, row: line, footer: "", has_region: true },
    Case {
        format: "vicidial",
        keys: "layout = \"SPLIT => delimited,pipe,1\"",
        header: "",
        numbers: US,
        row: |number| format!("x|{number}"),
        footer: "",
        has_region: true,
    },
    Case {
        format: "genesys",
        keys: "",
        header: "Phone,Expires",
        numbers: US,
        row: |number| format!("{number},"),
        footer: "",
        has_region: true,
    },
    Case {
        format: "dncscrub",
        keys: "",
        header: "Phone,ResultCode",
        numbers: US,
        row: |number| format!("{number},D"),
        footer: "",
        has_region: true,
    },
    Case {
        format: "csv",
        keys: "columns = { number = \"phone\", until = \"expires\", added = \"date\" }",
        header: "phone,expires,date",
        numbers: E164,
        row: |number| format!("{number},,"),
        footer: "",
        has_region: false,
    },
    Case {
        format: "dncl-xml",
        keys: "",
        header: "<list type='full' level='all' val=''>",
        numbers: US,
        row: xml_row,
        footer: "</list>",
        has_region: true,
    },
    Case {
        format: "ftc-xml",
        keys: "",
        header: "<list type='full' level='all' val=''>",
        numbers: US,
        row: xml_row,
        footer: "</list>",
        has_region: true,
    },
    Case {
        format: "ranges",
        keys: "",
        header: "",
        numbers: ["1202555*", "+12025560100,+12025560199"],
        row: line,
        footer: "",
        has_region: true,
    },
];

fn xml_row(number: &str) -> String {
    let (area, rest) = number.split_at_checked(3).unwrap_or((number, ""));
    format!("<ac val='{area}'><ph val='{rest}'/></ac>")
}

impl Case {
    fn file(&self, rows: &[String], end: &str) -> Vec<u8> {
        let mut lines: Vec<String> = Vec::new();
        lines.extend((!self.header.is_empty()).then(|| self.header.to_owned()));
        lines.extend_from_slice(rows);
        lines.extend((!self.footer.is_empty()).then(|| self.footer.to_owned()));
        lines.into_iter().flat_map(|line| format!("{line}{end}").into_bytes()).collect()
    }

    fn good(&self) -> Vec<String> {
        self.numbers.iter().map(|number| (self.row)(number)).collect()
    }

    fn read(&self, bytes: &[u8]) -> Result<(ListSummary, Sink), CompileError> {
        self.read_with(bytes, "", None)
    }

    fn read_with(
        &self,
        bytes: &[u8],
        keys: &str,
        previous: Option<&Dictionary>,
    ) -> Result<(ListSummary, Sink), CompileError> {
        read_list(self.format, &format!("{}\n{keys}", self.keys), bytes, previous)
    }
}

#[derive(Default, Debug, PartialEq)]
struct Sink {
    numbers: Vec<u64>,
    entries: Vec<ListEntry>,
}

impl ListSink for Sink {
    fn numbers(&mut self, numbers: &[Number]) {
        self.numbers.extend(numbers.iter().map(|number| number.as_u64()));
    }

    fn entry(&mut self, entry: ListEntry) {
        self.entries.push(entry);
    }

    fn hashes(&mut self, _: crate::key::KeyId, _: &[crate::key::NumberHash]) {}
}

fn manifest(format: &str, keys: &str, dir: &Path) -> Manifest {
    let text = format!(
        "as_of = \"2026-11-23T00:00:00Z\"\n[[controllers]]\nid = \"acme\"\n[[lists]]\nid = \"l\"\nkind = \"block\"\n\
         format = \"{format}\"\npath = \"list\"\nas_of = \"2026-11-20\"\n{keys}\n"
    );
    Manifest::parse(&dir.join("gate.toml"), &text).unwrap()
}

fn read_list(
    format: &str,
    keys: &str,
    bytes: &[u8],
    previous: Option<&Dictionary>,
) -> Result<(ListSummary, Sink), CompileError> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("list"), bytes).unwrap();
    let manifest = manifest(format, keys, dir.path());
    read_manifest(&manifest, manifest.as_of.unwrap(), previous)
}

fn read_manifest(
    manifest: &Manifest,
    as_of: Timestamp,
    previous: Option<&Dictionary>,
) -> Result<(ListSummary, Sink), CompileError> {
    let rejects = Rejects::counting();
    let context = Context { as_of, previous, keys: None, rejects: &rejects, progress: &Silent, threads: 2 };
    let mut sink = Sink::default();
    let summary = super::read(&manifest.lists[0], &context, &mut sink)?;
    Ok((summary, sink))
}

#[track_caller]
fn error(case: &str, result: Result<(ListSummary, Sink), CompileError>, part: &str) {
    let text = match result {
        Err(error) => error.to_string(),
        Ok(read) => panic!("{case}: read as {read:?}"),
    };
    assert!(text.contains(part), "{case}: {text}");
    let finding = text.split(": ").next().unwrap();
    assert!(finding.contains("list"), "{case}: names no file: {text}");
}

#[test]
fn line_ends_marks_and_blank_lines_change_nothing() {
    for case in CASES {
        let plain = case.read(&case.file(&case.good(), "\n")).unwrap();
        assert_eq!(plain.0.entries, 2, "{}", case.format);
        assert_eq!((plain.0.rejected, plain.0.widened), (0, 0), "{}", case.format);
        let crlf = case.read(&case.file(&case.good(), "\r\n")).unwrap();
        let mut bom = b"\xef\xbb\xbf".to_vec();
        bom.extend(case.file(&case.good(), "\n"));
        let mut blank = case.file(&case.good(), "\n");
        blank.extend(b"\n\n  \n");
        for (what, bytes) in [("crlf", crlf), ("bom", case.read(&bom).unwrap()), ("blank", case.read(&blank).unwrap())]
        {
            assert_eq!(bytes.1, plain.1, "{} {what}", case.format);
        }
    }
}

#[test]
fn gzip_and_zip_are_read_as_they_are() {
    for case in CASES {
        let file = case.file(&case.good(), "\n");
        let plain = case.read(&file).unwrap();
        assert_eq!(case.read(&gzip(&file)).unwrap().1, plain.1, "{} gzip", case.format);
        assert_eq!(case.read(&zip_of(&[("a.txt", &file)])).unwrap().1, plain.1, "{} zip", case.format);
    }
}

#[test]
fn a_zip_is_read_in_the_order_of_its_names() {
    let zip = zip_of(&[("b", b"+12025550102\n"), ("a", b"+12025550101\n")]);
    let (_, sink) = read_list("plain", "", &zip, None).unwrap();
    assert_eq!(sink.numbers, [12_025_550_101, 12_025_550_102]);
}

#[test]
fn a_decompression_bomb_is_refused() {
    let zeros = vec![b'\n'; 8 << 20];
    for case in CASES {
        error(case.format, case.read(&gzip(&zeros)), "bomb");
        error(case.format, case.read(&zip_of(&[("a", &zeros)])), "bomb");
    }
}

#[test]
fn an_empty_list_is_refused_unless_allowed() {
    for case in CASES {
        let empty = case.file(&[], "\n");
        error(case.format, case.read(&empty), "empty");
        assert_eq!(case.read_with(&empty, "allow_empty = true", None).unwrap().0.entries, 0);
        assert!(case.read(b"").is_err(), "{}: a file of no bytes", case.format);
    }
}

#[test]
fn a_shrunken_list_is_refused_unless_allowed() {
    let previous = previous(1000);
    for case in CASES {
        let file = case.file(&case.good(), "\n");
        error(case.format, case.read_with(&file, "", Some(&previous)), "shrank from 1000 to 2");
        case.read_with(&file, "max_shrink_percent = 99.8", Some(&previous)).unwrap();
    }
}

#[test]
fn forty_digits_are_reported_and_refuse_nothing() {
    for case in CASES.iter().filter(|case| case.format != "ranges") {
        let mut rows = case.good();
        rows.push((case.row)(&"1".repeat(40)));
        let (summary, _) = case.read(&case.file(&rows, "\n")).unwrap();
        assert_eq!((summary.entries, summary.rejected), (2, 1), "{}", case.format);
    }
}

#[test]
fn digits_alone_without_a_region_refuse_the_list() {
    for case in CASES.iter().filter(|case| !case.has_region) {
        let mut rows = case.good();
        rows.push((case.row)("2025550103"));
        let file = case.file(&rows, "\n");
        error(case.format, case.read(&file), "region");
        assert_eq!(case.read_with(&file, "region = \"US\"", None).unwrap().0.entries, 3);
    }
}

#[test]
fn a_wrong_header_refuses_the_list() {
    for case in CASES {
        let rows = case.file(&case.good(), "\n");
        let body = rows.strip_prefix(case.header.as_bytes()).unwrap().trim_ascii_start();
        let mut wrong = b"<wrong>,header\n".to_vec();
        wrong.extend_from_slice(body);
        error(case.format, case.read(&wrong), ":1: ");
    }
    let twice = b"Phone,Number\n2025550101,2025550102\n";
    error("genesys", read_list("genesys", "", twice, None), "more than once");
}

#[test]
fn a_row_that_is_no_text_is_reported_by_its_line() {
    for case in CASES.iter().filter(|case| !case.format.ends_with("xml")) {
        let mut file = case.file(&case.good(), "\n");
        let line = file.iter().filter(|byte| **byte == b'\n').count() + 1;
        file.extend_from_slice(b"\xff\xfe\x80,D,\n");
        let text = case.read(&file).unwrap_err().to_string();
        assert!(text.contains(&format!(":{line}: ")), "{}: {text}", case.format);
        case.read_with(&file, "max_reject_percent = 50", None).unwrap();
    }
}

#[test]
fn an_unreadable_expiry_keeps_the_entry_without_end() {
    for (format, keys, header) in [("csv", CASES[7].keys, "phone,expires,date"), ("genesys", "", "Phone,Expires")] {
        let file = format!("{header}\n+12025550101,soon\n+12025550102,2027-01-01T00:00Z\n");
        let (summary, sink) = read_list(format, keys, file.as_bytes(), None).unwrap();
        assert_eq!(summary.entries, 2, "{format}");
        assert!(sink.numbers.contains(&12_025_550_101), "{format}");
        assert_eq!(summary.widened, if format == "csv" { 2 } else { 1 });
    }
}

#[test]
fn a_defect_in_other_fields_keeps_a_readable_number() {
    let file = b"phone,expires,date\n+12025550101,\xff,\xff\n";
    let (summary, sink) = read_list("csv", CASES[7].keys, file, None).unwrap();
    assert_eq!((summary.widened, sink.numbers.as_slice()), (2, [12_025_550_101].as_slice()));
}

#[test]
fn a_list_from_the_future_is_refused() {
    for case in CASES {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("list"), case.file(&case.good(), "\n")).unwrap();
        let manifest = manifest(case.format, case.keys, dir.path());
        let as_of = manifest.lists[0].as_of;
        error(case.format, read_manifest(&manifest, as_of.plus(-date::GRACE - 1), None), "after");
        read_manifest(&manifest, as_of.plus(-date::GRACE), None).unwrap();
    }
}

#[test]
fn prefixes_and_letters_are_read_as_documented() {
    let (_, sink) = read_list("vicidial", "", b"201XXXXXXX\n", None).unwrap();
    assert_eq!(sink.entries[0].target, Target::Range { first: 12_010_000_000, last: 12_019_999_999 });
    let rows =
        "CXEODPBRWLFGHVYSZ".chars().enumerate().map(|(i, c)| format!("20255501{i:02},{c}\n")).collect::<String>();
    let (summary, _) = read_list("dncscrub", "", format!("Phone,ResultCode\n{rows}x,I\n").as_bytes(), None).unwrap();
    assert_eq!((summary.entries, summary.widened, summary.rejected), (13, 1, 1));
}

#[test]
fn an_unclosed_quote_loses_no_row_in_silence() {
    let file = b"phone,expires,date\n\"+12025550101,,\n+12025550102,,\n";
    error("csv", read_list("csv", CASES[7].keys, file, None), "rejected");
}

#[test]
fn changes_are_applied_in_order() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("list"), "+12025550101\n+12025550102\n").unwrap();
    std::fs::write(dir.path().join("c-2026-11-21"), "-+12025550101\n++12025550103\n").unwrap();
    std::fs::write(dir.path().join("c-2026-11-22"), "++12025550101\n-+12025550102\n").unwrap();
    let keys = "layout = \"signed\"\nchanges = [\"c-2026-11-21\", \"c-2026-11-22\"]";
    let manifest = manifest("plain", keys, dir.path());
    let (_, mut sink) = read_manifest(&manifest, manifest.as_of.unwrap(), None).unwrap();
    sink.numbers.sort_unstable();
    sink.numbers.dedup();
    assert_eq!(sink.numbers, [12_025_550_101, 12_025_550_103]);
}

fn previous(entries: u64) -> Dictionary {
    Dictionary {
        lists: vec![crate::dictionary::List {
            id: "l".to_owned(),
            kind: crate::vocabulary::ListKind::Block,
            registry: None,
            controllers: None,
            scope: None,
            jurisdictions: None,
            covers: None,
            as_of: Timestamp::default(),
            max_age_days: None,
            consent_lifts: false,
            entries,
            rejected: 0,
            digest: [0; 32],
        }],
        ..Dictionary::default()
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
