//! What a task costs a pool of worker processes, or a controller and its engines, and what starting them costs: squares
//! again, cut into tasks.
//!
//! A task squares one number, so all of its time is the way to the worker and back. A run is of `n` tasks, and its
//! answer is checked after the clock has stopped. What is kept from run to run, such as a pool, is started before the
//! first run.

use std::fmt;
use std::io;
use std::num::NonZero;

use estimator::Stopwatch;
use serde::{Deserialize, Serialize};

/// What is done with tasks, by how many workers, and how these are started.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Tasks {
    /// What is done.
    pub action: Action,
    /// How processes are started.
    pub method: Method,
    /// Workers of a pool, or engines of a controller.
    pub workers: NonZero<usize>,
    /// Bytes that the parent of the processes has written before it starts them.
    pub written: usize,
}

/// What is done with `n` tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Starts a pool, which maps once. The pool ends after the clock has stopped.
    Start,
    /// The same, and the end of the pool is part of the time.
    StartAndEnd,
    /// A pool that is kept maps, by chunks of this many inputs, or of as many as it chooses.
    Map(Option<NonZero<usize>>),
    /// Such a pool is given one task after the other, and each result is waited for.
    Apply,
    /// A pool whose workers are replaced after each task.
    Recycle,
    /// A process for each task: it is started and joined before the next one.
    Process,
    /// Starts a controller and its engines, until all have registered. They end after the clock has stopped.
    StartEngines,
    /// A controller with engines that are kept: its balanced view maps, one task for each input.
    Balanced,
    /// Its direct view calls a function on every engine; each call is waited for before the next one.
    Direct,
    /// Its direct view scatters the numbers, every engine squares its part, and the parts are gathered.
    ScatterGather,
    /// Its direct view pushes the squares to every engine, and pulls them back.
    PushPull,
}

/// The start methods, as `examples_processes::StartMethod` has them on systems with `fork`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// A copy of the parent.
    Fork,
    /// The program is started again.
    Spawn,
    /// A copy of a small process.
    ForkServer,
}

impl fmt::Display for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} by {:?}", self.action, self.method)
    }
}

impl Tasks {
    /// Two processes at most do this at the same time: a pool has two workers, and its parent is small.
    pub fn of_two(action: Action, method: Method) -> Self {
        Self {
            action,
            method,
            workers: NonZero::new(2).expect("two is not zero"),
            written: 0,
        }
    }

    /// Its stopwatch, whose base and rival are the same: what is compared is another process.
    #[cfg(not(unix))]
    pub(crate) fn stopwatch(self) -> io::Result<Box<dyn Stopwatch>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Its stopwatch, whose base and rival are the same: what is compared is another process.
    #[cfg(unix)]
    pub(crate) fn stopwatch(self) -> io::Result<Box<dyn Stopwatch>> {
        unix::stopwatch(self)
    }
}

#[cfg(unix)]
mod engines;

#[cfg(unix)]
mod unix {
    use std::io;
    use std::num::NonZero;
    use std::time::{Duration, Instant};

    use estimator::{Run, Stopwatch};
    use examples_processes::process_pool::Chunking;
    use examples_processes::{Process, ProcessPool, StartMethod};

    use super::{Action, Method, Tasks, engines};
    use crate::primitives::write_small_pages;

    /// Does this many tasks. Gives the time, and the squares of the numbers from 0 on.
    pub(super) type Operation = Box<dyn FnMut(u64) -> io::Result<(Duration, Vec<u64>)>>;

    pub(super) fn square(n: u64) -> u64 {
        n * n
    }

    pub(super) fn stopwatch(tasks: Tasks) -> io::Result<Box<dyn Stopwatch>> {
        if tasks.written > 0 {
            write_small_pages(tasks.written)?;
        }
        let mut clock = Clock(operation(tasks)?);
        clock.run(1)?; // so that all workers, caches and branch predictors are warm
        Ok(Box::new(clock))
    }

    fn operation(tasks: Tasks) -> io::Result<Operation> {
        let method = match tasks.method {
            Method::Fork => StartMethod::Fork,
            Method::Spawn => StartMethod::Spawn,
            Method::ForkServer => StartMethod::ForkServer,
        };
        let builder = ProcessPool::builder(tasks.workers).method(method);
        Ok(match tasks.action {
            Action::Start => Box::new(move |n| {
                let start = Instant::now();
                let pool = builder.clone().start()?;
                let squares = pool.map(square, 0..n)?;
                Ok((start.elapsed(), squares))
            }),
            Action::StartAndEnd => Box::new(move |n| {
                let start = Instant::now();
                let pool = builder.clone().start()?;
                let squares = pool.map(square, 0..n)?;
                pool.join();
                Ok((start.elapsed(), squares))
            }),
            Action::Map(size) => {
                let chunking = size.map_or(Chunking::default(), Chunking::Size);
                map(builder.start()?, chunking)
            }
            Action::Recycle => {
                let pool = builder.recycle_after(NonZero::<u64>::MIN).start()?;
                map(pool, Chunking::Size(NonZero::<usize>::MIN))
            }
            Action::Apply => {
                let pool = builder.start()?;
                one_by_one(move |number| Ok(pool.apply(square, number)?))
            }
            Action::Process => one_by_one(move |number| {
                let process = Process::start("task", method, square, number)?;
                process.join().map_err(io::Error::other)
            }),
            Action::StartEngines => engines::start(tasks.workers, method),
            Action::Balanced => engines::balanced(tasks.workers, method)?,
            Action::Direct => engines::direct(tasks.workers, method)?,
            Action::ScatterGather => engines::scatter_gather(tasks.workers, method)?,
            Action::PushPull => engines::push_pull(tasks.workers, method)?,
        })
    }

    fn map(pool: ProcessPool, chunking: Chunking) -> Operation {
        Box::new(move |n| {
            let start = Instant::now();
            let squares = pool
                .chunks(chunking)
                .map(|(), number| square(number), 0..n)?;
            Ok((start.elapsed(), squares))
        })
    }

    fn one_by_one(mut task: impl FnMut(u64) -> io::Result<u64> + 'static) -> Operation {
        Box::new(move |n| {
            let start = Instant::now();
            let squares = (0..n).map(&mut task).collect::<io::Result<_>>()?;
            Ok((start.elapsed(), squares))
        })
    }

    /// A run is of [`Run::at`] tasks, whichever side's it is.
    struct Clock(Operation);

    impl Clock {
        fn run(&mut self, tasks: u64) -> io::Result<f64> {
            let (time, squares) = (self.0)(tasks)?;
            if !squares.into_iter().eq((0..tasks).map(square)) {
                let sentence = "its answer is not that of serial code";
                return Err(io::Error::other(sentence));
            }
            Ok(time.as_secs_f64())
        }
    }

    impl Stopwatch for Clock {
        fn time(&mut self, runs: &[Run], _expected: Duration) -> io::Result<Vec<f64>> {
            runs.iter().map(|run| self.run(run.at as u64)).collect()
        }
    }
}
