//! `dialgate retention`: what no longer has a basis, and its deletion.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::json;

use super::words::{count, counted, either};
use super::{arguments, say};
use crate::rules::source::{self, Packs};
use crate::{Due, Ledger, RetentionPolicy, Timestamp};

/// What no longer has a basis.
#[derive(Args, Debug)]
pub(super) struct Retention {
    /// The ledger
    #[arg(value_name = "LEDGER")]
    ledger: PathBuf,
    /// The instant to judge for, RFC 3339
    #[arg(long, value_parser = arguments::instant)]
    at: DateTime<Utc>,
    /// Delete it
    #[arg(long)]
    apply: bool,
    /// The key file; absent: LEDGER.key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Months for which the proof of what has ended is kept where no law names a figure
    #[arg(long, default_value_t = 60)]
    evidence_months: u16,
    /// Months after which a recording for quality has served, unless it says until when
    #[arg(long, default_value_t = 3)]
    quality_months: u16,
    /// One JSON object a record
    #[arg(long)]
    json: bool,
}

impl Retention {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let rules = source::load(source::Options { packs: Packs::Builtin, ..source::Options::default() })
            .map_err(|_| anyhow!("the built-in rules cannot be read"))?;
        let mut policy = RetentionPolicy::new(&rules);
        (policy.evidence_months, policy.quality_months) = (self.evidence_months, self.quality_months);
        let sweep = Ledger::open(&self.ledger, self.key.as_deref())?.retention(self.at, &policy, self.apply)?;
        for due in &sweep.due {
            if self.json {
                writeln!(out, "{}", as_json(due))?;
            } else {
                let whose = due.controller.as_deref().unwrap_or("*");
                let (number, kind, why, rule) = (due.number, due.kind, due.why, &due.rule);
                write!(out, "{number}  {whose}  {kind} of {}: {why} since {} ({rule})", day(due.at), day(due.since))?;
                writeln!(out, "{}", due.uri.as_ref().map(|uri| format!(", at {uri}")).unwrap_or_default())?;
            }
        }
        if !self.json {
            let done = if sweep.applied { "deleted" } else { "due" };
            for ((why, controller, kind), records) in sweep.counts() {
                writeln!(out, "{:>10}  {kind} of {} {done}: {why}", count(records), controller.unwrap_or("*"))?;
            }
            if sweep.due.is_empty() {
                writeln!(out, "Nothing is due.")?;
            }
        }
        if sweep.unjudged > 0 {
            say::note(&format!(
                "{} a purpose that no compile of a manifest with this ledger has declared: a denial \
                 without purposes does not end {} here",
                counted(sweep.unjudged, "consent names", "consents name"),
                either(sweep.unjudged, "it", "them")
            ));
        }
        if sweep.applied && !sweep.due.is_empty() {
            say::note("snapshots hold what was deleted until they are compiled again");
            if !sweep.is_log_clean {
                say::warning("the write-ahead log still holds old pages; sweep again later");
                return Ok(1);
            }
        }
        Ok(0)
    }
}

fn day(at: Timestamp) -> String {
    at.to_chrono().map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_default()
}

fn as_json(due: &Due) -> serde_json::Value {
    let instant = |at: Timestamp| at.to_chrono().map(arguments::rfc3339);
    json!({
        "number": due.number,
        "controller": due.controller,
        "type": due.kind,
        "at": instant(due.at),
        "due_since": instant(due.since),
        "reason": due.why.slug(),
        "rule": due.rule,
        "uri": due.uri,
        "position": due.position,
    })
}
