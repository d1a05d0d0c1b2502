//! Compressed sets: `roaring`, which knows membership alone, and `fst`, which maps keys to integers.

use dialgate::Number;
use fst::{Map, MapBuilder};
use roaring::RoaringTreemap;

use crate::contest::{Peer, Work, each};
use crate::plan::{Answer, Given, Plan, Tally};

/// One set of listed numbers and one of people with a consent, no payload.
pub struct Roaring {
    listed: RoaringTreemap,
    people: RoaringTreemap,
}

impl Roaring {
    pub fn new(plan: &Plan) -> Self {
        let (mut listed, mut people) = (RoaringTreemap::new(), RoaringTreemap::new());
        let listed_numbers = plan.answers().filter(|(_, answer)| answer.lists.is_some()).map(|(digits, _)| digits);
        listed.append(listed_numbers).expect("ascending");
        let consenting = plan.answers().filter(|(_, answer)| answer.consent.is_some()).map(|(digits, _)| digits);
        people.append(consenting).expect("ascending");
        Self { listed, people }
    }

    #[inline(always)]
    fn answer(&self, number: Number) -> Answer {
        let digits = number.as_u64();
        Answer {
            lists: self.listed.contains(digits).then_some(0),
            consent: self.people.contains(digits).then_some(Given::default()),
        }
    }
}

impl Peer for Roaring {
    fn name(&self) -> &'static str {
        "roaring"
    }

    fn work(&self) -> Work {
        Work::Membership
    }

    fn bytes(&self) -> u64 {
        (self.listed.serialized_size() + self.people.serialized_size()) as u64
    }

    fn single(&mut self, asked: &[Number]) -> Tally {
        without_payload(each(asked, |number| self.answer(number)))
    }

    fn batch(&mut self, asked: &[Number]) -> Tally {
        without_payload(Tally::of(asked.iter().map(|number| self.answer(*number))))
    }
}

/// What a set alone can tell.
pub fn without_payload(tally: Tally) -> Tally {
    Tally { payload: 0, ..tally }
}

/// Two maps over the numbers as seven bytes, the highest first.
pub struct Fst {
    lists: Map<Vec<u8>>,
    consents: Map<Vec<u8>>,
}

/// A number of at most fifteen digits, in an order that bytes keep.
#[inline(always)]
fn key(digits: u64) -> [u8; 7] {
    let [_, key @ ..] = digits.to_be_bytes();
    key
}

impl Fst {
    pub fn new(plan: &Plan) -> Self {
        let (mut lists, mut consents) = (MapBuilder::memory(), MapBuilder::memory());
        for (digits, answer) in plan.answers() {
            if let Some(combination) = answer.lists {
                lists.insert(key(digits), u64::from(combination)).expect("ascending");
            }
            if let Some(given) = answer.consent {
                let value = u64::from(given.template) << 32 | u64::from(given.at);
                consents.insert(key(digits), value).expect("ascending");
            }
        }
        Self { lists: lists.into_map(), consents: consents.into_map() }
    }

    #[inline(always)]
    fn answer(&self, number: Number) -> Answer {
        let key = key(number.as_u64());
        let given = |value: u64| Given { template: (value >> 32) as u32, at: value as u32 };
        Answer { lists: self.lists.get(key).map(|value| value as u8), consent: self.consents.get(key).map(given) }
    }
}

impl Peer for Fst {
    fn name(&self) -> &'static str {
        "fst"
    }

    fn bytes(&self) -> u64 {
        (self.lists.as_fst().size() + self.consents.as_fst().size()) as u64
    }

    fn single(&mut self, asked: &[Number]) -> Tally {
        each(asked, |number| self.answer(number))
    }

    fn batch(&mut self, asked: &[Number]) -> Tally {
        Tally::of(asked.iter().map(|number| self.answer(*number)))
    }
}
