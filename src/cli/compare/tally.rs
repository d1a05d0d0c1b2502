//! Where two verdicts agree and where they do not.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::words::Scrub;
use crate::cli::arguments;
use crate::cli::output::{self, shown};
use crate::cli::source::Opened;
use crate::cli::words::{count, counted, meaning};
use crate::vocabulary::{Basis, Reason, Verdict};
use crate::{Campaign, Decision, Number};

/// So many different values of the other scrub are told apart.
const VALUES: usize = 50;

/// One row, as both saw it.
pub(super) struct Row<'a> {
    pub(super) scrub: Scrub,
    /// What the scrub said, as it stands in the file.
    pub(super) cell: &'a [u8],
    pub(super) line: u64,
    /// None: it cannot be read.
    pub(super) number: Option<Number>,
    pub(super) decision: Decision,
}

/// Counts of one comparison.
pub(super) struct Tally {
    examples: usize,
    both_allow: u64,
    both_deny: u64,
    /// The scrub allowed, the gate would not.
    stricter: BTreeMap<Reason, Group>,
    /// The scrub denied, the gate would allow.
    laxer: BTreeMap<(String, Option<Basis>), Group>,
    others: BTreeMap<String, u64>,
}

/// Differences of one kind.
#[derive(Default)]
struct Group {
    rows: u64,
    examples: Vec<Example>,
}

/// Where to look.
#[derive(Serialize)]
struct Example {
    line: u64,
    /// Masked; none where it cannot be read.
    number: Option<String>,
}

impl Group {
    fn add(&mut self, row: &Row<'_>, examples: usize) {
        self.rows = self.rows.saturating_add(1);
        if self.examples.len() < examples {
            let number = row.number.map(|number| number.masked().to_string());
            self.examples.push(Example { line: row.line, number });
        }
    }
}

impl Tally {
    pub(super) fn new(examples: usize) -> Self {
        Self {
            examples,
            both_allow: 0,
            both_deny: 0,
            stricter: BTreeMap::new(),
            laxer: BTreeMap::new(),
            others: BTreeMap::new(),
        }
    }

    /// Counts a row; do the two differ about it?
    pub(super) fn add(&mut self, row: &Row<'_>) -> bool {
        match (row.scrub, row.decision.is_allowed()) {
            (Scrub::Allow, true) => self.both_allow = self.both_allow.saturating_add(1),
            (Scrub::Deny, false) => self.both_deny = self.both_deny.saturating_add(1),
            (Scrub::Allow, false) => {
                // A decision that is no allow always has a reason.
                let reason = row.decision.reason().unwrap_or(Reason::QuestionUnknown);
                self.stricter.entry(reason).or_default().add(row, self.examples);
                return true;
            }
            (Scrub::Deny, true) => {
                let value = self.value(row.cell, self.laxer.len());
                self.laxer.entry((value, row.decision.basis())).or_default().add(row, self.examples);
                return true;
            }
            (Scrub::Other, _) => {
                let value = self.value(row.cell, self.others.len());
                let rows = self.others.entry(value).or_default();
                *rows = rows.saturating_add(1);
            }
        }
        false
    }

    /// What a cell is shown as; once many are held, all further ones are one.
    fn value(&self, cell: &[u8], held: usize) -> String {
        if held < VALUES { shown(String::from_utf8_lossy(cell).trim()) } else { "(further values)".to_owned() }
    }

    fn agree(&self) -> u64 {
        self.both_allow.saturating_add(self.both_deny)
    }

    /// Rows on which they differ.
    pub(super) fn differ(&self) -> u64 {
        sum(self.stricter.values()).saturating_add(sum(self.laxer.values()))
    }

    fn compared(&self) -> u64 {
        self.agree().saturating_add(self.differ())
    }

    /// Rows that only the hour or the day bars.
    fn deferred(&self) -> u64 {
        let deferred = self.stricter.iter().filter(|(reason, _)| reason.verdict() == Verdict::Defer);
        sum(deferred.map(|(_, group)| group))
    }

    /// The report for people.
    pub(super) fn write(
        &self,
        out: &mut impl Write,
        controller: &str,
        campaign: &Campaign,
        at: Option<DateTime<Utc>>,
    ) -> io::Result<()> {
        let (purpose, channel) = (campaign.purpose(), campaign.channel());
        writeln!(
            out,
            "{} for `{purpose}` by {channel} on behalf of {controller}",
            counted(self.compared(), "row", "rows")
        )?;
        match at {
            Some(at) => writeln!(out, "judged for {}, each row by itself\n", arguments::readable(at))?,
            None => writeln!(out, "each row judged by itself, for its own instant\n")?,
        }
        self.line(out, self.agree(), "agree")?;
        self.line(out, self.both_allow, "  both allow")?;
        self.line(out, self.both_deny, "  both say no")?;
        self.line(out, self.differ(), "differ")?;
        self.line(out, sum(self.stricter.values()), "  the scrub allowed, the gate would not")?;
        self.line(out, sum(self.laxer.values()), "  the scrub denied, the gate would allow")?;
        if !self.stricter.is_empty() {
            writeln!(out, "\nThe scrub allowed, the gate would not (by its first reason)")?;
            for (reason, group) in sorted(&self.stricter) {
                writeln!(out, "{:>10}  {:<22} {}", count(group.rows), reason.slug(), meaning(*reason))?;
                group.write_examples(out)?;
            }
            if self.deferred() > 0 {
                writeln!(
                    out,
                    "{:>10}  of these may be contacted later: a scrub of lists judges no hours",
                    count(self.deferred())
                )?;
            }
        }
        if !self.laxer.is_empty() {
            writeln!(out, "\nThe scrub denied, the gate would allow (by what the scrub said)")?;
            for ((value, basis), group) in sorted(&self.laxer) {
                let basis = basis.map_or("no basis asked for", Basis::slug);
                writeln!(out, "{:>10}  {:<22} the gate rests it on: {basis}", count(group.rows), format!("`{value}`"))?;
                group.write_examples(out)?;
            }
        }
        if !self.others.is_empty() {
            writeln!(out, "\nNot compared: what the scrub said is neither an allow value nor a deny value")?;
            self.others.iter().try_for_each(|(value, rows)| writeln!(out, "{:>10}  `{value}`", count(*rows)))?;
        }
        Ok(())
    }

    fn line(&self, out: &mut impl Write, rows: u64, label: &str) -> io::Result<()> {
        writeln!(out, "{:>10}  {:>5.1} %  {label}", count(rows), percent(rows, self.compared()))
    }

    /// The same as one object.
    pub(super) fn json(
        &self,
        out: &mut impl Write,
        opened: &Opened,
        campaign: &Campaign,
        at: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let compared = Compared {
            controller: campaign.controller(),
            purpose: campaign.purpose(),
            channel: campaign.channel().slug(),
            at: at.map(arguments::rfc3339),
            snapshot: opened.gate().snapshot_digest(),
            compared: self.compared(),
            agree: self.agree(),
            agree_percent: percent(self.agree(), self.compared()),
            both_allow: self.both_allow,
            both_deny: self.both_deny,
            differ: self.differ(),
            scrub_allowed_gate_would_not: sorted(&self.stricter)
                .map(|(reason, group)| Stricter {
                    reason: *reason,
                    verdict: reason.verdict(),
                    rows: group.rows,
                    examples: &group.examples,
                })
                .collect(),
            scrub_denied_gate_would_allow: sorted(&self.laxer)
                .map(|((value, basis), group)| Laxer {
                    value,
                    basis: *basis,
                    rows: group.rows,
                    examples: &group.examples,
                })
                .collect(),
            not_compared: self.others.iter().map(|(value, rows)| Other { value, rows: *rows }).collect(),
        };
        output::json(out, &compared)
    }
}

impl Group {
    fn write_examples(&self, out: &mut impl Write) -> io::Result<()> {
        if self.examples.is_empty() {
            return Ok(());
        }
        let shown = |example: &Example| match &example.number {
            Some(number) => format!("line {} ({number})", example.line),
            None => format!("line {} (no number)", example.line),
        };
        let shown: Vec<_> = self.examples.iter().map(shown).collect();
        writeln!(out, "{:>10}  such as {}", "", shown.join(", "))
    }
}

#[derive(Serialize)]
struct Compared<'a> {
    controller: &'a str,
    purpose: &'a str,
    channel: &'a str,
    /// None: each row has its own.
    at: Option<String>,
    snapshot: String,
    compared: u64,
    agree: u64,
    agree_percent: f64,
    both_allow: u64,
    both_deny: u64,
    differ: u64,
    scrub_allowed_gate_would_not: Vec<Stricter<'a>>,
    scrub_denied_gate_would_allow: Vec<Laxer<'a>>,
    not_compared: Vec<Other<'a>>,
}

#[derive(Serialize)]
struct Stricter<'a> {
    reason: Reason,
    verdict: Verdict,
    rows: u64,
    examples: &'a [Example],
}

#[derive(Serialize)]
struct Laxer<'a> {
    value: &'a str,
    basis: Option<Basis>,
    rows: u64,
    examples: &'a [Example],
}

#[derive(Serialize)]
struct Other<'a> {
    value: &'a str,
    rows: u64,
}

/// The most frequent first.
fn sorted<K: Ord>(groups: &BTreeMap<K, Group>) -> impl Iterator<Item = (&K, &Group)> {
    let mut sorted: Vec<_> = groups.iter().collect();
    sorted.sort_by_key(|(key, group)| (std::cmp::Reverse(group.rows), *key));
    sorted.into_iter()
}

fn sum<'a>(groups: impl Iterator<Item = &'a Group>) -> u64 {
    groups.fold(0, |sum, group| sum.saturating_add(group.rows))
}

/// With one decimal, rounded down: nothing is whole that is not.
#[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 1000.0).floor() / 10.0 }
}
