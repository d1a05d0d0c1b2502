//! What a screening rests on: lists, copies of registries, rule packs.

use chrono::{DateTime, Utc};

use super::super::source::{Opened, hex};
use super::places::named;
use super::words::PageWords;
use crate::Language;
use crate::dictionary::List;
use crate::language::fill;
use crate::rules::{Pack, Rules};
use crate::timestamp::{DAY, Timestamp};
use crate::vocabulary::{Confidence, ListKind};

/// Days left below which a copy is marked.
const SOON: i64 = 7;

/// A list.
pub(super) struct ListLine {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) entries: String,
    pub(super) rejected: String,
    pub(super) copy_of: String,
    pub(super) digest: String,
}

/// Something that goes stale.
pub(super) struct CopyLine {
    pub(super) id: String,
    pub(super) registry: String,
    pub(super) copy_of: String,
    pub(super) stale_from: String,
    pub(super) left: String,
    pub(super) urgent: bool,
}

/// A rule pack.
pub(super) struct PackLine {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) signed_off: &'static str,
    /// Rows by confidence: `H 12`.
    pub(super) confidence: Vec<(&'static str, String)>,
    pub(super) digest: String,
}

/// Puts what a screening rests on into words.
pub(super) struct Sources<'a> {
    pub(super) language: Language,
    pub(super) w: &'static PageWords,
    pub(super) at: DateTime<Utc>,
    pub(super) rules: &'a Rules,
}

impl Sources<'_> {
    pub(super) fn lists<'l>(&self, lists: impl Iterator<Item = &'l List>) -> Vec<ListLine> {
        lists
            .map(|list| ListLine {
                id: list.id.clone(),
                kind: self.language.list_kind(list.kind),
                entries: self.language.count(list.entries),
                rejected: self.language.count(list.rejected),
                copy_of: self.day(list.as_of),
                digest: short(&list.digest),
            })
            .collect()
    }

    /// The copies of registries with the days that they have left, the most urgent first.
    pub(super) fn copies<'l>(&self, lists: impl Iterator<Item = &'l List>) -> Vec<CopyLine> {
        let mut copies: Vec<(Timestamp, CopyLine)> = lists
            .filter(|list| list.kind == ListKind::Registry)
            .map(|list| {
                let registry = list.registry.as_deref().unwrap_or_default();
                let stale_from = stale_from(self.rules, list, self.at);
                let (from, left, urgent) = match stale_from {
                    None => ("-".to_owned(), self.w.unused.to_owned(), false),
                    Some(Timestamp::MIN) => ("-".to_owned(), self.w.no_limit.to_owned(), true),
                    Some(from) => self.left(from),
                };
                let line = CopyLine {
                    id: list.id.clone(),
                    registry: registry.to_owned(),
                    copy_of: self.day(list.as_of),
                    stale_from: from,
                    left,
                    urgent,
                };
                (stale_from.unwrap_or(Timestamp::MAX), line)
            })
            .collect();
        copies.sort_by_key(|(stale_from, _)| *stale_from);
        copies.into_iter().map(|(_, line)| line).collect()
    }

    /// The snapshot, where it has a limit of its own.
    pub(super) fn snapshot(&self, as_of: Timestamp, max_age_days: Option<u32>) -> Option<CopyLine> {
        let from = as_of.plus(DAY.saturating_mul(i64::from(max_age_days?)));
        let (stale_from, left, urgent) = self.left(from);
        Some(CopyLine {
            id: self.w.snapshot_itself.to_owned(),
            registry: String::new(),
            copy_of: self.day(as_of),
            stale_from,
            left,
            urgent,
        })
    }

    /// From when it is stale, how many full days are left, and whether that is few.
    fn left(&self, from: Timestamp) -> (String, String, bool) {
        let left = from.micros().saturating_sub(Timestamp::from(self.at).micros());
        let days = left.div_euclid(DAY);
        let says = u64::try_from(days).map_or(self.w.is_stale.to_owned(), |days| self.language.count(days));
        let stale = if left <= 0 { self.w.is_stale.to_owned() } else { says };
        (self.instant(from), stale, days < SOON)
    }

    pub(super) fn packs<'p>(&self, packs: impl Iterator<Item = &'p Pack>) -> Vec<PackLine> {
        let table = self.rules.table(None, None);
        packs
            .map(|pack| {
                let line = table.packs.iter().find(|line| line.code == pack.code);
                let rows = |sure: Confidence| {
                    let rows = table.rows.iter().filter(|row| row.jurisdiction == pack.code);
                    rows.filter(|row| row.confidence == sure).count()
                };
                let confidence = Confidence::ALL
                    .iter()
                    .map(|sure| (sure.slug(), u64::try_from(rows(*sure)).unwrap_or(u64::MAX)))
                    .filter(|(_, rows)| *rows > 0)
                    .map(|(sure, rows)| (sure, self.language.count(rows)))
                    .collect();
                let signed_off = line.is_some_and(|line| line.signed_off);
                PackLine {
                    code: pack.code.clone(),
                    name: named(self.language, &pack.name).to_owned(),
                    version: self.language.readable(&pack.version),
                    signed_off: if signed_off { self.w.yes } else { self.w.no },
                    confidence,
                    digest: short(&self.digest(pack)),
                }
            })
            .collect()
    }

    /// The digest of a pack as it travels in the snapshot, with the calendars that its windows name.
    fn digest(&self, pack: &Pack) -> [u8; 32] {
        let mut alone = Rules { packs: vec![pack.clone()], calendars: Vec::new() };
        for window in alone.packs.iter_mut().flat_map(|pack| &mut pack.windows) {
            let calendar = window.rule.calendar.and_then(|index| self.rules.calendars.get(usize::from(index)));
            let Some(calendar) = calendar else { continue };
            let known = alone.calendars.iter().position(|known| known.code == calendar.code);
            let place = known.unwrap_or(alone.calendars.len());
            if known.is_none() {
                alone.calendars.push(calendar.clone());
            }
            window.rule.calendar = u16::try_from(place).ok();
        }
        *blake3::hash(&alone.encode()).as_bytes()
    }

    pub(super) fn day(&self, at: Timestamp) -> String {
        at.to_chrono().map_or_else(|| "-".to_owned(), |at| self.language.day(at))
    }

    pub(super) fn instant(&self, at: Timestamp) -> String {
        at.to_chrono().map_or_else(|| "-".to_owned(), |at| self.language.instant(at))
    }
}

/// What a controller is called: its name and, in brackets, its id.
pub(super) fn controller(opened: &Opened, named: Option<&str>) -> String {
    opened.controller_name(named)
}

/// The meaning of each letter of confidence.
pub(super) fn legend(language: Language) -> Vec<(&'static str, &'static str)> {
    Confidence::ALL.iter().map(|sure| (sure.slug(), language.confidence(*sure))).collect()
}

/// So many days, in words.
pub(super) fn days(w: &PageWords, days: i64) -> String {
    fill(w.days, &[&days])
}

fn short(digest: &[u8; 32]) -> String {
    hex(digest).get(..16).unwrap_or_default().to_owned()
}

/// The first instant at which a rule that screens a registry takes this copy of it for stale, as it stands at this
/// instant; none: no rule screens it.
pub(in crate::cli) fn stale_from(rules: &Rules, list: &List, at: DateTime<Utc>) -> Option<Timestamp> {
    let registry = list.registry.as_deref()?;
    let day = i32::try_from(Timestamp::from(at).micros().div_euclid(DAY)).unwrap_or(i32::MAX);
    rules
        .packs
        .iter()
        .flat_map(|pack| &pack.registries)
        .filter(|row| row.rule.registry == registry && row.when.to.is_none_or(|to| day < to))
        .map(|row| match (row.rule.max_age_days.map(u32::from), list.max_age_days) {
            (None, None) => Timestamp::MIN,
            (law, own) => {
                let days = law.unwrap_or(u32::MAX).min(own.unwrap_or(u32::MAX));
                list.as_of.plus(DAY.saturating_mul(i64::from(days)))
            }
        })
        .min()
}
