//! How files become a snapshot.

#![expect(dead_code, reason = "the fold is called when the importers and the builder are joined")]

pub(crate) mod conformity;
pub(crate) mod fold;
pub(crate) mod input;
pub(crate) mod zones;
