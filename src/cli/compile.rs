//! `dialgate compile`: a manifest becomes a snapshot.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::Args;

use super::arguments;
use super::source::hex;
use crate::Manifest;

/// A manifest becomes a snapshot.
#[derive(Args, Debug)]
pub(super) struct Compile {
    /// The manifest
    #[arg(value_name = "GATE.toml")]
    manifest: PathBuf,
    /// The snapshot to write
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
        let image = Manifest::load(&self.manifest)?.compile()?;
        image.write_to(&self.output).with_context(|| format!("cannot write `{}`", self.output.display()))?;
        writeln!(out, "{}: digest {}", self.output.display(), hex(&image.digest()))?;
        Ok(0)
    }
}
