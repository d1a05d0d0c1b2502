//! Ctrl-C asks a run to stop, so that it can remove what it has half written.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Has the user asked to stop since [`watch`]?
pub(super) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// From now on Ctrl-C and a polite kill set a flag instead of ending the process.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the only way to a signal handler without another dependency")]
pub(super) fn watch() {
    extern "C" fn note(_signal: libc::c_int) {
        ASKED.store(true, Ordering::Relaxed);
    }
    let handler = note as extern "C" fn(libc::c_int) as libc::sighandler_t;
    for signal in [libc::SIGINT, libc::SIGTERM] {
        // SAFETY: `note` does nothing but store to a lock-free atomic, which a signal handler may do, and it
        // lives as long as the program. `signal` has no other precondition.
        unsafe { libc::signal(signal, handler) };
    }
}

/// Elsewhere the process ends as it always does.
#[cfg(not(unix))]
pub(super) fn watch() {}
