//! Ctrl-C, a polite kill and a closed terminal leave no half file and no stray one.

use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{ASKED, AT, Shell, manifest, sample};

/// Longer than anything here may take; hit only by what does not happen at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// The process that writes the first hidden file that appears in the folder.
fn writer(shell: &Shell) -> i32 {
    let begun = Instant::now();
    loop {
        // `.NAME.PROCESS.ATTEMPT.tmp`
        let hidden = shell.files().into_iter().find(|name| name.starts_with('.') && name.ends_with(".tmp"));
        if let Some(process) = hidden.as_deref().and_then(|name| name.rsplit('.').nth(2)) {
            return process.parse().unwrap();
        }
        assert!(begun.elapsed() < PATIENCE, "no hidden file appeared in {:?}", shell.files());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn send(signal: i32, process: i32) {
    let kill = ["-s", &signal.to_string(), &process.to_string()];
    assert!(std::process::Command::new("kill").args(kill).status().unwrap().success());
}

/// Runs a command that is stopped for some seconds at the sync before its file gets its name, and signals it there.
fn interrupted_at_the_sync(shell: &Shell, signal: i32, arguments: &[&str]) {
    let before = shell.files();
    let mut strace = std::process::Command::new("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:delay_enter=4000000"]);
    let child = strace
        .arg(env!("CARGO_BIN_EXE_dialgate"))
        .args(arguments)
        .current_dir(shell.0.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    send(signal, writer(shell));
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("interrupted") && output.stdout.is_empty(), "{told}");
    // `strace` ends as what it traced.
    assert_eq!(output.status.signal(), Some(signal), "{told}");
    assert_eq!(shell.files(), before, "{arguments:?}");
}

#[test]
fn a_compile_leaves_the_old_snapshot_and_nothing_else() {
    let shell = Shell::new();
    let old = std::fs::read(shell.at("acme.gate")).unwrap();
    let gate = sample("gate.toml");
    for (signal, name) in [(libc::SIGINT, "acme.gate"), (libc::SIGTERM, "new.gate"), (libc::SIGHUP, "acme.gate")] {
        interrupted_at_the_sync(&shell, signal, &["compile", &gate, "-o", name]);
        assert_eq!(std::fs::read(shell.at("acme.gate")).unwrap(), old);
    }
}

#[test]
fn a_compile_that_is_still_reading_ends_at_once() {
    let shell = Shell::empty();
    shell.write("gate.toml", &manifest("format = \"plain\"\npath = \"numbers.txt\""));
    let made = std::process::Command::new("mkfifo").arg(shell.at("numbers.txt")).status().unwrap();
    assert!(made.success());
    let before = shell.files();
    let child = shell
        .command(&["compile", "gate.toml", "-o", "own.gate", "--rejects", "rejects.csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The list never ends; the reject file has begun.
    let list = std::fs::File::options().write(true).open(shell.at("numbers.txt")).unwrap();
    send(libc::SIGINT, writer(&shell));
    let output = child.wait_with_output().unwrap();
    drop(list);
    assert_eq!(output.status.signal(), Some(libc::SIGINT));
    assert_eq!(shell.files(), before);
}

#[test]
fn a_screening_leaves_neither_of_its_files() {
    let shell = Shell::new();
    shell.write("clean.csv", "old");
    let leads = sample("leads.csv");
    let files = ["filter", "acme.gate", &leads, "-o", "clean.csv", "--rejected", "rest.csv", "--at", AT];
    interrupted_at_the_sync(&shell, libc::SIGINT, &[&files[..], &ASKED].concat());
    assert_eq!(std::fs::read_to_string(shell.at("clean.csv")).unwrap(), "old");
}

#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let shell = Shell::new();
    let leads = sample("leads.csv");
    // As `nohup` starts a program.
    let ignoring = r#"trap '' HUP; exec "$0" "$@""#;
    let mut strace = std::process::Command::new("sh");
    strace.args(["-c", ignoring, "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync"]);
    strace.args(["-e", "inject=fsync:delay_enter=2000000", env!("CARGO_BIN_EXE_dialgate")]);
    let files = ["filter", "acme.gate", &leads, "-o", "clean.csv", "--at", AT];
    let child =
        strace.args([&files[..], &ASKED].concat()).current_dir(shell.0.path()).stdout(Stdio::null()).spawn().unwrap();
    send(libc::SIGHUP, writer(&shell));
    assert!(child.wait_with_output().unwrap().status.success());
    assert_eq!(shell.files(), ["acme.gate", "clean.csv"]);
}
