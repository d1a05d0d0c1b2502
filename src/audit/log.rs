//! The file: begun, written on, recovered.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::Utc;

use super::chain::{self, Link, MAX_LINE, Mac};
use super::entry::{Entry, FORMAT, Recovered, Start};
use super::error::AuditError;
use super::head::{self, Found};
use crate::key::{KeyRing, MasterKey};
use crate::timestamp::rfc3339;

/// How much of a torn line is kept.
const MAX_TORN: usize = 4096;

/// An open log. One process writes at a time: the file's lock is held for each append.
pub(super) struct Log {
    path: PathBuf,
    /// A lock is the process's own, a file that went through a fork is not.
    process: u32,
    is_shut: AtomicBool,
    mac: Mac,
    state: Mutex<State>,
}

struct State {
    file: File,
    head: File,
    last: Link,
    /// Where the last entry ends.
    end: u64,
    buffer: Vec<u8>,
}

impl Log {
    /// Opens a log, or begins one, and the key that it is under.
    pub(super) fn open(path: &Path, keys: &KeyRing) -> Result<(Self, MasterKey), AuditError> {
        let mut file = options().read(true).append(true).open(path).map_err(cannot("opened"))?;
        if !file.metadata().map_err(cannot("opened"))?.is_file() {
            return Err(AuditError::not_a_log(path, "expected a file that can be read back"));
        }
        let (state, mac, key) = {
            file.lock().map_err(cannot("locked"))?;
            let begun = begin(path, &mut file, keys);
            file.unlock().map_err(cannot("unlocked"))?;
            let Begun { head, last, end, mac, key } = begun?;
            (State { file, head, last, end, buffer: Vec::new() }, mac, key)
        };
        let log = Self {
            path: path.to_owned(),
            process: std::process::id(),
            is_shut: AtomicBool::new(false),
            mac,
            state: Mutex::new(state),
        };
        Ok((log, key))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends these entries, one after the other, in one step.
    pub(super) fn append(&self, entries: &[Entry]) -> Result<(), AuditError> {
        self.with(|state, log| {
            state.file.lock().map_err(cannot("locked"))?;
            let written = state.append(log, entries);
            let unlocked = state.file.unlock().map_err(cannot("unlocked"));
            written.and(unlocked)
        })
    }

    /// The last entry that this handle knows.
    pub(super) fn head(&self) -> String {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{}:{}", state.last.seq, state.last.hash)
    }

    /// Brings everything that was appended to the disk.
    pub(super) fn sync(&self) -> Result<(), AuditError> {
        self.with(|state, _| state.file.sync_data().and_then(|()| state.head.sync_data()).map_err(cannot("synced")))
    }

    /// Runs `work`; if it fails the handle is shut: what the file holds now is not known.
    fn with<T>(&self, work: impl FnOnce(&mut State, &Self) -> Result<T, AuditError>) -> Result<T, AuditError> {
        if self.process != std::process::id() {
            return Err(AuditError::Forked);
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_shut.load(Ordering::SeqCst) {
            return Err(AuditError::Shut);
        }
        let result = work(&mut state, self);
        if result.is_err() {
            self.is_shut.store(true, Ordering::SeqCst);
        }
        result
    }
}

impl State {
    fn append(&mut self, log: &Log, entries: &[Entry]) -> Result<(), AuditError> {
        self.buffer.clear();
        let length = self.file.metadata().map_err(cannot("read"))?.len();
        if length < self.end {
            return Err(AuditError::failed("written", "it is shorter than it was; see `dialgate audit verify`"));
        }
        let mut last = self.last.clone();
        if length > self.end {
            // Another process has written, and may have died over it.
            let tail = tail(&log.path, &mut self.file, length, &log.mac)?;
            (last, self.end) = (tail.last, tail.end);
            if !tail.torn.is_empty() {
                self.file.set_len(tail.end).map_err(cannot("repaired"))?;
                let found = Entry::Recovered(Recovered { logged: now(), ..torn(&tail.torn) });
                last = chain::write(&mut self.buffer, Some(&last), &found, &log.mac)?;
            }
        }
        for entry in entries {
            last = chain::write(&mut self.buffer, Some(&last), entry, &log.mac)?;
        }
        self.file.write_all(&self.buffer).map_err(cannot("written"))?;
        self.end = self.end.saturating_add(length_of(&self.buffer));
        self.last = last;
        head::write(&mut self.head, &self.last, self.end, &log.mac).map_err(cannot("written"))
    }
}

/// A log that can be written on.
struct Begun {
    head: File,
    last: Link,
    end: u64,
    mac: Mac,
    key: MasterKey,
}

fn begin(path: &Path, file: &mut File, keys: &KeyRing) -> Result<Begun, AuditError> {
    let found = head::read(path).map_err(cannot("read"))?;
    let length = file.metadata().map_err(cannot("read"))?.len();
    let mut buffer = Vec::new();
    let (mac, key, before) = match first_line(file)? {
        None => {
            let bytes = beginning_of(path, file, length)?;
            if let Found::Head(head) = found {
                return Err(AuditError::Gone { path: path.to_owned(), entries: head.last.seq.saturating_add(1) });
            }
            let key = keys.current().clone();
            let mac = Mac::of(&key);
            file.set_len(0).map_err(cannot("repaired"))?;
            let start = Start {
                dialgate_audit: FORMAT,
                key: key.id().to_string(),
                check: chain::hex(&key.check()),
                logged: now(),
            };
            let mut last = chain::write(&mut buffer, None, &Entry::Start(start), &mac)?;
            if !bytes.is_empty() {
                let found = Entry::Recovered(Recovered { logged: now(), ..torn(&bytes) });
                last = chain::write(&mut buffer, Some(&last), &found, &mac)?;
            }
            (mac, key, (last, 0))
        }
        Some(line) => {
            let (mac, key) = Mac::find(&start_of(path, &line)?, keys)?;
            check(path, 0, &line, &mac)?;
            let tail = tail(path, file, length, &mac)?;
            let recovered = compare(&found, &tail, &mac);
            let mut last = tail.last;
            if !tail.torn.is_empty() {
                file.set_len(tail.end).map_err(cannot("repaired"))?;
            }
            if let Some(recovered) = recovered {
                last = chain::write(&mut buffer, Some(&last), &Entry::Recovered(recovered), &mac)?;
            }
            (mac, key, (last, tail.end))
        }
    };
    let mut head = options().write(true).truncate(false).open(head::path(path)).map_err(cannot("opened"))?;
    let (last, end) = before;
    if !buffer.is_empty() {
        file.write_all(&buffer).map_err(cannot("written"))?;
        file.sync_all().map_err(cannot("synced"))?;
    }
    let end = end.saturating_add(length_of(&buffer));
    head::write(&mut head, &last, end, &mac).map_err(cannot("written"))?;
    if !buffer.is_empty() {
        head.sync_all().map_err(cannot("synced"))?;
        sync_folder(path).map_err(cannot("synced"))?;
    }
    Ok(Begun { head, last, end, mac, key })
}

/// What the head file and the log's end say against one another, and what was torn; nothing: all is well.
fn compare(found: &Found, tail: &Tail, mac: &Mac) -> Option<Recovered> {
    let mut recovered = if tail.torn.is_empty() { Recovered::default() } else { torn(&tail.torn) };
    recovered.head = match found {
        Found::Missing => Some("the head file was missing".to_owned()),
        Found::Unreadable => Some("the head file could not be read".to_owned()),
        Found::Head(head) if !head.is_authentic(mac) => Some("the head file was not written with the key".to_owned()),
        Found::Head(head) if head.last.seq > tail.last.seq => {
            recovered.lost_entries = head.last.seq.saturating_sub(tail.last.seq);
            Some(format!("the head file told of entry {} with hash {}", head.last.seq, head.last.hash))
        }
        Found::Head(head) if head.last.seq == tail.last.seq && head.last.hash != tail.last.hash => {
            Some(format!("the head file told of another entry {}, with hash {}", head.last.seq, head.last.hash))
        }
        Found::Head(_) => None,
    };
    let is_well = recovered == Recovered::default();
    recovered.logged = now();
    (!is_well).then_some(recovered)
}

fn torn(bytes: &[u8]) -> Recovered {
    let kept = bytes.get(..MAX_TORN.min(bytes.len())).unwrap_or_default();
    Recovered { torn_bytes: length_of(bytes), torn: String::from_utf8_lossy(kept).into_owned(), ..Recovered::default() }
}

/// The first line; none when it has no end.
fn first_line(file: &mut File) -> Result<Option<Vec<u8>>, AuditError> {
    file.rewind().map_err(cannot("read"))?;
    let mut line = Vec::new();
    BufReader::new(file.take(MAX_LINE)).read_until(b'\n', &mut line).map_err(cannot("read"))?;
    Ok((line.pop() == Some(b'\n')).then_some(line))
}

/// What there is of a first line that a crash cut short; an error for any other file.
fn beginning_of(path: &Path, file: &mut File, length: u64) -> Result<Vec<u8>, AuditError> {
    let other = || AuditError::not_a_log(path, "it does not begin as one");
    if length > MAX_LINE {
        return Err(other());
    }
    let mut bytes = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).map_err(cannot("read"))?;
    let begins = chain::beginning();
    if begins.as_bytes().starts_with(&bytes) || bytes.starts_with(begins.as_bytes()) { Ok(bytes) } else { Err(other()) }
}

fn start_of(path: &Path, line: &[u8]) -> Result<Start, AuditError> {
    match chain::read(line, None).map(|line| line.entry) {
        Ok(Entry::Start(start)) if start.dialgate_audit == FORMAT => Ok(start),
        Ok(Entry::Start(start)) => Err(AuditError::not_a_log(
            path,
            format!("it has format {}, this program knows {FORMAT}", start.dialgate_audit),
        )),
        Ok(_) => Err(AuditError::not_a_log(path, "its first line is not a `start`")),
        Err(why) => Err(AuditError::not_a_log(path, format!("of its first line, {why}"))),
    }
}

/// An entry as it was written with the key.
fn check(path: &Path, byte: u64, line: &[u8], mac: &Mac) -> Result<Link, AuditError> {
    let damaged = |why: String| AuditError::Damaged { path: path.to_owned(), byte, why };
    let line = chain::read(line, Some(mac)).map_err(damaged)?;
    if line.other_hash.is_some() {
        return Err(damaged("its hash is another".to_owned()));
    }
    if line.is_authentic == Some(false) {
        return Err(damaged("it was not written with the key".to_owned()));
    }
    Ok(line.link)
}

/// The end of a log.
struct Tail {
    last: Link,
    /// Where the last whole line ends.
    end: u64,
    /// What follows it.
    torn: Vec<u8>,
}

fn tail(path: &Path, file: &mut File, length: u64, mac: &Mac) -> Result<Tail, AuditError> {
    let mut window = 1 << 13;
    loop {
        let from = length.saturating_sub(window);
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(from)).map_err(cannot("read"))?;
        file.take(length.saturating_sub(from)).read_to_end(&mut bytes).map_err(cannot("read"))?;
        let newline = |bytes: &[u8]| bytes.iter().rposition(|byte| *byte == b'\n');
        if let Some(end) = newline(&bytes) {
            let whole = bytes.get(..end).unwrap_or_default();
            let begin = newline(whole).map(|before| before.saturating_add(1)).or((from == 0).then_some(0));
            if let Some(begin) = begin {
                let at = |place: usize| from.saturating_add(u64::try_from(place).unwrap_or(u64::MAX));
                let last = check(path, at(begin), whole.get(begin..).unwrap_or_default(), mac)?;
                let end = end.saturating_add(1);
                return Ok(Tail { last, end: at(end), torn: bytes.get(end..).unwrap_or_default().to_vec() });
            }
        }
        if from == 0 || window > MAX_LINE.saturating_mul(4) {
            let why = "expected an entry that ends in a line feed".to_owned();
            return Err(AuditError::Damaged { path: path.to_owned(), byte: from, why });
        }
        window = window.saturating_mul(4);
    }
}

/// Makes the file when there is none, readable by its owner only.
fn options() -> std::fs::OpenOptions {
    let mut options = File::options();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn cannot(doing: &'static str) -> impl Fn(std::io::Error) -> AuditError {
    move |error| AuditError::failed(doing, error)
}

fn length_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

pub(super) fn now() -> String {
    rfc3339(Utc::now())
}
