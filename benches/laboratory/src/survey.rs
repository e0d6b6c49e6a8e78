//! Every paradigm on every workload; and one workload with 1, 2, ... workers.

use std::collections::BTreeMap;

use estimator::Measured;
use estimator::statistics::median;
use serde::{Deserialize, Serialize};

use crate::machine::{Busy, Machine};

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

    /// Serial times by size, in seconds: the median over the cells, each of which measured them.
    /// Sizes that only one of them looked at more closely are left out.
    pub fn serial_curve(&self) -> Vec<(usize, f64)> {
        let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        let cells: Vec<_> = measured(&self.cells)
            .chain(measured(&self.checks))
            .collect();
        for size in cells
            .iter()
            .flat_map(|(_, measured)| &measured.estimate.places)
        {
            by_size.entry(size.at).or_default().push(size.base.median);
        }
        by_size
            .into_iter()
            .filter(|(_, times)| 2 * times.len() > cells.len())
            .map(|(n, times)| (n, median(times)))
            .collect()
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
