//! Records one by one, without a manifest: as the ledger takes and gives them.

use std::collections::BTreeMap;

#[cfg(feature = "cli")]
use csv::ByteRecord;
use serde_json::{Map, Value};

use super::Known;
use super::row::{Row, Taken};
#[cfg(feature = "cli")]
use super::value::Field;
use super::value::{self, Fields};
use crate::compile::input::Record;
use crate::compile::manifest::Manifest;
use crate::dictionary::{ConsentText, Dictionary};
use crate::vocabulary::{Condition, ConditionSet, Form};
use crate::{Number, Timestamp};

/// A record's own words, names sorted.
pub(crate) type Object = Map<String, Value>;

/// What became of one record.
pub(crate) enum Single {
    /// It was read; of a denial without a date two records.
    Taken { records: Vec<Record>, widened: Option<&'static str> },
    /// It was not.
    Refused(&'static str),
}

/// Reads records whose controllers nobody has declared here.
pub(crate) struct Reader<'a> {
    known: Known<'a>,
}

impl<'a> Reader<'a> {
    /// Reads what is to be kept: a text that a consent names is taken for good, as only who reads the record
    /// back knows it. Consents may not be dated after `latest`.
    pub(crate) fn keeping(latest: Timestamp) -> Self {
        static ANY: ConsentText = ConsentText {
            id: String::new(),
            form: Some(Form::Electronic),
            conditions: Some(ConditionSet::of(Condition::ALL)),
            pre_ticked: Some(false),
            from: None,
        };
        Self::over(BTreeMap::new(), Some(&ANY), latest)
    }

    /// Reads what was kept as the manifest of this snapshot does. A consent that names a text which is not among its
    /// texts is refused.
    pub(crate) fn kept(dictionary: &'a Dictionary) -> Self {
        let controllers = &dictionary.controllers;
        Self {
            known: Known {
                controllers: Some(controllers.iter().map(|controller| controller.id.as_str()).collect()),
                only_controller: if let [only] = controllers.as_slice() { Some(&only.id) } else { None },
                texts: dictionary.texts.iter().map(|text| (text.id.as_str(), text)).collect(),
                unknown_text: None,
                latest: Timestamp::MAX,
            },
        }
    }

    /// Reads what was kept, with the controllers and texts of a manifest.
    pub(crate) fn of(manifest: &'a Manifest, as_of: Timestamp) -> Self {
        Self { known: Known::of(manifest, as_of) }
    }

    fn over(
        texts: BTreeMap<&'a str, &'a ConsentText>,
        unknown_text: Option<&'a ConsentText>,
        latest: Timestamp,
    ) -> Self {
        Self { known: Known { controllers: None, only_controller: None, texts, unknown_text, latest } }
    }

    /// Reads a record that has its number.
    pub(crate) fn read(&self, object: Object) -> Single {
        let fields = match Fields::from_object(object) {
            Ok(fields) => fields,
            Err(reason) => return Single::Refused(reason),
        };
        match Row::new(fields, &self.known).read() {
            Taken::Record { records, widened } => Single::Taken { records, widened },
            Taken::Rejected(reason) | Taken::Lost(reason) => Single::Refused(reason),
        }
    }

    /// Reads a record whose number is kept beside it.
    pub(crate) fn read_for(&self, number: Number, mut object: Object) -> Single {
        object.insert("number".to_owned(), Value::String(number.to_string()));
        self.read(object)
    }
}

/// The object on a line of JSON Lines.
pub(crate) fn from_json(row: &[u8]) -> Result<Object, &'static str> {
    Ok(value::object(row)?.into_iter().collect())
}

/// The columns of bulk CSV.
#[cfg(feature = "cli")]
pub(crate) fn header(record: &ByteRecord) -> Result<Vec<&'static str>, String> {
    value::header(record).map_err(|(what, expected)| format!("{what}; expected {expected}"))
}

/// The object that a row of bulk CSV stands for. What cannot be read becomes a value that no field has.
#[cfg(feature = "cli")]
pub(crate) fn from_csv(header: &[&'static str], record: &ByteRecord) -> Result<Object, &'static str> {
    if record.len() != header.len() {
        return Err("more or fewer fields than the header");
    }
    let mut fields = Fields::from_csv(header, record)?;
    let mut object = Object::new();
    for name in header {
        let value = match *name {
            "purposes" | "channels" => fields.words(name).map(|words| words.map(Value::from)),
            "pre_ticked" | "keep_suppression" | "soft_opt_in" => fields.bool(name).map(|value| value.map(Value::from)),
            name if name.starts_with("conditions.") => fields.bool(name).map(|value| value.map(Value::from)),
            name => match fields.take(name) {
                None => Ok(None),
                Some(Field::Text(text)) => Ok(Some(Value::String(text))),
                Some(_) => Err(()),
            },
        };
        let value = match value {
            Ok(None) => continue,
            Ok(Some(value)) => value,
            Err(()) => Value::from(0),
        };
        match name.split_once('.') {
            None => {
                object.insert((*name).to_owned(), value);
            }
            Some((outer, inner)) => {
                let nested = object.entry(outer).or_insert_with(|| Value::Object(Object::new()));
                if let Value::Object(nested) = nested {
                    nested.insert(inner.to_owned(), value);
                }
            }
        }
    }
    Ok(object)
}
