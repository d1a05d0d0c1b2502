//! Public holidays.
//!
//! France's eleven days are worked out here, from C. trav. L3133-1 and the date of Easter. Which days the other
//! countries and states keep is data that no rule gives: it is read from the calendars that the rule packs use.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use jiff::ToSpan as _;
use jiff::civil::Date;

struct Calendar {
    from: Date,
    to: Date,
    days: BTreeSet<Date>,
}

static CALENDARS: LazyLock<BTreeMap<String, Calendar>> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/calendars");
    let texts = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    texts.filter(|path| path.extension().is_some_and(|end| end == "txt")).map(|path| read(&path)).collect()
});

fn read(path: &Path) -> (String, Calendar) {
    let text = std::fs::read_to_string(path).unwrap();
    let head = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let days = text.lines().skip_while(|line| !line.is_empty()).filter_map(|line| line.rsplit_once(": "));
    let days = days.flat_map(|(_, days)| days.split_whitespace()).map(|day| day.parse().unwrap()).collect();
    let calendar = Calendar { from: head("from:").parse().unwrap(), to: head("to:").parse().unwrap(), days };
    (head("code:"), calendar)
}

/// Is the day a public holiday where this law is in force? A day that no calendar knows may be one.
pub(crate) fn is_holiday(code: &str, day: Date) -> bool {
    if code == "FR" {
        return french(day);
    }
    let code = if code == "US-??" { "US-UNLISTED" } else { code };
    let calendar = CALENDARS.get(code).unwrap_or_else(|| panic!("no calendar for {code}"));
    day < calendar.from || day >= calendar.to || calendar.days.contains(&day)
}

fn french(day: Date) -> bool {
    // The calendars in the snapshot know these years.
    if !(2024..2033).contains(&day.year()) {
        return true;
    }
    let fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    let easter = easter(day.year());
    // Easter Monday, Ascension, Whit Monday.
    fixed.contains(&(day.month(), day.day())) || [1, 39, 50].iter().any(|days| easter + days.days() == day)
}

/// Easter Sunday, by the algorithm of Meeus, Jones and Butcher.
fn easter(year: i16) -> Date {
    let year_32 = i32::from(year);
    let (a, b, c) = (year_32 % 19, year_32 / 100, year_32 % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).unwrap(), i8::try_from(day).unwrap()).unwrap()
}
