//! What the law of a number's place adds to the audit: how long a consent lasts, and which refusals are for good.

use crate::plan;
use crate::rules::{Pack, Row, Rules};
use crate::timestamp::DAY;
use crate::vocabulary::{Outcome, PurposeClass};
use crate::{Attempt, Number, Timestamp};

/// The packs that speak for a number, by the number alone: where its person lives the audit does not know.
pub(super) struct Law<'a> {
    packs: Vec<&'a Pack>,
}

impl<'a> Law<'a> {
    pub(super) fn of(number: Number, rules: &'a Rules) -> Self {
        let Some(region) = plan::locate(number).region else { return Self { packs: Vec::new() } };
        Self { packs: rules.packs.iter().filter(|pack| pack.speaks_for(region)).collect() }
    }

    /// When a consent to this class that was given at an instant ends by law, if it does.
    pub(super) fn consent_ends(&self, class: PurposeClass, given: Timestamp, at: Timestamp) -> Option<Timestamp> {
        let rows = self.packs.iter().flat_map(|pack| &pack.consent_limits);
        let months = rows.filter(|row| row.when.classes.contains(class) && is_in_force(row, at));
        months.map(|row| given.plus_months(row.rule.months.into())).min()
    }

    /// Is it a refusal that bars this class for good?
    pub(super) fn is_refusal_for_good(&self, attempt: &Attempt, class: PurposeClass) -> bool {
        attempt.outcome == Outcome::Refused
            && attempt.class.is_none_or(|own| own == class)
            && self
                .packs
                .iter()
                .flat_map(|pack| &pack.silences)
                .any(|row| row.rule.days.is_none() && row.when.classes.contains(class) && is_in_force(row, attempt.at))
    }
}

/// On the day of the instant, or the one after: the callee's day may be ahead.
fn is_in_force<T>(row: &Row<T>, at: Timestamp) -> bool {
    let day = at.micros().div_euclid(DAY);
    let next = day.saturating_add(1);
    row.when.from.is_none_or(|from| i64::from(from) <= next) && row.when.to.is_none_or(|to| day < i64::from(to))
}
