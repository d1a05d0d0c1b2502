//! Everything recorded about a number becomes one history.
//!
//! Pure: no file, clock or lock. Records and dated or scoped list entries go in, in any order; out come,
//! number by number, the events and attempts that the gate evaluates at the instant of a question.
//!
//! How records are read together:
//!
//! - The same `id` at the same number is the same event. Repetitions merge. Where two records of one id
//!   differ, denials and attempts are all kept; consents, relationships, notices and lifts are all
//!   rejected; an erasure without tombstone leaves one. Records without id merge when they are equal,
//!   attempts never. Attempts have ids of their own: they dispute none of a consent.
//! - An end by `kind` ends the relationships of that kind and controller that began at or before it; an end
//!   by `of` ends the relationship with that id. The earliest end counts.
//! - A restriction lasts until the first lift that is strictly later.
//! - An erasure hides what its controller knew: consents, relationships, notices and attempts up to its
//!   instant, denials before it. Reassignments, list entries and denials that bind every controller stay.
//! - What cannot be read in a denial widens it, what cannot be read in a consent takes it away.

#[cfg(feature = "ledger")]
mod amend;
mod item;
mod memo;
mod names;
mod number;
mod report;
mod runs;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

#[cfg(feature = "ledger")]
pub(crate) use amend::{Amend, Known};
use item::{ENDLESS, Ids, Item, Kind, Kinds, UNDATED};
use memo::Memo;
use names::{Names, Whose};
pub(crate) use number::Counts;
use number::OneNumber;
pub(crate) use report::{Defect, Remark, Remarks};
use runs::{Groups, Runs};

use std::io;
use std::sync::Arc;

use super::input::{Body, Consent, ListEntry, Record, Scope, Target};
use crate::dictionary::Dictionary;
use crate::spill::Room;
use crate::timestamp::SECOND;
use crate::vocabulary::ListKind;
use crate::{Attempt, ConsentTemplate, DenialScope, Event, Number, Template, Timestamp, What};

/// Collects records and list entries.
#[derive(Debug)]
pub(crate) struct Fold {
    names: Names,
    kinds: Kinds,
    ids: Ids,
    runs: Runs,
    remarks: Remarks,
    /// A consent dated later is rejected.
    latest: Timestamp,
    recordings: u64,
    memo: Memo,
    keeps_marks: bool,
}

/// Where a list entry belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Placed {
    /// Undated and unscoped: the number is on the list, and that is all.
    Listed(Number),
    /// The list covers these numbers.
    Range { first: u64, last: u64 },
    /// The fold has taken it into the history.
    Taken,
}

/// Consents may be dated so many microseconds after `as_of`.
const GRACE: i64 = 300 * SECOND;

impl Fold {
    /// A fold over the controllers, purposes, texts, notice versions and lists of this dictionary. What memory does
    /// not hold goes to this room's files.
    pub(crate) fn new(dictionary: &Dictionary, room: &Arc<Room>) -> Self {
        Self {
            names: Names::new(dictionary),
            kinds: Kinds::default(),
            ids: Ids::new(),
            runs: Runs::new(room),
            remarks: Remarks::default(),
            latest: dictionary.as_of.plus(GRACE),
            recordings: 0,
            memo: Memo::default(),
            keeps_marks: false,
        }
    }

    /// Keeps marks in the histories, for records that a ledger may add later.
    #[must_use]
    pub(crate) fn keeping_marks(mut self) -> Self {
        self.kinds.intern(Kind::ID_TAKEN);
        self.keeps_marks = true;
        self
    }

    /// Takes a record.
    ///
    /// # Errors
    ///
    /// A defect rejects the record; a record that denies has none of its own, except an end of nothing.
    pub(crate) fn record(&mut self, record: &Record) -> Result<(), Defect> {
        if let Some(item) = self.item(record)? {
            self.runs.push(item, &mut self.ids);
        }
        Ok(())
    }

    /// The same for a record that was checked against the clock when it was recorded: it may be dated after the
    /// date of the data.
    pub(crate) fn recorded(&mut self, record: &Record) -> Result<(), Defect> {
        let latest = std::mem::replace(&mut self.latest, Timestamp::MAX);
        let taken = self.record(record);
        self.latest = latest;
        taken
    }

    /// So many attempts were left out because they are counted elsewhere.
    pub(crate) fn attempts_elsewhere(&mut self, count: u64) {
        self.remarks.add_many(Remark::AttemptsElsewhere, "", count);
    }

    /// The record as the fold keeps it; none: it says nothing that the gate asks for.
    fn item(&mut self, record: &Record) -> Result<Option<Item>, Defect> {
        let (kind, until) = match &record.body {
            Body::Recording { .. } => {
                self.recordings = self.recordings.saturating_add(1);
                return Ok(None);
            }
            Body::Consent(consent) => (self.consent(record, consent)?, micros(consent.expires_at)),
            Body::RelationshipEnd { of: Some(of), .. } => {
                let Some(relationship) = self.ids.keep(of) else {
                    self.remarks.add(Remark::IdDropped, "");
                    return Ok(None);
                };
                let kind = self.kinds.intern(Kind::END_OF);
                self.runs.end_of = Some(kind);
                (kind, i64::from(relationship))
            }
            _ => {
                let (kind, until) = self.other(record)?;
                (self.kinds.intern(kind), micros(until))
            }
        };
        let id = match &record.id {
            None => 0,
            Some(id) => match self.ids.keep(id) {
                Some(handle) => handle,
                None if self.kinds.at(kind).is_none_or(Kind::permits) => return Err(Defect::IdTooLong),
                None => {
                    self.remarks.add(Remark::IdDropped, "");
                    0
                }
            },
        };
        Ok(Some(Item { number: record.number.as_u64(), at: record.at.micros(), until, kind, id }))
    }

    /// Takes an entry of a list, or says where else it belongs.
    pub(crate) fn entry(&mut self, list: u16, entry: &ListEntry) -> Placed {
        let number = match entry.target {
            Target::Number(number) => number,
            Target::Range { first, last } => return Placed::Range { first, last },
        };
        let (what, until) = if self.names.list_kind(list) == Some(ListKind::Reassigned) {
            if entry.until.is_some() || entry.scope.is_some() {
                self.remarks.add(Remark::ReassignedScope, "");
            }
            (What::Reassigned, None)
        } else if entry.at.is_none() && entry.until.is_none() && entry.scope.is_none() {
            return Placed::Listed(number);
        } else {
            let scope = entry.scope.as_ref().map(|scope| self.names.entry_scope(list, scope, &mut self.remarks));
            (What::Listing { list, scope }, entry.until)
        };
        let kind = self.kinds.intern(Kind::Event(Template { controller: None, what }));
        let at = entry.at.map_or(UNDATED, Timestamp::micros);
        let item = Item { number: number.as_u64(), at, until: micros(until), kind, id: 0 };
        self.runs.push(item, &mut self.ids);
        Placed::Taken
    }

    /// Takes an undated, unscoped entry into the history although an index could hold it.
    pub(crate) fn listed(&mut self, list: u16, number: Number) {
        let kind = Kind::Event(Template { controller: None, what: What::Listing { list, scope: None } });
        let kind = self.kinds.intern(kind);
        let item = Item { number: number.as_u64(), at: UNDATED, until: ENDLESS, kind, id: 0 };
        self.runs.push(item, &mut self.ids);
    }

    /// Sorts what was taken and begins to fold it. The notice versions that records name join those of the
    /// dictionary.
    pub(crate) fn finish(self, dictionary: &mut Dictionary) -> Folded {
        let (versions, places) = self.names.into_notice_versions();
        let replace = |version: &mut Option<u16>| *version = version.and_then(|index| places.get(&index).copied());
        dictionary.controllers.iter_mut().for_each(|controller| replace(&mut controller.notice_version));
        dictionary.notice_versions = versions;
        let (kinds, places) = self.kinds.ranked(|kind| match kind {
            Kind::Event(Template { what: What::Consent(consent), .. }) => replace(&mut consent.notice),
            Kind::Event(Template { what: What::Notice { version }, .. }) => {
                *version = places.get(version).copied().unwrap_or(*version);
            }
            _ => {}
        });
        Folded {
            items: self.runs.items(),
            groups: self.runs.grouped(self.ids),
            kinds,
            places,
            ids: Ids::new(),
            group: Vec::new(),
            one: OneNumber { keeps_marks: self.keeps_marks, ..OneNumber::default() },
            remarks: self.remarks,
            recordings: self.recordings,
        }
    }

    fn consent(&mut self, record: &Record, consent: &Consent) -> Result<u32, Defect> {
        if record.at > self.latest {
            return Err(Defect::Future);
        }
        let double_opt_in = consent.double_opt_in_at.is_some_and(|at| at <= self.latest);
        if let Some(kind) = self.memo.find(record, consent, double_opt_in) {
            return Ok(kind);
        }
        let controller = Some(self.own_controller(record)?);
        let purposes = self.names.purposes(&consent.purposes, &mut self.remarks);
        if purposes.as_slice().is_empty() {
            return Err(Defect::PurposesUnknown);
        }
        if consent.channels.is_empty() {
            return Err(Defect::ChannelsMissing);
        }
        let all_known = purposes.as_slice().len() == consent.purposes.len();
        let what = What::Consent(ConsentTemplate {
            purposes,
            channels: consent.channels,
            form: consent.form,
            missing: consent.missing,
            double_opt_in,
            notice: match &consent.notice_version {
                Some(version) => Some(self.names.notice_version(version).ok_or(Defect::NoticeVersions)?),
                None => None,
            },
            text: consent.text.as_deref().map(|text| self.names.text(text)).transpose()?,
        });
        let kind = self.kinds.intern(Kind::Event(Template { controller, what }));
        if all_known {
            self.memo.keep(record, consent, double_opt_in, kind);
        }
        Ok(kind)
    }

    /// Everything but consents, recordings and ends by id.
    fn other(&mut self, record: &Record) -> Result<(Kind, Option<Timestamp>), Defect> {
        let mut until = None;
        let (controller, what) = match &record.body {
            Body::Withdrawal { scope, via } => {
                let scope = self.names.scope(scope, &mut self.remarks);
                (self.bound(record), What::Withdrawal { scope, by_message: by_message(via.as_deref()) })
            }
            Body::Objection { all } => (self.bound(record), What::Objection { all: *all }),
            Body::OptOut { scope, until: end, via } => {
                until = *end;
                let scope = self.names.scope(scope, &mut self.remarks);
                (self.bound(record), What::OptOut { scope, by_message: by_message(via.as_deref()) })
            }
            Body::Erasure { keep_suppression } => {
                let controller = self.bound(record);
                let tombstone = Kind::Event(Template { controller, what: What::Erasure });
                if *keep_suppression {
                    return Ok((tombstone, None));
                }
                // Kept ready for the case that another record of the same id says otherwise.
                self.kinds.intern(tombstone);
                (controller, What::Vanished)
            }
            Body::Restriction => (self.bound(record), What::Restriction),
            Body::RestrictionLifted => {
                let controller = match self.names.controller(record.controller.as_deref()) {
                    Whose::One(controller) => Some(controller),
                    Whose::Every => None,
                    Whose::Unknown => return Err(Defect::ControllerUnknown),
                };
                (controller, What::RestrictionLifted)
            }
            Body::Relationship { kind, purposes, ends_at, soft_opt_in } => {
                until = *ends_at;
                let controller = self.own_controller(record)?;
                let purposes = self.names.purposes(purposes, &mut self.remarks);
                (Some(controller), What::Relationship { kind: *kind, purposes, soft_opt_in: *soft_opt_in })
            }
            Body::RelationshipEnd { kind, .. } => {
                let kind = kind.ok_or(Defect::EndOfNothing)?;
                (self.bound(record), What::RelationshipEnd { kind: Some(kind) })
            }
            Body::Notice { version } => {
                let controller = self.own_controller(record)?;
                let version = self.names.notice_version(version).ok_or(Defect::NoticeVersions)?;
                (Some(controller), What::Notice { version })
            }
            Body::Attempt { channel, purpose, outcome } => {
                let class = purpose.as_deref().and_then(|purpose| {
                    let class = self.names.class(purpose);
                    if class.is_none() {
                        self.remarks.add(Remark::AttemptWidened, purpose);
                    }
                    class
                });
                let (is_message, outcome) = (channel.is_message(), *outcome);
                return Ok((Kind::Attempt { controller: self.bound(record), class, is_message, outcome }, None));
            }
            Body::Reassigned => (None, What::Reassigned),
            // Both are taken before.
            Body::Consent(_) | Body::Recording { .. } => return Err(Defect::PurposesUnknown),
        };
        Ok((Kind::Event(Template { controller, what }), until))
    }

    /// The controller of a record that permits: it must be a certain one.
    fn own_controller(&self, record: &Record) -> Result<u16, Defect> {
        match self.names.controller(record.controller.as_deref()) {
            Whose::One(controller) => Ok(controller),
            Whose::Every => Err(Defect::ControllerMissing),
            Whose::Unknown => Err(Defect::ControllerUnknown),
        }
    }

    /// The controller that a record binds; none: every one.
    fn bound(&mut self, record: &Record) -> Option<u16> {
        match self.names.controller(record.controller.as_deref()) {
            Whose::One(controller) => Some(controller),
            Whose::Every => None,
            Whose::Unknown => {
                self.remarks.add(Remark::ControllerWidened, record.controller.as_deref().unwrap_or_default());
                None
            }
        }
    }
}

/// The scope of a list that names one.
pub(crate) fn list_scope(dictionary: &Dictionary, list: u16, scope: &Scope, remarks: &mut Remarks) -> DenialScope {
    Names::new(dictionary).entry_scope(list, scope, remarks)
}

fn micros(until: Option<Timestamp>) -> i64 {
    until.map_or(ENDLESS, Timestamp::micros)
}

/// Was it made by a message?
fn by_message(via: Option<&str>) -> bool {
    const WORDS: [&str; 7] = ["sms", "mms", "messaging", "rcs", "whatsapp", "message", "text"];
    via.is_some_and(|via| WORDS.iter().any(|word| via.trim().eq_ignore_ascii_case(word)))
}

/// The folded numbers, in ascending order.
#[derive(Debug)]
pub(crate) struct Folded {
    items: u64,
    groups: Groups,
    kinds: Vec<Kind>,
    places: Vec<u32>,
    ids: Ids,
    group: Vec<Item>,
    one: OneNumber,
    remarks: Remarks,
    recordings: u64,
}

/// One number with all that is known about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Folding<'a> {
    /// The number.
    pub(crate) number: Number,
    /// Its events, sorted; the template is a place in [`Folded::templates`].
    pub(crate) events: &'a [(Event, RecordId)],
    /// Its attempts, sorted.
    pub(crate) attempts: &'a [Attempt],
    ids: &'a Ids,
}

/// The id that a record gave itself, if it did: [`Folding::id`] has its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RecordId(u32);

impl RecordId {
    /// It did not.
    pub(crate) const NONE: Self = Self(0);
}

impl Folded {
    /// What the events' templates stand for, by place; none: no event has it.
    pub(crate) fn templates(&self) -> impl Iterator<Item = Option<&Template>> {
        self.kinds.iter().map(|kind| match kind {
            Kind::Event(template) => Some(template),
            _ => None,
        })
    }

    /// How many records and entries are folded in all.
    pub(crate) const fn items(&self) -> u64 {
        self.items
    }

    /// How many of them went into the number that was given last.
    pub(crate) fn group_len(&self) -> u64 {
        u64::try_from(self.group.len()).unwrap_or(u64::MAX)
    }

    /// The next number that anything is known about; none at the end.
    ///
    /// # Errors
    /// When what left memory does not come back.
    pub(crate) fn next(&mut self) -> io::Result<Option<Folding<'_>>> {
        loop {
            let Some(number) = self.groups.next_into(&mut self.group, &mut self.ids)? else { return Ok(None) };
            for item in &mut self.group {
                let place = usize::try_from(item.kind).ok().and_then(|kind| self.places.get(kind).copied());
                item.kind = place.ok_or(io::ErrorKind::InvalidData)?;
            }
            self.one.fold(&mut self.group, &self.kinds, &self.ids);
            if !(self.one.events.is_empty() && self.one.attempts.is_empty()) {
                let number = Number::from_e164(number).ok_or(io::ErrorKind::InvalidData)?;
                let (events, attempts) = (&self.one.events, &self.one.attempts);
                return Ok(Some(Folding { number, events, attempts, ids: &self.ids }));
            }
        }
    }

    /// What happened in the fold, so far.
    pub(crate) fn counts(&self) -> Counts {
        self.one.counts
    }

    /// What was read otherwise than it was written.
    pub(crate) fn remarks(&self) -> &Remarks {
        &self.remarks
    }

    /// How many recordings there were: the gate does not ask for them.
    pub(crate) fn recordings(&self) -> u64 {
        self.recordings
    }
}

impl<'a> Folding<'a> {
    /// The id of the record behind an event.
    pub(crate) fn id(&self, record: RecordId) -> Option<&'a str> {
        self.ids.text(record.0)
    }
}
