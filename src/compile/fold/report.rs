//! What the fold has to say about the records it was given.

use std::collections::BTreeMap;

/// Why a record was rejected: it could not be read as saying anything that permits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub(crate) enum Defect {
    /// A consent, relationship, notice or lift without a controller where several are declared.
    ControllerMissing,
    /// A consent, relationship, notice or lift for a controller that is not declared.
    ControllerUnknown,
    /// None of the purposes that a consent names is declared.
    PurposesUnknown,
    /// A consent without channels.
    ChannelsMissing,
    /// A consent text that is not declared.
    TextUnknown,
    /// A consent dated after the data.
    Future,
    /// More notice versions than a snapshot can tell apart.
    NoticeVersions,
    /// An id that is too long, in a record that permits.
    IdTooLong,
    /// A relationship end that names neither kind nor relationship.
    EndOfNothing,
}

impl Defect {
    /// The defect in words.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Defect::ControllerMissing => "no `controller`, and several are declared: name the one that it was given to",
            Defect::ControllerUnknown => "`controller` is not declared: add it to [[controllers]] or correct it",
            Defect::PurposesUnknown => "no purpose that it names is declared: add one to [[purposes]] or correct it",
            Defect::ChannelsMissing => "`channels` names no channel",
            Defect::TextUnknown => "`text` is not declared: add it to [[consent_texts]] or correct it",
            Defect::Future => "dated after `as_of`: correct the date, or the manifest's `as_of`",
            Defect::NoticeVersions => "more than 65536 notice versions",
            Defect::IdTooLong => "`id` is longer than 65535 bytes",
            Defect::EndOfNothing => "neither `kind` nor `of`: say which relationship ended",
        }
    }
}

/// What was read otherwise than it was written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub(crate) enum Remark {
    /// A purpose in a denial could not be read: it covers all.
    PurposesWidened,
    /// A channel in a denial could not be read: it covers all.
    ChannelsWidened,
    /// The controller of a denial could not be read: it binds every one.
    ControllerWidened,
    /// A purpose in a consent or relationship is not declared: it was left out.
    PurposeDropped,
    /// The purpose of an attempt is not declared: it counts for every class.
    AttemptWidened,
    /// An attempt in a file, where attempts are counted in the ledger: it was not used.
    AttemptsElsewhere,
    /// An id was too long to keep: the record counts without it.
    IdDropped,
    /// A scope or an end of an entry in a list of reassigned numbers: it was not used.
    ReassignedScope,
}

impl Remark {
    /// The remark in words.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Remark::PurposesWidened => "a purpose in a denial cannot be read: the denial covers every purpose",
            Remark::ChannelsWidened => "a channel in a denial cannot be read: the denial covers every channel",
            Remark::ControllerWidened => "the controller of a denial is not declared: the denial binds every one",
            Remark::PurposeDropped => "a purpose in a consent or relationship is not declared: it was left out",
            Remark::AttemptWidened => "the purpose of an attempt is not declared: it counts for every class",
            Remark::AttemptsElsewhere => {
                "an attempt in a file was not counted: the manifest counts those of the ledger"
            }
            Remark::IdDropped => "an id is longer than 65535 bytes: the record counts without it",
            Remark::ReassignedScope => "a scope or an end in a list of reassigned numbers was not used",
        }
    }
}

/// Remarks with the word that gave rise to them, counted.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Remarks(BTreeMap<Remark, BTreeMap<String, u64>>);

/// So many different words are kept for a remark; further ones are counted under the empty word.
const WORDS: usize = 50;
/// So many characters of a word are kept.
const WORD_CHARS: usize = 60;

impl Remarks {
    /// Counts a remark about this word.
    ///
    /// A word that looks like a number's digits is not kept: reports never contain one.
    pub(crate) fn add(&mut self, remark: Remark, word: &str) {
        self.add_many(remark, word, 1);
    }

    /// Counts so many.
    pub(crate) fn add_many(&mut self, remark: Remark, word: &str, many: u64) {
        if many == 0 {
            return;
        }
        let words = self.0.entry(remark).or_default();
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let word: String = if digits > 6 { String::new() } else { word.chars().take(WORD_CHARS).collect() };
        let word = if words.len() < WORDS || words.contains_key(&word) { word } else { String::new() };
        let count = words.entry(word).or_default();
        *count = count.saturating_add(many);
    }

    /// The remarks, each with its word (may be empty) and how often it was made.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Remark, &str, u64)> {
        self.0
            .iter()
            .flat_map(|(remark, words)| words.iter().map(move |(word, count)| (*remark, word.as_str(), *count)))
    }

    /// How often this remark was made.
    #[cfg(test)]
    pub(crate) fn count(&self, remark: Remark) -> u64 {
        self.0.get(&remark).map_or(0, |words| words.values().fold(0, |sum, count| sum.saturating_add(*count)))
    }
}
