//! Reading a manifest's files: the progress on a terminal, and what there is to say afterwards.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use super::say;
use super::words::counted;
use crate::snapshot::Image;
use crate::{CompileOptions, CompileReport, Manifest, Phase, Progress};

/// A progress bar over bytes, on a terminal only.
pub(super) fn progress_bar(bytes: u64, what: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() || say::is_quiet() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left")
    {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}

/// A bar that a compile moves, phase by phase: how far it is, how fast it goes, and how long the phase still takes.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(what: &'static str) -> Self {
        Self(progress_bar(0, what))
    }
}

impl Progress for Bar {
    fn begin(&self, phase: Phase, total: u64) {
        let (what, template) = match phase {
            Phase::Folding => ("folding records", "{msg} {bar:30} {human_pos}/{human_len} {per_sec} {eta}"),
            Phase::Building => ("building the tables", "{msg} {bar:30} {percent} % {eta}"),
            _ => ("reading", "{msg} {bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style);
        }
        self.0.set_message(what);
        self.0.set_length(total);
        self.0.set_position(0);
        self.0.reset_eta();
    }

    fn done(&self, _phase: Phase, more: u64) {
        self.0.inc(more);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Compiles a manifest; what it has to remark goes to standard error.
pub(super) fn compile(
    manifest: &Manifest,
    rejects: Option<&Path>,
    replaces: Option<&Path>,
    destination: Option<&Path>,
) -> Result<(Image, CompileReport)> {
    let bar = Bar::new("compiling");
    let mut options = CompileOptions::new().progress(&bar);
    if let Some(path) = rejects {
        options = options.rejects(path);
    }
    if let Some(path) = replaces {
        options = options.replaces(path);
    }
    options = match destination {
        Some(path) => options.destination(path),
        None => options.not_kept(),
    };
    let compiled = manifest.compile_with(&options)?;
    drop(bar);
    remark(&compiled.1);
    Ok(compiled)
}

/// Says on standard error what was rejected, widened or read otherwise than it was written.
pub(super) fn remark(report: &CompileReport) {
    for defect in &report.defects {
        let fate = if defect.kept { "kept" } else { "rejected" };
        say::note(&format!("{}: {} {fate}: {}", defect.file, counted(defect.count, "row", "rows"), defect.reason));
    }
    for remark in &report.remarks {
        let word = if remark.word.is_empty() { String::new() } else { format!(" `{}`", remark.word) };
        say::note(&format!("{}{word} ({})", remark.message, counted(remark.count, "time", "times")));
    }
    if report.conflicts > 0 {
        let conflicts = counted(report.conflicts, "record", "records");
        say::note(&format!("{conflicts} rejected: another with the same id says something else"));
    }
}
