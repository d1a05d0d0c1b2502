//! The head file: how far the log goes, kept beside it, so that entries that vanish from its end are missed.
//!
//! `LOG.head` holds one line of fixed length, written over after each append. It is not written in one step with the
//! log: after a crash the log may be one append ahead of it, which is no loss.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::chain::{Link, Mac};

const LABEL: &str = "dialgate-audit-head-1";
/// More than the line is long.
const MAX_BYTES: u64 = 512;

/// What a head file says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Head {
    /// The last entry.
    pub(super) last: Link,
    /// Where its line ends.
    pub(super) end: u64,
    /// The bytes that the MAC is over, and the MAC.
    signed: String,
    mac: String,
}

/// What was found where a head file should be.
#[derive(Debug)]
pub(super) enum Found {
    Missing,
    Unreadable,
    Head(Head),
}

/// The head file of a log.
pub(super) fn path(log: &Path) -> PathBuf {
    let mut name = OsString::from(log.as_os_str());
    name.push(".head");
    PathBuf::from(name)
}

/// Writes the head over the former one.
pub(super) fn write(file: &mut File, last: &Link, end: u64, mac: &Mac) -> std::io::Result<()> {
    let mut line = format!("{LABEL} {:020} {end:020} {}", last.seq, last.hash);
    let sign = mac.sign(line.as_bytes());
    line.push(' ');
    line.push_str(&sign);
    line.push('\n');
    file.rewind()?;
    file.write_all(line.as_bytes())
}

/// Reads the head file of a log.
pub(super) fn read(log: &Path) -> std::io::Result<Found> {
    match File::open(path(log)) {
        Ok(file) => read_from(file),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Found::Missing),
        Err(error) => Err(error),
    }
}

/// The same from an open file; an empty one is none.
pub(super) fn read_from(file: impl Read) -> std::io::Result<Found> {
    let mut text = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut text)?;
    if text.is_empty() {
        return Ok(Found::Missing);
    }
    Ok(std::str::from_utf8(&text).ok().and_then(parse).map_or(Found::Unreadable, Found::Head))
}

fn parse(text: &str) -> Option<Head> {
    let line = text.strip_suffix('\n')?;
    let (signed, mac) = line.rsplit_once(' ')?;
    let mut words = signed.split(' ');
    let (label, seq, end, hash) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if label != LABEL || words.next().is_some() {
        return None;
    }
    let last = Link { seq: seq.parse().ok()?, hash: hash.to_owned() };
    Some(Head { last, end: end.parse().ok()?, signed: signed.to_owned(), mac: mac.to_owned() })
}

impl Head {
    /// Was it written with this key?
    pub(super) fn is_authentic(&self, mac: &Mac) -> bool {
        mac.sign(self.signed.as_bytes()) == self.mac
    }
}
