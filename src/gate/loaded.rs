//! An opened snapshot with everything that questions need beside it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use once_cell::race::OnceBox;

use crate::dictionary::Dictionary;
use crate::event::{Attempt, Event};
use crate::rule::Facts;
use crate::snapshot::Snapshot;
use crate::timestamp::{DAY, Timestamp};
use crate::vocabulary::{Channel, Outcome, Reason};
use crate::{Decision, NameId, Number, Purpose};

use super::current::{Generation, Indices};
use super::evaluate::{Case, Validity, World};
use super::few::Few;
use super::lead::Lead;
use super::overlay::Overlay;
use super::place::{Atlas, Place, Spot};
use super::prepared::{Asked, Prepared, When};
use super::pulse::Pulse;
use super::question::Question;
use super::subject::{Either, Hidden, Subject, Templates};

/// One state of the data: a snapshot, what happened since, and what questions need beside them.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Told apart by it: what a resolved question refers to (names, lists, templates, rules).
    generation: u64,
    base: Arc<Base>,
    overlay: Overlay,
    /// Whatever is on record about a number, its two lines of the cache tell.
    is_all_in_lines: bool,
    /// The feed that the overlay comes from; none: the snapshot stands alone.
    pulse: Option<Arc<Pulse>>,
    /// Questions, prepared when first asked: by controller, then by purpose and channel.
    prepared: Arc<[OnceBox<Questions>]>,
}

/// The questions of one controller, by purpose and channel.
type Questions = Box<[OnceBox<Prepared>]>;

/// An opened snapshot.
#[derive(Debug)]
struct Base {
    snapshot: Snapshot,
    digest: String,
    atlas: Atlas,
    /// Purposes by stable id, ascending.
    purposes: Vec<(NameId, u16)>,
}

impl Generation for Loaded {
    fn generation(&self) -> u64 {
        self.generation
    }
}

fn next_generation() -> u64 {
    static GENERATIONS: AtomicU64 = AtomicU64::new(1);
    GENERATIONS.fetch_add(1, Ordering::Relaxed)
}

impl Loaded {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        let mut purposes: Vec<(NameId, u16)> = snapshot
            .dictionary()
            .purposes
            .iter()
            .zip(0_u16..)
            .map(|(purpose, index)| (NameId::of(&purpose.id), index))
            .collect();
        purposes.sort_unstable();
        let controllers = snapshot.dictionary().controllers.len();
        let is_all_in_lines = snapshot.is_all_in_lines();
        let base = Base {
            digest: snapshot.digest().iter().map(|byte| format!("{byte:02x}")).collect(),
            atlas: Atlas::new(snapshot.rules(), snapshot.zones()),
            purposes,
            snapshot,
        };
        Self {
            generation: next_generation(),
            base: Arc::new(base),
            overlay: Overlay::default(),
            is_all_in_lines,
            pulse: None,
            prepared: unprepared(controllers),
        }
    }

    /// The same snapshot with another overlay, kept current by this feed.
    #[cfg(feature = "ledger")]
    pub(crate) fn with(&self, overlay: Overlay, pulse: &Arc<Pulse>) -> Self {
        // Resolved questions, and the answers kept with them, know the templates that there were.
        let same_templates = self.overlay.templates() == overlay.templates();
        Self {
            generation: if same_templates { self.generation } else { next_generation() },
            is_all_in_lines: self.base.snapshot.is_all_in_lines() && overlay.is_empty(),
            base: Arc::clone(&self.base),
            overlay,
            pulse: Some(Arc::clone(pulse)),
            prepared: if same_templates { Arc::clone(&self.prepared) } else { unprepared(self.prepared.len()) },
        }
    }

    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.base.snapshot
    }

    #[cfg(feature = "ledger")]
    pub(crate) const fn overlay(&self) -> &Overlay {
        &self.overlay
    }

    pub(crate) fn digest_hex(&self) -> &str {
        &self.base.digest
    }

    /// Every template that an event may have.
    pub(crate) fn templates(&self) -> Templates<'_> {
        Templates { base: self.base.snapshot.templates(), overlay: self.overlay.templates() }
    }

    pub(crate) fn purpose(&self, purpose: Purpose) -> Option<u16> {
        let at = self.base.purposes.binary_search_by_key(&purpose.id(), |(id, _)| *id).ok()?;
        self.base.purposes.get(at).map(|(_, index)| *index)
    }

    pub(crate) fn controller(&self, id: &str) -> Option<u16> {
        let at = self.dictionary().controllers.iter().position(|controller| controller.id == id)?;
        u16::try_from(at).ok()
    }

    /// The question of this controller and purpose, prepared if nobody asked it before; none: there is no such.
    #[inline]
    pub(crate) fn prepared(&self, [controller, purpose]: Indices, channel: Channel) -> Option<&Prepared> {
        let channels = Channel::ALL.len();
        let slot = usize::from(purpose).wrapping_mul(channels).wrapping_add(usize::from(channel.code()));
        let questions = self.prepared.get(usize::from(controller))?;
        match questions.get().and_then(|questions| questions.get(slot)?.get()) {
            Some(prepared) => Some(prepared),
            None => self.prepare(questions, slot, ([controller, purpose], channel)),
        }
    }

    #[cold]
    fn prepare<'a>(
        &self,
        questions: &'a OnceBox<Questions>,
        slot: usize,
        ([controller, purpose], channel): (Indices, Channel),
    ) -> Option<&'a Prepared> {
        let (dictionary, rules) = (self.dictionary(), self.snapshot().rules());
        let question = Question::prepare(dictionary, rules, self.templates(), (controller, purpose, channel))?;
        let prepared = Box::new(Prepared::new(question, rules, self.snapshot()));
        // Channels are numbered from one: the first slot stays empty.
        let slots = self.base.purposes.len().saturating_mul(Channel::ALL.len()).saturating_add(1);
        // Nobody waits, neither for another thread nor, in a forked process, for one that stayed behind: of two that are
        // made at once one is kept.
        let empty = || Box::new((0..slots).map(|_| OnceBox::new()).collect());
        Some(questions.get_or_init(empty).get(slot)?.get_or_init(|| prepared))
    }

    fn dictionary(&self) -> &Dictionary {
        self.snapshot().dictionary()
    }

    pub(crate) fn world(&self) -> World<'_> {
        World { rules: self.snapshot().rules(), zones: self.snapshot().zones(), dictionary: self.dictionary() }
    }

    /// The default controller's answer; without an instant the gate's clock is asked.
    pub(crate) fn ask_default(
        &self,
        number: Number,
        purpose: Purpose,
        channel: Channel,
        at: Option<DateTime<Utc>>,
    ) -> Decision {
        let controller = self.dictionary().default_controller;
        let question = self.purpose(purpose).and_then(|purpose| self.prepared([controller, purpose], channel));
        match question {
            Some(question) => self.ask(question, number, at),
            None => self.unknown_question(number),
        }
    }

    /// The answer to a question whose names the snapshot does not hold.
    pub(crate) fn unknown_question(&self, number: Number) -> Decision {
        let possible = self.base.atlas.place(number).possible;
        Decision::because(if possible { Reason::QuestionUnknown } else { Reason::NumberInvalid })
    }

    pub(crate) fn ask(&self, prepared: &Prepared, number: Number, at: Option<DateTime<Utc>>) -> Decision {
        // Memory is asked for first: the rest is done while it is on its way.
        let probe = self.snapshot().probe(number);
        let (spot, when) = (self.spot(number), self.when(at));
        let sight = self.snapshot().sight(&probe);
        self.answered(prepared, &Asked { number, spot, probe, sight }, &when)
    }

    pub(crate) fn ask_lead(&self, prepared: &Prepared, lead: &Lead, at: Option<DateTime<Utc>>) -> Decision {
        let number = lead.number();
        let probe = self.snapshot().probe(number);
        let Some(spot) = self.spot_of_lead(lead) else {
            return self.ask_lead_in_full(&prepared.question, lead, at);
        };
        let when = self.when(at);
        let sight = self.snapshot().sight(&probe);
        self.answered(prepared, &Asked { number, spot, probe, sight }, &when)
    }

    #[inline(always)]
    fn answered(&self, prepared: &Prepared, asked: &Asked, when: &When) -> Decision {
        let mut decision = Decision::DENIED;
        self.answer(prepared, asked, when, &mut decision);
        decision
    }

    /// The same without a look at what was answered before.
    pub(crate) fn ask_lead_in_full(&self, question: &Question, lead: &Lead, at: Option<DateTime<Utc>>) -> Decision {
        let probe = self.snapshot().probe(lead.number());
        let place = self.place_lead(lead);
        self.judge(question, &place, &probe, at)
    }

    /// The spot of a number of which nothing else is known.
    #[inline]
    pub(crate) fn spot(&self, number: Number) -> Spot {
        self.base.atlas.spot(number)
    }

    /// The spot of a lead that is judged where its number alone is.
    pub(crate) fn spot_of_lead(&self, lead: &Lead) -> Option<Spot> {
        self.base.atlas.spot_of_lead(lead, self.snapshot().zones())
    }

    pub(crate) fn place_at(&self, spot: Spot, number: Number) -> Place {
        self.base.atlas.place_at(spot, number)
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

    /// The same for an attempt that will be on record at that instant: attempts and denials that are on record with a
    /// later one, by a clock that was read later or goes fast, count as of that very instant.
    #[cfg(feature = "ledger")]
    pub(crate) fn ask_lead_reserving(&self, question: &Question, lead: &Lead, at: DateTime<Utc>) -> Decision {
        let (instant, validity) = self.instant(Some(at));
        // An attempt is always made now: the data must not be too old for that.
        let validity = if self.validity().holds(Utc::now().into()) { validity } else { Validity::NEVER };
        let probe = self.snapshot().probe(lead.number());
        let place = self.place_lead(lead);
        let on_record = self.subject(question.controller, place.number, &probe);
        let subject = Subject {
            history: on_record.history,
            undated: on_record.undated,
            attempts: on_record.attempts.map(|attempt| Attempt { at: attempt.at.min(instant), ..attempt }),
            known_until: on_record.known_until.min(instant),
            as_of: on_record.as_of.min(instant),
        };
        self.case(question, &place, &subject, validity).decide(instant)
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
        let probe = self.snapshot().probe(lead.number());
        let place = self.place_lead(lead);
        let on_record = self.subject(question.controller, place.number, &probe);
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
            known_until: on_record.known_until,
            as_of: on_record.as_of,
        };
        self.case(question, &place, &subject, validity).decide_seen(instant, see)
    }

    pub(crate) fn place_lead(&self, lead: &Lead) -> Place {
        self.base.atlas.place_lead(lead, self.snapshot().zones())
    }

    /// The regions of that place.
    #[cfg(feature = "cli")]
    pub(crate) fn regions(&self, lead: &Lead) -> [Option<crate::Region>; 2] {
        self.base.atlas.regions(lead)
    }

    fn judge(
        &self,
        question: &Question,
        place: &Place,
        probe: &crate::snapshot::Probe,
        at: Option<DateTime<Utc>>,
    ) -> Decision {
        let when = self.when(at);
        let subject = self.subject(question.controller, place.number, probe).at(&when);
        self.decide(question, place, &subject, &when)
    }

    /// The decision with everything judged anew.
    pub(crate) fn decide(
        &self,
        question: &Question,
        place: &Place,
        subject: &Subject<'_, impl Iterator<Item = Event> + Clone, impl Iterator<Item = Attempt> + Clone>,
        when: &When,
    ) -> Decision {
        match Few::new().of(subject.history.clone(), question) {
            Some(events) => {
                let subject = subject.with_history(events.iter().copied());
                self.case(question, place, &subject, when.validity).decide(when.at)
            }
            None => self.case(question, place, subject, when.validity).decide(when.at),
        }
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

    /// Everything on record about a number, as a question of this controller sees it.
    pub(crate) fn subject(
        &self,
        controller: u16,
        number: Number,
        probe: &crate::snapshot::Probe,
    ) -> Subject<'_, impl Iterator<Item = Event> + Clone, impl Iterator<Item = Attempt> + Clone> {
        let snapshot = self.snapshot();
        let by_number = snapshot
            .combination(probe)
            .and_then(|id| usize::try_from(id).ok())
            .and_then(|id| snapshot.combinations().get(id))
            .map_or(&[][..], Vec::as_slice);
        let amended = self.overlay.number(number);
        let history = self.history(number, probe);
        let attempts = self.attempts(number);
        let templates = self.templates();
        let hashed = self.hashed(number);
        let hidden = Hidden::by(hashed.clone(), templates, controller);
        let hidden = if amended.is_some() { hidden.amended() } else { hidden };
        let as_of = self.dictionary().as_of;
        Subject {
            history: history.filter(move |event| !hidden.hides(event, templates)).chain(hashed),
            undated: [by_number, snapshot.ranges(number)],
            attempts: attempts.filter(move |attempt| !hidden.hides_attempt(attempt)),
            known_until: amended.map_or(as_of, |amended| amended.as_of.max(as_of)),
            as_of,
        }
    }

    /// The attempts at a number.
    fn attempts(&self, number: Number) -> impl Iterator<Item = Attempt> + Clone {
        match self.overlay.number(number) {
            None => Either::Base(self.snapshot().attempts(number)),
            Some(amended) => Either::Amended(amended.attempts.iter().copied()),
        }
    }

    /// What is known of a number under the number itself, tombstones that are known by a hash left aside.
    #[inline]
    pub(crate) fn history(
        &self,
        number: Number,
        probe: &crate::snapshot::Probe,
    ) -> impl Iterator<Item = Event> + Clone {
        match self.overlay.number(number) {
            None => Either::Base(self.snapshot().history(probe)),
            Some(amended) => Either::Amended(amended.events.iter().copied()),
        }
    }

    /// Is nothing on record about the number but what its two lines say?
    #[inline]
    pub(crate) fn is_ordinary(&self, number: Number) -> bool {
        self.is_all_in_lines || self.has_nothing_beside(number)
    }

    fn has_nothing_beside(&self, number: Number) -> bool {
        self.overlay.number(number).is_none() && self.has_nothing_beside_history(number)
    }

    /// Is nothing on record about the number but its history and the lists that its line tells?
    #[inline]
    pub(crate) fn has_only_a_history(&self, number: Number) -> bool {
        self.is_all_in_lines || self.has_nothing_beside_history(number)
    }

    fn has_nothing_beside_history(&self, number: Number) -> bool {
        self.snapshot().ranges(number).is_empty()
            && self.attempts(number).next().is_none()
            && (!self.has_hashes() || self.hashed(number).next().is_none())
    }

    /// May something be on record under a number's keyed hash?
    fn has_hashes(&self) -> bool {
        !self.snapshot().hashers().is_empty() || !self.overlay.hashers().is_empty()
    }

    /// What is on record under the number's keyed hashes.
    fn hashed(&self, number: Number) -> impl Iterator<Item = Event> + Clone {
        let snapshot = self.snapshot();
        let compiled = snapshot.hashers().iter().flat_map(move |hasher| snapshot.hashed(hasher.hash(number)));
        let since = self.overlay.hashers().iter().flat_map(move |hasher| self.overlay.hashed(hasher.hash(number)));
        compiled.chain(since.copied())
    }

    /// The id of the record behind an event of this number.
    pub(crate) fn record_id(&self, number: Number, probe: &crate::snapshot::Probe, event: &Event) -> Option<&str> {
        match self.overlay.number(number) {
            None => {
                let place = self.snapshot().history(probe).position(|other| other == *event)?;
                self.snapshot().record_id(probe, place)
            }
            Some(amended) => {
                let place = amended.events.iter().position(|other| other == event)?;
                amended.ids.get(place)?.as_deref()
            }
        }
    }

    /// When a question is asked: at this instant, or now.
    #[inline]
    pub(crate) fn when(&self, at: Option<DateTime<Utc>>) -> When {
        let (instant, validity) = self.instant(at);
        When { at: instant, validity, by_clock: at.is_none(), is_known: validity != Validity::NEVER }
    }

    /// The instant of the question: given, it is answered as it is; else the clock's, within the data's limits.
    /// A lost feed answers neither.
    pub(crate) fn instant(&self, at: Option<DateTime<Utc>>) -> (Timestamp, Validity) {
        match at {
            _ if self.pulse.as_ref().is_some_and(|pulse| !pulse.is_alive()) => {
                (at.unwrap_or_else(Utc::now).into(), Validity::NEVER)
            }
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

fn unprepared(controllers: usize) -> Arc<[OnceBox<Questions>]> {
    (0..controllers).map(|_| OnceBox::new()).collect()
}
