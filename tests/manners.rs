//! How the command line behaves towards people and scripts: help, colours, widths, quiet, JSON, interruption, messages.
#![cfg(all(feature = "cli", unix))]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

#[path = "manners/interrupted.rs"]
mod interrupted;
#[path = "manners/messages.rs"]
mod messages;
#[path = "manners/output.rs"]
mod output;
#[path = "manners/shells.rs"]
mod shells;
#[path = "manners/terminal.rs"]
mod terminal;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const AT: &str = "2026-11-23T15:00:00Z";
const ASKED: [&str; 4] = ["--purpose", "own-offers", "--channel", "manual_call"];

fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme").join(name).to_str().unwrap().to_owned()
}

/// A folder in which commands are run, with the compiled sample in it.
struct Shell(tempfile::TempDir);

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Shell {
    fn new() -> Self {
        let shell = Self::empty();
        let ran = shell.run(&["compile", &sample("gate.toml"), "-o", "acme.gate"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        shell
    }

    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.at(name), text).unwrap();
    }

    /// The names in the folder.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dialgate"));
        command.args(arguments).current_dir(self.0.path());
        for variable in ["COLUMNS", "NO_COLOR", "TERM"] {
            command.env_remove(variable);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// With so many columns.
    fn in_columns(&self, columns: usize, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).env("COLUMNS", columns.to_string()).output().unwrap())
    }
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// A manifest with one list, `numbers.csv` or what is given, and records.
fn manifest(list: &str) -> String {
    format!(
        "controller = \"acme\"\nas_of = \"2026-11-23T06:00:00Z\"\n[[controllers]]\nid = \"acme\"\n\
         [[lists]]\nid = \"own\"\nkind = \"opt_out\"\nas_of = \"2026-11-23T06:00:00Z\"\n{list}\n"
    )
}
