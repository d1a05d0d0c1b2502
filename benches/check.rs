//! The whole decision, measured against the memory that it is read from.
//!
//! In one process, in turns: R (a read that waits for the one before) and P (a read asked for ahead) over an array as
//! large as the index on huge pages, then checks and batches. Prints medians over the rounds and ratios to R or P.
//!
//! `DIALGATE_BENCH_LISTED` and `DIALGATE_BENCH_CONSENTS` set the size (1,000,000 and half of it),
//! `DIALGATE_BENCH_ROUNDS` the rounds (9), `DIALGATE_BENCH_ONLY` names figures to measure (a part of the name).
//! Built snapshots are kept under `target/bench`. `DIALGATE_BENCH_RESULTS` names a file to which the medians are added, as
//! `README.md` describes, with `DIALGATE_MACHINE` for the machine.
#![expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a benchmark that goes wrong stops")]

#[path = "check/limits.rs"]
mod limits;
#[path = "check/population.rs"]
mod population;

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::{DateTime, TimeZone, Utc};
use dialgate::vocabulary::{Channel, Verdict};
use dialgate::{Campaign, Decision, Gate, Lead, Number, Purpose, Snapshot};
use limits::{Field, fence, mix, per};
use population::{MANIFEST, Mixture, Plan};

/// Numbers asked in one turn, far more than the cache holds lines.
const ASKED: usize = 1 << 18;
/// Single checks of one turn.
const SINGLE: usize = 1 << 15;

/// Which limit a figure is held against.
#[derive(Clone, Copy, PartialEq)]
enum Against {
    R,
    P,
    Nothing,
}

/// The figures of all rounds, by name, in the order in which they were first met.
#[derive(Default)]
struct Figures {
    names: Vec<(String, Against)>,
    rounds: BTreeMap<String, Vec<(f64, f64, f64)>>,
    only: Option<String>,
}

impl Figures {
    fn measure(&mut self, name: &str, against: Against, limits: (f64, f64), work: impl FnOnce() -> f64) {
        if self.only.as_ref().is_some_and(|only| !only.split(',').any(|part| name.contains(part))) {
            return;
        }
        let spent = work();
        let rounds = self.rounds.entry(name.to_owned()).or_insert_with(|| {
            self.names.push((name.to_owned(), against));
            Vec::new()
        });
        rounds.push((spent, limits.0, limits.1));
    }

    fn print(&self) {
        println!("{:<58} {:>9} {:>8} {:>8}", "figure (medians)", "ns", "x R", "x P");
        for (name, against) in &self.names {
            let rounds = &self.rounds[name];
            let ns = median(rounds.iter().map(|round| round.0));
            let ratio = |limit: fn(&(f64, f64, f64)) -> f64| median(rounds.iter().map(|round| round.0 / limit(round)));
            let (r, p) = (ratio(|round| round.1), ratio(|round| round.2));
            let shown = |wanted: bool, ratio: f64| if wanted { format!("{ratio:.2}") } else { String::new() };
            let (r, p) = (shown(*against == Against::R, r), shown(*against == Against::P, p));
            println!("{name:<58} {ns:>9.1} {r:>8} {p:>8}");
        }
    }
}

impl Figures {
    /// The medians that are kept, one JSON object a line.
    fn lines(&self, listed: u64, consents: u64, bytes: u64) -> Vec<String> {
        let kept = [
            ("R: dependent read", "r"),
            ("P: prefetched read", "p"),
            ("check manual_call, fenced", "single_fenced"),
            ("check manual_call, everything cached", "single_cached"),
            ("screen manual_call, a lead", "screen"),
        ];
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load: f64 = load.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or_default();
        let machine = std::env::var("DIALGATE_MACHINE").unwrap_or_else(|_| "not told".to_owned());
        let line = |figure: &str, rounds: &[(f64, f64, f64)]| {
            let of = |value: fn(&(f64, f64, f64)) -> f64| median(rounds.iter().map(value));
            let (ns, r, p) = (of(|round| round.0), of(|round| round.0 / round.1), of(|round| round.0 / round.2));
            format!(
                "{{\"what\":\"check\",\"n\":{listed},\"consents\":{consents},\"figure\":\"{figure}\",\"ns\":{ns:.3},\
                 \"ratio_r\":{r:.3},\"ratio_p\":{p:.3},\"rounds\":{},\"date\":\"{}\",\"machine\":\"{machine}\",\"load\":{load}}}",
                rounds.len(),
                Utc::now().date_naive(),
            )
        };
        let times = kept.into_iter().filter_map(|(name, figure)| Some(line(figure, self.rounds.get(name)?)));
        let size = format!(
            "{{\"what\":\"check\",\"n\":{listed},\"consents\":{consents},\"figure\":\"bytes\",\"ns\":0,\"bytes\":{bytes},\
             \"date\":\"{}\",\"machine\":\"{machine}\"}}",
            Utc::now().date_naive(),
        );
        times.chain([size]).collect()
    }

    /// How many nanoseconds a lead each of these parts adds to the plain mixture, by the medians.
    fn costs(&self, parts: [&str; 3]) -> String {
        let of = |part: &str| {
            let rounds = self.rounds.get(&format!("screen, of the mixture only: {part}"))?;
            Some(median(rounds.iter().map(|round| round.0)))
        };
        let told = parts.iter().filter_map(|part| Some(format!("{part} {:+.1} ns", of(part)? - of("plain")?)));
        told.collect::<Vec<_>>().join(", ")
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.replace('_', "").parse().ok()).unwrap_or(otherwise)
}

/// The snapshot of this mixture, built once and kept.
fn image(name: &str, plan: &Plan, mixture: Mixture, manifest: &str) -> Result<PathBuf, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}-{}-{}.gate", mixture.listed, mixture.consents));
    if path.exists() {
        return Ok(path);
    }
    let began = Instant::now();
    mixture.build(plan, manifest)?.write_to(&path)?;
    eprintln!("{}: built in {:.1?}", path.display(), began.elapsed());
    Ok(path)
}

fn campaign(gate: &Gate, channel: Channel) -> Campaign {
    gate.campaign().purpose("own-offers").channel(channel).prepare().expect("a question that the data know")
}

/// Ten in the morning in Chicago, the afternoon in Europe.
fn instant() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 16, 0, 0).single().unwrap_or_default()
}

/// Numbers in no order, so many of ten thousand of them on record.
fn asked(plan: &Plan, mixture: Mixture, seed: u64, hits: u64) -> Vec<Number> {
    let pick = |place: u64, below: u64| ((u128::from(mix(place)) * u128::from(below)) >> 64) as u64;
    (0..ASKED as u64)
        .map(|place| {
            let seed = mix(seed ^ place << 20);
            let hit = pick(seed, 10_000) < hits;
            let place = if hit {
                pick(!seed, mixture.known())
            } else {
                mixture.known() + pick(!seed, plan.len() - mixture.known())
            };
            plan.number(place)
        })
        .collect()
}

fn single(campaign: &Campaign, numbers: &[Number], at: DateTime<Utc>, fenced: bool) -> f64 {
    per(numbers.len(), || {
        let mut allowed = 0_usize;
        for number in numbers {
            allowed += usize::from(campaign.may_contact_at(*number, at).is_allowed());
            if fenced {
                fence();
            }
        }
        black_box(allowed);
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let listed = setting("DIALGATE_BENCH_LISTED", 1_000_000);
    let consents = setting("DIALGATE_BENCH_CONSENTS", listed / 2);
    let rounds = setting("DIALGATE_BENCH_ROUNDS", 9);
    let mixture = Mixture { listed, consents, dated: 100, longer: 10, erased: 1_000 };
    let plan = Plan::new();
    let path = image("mixed", &plan, mixture, MANIFEST)?;
    let bytes = std::fs::metadata(&path)?.len();
    let huge = limits::huge_mib;
    let field = Field::new(bytes as usize);
    let of_field = huge();
    let gate = Gate::open(&path)?;
    let of_gate = huge() - of_field;
    let snapshot = Snapshot::open(&path)?;
    println!(
        "{} MiB of index; on huge pages {of_field} MiB of the array beside it, {of_gate} MiB of the gate's",
        bytes >> 20
    );
    let plain = Mixture { dated: 0, longer: 0, erased: 0, ..mixture };
    // What each part of the mixture costs, where building five snapshots does not take too long.
    let parts = [
        ("plain", plain),
        ("longer", Mixture { longer: mixture.longer, ..plain }),
        ("dated", Mixture { dated: mixture.dated, ..plain }),
        ("erased", Mixture { erased: mixture.erased, ..plain }),
    ];
    let parts: Vec<(&str, Campaign)> = parts
        .into_iter()
        .filter(|_| listed <= 10_000_000)
        .map(|(name, part)| {
            let gate = Gate::open(image(name, &plan, part, MANIFEST)?)?;
            Ok((name, campaign(&gate, Channel::ManualCall)))
        })
        .collect::<Result<_, Box<dyn Error>>>()?;
    println!(
        "{listed} listed, {consents} with consents, of {} possible; {bytes} bytes, {:.2} a number",
        plan.len(),
        bytes as f64 / mixture.known() as f64,
    );
    let at = instant();
    let few: Vec<Number> = asked(&plan, mixture, 99, 5_000).into_iter().take(256).collect();
    let cached: Vec<Number> = few.iter().copied().cycle().take(SINGLE).collect();
    let mut decisions = vec![Decision::default(); ASKED];
    for channel in [Channel::ManualCall, Channel::AutomatedCall] {
        let campaign = campaign(&gate, channel);
        let numbers = asked(&plan, mixture, 7, 5_000);
        campaign.screen(&numbers, at, &mut decisions)?;
        let share = |verdict: Verdict| {
            let such = decisions.iter().filter(|decision| decision.verdict() == verdict).count();
            such as f64 * 100.0 / ASKED as f64
        };
        let until = decisions.iter().filter(|decision| decision.valid_until().is_some()).count();
        println!(
            "{channel}: {:.1} % allow ({:.1} % with an end), {:.1} % defer, {:.1} % deny",
            share(Verdict::Allow),
            until as f64 * 100.0 / ASKED as f64,
            share(Verdict::Defer),
            share(Verdict::Deny),
        );
    }
    let mut figures = Figures { only: std::env::var("DIALGATE_BENCH_ONLY").ok(), ..Figures::default() };
    let manual = campaign(&gate, Channel::ManualCall);
    let automated = campaign(&gate, Channel::AutomatedCall);
    for round in 0..rounds {
        // Other numbers in each round: none is still near.
        let numbers = asked(&plan, mixture, 1_000 + round, 5_000);
        let hits = asked(&plan, mixture, 2_000 + round, 10_000);
        let misses = asked(&plan, mixture, 3_000 + round, 0);
        let leads: Vec<Lead> = numbers.iter().map(|number| Lead::new(*number)).collect();
        let limits = (field.dependent(round), field.prefetched(round));
        let [one, two, three, four, ..] = numbers.chunks(SINGLE).collect::<Vec<_>>()[..] else { continue };
        let f = &mut figures;
        f.measure("R: dependent read", Against::R, limits, || limits.0);
        f.measure("P: prefetched read", Against::P, limits, || limits.1);
        f.measure("two prefetched reads, added to a computation", Against::P, limits, || {
            field.beside_work(round, false)
        });
        f.measure("the same, both on one page of 4 KiB", Against::P, limits, || field.beside_work(round, true));
        f.measure("index: list and history, fenced", Against::R, limits, || index_single(&snapshot, four));
        f.measure("index: list and history, in batches, hits", Against::P, limits, || index_batch(&snapshot, &hits));
        f.measure("index: list and history, in batches, misses", Against::P, limits, || {
            index_batch(&snapshot, &misses)
        });
        f.measure("check manual_call, fenced", Against::R, limits, || single(&manual, one, at, true));
        f.measure("check manual_call, fenced, hits", Against::R, limits, || single(&manual, &hits[..SINGLE], at, true));
        f.measure("check manual_call, fenced, misses", Against::R, limits, || {
            single(&manual, &misses[..SINGLE], at, true)
        });
        f.measure("check automated_call, fenced", Against::R, limits, || single(&automated, two, at, true));
        f.measure("check manual_call, in a loop", Against::R, limits, || single(&manual, three, at, false));
        f.measure("check manual_call, everything cached", Against::Nothing, limits, || {
            single(&manual, &cached, at, true)
        });
        f.measure("check automated_call, everything cached", Against::Nothing, limits, || {
            single(&automated, &cached, at, true)
        });
        f.measure("gate.may_contact_at, everything cached", Against::Nothing, limits, || {
            per(cached.len(), || {
                for number in &cached {
                    let _ =
                        black_box(gate.may_contact_at(*number, Purpose::named("own-offers"), Channel::ManualCall, at));
                    fence();
                }
            })
        });
        f.measure("screen manual_call, a lead", Against::P, limits, || screen(&manual, &numbers, at, &mut decisions));
        f.measure("screen manual_call, a lead, hits", Against::P, limits, || {
            screen(&manual, &hits, at, &mut decisions)
        });
        f.measure("screen manual_call, a lead, misses", Against::P, limits, || {
            screen(&manual, &misses, at, &mut decisions)
        });
        f.measure("screen automated_call, a lead", Against::P, limits, || {
            screen(&automated, &numbers, at, &mut decisions)
        });
        f.measure("screen_leads manual_call, a lead", Against::P, limits, || {
            per(leads.len(), || {
                let _ = black_box(manual.screen_leads(&leads, at, &mut decisions));
            })
        });
        f.measure("screen manual_call, a lead, on each of two threads", Against::P, limits, || {
            on_two_threads(|| screen(&manual, &numbers, at, &mut vec![Decision::default(); ASKED]))
        });
        f.measure("check manual_call, fenced, on each of two threads", Against::R, limits, || {
            on_two_threads(|| single(&manual, one, at, true))
        });
        for (name, part) in &parts {
            let numbers = asked(&plan, mixture, 4_000 + round, 5_000);
            f.measure(&format!("screen, of the mixture only: {name}"), Against::P, limits, || {
                screen(part, &numbers, at, &mut decisions)
            });
        }
    }
    figures.print();
    if let Some(results) = std::env::var_os("DIALGATE_BENCH_RESULTS") {
        let mut file = std::fs::File::options().create(true).append(true).open(results)?;
        figures.lines(listed, consents, bytes).iter().try_for_each(|line| writeln!(file, "{line}"))?;
    }
    let costs = figures.costs(["longer", "dated", "erased"]);
    if !costs.is_empty() {
        println!("what each costs a lead, over a plain mixture: {costs}");
    }
    Ok(())
}

/// The mean of what two threads measure at the same time.
fn on_two_threads(work: impl Fn() -> f64 + Sync) -> f64 {
    let both = std::thread::scope(|scope| {
        [scope.spawn(&work), scope.spawn(&work)].map(|thread| thread.join().expect("a measurement that ends"))
    });
    both.iter().sum::<f64>() / 2.0
}

fn screen(campaign: &Campaign, numbers: &[Number], at: DateTime<Utc>, decisions: &mut [Decision]) -> f64 {
    per(numbers.len(), || {
        let _ = black_box(campaign.screen(numbers, at, decisions));
    })
}

fn index_single(snapshot: &Snapshot, numbers: &[Number]) -> f64 {
    per(numbers.len(), || {
        let mut known = 0_usize;
        for number in numbers {
            let probe = snapshot.probe(*number);
            known += usize::from(snapshot.combination(&probe).is_some() ^ snapshot.history(&probe).next().is_some());
            fence();
        }
        black_box(known);
    })
}

fn index_batch(snapshot: &Snapshot, numbers: &[Number]) -> f64 {
    const AHEAD: usize = 32;
    per(numbers.len(), || {
        let mut ring = [snapshot.probe(numbers[0]); AHEAD];
        let mut known = 0_usize;
        for place in 0..numbers.len() + AHEAD {
            if place >= AHEAD {
                let probe = &ring[place % AHEAD];
                known += usize::from(snapshot.combination(probe).is_some() ^ snapshot.history(probe).next().is_some());
            }
            if let Some(next) = numbers.get(place) {
                ring[place % AHEAD] = snapshot.probe(*next);
            }
        }
        black_box(known);
    })
}
