//! Every published case, through the binary: compile once, then ask one by one.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn dialgate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dialgate")).args(arguments).output().unwrap()
}

#[test]
fn every_published_case_gets_its_verdict_reason_retry_and_exit_code() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let out = tempfile::tempdir().unwrap();
    let gate = out.path().join("out.gate");
    let (gate, manifest) = (gate.to_str().unwrap(), dir.join("gate.toml"));
    let compiled = dialgate(&["compile", manifest.to_str().unwrap(), "-o", gate]);
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));

    let cases = std::fs::read_to_string(dir.join("cases.tsv")).unwrap();
    let (mut asked, mut wrong) = (0, Vec::new());
    for (index, line) in cases.lines().enumerate().skip(1) {
        let cell: Vec<&str> = line.split('\t').collect();
        assert_eq!(cell.len(), 12, "line {} of cases.tsv has not twelve columns", index + 1);
        asked += 1;
        if let Err(difference) = ask(gate, &cell) {
            wrong.push(format!("line {} ({}): {difference}", index + 1, cell[11]));
        }
    }
    assert!(wrong.is_empty(), "{} of {asked} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(asked, 38);
}

fn ask(gate: &str, cell: &[&str]) -> Result<(), String> {
    let mut arguments = vec!["check", gate, cell[0], "--json"];
    for (option, value) in [
        ("--purpose", cell[1]),
        ("--channel", cell[2]),
        ("--controller", cell[3]),
        ("--at", cell[4]),
        ("--region", cell[5]),
        ("--party", cell[6]),
        ("--line", cell[7]),
    ] {
        if !value.is_empty() {
            arguments.extend([option, value]);
        }
    }
    let output = dialgate(&arguments);
    let text = String::from_utf8_lossy(&output.stdout);
    let Ok(answer) = serde_json::from_str::<Value>(&text) else {
        return Err(format!("no JSON: {text} {}", String::from_utf8_lossy(&output.stderr)));
    };
    let code = match cell[8] {
        "allow" => 0,
        "deny" => 3,
        "defer" => 4,
        "review" => 5,
        other => panic!("`{other}` is no verdict"),
    };
    let or_null = |cell: &str| if cell.is_empty() { Value::Null } else { Value::from(cell) };
    let mut differences = Vec::new();
    for (what, expected) in [("verdict", Value::from(cell[8])), ("reason", or_null(cell[9]))] {
        if answer[what] != expected {
            differences.push(format!("{what} is {}, not {expected}", answer[what]));
        }
    }
    if !cell[10].is_empty() && answer["retry_at"] != cell[10] {
        differences.push(format!("retry_at is {}, not {}", answer["retry_at"], cell[10]));
    }
    if output.status.code() != Some(code) {
        differences.push(format!("the exit code is {:?}, not {code}", output.status.code()));
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.join(", ")) }
}
