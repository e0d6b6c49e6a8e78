//! The same workload in Python and in Rust, measured in turns.
//!
//! Each way to run it in parallel is a cell of the [engine](estimator::engine). Its base is the best serial code of its
//! own language, because the question is at which size parallel starts to win *in that language*. Two more cells compare
//! the languages with each other, and two compare serial code with itself: they give the noise floor.
//!
//! Python needs 0.1 s and more to start and to import NumPy, so there are fewer rounds than in a survey, and only
//! `sizes` that are short.
//!
//! Both languages compute the same answers, compared by digest in each run. The Rust kernel is the plain one, one item
//! after the other, as in Python: what is compared is the language and its ways, not the algorithm. Python's memory is
//! left as it is by default. In Rust each answer goes to fresh memory ([`crate::measuring`]), so `numpy` may write a large
//! array faster than serial Rust code: it writes to pages that it had before.

use std::io;
use std::num::NonZero;
use std::time::{Duration, Instant};

use estimator::axis::{longest_run, sizes_up_to};
use estimator::{Axis, Cell, Measured, Purpose, Run, Side, measure};
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::machine::{Busy, Machine, Watch};
use crate::measuring::Problem;
use crate::python::{Program, Python};
use crate::survey::CellResult;
use processes::{Compared, Starter};
pub use processes::{FORK, POOL};

mod processes;

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

impl Comparison {
    /// All that was compared.
    pub fn cells(&self) -> impl Iterator<Item = &CellResult> {
        let languages = [&self.pool_against_fork, &self.serial_against_serial];
        let ways = self.theirs.ways.iter().chain(&self.ours.ways);
        ways.chain(languages)
    }
}

impl Language {
    /// What was measured of the way of that name.
    pub fn way(&self, name: &str) -> Option<&Measured> {
        let way = self.ways.iter().find(|way| way.paradigm == name)?;
        way.outcome.as_ref().ok()
    }
}

/// Python's lists of more items than this do not fit into the memory of small machines.
const MOST_ITEMS: usize = 10_000_000;

/// A size is too long if each of so many runs is: one may be slow by chance.
const TRIES: usize = 3;

/// The slowest way may take so long in any case: at smaller sizes, starting workers is all that is seen.
const LEAST_LIMIT: Duration = Duration::from_millis(50);

/// The number of rounds of each cell that sizes are chosen for.
const ROUNDS: u32 = 12;

/// The number of cells that compare serial code with itself; they come first.
const CHECKS: usize = 2;

/// Measures both languages in turns. `progress` is told which share of the budget is used, 0 to 1.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] if Python or something that it needs is not installed; if a way fails or gives
/// another answer when it is first tried. Each is one sentence.
pub fn compare(request: &Request, mut progress: impl FnMut(f64)) -> io::Result<Comparison> {
    let begin = Instant::now();
    let watch = Watch::start();
    let largest = request.largest.unwrap_or(MOST_ITEMS);
    let input = match request.workload.as_str() {
        "random-squares" => &["plain".to_owned()][..],
        _ => &[],
    };
    let problem = Problem::new(&request.workload, largest, input)?;
    // The answer is the same whichever kernel computes it, so the fastest does.
    let checked = Problem::new(&request.workload, largest, &[])?;
    let starter = Starter {
        program: Program::new(checked, request.workers),
        problem,
        workers: request.workers,
    };
    let mut process = starter.program.start(POOL)?;
    let time_to_start = begin.elapsed();
    let python = process.about().clone();
    let is_asked =
        |way: &&String| **way != python.best_serial && (request.every_way || *way == POOL);
    let ways: Vec<_> = python.ways.iter().filter(is_asked).collect();

    // Beside the ways there are the checks, and as many cells that compare the languages.
    let number = 2 * CHECKS + ways.len() + OURS.len();
    let of_cell = request.budget.div_f64(number as f64);
    let limit = longest_run(of_cell.saturating_sub(ROUNDS * time_to_start)).max(LEAST_LIMIT);
    let mut fork = starter.start(&Compared::Rust(FORK))?;
    let sizes = sizes(request.largest, limit, |n| {
        let mut times = fork.time(&[Side::Base, Side::Rival].map(|side| Run { side, at: n }))?;
        for way in ways.iter().chain(&[&python.best_serial]) {
            times.extend(process.run(&[(way, n)])?);
        }
        Ok(times.into_iter().fold(0.0, f64::max))
    })?;
    drop((process, fork));

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
    let check = |subject| cell(Purpose::Check, subject);
    let compare = |subject| cell(Purpose::Compare, subject);
    let mut cells = vec![
        check(Compared::Python(python.best_serial.clone())),
        check(Compared::Rust(Serial::ID)),
        compare(Compared::Languages(Side::Rival)),
        compare(Compared::Languages(Side::Base)),
    ];
    cells.extend(
        ways.iter()
            .map(|&way| compare(Compared::Python(way.clone()))),
    );
    cells.extend(OURS.map(|way| compare(Compared::Rust(way))));
    let findings = measure(
        &cells,
        request.budget.saturating_sub(begin.elapsed()),
        |compared| starter.start(compared),
        |_, _| progress(begin.elapsed().div_duration_f64(request.budget).min(1.0)),
    );

    let mut outcomes = findings.cells.into_iter();
    for check in outcomes.by_ref().take(CHECKS) {
        check.map_err(io::Error::other)?;
    }
    let mut cell = |name: &str| CellResult {
        paradigm: name.to_owned(),
        outcome: outcomes.next().expect("each cell has an outcome"),
    };
    Ok(Comparison {
        workload: request.workload.clone(),
        details: starter.problem.details,
        machine: Machine::this(),
        busy: Busy {
            others: None, // workers that outlive their program would count as others
            ..watch.stop(findings.spread)
        },
        workers: request.workers.get(),
        noise_floor: findings.noise_floor,
        pool_against_fork: cell(POOL),
        serial_against_serial: cell(&python.best_serial),
        theirs: Language {
            name: "Python".to_owned(),
            serial: python.best_serial.clone(),
            ways: ways.iter().map(|way| cell(way)).collect(),
        },
        ours: Language {
            name: "Rust".to_owned(),
            serial: Serial::ID.to_owned(),
            ways: OURS.map(cell).into(),
        },
        python,
    })
}

/// The powers of ten up to the largest size, and the largest, each with the seconds of the slowest way.
///
/// The largest is the last of 1, 2, 5, 10 ... at which that takes no longer than `limit`, so that all ways can be run often
/// enough; starting the workers, which takes the same at every size, does not count. Only a size that is `insisted` on
/// is measured in any case.
fn sizes(
    insisted: Option<usize>,
    limit: Duration,
    mut slowest: impl FnMut(usize) -> io::Result<f64>,
) -> io::Result<Vec<(usize, f64)>> {
    let mut sizes: Vec<(usize, f64)> = Vec::new();
    for n in sizes_up_to(insisted.unwrap_or(MOST_ITEMS), Duration::MAX) {
        let mut seconds = slowest(n)?;
        let start = sizes.first().map_or(seconds, |&(_, seconds)| seconds);
        let is_too_long = |seconds| insisted.is_none() && seconds > start + limit.as_secs_f64();
        for _ in 1..TRIES {
            if is_too_long(seconds) {
                seconds = seconds.min(slowest(n)?);
            }
        }
        if is_too_long(seconds) {
            break;
        }
        sizes.push((n, seconds));
    }
    let largest = sizes.last().map(|&(n, _)| n);
    sizes.retain(|&(n, _)| n == 10_usize.pow(n.ilog10()) || Some(n) == largest);
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_over_the_limit_is_left_out_unless_it_is_insisted_on() {
        // 10 ms to start the workers, and 1 µs an item.
        let slowest = |n: usize| Ok(0.01 + n as f64 * 1e-6);
        let up_to = |insisted, milliseconds| {
            let limit = Duration::from_millis(milliseconds);
            let sizes = sizes(insisted, limit, slowest).expect("it is made up");
            sizes.into_iter().map(|(n, _)| n).collect::<Vec<_>>()
        };
        assert_eq!(up_to(None, 50), [1, 10, 100, 1_000, 10_000, 50_000]);
        assert_eq!(up_to(None, 49), [1, 10, 100, 1_000, 10_000, 20_000]);
        assert_eq!(up_to(Some(200_000), 15).last(), Some(&200_000));
    }
}
