//! How far a compile has come, for whoever wants to show it.

/// What a compile is at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Phase {
    /// Reading lists and records; counted in bytes (compressed files count as they lie on disk).
    Reading,
    /// Making one history of everything recorded about a number; counted in records.
    Folding,
    /// Building the tables; counted in steps of about equal length.
    Building,
}

/// Is told how far a compile has come: the phases come in their order, and each is told of from several threads, seldom
/// (about once a mebibyte).
pub trait Progress: Sync {
    /// A phase begins, with so much to do.
    fn begin(&self, _phase: Phase, _total: u64) {}
    /// So much more of the phase is done.
    fn done(&self, _phase: Phase, _more: u64) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}
