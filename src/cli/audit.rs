//! `dialgate audit`: is the log of decisions intact, and do they follow from their facts?

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::arguments::Question;
use super::source::{self, Opened};
use super::words::{count, counted, either};
use super::{output, say};
use crate::audit::Batch;
use crate::dictionary::DeclaredPurpose;
use crate::vocabulary::PurposeClass;
use crate::{Audit, AuditReplay, AuditReplayed, AuditVerified, KeyRing};

/// The log of decisions.
#[derive(Args, Debug)]
pub(super) struct AuditLog {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Is every entry there, in its place, as it was written? Exit code 0 intact, 1 not
    Verify(Verify),
    /// Run the rule again on the facts of every decision; exit code 0 all agree, 1 not
    Replay(Replay),
}

#[derive(Args, Debug)]
struct Verify {
    log: PathBuf,
    /// The key file: checks that every entry was written with the key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// A head that was noted at an earlier time, as this command prints it: the log must hold it
    #[arg(long, value_name = "NUMBER:HASH")]
    head: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct Replay {
    log: PathBuf,
    /// The key file: checks that every entry was written with the key, and finds a number
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Ask the whole gate again about every decision on this number
    #[arg(long, requires = "gate", requires = "key", allow_hyphen_values = true)]
    number: Option<String>,
    /// The snapshot that was asked, or its gate.toml
    #[arg(long, requires = "number")]
    gate: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl AuditLog {
    pub(super) fn run(self, out: &mut impl Write) -> Result<u8> {
        match self.command {
            Command::Verify(command) => command.run(out),
            Command::Replay(command) => command.run(out),
        }
    }
}

impl Verify {
    fn run(self, out: &mut impl Write) -> Result<u8> {
        let keys = self.key.as_ref().map(KeyRing::load).transpose()?;
        let verified = Audit::verify(&self.log, keys.as_ref(), self.head.as_deref())
            .with_context(|| format!("cannot verify `{}`", self.log.display()))?;
        if self.json {
            output::json(out, &as_json(&verified))?;
        } else {
            tell(&self.log, &verified, out)?;
        }
        Ok(u8::from(!verified.is_intact()))
    }
}

impl Replay {
    fn run(self, out: &mut impl Write) -> Result<u8> {
        let mut replay = AuditReplay::default();
        if let Some(key) = &self.key {
            replay = replay.keys(KeyRing::load(key)?);
        }
        if let (Some(number), Some(path)) = (&self.number, &self.gate) {
            let Some(number) = source::read_number(number, None) else {
                bail!("the number cannot be read; write it in E.164, with a plus");
            };
            // A snapshot that is not sealed opens with or without a key.
            let keys = self.key.iter().filter(|_| !source::is_manifest(path)).cloned().collect::<Vec<_>>();
            replay = replay.number(number, Opened::open(path, &keys)?.gate());
        }
        let replayed = replay.run(&self.log).with_context(|| format!("cannot replay `{}`", self.log.display()))?;
        if self.json {
            output::json(out, &replayed_as_json(&replayed))?;
            return Ok(u8::from(!replayed.agrees()));
        }
        tell(&self.log, &replayed.chain, out)?;
        writeln!(
            out,
            "{} replayed from their facts, {}",
            counted(replayed.chain.decisions, "decision", "decisions"),
            counted(u64::try_from(replayed.differences.len()).unwrap_or(u64::MAX), "difference", "differences")
        )?;
        if replayed.by_other_versions > 0 {
            writeln!(
                out,
                "{} decided by another version of this program than {}",
                counted(replayed.by_other_versions, "was", "were"),
                env!("CARGO_PKG_VERSION")
            )?;
        }
        if self.number.is_some() {
            writeln!(
                out,
                "{} about the number {} asked again of the whole gate, {} made on other snapshots",
                count(replayed.asked_again),
                either(replayed.asked_again, "was", "were"),
                counted(replayed.on_other_snapshots, "was", "were")
            )?;
        }
        for difference in &replayed.differences {
            writeln!(out, "  {difference}")?;
        }
        Ok(u8::from(!replayed.agrees()))
    }
}

/// So many broken places are shown to people; --json has a hundred.
const SHOWN: usize = 10;

fn tell(log: &Path, verified: &AuditVerified, out: &mut impl Write) -> Result<()> {
    let state = if verified.is_intact() { "intact" } else { "NOT INTACT" };
    writeln!(
        out,
        "{}: {state}, {}, {}",
        log.display(),
        counted(verified.entries, "entry", "entries"),
        counted(verified.decisions, "decision", "decisions")
    )?;
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    writeln!(out, "  from        {} to {}", or_none(&verified.first), or_none(&verified.last))?;
    let checked = if verified.is_authenticated { "checked" } else { "not checked; --key FILE checks its marks" };
    writeln!(out, "  key         {}, {checked}", or_none(&verified.key))?;
    writeln!(out, "  head        {}", or_none(&verified.head))?;
    for found in verified.breaks.iter().take(SHOWN) {
        writeln!(out, "  broken      {found}")?;
    }
    let more = u64::try_from(verified.breaks.len().saturating_sub(SHOWN)).unwrap_or(u64::MAX);
    let more = more.saturating_add(verified.more_breaks);
    if more > 0 {
        writeln!(out, "  broken      in {}", counted(more, "more place", "more places"))?;
    }
    if verified.entries == 0 && !verified.is_intact() {
        writeln!(out, "  note        nothing in it can be read as an entry: is it a log that --audit wrote?")?;
    }
    for remark in &verified.remarks {
        writeln!(out, "  note        {remark}")?;
    }
    Ok(())
}

fn as_json(verified: &AuditVerified) -> Value {
    let breaks =
        verified.breaks.iter().map(|found| json!({"line": found.line, "byte": found.byte, "what": found.what}));
    json!({
        "intact": verified.is_intact(),
        "entries": verified.entries,
        "decisions": verified.decisions,
        "first": verified.first,
        "last": verified.last,
        "key": verified.key,
        "head": verified.head,
        "is_authenticated": verified.is_authenticated,
        "breaks": breaks.collect::<Vec<_>>(),
        "more_breaks": verified.more_breaks,
        "remarks": verified.remarks,
    })
}

fn replayed_as_json(replayed: &AuditReplayed) -> Value {
    let differences = replayed.differences.iter().map(|found| json!({"line": found.line, "what": found.what}));
    json!({
        "agrees": replayed.agrees(),
        "chain": as_json(&replayed.chain),
        "differences": differences.collect::<Vec<_>>(),
        "asked_again": replayed.asked_again,
        "on_other_snapshots": replayed.on_other_snapshots,
        "by_other_versions": replayed.by_other_versions,
    })
}

/// Where decisions go on record.
#[derive(Args, Debug, Clone)]
pub(super) struct Recording {
    /// Put every decision on record in this log, pseudonymised and hash-chained; begun when it is not there
    #[arg(long, value_name = "LOG", requires = "audit_key")]
    audit: Option<PathBuf>,
    /// The key file of that log; numbers are hashed with it
    #[arg(long, value_name = "FILE", requires = "audit")]
    audit_key: Option<PathBuf>,
}

impl Recording {
    /// The log, if one was named.
    pub(super) fn open(&self) -> Result<Option<Audit>> {
        let (Some(log), Some(key)) = (&self.audit, &self.audit_key) else { return Ok(None) };
        let keys = KeyRing::load(key)?;
        Ok(Some(Audit::open(log, &keys).with_context(|| format!("cannot open the audit log `{}`", log.display()))?))
    }

    /// Reminds of what is always to be audited.
    pub(super) fn remind(&self, opened: &Opened, question: &Question) {
        let asked = |purpose: &&DeclaredPurpose| purpose.id == question.purpose;
        let is_emergency =
            opened.dictionary().purposes.iter().find(asked).is_some_and(|one| one.class == PurposeClass::Emergency);
        if is_emergency && self.audit.is_none() {
            say::warning("an emergency contact is always to be audited; give `--audit LOG`");
        }
    }

    /// The files that it needs.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.audit.iter().chain(&self.audit_key).map(PathBuf::as_path)
    }
}

/// Puts what one command decided on record for good.
pub(super) fn put(audit: &Audit, batch: &mut Batch) -> Result<()> {
    audit.put(batch).and_then(|()| audit.sync()).context("nothing was decided, as it could not be put on record")
}
