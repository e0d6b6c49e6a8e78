//! What the operating system offers for parallel work, bare, and what is built on it: how each of them is timed.

use std::io;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cores::Placement;

mod contest;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(unix)]
mod partners;
#[cfg(unix)]
mod syscalls;
#[cfg(unix)]
mod table;

/// Without `fork`, there is nothing to measure.
#[cfg(not(unix))]
mod table {
    pub(crate) fn all() -> Vec<super::Primitive> {
        Vec::new()
    }
}

pub use contest::{Contest, contests};
#[cfg(unix)]
pub(crate) use table::end_if_idle;

/// What a floor is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Starting threads.
    Threads,
    /// Starting processes.
    Processes,
    /// Sharing a number, and waking another thread.
    Synchronisation,
    /// A message to another process and back.
    Messages,
    /// Messages to another process, many after each other.
    OneWay,
    /// Copying memory.
    Copying,
}

impl Group {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Threads,
        Self::Processes,
        Self::Synchronisation,
        Self::Messages,
        Self::OneWay,
        Self::Copying,
    ];

    /// Whether most of the time is for copying bytes: then the bytes in a second say more than the time.
    pub fn is_of_bytes(self) -> bool {
        matches!(self, Self::OneWay | Self::Copying)
    }
}

/// The least that a primitive takes, and under which conditions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    /// What it is a primitive of.
    pub group: Group,
    /// Its name; together with the placement, no other floor has it.
    pub name: String,
    /// Where the two that take part run; `None` if the system chooses, or only one takes part.
    pub placement: Option<Placement>,
    /// Bytes that one operation sends or copies; 0 if it does neither.
    pub bytes: usize,
    /// Bytes that its process writes first, in each round.
    pub written: usize,
}

/// A primitive, and how it is timed.
pub(crate) struct Primitive {
    floor: Floor,
    bare: Prepare,
    /// What is built on it, by name.
    built: Vec<(&'static str, Prepare)>,
}

/// Prepares an operation: connects, starts partners.
type Prepare = Box<dyn Fn(Setting) -> io::Result<Operation>>;

/// Makes so many calls, and says how long that took.
type Operation = Box<dyn FnMut(u64) -> io::Result<Duration>>;

/// What an operation is prepared for.
#[derive(Clone, Copy)]
struct Setting {
    /// The core of this process, and that of its partner, if there is one; `None`: the system chooses.
    cores: [Option<usize>; 2],
    /// Bytes that one operation sends or copies.
    bytes: usize,
}

impl Primitive {
    fn new(
        group: Group,
        name: impl Into<String>,
        bare: impl Fn(Setting) -> io::Result<Operation> + 'static,
    ) -> Self {
        Self {
            floor: Floor {
                group,
                name: name.into(),
                placement: None,
                bytes: 0,
                written: 0,
            },
            bare: Box::new(bare),
            built: Vec::new(),
        }
    }

    fn built(
        mut self,
        name: &'static str,
        prepare: impl Fn(Setting) -> io::Result<Operation> + 'static,
    ) -> Self {
        self.built.push((name, Box::new(prepare)));
        self
    }

    fn on(mut self, placement: Option<Placement>) -> Self {
        self.floor.placement = placement;
        self
    }

    fn of_bytes(mut self, bytes: usize) -> Self {
        self.floor.bytes = bytes;
        self
    }

    fn after_writing(mut self, bytes: usize) -> Self {
        self.floor.written = bytes;
        self
    }
}

/// `once` is called in a loop, and is `at_once` operations each time: two threads that are started together are two.
fn each(at_once: u32, mut once: impl FnMut() -> io::Result<()> + 'static) -> Operation {
    Box::new(move |calls| {
        let start = Instant::now();
        for _ in 0..calls {
            once()?;
        }
        Ok(start.elapsed() / at_once)
    })
}
