//! What one task costs Python's pools of processes and ours, or `ipyparallel`'s engines and ours, measured in turns,
//! with the same answers.

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
use crate::tasks::Action::{
    Apply, Balanced, Direct, Map, ScatterGather, Start, StartAndEnd, StartEngines,
};
use crate::tasks::Method::{Fork, Spawn};
use crate::tasks::{Action, Method, Tasks};

/// Whom tasks are given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Taker {
    /// The pools of Python's standard library, and our pool.
    Pools,
    /// `ipyparallel`'s controller and engines, and ours.
    Engines,
}

impl Taker {
    fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Pools => &POOLS,
            Self::Engines => &ENGINES,
        }
    }

    /// The Python program, without its ending.
    fn program(self) -> &'static str {
        match self {
            Self::Pools => "tasks",
            Self::Engines => "engines",
        }
    }

    /// Ways whose tasks of ours are compared with themselves.
    fn checked(self) -> [&'static str; 2] {
        match self {
            Self::Pools => ["map-1", "apply"],
            Self::Engines => ["map", "apply"],
        }
    }

    /// A run of Python's is not expected to take less than this: the first one starts what is kept.
    fn least(self) -> Duration {
        match self {
            Self::Pools => Duration::ZERO,
            Self::Engines => Duration::from_secs(5),
        }
    }
}

/// What was found, task by task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskComparison {
    /// Whom tasks were given to.
    pub taker: Taker,
    /// What the times were taken on.
    pub machine: Machine,
    /// How busy the machine was meanwhile.
    pub busy: Busy,
    /// Workers of each pool, or engines of each controller.
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

/// All kinds for pools. A run is long enough to be timed, and short enough to be repeated.
#[rustfmt::skip]
const POOLS: [Kind; 8] = [
    Kind { name: "start by fork, first map", action: Start, method: Fork, way: "start-fork", tasks: 2, seconds: 1e-3 },
    Kind { name: "start by fork, first map, end", action: StartAndEnd, method: Fork, way: "start-end", tasks: 2, seconds: 1e-3 },
    Kind { name: "start by spawn, first map", action: Start, method: Spawn, way: "start-spawn", tasks: 2, seconds: 5e-3 },
    Kind { name: "Pool.map(chunksize=1), a task", action: Map(ONE), method: Fork, way: "map-1", tasks: 2_000, seconds: 5e-3 },
    Kind { name: "ProcessPoolExecutor.map, a task", action: Map(ONE), method: Fork, way: "executor", tasks: 1_000, seconds: 3e-3 },
    Kind { name: "joblib.Parallel, a task", action: Map(ONE), method: Fork, way: "joblib", tasks: 50_000, seconds: 5e-2 },
    Kind { name: "Pool.map, an item", action: Map(None), method: Fork, way: "map", tasks: 1_000_000, seconds: 1e-2 },
    Kind { name: "Pool.apply, a call", action: Apply, method: Fork, way: "apply", tasks: 200, seconds: 1e-2 },
];

/// All kinds for engines.
#[rustfmt::skip]
const ENGINES: [Kind; 5] = [
    Kind { name: "start, until all have registered", action: StartEngines, method: Spawn, way: "start", tasks: 2, seconds: 1e-2 },
    Kind { name: "load-balanced map, a task", action: Balanced, method: Spawn, way: "map", tasks: 1_000, seconds: 1e-2 },
    Kind { name: "direct view, a call of all engines", action: Direct, method: Spawn, way: "apply", tasks: 100, seconds: 1e-2 },
    Kind { name: "scatter, execute, gather, lists", action: ScatterGather, method: Spawn, way: "scatter-lists", tasks: 1_000_000, seconds: 5e-2 },
    Kind { name: "scatter, execute, gather, NumPy", action: ScatterGather, method: Spawn, way: "scatter-numpy", tasks: 1_000_000, seconds: 5e-2 },
];

impl Kind {
    /// A start counts as one, with the few tasks that show that all has started. So does a scatter of all numbers.
    fn of(&self) -> usize {
        match self.action {
            Start | StartAndEnd | StartEngines | ScatterGather => 1,
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
    taker: Taker,
    workers: NonZero<usize>,
    budget: Duration,
    mut tell: impl FnMut(Event<'_>),
) -> io::Result<TaskComparison> {
    let watch = Watch::start();
    let largest = taker
        .kinds()
        .iter()
        .map(|kind| kind.tasks)
        .max()
        .unwrap_or(0);
    let problem = Problem::new("squares", largest, &[])?;
    let python = |way| {
        let trial = Trial::by_items(way, workers, &problem);
        PythonProcess::start_program(taker.program(), trial, taker.least())
    };
    let about = once_more(|| python("map"), |error| tell(Event::Again(error)))?
        .about
        .clone();
    let kinds = taker.kinds().iter();
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
        .filter(|kind| taker.checked().contains(&kind.way));
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
        taker,
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
