//! One paradigm on one problem, as a stopwatch: the child's side of a measuring process.
//!
//! Two things keep the measurements comparable:
//!
//! - The base and its rival are timed turn by turn in the same process, not in blocks, so that a
//!   machine that slows down slows both.
//! - Every answer is compared with the serial one. Only a digest of the serial answer is kept: a fork
//!   takes longer the more pages its parent has written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hint::black_box;
use std::io;
use std::num::NonZero;
use std::time::{Duration, Instant, SystemTime};

use estimator::{Run, Side, Stopwatch};
use serde::{Deserialize, Serialize};
use workloads::{Map, Paradigm, ParadigmVisitor, Reduce, Serial, Workload};
use xxhash_rust::xxh3::xxh3_64;

use crate::catalogue::{WithWorkload, each_on_request, each_paradigm, unknown, with_workload};
use crate::probes::Probe;
use crate::problem::Problem;

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
    /// The caller is busy for this long before each run: workers that live across calls wait meanwhile.
    pub pause: Duration,
}

/// What is the base, what its rival, and what a [place](estimator::Axis) is a number of. Where it is not a number of
/// items, there are as many as the problem has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Along {
    /// Serial code against the paradigm, by the number of items.
    Items,
    /// Serial code against the paradigm, by the number of workers.
    Workers,
    /// Serial code against the paradigm on the [better](Problem::better) problem, by the number of items.
    Kernels,
    /// One probe of the paradigm against another, by the number of such a pair.
    Probes,
}

impl Trial {
    /// Serial code against a paradigm, by the number of items.
    pub fn by_items(paradigm: &str, workers: NonZero<usize>, problem: &Problem) -> Self {
        Self {
            paradigm: paradigm.to_owned(),
            workers,
            problem: problem.clone(),
            along: Along::Items,
            pause: Duration::ZERO,
        }
    }

    /// A paradigm that has one item a worker and nothing to compute, and the run of it that is meant.
    ///
    /// # Panics
    ///
    /// If `numbers`, of which nothing is computed, is no workload any more.
    pub fn idle(paradigm: &str, workers: NonZero<usize>, pause: Duration) -> (Self, Run) {
        let problem = Problem::new("numbers", workers.get(), &[]);
        let problem = problem.expect("it is in the catalogue, and takes no input");
        let trial = Self {
            along: Along::Probes,
            pause,
            ..Self::by_items(paradigm, workers, &problem)
        };
        (trial, Probe::IDLE_FEW)
    }

    /// Its stopwatch. The paradigm is started before the first run.
    pub(crate) fn stopwatch(self) -> io::Result<Box<dyn Stopwatch>> {
        let mut find = ForParadigm {
            trial: &self,
            runner: Err(unknown("paradigm", &self.paradigm)),
        };
        each_paradigm(&mut find);
        each_on_request(&mut find);
        Ok(Box::new(Checked {
            runner: find.runner?,
            trial: self,
            answers: HashMap::new(),
            begun: SystemTime::now(),
        }))
    }

    /// What a run is.
    fn task(&self, run: Run) -> Task {
        let mut task = Task {
            probe: match run.side {
                Side::Base => Probe::Serial,
                Side::Rival => Probe::Real,
            },
            workers: self.workers,
            n: self.problem.len,
        };
        match self.along {
            Along::Items | Along::Kernels => task.n = run.at,
            Along::Workers => task.workers = NonZero::new(run.at).unwrap_or(self.workers),
            Along::Probes => task.probe = Probe::of(run),
        }
        task
    }
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.paradigm, self.problem.name)
    }
}

/// What is to be run, with how many workers, for how many items.
#[derive(Clone, Copy)]
struct Task {
    probe: Probe,
    workers: NonZero<usize>,
    n: usize,
}

/// One run. Only the real workload has an answer whose digest means something.
struct Timed {
    seconds: f64,
    digest: Option<u64>,
}

/// A paradigm and a workload, without their types: runs a task once.
type Runner = Box<dyn FnMut(Task) -> io::Result<Timed>>;

/// The stopwatch: it compares answers with the serial ones.
struct Checked {
    trial: Trial,
    runner: Runner,
    /// The digest of the answer of each size, and whether serial code has given it, too.
    answers: HashMap<usize, (u64, bool)>,
    begun: SystemTime,
}

impl Checked {
    fn run(&mut self, task: Task) -> io::Result<f64> {
        let begin = Instant::now();
        while begin.elapsed() < self.trial.pause {}
        let Timed { seconds, digest } = (self.runner)(task)?;
        if let Some(digest) = digest {
            let n = task.n;
            let (known, is_serial) = self.answers.entry(n).or_insert((digest, false));
            if *known != digest {
                let changed = self.trial.problem.changed_since(self.begun);
                let sentence = changed.map_or_else(
                    || format!("its answer for n = {n} is not the serial one"),
                    |what| format!("the input has changed while it was measured: {what}"),
                );
                return Err(io::Error::other(sentence));
            }
            *is_serial |= task.probe == Probe::Serial;
        }
        Ok(seconds)
    }
}

impl Stopwatch for Checked {
    /// If serial code is not among the runs of a size, it runs once more, afterwards.
    fn time(&mut self, runs: &[Run], _expected: Duration) -> io::Result<Vec<f64>> {
        let times = runs.iter().map(|&run| self.run(self.trial.task(run)));
        let times = times.collect::<io::Result<Vec<f64>>>()?;
        let open = self.answers.iter().filter(|(_, (_, serial))| !serial);
        for n in open.map(|(&n, _)| n).collect::<Vec<_>>() {
            self.run(Task {
                probe: Probe::Serial,
                workers: self.trial.workers,
                n,
            })?;
        }
        Ok(times)
    }
}

/// Finds the paradigm's type, and then the workload's.
struct ForParadigm<'a> {
    trial: &'a Trial,
    runner: io::Result<Runner>,
}

impl ParadigmVisitor for ForParadigm<'_> {
    fn visit<P: Paradigm>(&mut self) {
        if P::ID == self.trial.paradigm {
            let trial = self.trial;
            let start = P::start;
            self.runner = with_workload(&trial.problem.name, ForWorkload { trial, start });
        }
    }
}

struct ForWorkload<'a, P> {
    trial: &'a Trial,
    start: fn(NonZero<usize>) -> io::Result<P>,
}

impl<P: Paradigm> WithWorkload for ForWorkload<'_, P> {
    type Output = Runner;

    fn map<M: Map>(&self) -> io::Result<Runner> {
        self.runner::<M>(time_map, time_map)
    }

    fn reduce<R: Reduce>(&self) -> io::Result<Runner> {
        self.runner::<R>(time_reduce, time_reduce)
    }
}

impl<P: Paradigm> ForWorkload<'_, P> {
    /// `by_serial` and `by_paradigm` run the workload once.
    fn runner<W: Workload>(
        &self,
        by_serial: fn(&W, &mut Serial) -> io::Result<Timed>,
        by_paradigm: fn(&W, &mut P) -> io::Result<Timed>,
    ) -> io::Result<Runner> {
        let start = self.start;
        let problem = self.trial.problem.clone();
        let workload: W = problem.workload()?;
        let better = match (self.trial.along, &problem.better) {
            (Along::Kernels, Some(better)) => Some(better.workload::<W>()?),
            _ => None,
        };
        // With each number of workers that was asked for.
        let mut started: HashMap<NonZero<usize>, P> = HashMap::new();
        Ok(Box::new(move |Task { probe, workers, n }| {
            let paradigm = match started.entry(workers) {
                Entry::Occupied(started) => started.into_mut(),
                Entry::Vacant(free) => free.insert(start(workers)?),
            };
            match probe {
                Probe::Serial => by_serial(&workload.with_len(n), &mut Serial),
                Probe::Real => {
                    let workload = better.as_ref().unwrap_or(&workload);
                    by_paradigm(&workload.with_len(n), paradigm)
                }
                probe => Ok(Timed {
                    seconds: probe.time(paradigm, workers, &problem)?,
                    digest: None,
                }),
            }
        }))
    }
}

/// Runs a map once. The time ends when the answer is there: neither the digest nor giving the memory back is part of
/// it.
fn time_map<M: Map, P: Paradigm>(workload: &M, paradigm: &mut P) -> io::Result<Timed> {
    let start = Instant::now();
    let items = paradigm.map(black_box(workload))?;
    let seconds = start.elapsed().as_secs_f64();
    let digest = Some(xxh3_64(bytemuck::cast_slice(&items)));
    Ok(Timed { seconds, digest })
}

/// The same for a reduction.
fn time_reduce<R: Reduce, P: Paradigm>(workload: &R, paradigm: &mut P) -> io::Result<Timed> {
    let start = Instant::now();
    let summary = paradigm.reduce(black_box(workload))?;
    let seconds = start.elapsed().as_secs_f64();
    let digest = Some(xxh3_64(&serde_json::to_vec(&summary)?));
    Ok(Timed { seconds, digest })
}
