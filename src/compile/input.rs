//! What importers hand to the compiler: rows that were read and understood.

use crate::vocabulary::{Channel, ChannelSet, ConditionSet, Form, Outcome, RelationshipKind};
use crate::{Number, Timestamp};

/// One entry of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ListEntry {
    /// Whom it names.
    pub target: Target,
    /// When it was added; none: undated.
    pub at: Option<Timestamp>,
    /// When it ends; none: never, or not readable (then reported).
    pub until: Option<Timestamp>,
    /// A scope of its own, beside the list's.
    pub scope: Option<Scope>,
}

/// Whom a list entry names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// One number.
    Number(Number),
    /// All numbers from the first to the last, by E.164 value, of this many digits.
    Range { first: u64, last: u64 },
}

/// The scope that a denial names, in the words of the file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Scope {
    /// Purposes; none: not named. `["*"]`: all.
    pub purposes: Option<Vec<String>>,
    /// Channels; none: all.
    pub channels: Option<Vec<String>>,
}

impl Scope {
    /// Stands for a purpose that cannot be read: none can have this name.
    pub(crate) const UNREADABLE: &'static str = "";
}

/// One record: a consent or something else that happened.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Record {
    /// Whom it is about.
    pub number: Number,
    /// When it happened.
    pub at: Timestamp,
    /// For which controller; none or `*`: every one (denials only).
    pub controller: Option<String>,
    /// The owner's id: the same id is the same event.
    pub id: Option<String>,
    /// What happened.
    pub body: Body,
}

/// What happened.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Body {
    Consent(Consent),
    Withdrawal { scope: Scope, via: Option<String> },
    Objection { all: bool },
    OptOut { scope: Scope, until: Option<Timestamp>, via: Option<String> },
    Erasure { keep_suppression: bool },
    Restriction,
    RestrictionLifted,
    Relationship { kind: RelationshipKind, purposes: Vec<String>, ends_at: Option<Timestamp>, soft_opt_in: bool },
    RelationshipEnd { kind: Option<RelationshipKind>, of: Option<String> },
    Notice { version: String },
    Recording { uri: String, reason: String, retain_until: Option<Timestamp> },
    Attempt { channel: Channel, purpose: Option<String>, outcome: Outcome },
    Reassigned,
}

impl Body {
    /// The name of the record's type.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Body::Consent(_) => "consent",
            Body::Withdrawal { .. } => "withdrawal",
            Body::Objection { .. } => "objection",
            Body::OptOut { .. } => "opt_out",
            Body::Erasure { .. } => "erasure",
            Body::Restriction => "restriction",
            Body::RestrictionLifted => "restriction_lifted",
            Body::Relationship { .. } => "relationship",
            Body::RelationshipEnd { .. } => "relationship_end",
            Body::Notice { .. } => "notice",
            Body::Recording { .. } => "recording",
            Body::Attempt { .. } => "attempt",
            Body::Reassigned => "reassigned",
        }
    }
}

/// A consent, its text's form and conditions already filled in.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Consent {
    pub purposes: Vec<String>,
    pub channels: ChannelSet,
    pub form: Form,
    /// Conditions that it misses, `specific` and `documented` included.
    pub missing: ConditionSet,
    pub text: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub notice_version: Option<String>,
    pub double_opt_in_at: Option<Timestamp>,
}
