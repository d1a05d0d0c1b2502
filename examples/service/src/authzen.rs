//! Questions and answers as the AuthZEN Authorization API 1.0 has them.

use dialgate::Decision;
use dialgate::vocabulary::{Line, Party, Reason, Verdict};
use serde::{Deserialize, Serialize};

/// A question, or what the questions of a batch have in common.
#[derive(Deserialize, Clone, Default)]
pub(crate) struct Evaluation {
    pub(crate) subject: Option<Subject>,
    pub(crate) action: Option<Action>,
    pub(crate) resource: Option<Resource>,
}

/// Who asks: the controller on whose behalf the contact is made.
#[derive(Deserialize, Clone)]
pub(crate) struct Subject {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) id: String,
}

/// What is to be done: a channel, and what for.
#[derive(Deserialize, Clone)]
pub(crate) struct Action {
    pub(crate) name: String,
    pub(crate) properties: ActionProperties,
}

/// A property that is not known is an error: it may have been meant to forbid.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionProperties {
    pub(crate) purpose: String,
}

/// Whom it is about.
#[derive(Deserialize, Clone)]
pub(crate) struct Resource {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) properties: ResourceProperties,
}

/// What is known about the person.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResourceProperties {
    pub(crate) region: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) party: Option<Party>,
    pub(crate) line: Option<Line>,
}

/// Many questions; each may leave out what the batch says for all.
#[derive(Deserialize)]
pub(crate) struct Evaluations {
    #[serde(flatten)]
    pub(crate) common: Evaluation,
    #[serde(default)]
    pub(crate) evaluations: Vec<Evaluation>,
    #[serde(default)]
    pub(crate) options: Options,
}

#[derive(Deserialize, Default)]
pub(crate) struct Options {
    #[serde(default)]
    pub(crate) evaluations_semantic: Semantic,
}

/// When to stop.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Semantic {
    #[default]
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

/// An answer.
#[derive(Serialize)]
pub(crate) struct Answer {
    pub(crate) decision: bool,
    pub(crate) context: Context,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Context {
    Decided(Decided),
    /// A question of a batch that is none.
    Error {
        error: ItemError,
    },
}

#[derive(Serialize)]
pub(crate) struct ItemError {
    pub(crate) status: u16,
    pub(crate) message: String,
}

/// The decision behind the answer.
#[derive(Serialize)]
pub(crate) struct Decided {
    verdict: &'static str,
    reason: Option<&'static str>,
    reasons: Vec<&'static str>,
    obligations: Vec<&'static str>,
    basis: Option<&'static str>,
    retry_at: Option<chrono::DateTime<chrono::Utc>>,
    valid_until: Option<chrono::DateTime<chrono::Utc>>,
    snapshot: String,
    /// What was not understood, where something was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Answer {
    pub(crate) fn of(decision: &Decision, snapshot: String) -> Self {
        let decided = Decided {
            verdict: decision.verdict().slug(),
            reason: decision.reason().map(Reason::slug),
            reasons: decision.reasons().iter().map(Reason::slug).collect(),
            obligations: decision.obligations().iter().map(|duty| duty.slug()).collect(),
            basis: decision.basis().map(|basis| basis.slug()),
            retry_at: decision.retry_at(),
            valid_until: decision.valid_until(),
            snapshot,
            hint: None,
        };
        Self { decision: decision.is_allowed(), context: Context::Decided(decided) }
    }

    /// A denial that needed no look into the snapshot.
    pub(crate) fn denied(reason: Reason, snapshot: String, hint: Option<String>) -> Self {
        let decided = Decided {
            verdict: Verdict::Deny.slug(),
            reason: Some(reason.slug()),
            reasons: vec![reason.slug()],
            obligations: Vec::new(),
            basis: None,
            retry_at: None,
            valid_until: None,
            snapshot,
            hint,
        };
        Self { decision: false, context: Context::Decided(decided) }
    }

    pub(crate) fn error(status: u16, message: String) -> Self {
        Self { decision: false, context: Context::Error { error: ItemError { status, message } } }
    }
}

impl Evaluation {
    /// The question with what it leaves out taken from the batch.
    pub(crate) fn or(self, common: &Self) -> Self {
        Self {
            subject: self.subject.or_else(|| common.subject.clone()),
            action: self.action.or_else(|| common.action.clone()),
            resource: self.resource.or_else(|| common.resource.clone()),
        }
    }
}
