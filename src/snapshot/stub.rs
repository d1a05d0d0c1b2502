//! Stands in until rules and zones bring their own.
use crate::wire::Malformed;
pub(crate) trait Stub: Sized + Default {
    fn encode(&self) -> Vec<u8> { Vec::new() }
    fn decode(_bytes: &[u8]) -> Result<Self, Malformed> { Ok(Self::default()) }
}
impl Stub for crate::rules::Rules {}
impl Stub for crate::Zones {}
