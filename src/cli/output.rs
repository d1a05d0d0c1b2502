//! Files that appear whole or not at all, and standard output that may close early.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A file under a temporary name that takes its own name when it is complete; dropped before that, it is gone.
pub(super) struct Draft {
    file: Option<BufWriter<File>>,
    temporary: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// Begins a file that is to become `target`, in the same folder.
    pub(super) fn create(target: &Path) -> Result<Self> {
        let name = target.file_name().with_context(|| format!("`{}` names no file", target.display()))?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.tmp", std::process::id()));
        let temporary = target.with_file_name(hidden);
        create_folder(target)?;
        let file = File::options()
            .write(true)
            .create_new(true)
            .open(&temporary)
            .with_context(|| format!("cannot write to the folder of `{}`; choose another", target.display()))?;
        Ok(Self { file: Some(BufWriter::with_capacity(1 << 18, file)), temporary, target: target.to_owned() })
    }

    /// Syncs the file and gives it its name.
    pub(super) fn publish(mut self) -> Result<()> {
        let done = || -> io::Result<()> {
            if let Some(file) = self.file.take() {
                file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            }
            fs::rename(&self.temporary, &self.target)
        }();
        done.with_context(|| format!("cannot finish `{}`; it was left as it was", self.target.display()))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Already renamed, or never complete: in both cases nothing of it may stay.
        self.file = None;
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Makes the folder of a file that is to be written, if it is not there.
pub(super) fn create_folder(target: &Path) -> Result<()> {
    match target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| format!("cannot create the folder `{}`", folder.display()))
        }
        None => Ok(()),
    }
}

/// Was the reader of standard output gone, as after `| head`?
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io == Some(io::ErrorKind::BrokenPipe) || json == Some(io::ErrorKind::BrokenPipe)
    })
}

/// An error with its causes, none of them twice: some say themselves what caused them.
pub(super) fn causes(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

/// Do two paths lead to the same file?
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A cell as a message may show it: short, and not when it may be a number, since an error tells none.
pub(super) fn shown(cell: &str) -> String {
    /// Fewer digits are no number.
    const DIGITS: usize = 5;
    const LONGEST: usize = 40;
    if cell.chars().filter(char::is_ascii_digit).count() >= DIGITS {
        return "…".to_owned();
    }
    let start: String = cell.chars().take(LONGEST).collect();
    if start.len() < cell.len() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

    use super::*;

    #[test]
    fn a_draft_that_is_not_published_leaves_nothing_and_keeps_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clean.csv");
        fs::write(&path, "old").unwrap();
        let mut draft = Draft::create(&path).unwrap();
        draft.write_all(b"new").unwrap();
        drop(draft);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_published_draft_replaces_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clean.csv");
        fs::write(&path, "old").unwrap();
        let mut draft = Draft::create(&path).unwrap();
        draft.write_all(b"new").unwrap();
        draft.publish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
