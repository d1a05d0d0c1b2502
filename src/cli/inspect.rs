//! `dialgate inspect`: what a snapshot holds.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::arguments::{self, Source};
use super::output;
use super::page::table;
use super::source::{Opened, hex};
use super::words::{count, counted};
use crate::Timestamp;
use crate::dictionary::AttemptsSource;

/// What a snapshot holds.
#[derive(Args, Debug)]
pub(super) struct Inspect {
    #[command(flatten)]
    source: Source,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let content = Content::of(&Opened::open_source(&self.source)?);
        if self.json {
            output::json(out, &content)?;
        } else {
            content.write(out)?;
        }
        Ok(0)
    }
}

#[derive(Serialize)]
struct Content {
    snapshot: String,
    bytes: usize,
    huge_page_bytes: Option<u64>,
    sealed_with: Option<String>,
    hash_keys: Vec<String>,
    as_of: String,
    max_age_days: Option<u32>,
    default_controller: Option<String>,
    attempts: &'static str,
    ledger: Option<Ledger>,
    plan_version: String,
    tz_version: String,
    tz_remarks: Vec<String>,
    controllers: Vec<Controller>,
    purposes: Vec<Purpose>,
    lists: Vec<List>,
    rules: Vec<Pack>,
}

#[derive(Serialize)]
struct Ledger {
    id: String,
    position: u64,
    max_silence_seconds: u32,
}

#[derive(Serialize)]
struct Controller {
    id: String,
    name: String,
    notice_version: Option<String>,
}

#[derive(Serialize)]
struct Purpose {
    id: String,
    class: crate::vocabulary::PurposeClass,
    sector: crate::vocabulary::Sector,
}

#[derive(Serialize)]
struct List {
    id: String,
    kind: crate::vocabulary::ListKind,
    registry: Option<String>,
    as_of: String,
    max_age_days: Option<u32>,
    covers: Option<Vec<String>>,
    controllers: Option<Vec<String>>,
    jurisdictions: Option<Vec<String>>,
    consent_lifts: bool,
    entries: u64,
    rejected: u64,
    digest: String,
}

#[derive(Serialize)]
struct Pack {
    code: String,
    name: String,
    version: String,
    baselines: Vec<String>,
    signed_off: bool,
    overrides: bool,
}

impl Content {
    fn of(opened: &Opened) -> Self {
        let (dictionary, rules) = (opened.dictionary(), opened.gate().rules());
        let controller =
            |index: u16| dictionary.controllers.get(usize::from(index)).map(|controller| controller.id.clone());
        let (bytes, huge_page_bytes) = opened.gate().pages();
        Self {
            bytes,
            huge_page_bytes,
            snapshot: opened.gate().snapshot_digest(),
            sealed_with: opened.gate().sealed_with().map(|key| key.to_string()),
            hash_keys: opened.gate().hash_keys().iter().map(ToString::to_string).collect(),
            as_of: instant(dictionary.as_of),
            max_age_days: dictionary.max_age_days,
            default_controller: controller(dictionary.default_controller),
            attempts: match dictionary.attempts {
                AttemptsSource::Records => "records",
                AttemptsSource::Ledger => "ledger",
                AttemptsSource::External => "external",
            },
            ledger: dictionary.ledger.map(|mark| Ledger {
                id: super::source::hex(&mark.id),
                position: mark.position,
                max_silence_seconds: mark.max_silence_seconds,
            }),
            plan_version: dictionary.plan_version.clone(),
            tz_version: opened.gate().tz_version(),
            tz_remarks: opened.zone_remarks(),
            controllers: dictionary
                .controllers
                .iter()
                .map(|controller| Controller {
                    id: controller.id.clone(),
                    name: controller.name.clone(),
                    notice_version: controller
                        .notice_version
                        .and_then(|version| dictionary.notice_versions.get(usize::from(version)).cloned()),
                })
                .collect(),
            purposes: dictionary
                .purposes
                .iter()
                .map(|purpose| Purpose { id: purpose.id.clone(), class: purpose.class, sector: purpose.sector })
                .collect(),
            lists: dictionary
                .lists
                .iter()
                .map(|list| List {
                    id: list.id.clone(),
                    kind: list.kind,
                    registry: list.registry.clone(),
                    as_of: instant(list.as_of),
                    max_age_days: list.max_age_days,
                    covers: list
                        .covers
                        .as_ref()
                        .map(|prefixes| prefixes.iter().map(|prefix| format!("+{prefix}")).collect()),
                    controllers: list
                        .controllers
                        .as_ref()
                        .map(|controllers| controllers.iter().filter_map(|index| controller(*index)).collect()),
                    jurisdictions: list.jurisdictions.clone(),
                    consent_lifts: list.consent_lifts,
                    entries: list.entries,
                    rejected: list.rejected,
                    digest: hex(&list.digest),
                })
                .collect(),
            rules: rules
                .table(None, None)
                .packs
                .into_iter()
                .map(|pack| Pack {
                    code: pack.code,
                    name: pack.name,
                    version: pack.version,
                    baselines: pack.baselines,
                    signed_off: pack.signed_off,
                    overrides: pack.overrides,
                })
                .collect(),
        }
    }

    fn write(&self, out: &mut impl Write) -> Result<()> {
        writeln!(out, "snapshot     {}", self.snapshot)?;
        let huge = match self.huge_page_bytes {
            None => "not known".to_owned(),
            Some(huge) => count(huge),
        };
        writeln!(out, "memory       {} bytes, on huge pages: {huge}", count(self.bytes as u64))?;
        match &self.sealed_with {
            Some(key) => writeln!(out, "sealed       with key {key}")?,
            None => writeln!(out, "sealed       no: whoever reads the file reads its numbers")?,
        }
        for key in &self.hash_keys {
            writeln!(out, "hashed       some entries, with key {key}")?;
        }
        writeln!(out, "data of      {}", self.as_of)?;
        match self.max_age_days {
            Some(days) => writeln!(out, "valid for    {}", counted(u64::from(days), "day", "days"))?,
            None => writeln!(out, "valid        without limit of its own")?,
        }
        writeln!(out, "attempts     {}", self.attempts)?;
        if let Some(ledger) = &self.ledger {
            writeln!(
                out,
                "ledger       {}, up to entry {}; a gate that follows it may be without news for {} s",
                ledger.id, ledger.position, ledger.max_silence_seconds
            )?;
        }
        writeln!(out, "number plan  {}", self.plan_version)?;
        writeln!(out, "time zones   {}", self.tz_version)?;
        self.tz_remarks.iter().try_for_each(|remark| writeln!(out, "             {remark}"))?;
        writeln!(
            out,
            "\nControllers (asked for by default: {})",
            self.default_controller.as_deref().unwrap_or("none")
        )?;
        let rows: Vec<_> = self
            .controllers
            .iter()
            .map(|one| vec![one.id.clone(), one.name.clone(), one.notice_version.clone().unwrap_or_default()])
            .collect();
        table(out, &["id", "name", "notice"], &rows)?;
        writeln!(out, "\nPurposes")?;
        let rows: Vec<_> = self
            .purposes
            .iter()
            .map(|one| vec![one.id.clone(), one.class.to_string(), one.sector.to_string()])
            .collect();
        table(out, &["id", "class", "sector"], &rows)?;
        writeln!(out, "\nLists")?;
        let rows: Vec<_> = self
            .lists
            .iter()
            .map(|one| {
                vec![
                    one.id.clone(),
                    one.kind.to_string(),
                    one.as_of.clone(),
                    count(one.entries),
                    count(one.rejected),
                    one.covers.as_ref().map_or("all".into(), |prefixes| prefixes.join(" ")),
                    one.controllers.as_ref().map_or("all".into(), |controllers| controllers.join(" ")),
                    one.digest.get(..16).unwrap_or_default().into(),
                ]
            })
            .collect();
        table(out, &["id", "kind", "copy of", "entries", "rejected", "covers", "binds", "digest"], &rows)?;
        writeln!(out, "\nRules")?;
        let rows: Vec<_> = self
            .rules
            .iter()
            .map(|one| {
                let signed_off = if one.signed_off { "yes" } else { "no" };
                let overrides = if one.overrides { " (OVERRIDES the packs it meets)" } else { "" };
                let name = format!("{}{overrides}", one.name);
                vec![one.code.clone(), one.version.clone(), signed_off.into(), one.baselines.join(" "), name]
            })
            .collect();
        table(out, &["pack", "state of", "signed off", "stands on", "name"], &rows)?;
        Ok(())
    }
}

fn instant(at: Timestamp) -> String {
    at.to_chrono().map(arguments::rfc3339).unwrap_or_default()
}
