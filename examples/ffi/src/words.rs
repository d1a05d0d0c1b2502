//! The names behind the numbers, what the last call said, and which library this is.

use std::ffi::{CStr, CString, c_char};
use std::sync::LazyLock;

use dialgate::vocabulary::{Basis, Channel, Obligation, Reason, Verdict};

use crate::entry::{self, Failure, call};
use crate::status::Status;
use crate::text::{self, NAME};

/// Version of this interface: it changes when a program must be compiled anew.
pub const ABI_VERSION: u32 = 1;

/// Names with a zero byte at their end, by number.
struct Names(Vec<(u32, CString)>);

impl Names {
    fn of(words: impl Iterator<Item = (u32, &'static str)>) -> Self {
        Self(words.map(|(code, slug)| (code, CString::new(slug).unwrap_or_default())).collect())
    }

    fn name(&self, code: u32) -> *const c_char {
        let found = || {
            let found = self.0.iter().find(|(other, _)| *other == code);
            found.map(|(_, name)| name.as_ptr()).ok_or_else(|| Failure::new(Status::Code, "this number has no name"))
        };
        call(found, |_| c"".as_ptr())
    }
}

macro_rules! names {
    ($name:ident of $words:ident) => {
        static $name: LazyLock<Names> =
            LazyLock::new(|| Names::of($words::ALL.iter().map(|word| (u32::from(word.code()), word.slug()))));
    };
}

names!(VERDICTS of Verdict);
names!(REASONS of Reason);
names!(OBLIGATIONS of Obligation);
names!(BASES of Basis);
static STATUSES: LazyLock<Names> =
    LazyLock::new(|| Names::of(Status::ALL.iter().map(|status| (status.code(), status.slug()))));

/// The name of a verdict, as in files and JSON; empty for a number that has none.
///
/// Thread-safe. The text belongs to the library and stays.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_verdict_name(verdict: u32) -> *const c_char {
    VERDICTS.name(verdict)
}

/// The name of a reason, as in files and JSON; empty for a number that has none.
///
/// Thread-safe. The text belongs to the library and stays.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_reason_name(reason: u32) -> *const c_char {
    REASONS.name(reason)
}

/// The name of an obligation, as in files and JSON; empty for a number that has none.
///
/// Thread-safe. The text belongs to the library and stays.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_obligation_name(obligation: u32) -> *const c_char {
    OBLIGATIONS.name(obligation)
}

/// The name of a legal basis, as in files and JSON; empty for a number that has none.
///
/// Thread-safe. The text belongs to the library and stays.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_basis_name(basis: u32) -> *const c_char {
    BASES.name(basis)
}

/// The name of a status; empty for a number that has none.
///
/// Thread-safe. The text belongs to the library and stays.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_status_name(status: u32) -> *const c_char {
    STATUSES.name(status)
}

/// The number of the channel with this name, for programs that read it from their configuration; zero: there is none.
///
/// Thread-safe. `name` may be freed after the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_channel(name: *const c_char) -> u32 {
    let find = || {
        // SAFETY: the header asks the caller for what the callee needs.
        let name = unsafe { text::required(name, "the channel's name", NAME) }?;
        let channel = Channel::from_slug(name).map(|channel| u32::from(channel.code()));
        channel.ok_or_else(|| Failure::new(Status::Code, "no channel has this name"))
    };
    call(find, |_| 0)
}

/// What became of the last call on this thread: `DIALGATE_STATUS_...`.
///
/// Thread-safe: every thread has its own. Does not change it.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_last_status() -> u32 {
    std::panic::catch_unwind(|| entry::last_status().code()).unwrap_or(0)
}

/// What was wrong with the last call on this thread, where, and what to do; empty when nothing was. Tells no number.
///
/// Thread-safe: every thread has its own. The text belongs to the library and holds until the next call on this
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_last_error() -> *const c_char {
    std::panic::catch_unwind(entry::last_message).unwrap_or(c"".as_ptr())
}

/// Version of the interface that this library has; compare it with `DIALGATE_ABI_VERSION`, with which the program was
/// compiled.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_abi_version() -> u32 {
    ABI_VERSION
}

/// Version of the library, as in `0.1.0`.
///
/// Thread-safe. The text belongs to the library and stays.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_version() -> *const c_char {
    const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };
    VERSION.as_ptr()
}
