//! The results as tables of text, for the terminal and for the pages.

use laboratory::floors::{Floors, Group};
use laboratory::survey::{Scaling, WorkloadResult};
use laboratory::versus::Comparison;
use laboratory::waterfall::Waterfall;

/// A table: its head, and rows of as many cells. The first column is text, the others are numbers; the important
/// columns come first, since a narrow terminal drops the last ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What the columns are.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// One row for each paradigm: where it starts to win, and what it gains at the largest size. The best comes first.
pub fn crossovers(result: &WorkloadResult, workers: usize) -> Table {
    todo!("{result:?} {workers}")
}

/// The speedup of each paradigm at each size that most were measured at.
pub fn speedups(result: &WorkloadResult) -> Table {
    todo!("{result:?}")
}

/// The parts of runs, one row for each paradigm.
pub fn waterfalls(waterfalls: &[Waterfall]) -> Table {
    todo!("{waterfalls:?}")
}

/// The floors of one group, one row for each, and one more for each second thing that is built on it.
pub fn floors(floors: &Floors, group: Group) -> Table {
    todo!("{floors:?} {group:?}")
}

/// Python's ways and ours, each compared with the best serial code of its own language, and with Python's pool.
pub fn versus(comparison: &Comparison) -> Table {
    todo!("{comparison:?}")
}

/// Speedups of one workload, one row for each paradigm and number of workers.
pub fn scaling(scaling: &Scaling, cores: usize) -> Table {
    todo!("{scaling:?} {cores}")
}
