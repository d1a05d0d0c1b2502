//! What another scrub said, and what it meant.

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::cli::output;

/// Words that are understood without being told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Preset {
    /// allow, callable, clean, ok ... and deny, blocked, dnc, listed ...; yes and no must be told, as they answer
    /// either question
    Words,
    /// The result letters of DNCScrub: C, X, E and O may be called, the others not
    Dncscrub,
}

/// What the other scrub said of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scrub {
    Allow,
    Deny,
    /// Something that was not declared.
    Other,
}

/// `yes`, `no`, `true`, `false`, `1` and `0` are left out on purpose: "may be called: yes" and "listed: yes" are
/// opposites.
const ALLOW: &[&str] = &["allow", "allowed", "callable", "clean", "clear", "good", "ok", "pass", "passed", "permit"];
/// With the verdicts of this program's own files.
const DENY: &[&str] = &[
    "bad",
    "block",
    "blocked",
    "blacklisted",
    "defer",
    "denied",
    "deny",
    "dnc",
    "do not call",
    "fail",
    "failed",
    "listed",
    "refused",
    "review",
    "suppress",
    "suppressed",
];

/// As the importer of such results has it: clean, industry-exempt, a relationship that is valid or outweighs.
const LETTERS_ALLOW: &[&str] = &["c", "x", "e", "o"];
/// DNC, project DNC, blocked area, relationship expired, wireless and its combinations, VoIP, invalid, malformed,
/// disconnected.
const LETTERS_DENY: &[&str] = &["d", "p", "b", "r", "w", "l", "f", "g", "h", "v", "y", "i", "m", "s"];

/// The words of one run, in small letters.
#[derive(Debug)]
pub(super) struct Words {
    allow: Vec<String>,
    deny: Vec<String>,
    /// Whatever is no allow value denies.
    others_deny: bool,
}

impl Words {
    /// The preset's words, where no others are given.
    pub(super) fn new(preset: Preset, allow: &[String], deny: &[String]) -> Result<Self> {
        let (known_allow, known_deny) = match preset {
            Preset::Words => (ALLOW, DENY),
            Preset::Dncscrub => (LETTERS_ALLOW, LETTERS_DENY),
        };
        let others_deny = deny.iter().any(|value| value.trim() == "*");
        let folded = |given: &[String], known: &[&str]| -> Vec<String> {
            let known = || known.iter().map(|word| (*word).to_owned()).collect();
            if given.is_empty() { known() } else { given.iter().map(|word| fold(word)).collect() }
        };
        let mut words = Self { allow: folded(allow, known_allow), deny: folded(deny, known_deny), others_deny };
        // What is told outweighs what a preset knows.
        match (allow.is_empty(), deny.is_empty()) {
            (false, true) => words.deny.retain(|word| !words.allow.contains(word)),
            (true, false) => words.allow.retain(|word| !words.deny.contains(word)),
            _ => {}
        }
        if let Some(both) = words.allow.iter().find(|word| words.deny.contains(word)) {
            bail!("`{both}` is given as an allow value and as a deny value; give it once");
        }
        Ok(words)
    }

    /// What a cell means.
    pub(super) fn read(&self, cell: &[u8]) -> Scrub {
        let word = fold(&String::from_utf8_lossy(cell));
        if self.allow.contains(&word) {
            Scrub::Allow
        } else if self.others_deny || self.deny.contains(&word) {
            Scrub::Deny
        } else {
            Scrub::Other
        }
    }

    /// What to say of a cell that means neither.
    pub(super) fn not_known(&self, cell: &[u8], column: &str) -> String {
        format!(
            "`{}` in column `{column}` is neither an allow value (`{}`) nor a deny value (`{}`); say what it means with \
             --allow-values or --deny-values, or count such rows apart with --count-others",
            output::shown(String::from_utf8_lossy(cell).trim()),
            self.allow.join("`, `"),
            self.deny.join("`, `"),
        )
    }
}

impl Scrub {
    /// As files have it.
    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Other => "other",
        }
    }
}

fn fold(word: &str) -> String {
    word.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

    use super::*;

    fn words(preset: Preset, allow: &[&str], deny: &[&str]) -> Words {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        Words::new(preset, &owned(allow), &owned(deny)).unwrap()
    }

    #[test]
    fn letters_mean_what_the_importer_of_the_same_file_takes_them_for() {
        let letters = words(Preset::Dncscrub, &[], &[]);
        for (letter, meant) in "CXEOcxeo".bytes().map(|letter| (letter, Scrub::Allow)) {
            assert_eq!(letters.read(&[letter]), meant);
        }
        for letter in "DPBRWLFGHVYIMS".bytes() {
            assert_eq!(letters.read(&[letter]), Scrub::Deny, "{}", char::from(letter));
        }
        for other in [&b"Z"[..], b"", b"CD", b"allow"] {
            assert_eq!(letters.read(other), Scrub::Other);
        }
    }

    #[test]
    fn yes_and_no_mean_nothing_until_told() {
        let known = words(Preset::Words, &[], &[]);
        assert!(
            ["yes", "no", "1", "0", "true", "false", ""].iter().all(|word| known.read(word.as_bytes()) == Scrub::Other)
        );
        assert_eq!((known.read(b" Allowed "), known.read(b"DNC")), (Scrub::Allow, Scrub::Deny));
        let listed = words(Preset::Words, &["no"], &["yes"]);
        assert_eq!(
            (listed.read(b"No"), listed.read(b"YES"), listed.read(b"ok")),
            (Scrub::Allow, Scrub::Deny, Scrub::Other)
        );
    }

    #[test]
    fn a_star_denies_the_rest_and_what_is_told_outweighs_a_preset() {
        let rest = words(Preset::Words, &["dial"], &["*"]);
        assert_eq!((rest.read(b"dial"), rest.read(b""), rest.read(b"x")), (Scrub::Allow, Scrub::Deny, Scrub::Deny));
        let own = words(Preset::Dncscrub, &["C", "W"], &[]);
        assert_eq!((own.read(b"w"), own.read(b"d"), own.read(b"x")), (Scrub::Allow, Scrub::Deny, Scrub::Other));
        assert!(Words::new(Preset::Words, &["a".into()], &["A".into()]).is_err());
    }
}
