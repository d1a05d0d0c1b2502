//! From a manifest to a snapshot: readers, fold and builder joined.

mod dictionary;
mod digest;
mod gather;
mod report;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::conformity::{self, Conformity, ConformityRow};
use super::error::{CompileError, Finding};
use super::fold::Folded;
use super::keys;
use super::manifest::Manifest;
use super::progress::{Phase, Progress, Silent};
use super::reject::Rejects;
use super::source::EventSource;
use crate::dictionary::{Dictionary, LedgerMark};
use crate::key::KeyRing;
use crate::rules::Rules;
use crate::rules::source::{self, Packs, RuleFile};
use crate::snapshot::{Builder, Image, Options, Snapshot};
use crate::spill::Room;
use crate::{Timestamp, Zones};
use gather::{Gathered, Purpose};
pub use report::{CompileReport, DefectCount, ListReport, RecordsReport, RemarkCount};

/// How a manifest is compiled. Nothing of it shows in the snapshot.
#[derive(Clone, Copy)]
pub struct CompileOptions<'a> {
    threads: Option<NonZeroUsize>,
    progress: &'a dyn Progress,
    rejects: Option<&'a Path>,
    replaces: Option<&'a Path>,
    destination: Option<&'a Path>,
    memory: Option<usize>,
    is_kept: bool,
}

impl std::fmt::Debug for CompileOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompileOptions")
            .field("threads", &self.threads)
            .field("rejects", &self.rejects)
            .field("replaces", &self.replaces)
            .field("destination", &self.destination)
            .finish_non_exhaustive()
    }
}

impl Default for CompileOptions<'_> {
    fn default() -> Self {
        Self {
            threads: None,
            progress: &Silent,
            rejects: None,
            replaces: None,
            destination: None,
            memory: None,
            is_kept: true,
        }
    }
}

impl<'a> CompileOptions<'a> {
    /// As many threads as the machine has, no progress, no reject file, nothing replaced.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Uses so many threads.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Tells how far reading has come.
    #[must_use]
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Writes every row with a defect to this file, which is as confidential as what it comes from.
    #[must_use]
    pub fn rejects(mut self, path: &'a Path) -> Self {
        self.rejects = Some(path);
        self
    }

    /// Compares the lists with those of this snapshot: one that shrank too much is refused.
    #[must_use]
    pub fn replaces(mut self, snapshot: &'a Path) -> Self {
        self.replaces = Some(snapshot);
        self
    }

    /// Says where the snapshot will be written, for the ledger's list of snapshots, and for the data that memory does
    /// not hold meanwhile: they go to files without a name in the same folder, which are gone when the compile ends,
    /// however it ends. Without a destination they go to the system's folder for temporary files.
    #[must_use]
    pub fn destination(mut self, path: &'a Path) -> Self {
        self.destination = Some(path);
        self
    }

    /// Keeps so many bytes of data in memory, beside the snapshot itself (1 GiB unless said): what is more goes to
    /// temporary files, see [`CompileOptions::destination`].
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// The snapshot is asked in this process and then dropped: the ledger need not have it on record.
    #[must_use]
    pub fn not_kept(mut self) -> Self {
        self.is_kept = false;
        self
    }

    fn thread_count(&self) -> usize {
        self.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }

    /// The folder of the destination.
    fn spill(&self) -> Option<PathBuf> {
        let folder = self.destination?.parent()?;
        Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() })
    }

    fn open_rejects(&self) -> Result<Rejects, CompileError> {
        let Some(path) = self.rejects else { return Ok(Rejects::counting()) };
        Rejects::writing(path).map_err(|error| reject_file(path, &error).into())
    }

    fn previous(&self, keys: Option<&KeyRing>) -> Result<Option<Dictionary>, CompileError> {
        let Some(path) = self.replaces else { return Ok(None) };
        let snapshot = Snapshot::open_with(path, keys).map_err(|error| {
            Finding::new(
                path,
                format!("the snapshot that is to be replaced cannot be read: {error}"),
                "a snapshot to compare the lists with",
                "name another, or move it away to compile without the comparison",
            )
        })?;
        Ok(Some(snapshot.dictionary().clone()))
    }
}

impl Manifest {
    /// Compiles the manifest: reads every list and record, folds the records, and builds the snapshot.
    ///
    /// The same input gives the same bytes, whatever the order of rows, the folder or the number of threads.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the input, with file and line.
    pub fn compile(&self) -> Result<Image, CompileError> {
        self.compile_with(&CompileOptions::new()).map(|(image, _)| image)
    }

    /// The same with options, and with a report.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the input, with file and line.
    #[cfg(not(feature = "ledger"))]
    pub fn compile_with(&self, options: &CompileOptions<'_>) -> Result<(Image, CompileReport), CompileError> {
        self.compile_from(options, None)
    }

    /// Compiles the manifest with the ledger that it names.
    pub(crate) fn compile_from(
        &self,
        options: &CompileOptions<'_>,
        source: Option<&dyn EventSource>,
    ) -> Result<(Image, CompileReport), CompileError> {
        let begun = Instant::now();
        let threads = options.thread_count();
        let keys = keys::load(self, source)?;
        let (mut dictionary, mut remarks) = dictionary::of(self)?;
        dictionary.ledger = source.map(EventSource::mark);
        let (rules, zones) = (self.rules()?, self.zones(dictionary.as_of)?);
        self.check_jurisdictions(&dictionary, &rules)?;
        let spill = options.spill();
        // Runs of records leave memory when they are full, whatever room there is.
        let room = Room::new(spill.as_deref(), 0);
        let threads_of_build = NonZeroUsize::new(threads);
        let build = Options { threads: threads_of_build, prefilter: self.prefilter, spill, memory: options.memory };
        let mut builder = Builder::new(dictionary.clone(), rules, zones, build);
        if let Some(source) = source {
            source.tombstones().hand_over(&mut builder, &dictionary, &mut remarks);
        }

        let rejects = options.open_rejects()?;
        let previous = options.previous(keys.as_ref())?;
        if let (Some(path), Some(previous)) = (options.replaces, &previous) {
            self.check_ledger(path, previous, dictionary.ledger.as_ref(), source)?;
        }
        let reading = gather::Reading {
            manifest: self,
            dictionary: &dictionary,
            previous: previous.as_ref(),
            keys: keys.as_ref(),
            rejects: &rejects,
            progress: options.progress,
            threads,
            room: &room,
            source,
        };
        let gathered = gather::read(&reading, Purpose::Snapshot(Box::new(builder)));
        finish_rejects(&rejects, options)?;
        let Gathered { builder, fold, lists, records, hidden, .. } = gathered?;
        let mut report = CompileReport::begin(&dictionary, &lists, &records, &rejects, &remarks);
        report.reading = begun.elapsed();

        let folding = Instant::now();
        for (list, read) in dictionary.lists.iter_mut().zip(&lists) {
            (list.entries, list.rejected, list.digest) = (read.entries, read.rejected, read.digest);
        }
        let mut folded = fold.finish(&mut dictionary);
        let mut builder = builder.ok_or_else(|| self.unfinished("the builder was lost"))?;
        hand_over(&mut folded, &mut builder, options.progress).map_err(|error| Finding::lost(&error))?;
        report.fold(&folded);
        report.hidden = report.hidden.saturating_add(hidden);
        report.folding = folding.elapsed();
        drop(folded);

        let building = Instant::now();
        *builder.dictionary_mut() = dictionary;
        options.progress.begin(Phase::Building, Builder::STEPS);
        let tell = |steps| options.progress.done(Phase::Building, steps);
        let image = builder.finish_telling(&tell).map_err(|error| self.unfinished(&error.to_string()))?;
        report.digest = image.digest();
        report.bytes = u64::try_from(image.as_bytes().len()).unwrap_or(u64::MAX);
        report.building = building.elapsed();
        if let Some(source) = source.filter(|_| options.is_kept) {
            source.compiled(self, report.digest, options.destination)?;
        }
        Ok((self.locked(image, keys), report))
    }

    /// Gives the image the keys that it is to be sealed and opened with.
    fn locked(&self, image: Image, keys: Option<KeyRing>) -> Image {
        #[cfg(feature = "seal")]
        if self.seal.is_some()
            && let Some(keys) = keys.clone()
        {
            return image.sealed(keys);
        }
        image.with_keys(keys)
    }

    /// The conformity audit: judges every consent at `at` (none: the date of the data) and gives a row for
    /// each of its purposes, numbers ascending.
    ///
    /// The manifest's opt-out and block lists are read too: who is on one is never asked again.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the input, with file and line, or what `each` returns.
    #[cfg(not(feature = "ledger"))]
    pub fn conformity<E: From<CompileError>>(
        &self,
        at: Option<DateTime<Utc>>,
        options: &CompileOptions<'_>,
        each: impl FnMut(&ConformityRow<'_>) -> Result<(), E>,
    ) -> Result<(Conformity, CompileReport), E> {
        self.conformity_from(at, options, None, each)
    }

    /// The audit with the ledger that the manifest names.
    pub(crate) fn conformity_from<E: From<CompileError>>(
        &self,
        at: Option<DateTime<Utc>>,
        options: &CompileOptions<'_>,
        source: Option<&dyn EventSource>,
        each: impl FnMut(&ConformityRow<'_>) -> Result<(), E>,
    ) -> Result<(Conformity, CompileReport), E> {
        let begun = Instant::now();
        let keys = keys::load(self, source)?;
        let (mut dictionary, remarks) = dictionary::of(self)?;
        let rejects = options.open_rejects()?;
        let reading = gather::Reading {
            manifest: self,
            dictionary: &dictionary,
            previous: None,
            keys: keys.as_ref(),
            rejects: &rejects,
            progress: options.progress,
            threads: options.thread_count(),
            room: &Room::new(options.spill().as_deref(), 0),
            source,
        };
        let gathered = gather::read(&reading, Purpose::Audit);
        finish_rejects(&rejects, options)?;
        let Gathered { fold, hashed, lists, records, hidden, .. } = gathered?;
        let mut report = CompileReport::begin(&dictionary, &lists, &records, &rejects, &remarks);
        report.reading = begun.elapsed();
        let folding = Instant::now();
        let mut folded = fold.finish(&mut dictionary);
        let at = at.map_or(dictionary.as_of, Timestamp::from);
        let rules = self.rules()?;
        let audit = conformity::audit(&mut folded, (&dictionary, &rules), &hashed, at, each)?;
        report.fold(&folded);
        report.hidden = report.hidden.saturating_add(hidden);
        report.folding = folding.elapsed();
        Ok((audit, report))
    }

    /// A ledger that is not the one of the snapshot that is replaced, or was put back, may lack revocations.
    fn check_ledger(
        &self,
        replaced: &Path,
        previous: &Dictionary,
        mark: Option<&LedgerMark>,
        source: Option<&dyn EventSource>,
    ) -> Result<(), CompileError> {
        let Some(before) = &previous.ledger else { return Ok(()) };
        let wrong = match (mark, source) {
            (Some(mark), Some(source)) if mark.id == before.id => {
                if source.confirms(before)? {
                    return Ok(());
                }
                "the ledger was put back to an older state than the snapshot that is to be replaced was compiled from"
            }
            (Some(_), _) => "the ledger is another one than the snapshot that is to be replaced was compiled from",
            (None, _) => "no ledger is named, and the snapshot that is to be replaced was compiled from one",
        };
        let remedy = format!(
            "name the right ledger or restore it; or move `{}` away to compile without the comparison",
            replaced.display()
        );
        Err(Finding::new(&self.path, wrong, "the ledger of that snapshot, with everything it held", remedy).into())
    }

    /// A list that is used in no jurisdiction that there is would block nobody, in silence.
    fn check_jurisdictions(&self, dictionary: &Dictionary, rules: &Rules) -> Result<(), CompileError> {
        let unknown = dictionary.lists.iter().flat_map(|list| {
            let codes = list.jurisdictions.iter().flatten();
            codes.filter(|code| !rules.packs.iter().any(|pack| pack.code == **code)).map(move |code| (list, code))
        });
        let findings: Vec<Finding> = unknown
            .map(|(list, code)| {
                let known: Vec<&str> = rules.packs.iter().map(|pack| pack.code.as_str()).collect();
                Finding::new(
                    &self.path,
                    format!(
                        "list `{}` names jurisdiction `{}`, and no rule pack has this code",
                        list.id,
                        code.escape_debug()
                    ),
                    format!("one of {}", known.join(", ")),
                    "correct the code, or leave `jurisdictions` out for all",
                )
            })
            .collect();
        if findings.is_empty() { Ok(()) } else { Err(CompileError::new(findings)) }
    }

    fn rules(&self) -> Result<Rules, CompileError> {
        let packs = self.rules.packs.as_deref().map_or(Packs::Builtin, Packs::Named);
        let mut findings = Vec::new();
        let mut texts: Vec<(String, String)> = Vec::new();
        for path in &self.rules.files {
            match std::fs::read_to_string(path) {
                Ok(text) => texts.push((path.display().to_string(), text)),
                Err(error) => findings.push(Finding::io(path, &error)),
            }
        }
        let files: Vec<RuleFile<'_>> = texts.iter().map(|(name, text)| RuleFile { name, text }).collect();
        let options = source::Options {
            packs,
            house: &files,
            it_code_of_conduct: self.rules.it_code_of_conduct,
            ..source::Options::default()
        };
        match source::load(options) {
            Ok(rules) if findings.is_empty() => Ok(rules),
            Ok(_) => Err(CompileError::new(findings)),
            Err(errors) => {
                findings.extend(errors.into_iter().map(|error| {
                    let row = error.row.map(|row| format!("row `{row}`: ")).unwrap_or_default();
                    Finding {
                        file: PathBuf::from(error.file),
                        line: error.line.and_then(|line| u64::try_from(line).ok()),
                        what: format!("{row}{}", error.message),
                        expected: String::new(),
                        remedy: String::new(),
                    }
                }));
                Err(CompileError::new(findings))
            }
        }
    }

    fn zones(&self, as_of: Timestamp) -> Result<Zones, CompileError> {
        Zones::compile(as_of).map_err(|error| {
            Finding::new(&self.path, error.to_string(), "a date within the calendar", "correct `as_of`").into()
        })
    }

    fn unfinished(&self, why: &str) -> CompileError {
        Finding::new(&self.path, format!("no snapshot was built: {why}"), "", "").into()
    }
}

/// Gives every folded number to the builder.
fn hand_over(folded: &mut Folded, builder: &mut Builder, progress: &dyn Progress) -> std::io::Result<()> {
    /// Records between two words to the progress.
    const SOME: u64 = 1 << 16;
    progress.begin(Phase::Folding, folded.items());
    let templates: Vec<_> = folded.templates().map(|template| template.cloned()).collect();
    let mut interned = vec![None; templates.len()];
    let mut events = Vec::new();
    let (mut done, mut told) = (0_u64, 0_u64);
    while let Some(one) = folded.next()? {
        events.clear();
        let mut named = Vec::new();
        let is_named = one.events.iter().any(|(_, record)| one.id(*record).is_some());
        for (event, record) in one.events {
            let place = usize::try_from(event.template).unwrap_or(usize::MAX);
            let (Some(slot), Some(Some(template))) = (interned.get_mut(place), templates.get(place)) else { continue };
            let template = *slot.get_or_insert_with(|| builder.intern(template.clone()));
            events.push(crate::Event { template, ..*event });
            if is_named {
                named.push(one.id(*record));
            }
        }
        if !events.is_empty() {
            builder.history(one.number, &events, &named);
        }
        builder.attempts(one.number, one.attempts);
        done = done.saturating_add(folded.group_len());
        if done >= SOME {
            progress.done(Phase::Folding, done);
            told = told.saturating_add(done);
            done = 0;
        }
    }
    progress.done(Phase::Folding, folded.items().saturating_sub(told));
    Ok(())
}

fn finish_rejects(rejects: &Rejects, options: &CompileOptions<'_>) -> Result<(), CompileError> {
    rejects.finish().map_err(|error| reject_file(options.rejects.unwrap_or(Path::new("")), &error).into())
}

fn reject_file(path: &Path, error: &std::io::Error) -> Finding {
    Finding::new(
        path,
        format!("cannot write the reject file: {error}"),
        "a folder that can be written to, with room",
        "choose another place for it",
    )
}
