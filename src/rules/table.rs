//! The rules as a table for a lawyer: every row with its source and how sure it is.

use serde::Serialize;

use super::{Pack, Row, Rules, Selector, date, words};
use crate::Language;
use crate::language::RowWords;
use crate::vocabulary::{Confidence, Requirement};

/// Rules as a table; `Display` prints it 110 columns wide, [`RuleTable::text`] as wide as you like.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct RuleTable {
    /// The packs that are shown, by code: the asked one first, then what applies with it.
    pub packs: Vec<PackLine>,
    /// The rows, by pack in that order, then by kind.
    pub rows: Vec<RuleLine>,
    /// The holiday calendars that these rows use.
    pub calendars: Vec<CalendarLine>,
    /// What the packs do not know, and who has reviewed them.
    pub notes: Vec<String>,
}

/// One pack.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PackLine {
    /// Its code.
    pub code: String,
    /// Its name in English.
    pub name: String,
    /// The state of knowledge, a date.
    pub version: String,
    /// Who signed it off: a sentence, "Not reviewed ..." where nobody did.
    pub sign_off: String,
    /// A lawyer has signed it off.
    pub signed_off: bool,
    /// House rules that replace the packs they meet.
    pub overrides: bool,
    /// It only adds to others.
    pub partial: bool,
    /// It applies to every region (house rules).
    pub everywhere: bool,
    /// The packs that apply wherever it does.
    pub baselines: Vec<String>,
    /// Where its rules come from and what it does not know.
    pub notes: Vec<String>,
}

/// One rule, in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RuleLine {
    /// Code of the pack.
    pub jurisdiction: String,
    /// What it is about.
    pub kind: RowKind,
    /// Its id within the pack.
    pub id: String,
    /// What it says.
    pub rule: String,
    /// What it asks, of a requirement.
    pub requirement: Option<Requirement>,
    /// Purpose classes, with the sectors where not all are meant.
    pub classes: String,
    /// Channels.
    pub channels: String,
    /// Parties, with the lines where not all are meant.
    pub party: String,
    /// First local day.
    pub from: Option<String>,
    /// Local day on which it no longer applies.
    pub to: Option<String>,
    /// The statute.
    pub statute: String,
    /// How sure the source is.
    pub confidence: Confidence,
    #[serde(skip)]
    days: (Option<i32>, Option<i32>),
}

impl RuleLine {
    /// Has it been in force, and no longer is, on this local day (days since 1970-01-01)?
    #[must_use]
    pub fn is_superseded(&self, day: i32) -> bool {
        self.days.1.is_some_and(|to| to <= day)
    }

    /// Does it begin only after this local day?
    #[must_use]
    pub fn is_to_come(&self, day: i32) -> bool {
        self.days.0.is_some_and(|from| day < from)
    }
}

/// A holiday calendar.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CalendarLine {
    /// Its code.
    pub code: String,
    /// Where the days come from, with version.
    pub source: String,
    /// First day that it covers.
    pub from: String,
    /// First day that it no longer covers.
    pub to: String,
    /// How many holidays it has.
    pub holidays: usize,
}

/// What a row is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// What is asked before the contact.
    Requirement,
    /// A registry that is screened.
    Registry,
    /// When contact may be made.
    Window,
    /// How often.
    Cap,
    /// What follows a refusal or a conversation.
    Silence,
    /// Duties that come with an allow.
    Obligation,
    /// What the caller's own numbers may be.
    CallerId,
    /// How long a consent lasts.
    ConsentLimit,
    /// Within which time an opt-out may be confirmed.
    Confirmation,
    /// How far a withdrawal or opt-out reaches.
    Revocation,
    /// How long things are kept.
    Retention,
}

impl RowKind {
    /// Its heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Requirement => "Requirements",
            Self::Registry => "Registries",
            Self::Window => "Calling windows",
            Self::Cap => "Attempt caps",
            Self::Silence => "Silence",
            Self::Obligation => "Duties",
            Self::CallerId => "Caller IDs",
            Self::ConsentLimit => "Life of a consent",
            Self::Confirmation => "Confirmation of an opt-out",
            Self::Revocation => "Reach of a revocation",
            Self::Retention => "Retention",
        }
    }
}

impl Rules {
    /// The pack with this code, whatever case it is written in.
    #[must_use]
    pub fn pack(&self, code: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.code.eq_ignore_ascii_case(code))
    }

    /// The rules of one jurisdiction, of the baselines under it and of the house (none: of all), on one local
    /// day (none: on every day, superseded rows included). Days count from 1970-01-01.
    #[must_use]
    pub fn table(&self, jurisdiction: Option<&str>, day: Option<i32>) -> RuleTable {
        let mut table = RuleTable::default();
        for pack in self.shown(jurisdiction) {
            let (sign_off, notes) = match pack.notes.split_first() {
                Some((sign_off, notes)) => (sign_off.clone(), notes.to_vec()),
                None => (String::new(), Vec::new()),
            };
            table.notes.push(format!("{}: {}, state of knowledge {}", pack.code, pack.name, pack.version));
            table.notes.extend(pack.notes.iter().map(|note| format!("{}: {note}", pack.code)));
            table.packs.push(PackLine {
                code: pack.code.clone(),
                name: pack.name.clone(),
                version: pack.version.clone(),
                signed_off: sign_off.starts_with("Reviewed by "),
                sign_off,
                overrides: pack.overrides,
                partial: pack.partial,
                everywhere: pack.is_everywhere(),
                baselines: pack.baselines.clone(),
                notes,
            });
            self.lines(pack, day, &mut table.rows);
            for window in pack.windows.iter().filter(|row| is_shown(&row.when, day)) {
                let Some(calendar) = window.rule.calendar.and_then(|index| self.calendars.get(usize::from(index)))
                else {
                    continue;
                };
                if table.calendars.iter().all(|known| known.code != calendar.code) {
                    table.calendars.push(CalendarLine {
                        code: calendar.code.clone(),
                        source: calendar.source.clone(),
                        from: date(calendar.from),
                        to: date(calendar.to),
                        holidays: calendar.days.len(),
                    });
                }
            }
        }
        table
    }

    /// The packs that apply in a jurisdiction, its own first; none named: all, by code.
    fn shown(&self, jurisdiction: Option<&str>) -> Vec<&Pack> {
        let Some(code) = jurisdiction else { return self.packs.iter().collect() };
        let Some(asked) = self.pack(code) else { return Vec::new() };
        let is_house = asked.code.starts_with("house:");
        let joins = |pack: &&Pack| {
            let same_region = asked.region.is_some() && pack.region == asked.region;
            pack.code != asked.code
                && (same_region || asked.baselines.contains(&pack.code) || (pack.is_everywhere() && !is_house))
        };
        std::iter::once(asked).chain(self.packs.iter().filter(joins)).collect()
    }

    fn lines(&self, pack: &Pack, day: Option<i32>, rows: &mut Vec<RuleLine>) {
        // The table is for lawyers who read the packs, which are in English.
        let w = RowWords::of(Language::English);
        let mut lines = Lines { rows, code: &pack.code, day };
        let before = lines.rows.len();
        lines.all(RowKind::Requirement, &pack.requirements, |rule| words::requirement(w, rule));
        let asks = pack.requirements.iter().filter(|row| is_shown(&row.when, day));
        for (line, row) in lines.rows.iter_mut().skip(before).zip(asks) {
            line.requirement = Some(row.rule.requirement);
        }
        lines.all(RowKind::Registry, &pack.registries, |rule| words::registry(w, rule));
        lines.all(RowKind::Window, &pack.windows, |rule| words::window(w, self, rule));
        lines.all(RowKind::Cap, &pack.caps, |rule| words::cap(w, rule));
        lines.all(RowKind::Silence, &pack.silences, |rule| words::silence(w, rule));
        lines.all(RowKind::Obligation, &pack.obligations, |rule| words::obligation(w, rule));
        lines.all(RowKind::CallerId, &pack.caller_ids, |rule| words::caller_id(w, rule));
        lines.all(RowKind::ConsentLimit, &pack.consent_limits, |rule| words::consent_limit(w, rule));
        lines.all(RowKind::Confirmation, &pack.confirmations, |rule| words::confirmation(w, rule));
        lines.all(RowKind::Revocation, &pack.revocations, |rule| words::revocation(w, rule));
        lines.all(RowKind::Retention, &pack.retentions, words::retention);
    }
}

impl Pack {
    /// House rules that apply to every region.
    #[must_use]
    pub fn is_everywhere(&self) -> bool {
        self.region.is_none() && self.code.starts_with("house:")
    }
}

/// Puts the rows of one pack into words.
struct Lines<'a> {
    rows: &'a mut Vec<RuleLine>,
    code: &'a str,
    day: Option<i32>,
}

impl Lines<'_> {
    fn all<T>(&mut self, kind: RowKind, rows: &[Row<T>], says: impl Fn(&T) -> String) {
        for row in rows.iter().filter(|row| is_shown(&row.when, self.day)) {
            self.rows.push(RuleLine {
                jurisdiction: self.code.to_owned(),
                kind,
                id: row.id.clone(),
                rule: says(&row.rule),
                requirement: None,
                classes: words::classes(&row.when),
                channels: words::channels(row.when.channels),
                party: words::party(&row.when),
                from: row.when.from.map(date),
                to: row.when.to.map(date),
                statute: row.statute.clone(),
                confidence: row.confidence,
                days: (row.when.from, row.when.to),
            });
        }
    }
}

/// On this day in force; without a day all are.
fn is_shown(when: &Selector, day: Option<i32>) -> bool {
    day.is_none_or(|day| when.from.is_none_or(|from| from <= day) && when.to.is_none_or(|to| day < to))
}

#[cfg(all(test, feature = "compile"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use crate::rules::source::{Options, Packs, RuleFile, load};

    #[test]
    fn a_state_is_shown_with_its_baseline_and_nothing_else() {
        let table = load(Options::default()).unwrap().table(Some("US-CO"), None);
        assert!(table.rows.iter().all(|row| ["US", "US-CO"].contains(&row.jurisdiction.as_str())));
        let says = |rule: &str| table.rows.iter().any(|row| row.rule == rule);
        assert!(says("registry us-co-dnc (individuals), at most 31 days old"));
        assert!(says("hours Mon-Sun 08:00-21:00"));
        assert!(says("at most 3 in 30 d, lifted by consent"));
        assert!(table.notes.iter().any(|note| note == "US: Not reviewed: needs a lawyer's sign-off before use."));
        assert_eq!(load(Options::default()).unwrap().table(Some("us-co"), None), table, "in any case");
        let text = table.to_string();
        assert!(text.contains("In US-CO all of these apply: US-CO, US."), "{text}");
        assert!(text.find("US-CO: Colorado").unwrap() < text.find("\nUS: United States").unwrap());
        assert_eq!(text.matches("Not signed off by a lawyer.").count(), 2);
    }

    #[test]
    fn a_day_leaves_out_what_no_longer_or_not_yet_applies() {
        let rules = load(Options::default()).unwrap();
        let ids = |day| -> Vec<String> {
            let rows = rules.table(Some("GB"), day).rows;
            rows.into_iter().map(|row| row.id).filter(|id| id.starts_with("charity-messages")).collect()
        };
        assert_eq!(ids(Some(20_488)), ["charity-messages-2003"]);
        assert_eq!(ids(Some(20_489)), ["charity-messages-2026"]);
        assert_eq!(ids(None).len(), 2);
        assert!(rules.table(Some("XX"), None).rows.is_empty());
    }

    #[test]
    fn columns_line_up_and_every_kind_of_row_has_words() {
        let row = |kind: &str, more: &str| {
            format!(
                "[[{kind}]]\nid = \"{kind}\"\nclasses = [\"marketing\"]\nstatute = \"law\"\nconfidence = \"H\"\n{more}\n"
            )
        };
        let text = [
            "code = \"house:x\"\nname = \"X\"\nversion = 2026-01-01".to_owned(),
            row("requirement", "require = \"opt_in_or_customer\"\ncustomer_months = 36"),
            row("registry", "registry = \"it-rpo\"\nlists = [\"individuals\", \"businesses\"]\nrevokes_consents = true\ncontract_lifts_days = 30"),
            row("window", "hours = { mon_fri = [\"10:00-13:00\", \"14:00-20:00\"], sat = [\"09:00-12:00\"] }\nfixed_zone = \"-06:00\""),
            row("cap", "attempts = 3\nwindow = \"24h\"\ncounts = \"calls_and_messages\""),
            row("silence", "after = \"refused\"\npermanent = true"),
            row("obligation", "duties = [\"prompt_identification\"]\nseconds = 30"),
            row("caller_id", "banned_prefixes = [\"+336\", \"+337\"]"),
            row("consent_limit", "months = 24"),
            row("confirmation", "minutes = 5"),
            row("retention", "what = \"suppression\"\nmonths = 36\ndays = 14"),
        ]
        .join("\n");
        let rules = load(Options {
            packs: Packs::Named(&[]),
            house: &[RuleFile { name: "house.toml", text: &text }],
            ..Options::default()
        })
        .unwrap();
        let said: Vec<String> = rules.table(None, None).rows.into_iter().map(|row| row.rule).collect();
        assert_eq!(
            said,
            [
                "opt_in_or_customer (36 months)",
                "registry it-rpo (all), age limit unknown, lifted by a contract ended at most 30 days ago, revokes earlier consents",
                "hours Mon-Fri 10:00-13:00+14:00-20:00, Sat 09:00-12:00, Sun closed, at UTC-06:00",
                "at most 3 in 24 h, calls and messages together",
                "silence for good after refused",
                "duty prompt_identification within 30 s",
                "no caller ID under +336, +337",
                "a consent lasts 24 months",
                "opt-out confirmed within 5 min",
                "keep suppression 36 months and 14 days",
            ]
        );
    }

    #[test]
    fn a_page_keeps_its_width_and_a_narrow_one_stacks_its_cells() {
        let table = load(Options::default()).unwrap().table(Some("GB"), None);
        for width in [40, 79, 80, 100, 110, 120] {
            let text = table.text(width, Some(20_500));
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width, "{widest} of {width}");
            assert_eq!(text.contains("asks for"), width >= 80);
            for row in &table.rows {
                assert!(width < 100 || text.contains(row.id.split_once('-').map_or(&*row.id, |(first, _)| first)));
            }
        }
    }

    #[test]
    fn a_row_that_no_longer_or_not_yet_holds_is_marked_so() {
        let table = load(Options::default()).unwrap().table(Some("GB"), None);
        let row = |id: &str| table.rows.iter().find(|row| row.id == id).unwrap();
        let (old, new) = (row("charity-messages-2003"), row("charity-messages-2026"));
        assert!(!old.is_superseded(20_488) && new.is_to_come(20_488));
        assert!(old.is_superseded(20_489) && !new.is_to_come(20_489));
        let words = |day| table.text(60, Some(day)).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(20_488).contains("from 2026-02-05 (to come)"), "{}", words(20_488));
        assert!(words(20_489).contains("until 2026-02-05 (superseded)"));
        assert!(!table.to_string().contains("(superseded)"));
    }

    #[test]
    fn house_rules_are_shown_with_what_they_join_and_with_what_they_replace() {
        let text = "code = \"house:x\"\nname = \"X\"\nversion = 2026-01-01\nreviewed_by = \"A. Lawyer\"\n";
        let table = |text: &str| {
            let house = &[RuleFile { name: "house.toml", text }];
            load(Options { house, ..Options::default() }).unwrap().table(Some("pl"), None)
        };
        let joined = table(text);
        assert_eq!(joined.packs.iter().map(|pack| pack.code.as_str()).collect::<Vec<_>>(), ["PL", "EU", "house:x"]);
        assert!(joined.to_string().contains("In PL all of these apply: PL, EU, house:x."));
        assert!(joined.to_string().contains("Reviewed by A. Lawyer. Joined with every jurisdiction."));
        let replacing = table(&format!("{text}override = true\n")).to_string();
        assert!(replacing.contains("house:x says `override = true`"), "{replacing}");
        assert!(replacing.contains("OVERRIDES the packs it meets."));
    }
}
