//! Lists and records: what they say about the number.

use crate::event::{Event, Template, What};
use crate::language::{ExplanationWords, fill};
use crate::timestamp::Timestamp;
use crate::vocabulary::{Basis, ListKind, Reason};
use crate::{Decision, Language};

use super::super::loaded::Loaded;
use super::super::packs::PackSet;
use super::super::place::Place;
use super::super::question::{DenialKind, Question, TemplateView};
use super::{Consulted, ConsultedKind, text};

/// Collects what lists and records say.
pub(super) struct Records<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) question: &'a Question,
    pub(super) place: &'a Place,
    pub(super) at: Timestamp,
    /// A withdrawal or opt-out reaches this contact whatever it names.
    pub(super) revokes_all: bool,
    pub(super) language: Language,
    pub(super) w: &'static ExplanationWords,
    pub(super) out: &'a mut Vec<Consulted>,
}

impl Records<'_> {
    /// Every list that is asked for this question, those that do not name the number included.
    pub(super) fn lists(&mut self) {
        let snapshot = self.loaded.snapshot();
        let probe = snapshot.probe(self.place.number);
        let subject = self.loaded.subject(self.question.controller, self.place.number, &probe);
        let [by_number, by_range] = subject.undated;
        let met = self.place.packs.map_or(PackSet::EMPTY, |packs| packs.met);
        for (list, index) in snapshot.dictionary().lists.iter().zip(0_u16..) {
            let Some(view) = self.question.list(index) else { continue };
            let undated = by_number.contains(&index) || by_range.contains(&index);
            let dated: Vec<Event> = subject
                .history
                .clone()
                .filter(|event| match self.question.template(event.template) {
                    TemplateView::Listing { list, .. } => list == index,
                    _ => false,
                })
                .collect();
            let named = undated || !dated.is_empty();
            let used = view.binds && view.packs.intersects(met) && self.is_asked(list.kind, index);
            if !named && !used {
                continue;
            }
            let names = match (undated, dated.first().and_then(|event| event.at)) {
                (true, _) => self.w.naming_undated,
                (false, Some(_)) => self.w.naming_dated,
                (false, None) if named => self.w.naming_undated,
                (false, None) => self.w.not_naming,
            };
            let mut finding = fill(self.w.list_says, &[&list.kind, &names]);
            if !view.binds {
                finding.push_str(self.w.other_controllers);
            } else if !view.packs.intersects(met) {
                finding.push_str(self.w.other_places);
            } else if named && !used {
                finding.push_str(self.w.not_screened);
            }
            let copy_of = super::said(self.language, list.as_of);
            let mut details = vec![match list.max_age_days {
                Some(days) => fill(self.w.own_limit, &[&copy_of, &days]),
                None => fill(self.w.entries, &[&copy_of, &self.language.count(list.entries)]),
            }];
            let named = dated.iter().filter_map(|event| event.at);
            details.extend(named.map(|at| fill(self.w.named_since, &[&super::said(self.language, at)])));
            self.out.push(Consulted {
                from: Some(text(list.as_of)),
                source: list.registry.clone(),
                details,
                ..Consulted::new(ConsultedKind::List, list.id.clone(), finding)
            });
        }
    }

    /// A registry is asked where a rule screens it, any other list always.
    fn is_asked(&self, kind: ListKind, index: u16) -> bool {
        kind != ListKind::Registry
            || self
                .place
                .packs
                .map_or(PackSet::EMPTY, |packs| packs.apply)
                .iter()
                .filter_map(|pack| self.question.packs.get(pack))
                .flat_map(|view| &view.registries)
                .any(|registry| registry.copies.iter().any(|copy| copy.list == index))
    }

    /// The consents, denials and relationships that this question asks about.
    pub(super) fn records(&mut self) {
        let snapshot = self.loaded.snapshot();
        let probe = snapshot.probe(self.place.number);
        for event in self.loaded.subject(self.question.controller, self.place.number, &probe).history {
            let Some(template) = self.loaded.templates().get(event.template) else { continue };
            let view = self.question.template(event.template);
            if view == TemplateView::Irrelevant {
                continue;
            }
            let (name, mut finding) = self.describe(template, view);
            if event.at.is_some_and(|at| at > self.at) {
                finding.push_str(self.w.not_yet);
            } else if event.until.is_some_and(|until| until <= self.at) {
                finding.push_str(self.w.over);
            }
            self.out.push(Consulted {
                from: event.at.map(text),
                until: event.until.map(text),
                source: self.loaded.record_id(self.place.number, &probe, &event).map(str::to_owned),
                ..Consulted::new(ConsultedKind::Record, name, finding)
            });
        }
    }

    fn describe(&self, template: &Template, view: TemplateView) -> (String, String) {
        let w = self.w;
        let reach = |covers: bool| if covers { w.covers } else { w.does_not_cover };
        match (&template.what, view) {
            (What::Consent(consent), TemplateView::Consent(seen)) => {
                let mut finding = fill(w.consent, &[&reach(seen.covers), &self.language.form(consent.form)]);
                if !consent.missing.is_empty() {
                    let missing: Vec<&str> =
                        consent.missing.iter().map(|condition| self.language.condition(condition)).collect();
                    finding.push_str(&fill(w.does_not_count, &[&missing.join(w.nor)]));
                }
                ("consent".to_owned(), finding)
            }
            (what, TemplateView::Denial(seen)) => {
                let name = match what {
                    What::Withdrawal { .. } => "withdrawal",
                    What::Objection { .. } => "objection",
                    What::OptOut { .. } => "opt_out",
                    What::Erasure => "erasure",
                    _ => "restriction",
                };
                let revokes = self.revokes_all && seen.kind.revokes_consent();
                (name.to_owned(), reach(seen.cover.question || revokes).to_owned())
            }
            (_, TemplateView::Listing { list, scope }) => {
                let list = self.loaded.snapshot().dictionary().lists.get(usize::from(list));
                let covers = scope.is_none_or(|scope| scope.question);
                ("list entry".to_owned(), fill(w.on_list, &[&list.map_or("?", |list| &list.id), &reach(covers)]))
            }
            (What::Relationship { kind, .. }, TemplateView::Relationship { names_purpose, .. }) => {
                let naming = if names_purpose { w.names_purpose } else { w.names_no_purpose };
                ("relationship".to_owned(), fill(w.tie, &[&self.language.relationship(*kind), &naming]))
            }
            (_, TemplateView::Notice { .. }) => ("notice".to_owned(), w.notice.to_owned()),
            (_, TemplateView::Reassigned) => ("reassigned".to_owned(), w.reassigned.to_owned()),
            _ => ("record".to_owned(), String::new()),
        }
    }
}

/// The id of the record that carried the answer.
pub(super) fn evidence(
    loaded: &Loaded,
    question: &Question,
    place: &Place,
    at: Timestamp,
    (decision, revokes_all): (&Decision, bool),
) -> Option<String> {
    let probe = loaded.snapshot().probe(place.number);
    let counts =
        |event: &Event| event.at.is_some_and(|given| given <= at) && event.until.is_none_or(|until| at < until);
    let carried = |view: TemplateView| match (decision.basis(), decision.reason(), view) {
        (Some(Basis::Consent), _, TemplateView::Consent(consent)) => consent.covers && consent.conforms,
        (Some(Basis::Contract | Basis::Relationship | Basis::SoftOptIn), _, TemplateView::Relationship { .. }) => true,
        (
            None,
            Some(Reason::Erased | Reason::Restricted | Reason::Objected | Reason::Withdrawn | Reason::OptedOut),
            TemplateView::Denial(denial),
        ) => {
            let covers = denial.cover.question || (revokes_all && denial.kind.revokes_consent());
            covers && Some(reason_of(denial.kind)) == decision.reason()
        }
        _ => false,
    };
    loaded
        .subject(question.controller, place.number, &probe)
        .history
        .filter(|event| counts(event) && carried(question.template(event.template)))
        .last()
        .and_then(|event| loaded.record_id(place.number, &probe, &event).map(str::to_owned))
}

const fn reason_of(kind: DenialKind) -> Reason {
    match kind {
        DenialKind::Withdrawal => Reason::Withdrawn,
        DenialKind::Objection => Reason::Objected,
        DenialKind::OptOut => Reason::OptedOut,
        DenialKind::Erasure => Reason::Erased,
        DenialKind::Restriction => Reason::Restricted,
    }
}
