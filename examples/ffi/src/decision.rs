//! A decision in memory that the caller owns.

use dialgate::Decision;
use dialgate::vocabulary::Verdict;

use crate::entry::{Failure, call};
use crate::status::Status;

/// A decision, in the caller's memory. Its size is fixed; read it with the functions below only.
///
/// Memory that this library did not write, zeroed memory included, reads as "do not call". It holds no pointer and
/// no handle: copy it, keep it, read it from any thread.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct dialgate_decision {
    /// Not for reading.
    pub opaque: [u64; 4],
}

/// The one value of a decision that means "may call". Everything else, zero first of all, means "do not call".
pub const MAY_CALL: u32 = Verdict::Allow as u32;

/// What the words of a decision say.
#[derive(Clone, Copy, Default, Debug)]
struct Words {
    status: u32,
    verdict: u8,
    basis: u8,
    reason: u8,
    reasons: u32,
    obligations: u32,
    /// With an allow when it ends, else when to try again; zero: neither.
    instant: i64,
}

impl Words {
    fn sealed(self) -> dialgate_decision {
        let [status, verdict, basis, reason] =
            [u64::from(self.status), u64::from(self.verdict), u64::from(self.basis), u64::from(self.reason)];
        let head = status | verdict << 32 | basis << 40 | reason << 48;
        let sets = u64::from(self.reasons) | u64::from(self.obligations) << 32;
        let instant = self.instant.cast_unsigned();
        dialgate_decision { opaque: [head, sets, instant, seal([head, sets, instant])] }
    }

    fn read(decision: dialgate_decision) -> Option<Self> {
        let [head, sets, instant, sealed] = decision.opaque;
        if seal([head, sets, instant]) != sealed {
            return None;
        }
        let [s0, s1, s2, s3, verdict, basis, reason, _] = head.to_le_bytes();
        Some(Self {
            status: u32::from_le_bytes([s0, s1, s2, s3]),
            verdict,
            basis,
            reason,
            reasons: sets as u32,
            obligations: (sets >> 32) as u32,
            instant: instant.cast_signed(),
        })
    }

    const fn is_allow(self) -> bool {
        self.verdict == Verdict::Allow as u8
    }
}

/// Tells a decision that was written here from whatever else lay in that memory. No protection against intent.
///
/// A sum of odd multiples: no word can change alone without changing it, and no multiplication waits for another.
fn seal(words: [u64; 3]) -> u64 {
    const ODD: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];
    let multiples = words.into_iter().zip(ODD).map(|(word, odd)| word.wrapping_mul(odd));
    multiples.fold(0x6469_616c_6761_7465, u64::wrapping_add)
}

/// The decision as C reads it.
#[inline]
pub(crate) fn decided(decision: &Decision) -> dialgate_decision {
    let [verdict, basis] = decision.verdict_and_basis_codes();
    Words {
        status: Status::Ok.code(),
        verdict,
        basis,
        reason: decision.reason_code(),
        reasons: decision.reasons().bits(),
        obligations: decision.obligations().bits(),
        // Only an allow ends, and only what is none is tried again.
        instant: decision.retry_at_micros() | decision.valid_until_micros(),
    }
    .sealed()
}

/// A denial because nothing could be asked.
pub(crate) fn failed(status: Status) -> dialgate_decision {
    Words { status: status.code(), ..Words::default() }.sealed()
}

/// Puts a decision where the caller wants it, if anywhere. Any alignment will do.
///
/// # Safety
/// `out` is NULL or writable for a decision.
pub(crate) unsafe fn put(out: *mut dialgate_decision, decision: dialgate_decision) {
    if !out.is_null() {
        // SAFETY: not NULL, so writable by the caller's promise; no alignment is assumed.
        unsafe { out.write_unaligned(decision) };
    }
}

/// Reads one field; zero where there is no decision.
///
/// # Safety
/// `decision` is NULL or readable for a decision.
unsafe fn field<T: Default>(decision: *const dialgate_decision, pick: impl FnOnce(Words) -> T) -> T {
    let read = || {
        if decision.is_null() {
            return Err(Failure::new(Status::NullArgument, "the decision is NULL"));
        }
        // SAFETY: not NULL, so readable by the caller's promise; no alignment is assumed.
        let words = Words::read(unsafe { decision.read_unaligned() });
        words.map(pick).ok_or_else(|| Failure::new(Status::None, "no decision was ever put here"))
    };
    call(read, |_| T::default())
}

/// May the contact be made? `DIALGATE_MAY_CALL` or zero.
///
/// Thread-safe. `decision` is read only; NULL is zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_decision_may_call(decision: *const dialgate_decision) -> u32 {
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { field(decision, |words| if words.is_allow() { MAY_CALL } else { 0 }) }
}

/// What to do: `DIALGATE_VERDICT_...`; zero is a denial.
///
/// Thread-safe. `decision` is read only; NULL is a denial.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_decision_verdict(decision: *const dialgate_decision) -> u32 {
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { field(decision, |words| u32::from(words.verdict)) }
}

/// The first reason: `DIALGATE_REASON_...`; zero with an allow, and where nothing could be asked (see
/// `dialgate_decision_status`).
///
/// Thread-safe. `decision` is read only; NULL is zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_decision_reason(decision: *const dialgate_decision) -> u32 {
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { field(decision, |words| u32::from(words.reason)) }
}

/// Every reason: bit n stands for the reason with number n.
///
/// Thread-safe. `decision` is read only; NULL is zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_decision_reasons(decision: *const dialgate_decision) -> u64 {
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { field(decision, |words| u64::from(words.reasons)) }
}

/// The duties that come with an allow: bit n stands for the obligation with number n.
///
/// Thread-safe. `decision` is read only; NULL is zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_decision_obligations(decision: *const dialgate_decision) -> u64 {
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { field(decision, |words| u64::from(words.obligations)) }
}

/// The legal basis that carried an allow: `DIALGATE_BASIS_...`; zero is none.
///
/// Thread-safe. `decision` is read only; NULL is zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_decision_basis(decision: *const dialgate_decision) -> u32 {
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { field(decision, |words| u32::from(words.basis)) }
}

/// With a deferral: the first instant at which the answer is allow, in microseconds since 1970 UTC; else zero.
///
/// Thread-safe. `decision` is read only; NULL is zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_decision_retry_at(decision: *const dialgate_decision) -> i64 {
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { field(decision, |words| if words.is_allow() { 0 } else { words.instant }) }
}

/// With an allow: the first instant at which it no longer is one, in microseconds since 1970 UTC; zero: nothing that is
/// known ends it.
///
/// Thread-safe. `decision` is read only; NULL is zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_decision_valid_until(decision: *const dialgate_decision) -> i64 {
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { field(decision, |words| if words.is_allow() { words.instant } else { 0 }) }
}

/// Why there is a denial without a reason: `DIALGATE_STATUS_...`. `DIALGATE_STATUS_OK`: it was decided;
/// `DIALGATE_STATUS_NONE`: the memory was never written.
///
/// Thread-safe. `decision` is read only; NULL is `DIALGATE_STATUS_NONE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dialgate_decision_status(decision: *const dialgate_decision) -> u32 {
    // SAFETY: the header asks the caller for what the callee needs.
    unsafe { field(decision, |words| words.status) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_that_turns_makes_a_decision_none() {
        let allow = Words { status: 1, verdict: 3, basis: 1, instant: 7, ..Words::default() }.sealed();
        assert!(Words::read(allow).is_some_and(|words| words.verdict == 3));
        for word in 0..4 {
            for bit in 0..64 {
                let mut other = allow;
                if let Some(word) = other.opaque.get_mut(word) {
                    *word ^= 1 << bit;
                }
                assert!(Words::read(other).is_none(), "word {word}, bit {bit}");
            }
        }
    }

    #[test]
    fn memory_that_nobody_wrote_is_no_decision() {
        for fill in [0, u64::MAX, 0x5555_5555_5555_5555, 3, 0x0000_0003_0000_0001] {
            assert!(Words::read(dialgate_decision { opaque: [fill; 4] }).is_none(), "{fill:x}");
        }
    }
}
