//! What rows say, in words: for the table of `dialgate rules` and for explanations.

use std::fmt;

use super::{
    CallerIdRule, CapRule, ConfirmationRule, ConsentLimitRule, EbrRule, HolidayRule, ObligationRule, RegistryRule,
    RequirementRule, RetentionRule, RevocationRule, Rules, Selector, SilenceRule, Span, WindowRule,
};
use crate::vocabulary::{Channel, ChannelSet, ClassSet, Confidence, LineSet, PartySet, Requirement, SectorSet};

/// Hours by weekday, holidays with their calendar.
pub(crate) fn window(rules: &Rules, rule: &WindowRule) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut parts: Vec<String> = Vec::new();
    let mut days = rule.week.iter().zip(DAYS).peekable();
    while let Some((hours, first)) = days.next() {
        let mut last = first;
        while let Some((_, next)) = days.next_if(|(other, _)| *other == hours) {
            last = next;
        }
        let name = if first == last { first.to_owned() } else { format!("{first}-{last}") };
        parts.push(format!("{name} {}", spans(hours)));
    }
    if let Some(eves) = &rule.eves {
        parts.push(format!("eves {}", spans(eves)));
    }
    if rule.holidays == HolidayRule::Closed {
        let calendar = rule.calendar.and_then(|index| rules.calendars.get(usize::from(index)));
        parts.push(format!("holidays closed ({})", calendar.map_or("no calendar", |found| found.code.as_str())));
    }
    if let Some(offset) = rule.fixed_offset {
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.unsigned_abs();
        parts.push(format!("at UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60));
    }
    format!("hours {}{}", parts.join(", "), lifted(rule.lifted_by_consent))
}

pub(crate) fn requirement(rule: &RequirementRule) -> String {
    let mut says = rule.requirement.slug().to_owned();
    if rule.customer_months > 0 {
        says.push_str(&format!(" ({} months)", rule.customer_months));
    }
    if rule.double_opt_in {
        says.push_str(", double opt-in");
    }
    if rule.needs_review {
        says.push_str(", needs review");
    }
    says
}

pub(crate) fn registry(rule: &RegistryRule) -> String {
    let whom = match (rule.individuals, rule.businesses) {
        (true, true) => "all",
        (true, false) => "individuals",
        (false, true) => "businesses",
        (false, false) => "nobody",
    };
    let age = rule.max_age_days.map_or("age limit unknown".to_owned(), |days| format!("at most {days} days old"));
    let mut says = format!("registry {} ({whom}), {age}", rule.registry);
    if let Some(EbrRule { transaction_months, inquiry_months }) = rule.ebr {
        says.push_str(&format!(", lifted {transaction_months} months after a deal, {inquiry_months} after an inquiry"));
    }
    if let Some(days) = rule.contract_lifts_days {
        says.push_str(&format!(", lifted by a contract ended at most {days} days ago"));
    }
    if rule.revokes_consents {
        says.push_str(", revokes earlier consents");
    }
    if let Some(days) = rule.grace_days {
        says.push_str(&format!(", grace {days} days"));
    }
    says
}

pub(crate) fn cap(rule: &CapRule) -> String {
    let (number, unit) = if rule.window_seconds > 86_400 && rule.window_seconds.is_multiple_of(86_400) {
        (rule.window_seconds / 86_400, "d")
    } else {
        (rule.window_seconds / 3_600, "h")
    };
    let what = if rule.both_families { ", calls and messages together" } else { "" };
    format!("at most {} in {number} {unit}{what}{}", rule.attempts, lifted(rule.lifted_by_consent))
}

pub(crate) fn silence(rule: &SilenceRule) -> String {
    let term = rule.days.map_or("for good".to_owned(), |days| format!("{days} days"));
    format!("silence {term} after {}{}", rule.after, lifted(rule.lifted_by_consent))
}

pub(crate) fn obligation(rule: &ObligationRule) -> String {
    let duties: Vec<&str> = rule.duties.iter().map(|duty| duty.slug()).collect();
    let seconds = rule.seconds.map_or(String::new(), |seconds| format!(" within {seconds} s"));
    format!("duty {}{seconds}", duties.join(", "))
}

pub(crate) fn retention(rule: &RetentionRule) -> String {
    let term = match (rule.months, rule.days) {
        (None, 0) => "no figure".to_owned(),
        (None, days) => format!("{days} days"),
        (Some(months), 0) => format!("{months} months"),
        (Some(months), days) => format!("{months} months and {days} days"),
    };
    let restarts = if rule.restarts_on_use { ", again from each use" } else { "" };
    format!("keep {} {term}{restarts}", rule.what)
}

fn lifted(by_consent: bool) -> &'static str {
    if by_consent { ", lifted by consent" } else { "" }
}

pub(crate) fn spans(spans: &[Span]) -> String {
    if spans.is_empty() {
        return "closed".to_owned();
    }
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let texts: Vec<String> = spans.iter().map(|span| format!("{}-{}", clock(span.open), clock(span.close))).collect();
    texts.join("+")
}

pub(super) fn classes(when: &Selector) -> String {
    let classes = if when.classes == ClassSet::all() { "all".to_owned() } else { joined(when.classes.iter()) };
    if when.sectors == SectorSet::all() { classes } else { format!("{classes}: {}", joined(when.sectors.iter())) }
}

/// Channels, in the words that statutes group them by.
pub(super) fn channels(channels: ChannelSet) -> String {
    use Channel::{AutodialedCall, AutomatedCall, ManualCall, Messaging, Mms, RinglessVoicemail, Sms};
    const GROUPS: [(&str, ChannelSet); 4] = [
        ("voice", ChannelSet::of(&[ManualCall, AutodialedCall, AutomatedCall, RinglessVoicemail])),
        ("live", ChannelSet::of(&[ManualCall, AutodialedCall])),
        ("automated", ChannelSet::of(&[AutomatedCall, RinglessVoicemail])),
        ("messages", ChannelSet::of(&[Sms, Mms, Messaging])),
    ];
    if channels == ChannelSet::all() {
        return "all".to_owned();
    }
    let mut rest = channels;
    let mut words: Vec<&str> = Vec::new();
    for (word, group) in GROUPS {
        if rest.intersection(group) == group {
            words.push(word);
            rest = rest.iter().filter(|channel| !group.contains(*channel)).collect();
        }
    }
    joined(words.into_iter().chain(rest.iter().map(Channel::slug)))
}

pub(super) fn party(when: &Selector) -> String {
    let party = if when.parties == PartySet::all() { "all".to_owned() } else { joined(when.parties.iter()) };
    if when.lines == LineSet::all() { party } else { format!("{party}, line {}", joined(when.lines.iter())) }
}

fn joined(items: impl Iterator<Item = impl fmt::Display>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

pub(crate) fn caller_id(rule: &CallerIdRule) -> String {
    format!("no caller ID under +{}", rule.banned_prefixes.join(", +"))
}

pub(crate) fn consent_limit(rule: &ConsentLimitRule) -> String {
    format!("a consent lasts {} months", rule.months)
}

pub(crate) fn confirmation(rule: &ConfirmationRule) -> String {
    format!("opt-out confirmed within {} min", rule.minutes)
}

pub(crate) fn revocation(_: &RevocationRule) -> String {
    "a withdrawal or opt-out of any scope reaches it".to_owned()
}

/// What a requirement asks, in a sentence.
pub(crate) const fn meaning(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::Exempt => {
            "nothing is asked; where GDPR applies service, debts and notices need a relationship or a consent"
        }
        Requirement::OptOut => "no consent; denials and the registries of the rule decide",
        Requirement::OptIn => "a conforming consent in force, of any form but implied",
        Requirement::OptInWritten => "a conforming consent in force, written or electronic",
        Requirement::OptInOrSoft => "a consent, or a purchase, order or contract with soft opt-in for this purpose",
        Requirement::OptInOrContract => "a consent, or a running contract that names this purpose",
        Requirement::OptInOrCustomer => "a consent, or a purchase, order or contract within the term",
        Requirement::LawfulBasis => "a consent, or a soft opt-in within one year under the exclusion registry",
        Requirement::Presumed => "a consent, or a running relationship with a business for this purpose",
        Requirement::ForbiddenExceptContract => "forbidden, unless a running contract names this purpose",
        Requirement::DenyUnverified => "no source was verified: only a consent will do",
        Requirement::Forbidden => "forbidden, whatever is on record",
        Requirement::ForbiddenUnsolicited => "forbidden, unless the person consented",
    }
}

/// How sure a source is, with its letter.
pub(super) fn sure(confidence: Confidence) -> String {
    let means = match confidence {
        Confidence::High => "the statute was read or several sources agree",
        Confidence::Medium => "one decent secondary source",
        Confidence::Low => "a weak or old source",
        Confidence::Unverified => "not verified",
    };
    format!("{confidence} {means}")
}
