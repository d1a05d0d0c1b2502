//! One decision, as JSON, as text and as an exit code.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::arguments::{self, Question};
use super::{say, words};
use crate::Explanation;
use crate::vocabulary::{Basis, Obligation, Party, Reason, Verdict};

/// One decision with its question: the fields of `--json`, in their order.
#[derive(Serialize, Debug)]
pub(super) struct Answer {
    number: String,
    controller: String,
    purpose: String,
    channel: String,
    at: String,
    verdict: Verdict,
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
    /// Packs that house rules replaced: for people, and in `explain`.
    #[serde(skip)]
    replaced: Vec<String>,
}

impl From<Explanation> for Answer {
    fn from(why: Explanation) -> Self {
        Self {
            number: why.number.to_string(),
            controller: why.controller,
            purpose: why.purpose,
            channel: why.channel.to_string(),
            at: why.at,
            verdict: why.verdict,
            reason: why.reason,
            reasons: why.reasons.iter().collect(),
            obligations: why.obligations.iter().collect(),
            retry_at: why.retry_at,
            valid_until: why.valid_until,
            jurisdictions: why.jurisdictions,
            party: why.party,
            basis: why.basis,
            evidence: why.evidence,
            snapshot: why.snapshot,
            replaced: why.replaced,
        }
    }
}

impl Answer {
    /// A denial that needed no look into the snapshot.
    pub(super) fn denied(
        number: &str,
        controller: String,
        question: &Question,
        at: DateTime<Utc>,
        snapshot: String,
        reason: Reason,
    ) -> Self {
        Self {
            number: number.to_owned(),
            controller,
            purpose: question.purpose.clone(),
            channel: question.channel.clone(),
            at: arguments::rfc3339(at),
            verdict: reason.verdict(),
            reason: Some(reason),
            reasons: vec![reason],
            obligations: Vec::new(),
            retry_at: None,
            valid_until: None,
            jurisdictions: Vec::new(),
            party: question.party.unwrap_or(Party::Unknown),
            basis: None,
            evidence: None,
            snapshot,
            replaced: Vec::new(),
        }
    }

    /// The instant that was asked about, RFC 3339.
    pub(super) fn at(&self) -> &str {
        &self.at
    }

    /// The verdict.
    pub(super) const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The first reason.
    pub(super) const fn reason(&self) -> Option<Reason> {
        self.reason
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
        writeln!(out, "{}: {} {}", say::verdict(self.verdict), self.number, words::outcome(self.verdict))?;
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
        for (label, value) in
            [("retry at", &self.retry_at), ("holds until", &self.valid_until), ("evidence", &self.evidence)]
        {
            if let Some(value) = value {
                writeln!(out, "  {label:<11} {value}")?;
            }
        }
        if !self.jurisdictions.is_empty() {
            writeln!(out, "  rules of    {}", self.jurisdictions.join(", "))?;
        }
        if !self.replaced.is_empty() {
            writeln!(out, "  replaced    {} (override = true)", self.replaced.join(", "))?;
        }
        Ok(())
    }
}
