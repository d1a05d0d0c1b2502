//! Files as they lie on disk.
