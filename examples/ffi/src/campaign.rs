//! Campaigns: one question, prepared, and its answers.

use std::ffi::c_char;

use dialgate::vocabulary::Channel;
use dialgate::{Campaign, Decision, Number};

use crate::decision::{self, MAY_CALL, dialgate_decision};
use crate::entry::{Failure, call};
use crate::gate::dialgate_gate;
use crate::handle::{self, Object};
use crate::lead::{self, dialgate_lead};
use crate::status::Status;
use crate::text::{self, NAME};

/// A prepared question: controller, purpose and channel. Zero is none.
///
/// Thread-safe: any number of threads may ask through one handle at once. It follows the gate that it was prepared
/// from, closed or not; `dialgate_close` ends it.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type dialgate_campaign = u64;

/// Prepares a question. Zero: a name or the channel is not known.
///
/// `controller` is NULL for the manifest's own; `channel` is one of `DIALGATE_CHANNEL_...`.
///
/// Thread-safe. The texts may be freed after the call. The handle is the caller's to close.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_prepare(
    gate: dialgate_gate,
    controller: *const c_char,
    purpose: *const c_char,
    channel: u32,
) -> dialgate_campaign {
    let prepare = || {
        // SAFETY: the header asks the caller for what the callees need.
        let (controller, purpose) =
            unsafe { (text::optional(controller, "the controller")?, text::required(purpose, "the purpose", NAME)?) };
        let channel = u8::try_from(channel).ok().and_then(Channel::from_code).ok_or_else(|| {
            Failure::new(
                Status::Code,
                format!("channel {channel} stands for nothing; give one of DIALGATE_CHANNEL_..."),
            )
        })?;
        let campaign = handle::gate(gate, |gate| {
            let builder = gate.campaign().purpose(purpose).channel(channel);
            let builder = match controller {
                Some(controller) => builder.controller(controller),
                None => builder,
            };
            builder.prepare().map_err(|error| Failure::new(Status::Prepare, error.to_string()))
        })?;
        handle::hold(Object::Campaign(campaign))
    };
    call(prepare, |_| 0)
}

/// Answers one question: writes a denial first, then whatever was decided.
///
/// # Safety
/// `out` is NULL or writable for a decision.
pub(crate) unsafe fn answer(out: *mut dialgate_decision, ask: impl FnOnce() -> Result<Decision, Failure>) -> u32 {
    // SAFETY: the caller's promise is the callee's, here and below.
    unsafe { decision::put(out, dialgate_decision::default()) };
    let decide = || {
        let decided = ask()?;
        // SAFETY: as above.
        unsafe { decision::put(out, decision::decided(&decided)) };
        Ok(if decided.is_allowed() { MAY_CALL } else { 0 })
    };
    call(decide, |status| {
        // SAFETY: as above.
        unsafe { decision::put(out, decision::failed(status)) };
        0
    })
}

/// May this number be contacted now? `DIALGATE_MAY_CALL` or zero.
///
/// A number that cannot be read is decided as `number_invalid`. `decision` may be NULL.
///
/// Thread-safe, without locks. `number` may be freed after the call; `decision` is written before it returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_check(
    campaign: dialgate_campaign,
    number: *const c_char,
    decision: *mut dialgate_decision,
) -> u32 {
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { dialgate_check_at(campaign, number, lead::NOW, decision) }
}

/// The same at an instant, in microseconds since 1970 UTC (or `DIALGATE_NOW`), for replays, previews and tests: the
/// age of the snapshot as a whole is not asked.
///
/// Thread-safe, without locks. `number` may be freed after the call; `decision` is written before it returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_check_at(
    campaign: dialgate_campaign,
    number: *const c_char,
    at: i64,
    decision: *mut dialgate_decision,
) -> u32 {
    let ask = || {
        let at = lead::instant(at)?;
        // SAFETY: the header asks the caller for what the callee needs.
        let number = unsafe { lead::written(number) }?.unwrap_or_else(|_| lead::impossible());
        handle::campaign(campaign, |campaign| {
            Ok(match at {
                Some(at) => campaign.may_contact_at(number, at),
                None => campaign.may_contact(number),
            })
        })
    };
    // SAFETY: as above.
    unsafe { answer(decision, ask) }
}

/// May this lead be contacted at this instant (or `DIALGATE_NOW`)? `DIALGATE_MAY_CALL` or zero.
///
/// Thread-safe, without locks. `lead` and its texts are read only and may be freed after the call; `decision` may be
/// NULL and is written before it returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_check_lead(
    campaign: dialgate_campaign,
    lead: *const dialgate_lead,
    at: i64,
    decision: *mut dialgate_decision,
) -> u32 {
    let ask = || {
        let at = lead::instant(at)?;
        if lead.is_null() {
            return Err(Failure::new(Status::NullArgument, "the lead is NULL"));
        }
        // SAFETY: not NULL, so readable by the caller's promise; no alignment is assumed.
        let lead = unsafe { lead::read(&lead.read_unaligned()) }?;
        handle::campaign(campaign, |campaign| {
            Ok(match at {
                Some(at) => campaign.may_contact_lead(&lead, at),
                None => campaign.may_contact_lead_now(&lead),
            })
        })
    };
    // SAFETY: as above.
    unsafe { answer(decision, ask) }
}

/// So many are asked about together, on the stack.
const TOGETHER: usize = 512;

/// Answers a batch, every decision of it; after a failure all are zeros.
///
/// # Safety
/// `out` is NULL or writable for `count` decisions.
unsafe fn answer_all(
    count: usize,
    out: *mut dialgate_decision,
    inputs_missing: bool,
    ask: impl FnOnce() -> Result<usize, Failure>,
) -> usize {
    let fits = count.checked_mul(size_of::<dialgate_decision>()).is_some_and(|bytes| isize::try_from(bytes).is_ok());
    let clear = || {
        if fits && !out.is_null() {
            // SAFETY: not NULL, so writable for so many decisions by the caller's promise; bytes need no alignment.
            unsafe { out.cast::<u8>().write_bytes(0, count.saturating_mul(size_of::<dialgate_decision>())) };
        }
    };
    let screen = || {
        if !fits {
            return Err(Failure::new(Status::Count, format!("{count} decisions are more than memory can hold")));
        }
        if count > 0 && (inputs_missing || out.is_null()) {
            return Err(Failure::new(Status::NullArgument, "the questions or the decisions are NULL"));
        }
        ask()
    };
    call(screen, |_| {
        clear();
        0
    })
}

/// Answers for many numbers at one instant (or `DIALGATE_NOW`), in their order: how many may be called.
///
/// `numbers` are E.164 digits from `dialgate_number`; zero and whatever else is no number is decided as
/// `number_invalid`. On any failure all decisions are zero, which is "do not call", and so is the result; a `count` of more
/// decisions than memory can hold is refused, and nothing is written then. Until the call has returned the memory holds
/// nothing to be read. A snapshot that is replaced meanwhile counts from some number on.
///
/// Thread-safe, without locks or allocation. `numbers` is read only; `decisions` has room for `count` and does not
/// overlap it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_screen(
    campaign: dialgate_campaign,
    numbers: *const u64,
    count: usize,
    at: i64,
    decisions: *mut dialgate_decision,
) -> usize {
    let screen = |campaign: &Campaign| {
        let at = lead::instant(at)?;
        let mut asked = [lead::impossible(); TOGETHER];
        let mut decided = [Decision::default(); TOGETHER];
        let mut allowed = 0_usize;
        let mut begin = 0_usize;
        while begin < count {
            let length = count.saturating_sub(begin).min(TOGETHER);
            let (Some(asked), Some(decided)) = (asked.get_mut(..length), decided.get_mut(..length)) else { break };
            for (index, number) in (begin..).zip(asked.iter_mut()) {
                // SAFETY: `index` is less than `count`, and so many numbers are readable; no alignment is assumed.
                *number = lead::number(unsafe { numbers.add(index).read_unaligned() });
            }
            ask_together(campaign, asked, at, decided)?;
            // SAFETY: `begin` is less than `count`, and so many decisions are writable.
            let decisions = unsafe { decisions.add(begin) };
            for (index, decided) in decided.iter().enumerate() {
                // SAFETY: as many more as are answered together are less than `count`; no alignment is assumed.
                unsafe { decisions.add(index).write_unaligned(decision::decided(decided)) };
                allowed = allowed.wrapping_add(usize::from(decided.is_allowed()));
            }
            begin = begin.saturating_add(length);
        }
        Ok(allowed)
    };
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { answer_all(count, decisions, numbers.is_null(), || handle::campaign(campaign, screen)) }
}

fn ask_together(
    campaign: &Campaign,
    numbers: &[Number],
    at: Option<chrono::DateTime<chrono::Utc>>,
    decisions: &mut [Decision],
) -> Result<(), Failure> {
    let screened = match at {
        Some(at) => campaign.screen(numbers, at, decisions),
        None => campaign.screen_now(numbers, decisions),
    };
    screened.map_err(|error| Failure::new(Status::Count, error.to_string()))
}

/// Answers for many leads, as `dialgate_screen`. A lead that cannot be read is denied alone, with the status why.
///
/// Thread-safe, without locks. `leads` and their texts are read only; `decisions` has room for `count` and does not
/// overlap them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_screen_leads(
    campaign: dialgate_campaign,
    leads: *const dialgate_lead,
    count: usize,
    at: i64,
    decisions: *mut dialgate_decision,
) -> usize {
    let screen = |campaign: &Campaign| {
        let at = lead::instant(at)?;
        let mut allowed = 0_usize;
        for index in 0..count {
            // SAFETY: `index` is less than `count`, and so many leads are readable; no alignment is assumed.
            let read = unsafe { lead::read(&leads.add(index).read_unaligned()) };
            let answer = match read {
                Ok(lead) => {
                    let decided = match at {
                        Some(at) => campaign.may_contact_lead(&lead, at),
                        None => campaign.may_contact_lead_now(&lead),
                    };
                    allowed = allowed.saturating_add(usize::from(decided.is_allowed()));
                    decision::decided(&decided)
                }
                Err(failure) => decision::failed(failure.status),
            };
            // SAFETY: `index` is less than `count`, and so many decisions are writable.
            unsafe { decision::put(decisions.add(index), answer) };
        }
        Ok(allowed)
    };
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { answer_all(count, decisions, leads.is_null(), || handle::campaign(campaign, screen)) }
}
