//! One pack: from what was written to rows.

use std::collections::BTreeMap;

use toml::Spanned;

use super::schema::{
    CalendarSource, Counts, Head, Headed, HolidaySource, ListedParty, PackSource, Reach, RegistrySource,
    RequirementSource, SilenceSource, WindowSource,
};
use super::words::{day, digits, local_date, offset, seconds, spans, week};
use super::{RuleError, RuleFile, check, line_of};
use crate::Region;
use crate::rules::{
    Calendar, CallerIdRule, CapRule, ConfirmationRule, ConsentLimitRule, EbrRule, HolidayRule, ObligationRule, Pack,
    RegistryRule, RequirementRule, RetentionRule, RevocationRule, Row, Selector, SilenceRule, WindowRule,
};
use crate::vocabulary::{ChannelSet, ClassSet, LineSet, Party, PartySet, PurposeClass, SectorSet};

/// A pack whose windows still name their calendars.
pub(super) struct Draft {
    file: String,
    pack: Pack,
    /// For each window the calendar that it names, and its line.
    window_calendars: Vec<(Option<String>, usize)>,
    pub(super) calendars: Vec<Calendar>,
}

impl Draft {
    /// The calendars that its windows name.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &str> {
        self.window_calendars.iter().filter_map(|(code, _)| code.as_deref())
    }

    /// The pack, its windows pointing into these calendars.
    pub(super) fn finish(mut self, calendars: &[Calendar], errors: &mut Vec<RuleError>) -> Option<Pack> {
        for (window, (wanted, line)) in self.pack.windows.iter_mut().zip(&self.window_calendars) {
            let Some(code) = wanted else { continue };
            let index = calendars.iter().position(|calendar| calendar.code == *code);
            window.rule.calendar = index.and_then(|index| u16::try_from(index).ok());
            if window.rule.calendar.is_none() {
                errors.push(RuleError {
                    file: self.file.clone(),
                    line: Some(*line),
                    row: Some(window.id.clone()),
                    message: format!("no calendar `{code}`, expected the code of a [[calendar]]"),
                });
            }
        }
        Some(self.pack)
    }
}

/// Where an error is, while a file is converted.
pub(super) struct Place<'a> {
    file: RuleFile<'a>,
    errors: &'a mut Vec<RuleError>,
    /// Where each row begins.
    rows: BTreeMap<String, usize>,
}

impl Place<'_> {
    /// Notes an error in this row.
    pub(super) fn wrong_row(&mut self, row: &str, message: String) {
        let byte = self.rows.get(row).copied().unwrap_or_default();
        self.wrong(byte, Some(row), message);
    }

    /// Notes an error at this byte of the file.
    pub(super) fn wrong(&mut self, byte: usize, row: Option<&str>, message: String) {
        self.errors.push(RuleError {
            file: self.file.name.to_owned(),
            line: Some(line_of(self.file.text, byte)),
            row: row.map(str::to_owned),
            message,
        });
    }
}

/// The pack that a file speaks of, unless it cannot be told at all.
pub(super) fn convert(
    file: RuleFile<'_>,
    source: PackSource,
    is_house: bool,
    code_of_conduct: bool,
    errors: &mut Vec<RuleError>,
) -> Option<Draft> {
    let before = errors.len();
    let mut place = Place { file, errors, rows: BTreeMap::new() };
    let code_at = source.code.span().start;
    let code = source.code.get_ref().clone();
    let region = if is_house || source.baseline { None } else { Region::parse(&code) };
    if is_house && code.strip_prefix("house:").is_none_or(str::is_empty) {
        place.wrong(code_at, None, format!("code `{code}`, expected `house:NAME` in a file of house rules"));
    }
    if !is_house && !source.baseline && region.is_none() {
        place.wrong(code_at, None, format!("code `{code}`, expected a country or state such as `PL` or `US-FL`"));
    }
    if source.r#override && !is_house {
        place.wrong(code_at, None, "`override`, expected only in house rules".to_owned());
    }
    let mut notes = vec![match &source.reviewed_by {
        Some(reviewer) => format!("Reviewed by {reviewer}."),
        None => "Not reviewed: needs a lawyer's sign-off before use.".to_owned(),
    }];
    if !source.sources.is_empty() {
        notes.push(format!("Sources: {}.", source.sources.join("; ")));
    }
    notes.extend(source.notes.iter().cloned());
    if source.area_code_presumption {
        notes.push("The area code alone makes it apply.".to_owned());
    }
    let version = local_date(source.version).map(|date| date.to_string());
    if version.is_none() {
        place.wrong(code_at, None, "`version`, expected a date".to_owned());
    }
    if source.r#override && source.partial == Some(true) {
        let message = "`override` and `partial`: where it has no row nothing would be asked";
        place.wrong(code_at, None, message.to_owned());
    }
    let window_calendars = source
        .windows
        .iter()
        .filter(|window| code_of_conduct || !window.get_ref().head().code_of_conduct)
        .map(|window| (window.get_ref().calendar.clone(), line_of(file.text, window.span().start)))
        .collect();
    let calendars = source.calendars.iter().map(|source| calendar(source, &mut place)).collect();
    let mut rows = Rows { place: &mut place, notes: &mut notes, code_of_conduct };
    let pack = Pack {
        name: source.name,
        version: version.unwrap_or_default(),
        region,
        gdpr: source.gdpr,
        partial: source.partial.unwrap_or(is_house && !source.r#override),
        overrides: source.r#override,
        baselines: source.baselines,
        requirements: rows.requirements(&source.requirements),
        registries: rows.all(&source.registries, Classes::Registry, registry),
        windows: rows.all(&source.windows, Classes::Required, window),
        caps: rows.all(&source.caps, Classes::Required, |cap, wrong| CapRule {
            attempts: cap.attempts,
            window_seconds: seconds(&cap.window).unwrap_or_else(|| {
                wrong(format!("window `{}`, expected hours or days such as `24h` or `30d`", cap.window));
                0
            }),
            both_families: cap.counts == Counts::CallsAndMessages,
            lifted_by_consent: cap.lifted_by_consent,
        }),
        silences: rows.all(&source.silences, Classes::Required, silence),
        obligations: rows.all(&source.obligations, Classes::Optional, |row, wrong| {
            if row.duties.is_empty() {
                wrong("no `duties`, expected at least one".to_owned());
            }
            ObligationRule { duties: row.duties.iter().copied().collect(), seconds: row.seconds }
        }),
        caller_ids: rows.all(&source.caller_ids, Classes::Optional, |row, wrong| CallerIdRule {
            banned_prefixes: row.banned_prefixes.iter().filter_map(|prefix| digits(prefix, wrong)).collect(),
        }),
        consent_limits: rows.all(&source.consent_limits, Classes::Optional, |row, wrong| {
            if row.months == 0 {
                wrong("`months = 0`, expected at least 1".to_owned());
            }
            ConsentLimitRule { months: row.months }
        }),
        confirmations: rows
            .all(&source.confirmations, Classes::Optional, |row, _| ConfirmationRule { minutes: row.minutes }),
        revocations: rows.all(&source.revocations, Classes::Required, |row, _| match row.reach {
            Reach::All => RevocationRule,
        }),
        retentions: rows.all(&source.retentions, Classes::Optional, |row, _| RetentionRule {
            what: row.what.clone(),
            months: row.months,
            days: row.days.unwrap_or(0),
            restarts_on_use: row.restarts_on_use,
        }),
        notes: Vec::new(),
        code,
    };
    let pack = Pack { notes, ..pack };
    if place.errors.len() == before {
        check::pack(&pack, code_at, &mut place);
    }
    Some(Draft { file: file.name.to_owned(), pack, window_calendars, calendars })
}

/// May a row leave out its classes?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Classes {
    Required,
    /// No, and absent channels stand for voice.
    Registry,
    Optional,
}

/// Converts rows of one pack.
struct Rows<'a, 'b> {
    place: &'a mut Place<'b>,
    notes: &'a mut Vec<String>,
    code_of_conduct: bool,
}

impl Rows<'_, '_> {
    /// Rows whose absent sectors stand for all.
    fn all<S: Headed, T>(
        &mut self,
        sources: &[Spanned<S>],
        classes: Classes,
        rule: impl Fn(&S, &mut dyn FnMut(String)) -> T,
    ) -> Vec<Row<T>> {
        sources.iter().filter_map(|source| self.row(source, classes, SectorSet::all(), &rule)).collect()
    }

    /// Requirement rows: absent sectors stand for those that no other row names for the same question.
    fn requirements(&mut self, sources: &[Spanned<RequirementSource>]) -> Vec<Row<RequirementRule>> {
        let mut rows = Vec::new();
        for source in sources {
            let mine = source.get_ref().head();
            let named: SectorSet = sources
                .iter()
                .map(|other| other.get_ref().head())
                .filter(|other| {
                    !class_set(other).intersection(class_set(&mine)).is_empty()
                        && !channel_set(other).intersection(channel_set(&mine)).is_empty()
                })
                .flat_map(|other| other.sectors.unwrap_or_default().iter().copied())
                .collect();
            let rest = SectorSet::all().iter().filter(|sector| !named.contains(*sector)).collect();
            rows.extend(self.row(source, Classes::Required, rest, &|source: &RequirementSource, wrong| {
                use crate::vocabulary::Requirement::OptInOrCustomer;
                if (source.require == OptInOrCustomer) != source.customer_months.is_some() {
                    wrong("`customer_months`, expected with `opt_in_or_customer` and with nothing else".to_owned());
                }
                RequirementRule {
                    requirement: source.require,
                    customer_months: source.customer_months.unwrap_or(0),
                    needs_review: source.needs_review,
                    double_opt_in: source.double_opt_in,
                }
            }));
        }
        rows
    }

    fn row<S: Headed, T>(
        &mut self,
        source: &Spanned<S>,
        classes: Classes,
        sectors: SectorSet,
        rule: &impl Fn(&S, &mut dyn FnMut(String)) -> T,
    ) -> Option<Row<T>> {
        let at = source.span().start;
        let head = source.get_ref().head();
        if head.code_of_conduct && !self.code_of_conduct {
            return None;
        }
        let place = &mut *self.place;
        let id = head.id.to_owned();
        place.rows.insert(id.clone(), at);
        let mut wrong = |message: String| place.wrong(at, Some(&id), message);
        if head.id.is_empty() || head.statute.trim().is_empty() {
            wrong("empty `id` or `statute`, expected both (every row is cited)".to_owned());
        }
        if classes != Classes::Optional && head.classes.is_none() {
            wrong("no `classes`, expected at least one".to_owned());
        }
        let when = Selector {
            classes: class_set(&head),
            sectors: head.sectors.map_or(sectors, |sectors| sectors.iter().copied().collect()),
            channels: if classes == Classes::Registry && head.channels.is_none() {
                voice()
            } else {
                channel_set(&head)
            },
            parties: head.parties.map_or(PartySet::all(), stricter),
            lines: head.lines.map_or(LineSet::all(), |lines| lines.iter().copied().collect()),
            from: head.from.and_then(|date| day(date, &mut wrong)),
            to: head.to.and_then(|date| day(date, &mut wrong)),
        };
        let rule = rule(source.get_ref(), &mut wrong);
        if let Some(note) = head.note {
            self.notes.push(format!("{}: {note}", head.id));
        }
        Some(Row { id, when, statute: head.statute.to_owned(), confidence: head.confidence, rule })
    }
}

fn class_set(head: &Head<'_>) -> ClassSet {
    // A notice follows `service`; emergencies and confirmations are no pack's matter.
    head.classes.map_or_else(ClassSet::all, |classes| classes.iter().copied().collect())
}

fn channel_set(head: &Head<'_>) -> ChannelSet {
    head.channels
        .map_or_else(ChannelSet::all, |words| words.iter().fold(ChannelSet::EMPTY, |set, word| set.union(word.0)))
}

/// Registries are screened for voice unless the row says more.
fn voice() -> ChannelSet {
    ChannelSet::all()
        .iter()
        .filter(|channel| !channel.is_message() && *channel != crate::vocabulary::Channel::Fax)
        .collect()
}

/// An unknown party is read as an individual.
fn stricter(parties: &[Party]) -> PartySet {
    let set: PartySet = parties.iter().copied().collect();
    if set.contains(Party::Individual) { set.with(Party::Unknown) } else { set }
}

fn registry(source: &RegistrySource, wrong: &mut dyn FnMut(String)) -> RegistryRule {
    if source.lists.is_empty() {
        wrong("`lists = []`, expected `individuals`, `businesses` or both".to_owned());
    }
    RegistryRule {
        registry: source.registry.clone(),
        individuals: source.lists.contains(&ListedParty::Individuals),
        businesses: source.lists.contains(&ListedParty::Businesses),
        max_age_days: source.max_age_days,
        revokes_consents: source.revokes_consents,
        ebr: source
            .ebr
            .map(|ebr| EbrRule { transaction_months: ebr.transaction_months, inquiry_months: ebr.inquiry_months }),
        contract_lifts_days: source.contract_lifts_days,
        grace_days: source.grace_days,
    }
}

fn silence(source: &SilenceSource, wrong: &mut dyn FnMut(String)) -> SilenceRule {
    if source.permanent == source.days.is_some() {
        wrong("expected either `days` or `permanent = true`".to_owned());
    }
    SilenceRule { after: source.after, days: source.days, lifted_by_consent: source.lifted_by_consent }
}

fn window(source: &WindowSource, wrong: &mut dyn FnMut(String)) -> WindowRule {
    let closes = matches!(source.holidays, HolidaySource::Closed);
    if (closes || source.eves.is_some()) && source.calendar.is_none() {
        wrong("holidays or eves without a `calendar`, expected the code of one".to_owned());
    }
    WindowRule {
        week: week(&source.hours, wrong),
        holidays: if closes { HolidayRule::Closed } else { HolidayRule::Ignored },
        eves: source.eves.as_deref().map(|texts| spans(texts, wrong)),
        calendar: None,
        lifted_by_consent: source.lifted_by_consent,
        fixed_offset: source.fixed_zone.as_deref().and_then(|text| {
            let offset = offset(text);
            if offset.is_none() {
                wrong(format!("fixed_zone `{text}`, expected an offset such as `-06:00`"));
            }
            offset
        }),
    }
}

fn calendar(source: &Spanned<CalendarSource>, place: &mut Place<'_>) -> Calendar {
    let at = source.span().start;
    let source = source.get_ref();
    let mut wrong = |message: String| place.wrong(at, None, format!("calendar `{}`: {message}", source.code));
    let mut days: Vec<i32> = source.days.iter().filter_map(|date| day(*date, &mut wrong)).collect();
    days.sort_unstable();
    days.dedup();
    let from = day(source.from, &mut wrong).unwrap_or(0);
    let to = day(source.to, &mut wrong).unwrap_or(0);
    if from >= to || days.first().is_some_and(|day| *day < from) || days.last().is_some_and(|day| *day >= to) {
        wrong("expected `from` < `to` and every day between them".to_owned());
    }
    Calendar { code: source.code.clone(), source: source.source.clone(), from, to, days }
}

/// The classes that packs speak about; the gate knows the others by itself.
pub(super) const CLASSES: &[PurposeClass] = &[
    PurposeClass::Marketing,
    PurposeClass::Service,
    PurposeClass::DebtCollection,
    PurposeClass::Survey,
    PurposeClass::Charity,
    PurposeClass::Political,
    PurposeClass::Reconsent,
];
