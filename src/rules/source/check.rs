//! What must hold of a pack before anything is decided by it.

use std::collections::BTreeSet;

use super::RuleError;
use super::convert::{CLASSES, Place};
use crate::rules::{Pack, RequirementRule, Row, Rules, Selector};
use crate::vocabulary::{Channel, Confidence, Line, Party, PurposeClass, Requirement, Sector};

/// The registries that files may name, beside `us-XX-dnc` of the states.
pub(crate) const REGISTRIES: &[&str] = &[
    "us-ndnc",
    "us-rnd",
    "ca-dncl",
    "gb-tps",
    "gb-ctps",
    "fr-bloctel",
    "it-rpo",
    "es-robinson",
    "au-dncr",
    "be-dncm",
    "sg-dnc-voice",
    "sg-dnc-text",
    "sg-dnc-fax",
];

/// Checks one pack.
pub(super) fn pack(pack: &Pack, at: usize, place: &mut Place<'_>) {
    let mut ids = BTreeSet::new();
    for (id, when) in heads(pack) {
        if !ids.insert(id) {
            place.wrong_row(id, "the id is used twice, expected once in a pack".to_owned());
        }
        if let (Some(from), Some(to)) = (when.from, when.to)
            && from >= to
        {
            place.wrong_row(id, "`from` is not before `to`".to_owned());
        }
        if when.classes.is_empty()
            || when.channels.is_empty()
            || when.sectors.is_empty()
            || when.parties.is_empty()
            || when.lines.is_empty()
        {
            place.wrong_row(id, "it applies to nothing, expected no empty selector".to_owned());
        }
    }
    for row in &pack.registries {
        if !is_registry(&row.rule.registry) {
            let known = REGISTRIES.join(", ");
            let name = &row.rule.registry;
            place.wrong_row(&row.id, format!("registry `{name}`, expected `us-XX-dnc` or one of {known}"));
        }
    }
    for row in &pack.requirements {
        if row.confidence == Confidence::Unverified && permits(row.rule) {
            place.wrong_row(&row.id, "unverified and permissive, expected `needs_review = true`".to_owned());
        }
        if row.when.classes.iter().any(|class| !CLASSES.contains(&class)) {
            let message = "a class that packs have no rows for: a notice follows `service`, the gate itself \
                           knows emergencies and confirmations";
            place.wrong_row(&row.id, message.to_owned());
        }
    }
    // What an owner's overriding file leaves open is denied as unverified; a pack of the crate leaves nothing open.
    let gaps = pack.partial || pack.code.starts_with("house:");
    if let Some(question) = ambiguous(&pack.requirements, gaps) {
        let expected = if gaps { "at most one" } else { "exactly one" };
        let found = if question.rows.is_empty() { "none".to_owned() } else { question.rows.join("` and `") };
        let message = format!(
            "requirements for {} {} {} {} {} on {}: found `{found}`, expected {expected}",
            question.class,
            question.sector,
            question.channel,
            question.party,
            question.line,
            question.day.map_or_else(|| "early days".to_owned(), crate::rules::date),
        );
        place.wrong(at, None, message);
    }
}

/// Checks what packs say about each other.
pub(super) fn across(rules: &Rules, errors: &mut Vec<RuleError>) {
    let mut wrong = |pack: &Pack, message: String| {
        errors.push(RuleError { file: pack.code.clone(), line: None, row: None, message });
    };
    for (first, second) in rules.packs.iter().zip(rules.packs.iter().skip(1)) {
        if first.code == second.code {
            wrong(first, format!("pack `{}` is given twice", first.code));
        }
    }
    for pack in &rules.packs {
        for baseline in &pack.baselines {
            match rules.packs.iter().find(|other| other.code == *baseline) {
                None => wrong(pack, format!("baseline `{baseline}`, expected a pack that is loaded")),
                Some(other) if !other.baselines.is_empty() => {
                    wrong(pack, format!("baseline `{baseline}` has a baseline itself, expected none"));
                }
                Some(_) => {}
            }
        }
        // A pack that speaks for a region and asks nothing of its own must stand on one that does.
        let is_covered = |pack: &Pack| !pack.partial;
        if pack.region.is_some()
            && !is_covered(pack)
            && !pack
                .baselines
                .iter()
                .any(|code| rules.packs.iter().any(|other| other.code == *code && is_covered(other)))
        {
            wrong(pack, "a partial pack without a complete baseline would ask nothing".to_owned());
        }
    }
}

/// A question for which the requirement rows give no clear answer.
struct Ambiguous<'a> {
    class: PurposeClass,
    sector: Sector,
    channel: Channel,
    party: Party,
    line: Line,
    day: Option<i32>,
    rows: Vec<&'a str>,
}

/// The first question that has not exactly one row (where gaps are allowed: more than one).
fn ambiguous(rows: &[Row<RequirementRule>], gaps: bool) -> Option<Ambiguous<'_>> {
    // Between two neighbouring dates nothing changes: the day before all of them and each of them are enough.
    let dates: BTreeSet<i32> = rows.iter().flat_map(|row| [row.when.from, row.when.to]).flatten().collect();
    let days = || std::iter::once(None).chain(dates.iter().copied().map(Some));
    for &class in CLASSES {
        let sectors = if class == PurposeClass::Marketing { Sector::ALL } else { &[Sector::General] };
        for &sector in sectors {
            for &channel in Channel::ALL {
                for &party in Party::ALL {
                    for &line in Line::ALL {
                        for day in days() {
                            let rows: Vec<&str> = rows
                                .iter()
                                .filter(|row| {
                                    let when = &row.when;
                                    when.classes.contains(class)
                                        && when.sectors.contains(sector)
                                        && when.channels.contains(channel)
                                        && when.parties.contains(party)
                                        && when.lines.contains(line)
                                        && holds(when, day)
                                })
                                .map(|row| row.id.as_str())
                                .collect();
                            if rows.len() > 1 || (rows.is_empty() && !gaps) {
                                return Some(Ambiguous { class, sector, channel, party, line, day, rows });
                            }
                        }
                    }
                }
            }
        }
    }
    None
}

/// Does the row hold on this day (none: before every date)?
fn holds(when: &Selector, day: Option<i32>) -> bool {
    match day {
        None => when.from.is_none(),
        Some(day) => when.from.is_none_or(|from| from <= day) && when.to.is_none_or(|to| day < to),
    }
}

/// Could an unverified row of this kind let somebody through without a consent?
fn permits(rule: RequirementRule) -> bool {
    use Requirement::{DenyUnverified, Forbidden, ForbiddenUnsolicited, OptIn, OptInWritten};
    !rule.needs_review
        && !matches!(rule.requirement, OptIn | OptInWritten | DenyUnverified | Forbidden | ForbiddenUnsolicited)
}

/// Is this a registry that files may name?
pub(crate) fn is_registry(name: &str) -> bool {
    let is_state = |name: &str| {
        name.strip_prefix("us-")
            .and_then(|rest| rest.strip_suffix("-dnc"))
            .is_some_and(|state| state.len() == 2 && state.bytes().all(|byte| byte.is_ascii_lowercase()))
    };
    REGISTRIES.contains(&name) || is_state(name)
}

/// Id and selector of every row.
fn heads(pack: &Pack) -> impl Iterator<Item = (&str, &Selector)> {
    fn of<T>(rows: &[Row<T>]) -> impl Iterator<Item = (&str, &Selector)> {
        rows.iter().map(|row| (row.id.as_str(), &row.when))
    }
    of(&pack.requirements)
        .chain(of(&pack.registries))
        .chain(of(&pack.windows))
        .chain(of(&pack.caps))
        .chain(of(&pack.silences))
        .chain(of(&pack.obligations))
        .chain(of(&pack.caller_ids))
        .chain(of(&pack.consent_limits))
        .chain(of(&pack.confirmations))
        .chain(of(&pack.revocations))
        .chain(of(&pack.retentions))
}
