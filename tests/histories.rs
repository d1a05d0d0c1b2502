//! Random histories: what the gate says against what the reference model says, and the contract's theorems.
//!
//! A failure prints the seed of its world; `DIALGATE_SEED=<seed>` runs that world alone.
#![cfg(feature = "compile")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test"
)]

#[cfg(feature = "ledger")]
#[path = "histories/live.rs"]
mod live;
mod model;
#[path = "histories/precedents.rs"]
mod precedents;
#[path = "support/world/mod.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::DateTime;
use dialgate::vocabulary::{Channel, Line, Party, Verdict};
use dialgate::{Campaign, Decision, Gate, Lead, Manifest};
use model::{Model, Question};
use proptest::prelude::*;
use serde_json::json;
use world::{DAY, Dice, World, question, rfc3339};

/// How far ahead the gate looks for the end of an allow; the model has no such limit.
const LOOK_AHEAD: i64 = 400 * DAY;

fn compile(world: &World) -> (Gate, Model) {
    let dir = tempfile::tempdir().unwrap();
    world.write_to(dir.path());
    let image =
        Manifest::load(dir.path().join("gate.toml")).unwrap().compile().unwrap_or_else(|error| panic!("{error}"));
    let path = dir.path().join("out.gate");
    image.write_to(&path).unwrap();
    (Gate::open(&path).unwrap(), Model::load(dir.path()))
}

fn campaign(gate: &Gate, question: &Question) -> Campaign {
    let campaign = gate.campaign().controller(&question.controller).purpose(&question.purpose);
    campaign.channel(Channel::from_slug(&question.channel).unwrap()).prepare().unwrap()
}

fn lead(question: &Question) -> Lead {
    let mut lead = Lead::new(question.number.parse().unwrap())
        .party(Party::from_slug(&question.party).unwrap())
        .line(Line::from_slug(&question.line).unwrap());
    if let Some(region) = &question.region {
        lead = lead.region(region);
    }
    if let Some(zone) = &question.time_zone {
        lead = lead.time_zone(zone);
    }
    lead
}

fn ask(gate: &Gate, question: &Question, at: i64) -> Decision {
    campaign(gate, question).may_contact_lead(&lead(question), DateTime::from_timestamp_micros(at).unwrap())
}

/// Questions about every number of a world, from its seed.
fn questions(world: &World, seed: u64) -> Vec<(Question, i64)> {
    let mut dice = Dice(!seed);
    let numbers = world.numbers.iter().flat_map(|number| [number; 8]);
    numbers.map(|number| question(world, number, &mut dice)).collect()
}

/// Verdict, first reason, reasons, `retry_at`, `valid_until`.
type Answer = (String, Option<String>, BTreeSet<String>, Option<i64>, Option<i64>);

fn of_gate(decision: Decision, at: i64) -> Answer {
    (
        decision.verdict().to_string(),
        decision.reason().map(|reason| reason.to_string()),
        decision.reasons().iter().map(|reason| reason.to_string()).collect(),
        decision.retry_at().map(|instant| instant.timestamp_micros()),
        // The model looks no further.
        decision.valid_until().map(|instant| instant.timestamp_micros()).filter(|until| *until <= at + LOOK_AHEAD),
    )
}

fn of_model(model: &Model, question: &Question, at: i64) -> Answer {
    let decision = model.decide(question, at);
    (
        decision.verdict.to_owned(),
        decision.reason.map(str::to_owned),
        decision.reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        decision.retry_at,
        decision.valid_until,
    )
}

/// `DIALGATE_WORLDS` sets how many worlds are drawn.
fn worlds() -> ProptestConfig {
    let cases = std::env::var("DIALGATE_WORLDS").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48);
    ProptestConfig { cases, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() }
}

fn compare(seed: u64) {
    let world = World::random(seed);
    let (gate, model) = compile(&world);
    let mut questions = questions(&world, seed);
    let dice = &mut Dice(seed.rotate_left(32));
    for (question, at) in &mut questions {
        // Half of them where the answer may change, and just before.
        let edges = model.edges(question, *at);
        if !edges.is_empty() && dice.one_in(2) {
            *at = dice.pick(&edges) - dice.pick(&[0, 1]);
        }
    }
    agree(&world, (&gate, &model), &questions, &format!("seed {seed}"));
}

fn agree(world: &World, (gate, model): (&Gate, &Model), questions: &[(Question, i64)], told: &str) {
    let mut kinds: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for (question, at) in questions {
        let (gate, model) = (of_gate(ask(gate, question, *at), *at), of_model(model, question, *at));
        if gate == model {
            continue;
        }
        let kind = format!("{:?} {:?}", (&gate.0, &gate.2), (&model.0, &model.2));
        let mut text = format!("{question:?}\n  at {}\n  gate  {gate:?}\n  model {model:?}\n", rfc3339(*at));
        for record in world.records.iter().filter(|record| record["number"] == *question.number) {
            writeln!(text, "  {record}").unwrap();
        }
        for (table, rows) in &world.lists {
            for row in rows.iter().filter(|row| row.starts_with(&question.number)) {
                writeln!(text, "  {} : {row}", table.replace('\n', ", ")).unwrap();
            }
        }
        kinds.entry(kind).or_insert((0, text)).0 += 1;
    }
    let wrong: usize = kinds.values().map(|(count, _)| count).sum();
    let mut kinds: Vec<_> = kinds.into_values().collect();
    kinds.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let shown: String = kinds.iter().take(8).map(|(count, text)| format!("{count} like this: {text}\n")).collect();
    assert_eq!(wrong, 0, "{told}: {wrong} of {} differ\n{shown}", questions.len());
}

proptest! {
    #![proptest_config(worlds())]

    #[test]
    fn gate_and_model_agree_on_random_histories(drawn in any::<u64>()) {
        let seed = std::env::var("DIALGATE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(drawn);
        compare(seed);
    }
}

/// Rows that chance seldom meets, at every instant at which their answer may change.
#[test]
fn gate_and_model_agree_at_every_edge_of_rare_rows() {
    let consent = |number: &str, channel: &str| {
        json!({ "type": "consent", "number": number, "at": "2025-06-02T09:00:00Z", "controller": "acme",
            "purposes": ["own-offers"], "channels": [channel], "form": "electronic", "pre_ticked": false,
            "conditions": { "freely_given": true, "informed": true, "unambiguous": true, "revocable": true },
            "evidence": { "uri": "recording://1", "sha256": "9f".repeat(32) } })
    };
    let tie = |number: &str, kind: &str, ends_at: Option<&str>| {
        let mut fields = json!({ "type": "relationship", "kind": kind, "number": number, "controller": "acme",
            "at": "2025-06-02T09:00:00Z" });
        if let Some(ends_at) = ends_at {
            fields["ends_at"] = json!(ends_at);
        }
        fields
    };
    let withdrawal = json!({ "type": "withdrawal", "number": "+13125550142", "at": "2025-07-02T09:00:00Z",
        "controller": "acme", "purposes": ["deliveries"] });
    let records = vec![
        consent("+13125550142", "automated_call"),
        withdrawal,
        consent("+390612340042", "live_call"),
        tie("+390612340042", "contract", Some("2025-09-10T12:00:00Z")),
        tie("+14165550142", "inquiry", None),
        consent("+12145550142", "sms"),
        json!({ "type": "relationship", "kind": "order", "number": "+493023125042", "controller": "acme",
            "at": "2023-11-02T09:00:00Z", "purposes": ["own-offers"] }),
    ];
    let as_of = model::files::instant("2025-12-01T00:00:00Z");
    let listing = |registry: &str, number: &str| {
        let head = format!("kind = \"registry\"\nregistry = \"{registry}\"\ncovers = \"all\"\nformat = \"plain\"");
        (format!("{head}\nas_of = \"2025-12-01T00:00:00Z\""), vec![number.to_owned()])
    };
    let lists = vec![listing("it-rpo", "+390612340042"), listing("ca-dncl", "+14165550142")];
    let numbers = records.iter().map(|record| record["number"].as_str().unwrap().to_owned()).collect();
    let world = World { as_of, choices: String::new(), numbers, records, lists };
    let (gate, model) = compile(&world);
    let mut questions = Vec::new();
    for (number, channel, line, day) in [
        ("+13125550142", "automated_call", "fixed", "2027-01-30T18:00:00Z"),
        ("+390612340042", "manual_call", "fixed", "2025-10-09T12:00:00Z"),
        ("+14165550142", "manual_call", "fixed", "2025-12-01T12:00:00Z"),
        ("+12145550142", "sms", "mobile", "2025-08-31T12:00:00Z"),
        ("+493023125042", "manual_call", "fixed", "2025-11-02T00:00:00Z"),
    ] {
        let question = Question {
            number: number.to_owned(),
            purpose: "own-offers".to_owned(),
            channel: channel.to_owned(),
            controller: "acme".to_owned(),
            region: None,
            time_zone: None,
            party: if number.starts_with("+49") { "business" } else { "individual" }.to_owned(),
            line: line.to_owned(),
        };
        let edges = model.edges(&question, model::files::instant(day));
        questions.extend(edges.iter().flat_map(|at| [(question.clone(), at - 1), (question.clone(), *at)]));
    }
    agree(&world, (&gate, &model), &questions, "rare rows");
}

/// The hours of Illinois and Ontario are long: they have some in common with those of nearly any zone.
#[test]
fn gate_and_model_agree_in_every_zone_of_the_earth() {
    let dice = &mut Dice(13);
    let world = World { numbers: vec!["+13125550142".to_owned(), "+14165550142".to_owned()], ..World::random(13) };
    let mut questions = Vec::new();
    for zone in world::zones() {
        for instant in world::instants_in(&zone, dice) {
            let plain = question(&world, &dice.pick(&world.numbers), dice).0;
            let (purpose, channel) = ("donations".to_owned(), "manual_call".to_owned());
            let (region, time_zone) = (None, Some(zone.clone()));
            questions.push((Question { purpose, channel, region, time_zone, ..plain }, instant));
        }
    }
    let (gate, model) = compile(&world);
    agree(&world, (&gate, &model), &questions, "every zone");
    let answers: Vec<Decision> = questions.iter().map(|(question, at)| ask(&gate, question, *at)).collect();
    let until = answers.iter().filter(|decision| decision.valid_until().is_some()).count();
    let from = answers.iter().filter(|decision| decision.retry_at().is_some()).count();
    assert!(until > 500 && from > 1000, "{until} allowed and {from} deferred, of {}", answers.len());
}

#[test]
fn the_worlds_reach_every_reason_that_these_laws_can_give() {
    let mut seen = BTreeSet::new();
    for seed in 0..6 {
        let world = World::random(seed);
        let dir = tempfile::tempdir().unwrap();
        world.write_to(dir.path());
        let model = Model::load(dir.path());
        for (question, at) in questions(&world, seed) {
            let decision = model.decide(&question, at);
            seen.extend(decision.reasons);
            seen.insert(decision.verdict);
            if decision.valid_until.is_some() {
                seen.insert("valid_until");
            }
        }
    }
    for expected in [
        "allow",
        "defer",
        "deny",
        "valid_until",
        "jurisdiction_unknown",
        "erased",
        "restricted",
        "objected",
        "withdrawn",
        "opted_out",
        "list_blocked",
        "registry_listed",
        "registry_missing",
        "registry_stale",
        "forbidden",
        "rule_unverified",
        "consent_missing",
        "consent_scope",
        "consent_nonconforming",
        "consent_not_yet_valid",
        "consent_expired",
        "number_reassigned",
        "basis_missing",
        "time_zone_unknown",
        "review",
        "rule_needs_review",
        "outside_hours",
        "holiday",
        "attempt_cap",
        "silence_period",
    ] {
        assert!(seen.contains(expected), "no world gives {expected}; seen: {seen:?}");
    }
}

#[test]
fn unknown_denies() {
    let world = World::random(1);
    let (gate, _) = compile(&world);
    for (mut question, at) in questions(&world, 1) {
        if question.purpose == "emergency" {
            continue;
        }
        for (region, zone) in [(Some("AF"), None), (Some("nowhere"), None), (None, Some("Moon/Tranquility"))] {
            question.region = region.map(str::to_owned);
            question.time_zone = zone.map(str::to_owned);
            assert_eq!(ask(&gate, &question, at).verdict(), Verdict::Deny, "{question:?} at {}", rfc3339(at));
        }
        question.time_zone = None;
        question.number = "+93701234567".to_owned();
        assert_eq!(ask(&gate, &question, at).verdict(), Verdict::Deny, "{question:?}");
    }
    let ask = |controller: &str, purpose: &str| {
        gate.campaign().controller(controller).purpose(purpose).channel(Channel::ManualCall).prepare().is_ok()
    };
    assert!(ask("acme", "own-offers") && !ask("nobody", "own-offers") && !ask("acme", "own-ofers"));
}

#[test]
fn revocation_is_never_forgotten() {
    for (seed, kind) in (2_u64..).zip(["withdrawal", "opt_out", "objection", "erasure"]) {
        let mut world = World::random(seed);
        for number in world.numbers.clone() {
            let at = rfc3339(world.as_of);
            let mut record = json!({ "type": kind, "number": number, "at": at, "controller": "acme" });
            if kind == "objection" {
                record["scope"] = json!("marketing");
            }
            world.records.push(record);
        }
        let (gate, _) = compile(&world);
        for (question, at) in questions(&world, seed) {
            let marketing =
                ["own-offers", "pension-offers", "claims-offers", "marketing", "donations", "political", "reconsent"];
            if question.controller != "acme" || !marketing.contains(&question.purpose.as_str()) || at < world.as_of {
                continue;
            }
            let decision = ask(&gate, &question, at);
            assert_eq!(decision.verdict(), Verdict::Deny, "{kind}: {question:?} at {}: {decision:?}", rfc3339(at));
        }
    }
}

#[test]
fn order_and_duplicates_do_not_matter() {
    let world = World::random(7);
    let mut other = world.clone();
    let repeated = other.records.iter().step_by(3).filter(|record| record["type"] != "attempt").cloned();
    let repeated: Vec<_> = repeated.collect();
    other.records.extend(repeated);
    Dice(7).shuffle(&mut other.records);
    for (table, rows) in &mut other.lists {
        let first = usize::from(table.contains("csv"));
        Dice(8).shuffle(&mut rows[first..]);
    }
    Dice(9).shuffle(&mut other.lists);
    let ((gate, _), (shuffled, _)) = (compile(&world), compile(&other));
    for (question, at) in questions(&world, 7) {
        assert_eq!(ask(&gate, &question, at), ask(&shuffled, &question, at), "{question:?} at {}", rfc3339(at));
    }
}

#[test]
fn least_permissive_wins() {
    let world = World::random(10);
    let (gate, _) = compile(&world);
    for (question, at) in questions(&world, 10) {
        let plain = Question { region: None, time_zone: None, ..question.clone() };
        for (region, zone) in [(Some("GB"), None), (Some("US-NY"), None), (None, Some("Asia/Kolkata"))] {
            let region = region.map(str::to_owned);
            let joined = Question { region, time_zone: zone.map(str::to_owned), ..plain.clone() };
            let (alone, together) = (ask(&gate, &plain, at).verdict(), ask(&gate, &joined, at).verdict());
            assert!(together <= alone || together != Verdict::Allow, "{joined:?}: {together}, alone {alone}");
        }
    }
}

#[test]
fn bound_to_the_number() {
    let world = World::random(11);
    let mut other = world.clone();
    other.records.retain(|record| {
        let number = record["number"].as_str().unwrap();
        world.numbers.iter().position(|own| own == number).unwrap() % 2 == 0
    });
    let ((gate, _), (half, _)) = (compile(&world), compile(&other));
    for (question, at) in questions(&world, 11) {
        if world.numbers.iter().position(|own| *own == question.number).unwrap() % 2 == 0 {
            assert_eq!(ask(&gate, &question, at), ask(&half, &question, at), "{question:?} at {}", rfc3339(at));
        }
    }
}

#[test]
fn deterministic() {
    let world = World::random(12);
    let ((gate, _), (again, _)) = (compile(&world), compile(&world));
    for (question, at) in questions(&world, 12) {
        let decision = ask(&gate, &question, at);
        assert_eq!(decision, ask(&gate, &question, at), "{question:?}");
        assert_eq!(decision, ask(&again, &question, at), "{question:?}");
    }
}

/// Calling codes of the countries whose hours can defer.
const WITH_HOURS: [&str; 6] = ["+1312", "+1416", "+33", "+34", "+39", "+61"];

fn countries<'a>(numbers: impl IntoIterator<Item = &'a String>) -> BTreeSet<&'static str> {
    let codes = numbers.into_iter().filter_map(|number| WITH_HOURS.into_iter().find(|code| number.starts_with(code)));
    codes.collect()
}

#[test]
fn at_retry_at_it_is_allowed_and_just_before_it_is_not() {
    let mut deferred = Vec::new();
    for seed in 20..48 {
        let world = World::random(seed);
        let (gate, _) = compile(&world);
        for (question, at) in questions(&world, seed) {
            let Some(retry_at) = ask(&gate, &question, at).retry_at() else { continue };
            let retry_at = retry_at.timestamp_micros();
            assert!(retry_at > at);
            assert!(ask(&gate, &question, retry_at).is_allowed(), "{question:?} at {}", rfc3339(retry_at));
            assert!(!ask(&gate, &question, retry_at - 1).is_allowed(), "{question:?} before {}", rfc3339(retry_at));
            deferred.push(question.number);
        }
    }
    assert!(deferred.len() > 200, "{}", deferred.len());
    assert_eq!(countries(&deferred), BTreeSet::from(WITH_HOURS), "some country's hours never deferred");
}

#[test]
fn at_valid_until_it_is_not_allowed_and_just_before_it_is() {
    let mut ending = Vec::new();
    for seed in 50..72 {
        let world = World::random(seed);
        let (gate, _) = compile(&world);
        for (question, at) in questions(&world, seed) {
            let Some(until) = ask(&gate, &question, at).valid_until() else { continue };
            let until = until.timestamp_micros();
            assert!(until > at);
            assert!(!ask(&gate, &question, until).is_allowed(), "{question:?} at {}", rfc3339(until));
            assert!(ask(&gate, &question, until - 1).is_allowed(), "{question:?} before {}", rfc3339(until));
            ending.push(question.number);
        }
    }
    assert!(ending.len() > 200, "{}", ending.len());
    assert_eq!(countries(&ending), BTreeSet::from(WITH_HOURS), "some country's allows never ended");
}

/// Half past nine in Sydney is half past eleven at night in Paris: their hours have no minute in common.
#[test]
fn a_number_and_a_residence_that_are_never_open_together_deny() {
    let number = "+33199000010";
    let charity = json!({ "type": "consent", "number": number, "at": "2026-11-20T09:00:00Z", "controller": "acme",
        "purposes": ["donations"], "channels": ["sms"], "form": "electronic", "pre_ticked": false,
        "conditions": { "freely_given": true, "informed": true, "unambiguous": true, "revocable": true },
        "evidence": { "uri": "recording://1", "sha256": "9f".repeat(32) } });
    let contract = json!({ "type": "relationship", "kind": "contract", "number": number, "controller": "acme",
        "at": "2026-11-20T09:00:00Z", "purposes": ["own-offers"] });
    let as_of = model::files::instant("2026-12-01T00:00:00Z");
    let copy = "kind = \"registry\"\nregistry = \"au-dncr\"\nformat = \"plain\"\nas_of = \"2026-12-01T00:00:00Z\"";
    let lists = vec![(copy.to_owned(), vec!["+61255509999".to_owned()])];
    let choices = String::new();
    let world = World { as_of, choices, numbers: vec![number.to_owned()], records: vec![charity, contract], lists };
    let (gate, model) = compile(&world);
    let ask_both = |region: Option<&str>, at: &str| {
        let question = Question {
            number: number.to_owned(),
            purpose: "own-offers".to_owned(),
            channel: "manual_call".to_owned(),
            controller: "acme".to_owned(),
            region: region.map(str::to_owned),
            time_zone: region.map(|_| "Australia/Sydney".to_owned()),
            party: "individual".to_owned(),
            line: "fixed".to_owned(),
        };
        let at = model::files::instant(at);
        let answer = of_gate(ask(&gate, &question, at), at);
        assert_eq!(answer, of_model(&model, &question, at), "{question:?}");
        answer
    };
    // Ten in the morning of a Tuesday in Paris, and in Sydney.
    for at in ["2026-12-08T09:00:00Z", "2026-12-07T23:00:00Z"] {
        let (verdict, reason, reasons, retry_at, _) = ask_both(Some("AU"), at);
        assert_eq!((verdict.as_str(), reason.as_deref(), retry_at), ("deny", Some("outside_hours"), None), "{at}");
        assert_eq!(reasons, BTreeSet::from(["outside_hours".to_owned()]), "{at}");
    }
    assert_eq!(ask_both(None, "2026-12-08T09:00:00Z").0, "allow");
    let alone = ask_both(None, "2026-12-07T23:00:00Z");
    assert_eq!((alone.0.as_str(), alone.3), ("defer", Some(model::files::instant("2026-12-08T09:00:00Z"))));
}
