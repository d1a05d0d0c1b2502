#![doc = include_str!("../README.md")]

mod authzen;
mod problem;
mod routes;
mod state;
mod withdrawals;

pub use routes::{Limits, serve};
pub use state::Service;
