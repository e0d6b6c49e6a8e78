//! Runs a program under shuttle, and says what shuttle has found.

use std::any::Any;
use std::fmt::{self, Display, Formatter};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, FailurePersistence, Runner};
use shuttle_engine::scheduler::serialization::serialize_schedule;

use crate::platform::{forget_notes, notes};

/// What a check has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every schedule that was tried has passed.
    Passed {
        /// How many were tried.
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
        /// The schedule, as `shuttle::replay` takes it.
        schedule: String,
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
            Self::Passed { executions } => write!(f, "passes in {executions} executions"),
            Self::Failed {
                executions,
                message,
                notes,
                schedule,
            } => {
                write!(f, "fails in execution {executions}: {message}")?;
                notes
                    .iter()
                    .try_for_each(|note| write!(f, "\n    {note}"))?;
                write!(f, "\n    schedule: {}", schedule.replace('\n', ""))
            }
        }
    }
}

/// Runs the program in the schedules of this scheduler, or until one fails.
pub fn check(
    program: impl Fn() + Send + Sync + 'static,
    scheduler: impl Scheduler + 'static,
) -> Outcome {
    let schedule = Arc::new(Mutex::new(Schedule::new(0)));
    let recorder = Recorder {
        scheduler,
        schedule: Arc::clone(&schedule),
    };
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None; // it is recorded here
    config.silence_warnings = true; // of orderings, which loom looks after
    let (executions, failure) = run(program, |program| {
        Runner::new(recorder, config).run(program);
    });
    let schedule = serialize_schedule(&schedule.lock().expect("no panic while it is held"));
    match failure {
        None => Outcome::Passed { executions },
        Some(message) => Outcome::Failed {
            executions,
            message,
            notes: notes(),
            schedule,
        },
    }
}

/// Runs the program once, in this schedule.
pub fn replay(program: impl Fn() + Send + Sync + 'static, schedule: &str) -> Outcome {
    let (executions, failure) = run(program, |program| shuttle::replay(program, schedule));
    match failure {
        None => Outcome::Passed { executions },
        Some(message) => Outcome::Failed {
            executions,
            message,
            notes: notes(),
            schedule: schedule.to_owned(),
        },
    }
}

/// Runs the program, and returns how often it was begun, and how it has failed.
fn run<P: Fn() + Send + Sync + 'static>(
    program: P,
    runner: impl FnOnce(Box<dyn Fn() + Send + Sync>),
) -> (usize, Option<String>) {
    let begun = Arc::new(AtomicUsize::new(0));
    let counted = {
        let begun = Arc::clone(&begun);
        Box::new(move || {
            begun.fetch_add(1, Ordering::Relaxed);
            forget_notes();
            program();
        })
    };
    let result = panic::catch_unwind(AssertUnwindSafe(|| runner(counted)));
    let failure = result.err().map(|panic| message(&*panic));
    (begun.load(Ordering::Relaxed), failure)
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}

/// Does what another scheduler says, and writes it down.
struct Recorder<S> {
    scheduler: S,
    schedule: Arc<Mutex<Schedule>>,
}

impl<S> Recorder<S> {
    fn record(&self, change: impl FnOnce(&mut Schedule)) {
        change(&mut self.schedule.lock().expect("no panic while it is held"));
    }
}

impl<S: Scheduler> Scheduler for Recorder<S> {
    fn new_execution(&mut self) -> Option<Schedule> {
        let new = self.scheduler.new_execution()?;
        self.record(|schedule| schedule.clone_from(&new));
        Some(new)
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        let next = self.scheduler.next_task(runnable, current, is_yielding)?;
        self.record(|schedule| schedule.push_task(next));
        Some(next)
    }

    fn next_u64(&mut self) -> u64 {
        self.record(Schedule::push_random);
        self.scheduler.next_u64()
    }
}
