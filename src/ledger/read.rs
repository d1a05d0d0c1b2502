//! Reading entries back.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row as SqlRow};

use super::cipher::Ciphers;
use super::error::LedgerError;
use super::{Entry, Position, Stored, Tombstone, failed};
use crate::compile::records::single::{Object, Reader, Single};
use crate::dictionary::Dictionary;
use crate::key::{KeyId, NumberHash};
use crate::{Number, Timestamp};

/// An entry in plain, before a record's words are understood.
pub(super) struct Plain {
    pub(super) position: Position,
    pub(super) recorded_at: Timestamp,
    pub(super) what: PlainWhat,
}

pub(super) enum PlainWhat {
    Record {
        number: Number,
        words: Object,
    },
    Tombstone(Tombstone),
    /// An attempt that was given back.
    Released {
        number: Number,
        words: Object,
        was: Position,
    },
}

/// The columns that [`plain`] reads.
pub(super) const COLUMNS: &str =
    "position, kind, key, token, hash, controller, at, until, recorded_at, body, was, wipes";

/// Reads entries after a position, in order, and gives each to the sink. The position up to which was read.
pub(super) fn each_after(
    connection: &Connection,
    ciphers: &mut Ciphers,
    position: Position,
    limit: usize,
    sink: &mut dyn FnMut(Plain) -> Result<(), LedgerError>,
) -> Result<Position, LedgerError> {
    let broken = |error| failed("read", &error);
    let sql = format!("SELECT {COLUMNS} FROM events WHERE position > ?1 ORDER BY position LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let after = i64::try_from(position).unwrap_or(i64::MAX);
    let mut rows = statement.query((after, i64::try_from(limit).unwrap_or(i64::MAX))).map_err(broken)?;
    let mut last = position;
    while let Some(row) = rows.next().map_err(broken)? {
        let plain = plain(row, ciphers)?;
        last = plain.position;
        sink(plain)?;
    }
    Ok(last)
}

/// Every record of a number, and every attempt of it that was given back, in order, under whatever key.
pub(super) fn of_number(
    connection: &Connection,
    ciphers: &mut Ciphers,
    number: Number,
) -> Result<Vec<(Plain, Object)>, LedgerError> {
    let broken = |error| failed("read", &error);
    let tokens: Vec<Vec<u8>> = ciphers.iter().filter_map(|cipher| cipher.token(number)).collect();
    let sql = format!("SELECT {COLUMNS} FROM events WHERE token = ?1");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let mut all = Vec::new();
    for token in tokens {
        let mut rows = statement.query([token]).map_err(broken)?;
        while let Some(row) = rows.next().map_err(broken)? {
            let mut plain = plain(row, ciphers)?;
            if let PlainWhat::Record { words, .. } | PlainWhat::Released { words, .. } = &mut plain.what {
                let words = std::mem::take(words);
                all.push((plain, words));
            }
        }
    }
    all.sort_unstable_by_key(|(plain, _)| plain.position);
    Ok(all)
}

/// Every number of which there is a record, in no particular order.
pub(super) fn numbers(connection: &Connection, ciphers: &mut Ciphers) -> Result<BTreeSet<Number>, LedgerError> {
    let broken = |error| failed("read", &error);
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT key, token FROM events WHERE token IS NOT NULL").map_err(broken)?;
    let mut rows = statement.query([]).map_err(broken)?;
    let mut numbers = BTreeSet::new();
    while let Some(row) = rows.next().map_err(broken)? {
        let key: [u8; 16] = row.get(0).map_err(broken)?;
        let token: Vec<u8> = row.get(1).map_err(broken)?;
        let cipher = ciphers.find(&key).ok_or(LedgerError::KeyMissing(KeyId::from_bytes(key)))?;
        numbers.insert(cipher.number(&token).ok_or(LedgerError::Damaged { position: 0, why: "a token" })?);
    }
    Ok(numbers)
}

/// Decrypts an entry.
pub(super) fn plain(row: &SqlRow<'_>, ciphers: &mut Ciphers) -> Result<Plain, LedgerError> {
    let broken = |error| failed("read", &error);
    let position = u64::try_from(row.get::<_, i64>(0).map_err(broken)?).unwrap_or_default();
    let damaged = |why| LedgerError::Damaged { position, why };
    let key: Vec<u8> = row.get(2).map_err(broken)?;
    let key_id = KeyId::from_bytes(key.as_slice().try_into().map_err(|_| damaged("its key's id"))?);
    let cipher = ciphers.find(&key).ok_or(LedgerError::KeyMissing(key_id))?;
    let kind: String = row.get(1).map_err(broken)?;
    let recorded_at = Timestamp::from_micros(row.get(8).map_err(broken)?);
    let body: Option<Vec<u8>> = row.get(9).map_err(broken)?;
    let what = match kind.as_str() {
        "tombstone" => {
            let hash: Vec<u8> = row.get(4).map_err(broken)?;
            PlainWhat::Tombstone(Tombstone {
                hash: NumberHash::from_bytes(hash.as_slice().try_into().map_err(|_| damaged("its hash"))?),
                key: key_id,
                controller: row.get(5).map_err(broken)?,
                at: Timestamp::from_micros(row.get(6).map_err(broken)?),
                until: row.get::<_, Option<i64>>(7).map_err(broken)?.map(Timestamp::from_micros),
                wipes: row.get(11).map_err(broken)?,
            })
        }
        kind => {
            let token: Vec<u8> = row.get(3).map_err(broken)?;
            let number = cipher.number(&token).ok_or(damaged("its token"))?;
            let body = cipher.open(&token, &body.unwrap_or_default()).ok_or(damaged("its body"))?;
            let words = serde_json::from_slice(&body).map_err(|_| damaged("its body"))?;
            match kind {
                "released" => {
                    let was: i64 = row.get(10).map_err(broken)?;
                    PlainWhat::Released { number, words, was: u64::try_from(was).map_err(|_| damaged("its place"))? }
                }
                _ => PlainWhat::Record { number, words },
            }
        }
    };
    Ok(Plain { position, recorded_at, what })
}

/// Entries after a position, understood as the manifest of this snapshot does. A consent whose text it does not know is
/// left out: it counts nowhere.
pub(super) fn entries_after(
    connection: &Connection,
    ciphers: &mut Ciphers,
    position: Position,
    limit: usize,
    dictionary: &Dictionary,
    into: &mut Vec<Stored>,
) -> Result<Position, LedgerError> {
    let reader = Reader::kept(dictionary);
    each_after(connection, ciphers, position, limit, &mut |plain| {
        let position = plain.position;
        let (number, words, was) = match plain.what {
            PlainWhat::Tombstone(tombstone) => {
                into.push(Stored { position, entry: Entry::Tombstone(tombstone) });
                return Ok(());
            }
            PlainWhat::Released { number, words, was } => (number, words, Some(was)),
            PlainWhat::Record { number, words } => (number, words, None),
        };
        if let Single::Taken { records, .. } = reader.read_for(number, words) {
            into.extend(records.into_iter().map(Box::new).map(|record| {
                let entry = match was {
                    Some(was) => Entry::Released { attempt: record, was },
                    None => Entry::Record(record),
                };
                Stored { position, entry }
            }));
        }
        Ok(())
    })
}
