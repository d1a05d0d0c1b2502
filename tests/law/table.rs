//! The expectation files: rows written by hand, read as they stand.

use std::path::Path;

use dialgate::vocabulary::{Channel, Line, Obligation, ObligationSet, Party, PurposeClass, Sector};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// What the matrix says of one jurisdiction.
pub(crate) struct Law {
    pub(crate) code: String,
    /// GDPR, or its British twin.
    pub(crate) gdpr: bool,
    /// The law that applies beside it, and that it only adds to.
    pub(crate) with: Option<String>,
    pub(crate) zones: Vec<TimeZone>,
    /// All digits of its numbers but the last two.
    pub(crate) numbers: String,
    /// Local instants at which every question is asked, beside the common one.
    pub(crate) instants: Vec<DateTime>,
    /// Local days on which the hours are tried.
    pub(crate) days: Vec<Date>,
    /// The same, public holidays.
    pub(crate) holidays: Vec<Date>,
    pub(crate) customer_months: i32,
    /// Months that a consent lasts, and since when the law says so.
    pub(crate) consent_limit: Option<(i32, Date)>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) registries: Vec<Registry>,
    pub(crate) hours: Vec<Hours>,
    pub(crate) duties: Vec<Duty>,
}

pub(crate) struct Ask {
    pub(crate) when: When,
    /// None: any.
    pub(crate) line: Option<Line>,
    pub(crate) requirement: String,
    pub(crate) review: bool,
    /// The row as it is written.
    pub(crate) text: String,
}

pub(crate) struct When {
    pub(crate) classes: Vec<PurposeClass>,
    /// Empty: every one.
    pub(crate) sectors: Vec<Sector>,
    pub(crate) channels: Vec<Channel>,
    /// None: any.
    pub(crate) party: Option<Party>,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
}

pub(crate) struct Registry {
    pub(crate) id: String,
    pub(crate) when: When,
    /// Whom it is meant for; none: both.
    pub(crate) meant_for: Option<Party>,
    /// Days after which a copy is stale; none: until the owner sets a limit.
    pub(crate) max_age_days: Option<i64>,
    pub(crate) ebr_months: Option<(i32, i32)>,
    pub(crate) contract_days: Option<i32>,
    pub(crate) revokes: bool,
    pub(crate) not_sector: Option<Sector>,
}

pub(crate) struct Hours {
    pub(crate) when: When,
    /// Spans in minutes of each weekday, Monday first.
    pub(crate) week: [Vec<(u16, u16)>; 7],
    pub(crate) eve: Option<Vec<(u16, u16)>>,
    pub(crate) closed_on_holidays: bool,
    /// Judged at this many hours east of UTC, wherever the person is.
    pub(crate) offset: Option<i8>,
    pub(crate) lifted_by_consent: bool,
}

/// What comes with an allowed contact; every row that fits adds to it.
pub(crate) struct Duty {
    pub(crate) when: When,
    /// None: any.
    pub(crate) line: Option<Line>,
    pub(crate) duties: ObligationSet,
}

/// Every file of the folder, in order.
pub(crate) fn laws() -> Vec<Law> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/law");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "tsv"));
    files.sort();
    let mut laws = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for (index, line) in text.lines().enumerate() {
            if !line.is_empty() && !line.starts_with('#') {
                row(&mut laws, line)
                    .unwrap_or_else(|| panic!("{} line {}: cannot be read: {line}", file.display(), index + 1));
            }
        }
    }
    laws
}

fn row(laws: &mut Vec<Law>, line: &str) -> Option<()> {
    let cells: Vec<&str> = line.split('\t').collect();
    if cells[0] == "law" {
        let flags = cells.get(2).copied().unwrap_or("");
        laws.push(Law {
            code: cells[1].into(),
            gdpr: flags.starts_with("gdpr"),
            with: flag(flags, "with=").map(str::to_owned),
            zones: Vec::new(),
            numbers: String::new(),
            instants: Vec::new(),
            days: Vec::new(),
            holidays: Vec::new(),
            customer_months: 0,
            consent_limit: None,
            asks: Vec::new(),
            registries: Vec::new(),
            hours: Vec::new(),
            duties: Vec::new(),
        });
        return Some(());
    }
    let law = laws.last_mut()?;
    match *cells.as_slice() {
        ["zones", zones] => law.zones = zones.split(',').map(|zone| TimeZone::get(zone).unwrap()).collect(),
        ["numbers", numbers] => law.numbers = numbers.into(),
        ["at", instants] => law.instants = instants.split(',').map(|at| at.parse().unwrap()).collect(),
        ["days", days] => law.days = days.split(',').map(|day| day.parse().unwrap()).collect(),
        ["holidays", days] => law.holidays = days.split(',').map(|day| day.parse().unwrap()).collect(),
        ["customer", months] => law.customer_months = months.parse().ok()?,
        ["limit", months, from, _] => law.consent_limit = Some((months.parse().ok()?, from.parse().ok()?)),
        ["ask", classes, sectors, channels, party, called, from, to, requirement, _] => law.asks.push(Ask {
            when: sector_when(sectors, when(classes, channels, party, from, to)?)?,
            line: if called == "*" { None } else { Some(Line::from_slug(called)?) },
            requirement: requirement.split(' ').next()?.into(),
            review: requirement.ends_with(" review"),
            text: line.replace('\t', " | "),
        }),
        ["registry", id, classes, meant_for, days, flags, from, to, _] => law.registries.push(Registry {
            id: id.into(),
            when: when(classes, "live,automated", "*", from, to)?,
            meant_for: if meant_for == "both" { None } else { Some(Party::from_slug(meant_for)?) },
            max_age_days: if days == "owner" { None } else { Some(days.parse().ok()?) },
            ebr_months: flag(flags, "ebr=")
                .and_then(|months| months.split_once('/'))
                .map(|(transaction, inquiry)| (transaction.parse().unwrap(), inquiry.parse().unwrap())),
            contract_days: flag(flags, "contract=").map(|days| days.parse().unwrap()),
            revokes: flags.contains("revokes"),
            not_sector: flag(flags, "not=").and_then(Sector::from_slug),
        }),
        ["duty", classes, sectors, channels, party, called, from, to, duties, _] => law.duties.push(Duty {
            when: sector_when(sectors, when(classes, channels, party, from, to)?)?,
            line: if called == "*" { None } else { Some(Line::from_slug(called)?) },
            duties: list(duties, Obligation::from_slug)?.into_iter().collect(),
        }),
        ["hours", classes, channels, party, from, to, spec, lifted, _] => law.hours.push(Hours {
            week: week(spec)?,
            eve: flag(spec, "eve=").map(|text| spans(text).unwrap()),
            closed_on_holidays: spec.contains("holiday=closed"),
            offset: flag(spec, "offset=").map(|hours| hours.parse().unwrap()),
            lifted_by_consent: lifted == "consent",
            when: when(classes, channels, party, from, to)?,
        }),
        _ => return None,
    }
    Some(())
}

fn when(classes: &str, channels: &str, party: &str, from: &str, to: &str) -> Option<When> {
    let date = |text: &str| if text.is_empty() { None } else { Some(text.parse().unwrap()) };
    Some(When {
        classes: if classes == "*" { PurposeClass::ALL.to_vec() } else { list(classes, PurposeClass::from_slug)? },
        sectors: Vec::new(),
        channels: channels.split(',').map(column).collect::<Option<Vec<_>>>()?.concat(),
        party: if party == "*" { None } else { Some(Party::from_slug(party)?) },
        from: date(from),
        to: date(to),
    })
}

fn sector_when(sectors: &str, when: When) -> Option<When> {
    Some(When { sectors: if sectors == "*" { Vec::new() } else { list(sectors, Sector::from_slug)? }, ..when })
}

/// The columns of the matrix.
fn column(name: &str) -> Option<Vec<Channel>> {
    use Channel::{AutodialedCall, AutomatedCall, Fax, ManualCall, Messaging, Mms, RinglessVoicemail, Sms};
    Some(match name {
        "*" => Channel::ALL.to_vec(),
        "live" => vec![ManualCall, AutodialedCall],
        "manual" => vec![ManualCall],
        "autodialed" => vec![AutodialedCall],
        "automated" => vec![AutomatedCall, RinglessVoicemail],
        "sms" => vec![Sms, Mms, Messaging],
        "fax" => vec![Fax],
        _ => return None,
    })
}

fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(read).collect()
}

fn flag<'a>(flags: &'a str, name: &str) -> Option<&'a str> {
    flags.split(' ').find_map(|flag| flag.strip_prefix(name))
}

fn week(spec: &str) -> Option<[Vec<(u16, u16)>; 7]> {
    let mut week: [Vec<(u16, u16)>; 7] = Default::default();
    for part in spec.split(' ') {
        let (days, text) = part.split_once('=')?;
        let days = match days {
            "all" => 0..7,
            "mon_fri" => 0..5,
            "mon_sat" => 0..6,
            "sat" => 5..6,
            "sun" => 6..7,
            "sat_sun" => 5..7,
            "holiday" | "eve" | "offset" => continue,
            _ => return None,
        };
        for day in days {
            week[day] = spans(text)?;
        }
    }
    Some(week)
}

fn spans(text: &str) -> Option<Vec<(u16, u16)>> {
    let minutes = |time: &str| {
        let (hour, minute) = time.split_once(':')?;
        Some(hour.parse::<u16>().ok()? * 60 + minute.parse::<u16>().ok()?)
    };
    text.split(',')
        .map(|span| {
            let (open, close) = span.split_once('-')?;
            Some((minutes(open)?, minutes(close)?))
        })
        .collect()
}
