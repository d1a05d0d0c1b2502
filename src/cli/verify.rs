//! `dialgate verify`: is the snapshot intact?

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::arguments;
use super::source::Opened;

/// Is the snapshot intact?
#[derive(Args, Debug)]
pub(super) struct Verify {
    /// The snapshot
    #[arg(value_name = "GATE")]
    gate: PathBuf,
}

impl Verify {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let opened = Opened::open(&self.gate)?;
        opened.warn();
        let as_of = opened.as_of().map(arguments::readable).unwrap_or_default();
        writeln!(out, "{}: intact, data of {as_of}, digest {}", self.gate.display(), opened.gate().snapshot_digest())?;
        Ok(0)
    }
}
