//! The tables, and how an older file gets them.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::LedgerError;
use super::failed;

/// Marks the file as a ledger (`dgLE`).
pub(super) const APPLICATION_ID: i64 = 0x6467_4c45;

/// Each step leads from the schema with its index to the next one. Steps are never changed once released.
pub(super) const STEPS: &[&str] = &[
    // Entries in the order in which they were committed. `key` is the id of the key that token, id and body (or
    // hash) are under. A record, and an attempt that was given back, has token and body, a tombstone a hash. `was`
    // is the position that an attempt had before it was given back. A tombstone has the version of the rules that it was
    // made under, and whether it took everything that was known, whatever its date.
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE keys (id BLOB PRIMARY KEY, check_value BLOB NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE events (
         position INTEGER PRIMARY KEY AUTOINCREMENT,
         kind TEXT NOT NULL,
         key BLOB NOT NULL,
         token BLOB,
         hash BLOB,
         controller TEXT,
         id BLOB,
         at INTEGER NOT NULL,
         until INTEGER,
         recorded_at INTEGER NOT NULL,
         body BLOB,
         was INTEGER,
         rule TEXT,
         wipes INTEGER,
         CHECK ((kind = 'tombstone') = (hash IS NOT NULL)),
         CHECK ((kind = 'tombstone') = (token IS NULL)),
         CHECK ((kind = 'tombstone') = (body IS NULL)),
         CHECK ((kind = 'released') = (was IS NOT NULL)),
         CHECK ((kind = 'tombstone') = (rule IS NOT NULL)),
         CHECK ((kind = 'tombstone') = (wipes IS NOT NULL))
     ) STRICT;
     CREATE INDEX events_by_number ON events (token) WHERE token IS NOT NULL;
     CREATE INDEX events_by_hash ON events (hash) WHERE hash IS NOT NULL;
     CREATE INDEX events_by_id ON events (id) WHERE id IS NOT NULL;",
    // What compiles leave behind, and what retention deleted.
    "CREATE TABLE purposes (id TEXT PRIMARY KEY, class TEXT NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE snapshots (
         digest BLOB NOT NULL,
         path TEXT NOT NULL,
         compiled_at INTEGER NOT NULL,
         position INTEGER NOT NULL,
         PRIMARY KEY (digest, path)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE deletions (
         number INTEGER PRIMARY KEY AUTOINCREMENT,
         at INTEGER NOT NULL,
         reason TEXT NOT NULL,
         controller TEXT,
         kind TEXT NOT NULL,
         count INTEGER NOT NULL
     ) STRICT;",
    // A random value at each position up to which a snapshot was compiled: a ledger that was put back to an older state
    // and grew again does not have it.
    "CREATE TABLE marks (position INTEGER PRIMARY KEY, nonce BLOB NOT NULL) STRICT;",
];

/// The newest schema.
pub(super) const NEWEST: i64 = {
    let steps = STEPS.len();
    assert!(steps < 1000);
    #[expect(clippy::as_conversions, clippy::cast_possible_wrap, reason = "less than 1000")]
    {
        steps as i64
    }
};

/// Brings the file to the newest schema.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), LedgerError> {
    let version = |connection: &Connection| connection.pragma_query_value(None, "user_version", |row| row.get(0));
    let broken = |error| failed("read", &error);
    let mut found: i64 = version(connection).map_err(broken)?;
    if found == NEWEST {
        return Ok(());
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| failed("migrated", &error))?;
    // Another process may have been faster.
    found = version(&transaction).map_err(broken)?.max(found);
    if found > NEWEST {
        return Err(LedgerError::NewerSchema { path: path.to_owned(), found, known: NEWEST });
    }
    let done = usize::try_from(found)
        .map_err(|_| LedgerError::not_a_ledger(path, format!("its schema is numbered {found}")))?;
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step).map_err(|error| failed("migrated", &error))?;
    }
    transaction.pragma_update(None, "user_version", NEWEST).map_err(|error| failed("migrated", &error))?;
    transaction.commit().map_err(|error| failed("migrated", &error))
}
