//! Rule packs as the gate reads them: plain, dated, cited rows.
//!
//! A pack is written as TOML (`src/rules/packs/*.toml`, or an owner's house rules), checked and turned into
//! these rows when a snapshot is compiled, and travels in the snapshot. Nothing here decides.

mod codec;
mod hours;
mod print;
#[cfg(feature = "compile")]
pub(crate) mod source;
mod table;
pub(crate) mod words;

pub use hours::{Hours, Open, hours};
pub use table::{CalendarLine, PackLine, RowKind, RuleLine, RuleTable};

use crate::Region;
use crate::vocabulary::{
    ChannelSet, ClassSet, Confidence, LineSet, ObligationSet, Outcome, PartySet, Requirement, SectorSet,
};

/// The most packs that a snapshot holds: the gate keeps sets of them in 128 bits.
pub const MAX_PACKS: usize = 128;

/// All packs of a snapshot.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rules {
    /// The packs, sorted by code.
    pub packs: Vec<Pack>,
    /// The holiday calendars that windows refer to by index.
    pub calendars: Vec<Calendar>,
}

/// The rules of one jurisdiction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pack {
    /// `PL`, `US`, `US-FL`, `EU`, or `house:NAME`.
    pub code: String,
    /// Its name in English.
    pub name: String,
    /// The state of knowledge, as a date.
    pub version: String,
    /// The region it speaks for; none: a baseline or house rules, which apply where they are named.
    pub region: Option<Region>,
    /// GDPR (or UK GDPR) applies.
    pub gdpr: bool,
    /// It only adds to others: where it has no requirement row it asks nothing. A pack that is not
    /// partial denies as unverified where it has no row.
    pub partial: bool,
    /// House rules that replace the packs they meet, instead of being intersected with them.
    pub overrides: bool,
    /// Codes of the packs that apply wherever this one does (`EU` under `PL`, `US` under `US-FL`).
    pub baselines: Vec<String>,
    /// What is asked before the contact. For a question exactly one row of a pack applies at a time.
    pub requirements: Vec<Row<RequirementRule>>,
    /// The registries that are screened.
    pub registries: Vec<Row<RegistryRule>>,
    /// When contact may be made. Every row that applies binds.
    pub windows: Vec<Row<WindowRule>>,
    /// How often. Every row that applies counts.
    pub caps: Vec<Row<CapRule>>,
    /// How long after a refusal or a conversation nothing may follow.
    pub silences: Vec<Row<SilenceRule>>,
    /// Duties that come with an allow.
    pub obligations: Vec<Row<ObligationRule>>,
    /// What the controller's own caller IDs may be.
    pub caller_ids: Vec<Row<CallerIdRule>>,
    /// How long a consent lasts.
    pub consent_limits: Vec<Row<ConsentLimitRule>>,
    /// Within how many minutes an opt-out may be confirmed by message (default 5).
    pub confirmations: Vec<Row<ConfirmationRule>>,
    /// Contacts that a withdrawal or opt-out of any scope reaches.
    pub revocations: Vec<Row<RevocationRule>>,
    /// How long things are kept (metadata for the retention sweep).
    pub retentions: Vec<Row<RetentionRule>>,
    /// What it does not know, in words for a lawyer.
    pub notes: Vec<String>,
}

#[cfg(feature = "compile")]
impl Pack {
    /// Does the pack's law hold where a number belongs: in its very region, or in the whole of its country?
    pub(crate) fn speaks_for(&self, region: Region) -> bool {
        self.region.is_some_and(|own| own == region || (!own.has_state() && own.country() == region.country()))
    }
}

/// A rule with the questions and days that it applies to, and its source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row<T> {
    /// Stable name within the pack (`marketing-live`).
    pub id: String,
    /// The questions and days that it applies to.
    pub when: Selector,
    /// The statute.
    pub statute: String,
    /// How sure the source is.
    pub confidence: Confidence,
    /// What it says.
    pub rule: T,
}

/// The questions and days that a row applies to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Selector {
    /// Purpose classes.
    pub classes: ClassSet,
    /// Sectors (marketing only; other classes have `general`).
    pub sectors: SectorSet,
    /// Channels.
    pub channels: ChannelSet,
    /// Parties as the lead has them, `unknown` included where it is meant.
    pub parties: PartySet,
    /// Lines as plan or lead have them, `unknown` included where it is meant.
    pub lines: LineSet,
    /// First local day of the called party (days since 1970-01-01); none: always was.
    pub from: Option<i32>,
    /// Local day on which it no longer applies; none: still does.
    pub to: Option<i32>,
}

/// What is asked before the contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RequirementRule {
    /// What is asked.
    pub requirement: Requirement,
    /// `opt_in_or_customer`: months within which the purchase, order or contract must lie.
    pub customer_months: u16,
    /// A person must look, whatever else holds.
    pub needs_review: bool,
    /// A consent must have been confirmed by double opt-in.
    pub double_opt_in: bool,
}

/// A registry that is screened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegistryRule {
    /// Its id (`us-ndnc`).
    pub registry: String,
    /// It is meant for individuals.
    pub individuals: bool,
    /// It is meant for businesses.
    pub businesses: bool,
    /// Days of 24 hours after which a copy is stale; none: until the owner sets a limit.
    pub max_age_days: Option<u16>,
    /// Only a consent later than the listing lifts it, and it is screened even under a consent (Italy).
    pub revokes_consents: bool,
    /// A relationship lifts it.
    pub ebr: Option<EbrRule>,
    /// A contract that runs, or ended at most so many days ago, lifts it (Italy: 30).
    pub contract_lifts_days: Option<u16>,
    /// A listing binds only from so many days after its date on (Texas: 60); used only where the
    /// manifest says so, otherwise it binds from its date.
    pub grace_days: Option<u16>,
}

/// For how long a relationship lifts a registry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EbrRule {
    /// Months from a purchase or order, and after a contract's end.
    pub transaction_months: u16,
    /// Months from an inquiry.
    pub inquiry_months: u16,
}

/// When contact may be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WindowRule {
    /// Spans of each weekday, Monday first.
    pub week: [Vec<Span>; 7],
    /// What holds on a public holiday.
    pub holidays: HolidayRule,
    /// Spans on the eve of a public holiday, if they differ.
    pub eves: Option<Vec<Span>>,
    /// Index of the calendar in [`Rules::calendars`]; none: no holidays are known or asked.
    pub calendar: Option<u16>,
    /// A consent in force lifts days and hours.
    pub lifted_by_consent: bool,
    /// Judged in this fixed zone (minutes east of UTC) instead of the called party's.
    pub fixed_offset: Option<i16>,
}

/// Minutes of the local day, half-open: 540 to 1200 is from 9:00 until before 20:00.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Span {
    /// First minute.
    pub open: u16,
    /// Minute after the last; at most 1440.
    pub close: u16,
}

/// What holds on a public holiday.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HolidayRule {
    /// Holidays are days like others.
    Ignored,
    /// No contact.
    Closed,
}

/// Public holidays of a jurisdiction, national and regional joined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    /// `US-FL`, `PL` ...
    pub code: String,
    /// Where the days come from, with version.
    pub source: String,
    /// First day that the calendar covers (days since 1970-01-01).
    pub from: i32,
    /// First day that it no longer covers. Outside, a rule that closes on holidays closes.
    pub to: i32,
    /// The holidays, ascending (days since 1970-01-01).
    pub days: Vec<i32>,
}

/// How often a number may be tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CapRule {
    /// So many attempts are allowed ...
    pub attempts: u16,
    /// ... within so many seconds (days are 24 hours).
    pub window_seconds: u32,
    /// Count calls and messages together; else only those of the question's family.
    pub both_families: bool,
    /// A consent in force lifts it.
    pub lifted_by_consent: bool,
}

/// What follows a refusal or a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SilenceRule {
    /// The outcome that starts it.
    pub after: Outcome,
    /// Days of 24 hours; none: permanent, as an opt-out (`opted_out`).
    pub days: Option<u16>,
    /// A consent in force lifts it.
    pub lifted_by_consent: bool,
}

/// Duties that come with an allow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ObligationRule {
    /// The duties.
    pub duties: ObligationSet,
    /// Seconds, for `prompt_identification` and `end_on_refusal`.
    pub seconds: Option<u16>,
}

/// What the controller's caller IDs may be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallerIdRule {
    /// E.164 prefixes (digits) that are forbidden for this contact.
    pub banned_prefixes: Vec<String>,
}

/// How long a consent lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConsentLimitRule {
    /// Calendar months from the day it was given.
    pub months: u16,
}

/// Within how many minutes an opt-out may be confirmed by message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConfirmationRule {
    /// Minutes.
    pub minutes: u16,
}

/// A withdrawal or opt-out that names other purposes or channels reaches this contact too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RevocationRule;

/// How long things are kept: metadata.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RetentionRule {
    /// What is kept (`consent_proof`, `suppression`, `prospect`, `records`).
    pub what: String,
    /// Months; none: no figure.
    pub months: Option<u16>,
    /// Days beside the months.
    pub days: u16,
    /// The term starts again with each use.
    pub restarts_on_use: bool,
}

/// A day as `2026-11-23`; the number of the day where no calendar reaches it.
pub(crate) fn date(day: i32) -> String {
    chrono::NaiveDate::default()
        .checked_add_signed(chrono::TimeDelta::days(day.into()))
        .map_or_else(|| format!("day {day}"), |date| date.to_string())
}
