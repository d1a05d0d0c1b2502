//! What several subcommands ask in the same way.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;

use crate::vocabulary::{Line, Party};
use crate::{Language, Lead, Number, Region};

/// The question, and what is known about the person.
#[derive(Args, Debug, Clone)]
pub(super) struct Question {
    /// Purpose: one that the manifest declares, or a class (marketing, service, survey ...)
    #[arg(long)]
    pub(super) purpose: String,
    /// Channel: manual_call, autodialed_call, automated_call, ringless_voicemail, sms, mms, messaging or fax
    #[arg(long)]
    pub(super) channel: String,
    /// Controller; absent: the manifest's own
    #[arg(long)]
    pub(super) controller: Option<String>,
    /// Instant, RFC 3339, such as 2026-11-23T15:00:00Z; absent: now
    #[arg(long, value_parser = instant)]
    pub(super) at: Option<DateTime<Utc>>,
    /// Where the person is: PL, GB, US-IL ...
    #[arg(long)]
    pub(super) region: Option<String>,
    /// Whose national format numbers without a plus are in: PL, GB, US ...
    #[arg(long, value_parser = country)]
    pub(super) default_region: Option<Region>,
    /// Who holds the number: individual or business
    #[arg(long, value_parser = party)]
    pub(super) party: Option<Party>,
    /// What the line is: mobile or fixed
    #[arg(long, value_parser = line)]
    pub(super) line: Option<Line>,
    /// The person's zone, such as America/Chicago
    #[arg(long)]
    pub(super) time_zone: Option<String>,
}

impl Question {
    /// A number with what the command line says about the person.
    pub(super) fn lead(&self, number: Number) -> Lead {
        let mut lead = Lead::new(number);
        if let Some(region) = &self.region {
            lead = lead.region(region);
        }
        if let Some(zone) = &self.time_zone {
            lead = lead.time_zone(zone);
        }
        lead.party(self.party.unwrap_or(Party::Unknown)).line(self.line.unwrap_or(Line::Unknown))
    }
}

/// A snapshot, or the manifest of one.
#[derive(Args, Debug, Clone)]
pub(super) struct Source {
    /// A snapshot (*.gate), or a gate.toml, which is compiled first
    #[arg(value_name = "GATE")]
    pub(super) gate: PathBuf,
    /// The key file, for a snapshot that is sealed or has hashed entries (more than once where they have different ones); a
    /// gate.toml names its own
    #[arg(long, value_name = "FILE")]
    pub(super) key: Vec<PathBuf>,
}

/// The same, and what happened since.
#[derive(Args, Debug, Clone)]
pub(super) struct LiveSource {
    #[command(flatten)]
    pub(super) source: Source,
    /// The ledger that the snapshot was compiled with: what it heard since counts too. Its key file is --key,
    /// or FILE.key beside it
    #[arg(long, value_name = "FILE")]
    pub(super) ledger: Option<PathBuf>,
}

/// An instant in RFC 3339.
pub(super) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.with_timezone(&Utc))
        .map_err(|_| "expected an instant in RFC 3339, such as `2026-11-23T15:00:00Z`".into())
}

pub(super) fn country(text: &str) -> Result<Region, String> {
    let region = Region::parse(&text.to_ascii_uppercase());
    region
        .filter(|region| !region.has_state() && crate::plan::zones_of(*region).is_some())
        .ok_or_else(|| "expected the two letters of a country, such as `PL`".into())
}

/// A language of sentences.
pub(super) fn language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| "expected `en` or `pl`".into())
}

fn party(text: &str) -> Result<Party, String> {
    Party::from_slug(text).ok_or_else(|| "expected `individual`, `business` or `unknown`".into())
}

fn line(text: &str) -> Result<Line, String> {
    Line::from_slug(text).ok_or_else(|| "expected `mobile`, `fixed` or `unknown`".into())
}

/// An instant as files and JSON have it.
pub(super) fn rfc3339(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// An instant as people read it.
pub(super) fn readable(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%d %H:%M UTC").to_string()
}
