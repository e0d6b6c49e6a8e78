//! Results that will be there later.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ProcessPool;
use super::calls::Travels;
use super::collected::{Collected, Outcomes};
use super::engine::Engine;
use super::results::Feeder;
use crate::TaskError;

/// The result of a call that goes on meanwhile: `R` is made of results of type `O`.
///
/// Dropping it drops the result, but not the tasks: they are done. [`cancel`](Self::cancel) ends them.
#[must_use = "it is the only way to the result"]
pub struct Pending<'pool, O, R> {
    engine: &'pool Engine,
    call: u64,
    results: Arc<Collected<O>>,
    inputs: usize,
    finish: fn(Vec<O>) -> R,
}

impl<'pool, O: Travels, R> Pending<'pool, O, R> {
    pub(super) fn new<N: Iterator<Item: Travels>>(
        mut feeder: Feeder<'pool, N, O>,
        finish: fn(Vec<O>) -> R,
    ) -> Self {
        feeder.feed(true);
        feeder.engine.attend_in_background();
        Self {
            engine: feeder.engine,
            call: feeder.detach(),
            results: Arc::clone(&feeder.results),
            inputs: feeder.taken,
            finish,
        }
    }

    /// How many inputs have an outcome, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.results.lock().done, self.inputs)
    }

    /// Whether [`wait`](Self::wait) would return at once: all results are there, or one input has failed.
    pub fn is_ready(&self) -> bool {
        self.wait_for(Duration::ZERO)
    }

    /// Waits until it is ready, but no longer than `limit`. Returns whether it is ready.
    pub fn wait_for(&self, limit: Duration) -> bool {
        self.wait_until(Instant::now().checked_add(limit))
    }

    fn wait_until(&self, end: Option<Instant>) -> bool {
        let ready = self
            .engine
            .wait_until(end, |_| self.has_result().then_some(()));
        ready.is_some()
    }

    fn has_result(&self) -> bool {
        let arrived = self.results.lock();
        arrived.done == self.inputs || arrived.has_failed
    }

    /// Waits for the result.
    ///
    /// # Errors
    ///
    /// The first failure that becomes known, at once: the rest is cancelled.
    pub fn wait(self) -> Result<R, TaskError> {
        self.wait_until(None);
        let outcomes = std::mem::take(&mut self.results.lock().outcomes);
        let mut results = Vec::with_capacity(self.inputs);
        for outcomes in outcomes.into_values() {
            match outcomes {
                Outcomes::Results { values, .. } => results.extend(values),
                Outcomes::Failed(error) => {
                    self.cancel();
                    return Err(error);
                }
            }
        }
        Ok((self.finish)(results))
    }

    /// Ends the call. Tasks that no worker has are not done; workers that are in one are killed and replaced.
    pub fn cancel(self) {
        self.engine.lock().cancel(self.call);
    }
}

/// Results in the order in which they become ready: [`ProcessPool::as_completed`] makes it.
#[must_use = "it waits for nothing before `next`"]
pub struct AsCompleted<'pool, O, R> {
    pending: Vec<(usize, Pending<'pool, O, R>)>,
}

impl ProcessPool {
    /// The results of `pending`, in the order in which they become ready, each with its place in the list.
    pub fn as_completed<'pool, O: Travels, R>(
        &'pool self,
        pending: impl IntoIterator<Item = Pending<'pool, O, R>>,
    ) -> AsCompleted<'pool, O, R> {
        AsCompleted {
            pending: pending.into_iter().enumerate().collect(),
        }
    }
}

impl<O: Travels, R> Iterator for AsCompleted<'_, O, R> {
    type Item = (usize, Result<R, TaskError>);

    fn next(&mut self) -> Option<Self::Item> {
        let (_, first) = self.pending.first()?;
        let ready = || {
            self.pending
                .iter()
                .position(|(_, pending)| pending.has_result())
        };
        let place = first.engine.wait_until(None, |_| ready())?;
        let (number, pending) = self.pending.remove(place);
        Some((number, pending.wait()))
    }
}
