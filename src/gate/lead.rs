//! A number with what the caller knows about the person.

use crate::Number;
use crate::vocabulary::{Line, Party};

/// A number with what the caller knows about the person behind it.
///
/// What is given is joined with what the number itself says: where the two differ, the rules and zones of
/// both apply. A region or zone that is not known denies, it is never ignored.
///
/// ```
/// use dialgate::{Lead, Number, vocabulary::Party};
///
/// let number: Number = "+13125550100".parse()?;
/// let lead = Lead::new(number).region("US-FL").time_zone("America/Chicago").party(Party::Business);
/// assert_eq!(lead.number(), number);
/// # Ok::<(), dialgate::NumberError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Lead {
    number: Number,
    region: Option<Box<str>>,
    time_zone: Option<Box<str>>,
    party: Party,
    line: Line,
}

impl Lead {
    /// A number of which nothing else is known.
    pub const fn new(number: Number) -> Self {
        Self { number, region: None, time_zone: None, party: Party::Unknown, line: Line::Unknown }
    }

    /// Where the person is: ISO 3166-1, with the state where there are state rules (`PL`, `US-FL`). A province
    /// of another country (`CA-ON`, `AU-NSW`) is that country.
    pub fn region(mut self, region: &str) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The person's zone, by its IANA name.
    pub fn time_zone(mut self, name: &str) -> Self {
        self.time_zone = Some(name.into());
        self
    }

    /// Whether the subscriber is an individual or a business.
    pub const fn party(mut self, party: Party) -> Self {
        self.party = party;
        self
    }

    /// What the line is.
    pub const fn line(mut self, line: Line) -> Self {
        self.line = line;
        self
    }

    /// The number.
    #[must_use]
    pub const fn number(&self) -> Number {
        self.number
    }

    pub(crate) fn named_region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    pub(crate) fn named_zone(&self) -> Option<&str> {
        self.time_zone.as_deref()
    }

    pub(crate) const fn known_party(&self) -> Party {
        self.party
    }

    pub(crate) const fn known_line(&self) -> Line {
        self.line
    }
}
