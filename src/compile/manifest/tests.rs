#![expect(clippy::unwrap_used, reason = "a test may fail")]

use super::*;

const HEAD: &str = "[[controllers]]\nid = \"acme\"\n";

fn parse(text: &str) -> Result<Manifest, CompileError> {
    Manifest::parse(Path::new("dir/gate.toml"), text)
}

fn list(keys: &str) -> String {
    format!(
        "{HEAD}[[lists]]\nid = \"l\"\nkind = \"block\"\nformat = \"plain\"\npath = \"l.txt\"\nas_of = \"2026-11-20\"\n{keys}"
    )
}

#[test]
fn a_small_manifest_is_read() {
    let manifest = parse(&list("")).unwrap();
    assert_eq!(manifest.default_controller, "acme");
    assert_eq!(manifest.lists[0].path, Path::new("dir/l.txt"));
    assert!(manifest.rules.packs.is_none());
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let cases = [
        (String::new(), "no controller is declared"),
        (format!("{HEAD}[[controllers]]\nid = \"beta\"\n"), "none is the default"),
        (format!("controller = \"x\"\n{HEAD}"), "gate.toml:1: the default controller `x` is not declared"),
        (format!("{HEAD}[[controllers]]\nid = \"acme\"\n"), "declared twice"),
        (format!("{HEAD}surprise = 1\n"), "gate.toml:3: unknown field `surprise`"),
        (format!("{HEAD}caller_ids = [\"48\"]\n"), "gate.toml:3: a caller ID"),
        (format!("{HEAD}[[purposes]]\nid = \"service\"\nclass = \"service\"\n"), "has the name of a class"),
        (format!("{HEAD}[[purposes]]\nid = \"s\"\nclass = \"service\"\nsector = \"energy\"\n"), "has a sector"),
        (format!("{HEAD}[ledger]\npath = \"x\"\nmax_silence_seconds = 0\n"), "at least 1"),
        (format!("{HEAD}[seal]\nkey = \"x\"\n"), "unknown field `key`"),
        (list("").replace("plain", "hashed"), "names no key"),
        (list("key_file = \"x\""), "is not hashed"),
        (list("key_unchecked = true"), "is not hashed"),
        (list("").replace("block", "registry"), "does not say which"),
        (list("registry = \"us-ndnc\"").replace("block", "registry"), "what it covers"),
        (list("registry = \"xx\"").replace("block", "registry"), "is not known"),
        (list("purposes = [\"nope\"]"), "gate.toml:9: purpose `nope` is not declared"),
        (list("channels = [\"nope\"]"), "channel `nope` is not known"),
        (list("controllers = [\"nope\"]"), "controller `nope` is not declared"),
        (list("").replace("2026-11-20", "20.11.2026"), "gate.toml:8: a date that cannot be read"),
        (format!("as_of = \"2026-11-19\"\n{}", list("")), "dated after"),
        (list("changes = [\"c-2026-11-21\"]"), "layout of the change files is not declared"),
        (list("layout = \"signed\"\nchanges = [\"c-2026-11-22\"]"), "a change file is missing"),
        (list("layout = \"signed\"\nchanges = [\"c-2026-11-20\"]"), "out of order"),
        (list("layout = \"signed\"\nchanges = [\"c\"]"), "cannot be told"),
        (list("max_reject_percent = 101.0"), "out of range"),
    ];
    for (text, part) in cases {
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains(part), "expected `{part}` in: {error}");
    }
}

#[test]
fn all_findings_are_reported_together() {
    let error = parse(&list("controllers = [\"a\"]\npurposes = [\"b\"]")).unwrap_err();
    assert_eq!(error.findings().len(), 2);
}
