//! `dialgate compare`: the gate beside an existing scrub, row by row.

mod tally;
mod words;

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use clap::Args;

use super::arguments::{self, LiveSource, Question};
use super::leads::{self, Leads, Row};
use super::output::{self, Draft};
use super::reading::progress_bar;
use super::say;
use super::source::Opened;
use super::words::{count, unreadable_cells};
use crate::vocabulary::Reason;
use crate::{Campaign, Decision};
use tally::{Row as Counted, Tally};
use words::{Preset, Scrub, Words};

/// The gate beside an existing scrub, row by row.
#[derive(Args, Debug)]
pub(super) struct Compare {
    #[command(flatten)]
    source: LiveSource,
    /// What the other scrub was asked and said: CSV with a header, read as `filter` reads leads
    #[arg(value_name = "LEADS.csv")]
    leads: PathBuf,
    /// The column that holds what the other scrub said
    #[arg(long, value_name = "COLUMN")]
    verdict_column: String,
    /// What its words mean: words for yes and no, or the letters of a DNCScrub result
    #[arg(long, value_enum, value_name = "PRESET", default_value = "words")]
    verdicts: Preset,
    /// The values that mean that the number may be contacted, instead of the preset's, in any case; commas part
    /// them
    #[arg(long, value_name = "VALUES", value_delimiter = ',')]
    allow_values: Vec<String>,
    /// The values that mean that it may not; `*`: whatever is no allow value
    #[arg(long, value_name = "VALUES", value_delimiter = ',')]
    deny_values: Vec<String>,
    /// Count rows with any other value apart, instead of stopping at the first
    #[arg(long)]
    count_others: bool,
    #[command(flatten)]
    question: Question,
    /// The column that holds the instant of each row, RFC 3339
    #[arg(long, value_name = "COLUMN", conflicts_with = "at")]
    at_column: Option<String>,
    /// The column that holds the numbers
    #[arg(long, value_name = "COLUMN")]
    number_column: Option<String>,
    /// A CSV of every row on which they differ, with both verdicts; it holds personal data as the leads do
    #[arg(long, value_name = "FILE.csv")]
    differences: Option<PathBuf>,
    /// Rows to name for each kind of difference
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    examples: usize,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The column of the differences that says how the other scrub was understood.
const SCRUB: &str = "dialgate_scrub";

impl Compare {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        self.check_paths()?;
        let words = Words::new(self.verdicts, &self.allow_values, &self.deny_values)?;
        let opened = Opened::open_live(&self.source)?;
        opened.warn();
        let campaign = opened.campaign(&self.question)?;
        let bar = progress_bar(std::fs::metadata(&self.leads).map_or(0, |file| file.len()), "comparing");
        let mut leads = Leads::open(&self.leads, self.number_column.as_deref(), {
            let bar = bar.clone();
            move |bytes| bar.inc(bytes)
        })?;
        let verdict = leads.column(&self.verdict_column, "--verdict-column")?;
        let at = self.at_column.as_deref().map(|name| leads.column(name, "--at-column")).transpose()?;
        let mut differences = self.sink(&leads)?;
        let now = self.question.at.unwrap_or_else(Utc::now);
        let mut tally = Tally::new(self.examples);
        while let Some(row) = leads.next(&self.question)? {
            let cell = row.cells.get(verdict).unwrap_or_default();
            let line = row.cells.position().map_or(0, csv::Position::line);
            let scrub = words.read(cell);
            if scrub == Scrub::Other && !self.count_others {
                bail!("{}:{line}: {}", self.leads.display(), words.not_known(cell, &self.verdict_column));
            }
            let decision = decide(&campaign, &row, self.instant(&row, at)?);
            let counted = Counted { scrub, cell, line, number: row.lead.as_ref().map(crate::Lead::number), decision };
            let differs = tally.add(&counted);
            if let Some(file) = differences.as_mut().filter(|_| differs) {
                let mut cells = leads.kept(&row.cells);
                cells.push_field(scrub.slug().as_bytes());
                leads::added(&decision).iter().for_each(|cell| cells.push_field(cell.as_bytes()));
                file.write_byte_record(&cells).context("cannot write the differences; is the disk full?")?;
            }
        }
        if let Some(file) = differences {
            file.into_inner().map_err(|error| anyhow::Error::from(error.into_error()))?.publish()?;
        }
        bar.finish_and_clear();
        if leads.unreadable_cells > 0 {
            say::note(&format!(
                "{} {}, the stricter reading",
                count(leads.unreadable_cells),
                unreadable_cells(leads.unreadable_cells)
            ));
        }
        let at = self.at_column.is_none().then_some(now);
        if self.json {
            return tally.json(out, &opened, &campaign, at).map(|()| 0);
        }
        tally.write(out, &opened.controller_name(self.question.controller.as_deref()), &campaign, at)?;
        match &self.differences {
            Some(path) => writeln!(out, "\nEvery row on which they differ: {}", path.display())?,
            None if tally.differ() > 0 => {
                writeln!(out, "\nThe rows were not kept; --differences FILE.csv writes them.")?;
            }
            None => {}
        }
        Ok(0)
    }

    /// The instant that a row is asked about; none: now.
    fn instant(&self, row: &Row, column: Option<usize>) -> Result<Option<DateTime<Utc>>> {
        let Some(column) = column else { return Ok(self.question.at) };
        let cell = String::from_utf8_lossy(row.cells.get(column).unwrap_or_default());
        arguments::instant(cell.trim()).map(Some).map_err(|expected| {
            let (path, line) = (self.leads.display(), row.cells.position().map_or(0, csv::Position::line));
            let cell = output::shown(cell.trim());
            anyhow::anyhow!("{path}:{line}: `{cell}` in the column of --at-column; {expected}")
        })
    }

    /// The differences may not be written over a file that the run needs.
    fn check_paths(&self) -> Result<()> {
        let Some(path) = &self.differences else { return Ok(()) };
        super::source::refuse_overwriting(&self.source, Some(&self.leads), &[path])
    }

    fn sink(&self, leads: &Leads) -> Result<Option<csv::Writer<Draft>>> {
        let Some(path) = &self.differences else { return Ok(None) };
        let mut file = csv::WriterBuilder::new().delimiter(leads.delimiter()).from_writer(Draft::create(path)?);
        let mut header = leads.header();
        header.push_field(SCRUB.as_bytes());
        leads::ADDED.iter().for_each(|name| header.push_field(name.as_bytes()));
        file.write_byte_record(&header)?;
        Ok(Some(file))
    }
}

/// What the gate says about a row by itself: rows before it are no attempts.
fn decide(campaign: &Campaign, row: &Row, at: Option<DateTime<Utc>>) -> Decision {
    match (&row.lead, at) {
        (None, _) => Decision::because(Reason::NumberInvalid),
        (Some(lead), Some(at)) => campaign.may_contact_lead(lead, at),
        (Some(lead), None) => campaign.may_contact_lead_now(lead),
    }
}
