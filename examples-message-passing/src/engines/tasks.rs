//! The tasks of a controller: which wait, which can begin, which are done.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

use examples_processes::parts::Function;
use examples_processes::{Failure, TaskError};

use super::calls::Calls;
use super::task::{Done, Order, Outcome, State, Task, TaskId};

/// Tasks whose results are taken in the order in which they are done.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) open: usize,
    pub(super) done: VecDeque<u64>,
}

/// How many clusters this process has had.
static CLUSTERS: AtomicU64 = AtomicU64::new(0);

/// Each cluster has this many numbers for its tasks: so a task of another cluster is not taken for one of this cluster.
const NUMBERS: u64 = 1 << 40;

/// All tasks that are open, or whose results can still be asked for.
#[derive(Debug)]
pub(super) struct Tasks {
    all: BTreeMap<u64, Task>,
    pub(super) calls: Calls,
    pub(super) groups: BTreeMap<u64, Group>,
    /// Those that can begin, on any engine.
    pub(super) ready: VecDeque<u64>,
    /// Those that can begin, on this engine.
    pub(super) ready_for: BTreeMap<usize, VecDeque<u64>>,
    last_number: u64,
    pub(super) done: u64,
    pub(super) submitted: u64,
}

impl Tasks {
    pub(super) fn new() -> Self {
        Self {
            all: BTreeMap::new(),
            calls: Calls::default(),
            groups: BTreeMap::new(),
            ready: VecDeque::new(),
            ready_for: BTreeMap::new(),
            last_number: NUMBERS * CLUSTERS.fetch_add(1, Ordering::Relaxed),
            done: 0,
            submitted: 0,
        }
    }

    /// A number for a task, a call or a group.
    pub(super) fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    pub(super) fn get(&self, id: u64) -> Option<&Task> {
        self.all.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Task> {
        self.all.get_mut(&id)
    }

    /// A call for tasks that will be submitted, until it is closed.
    pub(super) fn add_call(&mut self, function: Function, shared: Vec<u8>) -> u64 {
        let number = self.number();
        self.calls.add(number, function, shared);
        number
    }

    /// The outcome of a task, if it is done.
    pub(super) fn outcome(&self, id: u64) -> Option<Outcome> {
        match &self.all.get(&id)?.state {
            State::Done(done) => Some(done.outcome.clone()),
            _ => None,
        }
    }

    /// Takes a task away that is done: its outcome.
    pub(super) fn take(&mut self, id: u64) -> Option<Outcome> {
        match self.all.get(&id)?.state {
            State::Done(_) => match self.all.remove(&id)?.state {
                State::Done(done) => Some(done.outcome),
                _ => None,
            },
            _ => None,
        }
    }

    /// Takes the next task of a group that is done: the number of its first input, its own number, and its outcome.
    pub(super) fn next_done(&mut self, group: u64) -> Option<(usize, (TaskId, Outcome))> {
        let id = self.groups.get_mut(&group)?.done.pop_front()?;
        let task = self.all.remove(&id)?;
        match task.state {
            State::Done(done) => Some((task.order.index, (TaskId(id), done.outcome))),
            _ => None,
        }
    }

    /// Whether a task of the group is not done.
    pub(super) fn is_open(&self, group: u64) -> bool {
        self.groups.get(&group).is_some_and(|group| group.open > 0)
    }

    pub(super) fn submit(&mut self, order: Order) -> TaskId {
        let id = self.number();
        self.submitted += 1;
        self.calls.open(order.call);
        if let Some(group) = order.group {
            self.groups.entry(group).or_default().open += 1;
        }
        let mut task = Task {
            order,
            state: State::Ready,
            deaths: 0,
            dependents: Vec::new(),
            forgotten: false,
            is_torn: false,
        };
        let mut waits_for = 0;
        let mut failed = None;
        for before in [&task.order.after[..], &task.order.follow].concat() {
            match self.all.get_mut(&before.0) {
                None => {
                    // It was dropped, or is one of another cluster.
                    failed = Some("a task that it depends on is not there".to_owned());
                }
                Some(Task {
                    state: State::Done(done),
                    ..
                }) => {
                    failed = failed.or(done.outcome.as_ref().err().map(why_not));
                    task.comes_after(before, done.engine);
                }
                Some(before) => {
                    before.dependents.push(id);
                    waits_for += 1;
                }
            }
        }
        task.state = State::Waiting(waits_for);
        self.all.insert(id, task);
        match failed {
            Some(why) => self.fail(id, Failure::Broken(why), None),
            None if waits_for == 0 => self.make_ready(id),
            None => {}
        }
        TaskId(id)
    }

    /// All that it comes after is done.
    fn make_ready(&mut self, id: u64) {
        let Some(task) = self.all.get_mut(&id) else {
            return;
        };
        if task.is_torn {
            let why = "the tasks that it follows ran on several engines".to_owned();
            return self.fail(id, Failure::Broken(why), None);
        }
        task.state = State::Ready;
        self.queue(id, false);
    }

    /// Puts a task that can begin into its queue, at the front if it was given out before.
    pub(super) fn queue(&mut self, id: u64, first: bool) {
        let queue = match self.all[&id].order.target {
            Some(engine) => self.ready_for.entry(engine).or_default(),
            None => &mut self.ready,
        };
        if first {
            queue.push_front(id);
        } else {
            queue.push_back(id);
        }
    }

    /// An engine is given a task, unless it was taken back.
    pub(super) fn begin(&mut self, id: u64) -> Option<(&mut Task, &Calls)> {
        let task = self.all.get_mut(&id)?;
        if !matches!(task.state, State::Ready) {
            return None;
        }
        task.state = State::Given;
        Some((task, &self.calls))
    }

    pub(super) fn fail(&mut self, id: u64, failure: Failure, engine: Option<usize>) {
        let Some(task) = self.all.get(&id) else {
            return;
        };
        let error = TaskError {
            index: task.order.index,
            deaths: task.deaths,
            worker: engine.unwrap_or_default(),
            failure,
        };
        self.finish(id, Err(error), engine);
    }

    /// A task is done. Those that come after it may begin, or fail.
    pub(super) fn finish(&mut self, id: u64, outcome: Outcome, engine: Option<usize>) {
        // Iterative: a chain of dependents may be long.
        let mut finished = vec![(id, outcome, engine)];
        while let Some((id, outcome, engine)) = finished.pop() {
            let Some(task) = self.all.get_mut(&id) else {
                continue;
            };
            if matches!(task.state, State::Done(_)) {
                continue;
            }
            let failed = outcome.as_ref().err().map(why_not);
            task.order.input = Vec::new();
            task.state = State::Done(Done { outcome, engine });
            self.done += 1;
            self.calls.close(task.order.call);
            if let Some(group) = task.order.group.and_then(|it| self.groups.get_mut(&it)) {
                group.open -= 1;
                group.done.push_back(id);
            }
            let dependents = std::mem::take(&mut task.dependents);
            if task.forgotten {
                self.all.remove(&id);
            }
            for dependent in dependents {
                let Some(task) = self.all.get_mut(&dependent) else {
                    continue;
                };
                task.comes_after(TaskId(id), engine);
                let State::Waiting(waits_for) = &mut task.state else {
                    continue;
                };
                *waits_for -= 1;
                let is_ready = *waits_for == 0;
                if let Some(why) = &failed {
                    let error = TaskError {
                        index: task.order.index,
                        deaths: 0,
                        worker: 0,
                        failure: Failure::Broken(why.clone()),
                    };
                    finished.push((dependent, Err(error), None));
                } else if is_ready {
                    self.make_ready(dependent);
                }
            }
        }
    }

    /// Takes a task back that no engine has. Returns whether it was taken back.
    pub(super) fn abort(&mut self, id: u64) -> bool {
        let can = self
            .all
            .get(&id)
            .is_some_and(|task| matches!(task.state, State::Waiting(_) | State::Ready));
        if can {
            self.fail(id, Failure::Cancelled, None);
        }
        can
    }

    /// Its result is not wanted any more.
    pub(super) fn forget(&mut self, id: u64) {
        if let Some(task) = self.all.get_mut(&id) {
            task.forgotten = true;
            if matches!(task.state, State::Done(_)) {
                self.all.remove(&id);
            } else if task.dependents.is_empty() {
                self.abort(id);
            }
        }
    }
}

fn why_not(error: &TaskError) -> String {
    format!("a task that it depends on has failed ({error})")
}
