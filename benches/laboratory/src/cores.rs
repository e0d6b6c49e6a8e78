//! On which cores two threads or two processes run that wait for each other.
//!
//! The choice of the cores matters more than the way in which the two exchange messages. On one core the kernel has
//! to switch from one to the other for each answer. On two cores a message has to wake up the other core, unless the
//! process there spins.

use std::io;

#[cfg(target_os = "linux")]
use nix::{sched, unistd::Pid};

/// The core of this process or thread, and that of its partner; `None`: the system chooses.
pub type Cores = [Option<usize>; 2];

/// How many cores the two can be given. Only Linux lets a thread choose its cores; elsewhere there is only 0, where the
/// system chooses.
pub(crate) const NUMBERS: &[usize] = if cfg!(target_os = "linux") {
    &[1, 2]
} else {
    &[0]
};

/// A core for each, if it can be chosen.
pub(crate) const MOST: usize = NUMBERS[NUMBERS.len() - 1];

/// So many cores for the two; `None` if this process may use too few.
pub fn for_two(number: usize) -> Option<Cores> {
    match (number, &*allowed()) {
        (0, _) => Some([None, None]),
        (1, &[first, ..]) => Some([Some(first), Some(first)]),
        (2, &[first, second, ..]) => Some([Some(first), Some(second)]),
        _ => None,
    }
}

/// The cores that this thread may use; none where the system does not show them.
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
