//! A telephone number in E.164.

mod error;
pub(crate) mod parse;
mod serde;

pub use error::NumberError;

use std::fmt;
use std::num::NonZeroU64;

/// A telephone number in E.164: 1 to 15 digits without the plus, the first not zero.
///
/// Any such digits are representable, `+112` as well; whether they can be a number at all is decided with the
/// number plan ([`plan::locate`](crate::plan::locate)). Read from `+` and digits, among which spaces, dots,
/// hyphens and parentheses may stand; written with the plus, also by serde; masked in `Debug`.
///
/// ```
/// use dialgate::Number;
///
/// let number: Number = "+44 20 7946 0010".parse()?;
/// assert_eq!(number.as_u64(), 442_079_460_010);
/// assert_eq!(number.to_string(), "+442079460010");
/// assert_eq!(format!("{number:?}"), "Number(+44**********)");
/// # Ok::<(), dialgate::NumberError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(NonZeroU64);

/// The greatest number: fifteen digits.
const GREATEST: u64 = 999_999_999_999_999;

impl Number {
    /// The least of them, a single digit.
    pub(crate) const LEAST: Self = Self(NonZeroU64::MIN);

    /// The number with these digits; none when it is zero or has more than 15 digits.
    #[must_use]
    pub const fn from_e164(digits: u64) -> Option<Self> {
        if digits > GREATEST {
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

    /// The number as it may be shown: how long it is and, from seven digits on, its first two.
    #[must_use]
    pub const fn masked(self) -> Masked {
        Masked(self)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({})", self.masked())
    }
}

/// A number with its digits hidden, see [`Number::masked`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Masked(Number);

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.0.as_u64() < 1_000_000 { 0 } else { 2 };
        let text = self.0.as_u64().to_string();
        let (first, hidden) = text.split_at_checked(shown).unwrap_or(("", &text));
        write!(f, "+{first}{:*<1$}", "", hidden.len())
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
