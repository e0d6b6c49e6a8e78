//! A way to run any workload, and the ways in which its workers can fail.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;
use std::mem::forget;
use std::num::NonZero;
use std::ops::{Deref, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{Map, Reduce};

/// A way to run any workload in parallel.
///
/// The answer is always the serial one, bit for bit, for any number of workers. If a worker fails, the
/// call returns an error that holds a [`WorkerError`]. In every case, a call leaves no thread, process,
/// descriptor or mapping behind, except what `start` made.
pub trait Paradigm: Sized + 'static {
    /// `crate/file`: its name on the command line and in every report.
    const ID: &'static str;

    /// What it does, in half a sentence.
    const ABOUT: &'static str;

    /// Whether its workers are child processes, which can die in more ways than threads can.
    const CHILDREN: bool = false;

    /// Makes what lives across calls: nothing, or a pool of workers.
    fn start(workers: NonZero<usize>) -> io::Result<Self>;

    /// Computes every item, in order.
    ///
    /// Most paradigms return a `Vec`; one that computes into other memory may return a view of it.
    fn map<M: Map>(&mut self, workload: &M) -> io::Result<impl Deref<Target = [M::Item]>>;

    /// Folds every item into one summary.
    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary>;
}

/// A worker that did not finish: which one, what it was doing, and why it stopped.
#[derive(Clone, PartialEq, Eq)]
pub struct WorkerError {
    /// Its number, counted from 0.
    pub worker: usize,
    /// The items that it was computing.
    pub items: Range<usize>,
    /// Why it stopped.
    pub cause: Cause,
}

/// Why a worker stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It panicked, with this message.
    Panicked(String),
    /// It left by itself, with this exit status, before it had answered.
    Exited(i32),
    /// This signal ended it.
    Killed(String),
    /// It runs elsewhere, and its connection ended: what is known of it.
    Lost(String),
}

/// The sentence, too: an error that `main` returns is shown by `Debug`.
impl fmt::Debug for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            worker,
            items: Range { start, end },
            cause,
        } = self;
        write!(f, "worker {worker} (items {start}..{end}) ")?;
        match cause {
            Cause::Panicked(message) => write!(f, "panicked: {message}"),
            Cause::Exited(status) => write!(f, "exited early, with status {status}"),
            Cause::Killed(signal) => write!(f, "was killed by {signal}"),
            Cause::Lost(what) => write!(f, "was lost: {what}"),
        }
    }
}

impl Error for WorkerError {}

impl From<WorkerError> for io::Error {
    fn from(error: WorkerError) -> Self {
        Self::other(error)
    }
}

/// Runs a worker's `work` on `items`; a panic in it becomes the worker's error.
///
/// # Errors
///
/// [`Cause::Panicked`], with the panic's message.
pub fn guard<T>(
    worker: usize,
    items: Range<usize>,
    work: impl FnOnce() -> T,
) -> Result<T, WorkerError> {
    // What `work` was changing is given up with the whole call, so no other code sees it half done.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let cause = Cause::Panicked(panic_message(payload.as_ref()));
        // To drop it could panic again, and paradigms rely on it that no panic leaves this function.
        if !payload.is::<String>() && !payload.is::<&str>() {
            forget(payload);
        }
        WorkerError {
            worker,
            items,
            cause,
        }
    })
}

/// What a panic said, from the payload that `join` or `catch_unwind` gives.
pub fn panic_message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a payload that is not text")
        .to_owned()
}
