//! Is the chain intact? Says where it is not.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::chain::{self, Line, Link, MAX_LINE, Mac};
use super::entry::{Entry, FORMAT, Recovered};
use super::error::AuditError;
use super::head::{self, Found};
use crate::key::{KeyRing, MasterKey};

/// As many breaks are told one by one.
const MAX_TOLD: usize = 100;

/// What `verify` found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AuditVerified {
    /// Entries that can be read.
    pub entries: u64,
    /// Decisions among them.
    pub decisions: u64,
    /// When the first was put on record, RFC 3339.
    pub first: Option<String>,
    /// When the last was.
    pub last: Option<String>,
    /// The id of the key that the log is under.
    pub key: Option<String>,
    /// The last entry's number and hash, `7:HASH`: what to note down for the next time.
    pub head: Option<String>,
    /// Were the MACs checked? Without the key they cannot be.
    pub is_authenticated: bool,
    /// Where the chain is broken; the first 100 places.
    pub breaks: Vec<AuditBreak>,
    /// How many more there are.
    pub more_breaks: u64,
    /// What should be known, and breaks nothing.
    pub remarks: Vec<String>,
}

/// A place at which the chain is broken.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct AuditBreak {
    /// The line, from 1 on.
    pub line: u64,
    /// The byte at which that line begins, from 0 on.
    pub byte: u64,
    /// What is wrong, and what was expected.
    pub what: String,
}

impl fmt::Display for AuditBreak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}: {}", self.line, self.byte, self.what)
    }
}

impl AuditVerified {
    /// Is every entry there, in its place, as it was written?
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.breaks.is_empty()
    }
}

/// Reads a log from end to end; `each` is shown every entry that can be read, with its line.
pub(super) fn walk(
    path: &Path,
    keys: Option<&KeyRing>,
    noted: Option<&str>,
    mut each: impl FnMut(u64, &Entry, Option<&MasterKey>),
) -> Result<AuditVerified, AuditError> {
    let cannot = |error: std::io::Error| AuditError::failed("read", error);
    let file = File::open(path).map_err(cannot)?;
    // Whoever appends has finished both files.
    file.lock_shared().map_err(cannot)?;
    let standing = file.metadata().and_then(|file| Ok((file.len(), head::read(path)?)));
    file.unlock().map_err(cannot)?;
    let (length, found) = standing.map_err(cannot)?;
    let mut walk = Walk::new(keys, noted, &found)?;
    let mut reader = BufReader::with_capacity(1 << 16, file.take(length));
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader).take(MAX_LINE).read_until(b'\n', &mut line).map_err(cannot)?;
        if read == 0 {
            break;
        }
        walk.line = walk.line.saturating_add(1);
        let is_whole = line.pop_if(|byte| *byte == b'\n').is_some();
        if let Some(entry) = walk.step(&line, is_whole)? {
            each(walk.line, &entry, walk.key.as_ref());
        }
        walk.byte = walk.byte.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    }
    walk.line = walk.line.saturating_add(1);
    walk.finish(&found);
    Ok(walk.verified)
}

struct Walk<'a> {
    keys: Option<&'a KeyRing>,
    mac: Option<Mac>,
    key: Option<MasterKey>,
    line: u64,
    byte: u64,
    /// The last entry that could be read.
    last: Option<Link>,
    /// The line before could not be read: what follows it is not known to be out of place.
    is_adrift: bool,
    /// Entries that must be there, by number, with who says so.
    awaited: BTreeMap<u64, Vec<(String, &'static str)>>,
    /// A head was noted at an earlier time.
    is_noted: bool,
    verified: AuditVerified,
}

impl<'a> Walk<'a> {
    fn new(keys: Option<&'a KeyRing>, noted: Option<&str>, found: &Found) -> Result<Self, AuditError> {
        let mut awaited: BTreeMap<u64, Vec<(String, &'static str)>> = BTreeMap::new();
        if let Some(noted) = noted {
            let link = noted.split_once(':').and_then(|(seq, hash)| Some((seq.parse().ok()?, hash)));
            let (seq, hash) = link.ok_or_else(|| {
                AuditError::failed("read", "the noted head is not `NUMBER:HASH`, as `audit verify` prints it")
            })?;
            awaited.entry(seq).or_default().push((hash.to_owned(), "the head that was noted"));
        }
        if let Found::Head(head) = found {
            awaited.entry(head.last.seq).or_default().push((head.last.hash.clone(), "the head file"));
        }
        Ok(Self {
            keys,
            mac: None,
            key: None,
            line: 0,
            byte: 0,
            last: None,
            is_adrift: false,
            awaited,
            is_noted: noted.is_some(),
            verified: AuditVerified::default(),
        })
    }

    fn broken(&mut self, what: impl Into<String>) {
        if self.verified.breaks.len() < MAX_TOLD {
            self.verified.breaks.push(AuditBreak { line: self.line, byte: self.byte, what: what.into() });
        } else {
            self.verified.more_breaks = self.verified.more_breaks.saturating_add(1);
        }
    }

    /// One line; its entry, if it can be read.
    fn step(&mut self, line: &[u8], is_whole: bool) -> Result<Option<Entry>, AuditError> {
        if !is_whole {
            self.broken(format!(
                "the line has no end after {} bytes, expected a line feed: a crash or an edit cut it off; \
                 whoever opens the log next puts that on record",
                line.len()
            ));
            self.is_adrift = true;
            return Ok(None);
        }
        if self.line == 1 {
            self.find_key(line)?;
        }
        let read = match chain::read(line, self.mac.as_ref()) {
            Ok(read) => read,
            Err(why) => {
                self.broken(why);
                self.is_adrift = true;
                return Ok(None);
            }
        };
        self.check(&read);
        let Line { link, entry, .. } = read;
        if let Some(awaited) = self.awaited.remove(&link.seq) {
            for (_, who) in awaited.iter().filter(|(hash, _)| *hash != link.hash) {
                self.broken(format!("entry {} has another hash than {who} tells", link.seq));
            }
        }
        self.last = Some(link);
        self.is_adrift = false;
        self.note(&entry);
        Ok(Some(entry))
    }

    /// The key that the first line names, if keys were given.
    fn find_key(&mut self, line: &[u8]) -> Result<(), AuditError> {
        let Some(keys) = self.keys else { return Ok(()) };
        let (mac, key) = match chain::read(line, None).map(|line| line.entry) {
            Ok(Entry::Start(start)) => Mac::find(&start, keys)?,
            // The line is a break by itself; the current key is the best guess for the others.
            _ => (Mac::of(keys.current()), keys.current().clone()),
        };
        self.mac = Some(mac);
        self.key = Some(key);
        self.verified.is_authenticated = true;
        Ok(())
    }

    /// The line's own hash and MAC, and its place in the chain.
    fn check(&mut self, line: &Line) {
        if let Some(own) = &line.other_hash {
            self.broken(format!("the entry was altered: its bytes have hash {own}, it says {}", line.link.hash));
        } else if line.is_authentic == Some(false) {
            self.broken("the entry was not written with the key: its `mac` is another");
        }
        if self.is_adrift {
            return;
        }
        let (expected, after) = match &self.last {
            None => (0, chain::root()),
            Some(last) => (last.seq.saturating_add(1), last.hash.clone()),
        };
        let seq = line.link.seq;
        if seq > expected {
            let missing = seq.saturating_sub(expected);
            self.broken(format!("expected entry {expected}, found entry {seq}: {missing} before it are missing"));
        } else if seq < expected {
            self.broken(format!("expected entry {expected}, found entry {seq}: it was moved, repeated or put in"));
        } else if line.prev != after {
            self.broken(format!(
                "entry {seq} follows on hash {}, expected {after}: the entry before it is another than the one that was written",
                line.prev
            ));
        }
    }

    /// Counts an entry and says what it tells of the log itself.
    fn note(&mut self, entry: &Entry) {
        self.verified.entries = self.verified.entries.saturating_add(1);
        let is_first = self.line == 1;
        let logged = match entry {
            Entry::Start(start) => {
                if start.dialgate_audit != FORMAT {
                    self.broken(format!("the log has format {}, expected {FORMAT}", start.dialgate_audit));
                }
                if is_first {
                    self.verified.key = Some(start.key.clone());
                } else {
                    self.broken("a log begins here, expected a decision");
                }
                &start.logged
            }
            Entry::Decision(decision) => {
                self.verified.decisions = self.verified.decisions.saturating_add(1);
                &decision.logged
            }
            Entry::Recovered(recovered) => {
                self.recovered(recovered);
                &recovered.logged
            }
        };
        if is_first && !matches!(entry, Entry::Start(_)) {
            self.broken("expected the beginning of a log (`start`)");
        }
        self.verified.first.get_or_insert_with(|| logged.clone());
        self.verified.last = Some(logged.clone());
    }

    fn recovered(&mut self, recovered: &Recovered) {
        let Recovered { logged, torn_bytes, lost_entries, head, .. } = recovered;
        if *torn_bytes > 0 {
            self.verified.remarks.push(format!(
                "line {}: {torn_bytes} bytes of an entry that was not finished were found on {logged} and are kept here; \
                 nobody was answered on it",
                self.line
            ));
        }
        if *lost_entries > 0 {
            self.broken(format!(
                "before {logged}, {} lost from the end of the log",
                entries(*lost_entries, "was", "were")
            ));
        }
        if let Some(head) = head {
            self.broken(format!("on {logged} {head}"));
        }
    }

    /// What the end of the file tells.
    fn finish(&mut self, found: &Found) {
        self.verified.head = self.last.as_ref().map(|last| format!("{}:{}", last.seq, last.hash));
        if self.verified.entries == 0 && self.verified.breaks.is_empty() {
            self.broken("the file is empty, expected the beginning of a log");
        }
        let last = self.last.as_ref().map_or(0, |last| last.seq);
        for (seq, who) in std::mem::take(&mut self.awaited) {
            for (_, who) in who {
                self.broken(if seq > last {
                    format!(
                        "{} missing at the end: {who} tells of entry {seq}",
                        entries(seq.saturating_sub(last), "is", "are")
                    )
                } else {
                    format!("entry {seq} is not there, of which {who} tells")
                });
            }
        }
        match found {
            Found::Head(head) => {
                if self.mac.as_ref().is_some_and(|mac| !head.is_authentic(mac)) {
                    self.broken("the head file was not written with the key");
                }
                if head.last.seq < last {
                    let later = last.saturating_sub(head.last.seq);
                    self.verified.remarks.push(format!(
                        "{} later than the head file: whoever wrote there was stopped before it was written",
                        entries(later, "is", "are")
                    ));
                }
                if head.last.seq == last && head.end != self.byte && self.verified.breaks.is_empty() {
                    self.broken(format!("the log has {} bytes, the head file tells of {}", self.byte, head.end));
                }
            }
            Found::Unreadable => self.broken("the head file beside the log cannot be read"),
            Found::Missing if !self.is_noted => self.broken(
                "the head file beside the log is missing: whether entries are missing at the end cannot be told; \
                 give the head that was noted at an earlier time",
            ),
            Found::Missing => {}
        }
    }
}

/// So many entries and their verb: `1 entry was`, `2 entries were`.
fn entries(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 entry {one}") } else { format!("{count} entries {many}") }
}
