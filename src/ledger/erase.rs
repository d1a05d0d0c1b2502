//! Erasure: everything about a number goes, a one-way tombstone stays.

use rusqlite::Connection;

use super::cipher::{Cipher, Ciphers};
use super::error::LedgerError;
use super::write::{commit, now};
use super::{Ledger, Position, failed};
use crate::compile::records::single::Object;
use crate::compile::source::{Gone, reaches};
use crate::{Number, Timestamp};

/// What an erasure did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Erased {
    /// Everything up to here was committed when the erasure was.
    pub position: Position,
    /// Entries that were deleted.
    pub deleted: u64,
    /// Entries that stay because they name no controller and so bind others as well.
    pub kept: u64,
    /// Where recordings lie whose entries were deleted, each once: nothing else names them any longer, and the audio is
    /// the owner's to delete.
    pub recordings: Vec<String>,
    /// Nothing of the old pages is left in the write-ahead log. False: another process was reading; it is tried
    /// again by the next erasure and by [`Ledger::vacuum`].
    pub is_log_clean: bool,
    /// Snapshots on record that were compiled before and may still hold the number.
    pub snapshots: Vec<SnapshotOnRecord>,
    /// There was no such tombstone before.
    pub(super) is_new: bool,
}

/// A snapshot that was compiled from the ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SnapshotOnRecord {
    /// Its digest.
    pub digest: [u8; 32],
    /// Where it was written, if that is known.
    pub path: Option<String>,
    /// When it was compiled.
    pub compiled_at: Timestamp,
    /// Up to where it read the ledger.
    pub position: Position,
}

/// The version of the rules that a tombstone is made under.
const RULE: &str = env!("CARGO_PKG_VERSION");
/// How long readers of the write-ahead log are waited for.
const READERS: std::time::Duration = std::time::Duration::from_secs(2);

/// Whom to erase.
pub(super) struct Request<'a> {
    pub(super) number: Number,
    pub(super) controller: Option<&'a str>,
    pub(super) at: Timestamp,
    /// The tombstone denies until then.
    pub(super) until: Option<Timestamp>,
    /// Whatever is dated later goes as well.
    pub(super) everything: bool,
}

impl Ledger {
    /// Deletes everything about a number, for one controller or for all, under every key, and leaves a tombstone
    /// that is in force until `until` (none: for good). Records of before are refused from then on.
    ///
    /// The number is then in no page of the ledger; snapshots on record that may still hold it are named.
    ///
    /// # Errors
    /// The ledger cannot be written, or `until` has passed.
    pub fn erase(
        &self,
        number: Number,
        controller: Option<&str>,
        until: Option<chrono::DateTime<chrono::Utc>>,
    ) -> Result<Erased, LedgerError> {
        let (at, until) = (now(), until.map(Timestamp::from));
        if until.is_some_and(|until| until <= at) {
            return Err(LedgerError::Refused("an erasure that would bar until an instant that has passed"));
        }
        erase(self, number, controller, at, until)
    }

    /// Rewrites the file without gaps, and empties the write-ahead log: false when another process hindered that.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn vacuum(&self) -> Result<bool, LedgerError> {
        self.inner.write(|session| {
            session.connection.execute_batch("VACUUM").map_err(|error| failed("vacuumed", &error))?;
            clean_log(&session.connection)
        })
    }
}

pub(super) fn erase(
    ledger: &Ledger,
    number: Number,
    controller: Option<&str>,
    at: Timestamp,
    until: Option<Timestamp>,
) -> Result<Erased, LedgerError> {
    ledger.inner.write(|session| {
        let (transaction, ciphers) = session.begin()?;
        let request = Request { number, controller, at, until, everything: true };
        let mut erased = within(&transaction, ciphers, &request, now())?;
        commit(transaction)?;
        // The erasure is done; what the log still holds of it is told, not hidden behind an error.
        erased.is_log_clean = clean_log(&session.connection).unwrap_or(false);
        erased.snapshots = snapshots(&session.connection)?;
        Ok(erased)
    })
}

/// Erases within a transaction.
pub(super) fn within(
    connection: &Connection,
    ciphers: &mut Ciphers,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<Erased, LedgerError> {
    let broken = |error| failed("written", &error);
    let mut erased = Erased::default();
    let mut latest = request.at;
    let tombstone = Gone { controller: request.controller.map(str::to_owned), at: request.at, until: request.until };
    for cipher in ciphers.iter() {
        let Some(token) = cipher.token(request.number) else { continue };
        let mut select = connection
            .prepare_cached("SELECT position, controller, at, kind, body FROM events WHERE token = ?1 AND key = ?2")
            .map_err(broken)?;
        let mut rows = select.query((&token, cipher.id.as_bytes())).map_err(broken)?;
        let mut delete = connection.prepare_cached("DELETE FROM events WHERE position = ?1").map_err(broken)?;
        while let Some(row) = rows.next().map_err(broken)? {
            let position: i64 = row.get(0).map_err(broken)?;
            let whose: Option<String> = row.get(1).map_err(broken)?;
            let at = Timestamp::from_micros(row.get(2).map_err(broken)?);
            let kind: String = row.get(3).map_err(broken)?;
            let goes = if request.everything {
                reaches(request.controller, whose.as_deref(), &kind)
            } else {
                tombstone.hides(whose.as_deref(), at, &kind)
            };
            if goes {
                if at <= request.at.plus(crate::compile::date::GRACE) {
                    latest = latest.max(at);
                }
                if kind == "recording" {
                    let body: Vec<u8> = row.get(4).map_err(broken)?;
                    erased.recordings.extend(recording(cipher, &token, &body));
                }
                delete.execute([position]).map_err(broken)?;
                erased.deleted = erased.deleted.saturating_add(1);
            } else if whose.is_none() {
                erased.kept = erased.kept.saturating_add(1);
            }
        }
    }
    erased.recordings.sort_unstable();
    erased.recordings.dedup();
    // Not older than what it took: whoever has read that already goes by the tombstone alone.
    let at = latest.micros();
    let until = request.until.map(Timestamp::micros);
    let mut same = connection
        .prepare_cached(
            "SELECT 1 FROM events
             WHERE hash = ?1 AND key = ?2 AND at = ?3 AND controller IS ?4 AND until IS ?5 AND wipes >= ?6",
        )
        .map_err(broken)?;
    for cipher in ciphers.iter() {
        let hash = cipher.hash(request.number);
        let known = (hash.as_bytes(), cipher.id.as_bytes(), at, request.controller, until, request.everything);
        if same.exists(known).map_err(broken)? {
            erased.position = super::write::last_position(connection)?;
            return Ok(erased);
        }
    }
    let cipher = ciphers.current().ok_or(LedgerError::Refused("no key to write with"))?;
    let hash = cipher.hash(request.number);
    connection
        .prepare_cached(
            "INSERT INTO events (kind, key, hash, controller, at, until, recorded_at, rule, wipes)
             VALUES ('tombstone', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .and_then(|mut statement| {
            let key = cipher.id.as_bytes();
            let hash = hash.as_bytes();
            statement.execute((key, hash, request.controller, at, until, now.micros(), RULE, request.everything))
        })
        .map_err(broken)?;
    erased.is_new = true;
    erased.position = super::write::last_position(connection)?;
    Ok(erased)
}

/// Where a recording lies. None: the entry cannot be read, and goes all the same.
fn recording(cipher: &mut Cipher, token: &[u8], body: &[u8]) -> Option<String> {
    let words: Object = serde_json::from_slice(&cipher.open(token, body)?).ok()?;
    Some(words.get("uri")?.as_str()?.to_owned())
}

/// Empties the write-ahead log; false: somebody reads from it.
///
/// Tried for as long as [`READERS`].
pub(super) fn clean_log(connection: &Connection) -> Result<bool, LedgerError> {
    // Readers are waited for, but not as long as a writer is.
    let patience = |patience| connection.busy_timeout(patience).map_err(|error| failed("checkpointed", &error));
    patience(READERS)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    patience(super::open::BUSY)?;
    Ok(busy.map_err(|error| failed("checkpointed", &error))? == 0)
}

fn snapshots(connection: &Connection) -> Result<Vec<SnapshotOnRecord>, LedgerError> {
    let broken = |error| failed("read", &error);
    let mut statement = connection
        .prepare_cached("SELECT digest, path, compiled_at, position FROM snapshots ORDER BY compiled_at, digest")
        .map_err(broken)?;
    let rows = statement.query_map([], |row| {
        Ok(SnapshotOnRecord {
            digest: row.get(0)?,
            path: row.get(1).map(|path: String| (!path.is_empty()).then_some(path))?,
            compiled_at: Timestamp::from_micros(row.get(2)?),
            position: u64::try_from(row.get::<_, i64>(3)?).unwrap_or_default(),
        })
    });
    rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)
}
