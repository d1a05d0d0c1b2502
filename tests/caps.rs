//! Attempt caps and what follows a refusal or a conversation, against rows written by hand from the decision matrix.
//!
//! Rows of `caps/rows.tsv`: `case` begins a number (name, number, party, line, what is on record: a written `consent` of
//! January 2025, a `late_consent` of 10 November 2026, a `contract` that names marketing, or nothing), `try` is an
//! attempt on it (instant, channel, purpose, outcome), `ask` a question (instant, purpose, channel) with its verdict,
//! reason and `retry_at`.
#![cfg(feature = "compile")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use chrono::{DateTime, SecondsFormat, Utc};
use dialgate::vocabulary::{Channel, Line, Party};
use dialgate::{Decision, Gate, Lead, Manifest};
use serde_json::{Value, json};

const MANIFEST: &str = r#"
controller = "acme"
as_of = "2026-12-31T00:00:00Z"
[[controllers]]
id = "acme"
[[records]]
path = "records.jsonl"
"#;

struct Case {
    name: &'static str,
    number: &'static str,
    party: Party,
    line: Line,
    questions: Vec<Question>,
}

struct Question {
    at: DateTime<Utc>,
    purpose: &'static str,
    channel: Channel,
    expected: String,
}

fn read() -> (Vec<Case>, String) {
    let (mut cases, mut records): (Vec<Case>, String) = (Vec::new(), String::new());
    for row in include_str!("caps/rows.tsv").lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
        let cells: Vec<&'static str> = row.split('\t').collect();
        let record = match *cells {
            ["case", name, number, party, line, on_record] => {
                cases.push(Case {
                    name,
                    number,
                    party: Party::from_slug(party).unwrap(),
                    line: Line::from_slug(line).unwrap(),
                    questions: Vec::new(),
                });
                known(number, on_record)
            }
            ["try", at, channel, purpose, outcome] => {
                let number = cases.last().unwrap().number;
                let mut attempt =
                    json!({"type": "attempt", "number": number, "at": at, "channel": channel, "outcome": outcome});
                if !purpose.is_empty() {
                    attempt["purpose"] = json!(purpose);
                }
                Some(attempt)
            }
            ["ask", at, purpose, channel, ref expected @ ..] => {
                cases.last_mut().unwrap().questions.push(Question {
                    at: at.parse().unwrap(),
                    purpose,
                    channel: Channel::from_slug(channel).unwrap(),
                    expected: expected.join(" "),
                });
                None
            }
            _ => panic!("cannot be read: {row}"),
        };
        records.extend(record.map(|record| format!("{record}\n")));
    }
    (cases, records)
}

fn known(number: &str, on_record: &str) -> Option<Value> {
    let consent = |at: &str| {
        json!({
            "type": "consent", "number": number, "at": at, "purposes": ["marketing", "service"], "form": "electronic",
            "channels": ["live_call", "automated_call", "sms"], "pre_ticked": false,
            "conditions": {"freely_given": true, "informed": true, "unambiguous": true, "revocable": true},
            "evidence": {"uri": "form://1", "sha256": "ab".repeat(32)},
        })
    };
    match on_record {
        "" => None,
        "consent" => Some(consent("2025-01-10T00:00:00Z")),
        "late_consent" => Some(consent("2026-11-10T00:00:00Z")),
        "contract" => Some(json!({
            "type": "relationship", "number": number, "at": "2026-01-10T00:00:00Z", "kind": "contract",
            "purposes": ["marketing"],
        })),
        other => panic!("`{other}` is nothing that can be on record"),
    }
}

fn said(decision: Decision) -> String {
    let reason = decision.reason().map(|reason| reason.slug().to_owned());
    let retry_at = decision.retry_at().map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    [Some(decision.verdict().slug().to_owned()), reason, retry_at].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[test]
fn caps_and_silences_hold_as_they_were_written_down() {
    let (cases, records) = read();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gate.toml"), MANIFEST).unwrap();
    std::fs::write(folder.path().join("records.jsonl"), records).unwrap();
    let image = Manifest::load(folder.path().join("gate.toml")).unwrap().compile().unwrap();
    let gate = Gate::from_bytes(image.as_bytes()).unwrap();
    let (mut asked, mut wrong) = (0, Vec::new());
    for case in &cases {
        for question in &case.questions {
            let campaign = gate.campaign().purpose(question.purpose).channel(question.channel).prepare().unwrap();
            let lead = Lead::new(case.number.parse().unwrap()).party(case.party).line(case.line);
            let found = said(campaign.may_contact_lead(&lead, question.at));
            asked += 1;
            if found != question.expected {
                let Question { at, purpose, channel, expected } = question;
                wrong.push(format!("{}: {purpose} {channel} at {at}: expected {expected}, found {found}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked} answers differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(asked, 57);
}
