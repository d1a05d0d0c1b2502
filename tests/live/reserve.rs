//! Attempts are reserved: a cap is never exceeded.

use std::process::{Command, Stdio};

use dialgate::vocabulary::{Outcome, Reason};
use dialgate::{Gate, Manifest};

use super::{Folder, ask, asked, campaign, event, french, person, settle};

/// A French number may be called so often in thirty days.
const CAP: usize = 4;

#[test]
fn an_attempt_that_was_reserved_counts_whatever_becomes_of_it() {
    let folder = Folder::new(0);
    let (gate, _ledger) = folder.live();
    let campaign = campaign(&gate);
    drop(campaign.reserve(french(0), asked()).unwrap());
    settle(campaign.reserve(french(0), asked()).unwrap(), Some(Outcome::NoAnswer));
    settle(campaign.reserve(french(0), asked()).unwrap(), Some(Outcome::Answered));
    let last = campaign.reserve(french(0), asked()).unwrap();
    assert!(last.decision().is_allowed());
    assert_eq!(ask(&campaign, french(0)), Some(Reason::AttemptCap), "while it is reserved");
    assert_eq!(campaign.reserve(french(0), asked()).unwrap_err().reason(), Some(Reason::AttemptCap));
    drop(last);
    assert_eq!(ask(&campaign, french(0)), Some(Reason::AttemptCap), "and after it was dropped");
    let later = asked() + chrono::TimeDelta::days(30);
    assert!(campaign.may_contact_at(french(0), later).reason() != Some(Reason::AttemptCap));
}

#[test]
fn only_a_release_gives_an_attempt_back_even_across_a_compile() {
    let folder = Folder::new(0);
    let (gate, _ledger) = folder.live();
    let campaign = campaign(&gate);
    let mut all: Vec<_> = (0..CAP).map(|_| campaign.reserve(french(0), asked()).unwrap()).collect();
    assert_eq!(ask(&campaign, french(0)), Some(Reason::AttemptCap));
    settle(all.pop().unwrap(), None);
    assert_eq!(ask(&campaign, french(0)), None);
    all.push(campaign.reserve(french(0), asked()).unwrap());
    // The attempts are in the new snapshot; what is given back now comes after it.
    gate.replace_from_bytes(&folder.image()).unwrap();
    assert_eq!(ask(&campaign, french(0)), Some(Reason::AttemptCap));
    settle(all.pop().unwrap(), None);
    assert_eq!(ask(&campaign, french(0)), None);
    let fresh = Gate::from_bytes(&folder.image()).unwrap();
    assert_eq!(ask(&super::campaign(&fresh), french(0)), None, "the next snapshot knows it too");
    all.push(campaign.reserve(french(0), asked()).unwrap());
    all.into_iter().for_each(|one| settle(one, Some(Outcome::NoAnswer)));
    assert_eq!(ask(&campaign, french(0)), Some(Reason::AttemptCap));
    let fresh = Gate::from_bytes(&folder.image()).unwrap();
    assert_eq!(ask(&super::campaign(&fresh), french(0)), Some(Reason::AttemptCap));
}

#[test]
fn a_refusal_committed_bars_at_the_next_check() {
    let folder = Folder::new(0);
    let (gate, _ledger) = folder.live();
    let campaign = campaign(&gate);
    settle(campaign.reserve(french(0), asked()).unwrap(), Some(Outcome::Refused));
    let next = asked() + chrono::TimeDelta::days(1);
    let reason = campaign.may_contact_at(french(0), next).reason();
    assert!(reason.is_some(), "France: sixty days of silence after a refusal");
    let fresh = Gate::from_bytes(&folder.image()).unwrap();
    assert_eq!(super::campaign(&fresh).may_contact_at(french(0), next).reason(), reason);
}

#[test]
fn nothing_is_reserved_without_a_ledger_nor_for_who_is_denied() {
    let folder = Folder::new(1);
    let bare = folder.gate();
    let reason = campaign(&bare).reserve(person(0), asked()).unwrap_err().reason();
    assert_eq!(reason, Some(Reason::SnapshotExpired));
    let (gate, ledger) = folder.live();
    ledger.record(&[event("withdrawal", person(0))]).unwrap();
    let reason = campaign(&gate).reserve(person(0), asked()).unwrap_err().reason();
    assert_eq!(reason, Some(Reason::Withdrawn));
    let held = ledger.subject(person(0), None).unwrap().to_json();
    assert!(!held.contains("\"attempt\""), "{held}");
}

#[test]
fn threads_that_reserve_at_once_never_exceed_a_cap() {
    let folder = Folder::new(0);
    let (gate, ledger) = folder.live();
    // Two gates on one handle, one on a handle of its own.
    let second = folder.gate();
    second.attach(&ledger).unwrap();
    let (third, _own) = folder.live();
    let granted: usize = std::thread::scope(|scope| {
        let gates = [&gate, &second, &third, &gate];
        let threads: Vec<_> = gates
            .into_iter()
            .map(|gate| {
                let campaign = campaign(gate);
                scope.spawn(move || {
                    let all = (0..10).flat_map(|round| (0..10).map(move |index| (round, index)));
                    all.filter(|(_, index)| campaign.reserve(french(*index), asked()).is_ok()).count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(granted, 10 * CAP, "each number as often as it may be called, and not once more");
}

/// The folder of a child that reserves.
const RESERVER: &str = "DIALGATE_LIVE_RESERVER";

#[test]
fn processes_that_reserve_at_once_never_exceed_a_cap_and_a_dead_ones_attempts_count() {
    let folder = Folder::new(0);
    let own = std::env::current_exe().unwrap();
    let children: Vec<_> = (0..4)
        .map(|_| {
            let mut child = Command::new(&own);
            child.args(["--exact", "reserve::reserver", "--nocapture"]).env(RESERVER, folder.path());
            child.stdout(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut granted = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        granted += text.matches("granted").count();
    }
    assert_eq!(granted, 20 * CAP);
    let gate = Gate::from_bytes(&folder.image()).unwrap();
    let campaign = campaign(&gate);
    assert!((0..20).all(|index| ask(&campaign, french(index)) == Some(Reason::AttemptCap)));
}

/// Not a test but the child of the one above: it dies with everything that it reserved.
#[test]
fn reserver() {
    use std::io::Write;
    let Some(path) = std::env::var_os(RESERVER) else { return };
    let path = std::path::PathBuf::from(path);
    let manifest = Manifest::load(path.join("gate.toml")).unwrap();
    let gate = Gate::from_bytes(manifest.compile().unwrap().as_bytes()).unwrap();
    gate.attach(&dialgate::Ledger::open(path.join("acme.ledger"), None).unwrap()).unwrap();
    let campaign = campaign(&gate);
    // Past the capture of the test harness.
    let mut out = std::fs::File::options().write(true).open("/dev/stdout").unwrap();
    let mut held = Vec::new();
    for _ in 0..CAP + 1 {
        for index in 0..20 {
            if let Ok(reservation) = campaign.reserve(french(index), asked()) {
                writeln!(out, "granted").unwrap();
                held.push(reservation);
            }
        }
    }
    std::process::abort();
}

#[test]
fn what_is_asked_now_asks_the_age_of_the_snapshot_too() {
    let folder = Folder::new(1);
    folder.set("as_of = \"2025-11-24T06:00:00Z\"", "as_of = \"2025-11-24T06:00:00Z\"\nmax_age_days = 1");
    let (gate, _ledger) = folder.live();
    let campaign = campaign(&gate);
    let (numbers, leads) = ([person(0)], [dialgate::Lead::new(person(0))]);
    let mut decisions = [dialgate::Decision::default()];

    campaign.screen(&numbers, asked(), &mut decisions).unwrap();
    assert!(decisions[0].is_allowed(), "at an instant that was given");
    campaign.screen_now(&numbers, &mut decisions).unwrap();
    assert_eq!(decisions[0].reason(), Some(Reason::SnapshotExpired));
    campaign.screen_leads(&leads, asked(), &mut decisions).unwrap();
    assert!(decisions[0].is_allowed(), "a lead at an instant that was given");
    campaign.screen_leads_now(&leads, &mut decisions).unwrap();
    assert_eq!(decisions[0].reason(), Some(Reason::SnapshotExpired));
    assert!(campaign.screen_now(&numbers, &mut []).is_err());

    let micros =
        |instant: Option<chrono::DateTime<chrono::Utc>>| instant.map_or(0, |instant| instant.timestamp_micros());
    let allow = campaign.may_contact_at(person(0), asked());
    assert_eq!((allow.retry_at_micros(), allow.valid_until_micros()), (0, micros(allow.valid_until())));
    // With an old snapshot nothing can be reserved: the cap is reached on a fresh one.
    let folder = Folder::new(0);
    let (gate, _ledger) = folder.live();
    let campaign = super::campaign(&gate);
    for _ in 0..CAP {
        settle(campaign.reserve(french(0), asked()).unwrap(), Some(Outcome::NoAnswer));
    }
    let capped = campaign.may_contact_at(french(0), asked());
    assert_eq!((capped.retry_at_micros(), capped.valid_until_micros()), (micros(capped.retry_at()), 0));
    assert!(capped.retry_at_micros() > 0);
}

#[test]
fn the_order_in_which_clocks_are_read_does_not_matter() {
    let folder = Folder::new(1);
    let (gate, ledger) = folder.live();
    let campaign = campaign(&gate);
    let later = asked() + chrono::TimeDelta::milliseconds(10);
    for _ in 0..CAP {
        drop(campaign.reserve(french(0), later).unwrap());
    }
    // Whoever read the clock before the others and comes after them.
    assert_eq!(campaign.reserve(french(0), asked()).unwrap_err().reason(), Some(Reason::AttemptCap));
    // A withdrawal that is dated later than the clock that was read, and recorded before it is used.
    let withdrawal = event("withdrawal", french(1)).replace("2025-11-20T10:00:00Z", "2025-11-24T14:30:00.005Z");
    ledger.record(&[withdrawal]).unwrap();
    assert_eq!(campaign.reserve(french(1), asked()).unwrap_err().reason(), Some(Reason::Withdrawn));
}

#[test]
fn a_cap_holds_among_handles_that_read_their_own_clocks() {
    let folder = Folder::new(0);
    let image = folder.image();
    for number in 2..6 {
        let granted = std::sync::atomic::AtomicUsize::new(0);
        let begun = std::time::Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    // As a process of its own would.
                    let gate = Gate::options().keys(folder.keys()).open_bytes(&image).unwrap();
                    gate.attach(&folder.ledger()).unwrap();
                    let campaign = campaign(&gate);
                    for _ in 0..3 {
                        let at = asked() + begun.elapsed();
                        if campaign.reserve(french(number), at).is_ok() {
                            granted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        assert_eq!(granted.into_inner(), CAP);
    }
}
