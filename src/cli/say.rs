//! Messages to standard error, and when anything is in colour.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ColorChoice;

use super::page;

static QUIET: AtomicBool = AtomicBool::new(false);
static COLOUR_OUT: AtomicBool = AtomicBool::new(false);
static COLOUR_ERR: AtomicBool = AtomicBool::new(false);

/// Settles for the whole run what is said, and how.
pub(super) fn settle(quiet: bool, color: ColorChoice) {
    QUIET.store(quiet, Ordering::Relaxed);
    COLOUR_OUT.store(is_coloured(color, io::stdout().is_terminal()), Ordering::Relaxed);
    COLOUR_ERR.store(is_coloured(color, io::stderr().is_terminal()), Ordering::Relaxed);
}

/// Only results, warnings and errors are wanted.
pub(super) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Something worth knowing that changes nothing; left out when quiet.
pub(super) fn note(text: &str) {
    if !is_quiet() {
        tell("note", CYAN, text);
    }
}

/// Something that somebody should act on.
pub(super) fn warning(text: &str) {
    tell("warning", YELLOW, text);
}

/// Why the run ended.
pub(super) fn error(text: &str) {
    tell("error", RED, text);
}

const RED: u8 = 31;
const GREEN: u8 = 32;
const YELLOW: u8 = 33;
const CYAN: u8 = 36;

/// A verdict for standard output: green may be dialled, red may not, yellow not yet or not by a machine.
pub(super) fn verdict(verdict: crate::vocabulary::Verdict) -> String {
    use crate::vocabulary::Verdict;
    let colour = match verdict {
        Verdict::Allow => GREEN,
        Verdict::Defer | Verdict::Review => YELLOW,
        Verdict::Deny => RED,
    };
    painted(verdict.slug(), colour, COLOUR_OUT.load(Ordering::Relaxed))
}

fn tell(label: &str, colour: u8, text: &str) {
    let label = painted(&format!("{label}:"), colour, COLOUR_ERR.load(Ordering::Relaxed));
    let width = io::stderr().is_terminal().then(|| page::width(&io::stderr())).flatten();
    // Nobody may be there to read it.
    let _ = io::stderr().write_all(page::wrapped(&format!("{label} {text}\n"), width).as_bytes());
}

fn painted(text: &str, colour: u8, is_coloured: bool) -> String {
    if is_coloured { format!("\x1b[1;{colour}m{text}\x1b[0m") } else { text.to_owned() }
}

/// `NO_COLOR` (any value but the empty one) and a dumb terminal have none unless it is asked for.
fn is_coloured(color: ColorChoice, is_terminal: bool) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            is_terminal && !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}
