//! A question that is asked again and again, and what was answered before.
//!
//! The full way to an answer judges everything on record, and every change ahead until the answer ends. Most numbers
//! of a campaign are like others: their answers are kept ([`Precedents`]) under everything that the question can tell
//! apart ([`Likeness`]), for the span and the dates for which they hold ([`bounds`]). Whatever is out of the ordinary
//! goes the full way: an overlay's word on the number, attempts, entries under keyed hashes, prefixes and ranges,
//! longer histories, places that the number plan does not have.

use crate::Number;
use crate::decision::Decision;
use crate::event::Event;
use crate::rules::Rules;
use crate::snapshot::{Person, Probe, Sight, Snapshot};
use crate::timestamp::Timestamp;

use super::bounds::{Bounds, bounds, ended_since};
use super::evaluate::Validity;
use super::few::Few;
use super::likeness::Likeness;
use super::loaded::Loaded;
use super::place::Spot;
use super::precedents::{Found, Precedent, Precedents};
use super::question::Question;

/// A question with what was answered before.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) question: Question,
    /// None: answers are not kept.
    likeness: Option<(Likeness, Precedents)>,
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

impl Prepared {
    pub(crate) fn new(question: Question, rules: &Rules, snapshot: &Snapshot) -> Self {
        let likeness = Likeness::new(&question, rules, snapshot).map(|likeness| (likeness, Precedents::new()));
        Self { question, likeness }
    }
}

impl Loaded {
    /// Puts the answer into its place, by a precedent where there is one.
    ///
    /// It is written there word by word: what was pieced together elsewhere would be read again before it is whole, and
    /// the processor waits for that.
    #[inline(always)]
    pub(crate) fn answer(&self, prepared: &Prepared, asked: &Asked, when: &When, place: &mut Decision) {
        let precedent = self
            .like(prepared, asked, when)
            .and_then(|(precedents, key, between)| precedents.find_at_once(key, when.at, between));
        match precedent {
            Some(decision) => *place = decision,
            None => self.answer_apart(prepared, asked, when, place),
        }
    }

    /// Where precedents are looked for, and with which dates; none: there is nobody like this one.
    #[inline(always)]
    fn like<'a>(
        &self,
        prepared: &'a Prepared,
        asked: &Asked,
        when: &When,
    ) -> Option<(&'a Precedents, u64, [Timestamp; 2])> {
        let (likeness, precedents) = prepared.likeness.as_ref()?;
        let sight = self.snapshot().sharpened(&asked.probe, asked.sight);
        let (profile, between) = match self.snapshot().person(sight) {
            Person::Nothing => (None, [when.at; 2]),
            Person::Simple { profile, between } => (Some(profile), between),
            Person::Longer => return None,
        };
        let key = likeness.key(asked.spot, asked.number, sight.listed(), profile, when.by_clock)?;
        (when.is_known && self.is_ordinary(asked.number)).then_some((precedents, key, between))
    }

    /// The answer of one whom no precedent answers as it is.
    #[inline(never)]
    fn answer_apart(&self, prepared: &Prepared, asked: &Asked, when: &When, place: &mut Decision) {
        *place = match self.like(prepared, asked, when) {
            Some((precedents, key, between)) => match precedents.find(key, when.at, between) {
                Some(Found::Decision(decision)) => decision,
                Some(Found::UntilItEnds(decision)) => self.until_it_ends(decision, &asked.probe),
                None => self.set_precedent(prepared, asked, when, (precedents, key)),
            },
            None => self.answer_in_full(&prepared.question, asked, when),
        };
    }

    /// The same allow until the event on record ends.
    fn until_it_ends(&self, decision: Decision, probe: &Probe) -> Decision {
        let event = self.snapshot().history(probe).next();
        decision.with_valid_until(event.and_then(|event| event.until))
    }

    /// The answer with everything judged anew.
    fn answer_in_full(&self, question: &Question, asked: &Asked, when: &When) -> Decision {
        let place = self.place_at(asked.spot, asked.number);
        let subject = self.subject(question.controller, asked.number, &asked.probe).at(when);
        self.decide(question, &place, &subject, when)
    }

    /// The same, kept for others.
    fn set_precedent(
        &self,
        prepared: &Prepared,
        asked: &Asked,
        when: &When,
        (precedents, key): (&Precedents, u64),
    ) -> Decision {
        let (question, at) = (&prepared.question, when.at);
        let place = self.place_at(asked.spot, asked.number);
        let subject = self.subject(question.controller, asked.number, &asked.probe).at(when);
        let Some(few) = Few::of(subject.history.clone(), question) else {
            return self.decide(question, &place, &subject, when);
        };
        let subject = subject.with_history(few.iter());
        let event = few.iter().next();
        let (decision, lasting) = self.case(question, &place, &subject, when.validity).decide_lasting(at, |_| {});
        let ended_since = event.filter(|_| decision.is_allowed()).and_then(|event| {
            let judge = |ended: Event, then: Timestamp| {
                let subject = subject.with_history(std::iter::once(ended));
                self.case(question, &place, &subject, when.validity).judge(then)
            };
            ended_since(question, event, at, lasting, judge)
        });
        let held = bounds(self.world(), question, &place, event, at, (decision.verdict(), lasting, ended_since));
        if let Some(Bounds { to, first, last }) = held {
            let ends_itself = ended_since.is_some();
            precedents.keep(&Precedent { key, from: at, to, first, last, decision, ends_itself }, at);
        }
        decision
    }
}
