//! `dialgate subject`: all that is held about a number, for the person who asks.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use super::{arguments, source};
use crate::{Ledger, Number, Region};

/// All that is held about a number.
#[derive(Args, Debug)]
pub(super) struct Subject {
    #[command(flatten)]
    whom: Whom,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// A ledger, and a number in it.
#[derive(Args, Debug)]
pub(super) struct Whom {
    /// The ledger
    #[arg(value_name = "LEDGER")]
    ledger: PathBuf,
    /// The number, in E.164 or as it is dialled in `--default-region`
    #[arg(allow_hyphen_values = true)]
    number: String,
    /// One controller only, and what binds every one; absent: all
    #[arg(long)]
    pub(super) controller: Option<String>,
    /// Whose national format a number without a plus is in: PL, GB, US ...
    #[arg(long, value_parser = arguments::country)]
    default_region: Option<Region>,
    /// The key file; absent: LEDGER.key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Whom {
    pub(super) fn number(&self) -> Result<Number> {
        source::read_number(&self.number, self.default_region)
            .context("the number cannot be read: expected E.164 with a plus, or `--default-region`")
    }

    pub(super) fn open(&self) -> Result<Ledger> {
        Ok(Ledger::open(&self.ledger, self.key.as_deref())?)
    }
}

impl Subject {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let number = self.whom.number()?;
        let subject = self.whom.open()?.subject(number, self.whom.controller.as_deref())?;
        if self.json {
            writeln!(out, "{}", subject.to_json())?;
        } else {
            write!(out, "{subject}")?;
        }
        Ok(0)
    }
}
