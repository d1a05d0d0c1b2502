//! What a stranger reads who did something wrong.

use super::{ASKED, AT, Shell, manifest, sample};

/// Fails, and says this once; no cause and no file is told twice.
fn fails(shell: &Shell, arguments: &[&str], expected: &str) {
    let ran = shell.run(arguments);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{arguments:?}: {}", ran.err);
    assert!(ran.err.starts_with("error: ") && ran.err.contains(expected), "{arguments:?}: {}", ran.err);
    for once in ["os error", "`no.gate`", "no.log", "no.ledger:", "(os error 2)"] {
        assert!(ran.err.matches(once).count() <= 1, "{once} is told twice: {}", ran.err);
    }
}

#[test]
fn what_cannot_be_opened_is_named_once_with_its_remedy() {
    let shell = Shell::new();
    let (leads, gate) = (sample("leads.csv"), sample("gate.toml"));
    let with = |words: &[&str]| -> Vec<String> { words.iter().chain(&ASKED).map(|word| (*word).to_owned()).collect() };
    let cases: Vec<(Vec<String>, &str)> = vec![
        (with(&["check", "no.gate", "+48223000002"]), "cannot open the snapshot `no.gate`: cannot be read: "),
        (with(&["check", &leads, "+48223000002"]), "give a file that `dialgate compile` wrote"),
        (with(&["check", "no.toml", "+48223000002"]), "no.toml: cannot read the manifest"),
        (with(&["check", "acme.gate", "+48223000002", "--ledger", "no.ledger"]), "`dialgate record --create`"),
        (
            with(&["filter", "acme.gate", "no.csv", "-o", "x.csv"]),
            "cannot open `no.csv`: No such file or directory (os error 2); check the path",
        ),
        (with(&["filter", "acme.gate", "acme.gate", "-o", "x.csv"]), "no column `number` or `phone` in the header `…`"),
        (
            with(&["filter", "acme.gate", &leads, "-o", "no/such\0".trim_end_matches('\0'), "--number-column", "tel"]),
            "no column `tel`",
        ),
        (with(&["compare", "acme.gate", &leads, "--verdict-column", "status"]), "no column `status`"),
        (["compile", "acme.gate", "-o", "y.gate"].map(str::to_owned).to_vec(), "a snapshot, not a manifest"),
        (["compile", &gate, "-o", "."].map(str::to_owned).to_vec(), "`.` is a folder"),
        (["inspect", "no.gate"].map(str::to_owned).to_vec(), "check that the file exists"),
        (["verify", &leads].map(str::to_owned).to_vec(), "not a snapshot"),
        (
            ["rules", "--jurisdiction", "Poland"].map(str::to_owned).to_vec(),
            "no pack speaks for `Poland`; there are AT, ",
        ),
        (["conformity", "no.toml"].map(str::to_owned).to_vec(), "check the path"),
        (["hash", "--key", "no.key"].map(str::to_owned).to_vec(), "there is no such file"),
        (["subject", "no.ledger", "+48223000001"].map(str::to_owned).to_vec(), "no ledger is there"),
        (["subject", "acme.gate", "+48223000001"].map(str::to_owned).to_vec(), "not a ledger"),
        (["audit", "verify", "no.log"].map(str::to_owned).to_vec(), "could not be read"),
    ];
    for (arguments, expected) in cases {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        fails(&shell, &arguments, expected);
    }
    assert_eq!(shell.files(), ["acme.gate"], "nothing is left behind");
}

#[test]
fn a_word_that_the_gate_does_not_know_is_named_beside_the_decision() {
    let shell = Shell::new();
    let check = |more: &[&str]| {
        let ran = shell.run(&[&["check", "acme.gate", "+48223000002", "--at", AT, "--json"], more].concat());
        assert_eq!(ran.code, Some(3), "{}", ran.err);
        let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        (answer["reason"].as_str().unwrap().to_owned(), ran.err)
    };
    for (words, named) in [
        (
            &["--purpose", "own-ofers", "--channel", "sms"][..],
            "purpose `own-ofers` is not in the snapshot, which knows `charity`",
        ),
        (
            &["--purpose", "own-offers", "--channel", "call"],
            "channel `call` is not known, expected one of `manual_call`",
        ),
        (
            &["--purpose", "own-offers", "--channel", "sms", "--controller", "acmee"],
            "controller `acmee` is not in the snapshot, which knows `acme`, `beta`",
        ),
    ] {
        let (reason, told) = check(words);
        assert_eq!(reason, "question_unknown");
        assert!(told.contains("warning: ") && told.contains(named), "{told}");
    }
    let (reason, told) = check(&[&ASKED[..], &["--time-zone", "Warsaw"]].concat());
    assert!(reason == "time_zone_unknown" && told.contains("`Warsaw`") && told.contains("Europe/Warsaw"), "{told}");
    let (reason, told) = check(&[&ASKED[..], &["--region", "XX"]].concat());
    assert!(reason == "jurisdiction_unknown" && told.contains("region `XX`"), "{told}");
    let national = shell.run(&[&["check", "acme.gate", "22 300 00 02"], &ASKED[..]].concat());
    assert!(national.code == Some(3) && national.err.contains("--default-region"), "{}", national.err);
    assert!(!national.err.contains("300 00 02"), "a message tells no number");
    let known = shell.run(&[&["check", "acme.gate", "+48223000002", "--at", AT], &ASKED[..]].concat());
    assert_eq!((known.code, known.err.as_str()), (Some(0), ""));
}

#[test]
fn a_comment_in_a_list_is_refused_with_what_to_do() {
    let shell = Shell::empty();
    for format in ["plain", "ftc", "vicidial"] {
        shell.write("gate.toml", &manifest(&format!("format = \"{format}\"\npath = \"numbers.txt\"")));
        shell.write("numbers.txt", "+12025550101\n# off the list since May: +12025550102\n");
        fails(&shell, &["compile", "gate.toml", "-o", "own.gate"], "numbers.txt:2: ");
        fails(
            &shell,
            &["compile", "gate.toml", "-o", "own.gate"],
            "begins with `#`: lists have no comments, remove it",
        );
    }
    assert_eq!(shell.files(), ["gate.toml", "numbers.txt"]);
}

#[test]
fn a_denial_that_is_dated_ahead_counts_at_once_and_is_reported() {
    let shell = Shell::empty();
    let list = "format = \"csv\"\npath = \"own.csv\"\ncolumns = { number = \"phone\", added = \"date\" }\n\
                [[records]]\npath = \"records.jsonl\"";
    shell.write("gate.toml", &manifest(list));
    shell.write("own.csv", "phone,date\n+48223000007,2027-05-01\n+48223000008,2026-05-01\n");
    let withdrawal = r#"{"type":"withdrawal","number":"+48223000009","at":"2027-05-01T10:00:00Z"}"#;
    shell.write("records.jsonl", &format!("{withdrawal}\n"));
    let ran = shell.run(&["compile", "gate.toml", "-o", "own.gate"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let told = ran.err.matches("1 row kept: dated later than the data: it counts at once").count();
    assert_eq!(told, 2, "{}", ran.err);
    for (number, reason) in [("+48223000007", "opted_out"), ("+48223000009", "withdrawn")] {
        let ran = shell.run(&["check", "own.gate", number, "--purpose", "marketing", "--channel", "sms", "--at", AT]);
        assert!(ran.out.contains(reason), "{}", ran.out);
    }
    let ran = shell.run(&["record", "own.ledger", "records.jsonl", "--create"]);
    let far = withdrawal.replace("2027", "2127");
    shell.write("far.jsonl", &far);
    let ahead = shell.run(&["record", "own.ledger", "far.jsonl"]);
    assert!(ran.code == Some(0) && ahead.err.contains("far.jsonl:1: kept, but: dated later"), "{}", ahead.err);
}

#[test]
fn the_reject_file_is_sorted_and_keeps_the_commas_of_a_row() {
    let shell = Shell::empty();
    let list = |id: &str| {
        format!(
            "[[lists]]\nid = \"{id}\"\nkind = \"opt_out\"\nformat = \"csv\"\npath = \"{id}.csv\"\nregion = \"US\"\n\
             as_of = \"2026-11-23T06:00:00Z\"\ncolumns = {{ number = \"phone\", until = \"end\" }}\n"
        )
    };
    let all = manifest("format = \"plain\"\npath = \"numbers.txt\"\nregion = \"US\"\n")
        + &["a", "b", "c", "d"].map(list).concat();
    shell.write("gate.toml", &all);
    shell.write("numbers.txt", "+12025550101\n123\n");
    for name in ["d", "c", "b", "a"] {
        let rows: String = (0..40).map(|row| format!("+482230000{row:02},\"never, {name}\"\n")).collect();
        shell.write(&format!("{name}.csv"), &format!("phone,end\n{rows}12,\n"));
    }
    let rejects = || {
        let ran = shell.run(&["compile", "gate.toml", "-o", "own.gate", "--rejects", "rejects.csv"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        std::fs::read_to_string(shell.at("rejects.csv")).unwrap()
    };
    let first = rejects();
    let mut reader = csv::Reader::from_reader(first.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4 * 41 + 1);
    let keys: Vec<(String, u64)> = rows.iter().map(|row| (row[0].to_owned(), row[1].parse().unwrap())).collect();
    assert!(keys.is_sorted(), "by file and line");
    assert!(rows[0][0].ends_with("a.csv") && &rows[0][4] == "+48223000000,\"never, a\"", "{:?}", rows[0]);
    assert_eq!((&rows[40][2], &rows[40][4]), ("rejected", "12,"));
    for _ in 0..3 {
        assert_eq!(rejects(), first);
    }
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(shell.at("rejects.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "its owner alone may read it");
}
