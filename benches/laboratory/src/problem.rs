//! A workload with its size and its input, ready to be sent to another process.

use std::io;

use serde::{Deserialize, Serialize};
use workloads::{Map, Paradigm, Reduce, Serial, Workload};

use crate::catalogue::{WithWorkload, with_workload};

/// A workload, without its type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its name.
    pub name: String,
    /// Its parameters, at the largest size that will be asked for, as JSON.
    pub parameters: String,
    /// The number of items at that size.
    pub len: usize,
    /// The bytes of one item; 0 if its answer is a summary.
    pub item_bytes: usize,
    /// What else there is to say of it.
    pub details: String,
    /// The same by better serial code, if that is known.
    pub better: Option<Box<Problem>>,
}

impl Problem {
    /// The workload called `name` with at most `n` items of `input`.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`] if there is none; what [`Workload::with_input`] says.
    pub fn new(name: &str, n: usize, input: &[String]) -> io::Result<Self> {
        struct Make<'a>(usize, &'a [String]);
        impl WithWorkload for Make<'_> {
            type Output = io::Result<Problem>;
            fn map<M: Map>(self) -> Self::Output {
                describe(&M::with_input(self.0, self.1)?, size_of::<M::Item>())
            }
            fn reduce<R: Reduce>(self) -> Self::Output {
                describe(&R::with_input(self.0, self.1)?, 0)
            }
        }
        with_workload(name, Make(n, input)).unwrap_or_else(|| Err(unknown("workload", name)))
    }

    /// The serial code that paradigms are compared with on it: `serial`, with its kernel and input if there is something to
    /// say of them.
    pub fn base(&self) -> String {
        if self.details.is_empty() {
            Serial::ID.to_owned()
        } else {
            format!("{}, {}", Serial::ID, self.details)
        }
    }
}

fn describe<W: Workload>(workload: &W, item_bytes: usize) -> io::Result<Problem> {
    let better = workload.by_best_kernel();
    let better = better.map(|better| describe(&better, item_bytes));
    Ok(Problem {
        name: W::NAME.to_owned(),
        parameters: serde_json::to_string(workload)?,
        len: workload.len(),
        item_bytes,
        details: workload.details(),
        better: better.transpose()?.map(Box::new),
    })
}

/// There is nothing of that kind with that name.
pub(crate) fn unknown(kind: &str, name: &str) -> io::Error {
    let sentence = format!("there is no {kind} called {name:?}");
    io::Error::new(io::ErrorKind::NotFound, sentence)
}
