//! Why a task has no result.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use workloads::Cause;

/// Why a function that ran in another process has no result.
#[derive(Clone, PartialEq, Eq)]
pub enum Failure {
    /// It panicked.
    Panicked {
        /// What the panic said.
        message: String,
        /// The file, the line and the column; empty if it is not known.
        place: String,
    },
    /// Its process ended, as often as tasks of the pool are tried; this is how it ended the last time.
    Died(Cause),
    /// It took longer than the pool allows.
    OverTime(Duration),
    /// It was cancelled.
    Cancelled,
    /// The pool cannot go on, or a value cannot travel.
    Broken(String),
}

/// The sentence, too: an error that `main` returns is shown by `Debug`.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked { message, place } if place.is_empty() => {
                write!(f, "panicked: {message}")
            }
            Self::Panicked { message, place } => write!(f, "panicked at {place}: {message}"),
            Self::Died(Cause::Exited(status)) => {
                write!(f, "its worker exited early, with status {status}")
            }
            Self::Died(Cause::Killed(signal)) => write!(f, "its worker was killed by {signal}"),
            Self::Died(Cause::Lost(what)) => write!(f, "its worker was lost: {what}"),
            Self::Died(Cause::Panicked(message)) => write!(f, "panicked: {message}"),
            Self::OverTime(limit) => write!(f, "took longer than {limit:?}"),
            Self::Cancelled => write!(f, "was cancelled"),
            Self::Broken(why) => write!(f, "could not be done: {why}"),
        }
    }
}

impl Error for Failure {}

impl Failure {
    /// As the cause for which a worker stopped.
    pub fn into_cause(self) -> Cause {
        match self {
            Self::Died(cause) => cause,
            Self::Panicked { message, .. } => Cause::Panicked(message),
            other => Cause::Panicked(other.to_string()),
        }
    }
}

/// A task of a pool that failed: which one, and why.
#[derive(Clone, PartialEq, Eq)]
pub struct TaskError {
    /// The number of its input, counted from 0.
    pub index: usize,
    /// How many workers have died in it.
    pub deaths: u32,
    /// The number of the worker that had it last.
    pub worker: usize,
    /// Why it failed.
    pub failure: Failure,
}

impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            index,
            deaths,
            failure,
            ..
        } = self;
        match failure {
            Failure::Died(_) if *deaths > 1 => write!(f, "task {index}: {failure}, {deaths} times"),
            Failure::Died(_) => write!(f, "task {index}: {failure}"),
            _ => write!(f, "task {index} {failure}"),
        }
    }
}

impl Error for TaskError {}

impl From<TaskError> for io::Error {
    fn from(error: TaskError) -> Self {
        Self::other(error)
    }
}
