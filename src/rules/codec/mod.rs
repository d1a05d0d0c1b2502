//! Rules as bytes: every text once, every row a few bytes.
//!
//! One content has one spelling: what [`Rules::decode`] accepts is what [`Rules::encode`] writes.

mod decode;
mod encode;
#[cfg(test)]
mod tests;

use super::Rules;
use crate::wire::Malformed;

impl Rules {
    /// The rules as bytes, the same for the same rules.
    #[must_use]
    pub(crate) fn encode(&self) -> Vec<u8> {
        encode::rules(self)
    }

    /// The rules that these bytes say.
    ///
    /// Guarantees packs in ascending order of their codes, baselines and calendars that exist, spans and
    /// holidays in ascending order, days from before days to.
    ///
    /// # Errors
    ///
    /// Anything that [`Rules::encode`] would not have written for such rules.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let rules = decode::rules(bytes)?;
        if rules.encode() == bytes { Ok(rules) } else { Err(Malformed { offset: 0, expected: "the shortest form" }) }
    }
}

/// What a row's first byte says beside its confidence.
mod flag {
    pub(super) const SECTORS: u8 = 1;
    pub(super) const CHANNELS: u8 = 2;
    pub(super) const PARTIES: u8 = 4;
    pub(super) const LINES: u8 = 8;
    pub(super) const FROM: u8 = 16;
    pub(super) const TO: u8 = 32;
    /// The confidence, less one, stands above the flags.
    pub(super) const CONFIDENCE_SHIFT: u32 = 6;
}
