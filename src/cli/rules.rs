//! `dialgate rules`: the rules in force.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use chrono::{DateTime, Utc};
use clap::Args;

use super::arguments;
use super::source::Opened;
use crate::rules::Rules;
use crate::rules::source;

/// The rules in force.
#[derive(Args, Debug)]
pub(super) struct RulesTable {
    /// A snapshot or a gate.toml whose rules to show; absent: those that the program brings
    #[arg(value_name = "GATE")]
    gate: Option<PathBuf>,
    /// The key file, for a snapshot that is sealed or has hashed entries
    #[arg(long, value_name = "FILE", requires = "gate")]
    key: Option<PathBuf>,
    /// Only this jurisdiction and what applies under it: PL, GB, US, US-IL ...
    #[arg(long)]
    jurisdiction: Option<String>,
    /// The day, as an instant in RFC 3339; absent: today
    #[arg(long, value_parser = arguments::instant)]
    at: Option<DateTime<Utc>>,
}

impl RulesTable {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let rules = match &self.gate {
            Some(path) => Opened::open(path, self.key.as_deref())?.gate().rules(),
            None => builtin()?,
        };
        if let Some(code) = self.jurisdiction.as_deref()
            && !rules.packs.iter().any(|pack| pack.code == code)
        {
            let known: Vec<_> = rules.packs.iter().map(|pack| pack.code.as_str()).collect();
            bail!("no pack speaks for `{code}`; there are {}", known.join(", "));
        }
        let instant = self.at.unwrap_or_else(Utc::now);
        let day = i32::try_from(instant.timestamp().div_euclid(86_400)).ok();
        writeln!(out, "{}", rules.table(self.jurisdiction.as_deref(), day).to_string().trim_end())?;
        Ok(0)
    }
}

/// The packs that come with the program.
fn builtin() -> Result<Rules> {
    source::load(source::Options::default())
        .map_err(|errors| anyhow!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}
