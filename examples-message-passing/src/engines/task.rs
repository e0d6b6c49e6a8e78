//! A task of a controller: what is asked of it, and how far it is.

use examples_processes::TaskError;

/// The number of a task. No two tasks of a controller have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskId(pub(super) u64);

/// The bytes of a result, or why there is none.
pub(super) type Outcome = Result<Vec<u8>, TaskError>;

/// How a task ended, and on which engine.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) outcome: Outcome,
    pub(super) engine: Option<usize>,
}

#[derive(Debug)]
pub(super) enum State {
    /// It comes after this many others that are not done.
    Waiting(usize),
    /// It can begin.
    Ready,
    /// An engine has it.
    Given,
    Done(Done),
}

/// What is asked of a task.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) call: u64,
    pub(super) input: Vec<u8>,
    /// The number of its first input in its `map`.
    pub(super) index: usize,
    /// The engine that has to do it.
    pub(super) target: Option<usize>,
    /// It begins when these have succeeded.
    pub(super) after: Vec<TaskId>,
    /// It runs where these have run.
    pub(super) follow: Vec<TaskId>,
    /// In how many engines' deaths it may be involved.
    pub(super) attempts: u32,
    pub(super) group: Option<u64>,
}

impl Order {
    /// A task that any engine may do, once.
    pub(super) fn new(call: u64, input: Vec<u8>) -> Self {
        Self {
            call,
            input,
            attempts: 1,
            ..Self::default()
        }
    }
}

#[derive(Debug)]
pub(super) struct Task {
    pub(super) order: Order,
    pub(super) state: State,
    /// How many engines have died in it.
    pub(super) deaths: u32,
    /// Those that come after it.
    pub(super) dependents: Vec<u64>,
    /// Its result is not wanted.
    pub(super) forgotten: bool,
    /// It follows tasks that ran on different engines.
    pub(super) is_torn: bool,
}

impl Task {
    /// One that it depends on is done.
    pub(super) fn comes_after(&mut self, before: TaskId, engine: Option<usize>) {
        if self.order.follow.contains(&before) {
            self.is_torn |= self.order.target.is_some() && self.order.target != engine;
            self.order.target = engine;
        }
    }
}
