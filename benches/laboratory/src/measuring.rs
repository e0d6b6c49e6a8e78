//! A process for each round of measurements.
//!
//! What one subject leaves behind would change what the next one measures: a pool's threads forbid forking, a grown
//! heap makes `fork` slower, a warm allocator makes maps faster. So each round of each cell is timed in a process of
//! its own. It is this same executable, started again in another role
//! ([`take_role_if_asked`](crate::take_role_if_asked)). It reads what it is to measure, its [`Subject`], and is then
//! asked for times over its standard input, one line of JSON for each question and each answer.
//!
//! Answers of 128 KiB and more are written to fresh memory, by every paradigm and every time (glibc's
//! `MALLOC_MMAP_THRESHOLD_`). Otherwise, whether memory is fresh would depend on what was freed before. Fresh memory
//! costs a page fault for every 4 KiB: it is the step in the curves of `squares` at 16,384 items.

use std::fmt;
use std::io::{self, Write};
use std::process::{Command, exit};
use std::time::Duration;

use estimator::{Run, Stopwatch, limit};
use examples_processes::{read_line, takes_role, this_executable};
use serde::{Deserialize, Serialize};
use workloads::{Cause, WorkerError};

use crate::child::{Child, Failure, write_line};
use crate::openmp;
use crate::primitives::Contest;
pub use crate::problem::Problem;
use crate::tasks::Tasks;
pub use crate::trial::Trial;

/// Set in a measuring process's environment: its parent's process id.
const ROLE: &str = "CROSSOVER_MEASURES_FOR";

/// Blocks from this size on, in bytes, are mapped afresh for each allocation (glibc only).
const MAPPED_AFRESH_FROM: &str = "131072";

/// What a measuring process measures.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Subject {
    /// A paradigm on a workload.
    Paradigm(Trial),
    /// What is built on a primitive, against the primitive.
    Floor(Contest),
    /// Tasks for worker processes.
    Tasks(Tasks),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paradigm(trial) => trial.fmt(f),
            Self::Floor(contest) => contest.fmt(f),
            Self::Tasks(tasks) => tasks.fmt(f),
        }
    }
}

/// A long series of the same run is asked for in parts of this many.
const PART: u64 = 1_000;

/// A run that starts a worker is not expected to take less than this, whatever it computes.
const START_OF_WORKER: Duration = Duration::from_millis(1);

/// A process that measures one [`Subject`]. Dropping it ends the process.
pub struct MeasuringProcess {
    child: Child,
    /// A run is not expected to take less than this, with the pause before it.
    least: Duration,
}

impl MeasuringProcess {
    /// Starts it. The program must offer the role, by [`take_role_if_asked`](crate::take_role_if_asked).
    pub fn start(subject: &Subject) -> io::Result<Self> {
        let mut command = Command::new(this_executable()?);
        command.env(ROLE, std::process::id().to_string());
        match subject {
            Subject::Paradigm(trial) => {
                openmp::set_environment(&mut command, &trial.paradigm);
                command.env("MALLOC_MMAP_THRESHOLD_", MAPPED_AFRESH_FROM)
            }
            // It would change the stacks of Rust's threads, and those of the floor are as by default.
            Subject::Floor(_) => command.env_remove("RUST_MIN_STACK"),
            Subject::Tasks(_) => &mut command,
        };
        let mut child = Child::start(&mut command, subject, Duration::ZERO)?;
        child.tell(subject)?;
        let workers = match subject {
            Subject::Paradigm(trial) => trial.workers.get(),
            Subject::Floor(_) => 1,
            Subject::Tasks(tasks) => tasks.workers.get(),
        };
        let pause = match subject {
            Subject::Paradigm(trial) => trial.pause,
            Subject::Floor(_) | Subject::Tasks(_) => Duration::ZERO,
        };
        Ok(Self {
            child,
            least: START_OF_WORKER * workers as u32 + pause,
        })
    }

    /// How long `times` repetitions of `run` take together.
    pub fn repeat(&mut self, run: Run, times: u64) -> io::Result<Duration> {
        let mut seconds = 0.0;
        for begin in (0..times).step_by(PART as usize) {
            let part = PART.min(times - begin) as usize;
            let times = self.time(&vec![run; part], Duration::ZERO)?;
            seconds += times.iter().sum::<f64>();
        }
        Duration::try_from_secs_f64(seconds).map_err(io::Error::other)
    }
}

impl Stopwatch for MeasuringProcess {
    fn time(&mut self, runs: &[Run], expected: Duration) -> io::Result<Vec<f64>> {
        let expected = expected + self.least * runs.len() as u32;
        self.child.ask(runs, limit(expected))
    }
}

/// A measuring process as the stopwatch of one round.
pub fn stopwatch(subject: &Subject) -> io::Result<Box<dyn Stopwatch>> {
    Ok(Box::new(MeasuringProcess::start(subject)?))
}

/// If this process was started as a measuring process, does its work and ends; else returns.
pub(crate) fn take_role_if_asked() {
    if !takes_role(ROLE) {
        return;
    }
    match serve() {
        // Threads that are left end with the process.
        Ok(()) => exit(0),
        Err(error) => {
            let _ = writeln!(io::stderr(), "measuring process: {error}"); // if anyone reads it
            exit(1);
        }
    }
}

/// Reads the subject, then answers questions until there are no more: the seconds of each run, or why there are none.
/// If the subject cannot even begin, that is the answer to each.
fn serve() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let subject = read_line(&mut input)?.unwrap_or_default();
    let subject: Subject = serde_json::from_str(&subject)?;
    let mut stopwatch = match subject {
        Subject::Paradigm(trial) => trial.stopwatch(),
        Subject::Floor(contest) => contest.stopwatch(),
        Subject::Tasks(tasks) => tasks.stopwatch(),
    };
    while let Some(line) = read_line(&mut input)? {
        let runs: Vec<Run> = serde_json::from_str(&line)?;
        let seconds = match &mut stopwatch {
            Ok(stopwatch) => stopwatch
                .time(&runs, Duration::MAX)
                .map_err(|error| failure(&error)),
            Err(error) => Err(failure(error)),
        };
        let answer = serde_json::to_string(&seconds)?;
        write_line(&mut io::stdout().lock(), &answer)?;
    }
    Ok(())
}

fn failure(error: &io::Error) -> Failure {
    let worker = error.get_ref().and_then(|error| error.downcast_ref());
    let cause = worker.map(|error: &WorkerError| &error.cause);
    Failure {
        reason: error.to_string(),
        again: matches!(cause, Some(Cause::Killed(_))),
    }
}
