//! Every paradigm on every workload within a budget of time.
//!
//! Each pair of a paradigm and a workload is a *cell*. So is serial code against serial code, for each workload: the
//! A/A cell, whose result is known, and which shows what this machine does to results today. And so is serial code
//! against better serial code, where a workload knows of some. All are measured in turns by [`estimator::measure`];
//! which sizes are measured is chosen here, by how long serial code takes.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::time::Duration;

use estimator::axis::{longest_run, sizes_up_to};
use estimator::statistics::median;
use estimator::{Axis, Cell, Measured, Purpose, Run, Side, Stopwatch};
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::machine::{Busy, Machine, Watch};
use crate::measuring::{MeasuringProcess, Subject, stopwatch};
use crate::problem::Problem;
use crate::trial::{Along, Trial};

/// What is to be measured.
#[derive(Clone, Debug, PartialEq)]
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
    /// How busy it was meanwhile.
    pub busy: Busy,
    /// Workers of each paradigm.
    pub workers: usize,
    /// How far ln(serial / serial) came out from 0 though nothing differs.
    pub noise_floor: f64,
    /// One for each workload.
    pub workloads: Vec<WorkloadResult>,
}

/// What was found for one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WorkloadResult {
    /// Its name.
    pub name: String,
    /// The number of items: the one that was measured, or the largest that might have been.
    pub n: usize,
    /// What else there is to say of it: the kernel, the input; may be empty.
    pub details: String,
    /// The serial code that everything is compared with.
    pub base: String,
    /// Better serial code than that, if there is any: its name, and it as the rival of that at one number of items.
    pub better: Option<CellResult>,
    /// Serial code against itself: one cell, or several where there is only one workload.
    pub checks: Vec<CellResult>,
    /// One for each paradigm.
    pub cells: Vec<CellResult>,
}

/// What was found for one paradigm on one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// The paradigm's name.
    pub paradigm: String,
    /// The result, or why there is none.
    pub outcome: Result<Measured, String>,
}

impl WorkloadResult {
    /// The cells that were measured, with their paradigms.
    pub fn measured(&self) -> impl Iterator<Item = (&str, &Measured)> {
        let cells = self.cells.iter();
        cells.filter_map(|cell| Some((cell.paradigm.as_str(), cell.outcome.as_ref().ok()?)))
    }

    /// Serial times by size, in seconds: the median over all cells, each of which measured serial code. Sizes that only
    /// few of them looked at more closely are left out.
    pub fn serial_curve(&self) -> Vec<(usize, f64)> {
        let cells = self.cells.iter().chain(&self.checks);
        let cells: Vec<_> = cells.flat_map(|cell| &cell.outcome).collect();
        let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for place in cells.iter().flat_map(|cell| &cell.estimate.places) {
            by_size.entry(place.at).or_default().push(place.base.median);
        }
        by_size.retain(|_, times| 2 * times.len() > cells.len());
        let medians = by_size.into_iter().map(|(n, times)| (n, median(times)));
        medians.collect()
    }

    /// The largest size that was measured; `None` if every cell failed.
    pub fn largest(&self) -> Option<usize> {
        self.serial_curve().last().map(|&(n, _)| n)
    }
}

/// Measures every paradigm on every workload, by the number of items.
///
/// A cell that fails holds the reason, and the others go on. `progress` is told what is being measured
/// (workload, paradigm) and which share of the whole is done, 0 to 1.
pub fn survey(plan: &Plan, mut progress: impl FnMut(&str, &str, f64)) -> io::Result<Survey> {
    let of_cell = plan.budget / (plan.problems.len() * (1 + plan.paradigms.len())) as u32;
    let mut axes = Vec::new();
    for problem in &plan.problems {
        progress(&problem.name, Serial::ID, 0.0);
        let serial = Trial::by_items(Serial::ID, plan.workers, problem);
        let sizes = choose_sizes(serial, of_cell, plan.insist_on_largest)?;
        axes.push(Axis::Items(sizes));
    }
    Ok(measure(plan, Along::Items, &axes, progress))
}

/// The same with 1, 2, 4, ... workers, and always with all items: the rival has as many workers as the place says, the
/// base is serial code in the same process.
pub fn scaling(plan: &Plan, progress: impl FnMut(&str, &str, f64)) -> Survey {
    let axis = Axis::Places(worker_counts(Machine::this().cores));
    let axes = vec![axis; plan.problems.len()];
    measure(plan, Along::Workers, &axes, progress)
}

/// The sizes at which serial code takes a fitting time, or all of them; each with its seconds.
fn choose_sizes(serial: Trial, budget: Duration, all: bool) -> io::Result<Vec<(usize, f64)>> {
    let largest = serial.problem.len;
    let mut process = MeasuringProcess::start(&Subject::Paradigm(serial))?;
    let longest = longest_run(budget).as_secs_f64();
    let mut sizes = Vec::new();
    for at in sizes_up_to(largest, budget) {
        let side = Side::Base;
        let twice = process.time(&[Run { side, at }; 2])?;
        let seconds = twice[0].min(twice[1]);
        if seconds > longest && !all && !sizes.is_empty() {
            break;
        }
        sizes.push((at, seconds));
    }
    Ok(sizes)
}

/// Powers of two up to twice the number of cores, and that number itself.
fn worker_counts(cores: usize) -> Vec<usize> {
    let twice = 2 * cores;
    let is_place = |count: &usize| count.is_power_of_two() || *count == cores;
    (1..=twice).filter(is_place).collect()
}

/// Serial code against better serial code gets this share of the time of another cell: it has one size only.
const WEIGHT_OF_BETTER: f64 = 0.25;

/// Better serial code is compared with a problem's own at this many items, if as many are measured.
const BETTER_BASE_ITEMS: usize = 20_000;

/// Measures every workload along its axis: all cells in turns, each round in a process of its own.
pub(crate) fn measure(
    plan: &Plan,
    along: Along,
    axes: &[Axis],
    mut progress: impl FnMut(&str, &str, f64),
) -> Survey {
    // Two in all, at least, because each is judged by the others. For probes no noise floor is needed.
    let checks = match (along, plan.problems.len()) {
        (Along::Probes, _) => 0,
        (_, 1) => 2,
        _ => 1,
    };
    let mut cells = Vec::new();
    for (problem, axis) in plan.problems.iter().zip(axes) {
        let cell = |paradigm: &str, purpose, weight| Cell {
            subject: Trial {
                along,
                ..Trial::by_items(paradigm, plan.workers, problem)
            },
            axis: axis.clone(),
            purpose,
            weight,
        };
        let check = |_| cell(Serial::ID, Purpose::Check, 1.0 / checks as f64);
        let compare = |paradigm: &String| cell(paradigm, Purpose::Compare, 1.0);
        cells.extend((0..checks).map(check));
        cells.extend(plan.paradigms.iter().map(compare));
        if let (Some(_), Axis::Items(sizes)) = (&problem.better, axis) {
            let largest = sizes.last().map_or(1, |&(n, _)| n);
            let mut better = cell(Serial::ID, Purpose::Compare, WEIGHT_OF_BETTER);
            better.subject.along = Along::Kernels;
            better.axis = Axis::Places(vec![largest.min(BETTER_BASE_ITEMS)]);
            cells.push(better);
        }
    }
    let watch = Watch::start();
    let findings = estimator::measure(
        &cells,
        plan.budget,
        |trial| stopwatch(&Subject::Paradigm(trial.clone())),
        |trial, done| progress(&trial.problem.name, &trial.paradigm, done),
    );
    let results = cells.into_iter().zip(findings.cells);
    let mut results = results.map(|(cell, outcome)| CellResult {
        paradigm: cell.subject.paradigm,
        outcome,
    });
    let mut take = |count| results.by_ref().take(count).collect::<Vec<_>>();
    let workload = |(problem, axis): (&Problem, &Axis)| WorkloadResult {
        name: problem.name.clone(),
        n: problem.len,
        details: problem.details.clone(),
        base: problem.base(),
        checks: take(checks),
        cells: take(plan.paradigms.len()),
        better: match (&problem.better, axis) {
            (Some(better), Axis::Items(_)) => take(1).pop().map(|cell| CellResult {
                paradigm: better.base(),
                ..cell
            }),
            _ => None,
        },
    };
    Survey {
        workloads: plan.problems.iter().zip(axes).map(workload).collect(),
        machine: Machine::this(),
        busy: watch.stop(findings.spread),
        workers: plan.workers.get(),
        noise_floor: findings.noise_floor,
    }
}
