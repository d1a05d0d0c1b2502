//! Where a number is judged: by the number plan, by the lead's residence, and by both where they differ.
//!
//! `places.tsv` holds the expectations, written by hand. A place that no pack speaks for denies.
#![cfg(feature = "compile")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use dialgate::vocabulary::{Channel, Reason, Verdict};
use dialgate::{Campaign, Gate, Lead, Manifest};
use serde_json::json;

const TABLE: &str = include_str!("places.tsv");

#[derive(Clone, Copy, Debug)]
struct Row {
    number: &'static str,
    region: &'static str,
    zone: &'static str,
    consent: bool,
    rules: &'static str,
    open: &'static str,
}

impl Row {
    fn lead(&self) -> Lead {
        let mut lead = Lead::new(self.number.parse().unwrap());
        if !self.region.is_empty() {
            lead = lead.region(self.region);
        }
        if !self.zone.is_empty() {
            lead = lead.time_zone(self.zone);
        }
        lead
    }
}

fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| match *line.split('\t').collect::<Vec<_>>().as_slice() {
            [number, region, zone, consent, rules, open, _] => {
                Row { number, region, zone, consent: consent == "yes", rules, open }
            }
            _ => panic!("seven columns: {line}"),
        })
        .collect()
}

/// A gate that knows the packs and these records alone.
fn gate(records: &str, more: &str) -> Gate {
    let folder = tempfile::tempdir().unwrap();
    let manifest = format!(
        "controller = \"acme\"\nas_of = \"2026-11-23T06:00:00Z\"\n[[controllers]]\nid = \"acme\"\n\
         [[records]]\npath = \"records.jsonl\"\n{more}"
    );
    std::fs::write(folder.path().join("records.jsonl"), records).unwrap();
    std::fs::write(folder.path().join("dncr.txt"), "+61255500099\n").unwrap();
    std::fs::write(folder.path().join("gate.toml"), manifest).unwrap();
    let image = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().unwrap();
    Gate::from_bytes(image.as_bytes()).unwrap()
}

fn charity(gate: &Gate) -> Campaign {
    gate.campaign().purpose("charity").channel(Channel::ManualCall).prepare().unwrap()
}

fn consented(rows: &[Row]) -> String {
    let numbers: BTreeSet<&str> = rows.iter().filter(|row| row.consent).map(|row| row.number).collect();
    let record = |number: &&str| {
        json!({
            "type": "consent", "number": number, "at": "2026-02-01T10:00:00Z", "purposes": ["charity"],
            "channels": ["live_call"], "form": "electronic", "pre_ticked": false,
            "conditions": {"freely_given": true, "informed": true, "unambiguous": true, "revocable": true},
            "evidence": {"uri": "form://1", "sha256": "9f".repeat(32)},
        })
    };
    numbers.iter().map(|number| format!("{}\n", record(number))).collect()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The span of hours in which the middle of the day of the question lies, or follows.
fn span(open: &str) -> (DateTime<Utc>, DateTime<Utc>) {
    let (from, to) = open.split_once('-').unwrap();
    let on = |day: &str, time: &str| at(&format!("2026-12-{day}T{time}:00Z"));
    if from > to && from > "20:00" {
        (on("14", from), on("15", to))
    } else {
        (on("15", from), on(if from > to { "16" } else { "15" }, to))
    }
}

#[test]
fn every_place_is_judged_by_the_rules_and_hours_that_were_written_down() {
    let rows = rows();
    let gate = gate(&consented(&rows), "");
    let campaign = charity(&gate);
    let mut wrong = Vec::new();
    for row in &rows {
        let lead = row.lead();
        let noon = at("2026-12-15T12:00:00Z");
        let why = campaign.explain_lead(&lead, noon);
        let expected: BTreeSet<&str> = row.rules.split(',').filter(|code| !matches!(*code, "-" | "?")).collect();
        let found: BTreeSet<&str> = why.jurisdictions.iter().map(String::as_str).collect();
        let mut check = |holds: bool, what: String| {
            if !holds {
                wrong.push(format!("{row:?}: {what}"));
            }
        };
        match row.rules {
            "-" => {
                let told = (why.verdict, why.reason);
                check(told == (Verdict::Deny, Some(Reason::JurisdictionUnknown)), format!("{told:?} by {found:?}"));
                continue;
            }
            "?" => {
                check(why.verdict == Verdict::Deny && why.reason == Some(Reason::TimeZoneUnknown), format!("{why}"));
                continue;
            }
            _ => check(found == expected, format!("judged by {found:?}")),
        }
        if row.open == "always" {
            check(why.verdict == Verdict::Allow, format!("{why}"));
            continue;
        }
        let (from, to) = span(row.open);
        let before = campaign.may_contact_lead(&lead, from - TimeDelta::microseconds(1));
        check(before.reason() == Some(Reason::OutsideHours), format!("before: {before:?}"));
        check(before.retry_at() == Some(from), format!("opens {:?}", before.retry_at()));
        let during = campaign.may_contact_lead(&lead, from);
        check(during.valid_until() == Some(to), format!("closes {:?}", during.valid_until()));
    }
    assert!(wrong.is_empty(), "{} of {} places:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    assert!(rows.len() > 100, "only {} rows", rows.len());
}

#[test]
fn a_number_and_a_residence_that_are_never_open_together_are_never_called() {
    let contract = json!({
        "type": "relationship", "number": "+33199000010", "at": "2026-02-01T10:00:00Z", "kind": "contract",
        "purposes": ["marketing"],
    });
    let register = "[[lists]]\nid = \"au-dncr\"\nkind = \"registry\"\nregistry = \"au-dncr\"\nformat = \"plain\"\n\
                    path = \"dncr.txt\"\nas_of = \"2026-11-22T00:00:00Z\"\n";
    let gate = gate(&contract.to_string(), register);
    let campaign = gate.campaign().purpose("marketing").channel(Channel::ManualCall).prepare().unwrap();
    let ask = |lead: Lead, time: &str| campaign.may_contact_lead(&lead, at(time));
    let french = || Lead::new("+33199000010".parse().unwrap());
    let open = ask(french(), "2026-12-15T10:00:00Z");
    assert!(open.is_allowed(), "in France alone it is open: {open:?}");
    // Ten in the morning in Paris is eight in the evening in Sydney: one closes when the other opens.
    for day in [5, 7, 18] {
        for half_hour in (0..48).filter(|half_hour| *half_hour % 6 == 0 || (17..=19).contains(half_hour)) {
            let time = at(&format!("2026-12-{day:02}T00:00:00Z")) + TimeDelta::minutes(30 * half_hour);
            let decision = campaign.may_contact_lead(&french().region("AU"), time);
            assert!(decision.reasons().contains(Reason::OutsideHours), "{time}: {decision:?}");
            assert!(!decision.is_allowed(), "{time}");
            assert_eq!(decision.verdict(), Verdict::Deny, "the copy of the register is stale before both open: {time}");
        }
    }
}
