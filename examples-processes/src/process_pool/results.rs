//! Inputs that are taken as workers need them, and outcomes in their order.

use std::io;
use std::sync::Arc;
use std::time::Instant;
use std::vec;

use super::calls::{Chunking, Travels};
use super::collected::{Arrived, Collected, Outcomes};
use super::engine::Engine;
use super::state::{Sink, State};
use crate::function::Function;
use crate::values::Values;
use crate::{Failure, TaskError};

/// The inputs of one call, on their way to the workers. Dropped, it cancels what is open.
pub(super) struct Feeder<'pool, N, O> {
    pub(super) engine: &'pool Engine,
    pub(super) call: u64,
    pub(super) results: Arc<Collected<O>>,
    inputs: N,
    chunking: Chunking,
    /// Why nothing can be sent.
    broken: Option<String>,
    /// How many inputs were taken.
    pub(super) taken: usize,
    is_exhausted: bool,
    begin: Instant,
}

/// Tasks are added in batches: so workers are given several at a time.
const BATCH: usize = 64;
/// The largest chunk, unless a size is asked for.
const LARGEST: usize = 8192;
/// Inputs are taken from their iterator this many at a time.
const PART: usize = 2048;
/// No more tasks are added if this many bytes wait for workers: as many as fit into the cache of a core...
const WAITING_BYTES: usize = 512 << 10;
/// ... or this many tasks for each worker.
const WAITING_TASKS: usize = 1024;
/// Results that wait to be taken have at most this many bytes.
const UNDELIVERED_BYTES: usize = 16 << 20;

impl<'pool, N: Iterator<Item: Travels>, O: Travels> Feeder<'pool, N, O> {
    pub(super) fn new(
        engine: &'pool Engine,
        function: Function,
        shared: io::Result<Vec<u8>>,
        inputs: N,
        chunking: Chunking,
    ) -> Self {
        let results = Arc::new(Collected::new());
        let sink = Arc::clone(&results) as Arc<dyn Sink>;
        let (shared, broken) = match shared {
            Ok(shared) => (shared, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        Self {
            engine,
            call: engine.lock().begin_call(function, shared, sink),
            results,
            inputs,
            chunking,
            broken,
            taken: 0,
            is_exhausted: false,
            begin: Instant::now(),
        }
    }

    /// Takes inputs until enough of them wait for the workers, or all inputs if `all` is true. Returns whether
    /// there are more inputs.
    pub(super) fn feed(&mut self, all: bool) -> bool {
        while !self.is_exhausted && (all || !self.has_enough(&self.engine.lock())) {
            // The inputs are user code, so no lock is held while they are taken.
            let mut batch = Vec::new();
            let (mut bytes, mut has_failed) = (0, false);
            while batch.len() < BATCH && bytes < WAITING_BYTES / 4 && !self.is_exhausted {
                let first = self.taken;
                match self.take_chunk() {
                    Ok(values) if values.count == 0 => break,
                    Ok(values) => {
                        bytes += values.bytes.len();
                        batch.push((first, values));
                    }
                    Err(why) => {
                        self.fail(first..self.taken, &why);
                        has_failed = true;
                        break;
                    }
                }
            }
            let mut state = self.engine.lock();
            for (first, values) in batch {
                state.submit(self.call, first, values);
            }
            if self.is_exhausted {
                state.complete(self.call);
            }
            state.feed();
            if has_failed && !all {
                break; // the caller is told first: there may be no end of such inputs
            }
        }
        !self.is_exhausted
    }

    fn has_enough(&self, state: &State) -> bool {
        let workers = self.engine.workers;
        let (tasks, bytes) = state.waiting();
        let most = if matches!(self.chunking, Chunking::Lasting(_)) {
            1
        } else {
            WAITING_TASKS
        };
        tasks >= workers * most || (bytes >= WAITING_BYTES && tasks >= 2 * workers)
    }

    /// How many inputs there are at least: those that were taken, and those that are left.
    pub(super) fn expected(&self) -> usize {
        self.taken.saturating_add(self.inputs.size_hint().0)
    }

    fn chunk_size(&self) -> usize {
        let workers = self.engine.workers;
        match self.chunking {
            Chunking::FourEach => self.expected().div_ceil(4 * workers).clamp(1, LARGEST),
            Chunking::Size(size) => size.get(),
            Chunking::Lasting(target) => {
                let done = self.results.lock().done;
                let each = self.begin.elapsed().as_secs_f64() * workers as f64 / done.max(1) as f64;
                let left = self.inputs.size_hint().1;
                let most = left.map_or(usize::MAX, |left| left.div_ceil(workers));
                match done {
                    0 => 1,
                    _ => ((target.as_secs_f64() / each) as usize).min(most).max(1),
                }
            }
        }
    }

    /// The inputs of the next chunk; none if there are no more.
    fn take_chunk(&mut self) -> Result<Values, String> {
        let size = self.chunk_size();
        let mut values = Values::default();
        if size > PART {
            values.bytes = self.engine.lock().spare.pop().unwrap_or_default();
        }
        let mut outcome = Ok(());
        while values.count < size && !self.is_exhausted && outcome.is_ok() {
            // Few at a time: so they are still in the processor's cache when they are written down.
            let wanted = (size - values.count).min(PART);
            let part: Vec<_> = self.inputs.by_ref().take(wanted).collect();
            self.taken += part.len();
            self.is_exhausted = part.len() < wanted;
            outcome = match &self.broken {
                Some(why) => Err(why.clone()),
                None => values.append(&part).map_err(|error| error.to_string()),
            };
        }
        outcome.map(|()| values)
    }

    fn fail(&self, inputs: std::ops::Range<usize>, why: &str) {
        for index in inputs {
            let failure = Failure::Broken(format!("its input cannot be sent: {why}"));
            let error = TaskError {
                index,
                deaths: 0,
                worker: 0,
                failure,
            };
            self.results.failed(error);
        }
    }

    /// Waits until `ready` finds what it looks for; `None` if all inputs that were taken have an outcome.
    pub(super) fn wait<T>(&self, mut ready: impl FnMut(&mut Arrived<O>) -> Option<T>) -> Option<T> {
        self.engine
            .wait_until(None, |_| {
                let mut arrived = self.results.lock();
                let found = ready(&mut arrived);
                let is_over = found.is_some() || arrived.done == self.taken;
                is_over.then_some(found)
            })
            .flatten()
    }
}

impl<N, O> Feeder<'_, N, O> {
    /// Lets the call go on when this value is dropped.
    pub(super) fn detach(&mut self) -> u64 {
        std::mem::take(&mut self.call)
    }
}

impl<N, O> Drop for Feeder<'_, N, O> {
    fn drop(&mut self) {
        if self.call > 0 {
            self.engine.lock().cancel(self.call);
        }
    }
}

/// The outcomes of a call in the order of its inputs: see [`ProcessPool::imap`](super::ProcessPool::imap).
///
/// Dropped before its end, it cancels the rest.
#[must_use = "inputs are taken as results are asked for"]
pub struct Results<'pool, N, O> {
    feeder: Feeder<'pool, N, O>,
    current: vec::IntoIter<O>,
    /// The number of the outcome that comes next.
    next: usize,
    /// How many outcomes were returned.
    returned: usize,
}

impl<'pool, N: Iterator<Item: Travels>, O: Travels> Results<'pool, N, O> {
    pub(super) fn new(feeder: Feeder<'pool, N, O>) -> Self {
        Self {
            feeder,
            current: Vec::new().into_iter(),
            next: 0,
            returned: 0,
        }
    }

    /// Takes more inputs, unless too many results wait to be taken.
    fn feed(&mut self) {
        let undelivered = self.feeder.taken - self.returned;
        let most = 2 * WAITING_TASKS * self.feeder.engine.workers;
        let bytes = self.feeder.results.lock().bytes;
        if undelivered == 0 || (undelivered < most && bytes < UNDELIVERED_BYTES) {
            self.feeder.feed(false);
        }
    }

    fn next_of(
        &mut self,
        mut take: impl FnMut(&mut Arrived<O>) -> Option<(usize, Outcomes<O>)>,
    ) -> Option<(usize, Result<O, TaskError>)> {
        loop {
            if let Some(value) = self.current.next() {
                self.next += 1;
                self.returned += 1;
                return Some((self.next - 1, Ok(value)));
            }
            let mut take = |arrived: &mut Arrived<O>| {
                let (first, outcomes) = take(arrived)?;
                if let Outcomes::Results { bytes, .. } = &outcomes {
                    arrived.bytes -= bytes;
                }
                Some((first, outcomes))
            };
            let there = take(&mut self.feeder.results.lock());
            if there.is_none() || self.returned.is_multiple_of(BATCH) {
                self.feed();
            }
            let (first, outcomes) = match there {
                Some(there) => there,
                None => self.feeder.wait(take)?,
            };
            self.next = first;
            match outcomes {
                Outcomes::Results { values, .. } => self.current = values,
                Outcomes::Failed(error) => {
                    self.next += 1;
                    self.returned += 1;
                    return Some((first, Err(error)));
                }
            }
        }
    }
}

impl<N: Iterator<Item: Travels>, O: Travels> Iterator for Results<'_, N, O> {
    type Item = Result<O, TaskError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next;
        let outcome = self.next_of(|arrived| arrived.outcomes.remove_entry(&next));
        outcome.map(|(_, outcome)| outcome)
    }
}

/// The outcomes of a call as they come, each with the number of its input: see
/// [`ProcessPool::imap_unordered`](super::ProcessPool::imap_unordered).
///
/// Dropped before its end, it cancels the rest.
#[must_use = "inputs are taken as results are asked for"]
pub struct Unordered<'pool, N, O>(pub(super) Results<'pool, N, O>);

impl<N: Iterator<Item: Travels>, O: Travels> Iterator for Unordered<'_, N, O> {
    type Item = (usize, Result<O, TaskError>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_of(|arrived| arrived.outcomes.pop_first())
    }
}
