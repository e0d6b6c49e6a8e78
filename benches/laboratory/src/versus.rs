//! The same workload in Python and here, measured in turns.

use estimator::Measured;
use serde::{Deserialize, Serialize};

use crate::machine::{Busy, Machine};
use crate::survey::CellResult;

/// What was found for one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comparison {
    /// The workload's name.
    pub workload: String,
    /// Our kernel.
    pub details: String,
    /// What the times were taken on.
    pub machine: Machine,
    /// How busy it was meanwhile.
    pub busy: Busy,
    /// What Python says of itself.
    pub python: Python,
    /// Workers of each parallel way.
    pub workers: usize,
    /// How far serial code against itself came out from 0 though nothing differs, as ln(time / time).
    pub noise_floor: f64,
    /// Python's ways.
    pub theirs: Language,
    /// Our ways.
    pub ours: Language,
    /// Python's pool as the rival of our fork, by the number of items: the same way in both languages.
    pub pool_against_fork: CellResult,
    /// Python's best serial code as the rival of our serial code.
    pub serial_against_serial: CellResult,
}

/// What was found in one language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Language {
    /// Its name: `Python` or `Rust`.
    pub name: String,
    /// Its best serial code, which its ways are compared with.
    pub serial: String,
    /// Its parallel ways, by name.
    pub ways: Vec<CellResult>,
}

/// What a program says of itself when it has started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Python {
    /// Python's version.
    pub python: String,
    /// NumPy's version.
    pub numpy: String,
    /// joblib's version, if that is installed.
    pub joblib: Option<String>,
    /// Cores that it may use.
    pub cores: usize,
    /// The ways that it can run, serial ones first.
    pub ways: Vec<String>,
    /// The fastest of the serial ways: what speedup is measured against.
    pub best_serial: String,
}

impl Language {
    /// What was measured of the way of that name.
    pub fn way(&self, name: &str) -> Option<&Measured> {
        let way = self.ways.iter().find(|way| way.paradigm == name)?;
        way.outcome.as_ref().ok()
    }
}
