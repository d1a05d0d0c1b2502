//! Widths, quiet and JSON.

use serde_json::Value;

use super::{ASKED, AT, Ran, Shell, manifest, sample};

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn text_fits_60_80_and_200_columns_and_loses_no_word() {
    let shell = Shell::new();
    let leads = sample("leads.csv");
    shell.write("scrubbed.csv", "number,status\n+48223000002,dnc\n+48223000005,ok\n+442079460011,ok\n");
    let at = [&ASKED[..], &["--at", AT]].concat();
    let commands: Vec<Vec<&str>> = vec![
        [&["check", "acme.gate", "+48223000005"], &at[..]].concat(),
        [&["explain", "acme.gate", "+442079460011"], &at[..]].concat(),
        [&["filter", "acme.gate", &leads, "--preview", "--default-region", "PL"], &at[..]].concat(),
        [&["compare", "acme.gate", "scrubbed.csv", "--verdict-column", "status"], &at[..]].concat(),
        vec!["verify", "acme.gate"],
    ];
    for arguments in &commands {
        let whole = shell.run(arguments);
        for columns in [60, 80, 200] {
            let fitted = shell.in_columns(columns, arguments);
            assert_eq!((fitted.code, words(&fitted.out)), (whole.code, words(&whole.out)));
            for line in fitted.out.lines().filter(|line| line.chars().count() > columns) {
                // What cannot be broken, such as a digest or a path.
                assert!(words(line).len() <= 2, "{columns}: {line}\n{}", fitted.out);
            }
        }
    }
    for arguments in [&["inspect", "acme.gate"][..], &["rules", "--jurisdiction", "PL"]] {
        for columns in [60, 80, 200] {
            let fitted = shell.in_columns(columns, arguments);
            for line in fitted.out.lines().filter(|line| line.chars().count() > columns) {
                assert!(words(line).len() <= 2, "{columns}: {line}");
            }
        }
    }
    let tables = shell.run(&["inspect", "acme.gate"]).out;
    let us = |text: &str| text.matches("+1312").count();
    let narrow = shell.in_columns(60, &["inspect", "acme.gate"]).out;
    assert!(us(&tables) == 1 && us(&narrow) == 1 && narrow.contains("    covers "), "cells stand under one another");
    assert!(
        tables.lines().any(|line| line.starts_with("us-ndnc") && line.contains("+1803")),
        "a pipe gets a row a line"
    );
}

#[test]
fn quiet_leaves_errors_and_results_alone() {
    let shell = Shell::empty();
    let gate = sample("gate.toml");
    shell.write(
        "gate.toml",
        &manifest("format = \"csv\"\npath = \"own.csv\"\ncolumns = { number = \"phone\", until = \"end\" }"),
    );
    shell.write("own.csv", "phone,end\n+48223000007,whenever\n");
    let loud = shell.run(&["compile", "gate.toml", "-o", "own.gate"]);
    assert!(loud.out.contains("own: 1 entry") && loud.err.contains("note: "), "{}", loud.err);
    let silent = |arguments: &[&str]| {
        let ran = shell.run(arguments);
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""), "{arguments:?}");
        ran.code
    };
    assert_eq!(silent(&["compile", "gate.toml", "-o", "own.gate", "--quiet"]), Some(0));
    assert_eq!(silent(&["compile", &gate, "-o", "acme.gate", "-q"]), Some(0));
    assert_eq!(silent(&["verify", "acme.gate", "-q"]), Some(0));
    let leads = sample("leads.csv");
    let at = [&ASKED[..], &["--at", AT]].concat();
    assert_eq!(silent(&[&["-q", "filter", "acme.gate", &leads, "-o", "clean.csv"], &at[..]].concat()), Some(0));
    assert!(shell.at("clean.csv").exists());
    assert_eq!(silent(&[&["check", "acme.gate", "+48223000002", "-q"], &at[..]].concat()), Some(0));
    assert_eq!(silent(&[&["check", "acme.gate", "+48223000005", "-q"], &at[..]].concat()), Some(3));
    assert_eq!(silent(&["key", "new", "a.key", "-q"]), Some(0));
    let told = shell.run(&[&["check", "acme.gate", "+48223000002", "-q", "--json"], &at[..]].concat());
    assert!(told.out.starts_with("{\"number\""), "what was asked for is no noise: {}", told.out);
    let error = shell.run(&["verify", "no.gate", "-q"]);
    assert!(error.code == Some(1) && error.err.contains("no.gate"), "{}", error.err);
    let warned = shell.run(&["check", "acme.gate", "+48223000002", "-q", "--purpose", "x", "--channel", "sms"]);
    assert!(warned.code == Some(3) && warned.err.contains("warning: purpose `x`"), "{}", warned.err);
}

#[test]
fn every_report_can_be_had_as_one_json_object() {
    let shell = Shell::new();
    let object = |ran: Ran, code: i32| -> Value {
        assert_eq!(ran.code, Some(code), "{}", ran.err);
        assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
        serde_json::from_str(&ran.out).unwrap()
    };
    let (gate, leads) = (sample("gate.toml"), sample("leads.csv"));
    let compiled = object(shell.run(&["compile", &gate, "-o", "again.gate", "--json"]), 0);
    let verified = object(shell.run(&["verify", "again.gate", "--json"]), 0);
    assert_eq!((&compiled["snapshot"], &verified["intact"]), (&verified["snapshot"], &true.into()));
    assert_eq!(compiled["lists"].as_array().unwrap().len(), 9);
    assert!(compiled["numbers"].as_u64() > Some(3000) && compiled["bytes"].as_u64() > Some(100_000));

    let at = [&ASKED[..], &["--at", AT, "--default-region", "PL", "--json"]].concat();
    let screened = object(shell.run(&[&["filter", "acme.gate", &leads, "-o", "clean.csv"], &at[..]].concat()), 0);
    let figure = |name: &str| screened[name].as_u64().unwrap();
    assert_eq!(figure("leads"), figure("allow") + figure("defer") + figure("review") + figure("deny"));
    let by_reason: u64 = screened["reasons"].as_array().unwrap().iter().map(|one| one["leads"].as_u64().unwrap()).sum();
    assert_eq!(by_reason, figure("leads") - figure("allow"));
    assert_eq!((&screened["snapshot"], &screened["purpose"]), (&verified["snapshot"], &"own-offers".into()));

    let conformity = object(shell.run(&["conformity", &gate, "--json"]), 0);
    let own = conformity["purposes"].as_array().unwrap().iter().find(|one| one["purpose"] == "own-offers").unwrap();
    assert!(own["consents"].as_u64() > own["counting"].as_u64(), "{own}");

    shell.write(
        "records.jsonl",
        concat!(
            r#"{"type":"withdrawal","number":"+48223000001","at":"2026-02-01T10:00:00Z","controller":"acme"}"#,
            "\n{}\n"
        ),
    );
    let made = object(shell.run(&["record", "acme.ledger", "records.jsonl", "--create", "--json"]), 1);
    assert_eq!((&made["recorded"], &made["refused"]), (&1.into(), &1.into()));
    let erased = object(shell.run(&["erase", "acme.ledger", "+48223000001", "--json"]), 0);
    assert_eq!((&erased["deleted"], &erased["is_log_clean"]), (&1.into(), &true.into()));
    let subject = object(shell.run(&["subject", "acme.ledger", "+48223000001", "--json"]), 0);
    assert!(subject.is_object());

    assert_eq!(shell.run(&["key", "new", "audit.key"]).code, Some(0));
    let log = ["--audit", "decisions.log", "--audit-key", "audit.key", "--json"];
    object(shell.run(&[&["check", "acme.gate", "+48223000002", "--at", AT], &ASKED[..], &log].concat()), 0);
    let verified = object(shell.run(&["audit", "verify", "decisions.log", "--key", "audit.key", "--json"]), 0);
    assert_eq!((&verified["intact"], &verified["decisions"]), (&true.into(), &1.into()));
    let replayed = object(shell.run(&["audit", "replay", "decisions.log", "--json"]), 0);
    assert_eq!((&replayed["agrees"], &replayed["chain"]["intact"]), (&true.into(), &true.into()));
    let text = std::fs::read_to_string(shell.at("decisions.log")).unwrap();
    shell.write("decisions.log", &text.replacen("\"allow\"", "\"deny\"", 1));
    let broken = object(shell.run(&["audit", "verify", "decisions.log", "--json"]), 1);
    assert!(broken["intact"] == false && !broken["breaks"].as_array().unwrap().is_empty(), "{broken}");
}
