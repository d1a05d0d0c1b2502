//! The `dialgate` command line: results to standard output, progress and messages to standard error.

mod answer;
mod arguments;
mod audit;
mod check;
mod compile;
mod conformity;
mod erase;
mod explain;
mod filter;
mod hash;
mod inspect;
mod interrupt;
mod key;
mod leads;
mod output;
mod pages;
mod reading;
mod record;
mod retention;
mod rules;
mod source;
mod subject;
mod summary;
mod verify;
mod words;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// May this number be contacted, for this purpose, on this channel, now?
#[derive(Parser, Debug)]
#[command(name = "dialgate", version, max_term_width = 110, color = clap::ColorChoice::Never)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Compile a manifest with its lists and records into a snapshot
    Compile(compile::Compile),
    /// Decide about one number; exit code 0 allow, 3 deny, 4 defer, 5 review
    Check(check::Check),
    /// Decide about one number and show every rule, list and consent consulted
    Explain(explain::Explain),
    /// Screen a CSV of leads into those that may be contacted and the rest
    Filter(filter::Filter),
    /// Show what a snapshot holds: lists, coverage, counts, dates, digests, rules
    Inspect(inspect::Inspect),
    /// Read a snapshot whole and say whether it is intact
    Verify(verify::Verify),
    /// Show the rules in force, as a table for a lawyer
    Rules(rules::RulesTable),
    /// List which consents count, which fail and why, and whom to ask again
    Conformity(conformity::Conformity),
    /// Make or rotate a key file
    Key(key::Key),
    /// Write a list of numbers in hashed form
    Hash(hash::Hash),
    /// Append records to a ledger; durable when it returns
    Record(record::Record),
    /// Show all that a ledger holds about a number
    Subject(subject::Subject),
    /// Delete all that a ledger holds about a number, and leave a tombstone
    Erase(erase::Erase),
    /// List what a ledger holds without a basis, or delete it
    Retention(retention::Retention),
    /// Verify or replay the log of decisions that `--audit` writes
    Audit(audit::AuditLog),
}

/// Runs the program on the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let command = Cli::parse().command;
    let mut out = BufWriter::new(io::stdout().lock());
    let result = run(command, &mut out).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match result {
        Ok(code) => ExitCode::from(code),
        // Whoever read the output has seen enough.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn run(command: Command, out: &mut impl Write) -> Result<u8> {
    match command {
        Command::Compile(command) => command.run(out),
        Command::Check(command) => command.run(out),
        Command::Explain(command) => command.run(out),
        Command::Filter(command) => command.run(out),
        Command::Inspect(command) => command.run(out),
        Command::Verify(command) => command.run(out),
        Command::Rules(command) => command.run(out),
        Command::Conformity(command) => command.run(out),
        Command::Key(command) => command.run(out),
        Command::Hash(command) => command.run(out),
        Command::Record(command) => command.run(out),
        Command::Subject(command) => command.run(out),
        Command::Erase(command) => command.run(out),
        Command::Retention(command) => command.run(out),
        Command::Audit(command) => command.run(out),
    }
}
