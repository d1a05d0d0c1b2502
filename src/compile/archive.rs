//! Files as they lie on disk: plain, gzip or zip, told by their first bytes, within limits.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::compile::error::{CompileError, Finding};
use crate::compile::progress::{Phase, Progress};

/// A compressed file may unpack to so many times its size. Sorted lists of numbers reach about 30,
/// a bomb of one repeated byte about 1,000.
pub(crate) const MAX_RATIO: u64 = 200;
/// The ratio is not judged before so many bytes were unpacked.
pub(crate) const RATIO_FREE: u64 = 1 << 20;
/// A compressed file may unpack to so many bytes in all.
pub(crate) const MAX_UNPACKED: u64 = 64 << 30;
/// An archive may have so many members.
pub(crate) const MAX_MEMBERS: usize = 10_000;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZIP: [u8; 4] = *b"PK\x03\x04";
const EMPTY_ZIP: [u8; 4] = *b"PK\x05\x06";

/// Reads a file, or each member of an archive in the order of the names, through `each`.
///
/// The byte order mark of UTF-8 is skipped. `each` gets the name to report under.
pub(crate) fn read(
    path: &Path,
    progress: &dyn Progress,
    each: &mut dyn FnMut(&Path, &mut dyn Read) -> Result<(), CompileError>,
) -> Result<(), CompileError> {
    let mut file = File::open(path).map_err(|error| Finding::io(path, &error))?;
    let size = file.metadata().map_err(|error| Finding::io(path, &error))?.len();
    let mut magic = [0; 4];
    let known = fill(&mut file, &mut magic).map_err(|error| Finding::io(path, &error))?;
    let magic = magic.get(..known).unwrap_or_default();
    file.seek(SeekFrom::Start(0)).map_err(|error| Finding::io(path, &error))?;
    if magic == ZIP || magic == EMPTY_ZIP {
        return members(path, file, size, progress, each);
    }
    let counted = Counted { inner: file, progress };
    if magic.starts_with(&GZIP) {
        let mut budget = Budget::of(size);
        let unpacked = flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 18, counted));
        return text(path, &mut Limited { inner: unpacked, budget: &mut budget }, each);
    }
    text(path, &mut { counted }, each)
}

/// Files of a folder in the order of their names, or the file itself.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>, CompileError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|error| Finding::io(path, &error))? {
        let entry = entry.map_err(|error| Finding::io(path, &error))?;
        if entry.path().is_dir() {
            return Err(Finding::new(
                &entry.path(),
                "a folder inside a folder of lists",
                "files only",
                "move it elsewhere",
            )
            .into());
        }
        files.push(entry.path());
    }
    files.sort_unstable();
    Ok(files)
}

/// Bytes of a file, or of all files of a folder, as they lie on disk; what is not there is told when it is read.
pub(crate) fn size(path: &Path) -> u64 {
    let len = |path: &PathBuf| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    files(path).unwrap_or_default().iter().map(len).fold(0, u64::saturating_add)
}

/// What to say when reading fails inside a file.
pub(crate) fn broken(path: &Path, error: &io::Error) -> CompileError {
    if error.get_ref().is_some_and(|inner| inner.is::<Bomb>()) {
        return Finding::new(
            path,
            format!("{error}"),
            format!(
                "at most {MAX_RATIO} times its size (judged after {} MiB) and {} GiB in all",
                RATIO_FREE >> 20,
                MAX_UNPACKED >> 30
            ),
            "unpack it yourself and check what it holds",
        )
        .into();
    }
    Finding::new(path, format!("cannot read the file: {error}"), "a whole file", "download or copy it again").into()
}

fn members(
    path: &Path,
    file: File,
    size: u64,
    progress: &dyn Progress,
    each: &mut dyn FnMut(&Path, &mut dyn Read) -> Result<(), CompileError>,
) -> Result<(), CompileError> {
    let damaged = |error: zip::result::ZipError| {
        CompileError::from(Finding::new(
            path,
            format!("cannot read the archive: {error}"),
            "a whole zip archive, stored or deflated, without a password",
            "download it again, or unpack it",
        ))
    };
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    if archive.offset() != 0 {
        return Err(Finding::new(
            path,
            "the archive begins behind other bytes",
            "one zip archive and nothing else",
            "unpack it yourself and check what it holds",
        )
        .into());
    }
    if archive.len() > MAX_MEMBERS {
        return Err(Finding::new(
            path,
            "the archive has too many members",
            format!("at most {MAX_MEMBERS}"),
            "unpack it yourself and check what it holds",
        )
        .into());
    }
    let mut names: Vec<(String, usize)> = Vec::new();
    for index in 0..archive.len() {
        let member = archive.by_index_raw(index).map_err(damaged)?;
        // A name that ends like a folder's may hide a list.
        if !member.is_dir() || member.size() > 0 || member.compressed_size() > 0 {
            names.push((member.name().map_err(damaged)?.into_owned(), index));
        }
    }
    names.sort_unstable();
    let mut budget = Budget::of(size);
    for (name, index) in names {
        let member = archive.by_index(index).map_err(damaged)?;
        let packed = member.compressed_size();
        let shown = PathBuf::from(format!("{}:{}", path.display(), name.escape_debug()));
        text(&shown, &mut Limited { inner: member, budget: &mut budget }, each)?;
        progress.done(Phase::Reading, packed);
    }
    Ok(())
}

/// Passes a text on, without its byte order mark; refuses what is no text that can be read.
fn text(
    shown: &Path,
    reader: &mut dyn Read,
    each: &mut dyn FnMut(&Path, &mut dyn Read) -> Result<(), CompileError>,
) -> Result<(), CompileError> {
    let mut head = [0; 4];
    let known = fill(reader, &mut head).map_err(|error| broken(shown, &error))?;
    let head = head.get(..known).unwrap_or_default();
    if head.starts_with(&GZIP) || head == ZIP || head == EMPTY_ZIP {
        return Err(Finding::new(shown, "an archive inside an archive", "files of text", "unpack the outer one").into());
    }
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err(Finding::new(shown, "the file is UTF-16", "UTF-8 or ASCII", "save it as UTF-8").into());
    }
    let rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    each(shown, &mut rest.chain(reader))
}

fn fill(reader: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0_usize;
    while let Some(rest) = buffer.get_mut(filled..)
        && !rest.is_empty()
    {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(read) => filled = filled.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Tells the progress what was read.
struct Counted<'a, R> {
    inner: R,
    progress: &'a dyn Progress,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.progress.done(Phase::Reading, read as u64);
        Ok(read)
    }
}

/// How much an archive may still unpack to, all members together.
struct Budget {
    packed: u64,
    unpacked: u64,
}

impl Budget {
    fn of(packed: u64) -> Self {
        Self { packed, unpacked: 0 }
    }

    fn spend(&mut self, bytes: usize) -> io::Result<()> {
        self.unpacked = self.unpacked.saturating_add(bytes as u64);
        let over_ratio = self.unpacked > RATIO_FREE && self.unpacked > self.packed.saturating_mul(MAX_RATIO);
        if over_ratio || self.unpacked > MAX_UNPACKED {
            return Err(io::Error::other(Bomb));
        }
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the archive unpacks to far more than its size (a decompression bomb?)")]
struct Bomb;

struct Limited<'a, R> {
    inner: R,
    budget: &'a mut Budget,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.budget.spend(read)?;
        Ok(read)
    }
}
