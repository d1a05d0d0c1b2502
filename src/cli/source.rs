//! Opening a gate and asking it: everything that the subcommands need of the library.

use std::path::Path;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressStyle};

use super::answer::{Answer, Asked};
use super::arguments::Question;
use crate::dictionary::List;
use crate::vocabulary::{Channel, Reason};
use crate::{Campaign, Decision, Gate, Lead, Manifest, Number, PrepareError};

/// An open gate.
pub(super) struct Opened {
    gate: Gate,
}

impl Opened {
    /// Opens a snapshot, or compiles the manifest that is there instead.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let gate = if is_manifest(path) { compile_in_memory(path)? } else { open_snapshot(path)? };
        Ok(Self { gate })
    }

    /// BLAKE3 of the snapshot.
    pub(super) fn digest(&self) -> [u8; 32] {
        self.gate.snapshot().digest()
    }

    /// The date of the data.
    pub(super) fn as_of(&self) -> Option<DateTime<Utc>> {
        self.gate.snapshot().dictionary().as_of.to_chrono()
    }

    /// The lists that were read.
    pub(super) fn lists(&self) -> Vec<List> {
        self.gate.snapshot().dictionary().lists.clone()
    }

    /// The id of the controller that is asked for, where none is named the manifest's own.
    fn controller_id(&self, named: Option<&str>) -> String {
        let snapshot = self.gate.snapshot();
        let dictionary = snapshot.dictionary();
        let own = dictionary.controllers.get(usize::from(dictionary.default_controller));
        named.map(str::to_owned).or_else(|| own.map(|own| own.id.clone())).unwrap_or_default()
    }

    /// The name of that controller.
    pub(super) fn controller_name(&self, named: Option<&str>) -> String {
        let id = self.controller_id(named);
        let snapshot = self.gate.snapshot();
        let found = snapshot.dictionary().controllers.iter().find(|controller| controller.id == id);
        found.map_or(id.clone(), |controller| format!("{} ({id})", controller.name))
    }

    /// Decides about one number, however it is written.
    pub(super) fn answer(&self, text: &str, question: &Question) -> Result<Answer> {
        let at = question.at.unwrap_or_else(Utc::now);
        let (controller, snapshot) = (self.controller_id(question.controller.as_deref()), hex(&self.digest()));
        let number = read_number(text, question.default_region.as_deref());
        let shown = number.map_or_else(|| text.to_owned(), |number| number.to_string());
        let asked = Asked { number: &shown, controller: &controller, question, at, snapshot: &snapshot };
        let Some(number) = number else { return Ok(Answer::denied(&asked, Reason::NumberInvalid)) };
        let Ok(campaign) = self.campaign(question) else {
            return Ok(Answer::denied(&asked, Reason::QuestionUnknown));
        };
        let lead = question.lead(number);
        let decision = campaign.may_contact_lead(&lead, at);
        Ok(Answer::decided(&asked, &decision, &campaign.explain_lead(&lead, at)))
    }

    /// Prepares a question that must be known, as a whole file is asked about.
    pub(super) fn prepare(&self, question: &Question) -> Result<Prepared> {
        let campaign = self.campaign(question).with_context(|| {
            let snapshot = self.gate.snapshot();
            let dictionary = snapshot.dictionary();
            format!(
                "declared are the controllers {}, the purposes {}, the channels {}",
                listed(dictionary.controllers.iter().map(|controller| controller.id.as_str())),
                listed(dictionary.purposes.iter().map(|purpose| purpose.id.as_str())),
                listed(Channel::ALL.iter().map(|channel| channel.slug())),
            )
        })?;
        Ok(Prepared { campaign })
    }

    /// The campaign of a question.
    pub(super) fn campaign(&self, question: &Question) -> Result<Campaign> {
        let channel = Channel::from_slug(&question.channel)
            .with_context(|| format!("`{}` is not a channel", question.channel))?;
        let mut campaign = self.gate.campaign().purpose(&question.purpose).channel(channel);
        if let Some(controller) = &question.controller {
            campaign = campaign.controller(controller);
        }
        campaign.prepare().map_err(|error: PrepareError| error.into())
    }

    /// The open gate itself.
    pub(super) const fn gate(&self) -> &Gate {
        &self.gate
    }
}

/// A question that is asked about many numbers.
pub(super) struct Prepared {
    campaign: Campaign,
}

impl Prepared {
    /// The decisions about these leads, in their order.
    pub(super) fn screen(&self, leads: &[Lead], at: DateTime<Utc>) -> Result<Vec<Decision>> {
        let mut decisions = vec![Decision::default(); leads.len()];
        self.campaign.screen_leads(leads, at, &mut decisions)?;
        Ok(decisions)
    }

    /// The decision about a lead that was tried so many times already at this instant, beside what is on record.
    pub(super) fn after_attempts(&self, lead: &Lead, at: DateTime<Utc>, attempts: u32, alone: Decision) -> Decision {
        let _ = (lead, at, attempts, &self.campaign);
        alone
    }
}

/// A number in E.164, or as it is dialled in this region; none when it cannot be read.
pub(super) fn read_number(text: &str, default_region: Option<&str>) -> Option<Number> {
    let _ = default_region;
    text.trim().parse().ok()
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn open_snapshot(path: &Path) -> Result<Gate> {
    Gate::open(path).with_context(|| format!("cannot open the snapshot `{}`", path.display()))
}

fn compile_in_memory(path: &Path) -> Result<Gate> {
    let image = Manifest::load(path)?.compile()?;
    Ok(Gate::from_bytes(image.as_bytes())?)
}

/// A progress bar over so many bytes, on a terminal only.
pub(super) fn progress_bar(bytes: u64, what: &'static str) -> ProgressBar {
    use std::io::IsTerminal;
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
