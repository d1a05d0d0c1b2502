//! What codes mean, in words for people who do not read the documentation.

use crate::Language;
use crate::vocabulary::{Reason, Verdict};

/// The meaning of a reason, to follow "because".
pub(super) const fn meaning(reason: Reason) -> &'static str {
    Language::English.reason(reason)
}

/// A verdict as a sentence about so many leads.
pub(super) const fn outcome(verdict: Verdict) -> &'static str {
    Language::English.verdict(verdict)
}

/// A count with thousands set apart, as reports have it.
pub(super) fn count(value: u64) -> String {
    Language::English.count(value)
}
