//! Reads all lists and records, several files at a time.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::dictionary::sorted_lists;
use super::digest::EntriesDigest;
use crate::compile::archive;
use crate::compile::conformity::{HashedLists, listing};
use crate::compile::error::CompileError;
use crate::compile::fold::{Defect, Fold, Placed};
use crate::compile::input::{Body, ListEntry, Record, Target};
use crate::compile::lists::{self, Context, ListSink, ListSummary};
use crate::compile::manifest::{ListSpec, Manifest, RecordsSpec};
use crate::compile::progress::{Phase, Progress};
use crate::compile::records::{self, RecordsSummary};
use crate::compile::reject::{Outcome, Rejects};
use crate::compile::source::EventSource;
use crate::dictionary::{AttemptsSource, Dictionary};
use crate::key::{KeyId, KeyRing, NumberHash};
use crate::snapshot::Builder;
use crate::spill::Room;
use crate::vocabulary::{ListKind, Outcome as Call};
use crate::{Event, Number};

/// What reading needs.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) dictionary: &'a Dictionary,
    pub(super) previous: Option<&'a Dictionary>,
    pub(super) keys: Option<&'a KeyRing>,
    pub(super) rejects: &'a Rejects,
    pub(super) progress: &'a dyn Progress,
    pub(super) threads: usize,
    pub(super) room: &'a Arc<Room>,
    pub(super) source: Option<&'a dyn EventSource>,
}

/// What the files are read for.
pub(super) enum Purpose {
    /// For a snapshot: plain list entries go to the builder.
    Snapshot(Box<Builder>),
    /// For the conformity audit: registries are not read, plain entries of the other lists join the histories.
    Audit,
}

/// What was read.
pub(super) struct Gathered {
    pub(super) builder: Option<Builder>,
    pub(super) fold: Fold,
    /// Of an audit: the hashed entries of the lists that were read.
    pub(super) hashed: HashedLists,
    /// In the order of the dictionary.
    pub(super) lists: Vec<ListSummary>,
    /// In the order of the manifest.
    pub(super) records: Vec<(PathBuf, RecordsSummary)>,
    /// Records that the tombstones of a ledger hide.
    pub(super) hidden: u64,
}

/// Reads everything. Of several files with errors all are told, in the order of the manifest.
pub(super) fn read(reading: &Reading<'_>, purpose: Purpose) -> Result<Gathered, CompileError> {
    let lists = sorted_lists(reading.manifest);
    let records = &reading.manifest.records;
    let (builder, auditing) = match purpose {
        Purpose::Snapshot(builder) => (Some(*builder), false),
        Purpose::Audit => (None, true),
    };
    let fold = Fold::new(reading.dictionary, reading.room);
    // What ends, lifts or contradicts may meet a record that the ledger hears of later.
    let fold = if reading.source.is_some() && !auditing { fold.keeping_marks() } else { fold };
    let shared = Shared {
        builder: Mutex::new(builder),
        fold: Mutex::new(fold),
        hidden: AtomicU64::new(0),
        survivors: Mutex::new(BTreeSet::new()),
        hashed: Mutex::new(HashedLists::new(reading.keys)),
    };
    let sizes = lists
        .iter()
        .filter(|spec| !(auditing && spec.kind == ListKind::Registry))
        .flat_map(|spec| std::iter::once(&spec.path).chain(spec.changes.iter().map(|change| &change.path)))
        .chain(records.iter().map(|spec| &spec.path))
        .map(|path| archive::size(path));
    reading.progress.begin(Phase::Reading, sizes.fold(0, u64::saturating_add));
    let list_results: Vec<_> = lists.iter().map(|_| Mutex::new(Ok(ListSummary::default()))).collect();
    let record_results: Vec<_> = records.iter().map(|_| Mutex::new(Ok(RecordsSummary::default()))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if let (Some(spec), Some(result)) = (records.get(job), record_results.get(job)) {
                set(result, read_records(reading, spec, &shared));
                continue;
            }
            let list = job.saturating_sub(records.len());
            let (Some(spec), Some(result), Ok(index)) = (lists.get(list), list_results.get(list), u16::try_from(list))
            else {
                break;
            };
            if !(auditing && spec.kind == ListKind::Registry) {
                set(result, read_list(reading, spec, index, &shared));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..reading.threads.min(lists.len().saturating_add(records.len())) {
            scope.spawn(work);
        }
        work();
    });

    let mut failed: Option<CompileError> = None;
    let mut fails = |error: CompileError| {
        failed = Some(match failed.take() {
            None => error,
            Some(before) => before.join(error),
        });
    };
    let lists = list_results.into_iter().map(into_inner).map(|read| read.map_err(&mut fails).unwrap_or_default());
    let lists: Vec<ListSummary> = lists.collect();
    let mut records: Vec<_> = records
        .iter()
        .zip(record_results)
        .map(|(spec, read)| (spec.path.clone(), into_inner(read).map_err(&mut fails).unwrap_or_default()))
        .collect();
    if let Some(source) = reading.source {
        let read = read_source(reading, source, &shared, auditing).map_err(&mut fails).unwrap_or_default();
        records.push((source.path().to_owned(), read));
        shared.raise(reading);
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(Gathered {
            builder: into_inner(shared.builder),
            fold: into_inner(shared.fold),
            hashed: into_inner(shared.hashed).sorted(),
            lists,
            records,
            hidden: shared.hidden.into_inner(),
        }),
    }
}

/// What all threads fill.
struct Shared {
    builder: Mutex<Option<Builder>>,
    fold: Mutex<Fold>,
    hashed: Mutex<HashedLists>,
    hidden: AtomicU64,
    /// Erased people of whom something later is known, in an audit.
    survivors: Mutex<BTreeSet<Number>>,
}

impl Shared {
    /// Leaves out what a tombstone hides.
    fn sift(&self, reading: &Reading<'_>, auditing: bool, records: &mut Vec<Record>) {
        let Some(tombstones) = reading.source.map(EventSource::tombstones).filter(|gone| !gone.is_empty()) else {
            return;
        };
        let before = records.len();
        records.retain(|record| !tombstones.hide(record));
        let gone = u64::try_from(before.saturating_sub(records.len())).unwrap_or(u64::MAX);
        self.hidden.fetch_add(gone, Ordering::Relaxed);
        if auditing {
            let erased = records.iter().filter(|record| tombstones.of(record.number).next().is_some());
            lock(&self.survivors).extend(erased.map(|record| record.number));
        }
    }

    /// An audit goes by number: it reads the tombstones of those of whom something later is known. (A snapshot has
    /// all of them, by hash.)
    fn raise(&self, reading: &Reading<'_>) {
        let Some(tombstones) = reading.source.map(EventSource::tombstones) else { return };
        let as_of = reading.dictionary.as_of;
        let mut fold = lock(&self.fold);
        for number in lock(&self.survivors).iter() {
            for gone in tombstones.of(*number).filter(|gone| gone.until.is_none_or(|until| until > as_of)) {
                let body = Body::Erasure { keep_suppression: true };
                let (at, controller) = (gone.at, gone.controller.clone());
                // An erasure has no defect of its own.
                let _ = fold.record(&Record { number: *number, at, controller, id: None, body });
            }
        }
    }
}

fn context<'a>(reading: &Reading<'a>) -> Context<'a> {
    Context {
        as_of: reading.dictionary.as_of,
        previous: reading.previous,
        keys: reading.keys,
        rejects: reading.rejects,
        progress: reading.progress,
        threads: reading.threads,
    }
}

fn read_list(reading: &Reading<'_>, spec: &ListSpec, list: u16, shared: &Shared) -> Result<ListSummary, CompileError> {
    let mut entries = Entries {
        list,
        kind: spec.kind,
        shared,
        keys: reading.keys,
        digest: EntriesDigest::default(),
        waiting: Vec::new(),
    };
    let mut summary = lists::read(spec, &context(reading), &mut entries)?;
    entries.flush();
    summary.digest = entries.digest.finish();
    Ok(summary)
}

/// Takes the entries of one list.
struct Entries<'a> {
    list: u16,
    kind: ListKind,
    shared: &'a Shared,
    keys: Option<&'a KeyRing>,
    digest: EntriesDigest,
    waiting: Vec<ListEntry>,
}

/// So many entries or records are handed over at a time.
const BATCH: usize = 1024;

impl ListSink for Entries<'_> {
    fn numbers(&mut self, numbers: &[Number]) {
        numbers.iter().for_each(|number| self.digest.number(number.as_u64()));
        let mut builder = lock(&self.shared.builder);
        match builder.as_mut() {
            Some(builder) if self.kind != ListKind::Reassigned => {
                numbers.iter().for_each(|number| builder.listed(*number, self.list));
            }
            _ => {
                drop(builder);
                let mut fold = lock(&self.shared.fold);
                for number in numbers {
                    let entry = ListEntry { target: Target::Number(*number), at: None, until: None, scope: None };
                    if let Placed::Listed(number) = fold.entry(self.list, &entry) {
                        fold.listed(self.list, number);
                    }
                }
            }
        }
    }

    fn hashes(&mut self, key: KeyId, hashes: &[NumberHash]) {
        hashes.iter().for_each(|hash| self.digest.hash(*hash));
        match (lock(&self.shared.builder).as_mut(), self.keys.and_then(|ring| ring.find(key))) {
            (Some(builder), Some(key)) => {
                builder.hash_key(&key.number_hasher());
                let template = builder.intern(listing(self.kind, self.list));
                let event = Event { at: None, template, until: None };
                hashes.iter().for_each(|hash| builder.hashed(*hash, &[event]));
            }
            // INVARIANT: the reader of hashed lists takes no key that the ring does not hold.
            (Some(_), None) => {}
            (None, _) => lock(&self.shared.hashed).add(self.list, hashes),
        }
    }

    fn entry(&mut self, entry: ListEntry) {
        self.digest.entry(&entry);
        self.waiting.push(entry);
        if self.waiting.len() >= BATCH {
            self.flush();
        }
    }
}

impl Entries<'_> {
    fn flush(&mut self) {
        let mut plain = Vec::new();
        let mut ranges = Vec::new();
        {
            let mut fold = lock(&self.shared.fold);
            for entry in self.waiting.drain(..) {
                match fold.entry(self.list, &entry) {
                    Placed::Taken => {}
                    Placed::Listed(number) => plain.push(number),
                    Placed::Range { first, last } => ranges.push((first, last)),
                }
            }
        }
        let mut builder = lock(&self.shared.builder);
        match builder.as_mut() {
            Some(builder) => {
                plain.iter().for_each(|number| builder.listed(*number, self.list));
                ranges.iter().for_each(|(first, last)| builder.range(self.list, *first, *last));
            }
            None => {
                drop(builder);
                let mut fold = lock(&self.shared.fold);
                plain.iter().for_each(|number| fold.listed(self.list, *number));
            }
        }
    }
}

fn read_records(reading: &Reading<'_>, spec: &RecordsSpec, shared: &Shared) -> Result<RecordsSummary, CompileError> {
    let mut waiting: Vec<Record> = Vec::with_capacity(BATCH);
    let mut rejected = 0_u64;
    let mut elsewhere = 0_u64;
    let file = spec.path.display().to_string();
    let auditing = lock(&shared.builder).is_none();
    let mut hand_over = |waiting: &mut Vec<Record>| {
        shared.sift(reading, auditing, waiting);
        let mut fold = lock(&shared.fold);
        for record in waiting.drain(..) {
            if let Err(defect) = fold.record(&record) {
                rejected = rejected.saturating_add(1);
                reading.rejects.note(&file, 0, Outcome::Rejected, defect.reason(), &b""[..]);
            }
        }
    };
    let read = records::read(spec, reading.manifest, &context(reading), &mut |record| {
        // Those of the ledger are the whole truth then, but for what a refusal or a conversation forbids.
        let counts = |outcome: &Call| *outcome == Call::NoAnswer || *outcome == Call::Answered;
        if reading.manifest.attempts == AttemptsSource::Ledger
            && matches!(&record.body, Body::Attempt { outcome, .. } if counts(outcome))
        {
            elsewhere = elsewhere.saturating_add(1);
            return;
        }
        waiting.push(record);
        if waiting.len() >= BATCH {
            hand_over(&mut waiting);
        }
    });
    hand_over(&mut waiting);
    lock(&shared.fold).attempts_elsewhere(elsewhere);
    let mut summary = read?;
    summary.taken = summary.taken.saturating_sub(rejected);
    summary.rejected = summary.rejected.saturating_add(rejected);
    Ok(summary)
}

/// Reads a store of events. What it cannot give is rejected, never the whole of it: it was checked when recorded.
fn read_source(
    reading: &Reading<'_>,
    source: &dyn EventSource,
    shared: &Shared,
    auditing: bool,
) -> Result<RecordsSummary, CompileError> {
    let mut summary = RecordsSummary::default();
    let mut one = Vec::with_capacity(1);
    let file = source.path().display().to_string();
    let reject = |position, reason| reading.rejects.note(&file, position, Outcome::Rejected, reason, &b""[..]);
    source.each(reading.manifest, &mut |position, record| {
        let folded = record.and_then(|record| {
            one.push(record);
            shared.sift(reading, auditing, &mut one);
            let kept = one.pop();
            kept.map_or(Ok(()), |record| lock(&shared.fold).recorded(&record).map_err(Defect::reason))
        });
        match folded {
            Ok(()) => summary.taken = summary.taken.saturating_add(1),
            Err(reason) => {
                summary.rejected = summary.rejected.saturating_add(1);
                reject(position, reason);
            }
        }
    })?;
    Ok(summary)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn set<T>(mutex: &Mutex<T>, value: T) {
    *lock(mutex) = value;
}
