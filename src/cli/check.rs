//! `dialgate check`: one number, one decision.

use std::io::Write;

use anyhow::Result;
use clap::Args;

use super::arguments::{LiveSource, Question};
use super::audit::Recording;
use super::output;
use super::source::Opened;

/// One number, one decision.
#[derive(Args, Debug)]
pub(super) struct Check {
    #[command(flatten)]
    source: LiveSource,
    /// The number, in E.164 or, with --default-region, as it is dialled there
    #[arg(allow_hyphen_values = true)]
    number: String,
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    recording: Recording,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let opened = Opened::open_live(&self.source)?;
        opened.warn();
        self.recording.remind(&opened, &self.question);
        let answer = match self.recording.open()? {
            None => opened.answer(&self.number, &self.question),
            Some(audit) => opened.answer_on_record(&self.number, &self.question, &audit)?,
        };
        if self.json {
            output::json(out, &answer)?;
        } else {
            answer.write(out)?;
        }
        Ok(answer.exit_code())
    }
}
