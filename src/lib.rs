#![doc = include_str!("../README.md")]

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "compile")]
mod compile;
mod decision;
pub mod dictionary;
mod event;
mod gate;
mod name;
mod number;
#[cfg(feature = "phone")]
pub mod phone;
pub mod plan;
mod region;
pub mod rule;
pub mod rules;
mod snapshot;
mod timestamp;
pub mod vocabulary;
#[cfg_attr(not(test), expect(dead_code, reason = "the snapshot reads more of it"))]
mod wire;
mod zone;

pub use decision::Decision;
pub use event::*;
pub use gate::{
    Campaign, CampaignBuilder, Consulted, ConsultedKind, Explanation, Gate, GateOptions, Lead, PrepareError, ScreenError,
};
pub use name::{NameId, Purpose};
pub use number::{Masked, Number, NumberError};
pub use region::Region;
pub use timestamp::Timestamp;
pub use zone::*;
