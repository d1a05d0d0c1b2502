//! `--audit`, `dialgate audit verify` and `dialgate audit replay`.

use std::fs;
use std::process::{Command, Output};

use super::Folder;

struct Shell(Folder);

impl Shell {
    fn new() -> Self {
        let shell = Self(Folder::new());
        assert_eq!(shell.run(&["key", "new", "audit.key"]).0, 0);
        assert_eq!(shell.run(&["compile", "gate.toml", "-o", "acme.gate"]).0, 0);
        shell
    }

    /// Exit code, standard output and standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let binary = env!("CARGO_BIN_EXE_dialgate");
        let Output { status, stdout, stderr } =
            Command::new(binary).args(arguments).current_dir(self.0.0.path()).output().unwrap();
        (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
    }

    fn check(&self, number: &str, purpose: &str, more: &[&str]) -> (i32, String, String) {
        let at = super::ASKED;
        let asked = ["check", "acme.gate", number, "--purpose", purpose, "--channel", "manual_call", "--at", at];
        self.run(&[&asked, more].concat())
    }
}

const AUDIT: [&str; 4] = ["--audit", "decisions.log", "--audit-key", "audit.key"];

#[test]
fn checks_and_screenings_go_on_record_and_are_replayed() {
    let shell = Shell::new();
    assert_eq!(shell.check("+48223000000", "own-offers", &AUDIT).0, 0);
    assert_eq!(shell.check("+48223000015", "own-offers", &AUDIT).0, 3);
    assert_eq!(shell.check("no number", "own-offers", &AUDIT).0, 3);
    assert_eq!(shell.check("+48223000000", "no-purpose", &AUDIT).0, 3);
    let leads = "number,region\n+48223000000,PL\n+48223000001,\n+48223000015,\nnonsense,\n+48223000001,\n";
    fs::write(shell.0.at("leads.csv"), leads).unwrap();
    let asked = ["--purpose", "own-offers", "--channel", "manual_call", "--at", super::ASKED, "-o", "clean.csv"];
    let filter = [&["filter", "acme.gate", "leads.csv"], &asked[..], &AUDIT].concat();
    let (code, _, told) = shell.run(&filter);
    assert_eq!(code, 0, "{told}");
    assert_eq!(fs::read_to_string(shell.0.at("clean.csv")).unwrap().lines().count(), 1 + 3);

    let (code, told, _) = shell.run(&["audit", "verify", "decisions.log", "--key", "audit.key"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.starts_with("decisions.log: intact, 10 entries, 9 decisions\n"), "{told}");
    let (code, told, _) = shell.run(&["audit", "replay", "decisions.log"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("9 decisions replayed from their facts, 0 differences"), "{told}");
    let whole = ["audit", "replay", "decisions.log", "--key", "audit.key", "--gate", "acme.gate", "--number"];
    let (code, told, _) = shell.run(&[&whole[..], &["+48223000001"]].concat());
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("2 about the number were asked again of the whole gate"), "{told}");
    let log = fs::read_to_string(shell.0.at("decisions.log")).unwrap();
    assert!(!log.contains("223000") && !log.contains("no number") && !log.contains("nonsense"), "{log}");
}

#[test]
fn an_altered_log_is_told_with_its_line() {
    let shell = Shell::new();
    for number in ["+48223000000", "+48223000001", "+48223000002"] {
        assert_eq!(shell.check(number, "own-offers", &AUDIT).0, 0);
    }
    let (_, told, _) = shell.run(&["audit", "verify", "decisions.log"]);
    let head = told.lines().find_map(|line| line.trim().strip_prefix("head")).unwrap().trim().to_owned();
    assert_eq!(shell.run(&["audit", "verify", "decisions.log", "--head", &head]).0, 0);
    let log = fs::read_to_string(shell.0.at("decisions.log")).unwrap();
    let mut lines: Vec<&str> = log.lines().collect();
    lines.remove(2);
    fs::write(shell.0.at("decisions.log"), lines.join("\n") + "\n").unwrap();
    let (code, told, _) = shell.run(&["audit", "verify", "decisions.log"]);
    assert_eq!(code, 1);
    assert!(told.contains("NOT INTACT") && told.contains("line 3, byte "), "{told}");
    assert_eq!(shell.run(&["audit", "replay", "decisions.log"]).0, 1);
}

#[test]
fn a_decision_that_cannot_go_on_record_is_none() {
    let shell = Shell::new();
    fs::write(shell.0.at("decisions.log"), "something else\n").unwrap();
    let (code, answer, told) = shell.check("+48223000000", "own-offers", &AUDIT);
    assert_eq!((code, answer.as_str()), (1, ""));
    assert!(told.contains("not an audit log"), "{told}");
    let (code, answer, told) = shell.check("+48223000000", "own-offers", &["--audit", "other.log"]);
    assert_eq!((code, answer.as_str()), (2, ""));
    assert!(told.contains("--audit-key"), "{told}");
}

#[test]
fn an_emergency_reminds_of_the_log() {
    let shell = Shell::new();
    let (code, _, told) = shell.check("+48223000015", "alarm", &[]);
    assert!(code == 0 && told.contains("always to be audited"), "{told}");
    let (code, _, told) = shell.check("+48223000015", "alarm", &AUDIT);
    assert!(code == 0 && !told.contains("always to be audited"), "{told}");
}
