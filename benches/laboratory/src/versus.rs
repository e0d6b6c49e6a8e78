//! The same workload in Python and in Rust, measured in turns.
//!
//! Each way to run it in parallel is a cell of the [engine](estimator::engine). Its base is the best serial code of its
//! own language, because the question is from which size parallel pays *in that language*; for NumPy's users
//! that is another size than for those of a plain loop. Two more cells compare the languages with each other, and
//! two compare serial code with itself: they are the noise floor.
//!
//! As everywhere, each round has fresh processes: one of Python, a measuring process, or one of each. Python needs 0.1 s and more to
//! start and to import NumPy, so there are fewer rounds than in a survey, and only sizes that fit
//! into them many times ([`sizes`]).
//!
//! Both languages compute the same answers, compared by digest in each run. The Rust kernel is the plain one, one item
//! after the other, as in Python: what is compared is the language and its ways, not the algorithm.
//!
//! Python's memory is left as it is by default. In Rust each answer goes to fresh memory ([`crate::measuring`]), so `numpy`
//! may write a large array faster than serial Rust code: it writes to pages that it had before.

use std::io;
use std::num::NonZero;
use std::rc::Rc;
use std::time::{Duration, Instant};

use estimator::sampling::{longest_run, sizes_up_to};
use estimator::{Axis, Cell, Measured, Purpose, Run, Side, Stopwatch, measure};
use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::machine::{Busy, Machine, Watch};
use crate::measuring::{self, Problem, Subject, Trial};
use crate::python::Program;
use crate::survey::CellResult;

/// The workloads that there are Python programs for.
pub const WORKLOADS: [&str; 2] = ["random-squares", "squares"];

/// Python's way that the chapter uses.
pub const POOL: &str = "pool";

/// The paradigm that does what Python's pool does: children are forked, and answers come through pipes.
pub const FORK: &str = "processes/fork";

/// The Rust ways. The first is the cheapest, the last moves no answer.
const OURS: [&str; 3] = ["threads/scoped", FORK, "shared-memory/mapped"];

/// What is to be compared.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The workload's name, one of [`WORKLOADS`].
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

/// What a program says of itself when it has started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Python {
    /// Python's version.
    pub python: String,
    /// NumPy's version.
    pub numpy: String,
    /// joblib's version, if that is installed.
    pub joblib: Option<String>,
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

/// Larger answers than this do not fit into the memory of small machines, as Python's lists.
const MOST_ITEMS: usize = 10_000_000;

/// So many rounds of each cell are counted on when sizes are chosen.
const ROUNDS: u32 = 12;

/// Cells that compare serial code with itself; they come first.
const CHECKS: usize = 2;

/// What a cell compares, and so which processes its stopwatch holds.
#[derive(Clone, Debug)]
enum Compared {
    /// Python's best serial code with this way.
    Python(String),
    /// Serial Rust code with this paradigm.
    Rust(&'static str),
    /// Rust with Python: their best serial code ([`Side::Base`]), or [`FORK`] with [`POOL`] ([`Side::Rival`]).
    Languages(Side),
}

impl Compared {
    /// Its share of the time, as a multiple of what others get: a measuring process starts much faster than Python.
    fn weight(&self) -> f64 {
        match self {
            Self::Rust(_) => 0.5,
            Self::Python(_) | Self::Languages(_) => 1.0,
        }
    }
}

/// All that processes are started from.
struct Starter {
    program: Rc<Program>,
    best_serial: String,
    problem: Problem,
    workers: NonZero<usize>,
}

impl Starter {
    /// Fresh processes for one round.
    fn start(&self, compared: &Compared) -> io::Result<Box<dyn Stopwatch>> {
        match compared {
            Compared::Python(way) => {
                Ok(Box::new(self.program.start()?.comparing(&self.best_serial, way)))
            }
            Compared::Rust(paradigm) => {
                let trial = Trial::by_items(paradigm, self.workers, &self.problem);
                measuring::stopwatch(&Subject::Paradigm(trial))
            }
            &Compared::Languages(side) => Ok(Box::new(TwoProcesses {
                base: self.start(&Compared::Rust(FORK))?,
                rival: self.start(&Compared::Python(POOL.to_owned()))?,
                side,
            })),
        }
    }
}

/// Two processes as one stopwatch: the same side of each is compared with that of the other.
struct TwoProcesses {
    base: Box<dyn Stopwatch>,
    rival: Box<dyn Stopwatch>,
    side: Side,
}

impl Stopwatch for TwoProcesses {
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let mut times = Vec::new();
        // One by one, so that they take turns and never run at once.
        for &Run { side, at } in runs {
            let process = match side {
                Side::Base => &mut self.base,
                Side::Rival => &mut self.rival,
            };
            let side = self.side;
            times.extend(process.time(&[Run { side, at }])?);
        }
        Ok(times)
    }
}

/// Measures both languages in turns. `progress` is told which share of the budget is used, 0 to 1.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] if Python or something that it needs is not installed; if a way fails or gives
/// another answer when it is first tried. Each is one sentence.
pub fn compare(plan: &Plan, mut progress: impl FnMut(f64)) -> io::Result<Comparison> {
    let begin = Instant::now();
    let watch = Watch::start();
    let input = match plan.workload.as_str() {
        "random-squares" => &["plain".to_owned()][..],
        _ => &[],
    };
    let largest = plan.largest.unwrap_or(MOST_ITEMS);
    let problem = Problem::new(&plan.workload, largest, input)?;
    // The digest is the same whichever kernel computes it, so the fastest does.
    let right = Problem::new(&plan.workload, largest, &[])?;
    let program = Program::new(right, plan.workers);
    let mut process = program.start()?;
    let time_to_start = begin.elapsed();
    let python = process.about().clone();
    let details = problem.details.clone();
    let starter = Starter {
        program,
        best_serial: python.best_serial.clone(),
        problem,
        workers: plan.workers,
    };

    let parallel = python.ways.iter().filter(|&way| *way != python.best_serial);
    let ways: Vec<&str> = parallel
        .map(String::as_str)
        .filter(|way| plan.every_way || *way == POOL)
        .collect();
    let mut compared = vec![
        Compared::Python(python.best_serial.clone()),
        Compared::Rust(Serial::ID),
        Compared::Languages(Side::Rival),
        Compared::Languages(Side::Base),
    ];
    compared.extend(ways.iter().map(|&way| Compared::Python(way.to_owned())));
    compared.extend(OURS.map(Compared::Rust));

    let whole: f64 = compared.iter().map(Compared::weight).sum();
    let of_cell = plan.budget.div_f64(whole);
    let limit = longest_run(of_cell.saturating_sub(ROUNDS * time_to_start));
    let mut fork = starter.start(&Compared::Rust(FORK))?;
    let sizes = sizes(plan.largest, limit, |n| {
        let both = [Side::Base, Side::Rival].map(|side| Run { side, at: n });
        let mut times = fork.time(&both)?;
        for &way in ways.iter().chain(&[python.best_serial.as_str()]) {
            times.extend(process.time(&[(way, n)])?);
        }
        Ok(times.into_iter().fold(0.0, f64::max))
    })?;
    drop((process, fork));

    let cell = |compared: Compared| Cell {
        axis: Axis::Items(sizes.clone()),
        purpose: match &compared {
            Compared::Python(way) if *way == python.best_serial => Purpose::Check,
            Compared::Rust(Serial::ID) => Purpose::Check,
            _ => Purpose::Compare,
        },
        weight: compared.weight(),
        subject: compared,
    };
    let cells: Vec<_> = compared.into_iter().map(cell).collect();
    let left = plan.budget.saturating_sub(begin.elapsed());
    let findings = measure(
        &cells,
        left,
        |compared| starter.start(compared),
        |_, _| progress(begin.elapsed().div_duration_f64(plan.budget).min(1.0)),
    );

    let mut outcomes = findings.cells.into_iter();
    for _ in 0..CHECKS {
        let check = outcomes.next().expect("each cell has an outcome");
        check.map_err(io::Error::other)?;
    }
    let mut cell = |name: &str| CellResult {
        paradigm: name.to_owned(),
        outcome: outcomes.next().expect("each cell has an outcome"),
    };
    Ok(Comparison {
        workload: plan.workload.clone(),
        details,
        machine: Machine::this(),
        busy: watch.busy(findings.spread),
        workers: plan.workers.get(),
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
            ways: OURS.iter().map(|way| cell(way)).collect(),
        },
        python,
    })
}

/// The powers of ten up to the largest size, and that size, each with the seconds of the slowest way. The largest is the last of 1, 2, 5, 10 ... at which
/// that takes no longer than `limit`: every way is to be run often enough. Only an `insisted` size is measured in any case.
fn sizes(
    insisted: Option<usize>,
    limit: Duration,
    mut slowest: impl FnMut(usize) -> io::Result<f64>,
) -> io::Result<Vec<(usize, f64)>> {
    let mut sizes = Vec::new();
    for n in sizes_up_to(insisted.unwrap_or(MOST_ITEMS), Duration::MAX) {
        let mut seconds = slowest(n)?;
        if insisted.is_none() && seconds > limit.as_secs_f64() {
            // One slow run may be chance.
            seconds = seconds.min(slowest(n)?);
            if seconds > limit.as_secs_f64() && n > 1 {
                break;
            }
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
        assert_eq!(up_to(None, 60), [1, 10, 100, 1_000, 10_000]);
        assert_eq!(up_to(None, 61), [1, 10, 100, 1_000, 10_000, 50_000]);
        assert_eq!(up_to(None, 0), [1]);
        assert_eq!(up_to(Some(200_000), 15).last(), Some(&200_000));
    }

    #[test]
    fn one_slow_run_does_not_end_the_sizes() {
        let mut runs = 0;
        let stalled = |n: usize| {
            runs += 1;
            Ok(if runs == 5 { 1.0 } else { n as f64 * 1e-6 })
        };
        let sizes = sizes(None, Duration::from_millis(20), stalled).expect("it is made up");
        assert_eq!(sizes.last(), Some(&(20_000, 0.02)));
    }

    /// Its runs of the base take 1 s, those of the rival 2 s, times a factor.
    struct MadeUp(f64);

    impl Stopwatch for MadeUp {
        fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
            let seconds = |side| if side == Side::Base { 1.0 } else { 2.0 };
            Ok(runs.iter().map(|run| self.0 * seconds(run.side) * run.at as f64).collect())
        }
    }

    #[test]
    fn two_processes_are_compared_by_the_same_side_of_each() {
        for (side, expected) in [(Side::Base, [300.0, 3.0]), (Side::Rival, [600.0, 6.0])] {
            let mut languages = TwoProcesses {
                base: Box::new(MadeUp(1.0)),
                rival: Box::new(MadeUp(100.0)),
                side,
            };
            let runs = [Side::Rival, Side::Base].map(|side| Run { side, at: 3 });
            assert_eq!(languages.time(&runs).expect("it is made up"), expected);
        }
    }
}
