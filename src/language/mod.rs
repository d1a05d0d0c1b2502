//! Sentences for people, in English and in Polish. Codes are the same in every language.
//!
//! A text stands beside its translation, so that none can be forgotten: one table for the codes, one for what
//! rows of rules say, one for explanations; pages have one of their own.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// Declares a table of texts, each in every language, with a name.
macro_rules! words {
    ($(#[$doc:meta])* $vis:vis $name:ident { $( $word:ident: $english:literal, $polish:literal; )+ }) => {
        $(#[$doc])*
        #[derive(Debug)]
        $vis struct $name { $( $vis $word: &'static str, )+ }

        impl $name {
            /// The texts in this language.
            $vis const fn of(language: $crate::Language) -> &'static Self {
                const ENGLISH: $name = $name { $( $word: $english, )+ };
                const POLISH: $name = $name { $( $word: $polish, )+ };
                match language {
                    $crate::Language::English => &ENGLISH,
                    $crate::Language::Polish => &POLISH,
                }
            }

            /// Every text: its name, in English, in Polish.
            #[cfg(test)]
            pub(crate) const ALL: &'static [(&'static str, &'static str, &'static str)] =
                &[ $( (stringify!($word), $english, $polish), )+ ];
        }
    };
}
pub(crate) use words;

mod codes;
mod explanation;
mod rows;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use explanation::ExplanationWords;
pub(crate) use rows::RowWords;

/// The language of sentences.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Polish.
    Polish,
}

impl Language {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::English, Self::Polish];

    /// The tag of the language, as pages and the command line have it: `en`, `pl`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Polish => "pl",
        }
    }

    /// The language of this tag, if there is one.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.tag() == tag)
    }

    /// A count with its thousands set apart.
    #[must_use]
    pub fn count(self, value: u64) -> String {
        let separator = match self {
            Self::English => ',',
            Self::Polish => '\u{a0}',
        };
        let digits = value.to_string();
        let mut text = String::with_capacity(digits.len().saturating_mul(2));
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && digits.len().saturating_sub(position).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }

    /// A part of a whole in percent, with one decimal; nothing of nothing is nothing, and only nothing reads as nothing:
    /// the smallest parts are `<0.1%`.
    #[must_use]
    pub fn percent(self, part: u64, whole: u64) -> String {
        let (part, whole) = (u128::from(part), u128::from(whole));
        let tenths = part.saturating_mul(2000).saturating_add(whole).checked_div(whole.saturating_mul(2)).unwrap_or(0);
        let point = match self {
            Self::English => '.',
            Self::Polish => ',',
        };
        if tenths == 0 && part > 0 {
            return format!("<0{point}1%");
        }
        format!("{}{point}{}%", tenths / 10, tenths % 10)
    }

    /// A day: `23 Nov 2026`, `23.11.2026`.
    #[must_use]
    pub fn day(self, day: impl Datelike) -> String {
        let year = day.year();
        match self {
            Self::English => format!("{} {year}", self.short_day(day)),
            Self::Polish => format!("{}.{year}", self.short_day(day)),
        }
    }

    /// A day of a year that is told elsewhere: `23 Nov`, `23.11`.
    #[must_use]
    pub fn short_day(self, day: impl Datelike) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        match self {
            Self::English => {
                let month = usize::try_from(day.month0()).ok().and_then(|month| MONTHS.get(month).copied());
                format!("{} {}", day.day(), month.unwrap_or_default())
            }
            Self::Polish => format!("{:02}.{:02}", day.day(), day.month()),
        }
    }

    /// The same of an instant or a day that is written as files have it; what is neither stays as it is.
    #[must_use]
    pub fn readable(self, text: &str) -> String {
        let instant = DateTime::parse_from_rfc3339(text).map(|at| self.instant(at.with_timezone(&Utc)));
        instant
            .ok()
            .or_else(|| text.parse::<NaiveDate>().ok().map(|day| self.day(day)))
            .unwrap_or_else(|| text.to_owned())
    }

    /// An instant: `23 Nov 2026, 15:00 UTC`, with seconds where there are any.
    #[must_use]
    pub fn instant(self, at: DateTime<Utc>) -> String {
        let seconds = if at.second() == 0 { String::new() } else { format!(":{:02}", at.second()) };
        format!("{}, {:02}:{:02}{seconds} UTC", self.day(at), at.hour(), at.minute())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.tag())
    }
}

/// A text with its places `{0}`, `{1}` filled in, and of `{0|row|rows}` the form that goes with the count in that place.
///
/// Two forms are for one and for more, three are those of Polish: `{0|wiersz|wiersze|wierszy}`.
pub(crate) fn fill(text: &str, parts: &[&dyn fmt::Display]) -> String {
    let mut filled = String::with_capacity(text.len().saturating_mul(2));
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((place, after)) = after.split_once('}') else { break };
        let mut forms = place.split('|');
        let part = forms.next().and_then(|place| place.parse::<usize>().ok()).and_then(|place| parts.get(place));
        if let Some(part) = part.map(ToString::to_string) {
            let forms: Vec<&str> = forms.collect();
            filled.push_str(if forms.is_empty() { &part } else { form(&part, &forms) });
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The form of a noun that goes with a count as it is written.
fn form<'a>(count: &str, forms: &[&'a str]) -> &'a str {
    let digits: Vec<u8> = count.bytes().filter(u8::is_ascii_digit).collect();
    let place = match (forms.len(), digits.as_slice()) {
        (_, b"1") => 0,
        (3, [.., b'1', _]) => 2,
        (3, [.., b'2'..=b'4']) => 1,
        (3, _) => 2,
        _ => 1,
    };
    forms.get(place).copied().unwrap_or_default()
}
