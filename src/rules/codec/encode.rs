//! From rules to bytes.

use std::collections::HashMap;

use super::flag;
use crate::rules::{
    Calendar, CallerIdRule, CapRule, ConfirmationRule, ConsentLimitRule, HolidayRule, ObligationRule, Pack,
    RegistryRule, RequirementRule, RetentionRule, Row, Rules, Selector, SilenceRule, Span, WindowRule,
};
use crate::vocabulary::{ChannelSet, LineSet, PartySet, SectorSet};
use crate::wire::Writer;

/// Rules as bytes: the texts, then what refers to them by their place.
pub(super) fn rules(rules: &Rules) -> Vec<u8> {
    let mut body = Encoder::default();
    body.out.count(rules.calendars.len());
    for calendar in &rules.calendars {
        body.calendar(calendar);
    }
    body.out.count(rules.packs.len());
    for pack in &rules.packs {
        body.pack(pack);
    }
    let mut out = Writer::new();
    out.count(body.texts.len());
    for text in &body.texts {
        out.str(text);
    }
    out.bytes(&body.out.into_bytes());
    out.into_bytes()
}

#[derive(Default)]
struct Encoder<'a> {
    out: Writer,
    places: HashMap<&'a str, u64>,
    texts: Vec<&'a str>,
}

impl<'a> Encoder<'a> {
    fn text(&mut self, text: &'a str) {
        let next = self.texts.len() as u64;
        let place = *self.places.entry(text).or_insert(next);
        if place == next {
            self.texts.push(text);
        }
        self.out.varint(place);
    }

    fn texts(&mut self, texts: &'a [String]) {
        self.out.count(texts.len());
        for text in texts {
            self.text(text);
        }
    }

    fn optional(&mut self, value: Option<u16>) {
        self.out.varint(value.map_or(0, |value| u64::from(value).saturating_add(1)));
    }

    fn calendar(&mut self, calendar: &'a Calendar) {
        self.text(&calendar.code);
        self.text(&calendar.source);
        self.out.signed_varint(calendar.from.into());
        self.out.signed_varint(calendar.to.into());
        self.out.count(calendar.days.len());
        let mut last = i64::from(calendar.from);
        for day in &calendar.days {
            self.out.signed_varint(i64::from(*day).wrapping_sub(last));
            last = i64::from(*day);
        }
    }

    fn pack(&mut self, pack: &'a Pack) {
        self.text(&pack.code);
        self.text(&pack.name);
        self.text(&pack.version);
        let revokes = !pack.revocations.is_empty();
        let flags = [pack.region.is_some(), pack.gdpr, pack.partial, pack.overrides, revokes];
        self.out.u8(flags.iter().rev().fold(0, |bits, flag| bits << 1 | u8::from(*flag)));
        if let Some(region) = pack.region {
            self.out.bytes(&region.to_bytes());
        }
        self.texts(&pack.baselines);
        self.rows(&pack.requirements, Self::requirement);
        self.rows(&pack.registries, Self::registry);
        self.rows(&pack.windows, Self::window);
        self.rows(&pack.caps, Self::cap);
        self.rows(&pack.silences, Self::silence);
        self.rows(&pack.obligations, Self::obligation);
        self.rows(&pack.caller_ids, Self::caller_id);
        self.rows(&pack.consent_limits, Self::consent_limit);
        self.rows(&pack.confirmations, Self::confirmation);
        self.rows(&pack.retentions, Self::retention);
        self.texts(&pack.notes);
        if revokes {
            self.rows(&pack.revocations, |_, _| ());
        }
    }

    fn rows<T>(&mut self, rows: &'a [Row<T>], rule: impl Fn(&mut Self, &'a T)) {
        self.out.count(rows.len());
        for row in rows {
            self.text(&row.id);
            self.text(&row.statute);
            self.selector(&row.when, row.confidence.code().saturating_sub(1));
            rule(self, &row.rule);
        }
    }

    fn selector(&mut self, when: &Selector, confidence: u8) {
        let said = [
            (when.sectors != SectorSet::all(), flag::SECTORS, u64::from(when.sectors.bits())),
            (when.channels != ChannelSet::all(), flag::CHANNELS, u64::from(when.channels.bits())),
            (when.parties != PartySet::all(), flag::PARTIES, u64::from(when.parties.bits())),
            (when.lines != LineSet::all(), flag::LINES, u64::from(when.lines.bits())),
        ];
        let sets = said.iter().filter(|(is_said, ..)| *is_said).fold(0, |bits, (_, flag, _)| bits | flag);
        let from = when.from.map_or(0, |_| flag::FROM);
        let to = when.to.map_or(0, |_| flag::TO);
        self.out.u8(confidence << flag::CONFIDENCE_SHIFT | sets | from | to);
        self.out.varint(when.classes.bits().into());
        for (_, _, bits) in said.iter().filter(|(is_said, ..)| *is_said) {
            self.out.varint(*bits);
        }
        for day in [when.from, when.to].into_iter().flatten() {
            self.out.signed_varint(day.into());
        }
    }

    fn requirement(&mut self, rule: &RequirementRule) {
        self.out.u8(rule.requirement.code());
        self.out.varint(rule.customer_months.into());
        self.out.bool(rule.needs_review);
        self.out.bool(rule.double_opt_in);
    }

    fn registry(&mut self, rule: &'a RegistryRule) {
        self.text(&rule.registry);
        let flags = [rule.individuals, rule.businesses, rule.revokes_consents, rule.ebr.is_some()];
        self.out.u8(flags.iter().rev().fold(0, |bits, flag| bits << 1 | u8::from(*flag)));
        if let Some(ebr) = rule.ebr {
            self.out.varint(ebr.transaction_months.into());
            self.out.varint(ebr.inquiry_months.into());
        }
        self.optional(rule.max_age_days);
        self.optional(rule.contract_lifts_days);
        self.optional(rule.grace_days);
    }

    fn window(&mut self, rule: &WindowRule) {
        let [monday, ..] = &rule.week;
        let daily = rule.week.iter().all(|day| day == monday);
        let closes = rule.holidays == HolidayRule::Closed;
        let flags = [daily, closes, rule.eves.is_some(), rule.lifted_by_consent, rule.fixed_offset.is_some()];
        self.out.u8(flags.iter().rev().fold(0, |bits, flag| bits << 1 | u8::from(*flag)));
        for day in rule.week.iter().take(if daily { 1 } else { 7 }) {
            self.spans(day);
        }
        if let Some(eves) = &rule.eves {
            self.spans(eves);
        }
        if let Some(offset) = rule.fixed_offset {
            self.out.signed_varint(offset.into());
        }
        self.optional(rule.calendar);
    }

    fn spans(&mut self, spans: &[Span]) {
        self.out.count(spans.len());
        for span in spans {
            self.out.varint(span.open.into());
            self.out.varint(span.close.into());
        }
    }

    fn cap(&mut self, rule: &CapRule) {
        self.out.varint(rule.attempts.into());
        self.out.varint(rule.window_seconds.into());
        self.out.bool(rule.both_families);
        self.out.bool(rule.lifted_by_consent);
    }

    fn silence(&mut self, rule: &SilenceRule) {
        self.out.u8(rule.after.code());
        self.optional(rule.days);
        self.out.bool(rule.lifted_by_consent);
    }

    fn obligation(&mut self, rule: &ObligationRule) {
        self.out.varint(rule.duties.bits().into());
        self.optional(rule.seconds);
    }

    fn caller_id(&mut self, rule: &'a CallerIdRule) {
        self.texts(&rule.banned_prefixes);
    }

    fn consent_limit(&mut self, rule: &ConsentLimitRule) {
        self.out.varint(rule.months.into());
    }

    fn confirmation(&mut self, rule: &ConfirmationRule) {
        self.out.varint(rule.minutes.into());
    }

    fn retention(&mut self, rule: &'a RetentionRule) {
        self.text(&rule.what);
        self.optional(rule.months);
        self.out.varint(rule.days.into());
        self.out.bool(rule.restarts_on_use);
    }
}
