//! Who is like whom to a question: numbers that it cannot tell apart have one key.
//!
//! A key holds, each compared for equality: the number's place in the number plan (those that are judged alike count as
//! one), party and line of the lead, which copies of registries cover the number, the lists that name it (those that the question asks about), what kind of
//! event is on record (none, or one), and whether the gate's clock was asked. What is not the same for all of them,
//! the event's date, is compared with the bounds that a precedent names.
//!
//! A longer history has a [`sequence`](super::sequence) beside its key.

use std::collections::{BTreeMap, HashMap};

use crate::rules::Rules;
use crate::snapshot::Snapshot;
use crate::timestamp::DAY;
use crate::vocabulary::{ListKind, PurposeClass};
use crate::{Number, Timestamp};

use super::bounds::Span;
use super::place::Spot;
use super::precedents::KEPT;
use super::question::{Prefix, Question, TemplateView};

/// What a question can tell apart.
#[derive(Debug)]
pub(crate) struct Likeness {
    /// For each combination of lists, the one that is on no list first, the group that it is in, as its part of a key.
    combinations: Vec<u64>,
    /// The same for each profile of a simple event; zero: as if there were no event.
    profiles: Vec<u64>,
    covers: Covers,
}

/// In no group: there are too many, or it has something that is not kept. The groups' numbers lie below.
pub(super) const ALONE: u16 = 1 << 15;
/// Where the group of the lists lies in a key; that of the event lies in the lowest bits.
const LISTS: u32 = 16;
/// Bits that no key has: some part of it is in no group.
const NO_KEY: u64 = (ALONE as u64) << LISTS | ALONE as u64;

/// An event that ends later than this after its instant, or before it, is in no group.
const LASTS_AT_MOST: i64 = 200 * 366 * DAY;

impl Likeness {
    /// What this question can tell apart; none: its answers are not kept.
    pub(crate) fn new(question: &Question, rules: &Rules, snapshot: &Snapshot) -> Option<Self> {
        // These ask for more than is compared here.
        if matches!(question.class, PurposeClass::Emergency | PurposeClass::OptOutConfirmation) {
            return None;
        }
        let matters = lists_that_matter(question);
        let mut groups = Groups::default();
        let combinations = std::iter::once(&Vec::new())
            .chain(snapshot.combinations())
            .map(|lists| {
                let lists = lists.iter().copied().filter(|list| matters.get(usize::from(*list)) == Some(&true));
                u64::from(groups.of(lists.collect::<Vec<u16>>())) << LISTS
            })
            .collect();
        // The first group is the one of an event that the question does not ask about.
        let mut groups = Groups::default();
        groups.of(None);
        let profiles = snapshot
            .profiles()
            .map(|(template, dated, lasts)| {
                let view = question.template(template);
                u64::from(match (view, lasts) {
                    (TemplateView::Irrelevant, _) => groups.of(None),
                    (_, Some(lasts)) if !(0..=LASTS_AT_MOST).contains(&lasts) => ALONE,
                    _ => groups.of(Some((view, dated, lasts))),
                })
            })
            .collect();
        Some(Self { combinations, profiles, covers: Covers::new(question, rules) })
    }

    /// The key of a number at this spot, with these lists (the number of its combination plus one) and this event (the
    /// index of its profile); none: it is like no other.
    #[inline]
    pub(crate) fn key(
        &self,
        spot: Spot,
        number: Number,
        listed: u64,
        profile: Option<usize>,
        by_clock: bool,
    ) -> Option<u64> {
        let lists = self.combinations.get(listed as usize)?;
        let event = match profile {
            None => 0,
            Some(profile) => *self.profiles.get(profile)?,
        };
        let cover = self.covers.of(number)?;
        let groups = lists | event;
        let key = KEPT | u64::from(by_clock) << 62 | cover << 50 | spot.code() << 32 | groups;
        (groups & NO_KEY == 0).then_some(key)
    }
}

/// The words of a precedent for one simple event, or none, with these dates.
pub(crate) const fn dates(Span { first, last }: Span) -> [u64; 2] {
    [first.micros() as u64, last.micros() as u64]
}

/// Is it a precedent for every date between these?
#[inline]
pub(crate) const fn is_for_dates([first, last]: &[u64; 2], [earliest, latest]: [Timestamp; 2]) -> bool {
    (*first as i64 <= earliest.micros()) & (latest.micros() <= *last as i64)
}

/// Are these dates among those? Words of one simple event.
pub(crate) fn is_within(words: &[u64; 2], wider: &[u64; 2]) -> bool {
    is_for_dates(wider, words.map(|word| Timestamp::from_micros(word as i64)))
}

/// Numbers for things in the order in which they are first met.
pub(super) struct Groups<T>(HashMap<T, u16>);

impl<T> Default for Groups<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + std::hash::Hash> Groups<T> {
    pub(super) fn of(&mut self, thing: T) -> u16 {
        let next = u16::try_from(self.0.len()).unwrap_or(ALONE);
        if next >= ALONE {
            return self.0.get(&thing).copied().unwrap_or(ALONE);
        }
        *self.0.entry(thing).or_insert(next)
    }
}

/// For each list whether any answer to the question may depend on it.
fn lists_that_matter(question: &Question) -> Vec<bool> {
    let binds = |list: &super::question::ListView| match list.kind {
        ListKind::Reassigned => true,
        ListKind::OptOut | ListKind::Block => list.binds,
        ListKind::Registry => false,
    };
    let mut matters: Vec<bool> = question.lists.iter().map(binds).collect();
    let copies = question.packs.iter().flat_map(|pack| &pack.registries).flat_map(|registry| &registry.copies);
    for copy in copies {
        if let Some(list) = matters.get_mut(usize::from(copy.list)) {
            *list = true;
        }
    }
    matters
}

/// Which copies of registries cover a number, where some cover parts of the plan only.
#[derive(Debug, Default)]
struct Covers {
    /// Where the answer may change, ascending, as if all numbers had fifteen digits, with the group from there on.
    /// None: every copy covers everything.
    edges: Vec<(u64, u16)>,
    /// Digits of the longest prefix: a shorter number is not looked at.
    digits: u32,
}

/// As many as there is room for in a key.
const MOST_COVERS: u16 = 1 << 12;

impl Covers {
    fn new(question: &Question, rules: &Rules) -> Self {
        let in_use = question.packs.iter().zip(&rules.packs).flat_map(|(pack, _)| &pack.registries);
        let partial: Vec<&[Prefix]> =
            in_use.flat_map(|registry| &registry.copies).filter_map(|copy| copy.covers.as_deref()).collect();
        if partial.is_empty() {
            return Self::default();
        }
        let all = || partial.iter().copied().flatten();
        let mut edges: Vec<u64> = all().flat_map(|prefix| prefix.span()).chain([0]).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut groups: BTreeMap<Vec<usize>, u16> = BTreeMap::new();
        let edges = edges
            .into_iter()
            .map(|edge| {
                let covers = |prefixes: &[Prefix]| {
                    prefixes.iter().map(|prefix| prefix.span()).any(|[first, end]| first <= edge && edge < end)
                };
                let copies = partial.iter().enumerate().filter(|(_, prefixes)| covers(prefixes));
                let next = u16::try_from(groups.len()).unwrap_or(ALONE);
                (edge, *groups.entry(copies.map(|(copy, _)| copy).collect()).or_insert(next))
            })
            .collect();
        Self { edges, digits: all().map(|prefix| prefix.digits()).max().unwrap_or_default() }
    }

    #[inline]
    fn of(&self, number: Number) -> Option<u64> {
        if self.edges.is_empty() {
            return Some(0);
        }
        self.group(number).map(u64::from)
    }

    fn group(&self, number: Number) -> Option<u16> {
        let number = number.as_u64();
        let digits = number.checked_ilog10().map_or(1, |log| log.saturating_add(1));
        if digits < self.digits {
            return None;
        }
        let unit = 15_u32.checked_sub(digits).and_then(|missing| 10_u64.checked_pow(missing))?;
        let widened = number.checked_mul(unit)?;
        let after = self.edges.partition_point(|(edge, _)| *edge <= widened);
        let (_, group) = self.edges.get(after.checked_sub(1)?)?;
        (*group < MOST_COVERS).then_some(*group)
    }
}
