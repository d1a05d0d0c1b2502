//! Manifest, lists and records as the model reads them: the formats that the tests write, and no more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::{Choices, Controller, Entry, List, Model, Record};

impl Model {
    /// Reads `gate.toml` in this directory and the files that it names.
    pub(crate) fn load(dir: &Path) -> Model {
        let text = std::fs::read_to_string(dir.join("gate.toml")).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        let as_of = instant(string(&manifest, "as_of"));
        let tables = |name: &str| -> Vec<toml::Table> {
            let rows = manifest.get(name).and_then(toml::Value::as_array).cloned().unwrap_or_default();
            rows.into_iter().map(|row| row.as_table().unwrap().clone()).collect()
        };
        let controllers: Vec<Controller> = tables("controllers")
            .iter()
            .map(|row| Controller {
                id: string(row, "id").to_owned(),
                emergency: row.get("emergency").and_then(toml::Value::as_bool).unwrap_or(false),
                caller_ids: strings(row, "caller_ids").unwrap_or_default(),
            })
            .collect();
        let mut purposes = BTreeMap::new();
        for class in CLASSES {
            purposes.insert((*class).to_owned(), ((*class).to_owned(), "general".to_owned()));
        }
        for row in tables("purposes") {
            let sector = row.get("sector").and_then(toml::Value::as_str).unwrap_or("general");
            purposes.insert(string(&row, "id").to_owned(), (string(&row, "class").to_owned(), sector.to_owned()));
        }
        let lists = tables("lists").iter().map(|row| list(dir, row)).collect();
        let mut records: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for row in tables("records") {
            for line in std::fs::read_to_string(dir.join(string(&row, "path"))).unwrap().lines() {
                let value: Value = serde_json::from_str(line).unwrap();
                let record = record(&value, &controllers);
                // The same id is the same event; attempts without an id are never merged.
                let same = record.id.clone().map_or_else(|| value.to_string(), |id| format!("id {id}"));
                let once = record.kind == "attempt" && record.id.is_none();
                if once || seen.insert(same) {
                    records.entry(value["number"].as_str().unwrap().to_owned()).or_default().push(record);
                }
            }
        }
        Model { as_of, choices: choices(&manifest), controllers, purposes, lists, records }
    }
}

fn choices(manifest: &toml::Table) -> Choices {
    let word = |table: &str, key: &str| manifest.get(table).and_then(|table| table.get(key));
    let chosen = |key: &str| word("rules", key).and_then(toml::Value::as_bool);
    Choices {
        code_of_conduct: chosen("it_code_of_conduct").unwrap_or(true),
        grace: chosen("use_registry_grace").unwrap_or(false),
        attempts_elsewhere: word("attempts", "source").is_some_and(|source| source.as_str() == Some("external")),
    }
}

const CLASSES: &[&str] = &[
    "marketing",
    "service",
    "debt_collection",
    "survey",
    "charity",
    "political",
    "reconsent",
    "notice",
    "opt_out_confirmation",
    "emergency",
];

fn record(value: &Value, controllers: &[Controller]) -> Record {
    let time = |field: &str| value.get(field).and_then(Value::as_str).map(instant);
    let mut controller = value.get("controller").and_then(Value::as_str).filter(|id| *id != "*").map(str::to_owned);
    if let (None, [only]) = (&controller, controllers) {
        controller = Some(only.id.clone());
    }
    Record {
        kind: value["type"].as_str().unwrap().to_owned(),
        at: instant(value["at"].as_str().unwrap()),
        controller,
        id: value.get("id").and_then(Value::as_str).map(str::to_owned),
        until: time("until").or(time("expires_at")).or(time("ends_at")),
        purposes: words(value.get("purposes")),
        channels: words(value.get("channels")),
        rest: value.clone(),
    }
}

fn words(value: Option<&Value>) -> Option<Vec<String>> {
    let words = value?.as_array()?;
    Some(words.iter().map(|word| word.as_str().unwrap().to_owned()).collect())
}

fn list(dir: &Path, row: &toml::Table) -> List {
    let words = |name: &str| strings(row, name);
    let text = std::fs::read_to_string(dir.join(string(row, "path"))).unwrap();
    let entries = match string(row, "format") {
        "plain" => text.lines().map(|line| Entry::undated(line.trim())).collect(),
        "ftc" => text.lines().map(|line| Entry::undated(&format!("+1{}", line.replace(',', "")))).collect(),
        "tps" => text.lines().map(|line| Entry::undated(&british(line))).collect(),
        "csv" => text.lines().skip(1).map(dated).collect(),
        "ranges" => text.lines().map(|line| Entry::prefix(line.trim_end_matches('*'))).collect(),
        other => panic!("the model does not read lists in format {other}"),
    };
    List {
        kind: string(row, "kind").to_owned(),
        registry: row.get("registry").and_then(toml::Value::as_str).map(str::to_owned),
        as_of: instant(string(row, "as_of")),
        max_age_days: row.get("max_age_days").and_then(toml::Value::as_integer),
        consent_lifts: row.get("consent_lifts").and_then(toml::Value::as_bool).unwrap_or(false),
        controllers: words("controllers"),
        purposes: words("purposes"),
        channels: words("channels"),
        jurisdictions: words("jurisdictions"),
        covers: words("covers"),
        entries,
    }
}

fn strings(row: &toml::Table, name: &str) -> Option<Vec<String>> {
    let words = row.get(name)?.as_array()?;
    Some(words.iter().map(|word| word.as_str().unwrap().to_owned()).collect())
}

fn british(line: &str) -> String {
    let national: String = line.chars().filter(char::is_ascii_digit).collect();
    format!("+44{}", national.trim_start_matches('0'))
}

/// A row of a CSV list with the columns `phone,added,expires`.
fn dated(line: &str) -> Entry {
    let mut fields = line.split(',').map(str::trim);
    let number = fields.next().unwrap().to_owned();
    let mut time = || fields.next().filter(|field| !field.is_empty()).map(instant);
    let at = time();
    Entry { number, prefix: false, at, until: time() }
}

fn string<'a>(table: &'a toml::Table, key: &str) -> &'a str {
    table.get(key).and_then(toml::Value::as_str).unwrap_or_else(|| panic!("`{key}` is not in the manifest"))
}

/// Microseconds of an RFC 3339 instant.
pub(crate) fn instant(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}
