//! Canada and Australia: LAW.md sections 6 and 11.

use super::Asks::{Consent, ConsentAsUnverified, NoObjection, Nothing};
use super::{
    ANY, AUTOMATED, BARE, CAUSES, Hours, LIVE, Law, PROMOTION, SALES, SERVICE_AND_DEBT, SMS, Screened, VOICE, hm, on,
    span,
};

pub(crate) const CANADA: Law = Law {
    code: "CA",
    cells: &[
        on(&["marketing"], LIVE).to_people().ask(NoObjection),
        on(&["marketing"], LIVE).to_firms().ask(Nothing),
        on(&["reconsent"], LIVE).ask(NoObjection),
        on(SALES, AUTOMATED).ask(Consent),
        on(SALES, SMS).ask(ConsentAsUnverified),
        on(SERVICE_AND_DEBT, VOICE).ask(Nothing),
        on(SERVICE_AND_DEBT, SMS).ask(ConsentAsUnverified),
        on(&["survey"], VOICE).ask(Nothing),
        on(&["survey"], SMS).ask(ConsentAsUnverified),
        on(CAUSES, LIVE).ask(Nothing),
        on(CAUSES, AUTOMATED).ask(ConsentAsUnverified),
        on(CAUSES, SMS).ask(ConsentAsUnverified),
    ],
    // The press is exempt.
    registries: &[Screened {
        relationship: Some((18, 6)),
        ..on(SALES, VOICE)
            .sector(&["general", "energy", "energy_works", "home_adaptation", "claims_management", "pensions"])
            .screen("ca-dncl", Some(31))
    }],
    hours: &[on(PROMOTION, ANY).open(&[(hm(9, 0), hm(21, 30))]).saturday(&[span(10, 18)]).sunday(&[span(10, 18)])],
    ..BARE
};

pub(crate) const AUSTRALIA: Law = Law {
    code: "AU",
    cells: &[
        // Firms are "exempt unless listed": the register below decides.
        on(SALES, LIVE).ask(NoObjection),
        on(SALES, AUTOMATED).ask(ConsentAsUnverified),
        on(SALES, SMS).ask(ConsentAsUnverified),
        on(SERVICE_AND_DEBT, super::ALL).ask(Nothing),
        on(&["survey", "charity", "political"], VOICE).ask(Nothing),
        on(&["survey", "charity", "political"], SMS).ask(ConsentAsUnverified),
    ],
    registries: &[Screened { businesses: true, grace_days: 30, ..on(SALES, VOICE).screen("au-dncr", Some(30)) }],
    hours: &[
        Hours {
            lifted_by_consent: true,
            ..on(PROMOTION, ANY).open(&[span(9, 20)]).saturday(&[span(9, 17)]).sunday(&[]).not_on_holidays()
        },
        Hours {
            lifted_by_consent: true,
            ..on(&["survey"], ANY)
                .open(&[(hm(9, 0), hm(20, 30))])
                .saturday(&[span(9, 17)])
                .sunday(&[span(9, 17)])
                .not_on_holidays()
        },
    ],
    ..BARE
};
