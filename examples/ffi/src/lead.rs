//! A number with what the caller knows, and instants and numbers as C gives them.

use std::ffi::c_char;

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Line, Party};
use dialgate::{Lead, Number, NumberError};

use crate::entry::{Failure, call};
use crate::status::Status;
use crate::text;

/// A number with what is known of the person. Begin with `DIALGATE_LEAD_INIT`.
///
/// What is given is joined with what the number says; where they differ, the rules and zones of both apply. A
/// region or zone that is not known denies. It is the caller's, and so are its texts: they are read during the call
/// only and may be freed after it. Any number of threads may ask about one at once, while nobody changes it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct dialgate_lead {
    /// `sizeof(dialgate_lead)`: another size is refused.
    pub struct_size: u32,
    /// `DIALGATE_PARTY_...`; zero is unknown, the stricter reading.
    pub party: u32,
    /// `DIALGATE_LINE_...`; zero is unknown, the stricter reading.
    pub line: u32,
    /// Zero.
    pub reserved: u32,
    /// E.164 digits without the plus, from `dialgate_number`; zero is no number and denies.
    pub number: u64,
    /// Where the person is (`PL`, `US-FL`), or NULL.
    pub region: *const c_char,
    /// The person's zone by its IANA name, or NULL.
    pub time_zone: *const c_char,
}

/// Microseconds of 2000-01-01 and 2200-01-01.
const EARLIEST: i64 = 946_684_800_000_000;
const LATEST: i64 = 7_258_118_400_000_000;
/// As an instant: now.
pub(crate) const NOW: i64 = i64::MIN;

/// The instant that is asked about; none: now.
///
/// Zero, seconds, milliseconds and nanoseconds fall outside of what is taken: to ask about 1970 by mistake would
/// forget every denial that is dated.
pub(crate) fn instant(at: i64) -> Result<Option<DateTime<Utc>>, Failure> {
    if at == NOW {
        return Ok(None);
    }
    let taken = Some(at).filter(|at| (EARLIEST..LATEST).contains(at)).and_then(DateTime::from_timestamp_micros);
    taken.map(Some).ok_or_else(|| {
        let message = "the instant is not in microseconds since 1970, between the years 2000 and 2200; \
                       for the present one give DIALGATE_NOW";
        Failure::new(Status::Instant, message)
    })
}

/// What is asked for in place of a number that cannot be read: too short for any plan, so `number_invalid`.
pub(crate) fn impossible() -> Number {
    Number::from_e164(1).unwrap_or_else(|| unreachable!("1 is a digit"))
}

/// The number with these digits, or one that cannot be.
pub(crate) fn number(digits: u64) -> Number {
    Number::from_e164(digits).unwrap_or_else(impossible)
}

/// The number that is written there, or why it is none.
///
/// # Safety
/// As [`text::required`].
pub(crate) unsafe fn written(text: *const c_char) -> Result<Result<Number, NumberError>, Failure> {
    // SAFETY: the caller's promise is the callee's.
    let written = unsafe { text::required(text, "the number", 128) };
    match written {
        Ok(text) => Ok(Number::from_international(text)),
        // Letters of another encoding, or far too many, are no number: that is a decision.
        Err(failure) if failure.status == Status::Text => Ok("".parse()),
        Err(failure) => Err(failure),
    }
}

/// Reads a lead.
///
/// # Safety
/// The texts are NULL or end with a zero byte.
pub(crate) unsafe fn read(lead: &dialgate_lead) -> Result<Lead, Failure> {
    if lead.struct_size as usize != size_of::<dialgate_lead>() || lead.reserved != 0 {
        let expected = size_of::<dialgate_lead>();
        let message = format!("`struct_size` must be {expected} and `reserved` 0; begin with DIALGATE_LEAD_INIT");
        return Err(Failure::new(Status::StructSize, message));
    }
    let code = |what: &str, code: u32| Failure::new(Status::Code, format!("{what} {code} stands for nothing"));
    let party = u8::try_from(lead.party).ok().and_then(Party::from_code);
    let line = u8::try_from(lead.line).ok().and_then(Line::from_code);
    let mut read = Lead::new(number(lead.number))
        .party(party.ok_or_else(|| code("party", lead.party))?)
        .line(line.ok_or_else(|| code("line", lead.line))?);
    // SAFETY: the caller's promise is the callee's, for both texts.
    let (region, zone) =
        unsafe { (text::optional(lead.region, "the region")?, text::optional(lead.time_zone, "the time zone")?) };
    if let Some(region) = region {
        read = read.region(region);
    }
    if let Some(zone) = zone {
        read = read.time_zone(zone);
    }
    Ok(read)
}

/// The digits of a number that is written in international form: `+` or `00`, then digits, among which spaces, dots,
/// hyphens and parentheses may stand. Zero: it is none.
///
/// Thread-safe. `text` is read only and may be freed after the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_number(text: *const c_char) -> u64 {
    let read = || {
        // SAFETY: the header asks the caller for what the callee needs.
        let number = unsafe { written(text) }?;
        number.map(Number::as_u64).map_err(|error| Failure::new(Status::Number, error.to_string()))
    };
    call(read, |_| 0)
}
