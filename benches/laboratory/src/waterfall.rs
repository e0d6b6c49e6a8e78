//! Where the time goes: one run of a paradigm, cut into its parts.
//!
//! # Method
//!
//! Nothing is clocked inside a paradigm. It is run on the real workload, and on some that leave something out
//! ([`crate::probes`]). This is one cell, whose base is the real workload, and whose places are the probes. So each round is a fresh
//! process, in which all probes run in shuffled order, each in turns with the real workload. T with a name is the time of a
//! probe, W the number of workers.
//!
//! | part | what it is | how it is obtained |
//! | --- | --- | --- |
//! | start | until the last worker has begun | `Idle`, W items: from the call to the last worker's stamp |
//! | hand out | giving out all chunks, and hearing that they are done | T(`Idle`, n items) − T(`Idle`, W items) |
//! | compute | the kernel, with the cores that it really got | T(`Compute`) − T(`Idle`, n items) |
//! | write | writing the answer to fresh memory, all workers at once | T(`Write`) − T(`Idle`, n items) |
//! | collect | bringing it to the caller: pipes, locks, copies | T(`Bytes`) − T(`Write`) |
//! | join | from the last worker's end until the caller goes on | `Idle`, W items: from the last stamp to the return |
//!
//! How long writing takes is measured, and not computed from the time of serial code: memory that is shared by two
//! cores is seldom twice as fast. What a paradigm loses there is no cost of collecting.
//! A reduction has no answer to write: its *collect* is T(real) − T(`Compute`), and its *write* is 0.
//!
//! Each part is a median over rounds of the difference in each round, and none is less than 0. Their sum need not be the
//! whole: a worker may write while another computes, and an answer that is computed into a cache is cheaper than one that is
//! written to memory. [`Waterfall::covered`] says how much of the whole the parts explain.

use std::io;
use std::num::NonZero;
use std::time::Duration;

use estimator::statistics::median;
use estimator::{Axis, Cell, Pair, Purpose, Round};
use serde::{Deserialize, Serialize};

use crate::cells;
use crate::probes::Probe;
use crate::problem::Problem;
use crate::trial::{Along, Trial};

/// The parts, in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Starting the workers.
    Start,
    /// Handing out the chunks.
    HandOut,
    /// Computing.
    Compute,
    /// Writing the answer to memory, all workers at once.
    Write,
    /// Bringing it to the caller.
    Collect,
    /// Waiting for the workers' end.
    Join,
}

/// One run, cut into its parts. Times are seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waterfall {
    /// The paradigm's name.
    pub paradigm: String,
    /// The workload's name.
    pub workload: String,
    /// The number of items.
    pub n: usize,
    /// The number of workers.
    pub workers: usize,
    /// Each part's time, in the order of [`Part::ALL`].
    pub parts: Vec<(Part, f64)>,
    /// The time of the whole.
    pub whole: f64,
    /// The time of serial code.
    pub serial: f64,
}

impl Part {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::Start,
        Self::HandOut,
        Self::Compute,
        Self::Write,
        Self::Collect,
        Self::Join,
    ];
}

/// The waterfall of each paradigm on one workload, in turns, within about `budget`; those that fail are left out. Each has
/// `n` items, or as many as `problem` has, if that is fewer. `progress` is told the paradigm, and which share of the whole is
/// done, 0 to 1.
///
/// # Errors
///
/// If none could be measured: the last reason.
pub fn measure(
    paradigms: &[String],
    problem: &Problem,
    workers: NonZero<usize>,
    n: usize,
    budget: Duration,
    mut progress: impl FnMut(&str, f64),
) -> io::Result<Vec<Waterfall>> {
    let n = n.min(problem.len);
    let probes = Probe::of(problem).iter();
    let cell = |paradigm: &String| Cell {
        subject: Trial {
            along: Along::Probes { n },
            ..Trial::by_items(paradigm, workers, problem)
        },
        axis: Axis::Places(probes.clone().map(|probe| probe.place()).collect()),
        purpose: Purpose::Compare,
        weight: 1.0,
    };
    let trials: Vec<_> = paradigms.iter().map(cell).collect();
    let found = cells::measure(&trials, budget, |_, paradigm, done| {
        progress(paradigm, done);
    });
    let mut waterfalls = Vec::new();
    let mut failure = None;
    for (cell, result) in trials.iter().zip(found.cells) {
        match result.outcome {
            Ok(measured) => waterfalls.push(Waterfall::new(&cell.subject, n, &measured.rounds)),
            Err(reason) => failure = Some(reason),
        }
    }
    match failure {
        Some(reason) if waterfalls.is_empty() => Err(io::Error::other(reason)),
        _ => Ok(waterfalls),
    }
}

/// The time of a probe in one round.
fn probe(round: &Round, probe: Probe) -> f64 {
    time(round, probe, |pair| pair.rival)
}

/// The time of the real workload in turns with a probe.
fn beside(round: &Round, probe: Probe) -> f64 {
    time(round, probe, |pair| pair.base)
}

fn time(round: &Round, probe: Probe, of: fn(&Pair) -> f64) -> f64 {
    let there = round.iter().filter(|pair| pair.at == probe.place());
    median(there.map(of).collect())
}

impl Waterfall {
    fn new(trial: &Trial, n: usize, rounds: &[Round]) -> Self {
        let of = |what: fn(&Round) -> f64| median(rounds.iter().map(what).collect()).max(0.0);
        let is_map = rounds
            .iter()
            .flatten()
            .any(|pair| pair.at == Probe::Write.place());
        let (write, collect) = if is_map {
            (
                of(|round| probe(round, Probe::Write) - probe(round, Probe::IdleAll)),
                of(|round| probe(round, Probe::Bytes) - probe(round, Probe::Write)),
            )
        } else {
            (
                0.0,
                of(|round| beside(round, Probe::Compute) - probe(round, Probe::Compute)),
            )
        };
        let hand_out = of(|round| probe(round, Probe::IdleAll) - probe(round, Probe::IdleFew));
        let compute = of(|round| probe(round, Probe::Compute) - probe(round, Probe::IdleAll));
        Self {
            paradigm: trial.paradigm.clone(),
            workload: trial.problem.name.clone(),
            n,
            workers: trial.workers.get(),
            parts: vec![
                (Part::Start, of(|round| probe(round, Probe::Begin))),
                (Part::HandOut, hand_out),
                (Part::Compute, compute),
                (Part::Write, write),
                (Part::Collect, collect),
                (Part::Join, of(|round| probe(round, Probe::End))),
            ],
            whole: of(|round| median(round.iter().map(|pair| pair.base).collect())),
            serial: of(|round| probe(round, Probe::Serial)),
        }
    }

    /// The time of one part, in seconds.
    pub fn seconds(&self, part: Part) -> f64 {
        let of = self.parts.iter().find(|(other, _)| *other == part);
        of.map_or(0.0, |(_, seconds)| *seconds)
    }

    /// The sum of the parts over the whole: 1 if they explain all of it.
    pub fn covered(&self) -> f64 {
        self.parts.iter().map(|(_, seconds)| seconds).sum::<f64>() / self.whole
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these come out exactly")]
mod tests {
    use super::*;

    /// A round in which every real run takes `real`.
    fn round(real: f64, probes: &[(Probe, f64)]) -> Round {
        let pair = |&(probe, rival): &(Probe, f64)| Pair {
            at: probe.place(),
            base: real,
            rival,
        };
        probes.iter().map(pair).collect()
    }

    const REDUCTION: [(Probe, f64); 6] = [
        (Probe::Compute, 16.0),
        (Probe::Begin, 3.0),
        (Probe::IdleAll, 6.0),
        (Probe::Serial, 30.0),
        (Probe::End, 1.0),
        (Probe::IdleFew, 4.0),
    ];

    fn map(write: f64, bytes: f64) -> Round {
        let mut round = round(21.0, &REDUCTION);
        for (probe, rival) in [(Probe::Write, write), (Probe::Bytes, bytes)] {
            round.push(Pair {
                at: probe.place(),
                base: 21.0,
                rival,
            });
        }
        round
    }

    fn parts(rounds: &[Round]) -> (Waterfall, [f64; 6]) {
        let problem = Problem::new("squares", 10, &[]).expect("it is known");
        let trial = Trial::by_items("threads/scoped", NonZero::<usize>::MIN, &problem);
        let waterfall = Waterfall::new(&trial, 10, rounds);
        let seconds = Part::ALL.map(|part| waterfall.seconds(part));
        (waterfall, seconds)
    }

    #[test]
    fn parts_are_differences() {
        let (waterfall, seconds) = parts(&[map(8.0, 11.0)]);
        assert_eq!(seconds, [3.0, 2.0, 10.0, 2.0, 3.0, 1.0]);
        assert_eq!((waterfall.whole, waterfall.serial), (21.0, 30.0));
        assert_eq!(waterfall.covered(), 1.0);
    }

    #[test]
    fn memory_that_two_workers_share_is_no_cost_of_collecting() {
        // Two workers write as fast together as one alone: writing takes 4, as by serial code, and not a half of that.
        let (_, seconds) = parts(&[map(10.0, 10.0)]);
        assert_eq!(seconds[3..5], [4.0, 0.0]);
    }

    #[test]
    fn a_reduction_collects_what_is_left() {
        let (_, seconds) = parts(&[round(21.0, &REDUCTION)]);
        assert_eq!(seconds, [3.0, 2.0, 10.0, 0.0, 5.0, 1.0]);
    }

    #[test]
    fn differences_are_taken_in_each_round() {
        // A machine that is slower by 100 in one round is slower for all probes of that round.
        let mut slow = map(108.0, 111.0);
        let idle = slow
            .iter_mut()
            .find(|pair| pair.at == Probe::IdleAll.place());
        idle.expect("it is there").rival = 106.0;
        let rounds = [map(8.0, 11.0), slow, map(7.0, 6.5)];
        let (_, seconds) = parts(&rounds);
        assert_eq!(seconds[3..5], [2.0, 3.0]);
        // Less than nothing is nothing.
        assert_eq!(parts(&rounds[2..]).1[4], 0.0);
    }
}
