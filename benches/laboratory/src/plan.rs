//! What is to be measured, at which sizes, and how long that takes at least.

use std::io;
use std::num::NonZero;
use std::time::{Duration, Instant};

use estimator::axis::{fewest_rounds, longest_run, sizes_up_to};
use estimator::{Run, Side, Stopwatch};
use workloads::{Paradigm, Serial};

use crate::measuring::{MeasuringProcess, Subject};
use crate::problem::Problem;
use crate::trial::Trial;

/// What is to be measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The workloads, each at the largest size that may be measured.
    pub problems: Vec<Problem>,
    /// The names of the paradigms.
    pub paradigms: Vec<String>,
    /// Workers of each paradigm.
    pub workers: NonZero<usize>,
    /// The caller is busy for this long before each run.
    pub pause: Duration,
    /// How long all of it may take.
    pub budget: Duration,
    /// Whether the largest size is measured even if it does not fit the budget.
    pub insist_on_largest: bool,
}

/// The sizes that a problem is measured at.
pub(crate) struct Sizes {
    /// In rising order, each with how many seconds serial code takes.
    pub(crate) list: Vec<(usize, f64)>,
    /// Seconds until a measuring process has given its first answer.
    start: f64,
}

impl Plan {
    /// How much of the budget each paradigm has on each problem.
    fn of_cell(&self) -> Duration {
        self.budget / (self.problems.len() * (1 + self.paradigms.len())) as u32
    }

    /// The sizes at which serial code takes a fitting time, or all of them.
    ///
    /// # Errors
    ///
    /// What serial code says.
    pub(crate) fn sizes(&self, problem: &Problem) -> io::Result<Sizes> {
        let longest = longest_run(self.of_cell()).as_secs_f64();
        let serial = Trial::by_items(Serial::ID, self.workers, problem);
        let begin = Instant::now();
        let mut process = MeasuringProcess::start(&Subject::Paradigm(serial))?;
        let mut list: Vec<(usize, f64)> = Vec::new();
        let mut start = 0.0;
        for at in sizes_up_to(problem.len, self.of_cell()) {
            let expected = list.last().map_or(self.unknown(), |&(n, seconds)| {
                Duration::from_secs_f64(2.0 * seconds * at as f64 / n as f64)
            });
            let side = Side::Base;
            let twice = process.time(&[Run { side, at }; 2], expected)?;
            let seconds = twice[0].min(twice[1]);
            if list.is_empty() {
                start = begin.elapsed().as_secs_f64() - 2.0 * seconds;
            } else if seconds > longest && !self.insist_on_largest {
                break;
            }
            list.push((at, seconds));
        }
        Ok(Sizes { list, start })
    }

    /// How many seconds serial code takes for all of a problem.
    ///
    /// # Errors
    ///
    /// What serial code says.
    pub(crate) fn seconds(&self, problem: &Problem) -> io::Result<f64> {
        let serial = Trial::by_items(Serial::ID, self.workers, problem);
        let mut process = MeasuringProcess::start(&Subject::Paradigm(serial))?;
        let (side, at) = (Side::Base, problem.len);
        Ok(process.time(&[Run { side, at }], self.unknown())?[0])
    }

    /// How long a run is expected to take of which nothing is known. If it takes several times the budget, nothing can be
    /// measured.
    fn unknown(&self) -> Duration {
        self.budget / 10
    }

    /// About how long the fewest rounds at these sizes of each problem take, if the budget is much too small for them.
    pub(crate) fn needs(&self, sizes: &[(&Problem, Sizes)]) -> Option<Duration> {
        let of_cells = |overhead: f64| {
            let of_cell = |(_, it): &(_, Sizes)| {
                // One pair of each size in a round.
                let pauses = 2.0 * self.pause.as_secs_f64() * it.list.len() as f64;
                fewest_rounds(&it.list, it.start + pauses, overhead)
            };
            sizes.iter().map(of_cell).sum::<f64>()
        };
        let overheads = self
            .paradigms
            .iter()
            .map(|it| self.overhead(it, sizes.first()));
        let needed = of_cells(0.0) + overheads.map(of_cells).sum::<f64>();
        let is_too_much = needed > MUCH_TOO_SMALL * self.budget.as_secs_f64();
        is_too_much.then(|| Duration::from_secs_f64(needed))
    }

    /// How many seconds a paradigm takes longer than serial code. This matters only with many workers.
    fn overhead(&self, paradigm: &str, sizes: Option<&(&Problem, Sizes)>) -> f64 {
        let Some((problem, sizes)) = sizes.filter(|_| self.workers.get() > MANY) else {
            return 0.0;
        };
        let &(at, base) = sizes.list.last().expect("there is a size");
        let side = Side::Rival;
        let trial = Trial::by_items(paradigm, self.workers, problem);
        let process = MeasuringProcess::start(&Subject::Paradigm(trial));
        let times = process.and_then(|mut process| {
            process.time(&[Run { side, at }], Duration::from_secs_f64(base))
        });
        // If it fails, so does its cell, which says why.
        times.map_or(0.0, |times| (times[0] - base).max(0.0))
    }
}

/// So many workers start within milliseconds.
const MANY: usize = 16;

/// A budget that is exceeded by less than this factor is near enough.
const MUCH_TOO_SMALL: f64 = 1.5;
