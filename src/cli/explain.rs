//! `dialgate explain`: one number, and everything that was consulted.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use super::arguments::{self, LiveSource, Question};
use super::pages::{self, ExplanationPage};
use super::source::{Opened, read_number, refuse_overwriting};
use crate::{Explanation, Language};

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
    /// The language of its sentences: en or pl
    #[arg(long, value_name = "LANG", value_parser = arguments::language, default_value = "en")]
    lang: Language,
    /// Write a page as well; it names the number
    #[arg(long, value_name = "FILE.html")]
    html: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let opened = Opened::open_live(&self.source)?;
        opened.warn();
        let Some(why) = self.explanation(&opened) else {
            // Nothing was consulted: the decision says all there is.
            if self.html.is_some() {
                bail!("the number cannot be read, or the question is not declared: there is nothing to make a page of");
            }
            let answer = opened.answer(&self.number, &self.question);
            if self.json {
                serde_json::to_writer(&mut *out, &answer)?;
                writeln!(out)?;
            } else {
                answer.write(out)?;
            }
            return Ok(0);
        };
        if let Some(path) = &self.html {
            refuse_overwriting(&self.source, None, &[path])?;
            pages::write(&ExplanationPage::new(&why), path)?;
        }
        if self.json {
            serde_json::to_writer(&mut *out, &why)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", why.to_string().trim_end())?;
        }
        Ok(0)
    }

    fn explanation(&self, opened: &Opened) -> Option<Explanation> {
        let number = read_number(&self.number, self.question.default_region)?;
        let campaign = opened.campaign(&self.question).ok()?;
        Some(campaign.explain_in(&self.question.lead(number), self.question.at, self.lang))
    }
}
