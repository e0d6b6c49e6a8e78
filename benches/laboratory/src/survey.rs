//! Every paradigm on every workload within a budget of time; and paradigms with 1, 2, ... workers.
//!
//! Each pair of a paradigm and a workload is a *cell*. So is serial code against serial code, for each workload: the A/A
//! cell, whose result is known, and which shows what this machine does to results today. And so is serial code against
//! better serial code, where a workload knows of some. All are measured in turns by [`estimator::measure`]; which sizes are
//! measured is chosen here, by how long serial code takes.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::time::Duration;

use estimator::sampling::{longest_run, sizes_up_to};
use estimator::statistics::median;
use estimator::{Axis, Cell, Findings, Measured, Purpose, Run, Side, Stopwatch};
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::machine::{Busy, Machine, Watch};
use crate::measuring::{MeasuringProcess, Subject, stopwatch};
use crate::problem::Problem;
use crate::trial::{Along, Trial};

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
    /// What else there is to say of it: the kernel, the input; may be empty.
    pub details: String,
    /// The serial code that everything is compared with.
    pub base: String,
    /// Better serial code than that, if there is any.
    pub better: Option<BetterBase>,
    /// Serial code against itself: one cell, or several where there is only one workload.
    pub checks: Vec<CellResult>,
    /// One for each paradigm.
    pub cells: Vec<CellResult>,
}

/// Serial code that is known to be better than the one that paradigms are compared with: a cell of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BetterBase {
    /// What it is.
    pub base: String,
    /// It as the rival of the serial code that paradigms are compared with, at one number of items.
    pub cell: CellResult,
}

/// What was found for one paradigm on one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// The paradigm's name.
    pub paradigm: String,
    /// The result, or why there is none.
    pub outcome: Result<Measured, String>,
}

/// Every paradigm on one workload of fixed size, along the number of workers: the rival has as many workers as the place
/// says, the base is serial code in the same process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scaling {
    /// What the times were taken on.
    pub machine: Machine,
    /// How busy it was meanwhile.
    pub busy: Busy,
    /// The workload's name.
    pub workload: String,
    /// The number of items.
    pub n: usize,
    /// How far ln(serial / serial) came out from 0 though nothing differs.
    pub noise_floor: f64,
    /// One for each paradigm.
    pub cells: Vec<CellResult>,
}

impl WorkloadResult {
    /// The cells that were measured, with their paradigms.
    pub fn measured(&self) -> impl Iterator<Item = (&str, &Measured)> {
        measured(&self.cells)
    }

    /// Serial times by size, in seconds.
    pub fn serial_curve(&self) -> Vec<(usize, f64)> {
        serial_curve(self.cells.iter().chain(&self.checks))
    }

    /// The largest size that was measured; `None` if every cell failed.
    pub fn largest(&self) -> Option<usize> {
        self.serial_curve().last().map(|&(n, _)| n)
    }
}

/// The cells that were measured, with their names.
pub fn measured(cells: &[CellResult]) -> impl Iterator<Item = (&str, &Measured)> {
    let measured = cells.iter();
    measured.filter_map(|cell| Some((cell.paradigm.as_str(), cell.outcome.as_ref().ok()?)))
}

/// The base's times by size, in seconds: the median over cells that have the same base, each of which measured it. Sizes
/// that only few of them looked at more closely are left out.
pub fn serial_curve<'a>(cells: impl IntoIterator<Item = &'a CellResult>) -> Vec<(usize, f64)> {
    let cells = cells
        .into_iter()
        .filter_map(|cell| cell.outcome.as_ref().ok());
    let cells: Vec<&Measured> = cells.collect();
    let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for place in cells.iter().flat_map(|cell| &cell.estimate.places) {
        by_size.entry(place.at).or_default().push(place.base.median);
    }
    by_size
        .into_iter()
        .filter(|(_, times)| 2 * times.len() > cells.len())
        .map(|(n, times)| (n, median(times)))
        .collect()
}

/// Serial code against better serial code gets this share of the time of another cell: it has one size only.
const WEIGHT_OF_BETTER: f64 = 0.25;

/// Better serial code is compared with a problem's own at this many items, if as many are measured.
const BETTER_BASE_ITEMS: usize = 20_000;

/// Measures every paradigm on every workload.
///
/// A cell that fails holds the reason, and the others go on. `progress` is told what is being measured
/// (workload, paradigm) and which share of the whole is done, 0 to 1.
///
/// # Errors
///
/// If serial code cannot be measured.
pub fn survey(plan: &Plan, mut progress: impl FnMut(&str, &str, f64)) -> io::Result<Survey> {
    let checks = checks_each(plan.problems.len());
    let weights = plan.problems.iter().map(|problem| {
        let better = problem.better.as_ref().map_or(0.0, |_| WEIGHT_OF_BETTER);
        1.0 + plan.paradigms.len() as f64 + better
    });
    let budget = plan.budget.div_f64(weights.sum());
    let mut cells = Vec::new();
    for problem in &plan.problems {
        progress(&problem.name, Serial::ID, 0.0);
        let sizes = choose_sizes(problem, budget, plan.insist_on_largest)?;
        let largest = sizes.last().map_or(1, |&(n, _)| n);
        let cell = |paradigm: &str, purpose, weight| Cell {
            subject: Trial::by_items(paradigm, plan.workers, problem),
            axis: Axis::Items(sizes.clone()),
            purpose,
            weight,
        };
        let check = cell(Serial::ID, Purpose::Check, 1.0 / checks as f64);
        cells.extend(vec![check; checks]);
        let paradigms = plan.paradigms.iter();
        cells.extend(paradigms.map(|paradigm| cell(paradigm, Purpose::Compare, 1.0)));
        if problem.better.is_some() {
            let mut better = cell(Serial::ID, Purpose::Compare, WEIGHT_OF_BETTER);
            better.subject.along = Along::Kernels;
            better.axis = Axis::Places(vec![largest.min(BETTER_BASE_ITEMS)]);
            cells.push(better);
        }
    }
    let (findings, busy) = measure(&cells, plan.budget, progress);
    let noise_floor = findings.noise_floor;
    let mut outcomes = results(&cells, findings);
    let workloads = plan.problems.iter().map(|problem| WorkloadResult {
        name: problem.name.clone(),
        details: problem.details.clone(),
        base: problem.base(),
        checks: outcomes.by_ref().take(checks).collect(),
        cells: outcomes.by_ref().take(plan.paradigms.len()).collect(),
        better: problem.better.as_ref().map(|better| BetterBase {
            base: better.base(),
            cell: outcomes.next().expect("it was measured last"),
        }),
    });
    Ok(Survey {
        machine: Machine::this(),
        busy,
        workers: plan.workers.get(),
        noise_floor,
        workloads: workloads.collect(),
    })
}

/// Measures every paradigm on every problem, at its largest size, with 1, 2, 4, ... workers. `progress` as for [`survey`].
///
/// # Errors
///
/// If every cell failed: the last reason.
pub fn scaling(
    problems: &[Problem],
    paradigms: &[String],
    budget: Duration,
    progress: impl FnMut(&str, &str, f64),
) -> io::Result<Vec<Scaling>> {
    let machine = Machine::this();
    let checks = checks_each(problems.len());
    let mut cells = Vec::new();
    for problem in problems {
        let along = Along::Workers { n: problem.len };
        let cell = |paradigm: &str, purpose, weight| Cell {
            subject: Trial {
                along,
                ..Trial::by_items(paradigm, NonZero::<usize>::MIN, problem)
            },
            axis: Axis::Places(worker_counts(machine.cores)),
            purpose,
            weight,
        };
        let check = cell(Serial::ID, Purpose::Check, 1.0 / checks as f64);
        cells.extend(vec![check; checks]);
        let paradigms = paradigms.iter();
        cells.extend(paradigms.map(|paradigm| cell(paradigm, Purpose::Compare, 1.0)));
    }
    let (findings, busy) = measure(&cells, budget, progress);
    if let Some(Err(reason)) = findings.cells.last()
        && findings.cells.iter().all(Result::is_err)
    {
        return Err(io::Error::other(reason.clone()));
    }
    let noise_floor = findings.noise_floor;
    let mut outcomes = results(&cells, findings);
    let scaling = problems.iter().map(|problem| Scaling {
        machine: machine.clone(),
        busy,
        workload: problem.name.clone(),
        n: problem.len,
        noise_floor,
        cells: (&mut outcomes).skip(checks).take(paradigms.len()).collect(),
    });
    Ok(scaling.collect())
}

/// A/A cells of each workload: there are two in all, at least, because each is judged by the others.
fn checks_each(workloads: usize) -> usize {
    if workloads == 1 { 2 } else { 1 }
}

/// Powers of two up to twice the number of cores, and that number itself.
fn worker_counts(cores: usize) -> Vec<usize> {
    let powers = std::iter::successors(Some(1), |power| Some(power * 2));
    let mut counts: Vec<usize> = powers.take_while(|&count| count <= 2 * cores).collect();
    counts.push(cores);
    counts.sort_unstable();
    counts.dedup();
    counts
}

/// Measures trials, each round in a process of its own. `progress` is told the workload, the paradigm, and which share
/// is done.
pub(crate) fn measure(
    cells: &[Cell<Trial>],
    budget: Duration,
    mut progress: impl FnMut(&str, &str, f64),
) -> (Findings, Busy) {
    let watch = Watch::start();
    let findings = estimator::measure(
        cells,
        budget,
        |trial| stopwatch(&Subject::Paradigm(trial.clone())),
        |trial, done| progress(&trial.problem.name, &trial.paradigm, done),
    );
    let busy = watch.stop(findings.spread);
    (findings, busy)
}

/// What was found, cell by cell, with the paradigms' names.
fn results(cells: &[Cell<Trial>], findings: Findings) -> impl Iterator<Item = CellResult> {
    let outcomes = findings.cells.into_iter();
    cells
        .iter()
        .zip(outcomes)
        .map(|(cell, outcome)| CellResult {
            paradigm: cell.subject.paradigm.clone(),
            outcome,
        })
}

/// The sizes that serial code manages in a fitting time, and the problem's own; each with the seconds of serial code.
fn choose_sizes(
    problem: &Problem,
    budget: Duration,
    insist_on_largest: bool,
) -> io::Result<Vec<(usize, f64)>> {
    let serial = Trial::by_items(Serial::ID, NonZero::<usize>::MIN, problem);
    let mut process = MeasuringProcess::start(&Subject::Paradigm(serial))?;
    let mut seconds = |n| {
        let side = Side::Base;
        let twice = process.time(&[Run { side, at: n }; 2])?;
        Ok::<_, io::Error>(twice[0].min(twice[1]))
    };
    let longest = MORE_THAN_LONGEST * longest_run(budget).as_secs_f64();
    let mut sizes: Vec<(usize, f64)> = Vec::new();
    for n in sizes_up_to(problem.len, budget) {
        if let Some(&(last, time)) = sizes.last() {
            let fits = |n: usize| time * n as f64 / last as f64 <= longest;
            if !fits(n) && !insist_on_largest {
                // Where sizes are far apart, there may be one between.
                let between = [5, 2].map(|digit| digit * last).into_iter();
                if let Some(n) = between.filter(|m| 2 * m <= n).find(|&m| fits(m)) {
                    sizes.push((n, seconds(n)?));
                }
                break;
            }
        }
        sizes.push((n, seconds(n)?));
    }
    Ok(sizes)
}

/// A largest size that takes a quarter more time than intended is better than one of half that size.
const MORE_THAN_LONGEST: f64 = 1.25;
