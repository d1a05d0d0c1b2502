//! How files become a snapshot.

pub(crate) mod input;
pub(crate) mod zones;
