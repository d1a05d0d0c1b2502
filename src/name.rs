//! Names that controllers, purposes and lists are known by, as stable 64-bit ids.

/// The stable id of a name: the same in every snapshot, program and version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NameId(u64);

impl NameId {
    /// The id of this name: FNV-1a over its bytes, then the finalizer of SplitMix64.
    ///
    /// Two names of one kind with the same id are an error when a snapshot is compiled.
    #[must_use]
    pub const fn of(name: &str) -> Self {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut rest = name.as_bytes();
        while let [byte, tail @ ..] = rest {
            hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
            rest = tail;
        }
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(hash ^ (hash >> 31))
    }

    /// The id as a number.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// The id with this number.
    #[must_use]
    pub const fn from_u64(id: u64) -> Self {
        Self(id)
    }
}

/// A purpose, by its stable id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Purpose(NameId);

impl Purpose {
    /// Advertising and sales.
    pub const MARKETING: Self = Self::named("marketing");
    /// Running a service that the person has.
    pub const SERVICE: Self = Self::named("service");
    /// Collecting a debt.
    pub const DEBT_COLLECTION: Self = Self::named("debt_collection");
    /// Genuine research.
    pub const SURVEY: Self = Self::named("survey");
    /// Fundraising of a charity.
    pub const CHARITY: Self = Self::named("charity");
    /// Parties and campaigns.
    pub const POLITICAL: Self = Self::named("political");
    /// Asking for a consent anew.
    pub const RECONSENT: Self = Self::named("reconsent");
    /// A notice that the law demands.
    pub const NOTICE: Self = Self::named("notice");
    /// The one message that confirms an opt-out.
    pub const OPT_OUT_CONFIRMATION: Self = Self::named("opt_out_confirmation");
    /// Danger to life or limb.
    pub const EMERGENCY: Self = Self::named("emergency");

    /// The purpose that the manifest declares under this name.
    #[must_use]
    pub const fn named(name: &str) -> Self {
        Self(NameId::of(name))
    }

    /// Its id.
    #[must_use]
    pub const fn id(self) -> NameId {
        self.0
    }
}
