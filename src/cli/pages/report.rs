//! The report of a screening.

use askama::Template;
use chrono::{DateTime, TimeDelta, Timelike, Utc};

use super::super::arguments::Question;
use super::super::counts::{ByVerdict, Counts};
use super::super::source::Opened;
use super::sources::{CopyLine, ListLine, PackLine, Sources, controller, days, legend};
use super::tally::{TERMS, Tally};
use super::timetable::{Asking, HOURS, Timetable};
use super::words::PageWords;
use super::{Piece, length, pieces, places};
use crate::language::fill;
use crate::timestamp::DAY;
use crate::vocabulary::{Obligation, Reason, Verdict};
use crate::{Campaign, Language};

/// What was asked, and what else the run found.
pub(in crate::cli) struct Asked<'a> {
    pub(in crate::cli) language: Language,
    pub(in crate::cli) opened: &'a Opened,
    pub(in crate::cli) campaign: &'a Campaign,
    pub(in crate::cli) question: &'a Question,
    pub(in crate::cli) counts: &'a Counts,
    /// Rows whose number stood in a row before.
    pub(in crate::cli) repeated: u64,
    /// Cells that say nothing known.
    pub(in crate::cli) unreadable: u64,
}

/// The report as its template wants it.
#[derive(Template)]
#[template(path = "report.html", config = "src/cli/pages/askama.toml")]
pub(in crate::cli) struct ReportPage {
    lang: &'static str,
    w: &'static PageWords,
    facts: Vec<Fact>,
    digest: String,
    funnel: Vec<Bar>,
    first_reasons: Vec<ReasonBar>,
    all_reasons: Vec<ReasonBar>,
    places: Vec<PlaceLine>,
    opening: Option<Opening>,
    copies: Vec<CopyLine>,
    consents: Vec<Bar>,
    duties: Vec<ReasonBar>,
    lists: Vec<ListLine>,
    packs: Vec<PackLine>,
    legend: Vec<(&'static str, &'static str)>,
    remarks: Vec<Vec<Piece>>,
    made_by: String,
}

/// One line of what was asked.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// A row of a chart that is a table.
struct Bar {
    name: String,
    leads: String,
    share: String,
    length: String,
    style: &'static str,
}

/// The same for a code with its meaning.
struct ReasonBar {
    code: &'static str,
    meaning: &'static str,
    leads: String,
    share: String,
    length: String,
    style: &'static str,
}

/// A place with its leads by verdict, and the parts of its bar: where each begins, how long it is.
struct PlaceLine {
    name: String,
    leads: String,
    counts: Vec<String>,
    parts: Vec<(String, String, &'static str)>,
}

/// When leads open.
struct Opening {
    counts: Vec<Piece>,
    note: String,
    chart: String,
    most: String,
    columns: Vec<Column>,
    days: Vec<DayMark>,
    header: Vec<String>,
    rows: Vec<HourLine>,
}

/// An hour of the chart: its place, and the two parts from the ground up.
struct Column {
    x: usize,
    now_top: String,
    now: String,
    later_top: String,
    later: String,
}

/// Where a day begins in the chart, in percent, and what it is called.
struct DayMark {
    begins: String,
    name: String,
}

/// An hour of the day with its leads on each day.
struct HourLine {
    hour: String,
    cells: Vec<HourCell>,
}

/// Leads at one hour; empty: not within the plan.
struct HourCell {
    leads: String,
    /// 0 to 4: how many, against the most.
    shade: u64,
}

/// Hours that the name of a day takes in the chart of a narrow page.
const ROOM: u32 = 9;

/// Verdicts in the order of the page.
const ORDER: [Verdict; 4] = [Verdict::Allow, Verdict::Defer, Verdict::Review, Verdict::Deny];

impl ReportPage {
    /// The page of a finished run.
    pub(in crate::cli) fn new(asked: &Asked<'_>, tally: &Tally) -> Self {
        let writer = Writer { asked, tally, language: asked.language, w: PageWords::of(asked.language) };
        let rules = asked.opened.gate().rules();
        let sources = Sources { language: asked.language, w: writer.w, at: tally.at(), rules: &rules };
        let lists = || asked.opened.lists(Some(asked.campaign.controller()));
        let dictionary = asked.opened.dictionary();
        let mut copies = sources.copies(lists());
        copies.extend(sources.snapshot(dictionary.as_of, dictionary.max_age_days));
        let leads = asked.counts.leads();
        Self {
            lang: asked.language.tag(),
            w: writer.w,
            facts: writer.facts(),
            digest: asked.opened.gate().snapshot_digest(),
            funnel: writer.funnel(),
            first_reasons: writer.reasons(asked.counts.first_reasons()),
            all_reasons: writer.reasons(asked.counts.all_reasons()),
            places: writer.places(),
            opening: writer.opening(),
            copies,
            consents: TERMS
                .iter()
                .zip(&tally.ending)
                .map(|(term, count)| writer.bar(days(writer.w, *term), (*count, leads), "defer"))
                .collect(),
            duties: writer.duties(),
            lists: sources.lists(lists()),
            packs: sources.packs(tally.packs()),
            legend: legend(asked.language),
            remarks: writer.remarks(),
            made_by: fill(writer.w.made_by, &[&env!("CARGO_PKG_VERSION")]),
        }
    }
}

/// Puts counts into words and lengths.
struct Writer<'a> {
    asked: &'a Asked<'a>,
    tally: &'a Tally,
    language: Language,
    w: &'static PageWords,
}

impl Writer<'_> {
    fn facts(&self) -> Vec<Fact> {
        let (w, asked) = (self.w, self.asked);
        let question = asked.question;
        let purpose = &question.purpose;
        let declared = asked.opened.dictionary().purposes.iter().find(|one| one.id == *purpose);
        let class = declared.map(|one| format!(" ({}, {})", one.class, one.sector)).unwrap_or_default();
        let at = self.language.instant(self.tally.at());
        let channel = asked.campaign.channel();
        let mut facts = vec![
            Fact { name: w.purpose, value: format!("{purpose}{class}") },
            Fact { name: w.channel, value: format!("{channel} ({})", self.language.channel(channel)) },
            Fact { name: w.controller, value: controller(asked.opened, question.controller.as_deref()) },
            Fact {
                name: w.judged_for,
                value: if question.at.is_some() { at } else { fill(w.judged_by_clock, &[&at]) },
            },
        ];
        if let Some(as_of) = asked.opened.as_of() {
            facts.push(Fact { name: w.data_of, value: self.language.instant(as_of) });
        }
        let given = [
            ("region", question.region.clone()),
            ("default-region", question.default_region.map(|region| region.to_string())),
            ("party", question.party.map(|party| party.to_string())),
            ("line", question.line.map(|line| line.to_string())),
            ("time-zone", question.time_zone.clone()),
        ];
        let given: Vec<String> =
            given.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?))).collect();
        if !given.is_empty() {
            facts.push(Fact { name: w.defaults, value: given.join(", ") });
        }
        facts
    }

    fn funnel(&self) -> Vec<Bar> {
        let (leads, verdicts) = (self.asked.counts.leads(), self.asked.counts.verdicts());
        let mut bars = vec![self.bar(self.w.all_leads.to_owned(), (leads, leads), "all")];
        for verdict in ORDER {
            let count = of(&verdicts, verdict);
            bars.push(self.bar(self.verdict(verdict).to_owned(), (count, leads), style(verdict)));
        }
        bars
    }

    const fn verdict(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Allow => self.w.allowed,
            Verdict::Defer => self.w.deferred,
            Verdict::Review => self.w.review,
            Verdict::Deny => self.w.denied,
        }
    }

    fn bar(&self, name: String, (part, whole): (u64, u64), style: &'static str) -> Bar {
        let (leads, share) = (self.language.count(part), self.language.percent(part, whole));
        Bar { name, leads, share, length: length(part, whole), style }
    }

    fn reasons(&self, ranked: Vec<(Reason, u64)>) -> Vec<ReasonBar> {
        let most = ranked.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let said = |reason: Reason| (reason.slug(), self.language.reason(reason));
        let bar = |(reason, count): (Reason, u64)| self.ranked(said(reason), (count, most), style(reason.verdict()));
        ranked.into_iter().map(bar).collect()
    }

    fn duties(&self) -> Vec<ReasonBar> {
        let ranked = self.asked.counts.duties();
        let most = ranked.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let said = |duty: Obligation| (duty.slug(), self.language.obligation(duty));
        ranked.into_iter().map(|(duty, count)| self.ranked(said(duty), (count, most), "allow")).collect()
    }

    /// A bar as long as its count is to the most frequent one's.
    fn ranked(
        &self,
        (code, meaning): (&'static str, &'static str),
        (count, most): (u64, u64),
        style: &'static str,
    ) -> ReasonBar {
        let (leads, share) = (self.language.count(count), self.language.percent(count, self.asked.counts.leads()));
        ReasonBar { code, meaning, leads, share, length: length(count, most), style }
    }

    fn places(&self) -> Vec<PlaceLine> {
        let rules = self.asked.opened.gate().rules();
        let named = |code: &str| rules.packs.iter().find(|pack| pack.code == code).map(|pack| pack.name.as_str());
        let places = self.asked.counts.places();
        let total = |verdicts: &ByVerdict| verdicts.iter().fold(0_u64, |sum, one| sum.saturating_add(*one));
        let most = places.iter().map(|(_, verdicts)| total(verdicts)).max().unwrap_or(0);
        places
            .iter()
            .map(|(code, verdicts)| {
                let mut begins: u64 = 0;
                let mut parts = Vec::new();
                for verdict in ORDER {
                    let count = of(verdicts, verdict);
                    if count > 0 {
                        parts.push((length(begins, most), length(count, most), style(verdict)));
                    }
                    begins = begins.saturating_add(count);
                }
                let name = match (code.as_str(), named(code)) {
                    ("", _) => self.w.no_place.to_owned(),
                    (code, Some(name)) => format!("{code} ({})", places::named(self.language, name)),
                    (code, None) => code.to_owned(),
                };
                PlaceLine {
                    name,
                    leads: self.language.count(total(verdicts)),
                    counts: ORDER.iter().map(|verdict| self.language.count(of(verdicts, *verdict))).collect(),
                    parts,
                }
            })
            .collect()
    }

    fn opening(&self) -> Option<Opening> {
        let (allowed, deferred) = (&self.tally.allowed, &self.tally.deferred);
        let callable = allowed.seen().saturating_add(deferred.seen());
        if callable == 0 {
            return None;
        }
        let dictionary = self.asked.opened.dictionary();
        // By the clock nothing is answered once the data are too old; a given instant does not ask that.
        let limit = if self.asked.question.at.is_some() { None } else { dictionary.max_age_days };
        let ends = limit.and_then(|days| dictionary.as_of.plus(DAY.saturating_mul(i64::from(days))).to_chrono());
        let asking = Asking { campaign: self.asked.campaign, at: self.tally.at(), ends };
        let table = asking.timetable(allowed, deferred);
        let sums: Vec<u64> = table.hours.iter().map(|(now, later)| now.saturating_add(*later)).collect();
        let most = sums.iter().copied().max().unwrap_or(0);
        let best = sums.iter().position(|sum| *sum == most).unwrap_or(0);
        let count = |leads| self.language.count(leads);
        let taken = allowed.taken().saturating_add(deferred.taken());
        let note = if taken < callable {
            fill(self.w.opening_estimate, &[&count(taken), &count(callable)])
        } else {
            fill(self.w.opening_exact, &[&count(callable)])
        };
        let last = table.hour(HOURS);
        let chart = fill(
            self.w.opening_chart,
            &[
                &self.language.instant(table.from),
                &self.language.instant(last),
                &count(most),
                &self.language.instant(table.hour(best)),
            ],
        );
        let columns = table
            .hours
            .iter()
            .enumerate()
            .map(|(x, (now, later))| {
                let both = now.saturating_add(*later);
                Column {
                    x: x.saturating_mul(10),
                    now_top: length(most.saturating_sub(*now), most),
                    now: length(*now, most),
                    later_top: length(most.saturating_sub(both), most),
                    later: length(*later, most),
                }
            })
            .collect();
        let (header, rows, days) = self.by_day(&table, &sums, most);
        Some(Opening {
            counts: pieces(self.w.opening_note),
            note,
            chart,
            most: fill(self.w.most, &[&count(most)]),
            columns,
            days,
            header,
            rows,
        })
    }

    /// The hours as a table of 24 lines with a column a day.
    fn by_day(&self, table: &Timetable, sums: &[u64], most: u64) -> (Vec<String>, Vec<HourLine>, Vec<DayMark>) {
        let mut header: Vec<String> = Vec::new();
        let mut marks = Vec::new();
        let mut rows: Vec<HourLine> =
            (0..24_u32).map(|hour| HourLine { hour: format!("{hour:02}:00"), cells: Vec::new() }).collect();
        for (index, sum) in sums.iter().enumerate() {
            let at = table.hour(index);
            let day = self.language.short_day(at);
            if header.last() != Some(&day) {
                let begins = length(u64::try_from(index).unwrap_or(0), u64::try_from(HOURS).unwrap_or(1));
                // A day of few hours leaves no room for its name; the table below tells it.
                let room = 24_u32.saturating_sub(at.hour()) >= ROOM && index.saturating_add(ROOM as usize) <= HOURS;
                marks.push(DayMark { begins, name: if room { day.clone() } else { String::new() } });
                header.push(day);
                for row in &mut rows {
                    row.cells.push(HourCell { leads: String::new(), shade: 0 });
                }
            }
            let row = usize::try_from(at.hour()).ok().and_then(|hour| rows.get_mut(hour));
            if let Some(cell) = row.and_then(|row| row.cells.last_mut()) {
                cell.leads = self.language.count(*sum);
                cell.shade = sum.saturating_mul(4).div_ceil(most.max(1));
            }
        }
        (header, rows, marks)
    }

    fn remarks(&self) -> Vec<Vec<Piece>> {
        let mut remarks = Vec::new();
        if self.asked.repeated > 0 {
            remarks.push(pieces(&fill(self.w.repeated, &[&self.language.count(self.asked.repeated)])));
        }
        if self.asked.unreadable > 0 {
            remarks.push(pieces(&fill(self.w.unreadable, &[&self.language.count(self.asked.unreadable)])));
        }
        remarks
    }
}

impl Timetable {
    /// The instant at which an hour begins.
    fn hour(&self, index: usize) -> DateTime<Utc> {
        let hours = i64::try_from(index).unwrap_or(0);
        self.from.checked_add_signed(TimeDelta::hours(hours)).unwrap_or(self.from)
    }
}

fn of(verdicts: &ByVerdict, verdict: Verdict) -> u64 {
    verdicts.get(usize::from(verdict.code())).copied().unwrap_or(0)
}

const fn style(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allow",
        Verdict::Defer => "defer",
        Verdict::Review => "review",
        Verdict::Deny => "deny",
    }
}
