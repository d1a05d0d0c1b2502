//! What was read of a ledger since a snapshot was compiled, and what it makes of the snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use crate::compile::fold::{Amend, Known};
use crate::compile::input::{Body, Record};
use crate::gate::{Amended, Loaded, News, Overlay, Pulse};
use crate::key::{NumberHash, NumberHasher};
use crate::ledger::{Entry, LedgerError, Position, Store, Stored, Tombstone};
use crate::{Attempt, Event, Number, Template, Timestamp, What};

/// So many entries are read at a time.
const BATCH: usize = 4096;

/// A snapshot, and what was read of its ledger since.
#[derive(Debug)]
pub(super) struct State {
    /// What questions see, once published.
    loaded: Arc<Loaded>,
    /// Up to where the snapshot itself goes.
    mark: Position,
    /// Up to where the ledger was read.
    position: Position,
    amend: Amend,
    controllers: Vec<String>,
    numbers: BTreeMap<u64, Since>,
    gone: BTreeMap<NumberHash, Vec<Event>>,
    hashers: Vec<NumberHasher>,
    /// The ledger's version when it was read last.
    version: Option<i64>,
    /// Everything that was committed before this instant was read.
    seen: Instant,
}

/// What was read of a number.
#[derive(Default, Debug)]
struct Since {
    records: Vec<Record>,
    /// The ends and lifts of before are among the records.
    knows_ends: bool,
    /// Attempts of the snapshot that were given back.
    given_back: Vec<Attempt>,
}

/// What an entry touched.
#[derive(Default)]
struct Touched {
    numbers: BTreeSet<u64>,
    hashes: BTreeSet<NumberHash>,
}

impl State {
    /// A snapshot that goes up to `mark`, with nothing read since.
    pub(super) fn new(loaded: &Loaded, mark: Position, pulse: &Arc<Pulse>) -> Self {
        let snapshot = loaded.snapshot();
        let amend = Amend::new(snapshot.dictionary(), snapshot.templates());
        Self {
            loaded: Arc::new(loaded.with(Overlay::default(), pulse)),
            mark,
            position: mark,
            amend,
            controllers: snapshot.dictionary().controllers.iter().map(|controller| controller.id.clone()).collect(),
            numbers: BTreeMap::new(),
            gone: BTreeMap::new(),
            hashers: Vec::new(),
            version: None,
            seen: Instant::now(),
        }
    }

    /// What questions shall see.
    pub(super) const fn loaded(&self) -> &Arc<Loaded> {
        &self.loaded
    }

    /// The controllers that the snapshot knows.
    pub(super) fn controllers(&self) -> &[String] {
        &self.controllers
    }

    /// Up to where the ledger was read.
    pub(super) const fn position(&self) -> Position {
        self.position
    }

    /// Everything that was committed before this instant was read.
    pub(super) const fn seen(&self) -> Instant {
        self.seen
    }

    /// Reads on to the end of the ledger.
    pub(super) fn read_on(&mut self, store: &dyn Store, pulse: &Arc<Pulse>) -> Result<(), LedgerError> {
        let seen = Instant::now();
        let version = store.version()?;
        if self.version != Some(version) {
            self.read_rest(store, pulse)?;
            self.version = Some(version);
        }
        self.seen = seen;
        Ok(())
    }

    fn read_rest(&mut self, store: &dyn Store, pulse: &Arc<Pulse>) -> Result<(), LedgerError> {
        let mut touched = Touched::default();
        let mut stored = Vec::new();
        loop {
            let last = store.read_after(self.position, BATCH, &self.controllers, &mut stored)?;
            for Stored { entry, .. } in stored.drain(..) {
                self.take(store, entry, &mut touched)?;
            }
            if last == self.position {
                return self.apply(&touched, pulse);
            }
            self.position = last;
        }
    }

    /// Takes in what was read already: everything that was committed before `seen`.
    pub(super) fn read(
        &mut self,
        store: &dyn Store,
        stored: &[Stored],
        seen: Instant,
        pulse: &Arc<Pulse>,
    ) -> Result<(), LedgerError> {
        let mut touched = Touched::default();
        for Stored { position, entry } in stored {
            self.take(store, entry.clone(), &mut touched)?;
            self.position = *position;
        }
        self.seen = seen;
        self.apply(&touched, pulse)
    }

    fn take(&mut self, store: &dyn Store, entry: Entry, touched: &mut Touched) -> Result<(), LedgerError> {
        match entry {
            Entry::Record(record) => {
                touched.numbers.insert(record.number.as_u64());
                let since = self.numbers.entry(record.number.as_u64()).or_default();
                let can_end = matches!(record.body, Body::Relationship { .. } | Body::Restriction);
                if can_end && !since.knows_ends {
                    // The snapshot holds what ends and lifts of before did to what it knew, not themselves.
                    since.records.extend(store.ends(record.number, self.mark, &self.controllers)?);
                    since.knows_ends = true;
                }
                since.records.push(*record);
            }
            Entry::Released { attempt, was } => {
                touched.numbers.insert(attempt.number.as_u64());
                let since = self.numbers.entry(attempt.number.as_u64()).or_default();
                if was <= self.mark {
                    since.given_back.extend(self.amend.attempt(&attempt));
                } else if let Some(own) = since.records.iter().rposition(|known| *known == *attempt) {
                    since.records.remove(own);
                }
            }
            Entry::Tombstone(tombstone) => {
                touched.hashes.insert(tombstone.hash);
                self.bury(store, tombstone)?;
            }
        }
        Ok(())
    }

    fn bury(&mut self, store: &dyn Store, tombstone: Tombstone) -> Result<(), LedgerError> {
        let Tombstone { hash, key, controller, at, until } = tombstone;
        if !self.hashers.iter().any(|hasher| hasher.key_id() == key) {
            self.hashers.push(store.hasher(key).ok_or(LedgerError::KeyMissing(key))?);
        }
        // A controller that the snapshot does not know is as good as every one.
        let controller = self.amend.controller(controller.as_deref());
        let template = self.amend.template(Template { controller, what: What::Erasure });
        self.gone.entry(hash).or_default().push(Event { at: Some(at), template, until });
        Ok(())
    }

    /// Makes of it what questions see.
    fn apply(&mut self, touched: &Touched, pulse: &Arc<Pulse>) -> Result<(), LedgerError> {
        if touched.numbers.is_empty() && touched.hashes.is_empty() {
            return Ok(());
        }
        let mut numbers = BTreeMap::new();
        for number in &touched.numbers {
            if let Some(known) = Number::from_e164(*number) {
                numbers.insert(*number, self.amended(known));
            }
        }
        let gone = touched.hashes.iter().filter_map(|hash| Some((*hash, self.gone.get(hash)?.clone())));
        let news = News {
            numbers,
            hashed: gone.collect(),
            hashers: self.hashers.as_slice().into(),
            templates: Arc::new(self.amend.templates()),
            as_of: Timestamp::from(chrono::Utc::now()),
        };
        let overlay = self.loaded.overlay().with(news);
        self.loaded = Arc::new(self.loaded.with(overlay, pulse));
        Ok(())
    }

    /// All that is known of a number now.
    fn amended(&mut self, number: Number) -> Amended {
        let snapshot = self.loaded.snapshot();
        let probe = snapshot.probe(number);
        let events = snapshot.history(&probe).enumerate();
        let events = events.map(|(place, event)| (event, snapshot.record_id(&probe, place).map(Box::from))).collect();
        let mut attempts: Vec<Attempt> = snapshot.attempts(number).collect();
        let since = self.numbers.get(&number.as_u64());
        for given_back in since.into_iter().flat_map(|since| &since.given_back) {
            if let Some(place) = attempts.iter().position(|attempt| attempt == given_back) {
                attempts.remove(place);
            }
        }
        let records = since.into_iter().flat_map(|since| &since.records);
        let Known { events, attempts } = self.amend.amend(number, &Known { events, attempts }, records).0;
        let (events, ids) = events.into_iter().unzip();
        Amended { events, ids, attempts }
    }
}
