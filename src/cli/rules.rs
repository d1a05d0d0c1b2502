//! `dialgate rules`: the rules in force.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use chrono::{DateTime, Utc};
use clap::Args;

use super::source::Opened;
use super::{arguments, output, page};
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
    /// Only this jurisdiction and what applies under it: PL, GB, US, US-IL ... in any case
    #[arg(long)]
    jurisdiction: Option<String>,
    /// Only what is in force on that day, an instant in RFC 3339; absent: every row, with marks on those that
    /// are superseded or to come
    #[arg(long, value_parser = arguments::instant)]
    at: Option<DateTime<Utc>>,
    /// Columns of the text; absent: as wide as the terminal, 110 elsewhere
    #[arg(long, value_name = "COLUMNS", conflicts_with = "json")]
    width: Option<usize>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Columns where there is no terminal, and the most that are used of a wide one.
const PAGE: usize = 110;
const WIDEST: usize = 140;

impl RulesTable {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let rules = match &self.gate {
            Some(path) => Opened::open(path, self.key.as_slice())?.gate().rules(),
            None => builtin()?,
        };
        if let Some(code) = self.jurisdiction.as_deref()
            && rules.pack(code).is_none()
        {
            let known: Vec<_> = rules.packs.iter().map(|pack| pack.code.as_str()).collect();
            bail!("no pack speaks for `{code}`; there are {}", known.join(", "));
        }
        let table = rules.table(self.jurisdiction.as_deref(), self.at.and_then(day));
        if self.json {
            output::json(out, &table)?;
            return Ok(0);
        }
        let width = self.width.unwrap_or_else(|| page::columns().map_or(PAGE, |columns| columns.min(WIDEST)));
        writeln!(out, "{}", table.text(width, day(Utc::now())).trim_end())?;
        Ok(0)
    }
}

/// Days since 1970-01-01.
fn day(instant: DateTime<Utc>) -> Option<i32> {
    i32::try_from(instant.timestamp().div_euclid(86_400)).ok()
}

/// The packs that come with the program.
fn builtin() -> Result<Rules> {
    source::load(source::Options::default())
        .map_err(|errors| anyhow!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}
