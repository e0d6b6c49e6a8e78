//! The cells of one workload: serial code against itself, and against each paradigm.

use std::io;
use std::time::Duration;

use estimator::{Axis, Cell, Measured, Purpose};
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::machine::{Busy, Watch};
use crate::measuring::{Subject, stopwatch};
use crate::problem::Problem;
use crate::trial::Trial;

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

/// A/A cells of each workload: there are two in all, at least, because each is judged by the others.
pub(crate) fn checks_each(problems: &[Problem]) -> usize {
    if problems.len() == 1 { 2 } else { 1 }
}

/// `serial` code against itself, so often, and against each paradigm.
pub(crate) fn cells(
    serial: &Trial,
    axis: &Axis,
    checks: usize,
    paradigms: &[String],
) -> Vec<Cell<Trial>> {
    let cell = |paradigm: &str, purpose, weight| Cell {
        subject: Trial {
            paradigm: paradigm.to_owned(),
            ..serial.clone()
        },
        axis: axis.clone(),
        purpose,
        weight,
    };
    let check = cell(Serial::ID, Purpose::Check, 1.0 / checks as f64);
    let compared = paradigms.iter();
    let compared = compared.map(|paradigm| cell(paradigm, Purpose::Compare, 1.0));
    vec![check; checks].into_iter().chain(compared).collect()
}

/// What was found: the cells in their order.
pub(crate) struct Found {
    pub(crate) noise_floor: f64,
    pub(crate) busy: Busy,
    pub(crate) cells: std::vec::IntoIter<CellResult>,
}

impl Found {
    /// The next so many.
    pub(crate) fn take(&mut self, count: usize) -> Vec<CellResult> {
        self.cells.by_ref().take(count).collect()
    }

    /// The first reason as an error, if every paradigm failed.
    pub(crate) fn unless_all_failed(self) -> io::Result<Self> {
        let cells = self.cells.as_slice().iter();
        let mut compared = cells.filter(|cell| cell.paradigm != Serial::ID);
        match compared.clone().find_map(|cell| cell.outcome.as_ref().err()) {
            Some(reason) if compared.all(|cell| cell.outcome.is_err()) => {
                Err(io::Error::other(reason.clone()))
            }
            _ => Ok(self),
        }
    }
}

/// Measures all cells in turns, each round in a process of its own. `progress` is told the workload, the paradigm, and
/// which share is done, 0 to 1.
pub(crate) fn measure(
    cells: &[Cell<Trial>],
    budget: Duration,
    mut progress: impl FnMut(&str, &str, f64),
) -> Found {
    let watch = Watch::start();
    let findings = estimator::measure(
        cells,
        budget,
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
        cells: results.collect::<Vec<_>>().into_iter(),
    }
}
