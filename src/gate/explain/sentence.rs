//! The verdict in one sentence.

use crate::Decision;
use crate::language::{ExplanationWords, fill};
use crate::timestamp::Timestamp;
use crate::vocabulary::Verdict;

use super::{Explanation, said};

/// The verdict in one sentence, with the first reason or what carried it.
pub(super) fn verdict(why: &Explanation, decision: &Decision, at: Timestamp) -> String {
    let (language, w) = (why.language, ExplanationWords::of(why.language));
    let at = said(language, at);
    let because = match (why.basis, why.reason) {
        (Some(basis), _) => language.basis(basis),
        (None, Some(reason)) => language.reason(reason),
        (None, None) => "-",
    };
    let (text, until) = match why.verdict {
        Verdict::Allow => {
            let until = decision.valid_until().map(|until| fill(w.allowed_until, &[&language.instant(until)]));
            (w.allowed, until.unwrap_or_default())
        }
        Verdict::Defer => (w.deferred, decision.retry_at().map(|from| language.instant(from)).unwrap_or_default()),
        Verdict::Review => (w.reviewed, String::new()),
        Verdict::Deny => (w.denied, String::new()),
    };
    fill(text, &[&why.number, &why.channel, &why.purpose, &why.controller, &at, &because, &until])
}
