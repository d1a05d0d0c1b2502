//! Asking with a log: what is answered is on record.

use chrono::{DateTime, Utc};

use super::{Audit, AuditError, Batch, Refused};
use crate::gate::{ScreenError, When};
use crate::vocabulary::{Channel, Reason};
use crate::{Campaign, Decision, Gate, Lead, Number, Purpose};

/// As many entries are put on record in one step.
const BATCH: usize = 1024;

/// A gate whose answers go on record, see [`Gate::audit`].
#[derive(Clone, Debug)]
pub struct AuditedGate {
    gate: Gate,
    audit: Audit,
}

/// A prepared question whose answers go on record, see [`Campaign::audit`].
///
/// The snapshot can be replaced under it as under the campaign that it was made from.
#[derive(Clone, Debug)]
pub struct AuditedCampaign {
    campaign: Campaign,
    audit: Audit,
}

impl Gate {
    /// Asks with an audit log: every decision is on record before it is given.
    #[must_use]
    pub fn audit(&self, audit: &Audit) -> AuditedGate {
        AuditedGate { gate: self.clone(), audit: audit.clone() }
    }
}

impl Campaign {
    /// Asks with an audit log: every decision is on record before it is given.
    ///
    /// A contact of class `emergency` is always to be audited: ask for it this way.
    #[must_use]
    pub fn audit(&self, audit: &Audit) -> AuditedCampaign {
        AuditedCampaign { campaign: self.clone(), audit: audit.clone() }
    }
}

impl AuditedGate {
    /// May this number be contacted now, by the manifest's default controller?
    ///
    /// Prepares the question each time; an [`AuditedCampaign`] is prepared once.
    ///
    /// # Errors
    /// When the decision could not be put on record; there is none then.
    pub fn may_contact(&self, number: Number, purpose: Purpose, channel: Channel) -> Result<Decision, AuditError> {
        self.ask(number, purpose, channel, None)
    }

    /// The same at a given instant.
    ///
    /// # Errors
    /// When the decision could not be put on record; there is none then.
    pub fn may_contact_at(
        &self,
        number: Number,
        purpose: Purpose,
        channel: Channel,
        at: DateTime<Utc>,
    ) -> Result<Decision, AuditError> {
        self.ask(number, purpose, channel, Some(at))
    }

    fn ask(
        &self,
        number: Number,
        purpose: Purpose,
        channel: Channel,
        at: Option<DateTime<Utc>>,
    ) -> Result<Decision, AuditError> {
        let name = self.gate.purpose_name(purpose);
        let campaign = name.and_then(|name| self.gate.campaign().purpose(&name).channel(channel).prepare().ok());
        if let Some(campaign) = campaign {
            return campaign.audit(&self.audit).may_contact_lead_after(&Lead::new(number), 0, at);
        }
        let is_possible = crate::plan::locate(number).possible;
        let mut batch = Batch::default();
        let decision = self.audit.refuse(
            &Refused {
                number: Some(number),
                controller: "?",
                purpose: "?",
                channel: channel.slug(),
                at,
                snapshot: &self.gate.snapshot_digest(),
                reason: if is_possible { Reason::QuestionUnknown } else { Reason::NumberInvalid },
            },
            &mut batch,
        );
        self.audit.put(&mut batch)?;
        Ok(self.gate.shared().counted(decision))
    }
}

impl AuditedCampaign {
    /// May this number be contacted now?
    ///
    /// # Errors
    /// When the decision could not be put on record; there is none then. So in all that follow.
    pub fn may_contact(&self, number: Number) -> Result<Decision, AuditError> {
        self.may_contact_lead_after(&Lead::new(number), 0, None)
    }

    /// May it be contacted at this instant? The age of the snapshot is not asked.
    ///
    /// # Errors
    /// As [`AuditedCampaign::may_contact`].
    pub fn may_contact_at(&self, number: Number, at: DateTime<Utc>) -> Result<Decision, AuditError> {
        self.may_contact_lead_after(&Lead::new(number), 0, Some(at))
    }

    /// May this lead be contacted now?
    ///
    /// # Errors
    /// As [`AuditedCampaign::may_contact`].
    pub fn may_contact_lead_now(&self, lead: &Lead) -> Result<Decision, AuditError> {
        self.may_contact_lead_after(lead, 0, None)
    }

    /// May this lead be contacted at this instant?
    ///
    /// # Errors
    /// As [`AuditedCampaign::may_contact`].
    pub fn may_contact_lead(&self, lead: &Lead, at: DateTime<Utc>) -> Result<Decision, AuditError> {
        self.may_contact_lead_after(lead, 0, Some(at))
    }

    /// May this lead be contacted at this instant (none: now), if so many attempts had been made at that very instant?
    ///
    /// # Errors
    /// As [`AuditedCampaign::may_contact`].
    pub fn may_contact_lead_after(
        &self,
        lead: &Lead,
        attempts: usize,
        at: Option<DateTime<Utc>>,
    ) -> Result<Decision, AuditError> {
        let mut batch = Batch::default();
        let decision = self.decide(lead, attempts, at.map_or(When::Clock, When::Given), &mut batch);
        self.audit.put(&mut batch)?;
        Ok(decision)
    }

    /// Answers for many leads at one instant, in their order. An entry each, written many at a time.
    ///
    /// # Errors
    /// When the slices are not of one length, or a decision could not be put on record; then every decision is a
    /// denial, whatever is on record.
    pub fn screen_leads(
        &self,
        leads: &[Lead],
        at: DateTime<Utc>,
        decisions: &mut [Decision],
    ) -> Result<(), AuditError> {
        decisions.fill(Decision::default());
        if leads.len() != decisions.len() {
            return Err(ScreenError::Lengths { asked: leads.len(), room: decisions.len() }.into());
        }
        let screened = self.fill(leads, When::Given(at), decisions);
        if screened.is_err() {
            decisions.fill(Decision::default());
        }
        screened
    }

    fn fill(&self, leads: &[Lead], when: When, decisions: &mut [Decision]) -> Result<(), AuditError> {
        let mut batch = Batch::default();
        for (leads, decisions) in leads.chunks(BATCH).zip(decisions.chunks_mut(BATCH)) {
            for (lead, decision) in leads.iter().zip(decisions) {
                *decision = self.decide(lead, 0, when, &mut batch);
            }
            self.audit.put(&mut batch)?;
        }
        Ok(())
    }

    /// Decides, and adds the entry to a batch. The answer counts once the batch was put on record.
    pub(crate) fn decide(&self, lead: &Lead, attempts: usize, when: When, batch: &mut Batch) -> Decision {
        self.audit.decide(&self.campaign, lead, attempts, when, batch)
    }

    /// The question that it asks.
    #[must_use]
    pub const fn campaign(&self) -> &Campaign {
        &self.campaign
    }

    /// The log that it writes to.
    #[must_use]
    pub const fn log(&self) -> &Audit {
        &self.audit
    }
}
