//! A ledger whose writer dies or whose disk fails: what was acknowledged is there, whole, and nothing else is half.
//!
//! The writer is this test binary, run again as a child (see [`writer`]), which prints every acknowledgement.
//! It is killed at random instants, and by strace at the n-th system call of a kind, or that call fails. So many
//! runs are made as `DIALGATE_CRASHES` says (default 60, a third of them without strace).
#![cfg(all(feature = "ledger", target_os = "linux"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use dialgate::{Ledger, LedgerError, Number};

/// Makes this binary a writer: the ledger's path.
const WRITER: &str = "DIALGATE_CRASH_WRITER";
/// Which round it is, and the batch to begin with: all write different records.
const ROUND: &str = "DIALGATE_CRASH_ROUND";
const FIRST: &str = "DIALGATE_CRASH_FIRST";
/// Records that a writer commits together.
const BATCH: u64 = 3;

fn runs() -> u64 {
    std::env::var("DIALGATE_CRASHES").ok().and_then(|runs| runs.parse().ok()).unwrap_or(60)
}

fn number(round: u64, batch: u64, row: u64) -> Number {
    Number::from_e164(48_220_000_000 + round * 100_000 + batch * 10 + row).unwrap()
}

fn record(round: u64, batch: u64, row: u64) -> String {
    let number = number(round, batch, row);
    // Long enough that pages fill and the log is checkpointed while the writer lives.
    let via = "x".repeat(700);
    format!(
        r#"{{"type":"withdrawal","number":"{number}","at":"2026-02-03T00:00:00Z","controller":"acme","id":"{round}-{batch}-{row}","via":"{via}"}}"#
    )
}

/// Not a test but the child that the tests kill: writes batches and prints which were acknowledged.
#[test]
fn writer() {
    let Ok(path) = std::env::var(WRITER) else { return };
    let round: u64 = std::env::var(ROUND).unwrap().parse().unwrap();
    // Past the capture of the test harness.
    let mut out = std::fs::File::options().write(true).open("/dev/stdout").unwrap();
    let ledger = match Ledger::open(&path, None) {
        Ok(ledger) => ledger,
        Err(error) => {
            writeln!(out, "unopened {error}").unwrap();
            return;
        }
    };
    writeln!(out, "open").unwrap();
    let first: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    for batch in first..first + 400 {
        let rows: Vec<String> = (0..BATCH).map(|row| record(round, batch, row)).collect();
        match ledger.record(&rows) {
            Ok(appended) => {
                assert_eq!((appended.recorded, appended.refused.len()), (BATCH, 0));
                writeln!(out, "ack {batch}").unwrap();
            }
            Err(LedgerError::Failed { .. }) => {
                // After a failed write nothing is acknowledged by this handle.
                assert!(matches!(ledger.record(&rows), Err(LedgerError::Shut)));
                writeln!(out, "failed {batch}").unwrap();
                return;
            }
            Err(error) => {
                writeln!(out, "error {batch} {error}").unwrap();
                return;
            }
        }
    }
    writeln!(out, "end").unwrap();
}

/// What a writer said before it ended.
#[derive(Default, Debug)]
struct Said {
    acknowledged: BTreeSet<u64>,
    failed: bool,
    ended: bool,
    /// By SIGKILL, or ended by itself with this code.
    killed: bool,
    code: Option<i32>,
    other: Vec<String>,
}

/// Runs a writer, under strace with these arguments if there are any, and kills it after a while if one is given.
fn write(path: &Path, round: u64, first: u64, strace: &[String], kill_after: Option<Duration>) -> Said {
    let own = std::env::current_exe().unwrap();
    let mut command = if strace.is_empty() {
        Command::new(&own)
    } else {
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null"]).args(strace).arg(&own);
        command
    };
    command.args(["--exact", "writer", "--nocapture", "--test-threads=1"]);
    command.env(WRITER, path).env(ROUND, round.to_string()).env(FIRST, first.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let killer = kill_after.map(|after| {
        let id = child.id();
        std::thread::spawn(move || {
            std::thread::sleep(after);
            // SIGKILL to that child alone; it may have ended.
            let _ = Command::new("kill").args(["-9", &id.to_string()]).stderr(Stdio::null()).status();
        })
    });
    let mut said = Said::default();
    for line in lines.map_while(Result::ok) {
        let mut words = line.split(' ');
        match (words.next(), words.next().and_then(|batch| batch.parse().ok())) {
            (Some("ack"), Some(batch)) => {
                said.acknowledged.insert(batch);
            }
            (Some("failed"), _) => said.failed = true,
            (Some("end"), None) => said.ended = true,
            (Some("unopened" | "error"), _) => said.other.push(line),
            _ => {}
        }
    }
    if let Some(killer) = killer {
        killer.join().unwrap();
    }
    let status = child.wait().unwrap();
    // strace ends as what it traced has ended.
    (said.killed, said.code) = (status.signal() == Some(9), status.code());
    said
}

/// Everything acknowledged is there, and of no batch only a part.
fn verify(path: &Path, round: u64, first: u64, said: &Said, what: &str) {
    let ledger = Ledger::open(path, None).unwrap_or_else(|error| panic!("{what}: {error}"));
    let mut rows: BTreeMap<u64, u64> = BTreeMap::new();
    let most = said.acknowledged.last().map_or(first + 2, |last| last + 3);
    for batch in first..most {
        for row in 0..BATCH {
            let held =
                ledger.subject(number(round, batch, row), None).unwrap_or_else(|error| panic!("{what}: {error}"));
            if !held.is_empty() {
                let text = held.to_json();
                assert!(text.contains(&format!("\"id\":\"{round}-{batch}-{row}\"")), "{what}: another's record");
                *rows.entry(batch).or_default() += 1;
            }
        }
    }
    for batch in &said.acknowledged {
        assert_eq!(rows.get(batch), Some(&BATCH), "{what}: batch {batch} was acknowledged");
    }
    assert!(rows.values().all(|count| *count == BATCH), "{what}: half a batch: {rows:?}");
    // At most the one that was under way is there without its acknowledgement.
    assert!(rows.len() <= said.acknowledged.len() + 1, "{what}: {} of {}", rows.len(), said.acknowledged.len());
    let raw = rusqlite::Connection::open(path).unwrap();
    let sound: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok", "{what}");
    // And it goes on.
    let batch = most + 1;
    let rows: Vec<String> = (0..BATCH).map(|row| record(round, batch, row)).collect();
    assert_eq!(ledger.record(&rows).unwrap().recorded, BATCH, "{what}");
}

/// A generator that a failing run can be repeated with.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

fn dice() -> Dice {
    let seed = std::env::var("DIALGATE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()) * 0x9E37_79B9 + 1);
    println!("DIALGATE_SEED={seed}");
    Dice(seed)
}

/// How often which thing happened to a writer.
fn tell(counts: &BTreeMap<String, u64>) {
    let all: Vec<String> = counts.iter().map(|(what, count)| format!("{what}: {count}")).collect();
    println!("{}", all.join(", "));
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_instant() {
    let mut dice = dice();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ledger");
    drop(Ledger::create(&path, None).unwrap());
    let mut counts = BTreeMap::new();
    for round in 0..runs() / 3 {
        let after = Duration::from_micros(3_000 + dice.below(150_000));
        let said = write(&path, round, 0, &[], Some(after));
        assert!(said.other.is_empty() && !said.failed, "{said:?}");
        verify(&path, round, 0, &said, &format!("round {round}, killed after {after:?}"));
        let when = match (said.ended, said.acknowledged.is_empty()) {
            (true, _) => "after the end",
            (_, true) => "before the first commit",
            _ => "between",
        };
        *counts.entry(when.to_owned()).or_default() += 1;
    }
    tell(&counts);
    assert!(counts.get("between").is_some_and(|between| *between * 3 > runs() / 3), "hardly a kill hit: {counts:?}");
}

/// Is strace there? If not the test fails, unless it was said that it may.
fn has_strace() -> bool {
    let works = Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if works.is_ok_and(|status| status.success()) {
        return true;
    }
    assert!(
        std::env::var_os("DIALGATE_NO_STRACE").is_some(),
        "strace is missing, and without it no failing write is tested: install it (`apt-get install strace`), or \
         set DIALGATE_NO_STRACE=1 to go without"
    );
    eprintln!("WARNING: DIALGATE_NO_STRACE is set: NO FAILING WRITE WAS TESTED");
    false
}

#[test]
fn what_was_acknowledged_survives_a_failing_disk_and_a_kill_at_any_call() {
    if !has_strace() {
        return;
    }
    let mut dice = dice();
    let folder = tempfile::tempdir().unwrap();
    let mut counts = BTreeMap::new();
    for round in 0..runs() - runs() / 3 {
        // A ledger of its own for each round: a fault may lie in the first writes of a file as well.
        let path = folder.path().join(format!("{round}.ledger"));
        drop(Ledger::create(&path, None).unwrap());
        // Half of them are opened after a crash, so that faults meet the recovery as well.
        let before = (dice.below(2) == 0)
            .then(|| write(&path, round, 5_000, &[], Some(Duration::from_micros(20_000 + dice.below(100_000)))));
        let (call, most) = match dice.below(8) {
            0 => ("ftruncate", 3),
            1..4 => ("fsync,fdatasync", 300),
            _ => ("pwrite64", 900),
        };
        // The first ones are those of opening and recovery.
        let among = if dice.below(3) == 0 { 12.min(most) } else { most };
        let place = 1 + dice.below(among);
        let (fault, again) = match dice.below(4) {
            0 => ("error=EIO", ""),
            1 => ("error=EIO", "+"),
            2 => ("error=ENOSPC", "+"),
            _ => ("signal=SIGKILL", ""),
        };
        let what = format!("round {round}: {call} {fault} at {place}{again}, after a crash: {}", before.is_some());
        let mut strace = vec!["-e".to_owned(), format!("trace={call}")];
        strace.extend(["-e".to_owned(), format!("inject={call}:{fault}:when={place}{again}")]);
        // Only the ledger's files fail, not the pipe of the acknowledgements.
        for ending in ["", "-wal", "-shm", "-journal"] {
            strace.extend(["-P".to_owned(), format!("{}{ending}", path.display())]);
        }
        let said = write(&path, round, 0, &strace, None);
        assert!(said.killed || said.code == Some(0), "{what}: {said:?}");
        verify(&path, round, 0, &said, &what);
        if let Some(before) = before {
            verify(&path, round, 5_000, &before, &what);
        }
        let end = if said.failed {
            "shut"
        } else if said.ended {
            "not hit or harmless"
        } else if said.killed {
            "killed"
        } else {
            "not opened"
        };
        *counts.entry(format!("{call} {fault}{again} {end}")).or_default() += 1;
    }
    tell(&counts);
    let hit: u64 = counts.iter().filter(|(what, _)| !what.ends_with("harmless")).map(|(_, count)| count).sum();
    assert!(hit * 4 > runs() - runs() / 3, "hardly a fault hit: {counts:?}");
}

#[test]
fn writers_in_several_processes_lose_and_repeat_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ledger");
    drop(Ledger::create(&path, None).unwrap());
    let all: Vec<Said> = std::thread::scope(|scope| {
        let path = &path;
        let writers: Vec<_> = (0..4).map(|round| scope.spawn(move || write(path, round, 0, &[], None))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let mut acknowledged = 0;
    for (round, said) in (0..).zip(&all) {
        assert!(said.ended && said.other.is_empty(), "{said:?}");
        acknowledged += said.acknowledged.len() as u64 * BATCH;
        verify(&path, round, 0, said, &format!("writer {round}"));
    }
    let raw = rusqlite::Connection::open(&path).unwrap();
    let held: u64 = raw.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0)).unwrap() as u64;
    assert_eq!(held, acknowledged + 4 * BATCH, "what the writers wrote, and what `verify` added");
}
