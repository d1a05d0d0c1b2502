//! Many questions at once: memory is asked for long before it is looked at.
//!
//! Numbers go through three steps, a group at a time: their lines are asked for; the lines are looked at, and what
//! lies behind them is asked for, if anything does; they are answered. Three groups are under way, one at each step.
//!
//! Each step is a short loop of its own. To ask for a line takes a walk through the page tables, and the processor goes
//! on only so far before that has ended: in a short loop many walks are under way at once, between long computations
//! they would follow one another.

use chrono::{DateTime, Utc};

use crate::Number;
use crate::decision::Decision;
use crate::snapshot::{Probe, Sight};

use super::counters::{Batch, Tally};
use super::lead::Lead;
use super::loaded::Loaded;
use super::place::Spot;
use super::prepared::{Asked, Prepared, When};

/// Numbers of a group.
const GROUP: usize = 4;
/// Groups that are under way: a power of two.
const GROUPS: usize = 4;
/// So often, in groups, the feed is asked whether it is alive, and the clock for the time.
const PULSE: usize = 16;

/// What is asked about.
pub(crate) trait Ask {
    fn number(&self) -> Number;

    /// Where it is judged; none: not where the number alone is.
    fn spot(&self, loaded: &Loaded) -> Option<Spot>;

    /// The answer for one that is not judged where its number alone is.
    fn answer_apart(&self, loaded: &Loaded, prepared: &Prepared, at: Option<DateTime<Utc>>) -> Decision;
}

impl Ask for Number {
    #[inline]
    fn number(&self) -> Number {
        *self
    }

    #[inline]
    fn spot(&self, loaded: &Loaded) -> Option<Spot> {
        Some(loaded.spot(*self))
    }

    fn answer_apart(&self, loaded: &Loaded, prepared: &Prepared, at: Option<DateTime<Utc>>) -> Decision {
        loaded.ask(prepared, *self, at)
    }
}

impl Ask for Lead {
    #[inline]
    fn number(&self) -> Number {
        Self::number(self)
    }

    #[inline]
    fn spot(&self, loaded: &Loaded) -> Option<Spot> {
        loaded.spot_of_lead(self)
    }

    fn answer_apart(&self, loaded: &Loaded, prepared: &Prepared, at: Option<DateTime<Utc>>) -> Decision {
        loaded.ask_lead_in_full(&prepared.question, self, at)
    }
}

/// Answers in order, and counts. Both slices are of one length.
pub(super) fn screen<A: Ask>(
    loaded: &Loaded,
    prepared: Option<&Prepared>,
    asked: &[A],
    at: Option<DateTime<Utc>>,
    decisions: &mut [Decision],
    tally: &Tally,
) {
    let mut counts = Batch::default();
    match prepared {
        Some(prepared) => answer(loaded, prepared, asked, at, decisions, &mut counts),
        None => {
            for (asked, decision) in asked.iter().zip(decisions) {
                *decision = loaded.unknown_question(asked.number());
                counts.count(decision);
            }
        }
    }
    tally.add(&counts);
}

/// A group on its way.
#[derive(Clone, Copy)]
struct Group {
    probes: [Probe; GROUP],
    spots: [Option<Spot>; GROUP],
    sights: [Sight; GROUP],
}

fn answer<A: Ask>(
    loaded: &Loaded,
    prepared: &Prepared,
    asked: &[A],
    at: Option<DateTime<Utc>>,
    decisions: &mut [Decision],
    counts: &mut Batch,
) {
    let snapshot = loaded.snapshot();
    let Some(some) = asked.first() else { return };
    let nothing =
        Group { probes: [snapshot.probe(some.number()); GROUP], spots: [None; GROUP], sights: [Sight::NOTHING; GROUP] };
    let mut going = [nothing; GROUPS];
    let begin = |going: &mut [Group; GROUPS], place: usize, asked: Option<&[A]>| {
        let (Some(group), Some(asked)) = (going.get_mut(place % GROUPS), asked) else { return };
        for (probe, asked) in group.probes.iter_mut().zip(asked) {
            *probe = snapshot.probe(asked.number());
        }
    };
    let look = |going: &mut [Group; GROUPS], place: usize, asked: Option<&[A]>| {
        let (Some(group), Some(asked)) = (going.get_mut(place % GROUPS), asked) else { return };
        let slots = group.spots.iter_mut().zip(&mut group.sights).zip(&group.probes);
        for (((spot, sight), probe), asked) in slots.zip(asked) {
            *sight = snapshot.sight(probe);
            *spot = asked.spot(loaded);
        }
    };
    let mut to_begin = asked.chunks(GROUP);
    let mut to_look = asked.chunks(GROUP);
    begin(&mut going, 0, to_begin.next());
    begin(&mut going, 1, to_begin.next());
    look(&mut going, 0, to_look.next());
    let mut when: When = loaded.when(at);
    for (place, (asked, decisions)) in asked.chunks(GROUP).zip(decisions.chunks_mut(GROUP)).enumerate() {
        begin(&mut going, place.wrapping_add(2), to_begin.next());
        look(&mut going, place.wrapping_add(1), to_look.next());
        if place % PULSE == 0 {
            when = loaded.when(at);
        }
        let Some(Group { probes, spots, sights }) = going.get(place % GROUPS) else { continue };
        for ((((asked, decision), probe), spot), sight) in
            asked.iter().zip(decisions).zip(probes).zip(spots).zip(sights)
        {
            match *spot {
                Some(spot) => {
                    let asked = Asked { number: asked.number(), spot, probe: *probe, sight: *sight };
                    loaded.answer(prepared, &asked, &when, decision);
                }
                None => *decision = asked.answer_apart(loaded, prepared, at),
            }
            counts.count(decision);
        }
    }
}
