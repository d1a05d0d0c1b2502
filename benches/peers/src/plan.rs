//! The numbers that everybody is asked about, and what is true of them.
//!
//! 240,000 active blocks of 10,000 numbers, three quarters of them in the North American plan, filled with log-normal
//! density. Of five known numbers three are on a list only, one has a consent only, and one has both. Half of the
//! questions are about known numbers, the other half about random ones of random active blocks. Everything follows from
//! the size alone.

use dialgate::Number;

/// Questions that are drawn; a round asks some of them, and they come round again only when the cache has forgotten.
pub const QUESTIONS: usize = 1 << 22;
/// Numbers of one active block.
const BLOCK: u64 = 10_000;
const BLOCKS: usize = 240_000;
/// A block is never fuller than this.
const MOST: u64 = 9_000;

/// SplitMix64.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// Uniform below the limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// Log-normal with sigma 1.
    fn log_normal(&mut self) -> f64 {
        let normal = (0..12).map(|_| (self.next() >> 11) as f64 / (1u64 << 53) as f64).sum::<f64>() - 6.0;
        normal.exp()
    }
}

/// The finisher of SplitMix64.
pub fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A consent: which template of four, and the second that it was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Given {
    pub template: u32,
    pub at: u32,
}

/// What there is to know about a number: the lists that it is on (one of four combinations), and its consent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    pub lists: Option<u8>,
    pub consent: Option<Given>,
}

/// What the answers to many questions come to: equal where the answers are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    pub listed: u64,
    pub consented: u64,
    pub payload: u64,
}

impl Tally {
    #[inline(always)]
    pub fn add(&mut self, answer: Answer) {
        self.listed += u64::from(answer.lists.is_some());
        self.consented += u64::from(answer.consent.is_some());
        let lists = answer.lists.map_or(0, |lists| u64::from(lists) + 1);
        let given = answer.consent.map_or(0, |given| (u64::from(given.template) + 1) << 40 | u64::from(given.at));
        self.payload = self.payload.wrapping_add(lists << 48).wrapping_add(given);
    }

    pub fn of(answers: impl Iterator<Item = Answer>) -> Self {
        let mut tally = Self::default();
        answers.for_each(|answer| tally.add(answer));
        tally
    }
}

/// Known numbers and questions.
pub struct Plan {
    /// Suppressed numbers.
    pub listed: usize,
    /// People with a consent.
    pub consents: usize,
    /// Every known number, ascending.
    pub known: Vec<u64>,
    pub questions: Vec<Number>,
    truth: Vec<Answer>,
}

impl Plan {
    /// So many suppressed numbers, and half as many consents.
    pub fn new(listed: usize) -> Self {
        let mut dice = Dice(listed as u64);
        let blocks = blocks();
        let known = known(listed / 4 * 5, &blocks, &mut dice);
        let mut plan =
            Self { listed: 0, consents: 0, known, questions: Vec::with_capacity(QUESTIONS), truth: Vec::new() };
        plan.listed = plan.answers().filter(|(_, answer)| answer.lists.is_some()).count();
        plan.consents = plan.answers().filter(|(_, answer)| answer.consent.is_some()).count();
        for _ in 0..QUESTIONS {
            let digits = if dice.below(2) == 0 {
                plan.known[dice.below(plan.known.len() as u64) as usize]
            } else {
                blocks[dice.below(blocks.len() as u64) as usize] + dice.below(BLOCK)
            };
            plan.truth.push(plan.known.binary_search(&digits).map_or(Answer::default(), |place| answer(place, digits)));
            plan.questions.push(number(digits));
        }
        plan
    }

    /// Every known number with what is true of it, in ascending order.
    pub fn answers(&self) -> impl Iterator<Item = (u64, Answer)> {
        self.known.iter().enumerate().map(|(place, digits)| (*digits, answer(place, *digits)))
    }

    /// What a round of so many questions asks, and the tally that is right for it.
    pub fn round(&self, round: usize, questions: usize) -> (&[Number], Tally) {
        let from = round * questions % (QUESTIONS - questions + 1);
        let place = from..from + questions;
        (&self.questions[place.clone()], Tally::of(self.truth[place].iter().copied()))
    }
}

pub fn number(digits: u64) -> Number {
    Number::from_e164(digits).expect("the plan has possible numbers only")
}

fn answer(place: usize, digits: u64) -> Answer {
    let mixed = mixed(digits);
    let lists = (place % 5 < 4).then_some((mixed & 3) as u8);
    let at = 1_600_000_000 + (mixed >> 8) as u32 % 150_000_000;
    Answer { lists, consent: (place % 5 >= 3).then_some(Given { template: (mixed >> 2 & 3) as u32, at }) }
}

/// The first numbers of the active blocks, ascending.
fn blocks() -> Vec<u64> {
    let american = (0..BLOCKS as u64 * 3 / 4).map(|i| (1_000_000 + (200 + i / 520) * 1000 + 200 + i % 520) * BLOCK);
    let mobiles = [31_6, 32_4, 33_6, 34_6, 41_7, 48_5];
    let european = mobiles.iter().flat_map(|prefix| (0..10_000).map(move |i| (prefix * 10_000 + i) * BLOCK));
    let mut blocks: Vec<u64> = american.chain(european).collect();
    blocks.sort_unstable();
    blocks
}

/// So many numbers in these blocks, ascending.
fn known(wanted: usize, blocks: &[u64], dice: &mut Dice) -> Vec<u64> {
    let weights: Vec<f64> = blocks.iter().map(|_| dice.log_normal()).collect();
    let sum: f64 = weights.iter().sum();
    let mut shares: Vec<u64> = weights.iter().map(|weight| ((wanted as f64 * weight / sum) as u64).min(MOST)).collect();
    let mut left = wanted as u64 - shares.iter().sum::<u64>();
    assert!(left <= (MOST * blocks.len() as u64) / 2, "{wanted} numbers do not fit into the plan");
    while left > 0 {
        let share = &mut shares[dice.below(blocks.len() as u64) as usize];
        if *share < MOST {
            *share += 1;
            left -= 1;
        }
    }
    let mut known = Vec::with_capacity(wanted);
    for (first, share) in blocks.iter().zip(shares) {
        let mut taken = [0u64; BLOCK.div_ceil(64) as usize];
        let mut left = share;
        while left > 0 {
            let place = dice.below(BLOCK) as usize;
            let bit = 1 << (place % 64);
            left -= u64::from(taken[place / 64] & bit == 0);
            taken[place / 64] |= bit;
        }
        for (word, mut bits) in taken.into_iter().enumerate() {
            while bits != 0 {
                known.push(first + word as u64 * 64 + u64::from(bits.trailing_zeros()));
                bits &= bits - 1;
            }
        }
    }
    known
}
