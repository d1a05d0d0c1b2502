//! From TOML to rows: the packs that come with the crate, and an owner's house rules.
//!
//! A file is one pack: `code`, `name`, `version` (a date), then tables of rows. Every row has an `id`, a
//! `statute` and a `confidence`, and says to which questions it applies:
//!
//! ```toml
//! code = "house:quiet"
//! name = "Quiet evenings"
//! version = 2026-11-23
//!
//! [[window]]
//! id = "evenings"
//! classes = ["marketing", "reconsent"]    # required for requirement, registry, window, cap, silence
//! channels = ["live"]                     # or voice, automated, sms (all messages), sms_only, any channel
//! parties = ["individual"]                # unknown goes with individual
//! from = 2026-12-01                       # first local day; `to` is the first day that is no longer meant
//! hours = { mon_fri = ["09:00-12:00", "13:00-18:00"], sat = ["10:00-14:00"] }
//! statute = "house rule"
//! confidence = "H"
//! ```
//!
//! What is left out stands for all, with two exceptions: a requirement without `sectors` leaves out those that
//! another requirement names for the same class and channel, and a registry without `channels` means voice.
//!
//! A `[[revocation]]` with `reach = "all"` names contacts that a withdrawal or opt-out on record reaches whatever
//! purposes and channels it names; entries of lists keep their scope.
//!
//! `calendar = "FR"` names a public-holiday calendar: one of those that come with the crate (AU, ES, FR, IT, US-AL,
//! US-LA, US-PA, US-RI, US-UT, US-UNLISTED; `src/rules/calendars`), or a `[[calendar]]` of a file. No two share a code.

mod calendars;
mod check;
mod convert;
mod schema;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;
use std::fmt;

pub(crate) use check::{REGISTRIES, is_registry};

use super::{Calendar, Pack, Rules};
use convert::Draft;

/// The packs that come with the crate: code and text.
pub(crate) const BUILTIN: &[(&str, &str)] = &[
    ("AT", include_str!("../packs/at.toml")),
    ("AU", include_str!("../packs/au.toml")),
    ("BE", include_str!("../packs/be.toml")),
    ("CA", include_str!("../packs/ca.toml")),
    ("DE", include_str!("../packs/de.toml")),
    ("ES", include_str!("../packs/es.toml")),
    ("EU", include_str!("../packs/eu.toml")),
    ("FR", include_str!("../packs/fr.toml")),
    ("GB", include_str!("../packs/gb.toml")),
    ("IT", include_str!("../packs/it.toml")),
    ("NL", include_str!("../packs/nl.toml")),
    ("PL", include_str!("../packs/pl.toml")),
    ("US", include_str!("../packs/us.toml")),
    ("US-AL", include_str!("../packs/us-al.toml")),
    ("US-AR", include_str!("../packs/us-ar.toml")),
    ("US-AZ", include_str!("../packs/us-az.toml")),
    ("US-CA", include_str!("../packs/us-ca.toml")),
    ("US-CO", include_str!("../packs/us-co.toml")),
    ("US-CT", include_str!("../packs/us-ct.toml")),
    ("US-FL", include_str!("../packs/us-fl.toml")),
    ("US-IL", include_str!("../packs/us-il.toml")),
    ("US-IN", include_str!("../packs/us-in.toml")),
    ("US-KY", include_str!("../packs/us-ky.toml")),
    ("US-LA", include_str!("../packs/us-la.toml")),
    ("US-MA", include_str!("../packs/us-ma.toml")),
    ("US-MD", include_str!("../packs/us-md.toml")),
    ("US-ME", include_str!("../packs/us-me.toml")),
    ("US-MI", include_str!("../packs/us-mi.toml")),
    ("US-MN", include_str!("../packs/us-mn.toml")),
    ("US-MO", include_str!("../packs/us-mo.toml")),
    ("US-MS", include_str!("../packs/us-ms.toml")),
    ("US-MT", include_str!("../packs/us-mt.toml")),
    ("US-ND", include_str!("../packs/us-nd.toml")),
    ("US-NE", include_str!("../packs/us-ne.toml")),
    ("US-NJ", include_str!("../packs/us-nj.toml")),
    ("US-NM", include_str!("../packs/us-nm.toml")),
    ("US-NV", include_str!("../packs/us-nv.toml")),
    ("US-NY", include_str!("../packs/us-ny.toml")),
    ("US-OH", include_str!("../packs/us-oh.toml")),
    ("US-OK", include_str!("../packs/us-ok.toml")),
    ("US-OR", include_str!("../packs/us-or.toml")),
    ("US-PA", include_str!("../packs/us-pa.toml")),
    ("US-RI", include_str!("../packs/us-ri.toml")),
    ("US-SC", include_str!("../packs/us-sc.toml")),
    ("US-SD", include_str!("../packs/us-sd.toml")),
    ("US-TN", include_str!("../packs/us-tn.toml")),
    ("US-TX", include_str!("../packs/us-tx.toml")),
    ("US-UT", include_str!("../packs/us-ut.toml")),
    ("US-VA", include_str!("../packs/us-va.toml")),
    ("US-WA", include_str!("../packs/us-wa.toml")),
    ("US-WI", include_str!("../packs/us-wi.toml")),
    ("US-WY", include_str!("../packs/us-wy.toml")),
    ("US-XX", include_str!("../packs/us-xx.toml")),
];

/// Something that is wrong with a rule file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RuleError {
    /// The file, as it was named.
    pub(crate) file: String,
    /// The line, where it is known.
    pub(crate) line: Option<usize>,
    /// The row's id, where it is about a row.
    pub(crate) row: Option<String>,
    /// What is wrong and what was expected.
    pub(crate) message: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(row) = &self.row {
            write!(f, ": row `{row}`")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for RuleError {}

/// Which of the packs that come with the crate are used.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Packs<'a> {
    /// All of them.
    Builtin,
    /// These, and the baselines that they name.
    Named(&'a [String]),
}

/// A file of house rules that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleFile<'a> {
    /// Its name, for messages.
    pub(crate) name: &'a str,
    /// What it says.
    pub(crate) text: &'a str,
}

/// What rules are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options<'a> {
    /// The packs that come with the crate.
    pub(crate) packs: Packs<'a>,
    /// The owner's files.
    pub(crate) house: &'a [RuleFile<'a>],
    /// Holiday calendars beside those in the files and those that come with the crate.
    pub(crate) calendars: &'a [Calendar],
    /// Rows about Italy's code of conduct hold (`[rules] it_code_of_conduct`, default true).
    pub(crate) it_code_of_conduct: bool,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { packs: Packs::Builtin, house: &[], calendars: &[], it_code_of_conduct: true }
    }
}

/// The rules of these packs and files, checked.
///
/// # Errors
///
/// Everything that is wrong, in the order of the files.
pub(crate) fn load(options: Options<'_>) -> Result<Rules, Vec<RuleError>> {
    let mut errors = Vec::new();
    let mut drafts = Vec::new();
    let chosen = choose(options.packs, &mut errors);
    for (code, text) in BUILTIN.iter().filter(|(code, _)| chosen.contains(code)) {
        let name = format!("builtin:{code}");
        drafts.extend(read(RuleFile { name: &name, text }, false, options.it_code_of_conduct, &mut errors));
    }
    for file in options.house {
        drafts.extend(read(*file, true, options.it_code_of_conduct, &mut errors));
    }
    let rules = join(drafts, options.calendars, &mut errors);
    if rules.packs.len() > super::MAX_PACKS {
        errors.push(RuleError {
            file: "[rules]".to_owned(),
            line: None,
            row: None,
            message: format!(
                "{} packs, but a snapshot holds at most {}; name fewer",
                rules.packs.len(),
                super::MAX_PACKS
            ),
        });
    }
    if errors.is_empty() { Ok(rules) } else { Err(errors) }
}

/// The codes of the packs that are wanted, baselines included.
fn choose(packs: Packs<'_>, errors: &mut Vec<RuleError>) -> BTreeSet<&'static str> {
    let Packs::Named(names) = packs else { return BUILTIN.iter().map(|(code, _)| *code).collect() };
    let mut chosen = BTreeSet::new();
    let mut wanted: Vec<String> = names.to_vec();
    while let Some(name) = wanted.pop() {
        let Some((code, text)) = BUILTIN.iter().find(|(code, _)| *code == name) else {
            let known: Vec<&str> = BUILTIN.iter().map(|(code, _)| *code).collect();
            errors.push(RuleError {
                file: "[rules] packs".to_owned(),
                line: None,
                row: None,
                message: format!("no pack `{name}` comes with the crate, expected one of {}", known.join(", ")),
            });
            continue;
        };
        if chosen.insert(*code)
            && let Ok(source) = toml::from_str::<schema::PackSource>(text)
        {
            wanted.extend(source.baselines);
        }
    }
    chosen
}

/// One file, read and converted; its calendars are not yet joined with the others.
fn read(file: RuleFile<'_>, is_house: bool, code_of_conduct: bool, errors: &mut Vec<RuleError>) -> Option<Draft> {
    match toml::from_str::<schema::PackSource>(file.text) {
        Ok(source) => convert::convert(file, source, is_house, code_of_conduct, errors),
        Err(error) => {
            errors.push(RuleError {
                file: file.name.to_owned(),
                line: error.span().map(|span| line_of(file.text, span.start)),
                row: None,
                message: error.message().to_owned(),
            });
            None
        }
    }
}

/// All packs together: sorted, calendars joined, baselines found.
fn join(drafts: Vec<Draft>, own: &[Calendar], errors: &mut Vec<RuleError>) -> Rules {
    let mut all: Vec<Calendar> = calendars::builtin().collect();
    all.extend(own.iter().cloned());
    all.extend(drafts.iter().flat_map(|draft| draft.calendars.iter().cloned()));
    all.sort_by(|a, b| a.code.cmp(&b.code));
    let used: BTreeSet<&str> = drafts.iter().flat_map(|draft| draft.wanted()).collect();
    all.retain(|calendar| used.contains(calendar.code.as_str()));
    for (first, second) in all.iter().zip(all.iter().skip(1)) {
        if first.code == second.code {
            errors.push(RuleError {
                file: "calendars".to_owned(),
                line: None,
                row: None,
                message: format!(
                    "calendar `{}` is given twice, expected a code of its own (these come with the crate: {})",
                    first.code,
                    calendars::builtin().map(|calendar| calendar.code).collect::<Vec<_>>().join(", ")
                ),
            });
        }
    }
    let mut packs: Vec<Pack> = Vec::new();
    for draft in drafts {
        packs.extend(draft.finish(&all, errors));
    }
    packs.sort_by(|a, b| a.code.cmp(&b.code));
    let rules = Rules { packs, calendars: all };
    check::across(&rules, errors);
    rules
}

/// The line that a byte of the text is on, counted from 1.
fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count().saturating_add(1)
}
