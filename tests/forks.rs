//! A process that is forked while another thread asks goes on answering.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
#![expect(unsafe_code, reason = "the standard library cannot fork")]

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use dialgate::vocabulary::Channel;
use dialgate::{Gate, Manifest, Number};

/// Enough to meet a thread that is preparing a question.
const FORKS: u32 = 6_000;
/// Many purposes make preparing take longer.
const PURPOSES: u32 = 1_000;

#[test]
fn no_child_waits_for_a_thread_that_stayed_in_the_parent() {
    let folder = tempfile::tempdir().unwrap();
    let mut manifest =
        "controller = \"acme\"\nas_of = \"2026-11-20T00:00:00Z\"\n[[controllers]]\nid = \"acme\"\n".to_owned();
    (0..PURPOSES)
        .for_each(|purpose| write!(manifest, "[[purposes]]\nid = \"p{purpose}\"\nclass = \"marketing\"\n").unwrap());
    std::fs::write(folder.path().join("gate.toml"), manifest).unwrap();
    let image = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().unwrap();
    let gate = Gate::from_bytes(image.as_bytes()).unwrap();
    let campaign = gate.campaign().purpose("p1").channel(Channel::ManualCall).prepare().unwrap();
    let number: Number = "+48223000001".parse().unwrap();
    let is_over = AtomicBool::new(false);
    let hung = std::thread::scope(|scope| {
        // After every replacement the next question is prepared anew.
        scope.spawn(|| {
            while !is_over.load(Ordering::SeqCst) {
                gate.replace_from_bytes(image.as_bytes()).unwrap();
                let _ = campaign.may_contact(number);
            }
        });
        let hung = (0..FORKS).filter(|_| {
            // SAFETY: the child asks once and leaves at once, or is ended by its alarm.
            let child = unsafe { libc::fork() };
            assert!(child >= 0);
            if child == 0 {
                // SAFETY: an alarm for this child alone.
                unsafe { libc::alarm(10) };
                let decision = campaign.may_contact(number);
                // SAFETY: ends this child without running what belongs to the parent.
                unsafe { libc::_exit(i32::from(decision.is_allowed())) };
            }
            let mut status = 0;
            // SAFETY: waits for that child; `status` outlives the call.
            assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
            status != 0
        });
        let hung = hung.count();
        is_over.store(true, Ordering::SeqCst);
        hung
    });
    assert_eq!(hung, 0, "of {FORKS} children so many were not answered, or wrongly");
}
