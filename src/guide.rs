//! The guide, chapter by chapter: for those who build on the crate, and for those who answer for what is dialled.
//!
//! | chapter | for |
//! |---|---|
//! | [`decision`] | how a question becomes an answer, and what comes back |
//! | [`lists`] | the manifest, list formats, guards, records |
//! | [`consents`] | what makes a consent count, and the audit of those that there are |
//! | [`law`] | packs, house rules, adding a country |
//! | [`privacy`] | what is stored where, keys, the rights of a person |
//! | [`embedding`] | campaigns, batches, replacing, following a ledger, forking |
//! | [`operating`] | schedules, sizes, what to watch |
//! | [`format`](mod@format) | the file, byte by byte |
//! | [`limits`] | what it does not do, and what needs a lawyer |

/// How a question becomes an answer, and what comes back.
///
#[cfg_attr(feature = "compile", doc = include_str!("guide/decision.md"))]
pub mod decision {}

/// The manifest, list formats, what guards a list, records.
///
#[cfg_attr(feature = "compile", doc = include_str!("guide/lists.md"))]
pub mod lists {}

/// What makes a consent count, and the audit of those that there are.
///
#[cfg_attr(feature = "compile", doc = include_str!("guide/consents.md"))]
pub mod consents {}

/// Packs, house rules, adding a country.
///
#[cfg_attr(feature = "compile", doc = include_str!("guide/law.md"))]
pub mod law {}

/// What is stored where, keys, the rights of a person.
///
#[cfg_attr(feature = "compile", doc = include_str!("guide/privacy.md"))]
pub mod privacy {}

/// Campaigns, batches, replacing, following a ledger, forking.
///
#[cfg_attr(feature = "compile", doc = include_str!("guide/embedding.md"))]
pub mod embedding {}

/// Schedules, sizes, what to watch.
///
#[doc = include_str!("guide/operating.md")]
pub mod operating {}

/// The file, byte by byte.
///
#[doc = include_str!("guide/format.md")]
#[doc = include_str!("snapshot/FORMAT.md")]
pub mod format {}

/// What it does not do, and what needs a lawyer.
///
#[doc = include_str!("guide/limits.md")]
pub mod limits {}
