//! Writing entries: one transaction a batch, durable when it is committed.

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior};

use super::cipher::Ciphers;
use super::error::LedgerError;
use super::erase::{self, Erased};
use super::open::Session;
use super::row::{self, Row};
use super::{Appended, Ledger, LedgerId, Position, Store, Stored, failed};
use crate::compile::input::{Body, Record};
use crate::compile::records::single::{Object, Reader};
use crate::{Number, Timestamp};

/// What became of one row.
pub(super) enum Took {
    Recorded(Position),
    Duplicate,
    Refused(&'static str),
}

impl Ledger {
    /// Appends records in JSON, one object each (DESIGN of records: see the crate docs). Durable when it returns.
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

impl Store for Ledger {
    fn id(&self) -> LedgerId {
        self.inner.id
    }

    fn append(&self, records: &[Record]) -> Result<Appended, LedgerError> {
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

    fn read_after(&self, position: Position, limit: usize, into: &mut Vec<Stored>) -> Result<Position, LedgerError> {
        self.inner.reader()?.entries_after(position, limit, into)
    }

    fn changed(&self) -> Result<bool, LedgerError> {
        let mut session = self.inner.reader()?;
        let version = session.connection.pragma_query_value(None, "data_version", |row| row.get(0));
        let version = version.map_err(|error| failed("read", &error))?;
        Ok(session.seen.replace(version) != Some(version))
    }

    fn reserve(
        &self,
        position: Position,
        decide: &mut dyn FnMut(&[Stored]) -> Option<Record>,
    ) -> Result<Position, LedgerError> {
        self.inner.write(|session| {
            session.begin_only()?;
            let reserved = (|| {
                let mut stored = Vec::new();
                let read = session.entries_after(position, usize::MAX, &mut stored)?;
                let Some(record) = decide(&stored) else { return Ok(read) };
                let row = Row::of(&record).map_err(LedgerError::Refused)?;
                let Session { connection, ciphers, .. } = session;
                match append(connection, ciphers, &row, now())? {
                    Took::Recorded(position) => Ok(position),
                    Took::Duplicate => Ok(read),
                    Took::Refused(reason) => Err(LedgerError::Refused(reason)),
                }
            })();
            session.end(reserved)
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

    fn erase(&self, number: Number, controller: Option<&str>, at: Timestamp) -> Result<Erased, LedgerError> {
        erase::erase(self, number, controller, at, None)
    }
}
