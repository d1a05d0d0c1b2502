//! A history of a few events, told apart from others as far as a question can.
//!
//! Compared for equality: the kind of each event, whether it ends, and which of them are of one date. What remains are
//! their dates and ends, which are compared with the bounds that a precedent names. Events are in order of time, so
//! nothing else is to be said of which is earlier.

use crate::Timestamp;
use crate::event::Event;

use super::bounds::{EVENTS, Spans};
use super::likeness::{ALONE, Groups, dates, is_for_dates, is_within};
use super::question::Question;

/// What the events of a question's templates have in common.
#[derive(Debug)]
pub(crate) struct Kinds {
    /// For each template the group of an undated event and of a dated one.
    templates: Vec<[u16; 2]>,
}

/// A history of a few events, as precedents are looked for and compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sequence {
    /// For each event its group, whether it ends after its date, and whether it is of the same date as the one before.
    code: u64,
    /// Date and end of each event; the epoch where there is none.
    dates: [[Timestamp; 2]; EVENTS],
}

/// Bits of an event in a code.
const EVENT_BITS: u32 = ALONE.ilog2() + 2;
/// The words of a precedent: the code, and for each event the first date and the last, the first end and the last.
pub(crate) const WORDS: usize = 1 + 4 * EVENTS;

// Every event has its bits in a code.
const _: () = assert!(EVENTS as u32 * EVENT_BITS <= u64::BITS);

impl Kinds {
    pub(crate) fn new(question: &Question) -> Self {
        let mut groups = Groups::default();
        // No event is in the first group: codes of fewer events are no codes of more.
        groups.of(None);
        let of_both = |view| [false, true].map(|dated| groups.of(Some((view, dated))));
        Self { templates: question.templates.iter().copied().map(of_both).collect() }
    }

    /// The sequence of these events; none: there are too many, or they are like no others.
    pub(crate) fn sequence(&self, events: &[Event]) -> Option<Sequence> {
        if events.len() > EVENTS {
            return None;
        }
        let mut sequence = Sequence { code: 0, dates: [[Timestamp::from_micros(0); 2]; EVENTS] };
        let mut before = None;
        for (event, [at, until]) in events.iter().zip(&mut sequence.dates) {
            let [of_undated, of_dated] = self.templates.get(usize::try_from(event.template).ok()?)?;
            let group = if event.at.is_some() { *of_dated } else { *of_undated };
            let never_was = event.until.is_some_and(|until| event.at.is_none_or(|at| until <= at));
            if never_was || event.at < before || group >= ALONE {
                return None;
            }
            let is_of_one_date = event.at.is_some() && event.at == before;
            let code = u64::from(group) << 2 | u64::from(event.until.is_some()) << 1 | u64::from(is_of_one_date);
            sequence.code = sequence.code << EVENT_BITS | code;
            before = event.at;
            *at = event.at.unwrap_or(*at);
            *until = event.until.unwrap_or(*until);
        }
        Some(sequence)
    }
}

impl Sequence {
    /// A number that tells most sequences apart that are under one key.
    pub(crate) const fn spread(&self, key: u64) -> u64 {
        // Odd, and with well spread bits.
        key ^ self.code.wrapping_mul(0xd6e8_feb8_6659_fd93)
    }

    /// The words of a precedent for those like this one with these dates.
    pub(crate) fn alike(&self, spans: &[Spans; EVENTS]) -> [u64; WORDS] {
        let mut words = [self.code; WORDS];
        let [_, rest @ ..] = &mut words;
        let spans = spans.iter().flat_map(|spans| [spans.at, spans.until]);
        for (words, span) in rest.as_chunks_mut().0.iter_mut().zip(spans) {
            *words = dates(span);
        }
        words
    }

    /// Is a precedent with these words one for this?
    pub(crate) fn is_alike(&self, [code, rest @ ..]: &[u64; WORDS]) -> bool {
        let mut spans = rest.as_chunks().0.iter().zip(self.dates.as_flattened());
        *code == self.code && spans.all(|(words, instant)| is_for_dates(words, [*instant; 2]))
    }
}

/// Is a precedent with these words for nobody whom one with those words is not for?
pub(crate) fn is_narrower([code, rest @ ..]: &[u64; WORDS], [other, others @ ..]: &[u64; WORDS]) -> bool {
    let mut spans = rest.as_chunks().0.iter().zip(others.as_chunks().0);
    code == other && spans.all(|(own, wider)| is_within(own, wider))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;
    use crate::gate::bounds::Span;

    /// Two kinds of events, and one that is like no other.
    fn kinds() -> Kinds {
        Kinds { templates: vec![[1, 2], [3, 4], [ALONE, ALONE]] }
    }

    fn event(template: u32, at: Option<i64>, until: Option<i64>) -> Event {
        let [at, until] = [at, until].map(|instant| instant.map(Timestamp::from_micros));
        Event { at, template, until }
    }

    fn dated(template: u32, at: i64) -> Event {
        event(template, Some(at), None)
    }

    #[test]
    fn what_a_question_can_tell_apart_has_another_code() {
        let histories = [
            vec![],
            vec![dated(0, 5)],
            vec![dated(1, 5)],
            vec![event(0, None, None)],
            vec![event(0, Some(5), Some(9))],
            vec![dated(0, 5), dated(0, 6)],
            vec![dated(0, 5), dated(0, 5)],
            vec![dated(0, 5), dated(1, 6)],
            vec![dated(1, 5), dated(0, 6)],
            vec![event(0, None, None), event(0, None, None)],
            vec![event(0, None, None), dated(0, 5)],
            vec![dated(0, 5), event(0, Some(6), Some(9))],
            vec![event(0, Some(5), Some(9)), dated(0, 6)],
            vec![dated(0, 5), dated(0, 6), dated(0, 7)],
            vec![dated(0, 5), dated(0, 5), dated(0, 7)],
            vec![dated(0, 5), dated(0, 6), dated(0, 6)],
        ];
        let codes: Vec<u64> = histories.iter().map(|events| kinds().sequence(events).unwrap().code).collect();
        for (place, code) in codes.iter().enumerate() {
            assert_eq!(codes.iter().position(|other| other == code), Some(place), "{:?}", histories.get(place));
        }
        let later = kinds().sequence(&[dated(0, 50), event(1, Some(60), Some(70))]).unwrap();
        let sooner = kinds().sequence(&[dated(0, 1), event(1, Some(2), Some(3))]).unwrap();
        assert_eq!(later.code, sooner.code, "their dates are compared apart");
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_like_nobody() {
        for events in [
            vec![dated(2, 5)],
            vec![dated(3, 5)],
            vec![dated(0, 6), dated(0, 5)],
            vec![dated(0, 5), event(0, None, None)],
            vec![event(0, Some(5), Some(5))],
            vec![event(0, Some(5), Some(4))],
            vec![event(0, None, Some(9))],
            vec![dated(0, 5); EVENTS + 1],
        ] {
            assert_eq!(kinds().sequence(&events), None, "{events:?}");
        }
    }

    #[test]
    fn a_precedent_is_for_dates_and_ends_within_its_spans() {
        let span =
            |first: i64, last: i64| Span { first: Timestamp::from_micros(first), last: Timestamp::from_micros(last) };
        let any = span(-1_000, 1_000);
        let bounds = [
            Spans { at: span(10, 20), until: any },
            Spans { at: any, until: span(60, 70) },
            Spans { at: any, until: any },
        ];
        let sequence =
            |first: i64, end: i64| kinds().sequence(&[dated(0, first), event(1, Some(30), Some(end))]).unwrap();
        let words = sequence(15, 65).alike(&bounds);
        for (first, end, expected) in
            [(10, 60, true), (20, 70, true), (9, 65, false), (21, 65, false), (15, 59, false), (15, 71, false)]
        {
            assert_eq!(sequence(first, end).is_alike(&words), expected, "{first} {end}");
        }
        let other = kinds().sequence(&[dated(1, 15), event(1, Some(30), Some(65))]).unwrap();
        assert!(!other.is_alike(&words), "another kind");
        let narrow = Spans { at: span(11, 20), until: any };
        let narrower = sequence(15, 65).alike(&[narrow, bounds[1], bounds[2]]);
        assert!(is_narrower(&narrower, &words) && !is_narrower(&words, &narrower));
        assert!(is_narrower(&words, &words) && !is_narrower(&other.alike(&bounds), &words));
    }
}
