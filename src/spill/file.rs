//! A file that only this process knows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file without a name: gone as soon as nobody has it open.
#[derive(Debug)]
pub(super) struct Nameless {
    file: File,
    end: u64,
}

impl Nameless {
    /// A new file in this folder, for nobody but its owner.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Ok(file) = never_named(folder) {
            return Ok(Self { file, end: 0 });
        }
        /// Names of other processes that were killed in between may be there.
        const TRIES: u32 = 1000;
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let process = std::process::id();
        for _ in 0..TRIES {
            let next = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!(".dialgate.{process}.{next}.spill"));
            match options().create_new(true).open(&path) {
                Ok(file) => {
                    // Where a file that is open cannot be removed, it was opened to be removed when it is closed.
                    #[cfg(not(windows))]
                    std::fs::remove_file(&path)?;
                    return Ok(Self { file, end: 0 });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Writes at the end; where that was.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let offset = self.end;
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(bytes)?;
        self.end = offset.saturating_add(bytes.len() as u64);
        Ok(offset)
    }

    /// Reads what lies there.
    pub(super) fn read(&mut self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_exact(into)
    }
}

fn options() -> std::fs::OpenOptions {
    let mut options = File::options();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    #[cfg(windows)]
    {
        /// `FILE_FLAG_DELETE_ON_CLOSE`.
        const DELETE_ON_CLOSE: u32 = 0x0400_0000;
        std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, DELETE_ON_CLOSE);
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0);
    }
    options
}

/// Some file systems make files that never had a name.
#[cfg(target_os = "linux")]
fn never_named(folder: &Path) -> io::Result<File> {
    let mut options = options();
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_TMPFILE);
    options.open(folder)
}
