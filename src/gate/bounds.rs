//! For which dates on record, and until when, a decision is the decision of others too.
//!
//! An event is compared with the question's instant only through instants that are computed from its date or from its end
//! by adding a term: these themselves, and so many months after either. Each of them has passed or has not. Events are
//! compared with one another by their dates alone: one is earlier, or both are the same. The answer depends on nothing
//! else of the dates. Terms move forward with the date but for a few days at the end of a month, where a later date may
//! end earlier (30 January 23:00 and 31 January 01:00, a month later). So the dates for which each instant has passed, or
//! has not, by the same time are taken between two bounds that leave those days out; a date that lies among them sets no
//! precedent.
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

/// Histories of so many events that matter are like others, longer ones are not.
pub(crate) const EVENTS: usize = 3;

/// Until when, and for which dates, a decision holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bounds {
    pub(crate) to: Timestamp,
    /// For each event; where there is none they say nothing.
    pub(crate) spans: [Spans; EVENTS],
}

/// For which dates of an event it holds; where it has none they say nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spans {
    pub(crate) at: Span,
    pub(crate) until: Span,
}

impl Spans {
    /// For which dates of events that last as long as this one.
    pub(crate) fn of_date(self, event: &Event) -> Span {
        let (Some(at), Some(until)) = (event.at, event.until) else { return self.at };
        let lasts = until.micros().saturating_sub(at.micros());
        let back = |end: Timestamp| end.plus(lasts.saturating_neg());
        Span { first: self.at.first.max(back(self.until.first)), last: self.at.last.min(back(self.until.last)) }
    }
}

/// Instants from the first to the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

/// An allow that ends with an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ending {
    /// The event's place in the history.
    pub(crate) place: usize,
    /// Nobody whose event has ended is allowed from then on, up to the end of this one.
    pub(crate) since: Timestamp,
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

/// Something that an event is compared by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Threshold {
    from: Base,
    term: Term,
}

/// What a term is added to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Base {
    Date,
    End,
}

/// The consent with which the allow ends, and since when nobody is allowed whose consent like it has ended; none: it
/// does not end with one of these events alone, or this is not known. `judge` judges with another event in such a place.
pub(crate) fn ending(
    question: &Question,
    events: &[Event],
    at: Timestamp,
    lasting: Lasting,
    judge: impl Fn(usize, Event, Timestamp) -> (Decision, Horizon),
) -> Option<Ending> {
    /// So many changes until then are looked at.
    const CHANGES: usize = 16;
    let Some(Ahead::At(end)) = lasting.ahead else { return None };
    let mut ending = events.iter().enumerate().filter(|(_, event)| event.until == Some(end));
    let (Some((place, event)), None) = (ending.next(), ending.next()) else { return None };
    let is_consent = matches!(question.template(event.template), TemplateView::Consent(_));
    if !is_consent || event.at.is_none() {
        return None;
    }
    let mut since = at;
    for _ in 0..CHANGES {
        let (decision, horizon) = judge(place, Event { until: Some(since), ..*event }, since);
        let change = horizon.around();
        if change > end {
            return (!decision.is_allowed()).then_some(Ending { place, since });
        }
        since = change;
    }
    None
}

/// How long a decision lasts for others with events like these. `ending`: it is an allow that ends with one of them.
///
/// None: it is not to be kept.
pub(crate) fn bounds(
    world: World<'_>,
    question: &Question,
    place: &Place,
    events: &[Event],
    at: Timestamp,
    (verdict, lasting, ending): (Verdict, Lasting, Option<Ending>),
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
    let sane = Span { first: Timestamp::from_micros(SANE.saturating_neg()), last: Timestamp::from_micros(SANE) };
    let is_sane = |instant: Timestamp| sane.first <= instant && instant <= sane.last;
    let instants = |event: &Event| [event.at, event.until].into_iter().flatten();
    if events.len() > EVENTS || !events.iter().flat_map(instants).all(is_sane) {
        return None;
    }
    let dated = || events.iter().filter(|event| event.at.is_some());
    if limit.is_none() && dated().next().is_some() {
        // A denial holds until something changes, be it on record.
        for event in dated() {
            Thresholds { world, question, place, event, at }.each(|_, instant| {
                if instant > at {
                    to = to.min(instant);
                }
                Some(())
            })?;
        }
        limit = Some(to.plus(-1));
    }
    let mut spans = [Spans { at: sane, until: sane }; EVENTS];
    for ((event, spans), index) in
        events.iter().zip(&mut spans).zip(0_usize..).filter(|((event, _), _)| event.at.is_some())
    {
        let limit = limit?;
        let own_end = ending.filter(|ending| ending.place == index);
        if let Some(Ending { since, .. }) = own_end {
            // It is the limit.
            spans.until = Span { first: since.max(to.plus(1)), last: limit };
        }
        Thresholds { world, question, place, event, at }.each(|threshold, instant| {
            if own_end.is_some() && threshold == Threshold::END {
                return Some(());
            }
            let (span, own) = match threshold.from {
                Base::Date => (&mut spans.at, event.at?),
                Base::End => (&mut spans.until, event.until?),
            };
            if instant <= at {
                span.last = span.last.min(threshold.latest_passed(at).filter(|latest| own <= *latest)?);
            } else if instant > limit {
                span.first = span.first.max(threshold.earliest_after(limit).filter(|earliest| *earliest <= own)?);
            } else {
                return None;
            }
            Some(())
        })?;
    }
    let is_any = |span: Span| span.first <= span.last;
    (to > at && spans.iter().all(|spans| is_any(spans.at) && is_any(spans.until))).then_some(Bounds { to, spans })
}

impl Threshold {
    const DATE: Self = Self { from: Base::Date, term: Term::Micros(0) };
    const END: Self = Self { from: Base::End, term: Term::Micros(0) };

    /// The instant, counted from this one.
    fn of(self, from: Timestamp) -> Timestamp {
        match self.term {
            Term::Micros(micros) => from.plus(micros),
            Term::Months(months) => from.plus_months(months),
        }
    }

    /// Counted from this one, or from an earlier one, the instant is not later than that.
    fn latest_passed(self, at: Timestamp) -> Option<Timestamp> {
        match self.term {
            Term::Micros(micros) => Some(at.plus(micros.saturating_neg())),
            // Back and forth again ends on the same day, or earlier where a month was too short.
            Term::Months(months) => at.minus_months(months),
        }
    }

    /// Counted from this one, or from a later one, the instant is later than that.
    fn earliest_after(self, limit: Timestamp) -> Option<Timestamp> {
        if limit == Timestamp::MAX {
            return None;
        }
        match self.term {
            Term::Micros(micros) => Some(limit.plus(micros.saturating_neg()).plus(1)),
            // Months differ by three days at most: four days later no clamping brings the instant back.
            Term::Months(months) => Some(limit.minus_months(months)?.plus(4 * DAY)),
        }
    }
}

/// Everything that a dated event is compared by.
struct Thresholds<'a> {
    world: World<'a>,
    question: &'a Question,
    place: &'a Place,
    event: &'a Event,
    at: Timestamp,
}

impl Thresholds<'_> {
    /// Shows each threshold with its instant; none: the event is not like others, or `see` says so.
    ///
    /// Whatever an event is compared by has to be here, also what depends on up to when a number's record is known: kept
    /// answers outlive a state of the overlay.
    fn each(&self, mut see: impl FnMut(Threshold, Timestamp) -> Option<()>) -> Option<()> {
        let given = self.event.at?;
        let mut see = |threshold: Threshold| match (threshold.from, self.event.until) {
            (Base::Date, _) => see(threshold, threshold.of(given)),
            (Base::End, Some(until)) => see(threshold, threshold.of(until)),
            (Base::End, None) => Some(()),
        };
        see(Threshold::DATE)?;
        see(Threshold::END)?;
        match self.question.template(self.event.template) {
            TemplateView::Irrelevant | TemplateView::Notice { .. } => Some(()),
            TemplateView::Consent(_) => self.consent(&mut see),
            TemplateView::Relationship { .. } => {
                self.relationship(Base::Date, &mut see)?;
                self.relationship(Base::End, &mut see)
            }
            // These count from the date of the data on where they are dated later: only one that has passed is kept, so
            // that it makes no difference up to when more is known of whom.
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
        let threshold = Threshold { from: Base::Date, term: Term::Micros(grace) };
        if threshold.of(self.event.at?) > self.at { None } else { see(threshold) }
    }

    fn consent(&self, see: &mut impl FnMut(Threshold) -> Option<()>) -> Option<()> {
        for (pack, view) in self.packs() {
            for row in view.consent_limits.iter().filter_map(|row| pack.consent_limits.get(*row)) {
                see(Threshold { from: Base::Date, term: Term::Months(u32::from(row.rule.months)) })?;
            }
        }
        Some(())
    }

    /// Every term that any rule of the place counts from a relationship's beginning or end.
    fn relationship(&self, from: Base, see: &mut impl FnMut(Threshold) -> Option<()>) -> Option<()> {
        let mut months = |months: u16| see(Threshold { from, term: Term::Months(u32::from(months)) });
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
                    see(Threshold { from, term: Term::Micros(DAY.saturating_mul(i64::from(days))) })?;
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
            let threshold = Threshold { from: Base::Date, term: Term::Months(months) };
            for at in instants() {
                let (latest, earliest) = (threshold.latest_passed(at).unwrap(), threshold.earliest_after(at).unwrap());
                for hours in -24 * 9..24 * 9 {
                    let date = latest.plus(hours * HOUR);
                    assert!(date > latest || threshold.of(date) <= at, "{months} {at:?} {date:?}");
                    assert!(date < earliest || threshold.of(date) > at, "{months} {at:?} {date:?}");
                }
            }
        }
    }
}
