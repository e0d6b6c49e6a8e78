//! Workloads that fail on purpose, to see how paradigms report it.

#![cfg_attr(unix, expect(unsafe_code, reason = "a worker kills itself"))]

use std::io;
use std::ops::Range;
use std::process;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Map, Reduce, Workload};

/// How a worker ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// It panics, saying that the item is faulty on purpose.
    Panic,
    /// It leaves with status 3, without an answer. Only for workers that are processes.
    Exit,
    /// SIGKILL ends it. Only for workers that are processes.
    Kill,
}

/// What the panic of [`Fault::Panic`] says.
pub const MESSAGE: &str = "this item is faulty on purpose";
/// The exit status of [`Fault::Exit`].
pub const EXIT_STATUS: i32 = 3;
/// How many items there are.
pub const LEN: usize = 100;
/// The item that fails, unless others are asked for: about halfway through the last of two or three chunks.
const FAULTY_ITEM: usize = 80;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Failure {
    fault: Fault,
    /// The items that fail.
    at: Range<usize>,
    /// An item that keeps its worker busy, and for how long.
    busy: Option<(usize, Duration)>,
    /// Only children of this process exit or are killed.
    parent: u32,
}

impl Failure {
    fn new(fault: Fault) -> Self {
        Self {
            fault,
            at: FAULTY_ITEM..FAULTY_ITEM + 1,
            busy: None,
            parent: process::id(),
        }
    }

    /// Makes the worker that computes `items` busy, or fail, if an item for that is among them.
    fn happen(&self, items: &Range<usize>) {
        if let Some((item, time)) = self.busy
            && items.contains(&item)
        {
            thread::sleep(time);
        }
        if items.end <= self.at.start || self.at.end <= items.start {
            return;
        }
        let in_child = process::id() != self.parent;
        match self.fault {
            Fault::Panic => panic!("{MESSAGE}"),
            Fault::Exit if in_child => process::exit(EXIT_STATUS),
            #[cfg(unix)]
            Fault::Kill if in_child => kill_this_process(),
            Fault::Exit | Fault::Kill => panic!("this worker is not a process of its own"),
        }
    }
}

#[cfg(unix)]
fn kill_this_process() -> ! {
    // SAFETY: raising a signal touches no memory, and no code runs after this one.
    unsafe { libc::raise(libc::SIGKILL) };
    unreachable!("killed")
}

macro_rules! faulty_workload {
    ($name:ident, $text:literal) => {
        impl $name {
            /// A workload of [`LEN`] items, of which item 80 fails.
            pub fn new(fault: Fault) -> Self {
                Self {
                    failure: Failure::new(fault),
                }
            }

            /// Now these items fail.
            #[must_use]
            pub fn failing_at(mut self, items: Range<usize>) -> Self {
                self.failure.at = items;
                self
            }

            /// Now this item keeps its worker busy for this long.
            #[must_use]
            pub fn busy_at(mut self, item: usize, time: Duration) -> Self {
                self.failure.busy = Some((item, time));
                self
            }
        }

        impl Workload for $name {
            const NAME: &'static str = $text;
            const ABOUT: &'static str = "fails on purpose";

            fn with_input(_n: usize, _input: &[String]) -> io::Result<Self> {
                Ok(Self::new(Fault::Panic))
            }

            fn with_len(&self, _n: usize) -> Self {
                self.clone()
            }

            fn len(&self) -> usize {
                LEN
            }
        }
    };
}

/// A map of which one item fails.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FaultyMap {
    failure: Failure,
}
faulty_workload!(FaultyMap, "faulty-map");

impl Map for FaultyMap {
    type Item = u64;

    fn fill(&self, first: usize, out: &mut [u64]) {
        self.failure.happen(&(first..first + out.len()));
    }
}

/// A reduction of which one item fails.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FaultyReduce {
    failure: Failure,
}
faulty_workload!(FaultyReduce, "faulty-reduce");

impl Reduce for FaultyReduce {
    type Summary = u64;

    fn fold(&self, items: Range<usize>) -> u64 {
        self.failure.happen(&items);
        items.len() as u64
    }

    fn merge(&self, left: u64, right: u64) -> u64 {
        left + right
    }
}
