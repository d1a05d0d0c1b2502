//! Decisions that were made before, each kept under everything that it depends on.
//!
//! A table of a fixed size that readers search without a lock and without writing to it. A slot begins a line of the
//! cache: a turn, which is odd while somebody writes, and words. Who reads takes the words only if the turn was
//! even and the same before and after; who finds a slot being written goes without it. Nothing here is ever needed
//! for an answer: what is not found is decided anew.
//!
//! A key is exact, no hash: two questions with one key that are *alike* too have one answer, as long as the instant lies
//! in the bounds that the entry names. What alike means is told by the words of the entry that are none of its own:
//! bounds for dates, or more of the key ([`super::likeness`]).

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Timestamp;
use crate::decision::{Decision, Parts};

use super::word::Word;

/// Decisions that were made before: so many slots (a power of two), each with so many words that tell who is alike.
pub(crate) struct Precedents<const SLOTS: usize, const ALIKE: usize> {
    slots: Box<[Slot<AtomicU64, ALIKE>]>,
}

/// A decision, and when it is one for others too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Precedent<const ALIKE: usize> {
    /// What is compared for equality; the highest bit is set.
    pub(crate) key: u64,
    /// For questions from this instant on,
    pub(crate) from: Timestamp,
    /// and before this one,
    pub(crate) to: Timestamp,
    /// about people who are alike by these words.
    pub(crate) alike: [u64; ALIKE],
    /// What was decided.
    pub(crate) decision: Decision,
    /// It is an allow that holds until this event on record ends (its place, at most six), which is for each person
    /// another instant.
    pub(crate) ends_with: Option<usize>,
}

/// What a precedent says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// This is the answer.
    Decision(Decision),
    /// It is, until the end of the event in this place.
    UntilItEnds(Decision, usize),
}

/// The bit that every key has: an empty slot's key has it not.
pub(crate) const KEPT: u64 = 1 << 63;

/// An entry lies in its own slot or in one of those that follow.
const WAYS: usize = 4;
/// Words of a slot beside its turn and those that tell who is alike.
const WORDS: usize = 5;
/// Above the basis: the verdict, in four bits.
const VERDICT: u32 = 8;
/// Above the verdict: zero, or the place of the event with which the allow ends, plus one, in three bits.
const ENDS_WITH: u32 = 12;
/// Above that, and one bit more: for how long it holds, in microseconds.
const LASTS: u32 = 16;

/// What a slot says: its own words, and those that tell who is alike.
type Words<const ALIKE: usize> = ([u64; WORDS], [u64; ALIKE]);

impl<const SLOTS: usize, const ALIKE: usize> Precedents<SLOTS, ALIKE> {
    /// The high bits of a spread key that choose its slot lie above so many others.
    const LOW_BITS: u32 = {
        assert!(SLOTS.is_power_of_two());
        u64::BITS.saturating_sub(SLOTS.ilog2())
    };

    pub(crate) fn new() -> Self {
        Self { slots: (0..SLOTS).map(|_| Slot::default()).collect() }
    }

    /// What a precedent with this key says that holds at this instant for those who are alike.
    ///
    /// `spread` is the key, or a number that tells more apart: where precedents are looked for.
    pub(crate) fn find(
        &self,
        (key, spread): (u64, u64),
        at: Timestamp,
        is_alike: impl Fn(&[u64; ALIKE]) -> bool,
    ) -> Option<Found> {
        self.ways(spread).take_while(|slot| slot.key() != 0).find_map(|slot| slot.find(key, at, &is_alike))
    }

    /// The same if it is the answer as it is and lies in its own slot, as most do.
    #[inline(always)]
    pub(crate) fn find_at_once(
        &self,
        key: u64,
        at: Timestamp,
        is_alike: impl Fn(&[u64; ALIKE]) -> bool,
    ) -> Option<Decision> {
        match self.slots.get(Self::own_slot(key))?.find(key, at, is_alike) {
            Some(Found::Decision(decision)) => Some(decision),
            Some(Found::UntilItEnds(..)) | None => None,
        }
    }

    /// Keeps a precedent, in place of one that is of no use any more or of any other. `is_narrower`: these words are alike
    /// to nobody who is not alike to the new one.
    pub(crate) fn keep(
        &self,
        precedent: &Precedent<ALIKE>,
        spread: u64,
        at: Timestamp,
        is_narrower: impl Fn(&[u64; ALIKE]) -> bool,
    ) {
        let Some(words) = pack(precedent) else { return };
        let is_free = |slot: &&Slot<AtomicU64, ALIKE>| {
            let held = slot.key();
            // Outlived, or for fewer dates.
            let is_useless = |(words, alike): Words<ALIKE>| {
                !holds(&words, held, at) || (held == precedent.key && is_narrower(&alike))
            };
            held == 0 || slot.read().is_some_and(is_useless)
        };
        // Which one has to go is left to chance: the low bits and the instant tell nothing of its use.
        let any = (spread ^ at.micros() as u64) as usize % WAYS;
        let chosen = self.ways(spread).find(is_free).or_else(|| self.ways(spread).nth(any));
        if let Some(slot) = chosen {
            slot.write(words, precedent.alike);
        }
    }

    fn ways(&self, spread: u64) -> impl Iterator<Item = &Slot<AtomicU64, ALIKE>> {
        let own = Self::own_slot(spread);
        (own..own.wrapping_add(WAYS)).filter_map(|slot| self.slots.get(slot & SLOTS.wrapping_sub(1)))
    }

    /// The slot in which a key is looked for first.
    #[inline]
    const fn own_slot(key: u64) -> usize {
        // The golden ratio: the high bits of the product depend on all bits of the key.
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> Self::LOW_BITS) as usize
    }
}

impl<const SLOTS: usize, const ALIKE: usize> std::fmt::Debug for Precedents<SLOTS, ALIKE> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kept = self.slots.iter().filter(|slot| slot.key() != 0).count();
        write!(f, "Precedents({kept} of {SLOTS})")
    }
}

/// The words of a precedent; none where they cannot hold it.
fn pack<const ALIKE: usize>(precedent: &Precedent<ALIKE>) -> Option<[u64; WORDS]> {
    let Precedent { key, from, to, alike: _, decision, ends_with } = *precedent;
    let parts = decision.parts();
    let ends_with = match ends_with {
        Some(place) => place.checked_add(1).filter(|place| *place < 8)? as u64,
        None => 0,
    };
    let lasts = u64::try_from(to.micros().checked_sub(from.micros())?).ok().filter(|lasts| *lasts < 1 << 48)?;
    Some([
        key,
        from.micros() as u64,
        lasts << LASTS | ends_with << ENDS_WITH | u64::from(parts.verdict) << VERDICT | u64::from(parts.basis),
        parts.instant as u64,
        u64::from(parts.reasons) << 32 | u64::from(parts.obligations),
    ])
}

/// Do these words have this key, and hold at this instant?
#[inline]
const fn holds(words: &[u64; WORDS], key: u64, at: Timestamp) -> bool {
    let [held, from, lasts, ..] = words;
    let since = at.micros().wrapping_sub(*from as i64) as u64;
    (*held == key) & (at.micros() >= *from as i64) & (since < *lasts >> LASTS)
}

/// What these words say.
#[inline]
const fn found(words: &[u64; WORDS]) -> Found {
    let [_, _, lasts, instant, sets] = words;
    let decision = Decision::from_parts(Parts {
        verdict: (*lasts >> VERDICT) as u8 & 0xf,
        basis: *lasts as u8,
        instant: *instant as i64,
        reasons: (*sets >> 32) as u32,
        obligations: *sets as u32,
    });
    match (*lasts >> ENDS_WITH) as usize & 7 {
        0 => Found::Decision(decision),
        place => Found::UntilItEnds(decision, place.wrapping_sub(1)),
    }
}

/// Lines of the cache that are read and written as a whole.
#[repr(align(64))]
struct Slot<W, const ALIKE: usize> {
    /// Odd while the words are being written.
    turn: W,
    words: [W; WORDS],
    alike: [W; ALIKE],
}

impl<W: Word, const ALIKE: usize> Default for Slot<W, ALIKE> {
    fn default() -> Self {
        Self {
            turn: W::default(),
            words: std::array::from_fn(|_| W::default()),
            alike: std::array::from_fn(|_| W::default()),
        }
    }
}

impl<W: Word, const ALIKE: usize> Slot<W, ALIKE> {
    /// The first word, whoever wrote it: to see whether the others are worth a look.
    #[inline]
    fn key(&self) -> u64 {
        let [key, ..] = &self.words;
        key.load(Ordering::Relaxed)
    }

    /// What it says to this question.
    #[inline(always)]
    fn find(&self, key: u64, at: Timestamp, is_alike: impl Fn(&[u64; ALIKE]) -> bool) -> Option<Found> {
        if self.key() != key {
            return None;
        }
        let (words, alike) = self.read()?;
        (holds(&words, key, at) & is_alike(&alike)).then(|| found(&words))
    }

    /// The words, all of one writing; none while they are being written.
    #[inline]
    fn read(&self) -> Option<Words<ALIKE>> {
        let before = self.turn.load(Ordering::Acquire);
        let words = self.words.each_ref().map(|word| word.load(Ordering::Relaxed));
        let alike = self.alike.each_ref().map(|word| word.load(Ordering::Relaxed));
        // The words are read before the turn is read again.
        W::fence(Ordering::Acquire);
        let after = self.turn.load(Ordering::Relaxed);
        (before == after && before.is_multiple_of(2)).then_some((words, alike))
    }

    /// Writes all words, unless somebody else is writing.
    fn write(&self, words: [u64; WORDS], alike: [u64; ALIKE]) {
        let turn = self.turn.load(Ordering::Relaxed);
        if !turn.is_multiple_of(2) || !self.turn.take(turn, turn.wrapping_add(1)) {
            return;
        }
        // Who sees one of the words written below sees that the turn was odd.
        W::fence(Ordering::Release);
        let values = words.into_iter().chain(alike);
        for (word, value) in self.words.iter().chain(&self.alike).zip(values) {
            word.store(value, Ordering::Relaxed);
        }
        self.turn.store(turn.wrapping_add(2), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::super::word::Watched;
    use super::*;
    use crate::vocabulary::{Basis, Obligation, ObligationSet, Reason, ReasonSet};

    fn explore(read: fn(&Slot<Watched, 2>) -> Option<Words<2>>) {
        let mut bounded = loom::model::Builder::new();
        bounded.preemption_bound = Some(2);
        bounded.check(move || {
            let slot = loom::sync::Arc::new(Slot::<Watched, 2>::default());
            let writers: Vec<_> = [1, 2]
                .map(|value| {
                    let slot = loom::sync::Arc::clone(&slot);
                    loom::thread::spawn(move || slot.write([value; WORDS], [value; 2]))
                })
                .into_iter()
                .collect();
            if let Some(([first, ..], [.., last])) = read(&slot) {
                assert_eq!(first, last, "words of two writings");
            }
            writers.into_iter().for_each(|writer| writer.join().unwrap());
        });
    }

    #[test]
    fn no_slot_is_read_half_written() {
        explore(Slot::read);
    }

    #[test]
    #[should_panic(expected = "words of two writings")]
    fn reading_the_turn_once_would_be_wrong() {
        explore(|slot| {
            let before = slot.turn.load(Ordering::Acquire);
            let words = slot.words.each_ref().map(|word| word.load(Ordering::Relaxed));
            let alike = slot.alike.each_ref().map(|word| word.load(Ordering::Relaxed));
            before.is_multiple_of(2).then_some((words, alike))
        });
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    /// For those whose two words are these.
    fn precedent(key: u64) -> Precedent<2> {
        let decision = Decision::of(ReasonSet::EMPTY, Some(Basis::Consent))
            .with_obligations(ObligationSet::of(&[Obligation::CallerAuthorised]))
            .with_valid_until(Some(at(77)));
        Precedent { key: key | KEPT, from: at(10), to: at(20), alike: [3, 5], decision, ends_with: None }
    }

    const SLOTS: usize = 1 << 12;
    type Table = Precedents<SLOTS, 2>;

    fn keep(table: &Table, kept: &Precedent<2>, instant: i64) {
        table.keep(kept, kept.key, at(instant), |alike| *alike == kept.alike);
    }

    fn find(table: &Table, key: u64, instant: i64) -> Option<Found> {
        table.find((key, key), at(instant), |alike| *alike == [3, 5])
    }

    #[test]
    fn a_precedent_is_found_within_its_bounds_only() {
        let table = Table::new();
        let kept = precedent(7);
        keep(&table, &kept, 10);
        for instant in [10, 19] {
            assert_eq!(find(&table, kept.key, instant), Some(Found::Decision(kept.decision)));
        }
        for (key, instant) in [(kept.key, 9), (kept.key, 20), (kept.key, i64::MIN), (8 | KEPT, 10), (0, 10)] {
            assert_eq!(find(&table, key, instant), None, "{key} at {instant}");
        }
        assert_eq!(table.find((kept.key, kept.key), at(10), |alike| *alike == [3, 6]), None);
        assert_eq!(table.find_at_once(kept.key, at(10), |alike| *alike == [3, 5]), Some(kept.decision));
        assert_eq!(table.find_at_once(kept.key, at(10), |alike| *alike == [4, 5]), None);
    }

    #[test]
    fn every_kind_of_decision_comes_back_as_it_was() {
        let deferred = Decision::because(Reason::OutsideHours).with_retry_at(Some(at(1_795_446_000_000_000)));
        let reviewed = Decision::because(Reason::RuleNeedsReview);
        let denied = Decision::of(ReasonSet::of(&[Reason::Erased, Reason::SilencePeriod]), None);
        for (key, decision) in (1..).zip([precedent(1).decision, deferred, reviewed, denied]) {
            let table = Table::new();
            let kept = Precedent { decision, ..precedent(key) };
            keep(&table, &kept, 10);
            assert_eq!(find(&table, kept.key, 10), Some(Found::Decision(decision)));
        }
        for place in 0..=6 {
            let table = Table::new();
            let kept = Precedent { ends_with: Some(place), ..precedent(9) };
            keep(&table, &kept, 10);
            assert_eq!(find(&table, kept.key, 10), Some(Found::UntilItEnds(kept.decision, place)));
        }
        let table = Table::new();
        keep(&table, &Precedent { ends_with: Some(7), ..precedent(9) }, 10);
        assert_eq!(find(&table, 9 | KEPT, 10), None, "no room for its place");
    }

    #[test]
    fn a_full_table_forgets_and_never_confuses() {
        let table = Table::new();
        let decided = |key: u64| precedent(key).decision.with_valid_until(Some(at(key as i64)));
        for key in 1..20_000 {
            keep(&table, &Precedent { decision: decided(key), ..precedent(key) }, 10);
        }
        let found = (1..20_000).filter(|key| {
            let found = find(&table, key | KEPT, 10);
            assert!(found.is_none_or(|found| found == Found::Decision(decided(*key))));
            found.is_some()
        });
        assert!(found.count() > SLOTS * 3 / 4);
    }

    #[test]
    fn what_is_of_no_use_any_more_goes_first() {
        let table = Table::new();
        let old = precedent(7);
        keep(&table, &old, 10);
        keep(&table, &Precedent { from: at(20), to: at(30), ..old }, 20);
        assert_eq!(table.slots.iter().filter(|slot| slot.key() != 0).count(), 1);
        assert_eq!(find(&table, old.key, 25), Some(Found::Decision(old.decision)));
        keep(&table, &Precedent { from: at(20), to: at(30), alike: [1, 1], ..old }, 20);
        assert_eq!(table.slots.iter().filter(|slot| slot.key() != 0).count(), 2, "others are alike to that one");
        assert_eq!(find(&table, old.key, 25), Some(Found::Decision(old.decision)));
    }
}
