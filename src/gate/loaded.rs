//! An opened snapshot with everything that questions need beside it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};

use crate::dictionary::Dictionary;
use crate::event::{Attempt, Event};
use crate::rule::Facts;
use crate::snapshot::Snapshot;
use crate::timestamp::{DAY, Timestamp};
use crate::vocabulary::{Channel, Outcome, Reason};
use crate::{Decision, NameId, Number, Purpose};

use super::current::Generation;
use super::evaluate::{Case, Validity, World};
use super::lead::Lead;
use super::place::{Atlas, Place};
use super::question::Question;
use super::standing::Subject;

/// An opened snapshot with everything that questions need beside it.
#[derive(Debug)]
pub(crate) struct Loaded {
    generation: u64,
    snapshot: Snapshot,
    digest: String,
    atlas: Atlas,
    /// Purposes by stable id, ascending.
    purposes: Vec<(NameId, u16)>,
    /// The default controller's questions, by purpose and channel, prepared when first asked.
    prepared: Vec<OnceLock<Option<Box<Question>>>>,
}

impl Generation for Loaded {
    fn generation(&self) -> u64 {
        self.generation
    }
}

impl Loaded {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        static GENERATIONS: AtomicU64 = AtomicU64::new(1);
        let mut purposes: Vec<(NameId, u16)> = snapshot
            .dictionary()
            .purposes
            .iter()
            .zip(0_u16..)
            .map(|(purpose, index)| (NameId::of(&purpose.id), index))
            .collect();
        purposes.sort_unstable();
        let slots = purposes.len().saturating_mul(Channel::ALL.len());
        Self {
            generation: GENERATIONS.fetch_add(1, Ordering::Relaxed),
            digest: snapshot.digest().iter().map(|byte| format!("{byte:02x}")).collect(),
            atlas: Atlas::new(snapshot.rules(), snapshot.zones()),
            purposes,
            prepared: (0..slots).map(|_| OnceLock::new()).collect(),
            snapshot,
        }
    }

    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    pub(crate) fn digest_hex(&self) -> &str {
        &self.digest
    }

    pub(crate) fn purpose(&self, purpose: Purpose) -> Option<u16> {
        let at = self.purposes.binary_search_by_key(&purpose.id(), |(id, _)| *id).ok()?;
        self.purposes.get(at).map(|(_, index)| *index)
    }

    pub(crate) fn controller(&self, id: &str) -> Option<u16> {
        let at = self.dictionary().controllers.iter().position(|controller| controller.id == id)?;
        u16::try_from(at).ok()
    }

    pub(crate) fn resolve(&self, controller: u16, purpose: u16, channel: Channel) -> Option<Question> {
        Question::prepare(
            self.dictionary(),
            self.snapshot.rules(),
            self.snapshot.templates(),
            (controller, purpose, channel),
        )
    }

    fn dictionary(&self) -> &Dictionary {
        self.snapshot.dictionary()
    }

    pub(crate) fn world(&self) -> World<'_> {
        World { rules: self.snapshot.rules(), zones: self.snapshot.zones(), dictionary: self.dictionary() }
    }

    /// The default controller's answer; without an instant the gate's clock is asked.
    pub(crate) fn ask_default(
        &self,
        number: Number,
        purpose: Purpose,
        channel: Channel,
        at: Option<DateTime<Utc>>,
    ) -> Decision {
        let question = self.purpose(purpose).and_then(|purpose| {
            let slot = usize::from(purpose)
                .checked_mul(Channel::ALL.len())?
                .checked_add(usize::from(channel.code()).checked_sub(1)?)?;
            self.prepared
                .get(slot)?
                .get_or_init(|| self.resolve(self.dictionary().default_controller, purpose, channel).map(Box::new))
                .as_deref()
        });
        match question {
            Some(question) => self.ask(question, number, at),
            None => self.unknown_question(number),
        }
    }

    /// The answer to a question whose names the snapshot does not hold.
    pub(crate) fn unknown_question(&self, number: Number) -> Decision {
        let possible = self.atlas.place(number).possible;
        Decision::because(if possible { Reason::QuestionUnknown } else { Reason::NumberInvalid })
    }

    pub(crate) fn ask(&self, question: &Question, number: Number, at: Option<DateTime<Utc>>) -> Decision {
        let probe = self.snapshot.probe(number);
        self.ask_probed(question, number, &probe, at)
    }

    pub(crate) fn ask_probed(
        &self,
        question: &Question,
        number: Number,
        probe: &crate::snapshot::Probe,
        at: Option<DateTime<Utc>>,
    ) -> Decision {
        let place = self.atlas.place(number);
        self.judge(question, &place, probe, at)
    }

    pub(crate) fn ask_lead(&self, question: &Question, lead: &Lead, at: Option<DateTime<Utc>>) -> Decision {
        let probe = self.snapshot.probe(lead.number());
        let place = self.place_lead(lead);
        self.judge(question, &place, &probe, at)
    }

    /// The same if so many attempts of this question had been made at that very instant, beside those on record.
    pub(crate) fn ask_lead_after(
        &self,
        question: &Question,
        lead: &Lead,
        more: usize,
        at: Option<DateTime<Utc>>,
    ) -> Decision {
        self.ask_lead_seen(question, lead, more, self.instant(at), |_| {})
    }

    /// The same at an instant with its limits; `see` is shown the facts that decided.
    pub(crate) fn ask_lead_seen(
        &self,
        question: &Question,
        lead: &Lead,
        more: usize,
        (instant, validity): (Timestamp, Validity),
        see: impl FnOnce(&Facts<'_>),
    ) -> Decision {
        let probe = self.snapshot.probe(lead.number());
        let place = self.place_lead(lead);
        let on_record = self.subject(place.number, &probe);
        let attempt = Attempt {
            at: instant,
            controller: Some(question.controller),
            class: Some(question.class),
            is_message: question.channel.is_message(),
            outcome: Outcome::NoAnswer,
        };
        let subject = Subject {
            history: on_record.history,
            undated: on_record.undated,
            attempts: on_record.attempts.chain(std::iter::repeat_n(attempt, more)),
        };
        self.case(question, &place, &subject, validity).decide_seen(instant, see)
    }

    pub(crate) fn place_lead(&self, lead: &Lead) -> Place {
        self.atlas.place_lead(lead, self.snapshot.zones())
    }

    fn judge(
        &self,
        question: &Question,
        place: &Place,
        probe: &crate::snapshot::Probe,
        at: Option<DateTime<Utc>>,
    ) -> Decision {
        let subject = self.subject(place.number, probe);
        let (instant, validity) = self.instant(at);
        self.case(question, place, &subject, validity).decide(instant)
    }

    pub(crate) fn case<'a, H, A>(
        &'a self,
        question: &'a Question,
        place: &'a Place,
        subject: &'a Subject<'a, H, A>,
        validity: Validity,
    ) -> Case<'a, H, A> {
        Case { world: self.world(), question, place, subject, validity }
    }

    pub(crate) fn subject(
        &self,
        number: Number,
        probe: &crate::snapshot::Probe,
    ) -> Subject<'_, impl Iterator<Item = Event> + Clone, impl Iterator<Item = Attempt> + Clone> {
        let by_number = self
            .snapshot
            .combination(probe)
            .and_then(|id| usize::try_from(id).ok())
            .and_then(|id| self.snapshot.combinations().get(id))
            .map_or(&[][..], Vec::as_slice);
        Subject {
            history: self.snapshot.history(probe),
            undated: [by_number, self.snapshot.ranges(number)],
            attempts: self.snapshot.attempts(number),
        }
    }

    /// The instant of the question: given, it is answered as it is; else the clock's, within the data's limits.
    pub(crate) fn instant(&self, at: Option<DateTime<Utc>>) -> (Timestamp, Validity) {
        match at {
            Some(at) => (at.into(), Validity::ALWAYS),
            None => (Utc::now().into(), self.validity()),
        }
    }

    fn validity(&self) -> Validity {
        let dictionary = self.dictionary();
        let to = dictionary
            .max_age_days
            .map_or(Timestamp::MAX, |days| dictionary.as_of.plus(DAY.saturating_mul(i64::from(days))));
        Validity { from: dictionary.as_of, to }
    }
}
