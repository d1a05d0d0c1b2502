//! Making and opening the file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::cipher::Ciphers;
use super::error::LedgerError;
use super::listeners::Listeners;
use super::{Ledger, LedgerId, failed, schema};
use crate::key::{KeyId, KeyRing, MasterKey};

/// How long another writer is waited for.
pub(super) const BUSY: Duration = Duration::from_secs(10);

/// A ledger in a SQLite file: one connection that writes, one that reads.
pub(super) struct Sqlite {
    pub(super) path: PathBuf,
    pub(super) id: LedgerId,
    pub(super) ring: KeyRing,
    writer: Mutex<Session>,
    reader: Mutex<Session>,
    is_shut: AtomicBool,
    pub(super) listeners: Listeners,
    /// Connections must not be used across a fork.
    process: u32,
    /// The file that was opened.
    identity: Option<(u64, u64)>,
}

/// A connection with the keys at hand.
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) ciphers: Ciphers,
}

impl Ledger {
    /// Makes a ledger, and its key when there is none at `key_path` yet (none: `PATH.key`).
    ///
    /// The ledger appears whole or not at all. Both files are readable by their owner only.
    ///
    /// # Errors
    /// There is a file at `path` already, the key file cannot be read, or something cannot be written.
    pub fn create(path: impl AsRef<Path>, key_path: Option<&Path>) -> Result<Self, LedgerError> {
        let path = path.as_ref();
        if path.symlink_metadata().is_ok() {
            return Err(LedgerError::Exists(path.to_owned()));
        }
        let key_path = key_path.map_or_else(|| default_key_path(path), Path::to_owned);
        let key = match key_path.symlink_metadata() {
            Ok(_) => KeyRing::load(&key_path)?.current().clone(),
            Err(_) => MasterKey::create(&key_path)?,
        };
        let draft = beside(path, &format!(".new-{}", std::process::id()));
        let made = fill(&draft, &key).and_then(|()| publish(&draft, path));
        let _ = std::fs::remove_file(&draft);
        made?;
        Self::open(path, Some(&key_path))
    }

    /// Opens a ledger with its key file (none: `PATH.key`). Nothing is ever made.
    ///
    /// # Errors
    /// There is no ledger, or not one that this version reads; its key file is missing, or lacks a key that entries
    /// are under.
    pub fn open(path: impl AsRef<Path>, key_path: Option<&Path>) -> Result<Self, LedgerError> {
        let path = path.as_ref();
        if path.symlink_metadata().is_err() {
            return Err(LedgerError::Missing(path.to_owned()));
        }
        let key_path = key_path.map_or_else(|| default_key_path(path), Path::to_owned);
        let opened = identity(path);
        let mut connection = connect(path)?;
        check_kind(&connection, path)?;
        schema::migrate(&mut connection, path)?;
        let ring = KeyRing::load(&key_path)?;
        check_keys(&connection, &ring)?;
        // What a crash left is brought into the main file and synced, so that nothing builds on pages that a failed
        // sync may have lost. Others that use the ledger right now do not hinder.
        let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        let id = ledger_id(&connection, path)?;
        let reader = connect(path)?;
        if identity(path) != opened {
            return Err(LedgerError::Replaced(path.to_owned()));
        }
        let session = |connection| Mutex::new(Session { connection, ciphers: Ciphers::of(&ring) });
        let (writer, reader) = (session(connection), session(reader));
        Ok(Self {
            inner: Arc::new(Sqlite {
                path: path.to_owned(),
                id,
                ring,
                writer,
                reader,
                is_shut: AtomicBool::new(false),
                listeners: Listeners::default(),
                process: std::process::id(),
                identity: opened,
            }),
        })
    }

    /// Which ledger it is.
    #[must_use]
    pub fn id(&self) -> LedgerId {
        self.inner.id
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }
}

impl Sqlite {
    pub(super) fn reader(&self) -> Result<MutexGuard<'_, Session>, LedgerError> {
        self.check()?;
        Ok(self.reader.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `work` on the writing connection, and tells the listeners. If it fails to write the handle is shut.
    pub(super) fn write<T>(&self, work: impl FnOnce(&mut Session) -> Result<T, LedgerError>) -> Result<T, LedgerError> {
        let result = self.write_unheard(work);
        if result.is_ok() {
            self.listeners.committed();
        }
        result
    }

    /// The same, and the listeners are told by the caller.
    pub(super) fn write_unheard<T>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        self.check()?;
        let mut session = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.check()?;
        let result = work(&mut session);
        if matches!(result, Err(LedgerError::Failed { .. })) {
            self.is_shut.store(true, Ordering::SeqCst);
            self.listeners.lost();
        }
        result
    }

    fn check(&self) -> Result<(), LedgerError> {
        if self.process != std::process::id() {
            return Err(LedgerError::Forked);
        }
        if self.is_shut.load(Ordering::SeqCst) {
            return Err(LedgerError::Shut);
        }
        // What others write to the file that has taken its place would never be heard.
        if identity(&self.path) == self.identity { Ok(()) } else { Err(LedgerError::Replaced(self.path.clone())) }
    }
}

/// Tells the file at a path from another that takes its place.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// Elsewhere a file that is open cannot be replaced.
#[cfg(not(unix))]
fn identity(_: &Path) -> Option<(u64, u64)> {
    None
}

/// The key file of a ledger unless another is named: beside it.
pub(crate) fn default_key_path(path: &Path) -> PathBuf {
    beside(path, ".key")
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

fn connect(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| failed("opened", &error))?;
    let set = || {
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_query_value(None, "secure_delete", |_| Ok(()))?;
        connection.query_row("PRAGMA secure_delete = on", [], |row| row.get::<_, i64>(0))
    };
    match set() {
        Ok(1) => Ok(connection),
        Ok(_) => Err(LedgerError::Failed { doing: "opened", why: "secure_delete cannot be turned on".to_owned() }),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            Err(LedgerError::not_a_ledger(path, "it is no SQLite file"))
        }
        Err(error) => Err(failed("opened", &error)),
    }
}

/// Is it a ledger, in the mode in which a commit is durable?
fn check_kind(connection: &Connection, path: &Path) -> Result<(), LedgerError> {
    let read = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let broken = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            LedgerError::not_a_ledger(path, error.to_string())
        }
        _ => failed("opened", &error),
    };
    if read("application_id").map_err(broken)? != schema::APPLICATION_ID {
        return Err(LedgerError::not_a_ledger(path, "another program's file, or an empty one"));
    }
    let version = read("user_version").map_err(broken)?;
    if version > schema::NEWEST {
        return Err(LedgerError::NewerSchema { path: path.to_owned(), found: version, known: schema::NEWEST });
    }
    let mode: String = connection.query_row("PRAGMA journal_mode = wal", [], |row| row.get(0)).map_err(broken)?;
    if mode != "wal" {
        return Err(LedgerError::not_a_ledger(path, format!("journal mode `{mode}` where `wal` was expected")));
    }
    Ok(())
}

/// Every key that the ledger has entries under must be in the file. A new current key joins those that are known.
fn check_keys(connection: &Connection, ring: &KeyRing) -> Result<(), LedgerError> {
    let broken = |error| failed("read", &error);
    let mut statement = connection.prepare("SELECT id, check_value FROM keys").map_err(broken)?;
    let known = statement.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let known: Vec<(Vec<u8>, Vec<u8>)> = known.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)?;
    for (id, check) in &known {
        let id = KeyId::from_bytes(
            id.as_slice().try_into().map_err(|_| LedgerError::Damaged { position: 0, why: "a key's id" })?,
        );
        let key = ring.find(id).ok_or(LedgerError::KeyMissing(id))?;
        if key.check().as_slice() != check.as_slice() {
            return Err(LedgerError::KeyWrong(id));
        }
    }
    let current = ring.current();
    if known.iter().any(|(id, _)| id.as_slice() == current.id().as_bytes()) {
        return Ok(());
    }
    if known.is_empty() {
        return Err(LedgerError::Damaged { position: 0, why: "no key is named in it" });
    }
    connection
        .execute("INSERT OR IGNORE INTO keys VALUES (?1, ?2)", (current.id().as_bytes(), current.check().as_slice()))
        .map_err(|error| failed("written", &error))?;
    Ok(())
}

fn ledger_id(connection: &Connection, path: &Path) -> Result<LedgerId, LedgerError> {
    let id: Vec<u8> = connection
        .query_row("SELECT value FROM meta WHERE name = 'id'", [], |row| row.get(0))
        .map_err(|_| LedgerError::not_a_ledger(path, "it has no id"))?;
    Ok(LedgerId(id.try_into().map_err(|_| LedgerError::not_a_ledger(path, "its id has another length"))?))
}

/// Makes a whole ledger at this path, to be moved where it belongs.
fn fill(draft: &Path, key: &MasterKey) -> Result<(), LedgerError> {
    let _ = std::fs::remove_file(draft);
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(draft).map_err(|error| unwritten(&error))?;
    let mut connection = connect(draft)?;
    let broken = |error| failed("made", &error);
    connection.pragma_update(None, "application_id", schema::APPLICATION_ID).map_err(broken)?;
    schema::migrate(&mut connection, draft)?;
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| LedgerError::Failed { doing: "made", why: error.to_string() })?;
    connection.execute("INSERT INTO meta VALUES ('id', ?1)", [id.as_slice()]).map_err(broken)?;
    connection
        .execute("INSERT INTO keys VALUES (?1, ?2)", (key.id().as_bytes(), key.check().as_slice()))
        .map_err(broken)?;
    connection.close().map_err(|(_, error)| failed("made", &error))?;
    file.sync_all().map_err(|error| unwritten(&error))
}

fn publish(draft: &Path, path: &Path) -> Result<(), LedgerError> {
    std::fs::hard_link(draft, path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => LedgerError::Exists(path.to_owned()),
        _ => unwritten(&error),
    })?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| unwritten(&error))
}

fn unwritten(error: &std::io::Error) -> LedgerError {
    LedgerError::Failed { doing: "made", why: error.to_string() }
}
