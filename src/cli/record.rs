//! `dialgate record`: records become entries of a ledger.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::output;
use super::words::count;
use crate::compile::lists::lines::{self, Line};
use crate::compile::records::single::{self, Object};
use crate::compile::reject::{Outcome, Raw, Rejects};
use crate::{Appended, Ledger};

/// Records become entries of a ledger.
#[derive(Args, Debug)]
pub(super) struct Record {
    /// The ledger
    #[arg(value_name = "LEDGER")]
    ledger: PathBuf,
    /// The records; absent or `-`: standard input
    #[arg(value_name = "FILE")]
    records: Option<PathBuf>,
    /// The key file; absent: LEDGER.key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Make the ledger, and its key file if there is none; keep a backup of the key apart from the ledger
    #[arg(long)]
    create: bool,
    /// How the records are written; absent: by the file's name, else jsonl
    #[arg(long)]
    format: Option<Format>,
    /// Where refused rows go, with file, line and reason; they hold personal data
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    Jsonl,
    Csv,
}

/// So many records become durable together.
const BATCH: usize = 1000;

impl Record {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let ledger = if self.create {
            Ledger::create(&self.ledger, self.key.as_deref())?
        } else {
            Ledger::open(&self.ledger, self.key.as_deref())?
        };
        let path = self.records.as_deref().filter(|path| path.as_os_str() != "-");
        if self.create && self.records.is_none() && io::IsTerminal::is_terminal(&io::stdin()) {
            if self.json {
                return output::json(out, &json!({"recorded": 0, "held_already": 0, "refused": 0})).map(|()| 0);
            }
            writeln!(out, "{}: made, empty", self.ledger.display())?;
            return Ok(0);
        }
        let name = path.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
        let mut input: Box<dyn Read> = match path {
            None => Box::new(io::stdin().lock()),
            Some(path) => Box::new(File::open(path).with_context(|| format!("cannot read `{name}`"))?),
        };
        let rejects = match &self.rejects {
            None => Rejects::counting(),
            Some(path) => Rejects::writing(path)
                .with_context(|| format!("cannot write the reject file `{}`; choose another place", path.display()))?,
        };
        let is_csv = path.and_then(Path::extension).is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let mut batch = Batch { ledger, name, rejects, rows: Vec::new(), sums: Appended::default(), refused: 0 };
        let read = match self.format.unwrap_or(if is_csv { Format::Csv } else { Format::Jsonl }) {
            Format::Jsonl => batch.jsonl(&mut *input),
            Format::Csv => batch.csv(&mut *input),
        };
        // Refused rows are kept even where the run stops at a later one: those before it are durable.
        batch.rejects.finish().context("cannot write the reject file")?;
        read?;
        let Batch { sums, refused, .. } = batch;
        if self.json {
            let sums = json!({"recorded": sums.recorded, "held_already": sums.duplicates, "refused": refused});
            return output::json(out, &sums).map(|()| u8::from(refused > 0));
        }
        let path = self.ledger.display();
        let held = count(sums.duplicates);
        writeln!(out, "{path}: {} recorded, {held} held already, {} refused", count(sums.recorded), count(refused))?;
        Ok(u8::from(refused > 0))
    }
}

/// Rows on their way, with what became of those before.
struct Batch {
    ledger: Ledger,
    name: String,
    rejects: Rejects,
    rows: Vec<(u64, Vec<u8>, Result<Object, &'static str>)>,
    sums: Appended,
    refused: u64,
}

impl Batch {
    fn jsonl(&mut self, input: &mut dyn Read) -> Result<()> {
        let name = self.name.clone();
        let broken = |error: io::Error| anyhow::Error::from(error).context(format!("cannot read `{name}`"));
        lines::each(input, broken, |line, row| match row {
            Line::Whole(row) if row.trim_ascii().is_empty() => Ok(()),
            Line::Whole(row) => self.put(line, row, single::from_json(row)),
            Line::TooLong(start) => self.put(line, start, Err("a line longer than a mebibyte")),
        })?;
        self.flush()
    }

    fn csv(&mut self, input: &mut dyn Read) -> Result<()> {
        let mut csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
        let mut record = csv::ByteRecord::new();
        let broken = || format!("cannot read `{}`", self.name);
        csv.read_byte_record(&mut record).with_context(broken)?;
        let header = single::header(&record).map_err(|why| anyhow!("{}:1: {why}", self.name))?;
        while csv.read_byte_record(&mut record).with_context(|| format!("cannot read `{}`", self.name))? {
            let line = record.position().map_or(0, csv::Position::line);
            self.put(line, &record, single::from_csv(&header, &record))?;
        }
        self.flush()
    }

    fn put<'r>(&mut self, line: u64, row: impl Into<Raw<'r>>, object: Result<Object, &'static str>) -> Result<()> {
        self.rows.push((line, row.into().text(), object));
        if self.rows.len() < BATCH { Ok(()) } else { self.flush() }
    }

    /// Makes what was read durable; what was refused goes to standard error and the reject file.
    fn flush(&mut self) -> Result<()> {
        let mut places = Vec::with_capacity(self.rows.len());
        let mut objects = Vec::with_capacity(self.rows.len());
        for (line, row, object) in self.rows.drain(..) {
            places.push((line, row));
            objects.push(object);
        }
        let appended = self.ledger.record_objects(objects.into_iter()).with_context(|| match places.first() {
            Some((line, _)) => format!("{}: nothing from line {line} on was recorded", self.name),
            None => self.name.clone(),
        })?;
        self.sums.recorded = self.sums.recorded.saturating_add(appended.recorded);
        self.sums.duplicates = self.sums.duplicates.saturating_add(appended.duplicates);
        self.refused = self.refused.saturating_add(appended.refused.len().try_into().unwrap_or(u64::MAX));
        let refused = appended.refused.iter().map(|(index, reason)| (*index, Outcome::Rejected, *reason));
        let kept = appended.widened.iter().map(|(index, reason)| (*index, Outcome::Kept, *reason));
        let mut told: Vec<_> = refused.chain(kept).collect();
        told.sort();
        let mut err = io::stderr().lock();
        for (index, outcome, reason) in told {
            let Some((line, row)) = places.get(index) else { continue };
            let word = if outcome == Outcome::Kept { "kept, but: " } else { "" };
            writeln!(err, "{}:{line}: {word}{reason}", self.name)?;
            self.rejects.note(&self.name, *line, outcome, reason, row.as_slice());
        }
        Ok(())
    }
}
