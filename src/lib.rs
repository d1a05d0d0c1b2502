#![doc = include_str!("../README.md")]

#[cfg(feature = "compile")]
mod compile;
pub mod dictionary;
mod event;
mod memory;
mod name;
mod number;
mod plan;
mod region;
pub mod rules;
mod snapshot;
mod timestamp;
pub mod vocabulary;
mod wire;
mod zone;

pub use event::*;
pub use name::{NameId, Purpose};
pub use number::{Number, NumberError};
pub use region::Region;
pub use snapshot::{Attempts, History, OpenError, OpenProblem, Probe, Snapshot};
pub use timestamp::Timestamp;
pub use zone::*;

/// Not part of the interface: what the benchmarks of this repository need beside it.
#[cfg(feature = "compile")]
#[doc(hidden)]
pub mod internals {
    pub use crate::snapshot::{BuildError, Builder, Image, Options};
}
