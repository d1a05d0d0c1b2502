//! What codes mean, in words for people who do not read the documentation.

use crate::vocabulary::{Reason, Verdict};

/// The meaning of a reason, to follow "because".
pub(super) fn meaning(reason: Reason) -> &'static str {
    match reason {
        Reason::NumberInvalid => "it is not a possible telephone number",
        Reason::QuestionUnknown => "the purpose, channel or controller is not declared",
        Reason::JurisdictionUnknown => "no rule pack speaks for the place of this number",
        Reason::SnapshotExpired => "the data of the gate are too old",
        Reason::Erased => "the person had their data erased",
        Reason::Restricted => "processing is restricted (GDPR 18)",
        Reason::Objected => "the person objected",
        Reason::Withdrawn => "the person withdrew their consent",
        Reason::OptedOut => "the person opted out, or is on the own do-not-call list",
        Reason::ListBlocked => "a blocking list names it",
        Reason::RegistryListed => "it is on a public do-not-call registry",
        Reason::RegistryMissing => "a registry that must be checked is not loaded for it",
        Reason::RegistryStale => "the copy of a registry is too old",
        Reason::Forbidden => "the law forbids this contact",
        Reason::RuleUnverified => "the law could not be verified, and there is no consent",
        Reason::ConsentMissing => "consent is needed and none is on record",
        Reason::ConsentScope => "the consents on record are for another purpose or channel",
        Reason::ConsentNonconforming => "the consent does not meet the conditions",
        Reason::ConsentNotYetValid => "the consent is later than the instant asked about",
        Reason::ConsentExpired => "the consent has expired",
        Reason::NumberReassigned => "the number changed hands after the consent",
        Reason::BasisMissing => "no contract or other basis is on record",
        Reason::TimeZoneUnknown => "calling hours apply and the time zone is not known",
        Reason::RuleNeedsReview => "the rule says that a person must look",
        Reason::OutsideHours => "it is outside the calling hours there",
        Reason::Holiday => "it is a public holiday there",
        Reason::AttemptCap => "it was tried as often as the rule allows",
        Reason::SilencePeriod => "a refusal or conversation bars contact for some days",
    }
}

/// A verdict as a sentence about so many leads.
pub(super) fn outcome(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "may be contacted now",
        Verdict::Defer => "may not be contacted now, but later",
        Verdict::Review => "must be looked at by a person first",
        Verdict::Deny => "may not be contacted",
    }
}

/// A count with thousands set apart, as reports have it.
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len().saturating_mul(2));
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && digits.len().saturating_sub(position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 20_000_000].map(count), ["0", "999", "1,000", "20,000,000"]);
    }
}
