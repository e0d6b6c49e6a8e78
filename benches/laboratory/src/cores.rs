//! On which cores two threads or two processes run that wait for each other.
//!
//! It matters more than the way in which they exchange messages. On one core the kernel has to switch from one to the
//! other for each answer. On two cores a message has to wake up the other core, unless the process there spins.

use std::io;

#[cfg(target_os = "linux")]
use nix::{sched, unistd::Pid};
use serde::{Deserialize, Serialize};

/// Where two threads or two processes run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Both on the same core: one runs while the other waits.
    OneCore,
    /// Each on a core of its own: the other core has to wake the one that sleeps.
    TwoCores,
}

impl Placement {
    /// Those that can be chosen. Only Linux lets a thread choose its cores; elsewhere there is only `None`, where the
    /// system puts them.
    pub const ALL: &[Option<Self>] = if cfg!(target_os = "linux") {
        &[Some(Self::OneCore), Some(Self::TwoCores)]
    } else {
        &[None]
    };

    /// On two cores, where that can be chosen.
    pub const APART: Option<Self> = Self::ALL[Self::ALL.len() - 1];

    /// The core of this process, and that of its partner; `None` if this process may use too few.
    pub fn cores(self) -> Option<[usize; 2]> {
        match (self, &*allowed()) {
            (Self::OneCore, &[first, ..]) => Some([first, first]),
            (Self::TwoCores, &[first, second, ..]) => Some([first, second]),
            _ => None,
        }
    }
}

/// The cores that this thread may use, by their numbers; none where the system does not tell.
fn allowed() -> Vec<usize> {
    #[cfg(target_os = "linux")]
    if let Ok(allowed) = sched::sched_getaffinity(Pid::from_raw(0)) {
        let cores = 0..sched::CpuSet::count();
        return cores
            .filter(|&core| allowed.is_set(core) == Ok(true))
            .collect();
    }
    Vec::new()
}

/// Lets this thread, and those that it starts from now on, run on `core` only, if one is chosen.
pub fn pin(core: Option<usize>) -> io::Result<()> {
    match core {
        None => Ok(()),
        #[cfg(target_os = "linux")]
        Some(core) => {
            let mut set = sched::CpuSet::new();
            set.set(core)?;
            Ok(sched::sched_setaffinity(Pid::from_raw(0), &set)?)
        }
        #[cfg(not(target_os = "linux"))]
        Some(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}
