//! A manifest, read and checked.

#[cfg(feature = "cli")]
use std::path::Path;
use std::path::PathBuf;

use crate::compile::input::Scope;
use crate::dictionary::{AttemptsSource, ConsentText};
use crate::vocabulary::{ListKind, PurposeClass, Sector};
use crate::{Region, Timestamp};

/// A `gate.toml`, read and checked: everything in it is known to be consistent.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The file itself.
    pub(crate) path: PathBuf,
    /// The date of the data, where the manifest or the caller gives one.
    pub(crate) as_of: Option<Timestamp>,
    /// Days after which the snapshot expires.
    pub(crate) max_age_days: Option<u32>,
    /// The controllers, in the order of the file.
    pub(crate) controllers: Vec<ControllerSpec>,
    /// Id of the default controller.
    pub(crate) default_controller: String,
    /// The declared purposes (without the class names).
    pub(crate) purposes: Vec<PurposeSpec>,
    /// The consent texts.
    pub(crate) texts: Vec<ConsentText>,
    /// The lists.
    pub(crate) lists: Vec<ListSpec>,
    /// The records.
    pub(crate) records: Vec<RecordsSpec>,
    /// The ledger to fold in.
    #[cfg_attr(not(feature = "ledger"), expect(dead_code, reason = "what reads it is not compiled in"))]
    pub(crate) ledger: Option<LedgerSpec>,
    /// Where attempts are counted.
    pub(crate) attempts: AttemptsSource,
    /// The rule packs.
    pub(crate) rules: RulesSpec,
    /// The key file that the snapshot is sealed with.
    pub(crate) seal: Option<PathBuf>,
    /// A Bloom prefilter was asked for.
    pub(crate) prefilter: bool,
}

#[cfg(feature = "cli")]
impl Manifest {
    /// Every file that it names.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        let lists = self.lists.iter().flat_map(|list| {
            let changes = list.changes.iter().map(|change| &change.path);
            std::iter::once(&list.path).chain(changes).chain(&list.key_file)
        });
        let ledger = self.ledger.iter().flat_map(|ledger| std::iter::once(&ledger.path).chain(&ledger.key_file));
        let records = self.records.iter().map(|records| &records.path);
        let all = lists.chain(records).chain(&self.rules.files).chain(&self.seal).chain(ledger);
        all.map(PathBuf::as_path)
    }
}

/// A declared controller.
#[derive(Clone, Debug)]
pub(crate) struct ControllerSpec {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) notice_version: Option<String>,
    /// E.164 digits.
    pub(crate) caller_ids: Vec<u64>,
    pub(crate) emergency: bool,
}

/// A declared purpose.
#[derive(Clone, Debug)]
pub(crate) struct PurposeSpec {
    pub(crate) id: String,
    pub(crate) class: PurposeClass,
    pub(crate) sector: Sector,
}

/// A declared list.
#[derive(Clone, Debug)]
pub(crate) struct ListSpec {
    pub(crate) id: String,
    pub(crate) kind: ListKind,
    pub(crate) registry: Option<String>,
    pub(crate) format: ListFormat,
    pub(crate) path: PathBuf,
    pub(crate) changes: Vec<ChangeSpec>,
    /// E.164 digits of the prefixes covered, sorted; none: all.
    pub(crate) covers: Option<Vec<String>>,
    pub(crate) as_of: Timestamp,
    /// Ids of declared controllers; none: every one.
    pub(crate) controllers: Option<Vec<String>>,
    /// Scope in declared names; both none: not narrowed.
    pub(crate) scope: Scope,
    /// Pack codes; none: every one.
    pub(crate) jurisdictions: Option<Vec<String>>,
    pub(crate) max_age_days: Option<u32>,
    pub(crate) consent_lifts: bool,
    pub(crate) region: Option<Region>,
    /// Hashed: the key file.
    pub(crate) key_file: Option<PathBuf>,
    /// Hashed: the file need not say which key it was hashed with.
    pub(crate) key_unchecked: bool,
    pub(crate) columns: Columns,
    pub(crate) layout: Option<String>,
    pub(crate) delimiter: u8,
    pub(crate) guards: Guards,
}

/// A change file with the dates that it leads from and to.
#[derive(Clone, Debug)]
pub(crate) struct ChangeSpec {
    pub(crate) path: PathBuf,
    /// The state that it leads to.
    pub(crate) to: Timestamp,
}

/// What a list may do before it is refused.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Guards {
    pub(crate) max_shrink_percent: f64,
    pub(crate) max_reject_percent: f64,
    pub(crate) allow_empty: bool,
}

/// Names of columns in a file with a header.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Columns {
    pub(crate) number: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) added: Option<String>,
    pub(crate) purposes: Option<String>,
    pub(crate) channels: Option<String>,
    /// DNCScrub: the column of the result letter.
    pub(crate) result: Option<String>,
    /// Change files: the column of the action.
    pub(crate) action: Option<String>,
}

/// How a list is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ListFormat {
    Plain,
    Ftc,
    FtcXml,
    DnclXml,
    Tps,
    Vicidial,
    Genesys,
    Dncscrub,
    Csv,
    Hashed,
    Ranges,
}

/// A file of records.
#[derive(Clone, Debug)]
pub(crate) struct RecordsSpec {
    pub(crate) path: PathBuf,
    pub(crate) format: RecordsFormat,
    /// How many rows that may have been denials may be lost.
    pub(crate) max_reject_percent: f64,
}

/// How records are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RecordsFormat {
    #[default]
    Jsonl,
    Csv,
}

/// A ledger that is folded in.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "ledger"), expect(dead_code, reason = "what reads it is not compiled in"))]
pub(crate) struct LedgerSpec {
    pub(crate) path: PathBuf,
    /// None: beside the ledger.
    pub(crate) key_file: Option<PathBuf>,
    /// A gate that has heard nothing of it for longer denies.
    pub(crate) max_silence_seconds: u32,
}

impl LedgerSpec {
    /// Seconds of silence unless the manifest says otherwise.
    pub(crate) const MAX_SILENCE_SECONDS: u32 = 5;
}

/// Which rule packs are used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RulesSpec {
    /// None: all that are built in.
    pub(crate) packs: Option<Vec<String>>,
    /// Further packs of the owner.
    pub(crate) files: Vec<PathBuf>,
    /// Rows about Italy's code of conduct hold.
    pub(crate) it_code_of_conduct: bool,
    /// A registry's grace for new entries is used where the law gives one.
    pub(crate) use_registry_grace: bool,
}
