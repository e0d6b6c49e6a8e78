//! The direct view: the program says which engine does what.

use std::io;

use examples_processes::parts::{Function, Values, encode_one};
use examples_processes::process_pool::Travels;
use examples_processes::{Batch, BatchOf, TaskError};

use super::engine::with_names;
use super::handle::{Task, broken};
use super::task::Order;
use super::{Cluster, Names};

/// A view of some engines. What it is asked for is done by each of them, and results come in the order of the engines.
///
/// If an engine ends, its calls fail: other engines do not have its values.
#[derive(Clone)]
pub struct DirectView<'c> {
    cluster: &'c Cluster,
    engines: Vec<usize>,
}

impl<'c> DirectView<'c> {
    pub(super) fn new(cluster: &'c Cluster, engines: Vec<usize>) -> Self {
        Self { cluster, engines }
    }

    /// The numbers of its engines.
    pub fn engines(&self) -> &[usize] {
        &self.engines
    }

    /// A view of these engines.
    ///
    /// # Panics
    ///
    /// If there never was an engine of one of these numbers.
    #[must_use]
    pub fn on(&self, engines: &[usize]) -> Self {
        let known = self.cluster.controller.borrow().engines.len();
        for &engine in engines {
            assert!(
                engine < known,
                "there is no engine {engine}, only {known} engines"
            );
        }
        Self::new(self.cluster, engines.to_vec())
    }

    /// Runs `function` on each engine, with the values that the engine keeps and with `input`, and waits for the results.
    ///
    /// # Errors
    ///
    /// The first failure, in the order of the engines: the function panicked, or the engine has ended. Its `index` is the
    /// place of the engine in this view.
    pub fn apply<I: Travels, O: Travels>(
        &self,
        function: impl Fn(&mut Names, I) -> O + Copy + 'static,
        input: I,
    ) -> Result<Vec<O>, TaskError> {
        let tasks = self.submit(function, input)?;
        tasks.into_iter().map(Task::into_result).collect()
    }

    /// As [`apply`](Self::apply), without waiting.
    ///
    /// # Errors
    ///
    /// If the input cannot travel.
    pub fn submit<I: Travels, O: Travels>(
        &self,
        function: impl Fn(&mut Names, I) -> O + Copy + 'static,
        input: I,
    ) -> Result<Vec<Task<'c, O>>, TaskError> {
        let input = encoded(input)?;
        self.send(function, || input.clone())
    }

    /// Runs `function` on each engine with an input of its own: the first engine is given the first one.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    ///
    /// # Panics
    ///
    /// If there are not as many inputs as engines.
    pub fn apply_each<I: Travels, O: Travels>(
        &self,
        function: impl Fn(&mut Names, I) -> O + Copy + 'static,
        inputs: Vec<I>,
    ) -> Result<Vec<O>, TaskError> {
        let (given, engines) = (inputs.len(), self.engines.len());
        assert!(given == engines, "{given} inputs for {engines} engines");
        let inputs = inputs.into_iter().map(encoded);
        self.apply_encoded(function, inputs.collect::<Result<_, _>>()?)
    }

    /// The inputs are there as bytes.
    fn apply_encoded<I: Travels, O: Travels>(
        &self,
        function: impl Fn(&mut Names, I) -> O + Copy + 'static,
        inputs: Vec<Vec<u8>>,
    ) -> Result<Vec<O>, TaskError> {
        let mut inputs = inputs.into_iter();
        let tasks = self.send(function, || inputs.next().expect("one for each engine"))?;
        tasks.into_iter().map(Task::into_result).collect()
    }

    fn send<I: Travels, O: Travels>(
        &self,
        function: impl Fn(&mut Names, I) -> O + Copy + 'static,
        mut next_input: impl FnMut() -> Vec<u8>,
    ) -> Result<Vec<Task<'c, O>>, TaskError> {
        if self.engines.is_empty() {
            return Err(broken(&io::Error::other("this view has no engine")));
        }
        let function =
            Function::of(move |(): &(), input: I| with_names(|names| function(names, input)));
        let mut controller = self.cluster.controller.borrow_mut();
        let shared = encode_one(&()).expect("nothing can be encoded");
        let call = controller.tasks.add_call(function, shared);
        let mut tasks = Vec::new();
        for (index, &engine) in self.engines.iter().enumerate() {
            let order = Order {
                index,
                target: Some(engine),
                attempts: 1,
                ..Order::new(call, next_input())
            };
            tasks.push(Task::new(self.cluster, controller.tasks.submit(order)));
        }
        controller.tasks.calls.close(call);
        controller.give_out();
        Ok(tasks)
    }

    /// Gives each engine a copy of `value`, under this name: a broadcast.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn push<T: Travels>(&self, name: &str, value: T) -> Result<(), TaskError> {
        let set = |names: &mut Names, (name, value): (String, T)| names.set(&name, value);
        self.apply(set, (name.to_owned(), value)).map(drop)
    }

    /// A copy of each engine's value of this name.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply): also if an engine has no such value, or one of another type.
    pub fn pull<T: Travels + Clone>(&self, name: &str) -> Result<Vec<T>, TaskError> {
        let get = |names: &mut Names, name: String| names.get::<T>(&name).clone();
        self.apply(get, name.to_owned())
    }

    /// Cuts `values` into one part for each engine, adjacent and of almost the same length. Each engine keeps its part, a
    /// `Vec<T>`, under this name.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn scatter<T: Travels>(&self, name: &str, values: &[T]) -> Result<(), TaskError> {
        let (n, engines) = (values.len(), self.engines.len());
        let parts = (0..engines).map(|k| BatchOf(&values[n * k / engines..n * (k + 1) / engines]));
        let inputs = parts.map(|part| encode_one(&(name, part)).map_err(|error| broken(&error)));
        let set = |names: &mut Names, (name, Batch(part)): (String, Batch<T>)| {
            names.set(&name, part);
        };
        self.apply_encoded(set, inputs.collect::<Result<_, _>>()?)
            .map(drop)
    }

    /// The engines' parts of what is called so, one behind the other: each a `Vec<T>`.
    ///
    /// # Errors
    ///
    /// As [`pull`](Self::pull).
    pub fn gather<T: Travels + Clone>(&self, name: &str) -> Result<Vec<T>, TaskError> {
        let get = |names: &mut Names, name: String| Batch(names.get::<Vec<T>>(&name).clone());
        let mut all = Vec::new();
        for task in self.submit(get, name.to_owned())? {
            Batch::append_to(&mut all, &task.into_bytes()?).map_err(|error| broken(&error))?;
        }
        Ok(all)
    }
}

/// An input as bytes.
fn encoded<I: Travels>(input: I) -> Result<Vec<u8>, TaskError> {
    let values = Values::encode(&[input]).map_err(|error| broken(&error))?;
    Ok(values.bytes)
}
