//! `dialgate check`: one number, one decision.

use std::io::Write;

use anyhow::Result;
use clap::Args;

use super::arguments::{Question, Source};
use super::source::Opened;

/// One number, one decision.
#[derive(Args, Debug)]
pub(super) struct Check {
    #[command(flatten)]
    source: Source,
    /// The number, in E.164 or, with --default-region, as it is dialled there
    #[arg(allow_hyphen_values = true)]
    number: String,
    #[command(flatten)]
    question: Question,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let opened = Opened::open(&self.source.gate)?;
        opened.warn();
        let answer = opened.answer(&self.number, &self.question);
        if self.json {
            serde_json::to_writer(&mut *out, &answer)?;
            writeln!(out)?;
        } else {
            answer.write(out)?;
        }
        Ok(answer.exit_code())
    }
}
