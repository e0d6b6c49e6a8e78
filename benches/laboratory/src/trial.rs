//! One paradigm on one problem, as a stopwatch: the child's side of a measuring process.
//!
//! Two things keep the measurements comparable:
//!
//! - The base and its rival are timed turn by turn in the same process, not in blocks, so that a
//!   machine that slows down slows both.
//! - Every answer is compared with the serial one. Only a digest of that is kept: a fork pays for
//!   every page that its parent has written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hint::black_box;
use std::io;
use std::num::NonZero;
use std::time::Instant;

use estimator::{Run, Side, Stopwatch};
use serde::{Deserialize, Serialize};
use workloads::{Map, Paradigm, ParadigmVisitor, Reduce, Serial};
use xxhash_rust::xxh3::xxh3_64;

use crate::catalogue::{WithWorkload, each_paradigm, with_workload};
use crate::probes::Probe;
use crate::problem::{Problem, unknown};

/// A paradigm on a problem, and what is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The paradigm's name; that of [`Serial`] is allowed.
    pub paradigm: String,
    /// How many workers it has, unless the place says.
    pub workers: NonZero<usize>,
    /// The workload.
    pub problem: Problem,
    /// What is compared, and what a place is.
    pub along: Along,
}

/// What is the base, what its rival, and what a [place](estimator::Axis) is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Along {
    /// Serial code against the paradigm, by the number of items.
    Items,
    /// Serial code against the paradigm with so many workers, always for `n` items.
    Workers {
        /// The number of items.
        n: usize,
    },
    /// Serial code against [better](Problem::better) serial code, by the number of items.
    Kernels,
    /// One [probe](Probe) of the paradigm with `n` items against another, by the number of such a pair.
    Probes {
        /// The number of items.
        n: usize,
    },
}

impl Trial {
    /// Serial code against a paradigm, by the number of items.
    pub fn by_items(paradigm: &str, workers: NonZero<usize>, problem: &Problem) -> Self {
        Self {
            paradigm: paradigm.to_owned(),
            workers,
            problem: problem.clone(),
            along: Along::Items,
        }
    }

    /// Its stopwatch. The paradigm is started before the first run.
    pub(crate) fn stopwatch(self) -> io::Result<Box<dyn Stopwatch>> {
        let name = &self.problem.name;
        let runner = with_workload(name, ForWorkload(&self));
        Ok(Box::new(Checked {
            runner: runner.unwrap_or_else(|| Err(unknown("workload", name)))?,
            trial: self,
            answers: HashMap::new(),
        }))
    }

    /// What a run is.
    fn task(&self, run: Run) -> Task {
        let at = run.at;
        match (self.along, run.side) {
            (Along::Items | Along::Kernels, Side::Base) => Task::Serial(at),
            (Along::Items, Side::Rival) => Task::Parallel(self.workers, at),
            (Along::Kernels, Side::Rival) => Task::Better(at),
            (Along::Workers { n }, Side::Base) => Task::Serial(n),
            (Along::Workers { n }, Side::Rival) => {
                Task::Parallel(NonZero::new(at).unwrap_or(self.workers), n)
            }
            (Along::Probes { n }, _) => match Probe::of(run) {
                Probe::Serial => Task::Serial(n),
                Probe::Real => Task::Parallel(self.workers, n),
                probe => Task::Probe(probe, n),
            },
        }
    }
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.paradigm, self.problem.name)
    }
}

/// What is to be run, for so many items.
#[derive(Clone, Copy)]
enum Task {
    Serial(usize),
    /// Better serial code.
    Better(usize),
    /// The paradigm with so many workers.
    Parallel(NonZero<usize>, usize),
    Probe(Probe, usize),
}

/// The stopwatch: it compares answers with the serial ones.
struct Checked {
    trial: Trial,
    runner: Runner,
    /// The digest of the answer of each size, and whether serial code has given it, too.
    answers: HashMap<usize, (u64, bool)>,
}

/// A paradigm and a workload, without their types: runs a task once.
type Runner = Box<dyn FnMut(Task) -> io::Result<Timed>>;

/// One run. The digest of a probe means nothing.
struct Timed {
    seconds: f64,
    digest: u64,
}

impl Checked {
    fn run(&mut self, task: Task) -> io::Result<f64> {
        let Timed { seconds, digest } = (self.runner)(task)?;
        let (n, serial) = match task {
            Task::Probe(..) => return Ok(seconds),
            Task::Serial(n) => (n, true),
            Task::Better(n) | Task::Parallel(_, n) => (n, false),
        };
        let known = self.answers.entry(n).or_insert((digest, serial));
        if known.0 != digest {
            let sentence = format!("its answer for n = {n} is not the serial one");
            return Err(io::Error::other(sentence));
        }
        known.1 |= serial;
        Ok(seconds)
    }
}

impl Stopwatch for Checked {
    /// If serial code is not among the runs of a size, it runs once more, afterwards.
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let times = runs.iter().map(|&run| self.run(self.trial.task(run)));
        let times = times.collect::<io::Result<Vec<f64>>>()?;
        let open = self.answers.iter().filter(|(_, (_, serial))| !serial);
        for n in open.map(|(&n, _)| n).collect::<Vec<_>>() {
            self.run(Task::Serial(n))?;
        }
        Ok(times)
    }
}

/// Finds the workload's type, and then the paradigm's.
struct ForWorkload<'a>(&'a Trial);

impl WithWorkload for ForWorkload<'_> {
    type Output = io::Result<Runner>;

    fn map<M: Map>(self) -> Self::Output {
        find_paradigm(self.0, |parameters| {
            Ok(MapJob::<M>(serde_json::from_str(parameters)?))
        })
    }

    fn reduce<R: Reduce>(self) -> Self::Output {
        find_paradigm(self.0, |parameters| {
            Ok(ReduceJob::<R>(serde_json::from_str(parameters)?))
        })
    }
}

fn find_paradigm<J: Job>(trial: &Trial, job: impl Fn(&str) -> io::Result<J>) -> io::Result<Runner> {
    let better = trial.problem.better.as_ref();
    let better = better.map(|problem| job(&problem.parameters)).transpose()?;
    let mut find = ForParadigm {
        trial,
        jobs: Some((job(&trial.problem.parameters)?, better)),
        runner: Err(unknown("paradigm", &trial.paradigm)),
    };
    each_paradigm(&mut find);
    find.runner
}

/// Finds the paradigm's type.
struct ForParadigm<'a, J> {
    trial: &'a Trial,
    /// What it is to run, and the same by better serial code; `None` when the paradigm has been found.
    jobs: Option<(J, Option<J>)>,
    runner: io::Result<Runner>,
}

impl<J: Job> ParadigmVisitor for ForParadigm<'_, J> {
    fn visit<P: Paradigm>(&mut self) {
        if P::ID == self.trial.paradigm
            && let Some((job, better)) = self.jobs.take()
        {
            self.runner = Ok(runner::<P, J>(self.trial.clone(), job, better));
        }
    }
}

fn runner<P: Paradigm, J: Job>(trial: Trial, job: J, better: Option<J>) -> Runner {
    // With each number of workers that was asked for.
    let mut started: HashMap<NonZero<usize>, P> = HashMap::new();
    Box::new(move |task| {
        let workers = match task {
            Task::Parallel(workers, _) => workers,
            _ => trial.workers,
        };
        let paradigm = match started.entry(workers) {
            Entry::Occupied(started) => started.into_mut(),
            Entry::Vacant(free) => free.insert(P::start(workers)?),
        };
        match task {
            Task::Serial(n) => job.run(n, &mut Serial),
            Task::Better(n) => better.as_ref().unwrap_or(&job).run(n, &mut Serial),
            Task::Parallel(_, n) => job.run(n, paradigm),
            Task::Probe(probe, n) => Ok(Timed {
                seconds: probe.time(paradigm, workers, &trial.problem, n)?,
                digest: 0,
            }),
        }
    })
}

/// A workload of either shape, run by any paradigm.
trait Job: 'static {
    /// Runs it once for `n` items. The time ends when the answer is there: neither the digest nor giving the memory
    /// back is part of it.
    fn run(&self, n: usize, paradigm: &mut impl Paradigm) -> io::Result<Timed>;
}

struct MapJob<M>(M);

impl<M: Map> Job for MapJob<M> {
    fn run(&self, n: usize, paradigm: &mut impl Paradigm) -> io::Result<Timed> {
        let workload = self.0.with_len(n);
        let start = Instant::now();
        let items = paradigm.map(black_box(&workload))?;
        let seconds = start.elapsed().as_secs_f64();
        let digest = xxh3_64(bytemuck::cast_slice(&items));
        Ok(Timed { seconds, digest })
    }
}

struct ReduceJob<R>(R);

impl<R: Reduce> Job for ReduceJob<R> {
    fn run(&self, n: usize, paradigm: &mut impl Paradigm) -> io::Result<Timed> {
        let workload = self.0.with_len(n);
        let start = Instant::now();
        let summary = paradigm.reduce(black_box(&workload))?;
        let seconds = start.elapsed().as_secs_f64();
        let digest = xxh3_64(&serde_json::to_vec(&summary)?);
        Ok(Timed { seconds, digest })
    }
}
