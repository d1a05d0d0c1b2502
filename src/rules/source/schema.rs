//! What a pack may say in TOML, field by field.
//!
//! Unknown fields are errors: a misspelt word in a rule must never make it weaker.

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::vocabulary::{
    Channel, ChannelSet, Confidence, Line, Obligation, Outcome, Party, PurposeClass, Requirement, Sector,
};

/// A file: one pack, with the calendars that its windows name.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct PackSource {
    /// `PL`, `US-FL`, or `house:NAME` in an owner's file.
    pub(super) code: Spanned<String>,
    pub(super) name: String,
    /// State of knowledge, a date.
    pub(super) version: Datetime,
    /// Who signed it off; absent: nobody, and the pack says so.
    pub(super) reviewed_by: Option<String>,
    #[serde(default)]
    pub(super) sources: Vec<String>,
    #[serde(default)]
    pub(super) notes: Vec<String>,
    #[serde(default)]
    pub(super) gdpr: bool,
    /// It only adds to others; an owner's file is partial unless it overrides.
    pub(super) partial: Option<bool>,
    /// It speaks for no region of its own, only where a pack names it.
    #[serde(default)]
    pub(super) baseline: bool,
    /// The statute presumes by the area code that the person is there; both regions apply in any case.
    #[serde(default)]
    pub(super) area_code_presumption: bool,
    /// House rules that replace the packs they meet.
    #[serde(default)]
    pub(super) r#override: bool,
    #[serde(default)]
    pub(super) baselines: Vec<String>,
    #[serde(default, rename = "calendar")]
    pub(super) calendars: Vec<Spanned<CalendarSource>>,
    #[serde(default, rename = "requirement")]
    pub(super) requirements: Vec<Spanned<RequirementSource>>,
    #[serde(default, rename = "registry")]
    pub(super) registries: Vec<Spanned<RegistrySource>>,
    #[serde(default, rename = "window")]
    pub(super) windows: Vec<Spanned<WindowSource>>,
    #[serde(default, rename = "cap")]
    pub(super) caps: Vec<Spanned<CapSource>>,
    #[serde(default, rename = "silence")]
    pub(super) silences: Vec<Spanned<SilenceSource>>,
    #[serde(default, rename = "obligation")]
    pub(super) obligations: Vec<Spanned<ObligationSource>>,
    #[serde(default, rename = "caller_id")]
    pub(super) caller_ids: Vec<Spanned<CallerIdSource>>,
    #[serde(default, rename = "consent_limit")]
    pub(super) consent_limits: Vec<Spanned<ConsentLimitSource>>,
    #[serde(default, rename = "confirmation")]
    pub(super) confirmations: Vec<Spanned<ConfirmationSource>>,
    #[serde(default, rename = "revocation")]
    pub(super) revocations: Vec<Spanned<RevocationSource>>,
    #[serde(default, rename = "retention")]
    pub(super) retentions: Vec<Spanned<RetentionSource>>,
}

/// Public holidays.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarSource {
    pub(super) code: String,
    pub(super) source: String,
    pub(super) from: Datetime,
    pub(super) to: Datetime,
    pub(super) days: Vec<Datetime>,
}

/// What every row has beside what it says.
pub(super) struct Head<'a> {
    pub(super) id: &'a str,
    pub(super) classes: Option<&'a [PurposeClass]>,
    pub(super) sectors: Option<&'a [Sector]>,
    pub(super) channels: Option<&'a [ChannelWord]>,
    pub(super) parties: Option<&'a [Party]>,
    pub(super) lines: Option<&'a [Line]>,
    pub(super) from: Option<Datetime>,
    pub(super) to: Option<Datetime>,
    pub(super) statute: &'a str,
    pub(super) confidence: Confidence,
    pub(super) note: Option<&'a str>,
    pub(super) code_of_conduct: bool,
}

/// A row: the fields that all rows share, and its own.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $( $(#[$fdoc:meta])* $field:ident: $type:ty, )* }) => {
        $(#[$doc])*
        #[derive(Deserialize, Debug)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            id: String,
            classes: Option<Vec<PurposeClass>>,
            sectors: Option<Vec<Sector>>,
            channels: Option<Vec<ChannelWord>>,
            parties: Option<Vec<Party>>,
            lines: Option<Vec<Line>>,
            from: Option<Datetime>,
            to: Option<Datetime>,
            statute: String,
            confidence: Confidence,
            note: Option<String>,
            /// It binds those who joined a code of conduct, and others unless the manifest says not to.
            #[serde(default)]
            code_of_conduct: bool,
            $( $(#[$fdoc])* pub(super) $field: $type, )*
        }

        impl Headed for $name {
            fn head(&self) -> Head<'_> {
                Head {
                    id: &self.id,
                    classes: self.classes.as_deref(),
                    sectors: self.sectors.as_deref(),
                    channels: self.channels.as_deref(),
                    parties: self.parties.as_deref(),
                    lines: self.lines.as_deref(),
                    from: self.from,
                    to: self.to,
                    statute: &self.statute,
                    confidence: self.confidence,
                    note: self.note.as_deref(),
                    code_of_conduct: self.code_of_conduct,
                }
            }
        }
    };
}

/// A row of any kind.
pub(super) trait Headed {
    /// What every row has.
    fn head(&self) -> Head<'_>;
}

row! {
    /// What is asked before the contact.
    RequirementSource {
        require: Requirement,
        /// Months within which `opt_in_or_customer` looks.
        customer_months: Option<u16>,
        #[serde(default)]
        needs_review: bool,
        #[serde(default)]
        double_opt_in: bool,
    }
}

row! {
    /// A registry that is screened.
    RegistrySource {
        registry: String,
        /// `individuals`, `businesses`, or both.
        lists: Vec<ListedParty>,
        /// Days of 24 hours; absent: unknown, stale until the owner sets a limit.
        max_age_days: Option<u16>,
        #[serde(default)]
        revokes_consents: bool,
        ebr: Option<EbrSource>,
        contract_lifts_days: Option<u16>,
        grace_days: Option<u16>,
    }
}

row! {
    /// When contact may be made.
    WindowSource {
        hours: HoursSource,
        #[serde(default)]
        holidays: HolidaySource,
        /// Hours on the eve of a public holiday, if they differ.
        eves: Option<Vec<String>>,
        /// Code of a calendar.
        calendar: Option<String>,
        #[serde(default)]
        lifted_by_consent: bool,
        /// A zone fixed by the statute, `-06:00`.
        fixed_zone: Option<String>,
    }
}

row! {
    /// How often.
    CapSource {
        attempts: u16,
        /// `24h`, `30d`.
        window: String,
        #[serde(default)]
        counts: Counts,
        #[serde(default)]
        lifted_by_consent: bool,
    }
}

row! {
    /// What follows a refusal or a conversation.
    SilenceSource {
        after: Outcome,
        /// Days of 24 hours; absent: `permanent` must be true.
        days: Option<u16>,
        #[serde(default)]
        permanent: bool,
        #[serde(default)]
        lifted_by_consent: bool,
    }
}

row! {
    /// Duties that come with an allow.
    ObligationSource {
        duties: Vec<Obligation>,
        /// For `prompt_identification` and `end_on_refusal`.
        seconds: Option<u16>,
    }
}

row! {
    /// What the controller's caller IDs may not be.
    CallerIdSource {
        /// E.164 prefixes with the plus.
        banned_prefixes: Vec<String>,
    }
}

row! {
    /// How long a consent lasts.
    ConsentLimitSource {
        months: u16,
    }
}

row! {
    /// Within how many minutes an opt-out may be confirmed by message.
    ConfirmationSource {
        minutes: u16,
    }
}

row! {
    /// Contacts that a withdrawal or opt-out of any scope reaches.
    RevocationSource {
        reach: Reach,
    }
}

row! {
    /// How long things are kept.
    RetentionSource {
        what: String,
        months: Option<u16>,
        days: Option<u16>,
        #[serde(default)]
        restarts_on_use: bool,
    }
}

/// Which withdrawals and opt-outs reach a contact.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reach {
    /// All of this controller, whatever purposes and channels they name.
    All,
}

/// Whom a registry lists.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub(super) enum ListedParty {
    Individuals,
    Businesses,
}

/// For how long a relationship lifts a registry.
#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct EbrSource {
    pub(super) transaction_months: u16,
    pub(super) inquiry_months: u16,
}

/// Hours of the week; a day that is not named is closed, a day named twice is an error.
#[derive(Deserialize, Default, Debug)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HoursSource {
    pub(super) daily: Option<Vec<String>>,
    pub(super) mon_fri: Option<Vec<String>>,
    pub(super) mon_sat: Option<Vec<String>>,
    pub(super) sat_sun: Option<Vec<String>>,
    pub(super) mon: Option<Vec<String>>,
    pub(super) tue: Option<Vec<String>>,
    pub(super) wed: Option<Vec<String>>,
    pub(super) thu: Option<Vec<String>>,
    pub(super) fri: Option<Vec<String>>,
    pub(super) sat: Option<Vec<String>>,
    pub(super) sun: Option<Vec<String>>,
}

/// What holds on a public holiday.
#[derive(Deserialize, Clone, Copy, Default, Debug)]
#[serde(rename_all = "snake_case")]
pub(super) enum HolidaySource {
    #[default]
    Ignored,
    Closed,
}

/// Which attempts a cap counts.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Default, Debug)]
#[serde(rename_all = "snake_case")]
pub(super) enum Counts {
    /// Those of the question's family: calls for a call, messages for a message.
    #[default]
    SameFamily,
    /// Both.
    CallsAndMessages,
}

/// A channel, or one of the groups that statutes speak of.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChannelWord(pub(super) ChannelSet);

impl ChannelWord {
    /// The groups, each with its channels.
    const GROUPS: [(&'static str, &'static [Channel]); 6] = [
        ("live", &[Channel::ManualCall, Channel::AutodialedCall]),
        ("live_manual", &[Channel::ManualCall]),
        ("automated", &[Channel::AutomatedCall, Channel::RinglessVoicemail]),
        // LAW.md's column: every message. The one channel is `sms_only`.
        ("sms", &[Channel::Sms, Channel::Mms, Channel::Messaging]),
        ("sms_only", &[Channel::Sms]),
        ("voice", &[Channel::ManualCall, Channel::AutodialedCall, Channel::AutomatedCall, Channel::RinglessVoicemail]),
    ];
}

impl<'de> Deserialize<'de> for ChannelWord {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let group = Self::GROUPS.iter().find(|(name, _)| *name == word).map(|(_, channels)| ChannelSet::of(channels));
        group.or_else(|| ChannelSet::from_slug(&word)).map(Self).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "unknown channel `{word}`, expected a channel (`manual_call` ...) or one of `live`, `live_manual`, \
                 `automated`, `sms`, `sms_only`, `voice`"
            ))
        })
    }
}
