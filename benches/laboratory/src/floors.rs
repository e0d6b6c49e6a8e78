//! Floors: the least that this machine allows, and how far above it ours is.
//!
//! Starting a thread, waking up a process and sending a byte need the kernel, and no way of running in parallel is faster
//! than what it asks of the kernel. So each primitive is timed bare, in a few lines of system calls
//! (`floors/syscalls.rs`), and what is built on it as a multiple of that floor. A multiple near one says that nothing is
//! left to gain above the kernel. A large one says what a convenience costs.
//!
//! A floor and what is built on it are base and rival of a [cell](estimator::Cell), measured and judged like any other: in
//! turns, in rounds that are processes of their own. So each process has a known size, and one thread, when it forks. A
//! floor on which nothing of ours is built is compared with itself: these cells give the noise floor.

/// How something is prepared that only Linux has: elsewhere it is absent, and never prepared.
#[cfg(unix)]
macro_rules! on_linux {
    ($prepare:expr) => {{
        #[cfg(target_os = "linux")]
        {
            $prepare
        }
        #[cfg(not(target_os = "linux"))]
        {
            |_| Err(std::io::ErrorKind::Unsupported.into())
        }
    }};
}

mod contest;
mod measure;
#[cfg(unix)]
mod partners;
mod stopwatch;
#[cfg(unix)]
mod syscalls;
#[cfg(unix)]
mod table;

use estimator::Measured;
use serde::{Deserialize, Serialize};

pub use contest::Contest;
pub use measure::measure;
#[cfg(unix)]
pub(crate) use table::end_if_idle;

pub use crate::cores::Placement;
use crate::machine::{Busy, Machine};

/// All floors of this machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Floors {
    /// What the times were taken on.
    pub machine: Machine,
    /// How busy it was meanwhile.
    pub busy: Busy,
    /// How far a floor against itself came out from 0, as ln(time / time).
    pub noise_floor: f64,
    /// One for each primitive, in the order in which they are shown.
    pub floors: Vec<Floor>,
}

/// The least time that a primitive takes, and what is built on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Floor {
    /// Its name; together with the placement, no other floor has it.
    pub name: String,
    /// What one operation is.
    pub about: String,
    /// What it is a primitive of.
    pub group: Group,
    /// Where the two that take part run; `None` if the system chooses, or only one takes part.
    pub placement: Option<Placement>,
    /// Bytes that one operation copies, if it copies any.
    pub bytes: Option<usize>,
    /// What is compared with it: the base of each cell is the floor, its rival is `name`. A floor on which
    /// nothing of ours is built is compared with itself, under its own name.
    pub rivals: Vec<Rival>,
    /// Why this machine does not have it; then there are no rivals.
    pub absent: Option<Absent>,
}

/// Something that is compared with a floor: times of one operation, in seconds, at place 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rival {
    /// A paradigm's name, or that of a type of a library.
    pub name: String,
    /// The result, or why there is none.
    pub outcome: Result<Measured, String>,
}

/// Why a floor could not be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// Only Linux has the system call.
    OnlyLinux,
    /// This process may use one core only.
    OneCore,
    /// Its rounds take longer than the budget allows.
    NoTime,
}

/// Without `fork`, there is nothing to measure.
#[cfg(not(unix))]
mod table {
    pub(super) fn all() -> Vec<super::contest::Primitive> {
        Vec::new()
    }
}

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
    /// One byte to another process and back.
    Messages,
    /// Copying memory.
    Copying,
}

impl Group {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Threads,
        Self::Processes,
        Self::Synchronisation,
        Self::Messages,
        Self::Copying,
    ];
}

impl Floors {
    /// What failed, each with its reason.
    pub fn failures(&self) -> impl Iterator<Item = &String> {
        let rivals = self.floors.iter().flat_map(|floor| &floor.rivals);
        rivals.filter_map(|rival| rival.outcome.as_ref().err())
    }
}

impl Floor {
    /// What was measured of the floor itself: the base of the first rival that was measured.
    pub fn seconds(&self) -> Option<estimator::Range> {
        let measured = self
            .rivals
            .iter()
            .find_map(|rival| rival.outcome.as_ref().ok())?;
        Some(measured.estimate.places[0].base)
    }
}
