//! Until when what was found is known to hold.

use crate::Timestamp;

/// The first instant after the question's at which something that was consulted changes.
///
/// Noting too many instants costs time, noting too few would make an answer wrong: whoever consults
/// something dated notes the date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Horizon {
    at: Timestamp,
    /// The first change that has nothing to do with the person: hours, rules, copies of registries, the data's limits.
    around: Timestamp,
    /// The first change in what is on record about the person.
    own: Timestamp,
}

impl Horizon {
    pub(crate) const fn after(at: Timestamp) -> Self {
        Self { at, around: Timestamp::MAX, own: Timestamp::MAX }
    }

    /// Something changes then, whoever the person is.
    pub(crate) fn note(&mut self, instant: Timestamp) {
        if instant > self.at && instant < self.around {
            self.around = instant;
        }
    }

    /// Something changes then that was computed from a date on the person's record.
    pub(crate) fn note_own(&mut self, instant: Timestamp) {
        if instant > self.at && instant < self.own {
            self.own = instant;
        }
    }

    /// The first instant noted that has nothing to do with the person; the end of time if there is none.
    pub(crate) const fn around(self) -> Timestamp {
        self.around
    }

    /// The first instant noted; none: nothing changes any more.
    pub(crate) fn next(self) -> Option<Timestamp> {
        let next = self.around.min(self.own);
        (next < Timestamp::MAX).then_some(next)
    }
}
