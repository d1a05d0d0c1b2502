//! `include/dialgate.h` is what the sources and the vocabulary make: `make header` writes it anew.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dialgate::vocabulary::{Basis, Channel, Line, Obligation, Outcome, Party, Reason, Verdict};
use dialgate_c::status::Status;

/// In the order in which a reader wants them.
const SOURCES: [&str; 7] = ["words", "lead", "decision", "gate", "campaign", "explain", "ledger"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// One list of words: the name in Rust, the prefix in C, and number and name of each.
type Words = (&'static str, &'static str, Vec<(u32, &'static str)>);

macro_rules! words {
    ($($name:ident)+) => {
        vec![$((
            stringify!($name),
            PREFIXES.iter().find(|(name, _)| *name == stringify!($name)).unwrap().1,
            $name::ALL.iter().map(|word| (u32::from(word.code()), word.slug())).collect(),
        )),+]
    };
}

const PREFIXES: [(&str, &str); 9] = [
    ("Status", "STATUS"),
    ("Verdict", "VERDICT"),
    ("Reason", "REASON"),
    ("Obligation", "OBLIGATION"),
    ("Basis", "BASIS"),
    ("Channel", "CHANNEL"),
    ("Party", "PARTY"),
    ("Line", "LINE"),
    ("Outcome", "OUTCOME"),
];

fn vocabulary() -> Vec<Words> {
    words!(Verdict Reason Obligation Basis Channel Party Line Outcome Status)
}

/// What the sources say about a word list: its own summary and that of each number.
fn summaries(name: &str) -> (String, Vec<String>) {
    let (file, opening) = if name == "Status" {
        ("src/status.rs", "statuses! {".to_owned())
    } else {
        ("../../src/vocabulary.rs", format!("    {name} {{"))
    };
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    let (before, rest) = text.split_once(&format!("\n{opening}\n")).unwrap();
    let doc = |line: &str| line.trim().strip_prefix("/// ").map(str::to_owned);
    let own = before.lines().rev().take_while(|line| line.trim().starts_with("///") || line.trim().starts_with('#'));
    let own = own.filter_map(doc).last().unwrap_or_else(|| "What became of a call.".to_owned());
    let body = rest.split("\n}").next().unwrap();
    (own, body.lines().filter_map(doc).collect())
}

fn constants() -> String {
    let mut out = String::new();
    for (name, prefix, words) in vocabulary() {
        let (own, summaries) = summaries(name);
        assert_eq!(summaries.len(), words.len(), "a summary a word in {name}");
        writeln!(out, "/**\n * {own}\n */\nenum {{").unwrap();
        for ((code, slug), summary) in words.iter().zip(summaries) {
            writeln!(out, "    /** {summary} */").unwrap();
            writeln!(out, "    DIALGATE_{prefix}_{} = {code},", slug.to_uppercase()).unwrap();
        }
        out.push_str("};\n\n");
    }
    out
}

fn generated() -> String {
    let config = cbindgen::Config::from_file(folder().join("cbindgen.toml")).unwrap();
    let mut config = config;
    config.after_includes = Some(format!(
        "{}\n{}",
        std::fs::read_to_string(folder().join("include/preamble.in"))
            .unwrap()
            .replace("@MAY_CALL@", &dialgate_c::MAY_CALL.to_string())
            .replace("@DONE@", &dialgate_c::DONE.to_string())
            .replace("@ABI_VERSION@", &dialgate_c::ABI_VERSION.to_string()),
        constants().trim_end()
    ));
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(folder().join(format!("src/{source}.rs")));
    }
    let mut out = Vec::new();
    builder.generate().unwrap().write(&mut out);
    String::from_utf8(out).unwrap()
}

fn checked_in() -> String {
    std::fs::read_to_string(folder().join("include/dialgate.h")).unwrap_or_default()
}

#[test]
fn the_header_is_what_the_sources_make() {
    let fresh = generated();
    if std::env::var_os("DIALGATE_WRITE_HEADER").is_some() {
        std::fs::write(folder().join("include/dialgate.h"), &fresh).unwrap();
    }
    let old = checked_in();
    let differs = old.lines().zip(fresh.lines()).position(|(old, fresh)| old != fresh);
    assert!(
        old == fresh,
        "include/dialgate.h differs from line {:?} on: run `make header`",
        differs.map(|line| line + 1)
    );
}

/// The other way round: every constant of the header, read as text, is the number that Rust has under that name.
#[test]
fn every_constant_of_the_header_is_the_code_that_rust_has() {
    let header = checked_in();
    let mut seen = 0;
    for (_, prefix, words) in vocabulary() {
        let start = format!("    DIALGATE_{prefix}_");
        let lines = header.lines().filter_map(|line| line.strip_prefix(start.as_str()));
        let stated: Vec<(u32, String)> = lines
            .map(|line| {
                let (name, code) = line.trim_end_matches(',').split_once(" = ").unwrap();
                (code.parse().unwrap(), name.to_lowercase())
            })
            .collect();
        let known: Vec<(u32, String)> = words.iter().map(|(code, slug)| (*code, (*slug).to_owned())).collect();
        assert_eq!(stated, known, "{prefix}");
        seen += stated.len();
    }
    assert!(seen > 90, "only {seen} constants were found");
    assert!(header.contains(&format!("DIALGATE_MAY_CALL = {},", Verdict::Allow.code())));
    assert_eq!(dialgate_c::MAY_CALL, u32::from(Verdict::Allow.code()));
}

/// What the sources export, in files other than those that are tests.
fn exported() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for source in SOURCES {
        let text = std::fs::read_to_string(folder().join(format!("src/{source}.rs"))).unwrap();
        for (place, _) in text.match_indices("#[unsafe(no_mangle)]") {
            let rest = &text[place..];
            let doc = text[..place].rsplit("\n\n").next().unwrap().to_owned();
            let name = rest.split("fn ").nth(1).unwrap().split('(').next().unwrap();
            let body = rest.split("\n}\n").next().unwrap();
            found.push((name.to_owned(), format!("{doc}{body}")));
        }
    }
    found
}

#[test]
fn every_function_is_declared_says_what_threads_may_do_and_lets_nothing_unwind() {
    let header = checked_in();
    let exported = exported();
    assert!(exported.len() > 30, "only {} functions were found", exported.len());
    let guards = [
        "call(",
        "action(",
        "answer(",
        "answer_all(",
        "explain(",
        "reserve(",
        "field(",
        ".name(",
        "catch_unwind",
        "dialgate_check_at(",
    ];
    for (name, text) in &exported {
        assert!(header.contains(&format!("{name}(")), "{name} is not in the header");
        assert!(text.contains("Thread-safe"), "{name} does not say what threads may do");
        let constant = matches!(name.as_str(), "dialgate_abi_version" | "dialgate_version");
        assert!(constant || guards.iter().any(|guard| text.contains(guard)), "{name} may unwind");
    }
}

#[test]
fn sources_with_exports_are_all_in_the_header() {
    let mut with_exports = Vec::new();
    for entry in std::fs::read_dir(folder().join("src")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap().to_owned();
        if name != "lib" && std::fs::read_to_string(Path::new(&path)).unwrap().contains("#[unsafe(no_mangle)]") {
            with_exports.push(name);
        }
    }
    with_exports.sort();
    let mut listed = SOURCES.map(str::to_owned);
    listed.sort();
    assert_eq!(with_exports, listed);
}
