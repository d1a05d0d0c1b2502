//! Key files: read strictly, made and replaced whole.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::hash::unhex;
use super::{KeyError, KeyId, KeyProblem, KeyRing, MasterKey, SECRET_BYTES};

/// The first word of a line: the version of the format.
const LABEL: &str = "dialgate-key-1";
/// Bytes of a line, its end included: label, id, secret.
const LINE_BYTES: usize = LABEL.len() + 1 + 32 + 1 + 2 * SECRET_BYTES + 1;
/// A file of more keys was not made by rotations.
const MOST_KEYS: usize = 1000;
const MOST_BYTES: u64 = (LINE_BYTES * MOST_KEYS) as u64;

pub(super) fn load(path: &Path) -> Result<KeyRing, KeyError> {
    let read = read(path).map_err(|problem| KeyError { path: path.to_owned(), problem })?;
    Ok(KeyRing { files: vec![path.to_owned()], is_loose: false, ..read })
}

fn read(path: &Path) -> Result<KeyRing, KeyProblem> {
    // Asked before it is opened: opening a pipe would wait for its writer.
    check(&std::fs::metadata(path).map_err(io)?)?;
    let file = File::open(path).map_err(io)?;
    check(&file.metadata()?)?;
    // Room for all that is read: a buffer that grows would leave copies behind.
    let mut text =
        Zeroizing::new(Vec::with_capacity(usize::try_from(MOST_BYTES).unwrap_or_default().saturating_add(64)));
    file.take(MOST_BYTES.saturating_add(1)).read_to_end(&mut text)?;
    parse(&text)
}

/// It is a file, and its owner's alone.
fn check(metadata: &Metadata) -> Result<(), KeyProblem> {
    if !metadata.is_file() {
        return Err(KeyProblem::NotAFile);
    }
    if metadata.len() > MOST_BYTES {
        return Err(KeyProblem::TooLong { limit: MOST_BYTES });
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyProblem::Open { mode });
        }
    }
    Ok(())
}

/// The keys of a file's text.
pub(super) fn parse(text: &[u8]) -> Result<KeyRing, KeyProblem> {
    if text.is_empty() {
        return Err(KeyProblem::Empty);
    }
    if text.len() as u64 > MOST_BYTES {
        return Err(KeyProblem::TooLong { limit: MOST_BYTES });
    }
    let mut keys: Vec<MasterKey> = Vec::new();
    for (line, row) in (1..).zip(text.chunks(LINE_BYTES)) {
        let (id, key) = key_of(row).ok_or(KeyProblem::Line { line })?;
        if key.id() != id {
            return Err(KeyProblem::Altered { line });
        }
        if keys.iter().any(|before| before.id() == id) {
            return Err(KeyProblem::Repeated { line });
        }
        keys.push(key);
    }
    let mut keys = keys.into_iter();
    let current = keys.next().ok_or(KeyProblem::Empty)?;
    Ok(KeyRing { current, earlier: keys.collect(), files: Vec::new(), is_loose: true })
}

/// The id that a line states, and the key of its secret.
fn key_of(row: &[u8]) -> Option<(KeyId, MasterKey)> {
    let row = row.strip_suffix(b"\n")?.strip_prefix(LABEL.as_bytes())?.strip_prefix(b" ")?;
    let (id, secret) = row.split_at_checked(32)?;
    let secret = secret.strip_prefix(b" ")?;
    // Written in one way only, so that every altered byte tells.
    if row.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let secret = Zeroizing::new(unhex::<SECRET_BYTES>(secret).ok()?);
    Some((KeyId(unhex(id).ok()?), MasterKey::from_bytes(*secret)))
}

fn io(error: std::io::Error) -> KeyProblem {
    match error.kind() {
        ErrorKind::NotFound => KeyProblem::Missing,
        ErrorKind::AlreadyExists => KeyProblem::Exists,
        _ => KeyProblem::Io(error),
    }
}

#[cfg(feature = "seal")]
pub(super) use making::{create, rotate};

/// Making key files.
#[cfg(feature = "seal")]
mod making {
    use std::fmt::Write as _;
    use std::fs::{File, OpenOptions};
    use std::io::Write as _;
    use std::path::{Path, PathBuf};

    use zeroize::Zeroizing;

    use super::super::hash::write_hex;
    use super::super::{KeyError, KeyProblem, KeyRing, MasterKey, SECRET_BYTES};
    use super::{LABEL, LINE_BYTES, MOST_KEYS, io, read};

    pub(in crate::key) fn create(path: &Path) -> Result<MasterKey, KeyError> {
        let make = || {
            let ring = KeyRing::of(fresh()?);
            let file = new_file(path).map_err(io)?;
            write(file, &ring, path)?;
            sync_folder(path)?;
            Ok(ring.current)
        };
        make().map_err(|problem| KeyError { path: path.to_owned(), problem })
    }

    pub(in crate::key) fn rotate(path: &Path) -> Result<KeyRing, KeyError> {
        let turn = || {
            // A link stays a link: the file behind it is replaced.
            let path = std::fs::canonicalize(path).map_err(io)?;
            let mut name = path.file_name().ok_or(KeyProblem::NotAFile)?.to_owned();
            name.push(".new");
            let beside: PathBuf = path.with_file_name(name);
            // The one name keeps two rotations apart: the second would lose the key of the first.
            let file = new_file(&beside).map_err(|error| match io(error) {
                KeyProblem::Exists => KeyProblem::Rotating(beside.clone()),
                other => other,
            })?;
            let replaced = rotated(&path).and_then(|ring| {
                write(file, &ring, &beside)?;
                std::fs::rename(&beside, &path)?;
                Ok(ring)
            });
            if replaced.is_err() {
                // Nothing better can be done when this fails too; the first error is the one to tell.
                let _ = std::fs::remove_file(&beside);
            }
            sync_folder(&path)?;
            replaced
        };
        turn().map_err(|problem| KeyError { path: path.to_owned(), problem })
    }

    fn rotated(path: &Path) -> Result<KeyRing, KeyProblem> {
        let before = read(path)?;
        let keys = before.earlier.len().saturating_add(2);
        if keys > MOST_KEYS {
            return Err(KeyProblem::TooLong { limit: super::MOST_BYTES });
        }
        let mut earlier = Vec::with_capacity(keys);
        earlier.push(before.current);
        earlier.extend(before.earlier);
        Ok(KeyRing { current: fresh()?, earlier, files: vec![path.to_owned()], is_loose: false })
    }

    fn fresh() -> Result<MasterKey, KeyProblem> {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        getrandom::fill(&mut *secret).map_err(|_| KeyProblem::NoRandomness)?;
        Ok(MasterKey::from_bytes(*secret))
    }

    fn new_file(path: &Path) -> std::io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)
    }

    /// Fills a file that was just made; removes it when that fails.
    fn write(mut file: File, ring: &KeyRing, path: &Path) -> Result<(), KeyProblem> {
        let mut text = Zeroizing::new(String::with_capacity(LINE_BYTES.saturating_mul(MOST_KEYS)));
        for key in ring.iter() {
            // Writing into a string cannot fail.
            let _ = write!(text, "{LABEL} {} ", key.id);
            let _ = write_hex(&*key.secret, &mut *text);
            text.push('\n');
        }
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        written.map_err(|error| {
            let _ = std::fs::remove_file(path);
            KeyProblem::Io(error)
        })
    }

    fn sync_folder(path: &Path) -> Result<(), KeyProblem> {
        #[cfg(unix)]
        {
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            File::open(folder)?.sync_all()?;
        }
        #[cfg(not(unix))]
        let _ = path;
        Ok(())
    }
}
