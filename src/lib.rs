#![doc = include_str!("../README.md")]

#[cfg(feature = "audit")]
mod audit;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "compile")]
mod compile;
mod decision;
pub mod dictionary;
#[cfg(feature = "compile")]
mod draft;
mod event;
mod gate;
pub mod guide;
mod key;
mod language;
#[cfg(feature = "ledger")]
mod ledger;
#[cfg(feature = "ledger")]
mod live;
mod memory;
mod name;
mod number;
#[cfg(feature = "phone")]
pub mod phone;
pub mod plan;
mod region;
pub mod rule;
pub mod rules;
mod snapshot;
#[cfg(feature = "compile")]
mod spill;
mod timestamp;
pub mod vocabulary;
mod wire;
mod zone;

#[cfg(feature = "audit")]
pub use audit::{
    Audit, AuditBreak, AuditDifference, AuditError, AuditReplay, AuditReplayed, AuditVerified, AuditedCampaign,
    AuditedGate,
};
#[cfg(feature = "compile")]
pub use compile::{
    AskAgain, CONFORMITY_COLUMNS, CompileError, CompileOptions, CompileReport, Conformity, ConformityCount,
    ConformityRow, DefectCount, Failing, Finding, ListReport, Manifest, Phase, Progress, RecordsReport, RemarkCount,
    Silent,
};
pub use decision::Decision;
pub use event::*;
pub use gate::{
    Campaign, CampaignBuilder, Consulted, ConsultedKind, Counters, Explanation, Gate, GateOptions, Lead, Obstacle,
    PrepareError, ScreenError, Way,
};
#[cfg(feature = "ledger")]
pub use gate::{Reservation, SettleError};
pub use key::{HexError, KeyError, KeyId, KeyProblem, KeyRing, MasterKey, NumberHash, NumberHasher, SubKey};
pub use language::Language;
#[cfg(feature = "ledger")]
pub use ledger::{
    Appended, Deletion, Due, Erased, Ledger, LedgerError, LedgerId, Position, Retention, RetentionPolicy,
    SnapshotOnRecord, Subject, WhyDue,
};
#[cfg(feature = "ledger")]
pub use live::AttachError;
pub use name::{NameId, Purpose};
pub use number::{Masked, Number, NumberError};
pub use region::Region;
#[cfg(feature = "compile")]
pub use snapshot::Image;
pub use snapshot::{Attempts, HashedEvents, History, OpenError, OpenProblem, Probe, Snapshot};
pub use timestamp::Timestamp;
pub use zone::*;

/// Not part of the interface: what the benchmarks of this repository need beside it.
#[cfg(feature = "compile")]
#[doc(hidden)]
pub mod internals {
    use chrono::{DateTime, Utc};

    use crate::{Campaign, Decision, Lead};

    pub use crate::snapshot::{BuildError, Builder, Image, Options};

    /// What [`Campaign::may_contact_lead`] answers, with everything judged anew: nothing that was answered before is
    /// looked at or kept, and nothing is counted.
    pub fn judge_in_full(campaign: &Campaign, lead: &Lead, at: DateTime<Utc>) -> Decision {
        campaign.judge_in_full(lead, at)
    }
}
