//! What a screening found, in words for a compliance officer.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::arguments::{self, Question};
use super::counts::Counts;
use super::output;
use super::page::table;
use super::pages::stale_from;
use super::source::Opened;
use super::words::{count, counted, either, meaning, outcome, unreadable_cells};
use crate::vocabulary::{Obligation, Verdict};
use crate::{Decision, Region};

/// Counts of one screening.
#[derive(Default)]
pub(super) struct Summary {
    pub(super) counts: Counts,
    earliest_retry: Option<DateTime<Utc>>,
    /// Rows whose number stood in a row before.
    pub(super) repeated: u64,
    /// Cells that say nothing known.
    pub(super) unreadable_cells: u64,
    /// Rows whose number has no plus, where no region says how to read it.
    pub(super) without_plus: u64,
}

impl Summary {
    /// Counts one decision, with the regions in which it was made where they matter. Is it the first that is answered
    /// alike there?
    pub(super) fn add(&mut self, decision: &Decision, regions: [Option<Region>; 2]) -> bool {
        if let Some(retry) = decision.retry_at() {
            self.earliest_retry = Some(self.earliest_retry.map_or(retry, |earliest| earliest.min(retry)));
        }
        self.counts.add(decision, regions)
    }

    /// The whole report.
    pub(super) fn write(
        &self,
        out: &mut impl Write,
        opened: &Opened,
        question: &Question,
        at: DateTime<Utc>,
        preview: bool,
    ) -> Result<()> {
        let controller = opened.controller_name(question.controller.as_deref());
        writeln!(
            out,
            "{} for `{}` by {} on behalf of {controller}",
            counted(self.counts.leads(), "lead", "leads"),
            question.purpose,
            question.channel
        )?;
        writeln!(out, "judged for {}", arguments::readable(at))?;
        if let Some(as_of) = opened.as_of() {
            writeln!(out, "on data of  {}", arguments::readable(as_of))?;
        }
        writeln!(out)?;
        if preview {
            self.write_preview(out)?;
        }
        for verdict in Verdict::ALL.iter().rev() {
            let leads = self.of(*verdict);
            writeln!(out, "{:>10}  {:<38} ({verdict})", count(leads), outcome(*verdict))?;
            if let (Verdict::Defer, Some(retry)) = (verdict, self.earliest_retry) {
                writeln!(out, "{:>10}  the earliest of them from {}", "", arguments::readable(retry))?;
            }
        }
        self.write_reasons(out)?;
        self.write_duties(out)?;
        self.write_remarks(out)?;
        write_lists(out, opened, question, at)
    }

    /// The same as one object.
    pub(super) fn json(
        &self,
        out: &mut impl Write,
        opened: &Opened,
        question: &Question,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let reasons =
            self.counts.first_reasons().into_iter().map(|(reason, leads)| json!({"reason": reason, "leads": leads}));
        let duties = self.obligations().into_iter().map(|(duty, leads)| json!({"obligation": duty, "leads": leads}));
        let lists = opened.lists(question.controller.as_deref()).map(|list| {
            let as_of = list.as_of.to_chrono().map(arguments::rfc3339);
            json!({"id": list.id, "kind": list.kind, "entries": list.entries, "as_of": as_of})
        });
        let summary = json!({
            "controller": opened.controller_id(question.controller.as_deref()),
            "purpose": question.purpose,
            "channel": question.channel,
            "at": arguments::rfc3339(at),
            "as_of": opened.as_of().map(arguments::rfc3339),
            "snapshot": opened.gate().snapshot_digest(),
            "leads": self.counts.leads(),
            "allow": self.of(Verdict::Allow),
            "defer": self.of(Verdict::Defer),
            "review": self.of(Verdict::Review),
            "deny": self.of(Verdict::Deny),
            "earliest_retry_at": self.earliest_retry.map(arguments::rfc3339),
            "reasons": reasons.collect::<Vec<_>>(),
            "obligations": duties.collect::<Vec<_>>(),
            "repeated": self.repeated,
            "unreadable_cells": self.unreadable_cells,
            "without_plus": self.without_plus,
            "lists": lists.collect::<Vec<_>>(),
        });
        output::json(out, &summary)
    }

    /// One line, as dialers show it before a launch.
    fn write_preview(&self, out: &mut impl Write) -> Result<()> {
        let allowed = self.of(Verdict::Allow);
        let parts: Vec<_> = self
            .counts
            .first_reasons()
            .into_iter()
            .map(|(reason, leads)| format!("{} {reason}", count(leads)))
            .collect();
        let skipped = count(self.counts.leads().saturating_sub(allowed));
        let why = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
        writeln!(out, "{skipped} of {} will be skipped{why}\n", count(self.counts.leads()))?;
        Ok(())
    }

    fn of(&self, verdict: Verdict) -> u64 {
        self.counts.verdicts().get(usize::from(verdict.code())).copied().unwrap_or(0)
    }

    fn obligations(&self) -> BTreeMap<Obligation, u64> {
        self.counts.duties().into_iter().collect()
    }

    fn write_reasons(&self, out: &mut impl Write) -> Result<()> {
        let reasons = self.counts.first_reasons();
        if reasons.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nWhy not (the first reason of each lead)")?;
        for (reason, leads) in reasons {
            writeln!(out, "{:>10}  {:<22} {}", count(leads), reason.slug(), meaning(reason))?;
        }
        Ok(())
    }

    fn write_duties(&self, out: &mut impl Write) -> Result<()> {
        let obligations = self.obligations();
        if obligations.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nDuties that come with the contacts")?;
        for (obligation, leads) in obligations {
            writeln!(out, "{:>10}  {obligation}", count(leads))?;
        }
        Ok(())
    }

    fn write_remarks(&self, out: &mut impl Write) -> Result<()> {
        if self.repeated > 0 || self.unreadable_cells > 0 || self.without_plus > 0 {
            writeln!(out, "\nWorth a look")?;
        }
        if self.without_plus > 0 {
            writeln!(
                out,
                "{:>10}  {} a number without a plus, which counts as none: `--default-region PL` reads such numbers as \
                 they are dialled there",
                count(self.without_plus),
                either(self.without_plus, "row has", "rows have")
            )?;
        }
        if self.repeated > 0 {
            writeln!(
                out,
                "{:>10}  {} a number of a row before; an allowed row counts as an attempt for the later ones",
                count(self.repeated),
                either(self.repeated, "row repeats", "rows repeat")
            )?;
        }
        if self.unreadable_cells > 0 {
            writeln!(
                out,
                "{:>10}  {}, the stricter reading",
                count(self.unreadable_cells),
                unreadable_cells(self.unreadable_cells)
            )?;
        }
        Ok(())
    }
}

/// The lists that were consulted, with their dates.
fn write_lists(out: &mut impl Write, opened: &Opened, question: &Question, at: DateTime<Utc>) -> Result<()> {
    let rules = opened.gate().rules();
    let rows: Vec<Vec<String>> = opened
        .lists(question.controller.as_deref())
        .map(|list| {
            let day = list.as_of.to_chrono().map(|day| day.format("%Y-%m-%d").to_string()).unwrap_or_default();
            let is_stale = stale_from(&rules, list, at).is_some_and(|from| from <= at.into());
            let copy_of = if is_stale { format!("{day}, stale") } else { day };
            vec![format!("  {}", list.id), list.kind.to_string(), count(list.entries), copy_of]
        })
        .collect();
    if !rows.is_empty() {
        writeln!(out, "\nLists used")?;
        table(out, &["  list", "kind", "entries", "copy of"], &rows)?;
    }
    Ok(())
}
