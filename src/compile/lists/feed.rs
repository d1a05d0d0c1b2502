//! Between the formats and the sink: counts, batches, applies change files, reports defects.

use std::collections::HashMap;
use std::path::Path;

use super::national::{Defect, Plan};
use super::{Context, ListSink};
use crate::Number;
use crate::compile::error::{CompileError, Finding};
use crate::compile::input::{ListEntry, Target};
use crate::compile::manifest::ListSpec;
use crate::compile::reject::{Outcome, Raw};
use crate::key::{KeyId, NumberHash};

/// Undated numbers are passed on in batches of this size.
pub(super) const BATCH: usize = 4096;

/// What the last change file that names a number says of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Action {
    Add,
    Delete,
}

/// Where a format puts its rows.
pub(super) struct Feed<'a> {
    pub(super) list: &'a ListSpec,
    pub(super) context: &'a Context<'a>,
    pub(super) plan: Plan,
    /// The file or member being read.
    source: String,
    sink: &'a mut dyn ListSink,
    batch: Vec<Number>,
    changes: HashMap<Number, Action>,
    pub(super) entries: u64,
    pub(super) rejected: u64,
    pub(super) widened: u64,
    /// Rejected rows that may have been a number.
    pub(super) bad: u64,
    pub(super) rows: u64,
    first_bad: Option<(String, u64, &'static str)>,
}

impl<'a> Feed<'a> {
    pub(super) fn new(list: &'a ListSpec, context: &'a Context<'a>, plan: Plan, sink: &'a mut dyn ListSink) -> Self {
        Self {
            list,
            context,
            plan,
            source: String::new(),
            sink,
            batch: Vec::with_capacity(BATCH),
            changes: HashMap::new(),
            entries: 0,
            rejected: 0,
            widened: 0,
            bad: 0,
            rows: 0,
            first_bad: None,
        }
    }

    pub(super) fn begin(&mut self, source: &Path) {
        self.source = source.display().to_string();
    }

    pub(super) fn source(&self) -> &Path {
        Path::new(&self.source)
    }

    /// A number, undated and unscoped.
    #[inline]
    pub(super) fn number(&mut self, number: Number) {
        self.rows = self.rows.saturating_add(1);
        if !self.changes.is_empty() && self.changes.get(&number) == Some(&Action::Delete) {
            return;
        }
        self.push(number);
    }

    /// Many of them, a row each.
    pub(super) fn numbers(&mut self, numbers: &[Number]) {
        if !self.changes.is_empty() {
            return numbers.iter().for_each(|number| self.number(*number));
        }
        let count = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
        self.rows = self.rows.saturating_add(count);
        self.entries = self.entries.saturating_add(count);
        if !numbers.is_empty() {
            self.sink.numbers(numbers);
        }
    }

    fn push(&mut self, number: Number) {
        self.entries = self.entries.saturating_add(1);
        self.batch.push(number);
        if self.batch.len() == BATCH {
            self.flush();
        }
    }

    /// A row as a number in the list's plan.
    #[inline]
    pub(super) fn text(&mut self, line: u64, text: &[u8], row: &[u8]) -> Result<(), CompileError> {
        match self.plan.read(text) {
            Ok(number) => {
                self.number(number);
                Ok(())
            }
            Err(defect) => self.defect(line, defect, row),
        }
    }

    /// An entry that is more than a number.
    pub(super) fn entry(&mut self, entry: ListEntry) {
        if let ListEntry { target: Target::Number(number), at: None, until: None, scope: None } = entry {
            return self.number(number);
        }
        self.rows = self.rows.saturating_add(1);
        if let Target::Number(number) = entry.target
            && self.changes.get(&number) == Some(&Action::Delete)
        {
            return;
        }
        self.entries = self.entries.saturating_add(1);
        self.sink.entry(entry);
    }

    /// Numbers by their hash under this key, a row each.
    pub(super) fn hashes(&mut self, key: KeyId, hashes: &[NumberHash]) {
        let count = u64::try_from(hashes.len()).unwrap_or(u64::MAX);
        self.rows = self.rows.saturating_add(count);
        self.entries = self.entries.saturating_add(count);
        self.sink.hashes(key, hashes);
    }

    /// Entries that one row stands for.
    pub(super) fn ranges(&mut self, ranges: impl IntoIterator<Item = Target>) {
        self.rows = self.rows.saturating_add(1);
        self.entries = self.entries.saturating_add(1);
        for target in ranges {
            self.sink.entry(ListEntry { target, at: None, until: None, scope: None });
        }
    }

    /// A row whose number cannot be read.
    pub(super) fn defect<'r>(
        &mut self,
        line: u64,
        defect: Defect,
        row: impl Into<Raw<'r>>,
    ) -> Result<(), CompileError> {
        match defect {
            Defect::Impossible => self.impossible(line, defect.reason(), row),
            Defect::Unreadable | Defect::Comment => self.reject(line, defect.reason(), row),
            Defect::NeedsRegion => {
                return Err(Finding::new(
                    self.source(),
                    defect.reason(),
                    "E.164 with `+` or `00`",
                    format!("give list `{}` a `region`", self.list.id),
                )
                .at_line(line)
                .into());
            }
        }
        Ok(())
    }

    /// A row that may have been a number: too many of them refuse the list.
    pub(super) fn reject<'r>(&mut self, line: u64, reason: &'static str, row: impl Into<Raw<'r>>) {
        self.bad = self.bad.saturating_add(1);
        if self.first_bad.is_none() {
            self.first_bad = Some((self.source.clone(), line, reason));
        }
        self.impossible(line, reason, row);
    }

    /// A row that cannot be any phone number.
    pub(super) fn impossible<'r>(&mut self, line: u64, reason: &'static str, row: impl Into<Raw<'r>>) {
        self.rows = self.rows.saturating_add(1);
        self.rejected = self.rejected.saturating_add(1);
        self.context.rejects.note(&self.source, line, Outcome::Rejected, reason, row);
    }

    /// A row that was taken without its unreadable part.
    pub(super) fn widen<'r>(&mut self, line: u64, reason: &'static str, row: impl Into<Raw<'r>>) {
        self.widened = self.widened.saturating_add(1);
        self.context.rejects.note(&self.source, line, Outcome::Kept, reason, row);
    }

    /// A change of the list.
    pub(super) fn change(&mut self, action: Action, number: Number) {
        self.changes.insert(number, action);
    }

    /// Adds what the change files added.
    pub(super) fn add_changes(&mut self) {
        let mut added: Vec<Number> =
            self.changes.iter().filter(|(_, action)| **action == Action::Add).map(|(number, _)| *number).collect();
        added.sort_unstable();
        for number in added {
            self.push(number);
        }
    }

    fn flush(&mut self) {
        self.sink.numbers(&self.batch);
        self.batch.clear();
    }

    /// Passes on what is left, and applies the guards.
    pub(super) fn finish(&mut self) -> Result<(), CompileError> {
        if !self.batch.is_empty() {
            self.flush();
        }
        let mut findings = Vec::new();
        let list = self.list;
        let allowed = self.rows as f64 * list.guards.max_reject_percent / 100.0;
        if let Some((file, line, reason)) = &self.first_bad
            && self.bad as f64 > allowed
        {
            findings.push(
                Finding::new(
                    Path::new(file),
                    format!("{} of {} rows rejected, the first here: {reason}", self.bad, self.rows),
                    format!("at most {} percent", list.guards.max_reject_percent),
                    format!(
                        "look at the reject file, correct `format`, or raise `max_reject_percent` of list `{}`",
                        list.id
                    ),
                )
                .at_line(*line),
            );
        }
        if self.entries == 0 && !list.guards.allow_empty {
            findings.push(
                Finding::new(
                    &list.path,
                    "the list is empty",
                    "at least one entry",
                    format!("download it again, or set `allow_empty = true` for list `{}`", list.id),
                )
                .at_line(1),
            );
        }
        let previous = self.context.previous.and_then(|old| old.lists.iter().find(|old| old.id == list.id));
        if let Some(old) = previous {
            let least = old.entries as f64 * (100.0 - list.guards.max_shrink_percent) / 100.0;
            // Half an entry of room: percentages are not exact in binary.
            if self.entries as f64 + 0.5 < least {
                findings.push(
                    Finding::new(
                        &list.path,
                        format!("the list shrank from {} to {} entries", old.entries, self.entries),
                        format!(
                            "at most {} percent less than in the snapshot it replaces",
                            list.guards.max_shrink_percent
                        ),
                        format!("check that the file is whole, or raise `max_shrink_percent` of list `{}`", list.id),
                    )
                    .at_line(1),
                );
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(CompileError::new(findings)) }
    }
}
