//! `dialgate filter`: leads in, those that may be contacted out.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::Args;
use csv::ByteRecord;

use super::arguments::{LiveSource, Question};
use super::audit::Recording;
use super::leads::{self, ADDED, Leads, Row};
use super::output::Draft;
use super::pages::{self, Asked, ReportPage, Tally};
use super::reading::progress_bar;
use super::say;
use super::source::{Opened, hint, refuse_overwriting, screen};
use super::summary::Summary;
use crate::audit::{Batch, Refused};
use crate::gate::When;
use crate::vocabulary::Reason;
use crate::{Audit, AuditedCampaign, Campaign, Decision, Language, Lead, Number};

/// How many rows are screened at once.
const BATCH: usize = 4096;
/// How many rows ahead the report asks for memory.
const AHEAD: usize = 16;

/// Leads in, those that may be contacted out.
#[derive(Args, Debug)]
pub(super) struct Filter {
    #[command(flatten)]
    source: LiveSource,
    /// The leads: CSV with a header and a column `number` or `phone`; `region`, `time_zone`, `party` and
    /// `line` are used where they are there
    #[arg(value_name = "LEADS.csv")]
    leads: PathBuf,
    #[command(flatten)]
    question: Question,
    /// The column that holds the numbers
    #[arg(long)]
    number_column: Option<String>,
    /// Where the leads that may be contacted go
    #[arg(short, long, value_name = "CLEAN.csv", required_unless_present = "preview")]
    output: Option<PathBuf>,
    /// Where the others go
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Where a page about the run goes: figures by reason and place, when leads open, what goes stale
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// The language of that page: en or pl
    #[arg(long, value_name = "LANG", value_parser = super::arguments::language, default_value = "en")]
    lang: Language,
    /// Only say how many will be skipped and why; write no leads
    #[arg(long, conflicts_with = "audit")]
    preview: bool,
    #[command(flatten)]
    recording: Recording,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Filter {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        self.check_paths()?;
        let opened = Opened::open_live(&self.source)?;
        let at = self.question.at.unwrap_or_else(Utc::now);
        let campaign = opened.campaign(&self.question)?;
        self.recording.remind(&opened, &self.question);
        let bar = progress_bar(std::fs::metadata(&self.leads).map_or(0, |file| file.len()), "screening");
        let mut leads = Leads::open(&self.leads, self.number_column.as_deref(), {
            let bar = bar.clone();
            move |bytes| bar.inc(bytes)
        })?;
        if leads.replaces_earlier_columns() {
            say::note("the columns of an earlier screening are replaced");
        }
        let mut sinks = self.sinks(&leads)?;
        let log = self.recording.open()?;
        let mut screening = Screening {
            campaign: &campaign,
            at: self.question.at,
            seen: Seen::default(),
            summary: Summary::default(),
            tally: self.report.is_some().then(|| Tally::new(&campaign, at)),
            record: log.as_ref().map(|log| Record {
                log,
                campaign: campaign.audit(log),
                snapshot: opened.gate().snapshot_digest(),
                batch: Batch::default(),
            }),
        };
        let mut rows = Vec::with_capacity(BATCH);
        loop {
            rows.clear();
            while rows.len() < BATCH {
                let Some(row) = leads.next(&self.question)? else { break };
                rows.push(row);
            }
            if rows.is_empty() {
                break;
            }
            let decisions = screening.screen(&rows)?;
            screening.count(&rows, &decisions);
            for (row, (decision, _)) in rows.iter().zip(decisions) {
                sinks.write(&leads.kept(&row.cells), &decision)?;
            }
        }
        if let Some(record) = &screening.record {
            record.log.sync()?;
        }
        let Screening { mut summary, tally, seen, .. } = screening;
        summary.repeated = seen.again;
        summary.unreadable_cells = leads.unreadable_cells;
        summary.without_plus = leads.without_plus;
        hint(&self.question, summary.counts.first_reasons().into_iter().map(|(reason, _)| reason).collect());
        let report = self.draw(tally.as_ref(), (&opened, &campaign), &summary)?;
        if let Some(report) = report {
            report.publish()?;
        }
        sinks.publish()?;
        bar.finish_and_clear();
        if self.json {
            return summary.json(out, &opened, &self.question, at).map(|()| 0);
        }
        summary.write(out, &opened, &self.question, at, self.preview)?;
        self.name_files(out)?;
        Ok(0)
    }

    /// The page about the run, not yet under its name.
    fn draw(
        &self,
        tally: Option<&Tally>,
        (opened, campaign): (&Opened, &Campaign),
        summary: &Summary,
    ) -> Result<Option<Draft>> {
        let (Some(path), Some(tally)) = (&self.report, tally) else { return Ok(None) };
        let asked = Asked {
            language: self.lang,
            opened,
            campaign,
            question: &self.question,
            counts: &summary.counts,
            repeated: summary.repeated,
            unreadable: summary.unreadable_cells,
        };
        pages::draft(&ReportPage::new(&asked, tally), path).map(Some)
    }

    /// No file may be written over another that the run needs.
    fn check_paths(&self) -> Result<()> {
        let files = if self.preview { [&None, &None] } else { [&self.output, &self.rejected] };
        let files = files.into_iter().flatten().chain(&self.report).map(PathBuf::as_path);
        let written: Vec<&Path> = files.chain(self.recording.paths()).collect();
        refuse_overwriting(&self.source, Some(&self.leads), &written)
    }

    fn sinks(&self, leads: &Leads) -> Result<Sinks> {
        let open = |path: &Option<PathBuf>| -> Result<Option<csv::Writer<Draft>>> {
            let Some(path) = path.as_deref().filter(|_| !self.preview) else { return Ok(None) };
            let mut file = csv::WriterBuilder::new().delimiter(leads.delimiter()).from_writer(Draft::create(path)?);
            let mut header = leads.header();
            ADDED.iter().for_each(|name| header.push_field(name.as_bytes()));
            file.write_byte_record(&header)?;
            Ok(Some(file))
        };
        Ok(Sinks { clean: open(&self.output)?, rejected: open(&self.rejected)? })
    }

    fn name_files(&self, out: &mut impl Write) -> Result<()> {
        if self.preview {
            let what = if self.report.is_some() { "no leads were" } else { "nothing was" };
            writeln!(out, "\nA preview: {what} written.")?;
        } else {
            writeln!(out)?;
        }
        if let Some(path) = &self.report {
            writeln!(out, "The report of the run: {}", path.display())?;
        }
        if self.preview {
            return Ok(());
        }
        if let Some(path) = &self.output {
            writeln!(out, "Those that may be contacted: {}", path.display())?;
        }
        match &self.rejected {
            Some(path) => writeln!(out, "The others, with their reasons: {}", path.display())?,
            None => writeln!(out, "The others were not kept; --rejected FILE writes them with their reasons.")?,
        }
        Ok(())
    }
}

/// The questions of one run, and what was answered.
struct Screening<'a> {
    campaign: &'a Campaign,
    at: Option<DateTime<Utc>>,
    seen: Seen,
    summary: Summary,
    /// What the report counts, if there is to be one.
    tally: Option<Tally>,
    /// Where the decisions go on record.
    record: Option<Record<'a>>,
}

/// What is needed to put decisions on record.
struct Record<'a> {
    log: &'a Audit,
    campaign: AuditedCampaign,
    snapshot: String,
    batch: Batch,
}

impl Record<'_> {
    fn unreadable(&mut self, at: Option<DateTime<Utc>>) -> Decision {
        let asked = self.campaign.campaign();
        let refused = Refused {
            number: None,
            controller: asked.controller(),
            purpose: asked.purpose(),
            channel: asked.channel().slug(),
            at,
            snapshot: &self.snapshot,
            reason: Reason::NumberInvalid,
        };
        self.log.refuse(&refused, &mut self.batch)
    }
}

impl Screening<'_> {
    /// The decisions for these rows, in their order, put on record where they are to be; and whether the number of each
    /// stood in a row before.
    fn screen(&mut self, rows: &[Row]) -> Result<Vec<(Decision, bool)>> {
        if self.record.is_none() {
            return self.screen_off_record(rows);
        }
        let mut decisions = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(record) = &mut self.record else { break };
            decisions.push(match &row.lead {
                None => (record.unreadable(self.at), false),
                Some(lead) => self.seen.decide(lead.number(), |attempts| {
                    let when = self.at.map_or(When::Clock, When::Given);
                    record.campaign.decide(lead, attempts, when, &mut record.batch)
                }),
            });
        }
        if let Some(record) = &mut self.record {
            record.log.put(&mut record.batch)?;
        }
        Ok(decisions)
    }

    fn screen_off_record(&mut self, rows: &[Row]) -> Result<Vec<(Decision, bool)>> {
        let leads: Vec<Lead> = rows.iter().filter_map(|row| row.lead.clone()).collect();
        let mut screened = screen(self.campaign, &leads, self.at)?.into_iter();
        let mut decisions = Vec::with_capacity(rows.len());
        for row in rows {
            decisions.push(match &row.lead {
                None => (Decision::because(Reason::NumberInvalid), false),
                Some(lead) => {
                    let alone = screened.next().unwrap_or_default();
                    self.seen.decide(lead.number(), |attempts| match attempts {
                        0 => alone,
                        _ => self.campaign.may_contact_lead_after(lead, attempts, self.at),
                    })
                }
            });
        }
        Ok(decisions)
    }

    /// Counts these rows.
    fn count(&mut self, rows: &[Row], decisions: &[(Decision, bool)]) {
        let Some(tally) = &mut self.tally else {
            decisions.iter().for_each(|(decision, _)| _ = self.summary.add(decision, [None; 2]));
            return;
        };
        let rows: Vec<_> = rows.iter().map(|row| row.lead.as_ref()).zip(decisions).collect();
        for (place, (lead, (decision, again))) in rows.iter().enumerate() {
            if let Some((Some(lead), (decision, _))) = rows.get(place.saturating_add(AHEAD)) {
                tally.expect(lead, decision);
            }
            let regions = lead.map_or([None; 2], |lead| tally.regions(lead));
            let of_a_new_kind = self.summary.add(decision, regions);
            if let Some(lead) = lead {
                tally.add(lead, decision, *again, of_a_new_kind);
            }
        }
    }
}

/// The numbers of the rows so far.
#[derive(Default)]
struct Seen {
    /// How often each was allowed.
    allowed: HashMap<Number, usize>,
    /// Rows whose number stood in a row before.
    again: u64,
}

impl Seen {
    /// Decides about a row: an allowed one counts as an attempt for those of its number after it. And: was there one
    /// before?
    fn decide(&mut self, number: Number, decide: impl FnOnce(usize) -> Decision) -> (Decision, bool) {
        match self.allowed.entry(number) {
            Entry::Vacant(first) => {
                let decision = decide(0);
                first.insert(usize::from(decision.is_allowed()));
                (decision, false)
            }
            Entry::Occupied(mut attempts) => {
                self.again = self.again.saturating_add(1);
                let decision = decide(*attempts.get());
                *attempts.get_mut() = attempts.get().saturating_add(usize::from(decision.is_allowed()));
                (decision, true)
            }
        }
    }
}

/// The files that a run writes; none of them in a preview.
struct Sinks {
    clean: Option<csv::Writer<Draft>>,
    rejected: Option<csv::Writer<Draft>>,
}

impl Sinks {
    fn write(&mut self, cells: &ByteRecord, decision: &Decision) -> Result<()> {
        let sink = if decision.is_allowed() { &mut self.clean } else { &mut self.rejected };
        let Some(sink) = sink else { return Ok(()) };
        let mut row = cells.clone();
        leads::added(decision).iter().for_each(|cell| row.push_field(cell.as_bytes()));
        sink.write_byte_record(&row).context("cannot write the result; is the disk full?")
    }

    fn publish(self) -> Result<()> {
        // The rejected first: a clean file without its counterpart would look like a finished run.
        for sink in [self.rejected, self.clean].into_iter().flatten() {
            let draft = sink.into_inner().map_err(|error| anyhow::Error::from(error.into_error()))?;
            draft.publish()?;
        }
        Ok(())
    }
}
