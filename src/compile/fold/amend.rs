//! Records that join what a snapshot already holds of a number.
//!
//! Folding is repeatable: what a snapshot holds of a number is read as records again (a relationship's end is
//! its own by now, a restriction's lift too, and both stand beside it as marks), and folded together with those that
//! came since.

use super::item::{ENDLESS, Ids, Item, Kind, Kinds, UNDATED};
use super::number::OneNumber;
use super::{Defect, Fold};
use crate::compile::input::Record;
use crate::dictionary::Dictionary;
use crate::spill::Room;
use crate::{Attempt, DenialPurposes, DenialScope, Event, Number, Template, Timestamp, What};

/// Folds records into what a snapshot holds, number by number.
#[derive(Debug)]
pub(crate) struct Amend {
    fold: Fold,
    /// How many templates the snapshot has.
    known: usize,
    one: OneNumber,
}

/// What is known of a number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Known {
    /// Its events, sorted; a template beyond the snapshot's is one of [`Amend::templates`].
    pub(crate) events: Vec<(Event, Option<Box<str>>)>,
    /// Its attempts, sorted.
    pub(crate) attempts: Vec<Attempt>,
}

impl Amend {
    /// Amends a snapshot with this dictionary and these templates.
    pub(crate) fn new(dictionary: &Dictionary, templates: &[Template]) -> Self {
        // One number's records are never so many that they leave memory.
        let mut fold = Fold::new(dictionary, &Room::new(None, 0));
        fold.kinds = Kinds::of_templates(templates);
        // What is recorded now may be dated after the snapshot.
        fold.latest = Timestamp::MAX;
        Self { fold, known: templates.len(), one: OneNumber::default() }
    }

    /// What is known of a number when these records join; and which of them were not understood.
    pub(crate) fn amend<'r>(
        &mut self,
        number: Number,
        known: &Known,
        records: impl Iterator<Item = &'r Record>,
    ) -> (Known, Vec<Defect>) {
        let fold = &mut self.fold;
        fold.ids = Ids::new();
        let mut items = Vec::new();
        for (event, id) in &known.events {
            let named = id.as_ref().and_then(|id| fold.ids.keep(id)).unwrap_or(0);
            let until = event.until.map_or(ENDLESS, Timestamp::micros);
            let ends_one = fold.kinds.at(event.template).is_some_and(Kind::ends_one);
            let (until, id) = if ends_one { (i64::from(named), 0) } else { (until, named) };
            let at = event.at.map_or(UNDATED, Timestamp::micros);
            items.push(Item { number: number.as_u64(), at, until, kind: event.template, id });
        }
        for attempt in &known.attempts {
            let Attempt { at, controller, class, is_message, outcome } = *attempt;
            let kind = fold.kinds.intern(Kind::Attempt { controller, class, is_message, outcome });
            items.push(Item { number: number.as_u64(), at: at.micros(), until: ENDLESS, kind, id: 0 });
        }
        let mut defects = Vec::new();
        for record in records {
            match fold.item(record) {
                Ok(item) => items.extend(item),
                Err(defect) => defects.push(defect),
            }
        }
        self.one.fold(&mut items, fold.kinds.as_slice(), &fold.ids);
        let events = self.one.events.iter();
        let events = events.map(|(event, id)| (*event, fold.ids.text(id.0).map(Box::from))).collect();
        (Known { events, attempts: self.one.attempts.clone() }, defects)
    }

    /// The attempt that a record tells of, as a snapshot holds it.
    pub(crate) fn attempt(&mut self, record: &Record) -> Option<Attempt> {
        match self.fold.other(record) {
            Ok((Kind::Attempt { controller, class, is_message, outcome }, _)) => {
                Some(Attempt { at: record.at, controller, class, is_message, outcome })
            }
            _ => None,
        }
    }

    /// The index of a template.
    pub(crate) fn template(&mut self, template: Template) -> u32 {
        self.fold.kinds.intern(Kind::Event(template))
    }

    /// The template with this index.
    pub(crate) fn template_of(&self, index: u32) -> Option<&Template> {
        match self.fold.kinds.at(index)? {
            Kind::Event(template) => Some(template),
            Kind::Attempt { .. } => None,
        }
    }

    /// The controller with this id in the snapshot; none: it stands for every one, or is not known there.
    pub(crate) fn controller(&self, id: Option<&str>) -> Option<u16> {
        match self.fold.names.controller(id) {
            super::Whose::One(controller) => Some(controller),
            super::Whose::Every | super::Whose::Unknown => None,
        }
    }

    /// The templates that events have beyond the snapshot's, in their order.
    pub(crate) fn templates(&self) -> Vec<Template> {
        let beyond = self.fold.kinds.as_slice().get(self.known..).unwrap_or_default();
        beyond.iter().map(|kind| if let Kind::Event(template) = kind { template.clone() } else { unused() }).collect()
    }
}

/// Stands where a kind is no event: no event has it, and one that had it would deny.
fn unused() -> Template {
    let scope = DenialScope { purposes: DenialPurposes::Widened, channels: crate::vocabulary::ChannelSet::all() };
    Template { controller: None, what: What::OptOut { scope, by_message: false } }
}
