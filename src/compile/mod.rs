//! How files become a snapshot.

pub(crate) mod archive;
pub(crate) mod date;
pub(crate) mod error;
pub(crate) mod input;
pub(crate) mod lists;
pub(crate) mod manifest;
pub(crate) mod progress;
pub(crate) mod records;
pub(crate) mod reject;
pub(crate) mod zones;
