//! How far a compile has come, for whoever wants to show it.

/// Is told how far reading has come. Called from several threads, seldom (about once a mebibyte).
pub trait Progress: Sync {
    /// So many bytes will be read in all (compressed files count as they lie on disk).
    fn total(&self, _bytes: u64) {}
    /// So many more bytes were read.
    fn read(&self, _bytes: u64) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}
