//! The ledger as its users meet it: commands, keys, compile, the rights of a person.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at what it did not expect"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use dialgate::{KeyRing, Ledger, LedgerError, Number};
use serde_json::Value;

const MANIFEST: &str = r#"
as_of = "2026-11-23T06:00:00Z"
[[controllers]]
id = "acme"
[[controllers]]
id = "beta"
[[purposes]]
id = "own-offers"
class = "marketing"
[[consent_texts]]
id = "web"
form = "electronic"
pre_ticked = false
conditions = { freely_given = true, informed = true, unambiguous = true, revocable = true }
[ledger]
path = "acme.ledger"
[[records]]
path = "records.jsonl"
"#;
const ASK: [&str; 8] =
    ["--purpose", "own-offers", "--channel", "manual_call", "--controller", "acme", "--at", "2026-11-23T12:00:00Z"];
const DIGEST: &str = "9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f";

/// A folder with a manifest and a ledger.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::write(folder.at("gate.toml"), format!("controller = \"acme\"\n{MANIFEST}")).unwrap();
        fs::write(folder.at("records.jsonl"), "").unwrap();
        assert_eq!(folder.run(&["record", "acme.ledger", "--create"], "").status.code(), Some(0));
        folder
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        use std::io::Write;
        let mut command = Command::new(env!("CARGO_BIN_EXE_dialgate"));
        command.args(arguments).current_dir(self.0.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that reads nothing may have ended.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn ok(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {}{}", out(&output), err(&output));
        out(&output)
    }

    fn record(&self, rows: &str) -> String {
        self.ok(&["record", "acme.ledger", "-"], rows)
    }

    fn compile(&self) -> Output {
        self.run(&["compile", "gate.toml", "-o", "acme.gate"], "")
    }

    /// The reason of a decision; `allow` if there is none.
    #[track_caller]
    fn check(&self, number: &str) -> String {
        let output = self.compile();
        assert!(output.status.success(), "{}", err(&output));
        let arguments = [&["check", "acme.gate", number, "--json", "--key", "acme.ledger.key"], &ASK[..]].concat();
        let output = self.run(&arguments, "");
        let answer: Value = serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}", err(&output)));
        answer["reason"].as_str().unwrap_or("allow").to_owned()
    }

    fn subject(&self, number: &str) -> Value {
        serde_json::from_str(&self.ok(&["subject", "acme.ledger", number, "--json"], "")).unwrap()
    }

    fn open(&self) -> Result<Ledger, LedgerError> {
        Ledger::open(self.at("acme.ledger"), None)
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn consent(number: &str, at: &str, id: &str) -> String {
    format!(
        r#"{{"type":"consent","number":"{number}","at":"{at}","controller":"acme","id":"{id}","purposes":["own-offers"],"channels":["live_call"],"text":"web","evidence":{{"uri":"x://{id}","sha256":"{DIGEST}"}}}}"#
    ) + "\n"
}

fn event(kind: &str, number: &str, at: &str, rest: &str) -> String {
    format!(r#"{{"type":"{kind}","number":"{number}","at":"{at}","controller":"acme"{rest}}}"#) + "\n"
}

const ONE: &str = "+48223000001";
const TWO: &str = "+48223000002";

#[test]
fn good_records_are_kept_and_bad_ones_named_by_line() {
    let folder = Folder::new();
    let rows = consent(ONE, "2026-02-01T00:00:00Z", "c1")
        + "\nnot JSON\n"
        + &event("consent", TWO, "2026-02-01T00:00:00Z", "")
        + &event("withdrawal", TWO, "2026-02-01T00:00:00Z", "");
    let output = folder.run(&["record", "acme.ledger", "-", "--rejects", "bad.csv"], &rows);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("2 recorded, 0 held already, 2 refused"), "{}", out(&output));
    let errors = err(&output);
    assert!(errors.contains("standard input:3: not a JSON object"), "{errors}");
    assert!(errors.contains("standard input:4: a consent without"), "{errors}");
    assert!(!errors.contains("48223"), "{errors}");
    assert_eq!(fs::read_to_string(folder.at("bad.csv")).unwrap().lines().count(), 3);

    let output = folder.run(&["record", "acme.ledger", "-"], &rows);
    assert!(out(&output).contains("0 recorded, 2 held already, 2 refused"), "{}", out(&output));
}

#[test]
fn the_same_id_with_other_content_is_refused_unless_it_denies() {
    let folder = Folder::new();
    folder.record(&consent(ONE, "2026-02-01T00:00:00Z", "c1"));
    let other = folder.run(&["record", "acme.ledger", "-"], &consent(ONE, "2026-03-01T00:00:00Z", "c1"));
    assert_eq!(other.status.code(), Some(1));
    assert!(err(&other).contains("the same `id`"), "{}", err(&other));
    let denials = event("withdrawal", ONE, "2026-03-01T00:00:00Z", r#","id":"c1""#)
        + &event("objection", ONE, "2026-03-01T00:00:00Z", r#","id":"c1","scope":"all""#);
    assert!(folder.record(&denials).contains("2 recorded"));
    assert!(folder.record(&consent(TWO, "2026-03-01T00:00:00Z", "c1")).contains("1 recorded"), "another person");
}

#[test]
fn csv_is_recorded_as_jsonl_is() {
    let folder = Folder::new();
    folder.record(&consent(ONE, "2026-02-01T00:00:00Z", "c1"));
    let csv = format!(
        "type,number,at,controller,id,purposes,channels,text,evidence.uri,evidence.sha256,via\n\
         consent,{ONE},2026-02-01T00:00:00Z,acme,c1,own-offers,live_call,web,x://c1,{DIGEST},\n\
         withdrawal,{TWO},2026-02-02T00:00:00Z,acme,,own-offers;*,sms;mms,,,,sms\n"
    );
    fs::write(folder.at("r.csv"), csv).unwrap();
    assert!(folder.ok(&["record", "acme.ledger", "r.csv"], "").contains("1 recorded, 1 held already"));
    let held = folder.subject(TWO);
    let record = &held["controllers"]["acme"]["records"][0];
    assert_eq!(record["purposes"], serde_json::json!(["own-offers", "*"]));
    assert_eq!(record["via"], "sms");
}

#[test]
fn a_ledger_decides_as_a_file_of_records_does() {
    let folder = Folder::new();
    assert_eq!(folder.check(ONE), "consent_missing");
    folder.record(&consent(ONE, "2026-02-01T00:00:00Z", "c1"));
    assert_eq!(folder.check(ONE), "allow");
    folder.record(&event("withdrawal", ONE, "2026-03-01T00:00:00Z", ""));
    assert_eq!(folder.check(ONE), "withdrawn");
    folder.record(&consent(ONE, "2026-04-01T00:00:00Z", "c2"));
    assert_eq!(folder.check(ONE), "allow");
}

#[test]
fn an_erased_person_stays_barred_whatever_old_records_still_say() {
    let folder = Folder::new();
    fs::write(folder.at("records.jsonl"), consent(ONE, "2026-02-01T00:00:00Z", "c1")).unwrap();
    assert_eq!(folder.check(ONE), "allow");
    folder.ok(&["erase", "acme.ledger", ONE], "");
    assert_eq!(folder.check(ONE), "erased");
    let refused = folder.run(&["record", "acme.ledger", "-"], &consent(ONE, "2026-02-01T00:00:00Z", "c2"));
    assert!(err(&refused).contains("older than an erasure"), "{}", err(&refused));

    // Not without the key, not with another, and not for the other controller alone.
    let asked = folder.run(&[&["check", "acme.gate", ONE], &ASK[..]].concat(), "");
    assert_eq!(asked.status.code(), Some(1), "{}", out(&asked));
    folder.ok(&["key", "new", "other.key"], "");
    let asked = folder.run(&[&["check", "acme.gate", ONE, "--key", "other.key"], &ASK[..]].concat(), "");
    assert_eq!(asked.status.code(), Some(1), "{}", out(&asked));
    let asked = folder.run(&[&["check", "gate.toml", ONE, "--json"], &ASK[..]].concat(), "");
    assert!(out(&asked).contains("erased"), "{}{}", out(&asked), err(&asked));
}

#[test]
fn an_erasure_for_one_controller_leaves_the_other_alone() {
    let folder = Folder::new();
    let beta = consent(ONE, "2026-02-01T00:00:00Z", "c2").replace("acme", "beta");
    folder.record(&(consent(ONE, "2026-02-01T00:00:00Z", "c1") + &beta));
    let said = folder.ok(&["erase", "acme.ledger", ONE, "--controller", "beta"], "");
    assert!(said.contains("1 record deleted"), "{said}");
    assert_eq!(folder.check(ONE), "allow");
    folder.ok(&["erase", "acme.ledger", ONE, "--controller", "acme"], "");
    assert_eq!(folder.check(ONE), "erased");
}

/// Every file of a folder, as bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn finds(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let hit = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    files(folder).into_iter().filter(|(_, bytes)| hit(bytes)).map(|(path, _)| path).collect()
}

#[test]
fn after_erase_compile_and_vacuum_no_file_holds_the_person() {
    let folder = Folder::new();
    // The number hides in ids and addresses as well.
    let rest = r#","uri":"s3://calls/48223000001.wav","reason":"proof","id":"rec-48223000001""#;
    let rows = consent(ONE, "2026-02-01T00:00:00Z", "id-48223000001")
        + &consent(TWO, "2026-02-01T00:00:00Z", "c2")
        + &event("recording", ONE, "2026-02-02T00:00:00Z", rest)
        + &event("withdrawal", ONE, "2026-02-03T00:00:00Z", "");
    folder.record(&rows);
    assert!(folder.compile().status.success());
    let tokens: Vec<Vec<u8>> = {
        let raw = rusqlite::Connection::open(folder.at("acme.ledger")).unwrap();
        let mut tokens = raw.prepare("SELECT DISTINCT token FROM events").unwrap();
        tokens.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(tokens.len(), 2);
    let integer = 48_223_000_001_u64;
    let digits = finds(folder.0.path(), b"48223000001");
    assert_eq!(digits, [folder.at("acme.gate")], "in the ledger it is never in plain, an unsealed snapshot has ids");
    assert_eq!(tokens.iter().filter(|token| !finds(folder.0.path(), token).is_empty()).count(), 2, "the search works");

    folder.ok(&["erase", "acme.ledger", ONE, "--vacuum"], "");
    assert!(folder.compile().status.success());
    assert_eq!(tokens.iter().filter(|token| !finds(folder.0.path(), token).is_empty()).count(), 1);
    for needle in [&b"48223000001"[..], &integer.to_le_bytes()[..5], &integer.to_be_bytes()[3..]] {
        assert_eq!(finds(folder.0.path(), needle), Vec::<PathBuf>::new(), "{needle:?}");
    }
    assert_eq!(folder.check(ONE), "erased");
    assert_eq!(folder.check(TWO), "allow");
}

#[test]
fn erasing_names_the_snapshots_that_may_hold_the_number() {
    let folder = Folder::new();
    folder.record(&consent(ONE, "2026-02-01T00:00:00Z", "c1"));
    assert!(folder.compile().status.success());
    folder.record(&consent(TWO, "2026-02-01T00:00:00Z", "c2"));
    assert!(folder.compile().status.success());
    let said = folder.ok(&["erase", "acme.ledger", ONE], "");
    let path = folder.at("acme.gate");
    let named = format!("May still hold the number: {}\n", path.display());
    assert_eq!(said.matches(&named).count(), 1, "once, however often it was overwritten: {said}");
    assert!(said.contains("`--vacuum`"), "{said}");
    assert!(!folder.ok(&["erase", "acme.ledger", ONE, "--vacuum"], "").contains("`--vacuum`"));
}

#[test]
fn erasing_tells_where_the_recordings_lie_that_nothing_names_any_longer() {
    let folder = Folder::new();
    let recording = |number: &str, uri: &str, id: &str| {
        let rest = format!(r#","uri":"{uri}","reason":"proof","id":"{id}""#);
        event("recording", number, "2026-02-02T00:00:00Z", &rest)
    };
    let rows = recording(ONE, "s3://calls/2", "r1")
        + &recording(ONE, "s3://calls/1", "r2")
        + &recording(ONE, "s3://calls/1", "r3")
        + &recording(ONE, "s3://calls/of-beta", "r4").replace("acme", "beta")
        + &recording(TWO, "s3://calls/of-another", "r5");
    folder.record(&rows);
    let said = folder.ok(&["erase", "acme.ledger", ONE, "--controller", "acme"], "");
    let told: Vec<&str> =
        said.lines().filter_map(|line| line.split_once("delete there as well: ")).map(|two| two.1).collect();
    assert_eq!(told, ["s3://calls/1", "s3://calls/2"]);
    let erased = folder.open().unwrap().erase(ONE.parse().unwrap(), None, None).unwrap();
    assert_eq!(erased.recordings, ["s3://calls/of-beta"]);
    assert_eq!(folder.subject(TWO).to_string().matches("s3://calls/of-another").count(), 1);
}

#[test]
fn a_subject_gets_everything_in_words_and_in_json() {
    let folder = Folder::new();
    let rows = consent(ONE, "2026-02-01T00:00:00Z", "c1")
        + &event("withdrawal", ONE, "2026-02-03T00:00:00Z", r#","via":"letter""#)
        + &event("notice", ONE, "2026-02-03T00:00:00Z", r#","version":"2""#).replace("acme", "beta")
        + &format!(r#"{{"type":"reassigned","number":"{ONE}","at":"2026-01-01T00:00:00Z"}}"#);
    folder.record(&rows);
    let held = folder.subject(ONE);
    assert_eq!(held["number"], ONE);
    assert_eq!(held["controllers"]["acme"]["records"].as_array().unwrap().len(), 2);
    assert_eq!(held["controllers"]["acme"]["records"][0]["evidence"]["uri"], "x://c1");
    assert_eq!(held["controllers"]["*"]["records"][0]["type"], "reassigned");
    let text = folder.ok(&["subject", "acme.ledger", ONE, "--controller", "acme"], "");
    assert!(text.contains("via: letter") && text.contains("For every controller"), "{text}");
    assert!(!text.contains("beta"), "{text}");
    folder.ok(&["erase", "acme.ledger", ONE], "");
    assert!(folder.ok(&["subject", "acme.ledger", ONE], "").contains("erased: a one-way code"));
    assert!(folder.ok(&["subject", "acme.ledger", TWO], "").contains("Nothing."));
}

#[test]
fn a_lost_swapped_or_cut_key_opens_nothing_and_is_not_made_anew() {
    let folder = Folder::new();
    let key = folder.at("acme.ledger.key");
    let whole = fs::read(&key).unwrap();
    folder.record(&event("withdrawal", ONE, "2026-02-03T00:00:00Z", ""));
    folder.ok(&["erase", "acme.ledger", TWO], "");

    fs::remove_file(&key).unwrap();
    let output = folder.run(&["record", "acme.ledger", "-"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("key"), "{}", err(&output));
    assert!(!key.exists(), "no new key");
    assert!(!folder.compile().status.success(), "nor a snapshot without the ledger");
    assert!(!folder.run(&["record", "acme.ledger", "--create"], "").status.success());
    assert!(!key.exists(), "no new key");

    folder.ok(&["key", "new", "acme.ledger.key"], "");
    assert!(matches!(folder.open(), Err(LedgerError::KeyMissing(_))));
    assert!(!folder.compile().status.success());

    fs::write(&key, &whole[..whole.len() - 2]).unwrap();
    assert!(matches!(folder.open(), Err(LedgerError::Key(_))));
    fs::write(&key, &whole).unwrap();
    folder.open().unwrap();
    assert_eq!((folder.check(ONE).as_str(), folder.check(TWO).as_str()), ("withdrawn", "erased"));
}

#[test]
fn a_rotated_key_still_finds_what_earlier_keys_hid() {
    let folder = Folder::new();
    folder.record(&consent(ONE, "2026-02-01T00:00:00Z", "c1"));
    folder.ok(&["erase", "acme.ledger", TWO], "");
    let old = fs::read(folder.at("acme.ledger.key")).unwrap();
    folder.ok(&["key", "rotate", "acme.ledger.key"], "");
    let refused = folder.run(&["record", "acme.ledger", "-"], &consent(TWO, "2026-02-01T00:00:00Z", "c2"));
    assert!(err(&refused).contains("older than an erasure"), "{}", err(&refused));
    assert!(folder.record(&consent(ONE, "2026-02-01T00:00:00Z", "c1")).contains("1 held already"));
    folder.record(&event("withdrawal", ONE, "2026-02-03T00:00:00Z", ""));
    assert_eq!((folder.check(ONE).as_str(), folder.check(TWO).as_str()), ("withdrawn", "erased"));
    let said = folder.ok(&["erase", "acme.ledger", ONE], "");
    assert!(said.contains("2 records deleted"), "under both keys: {said}");

    // The key from before the rotation does not read what came after it.
    fs::write(folder.at("acme.ledger.key"), old).unwrap();
    assert!(matches!(folder.open(), Err(LedgerError::KeyMissing(_))));
}

#[test]
fn other_files_are_no_ledger() {
    let folder = Folder::new();
    for (name, bytes) in [("empty", &b""[..]), ("text", b"SQLite format 4, or so")] {
        fs::write(folder.at(name), bytes).unwrap();
        let error = Ledger::open(folder.at(name), Some(&folder.at("acme.ledger.key"))).unwrap_err();
        assert!(matches!(error, LedgerError::NotALedger { .. }), "{name}: {error}");
    }
    let error = Ledger::open(folder.at("missing"), None).unwrap_err();
    assert!(matches!(error, LedgerError::Missing(_)));
    assert!(matches!(Ledger::create(folder.at("empty"), None), Err(LedgerError::Exists(_))));
    assert!(!folder.at("missing").exists() && !folder.at("missing.key").exists() && !folder.at("empty.key").exists());
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_a_ledger() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let ledger = folder.open().unwrap();
    ledger.record(&[event("withdrawal", ONE, "2026-02-03T00:00:00Z", "")]).unwrap();
    for (path, _) in files(folder.0.path()) {
        if path.file_name().unwrap().to_str().unwrap().starts_with("acme.ledger") {
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
        }
    }
}

#[test]
fn a_denial_without_a_date_is_kept_and_binds() {
    let folder = Folder::new();
    folder.record(&consent(ONE, "2026-02-01T00:00:00Z", "c1"));
    let output = folder
        .run(&["record", "acme.ledger", "-"], &event("withdrawal", ONE, "someday", r#","purposes":["own-offers"]"#));
    assert_eq!(output.status.code(), Some(0));
    assert!(err(&output).contains("standard input:1: kept, but: a date that cannot be read"), "{}", err(&output));
    assert_eq!(folder.check(ONE), "withdrawn");
}

#[test]
fn the_audit_reads_the_ledger() {
    let folder = Folder::new();
    let implied =
        consent("+441632960001", "2026-02-01T00:00:00Z", "c3").replace("\"text\"", "\"form\":\"implied\",\"text\"");
    let polish = consent(TWO, "2026-02-01T00:00:00Z", "c2").replace("\"text\"", "\"pre_ticked\":true,\"text\"");
    folder.record(&(consent(ONE, "2026-02-01T00:00:00Z", "c1") + &polish + &implied));
    let figures = folder.ok(&["conformity", "gate.toml", "-o", "audit.csv"], "");
    assert!(figures.contains("acme: own-offers") && figures.contains("unambiguous 2"), "{figures}");
    let rows = fs::read_to_string(folder.at("audit.csv")).unwrap();
    let of = |number: &str| rows.lines().find(|row| row.starts_with(number)).unwrap_or_default().to_owned();
    assert!(of(ONE).ends_with(",,,not_needed"), "{rows}");
    assert!(of(TWO).ends_with("nonconforming,unambiguous,forbidden_by_law"), "{rows}");
    assert!(of("+441632960001").ends_with("nonconforming,unambiguous,ask"), "{rows}");

    folder.record(&event("objection", "+441632960001", "2026-03-01T00:00:00Z", r#","scope":"marketing""#));
    folder.ok(&["erase", "acme.ledger", TWO], "");
    folder.ok(&["conformity", "gate.toml", "-o", "audit.csv"], "");
    let rows = fs::read_to_string(folder.at("audit.csv")).unwrap();
    assert!(!rows.contains(TWO), "an erased person is on no list: {rows}");
    assert!(rows.contains("forbidden_refused"), "never an objector: {rows}");
}

#[test]
fn attempts_of_the_ledger_alone_count_when_the_manifest_says_so() {
    let folder = Folder::new();
    let toml = fs::read_to_string(folder.at("gate.toml")).unwrap();
    fs::write(folder.at("gate.toml"), toml + "[attempts]\nsource = \"ledger\"\n").unwrap();
    let attempt = |at: &str| event("attempt", ONE, at, r#","channel":"manual_call","outcome":"no_answer""#);
    fs::write(folder.at("records.jsonl"), attempt("2026-11-01T00:00:00Z")).unwrap();
    folder.record(&attempt("2026-11-02T00:00:00Z"));
    let said = folder.ok(&["compile", "gate.toml", "-o", "acme.gate"], "");
    assert!(said.contains("0 events and 1 attempt"), "{said}");
}

/// What a sweep lists, as `(type, reason)`.
fn due(folder: &Folder, at: &str, more: &[&str]) -> Vec<(String, String)> {
    let text = folder.ok(&[&["retention", "acme.ledger", "--json", "--at", at], more].concat(), "");
    let rows = text.lines().map(|row| serde_json::from_str::<Value>(row).unwrap());
    rows.map(|row| (row["type"].as_str().unwrap().to_owned(), row["reason"].as_str().unwrap().to_owned())).collect()
}

fn pair(kind: &str, reason: &str) -> (String, String) {
    (kind.to_owned(), reason.to_owned())
}

#[test]
fn what_has_no_basis_is_listed_and_deleted_on_request() {
    let folder = Folder::new();
    assert!(folder.compile().status.success(), "the ledger learns the purposes");
    folder.record(
        &(consent(ONE, "2020-01-01T00:00:00Z", "c1")
            + &event("withdrawal", ONE, "2021-01-01T00:00:00Z", "")
            + &event(
                "relationship",
                ONE,
                "2015-01-01T00:00:00Z",
                r#","kind":"contract","ends_at":"2016-01-01T00:00:00Z""#,
            )
            + &consent(TWO, "2015-01-01T00:00:00Z", "c2")),
    );
    assert_eq!(due(&folder, "2025-12-31T00:00:00Z", &[]), [pair("relationship", "relationship_ended")]);
    let all = [pair("consent", "consent_withdrawn"), pair("relationship", "relationship_ended")];
    assert_eq!(due(&folder, "2026-01-01T00:00:00Z", &[]), all);
    assert_eq!(due(&folder, "2026-01-01T00:00:00Z", &["--evidence-months", "36"]), all);
    assert_eq!(due(&folder, "2026-01-01T00:00:00Z", &["--apply"]), all);
    assert_eq!(due(&folder, "2030-01-01T00:00:00Z", &[]), [], "a consent in force and a denial stay");
    let deletions = folder.open().unwrap().deletions().unwrap();
    assert_eq!(deletions.iter().map(|deletion| deletion.count).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(folder.check(ONE), "withdrawn", "the denial is never swept");
}

#[test]
fn a_recording_is_due_when_its_reason_is_fulfilled_or_its_consent_withdrawn_unless_something_holds_it() {
    let folder = Folder::new();
    assert!(folder.compile().status.success());
    let recording = |id: &str, reason: &str, more: &str| {
        event(
            "recording",
            ONE,
            "2026-02-02T00:00:00Z",
            &format!(r#","uri":"x://{id}","reason":"{reason}","id":"{id}"{more}"#),
        )
    };
    folder.record(
        &(consent(ONE, "2026-02-01T00:00:00Z", "c1")
            + &recording("q", "quality", "")
            + &recording("held", "quality", r#","retain_until":"2026-12-01T00:00:00Z""#)
            + &recording("p", "proof", "")),
    );
    let due = |at: &str| {
        let text = folder.ok(&["retention", "acme.ledger", "--json", "--at", at], "");
        let rows = text.lines().map(|row| serde_json::from_str::<Value>(row).unwrap());
        rows.filter_map(|row| Some((row["uri"].as_str()?.to_owned(), row["reason"].as_str()?.to_owned())))
            .collect::<Vec<_>>()
    };
    assert_eq!(due("2026-05-01T00:00:00Z"), []);
    assert_eq!(due("2026-05-02T00:00:00Z"), [pair("x://q", "recording_fulfilled")]);
    folder.record(&event("withdrawal", ONE, "2026-03-01T00:00:00Z", ""));
    assert_eq!(due("2026-03-01T00:00:00Z"), [pair("x://q", "recording_withdrawn")]);
    let after = [pair("x://q", "recording_withdrawn"), pair("x://held", "recording_withdrawn")];
    assert_eq!(due("2026-12-01T00:00:00Z"), after, "the proof is held by the limitation period");
    assert!(due("2031-04-01T00:00:00Z").contains(&pair("x://p", "recording_withdrawn")));
}

#[test]
fn the_library_appends_for_many_threads_at_once() {
    let folder = Folder::new();
    let ledger = folder.open().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let ledger = ledger.clone();
            scope.spawn(move || {
                for row in 0..25 {
                    let number = format!("+4822300{:04}", thread * 100 + row);
                    let record = event("withdrawal", &number, "2026-02-03T00:00:00Z", "");
                    assert_eq!(ledger.record(&[record]).unwrap().recorded, 1);
                }
            });
        }
    });
    let number: Number = "+48223000324".parse().unwrap();
    assert!(!ledger.subject(number, None).unwrap().is_empty());
    assert_eq!(ledger.record(&[""; 0]).unwrap().position, 100);
}

#[test]
fn a_ring_of_another_key_is_refused_by_name() {
    let folder = Folder::new();
    let own = KeyRing::load(folder.at("acme.ledger.key")).unwrap().current().id();
    folder.ok(&["key", "new", "other.key"], "");
    let error = Ledger::open(folder.at("acme.ledger"), Some(&folder.at("other.key"))).unwrap_err();
    assert!(error.to_string().contains(&own.to_string()), "{error}");
}

#[test]
fn german_proof_is_kept_five_years_from_the_last_use() {
    let folder = Folder::new();
    assert!(folder.compile().status.success());
    let number = "+493023125001";
    let used = event("attempt", number, "2020-06-01T00:00:00Z", r#","channel":"manual_call","outcome":"answered""#);
    folder.record(
        &(consent(number, "2018-01-01T00:00:00Z", "c1")
            + &used
            + &event("withdrawal", number, "2021-01-01T00:00:00Z", "")),
    );
    assert_eq!(due(&folder, "2025-05-31T00:00:00Z", &["--evidence-months", "1"]), []);
    let both = [pair("consent", "consent_withdrawn"), pair("attempt", "unused")];
    assert_eq!(due(&folder, "2025-06-01T00:00:00Z", &["--evidence-months", "999"]), both);
}

#[test]
fn a_french_prospect_is_due_three_years_after_the_last_contact_and_a_customer_is_not() {
    let folder = Folder::new();
    assert!(folder.compile().status.success());
    let (prospect, customer) = ("+33199000001", "+33199000002");
    let used =
        |number| event("attempt", number, "2022-06-01T00:00:00Z", r#","channel":"manual_call","outcome":"answered""#);
    folder.record(
        &(consent(prospect, "2022-01-01T00:00:00Z", "c1")
            + &used(prospect)
            + &consent(customer, "2022-01-01T00:00:00Z", "c2")
            + &used(customer)
            + &event("relationship", customer, "2022-01-01T00:00:00Z", r#","kind":"contract""#)),
    );
    assert_eq!(due(&folder, "2025-05-31T00:00:00Z", &[]), []);
    let both = [pair("consent", "prospect_unused"), pair("attempt", "prospect_unused")];
    assert_eq!(due(&folder, "2025-06-01T00:00:00Z", &[]), both);
}

#[test]
fn an_erasure_says_when_old_pages_are_left_in_the_log() {
    let folder = Folder::new();
    let ledger = folder.open().unwrap();
    ledger.record(&[consent(ONE, "2026-02-01T00:00:00Z", "c1")]).unwrap();
    let reader = rusqlite::Connection::open(folder.at("acme.ledger")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM events").unwrap();
    let erased = ledger.erase(ONE.parse().unwrap(), None, None).unwrap();
    assert!(erased.deleted == 1 && !erased.is_log_clean);
    assert!(fs::metadata(folder.at("acme.ledger-wal")).unwrap().len() > 0);
    reader.execute_batch("COMMIT").unwrap();
    assert!(ledger.vacuum().unwrap());
    assert_eq!(fs::metadata(folder.at("acme.ledger-wal")).unwrap().len(), 0);
    let past = chrono::DateTime::from_timestamp(0, 0);
    assert!(matches!(ledger.erase(TWO.parse().unwrap(), None, past), Err(LedgerError::Refused(_))));
}

#[test]
fn a_snapshot_says_up_to_where_the_ledger_is_in_it() {
    let folder = Folder::new();
    folder.record(&consent(ONE, "2026-02-01T00:00:00Z", "c1"));
    assert!(folder.compile().status.success());
    let content: Value = serde_json::from_str(&folder.ok(&["inspect", "acme.gate", "--json"], "")).unwrap();
    assert_eq!(content["ledger"]["position"], 1);
    assert_eq!(content["ledger"]["max_silence_seconds"], 5);
    assert_eq!(content["ledger"]["id"], folder.open().unwrap().id().to_string());
    let id = folder.open().unwrap().id();
    let text = folder.ok(&["inspect", "acme.gate"], "");
    let line = format!("ledger       {id}, up to entry 1; a gate that follows it may be without news for 5 s\n");
    assert!(text.contains(&line), "{text}");
    let first = fs::read(folder.at("acme.gate")).unwrap();
    assert!(folder.compile().status.success());
    assert_eq!(fs::read(folder.at("acme.gate")).unwrap(), first, "the same input gives the same bytes");
}
