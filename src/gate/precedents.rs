//! Decisions that were made before, each kept under everything that it depends on.
//!
//! A table of a fixed size that readers search without a lock and without writing to it. A slot is one line of the
//! cache: a turn, which is odd while somebody writes, and seven words. Who reads takes the words only if the turn was
//! even and the same before and after; who finds a slot being written goes without it. Nothing here is ever needed
//! for an answer: what is not found is decided anew.
//!
//! A key is exact, no hash: two questions with one key have one answer, as long as instant and dates lie in the
//! bounds that the entry names.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Timestamp;
use crate::decision::{Decision, Parts};

use super::word::Word;

/// Decisions that were made before.
pub(crate) struct Precedents {
    slots: Box<[Slot<AtomicU64>]>,
}

/// A decision, and when it is one for others too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Precedent {
    /// Everything that it depends on and that is compared for equality; the highest bit is set.
    pub(crate) key: u64,
    /// For questions from this instant on,
    pub(crate) from: Timestamp,
    /// and before this one.
    pub(crate) to: Timestamp,
    /// If the date on record is neither earlier than the first of these
    pub(crate) first: Timestamp,
    /// nor later than the last.
    pub(crate) last: Timestamp,
    /// What was decided.
    pub(crate) decision: Decision,
    /// It is an allow that holds until the event on record ends, which is for each date another instant.
    pub(crate) ends_itself: bool,
}

/// What a precedent says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// This is the answer.
    Decision(Decision),
    /// It is, until the end of the event on record.
    UntilItEnds(Decision),
}

/// The bit that every key has: an empty slot's key has it not.
pub(crate) const KEPT: u64 = 1 << 63;

/// Slots of a table: 256 KiB. A campaign all over the United States fills half of them.
const SLOTS: usize = 1 << 12;
/// The high bits of a spread key that choose its slot lie above so many others.
const LOW_BITS: u32 = u64::BITS.saturating_sub(SLOTS.ilog2());
/// An entry lies in its own slot or in one of those that follow.
const WAYS: usize = 4;
/// Words of a slot beside its turn.
const WORDS: usize = 7;
/// Beside the verdict: the allow holds until the event on record ends.
const ENDS_ITSELF: u64 = 1 << 15;
/// The bits of the verdict.
const VERDICT: u8 = 0x7f;

impl Precedents {
    pub(crate) fn new() -> Self {
        Self { slots: (0..SLOTS).map(|_| Slot::default()).collect() }
    }

    /// What a precedent with this key says that holds at this instant for dates between these.
    pub(crate) fn find(&self, key: u64, at: Timestamp, between: [Timestamp; 2]) -> Option<Found> {
        self.ways(key).take_while(|slot| slot.key() != 0).find_map(|slot| slot.find(key, at, between))
    }

    /// The same if it is the answer as it is and lies in its own slot, as most do.
    #[inline(always)]
    pub(crate) fn find_at_once(&self, key: u64, at: Timestamp, between: [Timestamp; 2]) -> Option<Decision> {
        match self.slots.get(own_slot(key))?.find(key, at, between) {
            Some(Found::Decision(decision)) => Some(decision),
            Some(Found::UntilItEnds(_)) | None => None,
        }
    }

    /// Keeps a precedent, in place of one that is of no use any more or of any other.
    pub(crate) fn keep(&self, precedent: &Precedent, at: Timestamp) {
        let Some(words) = pack(precedent) else { return };
        let is_free = |slot: &&Slot<AtomicU64>| {
            let held = slot.key();
            // Outlived, or for fewer dates.
            let is_useless = |words: [u64; WORDS]| {
                !holds(&words, held, at) || (held == precedent.key && bears_no_more(&words, precedent))
            };
            held == 0 || slot.read().is_some_and(is_useless)
        };
        // Which one has to go is left to chance: the key's low bits and the instant tell nothing of its use.
        let any = (precedent.key ^ at.micros() as u64) as usize % WAYS;
        let chosen = self.ways(precedent.key).find(is_free).or_else(|| self.ways(precedent.key).nth(any));
        if let Some(slot) = chosen {
            slot.write(words);
        }
    }

    fn ways(&self, key: u64) -> impl Iterator<Item = &Slot<AtomicU64>> {
        let own = own_slot(key);
        (own..own.wrapping_add(WAYS)).filter_map(|slot| self.slots.get(slot % SLOTS))
    }
}

/// The slot in which a key is looked for first.
#[inline]
const fn own_slot(key: u64) -> usize {
    // The golden ratio: the high bits of the product depend on all bits of the key.
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> LOW_BITS) as usize
}

impl std::fmt::Debug for Precedents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kept = self.slots.iter().filter(|slot| slot.key() != 0).count();
        write!(f, "Precedents({kept} of {SLOTS})")
    }
}

/// The words of a precedent; none where its span is too long for them.
fn pack(precedent: &Precedent) -> Option<[u64; WORDS]> {
    let Precedent { key, from, to, first, last, decision, ends_itself } = *precedent;
    let parts = decision.parts();
    let ends_itself = if ends_itself { ENDS_ITSELF } else { 0 };
    let lasts = u64::try_from(to.micros().checked_sub(from.micros())?).ok().filter(|lasts| *lasts < 1 << 48)?;
    Some([
        key,
        from.micros() as u64,
        lasts << 16 | ends_itself | u64::from(parts.verdict) << 8 | u64::from(parts.basis),
        first.micros() as u64,
        last.micros() as u64,
        parts.instant as u64,
        u64::from(parts.reasons) << 32 | u64::from(parts.obligations),
    ])
}

/// Do these words have this key, and hold at this instant?
#[inline]
const fn holds(words: &[u64; WORDS], key: u64, at: Timestamp) -> bool {
    let [held, from, lasts, ..] = words;
    let since = at.micros().wrapping_sub(*from as i64) as u64;
    (*held == key) & (at.micros() >= *from as i64) & (since < *lasts >> 16)
}

/// Do they hold for every date between these?
#[inline]
const fn bears(words: &[u64; WORDS], earliest: Timestamp, latest: Timestamp) -> bool {
    let [_, _, _, first, last, ..] = words;
    (*first as i64 <= earliest.micros()) & (latest.micros() <= *last as i64)
}

/// Do they hold for no date that this one does not hold for?
const fn bears_no_more(words: &[u64; WORDS], than: &Precedent) -> bool {
    let [_, _, _, first, last, ..] = words;
    than.first.micros() <= *first as i64 && *last as i64 <= than.last.micros()
}

/// What these words say.
#[inline]
const fn found(words: &[u64; WORDS]) -> Found {
    let [_, _, lasts, _, _, instant, sets] = words;
    let decision = Decision::from_parts(Parts {
        verdict: (*lasts >> 8) as u8 & VERDICT,
        basis: *lasts as u8,
        instant: *instant as i64,
        reasons: (*sets >> 32) as u32,
        obligations: *sets as u32,
    });
    if *lasts & ENDS_ITSELF == 0 { Found::Decision(decision) } else { Found::UntilItEnds(decision) }
}

/// One line of the cache, read and written as a whole.
#[repr(align(64))]
struct Slot<W> {
    /// Odd while the words are being written.
    turn: W,
    words: [W; WORDS],
}

impl<W: Word> Default for Slot<W> {
    fn default() -> Self {
        Self { turn: W::default(), words: std::array::from_fn(|_| W::default()) }
    }
}

impl<W: Word> Slot<W> {
    /// The first word, whoever wrote it: to see whether the others are worth a look.
    #[inline]
    fn key(&self) -> u64 {
        let [key, ..] = &self.words;
        key.load(Ordering::Relaxed)
    }

    /// What it says to this question.
    #[inline(always)]
    fn find(&self, key: u64, at: Timestamp, between: [Timestamp; 2]) -> Option<Found> {
        if self.key() != key {
            return None;
        }
        let [earliest, latest] = between;
        let words = self.read()?;
        (holds(&words, key, at) & bears(&words, earliest, latest)).then(|| found(&words))
    }

    /// The words, all of one writing; none while they are being written.
    #[inline]
    fn read(&self) -> Option<[u64; WORDS]> {
        let before = self.turn.load(Ordering::Acquire);
        let words = self.words.each_ref().map(|word| word.load(Ordering::Relaxed));
        // The words are read before the turn is read again.
        W::fence(Ordering::Acquire);
        let after = self.turn.load(Ordering::Relaxed);
        (before == after && before.is_multiple_of(2)).then_some(words)
    }

    /// Writes all words, unless somebody else is writing.
    fn write(&self, words: [u64; WORDS]) {
        let turn = self.turn.load(Ordering::Relaxed);
        if !turn.is_multiple_of(2) || !self.turn.take(turn, turn.wrapping_add(1)) {
            return;
        }
        // Who sees one of the words written below sees that the turn was odd.
        W::fence(Ordering::Release);
        for (word, value) in self.words.iter().zip(words) {
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

    fn explore(read: fn(&Slot<Watched>) -> Option<[u64; WORDS]>) {
        let mut bounded = loom::model::Builder::new();
        bounded.preemption_bound = Some(2);
        bounded.check(move || {
            let slot = loom::sync::Arc::new(Slot::<Watched>::default());
            let writers: Vec<_> = [1, 2]
                .map(|value| {
                    let slot = loom::sync::Arc::clone(&slot);
                    loom::thread::spawn(move || slot.write([value; WORDS]))
                })
                .into_iter()
                .collect();
            if let Some([first, .., last]) = read(&slot) {
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
            before.is_multiple_of(2).then_some(words)
        });
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    fn precedent(key: u64) -> Precedent {
        let decision = Decision::of(ReasonSet::EMPTY, Some(Basis::Consent))
            .with_obligations(ObligationSet::of(&[Obligation::CallerAuthorised]))
            .with_valid_until(Some(at(77)));
        Precedent {
            key: key | KEPT,
            from: at(10),
            to: at(20),
            first: at(-5),
            last: at(5),
            decision,
            ends_itself: false,
        }
    }

    #[test]
    fn a_precedent_is_found_within_its_bounds_only() {
        let table = Precedents::new();
        let kept = precedent(7);
        table.keep(&kept, at(10));
        let find = |key, instant, between: [i64; 2]| table.find(key, at(instant), between.map(at));
        for (instant, between) in [(10, [-5, 5]), (19, [0, 0])] {
            assert_eq!(find(kept.key, instant, between), Some(Found::Decision(kept.decision)));
        }
        for (key, instant, between) in [
            (kept.key, 9, [0, 0]),
            (kept.key, 20, [0, 0]),
            (kept.key, i64::MIN, [0, 0]),
            (kept.key, 10, [-6, 0]),
            (kept.key, 10, [0, 6]),
            (8 | KEPT, 10, [0, 0]),
            (0, 10, [0, 0]),
        ] {
            assert_eq!(find(key, instant, between), None, "{key} at {instant} for {between:?}");
        }
    }

    #[test]
    fn every_kind_of_decision_comes_back_as_it_was() {
        let deferred = Decision::because(Reason::OutsideHours).with_retry_at(Some(at(1_795_446_000_000_000)));
        let reviewed = Decision::because(Reason::RuleNeedsReview);
        let denied = Decision::of(ReasonSet::of(&[Reason::Erased, Reason::SilencePeriod]), None);
        for (key, decision) in (1..).zip([precedent(1).decision, deferred, reviewed, denied]) {
            let table = Precedents::new();
            let kept = Precedent { decision, ..precedent(key) };
            table.keep(&kept, at(10));
            assert_eq!(table.find(kept.key, at(10), [at(0); 2]), Some(Found::Decision(decision)));
        }
        let table = Precedents::new();
        let kept = Precedent { ends_itself: true, ..precedent(9) };
        table.keep(&kept, at(10));
        assert_eq!(table.find(kept.key, at(10), [at(0); 2]), Some(Found::UntilItEnds(kept.decision)));
    }

    #[test]
    fn a_full_table_forgets_and_never_confuses() {
        let table = Precedents::new();
        let decided = |key: u64| precedent(key).decision.with_valid_until(Some(at(key as i64)));
        for key in 1..20_000 {
            table.keep(&Precedent { decision: decided(key), ..precedent(key) }, at(10));
        }
        let found = (1..20_000).filter(|key| {
            let found = table.find(key | KEPT, at(10), [at(0); 2]);
            assert!(found.is_none_or(|found| found == Found::Decision(decided(*key))));
            found.is_some()
        });
        assert!(found.count() > SLOTS * 3 / 4);
    }

    #[test]
    fn what_is_of_no_use_any_more_goes_first() {
        let table = Precedents::new();
        let old = precedent(7);
        table.keep(&old, at(10));
        table.keep(&Precedent { from: at(20), to: at(30), ..old }, at(20));
        assert_eq!(table.slots.iter().filter(|slot| slot.key() != 0).count(), 1);
        assert_eq!(table.find(old.key, at(25), [at(0); 2]), Some(Found::Decision(old.decision)));
    }
}
