//! The processor time of a server: what its answers cost, whatever else runs on the machine.

use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::Path;

/// The clock of another process.
#[derive(Clone, Copy)]
pub struct ServerClock(libc::clockid_t);

impl ServerClock {
    /// Of the process that listens on the socket.
    pub fn of(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        let mut peer = libc::ucred { pid: 0, uid: 0, gid: 0 };
        let mut len = size_of::<libc::ucred>() as libc::socklen_t;
        // SAFETY: the call writes at most `len` bytes to `peer`, which is as large and lives here.
        let answer = unsafe {
            let place = std::ptr::from_mut(&mut peer).cast();
            libc::getsockopt(stream.as_raw_fd(), libc::SOL_SOCKET, libc::SO_PEERCRED, place, &mut len)
        };
        if answer != 0 {
            return Err(io::Error::last_os_error());
        }
        let mut clock = 0;
        // SAFETY: the call writes to `clock` alone.
        match unsafe { libc::clock_getcpuclockid(peer.pid, &mut clock) } {
            0 => Ok(Self(clock)),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    }

    /// Nanoseconds that the server has used so far.
    pub fn nanos(self) -> u64 {
        crate::machine::clock(self.0)
    }
}
