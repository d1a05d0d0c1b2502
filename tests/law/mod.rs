//! The decision matrix as it was written down by hand, and what it expects of a question.
//!
//! One file for each jurisdiction (`us.tsv` for all states), made from the matrix and not from the rule packs. Rows of
//! a file, tab-separated: `law CODE flags` begins a jurisdiction (`gdpr`, `with=US` for what it only adds to,
//! `part` for a law that speaks for no number alone); `zones`, `numbers` (all digits but two), `at` (local instants around
//! a dated row), `days` and `holidays` (on which the hours are tried), `customer` and `limit` (months); then the
//! rows `ask`, `registry`, `hours` and `duty`. Of the `ask` rows the first that fits speaks, of the `duty` rows (what comes
//! with an allow) every one; empty dates are open.

pub(crate) mod expect;
pub(crate) mod setup;
pub(crate) mod table;
