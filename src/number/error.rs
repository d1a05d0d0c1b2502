//! Why a text is not a number.

/// Why a text is not a number. Never contains the text, only where in it the reading stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// It does not begin with a plus (where that is allowed: or `00`).
    #[error("not in international form: expected `+` and digits")]
    NotInternational,
    /// It has no digit.
    #[error("no digits: expected `+` and 1 to 15 digits")]
    NoDigits,
    /// The first digit is zero, which no calling code begins with.
    #[error("zero at byte {offset}: no calling code begins with it")]
    LeadingZero {
        /// Where, in bytes from the start.
        offset: usize,
    },
    /// Something that is neither a digit nor a separator.
    #[error("unexpected character at byte {offset}: expected digits, spaces, dots, hyphens or parentheses")]
    UnexpectedCharacter {
        /// Where, in bytes from the start.
        offset: usize,
    },
    /// More than 15 digits.
    #[error("more than 15 digits, from byte {offset} on: E.164 numbers have at most 15")]
    TooLong {
        /// Where the sixteenth digit is, in bytes from the start.
        offset: usize,
    },
    /// A zero in parentheses, `(0)`, which is dialled in one country and left out in another.
    #[error("a zero in parentheses at byte {offset}: write the number as it is dialled from abroad")]
    OptionalZero {
        /// Where the zero is, in bytes from the start.
        offset: usize,
    },
    /// Not as national numbers of this country are written.
    #[error("not a national number: expected {expected}")]
    NotNational {
        /// What is expected.
        expected: &'static str,
    },
    /// National numbers of this country cannot be read without the feature `phone`.
    #[error("national numbers of this region are not read here: write them with `+`")]
    NationalUnsupported,
}
