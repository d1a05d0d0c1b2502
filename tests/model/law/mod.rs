//! The law as tables, written down by hand a second time: what a row is, and which rows speak of a question.
//!
//! Source: LAW.md and the settled readings of the contract; nothing here was taken from the rule packs.

pub(crate) mod america;
pub(crate) mod europe;
pub(crate) mod others;
pub(crate) mod places;
pub(crate) mod states;

use jiff::civil::Date;

pub(crate) use places::{place, zones_of};

/// One jurisdiction. `PARTIAL` ones ask for nothing where no cell speaks.
pub(crate) struct Law {
    pub(crate) code: &'static str,
    pub(crate) gdpr: bool,
    pub(crate) partial: bool,
    pub(crate) cells: &'static [Cell],
    pub(crate) registries: &'static [Screened],
    pub(crate) hours: &'static [Hours],
    pub(crate) caps: &'static [Cap],
    pub(crate) silences: &'static [Silence],
    pub(crate) banned: &'static [Banned],
    /// A consent older than so many months does not count.
    pub(crate) consent_months: Option<(When, i32)>,
    /// From this day on a revocation, whatever it names, reaches every contact that a cell asks consent for.
    pub(crate) revocations_reach_all_from: Option<Day>,
}

/// A jurisdiction with cells alone.
pub(crate) const BARE: Law = Law {
    code: "",
    gdpr: false,
    partial: false,
    cells: &[],
    registries: &[],
    hours: &[],
    caps: &[],
    silences: &[],
    banned: &[],
    consent_months: None,
    revocations_reach_all_from: None,
};

/// What is asked before the contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Asks {
    Nothing,
    NoObjection,
    Consent,
    WrittenConsent,
    ConsentOrSoftOptIn,
    ConsentOrContract,
    ConsentOrCustomerOfThreeYears,
    ConsentOrLegitimateInterest,
    ConsentOrBusinessRelationship,
    ContractOnly,
    Never,
    /// Forbidden, as long as nobody has asked for it.
    NeverUnsolicited,
    ConsentAsUnverified,
}

pub(crate) type Day = (i16, i8, i8);

/// The questions that a row speaks of. An empty list: every one.
#[derive(Clone, Copy)]
pub(crate) struct When {
    pub(crate) classes: &'static [&'static str],
    pub(crate) columns: &'static [&'static str],
    /// `individual` goes for the unknown party too.
    pub(crate) party: Option<&'static str>,
    pub(crate) lines: &'static [&'static str],
    pub(crate) sectors: &'static [&'static str],
    /// First local day.
    pub(crate) from: Option<Day>,
    /// First local day that is no longer meant.
    pub(crate) to: Option<Day>,
}

/// A cell of the matrix.
pub(crate) struct Cell {
    pub(crate) when: When,
    pub(crate) asks: Asks,
    pub(crate) review: bool,
}

/// A registry that is screened.
pub(crate) struct Screened {
    pub(crate) when: When,
    pub(crate) registry: &'static str,
    pub(crate) individuals: bool,
    pub(crate) businesses: bool,
    /// None: no limit is known.
    pub(crate) max_age_days: Option<i64>,
    /// Days that the law gives to honour a new entry, for an owner who wants them.
    pub(crate) grace_days: i64,
    /// Months of an established business relationship: after a transaction, after an inquiry.
    pub(crate) relationship: Option<(i32, i32)>,
    /// A contract lifts it, running or ended so many days ago.
    pub(crate) contract_days: Option<i64>,
    /// A listing revokes earlier consents.
    pub(crate) revokes: bool,
}

/// Local hours, as minutes of the day, `[open, close)`.
pub(crate) struct Hours {
    pub(crate) when: When,
    pub(crate) weekdays: &'static [(i16, i16)],
    pub(crate) saturday: &'static [(i16, i16)],
    pub(crate) sunday: &'static [(i16, i16)],
    /// Hours on the day before a holiday, beside the weekday's own.
    pub(crate) eves: Option<&'static [(i16, i16)]>,
    pub(crate) closed_on_holidays: bool,
    pub(crate) lifted_by_consent: bool,
    /// From a code of conduct, which the owner may not have signed.
    pub(crate) by_conduct: bool,
    /// The clock that counts, whatever the zone of the called party: hours from UTC.
    pub(crate) fixed: Option<i8>,
}

/// So many attempts in so many hours.
pub(crate) struct Cap {
    pub(crate) when: When,
    pub(crate) attempts: usize,
    pub(crate) hours: i64,
    pub(crate) both_families: bool,
    pub(crate) lifted_by_consent: bool,
}

/// What follows a refusal or a conversation.
pub(crate) struct Silence {
    pub(crate) when: When,
    /// `refused`, or `conversation` (who refuses has talked).
    pub(crate) after: &'static str,
    /// None: for good, as an opt-out.
    pub(crate) days: Option<i64>,
}

/// Caller ids that may not be shown.
pub(crate) struct Banned {
    pub(crate) when: When,
    pub(crate) prefixes: &'static [&'static str],
}

pub(crate) const SALES: &[&str] = &["marketing", "reconsent"];
pub(crate) const PROMOTION: &[&str] = &["marketing", "reconsent", "charity", "political"];
pub(crate) const CAUSES: &[&str] = &["charity", "political"];
pub(crate) const SERVICE: &[&str] = &["service", "notice"];
pub(crate) const SERVICE_AND_DEBT: &[&str] = &["service", "notice", "debt_collection"];
pub(crate) const LIVE: &[&str] = &["live"];
pub(crate) const AUTOMATED: &[&str] = &["automated"];
pub(crate) const VOICE: &[&str] = &["live", "automated"];
pub(crate) const SMS: &[&str] = &["sms"];
pub(crate) const ALL: &[&str] = &["live", "automated", "sms"];
pub(crate) const ANY: &[&str] = &[];

pub(crate) const fn on(classes: &'static [&'static str], columns: &'static [&'static str]) -> When {
    When { classes, columns, party: None, lines: &[], sectors: &[], from: None, to: None }
}

impl When {
    pub(crate) const fn to_people(self) -> When {
        When { party: Some("individual"), ..self }
    }

    pub(crate) const fn to_firms(self) -> When {
        When { party: Some("business"), ..self }
    }

    pub(crate) const fn line(self, lines: &'static [&'static str]) -> When {
        When { lines, ..self }
    }

    pub(crate) const fn sector(self, sectors: &'static [&'static str]) -> When {
        When { sectors, ..self }
    }

    pub(crate) const fn from(self, day: Day) -> When {
        When { from: Some(day), ..self }
    }

    pub(crate) const fn to(self, day: Day) -> When {
        When { to: Some(day), ..self }
    }

    pub(crate) const fn ask(self, asks: Asks) -> Cell {
        Cell { when: self, asks, review: false }
    }

    /// A person must look.
    pub(crate) const fn ask_and_review(self, asks: Asks) -> Cell {
        Cell { when: self, asks, review: true }
    }

    pub(crate) const fn open(self, weekdays: &'static [(i16, i16)]) -> Hours {
        Hours {
            when: self,
            weekdays,
            saturday: weekdays,
            sunday: weekdays,
            eves: None,
            closed_on_holidays: false,
            lifted_by_consent: false,
            by_conduct: false,
            fixed: None,
        }
    }

    pub(crate) const fn at_most(self, attempts: usize, hours: i64) -> Cap {
        Cap { when: self, attempts, hours, both_families: false, lifted_by_consent: false }
    }

    /// A registry for individuals that nothing but a consent lifts.
    pub(crate) const fn screen(self, registry: &'static str, max_age_days: Option<i64>) -> Screened {
        Screened {
            when: self,
            registry,
            individuals: true,
            businesses: false,
            max_age_days,
            grace_days: 0,
            relationship: None,
            contract_days: None,
            revokes: false,
        }
    }

    pub(crate) fn days(&self) -> impl Iterator<Item = Date> {
        self.from.into_iter().chain(self.to).map(date)
    }
}

impl Hours {
    pub(crate) const fn saturday(self, saturday: &'static [(i16, i16)]) -> Hours {
        Hours { saturday, ..self }
    }

    pub(crate) const fn sunday(self, sunday: &'static [(i16, i16)]) -> Hours {
        Hours { sunday, ..self }
    }

    pub(crate) const fn not_on_holidays(self) -> Hours {
        Hours { closed_on_holidays: true, ..self }
    }
}

/// What a row is asked about: the question, in the words of the tables.
pub(crate) struct Asked<'a> {
    pub(crate) class: &'a str,
    pub(crate) sector: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) party: &'a str,
    pub(crate) line: &'a str,
}

impl Law {
    /// The column of LAW.md that a channel falls into.
    fn column(&self, asked: &Asked<'_>) -> &'static str {
        let state = self.code.starts_with("US-");
        match asked.channel {
            "manual_call" => "live",
            // Automatic dialling: in state packs always, in the federal one unless the line is known to be fixed.
            "autodialed_call" if state || (self.code == "US" && asked.line != "fixed") => "automated",
            "autodialed_call" => "live",
            "automated_call" | "ringless_voicemail" => "automated",
            "fax" if self.gdpr && self.code != "GB" => "automated",
            "fax" => "unverified",
            _ => "sms",
        }
    }

    /// Does a row speak of the question on one of these local days? A fax is neither voice nor message.
    pub(crate) fn speaks(&self, when: &When, asked: &Asked<'_>, days: &[Date]) -> bool {
        let column = if asked.channel == "fax" { "fax" } else { self.column(asked) };
        self.matches(when, column, asked, days)
    }

    /// The same, on some day.
    pub(crate) fn ever_speaks(&self, when: &When, asked: &Asked<'_>) -> bool {
        let always = When { from: None, to: None, ..*when };
        self.speaks(&always, asked, &[Date::ZERO])
    }

    fn matches(&self, when: &When, column: &str, asked: &Asked<'_>, days: &[Date]) -> bool {
        let among = |words: &[&str], word: &str| words.is_empty() || words.contains(&word);
        let party = if asked.party == "business" { "business" } else { "individual" };
        among(when.classes, asked.class)
            && among(when.columns, column)
            && when.party.is_none_or(|its| its == party)
            && among(when.lines, asked.line)
            && among(when.sectors, asked.sector)
            && days
                .iter()
                .any(|day| when.from.is_none_or(|from| date(from) <= *day) && when.to.is_none_or(|to| *day < date(to)))
    }

    /// The cells that speak: those that name the sector, where any cell of this class and column does.
    pub(crate) fn cells_for(&self, asked: &Asked<'_>, days: &[Date]) -> Vec<&'static Cell> {
        let column = self.column(asked);
        let named = self.cells.iter().any(|cell| {
            cell.when.sectors.contains(&asked.sector)
                && cell.when.classes.contains(&asked.class)
                && cell.when.columns.contains(&column)
        });
        let of_sector = self.cells.iter().filter(|cell| cell.when.sectors.is_empty() != named);
        of_sector.filter(|cell| self.matches(&cell.when, column, asked, days)).collect()
    }

    /// Every local day on which some row begins or ends.
    pub(crate) fn edges(&self) -> Vec<Date> {
        let mut whens: Vec<&When> = self.cells.iter().map(|row| &row.when).collect();
        whens.extend(self.registries.iter().map(|row| &row.when));
        whens.extend(self.hours.iter().map(|row| &row.when));
        whens.extend(self.caps.iter().map(|row| &row.when));
        whens.extend(self.silences.iter().map(|row| &row.when));
        whens.extend(self.banned.iter().map(|row| &row.when));
        whens.extend(self.consent_months.iter().map(|(when, _)| when));
        let days = whens.iter().flat_map(|when| when.days());
        days.chain(self.revocations_reach_all_from.map(date)).collect()
    }
}

/// A province of a country whose provinces have no rules of their own is that country.
pub(crate) fn settled(region: &str) -> &str {
    match region.split_once('-') {
        Some((country, _)) if country != "US" => country,
        _ => region,
    }
}

/// The laws of a region; none: no pack speaks for it.
pub(crate) fn laws_of(region: &str) -> Option<Vec<&'static Law>> {
    if let Some(state) = region.strip_prefix("US-") {
        return Some(vec![&america::FEDERAL, states::state(state)?]);
    }
    if let Some(member) = europe::MEMBERS.iter().find(|law| law.code == region) {
        return Some(vec![&europe::BASELINE, member]);
    }
    let country = match region {
        "GB" => &europe::BRITAIN,
        "AU" => &others::AUSTRALIA,
        "CA" => &others::CANADA,
        "US" => return Some(vec![&america::FEDERAL, &states::UNKNOWN]),
        _ => return None,
    };
    Some(vec![country])
}

pub(crate) fn date((year, month, day): Day) -> Date {
    Date::new(year, month, day).unwrap()
}

/// A message, as opposed to voice and fax.
pub(crate) fn is_message(channel: &str) -> bool {
    matches!(channel, "sms" | "mms" | "messaging")
}

/// `hm(9, 30)`: minutes of the day.
pub(crate) const fn hm(hour: i16, minute: i16) -> i16 {
    hour * 60 + minute
}

pub(crate) const fn span(open: i16, close: i16) -> (i16, i16) {
    (open * 60, close * 60)
}
