#![doc = include_str!("../README.md")]

#[cfg(feature = "compile")]
mod compile;
pub mod dictionary;
mod event;
mod name;
mod number;
#[cfg(feature = "phone")]
pub mod phone;
pub mod plan;
mod region;
pub mod rules;
mod timestamp;
pub mod vocabulary;
mod zone;

pub use event::*;
pub use name::{NameId, Purpose};
pub use number::{Masked, Number, NumberError};
pub use region::Region;
pub use timestamp::Timestamp;
pub use zone::*;
