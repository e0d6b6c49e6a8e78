//! On which cores two threads or two processes run that wait for each other.
//!
//! It matters more than the way in which they exchange messages. On one core the kernel has to switch from one to the
//! other for each answer. On two cores a message has to wake up the other core, unless the process there spins.
//!
//! Only Linux lets a thread choose its cores: elsewhere each call is [`io::ErrorKind::Unsupported`].

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
    /// Both.
    pub const ALL: [Self; 2] = [Self::OneCore, Self::TwoCores];

    /// The core of this process, and that of its partner; `None` if this process may use too few.
    pub fn cores(self) -> Option<[usize; 2]> {
        match (self, &*allowed().ok()?) {
            (Self::OneCore, &[first, ..]) => Some([first, first]),
            (Self::TwoCores, &[first, second, ..]) => Some([first, second]),
            _ => None,
        }
    }
}

/// The cores that this thread may use, by their numbers.
pub fn allowed() -> io::Result<Vec<usize>> {
    #[cfg(target_os = "linux")]
    {
        let allowed = sched::sched_getaffinity(Pid::from_raw(0))?;
        let cores = 0..sched::CpuSet::count();
        let cores = cores.filter(|&core| allowed.is_set(core) == Ok(true));
        Ok(cores.collect())
    }
    #[cfg(not(target_os = "linux"))]
    Err(io::ErrorKind::Unsupported.into())
}

/// Lets this thread, and those that it starts from now on, run on `cores` only.
#[cfg_attr(not(target_os = "linux"), expect(unused_variables))]
pub fn pin(cores: &[usize]) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let mut set = sched::CpuSet::new();
        cores.iter().try_for_each(|&core| set.set(core))?;
        Ok(sched::sched_setaffinity(Pid::from_raw(0), &set)?)
    }
    #[cfg(not(target_os = "linux"))]
    Err(io::ErrorKind::Unsupported.into())
}
