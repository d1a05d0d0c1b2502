//! The page of one explained decision.

use askama::Template;

use super::report::Fact;
use super::words::PageWords;
use super::{Piece, pieces};
use crate::language::fill;
use crate::vocabulary::Reason;
use crate::{Consulted, ConsultedKind, Explanation};

/// The explanation as its template wants it.
#[derive(Template)]
#[template(path = "explanation.html", config = "src/cli/pages/askama.toml")]
pub(in crate::cli) struct ExplanationPage {
    lang: &'static str,
    w: &'static PageWords,
    verdict: &'static str,
    sentence: Vec<Piece>,
    facts: Vec<Fact>,
    digest: String,
    reasons: Vec<(&'static str, &'static str)>,
    duties: Vec<(&'static str, &'static str)>,
    notes: Vec<Vec<Piece>>,
    to_allow: &'static str,
    no_way: &'static str,
    obstacles: Vec<ObstacleLine>,
    cautions: Vec<Vec<Piece>>,
    waiting: Option<String>,
    rules: Vec<Line>,
    lists: Vec<Line>,
    records: Vec<Line>,
    made_by: String,
}

/// Something in the way.
struct ObstacleLine {
    reasons: Vec<&'static str>,
    by: Vec<Piece>,
    ways: Vec<Vec<Piece>>,
}

/// One thing that was consulted.
struct Line {
    name: String,
    finding: Vec<Piece>,
    mark: Option<(&'static str, &'static str)>,
    dates: String,
    source: String,
    confidence: Option<(&'static str, &'static str)>,
    details: Vec<Vec<Piece>>,
}

impl ExplanationPage {
    /// The page of an explanation, in its language.
    pub(in crate::cli) fn new(why: &Explanation) -> Self {
        let (language, w) = (why.language, PageWords::of(why.language));
        let words = crate::language::ExplanationWords::of(language);
        let lines = |kind: ConsultedKind| -> Vec<Line> {
            why.consulted.iter().filter(|item| item.kind == kind).map(|item| line(why, w, item)).collect()
        };
        Self {
            lang: language.tag(),
            w,
            verdict: why.verdict.slug(),
            sentence: pieces(&why.sentence),
            facts: facts(why, w),
            digest: why.snapshot.clone(),
            reasons: why.reasons.iter().map(|reason| (reason.slug(), language.reason(reason))).collect(),
            duties: why.obligations.iter().map(|duty| (duty.slug(), language.obligation(duty))).collect(),
            notes: why.notes.iter().map(|note| pieces(note)).collect(),
            to_allow: words.to_allow,
            no_way: words.no_way,
            obstacles: why
                .obstacles
                .iter()
                .map(|obstacle| ObstacleLine {
                    reasons: obstacle.reasons.iter().map(Reason::slug).collect(),
                    by: pieces(&obstacle.by),
                    ways: obstacle.ways.iter().map(|way| pieces(&way.text(language))).collect(),
                })
                .collect(),
            cautions: why.cautions.iter().map(|caution| pieces(caution)).collect(),
            waiting: (!why.obstacles.is_empty()).then(|| why.by_waiting()),
            rules: lines(ConsultedKind::Rule),
            lists: lines(ConsultedKind::List),
            records: lines(ConsultedKind::Record),
            made_by: fill(w.personal, &[&env!("CARGO_PKG_VERSION")]),
        }
    }
}

fn facts(why: &Explanation, w: &'static PageWords) -> Vec<Fact> {
    let language = why.language;
    let and = crate::language::ExplanationWords::of(language).and;
    let mut facts = vec![
        Fact { name: w.number, value: why.number.to_string() },
        Fact { name: w.purpose, value: why.purpose.clone() },
        Fact { name: w.channel, value: format!("{} ({})", why.channel, language.channel(why.channel)) },
        Fact { name: w.controller, value: why.controller.clone() },
        Fact { name: w.judged_for, value: language.readable(&why.at) },
        Fact { name: w.party, value: format!("{} ({})", why.party, language.party(why.party)) },
    ];
    let when = |at: &Option<String>| at.as_deref().map(|at| language.readable(at));
    let joined = |codes: &[String], by: &str| (!codes.is_empty()).then(|| codes.join(by));
    let optional = [
        (w.judged_in, joined(&why.regions, and)),
        (w.rules_of, joined(&why.jurisdictions, ", ")),
        (w.replaced, joined(&why.replaced, ", ")),
        (w.basis, why.basis.map(|basis| format!("{basis} ({})", language.basis(basis)))),
        (w.evidence, why.evidence.clone()),
        (w.retry_at, when(&why.retry_at)),
        (w.valid_until, when(&why.valid_until)),
    ];
    facts.extend(optional.into_iter().filter_map(|(name, value)| Some(Fact { name, value: value? })));
    facts
}

fn line(why: &Explanation, w: &PageWords, item: &Consulted) -> Line {
    let language = why.language;
    let day = |at: &Option<String>| at.as_deref().map(|at| language.readable(at)).unwrap_or_default();
    let dates = match (&item.from, &item.until) {
        (None, None) => String::new(),
        (Some(_), None) => format!("{} –", day(&item.from)),
        _ => format!("{} – {}", day(&item.from), day(&item.until)),
    };
    Line {
        name: item.name.clone(),
        finding: pieces(&item.finding),
        mark: item.met.map(|met| if met { (w.met, "yes") } else { (w.not_met, "no") }),
        dates,
        source: item.source.clone().unwrap_or_default(),
        confidence: item.confidence.map(|sure| (sure.slug(), language.confidence(sure))),
        details: item.details.iter().map(|detail| pieces(detail)).collect(),
    }
}
