//! What is different on a terminal: colours, progress, and the width.
#![expect(unsafe_code, reason = "a terminal of its own is to be had from the C library only")]

use std::fs::File;
use std::io::Read;
use std::os::fd::FromRawFd;
use std::process::Stdio;

use super::{ASKED, AT, Shell, sample};

/// Runs a command with a terminal of so many columns as its output. Exit code, and what was seen there.
fn on_terminal(shell: &Shell, columns: u16, variables: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let size = libc::winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let (mut ours, mut theirs) = (-1, -1);
    // SAFETY: the pointers are to values that live through the call, the others may be null.
    let opened = unsafe {
        libc::openpty(&raw mut ours, &raw mut theirs, std::ptr::null_mut(), std::ptr::null(), &raw const size)
    };
    assert_eq!(opened, 0, "no terminal: {}", std::io::Error::last_os_error());
    // SAFETY: both were just opened, and nobody else owns them.
    let (mut ours, theirs) = unsafe { (File::from_raw_fd(ours), File::from_raw_fd(theirs)) };
    let mut command = shell.command(arguments);
    command.env("TERM", "xterm").envs(variables.iter().copied()).stdin(Stdio::null());
    command.stdout(theirs.try_clone().unwrap()).stderr(theirs);
    let mut child = command.spawn().unwrap();
    // The command holds the terminal as long as this value would.
    drop(command);
    let mut seen = Vec::new();
    let mut part = [0; 4096];
    // The end of a terminal is an error where it is not the end of a file.
    while let Ok(read) = ours.read(&mut part) {
        if read == 0 {
            break;
        }
        seen.extend_from_slice(&part[..read]);
    }
    (child.wait().unwrap().code().unwrap(), String::from_utf8_lossy(&seen).into_owned())
}

#[test]
fn colours_are_for_terminals_and_not_where_no_color_is_set() {
    let shell = Shell::new();
    let allowed = [&["check", "acme.gate", "+48223000002", "--at", AT], &ASKED[..]].concat();
    let refused = [&["check", "acme.gate", "+48223000005", "--at", AT], &ASKED[..]].concat();
    let (_, seen) = on_terminal(&shell, 80, &[], &allowed);
    assert!(seen.starts_with("\u{1b}[1;32mallow\u{1b}[0m: "), "{seen:?}");
    assert!(on_terminal(&shell, 80, &[], &refused).1.starts_with("\u{1b}[1;31mdeny\u{1b}[0m: "));
    assert!(on_terminal(&shell, 80, &[], &["verify", "no.gate"]).1.starts_with("\u{1b}[1;31merror:\u{1b}[0m "));
    for (variables, more) in [
        (&[("NO_COLOR", "1")][..], &[][..]),
        (&[("TERM", "dumb")], &[]),
        (&[], &["--color", "never"]),
        (&[("NO_COLOR", "1")], &["--help"]),
    ] {
        let (_, seen) = on_terminal(&shell, 80, variables, &[&allowed[..], more].concat());
        assert!(!seen.contains('\u{1b}'), "{variables:?} {more:?}: {seen:?}");
    }
    let (_, seen) = on_terminal(&shell, 80, &[("NO_COLOR", "")], &allowed);
    assert!(seen.contains('\u{1b}'), "an empty value says nothing");
    assert!(!shell.run(&allowed).out.contains('\u{1b}'), "a pipe has no colours");
    let asked = shell.run(&[&allowed[..], &["--color", "always"]].concat());
    assert!(asked.out.starts_with("\u{1b}[1;32mallow"), "{}", asked.out);
    let json = shell.run(&[&allowed[..], &["--color", "always", "--json"]].concat());
    assert!(!json.out.contains('\u{1b}'), "{}", json.out);
}

#[test]
fn progress_with_its_rate_and_time_left_is_for_terminals() {
    let shell = Shell::new();
    let leads: String = (0..60_000).map(|index| format!("+4822300{:04}\n", index % 10_000)).collect();
    shell.write("leads.csv", &format!("number\n{leads}"));
    let arguments = [&["filter", "acme.gate", "leads.csv", "-o", "clean.csv", "--at", AT], &ASKED[..]].concat();
    let (code, seen) = on_terminal(&shell, 100, &[], &arguments);
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("screening") && seen.contains("/s, ") && seen.contains(" left"), "{seen:?}");
    let (_, quiet) = on_terminal(&shell, 100, &[], &[&arguments[..], &["-q"]].concat());
    assert_eq!(quiet, "");
    let piped = shell.run(&arguments);
    assert!(!piped.out.contains("screening") && piped.err.is_empty(), "{}", piped.err);
}

#[test]
fn text_and_messages_are_as_wide_as_the_terminal() {
    let shell = Shell::new();
    let leads = sample("leads.csv");
    let preview = [&["filter", "acme.gate", &leads, "--preview", "--at", AT], &ASKED[..]].concat();
    let unknown = ["check", "acme.gate", "+48223000002", "--purpose", "nothing", "--channel", "sms"];
    for columns in [60, 80] {
        for arguments in [&preview[..], &unknown] {
            let (_, seen) = on_terminal(&shell, columns, &[("NO_COLOR", "1")], arguments);
            // The progress takes its own line away, in front of the text.
            let text = &seen[seen.rfind("\u{1b}[2K").map_or(0, |escape| escape + 4)..];
            assert!(text.lines().count() > 3, "{seen:?}");
            let widest = text.lines().map(|line| line.trim_start_matches('\r').chars().count()).max().unwrap();
            assert!(widest <= usize::from(columns), "{columns}: {widest}\n{seen}");
        }
    }
}
