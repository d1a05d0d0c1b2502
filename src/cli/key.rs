//! `dialgate key`: key files, made and rotated.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::{KeyRing, MasterKey};

/// Key files.
#[derive(Args, Debug)]
pub(super) struct Key {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Make a key file with a fresh key; never over a file that is there
    New {
        /// The key file to make. Keep a backup apart from what it protects: nothing replaces it
        file: PathBuf,
    },
    /// Put a fresh key in front; the earlier ones stay for what was made with them
    Rotate {
        /// The key file
        file: PathBuf,
    },
}

impl Key {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        match self.command {
            Command::New { file } => {
                let key = MasterKey::create(&file)?;
                writeln!(out, "{}: key {}", file.display(), key.id())?;
            }
            Command::Rotate { file } => {
                let ring = KeyRing::rotate(&file)?;
                let earlier = ring.iter().count().saturating_sub(1);
                writeln!(out, "{}: key {}, {earlier} earlier kept", file.display(), ring.current().id())?;
            }
        }
        Ok(0)
    }
}
