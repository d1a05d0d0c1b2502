//! Dates in files.
