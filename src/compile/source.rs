//! Events that come from a store instead of a file, and what stays of erased people.

use std::collections::HashMap;
use std::path::Path;

use super::error::CompileError;
use super::fold::{Remark, Remarks};
use super::input::Record;
use super::manifest::Manifest;
use crate::dictionary::{Dictionary, LedgerMark};
use crate::key::{KeyRing, NumberHash, NumberHasher};
use crate::snapshot::Builder;
use crate::{Event, Number, Template, Timestamp, What};

/// A store of events, read up to its mark.
pub(crate) trait EventSource: Sync {
    /// Where it lies, for messages.
    fn path(&self) -> &Path;
    /// The keys that its tombstones are under.
    fn keys(&self) -> &KeyRing;
    /// Up to where it is read.
    fn mark(&self) -> LedgerMark;
    /// Does it still hold what a snapshot with this mark was compiled from?
    fn confirms(&self, mark: &LedgerMark) -> Result<bool, CompileError>;
    /// What stays of erased people.
    fn tombstones(&self) -> &Tombstones;
    /// Gives every record, or why one cannot be used, with its place. Each was checked against the clock when it
    /// was recorded: none is in the future, whatever the date of the data.
    fn each(
        &self,
        manifest: &Manifest,
        sink: &mut dyn FnMut(u64, Result<Record, &'static str>),
    ) -> Result<(), CompileError>;
    /// A snapshot was made of it.
    fn compiled(&self, manifest: &Manifest, digest: [u8; 32], path: Option<&Path>) -> Result<(), CompileError>;
}

/// What stays of one erased person, for one controller or all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Gone {
    /// None: for every controller.
    pub(crate) controller: Option<String>,
    pub(crate) at: Timestamp,
    /// It denies until then; none: for good. It hides as long as it is there.
    pub(crate) until: Option<Timestamp>,
}

/// What stays of erased people, by the hash of their number.
#[derive(Default, Debug)]
pub(crate) struct Tombstones {
    /// Only keys that some tombstone has.
    pub(crate) hashers: Vec<NumberHasher>,
    pub(crate) gone: HashMap<NumberHash, Vec<Gone>>,
}

impl Gone {
    fn denies(&self) -> bool {
        self.until.is_none_or(|until| until > self.at)
    }

    /// Does it hide a record? As in the fold: denials that are strictly older, all else up to the same instant.
    pub(crate) fn hides(&self, controller: Option<&str>, at: Timestamp, kind: &str) -> bool {
        let is_older = match kind {
            // Nothing that bars for good is lost to what bars less.
            "erasure" => at < self.at && self.until.is_none(),
            // Nor what bars at all to what bars for a term.
            kind if is_denial(kind) => at < self.at && self.until.is_none_or(|until| until <= self.at),
            _ => at <= self.at,
        };
        is_older && reaches(self.controller.as_deref(), controller, kind)
    }
}

/// Is a record of this type a denial, or as good as one?
pub(crate) fn is_denial(kind: &str) -> bool {
    matches!(kind, "withdrawal" | "objection" | "opt_out" | "restriction" | "reassigned")
}

/// Does an erasure for this controller (none: all) take such a record? One without controller may bind others: it
/// stays where its loss could allow something to them.
pub(crate) fn reaches(erased: Option<&str>, controller: Option<&str>, kind: &str) -> bool {
    match (erased, controller) {
        (None, _) => true,
        (Some(erased), Some(controller)) if controller != "*" => erased == controller,
        (Some(_), _) => matches!(kind, "consent" | "relationship" | "notice" | "recording" | "restriction_lifted"),
    }
}

impl Tombstones {
    /// Was nobody erased?
    pub(crate) fn is_empty(&self) -> bool {
        self.gone.is_empty()
    }

    /// What stays of this person.
    pub(crate) fn of(&self, number: Number) -> impl Iterator<Item = &Gone> {
        self.hashers.iter().filter_map(move |hasher| self.gone.get(&hasher.hash(number))).flatten()
    }

    /// Was the person erased since, so that the record must not be used?
    pub(crate) fn hide(&self, record: &Record) -> bool {
        self.of(record.number).any(|gone| gone.hides(record.controller.as_deref(), record.at, record.body.kind()))
    }

    /// Puts those that deny into the snapshot: no number is needed for that.
    pub(crate) fn hand_over(&self, builder: &mut Builder, dictionary: &Dictionary, remarks: &mut Remarks) {
        self.hashers.iter().for_each(|hasher| builder.hash_key(hasher));
        for (hash, all) in &self.gone {
            let events: Vec<Event> = all
                .iter()
                .filter(|gone| gone.denies())
                .map(|gone| {
                    let controller = gone.controller.as_deref().and_then(|name| {
                        let place = dictionary.controllers.iter().position(|controller| controller.id == name);
                        if place.is_none() {
                            remarks.add(Remark::ControllerWidened, name);
                        }
                        place.and_then(|place| u16::try_from(place).ok())
                    });
                    let template = builder.intern(Template { controller, what: What::Erasure });
                    Event { at: Some(gone.at), template, until: gone.until }
                })
                .collect();
            if !events.is_empty() {
                builder.hashed(*hash, &events);
            }
        }
    }
}
