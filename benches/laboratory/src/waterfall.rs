//! Where the time goes: one run of a paradigm, cut into its parts.
//!
//! # Method
//!
//! Nothing is clocked inside a paradigm. The paradigm is run on the real workload, and on workloads that leave
//! something out: the `probes`. All probes are one cell: each round is a fresh process, in which the probes run in
//! shuffled order. Two probes whose difference is a part run in turns. In the table, the name of a probe stands for
//! its time.
//!
//! | part | what it is | how it is obtained |
//! | --- | --- | --- |
//! | start | until the last worker has begun | `Begin`, with one item a worker that computes nothing |
//! | hand out | giving out all chunks, and hearing that they are done | `IdleAll` − `IdleFew`: n such items, and one a worker |
//! | compute | the kernel, with the cores that it really got | `Compute` − `IdleAll` |
//! | write | writing the answer to fresh memory, all workers at once | `Write` − `IdleAll` |
//! | collect | bringing it to the caller: pipes, locks, copies | `Bytes` − `Write` |
//! | join | from the last worker's end until the caller goes on | `End`, with one item a worker that computes nothing |
//!
//! How long writing takes is measured, and not computed from the time of serial code: memory that is shared by two
//! cores is seldom twice as fast. The time that a paradigm loses by this belongs to *write*, and not to *collect*.
//! A reduction has no answer to write: its *collect* is `Real` − `Compute`, and its *write* is 0.
//!
//! Each part is a median over rounds of the difference in each round, and none is less than 0. Their sum need not be
//! the whole: a worker may write while another computes, and an answer that is computed into a cache is cheaper than
//! one that is written to memory. [`Waterfall::covered`] says how much of the whole the parts explain.

use estimator::statistics::median;
use estimator::{Pair, Round, Run, Side};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::probes::Probe;
use crate::survey::{CellResult, Plan, measure_at_places};
use crate::trial::Along;

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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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

/// The waterfall of each paradigm on each workload, at its largest size, or the reason why there is none. `tell` is
/// told what happens.
pub fn waterfalls(plan: &Plan, tell: impl FnMut(Event<'_>)) -> Vec<Result<Waterfall, String>> {
    let found = measure_at_places(plan, Along::Probes, Probe::places, tell);
    let mut waterfalls = Vec::new();
    for result in found.workloads {
        for CellResult { paradigm, outcome } in result.cells {
            waterfalls.push(outcome.map(|measured| Waterfall {
                paradigm,
                workload: result.name.clone(),
                n: result.n,
                workers: found.workers,
                ..Waterfall::of(&measured.rounds)
            }));
        }
    }
    waterfalls
}

/// The time of a probe in one round; NaN if it has none.
fn time(round: &Round, probe: Probe) -> f64 {
    let both = round.iter().flat_map(|&Pair { at, base, rival }| {
        let side = |side| Probe::of(Run { side, at });
        [(side(Side::Base), base), (side(Side::Rival), rival)]
    });
    let times = both.filter(|(other, _)| *other == probe);
    median(times.map(|(_, seconds)| seconds).collect())
}

impl Waterfall {
    /// The times from the rounds of all probes; the names are for the caller to add.
    fn of(rounds: &[Round]) -> Self {
        let of = |of_round: &dyn Fn(&Round) -> f64| {
            // NaN, of a probe that is not there, becomes 0, too.
            median(rounds.iter().map(of_round).collect()).max(0.0)
        };
        let of_one = |probe| of(&|round| time(round, probe));
        let difference = |long, short| of(&|round| time(round, long) - time(round, short));
        let collect = if of_one(Probe::Bytes) > 0.0 {
            difference(Probe::Bytes, Probe::Write)
        } else {
            difference(Probe::Real, Probe::Compute)
        };
        Self {
            parts: vec![
                (Part::Start, of_one(Probe::Begin)),
                (Part::HandOut, difference(Probe::IdleAll, Probe::IdleFew)),
                (Part::Compute, difference(Probe::Compute, Probe::IdleAll)),
                (Part::Write, difference(Probe::Write, Probe::IdleAll)),
                (Part::Collect, collect),
                (Part::Join, of_one(Probe::End)),
            ],
            whole: of_one(Probe::Real),
            serial: of_one(Probe::Serial),
            ..Self::default()
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

    /// Of rounds whose last place took these times: those of (`Write`, `Bytes`), if it is a map.
    fn of(last: &[Option<(f64, f64)>]) -> Waterfall {
        let round = |last: &Option<(f64, f64)>| {
            let times = [(30.0, 21.0), (3.0, 1.0), (4.0, 6.0), (6.0, 16.0)];
            let times = (1..).zip(times.into_iter().chain(*last));
            let pairs = times.map(|(at, (base, rival))| Pair { at, base, rival });
            pairs.collect()
        };
        let rounds: Vec<Round> = last.iter().map(round).collect();
        Waterfall::of(&rounds)
    }

    #[test]
    fn parts_are_differences_in_each_round() {
        let rounds = [(8.0, 11.0), (107.0, 110.0), (9.0, 8.5)].map(Some);
        for (last, write, collect) in [
            (&rounds[..1], 2.0, 3.0),
            // A reduction has no such place, and collects what is left.
            (&[None], 0.0, 5.0),
            // Two workers together write as fast as one alone, which takes 4. It is not half of that, with the rest as
            // "collect".
            (&[Some((10.0, 10.0))], 4.0, 0.0),
            // The medians of Bytes and Write differ by 2; in a usual round they differ by 3.
            (&rounds, 3.0, 3.0),
            // Less than nothing is nothing.
            (&rounds[2..], 3.0, 0.0),
        ] {
            let waterfall = of(last);
            let parts = Part::ALL.map(|part| waterfall.seconds(part));
            assert_eq!(parts, [3.0, 2.0, 10.0, write, collect, 1.0]);
            assert_eq!((waterfall.whole, waterfall.serial), (21.0, 30.0));
        }
        assert_eq!(of(&rounds[..1]).covered(), 1.0);
    }
}
