//! The reference model answers the published cases: it is the oracle of the other tests.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test"
)]

mod model;

use std::path::Path;

use model::files::instant;
use model::{Model, Question};

struct Published {
    question: Question,
    at: i64,
    verdict: String,
    reason: String,
    retry_at: Option<i64>,
    note: String,
}

fn published() -> (Model, Vec<Published>) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let cases = std::fs::read_to_string(dir.join("cases.tsv")).unwrap();
    (Model::load(&dir), cases.lines().skip(1).map(case).collect())
}

fn case(line: &str) -> Published {
    let cell: Vec<&str> = line.split('\t').collect();
    let or_unknown = |text: &str| if text.is_empty() { "unknown".to_owned() } else { text.to_owned() };
    let question = Question {
        number: cell[0].to_owned(),
        purpose: cell[1].to_owned(),
        channel: cell[2].to_owned(),
        controller: cell[3].to_owned(),
        region: Some(cell[5].to_owned()).filter(|region| !region.is_empty()),
        time_zone: None,
        party: or_unknown(cell[6]),
        line: or_unknown(cell[7]),
    };
    Published {
        question,
        at: instant(cell[4]),
        verdict: cell[8].to_owned(),
        reason: cell[9].to_owned(),
        retry_at: Some(cell[10]).filter(|text| !text.is_empty()).map(instant),
        note: cell[11].to_owned(),
    }
}

const DAY: i64 = 86_400_000_000;

#[test]
fn the_model_answers_every_published_case_it_knows_the_law_of() {
    let (model, cases) = published();
    for case in &cases {
        let decision = model.decide(&case.question, case.at);
        let note = &case.note;
        assert_eq!(decision.verdict, case.verdict, "{note}: {decision:?}");
        assert_eq!(decision.reason.unwrap_or(""), case.reason, "{note}: {decision:?}");
        if case.retry_at.is_some() {
            assert_eq!(decision.retry_at, case.retry_at, "{note}");
        }
    }
    assert_eq!(cases.len(), 38);
}

/// The model looks for the end of an answer at these instants alone.
#[test]
fn between_two_edges_the_model_answers_the_same() {
    let (model, cases) = published();
    let mut compared = 0;
    for case in &cases {
        let edges = model.edges(&case.question, case.at);
        for pair in edges.windows(2).filter(|pair| case.at <= pair[0] && pair[1] <= case.at + 2 * DAY) {
            let reasons = |at: i64| model.decide(&case.question, at).reasons;
            assert_eq!(reasons(pair[0]), reasons(pair[1] - 1), "{}", case.note);
            compared += 1;
        }
    }
    assert!(compared > 40, "{compared}");
}
