//! Random worlds: a manifest with lists and records, written to a directory, few instants and few words so
//! that equal instants, overlapping scopes and all kinds of lifting are common.

use std::fmt::Write as _;
use std::path::Path;

use jiff::tz::TimeZoneDatabase;
use serde_json::{Value, json};

use crate::model::Question;

pub(crate) const HOUR: i64 = 3_600_000_000;
pub(crate) const DAY: i64 = 24 * HOUR;

/// 23 November 2026, 15:00 UTC: nine in the morning in Chicago.
const NOVEMBER_2026: i64 = 1_795_446_000_000_000;
/// 1 January 2025, and four years of hours from there.
const FROM: i64 = 1_735_689_600_000_000;
const HOURS: usize = 4 * 365 * 24 + 24;

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
    "messaging",
    "ringless_voicemail",
    "fax",
];

/// Instants of records: past ones, and the date of the data.
fn past(as_of: i64, dice: &mut Dice) -> i64 {
    as_of - dice.pick(&[0, 1, 3, 3, 10, 10, 10, 40, 100, 100, 300, 600, 731, 800, 1090]) * DAY
}

pub(crate) fn rfc3339(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).unwrap().to_string()
}

/// The files of a gate, as text.
#[derive(Clone)]
pub(crate) struct World {
    /// The date of the data.
    pub(crate) as_of: i64,
    pub(crate) numbers: Vec<String>,
    pub(crate) records: Vec<Value>,
    /// Manifest table and rows of each list.
    pub(crate) lists: Vec<(String, Vec<String>)>,
}

impl World {
    pub(crate) fn random(seed: u64) -> World {
        let dice = &mut Dice(seed);
        let as_of = if dice.one_in(3) { NOVEMBER_2026 } else { some_hour(dice) };
        let numbers: Vec<String> = (0..96).map(|index| number(index, dice)).collect();
        let mut records = Vec::new();
        for number in &numbers {
            let busy = dice.one_in(12);
            for _ in 0..if busy { 16 } else { dice.below(7) } {
                let mut fields = if busy { call(as_of, dice) } else { record(as_of, dice) };
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
        World { as_of, lists: lists(as_of, &numbers, dice), numbers, records }
    }

    pub(crate) fn write_to(&self, dir: &Path) {
        let mut manifest = format!("controller = \"acme\"\nas_of = \"{}\"\n", rfc3339(self.as_of));
        for (id, caller_ids) in CONTROLLERS {
            let emergency = id == "beta";
            writeln!(manifest, "[[controllers]]\nid = \"{id}\"\nname = \"{id}\"\nemergency = {emergency}").unwrap();
            writeln!(manifest, "caller_ids = {caller_ids:?}").unwrap();
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

fn number(index: usize, dice: &mut Dice) -> String {
    if dice.one_in(2) {
        return format!("+1{}55501{index:02}", dice.pick(AREAS));
    }
    match dice.pick(BLOCKS) {
        "+447781900" => format!("+4477819000{index:02}"),
        "+13125550" => format!("+131255501{index:02}"),
        block => format!("{block}{index:02}"),
    }
}

/// A whole hour of 2025 to 2028.
fn some_hour(dice: &mut Dice) -> i64 {
    FROM + i64::try_from(dice.below(HOURS)).unwrap() * HOUR
}

/// Local days on which some law begins or ends.
const TURNS: &[(i16, i8, i8)] = &[
    (2025, 6, 7),
    (2025, 9, 1),
    (2025, 12, 28),
    (2026, 1, 1),
    (2026, 2, 5),
    (2026, 6, 19),
    (2026, 7, 1),
    (2026, 8, 11),
    (2026, 10, 18),
];

/// Zones whose clocks change in many ways.
const RESTLESS: &[&str] = &[
    "America/New_York",
    "America/Chicago",
    "America/St_Johns",
    "Europe/Paris",
    "Europe/London",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
];

/// Instants at which the clock on some wall does something.
fn turn(dice: &mut Dice) -> i64 {
    let zone = TimeZoneDatabase::bundled().get(dice.pick(RESTLESS)).unwrap();
    if dice.one_in(2) {
        let (year, month, day) = dice.pick(TURNS);
        let midnight = jiff::civil::date(year, month, day).at(0, 0, 0, 0).to_zoned_datetime(zone).unwrap();
        return midnight.timestamp().as_microsecond();
    }
    let from = jiff::Timestamp::from_microsecond(some_hour(dice)).unwrap();
    zone.following(from).next().map_or(FROM, |change| change.timestamp().as_microsecond())
}

fn record(as_of: i64, dice: &mut Dice) -> Value {
    let controller = dice.pick(&["acme", "acme", "acme", "acme", "acme", "beta", "beta", "gamma"]);
    let at = past(as_of, dice);
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
        fields["at"] = json!(rfc3339(as_of + 3 * DAY));
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
                fields["until"] = json!(rfc3339(as_of + 2 * DAY));
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
            fields["at"] = json!(rfc3339(as_of - dice.pick(&[0, 1, 2, 3, 4, 6, 7, 8, 29, 30, 55, 60, 200]) * DAY));
            if dice.one_in(2) {
                let purposes = ["dunning", "debt_collection", "opt_out_confirmation", "own-offers", "marketing"];
                fields["purpose"] = json!(dice.pick(&purposes));
            }
        }
        _ => {}
    }
    fields
}

/// One of many calls.
fn call(as_of: i64, dice: &mut Dice) -> Value {
    let at = as_of - dice.pick(&[1, 2, 5, 8, 20, 23, 24, 30, 72, 96, 144, 160, 200, 480, 700]) * HOUR;
    let mut fields = json!({ "type": "attempt", "at": rfc3339(at), "controller": "acme" });
    fields["purpose"] = json!(dice.pick(&["dunning", "own-offers", "own-offers"]));
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

/// Registries, which numbers they may list, and one that no question asks for.
const REGISTRIES: &[(&str, &str, &str)] = &[
    ("us-ndnc", "+1", "+13125550199"),
    ("ca-dncl", "+1", "+14165550199"),
    ("us-co-dnc", "+1303", "+13035550199"),
    ("us-fl-dnc", "+1", "+13055550199"),
    ("us-in-dnc", "+1", "+13175550199"),
    ("us-la-dnc", "+1504", "+15045550199"),
    ("us-mo-dnc", "+1314", "+13145550199"),
    ("us-pa-dnc", "+1215", "+12155550199"),
    ("us-tn-dnc", "+1", "+16155550199"),
    ("us-tx-dnc", "+1", "+12145550199"),
    ("gb-tps", "+44", "+442079460999"),
    ("gb-ctps", "+44", "+442079460998"),
    ("fr-bloctel", "+33", "+33199009999"),
    ("it-rpo", "+39", "+390612349999"),
    ("es-robinson", "+34", "+34910009999"),
    ("au-dncr", "+61", "+61255509999"),
    ("be-dncm", "+32", "+3223009999"),
];

const COLUMNS: &str = "columns = { number = \"phone\", added = \"added\", until = \"expires\" }";

fn lists(now: i64, numbers: &[String], dice: &mut Dice) -> Vec<(String, Vec<String>)> {
    let mut lists = Vec::new();
    let some = |dice: &mut Dice, of: &str| -> Vec<String> {
        let own = numbers.iter().filter(|number| number.starts_with(of));
        own.filter(|_| dice.one_in(6)).cloned().collect()
    };
    let dated = |dice: &mut Dice, number: &str| {
        let added = if dice.one_in(4) { String::new() } else { rfc3339(past(now, dice)) };
        let until = if dice.one_in(2) { String::new() } else { rfc3339(now + 2 * DAY) };
        format!("{number},{added},{until}")
    };
    let none = dice.one_in(6);
    for (registry, of, outside) in REGISTRIES {
        if none || dice.one_in(if *registry == "gb-ctps" { 2 } else { 8 }) {
            continue;
        }
        let mut rows = some(dice, of);
        rows.push((*outside).to_owned());
        let covers = match *registry {
            "us-ndnc" if dice.one_in(3) => "[\"+1312\", \"+1308\"]",
            "ca-dncl" if dice.one_in(3) => "[\"+1416\"]",
            _ => "\"all\"",
        };
        let as_of = rfc3339(now - dice.pick(&[0, 0, 10, 10, 16, 27, 40]) * DAY);
        let mut table =
            format!("kind = \"registry\"\nregistry = \"{registry}\"\ncovers = {covers}\nas_of = \"{as_of}\"");
        let own_limit = if matches!(*registry, "es-robinson" | "be-dncm") { 2 } else { 9 };
        if (own_limit == 2 && !dice.one_in(3)) || dice.one_in(own_limit) {
            write!(table, "\nmax_age_days = {}", dice.pick(&[7, 30])).unwrap();
        }
        if dice.one_in(2) {
            rows = rows.iter().map(|number| dated(dice, number)).collect();
            rows.insert(0, "phone,added,expires".to_owned());
            write!(table, "\nformat = \"csv\"\n{COLUMNS}").unwrap();
        } else {
            table.push_str("\nformat = \"plain\"");
        }
        lists.push((table, rows));
    }
    let as_of = rfc3339(now);
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
        rows.extend(some(dice, "+").iter().map(|number| dated(dice, number)));
        lists.push((format!("{head}\nformat = \"csv\"\n{COLUMNS}\nas_of = \"{as_of}\""), rows));
    }
    let ranges = vec!["+4822399*".to_owned(), "+44207946003*".to_owned(), "+1312555013*".to_owned()];
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
        controller: dice.pick(&["acme", "acme", "acme", "acme", "beta", "beta", "gamma"]).to_owned(),
        region: optional(dice, REGIONS),
        time_zone: if dice.one_in(24) { Some(any_zone(dice)) } else { optional(dice, ZONES) },
        party: dice.pick(&["unknown", "unknown", "individual", "business"]).to_owned(),
        line: dice.pick(lines).to_owned(),
    };
    let base = match dice.below(6) {
        0 => past(world.as_of, dice),
        1 | 2 => world.as_of,
        3 => world.as_of + dice.pick(&[0, 2, 3, 5, 18, 28, 31, 90]) * DAY,
        4 => some_hour(dice),
        _ => turn(dice),
    };
    let shift = dice.pick(&[0, 0, 0, -1, 1, 4 * 60_000_000, 5 * 60_000_000, -HOUR, -3 * HOUR, 6 * HOUR, 9 * HOUR]);
    (question, base + shift)
}

const REGIONS: &[&str] = &[
    "PL", "GB", "FR", "FR", "DE", "IT", "ES", "AU", "AU", "AT", "NL", "BE", "CA", "US", "US-IL", "US-NY", "US-NE",
    "US-MS", "US-FL", "US-TX", "US-CT", "US-AK", "US-IA", "US-WA", "US-PA", "BR", "nowhere",
];

const ZONES: &[&str] = &[
    "America/Los_Angeles",
    "America/New_York",
    "America/Denver",
    "America/St_Johns",
    "America/Havana",
    "Europe/London",
    "Europe/Madrid",
    "Atlantic/Canary",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Australia/Perth",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Moon/Tranquility",
];

fn any_zone(dice: &mut Dice) -> String {
    let names: Vec<String> = TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect();
    dice.pick(&names)
}
