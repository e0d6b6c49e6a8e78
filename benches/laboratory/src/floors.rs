//! Floors: the least time that this machine allows for an operation, and how many times as long our code takes.
//!
//! Starting a thread, waking up a process and sending a byte need the kernel, and no way of running in parallel is
//! faster than what it asks of the kernel. So each primitive is timed bare, in a few lines of system calls
//! (`primitives/syscalls.rs`), and what is built on it as a multiple of that floor. A multiple near one shows that
//! nothing is left to gain above the kernel. A large multiple shows what a convenience costs.
//!
//! A floor and what is built on it are base and rival of a [cell](estimator::Cell), measured and judged like any
//! other: in turns, in rounds that are processes of their own. So each process has a known size, and one thread, when
//! it forks. A floor on which nothing of ours is built is compared with itself: these cells give the noise floor.

use std::io;
use std::time::Duration;

use estimator::{AtPlace, Axis, Cell, Measured, Purpose};
use serde::{Deserialize, Serialize};

use crate::cores;
use crate::event::Event;
use crate::machine::{Busy, Machine, Watch};
use crate::measuring::{Subject, stopwatch};
pub use crate::primitives::{Contest, Group};
use crate::primitives::{Primitive, all};

/// All floors of this machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Floors {
    /// What the times were taken on.
    pub machine: Machine,
    /// How busy the machine was meanwhile.
    pub busy: Busy,
    /// How far a floor against itself came out from 0, as ln(time / time).
    pub noise_floor: f64,
    /// Every floor with each thing that is built on it, in the order in which they are shown.
    pub results: Vec<ContestResult>,
}

/// A contest, and what came out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContestResult {
    /// The base is the floor, the rival is what is built on it.
    pub contest: Contest,
    /// Times of one operation, in seconds, at place 1, or why there are none.
    pub outcome: Result<Measured, Missing>,
}

/// Why a contest was not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// This process may use one core only.
    OneCore,
    /// Its rounds take longer than the budget allows.
    NoTime,
    /// It failed, for this reason.
    Failed(String),
}

impl Floors {
    /// What failed, each with its reason.
    pub fn failures(&self) -> impl Iterator<Item = &String> {
        let results = self.results.iter();
        results.filter_map(|result| match &result.outcome {
            Err(Missing::Failed(reason)) => Some(reason),
            _ => None,
        })
    }

    /// The results of each group in which something was measured.
    pub fn groups(&self) -> impl Iterator<Item = &[ContestResult]> {
        let results = &self.results;
        let groups = results.chunk_by(|a, b| a.contest.group == b.contest.group);
        groups.filter(|group| measured(group).next().is_some())
    }
}

/// Those that were measured.
pub fn measured(results: &[ContestResult]) -> impl Iterator<Item = (&Contest, &AtPlace)> {
    results.iter().filter_map(|result| {
        let measured = result.outcome.as_ref().ok()?;
        Some((&result.contest, measured.estimate.largest()))
    })
}

/// Every floor with each thing that is built on it, in the order in which they are shown.
pub fn contests() -> Vec<Contest> {
    let mut contests: Vec<_> = all().into_iter().flat_map(Primitive::contests).collect();
    contests.sort_by_key(|contest| contest.group);
    contests
}

/// Writing this many bytes and forking after that takes about as long as another round. A budget of a second has room
/// for all rounds of one that writes this much.
const HEAVY: f64 = (20 << 20) as f64;

/// Measures every floor within about `budget`, which they share; one whose fewest rounds do not fit is left out.
/// `tell` is told what happens.
///
/// The program must offer the role of a measuring process, by [`take_role_if_asked`](crate::take_role_if_asked).
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] where there is no `fork`.
pub fn measure(budget: Duration, mut tell: impl FnMut(Event<'_>)) -> io::Result<Floors> {
    let contests = contests();
    if contests.is_empty() {
        let message = "floors are measured by system calls of Linux and macOS";
        return Err(io::Error::new(io::ErrorKind::Unsupported, message));
    }
    let possible = contests
        .iter()
        .filter(|it| can_be_measured(it, budget).is_ok());
    let cells: Vec<_> = possible.map(cell).collect();
    let watch = Watch::start();
    let findings = estimator::measure(&cells, budget, stopwatch, |event| match event {
        estimator::Event::Turn(subject, done) => {
            tell(Event::Next("floors", &subject.to_string(), done));
        }
        estimator::Event::Again(error) => tell(Event::Again(error)),
    });
    let mut outcomes = findings.cells.into_iter();
    let results = contests.into_iter().map(|contest| ContestResult {
        outcome: can_be_measured(&contest, budget).and_then(|()| {
            let outcome = outcomes.next().expect("each cell has an outcome");
            outcome.map_err(Missing::Failed)
        }),
        contest,
    });
    Ok(Floors {
        machine: Machine::this(),
        noise_floor: findings.noise_floor,
        results: results.collect(),
        busy: watch.stop(findings.spread),
    })
}

/// Whether this floor can be measured here. One that writes much memory needs time for its fewest rounds, and has to
/// leave most of the budget to the others.
fn can_be_measured(contest: &Contest, budget: Duration) -> Result<(), Missing> {
    if cores::for_two(contest.cores).is_none() {
        Err(Missing::OneCore)
    } else if contest.written as f64 / HEAVY > budget.as_secs_f64() {
        Err(Missing::NoTime)
    } else {
        Ok(())
    }
}

fn cell(contest: &Contest) -> Cell<Subject> {
    Cell {
        subject: Subject::Floor(contest.clone()),
        axis: Axis::Nothing,
        purpose: match contest.rival {
            Some(_) => Purpose::Compare,
            None => Purpose::Check,
        },
        // Its share of the budget: a large parent takes long to write its memory and to fork.
        weight: 1.0 + contest.written as f64 / HEAVY,
    }
}
