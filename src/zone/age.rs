//! Is the tz database of a snapshot still of the year?

use std::fmt;

use super::Zones;
use crate::timestamp::{DAY, Timestamp, rfc3339};

/// Time for which transitions must still be there: a decision looks 400 days ahead.
const AHEAD: i64 = 400 * DAY;

/// Something about the tz database of a snapshot that its owner should know. It changes no decision.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ZoneRemark {
    /// The database is neither of this year nor of the one before: governments change their clocks every year.
    Old {
        /// Its version.
        version: String,
        /// The year that it is compared with.
        year: i32,
    },
    /// The version begins with no year, so its age is not known.
    Unreadable {
        /// Its version.
        version: String,
    },
    /// The transitions end within 400 days, or have ended: beyond, the time zone is unknown, which denies.
    Ends {
        /// The first instant that they no longer cover.
        at: Timestamp,
    },
}

impl Zones {
    /// What the owner should know about the age of the tz database at this instant; none: it is of the year.
    ///
    /// A database counts as current in the year of its version and in the next.
    #[must_use]
    pub fn remarks(&self, now: Timestamp) -> Vec<ZoneRemark> {
        let mut remarks = Vec::new();
        let year = self.version.get(..4).and_then(|year| year.parse::<i32>().ok());
        let current = now.to_chrono().map_or(i32::MAX, |now| chrono::Datelike::year(&now));
        match year {
            None => remarks.push(ZoneRemark::Unreadable { version: self.version.clone() }),
            Some(year) if current.saturating_sub(year) > 1 => {
                remarks.push(ZoneRemark::Old { version: self.version.clone(), year: current });
            }
            Some(_) => {}
        }
        if self.to <= now.plus(AHEAD) {
            remarks.push(ZoneRemark::Ends { at: self.to });
        }
        remarks
    }
}

impl fmt::Display for ZoneRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const REMEDY: &str = "compile the snapshot anew with a current dialgate";
        match self {
            Self::Old { version, year } => {
                write!(
                    f,
                    "the tz database `{version}` is stale in {year}, expected one of that year or the one before; {REMEDY}"
                )
            }
            Self::Unreadable { version } => {
                write!(f, "the tz database `{version}` names no year, so its age is not known; {REMEDY}")
            }
            Self::Ends { at } => {
                let at = at.to_chrono().map_or_else(|| "an unknown date".to_owned(), rfc3339);
                write!(f, "the time zones are known until {at} only; {REMEDY}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn at(text: &str) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
    }

    fn zones(version: &str) -> Zones {
        Zones { version: version.to_owned(), to: at("2033-01-01T00:00:00Z"), ..Zones::default() }
    }

    #[test]
    fn a_database_is_current_in_its_year_and_the_next() {
        for (version, now, said) in [
            ("2026f", "2026-11-23T00:00:00Z", ""),
            ("2026f", "2027-12-31T23:59:59Z", ""),
            ("2026f", "2028-01-01T00:00:00Z", "`2026f` is stale in 2028"),
            ("2025b", "2026-11-23T00:00:00Z", ""),
            ("2024b", "2026-11-23T00:00:00Z", "`2024b` is stale in 2026"),
            ("unknown", "2026-11-23T00:00:00Z", "`unknown` names no year"),
            ("", "2026-11-23T00:00:00Z", "names no year"),
        ] {
            let remarks = zones(version).remarks(at(now));
            let text = remarks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            assert!(if said.is_empty() { text.is_empty() } else { text.contains(said) }, "{version} {now}: {text}");
        }
    }

    #[test]
    fn transitions_that_end_within_the_look_ahead_are_reported() {
        let zones = Zones { version: "2031a".to_owned(), ..zones("") };
        assert_eq!(zones.remarks(at("2031-11-27T23:59:59Z")), []);
        assert_eq!(zones.remarks(at("2031-11-28T00:00:00Z")), [ZoneRemark::Ends { at: zones.to }]);
    }
}
