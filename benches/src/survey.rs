//! Every paradigm on every workload, within a budget of time.
//!
//! Each pair of them is a *cell*, and so is serial code against serial code, for each workload: the A/A cell, whose
//! result is known, and shows what this machine does to results today. The cells are measured in turns: a
//! pass gives each of them a round, in shuffled order and in a process of its own, and there are up to 60 passes.
//! So a minute in which the machine was slow is one round of many of every cell, and not the whole of one cell.
//!
//! Which sizes are measured is chosen here, by how long serial code takes. What a round does with them is
//! planned by [`crate::sampling`], and what comes of it is computed by [`crate::crossing`].

use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::crossing::{AtSize, Estimate, Pays, Round, estimate, noise_floor};
use crate::machine::{Machine, Stolen};
use crate::measuring::{MeasuringProcess, Problem, Run, Subject, Who};
use crate::model::{self, Model};
use crate::sampling::{Sampler, passes};
use crate::statistics::median;
use crate::words;

/// Where the latest survey is kept, in the target directory, as JSON.
pub const LATEST_SURVEY: &str = "crossover/survey.json";

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The workloads, each at the largest size that may be measured.
    pub problems: Vec<Problem>,
    /// The names of the paradigms.
    pub paradigms: Vec<String>,
    /// Workers of each paradigm.
    pub workers: NonZero<usize>,
    /// How long all of it may take.
    pub budget: Duration,
    /// Whether the largest size is measured even if it does not fit the budget.
    pub insist_on_largest: bool,
}

/// All that was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Survey {
    /// What the times were taken on.
    pub machine: Machine,
    /// Workers of each paradigm.
    pub workers: usize,
    /// What ln(serial / serial) came out as at most, though nothing differs ([`noise_floor`]).
    pub noise_floor: f64,
    /// The share of the cores' time that the host of this virtual machine gave to others meanwhile, 0 to 1;
    /// `None` where that is not known.
    pub stolen: Option<f64>,
    /// One for each workload.
    pub workloads: Vec<WorkloadResult>,
}

/// What was found for one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WorkloadResult {
    /// Its name.
    pub name: String,
    /// What else there is to say of it: the kernel, the input; may be empty.
    pub details: String,
    /// The serial code that everything is compared with.
    pub base: String,
    /// A sentence on better serial code than that, if there is any.
    pub better_base: Option<String>,
    /// Serial code against itself.
    pub serial_again: Cell,
    /// One for each paradigm.
    pub cells: Vec<Cell>,
}

/// What was found for one paradigm on one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cell {
    /// The paradigm's name.
    pub paradigm: String,
    /// The result, or why there is none.
    pub outcome: Result<Measured, String>,
}

/// The times of one paradigm on one workload, and what follows from them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// Each size, and the crossings.
    pub estimate: Estimate,
    /// The straight lines round the crossing, if there is one.
    pub model: Option<Model>,
    /// Why model and measurement disagree, if they do.
    pub remark: Option<String>,
    /// Every pair that was taken.
    pub rounds: Vec<Round>,
}

/// A cell's time, as a multiple of the serial time at its largest size. A round over all sizes takes about four
/// times the latter, there are five or six such rounds, and they are to take half of the cell's time.
const CELL_PER_LARGEST: f64 = 40.0;

/// A cell that is being measured.
struct Underway {
    subject: Subject,
    sampler: Sampler,
    failure: Option<String>,
}

/// Measures every paradigm on every workload.
///
/// A cell that fails holds the reason, and the others go on. `progress` is told what is being measured
/// (workload, paradigm) and which share of the whole is done, 0 to 1.
///
/// # Errors
///
/// If serial code cannot be measured.
pub fn survey(plan: &Plan, mut progress: impl FnMut(&str, &str, f64)) -> io::Result<Survey> {
    let budget = plan.budget / (plan.problems.len() * (1 + plan.paradigms.len())) as u32;
    let mut cells = Vec::new();
    for problem in &plan.problems {
        progress(&problem.name, Serial::ID, 0.0);
        let sizes = choose_sizes(problem, budget, plan.insist_on_largest)?;
        for paradigm in std::iter::once(Serial::ID).chain(plan.paradigms.iter().map(String::as_str))
        {
            cells.push(Underway {
                subject: Subject {
                    paradigm: paradigm.to_owned(),
                    workers: plan.workers,
                    problem: problem.clone(),
                },
                sampler: Sampler::new(sizes.clone(), budget, cells.len() as u64),
                failure: None,
            });
        }
    }
    // Before the rounds: what fails here is not to cost a minute of measuring.
    let better_bases = plan.problems.iter().map(better_base);
    let better_bases = better_bases.collect::<io::Result<Vec<_>>>()?;
    let stolen = Stolen::since_now();
    take_rounds(&mut cells, budget, &mut progress);
    let stolen = stolen.and_then(Stolen::share);

    let serial_rounds = cells
        .iter()
        .filter(|cell| cell.subject.paradigm == Serial::ID)
        .flat_map(|cell| cell.sampler.rounds());
    let noise_floor = noise_floor(serial_rounds);
    let mut cells = cells.into_iter().map(|cell| cell.finish(noise_floor));
    let workloads = plan
        .problems
        .iter()
        .zip(better_bases)
        .map(|(problem, better_base)| WorkloadResult {
            name: problem.name.clone(),
            details: problem.details.clone(),
            base: problem.base(),
            better_base,
            serial_again: cells
                .next()
                .expect("each problem has a cell for serial code"),
            cells: cells.by_ref().take(plan.paradigms.len()).collect(),
        });
    Ok(Survey {
        machine: Machine::this(),
        workers: plan.workers.get(),
        noise_floor,
        stolen,
        workloads: workloads.collect(),
    })
}

/// Takes rounds of all cells in turns.
fn take_rounds(
    cells: &mut [Underway],
    budget: Duration,
    progress: &mut impl FnMut(&str, &str, f64),
) {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
    let start = Instant::now();
    let whole = budget * cells.len() as u32;
    let passes = passes(budget);
    for pass in 0..passes {
        order.shuffle(&mut random);
        for &k in &order {
            if cells[k].failure.is_some() || has_no_rivals(cells, k) {
                continue;
            }
            let cell = &mut cells[k];
            let Some(plan) = cell.sampler.plan(pass, passes) else {
                continue;
            };
            let done = start.elapsed().as_secs_f64() / whole.as_secs_f64();
            progress(
                &cell.subject.problem.name,
                &cell.subject.paradigm,
                done.min(1.0),
            );
            let start = Instant::now();
            let taken = MeasuringProcess::start(&cell.subject)
                .and_then(|mut process| cell.sampler.take_round(plan, &mut process));
            cell.failure = taken.err().map(|error| error.to_string());
            cell.sampler.spend(start.elapsed());
        }
    }
}

/// Whether a cell is serial code against itself, and all rivals that it is measured for have failed.
fn has_no_rivals(cells: &[Underway], k: usize) -> bool {
    let Subject {
        paradigm, problem, ..
    } = &cells[k].subject;
    let same_workload = cells.iter().filter(|cell| cell.subject.problem == *problem);
    let mut rivals = same_workload.filter(|cell| cell.subject.paradigm != Serial::ID);
    paradigm == Serial::ID && rivals.all(|rival| rival.failure.is_some())
}

impl Underway {
    fn finish(self, noise_floor: f64) -> Cell {
        let paradigm = self.subject.paradigm;
        let outcome = match self.failure {
            Some(reason) => Err(reason),
            None if self.sampler.rounds().is_empty() => Err("it was not measured".to_owned()),
            None => Ok(Measured::new(self.sampler.into_rounds(), noise_floor)),
        };
        Cell { paradigm, outcome }
    }
}

/// The sizes 1, 2, 5, 10 ... that serial code manages in a fitting time, and the problem's own; each with the
/// seconds that serial code takes.
fn choose_sizes(
    problem: &Problem,
    cell_budget: Duration,
    insist_on_largest: bool,
) -> io::Result<Vec<(usize, f64)>> {
    let mut process = MeasuringProcess::start(&Subject {
        paradigm: Serial::ID.to_owned(),
        workers: NonZero::<usize>::MIN,
        problem: problem.clone(),
    })?;
    let mut sizes = Vec::new();
    for n in round_sizes_up_to(problem.len) {
        let run = Run {
            who: Who::Serial,
            n,
            repeat: 2,
        };
        let time = process.time(&[run])?[0];
        sizes.push((n, time.as_secs_f64()));
        // The next size has twice as many items or more, or is the last.
        if !insist_on_largest && time * 2 > longest_run(cell_budget) {
            break;
        }
    }
    Ok(sizes)
}

/// What there is to say if better serial code than a problem's own is known.
fn better_base(problem: &Problem) -> io::Result<Option<String>> {
    let Some(better) = &problem.better else {
        return Ok(None);
    };
    let n = problem.len.min(BETTER_BASE_ITEMS);
    let time = |problem: &Problem| -> io::Result<Duration> {
        let mut process = MeasuringProcess::start(&Subject {
            paradigm: Serial::ID.to_owned(),
            workers: NonZero::<usize>::MIN,
            problem: problem.clone(),
        })?;
        let run = Run {
            who: Who::Serial,
            n,
            repeat: 3,
        };
        Ok(process.time(&[run])?[0])
    };
    let factor = time(problem)?.as_secs_f64() / time(better)?.as_secs_f64();
    Ok(Some(format!(
        "Better serial code is known: {}, is {factor:.1} times as fast at n = {}.",
        better.base(),
        words::thousands(n as u64)
    )))
}

/// Better serial code is compared with a problem's own at this many items, if there are as many.
const BETTER_BASE_ITEMS: usize = 20_000;

/// How long serial code may take at the largest size, if a cell may take `budget`.
pub fn longest_run(budget: Duration) -> Duration {
    budget.div_f64(CELL_PER_LARGEST)
}

/// 1, 2, 5, 10, 20, 50 ... below `largest`, and `largest`.
pub fn round_sizes_up_to(largest: usize) -> impl Iterator<Item = usize> {
    let powers = std::iter::successors(Some(1_usize), |power| power.checked_mul(10));
    let round = powers.flat_map(|power| [1, 2, 5].map(|digit| power.saturating_mul(digit)));
    round.take_while(move |&n| n < largest).chain([largest])
}

impl Measured {
    /// What `rounds` say, given the machine's noise floor.
    ///
    /// # Panics
    ///
    /// If there is no pair at all.
    pub fn new(rounds: Vec<Round>, noise_floor: f64) -> Self {
        let estimate = estimate(&rounds, noise_floor);
        let crossing = match estimate.pays() {
            Pays::From(crossing) | Pays::Between(Some(crossing), _) => Some(crossing),
            _ => None,
        };
        let model = crossing.and_then(|crossing| model::model(&estimate, crossing.n));
        let remark = crossing
            .zip(model)
            .and_then(|(crossing, model)| model::remark(&estimate, &crossing, &model));
        Self {
            estimate,
            model,
            remark,
            rounds,
        }
    }

    /// What was found at the largest size.
    pub fn at_largest(&self) -> &AtSize {
        self.estimate.largest()
    }

    /// Serial time over parallel time at the largest size: the median of paired ratios.
    pub fn speedup(&self) -> f64 {
        1.0 / self.at_largest().ratio.median
    }
}

impl WorkloadResult {
    /// The cells that were measured, with their paradigms.
    pub fn measured(&self) -> impl Iterator<Item = (&str, &Measured)> {
        self.cells
            .iter()
            .filter_map(|cell| Some((cell.paradigm.as_str(), cell.outcome.as_ref().ok()?)))
    }

    /// Serial times by size, in seconds: the median over the cells, each of which measured them.
    /// Sizes that only one of them looked at more closely are left out.
    pub fn serial_curve(&self) -> Vec<(usize, f64)> {
        let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        let cells = self.measured().map(|(_, measured)| measured);
        let cells: Vec<_> = cells.chain(self.serial_again.outcome.iter()).collect();
        for size in cells.iter().flat_map(|measured| &measured.estimate.sizes) {
            by_size.entry(size.n).or_default().push(size.serial.median);
        }
        by_size
            .into_iter()
            .filter(|(_, times)| 2 * times.len() > cells.len())
            .map(|(n, times)| (n, median(times)))
            .collect()
    }

    /// The largest size that was measured; 0 if none was.
    pub fn largest(&self) -> usize {
        self.serial_curve().last().map_or(0, |&(n, _)| n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_round_and_end_at_the_largest() {
        assert_eq!(round_sizes_up_to(1).collect::<Vec<_>>(), [1]);
        assert_eq!(round_sizes_up_to(20).collect::<Vec<_>>(), [1, 2, 5, 10, 20]);
        assert_eq!(
            round_sizes_up_to(37).collect::<Vec<_>>(),
            [1, 2, 5, 10, 20, 37]
        );
        assert_eq!(round_sizes_up_to(usize::MAX).last(), Some(usize::MAX));
    }
}
