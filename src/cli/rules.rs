//! `dialgate rules`: the rules in force.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::Args;

use super::arguments;

/// The rules in force.
#[derive(Args, Debug)]
pub(super) struct RulesTable {
    /// A snapshot or a gate.toml whose rules to show; absent: those that the program brings
    #[arg(value_name = "GATE")]
    gate: Option<PathBuf>,
    /// Only this jurisdiction and what applies under it: PL, GB, US, US-IL ...
    #[arg(long)]
    jurisdiction: Option<String>,
    /// The day, as an instant in RFC 3339; absent: today
    #[arg(long, value_parser = arguments::instant)]
    at: Option<DateTime<Utc>>,
}

impl RulesTable {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let _ = (self.gate, self.jurisdiction, self.at);
        writeln!(out, "not yet")?;
        Ok(1)
    }
}
