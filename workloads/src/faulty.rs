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
/// The item that fails: about halfway through the last of two or three chunks.
pub const FAULTY_ITEM: usize = 80;
/// How many items there are.
pub const LEN: usize = 100;
/// The item that keeps its worker busy for longer than any test waits.
const BUSY_ITEM: usize = 5;
const BUSY_FOR: Duration = Duration::from_mins(1);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Trap {
    fault: Fault,
    busy: bool,
    /// The process that set the trap: only its children exit or are killed.
    setter: u32,
}

impl Trap {
    fn new(fault: Fault) -> Self {
        Self {
            fault,
            busy: false,
            setter: process::id(),
        }
    }

    /// Makes the worker that computes `items` busy, or fail, if the item for that is among them.
    fn spring(&self, items: &Range<usize>) {
        if self.busy && items.contains(&BUSY_ITEM) {
            thread::sleep(BUSY_FOR);
        }
        if !items.contains(&FAULTY_ITEM) {
            return;
        }
        let in_child = process::id() != self.setter;
        match self.fault {
            Fault::Panic => panic!("{MESSAGE}"),
            Fault::Exit if in_child => process::exit(EXIT_STATUS),
            #[cfg(unix)]
            Fault::Kill if in_child => kill_this_process(),
            Fault::Exit | Fault::Kill => panic!("this worker is no process of its own"),
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
            /// A workload of 100 items, of which item 80 fails.
            pub fn new(fault: Fault) -> Self {
                Self {
                    trap: Trap::new(fault),
                }
            }

            /// Another item now keeps its worker busy for a minute.
            #[must_use]
            pub fn with_a_busy_item(mut self) -> Self {
                self.trap.busy = true;
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
    trap: Trap,
}
faulty_workload!(FaultyMap, "faulty-map");

impl Map for FaultyMap {
    type Item = u64;

    fn fill(&self, first: usize, out: &mut [u64]) {
        self.trap.spring(&(first..first + out.len()));
    }
}

/// A reduction of which one item fails.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FaultyReduce {
    trap: Trap,
}
faulty_workload!(FaultyReduce, "faulty-reduce");

impl Reduce for FaultyReduce {
    type Summary = u64;

    fn fold(&self, items: Range<usize>) -> u64 {
        self.trap.spring(&items);
        items.len() as u64
    }

    fn merge(&self, left: u64, right: u64) -> u64 {
        left + right
    }
}
