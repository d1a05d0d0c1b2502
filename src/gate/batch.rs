//! Many questions at once: memory is asked for long before it is looked at.
//!
//! Each number goes through three steps, and at any time some numbers are between them: its lines are asked for; the
//! lines are looked at, and what lies behind them is asked for, if anything does; the answer is found. So the reads of
//! many numbers are under way while others are decided.

use chrono::{DateTime, Utc};

use crate::Number;
use crate::decision::Decision;
use crate::snapshot::{Probe, Sight};

use super::counters::{Batch, Tally};
use super::lead::Lead;
use super::loaded::Loaded;
use super::place::{Atlas, Spot};
use super::prepared::{Asked, Prepared, When};

/// How many numbers ahead of the answer lines are asked for.
const FAR: usize = 32;
/// How many numbers ahead of the answer they are looked at.
const NEAR: usize = 8;
/// Places for the numbers that are under way: a power of two.
const UNDER_WAY: usize = 64;
/// So often, in numbers, the feed is asked whether it is alive.
const PULSE: usize = 64;

/// What is asked about.
pub(crate) trait Ask {
    fn number(&self) -> Number;

    /// Where it is judged; none: not where the number alone is.
    fn spot(&self, loaded: &Loaded) -> Option<Spot>;

    /// The answer for one that is not judged where its number alone is.
    fn answer_apart(&self, loaded: &Loaded, prepared: &Prepared, when: DateTime<Utc>) -> Decision;
}

impl Ask for Number {
    #[inline]
    fn number(&self) -> Number {
        *self
    }

    #[inline]
    fn spot(&self, _: &Loaded) -> Option<Spot> {
        Some(Atlas::spot(*self))
    }

    fn answer_apart(&self, loaded: &Loaded, prepared: &Prepared, when: DateTime<Utc>) -> Decision {
        loaded.ask(prepared, *self, Some(when))
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

    fn answer_apart(&self, loaded: &Loaded, prepared: &Prepared, when: DateTime<Utc>) -> Decision {
        loaded.ask_lead_in_full(&prepared.question, self, Some(when))
    }
}

/// A number on its way.
#[derive(Clone, Copy)]
struct Going {
    probe: Probe,
    spot: Option<Spot>,
    sight: Sight,
}

/// Answers in order, and counts. Both slices are of one length.
pub(super) fn screen<A: Ask>(
    loaded: &Loaded,
    prepared: Option<&Prepared>,
    asked: &[A],
    at: DateTime<Utc>,
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

fn answer<A: Ask>(
    loaded: &Loaded,
    prepared: &Prepared,
    asked: &[A],
    at: DateTime<Utc>,
    decisions: &mut [Decision],
    counts: &mut Batch,
) {
    let snapshot = loaded.snapshot();
    let Some(some) = asked.first() else { return };
    let nothing = Going { probe: snapshot.probe(some.number()), spot: None, sight: Sight::NOTHING };
    let mut going = [nothing; UNDER_WAY];
    let slot = |place: usize| place % UNDER_WAY;
    let mut when: When = loaded.instant(Some(at));
    let begin = |going: &mut [Going; UNDER_WAY], place: usize| {
        if let (Some(asked), Some(going)) = (asked.get(place), going.get_mut(slot(place))) {
            going.probe = snapshot.probe(asked.number());
            going.spot = asked.spot(loaded);
        }
    };
    let look = |going: &mut [Going; UNDER_WAY], place: usize| {
        if let Some(going) = going.get_mut(slot(place)) {
            going.sight = snapshot.sight(&going.probe);
        }
    };
    for place in 0..FAR {
        begin(&mut going, place);
    }
    for place in 0..NEAR {
        look(&mut going, place);
    }
    for (place, (asked, decision)) in asked.iter().zip(decisions).enumerate() {
        begin(&mut going, place.wrapping_add(FAR));
        look(&mut going, place.wrapping_add(NEAR));
        if place % PULSE == 0 {
            when = loaded.instant(Some(at));
        }
        let Some(Going { probe, spot, sight }) = going.get(slot(place)).copied() else { continue };
        *decision = match spot {
            Some(spot) => loaded.answer(prepared, &Asked { number: asked.number(), spot, probe, sight }, when),
            None => asked.answer_apart(loaded, prepared, at),
        };
        counts.count(decision);
    }
}
