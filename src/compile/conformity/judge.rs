//! Is this consent in force for this purpose, and may the person be asked again?

use super::law::Law;
use super::{AskAgain, Failing};
use crate::compile::fold::RecordId;
use crate::dictionary::Dictionary;
use crate::vocabulary::{ChannelSet, ClassSet, ListKind, PurposeClass};
use crate::{Attempt, ConsentTemplate, DenialPurposes, DenialScope, Event, Number, Template, Timestamp, What};

/// Classes that a denial without purposes covers.
const DENIED_BY_DEFAULT: ClassSet = ClassSet::of(&[
    PurposeClass::Marketing,
    PurposeClass::Reconsent,
    PurposeClass::Survey,
    PurposeClass::Charity,
    PurposeClass::Political,
]);
/// Classes that an objection to marketing covers.
const OBJECTED_AS_MARKETING: ClassSet = DENIED_BY_DEFAULT.without(PurposeClass::Survey);
/// Classes that nothing covers.
const NEVER_DENIED: ClassSet = ClassSet::of(&[PurposeClass::Emergency, PurposeClass::OptOutConfirmation]);

/// Calling codes of countries where asking for a consent is marketing that needs one (state of 2026-11):
/// Poland, Germany, Austria.
const ASKING_IS_MARKETING: [u64; 3] = [48, 49, 43];

/// A number's history at an instant.
pub(super) struct History<'a> {
    events: &'a [(Event, RecordId)],
    attempts: &'a [Attempt],
    templates: &'a [Option<Template>],
    dictionary: &'a Dictionary,
    law: &'a Law<'a>,
    at: Timestamp,
}

/// A consent judged for one of its purposes.
pub(super) struct Judged<'a> {
    pub(super) controller: u16,
    pub(super) purpose: u16,
    pub(super) consent: &'a ConsentTemplate,
    pub(super) given: Timestamp,
    pub(super) record: RecordId,
    pub(super) failing: Vec<Failing>,
    /// The channels for which it counts.
    in_force: ChannelSet,
}

impl<'a> History<'a> {
    pub(super) fn new(
        (events, attempts): (&'a [(Event, RecordId)], &'a [Attempt]),
        templates: &'a [Option<Template>],
        dictionary: &'a Dictionary,
        law: &'a Law<'a>,
        at: Timestamp,
    ) -> Self {
        Self { events, attempts, templates, dictionary, law, at }
    }

    /// Every consent for each of its purposes.
    pub(super) fn judged(&self) -> Vec<Judged<'a>> {
        let mut judged = Vec::new();
        for (event, record, template) in self.events() {
            if let (What::Consent(consent), Some(controller), Some(given)) =
                (&template.what, template.controller, event.at)
            {
                for purpose in consent.purposes.as_slice() {
                    judged.push(self.judge(controller, *purpose, consent, given, event.until, record));
                }
            }
        }
        judged
    }

    /// May the person be asked for what this one of the judged consents does not give?
    pub(super) fn ask_again(&self, number: Number, all: &[Judged<'_>], one: &Judged<'_>) -> AskAgain {
        let given = all
            .iter()
            .filter(|other| other.controller == one.controller && other.purpose == one.purpose)
            .fold(ChannelSet::EMPTY, |given, other| given.union(other.in_force));
        if one.failing.is_empty() || one.consent.channels.intersection(given) == one.consent.channels {
            AskAgain::NotNeeded
        } else if self.refused(all, one.controller) {
            AskAgain::Refused
        } else if self.reassigned_since(one.given) {
            AskAgain::Reassigned
        } else if ASKING_IS_MARKETING.contains(&leading_two_digits(number)) {
            AskAgain::LawForbids
        } else {
            AskAgain::Ask
        }
    }

    fn judge(
        &self,
        controller: u16,
        purpose: u16,
        consent: &'a ConsentTemplate,
        given: Timestamp,
        until: Option<Timestamp>,
        record: RecordId,
    ) -> Judged<'a> {
        let mut failing = Vec::new();
        let mut fails = |fails: bool, how: Failing| {
            if fails {
                failing.push(how);
            }
        };
        let denied = self.denied(controller, purpose, given).intersection(consent.channels);
        fails(!consent.missing.is_empty(), Failing::Nonconforming);
        fails(given > self.at, Failing::NotYetValid);
        let by_law = self.class(purpose).and_then(|class| self.law.consent_ends(class, given, self.at));
        fails(until.into_iter().chain(by_law).any(|until| until <= self.at), Failing::Expired);
        fails(denied == consent.channels, Failing::Denied);
        fails(self.reassigned_since(given), Failing::Reassigned);
        let in_force = if failing.is_empty() {
            consent.channels.iter().filter(|channel| !denied.contains(*channel)).collect()
        } else {
            ChannelSet::EMPTY
        };
        Judged { controller, purpose, consent, given, record, failing, in_force }
    }

    /// The channels on which a denial not earlier than the consent covers the purpose.
    fn denied(&self, controller: u16, purpose: u16, given: Timestamp) -> ChannelSet {
        let refused = self.class(purpose).is_some_and(|class| self.refusals(controller, class).any(|at| at >= given));
        self.denials(controller)
            .filter(|(event, _)| event.at.is_none_or(|at| at >= given))
            .filter(|(_, what)| !matches!(what, What::Listing { list, .. } if self.list_kind(*list) != Some(ListKind::OptOut)))
            .filter_map(|(_, what)| self.covered(what, purpose))
            .fold(if refused { ChannelSet::all() } else { ChannelSet::EMPTY }, ChannelSet::union)
    }

    /// When the person refused contacts of this class for good.
    fn refusals(&self, controller: u16, class: PurposeClass) -> impl Iterator<Item = Timestamp> {
        let own = move |attempt: &&Attempt| attempt.controller.is_none_or(|whose| whose == controller);
        let refusals = self.attempts.iter().filter(own).filter(move |one| self.law.is_refusal_for_good(one, class));
        refusals.map(|attempt| attempt.at).filter(|at| *at <= self.at)
    }

    /// Is a denial in force that bars the question for a new consent? A later consent to some marketing
    /// purpose that counts lifts it.
    fn refused(&self, all: &[Judged<'_>], controller: u16) -> bool {
        let newest_consent = all
            .iter()
            .filter(|judged| judged.controller == controller && self.is_marketing(judged.purpose))
            .filter(|judged| !judged.in_force.is_empty())
            .map(|judged| judged.given)
            .max();
        let refused =
            self.refusals(controller, PurposeClass::Marketing).any(|at| newest_consent.is_none_or(|given| given <= at));
        refused
            || self.denials(controller).any(|(event, what)| {
                let lifted = match (event.at, newest_consent) {
                    (Some(at), Some(consent)) => consent > at,
                    _ => false,
                };
                let mut purposes = (0_u16..).zip(&self.dictionary.purposes);
                !lifted
                    && purposes.any(|(index, purpose)| {
                        purpose.class == PurposeClass::Marketing && self.covered(what, index).is_some()
                    })
            })
    }

    /// The denials of this controller in force at the instant.
    fn denials(&self, controller: u16) -> impl Iterator<Item = (&'a Event, &'a What)> {
        self.events().filter_map(move |(event, _, template)| {
            let binds = template.controller.is_none_or(|whose| whose == controller)
                && match &template.what {
                    What::Listing { list, .. } => self.list_binds(*list, controller),
                    What::Withdrawal { .. }
                    | What::Objection { .. }
                    | What::OptOut { .. }
                    | What::Erasure
                    | What::Restriction => true,
                    _ => false,
                };
            // A denial dated after the data binds from their date on.
            let begun = event.at.is_none_or(|at| at <= self.at || self.at >= self.dictionary.as_of);
            let ended = event.until.is_some_and(|until| until <= self.at);
            (binds && begun && !ended).then_some((event, &template.what))
        })
    }

    /// The channels on which a denial covers a purpose; none: it does not.
    fn covered(&self, what: &What, purpose: u16) -> Option<ChannelSet> {
        let class = self.class(purpose)?;
        if NEVER_DENIED.contains(class) {
            return None;
        }
        match what {
            What::Withdrawal { scope, .. } | What::OptOut { scope, .. } => self.in_scope(scope, purpose, class),
            What::Objection { all } => (*all || OBJECTED_AS_MARKETING.contains(class)).then(ChannelSet::all),
            What::Erasure | What::Restriction => Some(ChannelSet::all()),
            What::Listing { list, scope } => {
                let entry = self.dictionary.lists.get(usize::from(*list))?;
                match (scope.as_ref().or(entry.scope.as_ref()), entry.kind) {
                    (Some(scope), _) => self.in_scope(scope, purpose, class),
                    (None, ListKind::OptOut) => DENIED_BY_DEFAULT.contains(class).then(ChannelSet::all),
                    (None, _) => Some(ChannelSet::all()),
                }
            }
            _ => None,
        }
    }

    fn in_scope(&self, scope: &DenialScope, purpose: u16, class: PurposeClass) -> Option<ChannelSet> {
        let covered = match &scope.purposes {
            DenialPurposes::Default => DENIED_BY_DEFAULT.contains(class),
            DenialPurposes::All | DenialPurposes::Widened => true,
            DenialPurposes::Named(named) => {
                named.contains(purpose)
                    || named.as_slice().iter().any(|index| {
                        self.dictionary.purposes.get(usize::from(*index)).is_some_and(|named| named.id == class.slug())
                    })
            }
        };
        covered.then_some(scope.channels)
    }

    fn reassigned_since(&self, given: Timestamp) -> bool {
        self.events().any(|(event, _, template)| {
            matches!(template.what, What::Reassigned) && event.at.is_none_or(|at| at >= given && at <= self.at)
        })
    }

    fn list_kind(&self, list: u16) -> Option<ListKind> {
        self.dictionary.lists.get(usize::from(list)).map(|list| list.kind)
    }

    /// Is it the controller's own list, or one that blocks?
    fn list_binds(&self, list: u16, controller: u16) -> bool {
        self.dictionary.lists.get(usize::from(list)).is_some_and(|list| {
            matches!(list.kind, ListKind::OptOut | ListKind::Block)
                && list.controllers.as_ref().is_none_or(|controllers| controllers.contains(&controller))
        })
    }

    fn class(&self, purpose: u16) -> Option<PurposeClass> {
        self.dictionary.purposes.get(usize::from(purpose)).map(|purpose| purpose.class)
    }

    fn is_marketing(&self, purpose: u16) -> bool {
        self.class(purpose) == Some(PurposeClass::Marketing)
    }

    fn events(&self) -> impl Iterator<Item = (&'a Event, RecordId, &'a Template)> {
        self.events.iter().filter_map(|(event, record)| {
            let template = self.templates.get(usize::try_from(event.template).ok()?)?.as_ref()?;
            Some((event, *record, template))
        })
    }
}

fn leading_two_digits(number: Number) -> u64 {
    let mut digits = number.as_u64();
    while digits >= 100 {
        digits /= 10;
    }
    digits
}
