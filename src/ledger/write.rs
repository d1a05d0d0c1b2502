//! Writing entries: one transaction a batch, durable when it is committed.

use std::sync::Weak;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::cipher::Ciphers;
use super::compile::tombstones_of;
use super::erase;
use super::error::LedgerError;
use super::open::Session;
use super::read::entries_after;
use super::row::{self, Row};
use super::{Appended, Ledger, LedgerId, Listener, Position, Store, Stored, failed};
use crate::Timestamp;
use crate::compile::input::{Body, Record};
use crate::compile::records::single::{Object, Reader};
use crate::dictionary::{Dictionary, LedgerMark};
use crate::key::{KeyId, MasterKey, NumberHasher};

/// The mark at a position, if a snapshot was compiled there.
pub(super) fn nonce(connection: &Connection, position: Position) -> Result<Option<[u8; 16]>, LedgerError> {
    let position = i64::try_from(position).unwrap_or(i64::MAX);
    let found = connection
        .prepare_cached("SELECT nonce FROM marks WHERE position = ?1")
        .and_then(|mut statement| statement.query_row([position], |row| row.get(0)).optional());
    found.map_err(|error| failed("read", &error))
}

/// Leaves a mark at a position, or finds the one that is there.
pub(super) fn mark(connection: &Connection, position: Position) -> Result<[u8; 16], LedgerError> {
    if let Some(nonce) = nonce(connection, position)? {
        return Ok(nonce);
    }
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|error| LedgerError::Failed { doing: "marked", why: error.to_string() })?;
    connection
        .prepare_cached("INSERT INTO marks (position, nonce) VALUES (?1, ?2)")
        .and_then(|mut statement| statement.execute((i64::try_from(position).unwrap_or(i64::MAX), nonce)))
        .map_err(|error| failed("written", &error))?;
    Ok(nonce)
}

/// What became of one row.
pub(super) enum Took {
    Recorded(Position),
    Duplicate,
    Refused(&'static str),
}

impl Ledger {
    /// Appends records in JSON, one object each, as files of records have them. Durable when it returns.
    ///
    /// Good records are kept, bad ones refused one by one; a denial is kept without its unreadable parts.
    ///
    /// # Errors
    /// The ledger cannot be written. Then nothing of the batch is acknowledged, and the handle is shut.
    pub fn record(&self, rows: &[impl AsRef<[u8]>]) -> Result<Appended, LedgerError> {
        self.record_objects(rows.iter().map(|row| crate::compile::records::single::from_json(row.as_ref())))
    }

    /// The same for objects that were read from something else; an error is a refusal.
    pub(crate) fn record_objects(
        &self,
        objects: impl Iterator<Item = Result<Object, &'static str>>,
    ) -> Result<Appended, LedgerError> {
        let now = now();
        let reader = Reader::keeping(now.plus(crate::compile::date::GRACE));
        let mut appended = Appended::default();
        let mut rows: Vec<(usize, Vec<Row>)> = Vec::new();
        for (index, object) in objects.enumerate() {
            match object.and_then(|object| Row::read(object, &reader)) {
                Ok((read, widened)) => {
                    appended.widened.extend(widened.map(|reason| (index, reason)));
                    rows.push((index, read));
                }
                Err(reason) => appended.refused.push((index, reason)),
            }
        }
        self.append_rows(&rows, now, appended)
    }

    fn append_rows(
        &self,
        rows: &[(usize, Vec<Row>)],
        now: Timestamp,
        mut appended: Appended,
    ) -> Result<Appended, LedgerError> {
        self.inner.write(|session| {
            let (transaction, ciphers) = session.begin()?;
            for (index, rows) in rows {
                let mut fresh = false;
                for row in rows {
                    match append(&transaction, ciphers, row, now)? {
                        Took::Recorded(_) => fresh = true,
                        Took::Duplicate => {}
                        Took::Refused(reason) => {
                            appended.refused.push((*index, reason));
                            break;
                        }
                    }
                }
                let count = if fresh { &mut appended.recorded } else { &mut appended.duplicates };
                if appended.refused.last().is_none_or(|(refused, _)| refused != index) {
                    *count = count.saturating_add(1);
                }
            }
            appended.position = last_position(&transaction)?;
            commit(transaction)?;
            appended.refused.sort_unstable();
            Ok(appended)
        })
    }
}

#[cfg(test)]
impl Ledger {
    /// Appends records that a program made.
    pub(super) fn append(&self, records: &[Record]) -> Result<Appended, LedgerError> {
        let mut appended = Appended::default();
        let mut rows = Vec::new();
        for (index, record) in records.iter().enumerate() {
            match Row::of(record) {
                Ok(row) => rows.push((index, vec![row])),
                Err(reason) => appended.refused.push((index, reason)),
            }
        }
        self.append_rows(&rows, now(), appended)
    }
}

impl Store for Ledger {
    fn id(&self) -> LedgerId {
        self.inner.id
    }

    fn read_after(
        &self,
        position: Position,
        limit: usize,
        dictionary: &Dictionary,
        into: &mut Vec<Stored>,
    ) -> Result<Position, LedgerError> {
        let mut session = self.inner.reader()?;
        let Session { connection, ciphers, .. } = &mut *session;
        entries_after(connection, ciphers, position, limit, dictionary, into)
    }

    fn confirms(&self, mark: &LedgerMark) -> Result<bool, LedgerError> {
        let session = self.inner.reader()?;
        Ok(last_position(&session.connection)? >= mark.position
            && nonce(&session.connection, mark.position)? == Some(mark.nonce))
    }

    fn last_position(&self) -> Result<Position, LedgerError> {
        last_position(&self.inner.reader()?.connection)
    }

    fn version(&self) -> Result<i64, LedgerError> {
        let session = self.inner.reader()?;
        let version = session.connection.pragma_query_value(None, "data_version", |row| row.get(0));
        version.map_err(|error| failed("read", &error))
    }

    fn hasher(&self, key: KeyId) -> Option<NumberHasher> {
        self.inner.ring.find(key).map(MasterKey::number_hasher)
    }

    fn tell(&self, listener: Weak<dyn Listener>) {
        self.inner.listeners.add(listener);
    }

    fn announce(&self) {
        self.inner.listeners.committed();
    }

    fn reserve(
        &self,
        position: Position,
        dictionary: &Dictionary,
        decide: &mut dyn FnMut(&[Stored]) -> Option<Record>,
    ) -> Result<Position, LedgerError> {
        self.inner.write_unheard(|session| {
            let (transaction, ciphers) = session.begin()?;
            let mut stored = Vec::new();
            let read = entries_after(&transaction, ciphers, position, usize::MAX, dictionary, &mut stored)?;
            let Some(record) = decide(&stored) else { return Ok(read) };
            let row = Row::of(&record).map_err(LedgerError::Refused)?;
            let position = match append(&transaction, ciphers, &row, now())? {
                Took::Recorded(position) => position,
                Took::Duplicate => read,
                Took::Refused(reason) => return Err(LedgerError::Refused(reason)),
            };
            commit(transaction)?;
            Ok(position)
        })
    }

    fn release(&self, id: &str) -> Result<(), LedgerError> {
        self.inner.write(|session| {
            let (transaction, ciphers) = session.begin()?;
            give_back(&transaction, ciphers, id)?;
            commit(transaction)
        })
    }

    fn settle(&self, id: &str, outcome: &Record) -> Result<Position, LedgerError> {
        let row = Row::of(outcome).map_err(LedgerError::Refused)?;
        self.inner.write(|session| {
            let (transaction, ciphers) = session.begin()?;
            give_back(&transaction, ciphers, id)?;
            if let Took::Refused(reason) = append(&transaction, ciphers, &row, now())? {
                return Err(LedgerError::Refused(reason));
            }
            let position = last_position(&transaction)?;
            commit(transaction)?;
            Ok(position)
        })
    }
}

impl Session {
    /// Takes the write lock.
    pub(super) fn begin(&mut self) -> Result<(Transaction<'_>, &mut Ciphers), LedgerError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| failed("locked for writing", &error))?;
        // Another process may have rotated the key: what is under a key that is not known here would be missed.
        let mut keys = transaction.prepare_cached("SELECT id FROM keys").map_err(|error| failed("read", &error))?;
        let ids = keys.query_map([], |row| row.get::<_, [u8; 16]>(0)).map_err(|error| failed("read", &error))?;
        for id in ids {
            let id = id.map_err(|error| failed("read", &error))?;
            if self.ciphers.find(&id).is_none() {
                return Err(LedgerError::KeyMissing(KeyId::from_bytes(id)));
            }
        }
        drop(keys);
        Ok((transaction, &mut self.ciphers))
    }
}

/// Makes everything since [`Session::begin`] durable.
pub(super) fn commit(transaction: Transaction<'_>) -> Result<(), LedgerError> {
    transaction.commit().map_err(|error| match failed("written", &error) {
        // Nobody can be in the way of a commit under the write lock.
        LedgerError::Busy { .. } => LedgerError::Failed { doing: "written", why: error.to_string() },
        other => other,
    })
}

/// The clock, as entries have it.
pub(super) fn now() -> Timestamp {
    Timestamp::from(chrono::Utc::now())
}

/// The greatest position that was ever given out.
pub(super) fn last_position(connection: &Connection) -> Result<Position, LedgerError> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)).optional())
        .map_err(|error| failed("read", &error))?;
    Ok(last.and_then(|last| u64::try_from(last).ok()).unwrap_or_default())
}

/// Appends one row within a transaction.
pub(super) fn append(
    connection: &Connection,
    ciphers: &mut Ciphers,
    row: &Row,
    now: Timestamp,
) -> Result<Took, LedgerError> {
    let Row { record, words, .. } = row;
    if let Body::Erasure { keep_suppression } = record.body {
        let until = (!keep_suppression).then_some(record.at);
        let request = erase::Request {
            number: record.number,
            controller: record.controller.as_deref(),
            at: record.at,
            until,
            everything: false,
        };
        let done = erase::within(connection, ciphers, &request, now)?;
        return Ok(if done.is_new { Took::Recorded(done.position) } else { Took::Duplicate });
    }
    let kind = record.body.kind();
    if is_hidden(connection, ciphers, record, kind)? {
        return Ok(Took::Refused("older than an erasure of this person"));
    }
    match existing(connection, ciphers, record, kind, words)? {
        Existing::None => {}
        Existing::Same => return Ok(Took::Duplicate),
        Existing::Other if row::is_kept_beside_another(kind) => {}
        Existing::Other => return Ok(Took::Refused("another record of this person has the same `id`")),
    }
    let unsealed = || LedgerError::Refused("it cannot be encrypted");
    let cipher = ciphers.current().ok_or_else(unsealed)?;
    let token = cipher.token(record.number).ok_or_else(unsealed)?;
    let plain = serde_json::to_vec(words).map_err(|_| unsealed())?;
    let body = cipher.seal(&token, &plain).ok_or_else(unsealed)?;
    let id = record.id.as_deref().map(|id| cipher.id_hash(id));
    let written = connection
        .prepare_cached(
            "INSERT INTO events (kind, key, token, controller, id, at, recorded_at, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .and_then(|mut statement| {
            statement.execute((
                kind,
                cipher.id.as_bytes(),
                token,
                record.controller.as_deref(),
                id,
                record.at.micros(),
                row.recorded_at.unwrap_or(now).micros(),
                body,
            ))
        });
    written.map_err(|error| failed("written", &error))?;
    Ok(Took::Recorded(u64::try_from(connection.last_insert_rowid()).unwrap_or_default()))
}

/// Is it older than an erasure that reaches it?
fn is_hidden(connection: &Connection, ciphers: &mut Ciphers, record: &Record, kind: &str) -> Result<bool, LedgerError> {
    let gone = tombstones_of(connection, ciphers, record.number)?;
    Ok(gone.iter().any(|gone| gone.hides(record.controller.as_deref(), record.at, kind)))
}

enum Existing {
    None,
    Same,
    Other,
}

/// Is the record there already, or another under its id?
fn existing(
    connection: &Connection,
    ciphers: &mut Ciphers,
    record: &Record,
    kind: &str,
    words: &Object,
) -> Result<Existing, LedgerError> {
    if record.id.is_none() && kind == "attempt" {
        return Ok(Existing::None);
    }
    let broken = |error| failed("read", &error);
    let mut statement = connection
        .prepare_cached("SELECT position, id, kind, at, body FROM events WHERE token = ?1 AND key = ?2")
        .map_err(broken)?;
    let mut found = Existing::None;
    for cipher in ciphers.iter() {
        let Some(token) = cipher.token(record.number) else { continue };
        let id = record.id.as_deref().map(|id| cipher.id_hash(id));
        let mut rows = statement.query((&token, cipher.id.as_bytes())).map_err(broken)?;
        while let Some(row) = rows.next().map_err(broken)? {
            if row.get::<_, Option<[u8; 16]>>(1).map_err(broken)? != id {
                continue;
            }
            let like = row.get::<_, String>(2).map_err(broken)? == kind
                && row.get::<_, i64>(3).map_err(broken)? == record.at.micros();
            if like {
                let body: Vec<u8> = row.get(4).map_err(broken)?;
                let position = u64::try_from(row.get::<_, i64>(0).map_err(broken)?).unwrap_or_default();
                let there = cipher
                    .open(&token, &body)
                    .and_then(|plain| serde_json::from_slice::<Object>(&plain).ok())
                    .ok_or(LedgerError::Damaged { position, why: "its body" })?;
                if there == *words {
                    return Ok(Existing::Same);
                }
            }
            if id.is_some() {
                found = Existing::Other;
            }
        }
    }
    Ok(found)
}

/// Takes a reserved attempt out and says so to whoever follows: snapshots hold it without its id.
fn give_back(connection: &Connection, ciphers: &mut Ciphers, id: &str) -> Result<(), LedgerError> {
    let broken = |error| failed("written", &error);
    let mut gone = 0_usize;
    for cipher in ciphers.iter() {
        let key = (cipher.id_hash(id), cipher.id.as_bytes());
        connection
            .prepare_cached(
                "INSERT INTO events (kind, key, token, controller, at, recorded_at, body, was)
                 SELECT 'released', key, token, controller, at, ?3, body, position FROM events
                 WHERE id = ?1 AND key = ?2 AND kind = 'attempt'",
            )
            .and_then(|mut statement| statement.execute((key.0, key.1, now().micros())))
            .map_err(broken)?;
        let deleted = connection
            .prepare_cached("DELETE FROM events WHERE id = ?1 AND key = ?2 AND kind = 'attempt'")
            .and_then(|mut statement| statement.execute(key));
        gone = gone.saturating_add(deleted.map_err(broken)?);
    }
    if gone == 0 { Err(LedgerError::UnknownId) } else { Ok(()) }
}
