//! Every paradigm on every workload within a budget of time.
//!
//! Each pair of a paradigm and a workload is a *cell*. So is serial code against serial code, for each workload: the
//! A/A cell. Its true result is known, no difference, so it shows how noisy this machine is now. Serial code against
//! better serial code is a cell, too, if a workload has better serial code. All cells are measured in turns by
//! [`estimator::measure`]; which sizes are measured is chosen here, by how long serial code takes.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use estimator::statistics::median;
use estimator::{Axis, Cell, Measured, Purpose, once_more};
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::event::Event;
use crate::machine::{Busy, Machine, Watch};
use crate::measuring::{Subject, stopwatch};
pub use crate::plan::Plan;
use crate::problem::Problem;
use crate::trial::{Along, Trial};

/// All that was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Survey {
    /// What the times were taken on.
    pub machine: Machine,
    /// How busy the machine was meanwhile.
    pub busy: Busy,
    /// Workers of each paradigm.
    pub workers: usize,
    /// The caller was busy for this long before each run.
    #[serde(default)]
    pub pause: Duration,
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
    /// Better serial code than the base, if there is any: its name, and its result as a rival of the base at one number
    /// of items.
    pub better: Option<CellResult>,
    /// Serial code against itself: one cell, or several where there is only one workload.
    pub checks: Vec<CellResult>,
    /// One for each paradigm.
    pub cells: Vec<CellResult>,
    /// A sentence, if its input has changed meanwhile.
    pub changed: Option<String>,
}

/// What was found for one paradigm on one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// The paradigm's name.
    pub paradigm: String,
    /// The result, or why there is none.
    pub outcome: Result<Measured, String>,
}

impl Survey {
    /// Why cells failed: each reason once.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        self.workloads.iter().flat_map(WorkloadResult::failures)
    }
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

    /// Why cells of it failed: each reason once.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        let cells = self.checks.iter().chain(&self.better).chain(&self.cells);
        reasons(cells).chain(self.changed.as_deref())
    }

    /// The largest size that was measured; `None` if every cell failed.
    pub fn largest(&self) -> Option<usize> {
        self.serial_curve().last().map(|&(n, _)| n)
    }
}

/// Why any of these failed: each reason once, where the same stands in several that follow each other.
pub(crate) fn reasons<'a>(
    cells: impl IntoIterator<Item = &'a CellResult>,
) -> impl Iterator<Item = &'a str> {
    let reasons = cells
        .into_iter()
        .filter_map(|cell| cell.outcome.as_ref().err());
    let mut last = None;
    reasons.filter_map(move |reason| (last.replace(reason) != Some(reason)).then_some(&**reason))
}

/// Measures every paradigm on every workload, by the number of items.
///
/// A cell that fails holds the reason, and the others go on. `tell` is told what happens.
pub fn survey(plan: &Plan, mut tell: impl FnMut(Event<'_>)) -> Survey {
    let mut axes = Vec::new();
    let mut known = Vec::new();
    for problem in &plan.problems {
        tell(Event::Next(&problem.name, Serial::ID, 0.0));
        let sizes = once_more(|| plan.sizes(problem), |error| tell(Event::Again(error)));
        axes.push(match sizes {
            Ok(sizes) => {
                let axis = Axis::Items(sizes.list.clone());
                known.push((problem, sizes));
                Ok(axis)
            }
            Err(error) => Err(error.to_string()),
        });
    }
    if let Some(time) = plan.needs(&known) {
        tell(Event::Needs(time));
    }
    measure(plan, Along::Items, &axes, tell)
}

/// The same with 1, 2, 4, ... workers, and always with all items: the rival has as many workers as the place says, the
/// base is serial code in the same process.
pub fn scaling(plan: &Plan, tell: impl FnMut(Event<'_>)) -> Survey {
    let counts = worker_counts(Machine::this().cores);
    let places = |_: &Problem| counts.clone();
    measure_at_places(plan, Along::Workers, places, tell)
}

/// Measures every workload at these places, each with all items.
pub(crate) fn measure_at_places(
    plan: &Plan,
    along: Along,
    places: impl Fn(&Problem) -> Vec<usize>,
    mut tell: impl FnMut(Event<'_>),
) -> Survey {
    let axes = plan.problems.iter().map(|problem| {
        let seconds = once_more(|| plan.seconds(problem), |error| tell(Event::Again(error)));
        let seconds = seconds.map_err(|error| error.to_string())?;
        let places = places(problem).into_iter().map(|at| (at, seconds));
        Ok(Axis::Places(places.collect()))
    });
    let axes: Vec<_> = axes.collect();
    measure(plan, along, &axes, tell)
}

/// Powers of two up to twice the number of cores, and that number itself.
fn worker_counts(cores: usize) -> Vec<usize> {
    let twice = 2 * cores;
    let is_place = |count: &usize| count.is_power_of_two() || *count == cores;
    (1..=twice).filter(is_place).collect()
}

/// Serial code against better serial code gets this share of the time of another cell: it has one size only.
const WEIGHT_OF_BETTER: f64 = 0.25;

/// Better serial code is compared with a problem's own at the largest size that has no more items than this.
const BETTER_BASE_ITEMS: usize = 20_000;

/// Measures every workload along its axis: all cells in turns, each round in a process of its own. Where there is no
/// axis, each cell fails for the same reason.
fn measure(
    plan: &Plan,
    along: Along,
    axes: &[Result<Axis, String>],
    mut tell: impl FnMut(Event<'_>),
) -> Survey {
    // Two in all, at least, because each is judged by the others. For probes no noise floor is needed.
    let checks = match (along, plan.problems.len()) {
        (Along::Probes, _) => 0,
        (_, 1) => 2,
        _ => 1,
    };
    let mut cells = Vec::new();
    for (problem, axis) in plan.problems.iter().zip(axes) {
        let Ok(axis) = axis else { continue };
        let cell = |paradigm: &str, purpose, weight| Cell {
            subject: Trial {
                along,
                pause: plan.pause,
                ..Trial::by_items(paradigm, plan.workers, problem)
            },
            axis: axis.clone(),
            purpose,
            weight,
        };
        let check = |_| cell(Serial::ID, Purpose::Check, 1.0 / f64::from(checks));
        let compare = |paradigm: &String| cell(paradigm, Purpose::Compare, 1.0);
        cells.extend((0..checks).map(check));
        cells.extend(plan.paradigms.iter().map(compare));
        if let (Some(_), Axis::Items(sizes)) = (&problem.better, axis) {
            let at = sizes.iter().rfind(|(n, _)| *n <= BETTER_BASE_ITEMS);
            let mut better = cell(Serial::ID, Purpose::Compare, WEIGHT_OF_BETTER);
            better.subject.along = Along::Kernels;
            better.axis = Axis::Places(vec![*at.expect("there is a size")]);
            cells.push(better);
        }
    }
    let watch = Watch::start();
    let begun = SystemTime::now();
    let findings = estimator::measure(
        &cells,
        plan.budget,
        |trial| stopwatch(&Subject::Paradigm(trial.clone())),
        |event| match event {
            estimator::Event::Turn(trial, done) => {
                tell(Event::Next(&trial.problem.name, &trial.paradigm, done));
            }
            estimator::Event::Again(error) => tell(Event::Again(error)),
        },
    );
    let mut outcomes = findings.cells.into_iter();
    let workload = |(problem, axis): (&Problem, &Result<Axis, String>)| {
        let mut result = |paradigm: &str| CellResult {
            paradigm: paradigm.to_owned(),
            outcome: match axis {
                Ok(_) => outcomes.next().expect("each cell has an outcome"),
                Err(reason) => Err(reason.clone()),
            },
        };
        WorkloadResult {
            name: problem.name.clone(),
            n: problem.len,
            details: problem.details.clone(),
            base: problem.base(),
            checks: (0..checks).map(|_| result(Serial::ID)).collect(),
            cells: plan.paradigms.iter().map(|it| result(it)).collect(),
            better: match (&problem.better, axis) {
                (Some(better), Ok(Axis::Items(_))) => Some(result(&better.base())),
                _ => None,
            },
            changed: problem.changed_since(begun).map(|what| {
                let name = &problem.name;
                format!("{name}: its input has changed while it was measured: {what}")
            }),
        }
    };
    Survey {
        workloads: plan.problems.iter().zip(axes).map(workload).collect(),
        machine: Machine::this(),
        busy: watch.stop(findings.spread),
        workers: plan.workers.get(),
        pause: plan.pause,
        noise_floor: findings.noise_floor,
    }
}
