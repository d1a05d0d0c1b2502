//! Until when what was found is known to hold.

use crate::Timestamp;

/// The first instant after the question's at which something that was consulted changes.
///
/// Noting too many instants costs time, noting too few would make an answer wrong: whoever consults
/// something dated notes the date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Horizon {
    at: Timestamp,
    next: Timestamp,
}

impl Horizon {
    pub(crate) const fn after(at: Timestamp) -> Self {
        Self { at, next: Timestamp::MAX }
    }

    pub(crate) fn note(&mut self, instant: Timestamp) {
        if instant > self.at && instant < self.next {
            self.next = instant;
        }
    }

    /// The first instant noted; none: nothing changes any more.
    pub(crate) fn next(self) -> Option<Timestamp> {
        (self.next < Timestamp::MAX).then_some(self.next)
    }
}
