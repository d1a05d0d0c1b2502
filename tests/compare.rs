//! `dialgate compare`: the gate beside an existing scrub.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

const AT: &str = "2026-11-23T15:00:00Z";
/// By the sample: consented, withdrawn, never asked, registry-listed.
const CONSENTED: &str = "+48223000002";
const WITHDRAWN: &str = "+48223000005";
const UNASKED: &str = "+48223000001";
const LISTED: &str = "+442079460011";

/// The sample, compiled once.
fn gate() -> &'static str {
    static GATE: OnceLock<(tempfile::TempDir, String)> = OnceLock::new();
    let (_, path) = GATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.gate").to_str().unwrap().to_owned();
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme/gate.toml");
        let mut compile = Command::new(env!("CARGO_BIN_EXE_dialgate"));
        assert!(compile.arg("compile").arg(manifest).args(["-o", &path, "-q"]).status().unwrap().success());
        (folder, path)
    });
    path
}

struct Compared {
    code: i32,
    told: String,
    errors: String,
    folder: tempfile::TempDir,
}

impl Compared {
    fn json(&self) -> Value {
        assert_eq!((self.code, self.errors.as_str()), (0, ""));
        serde_json::from_str(&self.told).unwrap()
    }

    fn differences(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("differences.csv")).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

/// Where `more` does not say otherwise, about own offers at a time when everybody may be called.
fn compare(rows: &str, more: &[&str]) -> Compared {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("scrubbed.csv"), rows).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dialgate"));
    command.args(["compare", gate(), "scrubbed.csv", "--channel", "manual_call"]);
    if !more.contains(&"--purpose") {
        command.args(["--purpose", "own-offers"]);
    }
    if !more.contains(&"--at-column") && !more.contains(&"--at") {
        command.args(["--at", AT]);
    }
    let output = command.args(more).current_dir(folder.path()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Compared { code: output.status.code().unwrap(), told: text(output.stdout), errors: text(output.stderr), folder }
}

fn rows(pairs: &[(&str, &str)]) -> String {
    let rows = pairs.iter().zip(1..).map(|((number, verdict), id)| format!("{id},{number},{verdict}\n"));
    format!("id,number,status\n{}", rows.collect::<String>())
}

const STATUS: [&str; 2] = ["--verdict-column", "status"];

#[test]
fn agreement_and_every_kind_of_difference_are_counted() {
    let rows = rows(&[
        (CONSENTED, "ok"),
        (CONSENTED, "DNC"),
        (WITHDRAWN, "allowed"),
        (UNASKED, "blocked"),
        (UNASKED, " Clean "),
        (LISTED, "ok"),
        (LISTED, "listed"),
        ("no number", "ok"),
    ]);
    let compared = compare(&rows, &[&STATUS[..], &["--json", "--differences", "differences.csv"]].concat());
    let report = compared.json();
    let figure = |name: &str| report[name].as_u64().unwrap();
    assert_eq!((figure("compared"), figure("agree"), figure("differ")), (8, 3, 5));
    assert_eq!((figure("both_allow"), figure("both_deny")), (1, 2));
    assert_eq!(report["agree_percent"], 37.5);
    let stricter: Vec<(&str, u64, u64)> = report["scrub_allowed_gate_would_not"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["reason"].as_str().unwrap(),
                one["rows"].as_u64().unwrap(),
                one["examples"][0]["line"].as_u64().unwrap(),
            )
        })
        .collect();
    let expected =
        [("number_invalid", 1, 9), ("withdrawn", 1, 4), ("registry_listed", 1, 7), ("consent_missing", 1, 6)];
    assert_eq!(stricter, expected);
    let laxer = &report["scrub_denied_gate_would_allow"][0];
    assert_eq!((&laxer["value"], &laxer["basis"], &laxer["rows"]), (&"DNC".into(), &"consent".into(), &1.into()));
    assert_eq!(laxer["examples"][0]["number"], "+48*********", "masked");

    let differences = compared.differences();
    assert_eq!(
        differences[0].split(',').take(6).collect::<Vec<_>>().join(","),
        "id,number,status,dialgate_scrub,dialgate_verdict,dialgate_reason"
    );
    assert_eq!(differences.len(), 1 + 5);
    assert!(differences[1].starts_with("2,+48223000002,DNC,deny,allow,,"), "{}", differences[1]);
    assert!(differences[2].starts_with("3,+48223000005,allowed,allow,deny,withdrawn,"), "{}", differences[2]);
}

#[test]
fn the_report_says_it_in_words_and_tells_no_number() {
    let compared = compare(&rows(&[(CONSENTED, "ok"), (WITHDRAWN, "ok"), (CONSENTED, "dnc")]), &STATUS);
    for expected in [
        "3 rows for `own-offers` by manual_call on behalf of Acme Sp. z o.o. (acme)",
        "1   33.3 %  agree",
        "1   33.3 %    the scrub allowed, the gate would not",
        "1  withdrawn              the person withdrew their consent",
        "such as line 3 (+48*********)",
        "1  `dnc`                  the gate rests it on: consent",
        "--differences FILE.csv",
    ] {
        assert!(compared.told.contains(expected), "{expected} in {}", compared.told);
    }
    assert!(!compared.told.contains("223000"), "{}", compared.told);
    assert_eq!((compared.code, compared.errors.as_str()), (0, ""));
    let same = compare(&rows(&[(CONSENTED, "ok"), (WITHDRAWN, "dnc")]), &STATUS);
    assert!(same.told.contains("2  100.0 %  agree") && !same.told.contains("--differences"), "{}", same.told);
}

#[test]
fn a_value_that_is_neither_stops_the_run_unless_such_rows_are_counted() {
    let rows = rows(&[(CONSENTED, "ok"), (WITHDRAWN, "yes"), (CONSENTED, ""), (WITHDRAWN, "yes")]);
    let stopped = compare(&rows, &STATUS);
    assert_eq!((stopped.code, stopped.told.as_str()), (1, ""));
    assert!(
        stopped
            .errors
            .starts_with("error: scrubbed.csv:3: `yes` in column `status` is neither an allow value (`allow`"),
        "{}",
        stopped.errors
    );
    let counted = compare(&rows, &[&STATUS[..], &["--count-others", "--json"]].concat()).json();
    assert_eq!(counted["compared"], 1);
    let others: Vec<(&str, u64)> = counted["not_compared"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["value"].as_str().unwrap(), one["rows"].as_u64().unwrap()))
        .collect();
    assert_eq!(others, [("", 1), ("yes", 2)]);
    let told = compare(&rows, &[&STATUS[..], &["--allow-values", "ok", "--deny-values", "yes,"]].concat());
    assert_eq!(told.code, 0, "{}", told.errors);
    let star =
        compare(&rows, &[&STATUS[..], &["--allow-values", "ok", "--deny-values", "*", "--json"]].concat()).json();
    assert_eq!((&star["both_deny"], &star["differ"]), (&2.into(), &1.into()));
}

#[test]
fn a_number_in_the_wrong_column_is_not_told() {
    let compared = compare(&rows(&[(CONSENTED, "ok")]), &["--verdict-column", "number"]);
    assert!(compared.code == 1 && !compared.errors.contains("223000"), "{}", compared.errors);
    let counted = compare(&rows(&[(CONSENTED, "ok")]), &["--verdict-column", "number", "--count-others"]);
    assert!(counted.code == 0 && !counted.told.contains("223000"), "{}", counted.told);
    let missing = compare(&rows(&[]), &["--verdict-column", "verdict"]);
    assert!(missing.errors.contains("no column `verdict` in the header `id,number,status`"), "{}", missing.errors);
}

#[test]
fn letters_of_a_dncscrub_result_are_understood() {
    let rows = format!(
        "Phone,ResultCode,Reason\n{CONSENTED},C,\n{CONSENTED},W,\n{CONSENTED},d,\n{WITHDRAWN},X,\n{WITHDRAWN},E,\n\
         {LISTED},O,\n{LISTED},P,\n{LISTED},B,\n{UNASKED},L,\n"
    );
    let preset = ["--verdict-column", "ResultCode", "--number-column", "Phone", "--verdicts", "dncscrub", "--json"];
    let report = compare(&rows, &preset).json();
    let values: Vec<&str> = report["scrub_denied_gate_would_allow"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["value"].as_str().unwrap())
        .collect();
    assert_eq!(values, ["W", "d"]);
    assert_eq!((&report["both_allow"], &report["both_deny"], &report["differ"]), (&1.into(), &3.into(), &5.into()));
    let unknown = compare(&rows.replace(",L,", ",Q,"), &preset);
    assert!(unknown.code == 1 && unknown.errors.contains("scrubbed.csv:10: `Q`"), "{}", unknown.errors);
}

#[test]
fn each_row_has_its_own_instant_and_what_only_the_hour_bars_is_told_apart() {
    // Green energy may be called from nine to eight, by the rules of the house.
    let rows = "number,status,asked\n+48223000030,ok,2026-11-23T14:00:00Z\n+48223000030,ok,2026-11-23T22:00:00Z\n";
    let asked = ["--verdict-column", "status", "--at-column", "asked", "--purpose", "green-energy"];
    let compared = compare(rows, &asked);
    let told = &compared.told;
    assert!(told.contains("1  outside_hours") && told.contains("1  of these may be contacted later"), "{told}");
    assert_eq!(compare(rows, &[&asked[..], &["--json"]].concat()).json()["at"], Value::Null);
    let errors = compare(&rows.replace("2026-11-23T22:00:00Z", "yesterday"), &asked).errors;
    assert!(
        errors.contains("scrubbed.csv:3: `yesterday` in the column of --at-column; expected an instant"),
        "{errors}"
    );
}

#[test]
fn rows_of_one_number_do_not_count_as_attempts_of_one_another() {
    let rows = format!("number,status\n{}", "+48223000030,ok\n".repeat(5));
    // The rules of the house allow two attempts a week.
    let asked = [&STATUS[..], &["--purpose", "green-energy", "--at", "2026-11-23T14:30:00Z", "--json"]].concat();
    assert_eq!(compare(&rows, &asked).json()["both_allow"], 5);
}

#[test]
fn the_differences_are_written_whole_or_not_at_all() {
    let rows = rows(&[(WITHDRAWN, "ok"), (WITHDRAWN, "maybe")]);
    let stopped = compare(&rows, &[&STATUS[..], &["--differences", "differences.csv"]].concat());
    assert_eq!(stopped.code, 1);
    assert_eq!(fs::read_dir(stopped.folder.path()).unwrap().count(), 1, "the leads alone");
    let twice = compare(&rows, &[&STATUS[..], &["--differences", "scrubbed.csv"]].concat());
    assert!(twice.code == 1 && twice.errors.contains("used twice"), "{}", twice.errors);
    assert_eq!(fs::read_to_string(twice.folder.path().join("scrubbed.csv")).unwrap(), rows);
}

#[test]
fn a_screening_of_another_snapshot_is_compared_by_its_own_words() {
    let rows = format!(
        "number,dialgate_verdict,dialgate_reason\n{CONSENTED},allow,\n{WITHDRAWN},defer,outside_hours\n{LISTED},review,x\n"
    );
    let compared = compare(&rows, &["--verdict-column", "dialgate_verdict", "--json"]);
    assert_eq!(compared.json()["agree"], 3);
}
