//! The outcomes of one call, as they come.

use std::any::Any;
use std::collections::BTreeMap;
use std::io;
use std::panic::catch_unwind;
use std::sync::{Mutex, MutexGuard};
use std::vec;

use serde::de::DeserializeOwned;
use workloads::panic_message;

use super::state::Sink;
use crate::values::decode;
use crate::{Failure, TaskError};

/// Outcomes of adjacent inputs.
pub(super) enum Outcomes<O> {
    Results {
        values: vec::IntoIter<O>,
        /// How large they were on their way.
        bytes: usize,
    },
    Failed(TaskError),
}

/// What has come and was not yet taken, by the number of its first input.
pub(super) struct Collected<O> {
    arrived: Mutex<Arrived<O>>,
}

pub(super) struct Arrived<O> {
    pub(super) outcomes: BTreeMap<usize, Outcomes<O>>,
    /// How many inputs have an outcome.
    pub(super) done: usize,
    /// How large the results in `outcomes` were on their way.
    pub(super) bytes: usize,
    /// Whether an input has failed.
    pub(super) has_failed: bool,
}

impl<O> Collected<O> {
    pub(super) fn new() -> Self {
        Self {
            arrived: Mutex::new(Arrived {
                outcomes: BTreeMap::new(),
                done: 0,
                bytes: 0,
                has_failed: false,
            }),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Arrived<O>> {
        self.arrived
            .lock()
            .expect("no code of users runs with this lock")
    }
}

impl<O: DeserializeOwned + Send + 'static> Sink for Collected<O> {
    fn results(&self, first: usize, count: usize, bytes: &[u8], worker: usize) {
        // `Deserialize` may be code of users: a panic must not damage the pool.
        let decoded = catch_unwind(|| decode::<O>(count, bytes));
        let panicked = |panic: Box<dyn Any + Send>| Err(io::Error::other(panic_message(&*panic)));
        match decoded.unwrap_or_else(panicked) {
            Ok(values) => {
                let mut arrived = self.lock();
                arrived.done += count;
                arrived.bytes += bytes.len();
                let results = Outcomes::Results {
                    values: values.into_iter(),
                    bytes: bytes.len(),
                };
                arrived.outcomes.insert(first, results);
            }
            Err(error) => {
                for index in first..first + count {
                    let failure = Failure::Broken(format!("its result did not arrive: {error}"));
                    self.failed(TaskError {
                        index,
                        deaths: 0,
                        worker,
                        failure,
                    });
                }
            }
        }
    }

    fn failed(&self, error: TaskError) {
        let mut arrived = self.lock();
        arrived.done += 1;
        arrived.has_failed = true;
        arrived
            .outcomes
            .insert(error.index, Outcomes::Failed(error));
    }
}
