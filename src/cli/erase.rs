//! `dialgate erase`: everything about a number goes, a one-way tombstone stays.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::subject::Whom;
use super::words::{counted, either};
use super::{arguments, output, say, source};
use crate::Erased;

/// Everything about a number goes, a one-way tombstone stays.
#[derive(Args, Debug)]
pub(super) struct Erase {
    #[command(flatten)]
    whom: Whom,
    /// The tombstone bars until then, RFC 3339; absent: for good
    #[arg(long, value_parser = arguments::instant)]
    until: Option<DateTime<Utc>>,
    /// Rewrite the whole ledger without gaps as well
    #[arg(long)]
    vacuum: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Erase {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let number = self.whom.number()?;
        let ledger = self.whom.open()?;
        let erased = ledger.erase(number, self.whom.controller.as_deref(), self.until)?;
        let is_clean = if self.vacuum { ledger.vacuum()? } else { erased.is_log_clean };
        if self.json {
            output::json(out, &as_json(&erased, is_clean))?;
        } else {
            self.tell(&erased, out)?;
        }
        if !is_clean {
            say::warning(
                "the write-ahead log still holds old pages, as another process reads from it; run this again with \
                 `--vacuum` when it has ended",
            );
            return Ok(1);
        }
        Ok(0)
    }

    fn tell(&self, erased: &Erased, out: &mut impl Write) -> Result<()> {
        let whom = self.whom.controller.as_deref().unwrap_or("every controller");
        writeln!(
            out,
            "Erased for {whom}: {} deleted, a tombstone was left",
            counted(erased.deleted, "record", "records")
        )?;
        if erased.kept > 0 {
            writeln!(
                out,
                "{}; leave `--controller` out to erase {} too",
                counted(
                    erased.kept,
                    "record stays: it names no controller and binds others as well",
                    "records stay: they name no controller and bind others as well"
                ),
                either(erased.kept, "it", "them")
            )?;
        }
        for uri in &erased.recordings {
            writeln!(out, "A recording, no longer on record; delete there as well: {uri}")?;
        }
        // What is overwritten again and again is on record with every digest that it had.
        let paths: BTreeSet<&str> = erased.snapshots.iter().filter_map(|one| one.path.as_deref()).collect();
        for path in &paths {
            writeln!(out, "May still hold the number: {path}")?;
        }
        for snapshot in erased.snapshots.iter().filter(|one| one.path.is_none()) {
            let digest = source::hex(&snapshot.digest);
            writeln!(out, "May still hold the number: (written nobody knows where)  {digest}")?;
        }
        if !erased.snapshots.is_empty() {
            writeln!(out, "Compile again over these snapshots, or remove them.")?;
        }
        writeln!(
            out,
            "Snapshots compiled with this ledger from now on hold the tombstone, and open with the ledger's key only \
             (`--ledger` or `--key`, `GateOptions::key_file`, the key file of `dialgate_open`)."
        )?;
        writeln!(out, "Nothing is deleted from the files that a manifest names under `[[records]]` and `[[lists]]`.")?;
        if !self.vacuum {
            writeln!(out, "The file of the ledger keeps its size; `--vacuum` rewrites it without gaps.")?;
        }
        Ok(())
    }
}

fn as_json(erased: &Erased, is_clean: bool) -> Value {
    let snapshots = erased
        .snapshots
        .iter()
        .map(|snapshot| json!({"path": snapshot.path, "snapshot": source::hex(&snapshot.digest)}));
    json!({
        "deleted": erased.deleted,
        "kept": erased.kept,
        "recordings": erased.recordings,
        "snapshots_that_may_hold_it": snapshots.collect::<Vec<_>>(),
        "is_log_clean": is_clean,
    })
}
