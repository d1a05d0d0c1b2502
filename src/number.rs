//! A telephone number in E.164.

use std::num::NonZeroU64;

/// A telephone number in E.164: up to 15 digits without the plus, the first not zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(NonZeroU64);

/// Why a text is not a number. Never contains the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// It does not begin with a plus or `00`.
    #[error("not in international form: expected `+` and digits")]
    NotInternational,
}

impl Number {
    /// The number with these digits; none when it is zero or has more than 15 digits.
    #[must_use]
    pub const fn from_e164(digits: u64) -> Option<Self> {
        if digits > 999_999_999_999_999 {
            return None;
        }
        match NonZeroU64::new(digits) {
            Some(digits) => Some(Self(digits)),
            None => None,
        }
    }

    /// The digits.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0.get()
    }
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Number(+…)")
    }
}
