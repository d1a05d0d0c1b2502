//! Histories on their way into the people table: which are simple, and what the others take.

use std::collections::HashMap;

use super::build::BuildError;
use super::build_ids::Ids;
use super::detail;
use super::mix::Domain;
use super::people::{Layout, Profile, Value, times_len};
use super::table::Table;
use super::table_build::{Built, Entries, bits_of, fill, payload_bits, wide_shape};
use crate::dictionary::Dictionary;
use crate::event::Event;
use crate::memory::Bytes;
use crate::timestamp::{DAY, SECOND};
use crate::wire::Writer;

/// What was given.
#[derive(Debug, Default)]
pub(super) struct People {
    singles: Vec<Single>,
    profiles: Vec<Profile>,
    interned: HashMap<Profile, u32>,
    longer: Vec<Longer>,
    events: Vec<Event>,
    ids: Vec<(u64, u64)>,
    ids_bytes: Writer,
    largest_template: Option<u32>,
}

/// A history of one event that a lane might hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Single {
    number: u64,
    at: i64,
    profile: u32,
}

/// A longer history: a span of `events`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Longer {
    number: u64,
    first: u64,
    count: u32,
}

/// The people part of a snapshot.
pub(super) struct BuiltPeople {
    pub(super) table: Built,
    pub(super) layout: Layout,
    pub(super) profiles: Vec<u8>,
    pub(super) times: Vec<u8>,
    pub(super) details: Vec<u8>,
    /// Number and offset in `ids_data`.
    pub(super) ids: Vec<(u64, u64)>,
    pub(super) ids_data: Vec<u8>,
}

impl People {
    /// What is known about a number.
    pub(super) fn add(&mut self, number: u64, events: &[Event], ids: &[Option<&str>]) {
        self.largest_template = self.largest_template.max(events.iter().map(|event| event.template).max());
        if ids.iter().flatten().any(|id| !id.is_empty()) {
            self.ids.push((number, self.ids_bytes.len() as u64));
            self.ids_bytes.count(events.len());
            let ids = ids.iter().copied().chain(std::iter::repeat(None));
            ids.take(events.len()).for_each(|id| self.ids_bytes.str(id.unwrap_or_default()));
        }
        match events {
            [] => {}
            [event] => match profile(event) {
                Some(profile) => {
                    let profile = self.intern(profile);
                    let at = event.at.map_or(0, |at| at.micros());
                    self.singles.push(Single { number, at, profile });
                }
                None => self.add_longer(number, events),
            },
            events => self.add_longer(number, events),
        }
    }

    fn add_longer(&mut self, number: u64, events: &[Event]) {
        let first = self.events.len() as u64;
        self.longer.push(Longer { number, first, count: events.len() as u32 });
        self.events.extend_from_slice(events);
    }

    fn intern(&mut self, profile: Profile) -> u32 {
        if let Some(id) = self.interned.get(&profile) {
            return *id;
        }
        let id = self.profiles.len() as u32;
        self.profiles.push(profile);
        self.interned.insert(profile, id);
        id
    }

    /// Gives every event its lasting template and brings everything into the order of numbers.
    pub(super) fn sort(&mut self, renumbered: &[u32]) -> Result<(), BuildError> {
        if self.largest_template.is_some_and(|template| template as usize >= renumbered.len()) {
            return Err(BuildError::Undefined("an event"));
        }
        let lasting = |template: u32| renumbered.get(template as usize).copied().unwrap_or_default();
        self.interned = HashMap::new();
        self.profiles.iter_mut().for_each(|profile| profile.template = lasting(profile.template));
        self.events.iter_mut().for_each(|event| event.template = lasting(event.template));
        self.singles.sort_unstable();
        self.longer.sort_unstable();
        self.ids.sort_unstable();
        Ok(())
    }

    /// The numbers, ascending.
    pub(super) fn numbers(&self) -> Vec<u64> {
        let mut numbers = Vec::with_capacity(self.singles.len().saturating_add(self.longer.len()));
        numbers.extend(self.singles.iter().map(|single| single.number));
        numbers.extend(self.longer.iter().map(|longer| longer.number));
        numbers.sort_unstable();
        numbers
    }

    /// Builds the table (after [`People::sort`]); `numbers` are [`People::numbers`].
    pub(super) fn build(
        mut self,
        numbers: Vec<u64>,
        dictionary: &Dictionary,
        domain: Domain,
        threads: usize,
    ) -> Result<BuiltPeople, BuildError> {
        if numbers.array_windows().any(|[a, b]| a == b) {
            return Err(BuildError::Twice("histories"));
        }
        let plan = Plan::of(&self, numbers.len(), dictionary, domain);
        let mut details = Writer::new();
        let mut values: Vec<u64> = Vec::with_capacity(numbers.len());
        let mut far: Vec<(u64, u64)> = Vec::new();
        let mut ids = Ids::new(&self.ids, std::mem::take(&mut self.ids_bytes).into_bytes());
        let mut singles = self.singles.iter().peekable();
        let mut longer = self.longer.iter().peekable();
        for number in &numbers {
            if let Some(single) = singles.next_if(|single| single.number == *number) {
                ids.put(*number, &[0])?;
                if let Some((value, low)) = plan.simple(single) {
                    values.push(value);
                    if plan.layout.far_bits > 0 && low > 0 {
                        far.push((*number, low));
                    }
                } else {
                    values.push(plan.layout.join(Value::Detail { offset: details.len() as u64 }));
                    detail::encode(&mut details, &[self.event(single)]);
                }
            } else if let Some(longer) = longer.next_if(|longer| longer.number == *number) {
                let first = longer.first as usize;
                let events = self.events.get(first..first.saturating_add(longer.count as usize)).unwrap_or_default();
                let mut order: Vec<usize> = (0..events.len()).collect();
                order.sort_by_key(|place| events.get(*place));
                ids.put(*number, &order)?;
                let sorted: Vec<Event> = order.iter().filter_map(|place| events.get(*place)).copied().collect();
                values.push(plan.layout.join(Value::Detail { offset: details.len() as u64 }));
                detail::encode(&mut details, &sorted);
            }
        }
        let (ids_keys, ids_data) = ids.finish()?;

        let largest = values.iter().copied().max().unwrap_or_default();
        let bits = payload_bits(largest).max(plan.payload_bits);
        let shape = wide_shape(numbers.len(), plan.per_line, bits, domain);
        let value = |index: usize| values.get(index).copied().unwrap_or_default();
        let table = fill(&Entries { numbers: &numbers, value, largest }, shape, domain, threads)?;
        let (table, times) = plan.times(table, &far, domain)?;
        let mut profiles = Writer::new();
        profiles.count(plan.profiles.len());
        plan.profiles.iter().for_each(|profile| profile.encode(&mut profiles));
        Ok(BuiltPeople {
            table,
            layout: plan.layout,
            profiles: profiles.into_bytes(),
            times,
            details: details.into_bytes(),
            ids: ids_keys,
            ids_data,
        })
    }

    fn event(&self, single: &Single) -> Event {
        let profile = self.profiles.get(single.profile as usize);
        let at = crate::Timestamp::from_micros(single.at);
        Event {
            at: profile.is_some_and(|profile| profile.dated).then_some(at),
            template: profile.map_or(0, |profile| profile.template),
            until: profile
                .and_then(|profile| profile.lasts)
                .map(|lasts| crate::Timestamp::from_micros(single.at.wrapping_add(lasts))),
        }
    }
}

/// What a lane says about an event beside its instant; none when only a record can hold it.
fn profile(event: &Event) -> Option<Profile> {
    let lasts = match (event.at, event.until) {
        (_, None) => None,
        (Some(at), Some(until)) => Some(until.micros().wrapping_sub(at.micros())),
        (None, Some(_)) => return None,
    };
    Some(Profile { template: event.template, dated: event.at.is_some(), lasts })
}

/// How the simple events are laid out.
struct Plan {
    layout: Layout,
    /// The profiles that lanes can name, the most frequent first.
    profiles: Vec<Profile>,
    /// For each profile as met its place among them.
    rank: Vec<Option<u32>>,
    dated: Vec<bool>,
    payload_bits: u32,
    per_line: f64,
}

impl Plan {
    fn of(people: &People, count: usize, dictionary: &Dictionary, domain: Domain) -> Self {
        let is_dated =
            |single: &&Single| people.profiles.get(single.profile as usize).is_some_and(|profile| profile.dated);
        let dated = || people.singles.iter().filter(is_dated);
        let (first_day, day_bits) = days(dated().map(|single| single.at.div_euclid(DAY)), dictionary);
        let unit = unit(dated().map(|single| single.at.rem_euclid(DAY)));

        // As many bits as a spill of its natural size leaves for payloads: the rest of the lane proves the number.
        let spill_lines = (count as f64 * 0.04 / 4.8).max(1.0) as u64;
        let proof = domain.bits().saturating_sub(spill_lines.checked_ilog2().unwrap_or(0));
        let available = u64::BITS.saturating_sub(proof).min(60);
        // Two for the reserved payloads and the kind of value.
        let for_profiles = available.saturating_sub(day_bits).saturating_sub(2).min(12);
        let (profiles, rank) = rank_profiles(people, for_profiles);
        let profile_bits = bits_of(profiles.len() as u64);
        let spare = available.saturating_sub(day_bits).saturating_sub(2).saturating_sub(profile_bits);
        let time_bits = Layout::time_bits(unit);
        let near_bits = time_bits.min(spare);
        let far_bits = time_bits.saturating_sub(near_bits);
        let per_line = match far_bits {
            0..=8 => 5.65,
            9..=27 => 6.4,
            _ => 6.8,
        };
        let payload_bits = profile_bits.saturating_add(day_bits).saturating_add(near_bits).saturating_add(2);
        Self {
            layout: Layout { first_day, day_bits, unit, near_bits, far_bits },
            dated: people.profiles.iter().map(|profile| profile.dated).collect(),
            profiles,
            rank,
            payload_bits: payload_bits.clamp(2, 62),
            per_line,
        }
    }

    /// The value of a simple event and the low bits of its time; none when a record must hold it.
    fn simple(&self, single: &Single) -> Option<(u64, u64)> {
        let place = single.profile as usize;
        let profile = u64::from((*self.rank.get(place)?)?);
        if !*self.dated.get(place)? {
            return Some((self.layout.join(Value::Simple { profile, day: 0, near: 0 }), 0));
        }
        let day = single.at.div_euclid(DAY).checked_sub(i64::from(self.layout.first_day))?;
        let day = u64::try_from(day).ok().filter(|day| *day < 1 << self.layout.day_bits)?;
        let micros = single.at.rem_euclid(DAY);
        let time = match self.layout.unit {
            0 if micros == 0 => 0,
            0 => return None,
            unit if micros.checked_rem(unit) == Some(0) => micros.checked_div(unit)?.cast_unsigned(),
            _ => return None,
        };
        let near = time >> self.layout.far_bits;
        let low = time & (1u64 << self.layout.far_bits).wrapping_sub(1);
        Some((self.layout.join(Value::Simple { profile, day, near }), low))
    }

    /// The low bits of the times, each group at the slot that its number was given.
    fn times(&self, built: Built, far: &[(u64, u64)], domain: Domain) -> Result<(Built, Vec<u8>), BuildError> {
        let bits = self.layout.far_bits;
        let Built { shapes, main, spill, aside } = built;
        let mut aside_memory = crate::memory::Memory::zeroed(aside.len())?;
        aside_memory.copy_from_slice(&aside);
        let (main, spill) = (Bytes::from(main), Bytes::from(spill));
        let table = Table::new(shapes, main.clone(), spill.clone(), Bytes::from(aside_memory))
            .map_err(|_| BuildError::TooMany("histories"))?;
        let len = times_len(table.slots(), bits).ok_or(BuildError::TooMany("histories"))?;
        let mut times = vec![0u8; len];
        for (number, low) in far {
            let Some((_, slot)) = table.find_with_slot(&domain.key(*number)) else { continue };
            let bit = slot.wrapping_mul(u64::from(bits));
            let window = usize::try_from(bit / 8).ok().and_then(|byte| times.get_mut(byte..)?.first_chunk_mut::<8>());
            if let Some(window) = window {
                *window = (u64::from_le_bytes(*window) | low << (bit % 8)).to_le_bytes();
            }
        }
        drop(table);
        let (Some(main), Some(spill)) = (main.into_memory(), spill.into_memory()) else {
            return Err(BuildError::TooMany("histories"));
        };
        Ok((Built { shapes, main, spill, aside }, times))
    }
}

/// First day and bits of the days of simple events.
fn days(days: impl Iterator<Item = i64>, dictionary: &Dictionary) -> (i32, u32) {
    /// So many days before the date of the data a window begins that cannot hold all days: 33 years.
    const BEFORE: i64 = 12_000;
    let ends = days.fold(None, |ends: Option<(i64, i64)>, day| match ends {
        None => Some((day, day)),
        Some((first, last)) => Some((first.min(day), last.max(day))),
    });
    let Some((first, last)) = ends else { return (0, 0) };
    let bits = bits_of(last.saturating_sub(first).cast_unsigned());
    let (first, bits) = if bits <= Layout::DAY_BITS {
        (first, bits)
    } else {
        (dictionary.as_of.micros().div_euclid(DAY).saturating_sub(BEFORE), Layout::DAY_BITS)
    };
    (first.clamp(-0x3ff_ffff, 0x3ff_ffff) as i32, bits)
}

/// The coarsest unit that holds all times of day but for one in 64.
fn unit(times: impl Iterator<Item = i64>) -> i64 {
    let (mut all, mut finer_than_days, mut finer_than_seconds) = (0u64, 0u64, 0u64);
    for time in times {
        all = all.saturating_add(1);
        finer_than_days = finer_than_days.saturating_add(u64::from(time != 0));
        finer_than_seconds = finer_than_seconds.saturating_add(u64::from(time.checked_rem(SECOND) != Some(0)));
    }
    let few = all / 64;
    if finer_than_days <= few {
        0
    } else if finer_than_seconds <= few {
        SECOND
    } else {
        1
    }
}

/// The profiles that occur more than once, the most frequent first, and for each as met its place.
fn rank_profiles(people: &People, bits: u32) -> (Vec<Profile>, Vec<Option<u32>>) {
    let mut counts: Vec<(u64, Profile, usize)> = Vec::with_capacity(people.profiles.len());
    counts.extend(people.profiles.iter().enumerate().map(|(place, profile)| (0, *profile, place)));
    for single in &people.singles {
        if let Some(count) = counts.get_mut(single.profile as usize) {
            count.0 = count.0.saturating_add(1);
        }
    }
    counts.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let limit = (1usize << bits).saturating_sub(1);
    let mut rank = vec![None; counts.len()];
    let mut profiles = Vec::new();
    for (count, profile, place) in counts.into_iter().take(limit) {
        let rare = count < 2 && profiles.len() >= 16;
        if let Some(rank) = rank.get_mut(place).filter(|_| !rare) {
            *rank = Some(profiles.len() as u32);
            profiles.push(profile);
        }
    }
    (profiles, rank)
}
