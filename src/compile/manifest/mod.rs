//! The manifest: what a snapshot is made of.

mod spec;

pub use spec::Manifest;
pub(crate) use spec::*;
