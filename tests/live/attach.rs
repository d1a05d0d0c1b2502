//! Attaching, hearing, and falling silent.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use dialgate::vocabulary::Reason;
use dialgate::{AttachError, Gate, Ledger};

use super::{Folder, ask, asked, campaign, event, person};

/// Longer than anything here may take; hit only by what does not happen at all.
const PATIENCE: Duration = Duration::from_secs(30);

#[track_caller]
pub(super) fn until(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "it did not come about");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_withdrawal_counts_before_the_call_that_records_it_returns() {
    let folder = Folder::new(200);
    let (gate, ledger) = folder.live();
    let campaign = campaign(&gate);
    for index in 0..200 {
        assert_eq!(ask(&campaign, person(index)), None);
        ledger.record(&[event("withdrawal", person(index))]).unwrap();
        assert_eq!(ask(&campaign, person(index)), Some(Reason::Withdrawn));
    }
}

#[test]
fn every_clone_and_every_way_to_ask_sees_it() {
    let folder = Folder::new(2);
    let (gate, ledger) = folder.live();
    let (clone, campaign, handle) = (gate.clone(), campaign(&gate), ledger.clone());
    handle.record(&[event("withdrawal", person(0))]).unwrap();
    let withdrawn = Some(Reason::Withdrawn);
    assert_eq!(ask(&super::campaign(&clone), person(0)), withdrawn);
    let purpose = dialgate::Purpose::named("own-offers");
    let channel = dialgate::vocabulary::Channel::ManualCall;
    assert_eq!(gate.may_contact_at(person(0), purpose, channel, asked()).reason(), withdrawn);
    let mut screened = [dialgate::Decision::default(); 2];
    campaign.screen(&[person(0), person(1)], asked(), &mut screened).unwrap();
    assert_eq!(screened.map(|decision| decision.reason()), [withdrawn, None]);
    assert_eq!(campaign.explain(person(0), asked()).reason, withdrawn);
}

#[test]
fn attaching_takes_in_what_was_recorded_since_the_snapshot() {
    let folder = Folder::new(2);
    let gate = folder.gate();
    let ledger = folder.ledger();
    ledger.record(&[event("withdrawal", person(0))]).unwrap();
    let campaign = campaign(&gate);
    assert_eq!(ask(&campaign, person(0)), None, "a snapshot alone knows nothing of it");
    gate.attach(&ledger).unwrap();
    assert_eq!(ask(&campaign, person(0)), Some(Reason::Withdrawn));
    assert_eq!(ask(&campaign, person(1)), None);
}

#[test]
fn another_handle_and_another_process_are_heard() {
    let folder = Folder::new(2);
    let (gate, _ledger) = folder.live();
    let campaign = campaign(&gate);
    folder.ledger().record(&[event("withdrawal", person(0))]).unwrap();
    until(|| ask(&campaign, person(0)) == Some(Reason::Withdrawn));
    std::fs::write(folder.at("more.jsonl"), event("opt_out", person(1))).unwrap();
    let binary = env!("CARGO_BIN_EXE_dialgate");
    let mut command = Command::new(binary);
    command.args(["record", "acme.ledger", "more.jsonl"]).current_dir(folder.path());
    assert!(command.output().unwrap().status.success());
    until(|| ask(&campaign, person(1)) == Some(Reason::OptedOut));
}

#[test]
fn a_consent_recorded_allows_at_once() {
    let folder = Folder::new(0);
    let (gate, ledger) = folder.live();
    let campaign = campaign(&gate);
    assert_eq!(ask(&campaign, person(5)), Some(Reason::ConsentMissing));
    ledger.record(&[super::consent(person(5))]).unwrap();
    assert_eq!(ask(&campaign, person(5)), None);
}

#[test]
fn a_ledger_that_cannot_be_read_denies() {
    let folder = Folder::new(1);
    let (gate, _ledger) = folder.live();
    let campaign = campaign(&gate);
    assert_eq!(ask(&campaign, person(0)), None);
    let raw = rusqlite::Connection::open(folder.at("acme.ledger")).unwrap();
    raw.execute_batch("DROP TABLE events").unwrap();
    until(|| ask(&campaign, person(0)) == Some(Reason::SnapshotExpired));
}

#[test]
fn a_dropped_gate_stops_following() {
    let folder = Folder::new(1);
    let threads = || std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    let before = threads();
    let (gate, ledger) = folder.live();
    drop(gate);
    if before > 0 {
        until(|| threads() <= before);
    }
    ledger.record(&[event("withdrawal", person(0))]).unwrap();
}

#[test]
fn another_ledger_is_refused_by_attach_and_by_replace() {
    let (folder, other) = (Folder::new(1), Folder::new(1));
    let gate = folder.gate();
    let error = gate.attach(&other.ledger()).unwrap_err();
    assert!(matches!(error, AttachError::OtherLedger { .. }), "{error}");
    let ledger = folder.ledger();
    gate.attach(&ledger).unwrap();
    let error = gate.replace_from_bytes(&other.image()).unwrap_err().to_string();
    assert!(error.contains("another ledger"), "{error}");
    ledger.record(&[event("withdrawal", person(0))]).unwrap();
    assert_eq!(ask(&campaign(&gate), person(0)), Some(Reason::Withdrawn), "it still follows its own");
}

#[test]
fn a_snapshot_without_a_ledger_cannot_follow_one() {
    let folder = Folder::new(1);
    let with = folder.gate();
    folder.set("[ledger]\npath = \"acme.ledger\"\n[attempts]\nsource = \"ledger\"\n", "");
    let gate = folder.gate();
    let ledger = folder.ledger();
    assert!(matches!(gate.attach(&ledger), Err(AttachError::NotCompiledWith)));
    with.attach(&ledger).unwrap();
    assert!(with.replace_from_bytes(&folder.image()).is_err(), "nor take the place of one that does");
}

#[test]
fn a_ledger_restored_from_an_old_backup_is_refused() {
    let folder = Folder::new(1);
    let backup = folder.at("backup.ledger");
    {
        let ledger = folder.ledger();
        ledger.vacuum().unwrap();
        std::fs::copy(folder.at("acme.ledger"), &backup).unwrap();
        ledger.record(&[event("withdrawal", person(0))]).unwrap();
    }
    let gate = folder.gate();
    let old = Ledger::open(&backup, Some(&folder.at("acme.ledger.key"))).unwrap();
    let error = gate.attach(&old).unwrap_err();
    assert!(matches!(error, AttachError::Behind { ledger: 0, snapshot: 1 }), "{error}");
}

#[test]
fn the_command_line_takes_in_a_ledger() {
    let folder = Folder::new(2);
    std::fs::write(folder.at("acme.gate"), folder.image()).unwrap();
    folder.ledger().record(&[event("withdrawal", person(0))]).unwrap();
    drop(Ledger::create(folder.at("other.ledger"), None).unwrap());
    let binary = env!("CARGO_BIN_EXE_dialgate");
    let run = |arguments: &[&str], more: &[&str]| {
        let question = ["--purpose", "own-offers", "--channel", "manual_call", "--at", super::ASKED];
        let mut command = Command::new(binary);
        let output = command.args(arguments).args(question).args(more).current_dir(folder.path()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let ledger = ["--ledger", "acme.ledger"];
    let [gone, other] = [0, 1].map(|index| person(index).to_string());
    assert_eq!(run(&["check", "acme.gate", &gone], &[]).0, 0, "a snapshot alone knows nothing of it");
    assert_eq!(run(&["check", "acme.gate", &gone], &ledger).0, 3);
    assert_eq!(run(&["check", "acme.gate", &other], &ledger).0, 0);
    assert_eq!(run(&["check", "gate.toml", &gone], &[]).0, 3, "a manifest is compiled with its ledger");
    let note = "warning: compiled with a ledger up to entry 0; what it heard since counts with --ledger only";
    assert!(run(&["check", "acme.gate", &gone], &[]).1.contains(note), "it is said, whatever the answer");
    assert!(!run(&["check", "acme.gate", &gone], &ledger).1.contains("note:"));
    assert!(!run(&["check", "gate.toml", &gone], &[]).1.contains("note:"));
    std::fs::write(folder.at("leads.csv"), format!("number\n{gone}\n{other}\n")).unwrap();
    let filter = ["filter", "acme.gate", "leads.csv", "-o", "clean.csv"];
    assert!(run(&filter, &[]).1.contains(note));
    assert_eq!(run(&filter, &ledger).0, 0);
    let clean = std::fs::read_to_string(folder.at("clean.csv")).unwrap();
    assert!(clean.contains(&other) && !clean.contains(&gone), "{clean}");
    for (source, more, why) in [
        ("gate.toml", "acme.ledger", "names its own ledger"),
        ("acme.gate", "other.ledger", "other.ledger"),
        ("acme.gate", "no.ledger", "no.ledger"),
    ] {
        let (code, told) = run(&["check", source, &other], &["--ledger", more]);
        assert!(code == 1 && told.contains(why), "{told}");
    }
}

/// The folder of the child that may write only small files.
const SMALL: &str = "DIALGATE_LIVE_SMALL";

#[test]
#[cfg(target_os = "linux")]
fn a_gate_denies_after_a_failed_write_until_its_ledger_is_opened_and_attached_anew() {
    let folder = Folder::new(2);
    let script = "trap '' XFSZ; ulimit -S -f 200; exec \"$0\" \"$@\"";
    let own = std::env::current_exe().unwrap();
    let mut child = Command::new("sh");
    child.args(["-c", script]).arg(own).args(["--exact", "attach::small_disk", "--nocapture"]);
    let output = child.env(SMALL, folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("it goes on"), "the child did not come to its end");
}

/// Not a test but the child of the one above.
#[test]
#[cfg(target_os = "linux")]
fn small_disk() {
    let Some(path) = std::env::var_os(SMALL) else { return };
    let path = std::path::PathBuf::from(path).join("acme.ledger");
    let manifest = dialgate::Manifest::load(path.with_file_name("gate.toml")).unwrap();
    let gate = Gate::from_bytes(manifest.compile().unwrap().as_bytes()).unwrap();
    let ledger = Ledger::open(&path, None).unwrap();
    gate.attach(&ledger).unwrap();
    let campaign = campaign(&gate);
    let long =
        |index: u64| event("opt_out", person(index)).replace('}', &format!(",\"via\":\"{}\"}}", "x".repeat(700)));
    let mut batches = (100..200).map(|batch| (batch * 10..batch * 10 + 10).map(long).collect::<Vec<_>>());
    let error = batches.find_map(|batch| ledger.record(&batch).err()).expect("the disk was never full");
    assert!(matches!(error, dialgate::LedgerError::Failed { .. }), "{error}");
    assert_eq!(ask(&campaign, person(0)), Some(Reason::SnapshotExpired), "what failed may have been a revocation");
    assert!(matches!(ledger.record(&[event("opt_out", person(1))]), Err(dialgate::LedgerError::Shut)));
    let own = std::process::id().to_string();
    assert!(Command::new("prlimit").args(["--pid", &own, "--fsize=unlimited"]).status().unwrap().success());
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(ask(&campaign, person(0)), Some(Reason::SnapshotExpired), "space alone does not bring it back");
    let ledger = Ledger::open(&path, None).unwrap();
    gate.attach(&ledger).unwrap();
    assert_eq!(ask(&campaign, person(0)), None);
    ledger.record(&[event("withdrawal", person(0))]).unwrap();
    assert_eq!(ask(&campaign, person(0)), Some(Reason::Withdrawn));
    println!("it goes on");
}

#[test]
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the standard library cannot fork")]
fn a_forked_child_denies() {
    let folder = Folder::new(1);
    let (gate, _ledger) = folder.live();
    let campaign = campaign(&gate);
    assert_eq!(ask(&campaign, person(0)), None);
    let mut status = 0;
    // SAFETY: the child asks, takes no lock that a thread of the parent may have held, and leaves at once.
    let child = unsafe { libc::fork() };
    assert!(child >= 0);
    if child == 0 {
        let denied = campaign.may_contact_at(person(0), asked()).reason() == Some(Reason::SnapshotExpired);
        let reserved = campaign.reserve(person(0), asked()).is_ok();
        // SAFETY: ends this child without running what belongs to the parent.
        unsafe { libc::_exit(i32::from(!denied || reserved)) };
    }
    // SAFETY: waits for that child; `status` outlives the call.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert_eq!(status, 0, "the child was allowed something");
    assert_eq!(ask(&campaign, person(0)), None, "the parent goes on");
}

#[test]
fn a_recompiled_snapshot_takes_over_while_revocations_arrive() {
    let folder = Folder::new(400);
    let (gate, ledger) = folder.live();
    let campaign = campaign(&gate);
    let swaps = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let swaps = &swaps;
        let writers: Vec<_> = (0..4_u64)
            .map(|writer| {
                let (ledger, campaign) = (ledger.clone(), campaign.clone());
                scope.spawn(move || {
                    for index in (writer * 100)..(writer * 100 + 100) {
                        // Twenty revocations of each at most between two snapshots.
                        until(|| swaps.load(Ordering::SeqCst) >= index % 100 / 20);
                        ledger.record(&[event("withdrawal", person(index))]).unwrap();
                        for known in (writer * 100)..=index {
                            assert_eq!(ask(&campaign, person(known)), Some(Reason::Withdrawn), "{known}");
                        }
                    }
                })
            })
            .collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            gate.replace_from_bytes(&folder.image()).unwrap();
            swaps.fetch_add(1, Ordering::SeqCst);
        }
    });
    let bare = Gate::from_bytes(&folder.image()).unwrap();
    let bare = super::campaign(&bare);
    for index in 0..400 {
        assert_eq!(ask(&campaign, person(index)), ask(&bare, person(index)));
    }
}
