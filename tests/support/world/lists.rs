//! Registries, opt-out lists and blocking lists.

use std::fmt::Write as _;

use super::instants::past;
use super::{DAY, Dice, rfc3339};

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

pub(super) fn lists(now: i64, numbers: &[String], dice: &mut Dice) -> Vec<(String, Vec<String>)> {
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
            // Some are listed twice.
            let twice: Vec<&String> =
                rows.iter().flat_map(|number| [number].repeat(1 + usize::from(dice.one_in(4)))).collect();
            rows = twice.into_iter().map(|number| dated(dice, number)).collect();
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
