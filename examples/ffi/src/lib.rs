//! dialgate for C: the functions behind `include/dialgate.h`, which is made from this source.
//!
//! # How nothing becomes a call by mistake
//!
//! Zero means *do not call*, on every path; `DIALGATE_MAY_CALL` is the one value that means the opposite. A function
//! that decides writes a denial to where its answer belongs before it looks at anything else, and whatever fails
//! later writes a denial there again, with the status why. A decision carries a checksum, so memory that was never
//! written, or that something else was written to, reads as a denial.
//!
//! # Panics
//!
//! Every exported function runs inside `entry::call`, which catches a panic, turns it into the status `panicked` and
//! returns zero. (The few that only return a constant or the last status stand outside; they have nothing to fail.)
//! The profiles of this package set `panic = "unwind"`: with `abort` nothing could be caught and the host would end.
//! Rust's message about the panic goes to standard error; the hook that writes it belongs to the process and is left
//! as it is. With the feature `provoke`, which is for tests, any next call can be made to panic, and the table of
//! misuse is run through every function that way.
//!
//! # Handles
//!
//! C holds numbers, not pointers: slot, kind, and a generation that was never used before; see `handle`. A closed,
//! foreign or truncated handle is told from its bits and the table alone, nothing is dereferenced. Looking one up is
//! an atomic read; there is no lock that a fork could leave closed.
//!
//! # What the process notices
//!
//! No signal handler, no environment, no locale, no working directory, no panic hook, no exit handler is touched.
//! Static memory is the table of handles; each thread keeps its last status and message. `dialgate_attach` starts one
//! thread, which ends with the gate; the shared library stays loaded (`-z nodelete`) so that it may. Descriptors are
//! opened close-on-exec.
//!
//! # What the caller promises
//!
//! Pointers are NULL or valid as the header says, texts end with a zero byte (it is looked for within 4096 bytes, in
//! records 64 KiB), and what is passed in does not change during the call. Alignment is not needed.

mod campaign;
mod decision;
mod entry;
mod explain;
mod gate;
mod handle;
mod lead;
mod ledger;
pub mod status;
mod text;
mod words;

pub use campaign::*;
pub use decision::*;
pub use explain::*;
pub use gate::*;
pub use lead::*;
pub use ledger::*;
pub use words::*;

/// For the tests of this package: the next call on this thread panics.
#[cfg(feature = "provoke")]
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_provoke_panic() {
    entry::provoke::arm();
}
