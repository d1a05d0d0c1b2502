//! The `dialgate` command line: results to standard output, progress and messages to standard error.

mod answer;
mod arguments;
mod audit;
mod check;
mod compare;
mod compile;
mod conformity;
mod counts;
mod erase;
mod examples;
mod explain;
mod filter;
mod hash;
mod inspect;
mod interrupt;
mod key;
mod leads;
mod manual;
mod output;
mod page;
mod pages;
mod reading;
mod record;
mod retention;
mod rules;
mod say;
mod source;
mod subject;
mod summary;
mod verify;
mod words;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::{ArgMatches, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};

/// May this number be contacted, for this purpose, on this channel, now?
#[derive(Parser, Debug)]
#[command(name = "dialgate", version, max_term_width = 110, after_help = examples::DIALGATE)]
struct Cli {
    /// Leave out progress, notes, and the text of commands whose result is a file or an exit code
    #[arg(short, long, global = true, help_heading = "Output")]
    quiet: bool,
    /// Colours: auto is on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: ColorChoice,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Compile a manifest with its lists and records into a snapshot
    #[command(after_help = examples::COMPILE)]
    Compile(compile::Compile),
    /// Decide about one number; exit code 0 allow, 3 deny, 4 defer, 5 review
    #[command(after_help = examples::CHECK)]
    Check(check::Check),
    /// Decide about one number and show every rule, list and consent consulted
    #[command(after_help = examples::EXPLAIN)]
    Explain(explain::Explain),
    /// Screen a CSV of leads into those that may be contacted and the rest
    #[command(after_help = examples::FILTER)]
    Filter(filter::Filter),
    /// Run beside an existing scrub and report where the two differ, and why
    #[command(after_help = examples::COMPARE)]
    Compare(compare::Compare),
    /// Show what a snapshot holds: lists, coverage, counts, dates, digests, rules
    #[command(after_help = examples::INSPECT)]
    Inspect(inspect::Inspect),
    /// Read a snapshot whole and say whether it is intact
    #[command(after_help = examples::VERIFY)]
    Verify(verify::Verify),
    /// Show the rules in force, as a table for a lawyer
    #[command(after_help = examples::RULES)]
    Rules(rules::RulesTable),
    /// List which consents count, which fail and why, and whom to ask again
    #[command(after_help = examples::CONFORMITY)]
    Conformity(conformity::Conformity),
    /// Make or rotate a key file
    #[command(after_help = examples::KEY)]
    Key(key::Key),
    /// Write a list of numbers in hashed form
    #[command(after_help = examples::HASH)]
    Hash(hash::Hash),
    /// Append records to a ledger; durable when it returns
    #[command(after_help = examples::RECORD)]
    Record(record::Record),
    /// Show all that a ledger holds about a number
    #[command(after_help = examples::SUBJECT)]
    Subject(subject::Subject),
    /// Delete all that a ledger holds about a number, and leave a tombstone
    #[command(after_help = examples::ERASE)]
    Erase(erase::Erase),
    /// List what a ledger holds without a basis, or delete it
    #[command(after_help = examples::RETENTION)]
    Retention(retention::Retention),
    /// Verify or replay the log of decisions that `--audit` writes
    #[command(after_help = examples::AUDIT)]
    Audit(audit::AuditLog),
    /// Write the completions of a shell to standard output
    #[command(after_help = examples::COMPLETIONS)]
    Completions(manual::Completions),
    /// Write the manual pages into a folder
    #[command(after_help = examples::MAN)]
    Man(manual::Man),
}

/// Runs the program on the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    say::settle(cli.quiet, cli.color);
    interrupt::watch();
    let is_json = asks_for_json(&matches);
    let mut out: Box<dyn Write> = match &cli.command {
        command if cli.quiet && !is_json && command.only_reports() => Box::new(io::sink()),
        command if is_json || command.has_its_own_shape() => Box::new(BufWriter::new(io::stdout().lock())),
        _ => Box::new(page::Page::new(BufWriter::new(io::stdout().lock()), page::columns())),
    };
    let result = run(cli.command, &mut out).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match result {
        Ok(code) => ExitCode::from(code),
        // Whoever read the output has seen enough.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say::error(&output::causes(&error));
            ExitCode::from(1)
        }
    }
}

/// Was `--json` given, to whatever command?
fn asks_for_json(matches: &ArgMatches) -> bool {
    match matches.subcommand() {
        Some((_, deeper)) => asks_for_json(deeper),
        None => matches.try_get_one::<bool>("json").is_ok_and(|json| json == Some(&true)),
    }
}

impl Command {
    /// The result is a file or an exit code, and what is printed tells about it.
    const fn only_reports(&self) -> bool {
        match self {
            Self::Compile(_)
            | Self::Check(_)
            | Self::Filter(_)
            | Self::Verify(_)
            | Self::Key(_)
            | Self::Record(_)
            | Self::Erase(_)
            | Self::Audit(_)
            | Self::Man(_) => true,
            Self::Explain(_)
            | Self::Compare(_)
            | Self::Inspect(_)
            | Self::Rules(_)
            | Self::Conformity(_)
            | Self::Hash(_)
            | Self::Subject(_)
            | Self::Retention(_)
            | Self::Completions(_) => false,
        }
    }

    /// The lines that it prints are not to be broken, or it breaks them itself.
    const fn has_its_own_shape(&self) -> bool {
        matches!(self, Self::Rules(_) | Self::Hash(_) | Self::Completions(_))
    }
}

fn run(command: Command, out: &mut impl Write) -> Result<u8> {
    match command {
        Command::Compile(command) => command.run(out),
        Command::Check(command) => command.run(out),
        Command::Explain(command) => command.run(out),
        Command::Filter(command) => command.run(out),
        Command::Compare(command) => command.run(out),
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
        Command::Completions(command) => command.run(out),
        Command::Man(command) => command.run(out),
    }
}
