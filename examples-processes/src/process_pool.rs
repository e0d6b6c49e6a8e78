//! A pool of worker processes that live across calls.
//!
//! - **Idea.** Workers are started once. Each has a socket. The pool sends it a function (as a number, see
//!   [`ProcessPool::map`]) and inputs, a few at a time, and always some ahead, so that no worker waits for the next one.
//! - **Cost.** A message to a sleeping process, tens of microseconds, and two copies of each byte. Short tasks travel
//!   together, so a task costs less than a microsecond.
//! - **Failure.** A worker that dies is replaced, and what it had not answered is given to others: nothing is lost, and
//!   nothing is counted twice. A task in which workers die again and again is reported. See [`Builder::attempts`].
//!
//! The files: `engine` waits, on behalf of whichever thread needs a result; `state` decides which worker gets what;
//! `answers` takes results; `endings` gives the tasks of a dead worker to others; `member` is one worker; `calls`,
//! `results` and `pending` are what users see.

use std::io;
use std::num::NonZero;
use std::time::Duration;

use crate::StartMethod;
use crate::function::Function;

mod answers;
mod calls;
mod collected;
mod endings;
mod engine;
mod member;
mod pending;
mod results;
mod state;

pub use calls::{Calls, Chunking, Travels};
pub use pending::{AsCompleted, Pending};
pub use results::{Results, Unordered};

use engine::Engine;

/// Worker processes that wait for tasks: what `multiprocessing.Pool` and `concurrent.futures.ProcessPoolExecutor` are for
/// Python.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # if examples_processes::OneThread::check().is_ok() {
/// use std::num::NonZero;
/// use examples_processes::ProcessPool;
///
/// let pool = ProcessPool::start(NonZero::new(2).unwrap())?;
/// let squares = pool.map(|n: u64| n * n, 0..5)?;
/// assert_eq!(squares, [0, 1, 4, 9, 16]);
/// # }
/// # Ok(())
/// # }
/// ```
///
/// Functions run in other processes, so they must not capture variables. What a task needs is its input, or a value that
/// all tasks share: [`with`](Self::with). Several arguments are a tuple.
///
/// Threads can share a pool. Dropping it kills workers that are busy, lets idle ones end in an orderly way, and waits for
/// all of them.
pub struct ProcessPool {
    engine: Engine,
}

/// How a pool works.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    workers: NonZero<usize>,
    method: StartMethod,
    initializer: Option<Function>,
    recycle_after: Option<NonZero<u64>>,
    attempts: NonZero<u32>,
    time_limit: Option<Duration>,
}

/// What a pool is to be like. [`ProcessPool::builder`] makes it.
#[derive(Clone, Debug)]
#[must_use = "it starts nothing before `start`"]
pub struct Builder(Options);

impl Builder {
    /// How workers are started. Without it: [`StartMethod::Fork`].
    ///
    /// Whatever the method, workers are children of a fork server that is started first. So a worker that died can be
    /// replaced even if the program has started threads by then.
    pub fn method(mut self, method: StartMethod) -> Self {
        self.0.method = method;
        self
    }

    /// A function that each worker runs before its first task. If it panics, all calls fail with its message.
    pub fn initializer<F: Fn() + Copy + 'static>(mut self, initializer: F) -> Self {
        self.0.initializer = Some(Function::of(move |(): &(), ()| initializer()));
        self
    }

    /// Replaces each worker after this many tasks (chunks of inputs), for functions that lose memory.
    pub fn recycle_after(mut self, tasks: NonZero<u64>) -> Self {
        self.0.recycle_after = Some(tasks);
        self
    }

    /// How many workers may die in the same input before it is given up: 3 without it. With 1, no input is tried again.
    pub fn attempts(mut self, attempts: NonZero<u32>) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// How long a worker may take for one input. After that, it is killed and replaced, and the input has failed. There is
    /// no limit for the initializer.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.0.time_limit = Some(limit);
        self
    }

    /// Starts the workers.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`], with a sentence, if the method cannot be used here: see [`StartMethod`]. What the
    /// system says if it cannot start a process.
    pub fn start(self) -> io::Result<ProcessPool> {
        Ok(ProcessPool {
            engine: Engine::start(self.0)?,
        })
    }
}

impl ProcessPool {
    /// Starts this many workers, by `fork`.
    ///
    /// # Errors
    ///
    /// Those of [`Builder::start`].
    pub fn start(workers: NonZero<usize>) -> io::Result<Self> {
        Self::builder(workers).start()
    }

    /// To start a pool of this many workers that is not as usual.
    pub fn builder(workers: NonZero<usize>) -> Builder {
        Builder(Options {
            workers,
            method: StartMethod::default(),
            initializer: None,
            recycle_after: None,
            attempts: NonZero::new(3).expect("three is not zero"),
            time_limit: None,
        })
    }

    /// The process ids of the workers that live now.
    pub fn workers(&self) -> Vec<u32> {
        self.engine.workers()
    }

    /// Waits until all tasks are done, then ends the workers in an orderly way.
    pub fn join(self) {
        self.engine.wait_until_idle();
    }

    /// Kills the workers. (As does dropping the pool, as far as they are busy.)
    pub fn terminate(self) {
        self.engine.kill_all();
    }
}
