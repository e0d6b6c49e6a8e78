//! The processes of both languages, as stopwatches.

use std::io;
use std::num::NonZero;
use std::rc::Rc;

use estimator::{Run, Side, Stopwatch};

use crate::measuring::{self, Problem, Subject, Trial};
use crate::python::Program;

/// Python's way that the chapter uses.
pub const POOL: &str = "pool";

/// The paradigm that does what Python's pool does: children are forked, and answers come through pipes.
pub const FORK: &str = "processes/fork";

/// What a cell compares, and so which processes its stopwatch holds.
#[derive(Clone, Debug)]
pub(super) enum Compared {
    /// Python's best serial code with this way.
    Python(String),
    /// Serial Rust code with this paradigm.
    Rust(&'static str),
    /// Rust with Python: their best serial code ([`Side::Base`]), or [`FORK`] with [`POOL`] ([`Side::Rival`]).
    Languages(Side),
}

/// What processes are started from.
pub(super) struct Starter {
    pub(super) program: Rc<Program>,
    pub(super) problem: Problem,
    pub(super) workers: NonZero<usize>,
}

impl Starter {
    /// Fresh processes for one round.
    pub(super) fn start(&self, compared: &Compared) -> io::Result<Box<dyn Stopwatch>> {
        match compared {
            Compared::Python(way) => Ok(Box::new(self.program.start(way)?)),
            Compared::Rust(paradigm) => {
                let trial = Trial::by_items(paradigm, self.workers, &self.problem);
                measuring::stopwatch(&Subject::Paradigm(trial))
            }
            Compared::Languages(side) => {
                let rust = self.start(&Compared::Rust(FORK))?;
                let python = self.start(&Compared::Python(POOL.to_owned()))?;
                Ok(Box::new(TwoProcesses([rust, python], *side)))
            }
        }
    }
}

/// Two processes as one stopwatch: the first is the base, the second its rival. Each runs this one of its own sides.
struct TwoProcesses([Box<dyn Stopwatch>; 2], Side);

impl Stopwatch for TwoProcesses {
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let Self([base, rival], side) = self;
        // One question for each run: so both processes take turns, and never run at once.
        let time = |run: &Run| {
            let process = if run.side == Side::Base {
                &mut *base
            } else {
                &mut *rival
            };
            process.time(&[Run {
                side: *side,
                at: run.at,
            }])
        };
        let times: io::Result<Vec<_>> = runs.iter().map(time).collect();
        times.map(|times| times.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run takes so many seconds for each item: of the base, or of the rival.
    struct MadeUp(f64, f64);

    impl Stopwatch for MadeUp {
        fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
            let seconds =
                |run: &Run| run.at as f64 * [self.0, self.1][usize::from(run.side == Side::Rival)];
            Ok(runs.iter().map(seconds).collect())
        }
    }

    #[test]
    fn two_processes_are_compared_by_the_same_side_of_each() {
        for (side, expected) in [(Side::Base, [300.0, 3.0]), (Side::Rival, [600.0, 6.0])] {
            let mut languages = TwoProcesses(
                [Box::new(MadeUp(1.0, 2.0)), Box::new(MadeUp(100.0, 200.0))],
                side,
            );
            let runs = [Side::Rival, Side::Base].map(|side| Run { side, at: 3 });
            assert_eq!(languages.time(&runs).expect("it is made up"), expected);
        }
    }
}
