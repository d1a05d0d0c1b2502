//! `dialgate completions` and `dialgate man`: what shells and manuals need, from the definition of the command line.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, CommandFactory};

/// The completions of a shell.
#[derive(Args, Debug)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        // The generator may not fail on its way, so it writes to memory.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::Cli::command(), "dialgate", &mut script);
        out.write_all(&script)?;
        Ok(0)
    }
}

/// The manual pages.
#[derive(Args, Debug)]
pub(super) struct Man {
    /// The folder, such as ~/.local/share/man/man1; made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Man {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let folder = self.folder.display();
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make the folder `{folder}`; choose another"))?;
        clap_mangen::generate_to(super::Cli::command(), &self.folder)
            .with_context(|| format!("cannot write the manual pages to `{folder}`; choose another folder"))?;
        writeln!(
            out,
            "The manual pages are in {folder}; read one with `man -l {folder}/dialgate-check.1`, or write them into a folder `man1` of MANPATH"
        )?;
        Ok(0)
    }
}
