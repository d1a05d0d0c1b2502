//! How many instructions an answer takes: counted by callgrind, so the same on a busy machine and an idle one.
//!
//! `cargo bench --bench instructions` runs itself under valgrind, twice for each figure, the second time with more
//! questions: the difference is what the questions took. With a figure above its budget it fails. Counts only, no
//! times. `DIALGATE_INSTRUCTIONS_KEEP` names a folder for callgrind's files, to be read with `callgrind_annotate`.
#![expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a benchmark that goes wrong stops")]

#[expect(dead_code, reason = "of the measuring of time nothing is used here")]
#[path = "check/limits.rs"]
mod limits;
#[path = "check/population.rs"]
mod population;

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use chrono::{DateTime, TimeZone, Utc};
use dialgate::internals::judge_in_full;
use dialgate::vocabulary::Channel;
use dialgate::{Decision, Gate, Lead, Number, Purpose};
use population::{MANIFEST, Mixture, Plan};

/// Small: opening it is counted too, and taken away again.
const MIXTURE: Mixture = Mixture { listed: 20_000, consents: 10_000, dated: 100, longer: 10, erased: 1_000 };
const PLAIN: Mixture = Mixture { dated: 0, longer: 0, erased: 0, ..MIXTURE };
/// Numbers in turn, half of them on record.
const NUMBERS: u64 = 4_096;
/// Questions of the shorter run; the longer one asks twice as many.
const QUESTIONS: usize = 32_768;

/// What is counted, on which snapshot, and how many instructions it may take.
const FIGURES: &[(&str, &str, u64)] = &[
    ("check", "plain", 950),
    ("check", "one-pack", 950),
    ("check", "mixed", 980),
    ("default-gate", "plain", 1_080),
    ("screen", "plain", 640),
    ("screen", "mixed", 700),
    ("screen-leads", "plain", 690),
    ("in-full", "mixed", 5_200),
    ("in-full", "one-pack", 5_200),
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if let Ok(asked) = std::env::var("DIALGATE_INSTRUCTIONS") {
        let [what, image, questions] = asked.split(' ').collect::<Vec<_>>()[..] else {
            return Err("three words".into());
        };
        count(what, Path::new(image), questions.parse()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if !Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        eprintln!("valgrind is missing: install it (`apt-get install valgrind`) and run again");
        return Ok(ExitCode::FAILURE);
    }
    let folder = tempfile::tempdir()?;
    let plan = Plan::new();
    let british = format!("{MANIFEST}[rules]\npacks = [\"GB\"]\n");
    for (name, mixture, manifest) in
        [("plain", PLAIN, MANIFEST), ("mixed", MIXTURE, MANIFEST), ("one-pack", PLAIN, british.as_str())]
    {
        mixture.build(&plan, manifest)?.write_to(folder.path().join(name))?;
    }
    let mut spared = true;
    for (what, image, budget) in FIGURES {
        let path = folder.path().join(image);
        let (fewer, more) = (instructions(what, &path, QUESTIONS)?, instructions(what, &path, 2 * QUESTIONS)?);
        let each = more.saturating_sub(fewer) / QUESTIONS as u64;
        let told = if each <= *budget { "within" } else { "ABOVE" };
        println!("{what:<14} {image:<10} {each:>6} instructions, {told} the budget of {budget}");
        spared &= each <= *budget && each > 10;
    }
    Ok(if spared { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Instructions of a run that asks so many questions.
fn instructions(what: &str, image: &Path, questions: usize) -> Result<u64, Box<dyn Error>> {
    let kept = std::env::var_os("DIALGATE_INSTRUCTIONS_KEEP").map_or_else(
        || "/dev/null".into(),
        |folder| {
            let name = image.file_name().unwrap_or_default().to_string_lossy();
            Path::new(&folder).join(format!("callgrind.{what}.{name}.{questions}"))
        },
    );
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", kept.display()))
        .arg(std::env::current_exe()?)
        .env("DIALGATE_INSTRUCTIONS", format!("{what} {} {questions}", image.display()))
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    let collected = told.lines().find_map(|line| line.split("Collected : ").nth(1)?.trim().parse().ok());
    collected.ok_or_else(|| format!("callgrind counted nothing: {told}").into())
}

fn count(what: &str, image: &Path, questions: usize) -> Result<(), Box<dyn Error>> {
    let gate = Gate::open(image)?;
    let plan = Plan::new();
    let at: DateTime<Utc> = Utc.with_ymd_and_hms(2026, 11, 23, 16, 0, 0).single().unwrap_or_default();
    let numbers: Vec<Number> = (0..NUMBERS)
        .map(|place| {
            let dice = limits::mix(place);
            let british = |from: u64| {
                (from..).map(|place| plan.number(place)).find(|number| number.as_u64() / 10_000_000_000 == 44)
            };
            // Of one country, so that packs that are not loaded make no difference to what is asked.
            let hit = dice.is_multiple_of(2);
            british(if hit { (dice >> 8) % MIXTURE.known() } else { 40_000 + (dice >> 8) % 1_000_000 })
                .expect("a number")
        })
        .collect();
    let campaign = gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare()?;
    let leads: Vec<Lead> = numbers.iter().map(|number| Lead::new(*number)).collect();
    let mut decisions = vec![Decision::default(); numbers.len()];
    for _ in 0..questions / numbers.len() {
        match what {
            "check" => {
                for number in &numbers {
                    let _ = black_box(campaign.may_contact_at(*number, at));
                }
            }
            "default-gate" => {
                for number in &numbers {
                    let purpose = Purpose::named("own-offers");
                    let _ = black_box(gate.may_contact_at(*number, purpose, Channel::ManualCall, at));
                }
            }
            "screen" => campaign.screen(&numbers, at, &mut decisions)?,
            "screen-leads" => campaign.screen_leads(&leads, at, &mut decisions)?,
            "in-full" => {
                for lead in &leads {
                    let _ = black_box(judge_in_full(&campaign, lead, at));
                }
            }
            other => return Err(format!("`{other}` is no figure").into()),
        }
    }
    Ok(())
}
