//! Files that appear whole or not at all.
//!
//! A draft is written beside its target under a hidden name and takes the target's name when it is complete. The
//! hidden names are kept in a table that a signal handler can walk, so that an interrupted program leaves no half
//! file behind.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file under a hidden name that takes its own name when it is complete; dropped before that, it is gone.
#[derive(Debug)]
pub(crate) struct Draft {
    file: File,
    /// None: what is there is a pipe, a terminal or a device, and is written to as it is.
    hidden: Option<Hidden>,
    target: PathBuf,
}

#[derive(Debug)]
struct Hidden {
    path: PathBuf,
    _entry: names::Entry,
}

impl Draft {
    /// Begins what is to become this file, in its folder. A link is followed.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub(crate) fn create(target: &Path) -> io::Result<Self> {
        Self::with(target, OpenOptions::new().write(true))
    }

    /// The same for a file that its owner alone may read.
    #[cfg(feature = "compile")]
    pub(crate) fn create_private(target: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Self::with(target, &mut options)
    }

    fn with(target: &Path, options: &mut OpenOptions) -> io::Result<Self> {
        /// Names that are tried before giving up: other runs may be under way, others may have been killed.
        const TRIES: u32 = 1000;
        if fs::metadata(target).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            return Ok(Self { file: options.open(target)?, hidden: None, target: target.to_owned() });
        }
        let target = if target.is_symlink() { fs::canonicalize(target)? } else { target.to_owned() };
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let process = std::process::id();
        for attempt in 0..TRIES {
            let path = target.with_file_name(format!(".{name}.{process}.{attempt}.tmp"));
            // On the table before it is there, so that there is no instant at which it would stay.
            let entry = names::Entry::new(&path);
            match options.create_new(true).open(&path) {
                Ok(file) => return Ok(Self { file, hidden: Some(Hidden { path, _entry: entry }), target }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Syncs the file and gives it its name, for good.
    ///
    /// # Errors
    /// When the disk is full or fails. The target then holds what it held, and nothing else is left behind.
    pub(crate) fn publish(mut self) -> io::Result<()> {
        self.file.flush()?;
        let Some(hidden) = &self.hidden else { return Ok(()) };
        self.file.sync_all()?;
        fs::rename(&hidden.path, &self.target)?;
        #[cfg(unix)]
        {
            let folder = self.target.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Already renamed, or never complete: in both cases nothing of it may stay.
        if let Some(hidden) = &self.hidden {
            let _ = fs::remove_file(&hidden.path);
        }
    }
}

#[cfg(all(unix, feature = "cli"))]
pub(crate) use names::each as each_hidden_name;

#[cfg(all(unix, feature = "cli"))]
mod names {
    use std::ffi::{CString, c_char};
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;
    use std::ptr;
    use std::sync::atomic::{AtomicPtr, Ordering};

    /// A run writes a handful of files at once.
    const PLACES: usize = 64;
    static NAMES: [AtomicPtr<c_char>; PLACES] = [const { AtomicPtr::new(ptr::null_mut()) }; PLACES];

    /// A name on the table, for as long as it lives.
    #[derive(Debug)]
    pub(super) struct Entry(Option<usize>);

    impl Entry {
        pub(super) fn new(path: &Path) -> Self {
            let Ok(name) = CString::new(path.as_os_str().as_bytes()) else { return Self(None) };
            // A handler may read a name while it is taken off the table, so that none is ever freed.
            let name = name.into_raw();
            let free = |place: &AtomicPtr<c_char>| {
                place.compare_exchange(ptr::null_mut(), name, Ordering::AcqRel, Ordering::Relaxed).is_ok()
            };
            Self(NAMES.iter().position(free))
        }
    }

    impl Drop for Entry {
        fn drop(&mut self) {
            if let Some(place) = self.0.and_then(|place| NAMES.get(place)) {
                place.store(ptr::null_mut(), Ordering::Release);
            }
        }
    }

    /// Every name on the table, as a C string that lives as long as the program. Takes no lock and allocates
    /// nothing: a signal handler may call it.
    pub(crate) fn each(mut each: impl FnMut(*const c_char)) {
        for place in &NAMES {
            let name = place.load(Ordering::Acquire);
            if !name.is_null() {
                each(name);
            }
        }
    }
}

#[cfg(not(all(unix, feature = "cli")))]
mod names {
    /// Nobody walks a table here.
    #[derive(Debug)]
    pub(super) struct Entry;

    impl Entry {
        pub(super) const fn new(_path: &std::path::Path) -> Self {
            Self
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

    use super::*;

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_draft_that_is_not_published_leaves_nothing_and_keeps_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clean.csv");
        fs::write(&path, "old").unwrap();
        let mut draft = Draft::create(&path).unwrap();
        draft.write_all(b"new").unwrap();
        assert_eq!(files(folder.path()), 2);
        drop(draft);
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), files(folder.path())), ("old", 1));
    }

    #[test]
    fn a_published_draft_replaces_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clean.csv");
        fs::write(&path, "old").unwrap();
        let mut draft = Draft::create(&path).unwrap();
        draft.write_all(b"new").unwrap();
        draft.publish().unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), files(folder.path())), ("new", 1));
    }

    #[test]
    fn what_a_killed_run_of_the_same_process_id_left_is_not_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clean.csv");
        fs::write(folder.path().join(format!(".clean.csv.{}.0.tmp", std::process::id())), "left").unwrap();
        let mut draft = Draft::create(&path).unwrap();
        draft.write_all(b"new").unwrap();
        draft.publish().unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), files(folder.path())), ("new", 2));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_a_device_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut draft = Draft::create(&link).unwrap();
        draft.write_all(b"new").unwrap();
        draft.publish().unwrap();
        assert!(link.is_symlink() && fs::read_to_string(&real).unwrap() == "new");

        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read_to_string(pipe).unwrap()
        });
        let mut draft = Draft::create(&pipe).unwrap();
        draft.write_all(b"through").unwrap();
        draft.publish().unwrap();
        assert_eq!(reader.join().unwrap(), "through");
        assert!(!fs::metadata(&pipe).unwrap().is_file());
    }
}
