//! The fold of one number: its records, in any order and repeated, become one history.

use std::cmp::Ordering;

use super::RecordId;
use super::item::{ENDLESS, Ids, Item, Kind, UNDATED};
use crate::vocabulary::RelationshipKind;
use crate::{Attempt, Event, Template, Timestamp, What};

/// What became of the records of one number, and how often what happened.
#[derive(Default, Debug)]
pub(super) struct OneNumber {
    /// The history, sorted, with the records' ids. Templates are kinds.
    pub(super) events: Vec<(Event, RecordId)>,
    /// The attempts, sorted.
    pub(super) attempts: Vec<Attempt>,
    /// Marks stay in the history.
    pub(super) keeps_marks: bool,
    /// How often what happened, over all numbers folded into this.
    pub(super) counts: Counts,
}

/// How often what happened in a fold.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Counts {
    /// Numbers with a history or attempts.
    pub(crate) numbers: u64,
    /// Events kept.
    pub(crate) events: u64,
    /// Attempts kept.
    pub(crate) attempts: u64,
    /// Rows that repeated another.
    pub(crate) duplicates: u64,
    /// Consents, relationships, notices and lifts rejected because another record has their id and says
    /// something else.
    pub(crate) conflicts: u64,
    /// Events and attempts that an erasure hides.
    pub(crate) hidden: u64,
    /// Ends without a relationship and lifts without a restriction.
    pub(crate) idle: u64,
}

impl OneNumber {
    /// Folds the items of a number; `events` and `attempts` are replaced.
    pub(super) fn fold(&mut self, items: &mut Vec<Item>, kinds: &[Kind], ids: &Ids) {
        self.events.clear();
        self.attempts.clear();
        if let [item] = items.as_slice()
            && let Some(Kind::Event(template)) = kinds.get(index(item.kind))
            && !template.what.is_mark()
        {
            self.events.push((event(item), RecordId(item.id)));
        } else {
            self.merge(items, kinds, ids);
            self.resolve_ends(items, kinds, ids);
            self.resolve_lifts(items, kinds);
            self.hide(items, kinds);
            self.give(items, kinds, ids);
        }
        self.counts.events = self.counts.events.saturating_add(len(&self.events));
        self.counts.attempts = self.counts.attempts.saturating_add(len(&self.attempts));
        if !(self.events.is_empty() && self.attempts.is_empty()) {
            self.counts.numbers = self.counts.numbers.saturating_add(1);
        }
    }

    /// Merges repetitions and rejects what contradicts another record of the same id, unless it denies.
    fn merge(&mut self, items: &mut Vec<Item>, kinds: &[Kind], ids: &Ids) {
        let before = len(items);
        items.sort_unstable_by(|a, b| by_id(a, b, kinds, ids).then_with(|| by_content(a, b, kinds, ids)));
        items.dedup_by(|b, a| {
            let anonymous_attempt = a.id == 0 && matches!(kind(kinds, a), Some(Kind::Attempt { .. }));
            !anonymous_attempt && by_id(a, b, kinds, ids).is_eq() && by_content(a, b, kinds, ids).is_eq()
        });
        let merged = len(items);
        self.counts.duplicates = self.counts.duplicates.saturating_add(before.saturating_sub(merged));
        if items.len() < 2 {
            return;
        }
        let disputed: Vec<bool> = (0..items.len())
            .map(|here| {
                let same_id = |there: Option<usize>| {
                    let (Some(a), Some(b)) = (items.get(here), there.and_then(|there| items.get(there))) else {
                        return false;
                    };
                    a.id != 0 && by_id(a, b, kinds, ids).is_eq()
                };
                let permits = items.get(here).and_then(|item| kind(kinds, item)).is_some_and(Kind::permits);
                permits && (same_id(here.checked_sub(1)) || same_id(here.checked_add(1)))
            })
            .collect();
        let mut disputed = disputed.into_iter();
        let mut taken = Vec::new();
        items.retain_mut(|item| {
            let stays = !disputed.next().unwrap_or(false) || leave_tombstone(item, kinds);
            if !stays && self.keeps_marks {
                taken.extend(id_taken(item, kinds));
            }
            stays
        });
        self.counts.conflicts = self.counts.conflicts.saturating_add(merged.saturating_sub(len(items)));
        items.append(&mut taken);
    }

    /// A relationship lasts until its own end or the first end recorded for it.
    fn resolve_ends(&mut self, items: &mut [Item], kinds: &[Kind], ids: &Ids) {
        let ends: Vec<(Item, End<'_>)> = items
            .iter()
            .filter_map(|item| match kind(kinds, item)? {
                Kind::Event(Template { controller, what: What::RelationshipEnd { kind: Some(kind) } }) => {
                    Some((*item, End::Kind { controller: *controller, kind: *kind }))
                }
                kind if kind.ends_one() => Some((*item, End::Of(ids.text(u32::try_from(item.until).ok()?)?))),
                _ => None,
            })
            .collect();
        for (end, which) in &ends {
            let mut idle = true;
            for item in items.iter_mut() {
                let Some(Kind::Event(Template { controller, what: What::Relationship { kind, .. } })) =
                    kind_at(kinds, item.kind)
                else {
                    continue;
                };
                let ended = match which {
                    End::Kind { controller: whose, kind: ended } => {
                        ended == kind && covers(*whose, *controller) && item.at <= end.at
                    }
                    End::Of(id) => ids.text(item.id) == Some(id),
                };
                if ended {
                    // An end before the beginning leaves a span without any instant in it.
                    item.until = item.until.min(end.at).max(item.at);
                    idle = false;
                }
            }
            self.counts.idle = self.counts.idle.saturating_add(u64::from(idle));
        }
    }

    /// A restriction lasts until the first lift that is strictly later.
    fn resolve_lifts(&mut self, items: &mut [Item], kinds: &[Kind]) {
        let lifts: Vec<(i64, Option<u16>)> = items
            .iter()
            .filter_map(|item| match kind(kinds, item)? {
                Kind::Event(Template { controller, what: What::RestrictionLifted }) => Some((item.at, *controller)),
                _ => None,
            })
            .collect();
        for (at, whose) in lifts {
            let mut idle = true;
            for item in items.iter_mut() {
                let Some(Kind::Event(Template { controller, what: What::Restriction })) = kind_at(kinds, item.kind)
                else {
                    continue;
                };
                if *controller == whose && at > item.at {
                    item.until = item.until.min(at);
                    idle = false;
                }
            }
            self.counts.idle = self.counts.idle.saturating_add(u64::from(idle));
        }
    }

    /// Leaves out what an erasure hides, and an erasure that a later one stands for.
    fn hide(&mut self, items: &mut Vec<Item>, kinds: &[Kind]) {
        let erasures: Vec<(i64, Option<u16>, bool)> = items
            .iter()
            .filter_map(|item| match kind(kinds, item)? {
                Kind::Event(Template { controller, what: What::Erasure }) => Some((item.at, *controller, true)),
                Kind::Event(Template { controller, what: What::Vanished }) => Some((item.at, *controller, false)),
                _ => None,
            })
            .collect();
        if erasures.is_empty() {
            return;
        }
        let before = len(items);
        items.retain(|item| {
            let Some(kind) = kind_at(kinds, item.kind) else { return false };
            !erasures.iter().any(|(at, whose, leaves_tombstone)| match kind.hiding() {
                Hiding::Never => false,
                Hiding::Tombstone(controller) => *leaves_tombstone && covers(*whose, controller) && item.at < *at,
                Hiding::Denial(controller) => covers(*whose, controller) && item.at < *at,
                Hiding::Other(controller) => covers(*whose, controller) && item.at <= *at,
            })
        });
        self.counts.hidden = self.counts.hidden.saturating_add(before.saturating_sub(len(items)));
    }

    /// Puts a mark among the events, if marks stay.
    fn keep_mark(&mut self, item: &Item, kinds: &[Kind]) {
        if !self.keeps_marks {
            return;
        }
        let mark = Event { until: None, ..event(item) };
        match u32::try_from(item.until) {
            Ok(relationship) if kind(kinds, item).is_some_and(Kind::ends_one) => {
                self.events.push((mark, RecordId(relationship)));
                if let Some(taken) = id_taken(item, kinds).filter(|taken| taken.id != 0) {
                    self.events.push((event(&taken), RecordId(taken.id)));
                }
            }
            _ => self.events.push((mark, RecordId(item.id))),
        }
    }

    /// Gives events and attempts in their order.
    fn give(&mut self, items: &[Item], kinds: &[Kind], ids: &Ids) {
        for item in items {
            match kind(kinds, item) {
                Some(Kind::Event(template)) if template.what.is_mark() => self.keep_mark(item, kinds),
                Some(Kind::Event(_)) => self.events.push((event(item), RecordId(item.id))),
                Some(Kind::Attempt { controller, class, is_message, outcome }) => self.attempts.push(Attempt {
                    at: Timestamp::from_micros(item.at),
                    controller: *controller,
                    class: *class,
                    is_message: *is_message,
                    outcome: *outcome,
                }),
                _ => {}
            }
        }
        // Records with an id come first, so that of equal events one that can be named stays.
        self.events.sort_unstable_by(|(a, a_id), (b, b_id)| {
            let (a_id, b_id) = (ids.text(a_id.0), ids.text(b_id.0));
            a.cmp(b).then_with(|| a_id.is_none().cmp(&b_id.is_none())).then_with(|| a_id.cmp(&b_id))
        });
        let before = len(&self.events);
        // Marks are told apart by their ids.
        let is_mark = |event: &Event| matches!(kind_at(kinds, event.template), Some(Kind::Event(template)) if template.what.is_mark());
        self.events.dedup_by(|(b, b_id), (a, a_id)| a == b && (!is_mark(a) || ids.text(a_id.0) == ids.text(b_id.0)));
        let merged = before.saturating_sub(len(&self.events));
        self.counts.duplicates = self.counts.duplicates.saturating_add(merged);
        self.attempts.sort_unstable();
    }
}

/// An item in place of one that was not taken because of its id.
fn id_taken(item: &Item, kinds: &[Kind]) -> Option<Item> {
    let kind = kinds.iter().position(|kind| *kind == Kind::ID_TAKEN).and_then(|place| u32::try_from(place).ok())?;
    Some(Item { at: UNDATED, until: ENDLESS, kind, ..*item })
}

/// Which relationships end.
enum End<'a> {
    Kind { controller: Option<u16>, kind: RelationshipKind },
    Of(&'a str),
}

/// What an erasure does to a kind, and whose it is.
enum Hiding {
    /// It stays: a fact about the number, or an entry of a list.
    Never,
    /// Another erasure.
    Tombstone(Option<u16>),
    /// Hidden when strictly earlier.
    Denial(Option<u16>),
    /// Hidden when earlier or at the same instant.
    Other(Option<u16>),
}

impl Kind {
    /// The relationship with a certain id ends.
    pub(super) const END_OF: Self =
        Self::Event(Template { controller: None, what: What::RelationshipEnd { kind: None } });
    /// Another record has this id.
    pub(super) const ID_TAKEN: Self = Self::Event(Template { controller: None, what: What::IdTaken });

    /// Does it end the relationship with a certain id?
    pub(super) fn ends_one(&self) -> bool {
        *self == Self::END_OF
    }

    /// Can it turn a denial into an allow?
    pub(super) fn permits(&self) -> bool {
        match self {
            Kind::Event(template) => matches!(
                template.what,
                What::Consent(_)
                    | What::Relationship { .. }
                    | What::Notice { .. }
                    | What::RestrictionLifted
                    | What::Vanished
            ),
            Kind::Attempt { .. } => false,
        }
    }

    fn hiding(&self) -> Hiding {
        match self {
            Kind::Event(Template { controller, what }) => match what {
                What::Listing { .. }
                | What::Reassigned
                | What::RelationshipEnd { .. }
                | What::RestrictionLifted
                | What::Vanished
                | What::IdTaken => Hiding::Never,
                What::Erasure => Hiding::Tombstone(*controller),
                What::Withdrawal { .. } | What::Objection { .. } | What::OptOut { .. } | What::Restriction => {
                    Hiding::Denial(*controller)
                }
                What::Consent(_) | What::Relationship { .. } | What::Notice { .. } => Hiding::Other(*controller),
            },
            Kind::Attempt { controller, .. } => Hiding::Other(*controller),
        }
    }
}

/// Makes of an erasure that would leave nothing behind one that leaves a tombstone; false: it is none.
fn leave_tombstone(item: &mut Item, kinds: &[Kind]) -> bool {
    let Some(Kind::Event(Template { controller, what: What::Vanished })) = kind_at(kinds, item.kind) else {
        return false;
    };
    let tombstone = Kind::Event(Template { controller: *controller, what: What::Erasure });
    let place = kinds.iter().position(|kind| *kind == tombstone).and_then(|place| u32::try_from(place).ok());
    item.kind = place.unwrap_or(item.kind);
    true
}

/// Does what was said for `whose` (none: every controller) reach `controller`?
fn covers(whose: Option<u16>, controller: Option<u16>) -> bool {
    whose.is_none() || whose == controller
}

fn event(item: &Item) -> Event {
    Event {
        at: (item.at != UNDATED).then(|| Timestamp::from_micros(item.at)),
        template: item.kind,
        until: (item.until != ENDLESS).then(|| Timestamp::from_micros(item.until)),
    }
}

/// Attempts are counted apart: that one has the id of a consent says nothing of either.
fn by_id(a: &Item, b: &Item, kinds: &[Kind], ids: &Ids) -> Ordering {
    let is_attempt = |item: &Item| matches!(kind(kinds, item), Some(Kind::Attempt { .. }));
    let by_text = || if a.id == b.id { Ordering::Equal } else { ids.text(a.id).cmp(&ids.text(b.id)) };
    is_attempt(a).cmp(&is_attempt(b)).then_with(by_text)
}

fn by_content(a: &Item, b: &Item, kinds: &[Kind], ids: &Ids) -> Ordering {
    (a.kind, a.at).cmp(&(b.kind, b.at)).then_with(|| match kind_at(kinds, a.kind) {
        Some(kind) if kind.ends_one() => named(a, ids).cmp(&named(b, ids)),
        _ => a.until.cmp(&b.until),
    })
}

fn named<'a>(item: &Item, ids: &'a Ids) -> Option<&'a str> {
    ids.text(u32::try_from(item.until).ok()?)
}

fn kind<'a>(kinds: &'a [Kind], item: &Item) -> Option<&'a Kind> {
    kind_at(kinds, item.kind)
}

fn kind_at(kinds: &[Kind], place: u32) -> Option<&Kind> {
    kinds.get(index(place))
}

fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

fn len<T>(slice: &[T]) -> u64 {
    u64::try_from(slice.len()).unwrap_or(u64::MAX)
}
