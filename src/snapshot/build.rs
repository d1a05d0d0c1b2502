//! From numbers, lists and events to a snapshot. What comes out depends on the set of what went in alone.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use super::Segment;
use super::attempts;
use super::build_combinations::Combinations;
use super::build_hashed::HashedEntries;
use super::build_people::People;
use super::format::Section;
use super::image::{Content, Image};
use super::lanes::Shape;
use super::mix::Domain;
use super::people::Layout;
use super::prefilter::Prefilter;
use super::table_build::{Built, Entries, cheapest_shape, fill, payload_bits, wide_shape};
use super::words::{Wire, indices_are_defined};
use crate::dictionary::Dictionary;
use crate::event::{Attempt, Event, Template};
use crate::key::{NumberHash, NumberHasher};
use crate::rules::Rules;
use crate::wire::Writer;
use crate::{Number, Zones};

/// How a snapshot is built. None of it but `prefilter` shows in the bytes.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Threads to use; none: as many as there are.
    pub threads: Option<NonZeroUsize>,
    /// Adds a Bloom filter, for an index that is left on disk.
    pub prefilter: bool,
}

/// Why no snapshot was built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Memory cannot be had.
    #[error("no memory for the snapshot: {0}; compile on a machine with more, or smaller lists")]
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
    /// Number and list in one word: for the first 2^14 lists.
    listed: Vec<u64>,
    listed_beyond: Vec<(u64, u16)>,
    ranges: Vec<(u64, u64, u16)>,
    people: People,
    attempts: Vec<(u64, Vec<Attempt>)>,
    hashed: HashedEntries,
}

/// Bits of a list beside a number of 50 bits.
const LIST_BITS: u32 = 14;

impl Builder {
    /// Nothing but the small parts yet.
    #[must_use]
    pub fn new(dictionary: Dictionary, rules: Rules, zones: Zones, options: Options) -> Self {
        Self {
            dictionary,
            rules,
            zones,
            options,
            templates: Vec::new(),
            interned: HashMap::new(),
            listed: Vec::new(),
            listed_beyond: Vec::new(),
            ranges: Vec::new(),
            people: People::default(),
            attempts: Vec::new(),
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
    pub fn listed(&mut self, number: Number, list: u16) {
        if list < 1 << LIST_BITS {
            self.listed.push(number.as_u64() << LIST_BITS | u64::from(list));
        } else {
            self.listed_beyond.push((number.as_u64(), list));
        }
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
            self.attempts.push((number.as_u64(), attempts));
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
    /// When something refers to what is not defined, was given twice, or does not fit memory.
    pub fn finish(mut self) -> Result<Image, BuildError> {
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
        let (numbers, mut values, combinations) = self.combinations(threads)?;
        contents.push((Section::Combinations, encoded(&combinations.sets)));
        self.people.sort(&renumbered)?;
        let people_numbers = self.people.numbers();
        let domain = Domain::of(&[&numbers, &people_numbers]);
        if self.options.prefilter {
            let tried = self.attempts.iter().map(|(number, _)| number);
            let members = numbers.iter().chain(&people_numbers).chain(tried);
            contents
                .push((Section::Prefilter, Content::Bytes(Prefilter::encode(members).ok_or(BuildError::Prefilter)?)));
        }

        values.iter_mut().for_each(|value| {
            *value = combinations.rank.get(*value as usize).copied().unwrap_or_default();
        });
        let largest = (combinations.sets.len() as u64).saturating_sub(1);
        let shape = cheapest_shape(numbers.len(), largest, domain, |limit| combinations.beyond(limit));
        let value = |index: usize| values.get(index).map_or(0, |value| u64::from(*value));
        let listed = fill(&Entries { numbers: &numbers, value, largest }, shape, domain, threads)?;
        drop((numbers, values));

        let people = std::mem::take(&mut self.people).build(people_numbers, &self.dictionary, domain, threads)?;
        let (attempts_keys, attempts_data) = self.encode_attempts()?;
        let attempts = by_offset(&attempts_keys, domain, threads)?;
        let ids = by_offset(&people.ids, domain, threads)?;

        let shapes = [listed.shapes, people.table.shapes, attempts.shapes, ids.shapes];
        contents.push((Section::Layout, layout(domain, people.layout, &shapes)));
        contents.push((Section::Profiles, Content::Bytes(people.profiles)));
        contents.push((Section::Times, Content::Bytes(people.times)));
        contents.push((Section::Details, Content::Bytes(people.details)));
        contents.push((Section::AttemptsData, Content::Bytes(attempts_data)));
        contents.push((Section::IdsData, Content::Bytes(people.ids_data)));
        add_table(&mut contents, listed, [Section::Listed, Section::ListedSpill, Section::ListedAside]);
        add_table(&mut contents, people.table, [Section::People, Section::PeopleSpill, Section::PeopleAside]);
        add_table(&mut contents, attempts, [Section::Attempts, Section::AttemptsSpill, Section::AttemptsAside]);
        add_table(&mut contents, ids, [Section::Ids, Section::IdsSpill, Section::IdsAside]);
        Ok(Image::assemble(contents)?)
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

    /// Numbers (ascending) with the number of their set of lists, and the sets.
    fn combinations(&mut self, threads: usize) -> Result<(Vec<u64>, Vec<u32>, Combinations), BuildError> {
        let mut listed = std::mem::take(&mut self.listed);
        sort(&mut listed, threads);
        listed.dedup();
        let mut beyond = std::mem::take(&mut self.listed_beyond);
        beyond.sort_unstable();
        beyond.dedup();
        let lists = self.dictionary.lists.len();
        let mut found = Combinations::default();
        let mut values = Vec::with_capacity(listed.len().max(beyond.len()));
        let mut numbers = Vec::with_capacity(listed.len().max(beyond.len()));
        let mut near = listed.iter().map(|word| (word >> LIST_BITS, (word & ((1 << LIST_BITS) - 1)) as u16)).peekable();
        let mut far = beyond.iter().copied().peekable();
        let mut set: Vec<u16> = Vec::new();
        loop {
            let next = [near.peek(), far.peek()].into_iter().flatten().map(|(number, _)| *number).min();
            let Some(number) = next else { break };
            set.clear();
            // Lists of the second kind are all larger than those of the first.
            set.extend(std::iter::from_fn(|| near.next_if(|entry| entry.0 == number)).map(|(_, list)| list));
            set.extend(std::iter::from_fn(|| far.next_if(|entry| entry.0 == number)).map(|(_, list)| list));
            if set.last().is_some_and(|list| usize::from(*list) >= lists) {
                return Err(BuildError::Undefined("an entry of a list"));
            }
            numbers.push(number);
            values.push(found.intern(&set)?);
        }
        found.rank();
        Ok((numbers, values, found))
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

    fn encode_attempts(&mut self) -> Result<Records, BuildError> {
        let controllers = self.dictionary.controllers.len();
        self.attempts.sort_unstable();
        let mut writer = Writer::new();
        let mut keys: Vec<(u64, u64)> = Vec::with_capacity(self.attempts.len());
        for (number, record) in &self.attempts {
            if keys.last().is_some_and(|(before, _)| before == number) {
                return Err(BuildError::Twice("attempts"));
            }
            if record.iter().filter_map(|attempt| attempt.controller).any(|index| usize::from(index) >= controllers) {
                return Err(BuildError::Undefined("an attempt"));
            }
            keys.push((*number, writer.len() as u64));
            attempts::encode(&mut writer, record);
        }
        Ok((keys, writer.into_bytes()))
    }
}

/// Numbers with the offsets of their records, and the records.
pub(super) type Records = (Vec<(u64, u64)>, Vec<u8>);

/// Sorts, on two threads where there are two.
pub(super) fn sort<T: Ord + Send>(items: &mut [T], threads: usize) {
    if threads < 2 || items.len() < 1 << 16 {
        items.sort_unstable();
        return;
    }
    let middle = items.len() / 2;
    items.select_nth_unstable(middle);
    let (low, high) = items.split_at_mut(middle);
    std::thread::scope(|scope| {
        scope.spawn(|| low.sort_unstable());
        high.sort_unstable();
    });
}

/// A table of offsets.
fn by_offset(entries: &[(u64, u64)], domain: Domain, threads: usize) -> Result<Built, BuildError> {
    let numbers: Vec<u64> = entries.iter().map(|(number, _)| *number).collect();
    let largest = entries.iter().map(|(_, offset)| *offset).max().unwrap_or_default();
    let shape = wide_shape(numbers.len(), 5.6, payload_bits(largest), domain);
    let value = |index: usize| entries.get(index).map_or(0, |(_, offset)| *offset);
    Ok(fill(&Entries { numbers: &numbers, value, largest }, shape, domain, threads)?)
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
