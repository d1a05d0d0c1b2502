#![doc = include_str!("../README.md")]

#[cfg(feature = "compile")]
mod compile;
mod decision;
pub mod dictionary;
mod event;
mod gate;
mod name;
mod number;
mod plan;
mod region;
pub mod rule;
pub mod rules;
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
pub use number::{Number, NumberError};
pub use region::Region;
pub use timestamp::Timestamp;
pub use zone::*;
