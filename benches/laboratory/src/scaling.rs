//! Paradigms with 1, 2, 4, ... workers.
//!
//! Each paradigm on each workload is a cell along the number of workers, whose base is serial code in the same process: a
//! speedup is a ratio of times that were taken one right after the other.

use std::io;
use std::num::NonZero;
use std::time::Duration;

use estimator::Axis;
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::cells::{CellResult, cells, checks_each, measure};
use crate::machine::{Busy, Machine};
use crate::problem::Problem;
use crate::trial::{Along, Trial};

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

/// Measures every paradigm on every problem, at its largest size, with 1, 2, 4, ... workers. A cell that fails holds the
/// reason. `progress` is told the workload, the paradigm, and which share of the whole is done, 0 to 1.
///
/// # Errors
///
/// If every cell failed: the first reason.
pub fn scaling(
    problems: &[Problem],
    paradigms: &[String],
    budget: Duration,
    progress: impl FnMut(&str, &str, f64),
) -> io::Result<Vec<Scaling>> {
    let machine = Machine::this();
    let checks = checks_each(problems);
    let axis = Axis::Places(worker_counts(machine.cores));
    let cells = problems.iter().flat_map(|problem| {
        let mut serial = Trial::by_items(Serial::ID, NonZero::<usize>::MIN, problem);
        serial.along = Along::Workers { n: problem.len };
        cells(&serial, &axis, checks, paradigms)
    });
    let mut found = measure(&cells.collect::<Vec<_>>(), budget, progress);
    let scaling = problems.iter().map(|problem| Scaling {
        machine: machine.clone(),
        busy: found.busy,
        workload: problem.name.clone(),
        n: problem.len,
        noise_floor: found.noise_floor,
        cells: found.take(checks, paradigms.len()).1,
    });
    let scaling: Vec<_> = scaling.collect();
    let all = || scaling.iter().flat_map(|scaling| &scaling.cells);
    match all().find_map(|cell| cell.outcome.as_ref().err()) {
        Some(reason) if all().all(|cell| cell.outcome.is_err()) => {
            Err(io::Error::other(reason.clone()))
        }
        _ => Ok(scaling),
    }
}

/// Powers of two up to twice the number of cores, and that number itself.
fn worker_counts(cores: usize) -> Vec<usize> {
    let twice = 2 * cores;
    let is_place = |count: &usize| count.is_power_of_two() || *count == cores;
    (1..=twice).filter(is_place).collect()
}
