//! Help, completions and manual pages, which come from one definition.

use std::fs;
use std::process::Command;

use super::{Ran, Shell};

/// The commands that the help lists.
fn commands() -> Vec<String> {
    let help = Shell::empty().run(&["--help"]).out;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<String> = listed
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()))
        .map(str::to_owned)
        .filter(|name| name != "help")
        .collect();
    assert!(names.len() > 15, "{help}");
    names
}

#[test]
fn every_command_has_help_with_examples_that_fits_a_terminal() {
    let shell = Shell::empty();
    for command in commands() {
        let ran = shell.in_columns(80, &[&command, "--help"]);
        assert_eq!(ran.code, Some(0), "{command}");
        assert!(ran.out.contains("Examples:") && ran.out.contains(&format!("  dialgate {command} ")), "{}", ran.out);
        assert!(ran.out.contains("--quiet") && !ran.out.contains('\u{1b}'), "{}", ran.out);
        // The line of usage is one.
        let mut lines = ran.out.lines().filter(|line| !line.starts_with("Usage: "));
        assert!(lines.all(|line| line.chars().count() <= 80), "{}", ran.out);
    }
}

#[test]
fn every_shell_gets_completions_that_know_the_commands() {
    let shell = Shell::empty();
    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = shell.run(&["completions", name]).out;
        for command in commands() {
            assert!(script.contains(&command), "{name} does not know `{command}`");
        }
        assert!(script.contains("verdict-column"), "{name} does not know options");
    }
    shell.write("dialgate.bash", &shell.run(&["completions", "bash"]).out);
    let asked = "source dialgate.bash && COMP_WORDS=(dialgate comp) COMP_CWORD=1 && \
                 _dialgate dialgate comp dialgate && printf '%s\\n' \"${COMPREPLY[@]}\"";
    let completed = Command::new("bash").args(["-c", asked]).current_dir(shell.0.path()).output().unwrap();
    let completed = Ran::of(completed);
    let mut words: Vec<&str> = completed.out.lines().collect();
    words.sort_unstable();
    assert_eq!(words, ["compare", "compile", "completions"], "{}", completed.err);
    let unknown = shell.run(&["completions", "tcsh"]);
    assert!(unknown.code == Some(2) && unknown.err.contains("bash"), "{}", unknown.err);
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let shell = Shell::empty();
    let ran = shell.run(&["man", "man/man1"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for command in commands() {
        let page = fs::read_to_string(shell.at(&format!("man/man1/dialgate-{command}.1"))).unwrap();
        assert!(page.contains(&format!(".TH dialgate-{command} 1")) || page.contains(".TH"), "{page}");
        assert!(page.contains("Examples:"), "{command}: no examples in its page");
    }
    let whole = fs::read_to_string(shell.at("man/man1/dialgate.1")).unwrap();
    assert!(whole.contains("May this number be contacted"), "{whole}");
    assert!(shell.at("man/man1/dialgate-audit-verify.1").exists(), "commands of commands have theirs");
}
