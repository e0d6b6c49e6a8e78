//! What is to be measured, as cells: serial code against itself, and against each paradigm.

use std::num::NonZero;
use std::time::Duration;

use estimator::{Axis, Cell, Measured, Purpose};
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::machine::{Busy, Watch};
use crate::measuring::{Subject, stopwatch};
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

/// What was found for one paradigm on one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// The paradigm's name.
    pub paradigm: String,
    /// The result, or why there is none.
    pub outcome: Result<Measured, String>,
}

/// The cells that were measured, with their names.
pub fn measured(cells: &[CellResult]) -> impl Iterator<Item = (&str, &Measured)> {
    let measured = cells.iter();
    measured.filter_map(|cell| Some((cell.paradigm.as_str(), cell.outcome.as_ref().ok()?)))
}

/// What was found, in the order of the cells.
pub(crate) struct Found {
    pub(crate) noise_floor: f64,
    pub(crate) busy: Busy,
    pub(crate) cells: Vec<CellResult>,
}

impl Plan {
    /// Check cells of each workload: there are two in all, at least, because each is judged by the others.
    pub(crate) fn checks(&self) -> usize {
        if self.problems.len() == 1 { 2 } else { 1 }
    }

    /// Serial code on `problem` against itself, in so many check cells, and against each paradigm.
    pub(crate) fn cells(
        &self,
        problem: &Problem,
        along: Along,
        axis: &Axis,
        checks: usize,
    ) -> Vec<Cell<Trial>> {
        let cell = |paradigm: &str, purpose, weight| Cell {
            subject: Trial {
                along,
                ..Trial::by_items(paradigm, self.workers, problem)
            },
            axis: axis.clone(),
            purpose,
            weight,
        };
        let check = cell(Serial::ID, Purpose::Check, 1.0 / checks as f64);
        let paradigms = self.paradigms.iter();
        let compared = paradigms.map(|paradigm| cell(paradigm, Purpose::Compare, 1.0));
        vec![check; checks].into_iter().chain(compared).collect()
    }

    /// Measures `cells` in turns, each round in a process of its own. `progress` is told the workload, the paradigm, and
    /// which share is done, 0 to 1.
    pub(crate) fn measure(
        &self,
        cells: &[Cell<Trial>],
        mut progress: impl FnMut(&str, &str, f64),
    ) -> Found {
        let watch = Watch::start();
        let findings = estimator::measure(
            cells,
            self.budget,
            |trial| stopwatch(&Subject::Paradigm(trial.clone())),
            |trial, done| progress(&trial.problem.name, &trial.paradigm, done),
        );
        let outcomes = cells.iter().zip(findings.cells);
        let results = outcomes.map(|(cell, outcome)| CellResult {
            paradigm: cell.subject.paradigm.clone(),
            outcome,
        });
        Found {
            noise_floor: findings.noise_floor,
            busy: watch.stop(findings.spread),
            cells: results.collect(),
        }
    }
}
