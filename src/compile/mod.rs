//! How files become a snapshot.

pub(crate) mod archive;
pub(crate) mod blocks;
pub(crate) mod build;
pub(crate) mod conformity;
pub(crate) mod date;
pub(crate) mod error;
pub(crate) mod fold;
pub(crate) mod input;
mod keys;
pub(crate) mod lists;
pub(crate) mod manifest;
pub(crate) mod progress;
pub(crate) mod records;
pub(crate) mod reject;
pub(crate) mod source;
pub(crate) mod zones;

pub use build::{CompileOptions, CompileReport, DefectCount, ListReport, RecordsReport, RemarkCount};
pub use conformity::{AskAgain, CONFORMITY_COLUMNS, Conformity, ConformityCount, ConformityRow, Failing};
pub use error::{CompileError, Finding};
pub use manifest::Manifest;
pub use progress::{Phase, Progress, Silent};
