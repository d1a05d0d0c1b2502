//! Access: everything that is held about a number, for the person who asks.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::compile::tombstones_of;
use super::error::LedgerError;
use super::open::Session;
use super::read::{PlainWhat, of_number};
use super::{Ledger, LedgerId, failed};
use crate::compile::records::single::Object;
use crate::timestamp::rfc3339;
use crate::{Number, Timestamp};

/// Everything that a ledger holds about a number, by controller; `*`: what binds every controller or names none.
///
/// `Display` is for people, [`Subject::to_json`] for programs. Both name the number in full.
#[derive(Clone, PartialEq, Debug)]
pub struct Subject {
    number: Number,
    ledger: LedgerId,
    by_controller: BTreeMap<String, Held>,
}

/// What is held for one controller.
#[derive(Clone, PartialEq, Debug, Default)]
struct Held {
    /// Each record in its own words, with the time of recording.
    records: Vec<(Timestamp, Object)>,
    /// Erasures: when, and until when they bar (none: for good).
    erased: Vec<(Timestamp, Option<Timestamp>)>,
}

impl Ledger {
    /// Everything that is held about a number, for one controller (and what binds every one) or for all.
    ///
    /// # Errors
    /// The ledger cannot be read, or an entry is damaged.
    pub fn subject(&self, number: Number, controller: Option<&str>) -> Result<Subject, LedgerError> {
        let mut session = self.inner.reader()?;
        let Session { connection, ciphers, .. } = &mut *session;
        let transaction = connection.unchecked_transaction().map_err(|error| failed("read", &error))?;
        let mut by_controller: BTreeMap<String, Held> = BTreeMap::new();
        let mut of = |whose: Option<&str>, put: &mut dyn FnMut(&mut Held)| {
            let whose = whose.unwrap_or(EVERY);
            if controller.is_none_or(|asked| whose == asked || whose == EVERY) {
                put(by_controller.entry(whose.to_owned()).or_default());
            }
        };
        for (plain, words) in of_number(&transaction, ciphers, number)? {
            let mut words = words;
            if matches!(plain.what, PlainWhat::Released { .. }) {
                words.insert("given_back".to_owned(), true.into());
            }
            let whose = words.get("controller").and_then(Value::as_str).map(str::to_owned);
            of(whose.as_deref(), &mut |held| held.records.push((plain.recorded_at, words.clone())));
        }
        for gone in tombstones_of(&transaction, ciphers, number)? {
            of(gone.controller.as_deref(), &mut |held| held.erased.push((gone.at, gone.until)));
        }
        drop(transaction);
        Ok(Subject { number, ledger: self.inner.id, by_controller })
    }
}

/// Stands for every controller.
const EVERY: &str = "*";

impl Subject {
    /// Is nothing held?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_controller.is_empty()
    }

    /// The controllers that hold something; `*`: every one.
    pub fn controllers(&self) -> impl Iterator<Item = &str> {
        self.by_controller.keys().map(String::as_str)
    }

    /// As one JSON object: `{"number", "ledger", "controllers": {"acme": {"records": [..], "erased": [..]}}}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let controllers = self.by_controller.iter().map(|(controller, held)| {
            let records = held.records.iter().map(|(recorded_at, words)| {
                let mut words = words.clone();
                words.insert("recorded_at".to_owned(), instant(*recorded_at));
                Value::Object(words)
            });
            let erased =
                held.erased.iter().map(|(at, until)| json!({ "at": instant(*at), "until": until.map(instant) }));
            let held = json!({ "records": records.collect::<Vec<_>>(), "erased": erased.collect::<Vec<_>>() });
            (controller.clone(), held)
        });
        let controllers: Object = controllers.collect();
        json!({ "number": self.number, "ledger": self.ledger.to_string(), "controllers": controllers }).to_string()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "What is held about {}", self.number)?;
        if self.is_empty() {
            return writeln!(f, "\nNothing.");
        }
        for (controller, held) in &self.by_controller {
            match controller.as_str() {
                EVERY => writeln!(f, "\nFor every controller")?,
                name => writeln!(f, "\nFor {name}")?,
            }
            for (recorded_at, words) in &held.records {
                let text = |name: &str| words.get(name).and_then(Value::as_str).unwrap_or_default();
                writeln!(f, "  {}  {}", text("at"), text("type").replace('_', " "))?;
                for (name, value) in words {
                    if !matches!(name.as_str(), "type" | "at" | "controller") {
                        writeln!(f, "      {}: {}", name.replace('_', " "), readable(value))?;
                    }
                }
                writeln!(f, "      recorded: {}", readable(&instant(*recorded_at)))?;
            }
            for (at, until) in &held.erased {
                writeln!(
                    f,
                    "  {}  erased: a one-way code keeps the number from being contacted",
                    readable(&instant(*at))
                )?;
                if let Some(until) = until {
                    writeln!(f, "      until: {}", readable(&instant(*until)))?;
                }
            }
        }
        Ok(())
    }
}

fn instant(at: Timestamp) -> Value {
    at.to_chrono().map_or(Value::Null, |at| Value::String(rfc3339(at)))
}

fn readable(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(value) => if *value { "yes" } else { "no" }.to_owned(),
        Value::Array(values) => values.iter().map(readable).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{} {}", name.replace('_', " "), readable(value)));
            fields.collect::<Vec<_>>().join(", ")
        }
        Value::Null => "none".to_owned(),
        Value::Number(number) => number.to_string(),
    }
}
