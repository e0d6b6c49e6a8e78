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

use std::io;
use std::num::NonZero;
use std::time::{Duration, Instant};

use estimator::axis::{longest_run, sizes_up_to};
use estimator::{Axis, Cell, Purpose, Run, Side, Stopwatch, measure};
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::machine::{Busy, Machine, Watch};
use crate::measuring::{Problem, Subject, Trial, stopwatch};
use crate::python::PythonProcess;
use crate::survey::{CellResult, WorkloadResult};

/// Python's way that the chapter uses.
pub const POOL: &str = "pool";

/// The paradigm that does what Python's pool does: children are forked, and answers come through pipes.
pub const FORK: &str = "processes/fork";

/// The Rust ways. The first is the cheapest, the last moves no answer.
const OURS: [&str; 3] = ["threads/scoped", FORK, "shared-memory/mapped"];

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
    /// How busy it was meanwhile.
    pub busy: Busy,
    /// Workers of each parallel way.
    pub workers: usize,
    /// How far serial code against itself came out from 0 though nothing differs, as ln(time / time).
    pub noise_floor: f64,
    /// In Python, whose details are its versions, and in Rust. Each has the name of its language.
    pub languages: [WorkloadResult; 2],
    /// Python's pool as the rival of our fork, by the number of items: the same way in both languages.
    pub pool_against_fork: CellResult,
    /// Python's best serial code as the rival of our serial code.
    pub serial_against_serial: CellResult,
}

impl Comparison {
    /// All that was measured.
    pub fn cells(&self) -> impl Iterator<Item = &CellResult> {
        let in_one = self.languages.iter();
        let in_one = in_one.flat_map(|language| language.checks.iter().chain(&language.cells));
        in_one.chain([&self.pool_against_fork, &self.serial_against_serial])
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

/// Python's lists of more items than this do not fit into the memory of small machines.
const MOST_ITEMS: usize = 10_000_000;

/// The slowest way may take so long in any case: at smaller sizes, starting workers is all that is seen.
const LEAST_LIMIT: Duration = Duration::from_millis(50);

/// A size is too long if each of so many runs is: one may be slow by chance.
const TRIES: usize = 3;

/// The number of rounds of each cell that sizes are chosen for.
const ROUNDS: u32 = 12;

/// Measures both languages in turns. `progress` is told which share of the whole is done, 0 to 1.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] if Python or something that it needs is not installed; if a way of Python fails or gives
/// another answer when it is first tried. Each is one sentence.
pub fn compare(request: &Request, mut progress: impl FnMut(f64)) -> io::Result<Comparison> {
    let begin = Instant::now();
    let watch = Watch::start();
    let input = match &*request.workload {
        "random-squares" => vec!["plain".to_owned()],
        _ => Vec::new(),
    };
    let largest = request.largest.unwrap_or(MOST_ITEMS);
    let problem = Problem::new(&request.workload, largest, &input)?;
    let trial = |way: &str| Trial::by_items(way, request.workers, &problem);
    let mut process = PythonProcess::start(trial(POOL))?;
    let time_to_start = begin.elapsed();
    let python = process.about.clone();
    let best_serial = &*python.best_serial;
    let mut ways: Vec<&str> = python.others.iter().map(String::as_str).collect();
    ways.retain(|&way| request.every_way || way == POOL);

    let number = ways.len() + OURS.len() + 4; // the languages with each other, and two checks
    let of_cell = request.budget.div_f64(number as f64);
    let limit = match request.largest {
        None => longest_run(of_cell.saturating_sub(ROUNDS * time_to_start)).max(LEAST_LIMIT),
        Some(_) => Duration::MAX, // it is insisted on
    };
    // The ways of Rust are not asked: Python's pool takes longer.
    let sizes = sizes(largest, limit, |n| {
        let runs = ways.iter().chain([&best_serial]).map(|&way| (way, n));
        let times = process.run(&runs.collect::<Vec<_>>())?;
        Ok(times.into_iter().fold(0.0, f64::max))
    })?;
    drop(process);

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
    let findings = measure(
        &cells,
        request.budget.saturating_sub(begin.elapsed()),
        |&compared| start(compared, trial),
        |_, done| progress(done),
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
    })
}

/// Fresh processes for one round.
fn start(compared: Compared, trial: impl Fn(&str) -> Trial) -> io::Result<Box<dyn Stopwatch>> {
    let rust = |paradigm| stopwatch(&Subject::Paradigm(trial(paradigm)));
    let python = |way| PythonProcess::start(trial(way)).map(Box::new);
    Ok(match compared {
        Compared::Python(way) => python(way)?,
        Compared::Rust(paradigm) => rust(paradigm)?,
        Compared::Both(paradigm, way) => Box::new(TwoProcesses([rust(paradigm)?, python(way)?])),
    })
}

/// Two processes as one stopwatch: the rival of the first is the base, that of the second is the rival.
struct TwoProcesses([Box<dyn Stopwatch>; 2]);

impl Stopwatch for TwoProcesses {
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let mut times = Vec::new();
        // One question for each run: so both processes take turns, and never run at once.
        for &Run { side, at } in runs {
            let process = &mut self.0[usize::from(side == Side::Rival)];
            let side = Side::Rival;
            times.extend(process.time(&[Run { side, at }])?);
        }
        Ok(times)
    }
}

/// The powers of ten up to the last size, and that, each with the seconds of the slowest way.
///
/// The last is that of 1, 2, 5, 10 ... `largest` at which the slowest way takes no longer than `limit`, so that all
/// ways can be run often enough; starting the workers, which takes the same at every size, does not count.
fn sizes(
    largest: usize,
    limit: Duration,
    mut slowest: impl FnMut(usize) -> io::Result<f64>,
) -> io::Result<Vec<(usize, f64)>> {
    let mut sizes: Vec<(usize, f64)> = Vec::new();
    for n in sizes_up_to(largest, Duration::MAX) {
        let mut seconds = slowest(n)?;
        let start = sizes.first().map_or(seconds, |&(_, seconds)| seconds);
        let longest = start + limit.as_secs_f64();
        for _ in 1..TRIES {
            if seconds > longest {
                seconds = slowest(n)?;
            }
        }
        if seconds > longest {
            break;
        }
        sizes.push((n, seconds));
    }
    let last = sizes.last().map(|&(n, _)| n);
    sizes.retain(|&(n, _)| n == 10_usize.pow(n.ilog10()) || Some(n) == last);
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_end_where_the_slowest_way_takes_longer_than_the_limit() {
        // 10 ms to start the workers, and 1 µs an item.
        let slowest = |n: usize| Ok(0.01 + n as f64 * 1e-6);
        for (limit, last) in [
            (Duration::from_millis(50), 50_000),
            (Duration::from_millis(49), 20_000),
            (Duration::MAX, 70_000),
        ] {
            let sizes = sizes(70_000, limit, slowest).expect("it is made up");
            let sizes: Vec<_> = sizes.into_iter().map(|(n, _)| n).collect();
            assert_eq!(sizes, [1, 10, 100, 1_000, 10_000, last]);
        }
    }

    /// A run of the base takes the first number of seconds, one of the rival the second.
    struct MadeUp([f64; 2]);

    impl Stopwatch for MadeUp {
        fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
            let seconds = |run: &Run| self.0[usize::from(run.side == Side::Rival)];
            Ok(runs.iter().map(seconds).collect())
        }
    }

    #[test]
    fn the_rivals_of_two_processes_are_compared() {
        let (rust, python) = (MadeUp([1.0, 2.0]), MadeUp([3.0, 4.0]));
        let mut both = TwoProcesses([Box::new(rust), Box::new(python)]);
        let runs = [Side::Rival, Side::Base].map(|side| Run { side, at: 1 });
        assert_eq!(both.time(&runs).expect("it is made up"), [4.0, 2.0]);
    }
}
