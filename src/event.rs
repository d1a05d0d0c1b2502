//! What is known about a number: dated events, each an instance of a template.
//!
//! A *template* is everything about an event except the number and the instants; few templates serve
//! millions of numbers. A *history* is the events of one number, folded when the snapshot was compiled
//! (duplicates merged, ends resolved, what an erasure hides left out) and sorted.

use crate::Timestamp;
use crate::vocabulary::{ChannelSet, ConditionSet, Form, Outcome, PurposeClass, RelationshipKind};

/// Everything about an event except the number and the instants.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Template {
    /// Index of the controller in the snapshot's dictionary; none: every controller.
    pub controller: Option<u16>,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum What {
    /// A consent. The event's `until` is its own expiry.
    Consent(ConsentTemplate),
    /// A withdrawal of consent.
    Withdrawal {
        /// What it covers.
        scope: DenialScope,
        /// It was made by SMS, MMS or messaging.
        by_message: bool,
    },
    /// An objection (GDPR 21).
    Objection {
        /// To all processing, else to direct marketing.
        all: bool,
    },
    /// An opt-out event. The event's `until` is its end, if it has one.
    OptOut {
        /// What it covers.
        scope: DenialScope,
        /// It was made by SMS, MMS or messaging.
        by_message: bool,
    },
    /// An erasure that leaves a tombstone: it binds at every instant.
    Erasure,
    /// A restriction of processing; `until` is the instant it was lifted.
    Restriction,
    /// An entry of a list (index of the list), dated, ending or with a scope of its own.
    /// Undated: `at` is none.
    Listing {
        /// Index of the list.
        list: u16,
        /// A scope of its own; none: the list's.
        scope: Option<DenialScope>,
    },
    /// A relationship; `until` is its end.
    Relationship {
        /// What ties them.
        kind: RelationshipKind,
        /// The purposes that it names.
        purposes: PurposeSet,
        /// The person could opt out when the details were taken, and did not.
        soft_opt_in: bool,
    },
    /// A privacy notice was given.
    Notice {
        /// Index of the version.
        version: u16,
    },
    /// The number changed hands: a fact for every controller.
    Reassigned,
    /// Relationships of this kind ended; none: the one whose record has the event's id.
    ///
    /// This and the three below are *marks*. They say nothing of their own, and are kept where a ledger may add records
    /// later: those that they meet.
    RelationshipEnd {
        /// The kind.
        kind: Option<RelationshipKind>,
    },
    /// A restriction was lifted.
    RestrictionLifted,
    /// An erasure that left nothing behind.
    Vanished,
    /// Another record has the event's id: none that has it too, and permits, is taken.
    IdTaken,
}

impl What {
    /// Is it a mark, which only later records meet?
    #[cfg(feature = "compile")]
    pub(crate) const fn is_mark(&self) -> bool {
        matches!(self, Self::RelationshipEnd { .. } | Self::RestrictionLifted | Self::Vanished | Self::IdTaken)
    }
}

/// The part of a consent that does not depend on the number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConsentTemplate {
    /// The purposes that it names.
    pub purposes: PurposeSet,
    /// The channels that it names.
    pub channels: ChannelSet,
    /// The form in which it was given.
    pub form: Form,
    /// The conditions that it misses; empty: it conforms.
    pub missing: ConditionSet,
    /// It was confirmed by double opt-in.
    pub double_opt_in: bool,
    /// The notice version that it was given under (index in the dictionary).
    pub notice: Option<u16>,
    /// The consent text (index in the dictionary).
    pub text: Option<u16>,
}

/// Named purposes: sorted indices into the snapshot's dictionary, without repetition.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PurposeSet(Vec<u16>);

impl PurposeSet {
    /// The set of these purposes.
    pub fn new(mut purposes: Vec<u16>) -> Self {
        purposes.sort_unstable();
        purposes.dedup();
        Self(purposes)
    }

    /// The purposes, ascending.
    pub fn as_slice(&self) -> &[u16] {
        &self.0
    }

    /// Is this purpose named?
    pub fn contains(&self, purpose: u16) -> bool {
        self.0.binary_search(&purpose).is_ok()
    }
}

/// What a denial covers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DenialScope {
    /// The purposes.
    pub purposes: DenialPurposes,
    /// The channels.
    pub channels: ChannelSet,
}

/// The purposes that a denial covers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DenialPurposes {
    /// None named: marketing, reconsent, survey, charity and political.
    Default,
    /// Every purpose but emergency and opt-out confirmation (`["*"]`).
    All,
    /// The same because a name could not be read: it may have been any, so no purpose counts as not named.
    Widened,
    /// These; a class name stands for every purpose of the class.
    Named(PurposeSet),
}

/// One event of a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Event {
    /// When; none: an undated list entry, newer than any consent and binding at every instant.
    pub at: Option<Timestamp>,
    /// Index of the template.
    pub template: u32,
    /// When it ends, if it does (what that means is said at the template).
    pub until: Option<Timestamp>,
}

/// One attempt to reach a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Attempt {
    /// When.
    pub at: Timestamp,
    /// Index of the controller; none: counts for every controller.
    pub controller: Option<u16>,
    /// The class of its purpose; none: counts for every class.
    pub class: Option<PurposeClass>,
    /// Voice or message.
    pub is_message: bool,
    /// What became of it.
    pub outcome: Outcome,
}
