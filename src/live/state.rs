//! What was read of a ledger since a snapshot was compiled, and what it makes of the snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use crate::compile::fold::{Amend, Known};
use crate::compile::input::Record;
use crate::compile::source::reaches;
use crate::dictionary::LedgerMark;
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
    mark: LedgerMark,
    /// Up to where the ledger was read.
    position: Position,
    amend: Amend,
    /// Taken in and not yet shown to questions.
    touched: Touched,
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
    /// Attempts of the snapshot that were given back.
    given_back: Vec<Attempt>,
}

/// What entries touched.
#[derive(Default, Debug)]
struct Touched {
    numbers: BTreeSet<u64>,
    hashes: BTreeSet<NumberHash>,
}

impl State {
    /// A snapshot that goes up to `mark`, with nothing read since.
    pub(super) fn new(loaded: &Loaded, mark: LedgerMark, pulse: &Arc<Pulse>) -> Self {
        let snapshot = loaded.snapshot();
        let amend = Amend::new(snapshot.dictionary(), snapshot.templates());
        Self {
            loaded: Arc::new(loaded.with(Overlay::default(), pulse)),
            mark,
            position: mark.position,
            amend,
            touched: Touched::default(),
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
        if !store.confirms(&self.mark)? || store.last_position()? < self.position {
            return Err(LedgerError::PutBack);
        }
        let mut stored = Vec::new();
        loop {
            let from = self.position;
            let last = store.read_after(from, BATCH, self.loaded.snapshot().dictionary(), &mut stored)?;
            for Stored { position, entry } in stored.drain(..) {
                self.take(store, entry)?;
                self.position = position;
            }
            self.position = last;
            if last == from {
                self.apply(pulse);
                return Ok(());
            }
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
        for Stored { position, entry } in stored {
            self.take(store, entry.clone())?;
            self.position = *position;
        }
        self.seen = seen;
        self.apply(pulse);
        Ok(())
    }

    /// Takes an entry in. When it fails nothing of the entry is.
    fn take(&mut self, store: &dyn Store, entry: Entry) -> Result<(), LedgerError> {
        match entry {
            Entry::Record(record) => {
                self.touched.numbers.insert(record.number.as_u64());
                let since = self.numbers.entry(record.number.as_u64()).or_default();
                since.records.push(*record);
            }
            Entry::Released { attempt, was } => {
                self.touched.numbers.insert(attempt.number.as_u64());
                let since = self.numbers.entry(attempt.number.as_u64()).or_default();
                if was <= self.mark.position {
                    since.given_back.extend(self.amend.attempt(&attempt));
                } else if let Some(own) = since.records.iter().rposition(|known| *known == *attempt) {
                    since.records.remove(own);
                }
            }
            Entry::Tombstone(tombstone) => {
                let hash = tombstone.hash;
                self.bury(store, tombstone)?;
                self.touched.hashes.insert(hash);
            }
        }
        Ok(())
    }

    fn bury(&mut self, store: &dyn Store, tombstone: Tombstone) -> Result<(), LedgerError> {
        let Tombstone { hash, key, controller, at, until, wipes } = tombstone;
        let hasher = store.hasher(key).ok_or(LedgerError::KeyMissing(key))?;
        if wipes {
            self.wipe(hash, &hasher, controller.as_deref());
        }
        if !self.hashers.iter().any(|hasher| hasher.key_id() == key) {
            self.hashers.push(hasher);
        }
        // A controller that the snapshot does not know is as good as every one.
        let controller = self.amend.controller(controller.as_deref());
        let template = self.amend.template(Template { controller, what: What::Erasure });
        let events = self.gone.entry(hash).or_default();
        events.push(Event { at: Some(at), template, until });
        if wipes {
            // What the snapshot knows to permit goes, whatever its date.
            let template = self.amend.template(Template { controller, what: What::Vanished });
            events.push(Event { at: Some(Timestamp::MAX), template, until: None });
        }
        Ok(())
    }

    /// Forgets what was read of a person, as the ledger has.
    fn wipe(&mut self, hash: NumberHash, hasher: &NumberHasher, controller: Option<&str>) {
        for (number, since) in &mut self.numbers {
            if Number::from_e164(*number).is_some_and(|number| hasher.hash(number) == hash) {
                since.records.retain(|record| !reaches(controller, record.controller.as_deref(), record.body.kind()));
                self.touched.numbers.insert(*number);
            }
        }
    }

    /// Was what the snapshot knows to permit for this controller as of an instant erased since?
    fn is_erased(&self, number: Number, controller: Option<u16>, as_of: Option<Timestamp>) -> bool {
        let gone = self.hashers.iter().filter_map(|hasher| self.gone.get(&hasher.hash(number))).flatten();
        gone.filter_map(|event| Some((event.at, self.amend.template_of(event.template)?))).any(|(at, template)| {
            let erases = template.what == What::Vanished || as_of <= at;
            erases && (template.controller.is_none() || template.controller == controller)
        })
    }

    /// Makes of it what questions see.
    fn apply(&mut self, pulse: &Arc<Pulse>) {
        let touched = std::mem::take(&mut self.touched);
        if touched.numbers.is_empty() && touched.hashes.is_empty() {
            return;
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
        };
        let overlay = self.loaded.overlay().with(news);
        self.loaded = Arc::new(self.loaded.with(overlay, pulse));
    }

    /// All that is known of a number now.
    fn amended(&mut self, number: Number) -> Amended {
        let snapshot = self.loaded.snapshot();
        let probe = snapshot.probe(number);
        let date = snapshot.dictionary().as_of;
        let dated_ahead = snapshot.history(&probe).any(|event| event.at.is_some_and(|at| at > date));
        let events = snapshot.history(&probe).enumerate();
        let erased = |event: &Event| {
            snapshot.templates().get(usize::try_from(event.template).unwrap_or(usize::MAX)).is_some_and(|template| {
                matches!(template.what, What::Consent(_) | What::Relationship { .. } | What::Notice { .. })
                    && self.is_erased(number, template.controller, event.at)
            })
        };
        let events = events
            .filter(|(_, event)| !erased(event))
            .map(|(place, event)| (event, snapshot.record_id(&probe, place).map(Box::from)))
            .collect();
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
        // A denial that the snapshot dates ahead goes on binding from the snapshot's date.
        let as_of = if dated_ahead { date } else { Timestamp::from(chrono::Utc::now()) };
        Amended { events, ids, attempts, as_of }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use std::sync::Weak;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::dictionary::Dictionary;
    use crate::key::KeyId;
    use crate::ledger::{Ledger, LedgerId, Listener};
    use crate::{Gate, Manifest};

    /// A ledger that is busy when it is read for the second time.
    struct BusyOnce(Ledger, AtomicUsize);

    impl Store for BusyOnce {
        fn id(&self) -> LedgerId {
            Store::id(&self.0)
        }
        fn read_after(
            &self,
            position: Position,
            limit: usize,
            dictionary: &Dictionary,
            into: &mut Vec<Stored>,
        ) -> Result<Position, LedgerError> {
            if self.1.fetch_add(1, Ordering::SeqCst) == 1 {
                return Err(LedgerError::Busy { seconds: 10 });
            }
            self.0.read_after(position, limit, dictionary, into)
        }
        fn confirms(&self, mark: &LedgerMark) -> Result<bool, LedgerError> {
            self.0.confirms(mark)
        }
        fn last_position(&self) -> Result<Position, LedgerError> {
            self.0.last_position()
        }
        fn version(&self) -> Result<i64, LedgerError> {
            self.0.version()
        }
        fn hasher(&self, key: KeyId) -> Option<NumberHasher> {
            self.0.hasher(key)
        }
        fn tell(&self, listener: Weak<dyn Listener>) {
            self.0.tell(listener);
        }
        fn reserve(
            &self,
            _: Position,
            _: &Dictionary,
            _: &mut dyn FnMut(&[Stored]) -> Option<Record>,
        ) -> Result<Position, LedgerError> {
            Err(LedgerError::Shut)
        }
        fn announce(&self) {}
        fn release(&self, _: &str) -> Result<(), LedgerError> {
            Err(LedgerError::Shut)
        }
        fn settle(&self, _: &str, _: &Record) -> Result<Position, LedgerError> {
            Err(LedgerError::Shut)
        }
    }

    #[test]
    fn what_was_read_before_a_failure_is_shown_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("gate.toml");
        let text = "as_of = \"2026-11-01T00:00:00Z\"\n[[controllers]]\nid = \"acme\"\n[ledger]\npath = \"a.ledger\"\n";
        std::fs::write(&manifest, text).unwrap();
        let ledger = Ledger::create(folder.path().join("a.ledger"), None).unwrap();
        let image = Manifest::load(&manifest).unwrap().compile().unwrap();
        let gate = Gate::from_bytes(image.as_bytes()).unwrap();
        let loaded = gate.shared().current.load_full();
        let pulse = Arc::new(Pulse::new(Duration::from_secs(60)));
        let mut state = State::new(&loaded, loaded.snapshot().dictionary().ledger.unwrap(), &pulse);
        let people = 48_223_000_000..48_223_005_000_u64;
        let opt_out = |number| format!(r#"{{"type":"opt_out","number":"+{number}","at":"2026-10-02T10:00:00Z"}}"#);
        ledger.record(&people.clone().map(opt_out).collect::<Vec<_>>()).unwrap();
        let store = BusyOnce(ledger, AtomicUsize::new(0));
        let failed = state.read_on(&store, &pulse);
        assert!(matches!(failed, Err(LedgerError::Busy { .. })), "{failed:?}");
        state.read_on(&store, &pulse).unwrap();
        let overlay = state.loaded().overlay();
        let missing = people.filter(|number| overlay.number(Number::from_e164(*number).unwrap()).is_none()).count();
        assert_eq!(missing, 0);
    }
}
