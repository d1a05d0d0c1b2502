//! Gates: opening a snapshot, putting another in its place, closing.

use std::ffi::c_char;

use dialgate::{Gate, Ledger};

use crate::entry::{Failure, call};
use crate::handle::{self, Object};
use crate::status::Status;
use crate::text::{self, NAME};

/// A gate: an opened snapshot. Zero is none.
///
/// Thread-safe: any number of threads may use one handle at once, closing included. It belongs to the process and to
/// whatever it forks; `dialgate_close` ends it, and what was prepared from it goes on until it is closed itself.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type dialgate_gate = u64;

/// An opened ledger. Zero is none.
///
/// Thread-safe. It belongs to the process that opened it: a forked child opens its own. `dialgate_close` ends it;
/// gates that follow it go on.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type dialgate_ledger = u64;

/// What an action returns that succeeded.
pub const DONE: u32 = 1;

/// Runs an action: `DONE`, or zero.
pub(crate) fn action(work: impl FnOnce() -> Result<(), Failure>) -> u32 {
    call(|| work().map(|()| DONE), |_| 0)
}

/// Opens a snapshot: reads it whole into private memory and verifies it. Zero: it was not opened.
///
/// `key_file` is NULL unless the snapshot is sealed or has hashed entries, which every snapshot has that is compiled after
/// somebody was erased from its ledger: where there is a ledger give its key file from the first day on. A host that forks its workers opens before
/// the fork, so that they share the memory.
///
/// Thread-safe. The texts may be freed after the call. The handle is the caller's to close.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_open(path: *const c_char, key_file: *const c_char) -> dialgate_gate {
    let open = || {
        // SAFETY: the header asks the caller for what the callees need.
        let (path, key_file) =
            unsafe { (text::required(path, "the path", NAME)?, text::optional(key_file, "the key file's path")?) };
        let options = Gate::options();
        let options = match key_file {
            Some(key_file) => options.key_file(key_file),
            None => options,
        };
        let gate = options.open(path).map_err(|error| Failure::new(Status::Open, error.to_string()))?;
        handle::hold(Object::Gate(gate))
    };
    call(open, |_| 0)
}

/// Puts another snapshot in place of the current one, under running campaigns. Zero: the current one stays.
///
/// Thread-safe: questions that are being answered finish on the snapshot that they began with. `path` may be freed
/// after the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_replace(gate: dialgate_gate, path: *const c_char) -> u32 {
    action(|| {
        // SAFETY: the header asks the caller for what the callee needs.
        let path = unsafe { text::required(path, "the path", NAME) }?;
        let replace = |gate: &Gate| gate.replace(path).map_err(|error| Failure::new(Status::Open, error.to_string()));
        handle::gate(gate, replace)
    })
}

/// Opens a ledger that is there. Zero: it was not opened.
///
/// `key_file` is NULL where the key lies beside the ledger under its usual name (`PATH.key`). A host that forks opens
/// ledgers after the fork.
///
/// Thread-safe. The texts may be freed after the call. The handle is the caller's to close.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_ledger_open(path: *const c_char, key_file: *const c_char) -> dialgate_ledger {
    let open = || {
        // SAFETY: the header asks the caller for what the callees need.
        let (path, key_file) =
            unsafe { (text::required(path, "the path", NAME)?, text::optional(key_file, "the key file's path")?) };
        let ledger = Ledger::open(path, key_file.map(std::path::Path::new));
        handle::hold(Object::Ledger(ledger.map_err(|error| Failure::new(Status::Ledger, error.to_string()))?))
    };
    call(open, |_| 0)
}

/// Lets a gate, and all campaigns of it, follow a ledger: when this returns, everything that was committed counts.
/// Zero: the gate is as it was.
///
/// From then on the gate denies (`snapshot_expired`) when it cannot hear of the ledger, and in a forked child.
///
/// Thread-safe. Starts a thread that ends with the last handle of the gate. Neither handle is taken over.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_attach(gate: dialgate_gate, ledger: dialgate_ledger) -> u32 {
    action(|| {
        handle::gate(gate, |gate| {
            handle::ledger(ledger, |ledger| {
                gate.attach(ledger).map_err(|error| Failure::new(Status::Attach, error.to_string()))
            })
        })
    })
}

/// Closes a gate, campaign, ledger or reservation. Zero is allowed and does nothing; a handle that was closed already
/// is refused.
///
/// Thread-safe: calls that use the handle end first, and what it stood for is freed by the last of them. A
/// reservation that is closed counts as an attempt.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_close(handle: u64) -> u32 {
    action(|| if handle == 0 { Ok(()) } else { handle::close(handle) })
}
