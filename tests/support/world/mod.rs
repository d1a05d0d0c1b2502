//! Random worlds: a manifest with lists and records, written to a directory, few instants and few words so
//! that equal instants, overlapping scopes and all kinds of lifting are common.

mod dice;
mod instants;
mod lists;
mod questions;
mod records;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

pub(crate) use dice::Dice;
pub(crate) use instants::instants_in;
pub(crate) use questions::{question, zones};

pub(crate) const HOUR: i64 = 3_600_000_000;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The last one shows numbers that some laws ban.
const CONTROLLERS: [(&str, &[&str]); 3] =
    [("acme", &["+48223000000"]), ("beta", &[]), ("gamma", &["+33639980000", "+34600000000"])];

const DECLARED: &[(&str, &str, &str)] = &[
    ("own-offers", "marketing", "general"),
    ("pension-offers", "marketing", "pensions"),
    ("claims-offers", "marketing", "claims_management"),
    ("power-offers", "marketing", "energy"),
    ("insulation", "marketing", "energy_works"),
    ("stair-lifts", "marketing", "home_adaptation"),
    ("weekly-paper", "marketing", "newspaper"),
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
    "own-offers",
    "own-offers",
    "pension-offers",
    "claims-offers",
    "power-offers",
    "insulation",
    "stair-lifts",
    "weekly-paper",
    "deliveries",
    "dunning",
    "donations",
    "marketing",
    "service",
    "debt_collection",
    "survey",
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
    "weekly-paper",
    "insulation",
    "deliveries",
    "donations",
    "survey",
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
    "mms",
    "messaging",
    "ringless_voicemail",
    "fax",
];

pub(crate) fn rfc3339(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).unwrap().to_string()
}

/// The files of a gate, as text.
#[derive(Clone)]
pub(crate) struct World {
    /// The date of the data.
    pub(crate) as_of: i64,
    /// Tables of the manifest with the owner's choices.
    pub(crate) choices: String,
    pub(crate) numbers: Vec<String>,
    pub(crate) records: Vec<Value>,
    /// Manifest table and rows of each list.
    pub(crate) lists: Vec<(String, Vec<String>)>,
}

impl World {
    pub(crate) fn random(seed: u64) -> World {
        let dice = &mut Dice(seed);
        let as_of = instants::date_of_data(dice);
        let numbers: Vec<String> = (0..96).map(|index| number(index, dice)).collect();
        let mut records = Vec::new();
        for number in &numbers {
            let busy = dice.one_in(6);
            let busy_with =
                dice.pick(&["own-offers", "own-offers", "own-offers", "dunning", "deliveries", "donations"]);
            for _ in 0..if busy { 12 } else { dice.below(7) } {
                let call = busy && !dice.one_in(5);
                let mut fields =
                    if call { records::call(as_of, busy_with, dice) } else { records::record(as_of, dice) };
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
        World { as_of, choices: choices(dice), lists: lists::lists(as_of, &numbers, dice), numbers, records }
    }

    pub(crate) fn write_to(&self, dir: &Path) {
        let mut manifest = format!("controller = \"acme\"\nas_of = \"{}\"\n", rfc3339(self.as_of));
        for (id, caller_ids) in CONTROLLERS {
            let emergency = id == "beta";
            writeln!(manifest, "[[controllers]]\nid = \"{id}\"\nname = \"{id}\"\nemergency = {emergency}").unwrap();
            writeln!(manifest, "caller_ids = {caller_ids:?}").unwrap();
        }
        manifest.push_str(&self.choices);
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

/// Most owners leave everything as it is.
fn choices(dice: &mut Dice) -> String {
    let mut tables = String::new();
    if dice.one_in(2) {
        let (conduct, grace) = (!dice.one_in(3), dice.one_in(2));
        writeln!(tables, "[rules]\nit_code_of_conduct = {conduct}\nuse_registry_grace = {grace}").unwrap();
    }
    if dice.one_in(8) {
        tables.push_str("[attempts]\nsource = \"external\"\n");
    }
    tables
}

/// Beginnings of numbers that are reserved for fiction, or generated like the published cases; two digits follow.
const BLOCKS: &[&str] = &[
    "+482230000",
    "+482230000",
    "+4420794600",
    "+4420794600",
    "+4477009000",
    "+331990000",
    "+331990000",
    "+331990000",
    "+336399800",
    "+4930231250",
    "+3906123400",
    "+3906123400",
    "+349100000",
    "+349100000",
    "+349280000",
    "+346000000",
    "+614915700",
    "+612555000",
    "+618555000",
    "+43123000",
    "+312030000",
    "+32230000",
    "+447781900",
    "+13125550",
    "+13125550",
];

/// Area codes of every state that has rules, of some that have none, of Canada and of Antigua.
const AREAS: &[&str] = &[
    "205", "907", "602", "501", "213", "303", "203", "202", "305", "850", "404", "808", "208", "312", "317", "812",
    "515", "502", "270", "504", "207", "410", "617", "313", "612", "601", "314", "406", "308", "702", "201", "505",
    "212", "701", "216", "405", "503", "541", "215", "401", "803", "605", "615", "423", "214", "915", "801", "802",
    "703", "206", "414", "307", "416", "416", "306", "709", "604", "268",
];

/// Those of states whose rules are like no other's, and of Canada.
const PECULIAR: &[&str] = &[
    "203", "305", "850", "405", "410", "503", "541", "207", "601", "201", "602", "215", "401", "605", "214", "915",
    "206", "317", "213", "515", "416", "604", "306",
];

fn number(index: usize, dice: &mut Dice) -> String {
    if dice.one_in(2) {
        let areas = if dice.one_in(2) { PECULIAR } else { AREAS };
        return format!("+1{}55501{index:02}", dice.pick(areas));
    }
    match dice.pick(BLOCKS) {
        "+447781900" => format!("+4477819000{index:02}"),
        "+13125550" => format!("+131255501{index:02}"),
        block => format!("{block}{index:02}"),
    }
}
