//! The rules as a table for a lawyer: every row with its source and how sure it is.

use std::fmt;

use serde::Serialize;

use super::{
    CapRule, EbrRule, HolidayRule, ObligationRule, Pack, RegistryRule, RequirementRule, RetentionRule, Row, Rules,
    Selector, SilenceRule, Span, WindowRule, date,
};
use crate::vocabulary::{Channel, ChannelSet, ClassSet, Confidence, LineSet, PartySet, SectorSet};

/// Rules as a table; `Display` aligns its columns.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct RuleTable {
    /// The rows, by jurisdiction in the order of the packs.
    pub rows: Vec<RuleLine>,
    /// What the packs do not know, and who has reviewed them.
    pub notes: Vec<String>,
}

/// One rule, in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RuleLine {
    /// Code of the pack.
    pub jurisdiction: String,
    /// Its id within the pack.
    pub id: String,
    /// What it says.
    pub rule: String,
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
}

impl Rules {
    /// The rules of one jurisdiction and the baselines under it (none: of all), on one local day (none: on
    /// every day, superseded rows included). Days count from 1970-01-01.
    #[must_use]
    pub fn table(&self, jurisdiction: Option<&str>, day: Option<i32>) -> RuleTable {
        let asked = self.packs.iter().find(|pack| Some(pack.code.as_str()) == jurisdiction);
        let is_wanted = |pack: &Pack| match jurisdiction {
            None => true,
            Some(code) => pack.code == code || asked.is_some_and(|asked| asked.baselines.contains(&pack.code)),
        };
        let mut table = RuleTable::default();
        for pack in self.packs.iter().filter(|pack| is_wanted(pack)) {
            let version = format!("{}: {}, state of knowledge {}", pack.code, pack.name, pack.version);
            table.notes.push(version);
            table.notes.extend(pack.notes.iter().map(|note| format!("{}: {note}", pack.code)));
            let mut lines = Lines { rows: &mut table.rows, code: &pack.code, day };
            lines.all(&pack.requirements, requirement);
            lines.all(&pack.registries, registry);
            lines.all(&pack.windows, |rule| self.window(rule));
            lines.all(&pack.caps, cap);
            lines.all(&pack.silences, silence);
            lines.all(&pack.obligations, obligation);
            lines.all(&pack.caller_ids, |rule| format!("no caller ID under +{}", rule.banned_prefixes.join(", +")));
            lines.all(&pack.consent_limits, |rule| format!("a consent lasts {} months", rule.months));
            lines.all(&pack.confirmations, |rule| format!("opt-out confirmed within {} min", rule.minutes));
            lines.all(&pack.retentions, retention);
        }
        table
    }

    fn window(&self, rule: &WindowRule) -> String {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let mut parts: Vec<String> = Vec::new();
        let mut days = rule.week.iter().zip(DAYS).peekable();
        while let Some((hours, first)) = days.next() {
            let mut last = first;
            while let Some((_, next)) = days.next_if(|(other, _)| *other == hours) {
                last = next;
            }
            let name = if first == last { first.to_owned() } else { format!("{first}-{last}") };
            parts.push(format!("{name} {}", spans(hours)));
        }
        if let Some(eves) = &rule.eves {
            parts.push(format!("eves {}", spans(eves)));
        }
        if rule.holidays == HolidayRule::Closed {
            let calendar = rule.calendar.and_then(|index| self.calendars.get(usize::from(index)));
            parts.push(format!("holidays closed ({})", calendar.map_or("no calendar", |found| found.code.as_str())));
        }
        if let Some(offset) = rule.fixed_offset {
            let sign = if offset < 0 { '-' } else { '+' };
            let minutes = offset.unsigned_abs();
            parts.push(format!("at UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60));
        }
        format!("hours {}{}", parts.join(", "), lifted(rule.lifted_by_consent))
    }
}

/// Puts the rows of one pack into words.
struct Lines<'a> {
    rows: &'a mut Vec<RuleLine>,
    code: &'a str,
    day: Option<i32>,
}

impl Lines<'_> {
    fn all<T>(&mut self, rows: &[Row<T>], says: impl Fn(&T) -> String) {
        for row in rows.iter().filter(|row| self.day.is_none_or(|day| is_in_force(&row.when, day))) {
            self.rows.push(RuleLine {
                jurisdiction: self.code.to_owned(),
                id: row.id.clone(),
                rule: says(&row.rule),
                classes: classes(&row.when),
                channels: channels(row.when.channels),
                party: party(&row.when),
                from: row.when.from.map(date),
                to: row.when.to.map(date),
                statute: row.statute.clone(),
                confidence: row.confidence,
            });
        }
    }
}

fn is_in_force(when: &Selector, day: i32) -> bool {
    when.from.is_none_or(|from| from <= day) && when.to.is_none_or(|to| day < to)
}

fn requirement(rule: &RequirementRule) -> String {
    let mut says = rule.requirement.slug().to_owned();
    if rule.customer_months > 0 {
        says.push_str(&format!(" ({} months)", rule.customer_months));
    }
    if rule.double_opt_in {
        says.push_str(", double opt-in");
    }
    if rule.needs_review {
        says.push_str(", needs review");
    }
    says
}

fn registry(rule: &RegistryRule) -> String {
    let whom = match (rule.individuals, rule.businesses) {
        (true, true) => "all",
        (true, false) => "individuals",
        (false, true) => "businesses",
        (false, false) => "nobody",
    };
    let age = rule.max_age_days.map_or("age limit unknown".to_owned(), |days| format!("at most {days} days old"));
    let mut says = format!("registry {} ({whom}), {age}", rule.registry);
    if let Some(EbrRule { transaction_months, inquiry_months }) = rule.ebr {
        says.push_str(&format!(", lifted {transaction_months} months after a deal, {inquiry_months} after an inquiry"));
    }
    if let Some(days) = rule.contract_lifts_days {
        says.push_str(&format!(", lifted by a contract ended at most {days} days ago"));
    }
    if rule.revokes_consents {
        says.push_str(", revokes earlier consents");
    }
    if let Some(days) = rule.grace_days {
        says.push_str(&format!(", grace {days} days"));
    }
    says
}

fn cap(rule: &CapRule) -> String {
    let (number, unit) = if rule.window_seconds > 86_400 && rule.window_seconds.is_multiple_of(86_400) {
        (rule.window_seconds / 86_400, "d")
    } else {
        (rule.window_seconds / 3_600, "h")
    };
    let what = if rule.both_families { ", calls and messages together" } else { "" };
    format!("at most {} in {number} {unit}{what}{}", rule.attempts, lifted(rule.lifted_by_consent))
}

fn silence(rule: &SilenceRule) -> String {
    let term = rule.days.map_or("for good".to_owned(), |days| format!("{days} days"));
    format!("silence {term} after {}{}", rule.after, lifted(rule.lifted_by_consent))
}

fn obligation(rule: &ObligationRule) -> String {
    let duties: Vec<&str> = rule.duties.iter().map(|duty| duty.slug()).collect();
    let seconds = rule.seconds.map_or(String::new(), |seconds| format!(" within {seconds} s"));
    format!("duty {}{seconds}", duties.join(", "))
}

fn retention(rule: &RetentionRule) -> String {
    let term = match (rule.months, rule.days) {
        (None, 0) => "no figure".to_owned(),
        (None, days) => format!("{days} days"),
        (Some(months), 0) => format!("{months} months"),
        (Some(months), days) => format!("{months} months and {days} days"),
    };
    let restarts = if rule.restarts_on_use { ", again from each use" } else { "" };
    format!("keep {} {term}{restarts}", rule.what)
}

fn lifted(by_consent: bool) -> &'static str {
    if by_consent { ", lifted by consent" } else { "" }
}

fn spans(spans: &[Span]) -> String {
    if spans.is_empty() {
        return "closed".to_owned();
    }
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let texts: Vec<String> = spans.iter().map(|span| format!("{}-{}", clock(span.open), clock(span.close))).collect();
    texts.join("+")
}

fn classes(when: &Selector) -> String {
    let classes = if when.classes == ClassSet::all() { "all".to_owned() } else { joined(when.classes.iter()) };
    if when.sectors == SectorSet::all() { classes } else { format!("{classes}: {}", joined(when.sectors.iter())) }
}

/// Channels, in the words that statutes group them by.
fn channels(channels: ChannelSet) -> String {
    use Channel::{AutodialedCall, AutomatedCall, ManualCall, Messaging, Mms, RinglessVoicemail, Sms};
    const GROUPS: [(&str, ChannelSet); 4] = [
        ("voice", ChannelSet::of(&[ManualCall, AutodialedCall, AutomatedCall, RinglessVoicemail])),
        ("live", ChannelSet::of(&[ManualCall, AutodialedCall])),
        ("automated", ChannelSet::of(&[AutomatedCall, RinglessVoicemail])),
        ("messages", ChannelSet::of(&[Sms, Mms, Messaging])),
    ];
    if channels == ChannelSet::all() {
        return "all".to_owned();
    }
    let mut rest = channels;
    let mut words: Vec<&str> = Vec::new();
    for (word, group) in GROUPS {
        if rest.intersection(group) == group {
            words.push(word);
            rest = rest.iter().filter(|channel| !group.contains(*channel)).collect();
        }
    }
    joined(words.into_iter().chain(rest.iter().map(Channel::slug)))
}

fn party(when: &Selector) -> String {
    let party = if when.parties == PartySet::all() { "all".to_owned() } else { joined(when.parties.iter()) };
    if when.lines == LineSet::all() { party } else { format!("{party}, line {}", joined(when.lines.iter())) }
}

fn joined(items: impl Iterator<Item = impl fmt::Display>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(" ")
}

impl fmt::Display for RuleTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEAD: [&str; 9] = ["where", "id", "rule", "for", "on", "to", "days", "statute", "sure"];
        let mut rows = vec![HEAD.map(str::to_owned)];
        rows.extend(self.rows.iter().map(|row| {
            let days = match (&row.from, &row.to) {
                (None, None) => String::new(),
                (Some(from), None) => format!("from {from}"),
                (None, Some(to)) => format!("until {to}"),
                (Some(from), Some(to)) => format!("{from} until {to}"),
            };
            [
                row.jurisdiction.clone(),
                row.id.clone(),
                row.rule.clone(),
                row.classes.clone(),
                row.channels.clone(),
                row.party.clone(),
                days,
                row.statute.clone(),
                row.confidence.to_string(),
            ]
        }));
        let mut widths = [0usize; 9];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        for row in &rows {
            let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        if !self.notes.is_empty() {
            writeln!(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

#[cfg(all(test, feature = "compile"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use crate::rules::source::{Options, Packs, RuleFile, load};

    #[test]
    fn a_state_is_shown_with_its_baseline_and_nothing_else() {
        let table = load(Options::default()).unwrap().table(Some("US-CO"), None);
        assert!(table.rows.iter().all(|row| ["US", "US-CO"].contains(&row.jurisdiction.as_str())));
        let text = table.to_string();
        assert!(text.contains("registry us-co-dnc (individuals), at most 31 days old"));
        assert!(text.contains("hours Mon-Sun 08:00-21:00"));
        assert!(text.contains("at most 3 in 30 d, lifted by consent"));
        assert!(text.contains("US: Not reviewed: needs a lawyer's sign-off before use."));
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
        let shown = rules.table(None, None).to_string();
        let at = shown.lines().next().unwrap().find("statute").unwrap();
        assert!(shown.lines().skip(1).take(10).all(|line| line.get(at..at + 3) == Some("law")));
    }
}
