//! What stops a compile: all findings, each with its place and its remedy.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why no snapshot was made. Holds every finding, not only the first; never a number's digits.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct CompileError {
    findings: Vec<Finding>,
}

/// One thing that is wrong with the input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The file, with a member of an archive after a colon.
    pub file: PathBuf,
    /// The line, counted from 1, where there is one.
    pub line: Option<u64>,
    /// What is wrong.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What to do.
    pub remedy: String,
}

impl Finding {
    /// A finding about a file as a whole.
    #[must_use]
    pub fn new(file: &Path, what: impl Into<String>, expected: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, what: what.into(), expected: expected.into(), remedy: remedy.into() }
    }

    /// The same finding at this line.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// What left memory for a temporary file does not come back.
    pub(crate) fn lost(error: &std::io::Error) -> Self {
        Self::new(
            Path::new("records"),
            format!("they cannot be folded: {error}"),
            "room for a temporary file beside the output",
            "free disk space, or write the output to another disk",
        )
    }

    /// A file could not be read.
    pub(crate) fn io(file: &Path, error: &std::io::Error) -> Self {
        Self::new(
            file,
            format!("cannot read the file: {error}"),
            "a readable file",
            "check the path (it is relative to the manifest) and its permissions",
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.what)?;
        if !self.expected.is_empty() {
            write!(f, "; expected {}", self.expected)?;
        }
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

impl CompileError {
    /// An error of these findings.
    #[must_use]
    pub fn new(findings: Vec<Finding>) -> Self {
        Self { findings }
    }

    /// Everything that was found, in the order of the files.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The findings of both.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.findings.extend(other.findings);
        self
    }
}

impl From<Finding> for CompileError {
    fn from(finding: Finding) -> Self {
        Self { findings: vec![finding] }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}
