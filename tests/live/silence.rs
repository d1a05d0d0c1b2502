//! A ledger that stays busy: what was not heard for too long may be a revocation.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use dialgate::vocabulary::Reason;

use super::attach::until;
use super::{Folder, ask, campaign, event, person};

/// The file that the child locks.
const LOCKED: &str = "DIALGATE_LIVE_LOCKED";

#[test]
#[cfg(target_os = "linux")]
fn a_feed_that_is_silent_for_too_long_denies_until_it_is_heard_again() {
    let folder = Folder::new(2);
    folder.set("path = \"acme.ledger\"\n", "path = \"acme.ledger\"\nmax_silence_seconds = 1\n");
    let (gate, ledger) = folder.live();
    let campaign = campaign(&gate);
    until(|| ask(&campaign, person(0)).is_none());

    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "silence::locker", "--nocapture"]).env(LOCKED, folder.at("acme.ledger-shm"));
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line.ends_with("locked")), "the child locked nothing");
    // Busy is no failure: while the lock stands, only the silence can deny, and it does not stand for long.
    until(|| ask(&campaign, person(0)) == Some(Reason::SnapshotExpired));
    drop(child.stdin.take());
    assert!(said.any(|line| line == "released"), "what denied was not the silence");
    assert!(child.wait().unwrap().success());

    until(|| ask(&campaign, person(0)).is_none());
    ledger.record(&[event("withdrawal", person(0))]).unwrap();
    assert_eq!(ask(&campaign, person(0)), Some(Reason::Withdrawn));
}

/// Not a test but the child of the one above: locks out every reader of the write-ahead log's index for a while.
#[test]
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the standard library has no locks on parts of a file")]
fn locker() {
    use std::os::fd::AsRawFd;
    let Some(path) = std::env::var_os(LOCKED) else { return };
    let file = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    // SAFETY: all of its fields are integers.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    // The eight locks of the format, whatever they are for.
    (lock.l_type, lock.l_start, lock.l_len) = (libc::F_WRLCK.try_into().unwrap(), 120, 8);
    // SAFETY: the descriptor is open and `lock` outlives the call.
    assert_eq!(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLKW, &raw const lock) }, 0);
    println!("\nlocked");
    std::io::stdout().flush().unwrap();
    let (told, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || told.send(std::io::stdin().lines().count()));
    // Less than the ten seconds after which a reader calls the ledger broken instead of busy.
    let asked_to = heard.recv_timeout(std::time::Duration::from_secs(8)).is_ok();
    drop(file);
    println!("\n{}", if asked_to { "released" } else { "given up" });
}
