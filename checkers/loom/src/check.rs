//! Runs a program under loom, and says what loom has found.

use std::any::Any;
use std::fmt::{self, Display, Formatter};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::model::Builder;

use crate::platform::{forget_notes, notes};

/// What a check has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every schedule has passed.
    Passed {
        /// How many there are.
        executions: usize,
    },
    /// One has failed.
    Failed {
        /// How many were run: the last one is the one that failed.
        executions: usize,
        /// What the panic or the checker said.
        message: String,
        /// What the threads did, in order.
        notes: Vec<String>,
    },
}

impl Outcome {
    /// How many executions there were.
    pub fn executions(&self) -> usize {
        match self {
            Self::Passed { executions } | Self::Failed { executions, .. } => *executions,
        }
    }

    /// The same, but it came in the first execution.
    #[must_use]
    pub fn in_first_execution(mut self) -> Self {
        let (Self::Passed { executions } | Self::Failed { executions, .. }) = &mut self;
        *executions = 1;
        self
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed { executions } => write!(f, "passes in all {executions} executions"),
            Self::Failed {
                executions,
                message,
                notes,
            } => {
                write!(f, "fails in execution {executions}: {message}")?;
                notes.iter().try_for_each(|note| write!(f, "\n    {note}"))
            }
        }
    }
}

/// Runs the program in every schedule, or until one fails.
pub fn check(program: impl Fn() + Send + Sync + 'static) -> Outcome {
    run(&Builder::new(), program)
}

/// Runs the program in the schedules that take a core away from a thread at most `PREEMPTIONS` times. (A thread that waits
/// gives its core away: that does not count.) These are far fewer, and most faults show in them.
pub fn search(program: impl Fn() + Send + Sync + 'static) -> Outcome {
    run(&few_preemptions(), program)
}

/// How often [`search`] takes a core away from a thread.
pub const PREEMPTIONS: usize = 3;

fn few_preemptions() -> Builder {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder
}

/// Runs the program up to this execution, and writes its schedule into a file.
pub fn write_schedule(
    program: impl Fn() + Send + Sync + 'static,
    execution: usize,
    file: &Path,
) -> Outcome {
    let mut builder = few_preemptions();
    builder.checkpoint_file = Some(file.to_owned());
    builder.checkpoint_interval = execution;
    run(&builder, program)
}

/// Begins with the schedule in this file.
pub fn replay(program: impl Fn() + Send + Sync + 'static, file: &Path) -> Outcome {
    let mut builder = few_preemptions();
    builder.checkpoint_file = Some(file.to_owned());
    builder.checkpoint_interval = usize::MAX; // the file stays as it is
    run(&builder, program)
}

fn run(builder: &Builder, program: impl Fn() + Send + Sync + 'static) -> Outcome {
    let begun = Arc::new(AtomicUsize::new(0));
    let counted = {
        let begun = Arc::clone(&begun);
        move || {
            begun.fetch_add(1, Ordering::Relaxed);
            forget_notes();
            program();
        }
    };
    let result = panic::catch_unwind(AssertUnwindSafe(|| builder.check(counted)));
    let executions = begun.load(Ordering::Relaxed);
    match result {
        Ok(()) => Outcome::Passed { executions },
        Err(panic) => Outcome::Failed {
            executions,
            message: message(&*panic),
            notes: notes(),
        },
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}
