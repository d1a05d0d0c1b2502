//! What the number plan tells about a number: where it is, what line it is, which zones it may be in.

use crate::vocabulary::Line;
use crate::{Number, Region};

/// What the number plan tells about a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Its length fits the plan of its calling code, and it is no emergency or short code.
    pub possible: bool,
    /// Its country, with the state where the plan tells it (`US-IL`); none: toll-free, satellite, no plan.
    pub region: Option<Region>,
    /// The line where the plan tells it.
    pub line: Line,
    /// The zones that it may be in, as indices into [`ZONE_NAMES`].
    pub zones: &'static [u16],
}

/// The IANA names that [`Place::zones`] and [`zones_of`] refer to.
pub static ZONE_NAMES: &[&str] = &[];

/// The version of the published plan data.
pub const VERSION: &str = "";

/// What the plan tells about this number.
#[must_use]
pub fn locate(_number: Number) -> Place {
    Place { possible: false, region: None, line: Line::Unknown, zones: &[] }
}

/// All zones of a country or state; none when the region is not known.
#[must_use]
pub fn zones_of(_region: Region) -> Option<&'static [u16]> {
    None
}
