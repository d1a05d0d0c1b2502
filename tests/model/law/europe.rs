//! Europe: LAW.md sections 1 to 3, 7 to 10 and 12 to 14.

use super::Asks::{
    Consent, ConsentAsUnverified, ConsentOrBusinessRelationship, ConsentOrContract, ConsentOrCustomerOfThreeYears,
    ConsentOrLegitimateInterest, ConsentOrSoftOptIn, ContractOnly, NoObjection, Nothing,
};
use super::{
    ALL, ANY, AUTOMATED, BARE, Banned, CAUSES, Cell, Hours, LIVE, Law, PROMOTION, SALES, SERVICE, SERVICE_AND_DEBT,
    SMS, Screened, Silence, VOICE, on, span,
};

const EU: Law = Law { gdpr: true, ..BARE };
const MARKETING: &[&str] = &["marketing"];
const RECONSENT: &[&str] = &["reconsent"];
const DEBT: &[&str] = &["debt_collection"];
const SURVEY: &[&str] = &["survey"];
const UNREAD: Cell = on(&["survey", "charity", "political"], ALL).ask(ConsentAsUnverified);

/// What holds under every pack of a member state.
pub(crate) const BASELINE: Law = Law {
    code: "EU",
    partial: true,
    cells: &[on(MARKETING, AUTOMATED).to_people().ask(Consent), on(MARKETING, SMS).to_people().ask(ConsentOrSoftOptIn)],
    ..EU
};

pub(crate) const MEMBERS: &[Law] = &[POLAND, FRANCE, GERMANY, ITALY, SPAIN, AUSTRIA, NETHERLANDS, BELGIUM];

pub(crate) const POLAND: Law =
    Law { code: "PL", cells: &[on(SALES, ALL).ask(Consent), on(SERVICE_AND_DEBT, ALL).ask(Nothing), UNREAD], ..EU };

const SOFT_OPT_IN_FOR_CHARITIES: super::Day = (2026, 2, 5);

pub(crate) const BRITAIN: Law = Law {
    code: "GB",
    cells: &[
        on(MARKETING, LIVE).ask(NoObjection),
        on(MARKETING, AUTOMATED).ask(Consent),
        on(MARKETING, SMS).to_people().ask(ConsentOrSoftOptIn),
        on(MARKETING, SMS).to_firms().ask(NoObjection),
        on(MARKETING, VOICE).sector(&["claims_management"]).ask(Consent),
        on(MARKETING, LIVE).sector(&["pensions"]).ask(ConsentOrContract),
        on(MARKETING, AUTOMATED).sector(&["pensions"]).ask(Consent),
        on(MARKETING, SMS).sector(&["claims_management", "pensions"]).ask(ConsentOrSoftOptIn),
        on(RECONSENT, LIVE).ask(NoObjection),
        on(RECONSENT, AUTOMATED).ask(Consent),
        on(RECONSENT, SMS).ask(ConsentOrSoftOptIn),
        on(&["service", "notice", "debt_collection", "survey"], ALL).ask(Nothing),
        on(CAUSES, LIVE).ask(NoObjection),
        on(CAUSES, AUTOMATED).ask(Consent),
        on(&["political"], SMS).ask(Consent),
        on(&["charity"], SMS).to(SOFT_OPT_IN_FOR_CHARITIES).ask(Consent),
        on(&["charity"], SMS).from(SOFT_OPT_IN_FOR_CHARITIES).ask(ConsentOrSoftOptIn),
    ],
    registries: &[
        Screened { grace_days: 28, ..on(PROMOTION, VOICE).screen("gb-tps", Some(28)) },
        Screened {
            individuals: false,
            businesses: true,
            grace_days: 28,
            ..on(PROMOTION, VOICE).screen("gb-ctps", Some(28))
        },
    ],
    ..EU
};

const FRENCH_OPT_IN: super::Day = (2026, 8, 11);

// READING: D223-9 is consumer law, so its hours, caps and silences are for individuals.
pub(crate) const FRANCE: Law = Law {
    code: "FR",
    cells: &[
        on(MARKETING, LIVE).to_people().to(FRENCH_OPT_IN).ask(NoObjection),
        on(MARKETING, LIVE).to_people().from(FRENCH_OPT_IN).ask(ConsentOrContract),
        on(MARKETING, LIVE).to_firms().ask(NoObjection),
        on(MARKETING, AUTOMATED).ask(Consent),
        on(MARKETING, SMS).ask(ConsentOrSoftOptIn),
        on(MARKETING, ALL).sector(&["energy_works", "home_adaptation"]).ask(ContractOnly),
        on(MARKETING, LIVE).sector(&["newspaper"]).to_people().to(FRENCH_OPT_IN).ask(NoObjection),
        on(MARKETING, LIVE).sector(&["newspaper"]).to_people().from(FRENCH_OPT_IN).ask(Consent),
        on(MARKETING, LIVE).sector(&["newspaper"]).to_firms().ask(NoObjection),
        on(RECONSENT, LIVE).ask(ConsentOrContract),
        on(RECONSENT, AUTOMATED).ask(Consent),
        on(RECONSENT, SMS).ask(Consent),
        on(SERVICE, ALL).ask(Nothing),
        on(DEBT, ALL).ask_and_review(Nothing),
        UNREAD,
    ],
    registries: &[
        // READING: monthly is thirty days. The press is exempt.
        Screened {
            grace_days: 30,
            ..on(SALES, VOICE)
                .sector(&["general", "energy", "energy_works", "home_adaptation", "claims_management", "pensions"])
                .to(FRENCH_OPT_IN)
                .screen("fr-bloctel", Some(30))
        },
    ],
    hours: &[Hours {
        lifted_by_consent: true,
        ..on(PROMOTION, ANY).to_people().open(&[span(10, 13), span(14, 20)]).saturday(&[]).sunday(&[]).not_on_holidays()
    }],
    caps: &[on(PROMOTION, VOICE).to_people().at_most(4, 30 * 24)],
    silences: &[
        Silence { when: on(PROMOTION, ANY).to_people().to(FRENCH_OPT_IN), after: "refused", days: Some(60) },
        Silence { when: on(PROMOTION, ANY).to_people().from(FRENCH_OPT_IN), after: "refused", days: None },
    ],
    banned: &[Banned { when: on(SALES, VOICE).from((2023, 1, 1)), prefixes: &["+336", "+337"] }],
    ..EU
};

pub(crate) const GERMANY: Law = Law {
    code: "DE",
    cells: &[
        on(MARKETING, LIVE).to_people().ask(Consent),
        on(MARKETING, LIVE).to_firms().ask(ConsentOrBusinessRelationship),
        on(MARKETING, AUTOMATED).ask(Consent),
        on(MARKETING, SMS).ask(ConsentOrSoftOptIn),
        on(RECONSENT, ALL).ask(Consent),
        on(SERVICE_AND_DEBT, ALL).ask(Nothing),
        UNREAD,
    ],
    ..EU
};

pub(crate) const ITALY: Law = Law {
    code: "IT",
    cells: &[
        on(SALES, ALL).ask(Consent),
        on(SURVEY, ALL).ask(Consent),
        on(SERVICE_AND_DEBT, ALL).ask_and_review(Nothing),
        on(CAUSES, ALL).ask(ConsentAsUnverified),
    ],
    registries: &[Screened {
        businesses: true,
        contract_days: Some(30),
        revokes: true,
        // READING: it revokes all consents, so those to charities and parties too.
        ..on(&["marketing", "reconsent", "survey", "charity", "political"], VOICE).screen("it-rpo", Some(15))
    }],
    hours: &[Hours {
        eves: Some(&[span(10, 19)]),
        by_conduct: true,
        ..on(PROMOTION, ANY).open(&[span(9, 20)]).saturday(&[span(10, 19)]).sunday(&[]).not_on_holidays()
    }],
    ..EU
};

const MOBILES_BANNED: super::Day = (2025, 6, 7);
const TWO_YEARS: super::Day = (2025, 12, 28);

pub(crate) const SPAIN: Law = Law {
    code: "ES",
    cells: &[
        on(SALES, LIVE).ask(ConsentOrLegitimateInterest),
        on(SALES, AUTOMATED).ask(Consent),
        on(SALES, SMS).ask(ConsentAsUnverified),
        on(SERVICE, ALL).ask(Nothing),
        on(DEBT, ALL).ask_and_review(Nothing),
        UNREAD,
    ],
    registries: &[Screened { businesses: true, ..on(SALES, VOICE).screen("es-robinson", None) }],
    hours: &[on(PROMOTION, ANY).open(&[span(9, 21)]).saturday(&[]).sunday(&[]).not_on_holidays()],
    banned: &[Banned { when: on(SALES, VOICE).from(MOBILES_BANNED), prefixes: &["+346", "+347"] }],
    consent_months: Some((on(PROMOTION, ANY).from(TWO_YEARS), 24)),
    ..EU
};

pub(crate) const AUSTRIA: Law = Law {
    code: "AT",
    cells: &[
        on(MARKETING, VOICE).ask(Consent),
        on(MARKETING, SMS).ask(ConsentOrSoftOptIn),
        on(RECONSENT, ALL).ask(Consent),
        on(CAUSES, ALL).ask(Consent),
        on(SERVICE, ALL).ask(Nothing),
        on(DEBT, ALL).ask_and_review(Nothing),
        on(SURVEY, ALL).ask(ConsentAsUnverified),
    ],
    ..EU
};

const NO_MORE_CUSTOMERS: super::Day = (2026, 7, 1);

pub(crate) const NETHERLANDS: Law = Law {
    code: "NL",
    cells: &[
        on(MARKETING, LIVE).to_people().to(NO_MORE_CUSTOMERS).ask(ConsentOrCustomerOfThreeYears),
        on(MARKETING, LIVE).to_people().from(NO_MORE_CUSTOMERS).ask(Consent),
        on(MARKETING, LIVE).to_firms().ask(NoObjection),
        on(MARKETING, LIVE).sector(&["newspaper"]).to_people().ask(ConsentOrCustomerOfThreeYears),
        on(MARKETING, LIVE).sector(&["newspaper"]).to_firms().ask(NoObjection),
        on(MARKETING, AUTOMATED).ask(Consent),
        on(MARKETING, SMS).ask(Consent),
        on(RECONSENT, ALL).ask(Consent),
        on(CAUSES, LIVE).ask(ConsentOrCustomerOfThreeYears),
        on(CAUSES, AUTOMATED).ask(Consent),
        on(CAUSES, SMS).ask(Consent),
        on(SERVICE, ALL).ask(Nothing),
        on(DEBT, ALL).ask_and_review(Nothing),
        on(SURVEY, ALL).ask(ConsentAsUnverified),
    ],
    ..EU
};

pub(crate) const BELGIUM: Law = Law {
    code: "BE",
    cells: &[
        on(SALES, LIVE).ask(NoObjection),
        on(SALES, AUTOMATED).ask(ConsentAsUnverified),
        on(SALES, SMS).ask(ConsentAsUnverified),
        on(SERVICE, ALL).ask(Nothing),
        on(DEBT, ALL).ask_and_review(Nothing),
        UNREAD,
    ],
    // It covers the numbers of firms too.
    registries: &[Screened { businesses: true, ..on(SALES, VOICE).screen("be-dncm", None) }],
    ..EU
};
