//! At which hours leads can be called.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use crate::{Campaign, Lead};

/// How many hours ahead a shift is planned.
pub(super) const HOURS: usize = 72;

/// Up to so many leads of a kind are asked about every hour; of more, every second, fourth ... is.
const ENOUGH: usize = 4_096;
/// Where every so many are asked about (a power of two), half as many will do: what is asked then costs a run of a
/// million leads a few hundredths of its time.
const MANY: u32 = 5;

/// Leads evenly from a file, and how many they stand for.
#[derive(Default)]
pub(super) struct Sample {
    seen: u64,
    /// Every so many leads one is taken, as a power of two.
    every: u32,
    taken: Vec<(Lead, Option<DateTime<Utc>>)>,
}

impl Sample {
    /// Adds a lead with the instant at which its answer changes, which is asked for only where it is taken.
    pub(super) fn add(&mut self, lead: &Lead, changes: impl FnOnce() -> Option<DateTime<Utc>>) {
        if self.seen.trailing_zeros() >= self.every {
            let enough = if self.every < MANY { ENOUGH } else { ENOUGH / 2 };
            if self.taken.len() >= enough {
                let mut place: usize = 0;
                self.taken.retain(|_| {
                    place = place.saturating_add(1);
                    !place.is_multiple_of(2)
                });
                self.every = self.every.saturating_add(1);
            }
            if self.seen.trailing_zeros() >= self.every {
                self.taken.push((lead.clone(), changes()));
            }
        }
        self.seen = self.seen.saturating_add(1);
    }

    /// How many leads it stands for.
    pub(super) const fn seen(&self) -> u64 {
        self.seen
    }

    /// How many leads it holds.
    pub(super) fn taken(&self) -> u64 {
        u64::try_from(self.taken.len()).unwrap_or(u64::MAX)
    }

    /// So many of the taken leads, as a part of all.
    fn scaled(&self, taken: u64) -> u64 {
        let (seen, held) = (u128::from(self.seen), u128::from(self.taken()));
        let half = held / 2;
        let scaled = u128::from(taken).saturating_mul(seen).saturating_add(half).checked_div(held).unwrap_or(0);
        u64::try_from(scaled).unwrap_or(u64::MAX)
    }
}

/// Leads that can be called, by hour.
pub(super) struct Timetable {
    /// The first hour, a full one.
    pub(super) from: DateTime<Utc>,
    /// For each hour: leads that are allowed now, leads that are deferred.
    pub(super) hours: Vec<(u64, u64)>,
}

/// Asks the campaign for the spans in which the leads of two samples can be called.
pub(super) struct Asking<'a> {
    pub(super) campaign: &'a Campaign,
    pub(super) at: DateTime<Utc>,
    /// Nothing is answered from here on: the data are too old.
    pub(super) ends: Option<DateTime<Utc>>,
}

impl Asking<'_> {
    /// The hours at which the leads can be called.
    pub(super) fn timetable(&self, allowed: &Sample, deferred: &Sample) -> Timetable {
        let from = self.at.duration_trunc(TimeDelta::hours(1)).unwrap_or(self.at);
        let (now, later) = (self.count(from, allowed, true), self.count(from, deferred, false));
        let hours =
            now.into_iter().zip(later).map(|(now, later)| (allowed.scaled(now), deferred.scaled(later))).collect();
        Timetable { from, hours }
    }

    fn count(&self, from: DateTime<Utc>, sample: &Sample, open: bool) -> [u64; HOURS] {
        let mut counts = [0; HOURS];
        for (lead, changes) in &sample.taken {
            for (count, is) in counts.iter_mut().zip(self.hours_of(from, lead, *changes, open)) {
                *count = u64::from(is).saturating_add(*count);
            }
        }
        counts
    }

    /// The hours at which one lead can be called. `changes`: when the answer of now is another.
    fn hours_of(
        &self,
        from: DateTime<Utc>,
        lead: &Lead,
        mut changes: Option<DateTime<Utc>>,
        mut open: bool,
    ) -> [bool; HOURS] {
        let mut hours = [false; HOURS];
        let last = from.checked_add_signed(TimeDelta::hours(72)).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let last = self.ends.map_or(last, |ends| ends.min(last));
        let mut begins = self.at;
        while begins < last {
            let ends = changes.map_or(last, |changes| changes.min(last));
            if open {
                mark(&mut hours, from, begins, ends);
            }
            if ends <= begins || ends >= last {
                break;
            }
            let next = self.campaign.may_contact_lead(lead, ends);
            open = next.is_allowed();
            // A denial stays one, as far as a shift is planned.
            changes = if open { next.valid_until() } else { next.retry_at() };
            if !open && changes.is_none() {
                break;
            }
            begins = ends;
        }
        hours
    }
}

/// Marks every hour that a span touches.
fn mark(hours: &mut [bool; HOURS], from: DateTime<Utc>, begins: DateTime<Utc>, ends: DateTime<Utc>) {
    let first = begins.signed_duration_since(from).num_hours();
    // The last instant within the span.
    let last =
        ends.signed_duration_since(from).checked_sub(&TimeDelta::microseconds(1)).map_or(-1, |span| span.num_hours());
    for (hour, marked) in (0_i64..).zip(hours) {
        *marked |= first <= hour && hour <= last;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test")]

    use super::*;

    fn number(index: u64) -> crate::Number {
        crate::Number::from_e164(48_223_000_000 + index).unwrap()
    }

    #[test]
    fn a_sample_is_even_and_never_large() {
        let mut sample = Sample::default();
        for index in 0..100_000 {
            sample.add(&Lead::new(number(index)), || None);
        }
        assert_eq!((sample.seen(), sample.every), (100_000, 6));
        assert_eq!(sample.taken(), 1_563);
        for (place, (lead, _)) in (0_u64..).zip(&sample.taken) {
            assert_eq!(lead.number(), number(place * 64));
        }
        assert_eq!(sample.scaled(1_563), 100_000);
        assert_eq!(sample.scaled(1), 64);
    }

    #[test]
    fn a_span_counts_in_every_hour_that_it_touches() {
        let from = DateTime::from_timestamp(1_795_446_000, 0).unwrap();
        let at = |minutes| from + TimeDelta::minutes(minutes);
        let marked = |begins, ends| {
            let mut hours = [false; HOURS];
            mark(&mut hours, from, at(begins), at(ends));
            hours.iter().enumerate().filter(|(_, is)| **is).map(|(hour, _)| hour).collect::<Vec<_>>()
        };
        assert_eq!(marked(30, 60), [0]);
        assert_eq!(marked(30, 61), [0, 1]);
        assert_eq!(marked(60, 120), [1]);
        assert_eq!(marked(60, 60), Vec::<usize>::new());
        assert_eq!(marked(71 * 60, 80 * 60), [71]);
    }
}
