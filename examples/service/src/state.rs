//! The gate, its ledger, and the questions that were prepared so far.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Channel, Line, Party, Reason, Verdict};
use dialgate::{Campaign, Gate, Lead, Ledger, Number};

use crate::authzen::{Action, Answer, Evaluation, ResourceProperties};
use crate::problem::Problem;

/// A gate that follows its ledger, and answers over HTTP.
pub struct Service {
    gate: Gate,
    ledger: Ledger,
    /// As many as there are controllers, purposes and channels: only questions that can be prepared are kept.
    campaigns: RwLock<HashMap<(String, String, Channel), Campaign>>,
    at: Option<DateTime<Utc>>,
}

impl Service {
    /// Attaches the gate to the ledger that it was compiled with.
    ///
    /// # Errors
    /// When the two do not belong together, or the ledger cannot be read.
    pub fn new(gate: Gate, ledger: Ledger) -> Result<Self, dialgate::AttachError> {
        gate.attach(&ledger)?;
        Ok(Self { gate, ledger, campaigns: RwLock::default(), at: None })
    }

    /// Answers for one instant only, whatever the clock says: for demonstrations and tests on sample data.
    #[must_use]
    pub fn frozen_at(mut self, at: DateTime<Utc>) -> Self {
        self.at = Some(at);
        self
    }

    pub(crate) fn snapshot(&self) -> String {
        self.gate.snapshot_digest()
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) fn ledger(&self) -> Ledger {
        self.ledger.clone()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.at.unwrap_or_else(Utc::now)
    }

    /// Answers a question; an error when it is none.
    pub(crate) fn answer(&self, asked: Evaluation) -> Result<Answer, Problem> {
        let missing = |what| Problem::bad(format!("`{what}` is missing"));
        let subject = asked.subject.ok_or_else(|| missing("subject"))?;
        let action = asked.action.ok_or_else(|| missing("action"))?;
        let resource = asked.resource.ok_or_else(|| missing("resource"))?;
        for (given, expected, whose) in
            [(&subject.kind, "controller", "subject"), (&resource.kind, "phone_number", "resource")]
        {
            if given != expected {
                return Err(Problem::bad(format!("expected `{whose}.type` to be `{expected}`")));
            }
        }
        let span = tracing::info_span!(
            "consent.may_contact",
            purpose = tracing::field::Empty,
            channel = tracing::field::Empty,
            verdict = tracing::field::Empty,
            reason = tracing::field::Empty
        );
        let _inside = span.enter();
        let (answer, verdict, reason) = match (resource.id.parse::<Number>(), self.campaign(&subject.id, &action)) {
            (Err(_), _) => self.refused(Reason::NumberInvalid, None),
            (_, Err(hint)) => self.refused(Reason::QuestionUnknown, Some(hint)),
            (Ok(number), Ok(campaign)) => {
                // Declared names only: what a client sends in their place may be anything.
                span.record("purpose", campaign.purpose());
                span.record("channel", campaign.channel().slug());
                let lead = lead(number, &resource.properties);
                let decision = match self.at {
                    Some(at) => campaign.may_contact_lead(&lead, at),
                    None => campaign.may_contact_lead_now(&lead),
                };
                (Answer::of(&decision, self.snapshot()), decision.verdict(), decision.reason())
            }
        };
        let (verdict, reason) = (verdict.slug(), reason.map_or("", Reason::slug));
        span.record("verdict", verdict);
        span.record("reason", reason);
        metrics::counter!("dialgate_decisions_total", "verdict" => verdict, "reason" => reason).increment(1);
        tracing::debug!("decided");
        Ok(answer)
    }

    fn refused(&self, reason: Reason, hint: Option<String>) -> (Answer, Verdict, Option<Reason>) {
        (Answer::denied(reason, self.snapshot(), hint), Verdict::Deny, Some(reason))
    }

    /// The prepared question; else what is not known, and what is.
    fn campaign(&self, controller: &str, action: &Action) -> Result<Campaign, String> {
        let Some(channel) = Channel::from_slug(&action.name) else {
            let known: Vec<_> = Channel::ALL.iter().map(|channel| channel.slug()).collect();
            return Err(format!("`action.name` is no channel, expected one of {}", known.join(", ")));
        };
        let key = (controller.to_owned(), action.properties.purpose.clone(), channel);
        if let Some(campaign) = self.campaigns.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(campaign.clone());
        }
        let prepared = self.gate.campaign().controller(controller).purpose(&key.1).channel(channel).prepare();
        let campaign =
            prepared.map_err(|_| "the controller or the purpose is not declared in the manifest".to_owned())?;
        self.campaigns.write().unwrap_or_else(PoisonError::into_inner).insert(key, campaign.clone());
        Ok(campaign)
    }
}

/// A number with what the client knows about the person. A region or zone that says nothing denies.
fn lead(number: Number, known: &ResourceProperties) -> Lead {
    let mut lead =
        Lead::new(number).party(known.party.unwrap_or(Party::Unknown)).line(known.line.unwrap_or(Line::Unknown));
    if let Some(region) = &known.region {
        lead = lead.region(region);
    }
    if let Some(zone) = &known.time_zone {
        lead = lead.time_zone(zone);
    }
    lead
}
