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
    r: f64,
    p: f64,
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
        Self { plan, ours, limits: Limits::new(bytes as usize), results }
    }

    /// Puts dialgate on record once: all rounds of all peers measured it.
    pub fn finish(self, rounds: Vec<Measured>) {
        let mut single: Vec<f64> = rounds.iter().flat_map(|m| m.ours[0].iter().copied()).collect();
        let mut batch: Vec<f64> = rounds.iter().flat_map(|m| m.ours[1].iter().copied()).collect();
        let mut over_r: Vec<f64> = rounds.iter().flat_map(|m| m.over_r.iter().copied()).collect();
        let mut over_p: Vec<f64> = rounds.iter().flat_map(|m| m.over_p.iter().copied()).collect();
        let mut r: Vec<f64> = rounds.iter().flat_map(|m| m.r.iter().copied()).collect();
        let mut p: Vec<f64> = rounds.iter().flat_map(|m| m.p.iter().copied()).collect();
        let line = |figure, ns: &mut Vec<f64>, ratio: (&'static str, Option<f64>)| Line {
            what: "peers",
            peer: "dialgate",
            figure,
            work: Work::Whole.words(),
            rounds: ns.len(),
            bytes: self.ours.bytes(),
            ns: median(ns),
            waited: None,
            ratios: [Some(ratio), Some(("ratio_dialgate", Some(1.0)))],
        };
        let lines = [
            line("single_fenced", &mut single, ("ratio_r", Some(median(&mut over_r)))),
            line("batch", &mut batch, ("ratio_p", Some(median(&mut over_p)))),
            Line { peer: "R", ..line("single_fenced", &mut r, ("ratio_r", Some(1.0))) }.of_memory(),
            Line { peer: "P", ..line("batch", &mut p, ("ratio_p", Some(1.0))) }.of_memory(),
        ];
        for line in lines {
            self.results.put(self.plan.listed, self.plan.consents, &line);
        }
    }

    /// Asks one peer and dialgate in turn. Every answer of both must be right.
    pub fn measure(&mut self, peer: &mut dyn Peer) -> Measured {
        let effort = peer.effort();
        let rounds: Vec<Round> = (0..effort.rounds).map(|round| self.round(round, peer, effort)).collect();
        let of = |take: fn(&Round) -> f64| rounds.iter().map(take).collect::<Vec<f64>>();
        let waited = |way: usize| median(&mut rounds.iter().map(|round| round.waited[way]).collect::<Vec<f64>>());
        let line = |figure, ns: fn(&Round) -> f64, ratio: fn(&Round) -> f64, limit, over: fn(&Round) -> f64| Line {
            what: "peers",
            peer: peer.name(),
            figure,
            work: peer.work().words(),
            rounds: rounds.len(),
            bytes: peer.bytes(),
            ns: median(&mut of(ns)),
            waited: peer.server().map(|_| waited(usize::from(figure == "batch"))),
            ratios: [
                Some((limit, Some(median(&mut of(over))))),
                Some(("ratio_dialgate", Some(median(&mut of(ratio))))),
            ],
        };
        let (listed, consents) = (self.plan.listed, self.plan.consents);
        let single = line("single_fenced", |r| r.peer[0], |r| r.peer[0] / r.ours[0], "ratio_r", |r| r.peer[0] / r.r);
        self.results.put(listed, consents, &single);
        if effort.batch.is_some() {
            let batch = line("batch", |r| r.peer[1], |r| r.peer[1] / r.ours[1], "ratio_p", |r| r.peer[1] / r.p);
            self.results.put(listed, consents, &batch);
        }
        Measured {
            ours: [of(|r| r.ours[0]), of(|r| r.ours[1])],
            over_r: of(|r| r.ours[0] / r.r),
            over_p: of(|r| r.ours[1] / r.p),
            r: of(|r| r.r),
            p: of(|r| r.p),
        }
    }

    fn round(&mut self, round: usize, peer: &mut dyn Peer, effort: Effort) -> Round {
        let reads = effort.single.min(1 << 17);
        let began = thread_time();
        self.limits.chase(reads);
        let r = (thread_time() - began) as f64 / reads as f64;
        let reads = 1 << 18;
        let p = self.limits.stream(reads, thread_time).into_iter().min().unwrap_or_default() as f64 / reads as f64;
        let mut times = Round { r, p, ours: [0.0; 2], peer: [0.0; 2], waited: [0.0; 2] };
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

/// What the rounds with one peer say about dialgate and the memory.
pub struct Measured {
    ours: [Vec<f64>; 2],
    over_r: Vec<f64>,
    over_p: Vec<f64>,
    r: Vec<f64>,
    p: Vec<f64>,
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
