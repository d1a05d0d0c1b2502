//! What every exported function goes through: nothing unwinds into C, and what failed can be asked afterwards.

use std::cell::{Cell, RefCell};
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::status::Status;

/// Why a call did nothing.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }
}

thread_local! {
    /// The status of the last call, and whether it left a message.
    static LAST: Cell<(Status, bool)> = const { Cell::new((Status::None, false)) };
    static MESSAGE: RefCell<CString> = RefCell::new(CString::default());
}

/// Runs one call. Whatever goes wrong, a panic included, ends in `failed`, which is told the status.
///
/// `AssertUnwindSafe`: what a call shares with others is the table of handles and the objects in it. The table
/// changes by single atomic steps, the objects are the crate's own, whose locks recover from a panic under them.
pub(crate) fn call<T>(work: impl FnOnce() -> Result<T, Failure>, failed: impl FnOnce(Status) -> T) -> T {
    let guarded = AssertUnwindSafe(|| {
        #[cfg(feature = "provoke")]
        provoke::fire();
        work()
    });
    let (status, message, value) = match catch_unwind(guarded) {
        Ok(Ok(value)) => (Status::Ok, None, Some(value)),
        Ok(Err(failure)) => (failure.status, Some(failure.message), None),
        Err(payload) => {
            // A payload whose own destructor panics must not get a second chance here.
            std::mem::forget(payload);
            let message = "the library met a defect of its own; nothing was decided or done by this call";
            (Status::Panicked, Some(message.to_owned()), None)
        }
    };
    remember(status, message);
    value.unwrap_or_else(|| failed(status))
}

/// Notes something beside a call that succeeded.
pub(crate) fn remark(text: String) {
    remember(Status::Ok, Some(text));
}

fn remember(status: Status, message: Option<String>) {
    // A thread that is ending has no memory of its own any more: then there is nobody to ask either.
    let text = message.and_then(|message| CString::new(message.replace('\0', " ")).ok());
    let _ = LAST.try_with(|last| last.set((status, text.is_some())));
    if let Some(text) = text {
        let _ = MESSAGE.try_with(|last| {
            if let Ok(mut last) = last.try_borrow_mut() {
                *last = text;
            }
        });
    }
}

/// The status of the last call on this thread.
pub(crate) fn last_status() -> Status {
    LAST.try_with(Cell::get).map_or(Status::None, |(status, _)| status)
}

/// What the last call on this thread had to say; valid until the next one.
pub(crate) fn last_message() -> *const c_char {
    let has = LAST.try_with(Cell::get).is_ok_and(|(_, has)| has);
    let text = if has {
        MESSAGE.try_with(|last| last.try_borrow().map_or(std::ptr::null(), |last| last.as_ptr())).unwrap_or_default()
    } else {
        std::ptr::null()
    };
    if text.is_null() { c"".as_ptr() } else { text }
}

/// Panics on request, so that tests see what becomes of one inside every function.
#[cfg(feature = "provoke")]
pub(crate) mod provoke {
    use std::cell::Cell;

    thread_local! {
        static ARMED: Cell<bool> = const { Cell::new(false) };
    }

    pub(crate) fn arm() {
        ARMED.set(true);
    }

    #[expect(clippy::panic, reason = "this is what it is for")]
    pub(super) fn fire() {
        if ARMED.replace(false) {
            panic!("provoked");
        }
    }
}
