//! Crashes, full disks, and many writers.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use dialgate::{Audit, AuditError};

use super::{Folder, asked, breaks, campaign, intact, keys, number};

const ROLE: &str = "DIALGATE_AUDIT_ROLE";
const FOLDER: &str = "DIALGATE_AUDIT_FOLDER";

fn child(folder: &Folder, role: &str) -> Command {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "crash::child_that_writes", "--nocapture"]);
    child.env(ROLE, role).env(FOLDER, folder.0.path()).stdout(Stdio::piped());
    child
}

/// Asks on record, and says so: a number of times, or (0) for ever.
#[test]
fn child_that_writes() {
    let (Ok(role), Some(folder)) = (std::env::var(ROLE), std::env::var_os(FOLDER)) else { return };
    let folder = std::path::PathBuf::from(folder);
    let image = fs::read(folder.join("acme.gate")).unwrap();
    let audit = Audit::open(folder.join("decisions.log"), &keys()).unwrap();
    let campaign = campaign(&dialgate::Gate::from_bytes(&image).unwrap()).audit(&audit);
    let often: u64 = role.parse().unwrap();
    let mut asks = 0;
    while often == 0 || asks < often {
        match campaign.may_contact_at(number("+48223000003"), asked()) {
            Ok(decision) => assert!(decision.is_allowed()),
            Err(error) => {
                assert!(matches!(error, AuditError::Failed { .. }), "{error}");
                let again = campaign.may_contact_at(number("+48223000003"), asked());
                assert!(matches!(again, Err(AuditError::Shut)), "a shut log answers nothing");
                println!("\nfailed");
                return;
            }
        }
        asks += 1;
        println!("\nanswered");
    }
}

fn prepared() -> Folder {
    let folder = Folder::new();
    let image = dialgate::Manifest::load(folder.at("gate.toml")).unwrap().compile().unwrap();
    fs::write(folder.at("acme.gate"), image.as_bytes()).unwrap();
    folder
}

fn answered(said: impl Read) -> u64 {
    BufReader::new(said).lines().map_while(Result::ok).filter(|line| line == "answered").count() as u64
}

#[test]
fn whatever_was_answered_survives_the_death_of_the_process() {
    let folder = prepared();
    let mut sure = 0;
    for run in 0..25_u64 {
        let mut child: Child = child(&folder, "0").spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let mut here = 0;
        while here < run * run / 4 + 1 {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the child ended");
            here += u64::from(line == "answered\n");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        sure += here + answered(said);
        drop(folder.audit());
        let decisions = intact(&folder.log());
        assert!(decisions >= sure, "run {run}: {decisions} on record, {sure} were answered");
        // An entry may be on record whose answer nobody heard.
        sure = decisions;
    }
    assert!(sure > 1000, "hardly anything was written: {sure}");
}

#[test]
fn a_torn_last_line_is_put_on_record_at_every_length() {
    let folder = Folder::new();
    let audit = folder.logged(1);
    let heads = fs::read(folder.at("decisions.log.head")).unwrap();
    let _ = campaign(&folder.gate()).audit(&audit).may_contact_at(number("+48223000003"), asked()).unwrap();
    drop(audit);
    let whole = fs::read(folder.log()).unwrap();
    let begin = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for length in begin + 1..whole.len() {
        // The process died over the line, before it came to the head file.
        fs::write(folder.log(), &whole[..length]).unwrap();
        fs::write(folder.at("decisions.log.head"), &heads).unwrap();
        assert!(!breaks(&folder.log()).is_empty(), "an unfinished line is told");
        drop(folder.audit());
        let verified = Audit::verify(folder.log(), Some(&keys()), None).unwrap();
        assert!(verified.is_intact(), "{:?}", verified.breaks);
        assert_eq!((verified.decisions, verified.entries), (1, 3));
        assert!(verified.remarks[0].contains(&format!("{} bytes", length - begin)), "{:?}", verified.remarks);
    }
}

#[test]
fn a_line_that_was_cut_after_it_was_finished_is_a_loss() {
    let folder = Folder::new();
    drop(folder.logged(2));
    let whole = fs::read(folder.log()).unwrap();
    fs::write(folder.log(), &whole[..whole.len() - 9]).unwrap();
    drop(folder.audit());
    let found = breaks(&folder.log());
    assert!(found.iter().any(|what| what.contains("1 entry was lost")), "{found:?}");
}

#[test]
fn a_first_line_that_a_crash_cut_short_is_begun_anew() {
    let folder = Folder::new();
    drop(folder.audit());
    let whole = fs::read(folder.log()).unwrap();
    fs::remove_file(folder.at("decisions.log.head")).unwrap();
    for length in [0, 1, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(folder.log(), &whole[..length]).unwrap();
        let _ = fs::remove_file(folder.at("decisions.log.head"));
        drop(folder.audit());
        assert_eq!(intact(&folder.log()), 0);
    }
}

#[test]
#[cfg(unix)]
fn a_full_disk_answers_nothing_and_shuts_the_log() {
    let folder = prepared();
    let child = child(&folder, "0");
    let script = "trap '' XFSZ; ulimit -S -f 40; exec \"$0\" \"$@\"";
    let mut limited = Command::new("bash");
    limited.args(["-c", script]).arg(child.get_program()).args(child.get_args());
    limited.env(ROLE, "0").env(FOLDER, folder.0.path());
    let output = limited.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("\nfailed"), "{said}");
    let answers = answered(said.as_bytes());
    assert!(answers > 5);
    drop(folder.audit());
    assert_eq!(intact(&folder.log()), answers, "what was answered is on record, and nothing else");
}

#[test]
fn threads_and_processes_keep_one_chain() {
    const EACH: u64 = 300;
    let folder = prepared();
    let gate = folder.gate();
    let mut children: Vec<Child> =
        (0..3).map(|_| child(&folder, &EACH.to_string()).stdout(Stdio::null()).spawn().unwrap()).collect();
    std::thread::scope(|scope| {
        let shared = folder.audit();
        for handle in [shared.clone(), shared, folder.audit()] {
            let campaign = campaign(&gate).audit(&handle);
            scope.spawn(move || {
                for _ in 0..EACH {
                    let _ = campaign.may_contact_at(number("+48223000003"), asked()).unwrap();
                }
            });
        }
    });
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
    assert_eq!(intact(&folder.log()), 6 * EACH);
}

#[test]
#[cfg(unix)]
#[expect(unsafe_code, reason = "the standard library cannot fork")]
fn a_forked_child_cannot_write() {
    let folder = Folder::new();
    let audit = folder.logged(1);
    let campaign = campaign(&folder.gate()).audit(&audit);
    let mut status = 0;
    // SAFETY: the child asks, takes no lock that a thread of the parent may have held, and leaves at once.
    let child = unsafe { libc::fork() };
    assert!(child >= 0);
    if child == 0 {
        let refused = campaign.may_contact_at(number("+48223000003"), asked());
        // SAFETY: ends this child without running what belongs to the parent.
        unsafe { libc::_exit(i32::from(!matches!(refused, Err(AuditError::Forked)))) };
    }
    // SAFETY: waits for that child; `status` outlives the call.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert_eq!(status, 0);
    let _ = campaign.may_contact_at(number("+48223000003"), asked()).unwrap();
    drop(audit);
    assert_eq!(intact(&folder.log()), 2);
}

#[test]
#[cfg(unix)]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    drop(folder.logged(1));
    for name in ["decisions.log", "decisions.log.head"] {
        assert_eq!(fs::metadata(folder.at(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
