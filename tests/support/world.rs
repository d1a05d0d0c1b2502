//! Random worlds: a manifest with lists and records, written to a directory, few instants and few words so
//! that equal instants, overlapping scopes and all kinds of lifting are common.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::model::Question;

pub(crate) const HOUR: i64 = 3_600_000_000;
pub(crate) const DAY: i64 = 24 * HOUR;

/// 23 November 2026, 15:00 UTC: nine in the morning in Chicago.
pub(crate) const AS_OF: i64 = 1_795_446_000_000_000;

/// SplitMix64: the seed that a failure prints is all that is needed to see it again.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// One or two of them.
    fn few(&mut self, from: &[&str]) -> Vec<String> {
        (0..=self.below(2)).map(|_| self.pick(from).to_owned()).collect()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

const DECLARED: &[(&str, &str, &str)] = &[
    ("own-offers", "marketing", "general"),
    ("pension-offers", "marketing", "pensions"),
    ("claims-offers", "marketing", "claims_management"),
    ("deliveries", "service", "general"),
    ("dunning", "debt_collection", "general"),
    ("donations", "charity", "general"),
];

const PURPOSES: &[&str] = &[
    "own-offers",
    "own-offers",
    "own-offers",
    "own-offers",
    "own-offers",
    "own-offers",
    "pension-offers",
    "claims-offers",
    "deliveries",
    "dunning",
    "donations",
    "marketing",
    "service",
    "debt_collection",
    "survey",
    "political",
    "reconsent",
    "reconsent",
    "notice",
    "opt_out_confirmation",
    "emergency",
];

/// What records name: fewer, so that they meet the questions.
const NAMED: &[&str] = &[
    "own-offers",
    "own-offers",
    "own-offers",
    "pension-offers",
    "deliveries",
    "donations",
    "marketing",
    "service",
    "reconsent",
];

const CHANNELS: &[&str] = &[
    "manual_call",
    "manual_call",
    "manual_call",
    "autodialed_call",
    "automated_call",
    "sms",
    "sms",
    "messaging",
    "ringless_voicemail",
    "fax",
];

/// Instants of records: past ones, the date of the data, and two after it (for denials only).
fn past(dice: &mut Dice) -> i64 {
    AS_OF - dice.pick(&[0, 1, 3, 3, 10, 10, 10, 40, 100, 100, 300, 600, 800]) * DAY
}

pub(crate) fn rfc3339(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).unwrap().to_string()
}

/// The files of a gate, as text.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) numbers: Vec<String>,
    pub(crate) records: Vec<Value>,
    /// Manifest table and rows of each list.
    pub(crate) lists: Vec<(String, Vec<String>)>,
}

impl World {
    pub(crate) fn random(seed: u64) -> World {
        let dice = &mut Dice(seed);
        let numbers: Vec<String> = (0..96).map(number).collect();
        let mut records = Vec::new();
        for number in &numbers {
            let busy = dice.one_in(12);
            for _ in 0..if busy { 16 } else { dice.below(7) } {
                let mut fields = if busy { call(dice) } else { record(dice) };
                fields["number"] = json!(number);
                fields["id"] = json!(format!("e{}", records.len()));
                if fields["type"] == "relationship_end" && dice.one_in(2) {
                    let own = records.iter().rev().find(|other: &&Value| {
                        other["number"] == *number
                            && other["type"] == "relationship"
                            && other["controller"] == fields["controller"]
                    });
                    if let Some(own) = own {
                        fields["of"] = own["id"].clone();
                        fields.as_object_mut().unwrap().remove("kind");
                    }
                }
                records.push(fields);
            }
        }
        World { lists: lists(&numbers, dice), numbers, records }
    }

    pub(crate) fn write_to(&self, dir: &Path) {
        let mut manifest = format!("controller = \"acme\"\nas_of = \"{}\"\n", rfc3339(AS_OF));
        for id in ["acme", "beta"] {
            let emergency = id == "beta";
            writeln!(manifest, "[[controllers]]\nid = \"{id}\"\nname = \"{id}\"\nemergency = {emergency}").unwrap();
        }
        for (id, class, sector) in DECLARED {
            write!(manifest, "[[purposes]]\nid = \"{id}\"\nclass = \"{class}\"\n").unwrap();
            if *class == "marketing" {
                writeln!(manifest, "sector = \"{sector}\"").unwrap();
            }
        }
        for (index, (table, rows)) in self.lists.iter().enumerate() {
            let path = format!("list-{index}.txt");
            writeln!(manifest, "[[lists]]\nid = \"list-{index}\"\npath = \"{path}\"\n{table}").unwrap();
            std::fs::write(dir.join(path), rows.join("\n") + "\n").unwrap();
        }
        manifest.push_str("[[records]]\npath = \"records.jsonl\"\n");
        std::fs::write(dir.join("gate.toml"), manifest).unwrap();
        let lines: String = self.records.iter().map(|record| format!("{record}\n")).collect();
        std::fs::write(dir.join("records.jsonl"), lines).unwrap();
    }
}

/// Numbers of every place that the model knows; reserved for fiction, or generated like the published cases.
fn number(index: usize) -> String {
    let place = [
        "+4822300",
        "+4420794600",
        "+44770090000",
        "+131255501",
        "+121255501",
        "+130855501",
        "+4822300",
        "+4420794600",
        "+131255501",
        "+4822300",
        "+4420794600",
        // Florida, Guernsey, Antigua: no pack speaks for them.
        ["+130555501", "+44778190000", "+126855501"][index / 12 % 3],
    ];
    let prefix = place[index % place.len()];
    let length = if prefix.starts_with("+44") { 13 } else { 12 };
    let digits = length - prefix.len();
    let half = index % place.len() / 3;
    let serial = if digits == 1 { index / place.len() } else { 10 + index / place.len() + 20 * half };
    format!("{prefix}{serial:0digits$}")
}

fn record(dice: &mut Dice) -> Value {
    let controller = dice.pick(&["acme", "acme", "acme", "beta"]);
    let at = past(dice);
    let mut fields = json!({ "at": rfc3339(at), "controller": controller });
    let erasure = if dice.one_in(3) { "erasure" } else { "consent" };
    let restriction = if dice.one_in(2) { "restriction" } else { "restriction_lifted" };
    let kind = dice.pick(&[
        "consent",
        "consent",
        "consent",
        "consent",
        "consent",
        "consent",
        "consent",
        "relationship",
        "relationship",
        "relationship",
        "relationship",
        "relationship_end",
        "withdrawal",
        "objection",
        "opt_out",
        erasure,
        restriction,
        "reassigned",
        "attempt",
        "attempt",
    ]);
    fields["type"] = json!(kind);
    let denial = matches!(kind, "withdrawal" | "objection" | "opt_out" | "erasure" | "restriction");
    if denial && dice.one_in(8) {
        fields["at"] = json!(rfc3339(AS_OF + 3 * DAY));
    }
    if denial && dice.one_in(6) {
        fields["controller"] = json!("*");
    }
    match kind {
        "consent" => consent(&mut fields, at, dice),
        "withdrawal" | "opt_out" => {
            if dice.one_in(2) {
                fields["purposes"] = match dice.below(5) {
                    0 => json!(["*"]),
                    1 => json!(["no-such-purpose"]),
                    _ => json!(dice.few(NAMED)),
                };
            }
            if fields["purposes"] != json!(["no-such-purpose"]) && dice.one_in(3) {
                fields["channels"] = json!(dice.few(CHANNELS));
            }
            if kind == "opt_out" && dice.one_in(2) {
                fields["until"] = json!(rfc3339(AS_OF + 2 * DAY));
            }
            if dice.one_in(2) {
                fields["via"] = json!(dice.pick(&["sms", "manual_call"]));
            }
        }
        "objection" => fields["scope"] = json!(dice.pick(&["marketing", "all"])),
        "relationship" => {
            fields["kind"] = json!(dice.pick(&["contract", "order", "purchase", "inquiry", "debt"]));
            if dice.one_in(2) {
                fields["purposes"] = json!(dice.few(NAMED));
                fields["soft_opt_in"] = json!(dice.one_in(2));
            }
            if fields["kind"] == "contract" && dice.one_in(3) {
                fields["ends_at"] = json!(rfc3339(at + dice.pick(&[5, 50, 1000]) * DAY));
            }
        }
        "relationship_end" => fields["kind"] = json!(dice.pick(&["contract", "contract", "debt"])),
        "attempt" => {
            fields["controller"] = json!(dice.pick(&["acme", "beta"]));
            fields["channel"] = json!(dice.pick(CHANNELS));
            fields["outcome"] = json!(dice.pick(&["answered", "no_answer", "no_answer", "refused", "conversation"]));
            fields["at"] = json!(rfc3339(AS_OF - i64::try_from(dice.below(9)).unwrap() * DAY));
            if dice.one_in(2) {
                fields["purpose"] = json!(dice.pick(&["dunning", "debt_collection", "opt_out_confirmation"]));
            }
        }
        _ => {}
    }
    fields
}

/// One of many calls about a debt.
fn call(dice: &mut Dice) -> Value {
    let at = AS_OF - i64::try_from(dice.below(10)).unwrap() * DAY;
    let mut fields = json!({ "type": "attempt", "at": rfc3339(at), "controller": "acme", "purpose": "dunning" });
    fields["channel"] = json!(dice.pick(&["manual_call", "manual_call", "manual_call", "sms"]));
    fields["outcome"] = json!("no_answer");
    fields
}

fn consent(fields: &mut Value, at: i64, dice: &mut Dice) {
    let mut yes = || !dice.one_in(16);
    fields["conditions"] =
        json!({ "freely_given": yes(), "informed": yes(), "unambiguous": yes(), "revocable": yes() });
    fields["pre_ticked"] = json!(!yes());
    fields["purposes"] = json!(dice.few(NAMED));
    fields["channels"] = json!(dice.few(&["live_call", "live_call", "manual_call", "sms", "automated_call"]));
    fields["form"] = json!(dice.pick(&["electronic", "written", "electronic", "oral", "oral", "implied"]));
    fields["evidence"] =
        if dice.one_in(16) { Value::Null } else { json!({ "uri": "recording://1", "sha256": "9f".repeat(32) }) };
    if dice.one_in(3) {
        fields["expires_at"] = json!(rfc3339(at + dice.pick(&[7, 90, 1000]) * DAY));
    }
}

fn lists(numbers: &[String], dice: &mut Dice) -> Vec<(String, Vec<String>)> {
    let mut lists = Vec::new();
    let some = |dice: &mut Dice, of: &str| -> Vec<String> {
        let own = numbers.iter().filter(|number| number.starts_with(of));
        own.filter(|_| dice.one_in(6)).cloned().collect()
    };
    let copy = |dice: &mut Dice| rfc3339(AS_OF - dice.pick(&[0, 10, 10, 27, 40]) * DAY);
    for (registry, of, outside) in
        [("us-ndnc", "+1", "+13125550199"), ("gb-tps", "+44", "+442079460999"), ("gb-ctps", "+44", "+442079460998")]
    {
        if dice.one_in(if registry == "gb-ctps" { 2 } else { 8 }) {
            continue;
        }
        let mut rows = some(dice, of);
        rows.push(outside.to_owned());
        let covers = if registry == "us-ndnc" && dice.one_in(3) { "[\"+1312\", \"+1308\"]" } else { "\"all\"" };
        let table = format!(
            "kind = \"registry\"\nregistry = \"{registry}\"\nformat = \"plain\"\ncovers = {covers}\nas_of = \"{}\"",
            copy(dice)
        );
        lists.push((table, rows));
    }
    let as_of = rfc3339(AS_OF);
    for head in [
        "kind = \"opt_out\"\ncontrollers = [\"acme\"]",
        "kind = \"opt_out\"\npurposes = [\"marketing\"]\nchannels = [\"live_call\"]",
        "kind = \"block\"",
    ] {
        let mut rows: Vec<String> = some(dice, "+").into_iter().filter(|_| dice.one_in(3)).collect();
        rows.push("+48223999999".to_owned());
        lists.push((format!("{head}\nformat = \"plain\"\nas_of = \"{as_of}\""), rows));
    }
    for head in ["kind = \"opt_out\"", "kind = \"block\"\nconsent_lifts = true"] {
        let mut rows = vec!["phone,added,expires".to_owned(), "+48223999999,,".to_owned()];
        for number in some(dice, "+") {
            let added = if dice.one_in(4) { String::new() } else { rfc3339(past(dice)) };
            let until = if dice.one_in(2) { String::new() } else { rfc3339(AS_OF + 2 * DAY) };
            rows.push(format!("{number},{added},{until}"));
        }
        let columns = "columns = { number = \"phone\", added = \"added\", until = \"expires\" }";
        lists.push((format!("{head}\nformat = \"csv\"\n{columns}\nas_of = \"{as_of}\""), rows));
    }
    let ranges = vec!["+4822399*".to_owned(), "+44207946003*".to_owned()];
    lists.push((format!("kind = \"block\"\nformat = \"ranges\"\nas_of = \"{as_of}\""), ranges));
    lists
}

/// A question about this number, and an instant to ask it at. Half of them ask for what a record names.
pub(crate) fn question(world: &World, number: &str, dice: &mut Dice) -> (Question, i64) {
    let naming = world.records.iter().filter(|record| record["number"] == number && record["purposes"][0].is_string());
    let naming: Vec<&Value> = naming.collect();
    let named = if naming.is_empty() || dice.one_in(2) { None } else { Some(dice.pick(&naming)) };
    let word =
        |field: &Value| field.as_str().filter(|word| DECLARED.iter().any(|(id, ..)| id == word)).map(str::to_owned);
    let purpose = named.and_then(|record| word(&record["purposes"][0]));
    let purpose = purpose.unwrap_or_else(|| dice.pick(PURPOSES).to_owned());
    let channel = match named.and_then(|record| record["channels"][0].as_str()) {
        None => dice.pick(CHANNELS),
        Some("live_call") => "manual_call",
        Some(channel) => CHANNELS.iter().find(|own| **own == channel).unwrap(),
    };
    let optional = |dice: &mut Dice, from: &[&str]| dice.one_in(8).then(|| dice.pick(from).to_owned());
    let lines: &[&str] = if channel == "manual_call" || channel == "autodialed_call" {
        &["unknown", "fixed", "mobile"]
    } else {
        &["unknown"]
    };
    let question = Question {
        number: number.to_owned(),
        purpose,
        channel: channel.to_owned(),
        controller: dice.pick(&["acme", "acme", "beta"]).to_owned(),
        region: optional(dice, &["PL", "GB", "US", "US-IL", "US-NY", "US-NE", "AF", "nowhere"]),
        time_zone: optional(dice, &["America/Los_Angeles", "Europe/London", "Asia/Kolkata", "Moon/Tranquility"]),
        party: dice.pick(&["unknown", "unknown", "individual", "business"]).to_owned(),
        line: dice.pick(lines).to_owned(),
    };
    let base = match dice.below(3) {
        0 => past(dice),
        1 => AS_OF,
        _ => AS_OF + dice.pick(&[0, 2, 3, 5, 18, 28, 31, 90]) * DAY,
    };
    let at = base + dice.pick(&[0, 0, 0, -1, 1, 4 * 60_000_000, 5 * 60_000_000, -HOUR, -3 * HOUR, 6 * HOUR, 9 * HOUR]);
    (question, at)
}
