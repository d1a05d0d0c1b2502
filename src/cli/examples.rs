//! The examples that the help of each command ends with. A test reads every line of them as a command.

pub(super) const DIALGATE: &str = "\
Examples:
  dialgate compile gate.toml -o acme.gate
  dialgate check acme.gate +48223000002 --purpose own-offers --channel manual_call
  dialgate filter acme.gate leads.csv --purpose own-offers --channel manual_call -o clean.csv

GATE is a snapshot or a gate.toml, which is compiled first.
Exit codes: 0 done (check: allow), 1 an error, 2 wrong usage; check also 3 deny, 4 defer, 5 review.
Every command has examples: dialgate COMMAND --help";

pub(super) const COMPILE: &str = "\
Examples:
  dialgate compile gate.toml -o acme.gate
  dialgate compile gate.toml -o acme.gate --rejects rejects.csv
  dialgate compile gate.toml -o monday.gate --as-of 2026-11-23T06:00:00Z --json";

pub(super) const CHECK: &str = "\
Examples:
  dialgate check acme.gate +48223000002 --purpose own-offers --channel manual_call
  dialgate check acme.gate '22 300 00 02' --default-region PL --purpose own-offers --channel sms --json
  dialgate check acme.gate +12125550100 --region US-IL --purpose marketing --channel autodialed_call --at 2026-11-23T15:00:00Z
  dialgate check acme.gate +48223000002 --purpose own-offers --channel manual_call --ledger acme.ledger --quiet";

pub(super) const EXPLAIN: &str = "\
Examples:
  dialgate explain acme.gate +48223000005 --purpose own-offers --channel manual_call
  dialgate explain acme.gate +442079460011 --purpose own-offers --channel manual_call --at 2026-11-23T15:00:00Z --json";

pub(super) const FILTER: &str = "\
Examples:
  dialgate filter acme.gate leads.csv --purpose own-offers --channel manual_call --preview
  dialgate filter acme.gate leads.csv --purpose own-offers --channel manual_call -o clean.csv --rejected rest.csv
  dialgate filter gate.toml leads.csv --number-column tel --default-region PL --purpose own-offers --channel sms -o clean.csv --json";

pub(super) const COMPARE: &str = "\
Examples:
  dialgate compare acme.gate scrubbed.csv --verdict-column status --purpose own-offers --channel manual_call
  dialgate compare acme.gate dnc-result.csv --verdict-column ResultCode --verdicts dncscrub --number-column Phone --default-region US --purpose marketing --channel autodialed_call
  dialgate compare acme.gate calls.csv --verdict-column dial --allow-values yes --deny-values no --at-column asked_at --purpose own-offers --channel manual_call --differences differences.csv

Each row is asked by itself: rows before it are no attempts. The exit code is 0 whatever the two agree on.";

pub(super) const INSPECT: &str = "\
Examples:
  dialgate inspect acme.gate
  dialgate inspect acme.gate --json";

pub(super) const VERIFY: &str = "\
Examples:
  dialgate verify acme.gate
  dialgate verify sealed.gate --key acme.key --quiet";

pub(super) const RULES: &str = "\
Examples:
  dialgate rules --jurisdiction GB
  dialgate rules acme.gate --jurisdiction US-IL --at 2027-02-01T00:00:00Z
  dialgate rules --json";

pub(super) const CONFORMITY: &str = "\
Examples:
  dialgate conformity gate.toml
  dialgate conformity gate.toml -o consents.csv --at 2026-11-23T06:00:00Z
  dialgate conformity gate.toml --json";

pub(super) const KEY: &str = "\
Examples:
  dialgate key new acme.key
  dialgate key rotate acme.key";

pub(super) const HASH: &str = "\
Examples:
  dialgate hash --key acme.key numbers.txt
  dialgate hash --key acme.key --region PL -";

pub(super) const RECORD: &str = "\
Examples:
  dialgate record acme.ledger --create
  dialgate record acme.ledger records.jsonl --rejects rejects.csv
  dialgate record acme.ledger - --json";

pub(super) const SUBJECT: &str = "\
Examples:
  dialgate subject acme.ledger +48223000001
  dialgate subject acme.ledger '22 300 00 01' --default-region PL --controller acme --json";

pub(super) const ERASE: &str = "\
Examples:
  dialgate erase acme.ledger +48223000001
  dialgate erase acme.ledger +48223000001 --controller acme --json";

pub(super) const RETENTION: &str = "\
Examples:
  dialgate retention acme.ledger --at 2026-11-23T06:00:00Z
  dialgate retention acme.ledger --at 2026-11-23T06:00:00Z --apply";

pub(super) const AUDIT: &str = "\
Examples:
  dialgate audit verify decisions.log --key acme.key
  dialgate audit replay decisions.log
  dialgate audit replay decisions.log --key acme.key --gate acme.gate --number +48223000005";

pub(super) const COMPLETIONS: &str = "\
Examples:
  dialgate completions bash > ~/.local/share/bash-completion/completions/dialgate
  dialgate completions zsh > ~/.zfunc/_dialgate
  dialgate completions fish > ~/.config/fish/completions/dialgate.fish";

pub(super) const MAN: &str = "\
Examples:
  dialgate man ~/.local/share/man/man1";

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]

    use clap::{CommandFactory, Parser};

    use super::super::Cli;

    /// The words of a line as a shell parts them: quotes, and nothing after a `>`.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quoted = false;
        for sign in line.split('>').next().unwrap().trim().chars() {
            match sign {
                '\'' => quoted = !quoted,
                ' ' if !quoted => words.push(String::new()),
                _ => words.last_mut().unwrap().push(sign),
            }
        }
        words
    }

    #[test]
    fn every_command_has_examples_and_each_of_them_is_understood() {
        let mut examples = 0;
        for command in Cli::command().get_subcommands() {
            let name = command.get_name();
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let lines: Vec<&str> = help.lines().map(str::trim).filter(|line| line.starts_with("dialgate ")).collect();
            assert!(help.starts_with("Examples:") && !lines.is_empty(), "{name} has no examples");
            for line in lines {
                assert!(line.starts_with(&format!("dialgate {name} ")), "{line}");
                if let Err(error) = Cli::try_parse_from(words(line)) {
                    panic!("{line}\n{error}");
                }
                examples += 1;
            }
        }
        assert!(examples > 30, "only {examples} examples were read");
    }

    #[test]
    fn the_definition_of_the_command_line_holds() {
        Cli::command().debug_assert();
    }
}
