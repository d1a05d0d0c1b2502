//! Explanations, as JSON.

use std::ffi::c_char;

use dialgate::Lead;

use crate::campaign::dialgate_campaign;
use crate::entry::{Failure, call};
use crate::handle;
use crate::lead::{self, dialgate_lead};
use crate::status::Status;

/// Writes why as one JSON object, the same as `dialgate explain --json` prints. The length without the final zero
/// byte; zero: nothing was written but, where there is room, an empty text.
///
/// `needed`, unless NULL, gets the size that the buffer must have; ask with a NULL buffer of size 0 to learn it
/// (status `buffer_too_small`). It holds the number: treat it as the personal data that it is.
///
/// Thread-safe. `buffer` has room for `size` bytes; nothing is kept of any argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_explain(
    campaign: dialgate_campaign,
    number: *const c_char,
    at: i64,
    buffer: *mut c_char,
    size: usize,
    needed: *mut usize,
) -> usize {
    let read = || {
        // SAFETY: the header asks the caller for what the callee needs.
        let number = unsafe { lead::written(number) }?;
        number.map(Lead::new).map_err(|error| Failure::new(Status::Number, error.to_string()))
    };
    // SAFETY: as above.
    unsafe { explain(campaign, read, at, (buffer, size), needed) }
}

/// The same for a lead.
///
/// Thread-safe. `buffer` has room for `size` bytes; nothing is kept of any argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_explain_lead(
    campaign: dialgate_campaign,
    lead: *const dialgate_lead,
    at: i64,
    buffer: *mut c_char,
    size: usize,
    needed: *mut usize,
) -> usize {
    let read = || {
        if lead.is_null() {
            return Err(Failure::new(Status::NullArgument, "the lead is NULL"));
        }
        // SAFETY: not NULL, so readable by the caller's promise; no alignment is assumed.
        unsafe { lead::read(&lead.read_unaligned()) }
    };
    // SAFETY: as above.
    unsafe { explain(campaign, read, at, (buffer, size), needed) }
}

/// # Safety
/// The buffer is NULL or writable for its size, `needed` NULL or writable.
unsafe fn explain(
    campaign: dialgate_campaign,
    read: impl FnOnce() -> Result<Lead, Failure>,
    at: i64,
    (buffer, size): (*mut c_char, usize),
    needed: *mut usize,
) -> usize {
    let tell = |length: usize| {
        if !needed.is_null() {
            // SAFETY: not NULL, so writable by the caller's promise; no alignment is assumed.
            unsafe { needed.write_unaligned(length) };
        }
    };
    if !buffer.is_null() && size > 0 {
        // SAFETY: not NULL and not empty, so its first byte is writable.
        unsafe { buffer.write(0) };
    }
    tell(0);
    let write = || {
        let at = lead::instant(at)?;
        let lead = read()?;
        let why = handle::campaign(campaign, |campaign| {
            Ok(match at {
                Some(at) => campaign.explain_lead(&lead, at),
                None => campaign.explain_lead_now(&lead),
            })
        })?;
        let json = serde_json::to_string(&why).map_err(|error| Failure::new(Status::Text, error.to_string()))?;
        let with_end = json.len().saturating_add(1);
        tell(with_end);
        if buffer.is_null() || size < with_end {
            let message = format!("the explanation takes {with_end} bytes, the buffer has {size}");
            return Err(Failure::new(Status::BufferTooSmall, message));
        }
        // SAFETY: the buffer is writable for `size` bytes, which are at least so many, and is not part of `json`.
        unsafe {
            buffer.copy_from_nonoverlapping(json.as_ptr().cast::<c_char>(), json.len());
            buffer.add(json.len()).write(0);
        }
        Ok(json.len())
    };
    call(write, |_| 0)
}
