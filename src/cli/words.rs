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

/// What is said of one, or of any other count.
pub(super) const fn either<'a>(value: u64, one: &'a str, many: &'a str) -> &'a str {
    if value == 1 { one } else { many }
}

/// What is said, after their count, of cells that say nothing known.
pub(super) const fn unreadable_cells(count: u64) -> &'static str {
    either(
        count,
        "cell of `party` or `line` says nothing known and was taken as unknown",
        "cells of `party` or `line` say nothing known and were taken as unknown",
    )
}

/// So many of something: `1 row`, `1,234 rows`.
pub(super) fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), either(value, one, many))
}
