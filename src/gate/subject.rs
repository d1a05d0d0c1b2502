//! Everything on record about one number: what the snapshot holds, and what happened since.

use crate::event::{Attempt, Event, Template, What};
use crate::timestamp::Timestamp;

/// Everything on record about one number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a, H, A> {
    /// The folded events.
    pub(crate) history: H,
    /// Lists that name it undated and unscoped: by number, by range.
    pub(crate) undated: [&'a [u16]; 2],
    /// The attempts.
    pub(crate) attempts: A,
    /// Up to when the data go: a denial that is dated later counts from then on.
    pub(crate) as_of: Timestamp,
}

/// From the snapshot, or from what was put in its place.
#[derive(Clone, Debug)]
pub(crate) enum Either<B, O> {
    Base(B),
    Amended(O),
}

impl<T, B: Iterator<Item = T>, O: Iterator<Item = T>> Iterator for Either<B, O> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match self {
            Self::Base(events) => events.next(),
            Self::Amended(events) => events.next(),
        }
    }
}

/// The templates of a snapshot and those of its overlay, which go on where the snapshot's end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Templates<'a> {
    pub(crate) base: &'a [Template],
    pub(crate) overlay: &'a [Template],
}

impl<'a> Templates<'a> {
    /// The template with this index.
    pub(crate) fn get(self, index: u32) -> Option<&'a Template> {
        let index = usize::try_from(index).ok()?;
        self.base.get(index).or_else(|| self.overlay.get(index.checked_sub(self.base.len())?))
    }

    /// All of them, in the order of their indices.
    pub(crate) fn iter(self) -> impl Iterator<Item = &'a Template> {
        self.base.iter().chain(self.overlay)
    }
}

/// What tombstones hide that are known by a keyed hash only: the number's own events lie elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Hidden {
    /// The last tombstone for every controller.
    every: Timestamp,
    /// The last tombstone for the question's controller.
    own: Timestamp,
}

impl Hidden {
    /// Nothing is hidden.
    pub(crate) const NOTHING: Self = Self { every: Timestamp::MIN, own: Timestamp::MIN };

    /// What the tombstones among these events hide from a question of this controller.
    pub(crate) fn by(events: impl Iterator<Item = Event>, templates: Templates<'_>, controller: u16) -> Self {
        let mut hidden = Self::NOTHING;
        for event in events {
            let (Some(at), Some(Template { controller: whose, what: What::Erasure })) =
                (event.at, templates.get(event.template))
            else {
                continue;
            };
            match whose {
                None => hidden.every = hidden.every.max(at),
                Some(whose) if *whose == controller => hidden.own = hidden.own.max(at),
                Some(_) => {}
            }
        }
        hidden
    }

    /// Is this event hidden? As when records are folded: what permits up to the erasure, what denies before it;
    /// entries of lists, reassignments and what binds other controllers too stay.
    pub(crate) fn hides(self, event: &Event, templates: Templates<'_>) -> bool {
        if self == Self::NOTHING {
            return false;
        }
        let (Some(at), Some(template)) = (event.at, templates.get(event.template)) else { return false };
        let erased = self.erased(template.controller);
        match template.what {
            What::Listing { .. } | What::Reassigned => false,
            What::Erasure
            | What::Withdrawal { .. }
            | What::Objection { .. }
            | What::OptOut { .. }
            | What::Restriction => at < erased,
            What::Consent(_) | What::Relationship { .. } | What::Notice { .. } => at <= erased,
        }
    }

    /// Is this attempt hidden?
    pub(crate) fn hides_attempt(self, attempt: &Attempt) -> bool {
        self != Self::NOTHING && attempt.at <= self.erased(attempt.controller)
    }

    /// Events of other controllers are not asked about: a named controller is the question's own.
    fn erased(self, controller: Option<u16>) -> Timestamp {
        if controller.is_some() { self.every.max(self.own) } else { self.every }
    }
}
