//! Results that are not there yet.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use examples_processes::parts::decode;
use examples_processes::process_pool::Travels;
use examples_processes::{Batch, Failure, TaskError};

use super::{Cluster, TaskId};
use crate::journal::Journal;

/// A task that was submitted. If it is dropped, its result is not wanted: a task that no engine has yet, and on which no
/// other depends, is taken back then.
#[must_use = "if it is dropped, the task is taken back"]
pub struct Task<'c, O> {
    cluster: &'c Cluster,
    id: TaskId,
    output: PhantomData<fn() -> O>,
}

impl<'c, O: Travels> Task<'c, O> {
    pub(super) fn new(cluster: &'c Cluster, id: TaskId) -> Self {
        Self {
            cluster,
            id,
            output: PhantomData,
        }
    }

    /// Its number, for tasks that depend on it.
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// Waits for the result.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn wait(&self) -> Result<O, TaskError> {
        self.wait_until(None).expect("it waits without a limit")
    }

    /// Waits for the result, but not longer than `limit`; `None` if it is not there by then.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn wait_for(&self, limit: Duration) -> Option<Result<O, TaskError>> {
        self.wait_until(Instant::now().checked_add(limit))
    }

    /// As [`wait`](Self::wait), without a copy of the result's bytes.
    pub(super) fn into_result(self) -> Result<O, TaskError> {
        one(&self.into_bytes()?)
    }

    /// As [`wait`](Self::wait), but the result as bytes.
    pub(super) fn into_bytes(self) -> Result<Vec<u8>, TaskError> {
        let mut controller = self.cluster.controller.borrow_mut();
        let outcome = controller.wait_until(None, |it| it.tasks.take(self.id.0));
        outcome.expect("it waits without a limit")
    }

    fn wait_until(&self, end: Option<Instant>) -> Option<Result<O, TaskError>> {
        let outcome = {
            let mut controller = self.cluster.controller.borrow_mut();
            controller.wait_until(end, |it| it.tasks.outcome(self.id.0))?
        };
        Some(outcome.and_then(|bytes| one(&bytes)))
    }

    /// Takes the task back, if no engine has it yet. Returns whether it was taken back; then its result is
    /// [`Failure::Cancelled`].
    pub fn abort(&self) -> bool {
        self.cluster.controller.borrow_mut().tasks.abort(self.id.0)
    }
}

impl<O> Drop for Task<'_, O> {
    fn drop(&mut self) {
        self.cluster.controller.borrow_mut().tasks.forget(self.id.0);
    }
}

/// The one value of these bytes.
pub(super) fn one<O: Travels>(bytes: &[u8]) -> Result<O, TaskError> {
    match decode(1, bytes).map(|mut values: Vec<O>| values.pop()) {
        Ok(value) => Ok(value.expect("one was decoded")),
        Err(error) => Err(broken(&error)),
    }
}

/// A value cannot travel.
pub(super) fn broken(error: &std::io::Error) -> TaskError {
    TaskError {
        index: 0,
        deaths: 0,
        worker: 0,
        failure: Failure::Broken(error.to_string()),
    }
}

/// The results of [`BalancedView::as_completed`](super::BalancedView::as_completed), in the order in which they come: the
/// number of the input, and the result.
///
/// If it is dropped, tasks that no engine has yet are taken back.
pub struct AsCompleted<'c, O> {
    cluster: &'c Cluster,
    group: u64,
    /// What its tasks call, as long as more of them may be submitted.
    call: Option<u64>,
    /// The tasks, and what a journal calls their chunks.
    pub(super) tasks: Vec<(TaskId, u128)>,
    total: usize,
    given: usize,
    buffer: VecDeque<(usize, Result<O, TaskError>)>,
    journal: Option<Journal>,
}

impl<'c, O: Travels> AsCompleted<'c, O> {
    pub(super) fn new(
        cluster: &'c Cluster,
        group: u64,
        call: u64,
        journal: Option<Journal>,
    ) -> Self {
        Self {
            cluster,
            group,
            call: Some(call),
            tasks: Vec::new(),
            total: 0,
            given: 0,
            buffer: VecDeque::new(),
            journal,
        }
    }

    /// A task was submitted, for a chunk of this many inputs.
    pub(super) fn add(&mut self, task: TaskId, key: u128, inputs: usize) {
        self.tasks.push((task, key));
        self.total += inputs;
    }

    /// The chunk that begins with input number `index` has this result, from a journal.
    pub(super) fn add_known(&mut self, index: usize, bytes: &[u8]) {
        let before = self.buffer.len();
        self.keep(index, Ok(bytes.to_owned()));
        self.total += self.buffer.len() - before;
    }

    /// What the journal knows of a chunk.
    pub(super) fn known(&self, key: u128) -> Option<Vec<u8>> {
        self.journal.as_ref()?.get(key).map(<[u8]>::to_vec)
    }

    /// How many results were given, and how many there will be.
    pub fn progress(&self) -> (usize, usize) {
        (self.given, self.total)
    }

    /// Makes results of the bytes of a chunk.
    fn keep(&mut self, index: usize, outcome: Result<Vec<u8>, TaskError>) {
        match outcome.and_then(|bytes| one::<Batch<O>>(&bytes)) {
            Ok(Batch(results)) => {
                let numbered = results.into_iter().enumerate();
                self.buffer
                    .extend(numbered.map(|(k, result)| (index + k, Ok(result))));
            }
            Err(error) => self.buffer.push_back((index, Err(error))),
        }
    }
}

impl<O: Travels> Iterator for AsCompleted<'_, O> {
    type Item = (usize, Result<O, TaskError>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.buffer.is_empty() {
            let group = self.group;
            let (index, outcome) =
                self.cluster
                    .controller
                    .borrow_mut()
                    .wait_until(None, |it| {
                        Some(it.tasks.next_done(group))
                            .filter(|next| next.is_some() || !it.tasks.is_open(group))
                    })??;
            if let (Some(journal), Ok(bytes)) = (&mut self.journal, &outcome.1)
                && let Ok(place) = self.tasks.binary_search_by_key(&outcome.0, |it| it.0)
            {
                // A journal that cannot be written loses no result of this run.
                let _ = journal.add(self.tasks[place].1, bytes);
            }
            self.keep(index, outcome.1);
        }
        let next = self.buffer.pop_front();
        self.given += usize::from(next.is_some());
        next
    }
}

impl<O> AsCompleted<'_, O> {
    /// All its tasks are submitted.
    pub(super) fn close_call(&mut self) {
        if let Some(call) = self.call.take() {
            self.cluster.controller.borrow_mut().tasks.calls.close(call);
        }
    }
}

impl<O> Drop for AsCompleted<'_, O> {
    fn drop(&mut self) {
        self.close_call();
        let tasks = &mut self.cluster.controller.borrow_mut().tasks;
        for (task, _) in &self.tasks {
            tasks.forget(task.0);
        }
        tasks.groups.remove(&self.group);
    }
}
