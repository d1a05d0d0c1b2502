//! An explanation as text.

use std::fmt;

use super::{Consulted, ConsultedKind, Explanation, Way};
use crate::Language;
use crate::language::{ExplanationWords, fill};

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (language, w) = (self.language, ExplanationWords::of(self.language));
        writeln!(f, "{}: {}", self.verdict, self.sentence)?;
        for reason in self.reasons.iter() {
            writeln!(f, "  {:<11} {reason}: {}", w.reason, language.reason(reason))?;
        }
        let lines = [
            (w.basis, self.basis.map(|basis| basis.to_string())),
            (w.evidence, self.evidence.clone()),
            (w.retry_at, self.retry_at.clone()),
            (w.valid_until, self.valid_until.clone()),
        ];
        for (name, value) in lines {
            if let Some(value) = value {
                writeln!(f, "  {name:<11} {value}")?;
            }
        }
        for duty in self.obligations.iter() {
            writeln!(f, "  {:<11} {duty}: {}", w.duty, language.obligation(duty))?;
        }
        if !self.regions.is_empty() {
            writeln!(f, "  {:<11} {}", w.judged_in, self.regions.join(w.and))?;
        }
        writeln!(f, "  {:<11} {}", w.rules_of, self.jurisdictions.join(", "))?;
        if !self.replaced.is_empty() {
            writeln!(f, "  {:<11} {}", w.replaced, self.replaced.join(", "))?;
        }
        for note in &self.notes {
            writeln!(f, "  {:<11} {note}", w.note)?;
        }
        self.write_obstacles(f, w)?;
        for item in &self.consulted {
            item.write(f, w)?;
        }
        writeln!(f, "  {:<11} {}", w.snapshot, self.snapshot)
    }
}

impl Explanation {
    /// What would have to change.
    fn write_obstacles(&self, f: &mut fmt::Formatter<'_>, w: &ExplanationWords) -> fmt::Result {
        if self.obstacles.is_empty() {
            return Ok(());
        }
        writeln!(f, "{}", w.to_allow)?;
        for obstacle in &self.obstacles {
            let reasons: Vec<&str> = obstacle.reasons.iter().map(crate::vocabulary::Reason::slug).collect();
            writeln!(f, "  {}: {}", reasons.join(", "), obstacle.by)?;
            if obstacle.ways.is_empty() {
                writeln!(f, "    {}", w.no_way)?;
            }
            for (place, way) in obstacle.ways.iter().enumerate() {
                let or = if place == 0 { String::new() } else { format!("{} ", w.or) };
                writeln!(f, "    {or}{}", way.text(self.language))?;
            }
        }
        for caution in &self.cautions {
            writeln!(f, "{caution}")?;
        }
        writeln!(f, "{}", self.by_waiting())
    }

    /// Whether waiting alone helps, in a sentence.
    pub(crate) fn by_waiting(&self) -> String {
        let w = ExplanationWords::of(self.language);
        match &self.allowed_from {
            Some(from) => fill(w.allowed_from, &[&self.language.readable(from)]),
            None => w.never_by_waiting.to_owned(),
        }
    }
}

impl Way {
    /// The way, and from when it opens by itself.
    pub(crate) fn text(&self, language: Language) -> String {
        let w = ExplanationWords::of(language);
        match &self.from {
            Some(from) => fill(w.way_from, &[&self.says, &language.readable(from)]),
            None => self.says.clone(),
        }
    }
}

impl Consulted {
    fn write(&self, f: &mut fmt::Formatter<'_>, w: &ExplanationWords) -> fmt::Result {
        let kind = match self.kind {
            ConsultedKind::Rule => w.rule,
            ConsultedKind::List => w.list,
            ConsultedKind::Record => w.record,
        };
        let mark = match self.met {
            Some(true) => w.ok,
            Some(false) => w.not,
            None => "",
        };
        write!(f, "  {kind:<11} {mark}{}: {}", self.name, self.finding)?;
        if let Some(from) = &self.from {
            f.write_str(&fill(w.from, &[from]))?;
        }
        if let Some(until) = &self.until {
            f.write_str(&fill(w.until, &[until]))?;
        }
        if let Some(source) = &self.source {
            write!(f, " [{source}")?;
            if let Some(confidence) = self.confidence {
                f.write_str(&fill(w.confidence, &[&confidence]))?;
            }
            write!(f, "]")?;
        }
        writeln!(f)?;
        self.details.iter().try_for_each(|detail| writeln!(f, "                {detail}"))
    }
}
