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
use workloads::{Map, Paradigm, Reduce, Serial};
use xxhash_rust::xxh3::xxh3_64;

use crate::catalogue::{WithParadigm, WithWorkload, item_bytes, with_paradigm, with_workload};
use crate::probes::{Bytes, Compute, Idle, Probe, Write, now};
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
    /// The paradigm with `n` items against one of its [probes](Probe), by the probe's number.
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

    /// Starts the paradigm. An error to start is one sentence, as are those of the stopwatch.
    pub(crate) fn stopwatch(self) -> io::Result<Box<dyn Stopwatch>> {
        let name = self.problem.name.clone();
        with_workload(&name, ForWorkload(self)).unwrap_or_else(|| Err(unknown("workload", &name)))
    }
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.paradigm, self.problem.name)
    }
}

/// Finds the workload's type.
struct ForWorkload(Trial);

impl WithWorkload for ForWorkload {
    type Output = io::Result<Box<dyn Stopwatch>>;

    fn map<M: Map>(self) -> Self::Output {
        for_problem(self.0, |parameters| {
            Ok(MapJob(serde_json::from_str::<M>(parameters)?))
        })
    }

    fn reduce<R: Reduce>(self) -> Self::Output {
        for_problem(self.0, |parameters| {
            Ok(ReduceJob(serde_json::from_str::<R>(parameters)?))
        })
    }
}

fn for_problem<J: Job>(
    trial: Trial,
    job: impl Fn(&str) -> io::Result<J>,
) -> io::Result<Box<dyn Stopwatch>> {
    let better = trial.problem.better.as_ref();
    let better = better.map(|better| job(&better.parameters));
    let name = trial.paradigm.clone();
    let action = ForParadigm {
        job: job(&trial.problem.parameters)?,
        better: better.transpose()?,
        trial,
    };
    with_paradigm(&name, action).unwrap_or_else(|| Err(unknown("paradigm", &name)))
}

/// Finds the paradigm's type, and starts it.
struct ForParadigm<J> {
    job: J,
    better: Option<J>,
    trial: Trial,
}

impl<J: Job> WithParadigm for ForParadigm<J> {
    type Output = io::Result<Box<dyn Stopwatch>>;

    fn call<P: Paradigm>(self) -> Self::Output {
        let Self { job, better, trial } = self;
        let mut runner = Runner {
            paradigms: HashMap::<_, P>::new(),
            job,
            better,
            trial,
        };
        // Not within the first run: what starts a pool is not to be timed.
        runner.paradigm(runner.trial.workers)?;
        Ok(Box::new(Checked {
            runner: Box::new(runner),
            digests: Digests::default(),
        }))
    }
}

/// Runs what a trial compares.
trait Compared {
    fn run(&mut self, run: Run) -> io::Result<Timed>;

    /// Serial code with `n` items.
    fn serial(&self, n: usize) -> io::Result<Timed>;
}

/// One run.
struct Timed {
    seconds: f64,
    /// `None` if it was a probe: there is no answer to check.
    answer: Option<Answer>,
}

struct Answer {
    n: usize,
    digest: u64,
    serial: bool,
}

/// A paradigm with each number of workers that was asked for, and what it is to run.
struct Runner<P, J> {
    paradigms: HashMap<NonZero<usize>, P>,
    job: J,
    better: Option<J>,
    trial: Trial,
}

impl<P: Paradigm, J: Job> Runner<P, J> {
    fn paradigm(&mut self, workers: NonZero<usize>) -> io::Result<&mut P> {
        match self.paradigms.entry(workers) {
            Entry::Occupied(started) => Ok(started.into_mut()),
            Entry::Vacant(free) => Ok(free.insert(P::start(workers)?)),
        }
    }

    /// Runs the paradigm with `n` items.
    fn parallel(&mut self, workers: NonZero<usize>, n: usize) -> io::Result<Timed> {
        let job = self.job.with_len(n);
        job.run(self.paradigm(workers)?)
    }
}

impl<P: Paradigm, J: Job> Compared for Runner<P, J> {
    fn run(&mut self, Run { side, at }: Run) -> io::Result<Timed> {
        let workers = self.trial.workers;
        match (self.trial.along, side) {
            (Along::Items | Along::Kernels, Side::Base) => self.serial(at),
            (Along::Items, Side::Rival) => self.parallel(workers, at),
            (Along::Kernels, Side::Rival) => {
                let better = self.better.as_ref();
                let missing = || io::Error::other("no better serial code is known");
                better.ok_or_else(missing)?.with_len(at).run(&mut Serial)
            }
            (Along::Workers { n }, Side::Base) => self.serial(n),
            (Along::Workers { n }, Side::Rival) => {
                self.parallel(NonZero::new(at).unwrap_or(workers), n)
            }
            (Along::Probes { n }, Side::Base) => self.parallel(workers, n),
            (Along::Probes { n }, Side::Rival) => match Probe::at(at) {
                Probe::Serial => self.serial(n),
                probe => {
                    let problem = self.trial.problem.clone();
                    let seconds = time_probe(probe, self.paradigm(workers)?, workers, &problem, n)?;
                    let answer = None;
                    Ok(Timed { seconds, answer })
                }
            },
        }
    }

    fn serial(&self, n: usize) -> io::Result<Timed> {
        let mut timed = self.job.with_len(n).run(&mut Serial)?;
        if let Some(answer) = &mut timed.answer {
            answer.serial = true;
        }
        Ok(timed)
    }
}

/// The seconds of one run of a probe.
fn time_probe<P: Paradigm>(
    probe: Probe,
    paradigm: &mut P,
    workers: NonZero<usize>,
    problem: &Problem,
    n: usize,
) -> io::Result<f64> {
    let item_bytes = item_bytes(&problem.name).unwrap_or(0);
    let timed = match probe {
        Probe::Begin | Probe::End | Probe::IdleFew => {
            let few = Idle::new(workers.get().min(n));
            let call = now();
            let stamps = paradigm.reduce(black_box(&few))?;
            let back = now();
            let (from, to) = match probe {
                Probe::Begin => (call, stamps.last_begin),
                Probe::End => (stamps.last_end, back),
                _ => (call, back),
            };
            // A time is positive: its logarithm is taken.
            return Ok(to.saturating_sub(from).max(1) as f64 * 1e-9);
        }
        Probe::IdleAll => ReduceJob(Idle::new(n)).run(paradigm)?,
        Probe::Compute => ReduceJob(Compute::new(problem, n)).run(paradigm)?,
        Probe::Write => ReduceJob(Write::new(n, item_bytes)).run(paradigm)?,
        Probe::Bytes => MapJob(Bytes::new(n * item_bytes)).run(paradigm)?,
        Probe::Serial => unreachable!("it is no probe of a paradigm"),
    };
    Ok(timed.seconds)
}

/// Times runs, and compares their answers with the serial ones. (Not generic, so that it is compiled once
/// and not for each of some hundred pairs of a paradigm and a workload.)
struct Checked {
    runner: Box<dyn Compared>,
    digests: Digests,
}

impl Stopwatch for Checked {
    /// If serial code is not among the runs of a size, it runs once more, afterwards.
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let mut seconds = Vec::with_capacity(runs.len());
        for &run in runs {
            let timed = self.runner.run(run)?;
            self.digests.compare(timed.answer)?;
            seconds.push(timed.seconds);
        }
        for n in self.digests.without_serial() {
            self.digests.compare(self.runner.serial(n)?.answer)?;
        }
        Ok(seconds)
    }
}

/// The digests of answers, by size; and whether one of them is that of serial code.
#[derive(Default)]
struct Digests(HashMap<usize, (u64, bool)>);

impl Digests {
    /// All answers of one size must be the same, whichever is first.
    fn compare(&mut self, answer: Option<Answer>) -> io::Result<()> {
        let Some(Answer { n, digest, serial }) = answer else {
            return Ok(());
        };
        let known = self.0.entry(n).or_insert((digest, serial));
        if known.0 != digest {
            let sentence = format!("its answer for n = {n} is not the serial one");
            return Err(io::Error::other(sentence));
        }
        known.1 |= serial;
        Ok(())
    }

    fn without_serial(&self) -> Vec<usize> {
        let open = self.0.iter().filter(|(_, (_, serial))| !serial);
        open.map(|(&n, _)| n).collect()
    }
}

/// A workload of either shape, run by any paradigm.
trait Job: Sized + 'static {
    fn with_len(&self, n: usize) -> Self;

    /// Runs it once. The time ends when the answer is there: neither the digest nor giving the memory
    /// back is part of it.
    fn run(&self, paradigm: &mut impl Paradigm) -> io::Result<Timed>;
}

impl Timed {
    /// Since `start`, with an answer of `n` items whose digest is still to be computed.
    fn new(start: Instant, n: usize, digest: impl FnOnce() -> io::Result<u64>) -> io::Result<Self> {
        let seconds = start.elapsed().as_secs_f64();
        let answer = Answer {
            n,
            digest: digest()?,
            serial: false,
        };
        Ok(Self {
            seconds,
            answer: Some(answer),
        })
    }
}

struct MapJob<M>(M);

impl<M: Map> Job for MapJob<M> {
    fn with_len(&self, n: usize) -> Self {
        Self(self.0.with_len(n))
    }

    fn run(&self, paradigm: &mut impl Paradigm) -> io::Result<Timed> {
        let start = Instant::now();
        let items = paradigm.map(black_box(&self.0))?;
        Timed::new(start, self.0.len(), || {
            Ok(xxh3_64(bytemuck::cast_slice(&items)))
        })
    }
}

struct ReduceJob<R>(R);

impl<R: Reduce> Job for ReduceJob<R> {
    fn with_len(&self, n: usize) -> Self {
        Self(self.0.with_len(n))
    }

    fn run(&self, paradigm: &mut impl Paradigm) -> io::Result<Timed> {
        let start = Instant::now();
        let summary = paradigm.reduce(black_box(&self.0))?;
        Timed::new(start, self.0.len(), || {
            Ok(xxh3_64(&serde_json::to_vec(&summary)?))
        })
    }
}
