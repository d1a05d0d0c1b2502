//! `dialgate compile`: a manifest becomes a snapshot.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::words::{count, counted};
use super::{arguments, output, reading, source};
use crate::{CompileReport, Manifest};

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
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Compile {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        if self.output.is_dir() {
            bail!("`{}` is a folder; name the snapshot to write, such as `acme.gate`", self.output.display());
        }
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
        if self.json {
            return output::json(out, &as_json(&report)).map(|()| 0);
        }
        writeln!(out, "{}: {}", self.output.display(), counted(report.bytes, "byte", "bytes"))?;
        writeln!(out, "  data of   {}", report.as_of.to_chrono().map(arguments::readable).unwrap_or_default())?;
        writeln!(out, "  digest    {}", source::hex(&report.digest))?;
        writeln!(
            out,
            "  people    {} with {} and {}",
            counted(report.numbers, "number", "numbers"),
            counted(report.events, "event", "events"),
            counted(report.attempts, "attempt", "attempts")
        )?;
        for list in &report.lists {
            writeln!(
                out,
                "  list      {}: {}, {} rejected",
                list.id,
                counted(list.entries, "entry", "entries"),
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

fn as_json(report: &CompileReport) -> Value {
    let lists = report.lists.iter().map(|list| {
        json!({
            "id": list.id, "entries": list.entries, "rejected": list.rejected, "widened": list.widened,
            "digest": source::hex(&list.digest),
        })
    });
    let records = report.records.iter().map(|file| {
        json!({
            "path": file.path.display().to_string(), "taken": file.taken, "rejected": file.rejected,
            "widened": file.widened,
        })
    });
    let defects = report
        .defects
        .iter()
        .map(|defect| json!({"file": defect.file, "kept": defect.kept, "reason": defect.reason, "rows": defect.count}));
    let remarks = report
        .remarks
        .iter()
        .map(|remark| json!({"message": remark.message, "word": remark.word, "count": remark.count}));
    json!({
        "snapshot": source::hex(&report.digest),
        "bytes": report.bytes,
        "as_of": report.as_of.to_chrono().map(arguments::rfc3339),
        "numbers": report.numbers,
        "events": report.events,
        "attempts": report.attempts,
        "duplicates": report.duplicates,
        "conflicts": report.conflicts,
        "hidden": report.hidden,
        "recordings": report.recordings,
        "lists": lists.collect::<Vec<_>>(),
        "records": records.collect::<Vec<_>>(),
        "defects": defects.collect::<Vec<_>>(),
        "remarks": remarks.collect::<Vec<_>>(),
        "seconds": report.reading.saturating_add(report.folding).saturating_add(report.building).as_secs_f64(),
    })
}
