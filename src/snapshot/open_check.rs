//! What must hold of a snapshot that was read, so that no look-up needs a check of its own.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::Snapshot;
use super::attempts::{Attempts, read_ids};
use super::detail::Events;
use super::format::Section;
use super::open::{ATTEMPTS, Checked, IDS, LISTED, PEOPLE, Sections, name};
use super::people::{Value, times_len};
use super::table::{Part, Table};
use super::words::indices_are_defined;
use crate::Event;
use crate::wire::{Malformed, Reader};

/// Checks everything that sections say of each other.
pub(super) fn check(snapshot: &Snapshot, sections: &Sections, threads: usize) -> Checked<()> {
    let refuse = |section, expected| Err(sections.wrong(section, expected));
    let lists = snapshot.dictionary.lists.len();
    let is_list_set = |set: &Vec<u16>| {
        !set.is_empty() && set.is_sorted_by(|a, b| a < b) && set.iter().all(|list| usize::from(*list) < lists)
    };
    if !snapshot.templates.is_sorted_by(|a, b| a < b) {
        return refuse(Section::Templates, "templates, ascending");
    }
    if !indices_are_defined(&snapshot.dictionary, &snapshot.templates) {
        return refuse(Section::Dictionary, "indices that are defined, here and in the templates");
    }
    if !snapshot.combinations.iter().all(is_list_set) {
        return refuse(Section::Combinations, "sets of lists that are defined, ascending");
    }
    let templates = snapshot.templates.len();
    if snapshot.profiles.iter().any(|profile| profile.template as usize >= templates) {
        return refuse(Section::Profiles, "templates that are defined");
    }
    let apart = snapshot.ranges.is_sorted_by(|a, b| a.last < b.first);
    if !apart || snapshot.ranges.iter().any(|range| range.first > range.last || !is_list_set(&range.lists)) {
        return refuse(Section::Ranges, "spans, ascending and apart, with lists that are defined");
    }
    if times_len(snapshot.people.slots(), snapshot.layout.far_bits) != Some(snapshot.times.len()) {
        return refuse(Section::Times, "a group of bits for each slot");
    }
    check_tables(snapshot, sections, threads)
}

/// Lines that a thread checks at a time.
const CHECKED: usize = 1 << 18;

type Task<'a> = Box<dyn FnOnce() -> Checked<()> + Send + 'a>;

/// Does what is to be done on several threads; of several problems the first in the order of the tasks is told.
fn all_of(tasks: Vec<Task<'_>>, threads: usize) -> Checked<()> {
    let problems: Vec<Mutex<Checked<()>>> = tasks.iter().map(|_| Mutex::new(Ok(()))).collect();
    let lock = |place: &Mutex<Checked<()>>, found| *place.lock().unwrap_or_else(PoisonError::into_inner) = found;
    let tasks = Mutex::new(tasks.into_iter().zip(&problems));
    let work = || {
        loop {
            let next = tasks.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((task, place)) = next else { break };
            lock(place, task());
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    drop(tasks);
    problems.into_iter().try_for_each(|place| place.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Tasks that check a table; values below `plain` are accepted unasked.
fn tasks_of<'a>(
    table: &'a Table,
    parts: [Section; 3],
    (snapshot, sections): (&'a Snapshot, &'a Sections),
    plain: u64,
    accepts: &'a (dyn Fn(u64) -> bool + Sync),
) -> impl Iterator<Item = Task<'a>> {
    let wrong = move |(part, wrong): (Part, Malformed)| sections.error(name(parts, part), wrong);
    let lines = table.lines();
    let main = (0..lines).step_by(CHECKED).map(move |first| -> Task<'a> {
        let span = first..first.saturating_add(CHECKED).min(lines);
        Box::new(move || table.check_lines(span, snapshot.domain, plain, accepts).map_err(wrong))
    });
    let rest: Task<'a> = Box::new(move || table.check_rest(snapshot.domain, accepts).map_err(wrong));
    main.chain(std::iter::once(rest))
}

fn check_tables(snapshot: &Snapshot, sections: &Sections, threads: usize) -> Checked<()> {
    let all = (snapshot, sections);
    let (details, attempts, ids) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
    let combinations = snapshot.combinations.len() as u64;
    let is_combination = |value| value < combinations;
    let mut tasks: Vec<Task<'_>> = vec![
        Box::new(|| check_details(snapshot, sections).map(|found| drop(details.set(found)))),
        Box::new(|| check_attempts(snapshot, sections).map(|found| drop(attempts.set(found)))),
        Box::new(|| {
            let found = starts(&snapshot.ids_data, |reader| read_ids(reader, |_, _| {}));
            found.map_err(|wrong| sections.error(Section::IdsData, wrong)).map(|found| drop(ids.set(found)))
        }),
    ];
    tasks.extend(tasks_of(&snapshot.listed, LISTED, all, combinations, &is_combination));
    all_of(tasks, threads)?;

    let begins = |starts: &OnceLock<Starts>, offset| starts.get().is_some_and(|starts| starts.begins_at(offset));
    let profiles = snapshot.profiles.len() as u64;
    let is_person = |value| match snapshot.layout.split(value) {
        Value::Simple { profile, .. } => profile < profiles,
        Value::Detail { offset } => begins(&details, offset),
    };
    let are_attempts = |value| begins(&attempts, value);
    let are_ids = |value| begins(&ids, value);
    let mut tasks: Vec<Task<'_>> = Vec::new();
    tasks.extend(tasks_of(&snapshot.people, PEOPLE, all, 0, &is_person));
    tasks.extend(tasks_of(&snapshot.attempts, ATTEMPTS, all, 0, &are_attempts));
    tasks.extend(tasks_of(&snapshot.ids, IDS, all, 0, &are_ids));
    all_of(tasks, threads)
}

fn check_details(snapshot: &Snapshot, sections: &Sections) -> Checked<Starts> {
    let templates = snapshot.templates.len();
    let details = starts(&snapshot.details, |reader| {
        let mut events = Events::read(reader.clone())?;
        let mut previous: Option<Event> = None;
        while let Some(event) = events.step()? {
            let in_order = previous.is_none_or(|previous| previous <= event);
            if event.template as usize >= templates || !in_order {
                return Err(events.into_reader().malformed("events in order with templates that are defined"));
            }
            previous = Some(event);
        }
        *reader = events.into_reader();
        Ok(())
    });
    details.map_err(|wrong| sections.error(Section::Details, wrong))
}

fn check_attempts(snapshot: &Snapshot, sections: &Sections) -> Checked<Starts> {
    let controllers = snapshot.dictionary.controllers.len();
    let attempts = starts(&snapshot.attempts_data, |reader| {
        let mut attempts = Attempts::read(reader.clone())?;
        let mut previous = None;
        while let Some(attempt) = attempts.step()? {
            let defined = attempt.controller.is_none_or(|index| usize::from(index) < controllers);
            if !defined || previous.is_some_and(|previous| previous > attempt) {
                return Err(attempts.into_reader().malformed("attempts in order by controllers that are defined"));
            }
            previous = Some(attempt);
        }
        *reader = attempts.into_reader();
        Ok(())
    });
    attempts.map_err(|wrong| sections.error(Section::AttemptsData, wrong))
}

/// The places where records begin, one bit for each byte of their section.
struct Starts(Vec<u64>);

impl Starts {
    fn begins_at(&self, offset: u64) -> bool {
        let word = usize::try_from(offset / 64).ok().and_then(|word| self.0.get(word));
        word.is_some_and(|word| word >> (offset % 64) & 1 == 1)
    }
}

/// Reads records to the end of a section.
fn starts(
    bytes: &[u8],
    mut record: impl for<'a> FnMut(&mut Reader<'a>) -> Result<(), Malformed>,
) -> Result<Starts, Malformed> {
    let mut words = vec![0u64; bytes.len().div_ceil(64)];
    let mut reader = Reader::new(bytes);
    while reader.remaining() > 0 {
        let offset = reader.offset();
        if let Some(word) = words.get_mut(offset / 64) {
            *word |= 1 << (offset % 64);
        }
        record(&mut reader)?;
    }
    Ok(Starts(words))
}
