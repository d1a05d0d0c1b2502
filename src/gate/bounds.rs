//! For which dates on record, and until when, a decision is the decision of others too.
//!
//! One simple event is compared with the question's instant only through instants that are computed from its date by
//! adding a term: the date itself, its end, so many months after either. Each of them has passed or has not, and the
//! answer depends on nothing else of the date. Terms move forward with the date but for a few days at the end of a month,
//! where a later date may end earlier (30 January 23:00 and 31 January 01:00, a month later). So the dates for which
//! each instant has passed, or has not, by the same time are taken between two bounds that leave those days out; a date
//! that lies among them sets no precedent.
//!
//! An allow that rests on a consent and ends with it ends for each date at another instant. It is a precedent for earlier
//! dates, whose consents end earlier, as far back as whoever's consent has ended is not allowed all the time until then.

use crate::Timestamp;
use crate::decision::Decision;
use crate::event::Event;
use crate::timestamp::DAY;
use crate::vocabulary::{ListKind, Verdict};

use super::evaluate::{Ahead, LOOK_AHEAD, Lasting, World};
use super::horizon::Horizon;
use super::packs::PackSet;
use super::place::Place;
use super::question::{DenialKind, PackView, Question, TemplateView};

/// Until when, and for which dates, a decision holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bounds {
    pub(crate) to: Timestamp,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

/// No decision is kept for longer.
const KEPT_AT_MOST: i64 = DAY;
/// Dates further away are not spoken of: the calendar does not reach much further.
const SANE: i64 = 100_000 * 366 * DAY;

/// What is added to a date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Term {
    Micros(i64),
    Months(u32),
}

/// Something that a date is compared by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Threshold {
    /// Counted from the event's end, so long after its date; zero: from the date.
    base: i64,
    term: Term,
}

/// Since when nobody is allowed, up to the end of this consent, whose consent like it has ended; none: the allow does
/// not end with the consent, or this is not known. `judge` judges another event in its place.
pub(crate) fn ended_since(
    question: &Question,
    event: Event,
    at: Timestamp,
    lasting: Lasting,
    judge: impl Fn(Event, Timestamp) -> (Decision, Horizon),
) -> Option<Timestamp> {
    /// So many changes until then are looked at.
    const CHANGES: usize = 16;
    let Some(Ahead::At(end)) = lasting.ahead else { return None };
    let is_consent = matches!(question.template(event.template), TemplateView::Consent(_));
    if !is_consent || event.at.is_none() || event.until != Some(end) {
        return None;
    }
    let mut since = at;
    for _ in 0..CHANGES {
        let (decision, horizon) = judge(Event { until: Some(since), ..event }, since);
        let change = horizon.around();
        if change > end {
            return (!decision.is_allowed()).then_some(since);
        }
        since = change;
    }
    None
}

/// How long a decision lasts for events like this one (none: nothing is on record). `ended_since`: it is an allow that
/// ends with the event, and see there.
///
/// None: it is not to be kept.
pub(crate) fn bounds(
    world: World<'_>,
    question: &Question,
    place: &Place,
    event: Option<Event>,
    at: Timestamp,
    (verdict, lasting, ended_since): (Verdict, Lasting, Option<Timestamp>),
) -> Option<Bounds> {
    let mut to = lasting.around.min(at.plus(KEPT_AT_MOST));
    // Up to here nothing on record may change.
    let mut limit = match (verdict, lasting.ahead) {
        (Verdict::Deny | Verdict::Review, None) => None,
        (_, Some(Ahead::At(instant))) => Some(instant),
        (_, Some(Ahead::Never)) => Some(Timestamp::MAX),
        (_, Some(Ahead::NotBefore(next))) => {
            // As long as what was not looked at lies beyond the look-ahead.
            to = to.min(next.plus(LOOK_AHEAD.saturating_neg()).plus(-1));
            Some(to.plus(LOOK_AHEAD))
        }
        (_, Some(Ahead::GaveUp(_)) | None) => return None,
    };
    let (mut first, mut last) = (Timestamp::from_micros(SANE.saturating_neg()), Timestamp::from_micros(SANE));
    let dated = event.and_then(|event| event.at.map(|given| (event, given)));
    if let Some((event, given)) = dated {
        if given < first || given > last {
            return None;
        }
        let thresholds = Thresholds { world, question, place, event, given, at };
        if limit.is_none() {
            // A denial holds until something changes, be it on record.
            thresholds.each(|threshold| {
                let instant = threshold.of(given);
                if instant > at {
                    to = to.min(instant);
                }
                Some(())
            })?;
            limit = Some(to.plus(-1));
        }
        let limit = limit?;
        let own_end = ended_since.map(|since| {
            let base = limit.micros().saturating_sub(given.micros());
            last = last.min(given);
            first = first.max(since.max(to.plus(1)).plus(base.saturating_neg()));
            Threshold { base, term: Term::Micros(0) }
        });
        thresholds.each(|threshold| {
            let instant = threshold.of(given);
            if own_end == Some(threshold) {
                return Some(());
            }
            if instant <= at {
                last = last.min(threshold.latest_passed(at).filter(|latest| given <= *latest)?);
            } else if instant > limit {
                first = first.max(threshold.earliest_after(limit).filter(|earliest| *earliest <= given)?);
            } else {
                return None;
            }
            Some(())
        })?;
    }
    (to > at && first <= last).then_some(Bounds { to, first, last })
}

impl Threshold {
    /// The instant for this date.
    fn of(self, date: Timestamp) -> Timestamp {
        let from = date.plus(self.base);
        match self.term {
            Term::Micros(micros) => from.plus(micros),
            Term::Months(months) => from.plus_months(months),
        }
    }

    /// A date whose instant, and that of every earlier date, is not later than this.
    fn latest_passed(self, at: Timestamp) -> Option<Timestamp> {
        let from = match self.term {
            Term::Micros(micros) => at.plus(micros.saturating_neg()),
            // Back and forth again ends on the same day, or earlier where a month was too short.
            Term::Months(months) => at.minus_months(months)?,
        };
        Some(from.plus(self.base.saturating_neg()))
    }

    /// A date whose instant, and that of every later date, is later than this.
    fn earliest_after(self, limit: Timestamp) -> Option<Timestamp> {
        if limit == Timestamp::MAX {
            return None;
        }
        let from = match self.term {
            Term::Micros(micros) => limit.plus(micros.saturating_neg()).plus(1),
            // Months differ by three days at most: four days later no clamping brings the instant back.
            Term::Months(months) => limit.minus_months(months)?.plus(4 * DAY),
        };
        Some(from.plus(self.base.saturating_neg()))
    }
}

/// Everything that a single event's date is compared by.
struct Thresholds<'a> {
    world: World<'a>,
    question: &'a Question,
    place: &'a Place,
    event: Event,
    given: Timestamp,
    at: Timestamp,
}

impl Thresholds<'_> {
    /// Shows each threshold; none: the event is not like others, or `see` says so.
    fn each(&self, mut see: impl FnMut(Threshold) -> Option<()>) -> Option<()> {
        let ends = self.event.until.map(|until| until.micros().saturating_sub(self.given.micros()));
        see(Threshold { base: 0, term: Term::Micros(0) })?;
        if let Some(base) = ends {
            see(Threshold { base, term: Term::Micros(0) })?;
        }
        match self.question.template(self.event.template) {
            TemplateView::Irrelevant | TemplateView::Notice { .. } => Some(()),
            TemplateView::Consent(_) => self.consent(&mut see),
            TemplateView::Relationship { .. } => {
                self.relationship(0, &mut see)?;
                ends.map_or(Some(()), |base| self.relationship(base, &mut see))
            }
            // These count from the date of the data on where they are dated later: only one that has passed is kept.
            TemplateView::Reassigned => self.has_begun(0, &mut see),
            TemplateView::Denial(denial) if denial.kind == DenialKind::Erasure => Some(()),
            TemplateView::Denial(_) => self.has_begun(0, &mut see),
            TemplateView::Listing { list, .. } => match self.question.list(list)?.kind {
                ListKind::Registry => self.has_begun(self.longest_grace(), &mut see),
                ListKind::OptOut | ListKind::Block | ListKind::Reassigned => self.has_begun(0, &mut see),
            },
        }
    }

    /// So long after its date; where that lies ahead nothing is kept.
    fn has_begun(&self, grace: i64, see: &mut impl FnMut(Threshold) -> Option<()>) -> Option<()> {
        let threshold = Threshold { base: 0, term: Term::Micros(grace) };
        if threshold.of(self.given) > self.at { None } else { see(threshold) }
    }

    fn consent(&self, see: &mut impl FnMut(Threshold) -> Option<()>) -> Option<()> {
        for (pack, view) in self.packs() {
            for row in view.consent_limits.iter().filter_map(|row| pack.consent_limits.get(*row)) {
                see(Threshold { base: 0, term: Term::Months(u32::from(row.rule.months)) })?;
            }
        }
        Some(())
    }

    /// Every term that any rule of the place counts from a relationship's beginning or end.
    fn relationship(&self, base: i64, see: &mut impl FnMut(Threshold) -> Option<()>) -> Option<()> {
        let mut months = |months: u16| see(Threshold { base, term: Term::Months(u32::from(months)) });
        months(12)?;
        months(24)?;
        for (pack, view) in self.packs() {
            for row in view.requirements.iter().filter_map(|row| pack.requirements.get(*row)) {
                months(row.rule.customer_months)?;
            }
            for row in view.registries.iter().filter_map(|registry| pack.registries.get(registry.row)) {
                if let Some(ebr) = row.rule.ebr {
                    months(ebr.transaction_months)?;
                    months(ebr.inquiry_months)?;
                }
            }
        }
        for (pack, view) in self.packs() {
            for row in view.registries.iter().filter_map(|registry| pack.registries.get(registry.row)) {
                if let Some(days) = row.rule.contract_lifts_days {
                    see(Threshold { base, term: Term::Micros(DAY.saturating_mul(i64::from(days))) })?;
                }
            }
        }
        Some(())
    }

    /// The longest grace that a registry of the place gives to a new entry.
    fn longest_grace(&self) -> i64 {
        if !self.world.dictionary.use_registry_grace {
            return 0;
        }
        let days = self.packs().flat_map(|(pack, view)| {
            view.registries.iter().filter_map(|registry| pack.registries.get(registry.row)?.rule.grace_days)
        });
        days.map(|days| DAY.saturating_mul(i64::from(days))).max().unwrap_or_default()
    }

    fn packs(&self) -> impl Iterator<Item = (&crate::rules::Pack, &PackView)> {
        let apply = self.place.packs.map_or(PackSet::EMPTY, |packs| packs.apply);
        apply.iter().filter_map(|index| Some((self.world.rules.packs.get(index)?, self.question.packs.get(index)?)))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    const HOUR: i64 = DAY / 24;

    /// Around the ends of months, in leap years and others.
    fn instants() -> impl Iterator<Item = Timestamp> {
        let days = ["2027-01-31", "2027-02-28", "2028-02-29", "2028-03-31", "2027-04-30", "2027-12-31", "2026-10-01"];
        days.into_iter().flat_map(|day| {
            let day: chrono::DateTime<chrono::Utc> = format!("{day}T00:00:00Z").parse().unwrap();
            (-40..40).map(move |step| Timestamp::from(day).plus(step * 5 * HOUR))
        })
    }

    #[test]
    fn every_date_between_the_bounds_has_passed_or_has_not() {
        for months in [1, 3, 12, 18, 24] {
            for base in [0, 36 * HOUR, 59 * DAY] {
                let threshold = Threshold { base, term: Term::Months(months) };
                for at in instants() {
                    let (latest, earliest) =
                        (threshold.latest_passed(at).unwrap(), threshold.earliest_after(at).unwrap());
                    for hours in -24 * 9..24 * 9 {
                        let date = latest.plus(hours * HOUR);
                        assert!(date > latest || threshold.of(date) <= at, "{months} {base} {at:?} {date:?}");
                        assert!(date < earliest || threshold.of(date) > at, "{months} {base} {at:?} {date:?}");
                    }
                }
            }
        }
    }
}
