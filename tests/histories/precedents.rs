//! An answer that was kept for others is the answer that everything judged anew gives: for campaigns that are asked
//! again and again, about many people who are alike but for a date, at instants in and out of order and around every
//! instant at which an answer ended or began.
//!
//! A failure prints the seed of its world; `DIALGATE_SEED=<seed>` runs that world alone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use dialgate::internals::judge_in_full;
use dialgate::vocabulary::Channel;
use dialgate::{Campaign, Decision, Gate, Lead, Manifest, Number};
use serde_json::{Value, json};

use super::world::{DAY, Dice, World, question, rfc3339};
use super::{campaign, compile, lead};
use crate::model::Question;

/// People in a world.
const PEOPLE: usize = 400;
/// Instants that a campaign is asked at, beside those at which answers change.
const INSTANTS: usize = 6;

/// Many people, most of them with one event or none, dated differently.
fn crowded(seed: u64) -> World {
    let mut world = World::random(seed);
    let dice = &mut Dice(seed.rotate_left(9));
    let kept: Vec<Value> = world.records.clone();
    if dice.one_in(2) {
        let mut first = BTreeSet::new();
        world.records.retain(|record| first.insert(record["number"].as_str().unwrap().to_owned()));
    }
    let originals = world.numbers.clone();
    while world.numbers.len() < PEOPLE {
        let like = dice.pick(&originals);
        let number = format!("{}{:02}", &like[..like.len() - 2], dice.below(100));
        if world.numbers.contains(&number) {
            // The two digits of this block are used up, or nearly.
            world.numbers.push(number);
            continue;
        }
        if !dice.one_in(4) {
            let mut record = dice.pick(&kept);
            let at: DateTime<Utc> = record["at"].as_str().unwrap().parse().unwrap();
            let earlier = dice.pick(&[0, 0, 1, DAY, 30 * DAY, 365 * DAY, 731 * DAY]);
            let second = i64::try_from(dice.below(86_400)).unwrap() * 1_000_000;
            let shifted = at.timestamp_micros() - earlier - dice.pick(&[0, second]);
            record["number"] = json!(number);
            record["at"] = json!(rfc3339(shifted));
            record["id"] = json!(format!("c{}", world.records.len()));
            if record["type"] != "relationship_end" {
                world.records.push(record);
            }
        }
        world.numbers.push(number);
    }
    world.numbers.sort_unstable();
    world.numbers.dedup();
    world
}

fn differs(campaign: &Campaign, lead: &Lead, at: DateTime<Utc>, found: Decision, told: &str) {
    let anew = judge_in_full(campaign, lead, at);
    assert_eq!(found, anew, "{told}: {lead:?} at {at}");
}

/// Asks one campaign about everybody, one by one and in batches.
fn ask_all(campaign: &Campaign, leads: &[Lead], at: i64, edges: &mut BTreeSet<i64>, told: &str) {
    let at = DateTime::from_timestamp_micros(at).unwrap();
    for lead in leads {
        let found = campaign.may_contact_lead(lead, at);
        differs(campaign, lead, at, found, told);
        edges.extend(found.valid_until().or(found.retry_at()).map(|edge| edge.timestamp_micros()));
    }
    let mut decisions = vec![Decision::default(); leads.len()];
    campaign.screen_leads(leads, at, &mut decisions).unwrap();
    leads.iter().zip(&decisions).for_each(|(lead, found)| differs(campaign, lead, at, *found, told));
    let numbers: Vec<Number> = leads.iter().map(Lead::number).collect();
    campaign.screen(&numbers, at, &mut decisions).unwrap();
    for (number, found) in numbers.iter().zip(&decisions) {
        differs(campaign, &Lead::new(*number), at, *found, told);
        assert_eq!(campaign.may_contact_at(*number, at), *found, "{told}: {number:?} at {at}");
    }
}

fn compare(seed: u64) {
    let world = crowded(seed);
    let (gate, _) = compile(&world);
    let dice = &mut Dice(!seed);
    for _ in 0..3 {
        let number = dice.pick(&world.numbers);
        let (asked, _) = question(&world, &number, dice);
        let campaign = campaign(&gate, &asked);
        let told = format!("DIALGATE_SEED={seed}: {}, {}, {}", asked.controller, asked.purpose, asked.channel);
        let leads: Vec<Lead> = world
            .numbers
            .iter()
            .map(|number| {
                let (other, _) = question(&world, number, dice);
                let plain = Question { region: None, time_zone: None, ..other.clone() };
                lead(if dice.one_in(4) { &other } else { &plain })
            })
            .collect();
        let mut instants: Vec<i64> = (0..INSTANTS).map(|_| question(&world, &number, dice).1).collect();
        // Shortly after one another, as when a campaign runs.
        let first = instants[0];
        instants.extend([1, 1_000_000, 3_600_000_000, 5 * 3_600_000_000, DAY].map(|later| first + later));
        dice.shuffle(&mut instants);
        let mut edges = BTreeSet::new();
        for at in &instants {
            ask_all(&campaign, &leads, *at, &mut edges, &told);
        }
        // Around the instants at which some answer ends or begins, and a little before what is known by then.
        let edges: Vec<i64> = edges.into_iter().collect();
        for _ in 0..INSTANTS.min(edges.len()) {
            let edge = dice.pick(&edges);
            for at in [edge - 1, edge, edge - DAY, edge + 1] {
                ask_all(&campaign, &leads, at, &mut BTreeSet::new(), &told);
            }
        }
    }
}

#[test]
fn what_was_answered_before_is_what_is_judged_anew() {
    let only = std::env::var("DIALGATE_SEED").ok().and_then(|seed| seed.parse().ok());
    let worlds: u64 = std::env::var("DIALGATE_WORLDS").ok().and_then(|worlds| worlds.parse().ok()).unwrap_or(12);
    match only {
        Some(seed) => compare(seed),
        None => (1..=worlds).map(|index| index.wrapping_mul(0x9E37_79B9_7F4A_7C15)).for_each(compare),
    }
}

/// Those whose consents end within these months may be called afterwards too, as long as the copy of the registry is
/// fresh; those whose consents end later may not.
const BRITISH: &str = r#"
controller = "acme"
as_of = "2026-11-20T00:00:00Z"
[[controllers]]
id = "acme"
notice_version = "2026-01"
[[purposes]]
id = "own-offers"
class = "marketing"
[[lists]]
id = "gb-tps"
kind = "registry"
registry = "gb-tps"
format = "plain"
path = "tps.txt"
covers = "all"
as_of = "2026-11-20T00:00:00Z"
[[consent_texts]]
id = "web"
form = "electronic"
pre_ticked = false
conditions = { freely_given = true, informed = true, unambiguous = true, revocable = true }
[[records]]
path = "records.jsonl"
"#;

#[test]
fn an_allow_that_ends_with_its_consent_ends_for_everybody_at_an_own_instant() {
    const TERM: i64 = 365 * DAY;
    let number = |index: i64| format!("+447700900{index:03}").parse::<Number>().unwrap();
    let first: DateTime<Utc> = "2025-11-25T09:00:00Z".parse().unwrap();
    let given = |index: i64| first.timestamp_micros() + index * (DAY / 3 + 61_000_000);
    let consent = |index: i64| {
        json!({"type": "consent", "number": number(index), "at": rfc3339(given(index)), "controller": "acme",
            "purposes": ["own-offers"], "channels": ["live_call"], "text": "web",
            "expires_at": rfc3339(given(index) + TERM), "evidence": {"uri": "x://1", "sha256": "9f".repeat(32)}})
    };
    let folder = tempfile::tempdir().unwrap();
    let people = 0..1_000;
    // Every other one was given a notice since: the allow ends with the first of two events.
    let notice = |index: i64| {
        json!({"type": "notice", "number": number(index), "at": rfc3339(given(index) + 1_000_000), "controller": "acme",
            "version": "2026-01"})
    };
    let of = |index: i64| match index % 2 {
        0 => format!("{}\n", consent(index)),
        _ => format!("{}\n{}\n", consent(index), notice(index)),
    };
    let records: String = people.clone().map(of).collect();
    std::fs::write(folder.path().join("records.jsonl"), records).unwrap();
    std::fs::write(folder.path().join("tps.txt"), "+447700900999\n").unwrap();
    std::fs::write(folder.path().join("gate.toml"), BRITISH).unwrap();
    let image = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().unwrap();
    let gate = Gate::from_bytes(image.as_bytes()).unwrap();
    for turn in 0..3 {
        let campaign = gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare().unwrap();
        let mut order: Vec<i64> = people.clone().collect();
        match turn {
            0 => order.reverse(),
            1 => {}
            _ => Dice(7).shuffle(&mut order),
        }
        let (mut with_consent, mut longer) = (0, 0);
        for at in ["2026-11-23T10", "2026-12-17T10", "2026-12-24T10", "2026-12-24T22", "2026-11-27T10"] {
            let at: DateTime<Utc> = format!("{at}:00:00Z").parse().unwrap();
            for index in &order {
                let found = campaign.may_contact_at(number(*index), at);
                differs(&campaign, &Lead::new(number(*index)), at, found, "British consents");
                let until = found.valid_until().map(|until| until.timestamp_micros());
                with_consent += usize::from(until == Some(given(*index) + TERM));
                longer += usize::from(until > Some(given(*index) + TERM));
            }
        }
        assert!(with_consent > 1_000 && longer > 50, "{with_consent} end with the consent, {longer} later");
    }
}
