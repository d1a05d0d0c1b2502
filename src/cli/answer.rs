//! One decision, as JSON, as text and as an exit code.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::arguments::{self, Question};
use super::words;
use crate::vocabulary::{Basis, Obligation, Party, Reason, Verdict};
use crate::{Decision, Explanation};

/// One decision with its question: the fields of `--json`, in their order.
#[derive(Serialize, Debug)]
pub(super) struct Answer {
    number: String,
    controller: String,
    purpose: String,
    channel: String,
    at: String,
    pub(super) verdict: Verdict,
    reason: Option<Reason>,
    reasons: Vec<Reason>,
    obligations: Vec<Obligation>,
    retry_at: Option<String>,
    valid_until: Option<String>,
    jurisdictions: Vec<String>,
    party: Party,
    basis: Option<Basis>,
    evidence: Option<String>,
    snapshot: String,
}

/// What an answer repeats from its question.
pub(super) struct Asked<'a> {
    /// The number as it is to be shown.
    pub(super) number: &'a str,
    /// The controller that was asked for.
    pub(super) controller: &'a str,
    /// The rest.
    pub(super) question: &'a Question,
    /// The instant.
    pub(super) at: DateTime<Utc>,
    /// The snapshot's digest, in hexadecimal.
    pub(super) snapshot: &'a str,
}

impl Answer {
    /// A denial that needed no look into the snapshot.
    pub(super) fn denied(asked: &Asked<'_>, reason: Reason) -> Self {
        Self {
            number: asked.number.to_owned(),
            controller: asked.controller.to_owned(),
            purpose: asked.question.purpose.clone(),
            channel: asked.question.channel.clone(),
            at: arguments::rfc3339(asked.at),
            verdict: Verdict::Deny,
            reason: Some(reason),
            reasons: vec![reason],
            obligations: Vec::new(),
            retry_at: None,
            valid_until: None,
            jurisdictions: Vec::new(),
            party: asked.question.party.unwrap_or(Party::Unknown),
            basis: None,
            evidence: None,
            snapshot: asked.snapshot.to_owned(),
        }
    }

    /// A decision of the gate.
    pub(super) fn decided(asked: &Asked<'_>, decision: &Decision, why: &Explanation) -> Self {
        Self {
            verdict: decision.verdict(),
            reason: decision.reason(),
            reasons: decision.reasons().iter().collect(),
            obligations: decision.obligations().iter().collect(),
            retry_at: decision.retry_at().map(arguments::rfc3339),
            valid_until: decision.valid_until().map(arguments::rfc3339),
            jurisdictions: why.jurisdictions().iter().map(ToString::to_string).collect(),
            basis: decision.basis(),
            evidence: why.evidence().map(str::to_owned),
            ..Self::denied(asked, Reason::QuestionUnknown)
        }
    }

    /// 0 allow, 3 deny, 4 defer, 5 review.
    pub(super) const fn exit_code(&self) -> u8 {
        match self.verdict {
            Verdict::Allow => 0,
            Verdict::Deny => 3,
            Verdict::Defer => 4,
            Verdict::Review => 5,
        }
    }

    /// A few lines for people.
    pub(super) fn write(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        writeln!(out, "{}: {} {}", self.verdict, self.number, words::outcome(self.verdict))?;
        writeln!(out, "  asked       {} by {} for {}, at {}", self.purpose, self.channel, self.controller, self.at)?;
        for (position, reason) in self.reasons.iter().enumerate() {
            let label = if position == 0 { "because" } else { "and" };
            writeln!(out, "  {label:<11} {}: {}", reason, words::meaning(*reason))?;
        }
        if let Some(basis) = self.basis {
            writeln!(out, "  basis       {basis}")?;
        }
        if !self.obligations.is_empty() {
            let duties: Vec<_> = self.obligations.iter().map(|duty| duty.slug()).collect();
            writeln!(out, "  duties      {}", duties.join(", "))?;
        }
        for (label, value) in [("retry at", &self.retry_at), ("holds until", &self.valid_until), ("evidence", &self.evidence)]
        {
            if let Some(value) = value {
                writeln!(out, "  {label:<11} {value}")?;
            }
        }
        if !self.jurisdictions.is_empty() {
            writeln!(out, "  rules of    {}", self.jurisdictions.join(", "))?;
        }
        Ok(())
    }
}
