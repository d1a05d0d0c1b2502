//! Opening a gate and asking it: everything that the subcommands need of the library.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use super::answer::Answer;
use super::arguments::{self, LiveSource, Question, Source};
use super::{audit, output, reading, say};
use crate::audit::{Batch, Refused};
use crate::dictionary::{Controller, Dictionary, List};
use crate::gate::When;
use crate::ledger::default_key_path;
use crate::phone::Parser;
use crate::vocabulary::{Channel, Reason, ReasonSet};
use crate::{Audit, Campaign, Decision, Gate, Lead, Ledger, Manifest, Number, Region};

/// An open gate.
pub(super) struct Opened {
    gate: Gate,
    dictionary: Dictionary,
}

impl Opened {
    /// Opens a snapshot, or compiles the manifest that is there instead.
    pub(super) fn open(path: &Path, keys: &[PathBuf]) -> Result<Self> {
        let gate = if !is_manifest(path) {
            open_snapshot(path, keys)?
        } else if keys.is_empty() {
            compile_in_memory(path)?
        } else {
            bail!("`{}` names its own key file; leave `--key` out", path.display());
        };
        Ok(Self { dictionary: gate.dictionary(), gate })
    }

    /// The same as the command line names it.
    pub(super) fn open_source(source: &Source) -> Result<Self> {
        Self::open(&source.gate, &source.key)
    }

    /// The same, attached to the ledger if one is named.
    pub(super) fn open_live(asked: &LiveSource) -> Result<Self> {
        let LiveSource { source, ledger } = asked;
        let Some(path) = ledger else {
            let opened = Self::open_source(source)?;
            // A manifest is compiled with its ledger just now.
            if let Some(mark) = opened.dictionary.ledger.filter(|_| !is_manifest(&source.gate)) {
                let position = mark.position;
                super::say::warning(&format!(
                    "compiled with a ledger up to entry {position}; what it heard since counts with --ledger only"
                ));
            }
            return Ok(opened);
        };
        if is_manifest(&source.gate) {
            bail!("`{}` names its own ledger; leave `--ledger` out", source.gate.display());
        }
        // A snapshot may be sealed with another key than the ledger's: each is opened with whichever fits.
        let mut keys = source.key.clone();
        let beside = default_key_path(path);
        if keys.is_empty() || beside.exists() {
            keys.push(beside);
        }
        let mut opened = keys.iter().map(|key| Ledger::open(path, Some(key)));
        let ledger = opened.find(Result::is_ok).or_else(|| keys.first().map(|key| Ledger::open(path, Some(key))));
        let Some(ledger) = ledger else { bail!("no key for the ledger `{}`", path.display()) };
        let ledger = ledger.with_context(|| format!("cannot open the ledger `{}`", path.display()))?;
        let opened = Self::open(&source.gate, &keys)?;
        opened.gate.attach(&ledger).with_context(|| format!("cannot follow the ledger `{}`", path.display()))?;
        Ok(opened)
    }

    /// The gate itself.
    pub(super) const fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The names and settings of the snapshot.
    pub(super) const fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The date of the data.
    pub(super) fn as_of(&self) -> Option<DateTime<Utc>> {
        self.dictionary.as_of.to_chrono()
    }

    /// What the owner should know of the age of the time zones, at the later of now and the date of the data.
    pub(super) fn zone_remarks(&self) -> Vec<String> {
        let now = self.as_of().map_or_else(Utc::now, |as_of| as_of.max(Utc::now()));
        self.gate.tz_remarks(now).iter().map(ToString::to_string).collect()
    }

    /// Says the same on standard error; the answer is what it is.
    pub(super) fn warn(&self) {
        for remark in self.zone_remarks() {
            say::warning(&remark);
        }
    }

    /// The lists that bind a controller (none named: the manifest's own).
    pub(super) fn lists(&self, controller: Option<&str>) -> impl Iterator<Item = &List> {
        let id = self.controller_id(controller);
        let index =
            self.dictionary.controllers.iter().zip(0_u16..).find(|(one, _)| one.id == id).map(|(_, index)| index);
        self.dictionary.lists.iter().filter(move |list| match (&list.controllers, index) {
            (Some(bound), Some(index)) => bound.contains(&index),
            _ => true,
        })
    }

    /// The id of the controller that is asked for.
    pub(super) fn controller_id(&self, named: Option<&str>) -> String {
        let own = || self.dictionary.controllers.get(usize::from(self.dictionary.default_controller));
        named.or_else(|| own().map(|own| own.id.as_str())).unwrap_or_default().to_owned()
    }

    /// That controller's name and id.
    pub(super) fn controller_name(&self, named: Option<&str>) -> String {
        let id = self.controller_id(named);
        let is_asked = |controller: &&Controller| controller.id == id;
        match self.dictionary.controllers.iter().find(is_asked) {
            Some(controller) => format!("{} ({id})", controller.name),
            None => id,
        }
    }

    /// Decides about one number, however it is written. What cannot be read, or is not declared, is a denial.
    pub(super) fn answer(&self, text: &str, question: &Question) -> Answer {
        let denied = |reason| {
            let controller = self.controller_id(question.controller.as_deref());
            let at = question.at.unwrap_or_else(Utc::now);
            Answer::denied(text, controller, question, at, self.gate.snapshot_digest(), reason)
        };
        let Some(number) = read_number(text, question.default_region) else {
            if lacks_plus(text, question) {
                say::warning("a number without a plus is read with --default-region only, such as --default-region PL");
            }
            return denied(Reason::NumberInvalid);
        };
        match self.campaign(question) {
            Ok(campaign) => {
                let lead = question.lead(number);
                let why = match question.at {
                    Some(at) => campaign.explain_lead(&lead, at),
                    None => campaign.explain_lead_now(&lead),
                };
                hint(question, why.reasons);
                Answer::from(why)
            }
            Err(unknown) if crate::plan::locate(number).possible => {
                // The answer is a decision; which word was not understood is for whoever asked.
                say::warning(&unknown.to_string());
                denied(Reason::QuestionUnknown)
            }
            Err(_) => denied(Reason::NumberInvalid),
        }
    }

    /// The same, put on record before it is given.
    pub(super) fn answer_on_record(&self, text: &str, question: &Question, log: &Audit) -> Result<Answer> {
        let answer = self.answer(text, question);
        let at = arguments::instant(answer.at()).map_err(anyhow::Error::msg)?;
        let when = question.at.map_or(When::ClockAt(at), When::Given);
        let number = read_number(text, question.default_region);
        let mut batch = Batch::default();
        let recorded = match (number, self.campaign(question)) {
            (Some(number), Ok(campaign)) => campaign.audit(log).decide(&question.lead(number), 0, when, &mut batch),
            _ => log.refuse(
                &Refused {
                    number,
                    controller: &self.controller_id(question.controller.as_deref()),
                    purpose: &question.purpose,
                    channel: &question.channel,
                    at: question.at,
                    snapshot: &self.gate.snapshot_digest(),
                    reason: answer.reason().unwrap_or(Reason::QuestionUnknown),
                },
                &mut batch,
            ),
        };
        audit::put(log, &mut batch)?;
        if recorded.verdict() != answer.verdict() {
            bail!("the data changed while the question was asked; ask again");
        }
        Ok(answer)
    }

    /// The campaign of a question.
    pub(super) fn campaign(&self, question: &Question) -> Result<Campaign> {
        let channel = Channel::from_slug(&question.channel).with_context(|| {
            let known: Vec<_> = Channel::ALL.iter().map(|channel| channel.slug()).collect();
            format!("channel `{}` is not known, expected one of `{}`", question.channel, known.join("`, `"))
        })?;
        let mut campaign = self.gate.campaign().purpose(&question.purpose).channel(channel);
        if let Some(controller) = &question.controller {
            campaign = campaign.controller(controller);
        }
        Ok(campaign.prepare()?)
    }
}

/// Refuses to write over a file that the run reads, or that belongs to what it reads.
pub(super) fn refuse_overwriting(asked: &LiveSource, leads: Option<&Path>, written: &[&Path]) -> Result<()> {
    let beside = |path: &Path, ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let mut read: Vec<PathBuf> = leads.into_iter().map(Path::to_owned).collect();
    read.push(asked.source.gate.clone());
    read.extend(asked.source.key.iter().cloned());
    let mut ledgers: Vec<PathBuf> = asked.ledger.iter().cloned().collect();
    if is_manifest(&asked.source.gate)
        && let Ok(manifest) = Manifest::load(&asked.source.gate)
    {
        read.extend(manifest.files().map(Path::to_owned));
        ledgers.extend(manifest.ledger.iter().map(|ledger| ledger.path.clone()));
    }
    for ledger in &ledgers {
        read.extend(["", "-wal", "-shm", ".key"].map(|ending| beside(ledger, ending)));
    }
    for (index, path) in written.iter().enumerate() {
        let twice = written.iter().skip(index.saturating_add(1)).any(|other| output::is_same(path, other));
        if twice || read.iter().any(|other| output::is_same(path, other)) {
            bail!("`{}` is used twice; give each file a name of its own", path.display());
        }
    }
    Ok(())
}

/// What may be wrong with a word of the question, where the answer is that it says nothing known.
pub(super) fn hint(question: &Question, reasons: ReasonSet) {
    if let Some(zone) = question.time_zone.as_deref().filter(|_| reasons.contains(Reason::TimeZoneUnknown)) {
        say::warning(&format!("the calling hours of `{zone}` cannot be told; zones are named as Europe/Warsaw"));
    }
    if let Some(region) = question.region.as_deref().filter(|_| reasons.contains(Reason::JurisdictionUnknown)) {
        say::warning(&format!(
            "no rule pack speaks for the number's own place or for region `{region}`, and both count; `dialgate rules` shows \
             the packs that there are"
        ));
    }
}

/// The decisions about these leads, in their order; without an instant by the gate's clock.
pub(super) fn screen(campaign: &Campaign, leads: &[Lead], at: Option<DateTime<Utc>>) -> Result<Vec<Decision>> {
    let Some(at) = at else { return Ok(leads.iter().map(|lead| campaign.may_contact_lead_now(lead)).collect()) };
    let mut decisions = vec![Decision::default(); leads.len()];
    campaign.screen_leads(leads, at, &mut decisions)?;
    Ok(decisions)
}

/// Is a number that cannot be read perhaps one without a plus, where no region says how to read it?
pub(super) fn lacks_plus(text: &str, question: &Question) -> bool {
    question.default_region.is_none() && text.trim_start().starts_with(|sign: char| sign.is_ascii_digit())
}

/// A number in E.164, or as it is dialled in this region; none when it cannot be read.
pub(super) fn read_number(text: &str, default_region: Option<Region>) -> Option<Number> {
    Parser::new().parse(text, default_region).ok()
}

pub(super) fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn open_snapshot(path: &Path, keys: &[PathBuf]) -> Result<Gate> {
    let options = keys.iter().fold(Gate::options(), |options, key| options.key_file(key));
    options.open(path).with_context(|| format!("cannot open the snapshot `{}`", path.display()))
}

fn compile_in_memory(path: &Path) -> Result<Gate> {
    let (image, _) = reading::compile(&Manifest::load(path)?, None, None, None)?;
    let options = image.keys().cloned().map_or_else(Gate::options, |keys| Gate::options().keys(keys));
    Ok(options.open_bytes(image.as_bytes())?)
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
