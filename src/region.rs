//! A country, or a state of it.

use std::fmt;

/// An ISO 3166-1 country, or a state of one (`PL`, `US-FL`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region([u8; 4]);

impl Region {
    /// The region of this code: two capital letters, or two and two with a hyphen.
    #[must_use]
    pub const fn parse(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Some(Self([*a, *b, 0, 0])),
            [a, b, b'-', c, d]
                if a.is_ascii_uppercase()
                    && b.is_ascii_uppercase()
                    && c.is_ascii_uppercase()
                    && d.is_ascii_uppercase() =>
            {
                Some(Self([*a, *b, *c, *d]))
            }
            _ => None,
        }
    }

    /// The region whose letters are these (zeros: no state).
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// Its letters (zeros: no state).
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 4] {
        self.0
    }

    /// The code that a pack has which speaks for the states of a country that have none: `US-XX`.
    #[must_use]
    pub const fn unlisted(self) -> Self {
        let [a, b, _, _] = self.0;
        Self([a, b, b'X', b'X'])
    }

    /// The country alone.
    #[must_use]
    pub const fn country(self) -> Self {
        let [a, b, _, _] = self.0;
        Self([a, b, 0, 0])
    }

    /// Does it name a state?
    #[must_use]
    pub const fn has_state(self) -> bool {
        let [_, _, state, _] = self.0;
        state != 0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0.map(char::from);
        if self.has_state() { write!(f, "{a}{b}-{c}{d}") } else { write!(f, "{a}{b}") }
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
