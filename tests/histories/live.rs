//! A snapshot and what was recorded since answer as a snapshot compiled anew does, over random histories.

use std::fmt::Write as _;

use chrono::DateTime;
use dialgate::vocabulary::Outcome;
use dialgate::{Gate, Ledger, Manifest, Reservation};
use serde_json::Value;

use super::world::{DAY, Dice, World, question};
use super::{ask, campaign, lead, questions};

/// Long before now, whatever the clock of the machine says: asked after everything that was recorded.
const LATEST: i64 = 1_767_225_600_000_000;

struct Folder {
    folder: tempfile::TempDir,
    ledger: Ledger,
}

impl Folder {
    /// A world whose records lie in a file; the ledger is empty.
    fn new(world: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        world.write_to(folder.path());
        let path = folder.path().join("gate.toml");
        let mut manifest = std::fs::read_to_string(&path).unwrap();
        manifest.push_str("[ledger]\npath = \"a.ledger\"\n");
        std::fs::write(path, manifest).unwrap();
        let ledger = Ledger::create(folder.path().join("a.ledger"), None).unwrap();
        Self { folder, ledger }
    }

    fn image(&self) -> Vec<u8> {
        let manifest = Manifest::load(self.folder.path().join("gate.toml")).unwrap();
        manifest.compile().unwrap_or_else(|error| panic!("{error}")).as_bytes().to_vec()
    }

    fn gate(&self) -> Gate {
        let key = self.folder.path().join("a.ledger.key");
        Gate::options().key_file(key).open_bytes(&self.image()).unwrap()
    }

    /// Refused ones are refused for both.
    fn record(&self, records: &[Value]) {
        let rows: Vec<String> = records.iter().map(Value::to_string).collect();
        let taken = self.ledger.record(&rows).unwrap();
        assert_eq!(taken.recorded as usize + taken.refused.len() + taken.duplicates as usize, rows.len());
    }
}

fn shuffle<T>(items: &mut [T], dice: &mut Dice) {
    for last in (1..items.len()).rev() {
        items.swap(last, dice.below(last + 1));
    }
}

/// Every question of a world, asked of both; the differences in words.
fn differences(world: &World, live: &Gate, fresh: &Gate, seed: u64, told: &mut Told) {
    for (question, at) in questions(world, seed) {
        let at = at.max(world.as_of + 4 * DAY);
        let (ours, theirs) = (ask(live, &question, at), ask(fresh, &question, at));
        told.asked += 1;
        told.allowed += usize::from(theirs.is_allowed());
        if ours != theirs {
            writeln!(told.text, "world {seed}: {question:?} at {at}: live {ours:?}, compiled {theirs:?}").unwrap();
            for record in world.records.iter().filter(|record| record["number"] == *question.number) {
                writeln!(told.text, "    {record}").unwrap();
            }
        }
    }
}

#[derive(Default)]
struct Told {
    asked: usize,
    allowed: usize,
    reserved: usize,
    text: String,
}

fn settle(reservation: Reservation, outcome: Option<Outcome>) {
    let settled = match outcome {
        Some(outcome) => reservation.commit(outcome),
        None => reservation.release(),
    };
    settled.unwrap();
}

/// Reserves where it may be called, gives half of it back, now or later.
fn reserve(world: &World, live: &Gate, seed: u64, told: &mut Told) {
    let mut dice = Dice(seed ^ 0x5555);
    let mut held = Vec::new();
    for number in &world.numbers {
        let (question, at) = question(world, number, &mut dice);
        let at = at.max(world.as_of + 4 * DAY).min(LATEST);
        let at = DateTime::from_timestamp_micros(at).unwrap();
        let Ok(reservation) = campaign(live, &question).reserve_lead(&lead(&question), at) else { continue };
        told.reserved += 1;
        match dice.below(5) {
            0 => drop(reservation),
            1 => held.push(reservation),
            2 => settle(reservation, Some(Outcome::Conversation)),
            3 => settle(reservation, Some(Outcome::Refused)),
            _ => settle(reservation, None),
        }
    }
    held.into_iter().for_each(|reservation| settle(reservation, None));
}

#[test]
fn a_live_gate_answers_as_one_compiled_anew() {
    let only = std::env::var("DIALGATE_SEED").ok().and_then(|seed| seed.parse().ok());
    let worlds: usize = std::env::var("DIALGATE_WORLDS").ok().and_then(|worlds| worlds.parse().ok()).unwrap_or(12);
    let all = (1..).map(|index: u64| index.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let seeds: Vec<u64> = match only {
        Some(seed) => vec![seed],
        None => all.filter(|seed| World::random(*seed).as_of < LATEST - 40 * DAY).take(worlds).collect(),
    };
    let mut told = Told::default();
    for seed in seeds {
        let world = World::random(seed);
        let mut dice = Dice(seed.rotate_left(17));
        let (mut recorded, filed): (Vec<Value>, Vec<Value>) =
            world.records.iter().cloned().partition(|_| dice.one_in(2));
        shuffle(&mut recorded, &mut dice);
        let folder = Folder::new(&World { records: filed, ..world.clone() });
        let (before, since) = recorded.split_at(recorded.len() / 3);
        folder.record(before);
        let live = folder.gate();
        live.attach(&folder.ledger).unwrap();
        differences(&world, &live, &folder.gate(), seed, &mut told);
        let (first, second) = since.split_at(since.len() / 2);
        folder.record(first);
        differences(&world, &live, &folder.gate(), seed, &mut told);
        reserve(&world, &live, seed, &mut told);
        // One of two goes on upon a new snapshot.
        if dice.one_in(2) {
            live.replace_from_bytes(&folder.image()).unwrap_or_else(|error| panic!("{error}"));
        }
        reserve(&world, &live, !seed, &mut told);
        second.iter().for_each(|record| folder.record(std::slice::from_ref(record)));
        differences(&world, &live, &folder.gate(), seed, &mut told);
        assert!(told.text.is_empty(), "DIALGATE_SEED={seed}\n{}", &told.text[..told.text.len().min(6_000)]);
    }
    assert!(told.allowed * 100 > told.asked, "hardly anything was allowed: {} of {}", told.allowed, told.asked);
    assert!(only.is_some() || told.reserved > worlds, "hardly anything was reserved: {}", told.reserved);
}
