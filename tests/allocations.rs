//! A question allocates nothing: not one that was answered before, not one that is judged anew, not one in a batch.
#![cfg(feature = "compile")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a test")]
#![expect(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use dialgate::internals::judge_in_full;
use dialgate::vocabulary::{Channel, Line, Party};
use dialgate::{Campaign, Decision, Gate, Lead, Manifest, Number, Purpose};

/// Counts what each thread asks of the system's allocator.
struct Counting;

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

fn note() {
    // A thread that is ending has no count any more.
    let _ = ASKED.try_with(|asked| asked.set(asked.get() + 1));
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        note();
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[track_caller]
fn free(what: &str, work: impl FnOnce()) {
    let before = ASKED.get();
    work();
    assert_eq!(ASKED.get() - before, 0, "allocations or releases: {what}");
}

fn ignore(_: Decision) {}

fn at() -> DateTime<Utc> {
    "2026-11-23T15:00:00Z".parse().unwrap()
}

fn campaign(gate: &Gate, channel: Channel) -> Campaign {
    gate.campaign().purpose("own-offers").channel(channel).prepare().unwrap()
}

fn leads(numbers: &[Number]) -> Vec<Lead> {
    let lead = |(index, number): (usize, &Number)| match index % 4 {
        0 => Lead::new(*number),
        1 => Lead::new(*number).party(Party::Business).line(Line::Mobile),
        2 => Lead::new(*number).region("US-IL").time_zone("America/Chicago"),
        _ => Lead::new(*number).region("FR").time_zone("Europe/Paris").party(Party::Individual),
    };
    numbers.iter().enumerate().map(lead).collect()
}

/// Asks in every way, at instants of its own each time: nothing is answered before.
fn ask(gate: &Gate, numbers: &[Number], days: i64) {
    let at = at() + TimeDelta::days(days);
    let leads = leads(numbers);
    let mut decisions = vec![Decision::default(); numbers.len()];
    for channel in [Channel::ManualCall, Channel::AutomatedCall, Channel::Sms] {
        let campaign = campaign(gate, channel);
        // The first question of a thread and of a channel prepares what is kept from then on.
        let _ = (campaign.may_contact(numbers[0]), gate.may_contact(numbers[0], Purpose::MARKETING, channel));
        for again in ["anew", "as before"] {
            for (number, lead) in numbers.iter().zip(&leads) {
                free(again, || ignore(campaign.may_contact_at(*number, at)));
                free(again, || ignore(campaign.may_contact(*number)));
                free(again, || ignore(campaign.may_contact_lead(lead, at)));
                free(again, || ignore(campaign.may_contact_lead_after(lead, 2, Some(at))));
                free(again, || ignore(gate.may_contact_at(*number, Purpose::MARKETING, channel, at)));
                free("judged anew", || ignore(judge_in_full(&campaign, lead, at)));
            }
            free("screen", || campaign.screen(numbers, at, &mut decisions).unwrap());
            free("screen_leads", || campaign.screen_leads(&leads, at, &mut decisions).unwrap());
            let later = at + TimeDelta::hours(7);
            free("screen", || campaign.screen(numbers, later, &mut decisions).unwrap());
        }
    }
}

fn sample() -> (Vec<u8>, Vec<Number>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme");
    let image = Manifest::load(folder.join("gate.toml")).unwrap().compile().unwrap();
    let text = std::fs::read_to_string(folder.join("leads.csv")).unwrap();
    let numbers = text.lines().filter_map(|line| line.split(',').nth(1)?.parse().ok());
    (image.as_bytes().to_vec(), numbers.take(200).collect())
}

#[test]
fn a_question_allocates_nothing() {
    let (image, numbers) = sample();
    assert!(numbers.len() > 4, "the sample has leads");
    let gate = Gate::from_bytes(&image).unwrap();
    for days in [0, 1, 40] {
        ask(&gate, &numbers, days);
    }
}

#[test]
fn the_counter_counts() {
    let before = ASKED.get();
    drop(std::hint::black_box(Box::new(1)));
    assert_eq!(ASKED.get() - before, 2);
}

#[cfg(feature = "ledger")]
#[test]
fn nor_does_one_of_a_gate_that_follows_a_ledger() {
    use dialgate::{KeyRing, Ledger};

    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("acme.ledger");
    let manifest = "controller = \"acme\"\nas_of = \"2026-11-23T06:00:00Z\"\n[[controllers]]\nid = \"acme\"\n\
                    [[purposes]]\nid = \"own-offers\"\nclass = \"marketing\"\n\
                    [ledger]\npath = \"acme.ledger\"\n[attempts]\nsource = \"ledger\"\n";
    std::fs::write(folder.path().join("gate.toml"), manifest).unwrap();
    drop(Ledger::create(&ledger, None).unwrap());
    let image = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().unwrap();
    let keys = KeyRing::load(folder.path().join("acme.ledger.key")).unwrap();
    let gate = Gate::options().keys(keys).open_bytes(image.as_bytes()).unwrap();
    let ledger = Ledger::open(&ledger, None).unwrap();
    gate.attach(&ledger).unwrap();
    let number = |index: u64| Number::from_e164(48_223_000_000 + index).unwrap();
    let event = |index: u64, more: &str| {
        format!("{{\"number\":\"{}\",\"at\":\"2026-11-20T10:00:00Z\",\"controller\":\"acme\",{more}}}\n", number(index))
    };
    ledger.record(&[event(0, "\"type\":\"withdrawal\""), event(1, "\"type\":\"opt_out\"")]).unwrap();
    ledger.record(&[event(2, "\"type\":\"attempt\",\"channel\":\"manual_call\",\"outcome\":\"refused\"")]).unwrap();
    ledger.record(&[event(3, "\"type\":\"erasure\"")]).unwrap();
    let numbers: Vec<Number> = (0..12).map(number).collect();
    ask(&gate, &numbers, 0);
}
