//! Everything on record about one number: what the snapshot holds, and what happened since.

use crate::event::{Attempt, Event, Template, What};
use crate::timestamp::Timestamp;

use super::prepared::When;

/// Everything on record about one number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a, H, A> {
    /// The folded events.
    pub(crate) history: H,
    /// Lists that name it undated and unscoped: by number, by range.
    pub(crate) undated: [&'a [u16]; 2],
    /// The attempts.
    pub(crate) attempts: A,
    /// Up to when what is known of it goes: denials up to then bind from their own dates.
    pub(crate) known_until: Timestamp,
    /// The date of the snapshot: a denial that is dated later than what is known binds from then on.
    pub(crate) as_of: Timestamp,
}

impl<'a, H, A> Subject<'a, H, A> {
    /// The same with this history.
    pub(crate) fn with_history<F>(&self, history: F) -> Subject<'a, F, A>
    where
        A: Clone,
    {
        Subject {
            history,
            undated: self.undated,
            attempts: self.attempts.clone(),
            known_until: self.known_until,
            as_of: self.as_of,
        }
    }

    /// As a question sees it that is asked then: whatever the clock says, what was recorded counts now.
    #[must_use]
    pub(crate) fn at(mut self, when: &When) -> Self {
        if when.by_clock {
            self.known_until = self.known_until.min(when.at);
        }
        self
    }
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
    /// What permits, and attempts: by any tombstone.
    permits: Last,
    /// Denials: not by one that bars for a term, after which nothing would.
    denials: Last,
    /// Other tombstones: by one that bars for good.
    tombstones: Last,
    /// What permits in the snapshot, whatever its date: it was forgotten since.
    wiped: Last,
}

/// The last of some tombstones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Last {
    /// For every controller.
    every: Timestamp,
    /// For the question's controller.
    own: Timestamp,
}

impl Hidden {
    /// Nothing is hidden.
    pub(crate) const NOTHING: Self =
        Self { permits: Last::NONE, denials: Last::NONE, tombstones: Last::NONE, wiped: Last::NONE };

    /// What the tombstones among these events hide from a question of this controller.
    pub(crate) fn by(events: impl Iterator<Item = Event>, templates: Templates<'_>, controller: u16) -> Self {
        let mut hidden = Self::NOTHING;
        for event in events {
            let (Some(at), Some(Template { controller: whose, what })) = (event.at, templates.get(event.template))
            else {
                continue;
            };
            if whose.is_some_and(|whose| whose != controller) {
                continue;
            }
            match what {
                What::Vanished => hidden.wiped.note(*whose, at),
                What::Erasure => {
                    hidden.permits.note(*whose, at);
                    if event.until.is_none_or(|until| until <= at) {
                        hidden.denials.note(*whose, at);
                    }
                    if event.until.is_none() {
                        hidden.tombstones.note(*whose, at);
                    }
                }
                _ => {}
            }
        }
        hidden
    }

    /// Of what was put in the snapshot's place nothing is there that was forgotten.
    #[must_use]
    pub(crate) const fn amended(mut self) -> Self {
        self.wiped = Last::NONE;
        self
    }

    /// Is this event hidden? As when records are folded: what permits up to the erasure, what denies before it;
    /// entries of lists, reassignments and what binds other controllers too stay.
    pub(crate) fn hides(self, event: &Event, templates: Templates<'_>) -> bool {
        if self == Self::NOTHING {
            return false;
        }
        let (Some(at), Some(template)) = (event.at, templates.get(event.template)) else { return false };
        let controller = template.controller;
        match template.what {
            What::Listing { .. }
            | What::Reassigned
            | What::RelationshipEnd { .. }
            | What::RestrictionLifted
            | What::Vanished
            | What::IdTaken => false,
            What::Erasure => at < self.tombstones.before(controller),
            What::Withdrawal { .. } | What::Objection { .. } | What::OptOut { .. } | What::Restriction => {
                at < self.denials.before(controller)
            }
            What::Consent(_) | What::Relationship { .. } | What::Notice { .. } => {
                at <= self.permits.before(controller) || at <= self.wiped.before(controller)
            }
        }
    }

    /// Is this attempt hidden?
    pub(crate) fn hides_attempt(self, attempt: &Attempt) -> bool {
        self != Self::NOTHING && attempt.at <= self.permits.before(attempt.controller)
    }
}

impl Last {
    const NONE: Self = Self { every: Timestamp::MIN, own: Timestamp::MIN };

    fn note(&mut self, controller: Option<u16>, at: Timestamp) {
        let last = if controller.is_some() { &mut self.own } else { &mut self.every };
        *last = at.max(*last);
    }

    /// Events of other controllers are not asked about: a named controller is the question's own.
    fn before(self, controller: Option<u16>) -> Timestamp {
        if controller.is_some() { self.every.max(self.own) } else { self.every }
    }
}
