//! Histories on their way into the people table: which are simple, and what the others take.

use std::collections::HashMap;
use std::sync::Arc;

use super::attempts::read_ids;
use super::build::BuildError;
use super::build_records::{Offsets, Records};
use super::build_rounds::{Tell, rounds};
use super::detail;
use super::mix::{Counts, Domain};
use super::people::{Layout, Profile, Value, times_len};
use super::table::Table;
use super::table_build::{Built, SPILLED_PER_LINE, bits_of, fill, payload_bits, wide_shape};
use crate::dictionary::Dictionary;
use crate::event::Event;
use crate::memory::{Bytes, prefetch};
use crate::spill::{PARTS, Pile, Room};
use crate::timestamp::{DAY, SECOND};
use crate::wire::{Malformed, Reader, Writer};

/// What was given.
#[derive(Debug)]
pub(super) struct People {
    room: Arc<Room>,
    records: Records,
    /// The profiles of simple events, and how many have each.
    profiles: Vec<(Profile, u64)>,
    interned: HashMap<Profile, u32>,
    /// The first and the last day of a simple event with a date.
    days: Option<(i64, i64)>,
    times: Times,
    largest_template: Option<u32>,
    writer: Writer,
}

/// How fine the times of day of simple events are.
#[derive(Clone, Copy, Default, Debug)]
struct Times {
    all: u64,
    finer_than_days: u64,
    finer_than_seconds: u64,
}

/// The people part of a snapshot.
pub(super) struct BuiltPeople {
    pub(super) table: Built,
    pub(super) layout: Layout,
    pub(super) profiles: Vec<u8>,
    pub(super) times: Vec<u8>,
    pub(super) details: Pile,
    pub(super) ids: Offsets,
    pub(super) ids_data: Pile,
}

impl People {
    pub(super) fn new(room: &Arc<Room>) -> Self {
        Self {
            room: Arc::clone(room),
            records: Records::new(room),
            profiles: Vec::new(),
            interned: HashMap::new(),
            days: None,
            times: Times::default(),
            largest_template: None,
            writer: Writer::new(),
        }
    }

    /// What is known about a number.
    pub(super) fn add(&mut self, number: u64, events: &[Event], ids: &[Option<&str>]) {
        self.largest_template = self.largest_template.max(events.iter().map(|event| event.template).max());
        if let [event] = events
            && let Some(profile) = profile(event)
        {
            self.count(profile, event);
        }
        if events.is_empty() {
            return;
        }
        let mut writer = std::mem::take(&mut self.writer).cleared();
        put(&mut writer, events, ids);
        self.records.add(number, writer.as_slice());
        self.writer = writer;
    }

    fn count(&mut self, profile: Profile, event: &Event) {
        let next = self.profiles.len() as u32;
        let place = *self.interned.entry(profile).or_insert(next);
        if place == next {
            self.profiles.push((profile, 0));
        }
        if let Some((_, count)) = self.profiles.get_mut(place as usize) {
            *count = count.saturating_add(1);
        }
        if let Some(at) = event.at {
            let (day, time) = (at.micros().div_euclid(DAY), at.micros().rem_euclid(DAY));
            self.days = Some(self.days.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
            self.times.add(time);
        }
    }

    /// The least of the numbers.
    pub(super) const fn least(&self) -> Option<u64> {
        self.records.least()
    }

    /// How many bits the numbers take, counted from this base.
    pub(super) fn counts(&self, base: u64, threads: usize, tell: Tell<'_>) -> Result<Counts, BuildError> {
        self.records.counts(base, threads, tell)
    }

    /// Every number.
    pub(super) fn each_number(&self, mut each: impl FnMut(u64)) -> Result<(), BuildError> {
        (0..PARTS).try_for_each(|part| self.records.part(part, |number, _| each(number)))
    }

    /// Builds the table; `renumbered` has the lasting id of each template.
    pub(super) fn build(
        self,
        renumbered: &[u32],
        dictionary: &Dictionary,
        domain: Domain,
        threads: usize,
        tell: Tell<'_>,
    ) -> Result<BuiltPeople, BuildError> {
        if self.largest_template.is_some_and(|template| template as usize >= renumbered.len()) {
            return Err(BuildError::Undefined("an event"));
        }
        let plan = Plan::of(&self, renumbered, dictionary, domain);
        let (mut details, mut ids_data) = (Pile::new(&self.room), Pile::new(&self.room));
        let (mut values, mut ids) = (Offsets::new(&self.room), Offsets::new(&self.room));
        let work = |part| {
            let mut done = Part::default();
            self.records.sorted(part, "histories", |number, record| done.add(number, record, renumbered, &plan))?;
            Ok(done)
        };
        rounds(PARTS, self.records.threads(threads), tell, work, |_, part: Part| {
            for (number, value) in part.values {
                let value = match value {
                    Ok(simple) => simple,
                    Err(offset) => plan.layout.join(Value::Detail { offset: details.len().saturating_add(offset) }),
                };
                values.add(number, value, domain);
            }
            for (number, offset) in part.ids {
                ids.add(number, ids_data.len().saturating_add(offset), domain);
            }
            details.push(&part.details.into_bytes());
            ids_data.push(&part.ids_data.into_bytes());
            Ok(())
        })?;

        let bits = payload_bits(values.largest()).max(plan.payload_bits);
        let shape = wide_shape(values.count(), plan.per_line, bits, domain);
        let table = fill(&values.entries(), shape, domain, threads, tell)?;
        drop(values);
        let (table, times) = plan.times(table, &self.records, renumbered, domain)?;
        let mut profiles = Writer::new();
        profiles.count(plan.profiles.len());
        plan.profiles.iter().for_each(|profile| profile.encode(&mut profiles));
        Ok(BuiltPeople { table, layout: plan.layout, profiles: profiles.into_bytes(), times, details, ids, ids_data })
    }
}

/// What comes out of a part of the records. Offsets count from the start of the part's own.
#[derive(Default)]
struct Part {
    /// The value of a simple event, or else the offset of a detail.
    values: Vec<(u64, Result<u64, u64>)>,
    details: Writer,
    ids: Vec<(u64, u64)>,
    ids_data: Writer,
}

impl Part {
    fn add(&mut self, number: u64, record: &[u8], renumbered: &[u32], plan: &Plan) -> Result<(), BuildError> {
        // INVARIANT: the record is one that `put` wrote.
        let lost = |_: Malformed| BuildError::TooMany("events of a history");
        let mut reader = Reader::new(record);
        let (mut events, has_ids) = take(&mut reader, renumbered).map_err(lost)?;
        if let [event] = events.as_slice()
            && let Some((value, _)) = plan.simple(event)
        {
            self.values.push((number, Ok(value)));
            if has_ids {
                self.add_ids(number, reader, &[0]).map_err(lost)?;
            }
            return Ok(());
        }
        self.values.push((number, Err(self.details.len() as u64)));
        if has_ids {
            let mut order: Vec<usize> = (0..events.len()).collect();
            order.sort_by_key(|place| events.get(*place));
            self.add_ids(number, reader, &order).map_err(lost)?;
        }
        events.sort();
        detail::encode(&mut self.details, &events);
        Ok(())
    }

    /// The number's ids in this order of the events that were given.
    fn add_ids(&mut self, number: u64, mut reader: Reader<'_>, order: &[usize]) -> Result<(), Malformed> {
        let mut ids = Vec::new();
        read_ids(&mut reader, |_, id| ids.push(id))?;
        self.ids.push((number, self.ids_data.len() as u64));
        self.ids_data.count(order.len());
        for place in order {
            self.ids_data.str(ids.get(*place).copied().unwrap_or_default());
        }
        Ok(())
    }
}

/// Writes a history as it waits: twice the number of events, plus one with ids; then the events, then the ids.
fn put(writer: &mut Writer, events: &[Event], ids: &[Option<&str>]) {
    let has_ids = ids.iter().flatten().any(|id| !id.is_empty());
    writer.varint((events.len() as u64) << 1 | u64::from(has_ids));
    for event in events {
        let flags = u64::from(event.at.is_some()) << 1 | u64::from(event.until.is_some());
        writer.varint(u64::from(event.template) << 2 | flags);
        event.at.into_iter().chain(event.until).for_each(|instant| writer.i64(instant.micros()));
    }
    if has_ids {
        writer.count(events.len());
        let ids = ids.iter().copied().chain(std::iter::repeat(None));
        ids.take(events.len()).for_each(|id| writer.str(id.unwrap_or_default()));
    }
}

/// Reads the events back, with lasting templates; what is left are the ids, if there are any.
fn take(reader: &mut Reader<'_>, renumbered: &[u32]) -> Result<(Vec<Event>, bool), Malformed> {
    let head = reader.varint()?;
    let mut events = Vec::with_capacity((head >> 1).min(64) as usize);
    for _ in 0..head >> 1 {
        let wrong = reader.malformed("a template");
        let flags = reader.varint()?;
        let template = usize::try_from(flags >> 2).ok().and_then(|template| renumbered.get(template));
        let template = *template.ok_or(wrong)?;
        let mut instant = |bit: u64| {
            let is_there = flags & bit != 0;
            is_there.then(|| reader.i64().map(crate::Timestamp::from_micros)).transpose()
        };
        let (at, until) = (instant(2)?, instant(1)?);
        events.push(Event { at, template, until });
    }
    Ok((events, head & 1 == 1))
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
    /// The place of each among them.
    places: HashMap<Profile, u64>,
    payload_bits: u32,
    per_line: f64,
}

impl Plan {
    fn of(people: &People, renumbered: &[u32], dictionary: &Dictionary, domain: Domain) -> Self {
        let (first_day, day_bits) = days(people.days, dictionary);
        let unit = people.times.unit();

        // As many bits as a spill of its natural size leaves for payloads: the rest of the lane proves the number.
        let spill_lines = (people.records.count() as f64 * 0.04 / SPILLED_PER_LINE).max(1.0) as u64;
        let proof = domain.bits().saturating_sub(spill_lines.checked_ilog2().unwrap_or(0));
        let available = u64::BITS.saturating_sub(proof).min(60);
        // Two for the reserved payloads and the kind of value.
        let for_profiles = available.saturating_sub(day_bits).saturating_sub(2).min(12);
        let profiles = rank_profiles(people, renumbered, for_profiles);
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
            places: profiles.iter().copied().zip(0..).collect(),
            profiles,
            payload_bits: payload_bits.clamp(2, 62),
            per_line,
        }
    }

    /// The value of a simple event and the low bits of its time; none when a record must hold it.
    fn simple(&self, event: &Event) -> Option<(u64, u64)> {
        let profile = *self.places.get(&profile(event)?)?;
        let Some(at) = event.at else {
            return Some((self.layout.join(Value::Simple { profile, day: 0, near: 0 }), 0));
        };
        let day = at.micros().div_euclid(DAY).checked_sub(i64::from(self.layout.first_day))?;
        let day = u64::try_from(day).ok().filter(|day| *day < 1 << self.layout.day_bits)?;
        let micros = at.micros().rem_euclid(DAY);
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
    fn times(
        &self,
        built: Built,
        records: &Records,
        renumbered: &[u32],
        domain: Domain,
    ) -> Result<(Built, Vec<u8>), BuildError> {
        let Built { shapes, main, spill, aside } = built;
        let mut aside_memory = crate::memory::Memory::zeroed(aside.len())?;
        aside_memory.copy_from_slice(&aside);
        let (main, spill) = (Bytes::from(main), Bytes::from(spill));
        let table = Table::new(shapes, main.clone(), spill.clone(), Bytes::from(aside_memory))
            .map_err(|_| BuildError::TooMany("histories"))?;
        let bits = self.layout.far_bits;
        let len = times_len(table.slots(), bits).ok_or(BuildError::TooMany("histories"))?;
        let mut times = vec![0u8; len];
        if bits > 0 {
            let mut waiting = Vec::with_capacity(AHEAD);
            for part in 0..PARTS {
                records.part(part, |number, record| {
                    let events = take(&mut Reader::new(record), renumbered);
                    let simple = events.ok().and_then(|(events, _)| match events.as_slice() {
                        [event] => self.simple(event),
                        _ => None,
                    });
                    if let Some((_, low)) = simple.filter(|(_, low)| *low > 0) {
                        let key = domain.key(number);
                        table.prefetch(&key);
                        waiting.push((key, low));
                        if waiting.len() == AHEAD {
                            put_times(&mut times, &table, &mut waiting, bits);
                        }
                    }
                })?;
            }
            put_times(&mut times, &table, &mut waiting, bits);
        }
        drop(table);
        let (Some(main), Some(spill)) = (main.into_memory(), spill.into_memory()) else {
            return Err(BuildError::TooMany("histories"));
        };
        Ok((Built { shapes, main, spill, aside }, times))
    }
}

/// Numbers whose slots are asked for ahead.
const AHEAD: usize = 64;

/// Puts the low bits of times into the groups of their numbers' slots.
fn put_times(times: &mut [u8], table: &Table, waiting: &mut Vec<(super::mix::Key, u64)>, bits: u32) {
    let mut found = [(0u64, 0u64); AHEAD];
    let mut count = 0usize;
    for (key, low) in waiting.drain(..) {
        let Some((_, slot)) = table.find_with_slot(&key) else { continue };
        let bit = slot.wrapping_mul(u64::from(bits));
        prefetch(times, (bit / 8) as usize);
        if let Some(place) = found.get_mut(count) {
            *place = (bit, low);
            count = count.saturating_add(1);
        }
    }
    for (bit, low) in found.get(..count).unwrap_or_default() {
        let window = usize::try_from(bit / 8).ok().and_then(|byte| times.get_mut(byte..)?.first_chunk_mut::<8>());
        if let Some(window) = window {
            *window = (u64::from_le_bytes(*window) | low << (bit % 8)).to_le_bytes();
        }
    }
}

/// First day and bits of the days of simple events.
fn days(ends: Option<(i64, i64)>, dictionary: &Dictionary) -> (i32, u32) {
    /// So many days before the date of the data a window begins that cannot hold all days: 33 years.
    const BEFORE: i64 = 12_000;
    let Some((first, last)) = ends else { return (0, 0) };
    let bits = bits_of(last.saturating_sub(first).cast_unsigned());
    let (first, bits) = if bits <= Layout::DAY_BITS {
        (first, bits)
    } else {
        (dictionary.as_of.micros().div_euclid(DAY).saturating_sub(BEFORE), Layout::DAY_BITS)
    };
    (first.clamp(-0x3ff_ffff, 0x3ff_ffff) as i32, bits)
}

impl Times {
    const fn add(&mut self, time: i64) {
        self.all = self.all.saturating_add(1);
        self.finer_than_days = self.finer_than_days.saturating_add((time != 0) as u64);
        let is_finer = !matches!(time.checked_rem(SECOND), Some(0));
        self.finer_than_seconds = self.finer_than_seconds.saturating_add(is_finer as u64);
    }

    /// The coarsest unit that holds all times of day but for one in 64.
    const fn unit(self) -> i64 {
        let few = self.all / 64;
        if self.finer_than_days <= few {
            0
        } else if self.finer_than_seconds <= few {
            SECOND
        } else {
            1
        }
    }
}

/// The profiles (with lasting templates) that occur more than once, the most frequent first.
fn rank_profiles(people: &People, renumbered: &[u32], bits: u32) -> Vec<Profile> {
    let lasting = |template: u32| renumbered.get(template as usize).copied().unwrap_or_default();
    let mut counts: Vec<(u64, Profile)> = people
        .profiles
        .iter()
        .map(|(profile, count)| (*count, Profile { template: lasting(profile.template), ..*profile }))
        .collect();
    counts.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let limit = (1usize << bits).saturating_sub(1);
    let mut profiles = Vec::new();
    for (count, profile) in counts.into_iter().take(limit) {
        if count > 1 || profiles.len() < 16 {
            profiles.push(profile);
        }
    }
    profiles
}
