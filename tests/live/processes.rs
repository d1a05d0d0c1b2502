//! Four processes write and four check: nothing is lost, nothing is there twice, and revocations are seen soon.
//!
//! Runs for `DIALGATE_LIVE_SECONDS` (default 3) and prints how soon.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use dialgate::vocabulary::Reason;
use dialgate::{Gate, Ledger};

use super::{Folder, ask, campaign, event, person};

const WRITERS: u64 = 4;
const CHECKERS: u64 = 4;
/// People of each writer, for each second: more than it can revoke.
const EACH_SECOND: u64 = 2_000;
/// What a child is and where it works.
const ROLE: &str = "DIALGATE_LIVE_ROLE";
const FOLDER: &str = "DIALGATE_LIVE_FOLDER";
const SECONDS: &str = "DIALGATE_LIVE_SECONDS";

fn seconds() -> u64 {
    std::env::var(SECONDS).ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(3)
}

/// People of each writer.
fn each() -> u64 {
    EACH_SECOND * seconds()
}

fn micros() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64
}

fn child(folder: &Folder, role: &str) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "processes::child_of_many", "--nocapture"]);
    child.env(ROLE, role).env(FOLDER, folder.path());
    child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

/// `<what> <writer> <index> <microseconds>` lines, until the child ends.
fn said(child: &mut Child) -> Vec<(String, u64, u64, u64)> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut all = Vec::new();
    for line in lines.map_while(Result::ok) {
        if let [what @ ("acknowledged" | "seen" | "wrong"), writer, index, at] =
            *line.split(' ').collect::<Vec<_>>().as_slice()
        {
            all.push((what.to_owned(), writer.parse().unwrap(), index.parse().unwrap(), at.parse().unwrap()));
        }
    }
    assert!(child.wait().unwrap().success());
    all
}

#[test]
fn four_processes_write_and_four_check() {
    let folder = Folder::new(WRITERS * each());
    std::fs::write(folder.at("live.gate"), folder.image()).unwrap();
    let mut checkers: Vec<Child> = (0..CHECKERS).map(|_| child(&folder, "check")).collect();
    let mut writers: Vec<Child> = (0..WRITERS).map(|writer| child(&folder, &writer.to_string())).collect();
    let mut acknowledged = BTreeMap::new();
    let seen = std::thread::scope(|scope| {
        // Whoever does not read what a child says stops it.
        let mut asks: Vec<_> = checkers.iter_mut().map(|child| child.stdin.take().unwrap()).collect();
        let checkers: Vec<_> = checkers.iter_mut().map(|child| scope.spawn(move || said(child))).collect();
        let writers: Vec<_> = writers.iter_mut().map(|child| scope.spawn(move || said(child))).collect();
        for writer in writers {
            for (_, writer, index, at) in writer.join().unwrap() {
                assert_eq!(acknowledged.insert((writer, index), at), None);
            }
        }
        let counts: Vec<String> =
            (0..WRITERS).map(|writer| acknowledged.range((writer, 0)..(writer + 1, 0)).count().to_string()).collect();
        asks.iter_mut().for_each(|ask| writeln!(ask, "{}", counts.join(" ")).unwrap());
        checkers.into_iter().map(|checker| checker.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(acknowledged.len() > 40, "hardly anything was written: {}", acknowledged.len());
    let mut delays = Vec::new();
    for lines in &seen {
        assert!(lines.iter().all(|(what, ..)| what == "seen"), "allowed without reason or denied: {lines:?}");
        assert_eq!(lines.len(), acknowledged.len(), "every checker sees every revocation once");
        delays.extend(lines.iter().map(|(_, writer, index, at)| at.saturating_sub(acknowledged[&(*writer, *index)])));
    }
    delays.sort_unstable();
    let at = |share: usize| delays[(delays.len() - 1) * share / 1000];
    println!(
        "{} revocations, {} seen: {} us at the median, {} us at the 99th percentile, {} us at the 99.9th, {} us at most",
        acknowledged.len(),
        delays.len(),
        at(500),
        at(990),
        at(999),
        at(1000)
    );
    let ledger = folder.ledger();
    assert_eq!(ledger.record(&[""; 0]).unwrap().position, acknowledged.len() as u64, "nothing lost, nothing twice");
    let gate = Gate::from_bytes(&folder.image()).unwrap();
    let campaign = campaign(&gate);
    for (writer, index) in (0..WRITERS).flat_map(|writer| (0..each()).map(move |index| (writer, index))) {
        let expected = acknowledged.contains_key(&(writer, index)).then_some(WITHDRAWN);
        assert_eq!(ask(&campaign, person(writer * each() + index)), expected);
    }
}

/// Not a test but each of the children of the one above.
#[test]
fn child_of_many() {
    let (Ok(role), Some(folder)) = (std::env::var(ROLE), std::env::var_os(FOLDER)) else { return };
    let folder = PathBuf::from(folder);
    let ledger = Ledger::open(folder.join("acme.ledger"), None).unwrap();
    // Past the capture of the test harness.
    let mut out = std::fs::File::options().write(true).open("/dev/stdout").unwrap();
    if let Ok(writer) = role.parse::<u64>() {
        let begun = Instant::now();
        for index in 0..each() {
            ledger.record(&[event("withdrawal", person(writer * each() + index))]).unwrap();
            writeln!(out, "acknowledged {writer} {index} {}", micros()).unwrap();
            if begun.elapsed() > Duration::from_secs(seconds()) {
                return;
            }
        }
        return;
    }
    let gate = Gate::open(folder.join("live.gate")).unwrap();
    gate.attach(&ledger).unwrap();
    let campaign = campaign(&gate);
    let total = std::thread::spawn(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).unwrap();
        line.split_whitespace().map(|count| count.parse().unwrap()).collect::<Vec<u64>>()
    });
    let mut next = [0; WRITERS as usize];
    let mut total = Some(total);
    let mut counts: Option<Vec<u64>> = None;
    let begun = Instant::now();
    while counts.as_deref() != Some(&next) {
        for (writer, index) in (0..).zip(&mut next) {
            while *index < each() {
                match ask(&campaign, person(writer * each() + *index)) {
                    Some(WITHDRAWN) => writeln!(out, "seen {writer} {index} {}", micros()).unwrap(),
                    None => break,
                    Some(_) => return writeln!(out, "wrong {writer} {index} 0").unwrap(),
                }
                *index += 1;
            }
        }
        if let Some(done) = total.take_if(|total| total.is_finished()) {
            counts = Some(done.join().unwrap());
        }
        // What is never seen.
        assert!(begun.elapsed() < Duration::from_secs(seconds() + 60), "{next:?} of {counts:?}");
        std::thread::sleep(Duration::from_micros(500));
    }
}

const WITHDRAWN: Reason = Reason::Withdrawn;
