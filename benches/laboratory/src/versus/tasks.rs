//! What one task costs Python's pools of processes and ours, measured in turns, with the same answers.

use std::fmt;
use std::io;
use std::num::NonZero;
use std::time::Duration;

use estimator::{Axis, Cell, Purpose, measure, once_more};
use serde::{Deserialize, Serialize};

use super::TwoProcesses;
use crate::event::Event;
use crate::machine::{Busy, Machine, Watch};
use crate::measuring::{Problem, Subject, Trial, stopwatch};
use crate::python::PythonProcess;
use crate::survey::{CellResult, reasons};
use crate::tasks::Action::{Apply, Map, Start, StartAndEnd};
use crate::tasks::Method::{Fork, Spawn};
use crate::tasks::{Action, Method, Tasks};

/// What was found, task by task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskComparison {
    /// What the times were taken on.
    pub machine: Machine,
    /// How busy the machine was meanwhile.
    pub busy: Busy,
    /// Workers of each pool.
    pub workers: usize,
    /// The versions of Python and what it uses.
    pub versions: String,
    /// How far a task against itself came out from 0, as ln(time / time).
    pub noise_floor: f64,
    /// Ours is the base, the other one is the rival.
    pub tasks: Vec<TaskResult>,
    /// Ours against ours.
    pub checks: Vec<CellResult>,
}

/// What was found for one kind of task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskResult {
    /// What the rival does, and its times at the only place.
    pub cell: CellResult,
    /// Each time is that of so many.
    pub of: usize,
}

impl TaskComparison {
    /// Why tasks failed: each reason once.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        reasons(self.tasks.iter().map(|task| &task.cell).chain(&self.checks))
    }
}

/// A kind of task, in both languages.
struct Kind {
    name: &'static str,
    action: Action,
    method: Method,
    /// What Python's program calls it.
    way: &'static str,
    /// Tasks of a run.
    tasks: usize,
    /// About how many seconds our run takes.
    seconds: f64,
}

const ONE: Option<NonZero<usize>> = Some(NonZero::<usize>::MIN);

/// All kinds. A run is long enough to be timed, and short enough to be repeated.
#[rustfmt::skip]
const KINDS: [Kind; 8] = [
    Kind { name: "start by fork, first map", action: Start, method: Fork, way: "start-fork", tasks: 2, seconds: 1e-3 },
    Kind { name: "start by fork, first map, end", action: StartAndEnd, method: Fork, way: "start-end", tasks: 2, seconds: 1e-3 },
    Kind { name: "start by spawn, first map", action: Start, method: Spawn, way: "start-spawn", tasks: 2, seconds: 5e-3 },
    Kind { name: "Pool.map(chunksize=1), a task", action: Map(ONE), method: Fork, way: "map-1", tasks: 2_000, seconds: 5e-3 },
    Kind { name: "ProcessPoolExecutor.map, a task", action: Map(ONE), method: Fork, way: "executor", tasks: 1_000, seconds: 3e-3 },
    Kind { name: "joblib.Parallel, a task", action: Map(ONE), method: Fork, way: "joblib", tasks: 50_000, seconds: 5e-2 },
    Kind { name: "Pool.map, an item", action: Map(None), method: Fork, way: "map", tasks: 1_000_000, seconds: 1e-2 },
    Kind { name: "Pool.apply, a call", action: Apply, method: Fork, way: "apply", tasks: 200, seconds: 1e-2 },
];

impl Kind {
    /// A start counts as one, with the few tasks that show that all has started.
    fn of(&self) -> usize {
        match self.action {
            Start | StartAndEnd => 1,
            _ => self.tasks,
        }
    }
}

/// Ours with Python's way of that name, or with ours.
#[derive(Clone, Copy)]
struct Compared {
    ours: Tasks,
    way: Option<&'static str>,
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.way {
            Some(way) => write!(f, "{} in Rust and {way} in Python", self.ours),
            None => write!(f, "{} against itself", self.ours),
        }
    }
}

/// Measures every kind of task in both languages, in turns. `tell` is told what happens.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] if Python or something that it needs is not installed, in one sentence.
pub fn compare_tasks(
    workers: NonZero<usize>,
    budget: Duration,
    mut tell: impl FnMut(Event<'_>),
) -> io::Result<TaskComparison> {
    let watch = Watch::start();
    let largest = KINDS.iter().map(|kind| kind.tasks).max().unwrap_or(0);
    let problem = Problem::new("squares", largest, &[])?;
    let python =
        |way| PythonProcess::start_program("tasks", Trial::by_items(way, workers, &problem));
    let about = once_more(|| python("map"), |error| tell(Event::Again(error)))?
        .about
        .clone();
    let kinds = KINDS.iter();
    let kinds: Vec<_> = kinds
        .filter(|kind| about.others.iter().any(|way| way == kind.way))
        .collect();
    let cell = |kind: &Kind, way: Option<_>| Cell {
        subject: Compared {
            ours: Tasks {
                workers,
                ..Tasks::of_two(kind.action, kind.method)
            },
            way,
        },
        axis: Axis::Places(vec![(kind.tasks, kind.seconds)]),
        purpose: if way.is_some() {
            Purpose::Compare
        } else {
            Purpose::Check
        },
        weight: if way.is_some() { 1.0 } else { 0.5 },
    };
    let mut cells: Vec<_> = kinds
        .iter()
        .map(|kind| cell(kind, Some(kind.way)))
        .collect();
    let checked = kinds
        .iter()
        .filter(|kind| matches!(kind.way, "map-1" | "apply"));
    cells.extend(checked.map(|kind| cell(kind, None)));
    let start = |&Compared { ours, way }: &Compared| {
        let ours = stopwatch(&Subject::Tasks(ours))?;
        match way {
            Some(way) => Ok(TwoProcesses::boxed(ours, Box::new(python(way)?))),
            None => Ok(ours),
        }
    };
    let findings = measure(&cells, budget, start, |event| match event {
        estimator::Event::Turn(subject, done) => {
            tell(Event::Next("tasks", &subject.to_string(), done));
        }
        estimator::Event::Again(error) => tell(Event::Again(error)),
    });
    let mut outcomes = findings.cells.into_iter();
    let tasks = kinds
        .iter()
        .zip(&mut outcomes)
        .map(|(kind, outcome)| TaskResult {
            cell: CellResult {
                paradigm: kind.name.to_owned(),
                outcome,
            },
            of: kind.of(),
        });
    Ok(TaskComparison {
        machine: Machine::this(),
        workers: workers.get(),
        versions: about.versions,
        noise_floor: findings.noise_floor,
        tasks: tasks.collect(),
        checks: outcomes
            .map(|outcome| CellResult {
                paradigm: "ours".to_owned(),
                outcome,
            })
            .collect(),
        busy: Busy {
            others: None, // workers that outlive their program would count as others
            ..watch.stop(findings.spread)
        },
    })
}
