//! Hash maps and a sorted vector with the same payload.

use dialgate::Number;
use hashbrown::HashMap;

use crate::contest::{Peer, each};
use crate::plan::{Answer, Given, Plan, Tally};

/// Two `hashbrown` maps, with its own hasher (foldhash).
pub struct Maps {
    lists: HashMap<u64, u8>,
    consents: HashMap<u64, Given>,
}

impl Maps {
    pub fn new(plan: &Plan) -> Self {
        let mut lists = HashMap::with_capacity(plan.listed);
        let mut consents = HashMap::with_capacity(plan.consents);
        for (digits, answer) in plan.answers() {
            if let Some(combination) = answer.lists {
                lists.insert(digits, combination);
            }
            if let Some(given) = answer.consent {
                consents.insert(digits, given);
            }
        }
        Self { lists, consents }
    }

    #[inline(always)]
    fn answer(&self, number: Number) -> Answer {
        let digits = number.as_u64();
        Answer { lists: self.lists.get(&digits).copied(), consent: self.consents.get(&digits).copied() }
    }
}

impl Peer for Maps {
    fn name(&self) -> &'static str {
        "hashbrown"
    }

    fn bytes(&self) -> u64 {
        (self.lists.allocation_size() + self.consents.allocation_size()) as u64
    }

    fn single(&mut self, asked: &[Number]) -> Tally {
        each(asked, |number| self.answer(number))
    }

    fn batch(&mut self, asked: &[Number]) -> Tally {
        Tally::of(asked.iter().map(|number| self.answer(*number)))
    }
}

/// Sorted numbers with their payload beside them.
pub struct Sorted {
    listed: Vec<u64>,
    lists: Vec<u8>,
    people: Vec<u64>,
    consents: Vec<Given>,
}

impl Sorted {
    pub fn new(plan: &Plan) -> Self {
        let mut sorted = Self {
            listed: Vec::with_capacity(plan.listed),
            lists: Vec::with_capacity(plan.listed),
            people: Vec::with_capacity(plan.consents),
            consents: Vec::with_capacity(plan.consents),
        };
        for (digits, answer) in plan.answers() {
            if let Some(combination) = answer.lists {
                sorted.listed.push(digits);
                sorted.lists.push(combination);
            }
            if let Some(given) = answer.consent {
                sorted.people.push(digits);
                sorted.consents.push(given);
            }
        }
        sorted
    }

    #[inline(always)]
    fn answer(&self, number: Number) -> Answer {
        let digits = number.as_u64();
        let lists = self.listed.binary_search(&digits).ok().map(|place| self.lists[place]);
        Answer { lists, consent: self.people.binary_search(&digits).ok().map(|place| self.consents[place]) }
    }
}

impl Peer for Sorted {
    fn name(&self) -> &'static str {
        "sorted vector"
    }

    fn bytes(&self) -> u64 {
        (self.listed.len() * 9 + self.people.len() * 16) as u64
    }

    fn single(&mut self, asked: &[Number]) -> Tally {
        each(asked, |number| self.answer(number))
    }

    fn batch(&mut self, asked: &[Number]) -> Tally {
        Tally::of(asked.iter().map(|number| self.answer(*number)))
    }
}
