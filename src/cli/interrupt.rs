//! Ctrl-C, a polite kill and a terminal that goes away: what is half written is removed, then the program ends as
//! it would have.

/// From now on these signals leave no half file behind.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the only way to a signal handler without another dependency")]
pub(super) fn watch() {
    extern "C" fn clean_up(signal: libc::c_int) {
        const TOLD: &[u8] = b"interrupted; what was not finished was removed\n";
        // SAFETY: `write`, `unlink`, `signal` and `raise` may be called in a handler, and so may the walk over the
        // table, which takes no lock and allocates nothing. Its names are C strings that are never freed. The
        // signal is blocked here and is delivered, with its default effect, when the handler returns.
        unsafe {
            crate::draft::each_hidden_name(|name| {
                libc::unlink(name);
            });
            libc::write(libc::STDERR_FILENO, TOLD.as_ptr().cast(), TOLD.len());
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal);
        }
    }
    let handler = clean_up as extern "C" fn(libc::c_int) as libc::sighandler_t;
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: the handler does only what a handler may, and lives as long as the program. A signal that whoever
        // started the program has it ignore, as `nohup` does, stays ignored.
        unsafe {
            if libc::signal(signal, handler) == libc::SIG_IGN {
                libc::signal(signal, libc::SIG_IGN);
            }
        }
    }
}

/// Elsewhere the program ends as it always does.
#[cfg(not(unix))]
pub(super) fn watch() {}
