//! From numbers, lists and events to a snapshot. What comes out depends on the set of what went in alone.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use super::Segment;
use super::attempts;
use super::build_hashed::HashedEntries;
use super::build_listed::{Listed, Settled};
use super::build_people::People;
use super::build_records::{Offsets, Records};
use super::build_rounds::{Tell, rounds};
use super::format::Section;
use super::image::{Content, Image};
use super::lanes::Shape;
use super::mix::{Counts, Domain};
use super::people::Layout;
use super::prefilter::Prefilter;
use super::table_build::{Built, Entries, FILL_STEPS, Source, cheapest_shape, fill};
use super::words::{Wire, indices_are_defined};
use crate::dictionary::Dictionary;
use crate::event::{Attempt, Event, Template};
use crate::key::{NumberHash, NumberHasher};
use crate::rules::Rules;
use crate::spill::{PARTS, Pile, Room};
use crate::wire::Writer;
use crate::{Number, Zones};

/// How a snapshot is built. None of it but `prefilter` shows in the bytes.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Threads to use; none: as many as there are.
    pub threads: Option<NonZeroUsize>,
    /// Adds a Bloom filter, for an index that is left on disk.
    pub prefilter: bool,
    /// Where data go that memory does not hold, into files without a name; none: the system's folder for temporary
    /// files.
    pub spill: Option<PathBuf>,
    /// Bytes of data that are kept in memory, beside the snapshot itself; none: 1 GiB.
    pub memory: Option<usize>,
}

/// Why no snapshot was built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Memory, or room for temporary files, cannot be had.
    #[error("no room for the snapshot: {0}; free memory and disk space, or compile smaller lists")]
    Memory(#[from] std::io::Error),
    /// A list, template, controller or other index points at nothing.
    #[error("an index in {0} is not defined in the dictionary: define it first")]
    Undefined(&'static str),
    /// Histories, ids or attempts were given more than once for a number.
    #[error("{0} were given twice for one number: give them once, together")]
    Twice(&'static str),
    /// A range whose ends differ in length, or come in the wrong order.
    #[error("a range of list {list}: expected first and last of as many digits, in order")]
    Range {
        /// The list.
        list: u16,
    },
    /// More sets of lists, or longer histories, than can be counted.
    #[error("too many {0} for one snapshot: split the lists")]
    TooMany(&'static str),
    /// The prefilter lost a number, or cannot be so large.
    #[error("no prefilter holds these numbers: compile without `prefilter`")]
    Prefilter,
}

/// Collects what a snapshot is made of.
#[derive(Debug)]
pub struct Builder {
    dictionary: Dictionary,
    rules: Rules,
    zones: Zones,
    options: Options,
    templates: Vec<Template>,
    interned: HashMap<Template, u32>,
    room: Arc<Room>,
    listed: Listed,
    ranges: Vec<(u64, u64, u16)>,
    people: People,
    attempts: Records,
    largest_caller: Option<u16>,
    hashed: HashedEntries,
}

impl Builder {
    /// Nothing but the small parts yet.
    #[must_use]
    pub fn new(dictionary: Dictionary, rules: Rules, zones: Zones, options: Options) -> Self {
        let room = Room::new(options.spill.as_deref(), options.memory.unwrap_or(Room::DEFAULT));
        Self {
            dictionary,
            rules,
            zones,
            options,
            templates: Vec::new(),
            interned: HashMap::new(),
            listed: Listed::new(&room),
            ranges: Vec::new(),
            people: People::new(&room),
            attempts: Records::new(&room),
            largest_caller: None,
            room,
            hashed: HashedEntries::default(),
        }
    }

    /// The dictionary: counts and digests of lists are known only when the lists were read.
    pub fn dictionary_mut(&mut self) -> &mut Dictionary {
        &mut self.dictionary
    }

    /// A temporary id of the template, for [`Builder::history`].
    pub fn intern(&mut self, template: Template) -> u32 {
        if let Some(id) = self.interned.get(&template) {
            return *id;
        }
        let id = self.templates.len() as u32;
        self.templates.push(template.clone());
        self.interned.insert(template, id);
        id
    }

    /// The number is on the list, undated and in the list's own scope. In any order; repetitions do not matter.
    #[inline]
    pub fn listed(&mut self, number: Number, list: u16) {
        self.listed.add(number.as_u64(), list);
    }

    /// All numbers from the first to the last, of as many digits, are on the list.
    pub fn range(&mut self, list: u16, first: u64, last: u64) {
        self.ranges.push((first, last, list));
    }

    /// What is known about a number (with temporary template ids), and for each event the id of its record, if
    /// it has one; missing ids are none. Once for each number.
    pub fn history(&mut self, number: Number, events: &[Event], ids: &[Option<&str>]) {
        self.people.add(number.as_u64(), events, ids);
    }

    /// The attempts at a number. Once for each number.
    pub fn attempts(&mut self, number: Number, attempts: &[Attempt]) {
        if !attempts.is_empty() {
            let mut attempts = attempts.to_vec();
            attempts.sort_unstable();
            self.largest_caller = self.largest_caller.max(attempts.iter().filter_map(|one| one.controller).max());
            let mut writer = Writer::new();
            attempts::encode(&mut writer, &attempts);
            self.attempts.add(number.as_u64(), writer.as_slice());
        }
    }

    /// Hashed entries may be of this key. Before the snapshot is built, for each key that any of them has.
    pub fn hash_key(&mut self, hasher: &NumberHasher) {
        self.hashed.key(hasher);
    }

    /// What is known about the number of this hash (with temporary template ids). In any order; repetitions do
    /// not matter.
    pub fn hashed(&mut self, hash: NumberHash, events: &[Event]) {
        self.hashed.add(hash, events);
    }

    /// Builds the snapshot.
    ///
    /// # Errors
    /// When something refers to what is not defined, was given twice, or does not fit memory and disk.
    pub fn finish(self) -> Result<Image, BuildError> {
        self.finish_telling(&|_| {})
    }

    /// Steps that [`Builder::finish_telling`] tells of.
    pub(crate) const STEPS: u64 = 3 * PARTS as u64 + 2 * FILL_STEPS;

    /// The same, telling how many more steps are done.
    pub(crate) fn finish_telling(mut self, tell: Tell<'_>) -> Result<Image, BuildError> {
        let available = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = self.options.threads.map_or_else(available, NonZeroUsize::get);
        let renumbered = self.sort_templates();
        if !indices_are_defined(&self.dictionary, &self.templates) {
            return Err(BuildError::Undefined("the dictionary or a template"));
        }
        let mut contents = vec![
            (Section::Dictionary, encoded(&self.dictionary)),
            (Section::Rules, Content::Bytes(self.rules.encode())),
            (Section::Zones, Content::Bytes(self.zones.encode())),
            (Section::Templates, encoded(&self.templates)),
            (Section::Ranges, encoded(&self.segments()?)),
        ];
        contents.extend(std::mem::take(&mut self.hashed).encode(&renumbered)?);

        let Self { listed, people, attempts, dictionary, room, options, largest_caller, .. } = self;
        let least = [listed.least(), people.least()].into_iter().flatten().min().unwrap_or_default();
        let listed = listed.settle(dictionary.lists.len(), least, threads, tell)?;
        let mut all = people.counts(least, threads, tell)?;
        all.join(&listed.counts);
        let domain = Domain::fitting(least, &all);
        if options.prefilter {
            contents.push((Section::Prefilter, prefilter(&all, &listed, &people, &attempts)?));
        }
        contents.push((Section::Combinations, encoded(&listed.combinations.sets)));
        let listed = listed_table(listed, domain, threads, tell)?;

        let people = people.build(&renumbered, &dictionary, domain, threads, tell)?;
        if largest_caller.is_some_and(|caller| usize::from(caller) >= dictionary.controllers.len()) {
            return Err(BuildError::Undefined("an attempt"));
        }
        let (attempts, attempts_data) = attempts_table(&attempts, &room, domain, threads)?;
        let ids = people.ids.table(domain, threads)?;

        let shapes = [listed.shapes, people.table.shapes, attempts.shapes, ids.shapes];
        contents.push((Section::Layout, layout(domain, people.layout, &shapes)));
        contents.push((Section::Profiles, Content::Bytes(people.profiles)));
        contents.push((Section::Times, Content::Bytes(people.times)));
        contents.push((Section::Details, Content::Pile(people.details)));
        contents.push((Section::AttemptsData, Content::Pile(attempts_data)));
        contents.push((Section::IdsData, Content::Pile(people.ids_data)));
        add_table(&mut contents, listed, [Section::Listed, Section::ListedSpill, Section::ListedAside]);
        add_table(&mut contents, people.table, [Section::People, Section::PeopleSpill, Section::PeopleAside]);
        add_table(&mut contents, attempts, [Section::Attempts, Section::AttemptsSpill, Section::AttemptsAside]);
        add_table(&mut contents, ids, [Section::Ids, Section::IdsSpill, Section::IdsAside]);
        Ok(Image::assemble(contents, threads)?)
    }

    /// Sorts the templates; for each temporary id the lasting one.
    fn sort_templates(&mut self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.templates.len() as u32).collect();
        let template = |id: &u32| self.templates.get(*id as usize);
        order.sort_by(|a, b| template(a).cmp(&template(b)));
        let mut renumbered = vec![0; order.len()];
        for (lasting, temporary) in (0u32..).zip(&order) {
            if let Some(place) = renumbered.get_mut(*temporary as usize) {
                *place = lasting;
            }
        }
        self.templates.sort_unstable();
        renumbered
    }

    /// Ranges as spans that do not overlap.
    fn segments(&self) -> Result<Vec<Segment>, BuildError> {
        let lists = self.dictionary.lists.len();
        // Where a list begins (+1) and where it no longer is (-1).
        let mut edges: Vec<(u64, u16, i32)> = Vec::new();
        for &(first, last, list) in &self.ranges {
            if usize::from(list) >= lists {
                return Err(BuildError::Undefined("a range"));
            }
            let digits = |number: u64| number.checked_ilog10();
            if first > last || digits(first) != digits(last) {
                return Err(BuildError::Range { list });
            }
            edges.push((first, list, 1));
            edges.push((last.saturating_add(1), list, -1));
        }
        edges.sort_unstable();
        let mut active: std::collections::BTreeMap<u16, i32> = std::collections::BTreeMap::new();
        let mut segments: Vec<Segment> = Vec::new();
        let mut from = 0;
        for (place, list, step) in edges {
            if place > from && !active.is_empty() {
                let lists: Vec<u16> = active.keys().copied().collect();
                let last = place.saturating_sub(1);
                match segments.last_mut() {
                    Some(before) if before.last.checked_add(1) == Some(from) && before.lists == lists => {
                        before.last = last;
                    }
                    _ => segments.push(Segment { first: from, last, lists }),
                }
            }
            from = place;
            let count = active.entry(list).or_insert(0);
            *count = count.saturating_add(step);
            if *count == 0 {
                active.remove(&list);
            }
        }
        Ok(segments)
    }
}

/// The table of suppressed numbers.
fn listed_table(listed: Settled, domain: Domain, threads: usize, tell: Tell<'_>) -> Result<Built, BuildError> {
    let count = usize::try_from(listed.counts.all()).map_err(|_| BuildError::TooMany("numbers"))?;
    let outside = usize::try_from(listed.counts.outside(domain.bits())).unwrap_or(count);
    let largest = (listed.combinations.sets.len() as u64).saturating_sub(1);
    let shape = cheapest_shape(count, largest, domain, |limit| listed.combinations.beyond(limit));
    let entries = Entries { source: &listed, count, inside: count.saturating_sub(outside), largest };
    Ok(fill(&entries, shape, domain, threads, tell)?)
}

/// The table of attempts, and the attempts.
fn attempts_table(
    attempts: &Records,
    room: &Arc<Room>,
    domain: Domain,
    threads: usize,
) -> Result<(Built, Pile), BuildError> {
    let (mut data, mut offsets) = (Pile::new(room), Offsets::new(room));
    let work = |part| {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        attempts.sorted(part, "attempts", |number, record| {
            places.push((number, bytes.len() as u64));
            bytes.extend_from_slice(record);
            Ok(())
        })?;
        Ok((bytes, places))
    };
    rounds(PARTS, attempts.threads(threads), &|_| {}, work, |_, (bytes, places)| {
        for (number, offset) in places {
            offsets.add(number, data.len().saturating_add(offset), domain);
        }
        data.push(&bytes);
        Ok(())
    })?;
    Ok((offsets.table(domain, threads)?, data))
}

/// A filter over every number that any table holds.
fn prefilter(all: &Counts, listed: &Settled, people: &People, attempts: &Records) -> Result<Content, BuildError> {
    let count = all.all().saturating_add(attempts.count() as u64);
    let filter = Prefilter::encode(count, |each: &mut dyn FnMut(u64)| {
        let mut piece = Vec::new();
        for place in 0..listed.pieces() {
            piece.clear();
            listed.piece(place, &mut piece)?;
            piece.iter().for_each(|(number, _)| each(*number));
        }
        people.each_number(&mut *each)?;
        (0..PARTS).try_for_each(|part| attempts.part(part, |number, _| each(number)))
    })?;
    Ok(Content::Bytes(filter.ok_or(BuildError::Prefilter)?))
}

fn encoded(value: &impl Wire) -> Content {
    let mut writer = Writer::new();
    value.encode(&mut writer);
    Content::Bytes(writer.into_bytes())
}

fn layout(domain: Domain, people: Layout, shapes: &[[Shape; 2]; 4]) -> Content {
    let mut writer = Writer::new();
    domain.encode(&mut writer);
    people.encode(&mut writer);
    shapes.iter().flatten().for_each(|shape| shape.encode(&mut writer));
    Content::Bytes(writer.into_bytes())
}

fn add_table(contents: &mut Vec<(Section, Content)>, table: Built, sections: [Section; 3]) {
    let [main, spill, aside] = sections;
    contents.push((main, Content::Memory(table.main)));
    contents.push((spill, Content::Memory(table.spill)));
    contents.push((aside, Content::Bytes(table.aside)));
}
