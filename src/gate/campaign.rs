//! A prepared question.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use arc_swap::Guard;
use chrono::{DateTime, Utc};

use crate::vocabulary::{Channel, Obligation};
use crate::{Decision, Language, Number, Purpose};

use super::batch;
use super::current::in_step;
use super::explain::{self, Explanation};
use super::lead::Lead;
use super::loaded::Loaded;
use super::prepared::Prepared;
use super::question::Question;
use super::shared::Shared;

/// A prepared question: names resolved, context fixed.
///
/// Cheap to clone. It pins no snapshot: each call reads the current one, and the names are resolved again
/// when it was replaced; a name that vanished denies (`question_unknown`). After preparation a call
/// allocates nothing and takes no lock, but for the one call after a replacement.
#[derive(Clone, Debug)]
pub struct Campaign {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    controller: String,
    purpose: String,
    channel: Channel,
    /// What [`in_step`] keeps.
    indices: AtomicU64,
}

/// A question that is being prepared.
#[derive(Debug)]
#[must_use = "nothing is prepared until `prepare` is called"]
pub struct CampaignBuilder {
    shared: Arc<Shared>,
    controller: Option<String>,
    purpose: Option<String>,
    channel: Option<Channel>,
}

/// Why a question cannot be prepared.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// No purpose was named.
    #[error("no purpose was named; call `purpose` before `prepare`")]
    NoPurpose,
    /// No channel was named.
    #[error("no channel was named; call `channel` before `prepare`")]
    NoChannel,
    /// The snapshot does not hold this controller.
    #[error(
        "controller `{name}` is not in the snapshot, which knows {known}; declare it in the manifest and compile again"
    )]
    UnknownController {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// The snapshot does not hold this purpose.
    #[error(
        "purpose `{name}` is not in the snapshot, which knows {known}; declare it in the manifest and compile again"
    )]
    UnknownPurpose {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
}

/// Why a batch was not screened. Nothing was decided: every decision of the output is a denial.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScreenError {
    /// The slices are not of one length.
    #[error("{asked} questions but room for {room} decisions; give slices of one length")]
    Lengths {
        /// How many numbers or leads were given.
        asked: usize,
        /// How many decisions there is room for.
        room: usize,
    },
}

impl CampaignBuilder {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, controller: None, purpose: None, channel: None }
    }

    /// For which controller; without it the manifest's default controller.
    pub fn controller(mut self, id: &str) -> Self {
        self.controller = Some(id.to_owned());
        self
    }

    /// For which purpose: one that the manifest declares, or a class under its own name.
    pub fn purpose(mut self, id: &str) -> Self {
        self.purpose = Some(id.to_owned());
        self
    }

    /// On which channel.
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// Resolves the names.
    ///
    /// # Errors
    /// When purpose or channel were not named, or the snapshot does not hold a name.
    pub fn prepare(self) -> Result<Campaign, PrepareError> {
        let purpose = self.purpose.ok_or(PrepareError::NoPurpose)?;
        let channel = self.channel.ok_or(PrepareError::NoChannel)?;
        let loaded = self.shared.current.load_full();
        let dictionary = loaded.snapshot().dictionary();
        let controller = match self.controller {
            Some(id) => id,
            None => dictionary
                .controllers
                .get(usize::from(dictionary.default_controller))
                .map(|controller| controller.id.clone())
                .unwrap_or_default(),
        };
        if loaded.controller(&controller).is_none() {
            let known = names(dictionary.controllers.iter().map(|controller| controller.id.as_str()));
            return Err(PrepareError::UnknownController { name: controller, known });
        }
        if loaded.purpose(Purpose::named(&purpose)).is_none() {
            let known = names(dictionary.purposes.iter().map(|purpose| purpose.id.as_str()));
            return Err(PrepareError::UnknownPurpose { name: purpose, known });
        }
        let inner = Inner { shared: self.shared, controller, purpose, channel, indices: AtomicU64::new(0) };
        let campaign = Campaign { inner: Arc::new(inner) };
        let _ = campaign.prepared(&loaded);
        Ok(campaign)
    }
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Campaign {
    /// May this number be contacted now?
    pub fn may_contact(&self, number: Number) -> Decision {
        self.ask(number, None)
    }

    /// May it be contacted at this instant? For replay, previews and tests: the age of the snapshot is not asked.
    pub fn may_contact_at(&self, number: Number, at: DateTime<Utc>) -> Decision {
        self.ask(number, Some(at))
    }

    /// May this lead be contacted at this instant?
    pub fn may_contact_lead(&self, lead: &Lead, at: DateTime<Utc>) -> Decision {
        self.ask_lead(lead, Some(at))
    }

    /// May this lead be contacted now?
    pub fn may_contact_lead_now(&self, lead: &Lead) -> Decision {
        self.ask_lead(lead, None)
    }

    /// May this lead be contacted at this instant (none: now), if so many attempts had been made at that very
    /// instant, beside those on record? For files that hold a number more than once.
    pub fn may_contact_lead_after(&self, lead: &Lead, attempts: usize, at: Option<DateTime<Utc>>) -> Decision {
        let loaded = self.loaded();
        self.inner.shared.counted(match self.prepared(&loaded) {
            Some(prepared) => loaded.ask_lead_after(&prepared.question, lead, attempts, at),
            None => loaded.unknown_question(lead.number()),
        })
    }

    /// Answers for many numbers at one instant, in their order, on one snapshot.
    ///
    /// # Errors
    /// When the slices are not of one length; then every decision is a denial.
    pub fn screen(&self, numbers: &[Number], at: DateTime<Utc>, decisions: &mut [Decision]) -> Result<(), ScreenError> {
        self.screen_when(numbers, Some(at), decisions)
    }

    /// The same now: what the gate's clock decides, the age of the snapshot included, decides here too.
    ///
    /// # Errors
    /// As [`Campaign::screen`].
    pub fn screen_now(&self, numbers: &[Number], decisions: &mut [Decision]) -> Result<(), ScreenError> {
        self.screen_when(numbers, None, decisions)
    }

    fn screen_when(
        &self,
        numbers: &[Number],
        at: Option<DateTime<Utc>>,
        decisions: &mut [Decision],
    ) -> Result<(), ScreenError> {
        clear(numbers.len(), decisions)?;
        let loaded = self.loaded();
        batch::screen(&loaded, self.prepared(&loaded), numbers, at, decisions, &self.inner.shared.tally);
        Ok(())
    }

    /// Answers for many leads at one instant, in their order, on one snapshot.
    ///
    /// # Errors
    /// When the slices are not of one length; then every decision is a denial.
    pub fn screen_leads(
        &self,
        leads: &[Lead],
        at: DateTime<Utc>,
        decisions: &mut [Decision],
    ) -> Result<(), ScreenError> {
        self.screen_leads_when(leads, Some(at), decisions)
    }

    /// The same now, as [`Campaign::screen_now`].
    ///
    /// # Errors
    /// As [`Campaign::screen_leads`].
    pub fn screen_leads_now(&self, leads: &[Lead], decisions: &mut [Decision]) -> Result<(), ScreenError> {
        self.screen_leads_when(leads, None, decisions)
    }

    fn screen_leads_when(
        &self,
        leads: &[Lead],
        at: Option<DateTime<Utc>>,
        decisions: &mut [Decision],
    ) -> Result<(), ScreenError> {
        clear(leads.len(), decisions)?;
        let loaded = self.loaded();
        batch::screen(&loaded, self.prepared(&loaded), leads, at, decisions, &self.inner.shared.tally);
        Ok(())
    }

    /// Why this number may or may not be contacted at this instant: everything consulted, with its source.
    #[must_use]
    pub fn explain(&self, number: Number, at: DateTime<Utc>) -> Explanation {
        self.explain_lead(&Lead::new(number), at)
    }

    /// The same for a lead.
    #[must_use]
    pub fn explain_lead(&self, lead: &Lead, at: DateTime<Utc>) -> Explanation {
        self.explain_in(lead, Some(at), Language::English)
    }

    /// The same now, by the gate's clock.
    #[must_use]
    pub fn explain_lead_now(&self, lead: &Lead) -> Explanation {
        self.explain_in(lead, None, Language::English)
    }

    /// The same at an instant (none: now, by the gate's clock), with its sentences in a language.
    #[must_use]
    pub fn explain_in(&self, lead: &Lead, at: Option<DateTime<Utc>>, language: Language) -> Explanation {
        let loaded = self.loaded();
        let inner = &*self.inner;
        let asked = explain::Asked { controller: &inner.controller, purpose: &inner.purpose, channel: inner.channel };
        explain::explain(&loaded, self.question(&loaded), &asked, lead, at, language)
    }

    /// The figures of duties that have one (`prompt_identification`, `end_on_refusal`: seconds), strictest
    /// first come, over all packs of the snapshot that speak of this question.
    #[must_use]
    pub fn obligation_details(&self) -> Vec<(Obligation, u16)> {
        let loaded = self.loaded();
        self.question(&loaded).map(|question| explain::obligation_seconds(&loaded, question)).unwrap_or_default()
    }

    /// The controller that it asks for.
    #[must_use]
    pub fn controller(&self) -> &str {
        &self.inner.controller
    }

    /// The purpose that it asks for.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.inner.purpose
    }

    /// The channel that it asks for.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.inner.channel
    }

    fn ask(&self, number: Number, at: Option<DateTime<Utc>>) -> Decision {
        let loaded = self.loaded();
        self.inner.shared.counted(match self.prepared(&loaded) {
            Some(prepared) => loaded.ask(prepared, number, at),
            None => loaded.unknown_question(number),
        })
    }

    fn ask_lead(&self, lead: &Lead, at: Option<DateTime<Utc>>) -> Decision {
        let loaded = self.loaded();
        self.inner.shared.counted(match self.prepared(&loaded) {
            Some(prepared) => loaded.ask_lead(prepared, lead, at),
            None => loaded.unknown_question(lead.number()),
        })
    }

    #[cfg(any(feature = "ledger", feature = "audit"))]
    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.inner.shared
    }

    /// Controller, purpose and channel.
    #[cfg(feature = "ledger")]
    pub(super) fn names(&self) -> (&str, &str, Channel) {
        (&self.inner.controller, &self.inner.purpose, self.inner.channel)
    }

    /// The answer on this very state, for an attempt that will be on record if it is an allow.
    #[cfg(feature = "ledger")]
    pub(super) fn ask_reserving(&self, loaded: &Loaded, lead: &Lead, at: DateTime<Utc>) -> Decision {
        match self.question(loaded) {
            Some(question) => loaded.ask_lead_reserving(question, lead, at),
            None => loaded.unknown_question(lead.number()),
        }
    }

    /// The state of the data that is current now.
    #[inline]
    pub(super) fn loaded(&self) -> Guard<Arc<Loaded>> {
        self.inner.shared.current.load()
    }

    /// The question in this state of the data; none: it does not hold the names.
    #[inline]
    pub(super) fn prepared<'a>(&self, loaded: &'a Loaded) -> Option<&'a Prepared> {
        let inner = &*self.inner;
        let indices = in_step(loaded, &inner.indices, |loaded: &Loaded| {
            Some([loaded.controller(&inner.controller)?, loaded.purpose(Purpose::named(&inner.purpose))?])
        })?;
        loaded.prepared(indices, inner.channel)
    }

    pub(super) fn question<'a>(&self, loaded: &'a Loaded) -> Option<&'a Question> {
        self.prepared(loaded).map(|prepared| &prepared.question)
    }

    /// The answer at this instant with everything judged anew; not counted.
    #[cfg(feature = "compile")]
    pub(crate) fn judge_in_full(&self, lead: &Lead, at: DateTime<Utc>) -> Decision {
        let loaded = self.loaded();
        match self.question(&loaded) {
            Some(question) => loaded.ask_lead_in_full(question, lead, Some(at)),
            None => loaded.unknown_question(lead.number()),
        }
    }
}

fn clear(asked: usize, decisions: &mut [Decision]) -> Result<(), ScreenError> {
    decisions.fill(Decision::default());
    if asked == decisions.len() { Ok(()) } else { Err(ScreenError::Lengths { asked, room: decisions.len() }) }
}
