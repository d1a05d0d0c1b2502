//! `dialgate conformity`: which consents count, which fail and why, and whom to ask again.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::output::{self, Draft};
use super::words::count;
use super::{arguments, reading};
use crate::{AskAgain, CONFORMITY_COLUMNS, CompileOptions, ConformityCount, ConformityRow, Manifest};

/// Which consents count, which fail and why, and whom to ask again.
#[derive(Args, Debug)]
pub(super) struct Conformity {
    /// The manifest
    #[arg(value_name = "GATE.toml")]
    manifest: PathBuf,
    /// A CSV with a row for each consent and purpose; absent: the figures only
    #[arg(short, long, value_name = "FILE.csv")]
    output: Option<PathBuf>,
    /// The instant to judge for, RFC 3339; absent: the date of the data
    #[arg(long, value_parser = arguments::instant)]
    at: Option<DateTime<Utc>>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Conformity {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let manifest = Manifest::load(&self.manifest)?;
        let mut file = None;
        let bar = reading::Bar::new("reading");
        let options = CompileOptions::new().progress(&bar);
        let (audit, report) = manifest.conformity(self.at, &options, |row: &ConformityRow<'_>| -> Result<()> {
            if file.is_none() {
                file = self.file()?;
            }
            if let Some(file) = &mut file {
                file.write_record(row.fields())?;
            }
            Ok(())
        })?;
        drop(bar);
        reading::remark(&report);
        if let Some(file) = file.map_or_else(|| self.file(), |file| Ok(Some(file)))? {
            file.into_inner().map_err(|error| anyhow::Error::from(error.into_error()))?.publish()?;
        }
        if self.json {
            return output::json(out, &as_json(&audit)).map(|()| 0);
        }
        let judged = audit.at.to_chrono().map(arguments::readable).unwrap_or_default();
        writeln!(out, "Consents as they stand at {judged}")?;
        for ((controller, purpose), counts) in &audit.by_purpose {
            write_purpose(out, controller, purpose, counts)?;
        }
        if let Some(path) = &self.output {
            writeln!(out, "\nEvery consent with its findings: {}", path.display())?;
        }
        Ok(0)
    }
}

impl Conformity {
    /// The file that was asked for, with its header.
    fn file(&self) -> Result<Option<csv::Writer<Draft>>> {
        let Some(path) = &self.output else { return Ok(None) };
        let mut file = csv::Writer::from_writer(Draft::create(path)?);
        file.write_record(CONFORMITY_COLUMNS)?;
        Ok(Some(file))
    }
}

fn as_json(audit: &crate::Conformity) -> Value {
    let purposes = audit.by_purpose.iter().map(|((controller, purpose), counts)| {
        let failing: Vec<_> = counts
            .failing
            .iter()
            .map(|(finding, consents)| json!({"finding": finding.to_string(), "consents": consents}))
            .collect();
        let missing: Vec<_> = counts
            .missing
            .iter()
            .map(|(missed, consents)| json!({"condition": missed.to_string(), "consents": consents}))
            .collect();
        let ask: Vec<_> = counts
            .ask_again
            .iter()
            .map(|(ask, consents)| json!({"ask_again": ask.to_string(), "consents": consents}))
            .collect();
        json!({
            "controller": controller, "purpose": purpose, "consents": counts.consents, "counting": counts.counting,
            "failing": failing, "missing": missing, "ask_again": ask,
        })
    });
    json!({"at": audit.at.to_chrono().map(arguments::rfc3339), "purposes": purposes.collect::<Vec<_>>()})
}

fn write_purpose(out: &mut impl Write, controller: &str, purpose: &str, counts: &ConformityCount) -> Result<()> {
    writeln!(out, "\n{controller}: {purpose}")?;
    writeln!(out, "{:>10}  consents, of which", count(counts.consents))?;
    writeln!(out, "{:>10}  count", count(counts.counting))?;
    writeln!(out, "{:>10}  fail", count(counts.consents.saturating_sub(counts.counting)))?;
    for (failing, consents) in &counts.failing {
        writeln!(out, "{:>14}  {failing}", count(*consents))?;
    }
    if !counts.missing.is_empty() {
        let missing: Vec<_> =
            counts.missing.iter().map(|(condition, consents)| format!("{condition} {}", count(*consents))).collect();
        writeln!(out, "{:>10}  conditions missed: {}", "", missing.join(", "))?;
    }
    for (ask, consents) in &counts.ask_again {
        let meaning = match ask {
            AskAgain::NotNeeded => "need not be asked again, another consent counts",
            AskAgain::Ask => "may be asked again, where the gate allows `reconsent`",
            AskAgain::Refused => "must not be asked again: the person refused",
            AskAgain::Reassigned => "must not be asked again: another person has the number",
            AskAgain::LawForbids => "must not be asked by call or message: that is itself marketing there",
        };
        writeln!(out, "{:>14}  {meaning}", count(*consents))?;
    }
    Ok(())
}
