//! The words that questions, answers, files and C programs share, each with a stable number.
//!
//! One macro table per word list: the number is identity and never reused, the slug is what files and
//! JSON say, and the order of [`Reason`] is also its precedence.

use std::fmt;

/// Declares an enum whose variants carry a stable number and a stable slug.
macro_rules! codes {
    (
        $(#[$doc:meta])*
        $name:ident {
            $( $(#[$vdoc:meta])* $variant:ident = $code:literal, $slug:literal; )+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $( $(#[$vdoc])* $variant = $code, )+ }

        impl $name {
            /// Every value, in the order of the numbers.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )+ ];

            /// The stable number, the same in files, Rust and C.
            #[must_use]
            pub const fn code(self) -> u8 { self as u8 }

            /// The stable name, the same in files, JSON and reports.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $( $name::$variant => $slug, )+ }
            }

            /// The value with this number, if there is one.
            #[must_use]
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $( $code => Some($name::$variant), )+ _ => None }
            }

            /// The value with this slug, if there is one.
            #[must_use]
            pub fn from_slug(slug: &str) -> Option<Self> {
                static BY_SLUG: phf::Map<&'static str, $name> = phf::phf_map! { $( $slug => $name::$variant, )+ };
                BY_SLUG.get(slug).copied()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.slug()) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.slug()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.slug())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let slug = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::from_slug(&slug).ok_or_else(|| {
                    serde::de::Error::unknown_variant(&slug, &[ $( $slug, )+ ])
                })
            }
        }
    };
}

/// Declares a set over a word list, kept in one unsigned integer (bit = number).
macro_rules! code_set {
    ($(#[$doc:meta])* $name:ident of $item:ident in $bits:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[repr(transparent)]
        pub struct $name($bits);

        impl $name {
            /// The empty set.
            pub const EMPTY: Self = Self(0);

            /// The set of these values.
            #[must_use]
            pub const fn of(items: &[$item]) -> Self {
                let mut bits: $bits = 0;
                let mut rest = items;
                while let [first, tail @ ..] = rest {
                    bits |= 1 << (*first as u32);
                    rest = tail;
                }
                Self(bits)
            }

            /// Every value.
            #[must_use]
            pub const fn all() -> Self { Self::of($item::ALL) }

            /// The set whose bits are these; bits that stand for no value are dropped.
            #[must_use]
            pub const fn from_bits(bits: $bits) -> Self { Self(bits & Self::all().0) }

            /// One bit per value, at the value's number.
            #[must_use]
            pub const fn bits(self) -> $bits { self.0 }

            /// Is the value in the set?
            #[must_use]
            pub const fn contains(self, item: $item) -> bool { self.0 & (1 << (item as u32)) != 0 }

            /// Is nothing in the set?
            #[must_use]
            pub const fn is_empty(self) -> bool { self.0 == 0 }

            /// How many values are in the set.
            #[must_use]
            pub const fn len(self) -> u32 { self.0.count_ones() }

            /// The set with this value added.
            #[must_use]
            pub const fn with(self, item: $item) -> Self { Self(self.0 | (1 << (item as u32))) }

            /// The set without this value.
            #[must_use]
            pub const fn without(self, item: $item) -> Self { Self(self.0 & !(1 << (item as u32))) }

            /// What is in either set.
            #[must_use]
            pub const fn union(self, other: Self) -> Self { Self(self.0 | other.0) }

            /// What is in both sets.
            #[must_use]
            pub const fn intersection(self, other: Self) -> Self { Self(self.0 & other.0) }

            /// The values, in the order of their numbers.
            pub fn iter(self) -> impl Iterator<Item = $item> + Clone {
                $item::ALL.iter().copied().filter(move |item| self.contains(*item))
            }
        }

        impl FromIterator<$item> for $name {
            fn from_iter<I: IntoIterator<Item = $item>>(items: I) -> Self {
                items.into_iter().fold(Self::EMPTY, Self::with)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.debug_set().entries(self.iter()).finish() }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.iter())
            }
        }
    };
}

codes! {
    /// The answer. Severity: deny > review > defer > allow.
    Verdict {
        /// May not be contacted.
        Deny = 0, "deny";
        /// A person must decide; a dialer treats it as no.
        Review = 1, "review";
        /// Not now: from `retry_at` on.
        Defer = 2, "defer";
        /// May be contacted.
        Allow = 3, "allow";
    }
}

codes! {
    /// Why the answer is not an allow. The order is the precedence among reasons of one verdict.
    #[non_exhaustive]
    Reason {
        /// Not a possible E.164 number, or an emergency or short code.
        NumberInvalid = 1, "number_invalid";
        /// Purpose, channel or controller is not known to the snapshot.
        QuestionUnknown = 2, "question_unknown";
        /// No rule pack speaks for this number, or for the lead's region.
        JurisdictionUnknown = 3, "jurisdiction_unknown";
        /// The gate's own data are older than their limit, or its clock or feed is not to be trusted.
        SnapshotExpired = 4, "snapshot_expired";
        /// Erased on request, not lifted.
        Erased = 5, "erased";
        /// Processing is restricted (GDPR 18).
        Restricted = 6, "restricted";
        /// An objection (GDPR 21) covers this, not lifted.
        Objected = 7, "objected";
        /// A withdrawal covers this, not lifted.
        Withdrawn = 8, "withdrawn";
        /// An opt-out, the controller's own do-not-call list, or a refusal that the rule makes permanent.
        OptedOut = 9, "opted_out";
        /// A blocking list, prefix or range.
        ListBlocked = 10, "list_blocked";
        /// On a registry that the rule screens, not lifted.
        RegistryListed = 11, "registry_listed";
        /// The rule screens a registry that the snapshot does not hold for this number.
        RegistryMissing = 12, "registry_missing";
        /// The copy of the registry is older than the rule allows.
        RegistryStale = 13, "registry_stale";
        /// The rule forbids this contact.
        Forbidden = 14, "forbidden";
        /// The rule rests on no verified source.
        RuleUnverified = 15, "rule_unverified";
        /// Consent needed, none on record for this controller.
        ConsentMissing = 16, "consent_missing";
        /// Consents exist, none for this purpose and channel.
        ConsentScope = 17, "consent_scope";
        /// The consent fails a condition, or the form that the rule asks.
        ConsentNonconforming = 18, "consent_nonconforming";
        /// Given later than the instant of the check.
        ConsentNotYetValid = 19, "consent_not_yet_valid";
        /// Past its own expiry or the jurisdiction's limit.
        ConsentExpired = 20, "consent_expired";
        /// The number changed hands after the consent was given.
        NumberReassigned = 21, "number_reassigned";
        /// The rule asks for a relationship or another basis, none on record.
        BasisMissing = 22, "basis_missing";
        /// Hours apply and no zone can be told.
        TimeZoneUnknown = 23, "time_zone_unknown";
        /// The rule says that a person must look.
        RuleNeedsReview = 24, "rule_needs_review";
        /// Outside the calling window in at least one possible zone.
        OutsideHours = 25, "outside_hours";
        /// A public holiday on which the rule allows no contact.
        Holiday = 26, "holiday";
        /// The cap over its rolling window is reached.
        AttemptCap = 27, "attempt_cap";
        /// A refusal or a conversation bars contact for some days.
        SilencePeriod = 28, "silence_period";
    }
}

code_set! {
    /// A set of [`Reason`]s.
    ReasonSet of Reason in u32
}

impl Reason {
    /// The verdict that this reason alone leads to.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Reason::RuleNeedsReview => Verdict::Review,
            Reason::OutsideHours | Reason::Holiday | Reason::AttemptCap | Reason::SilencePeriod => Verdict::Defer,
            _ => Verdict::Deny,
        }
    }
}

codes! {
    /// How the person is contacted.
    Channel {
        /// A person dials.
        ManualCall = 1, "manual_call";
        /// The system selects or dials, a person talks.
        AutodialedCall = 2, "autodialed_call";
        /// Recorded, artificial or AI voice.
        AutomatedCall = 3, "automated_call";
        /// A voice message that rings no telephone.
        RinglessVoicemail = 4, "ringless_voicemail";
        /// Short message.
        Sms = 5, "sms";
        /// Multimedia message.
        Mms = 6, "mms";
        /// RCS, WhatsApp and the like.
        Messaging = 7, "messaging";
        /// Facsimile.
        Fax = 8, "fax";
    }
}

code_set! {
    /// A set of [`Channel`]s.
    ChannelSet of Channel in u16
}

impl Channel {
    /// Voice or message: what attempt caps count together.
    #[must_use]
    pub const fn is_message(self) -> bool {
        matches!(self, Channel::Sms | Channel::Mms | Channel::Messaging)
    }
}

impl ChannelSet {
    /// The channels that a name in a record or list stands for (`live_call` is short for two).
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "live_call" => Some(Self::of(&[Channel::ManualCall, Channel::AutodialedCall])),
            other => Channel::from_slug(other).map(|channel| Self::of(&[channel])),
        }
    }
}

codes! {
    /// What rules speak about; every purpose has one.
    PurposeClass {
        /// Advertising and sales.
        Marketing = 1, "marketing";
        /// Running a service that the person has.
        Service = 2, "service";
        /// Collecting a debt.
        DebtCollection = 3, "debt_collection";
        /// Genuine research.
        Survey = 4, "survey";
        /// Fundraising of a charity.
        Charity = 5, "charity";
        /// Parties and campaigns.
        Political = 6, "political";
        /// Asking for a consent anew.
        Reconsent = 7, "reconsent";
        /// A notice that the law demands.
        Notice = 8, "notice";
        /// The one message that confirms an opt-out.
        OptOutConfirmation = 9, "opt_out_confirmation";
        /// Danger to life or limb.
        Emergency = 10, "emergency";
    }
}

code_set! {
    /// A set of [`PurposeClass`]es.
    ClassSet of PurposeClass in u16
}

codes! {
    /// The part of marketing that some rules single out.
    Sector {
        /// Everything that no rule names.
        General = 1, "general";
        /// Electricity and gas supply.
        Energy = 2, "energy";
        /// Energy works on buildings.
        EnergyWorks = 3, "energy_works";
        /// Adapting homes for age or handicap.
        HomeAdaptation = 4, "home_adaptation";
        /// Claims management.
        ClaimsManagement = 5, "claims_management";
        /// Pensions.
        Pensions = 6, "pensions";
        /// Newspapers and magazines.
        Newspaper = 7, "newspaper";
    }
}

code_set! {
    /// A set of [`Sector`]s.
    SectorSet of Sector in u8
}

codes! {
    /// Who holds the number.
    Party {
        /// Not known: the stricter reading.
        Unknown = 0, "unknown";
        /// A person, a sole trader, a household.
        Individual = 1, "individual";
        /// A corporate subscriber.
        Business = 2, "business";
    }
}

code_set! {
    /// A set of [`Party`] values.
    PartySet of Party in u8
}

codes! {
    /// What the line is.
    Line {
        /// Not known: the stricter reading.
        Unknown = 0, "unknown";
        /// A mobile telephone.
        Mobile = 1, "mobile";
        /// A fixed line.
        Fixed = 2, "fixed";
    }
}

code_set! {
    /// A set of [`Line`] values.
    LineSet of Line in u8
}

codes! {
    /// A duty that comes with an allowed contact.
    #[non_exhaustive]
    Obligation {
        /// Say who calls.
        IdentifyCaller = 1, "identify_caller";
        /// Say on whose behalf.
        IdentifyPrincipal = 2, "identify_principal";
        /// Say what the call is for.
        StatePurpose = 3, "state_purpose";
        /// Give the privacy notice: none, or an outdated one, is on record.
        PrivacyNotice = 4, "privacy_notice";
        /// Bring the right to object to notice.
        RightToObject = 5, "right_to_object";
        /// Offer a way to opt out.
        OfferOptOut = 6, "offer_opt_out";
        /// Name the source of the data.
        NameDataSource = 7, "name_data_source";
        /// Announce the recording.
        AnnounceRecording = 8, "announce_recording";
        /// Show a caller ID.
        CallerIdRequired = 9, "caller_id_required";
        /// Show a caller ID that is assigned to the caller.
        CallerIdAssigned = 10, "caller_id_assigned";
        /// Say that the voice is artificial.
        DiscloseAiVoice = 11, "disclose_ai_voice";
        /// Identify within so many seconds.
        PromptIdentification = 12, "prompt_identification";
        /// The gate does not know the attempts: enforce the cap elsewhere.
        EnforceAttemptCap = 13, "enforce_attempt_cap";
        /// The caller must be registered or subscribed.
        RegistrationRequired = 14, "registration_required";
        /// Give an address or a freephone number.
        GiveContact = 15, "give_contact";
        /// End the call promptly on a refusal.
        EndOnRefusal = 16, "end_on_refusal";
        /// Tell how to register on the opt-out registry.
        NameRegistry = 17, "name_registry";
        /// Use the caller-ID prefix reserved for sales calls.
        DedicatedCallerId = 18, "dedicated_caller_id";
        /// Keep the rate of abandoned calls within the rule's limit.
        LimitAbandonedCalls = 19, "limit_abandoned_calls";
        /// The caller must belong to the group that the rule allows.
        CallerAuthorised = 20, "caller_authorised";
    }
}

code_set! {
    /// A set of [`Obligation`]s.
    ObligationSet of Obligation in u32
}

codes! {
    /// The legal basis that carried an allow.
    Basis {
        /// A consent in force.
        Consent = 1, "consent";
        /// Similar goods to a customer who could opt out.
        SoftOptIn = 2, "soft_opt_in";
        /// A running contract.
        Contract = 3, "contract";
        /// An order, a purchase or another relationship.
        Relationship = 4, "relationship";
        /// A legitimate interest.
        LegitimateInterest = 5, "legitimate_interest";
        /// The law asks for none.
        NotRequired = 6, "not_required";
    }
}

codes! {
    /// What a rule asks for before the contact.
    Requirement {
        /// Nothing, by telemarketing law.
        Exempt = 1, "exempt";
        /// Allowed unless the person said no or is listed.
        OptOut = 2, "opt_out";
        /// A conforming consent in force.
        OptIn = 3, "opt_in";
        /// The same, written or electronic.
        OptInWritten = 4, "opt_in_written";
        /// Consent or soft opt-in.
        OptInOrSoft = 5, "opt_in_or_soft";
        /// Consent or a running contract for this purpose.
        OptInOrContract = 6, "opt_in_or_contract";
        /// Consent or a customer within the rule's years.
        OptInOrCustomer = 7, "opt_in_or_customer";
        /// Consent or a legitimate interest with its conditions.
        LawfulBasis = 8, "lawful_basis";
        /// Consent, or a relationship with a business that makes it presumable.
        Presumed = 9, "presumed";
        /// Only within a running contract for this purpose.
        ForbiddenExceptContract = 10, "forbidden_except_contract";
        /// No verified source: a consent, else denied.
        DenyUnverified = 11, "deny_unverified";
        /// Never.
        Forbidden = 12, "forbidden";
        /// Never unsolicited: a consent, else denied.
        ForbiddenUnsolicited = 13, "forbidden_unsolicited";
    }
}

codes! {
    /// The form in which a consent was given.
    Form {
        /// On paper.
        Written = 1, "written";
        /// By electronic means.
        Electronic = 2, "electronic";
        /// By word of mouth, recorded.
        Oral = 3, "oral";
        /// Inferred from conduct: never unambiguous.
        Implied = 4, "implied";
    }
}

codes! {
    /// The conditions that a consent must meet (GDPR 4(11), 7).
    Condition {
        /// Given freely.
        FreelyGiven = 0, "freely_given";
        /// Given for named purposes.
        Specific = 1, "specific";
        /// Given knowing what for.
        Informed = 2, "informed";
        /// Given by a clear act: neither pre-ticked nor implied.
        Unambiguous = 3, "unambiguous";
        /// As easy to withdraw as to give.
        Revocable = 4, "revocable";
        /// Evidence is on record.
        Documented = 5, "documented";
    }
}

code_set! {
    /// A set of [`Condition`]s.
    ConditionSet of Condition in u8
}

codes! {
    /// What ties the person to the controller.
    RelationshipKind {
        /// A contract that runs until it ends.
        Contract = 1, "contract";
        /// An order.
        Order = 2, "order";
        /// A purchase.
        Purchase = 3, "purchase";
        /// A question about goods or services.
        Inquiry = 4, "inquiry";
        /// A debt to the controller.
        Debt = 5, "debt";
    }
}

codes! {
    /// What became of an attempt.
    Outcome {
        /// Somebody answered.
        Answered = 1, "answered";
        /// Nobody answered.
        NoAnswer = 2, "no_answer";
        /// The person refused.
        Refused = 3, "refused";
        /// A conversation took place.
        Conversation = 4, "conversation";
    }
}

codes! {
    /// How sure the source of a rule is.
    Confidence {
        /// The statute was read, or several independent sources agree.
        High = 1, "H";
        /// One decent secondary source.
        Medium = 2, "M";
        /// A weak or old source.
        Low = 3, "L";
        /// Not verified.
        Unverified = 4, "U";
    }
}

codes! {
    /// What a list is for.
    ListKind {
        /// A public do-not-call registry.
        Registry = 1, "registry";
        /// The controller's own do-not-call list.
        OptOut = 2, "opt_out";
        /// Litigators, custom blocks.
        Block = 3, "block";
        /// Numbers that changed hands.
        Reassigned = 4, "reassigned";
    }
}
