//! `dialgate compile`: a manifest becomes a snapshot.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::Args;

use super::words::count;
use super::{arguments, output, reading, source};
use crate::Manifest;

/// A manifest becomes a snapshot.
#[derive(Args, Debug)]
pub(super) struct Compile {
    /// The manifest
    #[arg(value_name = "GATE.toml")]
    manifest: PathBuf,
    /// The snapshot to write; one that is there already is replaced, and its lists are compared
    #[arg(short, long, value_name = "OUT.gate")]
    output: PathBuf,
    /// The date of the data, RFC 3339, instead of the manifest's
    #[arg(long, value_parser = arguments::instant)]
    as_of: Option<DateTime<Utc>>,
    /// Where rejected rows go, with file, line and reason; they hold personal data
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

impl Compile {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let mut manifest = Manifest::load(&self.manifest)?;
        if let Some(as_of) = self.as_of {
            manifest = manifest.as_of(as_of);
        }
        let replaces = self.output.exists().then_some(self.output.as_path());
        let (image, report) = reading::compile(&manifest, self.rejects.as_deref(), replaces, Some(&self.output))?;
        output::create_folder(&self.output)?;
        image.write_to(&self.output).with_context(|| {
            format!("cannot write `{}`; check the folder and its free space", self.output.display())
        })?;
        writeln!(out, "{}: {} bytes", self.output.display(), count(report.bytes))?;
        writeln!(out, "  data of   {}", report.as_of.to_chrono().map(arguments::readable).unwrap_or_default())?;
        writeln!(out, "  digest    {}", source::hex(&report.digest))?;
        writeln!(
            out,
            "  people    {} numbers with {} events and {} attempts",
            count(report.numbers),
            count(report.events),
            count(report.attempts)
        )?;
        for list in &report.lists {
            writeln!(
                out,
                "  list      {}: {} entries, {} rejected",
                list.id,
                count(list.entries),
                count(list.rejected)
            )?;
        }
        for file in &report.records {
            let path = file.path.display();
            writeln!(out, "  records   {path}: {} taken, {} rejected", count(file.taken), count(file.rejected))?;
        }
        let took = report.reading.saturating_add(report.folding).saturating_add(report.building);
        writeln!(out, "  took      {:.1} s", took.as_secs_f64())?;
        Ok(0)
    }
}
