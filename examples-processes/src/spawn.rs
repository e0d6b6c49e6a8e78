//! `processes/spawn`: the same executable, started again for each chunk.
//!
//! - **Idea.** A new process shares nothing with its parent, so it is told its work in words: the
//!   name of the workload, the items, and the workload's parameters, as two lines of JSON on its
//!   standard input. It answers on its standard output. This is what `multiprocessing` calls "spawn".
//! - **Cost.** Starting a program: loading, linking, running up to `main`: a millisecond or more, and
//!   the answer through a pipe.
//! - **Hazard.** The program that spawns must offer the role at the start of its `main`, by
//!   [`become_worker_if_asked`]; else every worker would run the whole program again.
//!   [`start`](Paradigm::start) refuses if it does not.
//! - **Prefer it** over `fork` in a process with threads. (The way also works on systems without
//!   `fork`; this file is for Unix.)

use std::io::{self, Write};
use std::num::NonZero;
use std::ops::Range;
use std::process::{ChildStdout, Command, Stdio, exit};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, Workload, WorkloadVisitor, each_workload};

use crate::{Team, keep_ended_children, read_line, reply, takes_role, this_executable};

/// One spawned process a worker, at every call.
pub struct Spawn {
    workers: NonZero<usize>,
}

/// Set in a worker's environment: its parent's process id.
const ROLE: &str = "CROSSOVER_WORKER_OF";

/// Whether this program has offered the role of a worker.
static OFFERED: AtomicBool = AtomicBool::new(false);

/// The first line that a worker reads; the second holds the workload's parameters.
#[derive(Serialize, Deserialize)]
struct Task {
    workload: String,
    items: Range<usize>,
}

impl Paradigm for Spawn {
    const ID: &'static str = "processes/spawn";
    const ABOUT: &'static str = "start the executable again for each chunk, told its work in JSON";
    const CHILDREN: bool = true;

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        if !OFFERED.load(Ordering::Relaxed) {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "processes/spawn starts this program again as its worker, so `main` must begin with \
                 `examples_processes::spawn::become_worker_if_asked()`",
            ));
        }
        Ok(Self { workers })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        spawn_team(workload, self.workers)?.gather_items(workload.len())
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        Ok(workload.merge_all(spawn_team(workload, self.workers)?.gather_summaries()?))
    }
}

/// Starts one process for each chunk and tells it its work.
fn spawn_team<W: Workload>(workload: &W, workers: NonZero<usize>) -> io::Result<Team<ChildStdout>> {
    let chunks = Chunks::one_each(workload.len(), workers).aligned(workload.grain());
    let parameters = serde_json::to_string(workload)?;
    let mut team = Team::new();
    let mut inputs = Vec::new();
    for chunk in chunks.iter() {
        let mut child = Command::new(this_executable()?)
            .env(ROLE, std::process::id().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().expect("its output is piped");
        team.adopt(chunk, &child, output);
        inputs.push(child.stdin.take().expect("its input is piped"));
    }
    for (worker, (input, items)) in inputs.into_iter().zip(chunks.iter()).enumerate() {
        let task = Task {
            workload: W::NAME.to_owned(),
            items,
        };
        if let Err(error) = tell(input, &task, &parameters) {
            return Err(team.blame(worker, error));
        }
    }
    Ok(team)
}

/// Writes the two lines, and closes `input`.
fn tell(mut input: impl Write, task: &Task, parameters: &str) -> io::Result<()> {
    let task = serde_json::to_string(task)?;
    input.write_all(format!("{task}\n{parameters}\n").as_bytes())
}

/// If this process was started as a worker of [`Spawn`], does its work and ends; else returns.
///
/// To be called at the start of `main` by every program that uses [`Spawn`].
pub fn become_worker_if_asked() {
    become_worker_of(|_| {});
}

/// The same for a program with workloads of its own, which `each_other` visits besides those of the catalogue.
pub fn become_worker_of(each_other: impl FnOnce(&mut Answer)) {
    OFFERED.store(true, Ordering::Relaxed);
    keep_ended_children();
    if !takes_role(ROLE) {
        return;
    }
    match work(each_other) {
        Ok(()) => exit(0),
        Err(error) => {
            // Not `eprintln!`, which panics if standard error cannot be written.
            let _ = writeln!(io::stderr(), "worker: {error}");
            exit(1);
        }
    }
}

/// Reads the task, computes it, and writes the reply.
fn work(each_other: impl FnOnce(&mut Answer)) -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut line = || read_line(&mut input)?.ok_or(io::Error::from(io::ErrorKind::UnexpectedEof));
    let task: Task = serde_json::from_str(&line()?)?;
    let mut answer = Answer {
        task,
        parameters: line()?,
        sent: None,
    };
    each_workload(&mut answer);
    each_other(&mut answer);
    answer.sent.unwrap_or_else(|| {
        let message = format!("there is no workload called {}", answer.task.workload);
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    })
}

/// Finds the workload of a task by its name, computes its items, and sends them.
pub struct Answer {
    task: Task,
    parameters: String,
    sent: Option<io::Result<()>>,
}

impl WorkloadVisitor for Answer {
    fn map<M: Map>(&mut self) {
        if M::NAME == self.task.workload {
            self.sent = Some(self.parse().and_then(|workload: M| {
                reply::send_items(&mut io::stdout().lock(), || {
                    workload.items(self.items_of(&workload))
                })
            }));
        }
    }

    fn reduce<R: Reduce>(&mut self) {
        if R::NAME == self.task.workload {
            self.sent = Some(self.parse().and_then(|workload: R| {
                reply::send_summary(&mut io::stdout().lock(), || {
                    workload.fold(self.items_of(&workload))
                })
            }));
        }
    }
}

impl Answer {
    fn parse<W: Workload>(&self) -> io::Result<W> {
        Ok(serde_json::from_str(&self.parameters)?)
    }

    /// The items of the task.
    ///
    /// # Panics
    ///
    /// If the workload has no such items. The parent is told so, as of any panic.
    fn items_of(&self, workload: &impl Workload) -> Range<usize> {
        let (items, len) = (self.task.items.clone(), workload.len());
        assert!(
            items.start <= items.end && items.end <= len,
            "a worker was given the items {items:?} of {len}"
        );
        items
    }
}
