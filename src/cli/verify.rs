//! `dialgate verify`: is the snapshot intact?

use std::io::Write;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::arguments::{self, Source};
use super::output;
use super::source::Opened;

/// Is the snapshot intact?
#[derive(Args, Debug)]
pub(super) struct Verify {
    #[command(flatten)]
    source: Source,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let opened = Opened::open_source(&self.source)?;
        opened.warn();
        if self.json {
            let as_of = opened.as_of().map(arguments::rfc3339);
            let intact = json!({"intact": true, "as_of": as_of, "snapshot": opened.gate().snapshot_digest()});
            return output::json(out, &intact).map(|()| 0);
        }
        let as_of = opened.as_of().map(arguments::readable).unwrap_or_default();
        writeln!(
            out,
            "{}: intact, data of {as_of}, digest {}",
            self.source.gate.display(),
            opened.gate().snapshot_digest()
        )?;
        Ok(0)
    }
}
