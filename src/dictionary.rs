//! The small part of a snapshot: who asks, for what, and which lists were read.

use crate::Timestamp;
use crate::event::DenialScope;
use crate::vocabulary::{ConditionSet, Form, ListKind, PurposeClass, Sector};

/// Names and settings that the entries of a snapshot refer to by index.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Dictionary {
    /// The date of the data.
    pub as_of: Timestamp,
    /// Days of 24 hours after `as_of` on which the snapshot expires.
    pub max_age_days: Option<u32>,
    /// The controllers, sorted by id.
    pub controllers: Vec<Controller>,
    /// The controller that `may_contact(number, purpose, channel)` asks for.
    pub default_controller: u16,
    /// The purposes, sorted by id; the class names are among them.
    pub purposes: Vec<DeclaredPurpose>,
    /// Versions of privacy notices, sorted.
    pub notice_versions: Vec<String>,
    /// Ids of consent texts, sorted.
    pub texts: Vec<ConsentText>,
    /// The lists, sorted by id.
    pub lists: Vec<List>,
    /// Where attempts are counted.
    pub attempts: AttemptsSource,
    /// A registry's grace for new entries is used where the law gives one.
    pub use_registry_grace: bool,
    /// Version of the number plan data that the numbers were read with.
    pub plan_version: String,
    /// The ledger that was folded in.
    pub ledger: Option<LedgerMark>,
}

/// Up to where a ledger is in a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LedgerMark {
    /// Which ledger.
    pub id: [u8; 16],
    /// Every entry up to this one has been read.
    pub position: u64,
    /// What the ledger has at that position, and no other ledger does.
    pub nonce: [u8; 16],
    /// A gate that follows the ledger and has heard nothing of it for longer denies.
    pub max_silence_seconds: u32,
}

/// On whose behalf contact is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Controller {
    /// Its id in files and questions.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The privacy notice in force (index in [`Dictionary::notice_versions`]).
    pub notice_version: Option<u16>,
    /// The caller IDs it uses, as E.164 digits.
    pub caller_ids: Vec<u64>,
    /// It may make emergency contacts.
    pub emergency: bool,
}

/// What people agree to, declared once so that records need not repeat it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsentText {
    /// Its id in records.
    pub id: String,
    /// The form in which it is agreed to.
    pub form: Option<Form>,
    /// The conditions that it says are met, if it speaks of them.
    pub conditions: Option<ConditionSet>,
    /// Whether its box is ticked beforehand.
    pub pre_ticked: Option<bool>,
    /// First instant at which it was in use.
    pub from: Option<Timestamp>,
}

/// A purpose that was declared, or a class under its own name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeclaredPurpose {
    /// Its id in files and questions.
    pub id: String,
    /// Its class.
    pub class: PurposeClass,
    /// Its sector (`general` outside marketing).
    pub sector: Sector,
}

/// A list that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct List {
    /// Its id in the manifest.
    pub id: String,
    /// What it is for.
    pub kind: ListKind,
    /// Which public registry it is a copy of.
    pub registry: Option<String>,
    /// The controllers it binds (indices, sorted); none: every one.
    pub controllers: Option<Vec<u16>>,
    /// What it covers; none: an `opt_out` list the default scope of a denial, any other list everything.
    pub scope: Option<DenialScope>,
    /// The jurisdictions it is used in (pack codes, sorted); none: every one.
    pub jurisdictions: Option<Vec<String>>,
    /// The E.164 prefixes (digits, sorted) that the copy covers; none: all.
    pub covers: Option<Vec<String>>,
    /// The date of the copy.
    pub as_of: Timestamp,
    /// The owner's own limit on its age.
    pub max_age_days: Option<u32>,
    /// A later consent lifts it (`block` lists).
    pub consent_lifts: bool,
    /// How many entries were taken.
    pub entries: u64,
    /// How many rows were rejected.
    pub rejected: u64,
    /// Digest of the entries taken, whatever the order of rows: BLAKE3 over a sum of their hashes. It tells copies
    /// apart and proves nothing against somebody who may write both.
    pub digest: [u8; 32],
}

/// Where attempts are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AttemptsSource {
    /// In the records of the manifest.
    #[default]
    Records,
    /// In the ledger.
    Ledger,
    /// Outside: caps come back as the obligation `enforce_attempt_cap`.
    External,
}
