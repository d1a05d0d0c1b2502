//! The answer.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::ser::SerializeStruct;

use crate::Timestamp;
use crate::vocabulary::{Basis, Obligation, ObligationSet, Reason, ReasonSet, Verdict};

/// The answer to one question: a verdict with every reason for it.
///
/// All zero bits are a denial: what was never filled in is a no.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
#[must_use = "a decision that nobody looks at protects nobody"]
pub struct Decision {
    /// Microseconds; 0 is none.
    retry_at: i64,
    /// Microseconds; 0 is none.
    valid_until: i64,
    reasons: ReasonSet,
    obligations: ObligationSet,
    /// [`Verdict`] by number.
    verdict: u8,
    /// [`Basis`] by number; 0 is none.
    basis: u8,
}

/// A decision taken apart, to be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Parts {
    pub(crate) verdict: u8,
    pub(crate) basis: u8,
    /// Microseconds; 0 is none.
    pub(crate) instant: i64,
    pub(crate) reasons: u32,
    pub(crate) obligations: u32,
}

impl Decision {
    /// A denial that nothing was looked up for.
    pub(crate) const DENIED: Self = Self {
        retry_at: 0,
        valid_until: 0,
        reasons: ReasonSet::EMPTY,
        obligations: ObligationSet::EMPTY,
        verdict: Verdict::Deny as u8,
        basis: 0,
    };

    /// The decision that these reasons lead to; without any it is an allow on this basis.
    pub(crate) fn of(reasons: ReasonSet, basis: Option<Basis>) -> Self {
        let verdict = severest(reasons);
        let basis = if verdict == Verdict::Allow { basis } else { None };
        Self { reasons, verdict: verdict.code(), basis: basis.map_or(0, Basis::code), ..Self::DENIED }
    }

    /// The decision that one reason alone leads to.
    pub(crate) fn because(reason: Reason) -> Self {
        Self::of(ReasonSet::of(&[reason]), None)
    }

    /// The same with its duties.
    pub(crate) fn with_obligations(self, obligations: ObligationSet) -> Self {
        Self { obligations, ..self }
    }

    /// The same allow, until it no longer holds.
    pub(crate) fn with_valid_until(self, instant: Option<Timestamp>) -> Self {
        Self { valid_until: instant.map_or(0, Timestamp::micros), ..self }
    }

    /// The same deferral with the first instant of an allow; without one it is a denial for the same reasons.
    pub(crate) fn with_retry_at(self, instant: Option<Timestamp>) -> Self {
        match instant {
            Some(instant) => Self { retry_at: instant.micros(), ..self },
            None => Self { verdict: Verdict::Deny.code(), ..self },
        }
    }

    /// Its parts: verdict and basis by number, the one instant that it has, reasons and obligations.
    pub(crate) const fn parts(&self) -> Parts {
        // An allow has no `retry_at`, any other verdict no `valid_until`.
        let instant = if self.is_allowed() { self.valid_until } else { self.retry_at };
        Parts {
            verdict: self.verdict,
            basis: self.basis,
            instant,
            reasons: self.reasons.bits(),
            obligations: self.obligations.bits(),
        }
    }

    /// The decision of these parts.
    pub(crate) const fn from_parts(parts: Parts) -> Self {
        let decision = Self {
            retry_at: 0,
            valid_until: 0,
            reasons: ReasonSet::from_bits(parts.reasons),
            obligations: ObligationSet::from_bits(parts.obligations),
            verdict: parts.verdict,
            basis: parts.basis,
        };
        if decision.is_allowed() {
            Self { valid_until: parts.instant, ..decision }
        } else {
            Self { retry_at: parts.instant, ..decision }
        }
    }

    /// What to do.
    #[inline]
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        match self.verdict {
            3 => Verdict::Allow,
            2 => Verdict::Defer,
            1 => Verdict::Review,
            _ => Verdict::Deny,
        }
    }

    /// May the contact be made?
    #[inline]
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self.verdict(), Verdict::Allow)
    }

    /// The first reason, in order of precedence, among those of the decision's own verdict; none with an allow.
    ///
    /// A deferral without an opening within 400 days is a denial with that deferral's reason.
    #[inline]
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        Reason::from_code(self.reason_code())
    }

    /// The number of [`Decision::reason`]; zero: there is none.
    #[inline]
    #[must_use]
    pub const fn reason_code(&self) -> u8 {
        first(self.reasons)
    }

    /// The numbers of [`Decision::verdict`] and of [`Decision::basis`] (zero: none).
    #[inline]
    #[must_use]
    pub const fn verdict_and_basis_codes(&self) -> [u8; 2] {
        [self.verdict, self.basis]
    }

    /// Every reason that applies, in order of precedence.
    #[inline]
    #[must_use]
    pub const fn reasons(&self) -> ReasonSet {
        self.reasons
    }

    /// The duties that come with an allow.
    #[inline]
    #[must_use]
    pub const fn obligations(&self) -> ObligationSet {
        self.obligations
    }

    /// Does this duty come with it?
    #[must_use]
    pub const fn obliges(&self, obligation: Obligation) -> bool {
        self.obligations.contains(obligation)
    }

    /// With a deferral: the first instant at which, by this snapshot, the answer is allow.
    #[must_use]
    pub fn retry_at(&self) -> Option<DateTime<Utc>> {
        instant(self.retry_at)
    }

    /// With an allow: the first instant at which, by this snapshot, it no longer is one; none: nothing that is known ends
    /// it.
    #[must_use]
    pub fn valid_until(&self) -> Option<DateTime<Utc>> {
        instant(self.valid_until)
    }

    /// [`Decision::retry_at`] in microseconds since 1970 UTC; zero: none.
    #[inline]
    #[must_use]
    pub const fn retry_at_micros(&self) -> i64 {
        self.retry_at
    }

    /// [`Decision::valid_until`] in microseconds since 1970 UTC; zero: none.
    #[inline]
    #[must_use]
    pub const fn valid_until_micros(&self) -> i64 {
        self.valid_until
    }

    /// With an allow: what carried it.
    #[inline]
    #[must_use]
    pub const fn basis(&self) -> Option<Basis> {
        Basis::from_code(self.basis)
    }
}

/// The reasons of each verdict but allow, the severest verdict first.
const BY_SEVERITY: [(Verdict, ReasonSet); 3] = [
    (Verdict::Deny, of_verdict(Verdict::Deny)),
    (Verdict::Review, of_verdict(Verdict::Review)),
    (Verdict::Defer, of_verdict(Verdict::Defer)),
];

const fn of_verdict(verdict: Verdict) -> ReasonSet {
    let mut set = ReasonSet::EMPTY;
    let mut rest = Reason::ALL;
    let mut last = 0;
    while let [reason, tail @ ..] = rest {
        // INVARIANT: precedence is the order of the numbers, so that the lowest bit of a set is its first reason.
        assert!(last < reason.code());
        last = reason.code();
        if reason.verdict().code() == verdict.code() {
            set = set.with(*reason);
        }
        rest = tail;
    }
    set
}

fn severest(reasons: ReasonSet) -> Verdict {
    let found = BY_SEVERITY.iter().find(|(_, set)| !set.intersection(reasons).is_empty());
    found.map_or(Verdict::Allow, |(verdict, _)| *verdict)
}

// The severer verdict's reasons have the lower numbers, so that a set's lowest bit is the first reason of the severest.
const _: () = {
    let [(_, deny), (_, review), (_, defer)] = BY_SEVERITY;
    assert!(deny.bits() < review.bits() & review.bits().wrapping_neg());
    assert!(review.bits() < defer.bits() & defer.bits().wrapping_neg());
};

/// The number of the first reason of the severest verdict; zero: there are no reasons.
const fn first(reasons: ReasonSet) -> u8 {
    // No reason has the number zero, and an empty set has 32 zeros. Without a branch: batches count by it.
    (reasons.bits().trailing_zeros() & 31) as u8
}

fn instant(micros: i64) -> Option<DateTime<Utc>> {
    if micros == 0 { None } else { Timestamp::from_micros(micros).to_chrono() }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("verdict", &self.verdict())
            .field("reasons", &self.reasons)
            .field("obligations", &self.obligations)
            .field("basis", &self.basis())
            .field("retry_at", &self.retry_at())
            .field("valid_until", &self.valid_until())
            .finish()
    }
}

impl Serialize for Decision {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |instant: Option<DateTime<Utc>>| instant.map(crate::timestamp::rfc3339);
        let mut out = serializer.serialize_struct("Decision", 7)?;
        out.serialize_field("verdict", &self.verdict())?;
        out.serialize_field("reason", &self.reason())?;
        out.serialize_field("reasons", &self.reasons)?;
        out.serialize_field("obligations", &self.obligations)?;
        out.serialize_field("retry_at", &text(self.retry_at()))?;
        out.serialize_field("valid_until", &text(self.valid_until()))?;
        out.serialize_field("basis", &self.basis())?;
        out.end()
    }
}
