//! `dialgate conformity`: which consents count, which fail and why, and whom to ask again.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

/// Which consents count, which fail and why, and whom to ask again.
#[derive(Args, Debug)]
pub(super) struct Conformity {
    /// The manifest
    #[arg(value_name = "GATE.toml")]
    manifest: PathBuf,
    /// A CSV with a row for each consent and purpose; absent: the figures only
    #[arg(short, long, value_name = "FILE.csv")]
    output: Option<PathBuf>,
}

impl Conformity {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let _ = (self.manifest, self.output);
        writeln!(out, "not yet")?;
        Ok(1)
    }
}
