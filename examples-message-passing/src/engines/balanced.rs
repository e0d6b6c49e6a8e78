//! The balanced view: each task is done by the engine that has least to do.

use std::io;
use std::marker::PhantomData;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use examples_processes::parts::{Function, Values, encode_one};
use examples_processes::process_pool::Travels;
use examples_processes::{Batch, TaskError};

use super::engine::compute;
use super::handle::{AsCompleted, Task, broken};
use super::task::Order;
use super::{Cluster, TaskId};
use crate::journal::{Journal, key};

/// A view in which the program says what is to be done, and not where.
///
/// Its functions are given a value that all tasks share ([`with`](Self::with)), and an input. They do not see the values
/// that engines keep, so a task can be done anywhere.
#[derive(Clone)]
#[must_use = "it does nothing before `map` or the like"]
pub struct BalancedView<'c, S> {
    cluster: &'c Cluster,
    shared: Result<Vec<u8>, TaskError>,
    chunk: NonZero<usize>,
    attempts: NonZero<u32>,
    after: Vec<TaskId>,
    follow: Vec<TaskId>,
    journal: Option<PathBuf>,
    shared_type: PhantomData<fn(S)>,
}

/// A task is given to this many engines, if each of them ends.
const ATTEMPTS: u32 = 3;

/// While inputs are read, results are taken after every this many inputs.
const LOOK_EVERY: usize = 64;

impl<'c> BalancedView<'c, ()> {
    pub(super) fn new(cluster: &'c Cluster) -> Self {
        Self {
            cluster,
            shared: encode_one(&()).map_err(|error| broken(&error)),
            chunk: NonZero::<usize>::MIN,
            attempts: NonZero::new(ATTEMPTS).expect("three is not zero"),
            after: Vec::new(),
            follow: Vec::new(),
            journal: None,
            shared_type: PhantomData,
        }
    }

    /// Its functions are given this value, too, by reference. It travels to each engine once a call. The engine has it until
    /// it is given a task of another call.
    pub fn with<S: Travels>(self, shared: &S) -> BalancedView<'c, S> {
        BalancedView {
            cluster: self.cluster,
            shared: encode_one(shared).map_err(|error| broken(&error)),
            chunk: self.chunk,
            attempts: self.attempts,
            after: self.after,
            follow: self.follow,
            journal: self.journal,
            shared_type: PhantomData,
        }
    }
}

impl<'c, S: Travels> BalancedView<'c, S> {
    /// This many adjacent inputs are one task. Without it: 1.
    pub fn chunk(mut self, inputs: NonZero<usize>) -> Self {
        self.chunk = inputs;
        self
    }

    /// How many engines may end in the same task before it is given up. Without it: 3. With 1, no task is tried again.
    pub fn attempts(mut self, attempts: NonZero<u32>) -> Self {
        self.attempts = attempts;
        self
    }

    /// Its tasks begin when these have succeeded. If one of these fails, they fail.
    pub fn after(mut self, tasks: impl IntoIterator<Item = TaskId>) -> Self {
        self.after.extend(tasks);
        self
    }

    /// Its tasks begin when these have succeeded, and run on the engine where these have run. If these have run on several
    /// engines, or their engine has ended, they fail.
    pub fn follow(mut self, tasks: impl IntoIterator<Item = TaskId>) -> Self {
        self.follow.extend(tasks);
        self
    }

    /// Keeps the results of `map` in a file, chunk by chunk. If the program is started again after it has ended early, it
    /// finds the chunks that were finished, and computes the others. See [`Journal`].
    pub fn journal(mut self, file: &Path) -> Self {
        self.journal = Some(file.to_owned());
        self
    }

    /// Submits one task.
    pub fn submit<I: Travels, O: Travels>(
        &self,
        function: impl Fn(&S, I) -> O + Copy + 'static,
        input: I,
    ) -> Result<Task<'c, O>, TaskError> {
        let function = Function::of(move |shared: &S, input: I| {
            let Batch(mut results) = compute(function, shared, vec![input]);
            results.pop().expect("one for each input")
        });
        let input = Values::encode(&[input]).map_err(|error| broken(&error))?;
        let shared = self.shared.clone()?;
        let mut controller = self.cluster.controller.borrow_mut();
        let call = controller.tasks.add_call(function, shared);
        let id = controller.tasks.submit(self.order(call, input.bytes));
        controller.tasks.calls.close(call);
        controller.give_out();
        Ok(Task::new(self.cluster, id))
    }

    /// Runs `function` on each input, and returns the results in the order of the inputs.
    ///
    /// # Errors
    ///
    /// The first failure that came. The other tasks are taken back then, as far as no engine has them.
    pub fn map<I: Travels, O: Travels>(
        &self,
        function: impl Fn(&S, I) -> O + Copy + 'static,
        inputs: impl IntoIterator<Item = I>,
    ) -> Result<Vec<O>, TaskError> {
        let mut results = Vec::new();
        for (index, result) in self.as_completed(function, inputs)? {
            if results.len() <= index {
                results.resize_with(index + 1, || None);
            }
            results[index] = Some(result?);
        }
        Ok(results
            .into_iter()
            .map(|it| it.expect("each has come"))
            .collect())
    }

    /// Runs `function` on each input, and returns the results as they come. The number of a failure is that of the first
    /// input of its chunk.
    ///
    /// # Errors
    ///
    /// If the shared value or an input cannot travel, or the journal cannot be read.
    pub fn as_completed<I: Travels, O: Travels>(
        &self,
        function: impl Fn(&S, I) -> O + Copy + 'static,
        inputs: impl IntoIterator<Item = I>,
    ) -> Result<AsCompleted<'c, O>, TaskError> {
        let travelling = Function::of(move |shared: &S, Batch(inputs): Batch<I>| {
            compute(function, shared, inputs)
        });
        let journal = self.journal.as_deref().map(Journal::open).transpose();
        let shared = self.shared.clone()?;
        let journal = journal.map_err(|error| broken(&error))?;
        let has_journal = journal.is_some();
        let (group, call) = {
            let tasks = &mut self.cluster.controller.borrow_mut().tasks;
            (tasks.number(), tasks.add_call(travelling, shared.clone()))
        };
        let mut results = AsCompleted::new(self.cluster, group, call, journal);
        let mut inputs = inputs.into_iter();
        let mut index = 0;
        loop {
            let chunk: Vec<I> = inputs.by_ref().take(self.chunk.get()).collect();
            let count = chunk.len();
            if count == 0 {
                break;
            }
            let bytes = Values::encode(&[Batch(chunk)])
                .map_err(|error| broken(&error))?
                .bytes;
            let key = if has_journal {
                let number = [travelling.number(), index as u64];
                key(number, &shared, &bytes).map_err(|error: io::Error| broken(&error))?
            } else {
                0
            };
            if let Some(known) = results.known(key) {
                results.add_known(index, &known);
            } else {
                let order = Order {
                    index,
                    group: Some(group),
                    ..self.order(call, bytes)
                };
                let mut controller = self.cluster.controller.borrow_mut();
                results.add(controller.tasks.submit(order), key, count);
                // So that engines work while inputs are still being read.
                controller.give_out();
                if index % LOOK_EVERY == 0 {
                    controller.take_what_has_come();
                }
            }
            index += count;
        }
        results.close_call();
        Ok(results)
    }

    fn order(&self, call: u64, input: Vec<u8>) -> Order {
        Order {
            attempts: self.attempts.get(),
            after: self.after.clone(),
            follow: self.follow.clone(),
            ..Order::new(call, input)
        }
    }
}
