//! Checks the `[[lists]]` of a manifest.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;

use super::check::Check;
use super::raw::{RawChange, RawCovers, RawList};
use super::spec::{ChangeSpec, Guards, ListFormat, ListSpec};
use crate::compile::date;
use crate::compile::input::Scope;
use crate::rules::source::{REGISTRIES, is_registry};
use crate::vocabulary::{ChannelSet, ListKind};
use crate::{Region, Timestamp};

/// Sold by area code, so that a copy must say what it covers.
const SOLD_BY_AREA: &[&str] = &["us-ndnc", "ca-dncl"];

impl Check<'_> {
    pub(super) fn lists(&mut self, raw: Vec<RawList>, as_of: Option<Timestamp>) -> Vec<ListSpec> {
        let mut seen = BTreeMap::new();
        raw.into_iter().filter_map(|list| self.list(list, as_of, &mut seen)).collect()
    }

    fn list(
        &mut self,
        raw: RawList,
        as_of: Option<Timestamp>,
        seen: &mut BTreeMap<crate::NameId, String>,
    ) -> Option<ListSpec> {
        self.id("list", &raw.id, seen);
        let span = raw.id.span();
        self.registry(&raw);
        let covers = self.covers(&raw);
        let format = *raw.format.get_ref();
        self.key_file(&raw);
        let list_as_of = match &raw.as_of {
            Some(date) => self.date(date.get_ref(), date.span()),
            None => {
                self.find(span.clone(), "the list has no `as_of`", "the date of the copy", "add `as_of`");
                None
            }
        };
        if let (Some(list), Some(all)) = (list_as_of, as_of)
            && list > all.plus(date::GRACE)
        {
            let span = raw.as_of.as_ref().map_or(span.clone(), Spanned::span);
            self.find(
                span,
                "the list is dated after the manifest's `as_of`",
                "a date at most 5 minutes later",
                "correct the date, or compile with a later `as_of`",
            );
        }
        let changes = self.changes(raw.changes, list_as_of);
        if !changes.is_empty()
            && !matches!(format, ListFormat::Plain | ListFormat::Ftc | ListFormat::Csv | ListFormat::Tps)
        {
            self.find(
                span.clone(),
                "`changes` cannot be applied to this format",
                "changes of a `plain`, `ftc`, `tps` or `csv` list",
                "take a full copy of the list",
            );
        }
        let has_csv_changes = raw.columns.action.is_some();
        if format == ListFormat::Csv && raw.columns.number.is_none() {
            self.find(
                span.clone(),
                "the columns of the file are not declared",
                "`columns = { number = \"...\" }`",
                "name the column of the number",
            );
        } else if !changes.is_empty()
            && !has_csv_changes
            && raw.layout.as_ref().is_none_or(|layout| layout.get_ref() != "signed")
        {
            self.find(
                span.clone(),
                "the layout of the change files is not declared",
                "`layout = \"signed\"` (`+NUMBER` or `-NUMBER` a line), or `columns = { number, action }`",
                "declare it: it is not guessed",
            );
        }
        if let Some(layout) = &raw.layout
            && format != ListFormat::Vicidial
            && (layout.get_ref() != "signed" || changes.is_empty())
        {
            self.find(
                layout.span(),
                "`layout` means nothing here",
                "a `vicidial` list, or `signed` beside `changes`",
                "remove it",
            );
        }
        if let (Some(layout), ListFormat::Vicidial) = (&raw.layout, format)
            && let Err(expected) = crate::compile::lists::vicidial::Layout::parse(layout.get_ref())
        {
            self.find(layout.span(), "the layout cannot be read", expected, "copy the line of DNC_IMPORT_FORMATS");
        }
        let region = self.region(raw.region.as_ref());
        let delimiter = self.delimiter(raw.delimiter.as_ref());
        let scope = self.scope(raw.purposes, raw.channels);
        let controllers = raw.controllers.and_then(|names| self.known_controllers(names));
        let jurisdictions = raw.jurisdictions.and_then(|codes| self.jurisdictions(codes));
        let guards = Guards {
            max_shrink_percent: self.percent(raw.max_shrink_percent.as_ref(), 5.0),
            max_reject_percent: self.percent(raw.max_reject_percent.as_ref(), 0.0),
            allow_empty: raw.allow_empty,
        };
        Some(ListSpec {
            kind: raw.kind,
            registry: raw.registry.map(Spanned::into_inner),
            format,
            path: self.relative(&raw.path),
            as_of: changes.last().map_or(list_as_of?, |last| last.to),
            changes,
            covers,
            controllers,
            scope,
            jurisdictions,
            max_age_days: raw.max_age_days,
            consent_lifts: raw.consent_lifts,
            region,
            key_file: raw.key_file.as_ref().map(|file| self.relative(file.get_ref())),
            key_unchecked: raw.key_unchecked,
            columns: raw.columns,
            layout: raw.layout.map(Spanned::into_inner),
            delimiter,
            guards,
            id: raw.id.into_inner(),
        })
    }

    fn key_file(&mut self, raw: &RawList) {
        let is_hashed = *raw.format.get_ref() == ListFormat::Hashed;
        if is_hashed && raw.key_file.is_none() {
            self.find(
                raw.format.span(),
                "the list is hashed and names no key",
                "`key_file = \"...\"`",
                "name the key file that it was hashed with",
            );
        }
        if !is_hashed && (raw.key_file.is_some() || raw.key_unchecked) {
            let span = raw.key_file.as_ref().map_or(raw.id.span(), Spanned::span);
            self.find(
                span,
                "`key_file` or `key_unchecked` of a list that is not hashed",
                "`format = \"hashed\"`",
                "remove it or correct `format`",
            );
        }
    }

    fn registry(&mut self, raw: &RawList) {
        match (raw.kind, &raw.registry) {
            (ListKind::Registry, None) => self.find(
                raw.id.span(),
                format!("list `{}` is a registry and does not say which", raw.id.get_ref()),
                "`registry = \"...\"`",
                "name the registry as the rules do",
            ),
            (_, Some(id)) if !is_registry(id.get_ref()) => self.find(
                id.span(),
                format!("registry `{}` is not known", id.get_ref()),
                format!("one of {}, or `us-XX-dnc` for a state", REGISTRIES.join(", ")),
                "correct the name",
            ),
            (ListKind::OptOut | ListKind::Block, Some(id)) => self.find(
                id.span(),
                "`registry` of a list that is not one",
                "`kind = \"registry\"` (or `reassigned`)",
                "remove `registry` or correct `kind`",
            ),
            _ => {}
        }
        if raw.consent_lifts && raw.kind != ListKind::Block {
            self.find(
                raw.id.span(),
                "`consent_lifts` of a list that is not a block list",
                "`kind = \"block\"`",
                "remove it: what lifts other lists is in the rules",
            );
        }
    }

    fn covers(&mut self, raw: &RawList) -> Option<Vec<String>> {
        let Some(covers) = &raw.covers else {
            if let (ListKind::Registry, Some(id)) = (raw.kind, &raw.registry)
                && SOLD_BY_AREA.contains(&id.get_ref().as_str())
            {
                self.find(
                    raw.id.span(),
                    format!(
                        "registry `{}` is sold by area code, and the list does not say what it covers",
                        id.get_ref()
                    ),
                    "`covers = \"all\"` or the prefixes, such as `[\"+1416\"]`",
                    "add `covers`",
                );
            }
            return None;
        };
        match covers.get_ref() {
            RawCovers::All(word) if word == "all" => None,
            RawCovers::Prefixes(prefixes) => {
                let mut digits: Vec<String> = Vec::new();
                for prefix in prefixes {
                    match prefix.strip_prefix('+') {
                        Some(rest)
                            if (1..=15).contains(&rest.len())
                                && rest.bytes().all(|byte| byte.is_ascii_digit())
                                && !rest.starts_with('0') =>
                        {
                            digits.push(rest.to_owned());
                        }
                        _ => self.find(
                            covers.span(),
                            format!("`{}` is not an E.164 prefix", prefix.escape_debug()),
                            "`+` and digits",
                            "correct `covers`",
                        ),
                    }
                }
                digits.sort_unstable();
                digits.dedup();
                Some(digits)
            }
            RawCovers::All(_) => {
                self.find(covers.span(), "`covers` cannot be read", "`all` or a list of E.164 prefixes", "correct it");
                None
            }
        }
    }

    /// Change files lead from one state to the next without a gap.
    fn changes(&mut self, raw: Vec<Spanned<RawChange>>, base: Option<Timestamp>) -> Vec<ChangeSpec> {
        let mut specs: Vec<ChangeSpec> = Vec::new();
        let Some(mut state) = base else { return specs };
        for change in raw {
            let span = change.span();
            let (path, dates) = match change.into_inner() {
                RawChange::Path(path) => {
                    // A bare path is one day's change, and says the day in its name.
                    let to = dated_name(&path);
                    let from = to.map(|to| if next_day(state) >= to { state } else { to.plus(-crate::timestamp::DAY) });
                    (path, from.zip(to))
                }
                RawChange::Dated(dated) => {
                    let dates = dated.from.instant().zip(dated.to.instant());
                    (dated.path, dates)
                }
            };
            let Some((from, to)) = dates else {
                self.find(
                    span,
                    "the date of a change file cannot be told",
                    "a name that ends in `YYYY-MM-DD` before its extension, or `{ path, from, to }`",
                    "rename it or give its dates",
                );
                continue;
            };
            if to <= state {
                self.change_order(span, "a change file is out of order: it leads to no later state");
            } else if from > state {
                self.change_order(span, "a change file is missing: this one starts after the state before it");
            } else if from < state {
                self.change_order(span, "a change file starts before the state that it is applied to");
            }
            state = to;
            specs.push(ChangeSpec { path: self.relative(&path), to });
        }
        specs
    }

    fn change_order(&mut self, span: Range<usize>, what: &str) {
        self.find(
            span,
            what,
            "files in order, each from the state that the one before leads to (the first from the list's `as_of`)",
            "add what is missing, or take a full copy",
        );
    }

    fn region(&mut self, region: Option<&Spanned<String>>) -> Option<Region> {
        let region = region?;
        let Some(parsed) = Region::parse(region.get_ref()) else {
            self.find(
                region.span(),
                format!("region `{}` cannot be read", region.get_ref().escape_debug()),
                "two capital letters, such as `PL`",
                "correct it",
            );
            return None;
        };
        if !crate::compile::lists::national::is_supported(parsed) {
            self.find(
                region.span(),
                format!("national numbers of `{parsed}` cannot be read by this build"),
                "a region of +1, or `GB`",
                "build with the feature `phone`, or write the numbers in E.164",
            );
        }
        Some(parsed)
    }

    fn delimiter(&mut self, delimiter: Option<&Spanned<String>>) -> u8 {
        let Some(delimiter) = delimiter else { return b',' };
        match delimiter.get_ref().as_str() {
            "tab" | "\t" => b'\t',
            "," | "comma" => b',',
            ";" | "semicolon" => b';',
            "|" | "pipe" => b'|',
            _ => {
                self.find(delimiter.span(), "the delimiter cannot be used", "`,`, `;`, `|` or `tab`", "correct it");
                b','
            }
        }
    }

    fn scope(&mut self, purposes: Option<Vec<Spanned<String>>>, channels: Option<Vec<Spanned<String>>>) -> Scope {
        for purpose in purposes.iter().flatten() {
            if purpose.get_ref() != "*" && !self.purposes.contains(purpose.get_ref()) {
                self.find(
                    purpose.span(),
                    format!("purpose `{}` is not declared", purpose.get_ref().escape_debug()),
                    "a declared purpose, a class or `*`",
                    "declare it or correct the name",
                );
            }
        }
        for channel in channels.iter().flatten() {
            if ChannelSet::from_slug(channel.get_ref()).is_none() {
                self.find(
                    channel.span(),
                    format!("channel `{}` is not known", channel.get_ref().escape_debug()),
                    "a channel, or `live_call`",
                    "correct the name",
                );
            }
        }
        Scope { purposes: self.names(purposes), channels: self.names(channels) }
    }

    fn names(&mut self, names: Option<Vec<Spanned<String>>>) -> Option<Vec<String>> {
        let names = names?;
        // An empty list reads as "nothing" and as "everything": neither is what its author can have checked.
        Some(names.into_iter().map(Spanned::into_inner).collect()).filter(|names: &Vec<String>| !names.is_empty())
    }

    fn known_controllers(&mut self, names: Vec<Spanned<String>>) -> Option<Vec<String>> {
        if names.is_empty() {
            return None;
        }
        for name in &names {
            if !self.controllers.contains(name.get_ref()) {
                self.find(
                    name.span(),
                    format!("controller `{}` is not declared", name.get_ref().escape_debug()),
                    "the id of one of the [[controllers]]",
                    "declare it or correct the name",
                );
            }
        }
        Some(names.into_iter().map(Spanned::into_inner).collect())
    }

    fn jurisdictions(&mut self, codes: Vec<Spanned<String>>) -> Option<Vec<String>> {
        if codes.is_empty() {
            return None;
        }
        for code in &codes {
            let text = code.get_ref();
            if Region::parse(text).is_none() && !text.starts_with("house:") {
                self.find(
                    code.span(),
                    format!("jurisdiction `{}` cannot be read", text.escape_debug()),
                    "the code of a rule pack, such as `PL` or `US-FL`",
                    "correct it",
                );
            }
        }
        let mut codes: Vec<String> = codes.into_iter().map(Spanned::into_inner).collect();
        codes.sort_unstable();
        codes.dedup();
        Some(codes)
    }
}

/// The day at the end of a file's name: `us-ndnc-2026-11-21.txt` (further extensions may follow).
fn dated_name(path: &Path) -> Option<Timestamp> {
    let mut name = PathBuf::from(path.file_name()?);
    while name.extension().is_some() {
        name.set_extension("");
    }
    let name = name.to_str()?;
    date::day(name.get(name.len().checked_sub(10)?..)?)
}

/// The start of the day after the one that holds this instant.
fn next_day(instant: Timestamp) -> Timestamp {
    let day = instant.micros().div_euclid(crate::timestamp::DAY);
    Timestamp::from_micros(day.saturating_add(1).saturating_mul(crate::timestamp::DAY))
}
