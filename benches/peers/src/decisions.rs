//! dialgate's whole decision beside engines that are handed the facts of it.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;

use chrono::{DateTime, TimeZone, Utc};
use dialgate::vocabulary::{Channel, Reason};
use dialgate::{Campaign, Decision, Gate, Manifest, Number};

use crate::contest::median;
use crate::engines::{self, Facts};
use crate::machine::{fence, thread_time};
use crate::results::{Line, Results};

/// Leads of a round.
const LEADS: usize = 1 << 15;
const ROUNDS: usize = 9;

/// Decides about the leads of a folder that `examples/synth.rs` of the crate wrote.
pub fn measure(folder: &Path, results: &mut Results) -> Result<(), Box<dyn Error>> {
    let manifest = Manifest::load(folder.join("gate.toml"))?;
    let image = manifest.compile()?;
    let gate = Gate::from_bytes(image.as_bytes())?;
    let bytes = image.as_bytes().len() as u64;
    drop(image);
    let campaign = gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare()?;
    // Open hours everywhere; and early morning in America, where the answer is "not now, but from then on".
    let [at, early] = [15, 12].map(|hour| Utc.with_ymd_and_hms(2026, 11, 23, hour, 0, 0).single());
    let (Some(at), Some(early)) = (at, early) else { return Err("no such instant".into()) };
    let leads = std::fs::read_to_string(folder.join("leads.csv"))?;
    let leads: Vec<Number> = leads.lines().filter_map(|line| line.split(',').next()?.parse().ok()).collect();
    if leads.len() < LEADS {
        return Err(format!("{} leads in the folder, expected {LEADS} or more", leads.len()).into());
    }
    let (listed, consents) = counted(folder)?;
    println!(
        "{} leads; {listed} rows of lists, {consents} people with records, snapshot of {bytes} bytes",
        leads.len()
    );

    let mut engines = engines::all()?;
    let mut times = vec![Vec::new(); engines.len()];
    let (mut ours, mut batched, mut deferred) = (Vec::new(), Vec::new(), Vec::new());
    let mut decisions = vec![Decision::default(); LEADS];
    for round in 0..ROUNDS {
        let from = round * LEADS % (leads.len() - LEADS + 1);
        let asked = &leads[from..from + LEADS];
        let facts: Vec<Facts> = asked.iter().map(|number| told(&campaign.may_contact_at(*number, at))).collect();
        let right = facts.iter().filter(|facts| facts.allow()).count();
        ours.push(timed("dialgate", right, || Ok(allowed_singly(&campaign, asked, at)))?);
        batched.push(timed("dialgate", right, || {
            campaign.screen(asked, at, &mut decisions)?;
            Ok(decisions.iter().filter(|decision| decision.is_allowed()).count())
        })?);
        let later = asked.iter().filter(|number| campaign.may_contact_at(**number, early).is_allowed()).count();
        deferred.push(timed("dialgate", later, || Ok(allowed_singly(&campaign, asked, early)))?);
        for (engine, times) in engines.iter_mut().zip(&mut times) {
            times.push(timed(engine.name(), right, || {
                let mut allowed = 0;
                for facts in &facts {
                    allowed += usize::from(engine.decide(*facts)?);
                    fence();
                }
                Ok(allowed)
            })?);
        }
        if round == 0 {
            println!("of {LEADS} leads {right} may be called, early in the day {later}");
        }
    }
    let whole = "lists, consent, zone, rule packs, reasons, duties, validity";
    let line = |peer, figure, work, bytes, ns: &[f64]| {
        let mut ratios: Vec<f64> = ns.iter().zip(&ours).map(|(peer, ours)| peer / ours).collect();
        let over_dialgate = Some(median(&mut ratios));
        let ns = median(&mut ns.to_vec());
        Line { what: "decision", peer, figure, work, rounds: ROUNDS, bytes, ns, over_dialgate, ..Line::default() }
    };
    results.put(listed, consents, &line("dialgate", "single_fenced", whole, bytes, &ours));
    results.put(listed, consents, &line("dialgate", "batch", whole, bytes, &batched));
    results.put(listed, consents, &line("dialgate, out of hours", "single_fenced", whole, bytes, &deferred));
    for (engine, times) in engines.iter().zip(&times) {
        let work = "one rule; the facts are given";
        results.put(listed, consents, &line(engine.name(), "single_fenced", work, 0, times));
    }
    Ok(())
}

fn allowed_singly(campaign: &Campaign, asked: &[Number], at: DateTime<Utc>) -> usize {
    let allowed = |number: &&Number| {
        let allowed = campaign.may_contact_at(**number, at).is_allowed();
        fence();
        allowed
    };
    asked.iter().filter(allowed).count()
}

/// The facts that lead to this very decision: every reason speaks against consent, hour or the number itself.
fn told(decision: &Decision) -> Facts {
    let mut facts = Facts { suppressed: false, consent: true, hour: 12 };
    for reason in decision.reasons().iter() {
        match reason {
            Reason::ConsentMissing
            | Reason::ConsentScope
            | Reason::ConsentNonconforming
            | Reason::ConsentNotYetValid
            | Reason::ConsentExpired => facts.consent = false,
            Reason::OutsideHours => facts.hour = 22,
            _ => facts.suppressed = true,
        }
    }
    facts
}

/// Rows of the lists, and people with records, as the folder has them.
fn counted(folder: &Path) -> Result<(usize, usize), Box<dyn Error>> {
    let mut listed = 0;
    for entry in std::fs::read_dir(folder.join("lists"))? {
        listed += std::fs::read(entry?.path())?.iter().filter(|byte| **byte == b'\n').count();
    }
    let records = std::fs::read_to_string(folder.join("records.csv"))?;
    let people = records.lines().skip(1).filter_map(|line| line.split(',').nth(1));
    let mut people: Vec<&str> = people.collect();
    people.sort_unstable();
    people.dedup();
    Ok((listed, people.len()))
}

fn timed(name: &str, right: usize, ask: impl FnOnce() -> Result<usize, Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let began = thread_time();
    let allowed = black_box(ask()?);
    let took = thread_time() - began;
    assert_eq!(allowed, right, "{name} decides wrongly: what it was measured at is worth nothing");
    Ok(took as f64 / LEADS as f64)
}
