//! Hashed entries on their way into the snapshot.

use std::collections::BTreeMap;

use super::build::BuildError;
use super::format::Section;
use super::hashed::HashKey;
use super::image::Content;
use super::words::Wire;
use crate::Event;
use crate::key::{NumberHash, NumberHasher};
use crate::wire::Writer;

/// Hashed entries as they come, in any order.
#[derive(Debug, Default)]
pub(super) struct HashedEntries {
    entries: Vec<(NumberHash, u32)>,
    /// Distinct events (with temporary template ids): few serve many entries.
    events: Vec<Event>,
    interned: BTreeMap<Event, u32>,
    keys: Vec<HashKey>,
}

impl HashedEntries {
    /// Entries under this key may follow.
    pub(super) fn key(&mut self, hasher: &NumberHasher) {
        let key = HashKey { id: hasher.key_id(), check: hasher.key_check() };
        if !self.keys.contains(&key) {
            self.keys.push(key);
        }
    }

    pub(super) fn add(&mut self, hash: NumberHash, events: &[Event]) {
        for event in events {
            let next = self.events.len() as u32;
            let number = *self.interned.entry(*event).or_insert(next);
            if number == next {
                self.events.push(*event);
            }
            self.entries.push((hash, number));
        }
    }

    /// The sections; `renumbered` has the lasting id of each template.
    pub(super) fn encode(mut self, renumbered: &[u32]) -> Result<Vec<(Section, Content)>, BuildError> {
        if self.entries.is_empty() {
            self.keys.clear();
        } else if self.keys.is_empty() {
            return Err(BuildError::Undefined("hashed entries without their key"));
        }
        let lasting = |event: &Event| -> Option<Event> {
            Some(Event { template: *renumbered.get(event.template as usize)?, ..*event })
        };
        let events: Option<Vec<Event>> = self.events.iter().map(lasting).collect();
        let events = events.ok_or(BuildError::Undefined("a hashed entry"))?;
        let mut order: Vec<u32> = (0..events.len() as u32).collect();
        order.sort_unstable_by_key(|number| events.get(*number as usize).copied());
        let mut places = vec![0; order.len()];
        for (place, number) in (0_u32..).zip(&order) {
            if let Some(slot) = places.get_mut(*number as usize) {
                *slot = place;
            }
        }
        let sorted: Vec<Event> = order.iter().filter_map(|number| events.get(*number as usize).copied()).collect();
        for (_, number) in &mut self.entries {
            *number = places.get(*number as usize).copied().unwrap_or_default();
        }
        self.entries.sort_unstable();
        self.entries.dedup();
        if u32::try_from(self.entries.len()).is_err() {
            return Err(BuildError::TooMany("hashed entries"));
        }
        self.keys.sort_unstable();
        let mut bytes = Writer::new();
        for (hash, number) in &self.entries {
            bytes.bytes(hash.as_bytes());
            bytes.u32(*number);
        }
        Ok(vec![
            (Section::Hashed, Content::Bytes(bytes.into_bytes())),
            (Section::HashedEvents, encoded(&sorted)),
            (Section::HashKeys, encoded(&self.keys)),
        ])
    }
}

fn encoded(value: &impl Wire) -> Content {
    let mut writer = Writer::new();
    value.encode(&mut writer);
    Content::Bytes(writer.into_bytes())
}
