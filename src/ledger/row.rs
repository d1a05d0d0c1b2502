//! A record on its way into the ledger: what it says, and its own words.

use serde_json::{Value, json};

use crate::Timestamp;
use crate::compile::input::{Body, Consent, Record, Scope};
use crate::compile::records::single::{Object, Reader, Single};
use crate::compile::source::is_denial;
use crate::timestamp::rfc3339;
use crate::vocabulary::Condition;

/// A record with its own words, ready to be kept.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// As far as it can be read without a manifest: of a consent that names a text the conditions are open.
    pub(crate) record: Record,
    /// The record in JSON, names sorted, without number and time of recording.
    pub(crate) words: Object,
    /// When the owner recorded it, if that was said.
    pub(crate) recorded_at: Option<Timestamp>,
}

impl Row {
    /// Reads a record from its words. A denial without a date becomes two rows.
    pub(crate) fn read(
        mut object: Object,
        reader: &Reader<'_>,
    ) -> Result<(Vec<Self>, Option<&'static str>), &'static str> {
        let (records, widened) = match reader.read(object.clone()) {
            Single::Taken { records, widened } => (records, widened),
            Single::Refused(reason) => return Err(reason),
        };
        object.remove("number");
        let recorded_at = object.remove("recorded_at");
        let recorded_at = recorded_at.as_ref().and_then(Value::as_str).and_then(crate::compile::date::instant);
        if records.len() > 1 {
            // Nothing can be confirmed of which nobody knows when it was.
            object.remove("id");
            object.remove("via");
        }
        let rows = records.into_iter().map(|record| {
            let mut words = object.clone();
            words.insert("at".to_owned(), instant(record.at));
            Self { record, words, recorded_at }
        });
        Ok((rows.collect(), widened))
    }

    /// A record that was made by a program. A consent must come with its evidence: from its words.
    pub(crate) fn of(record: &Record) -> Result<Self, &'static str> {
        let Value::Object(mut words) = words(record)? else { return Err("a record that cannot be written") };
        words.retain(|_, value| !value.is_null());
        Ok(Self { record: record.clone(), words, recorded_at: None })
    }
}

/// May two records with the same id say different things, and both be kept?
pub(super) fn is_kept_beside_another(kind: &str) -> bool {
    is_denial(kind) || matches!(kind, "attempt" | "relationship_end")
}

fn instant(at: Timestamp) -> Value {
    at.to_chrono().map_or(Value::Null, |at| Value::String(rfc3339(at)))
}

fn words(record: &Record) -> Result<Value, &'static str> {
    let mut value = match &record.body {
        Body::Consent(consent) => consent_words(consent)?,
        Body::Withdrawal { scope, via } => scoped(scope, json!({ "via": via })),
        Body::Objection { all } => json!({ "scope": if *all { "all" } else { "marketing" } }),
        Body::OptOut { scope, until, via } => scoped(scope, json!({ "via": via, "until": until.map(instant) })),
        Body::Erasure { keep_suppression } => json!({ "keep_suppression": keep_suppression }),
        Body::Restriction | Body::RestrictionLifted | Body::Reassigned => json!({}),
        Body::Relationship { kind, purposes, ends_at, soft_opt_in } => json!({
            "kind": kind, "purposes": purposes, "ends_at": ends_at.map(instant), "soft_opt_in": soft_opt_in,
        }),
        Body::RelationshipEnd { kind, of } => json!({ "kind": kind, "of": of }),
        Body::Notice { version } => json!({ "version": version }),
        Body::Recording { uri, reason, retain_until } => {
            json!({ "uri": uri, "reason": reason, "retain_until": retain_until.map(instant) })
        }
        Body::Attempt { channel, purpose, outcome } => {
            json!({ "channel": channel, "purpose": purpose, "outcome": outcome })
        }
    };
    if let Value::Object(object) = &mut value {
        object.insert("type".to_owned(), record.body.kind().into());
        object.insert("at".to_owned(), instant(record.at));
        object.insert("controller".to_owned(), record.controller.clone().into());
        object.insert("id".to_owned(), record.id.clone().into());
    }
    Ok(value)
}

fn scoped(scope: &Scope, mut rest: Value) -> Value {
    if let Value::Object(object) = &mut rest {
        object.insert("purposes".to_owned(), scope.purposes.clone().into());
        object.insert("channels".to_owned(), scope.channels.clone().into());
    }
    rest
}

fn consent_words(consent: &Consent) -> Result<Value, &'static str> {
    if !consent.missing.contains(Condition::Documented) {
        return Err("a consent with evidence is recorded from its JSON, which holds the evidence");
    }
    let met = |condition| !consent.missing.contains(condition);
    Ok(json!({
        "purposes": consent.purposes,
        "channels": consent.channels.iter().collect::<Vec<_>>(),
        "form": consent.form,
        "pre_ticked": false,
        "conditions": {
            "freely_given": met(Condition::FreelyGiven),
            "informed": met(Condition::Informed),
            "unambiguous": met(Condition::Unambiguous),
            "revocable": met(Condition::Revocable),
        },
        "text": consent.text,
        "expires_at": consent.expires_at.map(instant),
        "notice_version": consent.notice_version,
        "double_opt_in_at": consent.double_opt_in_at.map(instant),
    }))
}
