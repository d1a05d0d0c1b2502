use super::*;
use crate::vocabulary::{Basis, Channel, Obligation, Reason, Verdict};

/// Both texts are there, differ, and have the same places to fill in; what goes with a count has the language's forms.
pub(crate) fn check(words: &[(&str, &str, &str)], same: &[&str]) {
    assert!(words.len() > 10, "the table is empty");
    for (name, english, polish) in words {
        for text in [english, polish] {
            assert!(!text.trim().is_empty(), "`{name}` has no text in one language");
        }
        assert_eq!(places(english), places(polish), "`{name}`: the places differ");
        for (text, forms) in [(english, 2), (polish, 3)] {
            for place in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(place, _)| place) {
                assert!([0, forms].contains(&place.matches('|').count()), "`{name}`: forms of `{place}`");
            }
        }
        assert!(english != polish || same.contains(name), "`{name}` is not translated");
    }
}

fn places(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once(['}', '|']))
        .map(|(place, _)| place.to_owned())
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_text_is_there_in_both_languages() {
    check(RowWords::ALL, &[]);
    check(ExplanationWords::ALL, &["tie"]);
}

#[test]
fn every_code_has_its_sentence_in_both_languages() {
    let [english, polish] = [Language::English, Language::Polish];
    let mut seen = std::collections::BTreeSet::new();
    let mut pair = |code: &str, a: &'static str, b: &'static str| {
        assert!(!a.is_empty() && !b.is_empty() && a != b, "{code}");
        assert!(seen.insert(a) && seen.insert(b), "`{code}` says what another code says");
    };
    for code in Verdict::ALL {
        pair(code.slug(), english.verdict(*code), polish.verdict(*code));
    }
    for code in Reason::ALL {
        pair(code.slug(), english.reason(*code), polish.reason(*code));
    }
    for code in Obligation::ALL {
        pair(code.slug(), english.obligation(*code), polish.obligation(*code));
    }
    for code in Basis::ALL {
        pair(code.slug(), english.basis(*code), polish.basis(*code));
    }
    for code in Channel::ALL {
        pair(code.slug(), english.channel(*code), polish.channel(*code));
    }
}

#[test]
fn numbers_and_days_are_written_as_each_language_has_them() {
    let at = DateTime::from_timestamp(1_795_446_000, 0).unwrap_or_default();
    assert_eq!(Language::English.instant(at), "23 Nov 2026, 15:00 UTC");
    assert_eq!(Language::Polish.instant(at), "23.11.2026, 15:00 UTC");
    assert_eq!([0, 999, 1000, 20_000_000].map(|n| Language::English.count(n)), ["0", "999", "1,000", "20,000,000"]);
    assert_eq!(Language::Polish.count(20_000_000), "20\u{a0}000\u{a0}000");
    assert_eq!(Language::English.percent(1, 3), "33.3%");
    assert_eq!(Language::Polish.percent(2, 3), "66,7%");
    assert_eq!(Language::English.percent(0, 0), "0.0%");
    assert_eq!(Language::English.percent(0, 1_000_000), "0.0%");
    assert_eq!(Language::English.percent(1, 1_000_000), "<0.1%");
    assert_eq!(Language::Polish.percent(499, 1_000_000), "<0,1%");
    assert_eq!(Language::Polish.percent(500, 1_000_000), "0,1%");
}

#[test]
fn a_count_has_the_form_of_its_noun() {
    let english = |count: &str| fill("{0} {0|row|rows}", &[&count]);
    assert_eq!(
        ["0", "1", "2", "11", "21", "1,001"].map(english),
        ["0 rows", "1 row", "2 rows", "11 rows", "21 rows", "1,001 rows"]
    );
    let polish = |count: u64| fill("{0|wiersz|wiersze|wierszy}", &[&Language::Polish.count(count)]);
    for few in [2, 3, 4, 22, 34, 102, 1_003, 1_000_024] {
        assert_eq!(polish(few), "wiersze", "{few}");
    }
    for many in [0, 5, 9, 10, 11, 12, 13, 14, 15, 20, 21, 25, 31, 111, 112, 1_001, 1_013, 1_000_000] {
        assert_eq!(polish(many), "wierszy", "{many}");
    }
    assert_eq!(polish(1), "wiersz");
}

#[test]
fn places_are_filled_in_any_order_and_braces_in_what_is_filled_in_stay() {
    assert_eq!(fill("{1} of {0}", &[&"{1}", &"b"]), "b of {1}");
    assert_eq!(fill("nothing", &[]), "nothing");
}
