//! A manifest with a ledger: its events are folded in, its tombstones go along, the snapshot is put on record.

use std::path::Path;
use std::sync::MutexGuard;

use chrono::{DateTime, Utc};

use rusqlite::Connection;

use super::cipher::Ciphers;
use super::error::LedgerError;
use super::open::{Session, Sqlite};
use super::read::{PlainWhat, each_after};
use super::write::{commit, last_position, mark, now};
use super::{Ledger, failed};
use crate::compile::input::Record;
use crate::compile::manifest::LedgerSpec;
use crate::compile::records::single::{Reader, Single};
use crate::compile::source::{EventSource, Gone, Tombstones};
use crate::compile::{CompileError, CompileOptions, CompileReport, Conformity, ConformityRow, Finding, Manifest};
use crate::dictionary::LedgerMark;
use crate::key::KeyRing;
use crate::snapshot::Image;
use crate::{Number, Timestamp};

impl Manifest {
    /// The same with options, and with a report. The snapshot is put on record in the ledger that the manifest
    /// names, if it names one.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the input, with file and line.
    pub fn compile_with(&self, options: &CompileOptions<'_>) -> Result<(Image, CompileReport), CompileError> {
        let source = self.source(true)?;
        self.compile_from(options, source.as_ref().map(|source| source as &dyn EventSource))
    }

    /// The conformity audit: judges every consent at `at` (none: the date of the data) and gives a row for
    /// each of its purposes, numbers ascending.
    ///
    /// The manifest's opt-out and block lists are read too: who is on one is never asked again.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the input, with file and line, or what `each` returns.
    pub fn conformity<E: From<CompileError>>(
        &self,
        at: Option<DateTime<Utc>>,
        options: &CompileOptions<'_>,
        each: impl FnMut(&ConformityRow<'_>) -> Result<(), E>,
    ) -> Result<(Conformity, CompileReport), E> {
        let source = self.source(false)?;
        self.conformity_from(at, options, source.as_ref().map(|source| source as &dyn EventSource), each)
    }

    /// The ledger that the manifest names, opened; none: it names none.
    ///
    /// # Errors
    ///
    /// Those of [`Ledger::open`].
    pub fn ledger(&self) -> Result<Option<Ledger>, LedgerError> {
        self.ledger.as_ref().map(|spec| Ledger::open(&spec.path, spec.key_file.as_deref())).transpose()
    }

    /// The ledger for a snapshot, or for an audit, which leaves no mark in it.
    fn source(&self, is_for_snapshot: bool) -> Result<Option<Source>, CompileError> {
        let Some(spec) = &self.ledger else { return Ok(None) };
        let told = |error| CompileError::from(finding(&spec.path, &error));
        let Some(ledger) = self.ledger().map_err(told)? else { return Ok(None) };
        Source::of(ledger, spec, is_for_snapshot).map(Some).map_err(told)
    }
}

/// A ledger, read up to a mark.
struct Source {
    ledger: Ledger,
    mark: LedgerMark,
    tombstones: Tombstones,
}

impl Source {
    fn of(ledger: Ledger, spec: &LedgerSpec, is_for_snapshot: bool) -> Result<Self, LedgerError> {
        // Read in one transaction: whatever is committed later lies beyond the mark.
        let (position, nonce, tombstones) = if is_for_snapshot {
            ledger.inner.write(|session| {
                let (transaction, ciphers) = session.begin()?;
                let position = last_position(&transaction)?;
                let tombstones = all_tombstones(&transaction, ciphers)?;
                let nonce = mark(&transaction, position)?;
                commit(transaction)?;
                Ok((position, nonce, tombstones))
            })?
        } else {
            let mut session = ledger.inner.reader()?;
            let Session { connection, ciphers, .. } = &mut *session;
            let transaction = connection.unchecked_transaction().map_err(|error| failed("read", &error))?;
            (last_position(&transaction)?, [0; 16], all_tombstones(&transaction, ciphers)?)
        };
        let id = ledger.inner.id.0;
        let mark = LedgerMark { id, position, nonce, max_silence_seconds: spec.max_silence_seconds };
        Ok(Self { ledger, mark, tombstones })
    }

    fn reader(&self) -> Result<MutexGuard<'_, Session>, CompileError> {
        self.ledger.inner.reader().map_err(|error| finding(self.ledger.path(), &error))
    }
}

/// Every tombstone, with what is needed to find it.
fn all_tombstones(connection: &Connection, ciphers: &mut Ciphers) -> Result<Tombstones, LedgerError> {
    let mut tombstones = Tombstones::default();
    let mut statement = connection
        .prepare_cached("SELECT key, hash, controller, at, until FROM events WHERE hash IS NOT NULL")
        .map_err(|error| failed("read", &error))?;
    let broken = |error| failed("read", &error);
    let mut rows = statement.query([]).map_err(broken)?;
    while let Some(row) = rows.next().map_err(broken)? {
        let key: [u8; 16] = row.get(0).map_err(broken)?;
        let hash: [u8; 16] = row.get(1).map_err(broken)?;
        let key = crate::key::KeyId::from_bytes(key);
        if !tombstones.hashers.iter().any(|hasher| hasher.key_id() == key) {
            let cipher = ciphers.find(key.as_bytes()).ok_or(LedgerError::KeyMissing(key))?;
            tombstones.hashers.push(cipher.hasher().clone());
        }
        let gone = gone(row, 2).map_err(broken)?;
        tombstones.gone.entry(crate::key::NumberHash::from_bytes(hash)).or_default().push(gone);
    }
    Ok(tombstones)
}

/// Every tombstone of a number, under whatever key.
pub(super) fn tombstones_of(
    connection: &Connection,
    ciphers: &mut Ciphers,
    number: Number,
) -> Result<Vec<Gone>, LedgerError> {
    let broken = |error| failed("read", &error);
    let mut statement = connection
        .prepare_cached("SELECT controller, at, until FROM events WHERE hash = ?1 AND key = ?2 ORDER BY position")
        .map_err(broken)?;
    let mut all = Vec::new();
    for cipher in ciphers.iter() {
        let hash = cipher.hash(number);
        let rows = statement.query_map((hash.as_bytes(), cipher.id.as_bytes()), |row| gone(row, 0)).map_err(broken)?;
        for row in rows {
            all.push(row.map_err(broken)?);
        }
    }
    Ok(all)
}

/// Controller, instant and end, from this column on.
fn gone(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Gone> {
    Ok(Gone {
        controller: row.get(first)?,
        at: Timestamp::from_micros(row.get(first.saturating_add(1))?),
        until: row.get::<_, Option<i64>>(first.saturating_add(2))?.map(Timestamp::from_micros),
    })
}

/// So many entries are decrypted at a time.
const BATCH: usize = 4096;

impl EventSource for Source {
    fn path(&self) -> &Path {
        self.ledger.path()
    }

    fn keys(&self) -> &KeyRing {
        &self.ledger.inner.ring
    }

    fn mark(&self) -> LedgerMark {
        self.mark
    }

    fn confirms(&self, mark: &LedgerMark) -> Result<bool, CompileError> {
        super::Store::confirms(&self.ledger, mark).map_err(|error| finding(self.ledger.path(), &error))
    }

    fn tombstones(&self) -> &Tombstones {
        &self.tombstones
    }

    fn each(
        &self,
        manifest: &Manifest,
        sink: &mut dyn FnMut(u64, Result<Record, &'static str>),
    ) -> Result<(), CompileError> {
        let reader = Reader::of(manifest, Timestamp::MAX);
        let mut position = 0;
        loop {
            let mut session = self.reader()?;
            let Session { connection, ciphers, .. } = &mut *session;
            let last = each_after(connection, ciphers, position, BATCH, &mut |plain| {
                // What was committed since the tombstones were read is the next snapshot's.
                if let PlainWhat::Record { number, words } = plain.what
                    && plain.position <= self.mark.position
                {
                    match reader.read_for(number, words) {
                        Single::Taken { records, .. } => {
                            records.into_iter().for_each(|record| sink(plain.position, Ok(record)));
                        }
                        Single::Refused(reason) => sink(plain.position, Err(reason)),
                    }
                }
                Ok(())
            });
            let last = last.map_err(|error| finding(self.ledger.path(), &error))?;
            if last == position || last >= self.mark.position {
                return Ok(());
            }
            position = last;
        }
    }

    fn compiled(&self, manifest: &Manifest, digest: [u8; 32], path: Option<&Path>) -> Result<(), CompileError> {
        self.ledger
            .inner
            .register(manifest, digest, path, self.mark.position)
            .map_err(|error| finding(self.ledger.path(), &error))
    }
}

impl Sqlite {
    /// Puts a snapshot on record, and with it the classes of its purposes, which retention goes by.
    fn register(
        &self,
        manifest: &Manifest,
        digest: [u8; 32],
        path: Option<&Path>,
        position: u64,
    ) -> Result<(), LedgerError> {
        let path = path.map(|path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
        let path = path.map(|path| path.display().to_string()).unwrap_or_default();
        let broken = |error| failed("written", &error);
        self.write(|session| {
            let (transaction, _) = session.begin()?;
            transaction
                .prepare_cached(
                    "INSERT INTO snapshots (digest, path, compiled_at, position) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (digest, path) DO UPDATE SET compiled_at = ?3, position = ?4",
                )
                .and_then(|mut statement| {
                    let position = i64::try_from(position).unwrap_or(i64::MAX);
                    statement.execute((digest, path, now().micros(), position))
                })
                .map_err(broken)?;
            for purpose in &manifest.purposes {
                transaction
                    .prepare_cached(
                        "INSERT INTO purposes (id, class) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET class = ?2",
                    )
                    .and_then(|mut statement| statement.execute((&purpose.id, purpose.class.slug())))
                    .map_err(broken)?;
            }
            commit(transaction)
        })
    }
}

fn finding(path: &Path, error: &LedgerError) -> CompileError {
    Finding::new(path, error.to_string(), "", "").into()
}
