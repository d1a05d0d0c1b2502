//! The manifest as it is written, before it is checked.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::spec::{Columns, ListFormat, RecordsFormat};
use crate::dictionary::AttemptsSource;
use crate::vocabulary::{Form, ListKind, PurposeClass, Sector};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawManifest {
    pub(super) controller: Option<Spanned<String>>,
    pub(super) as_of: Option<Spanned<DateText>>,
    pub(super) max_age_days: Option<u32>,
    #[serde(default)]
    pub(super) prefilter: bool,
    #[serde(default)]
    pub(super) controllers: Vec<RawController>,
    #[serde(default)]
    pub(super) purposes: Vec<RawPurpose>,
    #[serde(default)]
    pub(super) consent_texts: Vec<RawText>,
    #[serde(default)]
    pub(super) lists: Vec<RawList>,
    #[serde(default)]
    pub(super) records: Vec<RawRecords>,
    pub(super) ledger: Option<Spanned<RawLedger>>,
    #[serde(default)]
    pub(super) attempts: RawAttempts,
    #[serde(default)]
    pub(super) rules: RawRules,
    pub(super) seal: Option<Spanned<RawSeal>>,
}

/// A date: a string, or TOML's own date-time.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum DateText {
    Text(String),
    Toml(toml::value::Datetime),
}

impl DateText {
    pub(super) fn instant(&self) -> Option<crate::Timestamp> {
        match self {
            Self::Text(text) => crate::compile::date::instant(text),
            Self::Toml(date) => crate::compile::date::instant(&date.to_string()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawController {
    pub(super) id: Spanned<String>,
    pub(super) name: Option<String>,
    pub(super) notice_version: Option<String>,
    #[serde(default)]
    pub(super) caller_ids: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) emergency: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPurpose {
    pub(super) id: Spanned<String>,
    pub(super) class: PurposeClass,
    pub(super) sector: Option<Sector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawText {
    pub(super) id: Spanned<String>,
    pub(super) sha256: Option<Spanned<String>>,
    pub(super) form: Option<Form>,
    pub(super) conditions: Option<RawConditions>,
    pub(super) pre_ticked: Option<bool>,
    pub(super) from: Option<Spanned<DateText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConditions {
    #[serde(default)]
    pub(super) freely_given: bool,
    #[serde(default)]
    pub(super) informed: bool,
    #[serde(default)]
    pub(super) unambiguous: bool,
    #[serde(default)]
    pub(super) revocable: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawList {
    pub(super) id: Spanned<String>,
    pub(super) kind: ListKind,
    pub(super) registry: Option<Spanned<String>>,
    pub(super) format: Spanned<ListFormat>,
    pub(super) path: PathBuf,
    #[serde(default)]
    pub(super) changes: Vec<Spanned<RawChange>>,
    pub(super) covers: Option<Spanned<RawCovers>>,
    pub(super) as_of: Option<Spanned<DateText>>,
    pub(super) controllers: Option<Vec<Spanned<String>>>,
    pub(super) purposes: Option<Vec<Spanned<String>>>,
    pub(super) channels: Option<Vec<Spanned<String>>>,
    pub(super) jurisdictions: Option<Vec<Spanned<String>>>,
    pub(super) max_age_days: Option<u32>,
    #[serde(default)]
    pub(super) consent_lifts: bool,
    pub(super) region: Option<Spanned<String>>,
    pub(super) key_file: Option<Spanned<PathBuf>>,
    #[serde(default)]
    pub(super) key_unchecked: bool,
    #[serde(default)]
    pub(super) columns: Columns,
    pub(super) layout: Option<Spanned<String>>,
    pub(super) delimiter: Option<Spanned<String>>,
    pub(super) max_shrink_percent: Option<Spanned<f64>>,
    pub(super) max_reject_percent: Option<Spanned<f64>>,
    #[serde(default)]
    pub(super) allow_empty: bool,
}

/// A change file: a path whose name holds its date, or a path with its dates.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawChange {
    Path(PathBuf),
    Dated(RawDatedChange),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDatedChange {
    pub(super) path: PathBuf,
    pub(super) from: DateText,
    pub(super) to: DateText,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawCovers {
    All(String),
    Prefixes(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRecords {
    pub(super) path: PathBuf,
    #[serde(default)]
    pub(super) format: RecordsFormat,
    pub(super) max_reject_percent: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLedger {
    pub(super) path: PathBuf,
    pub(super) key_file: Option<PathBuf>,
    pub(super) max_silence_seconds: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSeal {
    pub(super) key_file: PathBuf,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAttempts {
    pub(super) source: Option<Spanned<RawSource>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawSource {
    Records,
    Ledger,
    External,
}

impl From<RawSource> for AttemptsSource {
    fn from(source: RawSource) -> Self {
        match source {
            RawSource::Records => Self::Records,
            RawSource::Ledger => Self::Ledger,
            RawSource::External => Self::External,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRules {
    pub(super) packs: Option<Spanned<RawPacks>>,
    #[serde(default)]
    pub(super) files: Vec<PathBuf>,
    pub(super) it_code_of_conduct: Option<bool>,
    #[serde(default)]
    pub(super) use_registry_grace: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawPacks {
    Word(String),
    Names(Vec<String>),
}
