//! What happens is recorded, and attempts are reserved.

use std::ffi::c_char;
use std::sync::Mutex;
use std::time::SystemTime;

use chrono::DateTime;
use dialgate::vocabulary::Outcome;
use dialgate::{Decision, Lead, Reservation};

use crate::campaign::{answer, dialgate_campaign};
use crate::decision::dialgate_decision;
use crate::entry::{Failure, remark};
use crate::gate::{action, dialgate_ledger};
use crate::handle::{self, Object};
use crate::lead::{self, dialgate_lead};
use crate::status::Status;
use crate::text::{self, RECORD};

/// An attempt that is on record before it is made. Zero is none.
///
/// Thread-safe: of several that end it at once one succeeds. `dialgate_commit`, `dialgate_release` and
/// `dialgate_close` end it; unless it is released the attempt counts. A forked child cannot end it.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type dialgate_reservation = u64;

/// Appends one record, a JSON object as files of records have it. Durable when it returns, and counted by the next
/// question of every gate in this process that follows this handle. Zero: nothing was acknowledged.
///
/// A denial that has an unreadable part is taken without it, for all that it may have covered; `dialgate_last_error`
/// then says so although the call succeeded. The same record again succeeds and changes nothing.
///
/// Thread-safe. `json` may be freed after the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_record(ledger: dialgate_ledger, json: *const c_char) -> u32 {
    let mut said = None;
    let done = action(|| {
        // SAFETY: the header asks the caller for what the callee needs.
        let json = unsafe { text::required(json, "the record", RECORD) }?;
        let appended = handle::ledger(ledger, |ledger| {
            ledger.record(&[json]).map_err(|error| Failure::new(Status::Ledger, error.to_string()))
        })?;
        if let Some((_, why)) = appended.refused.first() {
            return Err(Failure::new(Status::RecordRefused, format!("the record was refused: {why}")));
        }
        said = appended.widened.first().map(|(_, why)| format!("taken for all that it may have covered: {why}"));
        Ok(())
    });
    if let Some(text) = said {
        remark(text);
    }
    done
}

/// Decides and, if the answer is an allow, puts the attempt on record in the same step, so that no number of threads
/// and processes exceeds a cap. `DIALGATE_MAY_CALL` or zero; with the former `reservation` gets a handle.
///
/// The gate must follow a ledger, else the answer is `snapshot_expired`. Without a place for the handle nothing is
/// reserved. `at` is an instant or `DIALGATE_NOW`.
///
/// Thread-safe. `reservation` must not be NULL and is zero unless the call succeeds; `decision` may be NULL; both are
/// written before it returns. The handle is the caller's to end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_reserve(
    campaign: dialgate_campaign,
    number: *const c_char,
    at: i64,
    reservation: *mut dialgate_reservation,
    decision: *mut dialgate_decision,
) -> u32 {
    let read = || {
        // SAFETY: the header asks the caller for what the callee needs.
        let number = unsafe { lead::written(number) }?;
        Ok(Lead::new(number.unwrap_or_else(|_| lead::impossible())))
    };
    // SAFETY: as above.
    unsafe { reserve(campaign, read, at, reservation, decision) }
}

/// The same for a lead.
///
/// Thread-safe. As `dialgate_reserve`; `lead` and its texts may be freed after the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_reserve_lead(
    campaign: dialgate_campaign,
    lead: *const dialgate_lead,
    at: i64,
    reservation: *mut dialgate_reservation,
    decision: *mut dialgate_decision,
) -> u32 {
    let read = || {
        if lead.is_null() {
            return Err(Failure::new(Status::NullArgument, "the lead is NULL"));
        }
        // SAFETY: not NULL, so readable by the caller's promise; no alignment is assumed.
        unsafe { lead::read(&lead.read_unaligned()) }
    };
    // SAFETY: as above.
    unsafe { reserve(campaign, read, at, reservation, decision) }
}

/// # Safety
/// `reservation` and `decision` are NULL or writable.
unsafe fn reserve(
    campaign: dialgate_campaign,
    read: impl FnOnce() -> Result<Lead, Failure>,
    at: i64,
    reservation: *mut dialgate_reservation,
    decision: *mut dialgate_decision,
) -> u32 {
    let give = |handle: u64| {
        if !reservation.is_null() {
            // SAFETY: not NULL, so writable by the caller's promise; no alignment is assumed.
            unsafe { reservation.write_unaligned(handle) };
        }
    };
    give(0);
    let ask = || {
        if reservation.is_null() {
            return Err(Failure::new(Status::NullArgument, "there is no place for the reservation's handle"));
        }
        let at = lead::instant(at)?;
        let lead = read()?;
        let at = at.unwrap_or_else(|| DateTime::from(SystemTime::now()));
        let reserved = handle::campaign(campaign, |campaign| Ok(campaign.reserve_lead(&lead, at)))?;
        grant(reserved, give)
    };
    // SAFETY: the caller's promise is the callee's.
    unsafe { answer(decision, ask) }
}

fn grant(reserved: Result<Reservation, Decision>, give: impl FnOnce(u64)) -> Result<Decision, Failure> {
    match reserved {
        Ok(granted) => {
            let decided = granted.decision();
            // When there is no handle left the attempt stays on record, and the answer is no.
            give(handle::hold(Object::Reservation(Mutex::new(Some(granted))))?);
            Ok(decided)
        }
        Err(decided) => Ok(decided),
    }
}

/// Records what became of a reserved attempt (`DIALGATE_OUTCOME_...`) and ends the reservation. Durable when it
/// returns. Zero: the attempt counts as made, as not answered; the handle is closed unless `outcome` was wrong.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_commit(reservation: dialgate_reservation, outcome: u32) -> u32 {
    action(|| {
        let outcome = u8::try_from(outcome).ok().and_then(Outcome::from_code).ok_or_else(|| {
            Failure::new(
                Status::Code,
                format!("outcome {outcome} stands for nothing; give one of DIALGATE_OUTCOME_..."),
            )
        })?;
        let settled = handle::reservation(reservation)?.commit(outcome);
        settled.map_err(|error| Failure::new(Status::Settle, error.to_string()))
    })
}

/// Gives a reserved attempt back: it was not made. Zero: it counts as made; the handle is closed.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn dialgate_release(reservation: dialgate_reservation) -> u32 {
    action(|| {
        let settled = handle::reservation(reservation)?.release();
        settled.map_err(|error| Failure::new(Status::Settle, error.to_string()))
    })
}
