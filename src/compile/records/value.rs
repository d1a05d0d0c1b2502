//! Fields of a record, from JSON or CSV alike: names with dots, and values.

use std::borrow::Cow;

use csv::ByteRecord;
use serde_json::Value;

/// Every field that a record may have, nested ones dotted.
const NAMES: &[&str] = &[
    "type",
    "number",
    "at",
    "controller",
    "id",
    "recorded_at",
    "purposes",
    "channels",
    "text",
    "form",
    "conditions.freely_given",
    "conditions.informed",
    "conditions.unambiguous",
    "conditions.revocable",
    "pre_ticked",
    "evidence.uri",
    "evidence.sha256",
    "expires_at",
    "notice_version",
    "double_opt_in_at",
    "via",
    "scope",
    "until",
    "keep_suppression",
    "kind",
    "ends_at",
    "soft_opt_in",
    "of",
    "version",
    "uri",
    "reason",
    "retain_until",
    "channel",
    "purpose",
    "outcome",
];

/// There as soon as one of its parts is.
const EVIDENCE: &str = "evidence";

/// A value that was written in the type that its field has, or not.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Field {
    Text(String),
    Words(Vec<String>),
    Bool(bool),
    /// An object whose parts stand beside it under dotted names.
    Object,
    /// Of a type that no field has.
    Other,
}

/// The fields of one record; null and empty ones are left out.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Fields {
    /// Few enough that a search from the front finds them fastest.
    fields: Vec<(Cow<'static, str>, Field)>,
    is_csv: bool,
}

impl Fields {
    /// Reads a JSON object; nested objects become dotted names.
    pub(super) fn from_json(row: &[u8]) -> Result<Self, &'static str> {
        Self::from_object(object(row)?)
    }

    /// The same for an object that was read.
    pub(super) fn from_object(object: impl IntoIterator<Item = (String, Value)>) -> Result<Self, &'static str> {
        let mut fields = Vec::new();
        for (name, value) in object {
            if name.contains('.') {
                return Err("a name with a dot: expected nested objects");
            }
            match value {
                Value::Object(nested) if matches!(name.as_str(), "conditions" | "evidence") => {
                    // Present, though empty: not the same as null.
                    fields.push((Cow::Owned(name.clone()), Field::Object));
                    for (inner, value) in nested {
                        put(&mut fields, format!("{name}.{inner}"), value);
                    }
                }
                value => put(&mut fields, name, value),
            }
        }
        Ok(Self { fields, is_csv: false })
    }

    /// Reads a row of bulk CSV.
    pub(super) fn from_csv(header: &[&'static str], record: &ByteRecord) -> Result<Self, &'static str> {
        let mut fields = Vec::with_capacity(header.len());
        for (name, cell) in header.iter().zip(record) {
            let cell = cell.trim_ascii();
            if !cell.is_empty() {
                let field = std::str::from_utf8(cell).map_or(Field::Other, |text| Field::Text(text.to_owned()));
                if name.starts_with("evidence.") && !fields.iter().any(|(have, _)| have == EVIDENCE) {
                    fields.push((Cow::Borrowed(EVIDENCE), Field::Object));
                }
                fields.push((Cow::Borrowed(name), field));
            }
        }
        Ok(Self { fields, is_csv: true })
    }

    /// Takes a field out, if it is there.
    pub(super) fn take(&mut self, name: &str) -> Option<Field> {
        let at = self.fields.iter().position(|(have, _)| have == name)?;
        Some(self.fields.swap_remove(at).1)
    }

    /// Takes a text; the error: it is of another type.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, ()> {
        match self.take(name) {
            None => Ok(None),
            // Ids and addresses are shown to people: none may repaint their terminal.
            Some(Field::Text(text)) if !text.contains(char::is_control) => Ok(Some(text)),
            Some(_) => Err(()),
        }
    }

    /// Takes a list of words; the error: it is of another type.
    pub(super) fn words(&mut self, name: &str) -> Result<Option<Vec<String>>, ()> {
        match self.take(name) {
            None => Ok(None),
            Some(Field::Words(words)) => Ok(Some(words)),
            Some(Field::Text(text)) if self.is_csv => {
                Ok(Some(text.split(';').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()))
            }
            Some(_) => Err(()),
        }
    }

    /// Takes a boolean; the error: it is of another type.
    pub(super) fn bool(&mut self, name: &str) -> Result<Option<bool>, ()> {
        match self.take(name) {
            None => Ok(None),
            Some(Field::Bool(value)) => Ok(Some(value)),
            Some(Field::Text(text)) if self.is_csv => match text.as_str() {
                "true" => Ok(Some(true)),
                "false" => Ok(Some(false)),
                _ => Err(()),
            },
            Some(_) => Err(()),
        }
    }

    /// Nothing is left that nobody asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// The names of the columns of bulk CSV; the error says what is wrong and what was expected.
pub(super) fn header(record: &ByteRecord) -> Result<Vec<&'static str>, (String, &'static str)> {
    let mut names: Vec<&'static str> = Vec::new();
    for field in record {
        let name = std::str::from_utf8(field).unwrap_or_default().trim().to_owned();
        let Some(name) = NAMES.iter().copied().find(|known| *known == name) else {
            return Err((
                format!("column `{}` is no field of a record", name.escape_debug()),
                "the field names of records",
            ));
        };
        if names.contains(&name) {
            return Err((format!("column `{name}` appears more than once"), "each column once"));
        }
        names.push(name);
    }
    for name in ["type", "number", "at"] {
        if !names.contains(&name) {
            return Err((format!("the header has no column `{name}`"), "at least `type`, `number` and `at`"));
        }
    }
    Ok(names)
}

fn put(fields: &mut Vec<(Cow<'static, str>, Field)>, name: String, value: Value) {
    let field = match value {
        Value::Null => return,
        Value::String(text) => Field::Text(text),
        Value::Bool(value) => Field::Bool(value),
        Value::Array(values) => values
            .into_iter()
            .map(|value| if let Value::String(text) = value { Some(text) } else { None })
            .collect::<Option<Vec<String>>>()
            .map_or(Field::Other, Field::Words),
        Value::Number(_) | Value::Object(_) => Field::Other,
    };
    fields.push((Cow::Owned(name), field));
}

/// Reads a JSON object whose names are all different.
pub(super) fn object(row: &[u8]) -> Result<Vec<(String, Value)>, &'static str> {
    let Strict(object) = serde_json::from_slice(row).map_err(|_| "not a JSON object with each name once")?;
    Ok(object)
}

/// An object whose names are all different: of two equal ones JSON readers keep one in silence.
struct Strict(Vec<(String, Value)>);

impl<'de> serde::Deserialize<'de> for Strict {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StrictVisitor)
    }
}

/// So many names an object may have: more than any record knows.
const MOST_NAMES: usize = 64;

struct StrictVisitor;

impl<'de> serde::de::Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Strict, A::Error> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if entries.len() >= MOST_NAMES {
                return Err(serde::de::Error::custom("more names than any record has"));
            }
            if entries.iter().any(|(have, _)| *have == name) {
                return Err(serde::de::Error::custom("a name twice"));
            }
            entries.push((name, value));
        }
        Ok(Strict(entries))
    }
}
