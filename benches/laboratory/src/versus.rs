//! The same workload in Python and in Rust, measured in turns.
//!
//! Each way to run it in parallel is a cell of the [engine](estimator::engine). Its base is the best serial code of its
//! own language, because the question is at which size parallel starts to win *in that language*. So each language has
//! the result of a workload, as in a survey. Two more cells compare the languages with each other.
//!
//! Python needs 0.1 s and more to start and to import NumPy, so there are fewer rounds than in a survey, and only
//! `sizes` that are short.
//!
//! Both languages compute the same answers, compared by digest in each run. The Rust kernel is the plain one, one
//! item after the other, as in Python: what is compared is the language and its ways, not the algorithm. Python's
//! memory is left as it is by default. In Rust each answer goes to fresh memory ([`crate::measuring`]), so `numpy`
//! may write a large array faster than serial Rust code: it writes to pages that it had before.

use std::fmt;
use std::io;
use std::num::NonZero;
use std::time::{Duration, Instant};

use estimator::{Axis, Cell, Purpose, Run, Side, Stopwatch, measure, once_more};
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::event::Event;
use crate::machine::{Busy, Machine, Watch};
use crate::measuring::{Problem, Subject, Trial, stopwatch};
use crate::python::PythonProcess;
use crate::survey::{CellResult, WorkloadResult, reasons};

mod sizes;
pub mod tasks;

/// Python's way that the chapter uses.
pub const POOL: &str = "pool";

/// The paradigm that does what Python's pool does: children are forked, and answers come through pipes.
pub const FORK: &str = "processes/fork";

/// Python's pool that is started once and kept.
pub const KEPT_POOL: &str = "pool-kept";

/// The paradigm that does what that pool does.
pub const KEPT: &str = "processes/pool";

/// The Rust ways. The first is the cheapest, the last moves no answer.
const OURS: [&str; 4] = ["threads/scoped", FORK, KEPT, "shared-memory/mapped"];

/// What is to be compared.
#[derive(Clone, Debug)]
pub struct Request {
    /// The workload's name, one of [`WORKLOADS`](crate::python::WORKLOADS).
    pub workload: String,
    /// Workers of each parallel way.
    pub workers: NonZero<usize>,
    /// How long it may take. The fewest rounds that give an interval are done in any case.
    pub budget: Duration,
    /// Every way of Python, or [`POOL`] alone.
    pub every_way: bool,
    /// The largest number of items; without it, the largest for which the budget has the time.
    pub largest: Option<usize>,
}

/// What was found for one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comparison {
    /// The workload's name.
    pub workload: String,
    /// What the times were taken on.
    pub machine: Machine,
    /// How busy the machine was meanwhile.
    pub busy: Busy,
    /// Workers of each parallel way.
    pub workers: usize,
    /// How far serial code against itself came out from 0 though nothing differs, as ln(time / time).
    pub noise_floor: f64,
    /// In Python, whose details are its versions, and in Rust. Each has the name of its language.
    pub languages: [WorkloadResult; 2],
    /// Python's pool as the rival of our fork, by the number of items: the same way in both languages.
    pub pool_against_fork: CellResult,
    /// The same of pools that are kept; `None` if not every way was measured.
    pub kept_pools: Option<CellResult>,
    /// Python's best serial code as the rival of our serial code.
    pub serial_against_serial: CellResult,
}

impl Comparison {
    /// Why cells of it failed: each reason once.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        let in_one = self.languages.iter();
        let in_one = in_one.flat_map(|language| language.checks.iter().chain(&language.cells));
        let across = [&self.pool_against_fork, &self.serial_against_serial];
        reasons(in_one.chain(across).chain(&self.kept_pools))
    }
}

/// What a cell compares, and so which processes its stopwatch holds.
#[derive(Clone, Copy, Debug)]
enum Compared<'a> {
    /// Python's best serial code with this way.
    Python(&'a str),
    /// Serial Rust code with this paradigm.
    Rust(&'a str),
    /// This paradigm with this way of Python.
    Both(&'a str, &'a str),
}

impl fmt::Display for Compared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Python(way) => write!(f, "{way} in Python"),
            Self::Rust(paradigm) => write!(f, "{paradigm} in Rust"),
            Self::Both(paradigm, way) => write!(f, "{paradigm} in Rust and {way} in Python"),
        }
    }
}

/// Python's lists of more items than this do not fit into the memory of small machines.
const MOST_ITEMS: usize = 10_000_000;

/// Measures both languages in turns. `tell` is told what happens.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] if Python or something that it needs is not installed; if a way of Python fails or gives
/// another answer when it is first tried. Each is one sentence.
pub fn compare(request: &Request, mut tell: impl FnMut(Event<'_>)) -> io::Result<Comparison> {
    let begin = Instant::now();
    let watch = Watch::start();
    let input = match &*request.workload {
        "random-squares" => vec!["plain".to_owned()],
        _ => Vec::new(),
    };
    let largest = request.largest.unwrap_or(MOST_ITEMS);
    let problem = Problem::new(&request.workload, largest, &input)?;
    let trial = |way: &str| Trial::by_items(way, request.workers, &problem);
    let about = once_more(
        || sizes::python_and_sizes(request, trial(POOL)),
        |error| tell(Event::Again(error)),
    );
    let (python, sizes) = about?;
    let best_serial = &*python.best_serial;
    let ways: Vec<&str> = python.others.iter().map(String::as_str).collect();

    let cell = |purpose, subject| Cell {
        axis: Axis::Items(sizes.clone()),
        purpose,
        // A measuring process starts much faster than Python.
        weight: match subject {
            Compared::Rust(_) => 0.5,
            _ => 1.0,
        },
        subject,
    };
    let compared = |subject| cell(Purpose::Compare, subject);
    let mut cells = vec![cell(Purpose::Check, Compared::Python(best_serial))];
    cells.extend(ways.iter().map(|way| compared(Compared::Python(way))));
    cells.push(cell(Purpose::Check, Compared::Rust(Serial::ID)));
    cells.extend(OURS.map(|way| compared(Compared::Rust(way))));
    cells.push(compared(Compared::Both(FORK, POOL)));
    cells.push(compared(Compared::Both(Serial::ID, best_serial)));
    if request.every_way {
        cells.push(compared(Compared::Both(KEPT, KEPT_POOL)));
    }
    let findings = measure(
        &cells,
        request.budget.saturating_sub(begin.elapsed()),
        |&compared| start(compared, trial),
        |event| match event {
            estimator::Event::Turn(subject, done) => {
                tell(Event::Next(&request.workload, &subject.to_string(), done));
            }
            estimator::Event::Again(error) => tell(Event::Again(error)),
        },
    );

    let mut outcomes = findings.cells.into_iter();
    let mut result = |name: &str| CellResult {
        paradigm: name.to_owned(),
        outcome: outcomes.next().expect("each cell has an outcome"),
    };
    let mut language = |name: &str, details: &str, base: &str, ways: &[&str]| WorkloadResult {
        name: name.to_owned(),
        n: largest,
        details: details.to_owned(),
        base: base.to_owned(),
        better: None,
        checks: vec![result(base)],
        cells: ways.iter().map(|way| result(way)).collect(),
        changed: None,
    };
    Ok(Comparison {
        workload: request.workload.clone(),
        machine: Machine::this(),
        busy: Busy {
            others: None, // workers that outlive their program would count as others
            ..watch.stop(findings.spread)
        },
        workers: request.workers.get(),
        noise_floor: findings.noise_floor,
        languages: [
            language("Python", &python.versions, best_serial, &ways),
            language("Rust", &problem.details, &problem.base(), &OURS),
        ],
        pool_against_fork: result(POOL),
        serial_against_serial: result(best_serial),
        kept_pools: request.every_way.then(|| result(KEPT_POOL)),
    })
}

/// Fresh processes for one round.
fn start(compared: Compared, trial: impl Fn(&str) -> Trial) -> io::Result<Box<dyn Stopwatch>> {
    let rust = |paradigm| stopwatch(&Subject::Paradigm(trial(paradigm)));
    let python = |way| PythonProcess::start(trial(way)).map(Box::new);
    Ok(match compared {
        Compared::Python(way) => python(way)?,
        Compared::Rust(paradigm) => rust(paradigm)?,
        Compared::Both(paradigm, way) => TwoProcesses::boxed(rust(paradigm)?, python(way)?),
    })
}

/// Two processes as one stopwatch: the rival of the first is the base, that of the second is the rival.
pub struct TwoProcesses([Box<dyn Stopwatch>; 2]);

impl TwoProcesses {
    /// Of the first and the second.
    pub fn boxed(base: Box<dyn Stopwatch>, rival: Box<dyn Stopwatch>) -> Box<dyn Stopwatch> {
        Box::new(Self([base, rival]))
    }
}

impl Stopwatch for TwoProcesses {
    fn time(&mut self, runs: &[Run], expected: Duration) -> io::Result<Vec<f64>> {
        let mut times = Vec::new();
        // One question for each run: so both processes take turns, and never run at once.
        for &Run { side, at } in runs {
            let process = &mut self.0[usize::from(side == Side::Rival)];
            let side = Side::Rival;
            times.extend(process.time(&[Run { side, at }], expected)?);
        }
        Ok(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run of the base takes the first number of seconds, one of the rival the second.
    struct MadeUp([f64; 2]);

    impl Stopwatch for MadeUp {
        fn time(&mut self, runs: &[Run], _expected: Duration) -> io::Result<Vec<f64>> {
            let seconds = |run: &Run| self.0[usize::from(run.side == Side::Rival)];
            Ok(runs.iter().map(seconds).collect())
        }
    }

    #[test]
    fn the_rivals_of_two_processes_are_compared() {
        let (rust, python) = (MadeUp([1.0, 2.0]), MadeUp([3.0, 4.0]));
        let mut both = TwoProcesses([Box::new(rust), Box::new(python)]);
        let runs = [Side::Rival, Side::Base].map(|side| Run { side, at: 1 });
        assert_eq!(
            both.time(&runs, Duration::ZERO).expect("it is made up"),
            [4.0, 2.0]
        );
    }
}
