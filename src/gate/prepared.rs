//! A question that is asked again and again, and what was answered before.
//!
//! The full way to an answer judges everything on record, and every change ahead until the answer ends. Most numbers
//! of a campaign are like others: their answers are kept ([`Precedents`]) under everything that the question can tell
//! apart ([`Likeness`]), for the span and the dates for which they hold ([`bounds`](super::bounds)). Those with one
//! simple event or none are answered from their two lines alone; for others, and where an overlay has its word on the
//! number, the history is read. Whatever is out of the ordinary goes the full way: attempts, entries under keyed hashes,
//! prefixes and ranges, histories of many events, places that the number plan does not have.

use crate::Number;
use crate::decision::Decision;
use crate::event::Event;
use crate::rules::Rules;
use crate::snapshot::{Person, Probe, Sight, Snapshot};
use crate::timestamp::Timestamp;

use super::bounds::{Bounds, bounds, ending};
use super::evaluate::Validity;
use super::few::Few;
use super::likeness::{Likeness, dates, is_for_dates, is_within};
use super::loaded::Loaded;
use super::place::Spot;
use super::precedents::{Found, Precedent, Precedents};
use super::question::Question;
use super::sequence::{self, Kinds, is_narrower};

/// A question with what was answered before.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) question: Question,
    /// None: answers are not kept.
    kept: Option<Kept>,
}

/// What was answered before, and who is like whom.
#[derive(Debug)]
struct Kept {
    likeness: Likeness,
    kinds: Kinds,
    /// About people with one simple event or none: 256 KiB. A campaign all over the United States fills half of it.
    simple: Precedents<4096, 2>,
    /// About others: 384 KiB.
    longer: Precedents<2048, { sequence::WORDS }>,
}

/// Who is asked about, where and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) number: Number,
    pub(crate) spot: Spot,
    pub(crate) probe: Probe,
    pub(crate) sight: Sight,
}

/// When a question is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When {
    pub(crate) at: Timestamp,
    /// Between which instants it is answered.
    pub(crate) validity: Validity,
    /// The gate's clock told the instant.
    pub(crate) by_clock: bool,
    /// The feed was heard of: something is answered.
    pub(crate) is_known: bool,
}

/// A decision, and for whom it is a precedent.
struct Judged {
    decision: Decision,
    /// Until when, and for which dates; none: it is not to be kept.
    bounds: Option<Bounds>,
    /// It is an allow that ends with the event in this place.
    ends_with: Option<usize>,
}

impl Prepared {
    pub(crate) fn new(question: Question, rules: &Rules, snapshot: &Snapshot) -> Self {
        let kept = Likeness::new(&question, rules, snapshot).map(|likeness| Kept {
            likeness,
            kinds: Kinds::new(&question),
            simple: Precedents::new(),
            longer: Precedents::new(),
        });
        Self { question, kept }
    }
}

impl Loaded {
    /// Puts the answer into its place, by a precedent where there is one.
    ///
    /// It is written there word by word: what was pieced together elsewhere would be read again before it is whole, and
    /// the processor waits for that.
    #[inline(always)]
    pub(crate) fn answer(&self, prepared: &Prepared, asked: &Asked, when: &When, place: &mut Decision) {
        let precedent = self.like(prepared, asked, when).and_then(|(kept, key, between)| {
            kept.simple.find_at_once(key, when.at, |words| is_for_dates(words, between))
        });
        match precedent {
            Some(decision) => *place = decision,
            None => self.answer_apart(prepared, asked, when, place),
        }
    }

    /// Where precedents are looked for, and with which dates; none: the two lines tell of nobody like this one.
    #[inline(always)]
    fn like<'a>(&self, prepared: &'a Prepared, asked: &Asked, when: &When) -> Option<(&'a Kept, u64, [Timestamp; 2])> {
        let kept = prepared.kept.as_ref()?;
        let sight = self.snapshot().sharpened(&asked.probe, asked.sight);
        let (profile, between) = match self.snapshot().person(sight) {
            Person::Nothing => (None, [when.at; 2]),
            Person::Simple { profile, between } => (Some(profile), between),
            Person::Longer => return None,
        };
        let key = kept.likeness.key(asked.spot, asked.number, sight.listed(), profile, when.by_clock)?;
        (when.is_known && self.is_ordinary(asked.number)).then_some((kept, key, between))
    }

    /// The answer of one whom no precedent answers as it is.
    #[inline(never)]
    fn answer_apart(&self, prepared: &Prepared, asked: &Asked, when: &When, place: &mut Decision) {
        *place = match self.like(prepared, asked, when) {
            Some((kept, key, between)) => {
                match kept.simple.find((key, key), when.at, |words| is_for_dates(words, between)) {
                    Some(Found::Decision(decision)) => decision,
                    Some(Found::UntilItEnds(decision, place)) => {
                        let event = self.snapshot().history(&asked.probe).nth(place);
                        decision.with_valid_until(event.and_then(|event| event.until))
                    }
                    None => self.set_precedent(&prepared.question, asked, when, (kept, key)),
                }
            }
            None => match self.answer_longer(prepared, asked, when) {
                Some(decision) => decision,
                None => self.answer_in_full(&prepared.question, asked, when),
            },
        };
    }

    /// The answer with everything judged anew.
    fn answer_in_full(&self, question: &Question, asked: &Asked, when: &When) -> Decision {
        let place = self.place_at(asked.spot, asked.number);
        let subject = self.subject(question.controller, asked.number, &asked.probe).at(when);
        self.decide(question, &place, &subject, when)
    }

    /// The same, kept for others with one simple event or none.
    fn set_precedent(&self, question: &Question, asked: &Asked, when: &When, (kept, key): (&Kept, u64)) -> Decision {
        let mut few = Few::new();
        let Some(events) = few.of(self.history(asked.number, &asked.probe), question) else {
            return self.answer_in_full(question, asked, when);
        };
        let Judged { decision, bounds, ends_with } = self.judge_for_others(question, asked, when, events);
        if let Some(Bounds { to, spans: [spans, ..] }) = bounds {
            let span = events.first().map_or(spans.at, |event| spans.of_date(event));
            let precedent = Precedent { key, from: when.at, to, alike: dates(span), decision, ends_with };
            kept.simple.keep(&precedent, key, when.at, |held| is_within(held, &precedent.alike));
        }
        decision
    }

    /// The answer by a history that has to be read, kept for others; none: nobody is like this one.
    fn answer_longer(&self, prepared: &Prepared, asked: &Asked, when: &When) -> Option<Decision> {
        let (question, kept) = (&prepared.question, prepared.kept.as_ref()?);
        if !when.is_known || !self.has_only_a_history(asked.number) {
            return None;
        }
        let mut few = Few::new();
        let events = few.of(self.history(asked.number, &asked.probe), question)?;
        let sequence = kept.kinds.sequence(events)?;
        let sight = self.snapshot().sharpened(&asked.probe, asked.sight);
        let key = kept.likeness.key(asked.spot, asked.number, sight.listed(), None, when.by_clock)?;
        let spread = sequence.spread(key);
        let precedents = &kept.longer;
        Some(match precedents.find((key, spread), when.at, |words| sequence.is_alike(words)) {
            Some(Found::Decision(decision)) => decision,
            Some(Found::UntilItEnds(decision, place)) => {
                decision.with_valid_until(events.get(place).and_then(|event| event.until))
            }
            None => {
                let Judged { decision, bounds, ends_with } = self.judge_for_others(question, asked, when, events);
                if let Some(Bounds { to, spans }) = bounds {
                    let alike = sequence.alike(&spans);
                    let precedent = Precedent { key, from: when.at, to, alike, decision, ends_with };
                    precedents.keep(&precedent, spread, when.at, |held| is_narrower(held, &alike));
                }
                decision
            }
        })
    }

    /// The answer with everything judged anew, and for whom else it is one.
    fn judge_for_others(&self, question: &Question, asked: &Asked, when: &When, events: &[Event]) -> Judged {
        let at = when.at;
        let place = self.place_at(asked.spot, asked.number);
        let subject = self.subject(question.controller, asked.number, &asked.probe).at(when);
        let subject = subject.with_history(events.iter().copied());
        let (decision, lasting) = self.case(question, &place, &subject, when.validity).decide_lasting(at, |_| {});
        let ending = decision.is_allowed().then(|| {
            let judge = |changed: usize, event: Event, then: Timestamp| {
                let events = events.iter().zip(0..).map(|(own, place)| if place == changed { event } else { *own });
                let subject = subject.with_history(events);
                self.case(question, &place, &subject, when.validity).judge(then)
            };
            ending(question, events, at, lasting, judge)
        });
        let ending = ending.flatten();
        let bounds = bounds(self.world(), question, &place, events, at, (decision.verdict(), lasting, ending));
        Judged { decision, bounds, ends_with: ending.map(|ending| ending.place) }
    }
}
