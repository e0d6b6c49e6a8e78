//! A workload with its size and its input, ready to be sent to another process.

use std::io;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use workloads::{Map, Paradigm, Reduce, Serial, Workload};

use crate::catalogue::{WithWorkload, with_workload};

/// A workload, without its type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its name.
    pub name: String,
    /// Its parameters as JSON, with as many items as it was made for.
    pub(crate) parameters: String,
    /// The number of items, or the largest that is measured.
    pub len: usize,
    /// The bytes of one item; 0 if its answer is a summary.
    pub(crate) item_bytes: usize,
    /// What else there is to say of it.
    pub(crate) details: String,
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
            type Output = Problem;
            fn map<M: Map>(&self) -> io::Result<Problem> {
                describe(&M::with_input(self.0, self.1)?, size_of::<M::Item>())
            }
            fn reduce<R: Reduce>(&self) -> io::Result<Problem> {
                describe(&R::with_input(self.0, self.1)?, 0)
            }
        }
        with_workload(name, Make(n, input))
    }

    /// The same with at most `n` items.
    #[must_use]
    pub fn with_len(&self, n: usize) -> Self {
        Self {
            len: n.min(self.len),
            ..self.clone()
        }
    }

    /// Which part of its input has changed since then, in words, if any has.
    pub(crate) fn changed_since(&self, time: SystemTime) -> Option<String> {
        struct Look<'a>(&'a Problem, SystemTime);
        impl WithWorkload for Look<'_> {
            type Output = Option<String>;
            fn map<M: Map>(&self) -> io::Result<Option<String>> {
                Ok(self.0.workload::<M>()?.changed_since(self.1))
            }
            fn reduce<R: Reduce>(&self) -> io::Result<Option<String>> {
                Ok(self.0.workload::<R>()?.changed_since(self.1))
            }
        }
        with_workload(&self.name, Look(self, time)).ok().flatten()
    }

    /// The workload itself.
    pub(crate) fn workload<W: Workload>(&self) -> io::Result<W> {
        Ok(serde_json::from_str(&self.parameters)?)
    }

    /// The serial code that paradigms are compared with on it: `serial`, with its kernel and input if there is
    /// something to say of them.
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
