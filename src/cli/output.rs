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

/// An error with its causes: none of them twice, no file named twice in a row, the remedy last.
pub(super) fn causes(error: &anyhow::Error) -> String {
    let mut text = String::new();
    let mut remedy = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            let (what, then) = cause.split_once("; ").unwrap_or((&cause, ""));
            (text, remedy) = (what.to_owned(), then.to_owned());
        } else if !text.contains(&cause) {
            let named = text.rsplit('`').nth(1).unwrap_or_default();
            let rest = [format!("`{named}`: "), format!("{named}: ")].iter().find_map(|name| cause.strip_prefix(name));
            text = format!("{text}: {}", rest.unwrap_or(&cause));
        }
    }
    if remedy.is_empty() { text } else { format!("{text}; {remedy}") }
}

/// Do two paths lead to the same file?
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((settled(one), settled(other)), (Some(one), Some(other)) if one == other)
}

/// The path without links and detours, also of a file that is not there yet.
fn settled(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    })
}

/// A cell as a message may show it: short, fit for a terminal, and not when it may be a number, since an error tells
/// none.
pub(super) fn shown(cell: &str) -> String {
    /// Fewer digits are no number.
    const DIGITS: usize = 5;
    const LONGEST: usize = 40;
    if cell.chars().filter(char::is_ascii_digit).count() >= DIGITS || cell.contains(char::is_control) {
        return "…".to_owned();
    }
    let start: String = cell.chars().take(LONGEST).collect();
    if start.len() < cell.len() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn an_error_names_a_file_and_a_cause_once_and_its_remedy_last() {
        let chain = |inner: &str, outer: &str| {
            causes(
                &Err::<(), _>(anyhow!(inner.to_owned()))
                    .context(outer.to_owned())
                    .err()
                    .unwrap_or_else(|| anyhow!("none")),
            )
        };
        assert_eq!(
            chain("no such file", "cannot open `a.csv`; check the path"),
            "cannot open `a.csv`: no such file; check the path"
        );
        assert_eq!(
            chain("`a.gate`: cut", "cannot open the snapshot `a.gate`"),
            "cannot open the snapshot `a.gate`: cut"
        );
        assert_eq!(chain("a.log: no log", "cannot open the log `a.log`"), "cannot open the log `a.log`: no log");
        assert_eq!(chain("cut", "`a.gate` is cut"), "`a.gate` is cut");
        assert_eq!(causes(&anyhow!("alone; do this")), "alone; do this");
    }

    #[test]
    fn a_message_shows_no_number_and_nothing_that_a_terminal_obeys() {
        assert_eq!(["+48 22 300", "a\u{1b}[2J", "maybe"].map(shown), ["…", "…", "maybe"]);
        assert_eq!(shown(&"x".repeat(50)), format!("{}…", "x".repeat(40)));
    }
}
