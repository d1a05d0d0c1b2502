//! Texts that come from C.

use std::ffi::c_char;

use crate::entry::Failure;
use crate::status::Status;

/// The longest name, path or number that is read, and the longest record.
pub(crate) const NAME: usize = 4096;
pub(crate) const RECORD: usize = 65_536;

/// A text that must be there.
///
/// # Safety
/// `text` is NULL, or readable up to and including its first zero byte; it does not change while it is used.
pub(crate) unsafe fn required<'a>(text: *const c_char, what: &str, limit: usize) -> Result<&'a str, Failure> {
    // SAFETY: the caller's promise is the callee's.
    let bytes = unsafe { bytes(text, what, limit) }?;
    let missing = || Failure::new(Status::NullArgument, format!("{what} is NULL; it must be given"));
    utf8(bytes.ok_or_else(missing)?, what)
}

/// A text that may be NULL.
///
/// # Safety
/// As [`required`].
pub(crate) unsafe fn optional<'a>(text: *const c_char, what: &str) -> Result<Option<&'a str>, Failure> {
    // SAFETY: the caller's promise is the callee's.
    let bytes = unsafe { bytes(text, what, NAME) }?;
    bytes.map(|bytes| utf8(bytes, what)).transpose()
}

fn utf8<'a>(bytes: &'a [u8], what: &str) -> Result<&'a str, Failure> {
    std::str::from_utf8(bytes).map_err(|error| {
        Failure::new(Status::Text, format!("{what} is not UTF-8 from byte {} on", error.valid_up_to()))
    })
}

/// The bytes before the zero byte, which is looked for no further than `limit`.
///
/// # Safety
/// As [`required`].
unsafe fn bytes<'a>(text: *const c_char, what: &str, limit: usize) -> Result<Option<&'a [u8]>, Failure> {
    if text.is_null() {
        return Ok(None);
    }
    let mut length = 0_usize;
    // SAFETY: all bytes up to the first zero byte are readable, and none after it is read.
    while unsafe { *text.add(length) } != 0 {
        length = length.saturating_add(1);
        if length >= limit {
            let message = format!("{what} has no zero byte within {limit} bytes; end it, or shorten it");
            return Err(Failure::new(Status::Text, message));
        }
    }
    // SAFETY: these bytes were read just now, and stay as they are by the caller's promise.
    Ok(Some(unsafe { std::slice::from_raw_parts(text.cast::<u8>(), length) }))
}
