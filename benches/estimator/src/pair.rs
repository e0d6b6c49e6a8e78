//! What is measured: runs in pairs, pairs in rounds.

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Which of the two that are compared runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// What is compared with: serial code, a bare system call.
    Base,
    /// What is compared: a paradigm, what is built on the system call.
    Rival,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Base => Self::Rival,
            Self::Rival => Self::Base,
        }
    }
}

/// A run that is to be timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Who runs.
    pub side: Side,
    /// Where on the [axis](crate::Axis): a number of items or of workers.
    pub at: usize,
}

/// One run of the base and one of the rival at the same place, one right after the other, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Where on the axis.
    pub at: usize,
    /// The base's time.
    pub base: f64,
    /// The rival's time.
    pub rival: f64,
}

impl Pair {
    /// ln(rival / base): positive where the rival takes longer. Twice as long and half as long are equally far from 0.
    pub fn log_ratio(&self) -> f64 {
        (self.rival / self.base).ln()
    }
}

/// Pairs that one fresh process took; there may be several of each place.
pub type Round = Vec<Pair>;

/// How long to wait for runs that are `expected` to take this long. The limit is generous, because the machine may be
/// busy, and because what is expected may be a guess.
pub fn limit(expected: Duration) -> Duration {
    LEAST_LIMIT.saturating_add(expected.saturating_mul(GENEROUS))
}

const LEAST_LIMIT: Duration = Duration::from_secs(10);
const GENEROUS: u32 = 20;

/// Something that runs the base and its rival, and says how long each run took.
pub trait Stopwatch {
    /// Runs all of `runs` in this order, and returns the seconds of each. `expected` is how long all of them together
    /// should take. If they take [much longer](limit), a stopwatch that is a process of its own gives up.
    ///
    /// # Errors
    ///
    /// If one of them failed: a sentence that says which and why. [`io::ErrorKind::Interrupted`] if a process was killed,
    /// so that another try may succeed; [`io::ErrorKind::TimedOut`] if it gave up.
    fn time(&mut self, runs: &[Run], expected: Duration) -> io::Result<Vec<f64>>;
}
