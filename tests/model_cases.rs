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

#[test]
fn the_model_answers_every_published_case_it_knows_the_law_of() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let model = Model::load(&dir);
    let cases = std::fs::read_to_string(dir.join("cases.tsv")).unwrap();
    let mut answered = 0;
    for line in cases.lines().skip(1) {
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
        let decision = model.decide(&question, instant(cell[4]));
        let note = cell[11];
        assert_eq!(decision.verdict, cell[8], "{note}: {decision:?}");
        assert_eq!(decision.reason.unwrap_or(""), cell[9], "{note}: {decision:?}");
        if !cell[10].is_empty() {
            assert_eq!(decision.retry_at, Some(instant(cell[10])), "{note}");
        }
        answered += 1;
    }
    assert_eq!(answered, 38);
}
