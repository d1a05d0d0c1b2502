//! The states of the United States: LAW.md section 5. They speak of marketing and of asking for consent, to
//! individuals; the federal law applies beside them.

use super::Asks::{Consent, ConsentAsUnverified, Never, NeverUnsolicited, WrittenConsent};
use super::america::daily;
use super::{ALL, ANY, AUTOMATED, BARE, Cap, Hours, Law, SALES, SMS, Screened, VOICE, When, on, span};

const STATE: Law = Law { partial: true, ..BARE };

const FROM_8_TO_20: Hours = daily(&[span(8, 20)]);
const FROM_8_TO_21: Hours = daily(&[span(8, 21)]);
const FROM_9_TO_20: Hours = daily(&[span(9, 20)]);
const FROM_9_TO_21: Hours = daily(&[span(9, 21)]);
const NO_SUNDAY_NO_HOLIDAY: Hours = FROM_8_TO_20.sunday(&[]).not_on_holidays();

const fn people(columns: &'static [&'static str]) -> When {
    on(SALES, columns).to_people()
}

const THREE_A_DAY: Cap = people(ANY).at_most(3, 24);

/// A state's own list: 31 days, but 92 where it comes out once a quarter.
const fn own_list(registry: &'static str, max_age_days: i64) -> Screened {
    on(SALES, VOICE).screen(registry, Some(max_age_days))
}

/// A system that selects or dials, or a recording, asks for written consent; so does a text.
const SELECTED_OR_DIALLED: &[super::Cell] = &[people(AUTOMATED).ask(WrittenConsent), people(SMS).ask(WrittenConsent)];

const TEXAS: Hours = FROM_9_TO_21.sunday(&[span(12, 21)]);

const PENNSYLVANIA_2026: super::Day = (2026, 10, 18);

/// State unknown, or not in the tables: the intersection of all that was found.
pub(crate) const UNKNOWN: Law = Law {
    code: "US-??",
    cells: &[people(ALL).ask(WrittenConsent)],
    hours: &[daily(&[span(10, 18)]).saturday(&[span(10, 17)]).sunday(&[]).not_on_holidays()],
    caps: &[THREE_A_DAY],
    ..STATE
};

const UNLISTED: &[&str] = &["AK", "DC", "DE", "GA", "HI", "IA", "ID", "KS", "NC", "NH", "VT", "WV"];

const STATES: &[Law] = &[
    Law { code: "US-AL", hours: &[NO_SUNDAY_NO_HOLIDAY], ..STATE },
    Law { code: "US-AR", ..STATE },
    // READING: nothing but the ban on unsolicited calls to mobiles is reported, and that is to be verified.
    Law { code: "US-AZ", cells: &[people(ALL).line(&["mobile", "unknown"]).ask(ConsentAsUnverified)], ..STATE },
    Law { code: "US-CA", hours: &[automated_hours(&[span(9, 21)])], ..STATE },
    Law { code: "US-CO", registries: &[own_list("us-co-dnc", 31)], ..STATE },
    Law { code: "US-CT", cells: &[people(ALL).ask(WrittenConsent)], hours: &[FROM_9_TO_20], ..STATE },
    Law {
        code: "US-FL",
        cells: SELECTED_OR_DIALLED,
        registries: &[own_list("us-fl-dnc", 31)],
        hours: &[FROM_8_TO_20],
        caps: &[THREE_A_DAY],
        ..STATE
    },
    Law { code: "US-IL", hours: &[FROM_8_TO_21], ..STATE },
    Law { code: "US-IN", registries: &[own_list("us-in-dnc", 92)], hours: &[automated_hours(&[span(9, 20)])], ..STATE },
    Law { code: "US-KY", hours: &[daily(&[span(10, 21)])], ..STATE },
    Law { code: "US-LA", registries: &[own_list("us-la-dnc", 31)], hours: &[NO_SUNDAY_NO_HOLIDAY], ..STATE },
    Law { code: "US-MA", hours: &[FROM_8_TO_20], ..STATE },
    Law {
        code: "US-MD",
        cells: &[people(AUTOMATED).ask(WrittenConsent)],
        hours: &[FROM_8_TO_20],
        caps: &[THREE_A_DAY],
        ..STATE
    },
    Law {
        code: "US-ME",
        hours: &[automated_hours(&[span(9, 17)]).saturday(&[]).sunday(&[])],
        caps: &[people(AUTOMATED).at_most(1, 8)],
        ..STATE
    },
    Law { code: "US-MI", hours: &[FROM_9_TO_21], ..STATE },
    Law { code: "US-MN", hours: &[FROM_9_TO_21], ..STATE },
    Law { code: "US-MO", registries: &[own_list("us-mo-dnc", 31)], hours: &[FROM_8_TO_21], ..STATE },
    // "Central Standard Time", also in summer and also in firms.
    Law {
        code: "US-MS",
        hours: &[Hours { fixed: Some(-6), ..on(SALES, ANY).open(&[span(8, 20)]).sunday(&[]) }],
        ..STATE
    },
    Law { code: "US-MT", hours: &[FROM_8_TO_21], ..STATE },
    Law { code: "US-ND", ..STATE },
    Law { code: "US-NE", ..STATE },
    Law {
        code: "US-NJ",
        // READING: the ban names no channel, so a text is a call too.
        cells: &[people(ALL).line(&["mobile", "unknown"]).ask(NeverUnsolicited)],
        hours: &[FROM_8_TO_21],
        ..STATE
    },
    Law { code: "US-NM", hours: &[FROM_9_TO_21], ..STATE },
    Law { code: "US-NV", hours: &[FROM_9_TO_20], ..STATE },
    Law { code: "US-NY", hours: &[FROM_8_TO_21], ..STATE },
    Law { code: "US-OH", ..STATE },
    Law { code: "US-OK", cells: SELECTED_OR_DIALLED, hours: &[FROM_8_TO_20], caps: &[THREE_A_DAY], ..STATE },
    Law {
        code: "US-OR",
        hours: &[people(ANY).from((2026, 1, 1)).open(&[span(8, 20)])],
        caps: &[Cap { both_families: true, ..people(ANY).from((2026, 1, 1)).at_most(3, 24) }],
        ..STATE
    },
    Law {
        code: "US-PA",
        registries: &[own_list("us-pa-dnc", 31)],
        hours: &[
            people(ANY).to(PENNSYLVANIA_2026).open(&[span(8, 21)]),
            people(ANY).from(PENNSYLVANIA_2026).open(&[span(9, 19)]).sunday(&[]).not_on_holidays(),
        ],
        ..STATE
    },
    Law {
        code: "US-RI",
        hours: &[daily(&[span(9, 18)]).saturday(&[span(10, 17)]).sunday(&[]).not_on_holidays()],
        ..STATE
    },
    Law { code: "US-SC", hours: &[FROM_8_TO_21], ..STATE },
    Law { code: "US-SD", hours: &[daily(&[span(9, 21)]).sunday(&[])], ..STATE },
    Law { code: "US-TN", registries: &[own_list("us-tn-dnc", 31)], hours: &[FROM_8_TO_21], ..STATE },
    Law {
        code: "US-TX",
        registries: &[Screened { grace_days: 60, ..own_list("us-tx-dnc", 92) }],
        // A text is a solicitation since September 2025.
        hours: &[
            Hours { when: people(&["live", "automated", "fax"]), ..TEXAS },
            Hours { when: people(SMS).from((2025, 9, 1)), ..TEXAS },
        ],
        ..STATE
    },
    Law { code: "US-UT", hours: &[FROM_8_TO_21.sunday(&[]).not_on_holidays()], ..STATE },
    Law { code: "US-VA", hours: &[Hours { lifted_by_consent: true, ..FROM_8_TO_21 }], ..STATE },
    Law {
        code: "US-WA",
        cells: &[on(SALES, AUTOMATED).ask(Never), on(SALES, SMS).ask(Consent)],
        hours: &[FROM_8_TO_20],
        ..STATE
    },
    Law { code: "US-WI", ..STATE },
    Law { code: "US-WY", hours: &[FROM_8_TO_20], ..STATE },
];

/// Hours for machines that dial and speak.
const fn automated_hours(hours: &'static [(i16, i16)]) -> Hours {
    people(AUTOMATED).open(hours)
}

/// The law of a state, by its two letters; none: there is no such state.
pub(crate) fn state(letters: &str) -> Option<&'static Law> {
    let listed = STATES.iter().find(|law| &law.code[3..] == letters);
    listed.or_else(|| UNLISTED.contains(&letters).then_some(&UNKNOWN))
}
