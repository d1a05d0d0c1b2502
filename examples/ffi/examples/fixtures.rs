//! Makes what the programs and tests in C ask: snapshots, a ledger, leads, and the answers that are due.
//!
//! ```text
//! cargo run --release --example fixtures -- FOLDER [SUPPRESSED LEADS]
//! ```
//!
//! `calls.gate`: a thousand people in Poland under house rules that replace the packs (consent at any hour, three
//! attempts a day), so that no answer depends on when it is asked. `expected.csv` says for each what is due, written
//! down from how the files were made. `next.gate`: the same with one more entry on the list. `sealed.gate` with
//! `acme.key`: the same, sealed. `acme.ledger`: its ledger. `large.gate` with `leads.csv`: so many suppressed numbers,
//! and so many leads, half of them on the list.
#![expect(clippy::arithmetic_side_effects, reason = "a generator of test data")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use dialgate::{Ledger, Manifest, MasterKey};

/// The first of a thousand people.
const FIRST: u64 = 48_223_000_000;
const HOUSE: &str = r#"code = "house:calls"
name = "Rules for the tests of the C library"
version = 2026-11-01
override = true

[[requirement]]
id = "consent"
classes = ["marketing"]
require = "opt_in"
statute = "policy of the house"
confidence = "H"

[[cap]]
id = "thrice"
classes = ["marketing"]
attempts = 3
window = "24h"
statute = "policy of the house"
confidence = "H"
"#;
const EVIDENCE: &str = r#"{"uri":"x://1","sha256":"9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f"}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("expected FOLDER [SUPPRESSED LEADS]")?);
    let mut figure = |usual: u64| arguments.next().map_or(Ok(usual), |text| text.parse::<u64>());
    let (suppressed, leads) = (figure(2_000_000)?, figure(1_000_000)?);
    fs::create_dir_all(&folder)?;
    let now = Utc::now();
    calls(&folder, now)?;
    large(&folder, now, suppressed, leads)
}

fn text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn manifest(now: DateTime<Utc>, list: &str, more: &str) -> String {
    let (as_of, listed) = (text(now), text(now - TimeDelta::hours(1)));
    format!(
        r#"controller = "acme"
as_of = "{as_of}"
max_age_days = 30
[[controllers]]
id = "acme"
[[controllers]]
id = "beta"
[[purposes]]
id = "own-offers"
class = "marketing"
[[lists]]
id = "own-dnc"
kind = "opt_out"
format = "plain"
path = "{list}"
as_of = "{listed}"
[[records]]
path = "records.jsonl"
[rules]
packs = "builtin"
files = ["house.toml"]
{more}"#
    )
}

fn compile(folder: &Path, name: &str, manifest: &str) -> Result<(), Box<dyn Error>> {
    let path = folder.join(format!("{name}.toml"));
    fs::write(&path, manifest)?;
    Manifest::load(&path)?.compile()?.write_to(folder.join(format!("{name}.gate")))?;
    Ok(())
}

/// What is due for the person with this index; empty: an allow.
fn due(index: u64) -> &'static str {
    match index % 10 {
        1 => "withdrawn",
        3 => "objected",
        5 => "opted_out",
        7 => "restricted",
        9 => "consent_missing",
        _ => "",
    }
}

fn calls(folder: &Path, now: DateTime<Utc>) -> Result<(), Box<dyn Error>> {
    let (given, revoked) = (text(now - TimeDelta::days(60)), text(now - TimeDelta::days(30)));
    let (mut records, mut list, mut expected) = (String::new(), String::new(), "number,reason\n".to_owned());
    for index in 0..1000 {
        let number = FIRST + index;
        writeln!(expected, "+{number},{}", due(index))?;
        let denial = |kind: &str, more: &str| {
            format!(r#"{{"type":"{kind}","number":"+{number}","at":"{revoked}","controller":"acme"{more}}}"#) + "\n"
        };
        if due(index) != "consent_missing" {
            writeln!(
                records,
                r#"{{"type":"consent","number":"+{number}","at":"{given}","controller":"acme","purposes":["own-offers"],"channels":["live_call"],"form":"electronic","pre_ticked":false,"conditions":{{"freely_given":true,"informed":true,"unambiguous":true,"revocable":true}},"evidence":{EVIDENCE}}}"#
            )?;
        }
        match due(index) {
            "withdrawn" => records.push_str(&denial("withdrawal", "")),
            "objected" => records.push_str(&denial("objection", r#","scope":"marketing""#)),
            "restricted" => records.push_str(&denial("restriction", "")),
            "opted_out" => writeln!(list, "+{number}")?,
            _ => {}
        }
    }
    fs::write(folder.join("house.toml"), HOUSE)?;
    fs::write(folder.join("records.jsonl"), records)?;
    fs::write(folder.join("own.txt"), &list)?;
    fs::write(folder.join("next.txt"), format!("{list}+{FIRST}\n"))?;
    fs::write(folder.join("expected.csv"), expected)?;
    for name in ["acme.ledger", "acme.ledger.key", "acme.key", "acme.ledger-wal", "acme.ledger-shm"] {
        let _ = fs::remove_file(folder.join(name));
    }
    drop(Ledger::create(folder.join("acme.ledger"), None)?);
    MasterKey::create(folder.join("acme.key"))?;
    let follows = "[ledger]\npath = \"acme.ledger\"\n[attempts]\nsource = \"ledger\"\n";
    compile(folder, "calls", &manifest(now, "own.txt", follows))?;
    compile(folder, "next", &manifest(now, "next.txt", follows))?;
    compile(folder, "sealed", &manifest(now, "own.txt", "[seal]\nkey_file = \"acme.key\"\n"))
}

/// SplitMix64.
fn mixed(index: u64) -> u64 {
    let mut z = index.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn large(folder: &Path, now: DateTime<Utc>, suppressed: u64, leads: u64) -> Result<(), Box<dyn Error>> {
    // Nine digits behind +48: the first 22, as in Warsaw, the others at random.
    let number = |index: u64| 48_220_000_000 + mixed(index) % 10_000_000;
    let mut list = String::new();
    for index in 0..suppressed {
        writeln!(list, "+{}", number(index))?;
    }
    fs::write(folder.join("large.txt"), list)?;
    let mut file = "number,name\n".to_owned();
    for lead in 0..leads {
        let drawn = mixed(lead ^ 0x5EED);
        let index = if drawn % 2 == 0 { drawn / 2 % suppressed.max(1) } else { suppressed + lead };
        writeln!(file, "+{},lead {lead}", number(index))?;
    }
    fs::write(folder.join("leads.csv"), file)?;
    let text = manifest(now, "large.txt", "").replace("\nfiles = [\"house.toml\"]", "\nfiles = [\"free.toml\"]");
    fs::write(folder.join("free.toml"), HOUSE.replace("\"opt_in\"", "\"opt_out\""))?;
    compile(folder, "large", &text)
}
