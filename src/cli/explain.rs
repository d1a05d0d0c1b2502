//! `dialgate explain`: one number, and everything that was consulted.

use std::io::Write;

use anyhow::Result;
use clap::Args;

use super::arguments::{LiveSource, Question};
use super::source::{Opened, read_number};

/// One number, and everything that was consulted.
#[derive(Args, Debug)]
pub(super) struct Explain {
    #[command(flatten)]
    source: LiveSource,
    /// The number, in E.164 or, with --default-region, as it is dialled there
    #[arg(allow_hyphen_values = true)]
    number: String,
    #[command(flatten)]
    question: Question,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let opened = Opened::open_live(&self.source)?;
        opened.warn();
        let number = read_number(&self.number, self.question.default_region);
        let (Some(number), Ok(campaign)) = (number, opened.campaign(&self.question)) else {
            // Nothing was consulted: the decision says all there is.
            let answer = opened.answer(&self.number, &self.question);
            if self.json {
                serde_json::to_writer(&mut *out, &answer)?;
                writeln!(out)?;
            } else {
                answer.write(out)?;
            }
            return Ok(0);
        };
        let lead = self.question.lead(number);
        let why = match self.question.at {
            Some(at) => campaign.explain_lead(&lead, at),
            None => campaign.explain_lead_now(&lead),
        };
        if self.json {
            serde_json::to_writer(&mut *out, &why)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", why.to_string().trim_end())?;
        }
        Ok(0)
    }
}
