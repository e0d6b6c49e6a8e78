//! What can be asked of a pool.

use std::collections::BTreeMap;
use std::io;
use std::marker::PhantomData;
use std::num::NonZero;
use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use super::collected::Outcomes;
use super::pending::Pending;
use super::results::{Feeder, Results, Unordered};
use super::{Engine, ProcessPool};
use crate::TaskError;
use crate::function::Function;
use crate::values::encode_one;

/// How many adjacent inputs travel and are computed together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chunking {
    /// As Python's `Pool.map` does it: four chunks a worker, but at most 8,192 inputs, because small messages stay in the
    /// processor's cache. If it is not known how many inputs there are: one input.
    #[default]
    FourEach,
    /// This many inputs.
    Size(NonZero<usize>),
    /// As many inputs as take about this long. The pool measures it as results come.
    Lasting(Duration),
}

/// A value that travels between processes, and may stay in this one's memory for any time.
pub trait Travels: Serialize + DeserializeOwned + Send + 'static {}
impl<T: Serialize + DeserializeOwned + Send + 'static> Travels for T {}

/// Calls to a pool whose tasks share a value, or are cut in a certain way: [`ProcessPool::with`],
/// [`ProcessPool::chunks`].
#[must_use = "it does nothing before `map` or the like"]
pub struct Calls<'pool, S> {
    engine: &'pool Engine,
    shared: io::Result<Vec<u8>>,
    chunking: Chunking,
    shared_type: PhantomData<fn(S)>,
}

impl ProcessPool {
    /// Calls whose functions are given this value, too, by reference. It travels to each worker once a call.
    pub fn with<S: Travels>(&self, shared: &S) -> Calls<'_, S> {
        Calls {
            engine: &self.engine,
            shared: encode_one(shared),
            chunking: Chunking::default(),
            shared_type: PhantomData,
        }
    }

    /// Calls whose inputs are cut in this way. Their functions are given a shared value, too, which is `()`:
    ///
    /// ```no_run
    /// # use std::num::NonZero;
    /// # use examples_processes::{ProcessPool, process_pool::Chunking};
    /// # fn squares(pool: &ProcessPool) {
    /// let ten = Chunking::Size(NonZero::new(10).unwrap());
    /// let squares = pool.chunks(ten).map(|(), n: u64| n * n, 0..1_000);
    /// # }
    /// ```
    pub fn chunks(&self, chunking: Chunking) -> Calls<'_, ()> {
        self.with(&()).chunks(chunking)
    }

    /// Runs `function` on `input` in a worker, and waits for the result.
    ///
    /// # Errors
    ///
    /// Why there is no result.
    pub fn apply<I: Travels, O: Travels>(
        &self,
        function: impl Fn(I) -> O + Copy + 'static,
        input: I,
    ) -> Result<O, TaskError> {
        self.with(&())
            .apply(move |(), input| function(input), input)
    }

    /// As [`apply`](Self::apply), without waiting: the tasks go on while this thread does something else. For that, the
    /// pool starts a thread, so this process must not fork from then on, until the pool is dropped.
    pub fn apply_async<I: Travels, O: Travels>(
        &self,
        function: impl Fn(I) -> O + Copy + 'static,
        input: I,
    ) -> Pending<'_, O, O> {
        self.with(&())
            .apply_async(move |(), input| function(input), input)
    }

    /// Runs `function` on each input, and returns the results in the order of the inputs.
    ///
    /// A function travels as its place in the program, which is the same in every process of the program. That is why it
    /// cannot capture variables.
    ///
    /// # Errors
    ///
    /// The first failure that becomes known, at once: the rest is cancelled. To get the other results as well, use
    /// [`imap`](Self::imap).
    pub fn map<I: Travels, O: Travels>(
        &self,
        function: impl Fn(I) -> O + Copy + 'static,
        inputs: impl IntoIterator<Item = I>,
    ) -> Result<Vec<O>, TaskError> {
        self.with(&()).map(move |(), input| function(input), inputs)
    }

    /// As [`map`](Self::map), without waiting.
    pub fn map_async<I: Travels, O: Travels>(
        &self,
        function: impl Fn(I) -> O + Copy + 'static,
        inputs: impl IntoIterator<Item = I>,
    ) -> Pending<'_, O, Vec<O>> {
        self.with(&())
            .map_async(move |(), input| function(input), inputs)
    }

    /// The outcome of each input, in their order, as soon as it is there. The inputs may be endless: only a limited number
    /// of them is taken in advance.
    pub fn imap<I: Travels, O: Travels, N: IntoIterator<Item = I>>(
        &self,
        function: impl Fn(I) -> O + Copy + 'static,
        inputs: N,
    ) -> Results<'_, N::IntoIter, O> {
        self.with(&())
            .imap(move |(), input| function(input), inputs)
    }

    /// As [`imap`](Self::imap), but each outcome, with the number of its input, as soon as it is there.
    pub fn imap_unordered<I: Travels, O: Travels, N: IntoIterator<Item = I>>(
        &self,
        function: impl Fn(I) -> O + Copy + 'static,
        inputs: N,
    ) -> Unordered<'_, N::IntoIter, O> {
        self.with(&())
            .imap_unordered(move |(), input| function(input), inputs)
    }
}

impl<'pool, S: Travels> Calls<'pool, S> {
    /// Cuts the inputs in this way.
    pub fn chunks(mut self, chunking: Chunking) -> Self {
        self.chunking = chunking;
        self
    }

    /// As [`ProcessPool::apply`].
    pub fn apply<I: Travels, O: Travels>(
        self,
        function: impl Fn(&S, I) -> O + Copy + 'static,
        input: I,
    ) -> Result<O, TaskError> {
        self.map(function, [input]).map(only)
    }

    /// As [`ProcessPool::apply_async`].
    pub fn apply_async<I: Travels, O: Travels>(
        self,
        function: impl Fn(&S, I) -> O + Copy + 'static,
        input: I,
    ) -> Pending<'pool, O, O> {
        let feeder = self.feeder(function, [input]);
        Pending::new(feeder, only)
    }

    /// As [`ProcessPool::map`].
    pub fn map<I: Travels, O: Travels>(
        self,
        function: impl Fn(&S, I) -> O + Copy + 'static,
        inputs: impl IntoIterator<Item = I>,
    ) -> Result<Vec<O>, TaskError> {
        let mut feeder = self.feeder(function, inputs);
        let mut early = BTreeMap::new();
        let mut results = Vec::with_capacity(feeder.expected().min(1 << 20)); // a hint may be wrong
        loop {
            let has_more = feeder.feed(false);
            let arrived = feeder.wait(|arrived| {
                let has_news = !arrived.outcomes.is_empty();
                has_news.then(|| std::mem::take(&mut arrived.outcomes))
            });
            if arrived.is_none() && !has_more {
                return Ok(results);
            }
            for (first, outcomes) in arrived.into_iter().flatten() {
                match outcomes {
                    Outcomes::Results { values, .. } => drop(early.insert(first, values)),
                    Outcomes::Failed(error) => return Err(error), // dropping `feeder` cancels the rest
                }
            }
            while let Some(next) = early.remove(&results.len()) {
                results.extend(next);
            }
        }
    }

    /// As [`ProcessPool::map_async`].
    pub fn map_async<I: Travels, O: Travels>(
        self,
        function: impl Fn(&S, I) -> O + Copy + 'static,
        inputs: impl IntoIterator<Item = I>,
    ) -> Pending<'pool, O, Vec<O>> {
        let feeder = self.feeder(function, inputs);
        Pending::new(feeder, |results| results)
    }

    /// As [`ProcessPool::imap`].
    pub fn imap<I: Travels, O: Travels, N: IntoIterator<Item = I>>(
        self,
        function: impl Fn(&S, I) -> O + Copy + 'static,
        inputs: N,
    ) -> Results<'pool, N::IntoIter, O> {
        Results::new(self.one_by_one().feeder(function, inputs))
    }

    /// As [`ProcessPool::imap_unordered`].
    pub fn imap_unordered<I: Travels, O: Travels, N: IntoIterator<Item = I>>(
        self,
        function: impl Fn(&S, I) -> O + Copy + 'static,
        inputs: N,
    ) -> Unordered<'pool, N::IntoIter, O> {
        Unordered(Results::new(self.one_by_one().feeder(function, inputs)))
    }

    fn feeder<F, I, O, N>(self, function: F, inputs: N) -> Feeder<'pool, N::IntoIter, O>
    where
        F: Fn(&S, I) -> O + Copy + 'static,
        I: Travels,
        O: Travels,
        N: IntoIterator<Item = I>,
    {
        let function = Function::of(function);
        Feeder::new(
            self.engine,
            function,
            self.shared,
            inputs.into_iter(),
            self.chunking,
        )
    }

    /// Of inputs that may be endless, one is sent at a time, unless something else is asked for.
    fn one_by_one(mut self) -> Self {
        if self.chunking == Chunking::FourEach {
            self.chunking = Chunking::Size(NonZero::<usize>::MIN);
        }
        self
    }
}

fn only<O>(mut results: Vec<O>) -> O {
    results.pop().expect("one input has one result")
}
