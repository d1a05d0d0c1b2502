//! One line of the log: an entry bound to all entries before it.
//!
//! ```text
//! {"seq":7,"prev":"HASH of line 6","entry":{...},"mac":"MAC","hash":"HASH"}
//! ```
//!
//! `mac` is the keyed BLAKE3 hash (128 bits) of the line's bytes before `,"mac"`, `hash` the plain BLAKE3 hash of those
//! before `,"hash"`. Anybody can follow the chain of hashes; only who has the key can make a MAC.

use serde::{Deserialize, Serialize};

use super::entry::{Entry, Start};
use super::error::AuditError;
use crate::key::{KeyId, KeyRing, MasterKey, SubKey};

/// The longest line that is read.
pub(super) const MAX_LINE: u64 = 1 << 20;

const MAC_LABEL: &str = ",\"mac\":\"";
const HASH_LABEL: &str = ",\"hash\":\"";
const MAC_DIGITS: usize = 32;
const HASH_DIGITS: usize = 64;

/// A place in the chain: an entry's number and hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Link {
    pub(super) seq: u64,
    pub(super) hash: String,
}

/// What the first entry follows on.
pub(super) fn root() -> String {
    "0".repeat(HASH_DIGITS)
}

/// What every log begins with.
pub(super) fn beginning() -> String {
    format!("{{\"seq\":0,\"prev\":\"{}\",\"entry\":{{\"start\":{{\"dialgate_audit\":", root())
}

/// Makes and checks MACs.
#[derive(Clone)]
pub(super) struct Mac(SubKey<32>);

impl Mac {
    pub(super) fn of(key: &MasterKey) -> Self {
        Self(key.audit_chain_key())
    }

    /// The key that a log was begun with.
    pub(super) fn find(start: &Start, keys: &KeyRing) -> Result<(Self, MasterKey), AuditError> {
        let id = KeyId::from_hex(start.key.as_bytes()).map_err(|_| AuditError::BadKeyId)?;
        let key = keys.find(id).ok_or(AuditError::KeyMissing(id))?;
        if hex(&key.check()) != start.check {
            return Err(AuditError::KeyWrong(id));
        }
        Ok((Self::of(key), key.clone()))
    }

    /// The MAC of these bytes.
    pub(super) fn sign(&self, bytes: &[u8]) -> String {
        let mut mac = [0_u8; MAC_DIGITS / 2];
        blake3::Hasher::new_keyed(self.0.as_bytes()).update(bytes).finalize_xof().fill(&mut mac);
        hex(&mac)
    }

    /// Is this the MAC of these bytes? Takes as long for a wrong one.
    fn agrees(&self, bytes: &[u8], mac: &[u8]) -> bool {
        let own = self.sign(bytes);
        own.len() == mac.len() && own.bytes().zip(mac).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }
}

/// Bytes in small hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // A text takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A line as it is written.
#[derive(Serialize)]
struct Head<'a> {
    seq: u64,
    prev: &'a str,
    entry: &'a Entry,
}

/// Appends the line of an entry, its newline included; the link for the next.
pub(super) fn write(into: &mut Vec<u8>, after: Option<&Link>, entry: &Entry, mac: &Mac) -> Result<Link, AuditError> {
    let begin = into.len();
    let (seq, prev) = match after {
        Some(link) => (link.seq.saturating_add(1), link.hash.clone()),
        None => (0, root()),
    };
    let head = Head { seq, prev: &prev, entry };
    serde_json::to_writer(&mut *into, &head).map_err(|error| AuditError::failed("written", error.to_string()))?;
    // What follows stands inside the object.
    into.pop();
    let sign = mac.sign(into.get(begin..).unwrap_or_default());
    into.extend_from_slice(MAC_LABEL.as_bytes());
    into.extend_from_slice(sign.as_bytes());
    into.push(b'"');
    let hash = blake3::hash(into.get(begin..).unwrap_or_default()).to_hex().to_string();
    into.extend_from_slice(HASH_LABEL.as_bytes());
    into.extend_from_slice(hash.as_bytes());
    into.extend_from_slice(b"\"}\n");
    Ok(Link { seq, hash })
}

/// A line as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    seq: u64,
    prev: String,
    entry: Entry,
    #[serde(rename = "mac")]
    _mac: String,
    hash: String,
}

/// A line that was read, and what its hash and MAC say.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) link: Link,
    pub(super) prev: String,
    pub(super) entry: Entry,
    /// The hash that the line's bytes have, where its own is another.
    pub(super) other_hash: Option<String>,
    /// Whether the MAC was made with the key; none: no key was given.
    pub(super) is_authentic: Option<bool>,
}

/// Reads a line without its newline; the error says what was expected.
pub(super) fn read(line: &[u8], mac: Option<&Mac>) -> Result<Line, String> {
    let ends_in = |bytes: &[u8], label: &str, digits: usize, end: &[u8]| -> Option<(usize, Vec<u8>)> {
        let rest = bytes.strip_suffix(end)?;
        let value = rest.len().checked_sub(digits)?;
        let begin = value.checked_sub(label.len())?;
        let labelled = rest.get(begin..value)? == label.as_bytes();
        labelled.then(|| (begin, rest.get(value..).unwrap_or_default().to_vec()))
    };
    let shape = || "expected an entry that ends in its `mac` and its `hash`".to_owned();
    let (hashed, hash) = ends_in(line, HASH_LABEL, HASH_DIGITS, b"\"}").ok_or_else(shape)?;
    let hashed = line.get(..hashed).unwrap_or_default();
    let (signed, sign) = ends_in(hashed, MAC_LABEL, MAC_DIGITS, b"\"").ok_or_else(shape)?;
    let whole: Whole = serde_json::from_slice(line).map_err(|error| {
        // The error of the parser might repeat what it read.
        format!("expected an entry as this version writes it, it goes wrong at byte {} of the line", error.column())
    })?;
    let own = blake3::hash(hashed).to_hex();
    let other_hash = (own.as_bytes() != hash.as_slice()).then(|| own.to_string());
    let is_authentic = mac.map(|mac| mac.agrees(line.get(..signed).unwrap_or_default(), &sign));
    let link = Link { seq: whole.seq, hash: whole.hash };
    Ok(Line { link, prev: whole.prev, entry: whole.entry, other_hash, is_authentic })
}
