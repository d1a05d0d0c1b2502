//! The table of rules as text, as wide as a terminal or a page.

use std::fmt;

use super::table::{PackLine, RowKind, RuleLine, RuleTable};
use super::words;
use crate::Language;
use crate::vocabulary::{Confidence, Requirement};

/// Columns unless others are asked for.
const WIDTH: usize = 110;
/// Below this the cells of a row stand under one another.
const NARROW: usize = 80;
const GAP: usize = 2;

impl RuleTable {
    /// The table as text of so many columns (below 80 the cells of a row stand under one another), with rows
    /// marked that are no longer, or not yet, in force on `today` (days since 1970-01-01).
    #[must_use]
    pub fn text(&self, width: usize, today: Option<i32>) -> String {
        let mut page = Page { width: width.max(40), today, text: String::new() };
        page.packs(self);
        for pack in &self.packs {
            page.pack(pack);
            let rows: Vec<&RuleLine> = self.rows.iter().filter(|row| row.jurisdiction == pack.code).collect();
            for kind in rows.chunk_by(|first, second| first.kind == second.kind) {
                page.kind(kind);
            }
            page.notes(pack);
        }
        page.calendars(self);
        page.legend(self);
        page.text
    }
}

impl fmt::Display for RuleTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(WIDTH, None))
    }
}

struct Page {
    width: usize,
    today: Option<i32>,
    text: String,
}

impl Page {
    /// Which packs are shown and how they are joined.
    fn packs(&mut self, table: &RuleTable) {
        let Some((first, others)) = table.packs.split_first() else { return };
        let joined = |pack: &&PackLine| first.baselines.contains(&pack.code) || pack.everywhere;
        let replacing: Vec<&str> =
            table.packs.iter().filter(|pack| pack.overrides).map(|pack| pack.code.as_str()).collect();
        if !others.is_empty() && others.iter().all(|pack| joined(&pack)) {
            let codes: Vec<&str> = table.packs.iter().map(|pack| pack.code.as_str()).collect();
            self.paragraph(
                "",
                &format!(
                    "In {} all of these apply: {}. They are intersected: every requirement must be met, every window \
                     open, every cap and registry counts.",
                    first.code,
                    codes.join(", ")
                ),
            );
        }
        for code in replacing {
            self.paragraph(
                "",
                &format!("{code} says `override = true`: where it applies it replaces the other packs."),
            );
        }
    }

    fn pack(&mut self, pack: &PackLine) {
        if !self.text.is_empty() {
            self.line("");
        }
        let title = format!("{}: {}, state of knowledge {}", pack.code, pack.name, pack.version);
        self.paragraph("", &title);
        let rule = "=".repeat(title.chars().count().min(self.width));
        self.line(&rule);
        let sign_off = if pack.signed_off { pack.sign_off.clone() } else { "Not signed off by a lawyer.".to_owned() };
        let mut about = vec![sign_off];
        if pack.overrides {
            about.push("OVERRIDES the packs it meets.".to_owned());
        } else if pack.everywhere {
            about.push("Joined with every jurisdiction.".to_owned());
        }
        if pack.partial {
            about.push("Adds to others; asks nothing where it has no row.".to_owned());
        }
        if !pack.baselines.is_empty() {
            about.push(format!("Stands on {}.", pack.baselines.join(", ")));
        }
        self.paragraph("", &about.join(" "));
    }

    fn kind(&mut self, rows: &[&RuleLine]) {
        let Some(kind) = rows.first().map(|row| row.kind) else { return };
        self.line("");
        self.line(kind.heading());
        if self.width < NARROW {
            rows.iter().for_each(|row| self.stacked(row));
        } else {
            self.columns(kind, rows);
        }
    }

    fn columns(&mut self, kind: RowKind, rows: &[&RuleLine]) {
        let sure = 4;
        let free = self.width.saturating_sub(sure).saturating_sub(GAP.saturating_mul(4));
        let share = |percent: usize| free.saturating_mul(percent) / 100;
        let (id, says, statute) = (share(21), share(32), share(23));
        let whom = free.saturating_sub(id).saturating_sub(says).saturating_sub(statute);
        let widths = [id, says, whom, statute, sure];
        let asks = if kind == RowKind::Requirement { "asks for" } else { "says" };
        self.cells(&widths, &["row", asks, "for, on, to", "statute", "sure"].map(str::to_owned));
        self.cells(&widths, &widths.map(|width| "-".repeat(width)));
        for row in rows {
            let cells = [
                format!("{}{}", row.id, self.in_force(row, "\n")),
                row.rule.clone(),
                whom_of(row),
                row.statute.clone(),
                row.confidence.to_string(),
            ];
            self.cells(&widths, &cells);
        }
    }

    /// One row of wrapped cells.
    fn cells(&mut self, widths: &[usize], cells: &[String]) {
        let wrapped: Vec<Vec<String>> = cells.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or_default();
        for place in 0..height {
            let mut line = String::new();
            for (cell, width) in wrapped.iter().zip(widths) {
                let text = cell.get(place).map_or("", String::as_str);
                line.push_str(&format!("{text:<width$}{:GAP$}", ""));
            }
            self.line(line.trim_end());
        }
    }

    fn stacked(&mut self, row: &RuleLine) {
        let title = format!("- {} (confidence {}){}", row.id, row.confidence, self.in_force(row, ", "));
        self.paragraph("", &title);
        for (name, text) in [("says", &row.rule), ("for", &whom_of(row)), ("law", &row.statute)] {
            self.paragraph(&format!("    {name:<5}"), text);
        }
    }

    /// The days of a dated row, and whether it is in force today.
    fn in_force(&self, row: &RuleLine, before: &str) -> String {
        let days = match (&row.from, &row.to) {
            (None, None) => return String::new(),
            (Some(from), None) => format!("from {from}"),
            (None, Some(to)) => format!("until {to}"),
            (Some(from), Some(to)) => format!("from {from} until {to}"),
        };
        let state = match self.today {
            Some(today) if row.is_superseded(today) => " (superseded)",
            Some(today) if row.is_to_come(today) => " (to come)",
            _ => "",
        };
        format!("{before}{days}{state}")
    }

    fn notes(&mut self, pack: &PackLine) {
        if pack.notes.is_empty() {
            return;
        }
        self.line("");
        self.line("Notes");
        pack.notes.iter().for_each(|note| self.paragraph("- ", note));
    }

    fn calendars(&mut self, table: &RuleTable) {
        if table.calendars.is_empty() {
            return;
        }
        self.line("");
        self.line("Holiday calendars");
        for calendar in &table.calendars {
            let text = format!(
                "{}: {} days from {} until {}. {}",
                calendar.code, calendar.holidays, calendar.from, calendar.to, calendar.source
            );
            self.paragraph("- ", &text);
        }
    }

    fn legend(&mut self, table: &RuleTable) {
        let mut codes: Vec<Requirement> = table.rows.iter().filter_map(|row| row.requirement).collect();
        codes.sort_unstable();
        codes.dedup();
        if codes.is_empty() {
            return;
        }
        self.line("");
        self.line("What the requirements mean");
        for code in codes {
            self.paragraph("- ", &format!("{}: {}", code, Language::English.requirement(code)));
        }
        let sure: Vec<String> = Confidence::ALL.iter().map(|sure| words::sure(*sure)).collect();
        self.line("");
        self.paragraph("", &format!("How sure: {}.", sure.join(", ")));
    }

    /// Wrapped text; later lines are indented as far as the first one's beginning.
    fn paragraph(&mut self, beginning: &str, text: &str) {
        let indent = beginning.chars().count();
        for (place, line) in wrap(text, self.width.saturating_sub(indent)).iter().enumerate() {
            let before = if place == 0 { beginning } else { "" };
            self.line(format!("{before:<indent$}{line}").trim_end());
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn whom_of(row: &RuleLine) -> String {
    format!("{} on {} to {}", row.classes, row.channels, row.party)
}

/// Lines of at most so many characters, broken between words, long words cut.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut len = 0_usize;
        for word in paragraph.split_whitespace() {
            let mut letters: Vec<char> = word.chars().collect();
            while !letters.is_empty() {
                let room = if len == 0 { width } else { width.saturating_sub(len).saturating_sub(1) };
                if letters.len() > room && (len > 0) {
                    lines.push(std::mem::take(&mut line));
                    len = 0;
                    continue;
                }
                let rest = letters.split_off(letters.len().min(cut(&letters, room)));
                if len > 0 {
                    line.push(' ');
                    len = len.saturating_add(1);
                }
                len = len.saturating_add(letters.len());
                line.extend(letters.drain(..));
                letters = rest;
                if !letters.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    len = 0;
                }
            }
        }
        lines.push(line);
    }
    lines
}

/// Where a word that is too long is cut: after its last hyphen or underscore that fits, else anywhere.
fn cut(word: &[char], room: usize) -> usize {
    if word.len() <= room {
        return word.len();
    }
    let fitting = word.get(..room).unwrap_or(word);
    fitting.iter().rposition(|sign| matches!(sign, '-' | '_')).map_or(room, |place| place.saturating_add(1)).max(1)
}
