//! Files that appear whole or not at all, and standard output that may close early.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::draft;

/// A file that takes its own name when it is complete; dropped before that, it is gone.
pub(super) struct Draft {
    file: BufWriter<draft::Draft>,
    target: PathBuf,
}

impl Draft {
    /// Begins a file that is to become `target`.
    pub(super) fn create(target: &Path) -> Result<Self> {
        create_folder(target)?;
        let file = draft::Draft::create(target)
            .with_context(|| format!("cannot write `{}`; check the folder, or choose another", target.display()))?;
        Ok(Self { file: BufWriter::with_capacity(1 << 18, file), target: target.to_owned() })
    }

    /// Syncs the file and gives it its name.
    pub(super) fn publish(self) -> Result<()> {
        let written = self.file.into_inner().map_err(io::IntoInnerError::into_error);
        written
            .and_then(draft::Draft::publish)
            .with_context(|| format!("cannot finish `{}`; it was left as it was", self.target.display()))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// One JSON value on a line of its own.
pub(super) fn json(out: &mut impl Write, value: &impl serde::Serialize) -> Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)?;
    Ok(())
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
