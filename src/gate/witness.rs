//! What a decision was made of, for whoever puts it on record.

use chrono::{DateTime, Utc};

use crate::rule::{Facts, HoursFacts};
use crate::vocabulary::{PurposeClass, ReasonSet};
use crate::{Decision, Timestamp};

use super::lead::Lead;
use super::{Campaign, Gate};

/// The instant of a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum When {
    /// Now, by the gate's clock, within the limits of the data.
    Clock,
    /// As if the gate's clock had said this.
    ClockAt(DateTime<Utc>),
    /// This very instant: the age of the data is not asked.
    Given(DateTime<Utc>),
}

impl When {
    /// Is the gate's clock asked?
    pub(crate) const fn is_clock(self) -> bool {
        !matches!(self, Self::Given(_))
    }
}

/// A decision with what was made of its facts, and the data that they came from.
#[derive(Debug)]
pub(crate) struct Witnessed<T> {
    pub(crate) decision: Decision,
    pub(crate) at: Timestamp,
    pub(crate) seen: Option<T>,
    /// Code and version of each pack that spoke.
    pub(crate) packs: Vec<String>,
    /// The snapshot's digest.
    pub(crate) snapshot: String,
    /// The lead's zone is one that the snapshot knows.
    pub(crate) is_zone_known: bool,
}

impl Campaign {
    /// Decides, after so many attempts at that very instant; `see` is shown the facts that decided.
    pub(crate) fn witness<T>(
        &self,
        lead: &Lead,
        attempts: usize,
        when: When,
        see: impl FnOnce(&Facts<'_>) -> T,
    ) -> Witnessed<T> {
        let loaded = self.loaded();
        let (at, validity) = match when {
            When::Clock => loaded.instant(None),
            When::ClockAt(at) => (at.into(), loaded.instant(None).1),
            When::Given(at) => loaded.instant(Some(at)),
        };
        let mut seen = None;
        let decision = match self.prepared(&loaded) {
            Some(prepared) => {
                let see = |facts: &Facts<'_>| seen = Some(see(facts));
                loaded.ask_lead_seen(&prepared.question, lead, attempts, (at, validity), see)
            }
            None => {
                seen = Some(see(&nothing_looked_up(loaded.place_lead(lead).possible)));
                loaded.unknown_question(lead.number())
            }
        };
        let rules = loaded.snapshot().rules();
        let packs = loaded.place_lead(lead).packs.into_iter().flat_map(|packs| packs.apply.iter());
        Witnessed {
            decision,
            at,
            seen,
            packs: packs
                .filter_map(|pack| rules.packs.get(pack))
                .map(|pack| format!("{} {}", pack.code, pack.version))
                .collect(),
            snapshot: loaded.digest_hex().to_owned(),
            is_zone_known: lead.named_zone().is_some_and(|zone| loaded.snapshot().zones().by_name(zone).is_some()),
        }
    }
}

impl Campaign {
    /// The decision, counted.
    pub(crate) fn counted(&self, decision: Decision) -> Decision {
        self.shared().counted(decision)
    }
}

impl Gate {
    /// The name of a purpose, if the current snapshot holds it.
    pub(crate) fn purpose_name(&self, purpose: crate::Purpose) -> Option<String> {
        let dictionary = self.dictionary();
        dictionary.purposes.into_iter().map(|known| known.id).find(|id| crate::Purpose::named(id) == purpose)
    }
}

/// The facts of a question that nothing was looked up for, as its number, purpose, channel or controller is none.
pub(crate) fn nothing_looked_up(number_possible: bool) -> Facts<'static> {
    Facts {
        number_possible,
        question_known: false,
        jurisdiction_known: false,
        snapshot_current: false,
        class: PurposeClass::Marketing,
        emergency_declared: false,
        confirmation_due: false,
        denials: ReasonSet::EMPTY,
        caller_id_banned: false,
        rows: &[],
        hours: HoursFacts::default(),
        cap_reached: false,
        silenced: false,
    }
}
