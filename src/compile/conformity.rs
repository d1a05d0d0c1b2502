//! The conformity audit: which consents count, which fail and why, and whom to ask again.
//!
//! It reads the same folded histories as a snapshot holds. A consent of several purposes is judged for
//! each of them. Consents that an erasure hides are not in it, those that were rejected are in the reject
//! file.

mod hashed;
mod judge;
mod law;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use super::error::{CompileError, Finding};
use super::fold::{Folded, RecordId};
use crate::dictionary::Dictionary;
use crate::rules::Rules;
use crate::vocabulary::{ChannelSet, Condition, ConditionSet};
use crate::{Event, Number, Timestamp};
pub(crate) use hashed::{HashedLists, listing};
use judge::History;
use law::Law;

/// Why a consent does not count for a purpose at the instant of the audit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum Failing {
    /// It misses conditions.
    Nonconforming,
    /// It is dated later.
    NotYetValid,
    /// Past its own expiry, or the law's limit where the number is.
    Expired,
    /// A withdrawal, objection, opt-out, restriction or refusal for good that is not earlier covers the purpose and every
    /// channel of the consent.
    Denied,
    /// The number changed hands since, or at the same instant.
    Reassigned,
}

impl Failing {
    /// Its name in files.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Failing::Nonconforming => "nonconforming",
            Failing::NotYetValid => "not_yet_valid",
            Failing::Expired => "expired",
            Failing::Denied => "withdrawn",
            Failing::Reassigned => "number_reassigned",
        }
    }
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.slug())
    }
}

/// May the person be asked for a new consent?
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum AskAgain {
    /// No need: this consent counts, or another for the same purpose and channels does.
    NotNeeded,
    /// Yes, where the gate allows the purpose `reconsent`.
    Ask,
    /// No: the person refused (withdrawal, objection, opt-out, restriction or a blocking list).
    Refused,
    /// No: another person has the number now.
    Reassigned,
    /// Not by telephone or message: where this number is, asking is itself marketing that needs a consent
    /// (Poland, Germany, Austria).
    LawForbids,
}

impl AskAgain {
    /// Its name in files.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            AskAgain::NotNeeded => "not_needed",
            AskAgain::Ask => "ask",
            AskAgain::Refused => "forbidden_refused",
            AskAgain::Reassigned => "forbidden_number_reassigned",
            AskAgain::LawForbids => "forbidden_by_law",
        }
    }
}

impl fmt::Display for AskAgain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.slug())
    }
}

/// One consent for one of its purposes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConformityRow<'a> {
    /// The number. `Debug` masks it.
    pub number: Number,
    /// The controller's id.
    pub controller: &'a str,
    /// The purpose's id.
    pub purpose: &'a str,
    /// The channels that it names.
    pub channels: ChannelSet,
    /// When it was given.
    pub given: Timestamp,
    /// The id of the record, if it has one.
    pub record: Option<&'a str>,
    /// Why it does not count; empty: it counts.
    pub failing: Vec<Failing>,
    /// The conditions that it misses.
    pub missing: ConditionSet,
    /// May the person be asked again?
    pub ask_again: AskAgain,
}

/// The columns of [`ConformityRow::fields`].
pub const CONFORMITY_COLUMNS: [&str; 9] =
    ["number", "controller", "purpose", "channels", "given", "record", "failing", "missing", "ask_again"];

impl ConformityRow<'_> {
    /// The row as text, one field a column; `failing` is empty for a consent that counts.
    #[must_use]
    pub fn fields(&self) -> [String; 9] {
        [
            format!("+{}", self.number.as_u64()),
            self.controller.to_owned(),
            self.purpose.to_owned(),
            joined(self.channels.iter()),
            rfc3339(self.given),
            self.record.unwrap_or_default().to_owned(),
            joined(self.failing.iter()),
            joined(self.missing.iter()),
            self.ask_again.to_string(),
        ]
    }
}

/// The audit of one controller and purpose.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct ConformityCount {
    /// Consents that name the purpose.
    pub consents: u64,
    /// Those that count.
    pub counting: u64,
    /// Those that fail, by reason; one may fail for several.
    pub failing: BTreeMap<Failing, u64>,
    /// Those that miss a condition, by condition.
    pub missing: BTreeMap<Condition, u64>,
    /// Those that fail, by whether the person may be asked again.
    pub ask_again: BTreeMap<AskAgain, u64>,
}

/// The audit in figures.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct Conformity {
    /// The instant for which the consents were judged.
    pub at: Timestamp,
    /// The figures by controller and purpose.
    pub by_purpose: BTreeMap<(String, String), ConformityCount>,
}

/// Judges every consent at this instant and gives a row for each of its purposes, numbers ascending.
///
/// # Errors
///
/// What `each` returns ends the audit; and when what left memory does not come back.
pub(crate) fn audit<E: From<CompileError>>(
    folded: &mut Folded,
    (dictionary, rules): (&Dictionary, &Rules),
    hashed: &HashedLists,
    at: Timestamp,
    mut each: impl FnMut(&ConformityRow<'_>) -> Result<(), E>,
) -> Result<Conformity, E> {
    let mut templates: Vec<_> = folded.templates().map(|template| template.cloned()).collect();
    let first_listing = u32::try_from(templates.len()).unwrap_or(u32::MAX);
    templates.extend((0_u16..).zip(&dictionary.lists).map(|(index, list)| Some(listing(list.kind, index))));
    let mut events = Vec::new();
    let mut counts: BTreeMap<(u16, u16), ConformityCount> = BTreeMap::new();
    while let Some(one) = folded.next().map_err(|error| CompileError::from(Finding::lost(&error)))? {
        events.clear();
        events.extend(hashed.lists(one.number).map(|list| {
            let template = first_listing.saturating_add(u32::from(list));
            (Event { at: None, template, until: None }, RecordId::NONE)
        }));
        events.extend_from_slice(one.events);
        let law = Law::of(one.number, rules);
        let history = History::new((&events, one.attempts), &templates, dictionary, &law, at);
        let all = history.judged();
        for judged in &all {
            let row = ConformityRow {
                number: one.number,
                controller: dictionary
                    .controllers
                    .get(usize::from(judged.controller))
                    .map_or("", |controller| controller.id.as_str()),
                purpose: dictionary.purposes.get(usize::from(judged.purpose)).map_or("", |purpose| purpose.id.as_str()),
                channels: judged.consent.channels,
                given: judged.given,
                record: one.id(judged.record),
                ask_again: history.ask_again(one.number, &all, judged),
                failing: judged.failing.clone(),
                missing: judged.consent.missing,
            };
            counts.entry((judged.controller, judged.purpose)).or_default().add(&row);
            each(&row)?;
        }
    }
    let name = |(controller, purpose): (u16, u16)| {
        let controller = dictionary.controllers.get(usize::from(controller)).map(|controller| controller.id.clone());
        let purpose = dictionary.purposes.get(usize::from(purpose)).map(|purpose| purpose.id.clone());
        (controller.unwrap_or_default(), purpose.unwrap_or_default())
    };
    Ok(Conformity { at, by_purpose: counts.into_iter().map(|(key, count)| (name(key), count)).collect() })
}

impl ConformityCount {
    fn add(&mut self, row: &ConformityRow<'_>) {
        count(&mut self.consents);
        if row.failing.is_empty() {
            count(&mut self.counting);
            return;
        }
        row.failing.iter().for_each(|failing| count(self.failing.entry(*failing).or_default()));
        row.missing.iter().for_each(|condition| count(self.missing.entry(condition).or_default()));
        count(self.ask_again.entry(row.ask_again).or_default());
    }
}

fn count(counter: &mut u64) {
    *counter = counter.saturating_add(1);
}

fn joined(words: impl Iterator<Item = impl fmt::Display>) -> String {
    let words: Vec<String> = words.map(|word| word.to_string()).collect();
    words.join(";")
}

fn rfc3339(at: Timestamp) -> String {
    at.to_chrono().map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)).unwrap_or_default()
}
