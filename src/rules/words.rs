//! What rows say, in words: for the table of `dialgate rules` and for explanations.

use std::fmt;

use super::{
    CallerIdRule, CapRule, ConfirmationRule, ConsentLimitRule, EbrRule, HolidayRule, ObligationRule, RegistryRule,
    RequirementRule, RetentionRule, RevocationRule, Rules, Selector, SilenceRule, Span, WindowRule,
};
use crate::Language;
use crate::language::{RowWords, fill};
use crate::vocabulary::{Channel, ChannelSet, ClassSet, Confidence, LineSet, PartySet, SectorSet};

/// Hours by weekday, holidays with their calendar.
pub(crate) fn window(w: &RowWords, rules: &Rules, rule: &WindowRule) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut days = rule.week.iter().zip(w.days.split(' ')).peekable();
    while let Some((hours, first)) = days.next() {
        let mut last = first;
        while let Some((_, next)) = days.next_if(|(other, _)| *other == hours) {
            last = next;
        }
        let name = if first == last { first.to_owned() } else { format!("{first}-{last}") };
        parts.push(format!("{name} {}", spans(w, hours)));
    }
    if let Some(eves) = &rule.eves {
        parts.push(fill(w.eves, &[&spans(w, eves)]));
    }
    if rule.holidays == HolidayRule::Closed {
        let calendar = rule.calendar.and_then(|index| rules.calendars.get(usize::from(index)));
        parts.push(fill(w.holidays_closed, &[&calendar.map_or(w.no_calendar, |found| found.code.as_str())]));
    }
    if let Some(offset) = rule.fixed_offset {
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.unsigned_abs();
        parts.push(fill(w.at_offset, &[&format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)]));
    }
    fill(w.hours, &[&parts.join(", "), &lifted(w, rule.lifted_by_consent)])
}

pub(crate) fn requirement(w: &RowWords, rule: &RequirementRule) -> String {
    let mut says = rule.requirement.slug().to_owned();
    if rule.customer_months > 0 {
        says.push_str(&fill(w.months, &[&rule.customer_months]));
    }
    if rule.double_opt_in {
        says.push_str(w.double_opt_in);
    }
    if rule.needs_review {
        says.push_str(w.needs_review);
    }
    says
}

pub(crate) fn registry(w: &RowWords, rule: &RegistryRule) -> String {
    let whom = match (rule.individuals, rule.businesses) {
        (true, true) => w.all,
        (true, false) => w.individuals,
        (false, true) => w.businesses,
        (false, false) => w.nobody,
    };
    let age = rule.max_age_days.map_or(w.age_unknown.to_owned(), |days| fill(w.age, &[&days]));
    let mut says = fill(w.registry, &[&rule.registry, &whom, &age]);
    if let Some(EbrRule { transaction_months, inquiry_months }) = rule.ebr {
        says.push_str(&fill(w.by_deal, &[&transaction_months, &inquiry_months]));
    }
    if let Some(days) = rule.contract_lifts_days {
        says.push_str(&fill(w.by_contract, &[&days]));
    }
    if rule.revokes_consents {
        says.push_str(w.revokes);
    }
    if let Some(days) = rule.grace_days {
        says.push_str(&fill(w.grace, &[&days]));
    }
    says
}

pub(crate) fn cap(w: &RowWords, rule: &CapRule) -> String {
    let (number, unit) = if rule.window_seconds > 86_400 && rule.window_seconds.is_multiple_of(86_400) {
        (rule.window_seconds / 86_400, w.day_unit)
    } else {
        (rule.window_seconds / 3_600, w.hour_unit)
    };
    let what = if rule.both_families { w.together } else { "" };
    fill(w.cap, &[&rule.attempts, &number, &unit, &what, &lifted(w, rule.lifted_by_consent)])
}

pub(crate) fn silence(w: &RowWords, rule: &SilenceRule) -> String {
    let term = rule.days.map_or(w.for_good.to_owned(), |days| fill(w.so_many_days, &[&days]));
    fill(w.silence, &[&term, &rule.after, &lifted(w, rule.lifted_by_consent)])
}

pub(crate) fn obligation(w: &RowWords, rule: &ObligationRule) -> String {
    let duties: Vec<&str> = rule.duties.iter().map(|duty| duty.slug()).collect();
    let seconds = rule.seconds.map_or(String::new(), |seconds| fill(w.seconds, &[&seconds]));
    fill(w.duty, &[&duties.join(", "), &seconds])
}

/// So many, as [`fill`] has it.
const DAYS: &str = "{0} {0|day|days}";
const MONTHS: &str = "{0} {0|month|months}";

pub(crate) fn retention(rule: &RetentionRule) -> String {
    let term = match (rule.months, rule.days) {
        (None, 0) => "no figure".to_owned(),
        (None, days) => fill(DAYS, &[&days]),
        (Some(months), 0) => fill(MONTHS, &[&months]),
        (Some(months), days) => format!("{} and {}", fill(MONTHS, &[&months]), fill(DAYS, &[&days])),
    };
    let restarts = if rule.restarts_on_use { ", again from each use" } else { "" };
    format!("keep {} {term}{restarts}", rule.what)
}

const fn lifted(w: &RowWords, by_consent: bool) -> &'static str {
    if by_consent { w.by_consent } else { "" }
}

pub(crate) fn spans(w: &RowWords, spans: &[Span]) -> String {
    if spans.is_empty() {
        return w.closed.to_owned();
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

pub(crate) fn caller_id(w: &RowWords, rule: &CallerIdRule) -> String {
    fill(w.no_caller_id, &[&rule.banned_prefixes.join(", +")])
}

pub(crate) fn consent_limit(w: &RowWords, rule: &ConsentLimitRule) -> String {
    fill(w.consent_lasts, &[&rule.months])
}

pub(crate) fn confirmation(w: &RowWords, rule: &ConfirmationRule) -> String {
    fill(w.confirmed, &[&rule.minutes])
}

pub(crate) fn revocation(w: &RowWords, _: &RevocationRule) -> String {
    w.reaches_all.to_owned()
}

/// How sure a source is, with its letter.
pub(super) fn sure(confidence: Confidence) -> String {
    format!("{confidence} {}", Language::English.confidence(confidence))
}
