//! The command line as its users meet it: the binary, run in a folder of its own.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at what it did not expect"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

const AT: &str = "2026-11-23T14:30:00Z";

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme").join(name)
}

fn dialgate() -> Command {
    Command::new(env!("CARGO_BIN_EXE_dialgate"))
}

fn run(arguments: &[&str]) -> Output {
    dialgate().args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The sample, compiled once.
fn gate() -> &'static str {
    static GATE: OnceLock<(tempfile::TempDir, String)> = OnceLock::new();
    let (_, path) = GATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.gate").to_str().unwrap().to_owned();
        let output = run(&["compile", sample("gate.toml").to_str().unwrap(), "-o", &path]);
        assert!(output.status.success(), "{}", stderr(&output));
        (folder, path)
    });
    path
}

fn check(number: &str, more: &[&str]) -> (i32, Value) {
    let output = run(&[&["check", gate(), number, "--json"], more].concat());
    let answer = serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (output.status.code().unwrap(), answer)
}

const OFFER: [&str; 6] = ["--purpose", "own-offers", "--channel", "manual_call", "--at", "2026-11-23T15:00:00Z"];

struct Filtered {
    output: Output,
    clean: Vec<String>,
    rejected: Vec<String>,
    folder: tempfile::TempDir,
}

fn filter(leads: &[u8], more: &[&str]) -> Filtered {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (input, clean, rejected) = (at("leads.csv"), at("clean.csv"), at("rejected.csv"));
    fs::write(&input, leads).unwrap();
    let mut arguments = vec!["filter", gate(), &input, "--channel", "manual_call", "--at", AT];
    arguments.extend(["-o", &clean, "--rejected", &rejected]);
    if !more.contains(&"--purpose") {
        arguments.extend(["--purpose", "own-offers"]);
    }
    arguments.extend(more);
    let output = run(&arguments);
    let lines = |path: &str| fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect();
    Filtered { clean: lines(&clean), rejected: lines(&rejected), output, folder }
}

#[test]
fn every_question_of_the_sample_gets_its_answer_and_every_reason_occurs() {
    let mut reasons = BTreeSet::new();
    let text = fs::read_to_string(sample("questions.tsv")).unwrap();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [number, purpose, channel, controller, at, region, party, line_type, zone, verdict, reason, note] =
            cells[..]
        else {
            panic!("{line}")
        };
        let mut arguments = vec!["--purpose", purpose, "--channel", channel, "--controller", controller, "--at", at];
        for (name, value) in [("--region", region), ("--party", party), ("--line", line_type), ("--time-zone", zone)] {
            if !value.is_empty() {
                arguments.extend([name, value]);
            }
        }
        let (code, answer) = check(number, &arguments);
        assert_eq!(answer["verdict"], verdict, "{note}: {answer}");
        assert_eq!(answer["reason"].as_str().unwrap_or_default(), reason, "{note}: {answer}");
        let expected = match verdict {
            "allow" => 0,
            "deny" => 3,
            "defer" => 4,
            _ => 5,
        };
        assert_eq!(code, expected, "{note}");
        reasons.insert(reason.to_owned());
    }
    let missing: Vec<_> = dialgate::vocabulary::Reason::ALL
        .iter()
        .map(|reason| reason.slug())
        .filter(|slug| !reasons.contains(*slug))
        .collect();
    assert_eq!(missing, ["snapshot_expired"], "asked without `--at`, in a test of its own");
}

#[test]
fn data_that_are_too_old_deny_now() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("gate.toml");
    let text = "controller = \"acme\"\nas_of = \"2026-01-01T00:00:00Z\"\nmax_age_days = 1\n\
                [[controllers]]\nid = \"acme\"\nname = \"Acme\"\n";
    fs::write(&manifest, text).unwrap();
    let asked = ["check", manifest.to_str().unwrap(), "+48223000001", "--purpose", "marketing", "--channel", "sms"];
    let output = run(&asked);
    assert_eq!(output.status.code(), Some(3));
    assert!(stdout(&output).contains("snapshot_expired"), "{}", stdout(&output));
}

#[test]
fn a_json_answer_has_the_fields_of_the_contract_in_their_order() {
    let output = run(&[&["check", gate(), "+48223000002", "--json"], &OFFER[..]].concat());
    let text = stdout(&output);
    let mut from = 0;
    for field in [
        "number",
        "controller",
        "purpose",
        "channel",
        "at",
        "verdict",
        "reason",
        "reasons",
        "obligations",
        "retry_at",
        "valid_until",
        "jurisdictions",
        "party",
        "basis",
        "evidence",
        "snapshot",
    ] {
        let key = format!("\"{field}\":");
        let found = text[from..].find(&key).unwrap_or_else(|| panic!("{field} in {text}"));
        from += found + key.len();
    }
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer.as_object().unwrap().len(), 16);
    assert_eq!(
        (&answer["number"], &answer["basis"], &answer["reason"]),
        (&"+48223000002".into(), &"consent".into(), &Value::Null)
    );
    assert!(answer["evidence"].as_str().unwrap().starts_with("consent-"), "the id of the record");
}

#[test]
fn what_cannot_be_read_is_a_decision_and_wrong_usage_is_not() {
    for number in ["call me", "", "+", "12", "-5"] {
        let (code, answer) = check(number, &OFFER);
        assert_eq!((code, &answer["reason"]), (3, &"number_invalid".into()), "{number}");
        assert_eq!(answer["number"], number);
    }
    let (_, answer) = check("+48223000002", &["--purpose", "own-offers", "--channel", "telepathy"]);
    assert_eq!(answer["reason"], "question_unknown");
    let (_, national) = check("22 300 00 02", &[&OFFER[..], &["--default-region", "PL"]].concat());
    assert_eq!(national["verdict"], "allow");
    assert_eq!(run(&["check", gate(), "+48223000002"]).status.code(), Some(2));
    assert_eq!(run(&[&["check", gate(), "+48223000002", "--at", "noon"], &OFFER[..4]].concat()).status.code(), Some(2));
    let output = run(&[&["check", "no-such.gate", "+48223000002"], &OFFER[..]].concat());
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(stderr(&output).contains("no-such.gate"));
}

#[test]
fn the_sample_is_parted_without_losing_a_row() {
    let leads = fs::read(sample("leads.csv")).unwrap();
    let filtered = filter(&leads, &["--default-region", "PL"]);
    assert!(filtered.output.status.success(), "{}", stderr(&filtered.output));
    let rows = leads.iter().filter(|byte| **byte == b'\n').count() - 1;
    assert_eq!(filtered.clean.len() + filtered.rejected.len() - 2, rows);
    assert!(filtered.clean.iter().skip(1).all(|line| line.contains(",allow,")));
    assert!(filtered.rejected.iter().skip(1).all(|line| !line.contains(",allow,")));
    let report = stdout(&filtered.output);
    for expected in
        ["3,268 leads for `own-offers`", "Acme Sp. z o.o.", "may be contacted now", "registry_listed", "gb-tps"]
    {
        assert!(report.contains(expected), "{expected} in {report}");
    }
}

#[test]
fn what_denies_everybody_for_one_word_of_the_command_is_told() {
    let leads = b"phone\n22 300 00 02\n48223000002\n+48223000002\n";
    let told = |more: &[&str]| {
        let filtered = filter(leads, more);
        (filtered.output.status.code(), stdout(&filtered.output) + &stderr(&filtered.output))
    };
    let (code, text) = told(&[]);
    assert!(code == Some(0) && text.contains("2  rows have a number without a plus"), "{text}");
    let (code, text) = told(&["--default-region", "PL"]);
    assert!(code == Some(0) && !text.contains("without a plus"), "{text}");
    let (code, text) = told(&["--default-region", "ZZ"]);
    assert!(code == Some(2) && text.contains("the two letters of a country"), "{text}");
    let (_, text) = told(&["--region", "XX"]);
    assert!(text.contains("for region `XX`"), "{text}");
    let (_, text) = told(&["--time-zone", "Warsaw"]);
    assert!(text.contains("the calling hours of `Warsaw` cannot be told"), "{text}");
}

#[test]
fn a_copy_of_a_registry_that_is_too_old_is_marked() {
    let told = |at: &str| {
        let output = run(&[
            &["filter", gate(), &sample("leads.csv").display().to_string(), "--preview", "--at", at][..],
            &["--purpose", "own-offers", "--channel", "manual_call"],
        ]
        .concat());
        stdout(&output)
    };
    let of_day = |text: &str| text.lines().filter(|line| line.ends_with(", stale")).count();
    assert_eq!(of_day(&told("2026-11-23T14:30:00Z")), 0);
    let later = told("2027-06-01T14:30:00Z");
    assert!(later.lines().any(|line| line.contains("gb-tps") && line.ends_with(", stale")), "{later}");
}

#[test]
fn input_columns_are_kept_in_their_order_behind_a_byte_order_mark_and_with_crlf() {
    let leads = b"\xEF\xBB\xBFname,Phone,note\r\n\"A, B\",+48223000002,x\r\nC,n/a,y\r\n";
    let filtered = filter(leads, &[]);
    assert!(filtered.output.status.success(), "{}", stderr(&filtered.output));
    assert!(filtered.clean[0].starts_with("name,Phone,note,dialgate_verdict,dialgate_reason,dialgate_reasons,"));
    assert!(filtered.clean[1].starts_with("\"A, B\",+48223000002,x,allow,,,"));
    assert!(filtered.rejected[1].starts_with("C,n/a,y,deny,number_invalid,number_invalid,"));
}

#[test]
fn an_allowed_row_counts_as_an_attempt_for_later_rows_of_its_number() {
    let leads = b"number\n+48223000030\n+48 22 300 00 30\n+48223000030\n";
    let filtered = filter(leads, &["--purpose", "green-energy"]);
    assert_eq!((filtered.clean.len(), filtered.rejected.len()), (3, 2), "the house rules allow two in a week");
    assert!(filtered.rejected[1].contains("defer,attempt_cap"), "{}", filtered.rejected[1]);
    assert!(stdout(&filtered.output).contains("2  rows repeat"));
}

#[test]
fn a_preview_writes_nothing() {
    let filtered = filter(b"number\n+48223000002\n+48223000001\n", &["--preview"]);
    assert!(stdout(&filtered.output).contains("1 of 2 will be skipped: 1 consent_missing"));
    assert_eq!(fs::read_dir(filtered.folder.path()).unwrap().count(), 1, "the leads alone");
}

#[test]
fn a_file_that_cannot_be_screened_says_where_and_leaves_nothing_behind() {
    for (leads, expected) in [
        (&b"id,mobile\n1,+48223000002\n"[..], "no column `number` or `phone` in the header `id,mobile`"),
        (b"number,id\n+48223000002,1\n+48223000002\n", "leads.csv:3: 1 columns where the header has 2"),
        (b"number,number\n", "the column `number` twice"),
        (b"", "no column `number`"),
    ] {
        let filtered = filter(leads, &[]);
        assert_eq!(filtered.output.status.code(), Some(1));
        assert!(stderr(&filtered.output).contains(expected), "{}", stderr(&filtered.output));
        assert!(!stderr(&filtered.output).contains("48223000002"), "an error tells no number");
        assert_eq!(fs::read_dir(filtered.folder.path()).unwrap().count(), 1, "the leads alone");
    }
    let unknown = filter(b"number\n", &["--purpose", "own-ofers"]);
    assert!(stderr(&unknown.output).contains("own-offers"), "it names what there is");
}

#[test]
fn a_file_that_may_hide_leads_is_not_screened() {
    for (leads, what) in [
        ("number,note\n+48223000001,\"a\n+48223000002,b\n+48223000003,c\n", "runs over several lines"),
        ("number,note\r+48223000001,\"a\r+48223000002,b\r", "runs over several lines"),
        ("number,phone\n+48223000001,+48223000002\n", "--number-column"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (leads_file, clean) = (folder.path().join("leads.csv"), folder.path().join("clean.csv"));
        fs::write(&leads_file, leads).unwrap();
        let files = ["filter", gate(), leads_file.to_str().unwrap(), "-o", clean.to_str().unwrap()];
        let output = run(&[&files[..], &OFFER].concat());
        assert_eq!(output.status.code(), Some(1), "{leads}");
        assert!(stderr(&output).contains(what), "{}", stderr(&output));
        assert!(!clean.exists(), "{leads}");
    }
}

#[test]
fn a_party_that_cannot_be_read_is_reported() {
    let filtered = filter(b"number,party\n+442079460010,b2b\n", &[]);
    assert!(stdout(&filtered.output).contains("1  cell of `party` or `line` says"), "{}", stdout(&filtered.output));
    assert!(stdout(&filtered.output).starts_with("1 lead for"), "{}", stdout(&filtered.output));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_no_half_file() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let (fifo, clean) = (folder.path().join("leads"), folder.path().join("clean.csv"));
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let child = dialgate()
        .args(["filter", gate(), fifo.to_str().unwrap(), "--at", AT, "--purpose", "own-offers", "--channel", "sms"])
        .args(["-o", clean.to_str().unwrap()])
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut leads = fs::File::options().write(true).open(&fifo).unwrap();
    leads.write_all(b"number\n+48223000002\n").unwrap();
    let begun = std::time::Instant::now();
    while fs::read_dir(folder.path()).unwrap().count() < 2 && begun.elapsed().as_secs() < 20 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    // The leads are still open: it ends at once, not with the next of them.
    let output = child.wait_with_output().unwrap();
    drop(leads);
    let ended_by = std::os::unix::process::ExitStatusExt::signal(&output.status);
    assert_eq!(ended_by, Some(libc::SIGINT), "a shell sees that it was interrupted");
    assert!(stderr(&output).contains("interrupted"), "{}", stderr(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the leads alone");
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    for arguments in [&["rules"][..], &["inspect", gate()], &["inspect", gate(), "--json"]] {
        let mut child = dialgate().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", stderr(&output));
    }
}

#[test]
fn a_flipped_byte_is_an_error() {
    let output = run(&["verify", gate()]);
    assert!(output.status.success() && stdout(&output).contains("intact"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flipped.gate");
    let mut bytes = fs::read(gate()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let output = run(&["verify", path.to_str().unwrap()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
}

#[test]
fn inspect_shows_what_was_compiled() {
    let content: Value = serde_json::from_str(&stdout(&run(&["inspect", gate(), "--json"]))).unwrap();
    assert_eq!(content["lists"].as_array().unwrap().len(), 9);
    let ndnc = content["lists"].as_array().unwrap().iter().find(|list| list["id"] == "us-ndnc").unwrap();
    assert_eq!((&ndnc["registry"], &ndnc["entries"]), (&"us-ndnc".into(), &320.into()));
    assert_eq!(ndnc["covers"].as_array().unwrap().len(), 13);
    let codes: Vec<_> =
        content["rules"].as_array().unwrap().iter().map(|pack| pack["code"].as_str().unwrap()).collect();
    assert!(["EU", "GB", "PL", "US", "US-IL", "house:acme"].iter().all(|code| codes.contains(code)), "{codes:?}");
    assert_eq!(content["snapshot"].as_str().unwrap().len(), 64);
    assert!(
        !content["plan_version"].as_str().unwrap().is_empty() && !content["tz_version"].as_str().unwrap().is_empty()
    );
    let (_, answer) = check("+48223000002", &OFFER);
    assert_eq!(answer["snapshot"], content["snapshot"]);
}

#[test]
fn rules_are_a_table_with_their_sources() {
    let table = stdout(&run(&["rules", "--jurisdiction", "PL"]));
    assert!(table.contains("PKE art. 398(1)") && !table.contains("PECR"), "{table}");
    assert!(stdout(&run(&["rules", gate(), "--jurisdiction", "house:acme"])).contains("policy of the house"));
    let unknown = run(&["rules", "--jurisdiction", "XX"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("no pack speaks for `XX`"));
}

#[test]
fn explain_names_rules_lists_and_records_with_their_sources() {
    let text = stdout(&run(&[&["explain", gate(), "+48223000005"], &OFFER[..]].concat()));
    for expected in ["withdrawn", "PKE art. 398(1)", "consent-"] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    let listed = stdout(&run(&[&["explain", gate(), "+442079460011", "--json"], &OFFER[..]].concat()));
    let why: Value = serde_json::from_str(&listed).unwrap();
    assert!(why["consulted"].as_array().unwrap().iter().any(|item| item["name"] == "gb-tps"), "{why}");
}

#[test]
fn conformity_tells_which_consents_count_and_whom_not_to_ask() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.csv");
    let output = run(&["conformity", sample("gate.toml").to_str().unwrap(), "-o", path.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("acme: own-offers"), "{}", stdout(&output));
    let audit = fs::read_to_string(&path).unwrap();
    let row = |number: &str| audit.lines().find(|line| line.starts_with(number)).unwrap().to_owned();
    assert!(row("+48223000002,acme,own-offers").ends_with(",,,not_needed"), "{}", row("+48223000002"));
    assert!(row("+48223000003,acme").contains("nonconforming,unambiguous,"), "{}", row("+48223000003"));
    assert!(row("+48223000005,acme").ends_with("forbidden_refused"), "{}", row("+48223000005"));
}

#[test]
fn a_compile_that_fails_says_where_and_keeps_the_old_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let (manifest, out) = (folder.path().join("gate.toml"), folder.path().join("out.gate"));
    fs::write(&manifest, "controller = \"acme\"\nnonsense = 1\n").unwrap();
    fs::write(&out, "old").unwrap();
    let output = run(&["compile", manifest.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("gate.toml:2"), "{}", stderr(&output));
    assert_eq!(fs::read(&out).unwrap(), b"old");
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let manifest = "as_of = \"2026-11-23T06:00:00Z\"\n[[controllers]]\nid = \"me\"\n[[lists]]\nid = \"own\"\nkind = \"block\"\n\
                    format = \"plain\"\npath = \"own.txt\"\nas_of = \"2026-11-23T06:00:00Z\"\n[ledger]\npath = \"a.ledger\"\n";
    std::fs::write(at("gate.toml"), manifest).unwrap();
    std::fs::write(at("own.txt"), "+48223000001\n").unwrap();
    std::fs::write(at("leads.csv"), "number\n+48223000002\n").unwrap();
    let run = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_dialgate"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    std::fs::write(at("none.jsonl"), "").unwrap();
    assert!(run(&["record", "a.ledger", "none.jsonl", "--create"]).status.success());
    assert!(run(&["compile", "gate.toml", "-o", "a.gate"]).status.success());
    let before: Vec<Vec<u8>> =
        ["own.txt", "a.ledger", "a.ledger.key"].iter().map(|name| std::fs::read(at(name)).unwrap()).collect();
    let question = ["--purpose", "marketing", "--channel", "manual_call", "--at", "2026-11-23T15:00:00Z"];
    for (command, written) in [
        (&["filter", "gate.toml", "leads.csv", "-o"][..], "own.txt"),
        (&["filter", "gate.toml", "leads.csv", "--preview", "--report"], "own.txt"),
        (&["filter", "gate.toml", "leads.csv", "-o"], "./a.ledger"),
        (&["filter", "a.gate", "leads.csv", "--ledger", "a.ledger", "-o"], "a.ledger.key"),
        (&["filter", "a.gate", "leads.csv", "--ledger", "a.ledger", "--preview", "--report"], "a.ledger"),
        (&["explain", "a.gate", "+48223000002", "--ledger", "a.ledger", "--html"], "a.ledger.key"),
        (&["explain", "gate.toml", "+48223000002", "--html"], "own.txt"),
        (&["filter", "a.gate", "leads.csv", "-o", "new.csv", "--rejected"], "./new.csv"),
    ] {
        let output = run(&[command, &[written], &question].concat());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{command:?} {written}: {told}");
        assert!(told.contains("is used twice"), "{command:?} {written}: {told}");
    }
    for (name, before) in ["own.txt", "a.ledger", "a.ledger.key"].iter().zip(before) {
        assert_eq!(std::fs::read(at(name)).unwrap(), before, "{name}");
    }
}
