//! Rounds in which a peer and dialgate are asked the same, and the memory is measured beside them.

use std::hint::black_box;
use std::time::Instant;

use dialgate::Number;

use crate::limits::Limits;
use crate::machine::{fence, thread_time};
use crate::ours::Dialgate;
use crate::plan::{Answer, Plan, Tally};
use crate::results::{Line, Results};
use crate::server::ServerClock;

/// How much of an answer a peer gives. dialgate always gives the whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The lists and the consent.
    Whole,
    /// Whether there are lists, and whether there is a consent.
    Membership,
    /// Whether there are lists.
    Suppression,
}

impl Work {
    /// Of a right answer, what such a peer can tell.
    fn visible(self, tally: Tally) -> Tally {
        match self {
            Self::Whole => tally,
            Self::Membership => Tally { payload: 0, ..tally },
            Self::Suppression => Tally { payload: 0, consented: 0, ..tally },
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Whole => "lists and consent",
            Self::Membership => "listed? consent?",
            Self::Suppression => "listed?",
        }
    }
}

/// What is asked in a round.
#[derive(Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    pub single: usize,
    /// None: the peer has no way to be asked about many.
    pub batch: Option<usize>,
}

impl Effort {
    pub const IN_PROCESS: Self = Self { rounds: 9, single: 1 << 17, batch: Some(1 << 18) };
}

/// One that can be asked.
pub trait Peer {
    fn name(&self) -> &'static str;

    fn work(&self) -> Work {
        Work::Whole
    }

    fn effort(&self) -> Effort {
        Effort::IN_PROCESS
    }

    /// Another process answers: its processor time counts, added to this thread's.
    fn server(&self) -> Option<ServerClock> {
        None
    }

    /// What it holds in memory (or its file, where it has one).
    fn bytes(&self) -> u64;

    /// One after the other, each answered before the next is asked.
    fn single(&mut self, asked: &[Number]) -> Tally;

    /// All of them as fast as it can.
    fn batch(&mut self, asked: &[Number]) -> Tally;
}

/// Asks one by one, with a fence after each.
#[inline(always)]
pub fn each(asked: &[Number], answer: impl Fn(Number) -> Answer) -> Tally {
    Tally::of(asked.iter().map(|number| {
        let answer = answer(*number);
        fence();
        answer
    }))
}

/// The times of one round, in nanoseconds a question or read.
struct Round {
    /// R and P.
    limits: [f64; 2],
    ours: [f64; 2],
    peer: [f64; 2],
    /// By the clock on the wall.
    waited: [f64; 2],
}

pub struct Contest<'a> {
    plan: &'a Plan,
    ours: Dialgate,
    limits: Limits,
    results: &'a mut Results,
    /// All rounds, with whatever peer.
    rounds: Vec<Round>,
}

impl<'a> Contest<'a> {
    pub fn new(plan: &'a Plan, results: &'a mut Results) -> Self {
        let began = Instant::now();
        let ours = Dialgate::new(plan);
        let bytes = ours.bytes();
        println!(
            "{} suppressed, {} consents: dialgate built and opened in {:.1?}, {bytes} bytes, {:.2} a number",
            plan.listed,
            plan.consents,
            began.elapsed(),
            bytes as f64 / (plan.listed + plan.consents) as f64,
        );
        Self { plan, ours, limits: Limits::new(bytes as usize), results, rounds: Vec::new() }
    }

    /// Asks one peer and dialgate in turn, and puts both on record. Every answer of both must be right.
    pub fn measure(&mut self, peer: &mut dyn Peer) {
        let effort = peer.effort();
        let rounds: Vec<Round> = (0..effort.rounds).map(|round| self.round(round, peer, effort)).collect();
        for way in [0, 1].into_iter().take(1 + usize::from(effort.batch.is_some())) {
            let of = |take: fn(&Round, usize) -> f64| median_of(&rounds, |round| take(round, way));
            self.put(
                way,
                &rounds,
                Line {
                    peer: peer.name(),
                    work: peer.work().words(),
                    bytes: peer.bytes(),
                    ns: of(|round, way| round.peer[way]),
                    waited: peer.server().map(|_| of(|round, way| round.waited[way])),
                    over_limit: of(|round, way| round.peer[way] / round.limits[way]),
                    over_dialgate: Some(of(|round, way| round.peer[way] / round.ours[way])),
                    ..Line::default()
                },
            );
        }
        // Rounds that ask less than others do not speak for dialgate.
        if effort.single == Effort::IN_PROCESS.single {
            self.rounds.extend(rounds);
            self.put_dialgate();
        }
    }

    /// Of several lines about dialgate and the limits, the last one rests on the most rounds and counts.
    fn put_dialgate(&mut self) {
        let rounds = std::mem::take(&mut self.rounds);
        let bytes = self.ours.bytes();
        for way in [0, 1] {
            let of = |take: fn(&Round, usize) -> f64| median_of(&rounds, |round| take(round, way));
            let (ns, over_limit) =
                (of(|round, way| round.ours[way]), of(|round, way| round.ours[way] / round.limits[way]));
            let work = Work::Whole.words();
            let line =
                Line { peer: "dialgate", work, bytes, ns, over_limit, over_dialgate: Some(1.0), ..Line::default() };
            self.put(way, &rounds, line);
            let limit = Line {
                work: "one random read",
                over_limit: 1.0,
                ns: of(|round, way| round.limits[way]),
                ..Line::default()
            };
            self.put(way, &rounds, Line { peer: ["R", "P"][way], ..limit });
        }
        self.rounds = rounds;
    }

    fn put(&mut self, way: usize, rounds: &[Round], line: Line) {
        let (figure, limit) = [("single_fenced", "ratio_r"), ("batch", "ratio_p")][way];
        let line = Line { what: "peers", figure, limit, rounds: rounds.len(), ..line };
        self.results.put(self.plan.listed, self.plan.consents, &line);
    }

    fn round(&mut self, round: usize, peer: &mut dyn Peer, effort: Effort) -> Round {
        let reads = effort.single.min(1 << 17);
        let began = thread_time();
        self.limits.chase(reads);
        let r = (thread_time() - began) as f64 / reads as f64;
        let reads = 1 << 18;
        let p = self.limits.stream(reads, thread_time).into_iter().min().unwrap_or_default() as f64 / reads as f64;
        let mut times = Round { limits: [r, p], ours: [0.0; 2], peer: [0.0; 2], waited: [0.0; 2] };
        let sizes = [Some(effort.single), Some(effort.batch.unwrap_or(1 << 17))];
        for (way, size) in sizes.into_iter().flatten().enumerate() {
            let (asked, right) = self.plan.round(2 * round + way, size);
            let turns = if round.is_multiple_of(2) { [true, false] } else { [false, true] };
            for ours in turns {
                if ours {
                    (times.ours[way], _) = timed(&mut self.ours, asked, way, right);
                } else if way == 0 || effort.batch.is_some() {
                    (times.peer[way], times.waited[way]) = timed(peer, asked, way, right);
                }
            }
        }
        times
    }
}

/// Processor time and waiting time, in nanoseconds a question.
fn timed(peer: &mut dyn Peer, asked: &[Number], way: usize, right: Tally) -> (f64, f64) {
    let server = peer.server();
    let used = || thread_time() + server.map_or(0, ServerClock::nanos);
    let (wall, before) = (Instant::now(), used());
    let tally = black_box(if way == 0 { peer.single(black_box(asked)) } else { peer.batch(black_box(asked)) });
    let (used, waited) = (used() - before, wall.elapsed().as_nanos());
    let visible = peer.work().visible(right);
    assert_eq!(tally, visible, "{} answers wrongly: what it was measured at is worth nothing", peer.name());
    (used as f64 / asked.len() as f64, waited as f64 / asked.len() as f64)
}

/// The median; of an even count the higher of the two in the middle.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn median_of(rounds: &[Round], take: impl Fn(&Round) -> f64) -> f64 {
    median(&mut rounds.iter().map(take).collect::<Vec<f64>>())
}
