//! An explanation as text.

use std::fmt;

use super::{Consulted, ConsultedKind, Explanation};

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} for `{}`", self.verdict, self.number, self.purpose)?;
        writeln!(f, " by {} on behalf of `{}` at {}", self.channel, self.controller, self.at)?;
        for reason in self.reasons.iter() {
            writeln!(f, "  reason      {reason}")?;
        }
        let lines = [
            ("basis", self.basis.map(|basis| basis.to_string())),
            ("evidence", self.evidence.clone()),
            ("retry at", self.retry_at.clone()),
            ("valid until", self.valid_until.clone()),
        ];
        for (name, value) in lines {
            if let Some(value) = value {
                writeln!(f, "  {name:<11} {value}")?;
            }
        }
        for duty in self.obligations.iter() {
            writeln!(f, "  duty        {duty}")?;
        }
        if !self.regions.is_empty() {
            writeln!(f, "  judged in   {}", self.regions.join(" and "))?;
        }
        writeln!(f, "  rules of    {}", self.jurisdictions.join(", "))?;
        if !self.replaced.is_empty() {
            writeln!(f, "  replaced    {}", self.replaced.join(", "))?;
        }
        for note in &self.notes {
            writeln!(f, "  note        {note}")?;
        }
        for item in &self.consulted {
            item.write(f)?;
        }
        writeln!(f, "  snapshot    {}", self.snapshot)
    }
}

impl Consulted {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ConsultedKind::Rule => "rule",
            ConsultedKind::List => "list",
            ConsultedKind::Record => "record",
        };
        let mark = match self.met {
            Some(true) => "ok   ",
            Some(false) => "NOT  ",
            None => "",
        };
        write!(f, "  {kind:<11} {mark}{}: {}", self.name, self.finding)?;
        if let Some(from) = &self.from {
            write!(f, ", from {from}")?;
        }
        if let Some(until) = &self.until {
            write!(f, ", until {until}")?;
        }
        if let Some(source) = &self.source {
            write!(f, " [{source}")?;
            if let Some(confidence) = self.confidence {
                write!(f, ", confidence {confidence}")?;
            }
            write!(f, "]")?;
        }
        writeln!(f)?;
        self.details.iter().try_for_each(|detail| writeln!(f, "                {detail}"))
    }
}
