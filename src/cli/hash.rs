//! `dialgate hash`: a list of numbers in hashed form.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use super::arguments;
use super::words::counted;
use crate::compile::lists::lines::{self, Line};
use crate::compile::lists::national::{self, Plan};
use crate::{KeyRing, Region};

/// A list of numbers in hashed form.
#[derive(Args, Debug)]
pub(super) struct Hash {
    /// The key file; its current key hashes
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// One number a line, read as lists of format `plain` are; absent or `-`: standard input
    #[arg(value_name = "NUMBERS")]
    numbers: Option<PathBuf>,
    /// Whose national format numbers without a plus are in, as a list's `region`: PL, GB, US ...
    #[arg(long, value_parser = arguments::country)]
    region: Option<Region>,
}

impl Hash {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        let plan = match self.region {
            Some(region) if !national::is_supported(region) => bail!("national numbers of `{region}` cannot be read"),
            Some(region) => national::plan(region),
            None => Plan::International,
        };
        let hasher = KeyRing::load(&self.key)?.current().number_hasher();
        let path = self.numbers.as_deref().filter(|path| path.as_os_str() != "-");
        let name = path.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
        let cannot_read = || format!("cannot read {name}");
        let mut input: Box<dyn Read> = match path {
            None => Box::new(io::stdin().lock()),
            Some(path) => Box::new(File::open(path).with_context(cannot_read)?),
        };
        writeln!(out, "#key {}", hasher.key_id())?;
        let (mut bad, mut hashed) = (0_u64, 0_u64);
        let broken = |error: io::Error| anyhow::Error::from(error).context(cannot_read());
        lines::each(&mut *input, broken, |line, row| {
            let row = match row {
                Line::Whole(row) if line == 1 => row.strip_prefix(b"\xef\xbb\xbf").unwrap_or(row),
                Line::Whole(row) => row,
                Line::TooLong(_) => b"too long",
            };
            if row.trim_ascii().is_empty() {
                return Ok(());
            }
            match plan.read(row) {
                Ok(number) => {
                    hashed = hashed.saturating_add(1);
                    writeln!(out, "{}", hasher.hash(number)).map_err(anyhow::Error::from)
                }
                // What stands there is not repeated: it may be most of a number.
                Err(defect) => {
                    bad = bad.saturating_add(1);
                    writeln!(io::stderr(), "{name}:{line}: {}", defect.reason()).map_err(anyhow::Error::from)
                }
            }
        })?;
        if bad == 0 {
            return Ok(0);
        }
        out.flush()?;
        Err(anyhow!(
            "{} could not be read: the {} not the whole list",
            counted(bad, "line", "lines"),
            counted(hashed, "hash is", "hashes are")
        ))
    }
}
