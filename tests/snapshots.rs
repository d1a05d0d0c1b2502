//! Snapshots of the previous version of the format are read, and answer as they always did.
#![cfg(feature = "compile")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use dialgate::vocabulary::{Channel, Reason};
use dialgate::{Gate, Manifest, Number};

const MANIFEST: &str = r#"
controller = "acme"
as_of = "2026-11-20T00:00:00Z"
[rules]
packs = ["PL"]
[[controllers]]
id = "acme"
[[purposes]]
id = "own-offers"
class = "marketing"
[[lists]]
id = "own-dnc"
kind = "opt_out"
format = "plain"
path = "dnc.txt"
as_of = "2026-11-20T00:00:00Z"
[[consent_texts]]
id = "web"
form = "electronic"
pre_ticked = false
conditions = { freely_given = true, informed = true, unambiguous = true, revocable = true }
[[records]]
path = "records.jsonl"
"#;

/// Polish numbers, a few thousand: enough that some find no room in their line.
fn numbers() -> impl Iterator<Item = (u64, Number)> {
    (0..20_000).map(|index| (index, Number::from_e164(48_600_000_000 + index * 4_999).unwrap()))
}

/// Writes what `snapshots/version-1.gate` was compiled from.
fn write_sources(folder: &Path) {
    let (mut list, mut records) = (String::new(), String::new());
    for (index, number) in numbers() {
        if index % 10 < 3 {
            writeln!(list, "{number}").unwrap();
        }
        if index % 8 == 1 {
            let (month, day) = (1 + index / 28 % 9, 1 + index % 28);
            let digest = "9f".repeat(32);
            writeln!(
                records,
                r#"{{"type":"consent","number":"{number}","at":"2026-0{month}-{day:02}T10:00:00Z","controller":"acme","purposes":["own-offers"],"channels":["live_call"],"text":"web","evidence":{{"uri":"x://1","sha256":"{digest}"}}}}"#
            )
            .unwrap();
        }
    }
    std::fs::write(folder.join("dnc.txt"), list).unwrap();
    std::fs::write(folder.join("records.jsonl"), records).unwrap();
    std::fs::write(folder.join("gate.toml"), MANIFEST).unwrap();
}

#[test]
fn version_1_answers_as_the_same_data_compiled_anew() {
    let folder = tempfile::tempdir().unwrap();
    write_sources(folder.path());
    let anew = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().unwrap();
    let old = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/version-1.gate")).unwrap();
    let version = |image: &[u8]| u32::from_le_bytes(*image[8..].first_chunk().unwrap());
    assert_eq!((version(&old), version(anew.as_bytes())), (1, 2));
    let campaigns = [&old[..], anew.as_bytes()].map(|image| {
        let gate = Gate::from_bytes(image).unwrap();
        gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare().unwrap()
    });
    let at: DateTime<Utc> = "2026-11-23T10:00:00Z".parse().unwrap();
    let (mut allowed, mut opted_out) = (0, 0);
    for (_, number) in numbers() {
        let [old, anew] = campaigns.each_ref().map(|campaign| campaign.may_contact_at(number, at));
        assert_eq!(old, anew, "{number}");
        allowed += usize::from(old.is_allowed());
        opted_out += usize::from(old.reason() == Some(Reason::OptedOut));
    }
    assert_eq!((allowed, opted_out), (2_000, 6_000));
}
