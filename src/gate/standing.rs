//! What a number's history amounts to at one instant, for one question.

mod relationships;

use crate::event::Event;
use crate::timestamp::Timestamp;
use crate::vocabulary::{Basis, ListKind, PurposeClass, Reason, ReasonSet};

use super::horizon::Horizon;
use super::packs::PackSet;
use super::question::{ConsentView, Cover, DenialKind, Question, TemplateView};
use super::subject::Subject;

/// What the history amounts to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing<'q, 'a, H, A> {
    pub(crate) question: &'q Question,
    pub(crate) subject: &'q Subject<'a, H, A>,
    pub(crate) at: Timestamp,
    packs: PackSet,
    pub(super) limits: Limits,
    /// The number changed hands last.
    pub(super) reassigned: Option<Timestamp>,
    /// The last withdrawal that covers the question.
    pub(super) last_withdrawal: Option<Timestamp>,
    /// The last withdrawal, opt-out or objection of any scope.
    pub(super) last_refusal: Option<Timestamp>,
    /// The latest consent that would satisfy `opt_in`.
    pub(crate) consented: Option<Timestamp>,
    /// The latest conforming consent to some marketing purpose.
    consented_to_marketing: Option<Timestamp>,
    has_consent: bool,
    /// Some relationship is on record, in force or not.
    has_ties: bool,
    /// Some dated or scoped entry of a list is on record.
    pub(super) has_listings: bool,
    /// What carries a service, a debt or a notice.
    pub(crate) carried_by: Option<Basis>,
}

/// What the jurisdictions say of consents and their end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Limits {
    /// Months after which a consent no longer counts, by the strictest of them.
    pub(crate) consent_months: Option<u32>,
    /// A withdrawal or opt-out reaches this contact whatever purposes and channels it names.
    pub(crate) revokes_all: bool,
}

impl<'q, 'a, H, A> Standing<'q, 'a, H, A>
where
    H: Iterator<Item = Event> + Clone,
{
    /// Folds the history at an instant; every instant later than it at which something changes is noted.
    pub(crate) fn at(
        question: &'q Question,
        subject: &'q Subject<'a, H, A>,
        packs: PackSet,
        limits: Limits,
        at: Timestamp,
        horizon: &mut Horizon,
    ) -> Self {
        let mut standing = Self {
            question,
            subject,
            at,
            packs,
            limits,
            reassigned: None,
            last_withdrawal: None,
            last_refusal: None,
            consented: None,
            consented_to_marketing: None,
            has_consent: false,
            has_ties: false,
            has_listings: false,
            carried_by: None,
        };
        standing.note_undated();
        for event in subject.history.clone() {
            standing.note(event, horizon);
        }
        for event in subject.history.clone() {
            match question.template(event.template) {
                TemplateView::Consent(consent) => standing.note_consent(event, consent, horizon),
                TemplateView::Relationship { kind, .. } => standing.note_tie(event, kind, horizon),
                _ => {}
            }
        }
        standing
    }

    fn note_undated(&mut self) {
        for list in self.undated_lists() {
            let Some(view) = self.question.list(list) else { continue };
            match view.kind {
                ListKind::Reassigned => self.reassigned = Some(Timestamp::MAX),
                ListKind::OptOut if view.binds && view.packs.intersects(self.packs) => {
                    self.last_refusal = Some(Timestamp::MAX);
                }
                _ => {}
            }
        }
    }

    pub(super) fn undated_lists(&self) -> impl Iterator<Item = u16> + use<'a, H, A> {
        let [by_number, by_range] = self.subject.undated;
        by_number.iter().chain(by_range).copied()
    }

    /// First pass: what consents and relationships are measured against.
    fn note(&mut self, event: Event, horizon: &mut Horizon) {
        let view = self.question.template(event.template);
        if view == TemplateView::Irrelevant {
            return;
        }
        let dated = event.at.unwrap_or(Timestamp::MAX);
        let effective = self.effective(event);
        for instant in [event.at, Some(effective), event.until].into_iter().flatten() {
            horizon.note_own(instant);
        }
        self.has_listings |= matches!(view, TemplateView::Listing { .. });
        let in_the_past = effective <= self.at;
        let later = |known: Option<Timestamp>| Some(known.map_or(dated, |known| known.max(dated)));
        match view {
            TemplateView::Reassigned if in_the_past => self.reassigned = later(self.reassigned),
            TemplateView::Consent(_) => self.has_consent = true,
            TemplateView::Relationship { .. } => self.has_ties = true,
            TemplateView::Denial(denial) if in_the_past => {
                if matches!(denial.kind, DenialKind::Withdrawal | DenialKind::OptOut | DenialKind::Objection) {
                    self.last_refusal = later(self.last_refusal);
                }
                if denial.kind == DenialKind::Withdrawal && (denial.cover.question || self.limits.revokes_all) {
                    self.last_withdrawal = later(self.last_withdrawal);
                }
            }
            TemplateView::Listing { list, .. } if in_the_past => {
                let Some(view) = self.question.list(list) else { return };
                match view.kind {
                    ListKind::OptOut if view.binds && view.packs.intersects(self.packs) => {
                        self.last_refusal = later(self.last_refusal);
                    }
                    ListKind::Reassigned => self.reassigned = later(self.reassigned),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// From when on an event counts: a denial dated after the data counts at once.
    pub(super) fn effective(&self, event: Event) -> Timestamp {
        let Some(at) = event.at else { return Timestamp::MIN };
        match self.question.template(event.template) {
            TemplateView::Consent(_) | TemplateView::Relationship { .. } | TemplateView::Notice { .. } => at,
            TemplateView::Denial(denial) if denial.kind == DenialKind::Erasure => Timestamp::MIN,
            _ if at <= self.subject.known_until => at,
            _ => self.subject.as_of,
        }
    }

    fn note_consent(&mut self, event: Event, consent: ConsentView, horizon: &mut Horizon) {
        let Some(given) = event.at else { return };
        if let Some(months) = self.limits.consent_months {
            horizon.note_own(given.plus_months(months));
        }
        let failures = self.failures(event, consent, false, false);
        if consent.covers && failures.is_empty() {
            self.consented = self.consented.max(Some(given));
        }
        if consent.to_marketing && failures.without(Reason::Withdrawn).is_empty() {
            self.consented_to_marketing = self.consented_to_marketing.max(Some(given));
        }
    }

    /// Why a consent does not satisfy `opt_in`, written or double opt-in where asked.
    fn failures(&self, event: Event, consent: ConsentView, written: bool, double_opt_in: bool) -> ReasonSet {
        let given = event.at.unwrap_or(Timestamp::MAX);
        let past_limit = self.limits.consent_months.is_some_and(|months| given.plus_months(months) <= self.at);
        [
            (
                !consent.conforms || (written && !consent.written) || (double_opt_in && !consent.double_opt_in),
                Reason::ConsentNonconforming,
            ),
            (given > self.at, Reason::ConsentNotYetValid),
            (event.until.is_some_and(|until| until <= self.at) || past_limit, Reason::ConsentExpired),
            (self.last_withdrawal.is_some_and(|withdrawn| given <= withdrawn), Reason::Withdrawn),
            (self.reassigned.is_some_and(|reassigned| given <= reassigned), Reason::NumberReassigned),
        ]
        .into_iter()
        .filter_map(|(applies, reason)| applies.then_some(reason))
        .collect()
    }

    /// Why no consent satisfies the requirement; empty: one does. The consent that gets furthest speaks.
    pub(crate) fn consent_failures(&self, written: bool, double_opt_in: bool) -> ReasonSet {
        self.best_consent(written, double_opt_in).map_or_else(
            || {
                let reason = if self.has_consent { Reason::ConsentScope } else { Reason::ConsentMissing };
                ReasonSet::of(&[reason])
            },
            |(_, failures)| failures,
        )
    }

    /// The consent that gets furthest (its place in the history), with its failures.
    pub(crate) fn best_consent(&self, written: bool, double_opt_in: bool) -> Option<(usize, ReasonSet)> {
        if !self.has_consent {
            return None;
        }
        self.subject
            .history
            .clone()
            .enumerate()
            .filter_map(|(place, event)| match self.question.template(event.template) {
                TemplateView::Consent(consent) if consent.covers => {
                    let failures = self.failures(event, consent, written, double_opt_in);
                    Some((place, failures, event.at))
                }
                _ => None,
            })
            .min_by_key(|(_, failures, given)| (failures.len(), std::cmp::Reverse(*given), failures.bits()))
            .map(|(place, failures, _)| (place, failures))
    }

    /// When the last of the consents ends that would now satisfy `opt_in`; none: there is none, or one that does not
    /// end.
    #[cfg(feature = "cli")]
    pub(super) fn consent_ends(&self) -> Option<Timestamp> {
        let mut last = None;
        for event in self.subject.history.clone() {
            let TemplateView::Consent(consent) = self.question.template(event.template) else { continue };
            if !consent.covers || !self.failures(event, consent, false, false).is_empty() {
                continue;
            }
            let limit = self.limits.consent_months.and_then(|months| Some(event.at?.plus_months(months)));
            let end = match (event.until, limit) {
                (Some(until), Some(limit)) => until.min(limit),
                (one, other) => one.or(other)?,
            };
            last = last.max(Some(end));
        }
        last
    }

    /// Denials that cover the question, are in force, and are neither lifted nor spared.
    pub(crate) fn denials(&self) -> ReasonSet {
        let mut denials = ReasonSet::EMPTY;
        for event in self.subject.history.clone() {
            let reason = match self.question.template(event.template) {
                TemplateView::Denial(denial) => self.denial(event, denial.kind, denial.cover),
                TemplateView::Listing { list, scope } => self.listing(list, scope, Some(event)),
                _ => None,
            };
            denials = reason.map_or(denials, |reason| denials.with(reason));
        }
        for list in self.undated_lists() {
            denials = self.listing(list, None, None).map_or(denials, |reason| denials.with(reason));
        }
        denials
    }

    pub(super) fn denial(&self, event: Event, kind: DenialKind, cover: Cover) -> Option<Reason> {
        let in_force = self.effective(event) <= self.at && event.until.is_none_or(|until| self.at < until);
        let revoked = self.limits.revokes_all && kind.revokes_consent();
        if !in_force || !(revoked || self.reaches(cover)) {
            return None;
        }
        let (reason, spares) = match kind {
            DenialKind::Erasure => (Reason::Erased, false),
            DenialKind::Restriction => return Some(Reason::Restricted),
            DenialKind::Objection => (Reason::Objected, false),
            DenialKind::Withdrawal => (Reason::Withdrawn, true),
            DenialKind::OptOut => (Reason::OptedOut, true),
        };
        let lifted =
            self.lifts(event.at, cover.marketing) || (kind == DenialKind::Erasure && self.new_tie_lifts(event.at));
        let spared = spares && !revoked && self.spares(cover);
        (!lifted && !spared).then_some(reason)
    }

    pub(super) fn listing(&self, list: u16, scope: Option<Cover>, event: Option<Event>) -> Option<Reason> {
        let view = self.question.list(list)?;
        let reason = match view.kind {
            ListKind::OptOut => Reason::OptedOut,
            ListKind::Block => Reason::ListBlocked,
            ListKind::Registry | ListKind::Reassigned => return None,
        };
        let cover = scope.map_or(view.cover, |scope| Cover {
            question: scope.question && view.cover.question,
            marketing: scope.marketing && view.cover.marketing,
            by_name: scope.by_name,
        });
        let in_force = event
            .is_none_or(|event| self.effective(event) <= self.at && event.until.is_none_or(|until| self.at < until));
        if !in_force || !view.binds || !view.packs.intersects(self.packs) || !self.reaches(cover) {
            return None;
        }
        let liftable = view.kind == ListKind::OptOut || view.consent_lifts;
        let lifted = liftable && event.is_some_and(|event| self.lifts(event.at, cover.marketing));
        (!lifted && !self.spares(cover)).then_some(reason)
    }

    /// Asking anew is refused while any denial touches marketing.
    fn reaches(&self, cover: Cover) -> bool {
        cover.question || (self.question.class == PurposeClass::Reconsent && cover.marketing)
    }

    /// Does a consent lift a denial of this date? Undated is newer than any consent.
    ///
    /// What bars asking anew because it touches marketing is lifted by a consent to marketing, and by no other.
    pub(crate) fn lifts(&self, denied: Option<Timestamp>, touches_marketing: bool) -> bool {
        let Some(denied) = denied else { return false };
        let bars = self.question.class == PurposeClass::Reconsent && touches_marketing;
        let lifting = if bars { self.consented_to_marketing } else { self.consented };
        lifting.is_some_and(|given| given > denied)
    }

    /// Contacts carried by a relationship are left alone by denials that do not name them.
    fn spares(&self, cover: Cover) -> bool {
        self.carried_class() && self.carried_by.is_some() && !cover.by_name
    }

    pub(crate) fn carried_class(&self) -> bool {
        matches!(self.question.class, PurposeClass::Service | PurposeClass::DebtCollection | PurposeClass::Notice)
    }

    /// The instant of the last opt-out or withdrawal made by message that may be confirmed now.
    pub(crate) fn confirmable(&self, minutes: u16, horizon: &mut Horizon) -> Option<Timestamp> {
        if !self.question.channel.is_message() {
            return None;
        }
        let term = crate::timestamp::SECOND.saturating_mul(60).saturating_mul(i64::from(minutes));
        let mut last = None;
        for event in self.subject.history.clone() {
            let TemplateView::Denial(denial) = self.question.template(event.template) else { continue };
            let Some(at) = event.at else { continue };
            if denial.by_message && at <= self.at {
                horizon.note_own(at.plus(term));
                if self.at < at.plus(term) {
                    last = last.max(Some(at));
                }
            }
        }
        last
    }

    /// Is the privacy notice in force on record for the person?
    pub(crate) fn notice_given(&self) -> bool {
        let in_force = self.question.notice_version;
        self.subject.history.clone().any(|event| {
            let version = match self.question.template(event.template) {
                TemplateView::Notice { version } => Some(version),
                TemplateView::Consent(ConsentView { notice, .. }) => notice,
                _ => return false,
            };
            let counts =
                event.at.is_some_and(|at| at <= self.at && self.reassigned.is_none_or(|reassigned| at > reassigned));
            counts && version.is_some() && (in_force.is_none() || version == in_force)
        })
    }
}
