//! The federal law of the United States: LAW.md section 4.

use super::Asks::{Consent, NoObjection, Nothing, WrittenConsent};
use super::{
    ANY, AUTOMATED, BARE, Cap, Hours, LIVE, Law, PROMOTION, SALES, SMS, Screened, Silence, VOICE, When, on, span,
};

const REST: &[&str] = &["service", "notice", "debt_collection", "survey", "charity", "political"];
const DEBT: &[&str] = &["debt_collection"];

/// 47 CFR 64.1200(a)(3): recorded calls to residential fixed lines that sell nothing and collect nothing are exempt
/// up to three in thirty days. READING: an unknown party is an individual here too, although that is the milder one.
const RECORDED_TO_A_HOME: When =
    on(&["service", "notice", "survey", "charity", "political"], AUTOMATED).to_people().line(&["fixed"]);

const FROM_8_TO_21: &[(i16, i16)] = &[span(8, 21)];

pub(crate) const FEDERAL: Law = Law {
    code: "US",
    cells: &[
        on(&["marketing"], LIVE).to_people().ask(NoObjection),
        on(&["marketing"], LIVE).to_firms().ask(Nothing),
        on(&["reconsent"], LIVE).ask(NoObjection),
        on(SALES, AUTOMATED).ask(WrittenConsent),
        on(SALES, SMS).ask(WrittenConsent),
        on(REST, LIVE).ask(Nothing),
        RECORDED_TO_A_HOME.ask(Nothing),
        on(DEBT, AUTOMATED).to_people().line(&["fixed"]).ask(Consent),
        on(REST, AUTOMATED).to_firms().ask(Consent),
        on(REST, AUTOMATED).to_people().line(&["mobile", "unknown"]).ask(Consent),
        on(REST, SMS).ask(Consent),
    ],
    registries: &[Screened { relationship: Some((18, 3)), ..on(SALES, VOICE).screen("us-ndnc", Some(31)) }],
    hours: &[on(PROMOTION, ANY).open(FROM_8_TO_21), on(DEBT, ANY).open(FROM_8_TO_21)],
    caps: &[
        on(DEBT, VOICE).at_most(7, 7 * 24),
        Cap { lifted_by_consent: true, ..RECORDED_TO_A_HOME.at_most(3, 30 * 24) },
    ],
    silences: &[Silence { when: on(DEBT, VOICE), after: "conversation", days: Some(7) }],
    // DA 26-12.
    revocations_reach_all_from: Some((2027, 1, 31)),
    ..BARE
};

/// Hours every day.
pub(crate) const fn daily(hours: &'static [(i16, i16)]) -> Hours {
    on(SALES, ANY).to_people().open(hours)
}
