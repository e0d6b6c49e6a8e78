//! On which cores two threads or two processes run that wait for each other.
//!
//! It matters more than the way in which they exchange messages. On one core the kernel has to switch from one to the
//! other for each answer. On two cores a message has to wake up the other core, unless the process there spins.
//!
//! Only Linux lets a thread choose its cores.

use std::io;

#[cfg(target_os = "linux")]
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
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
    pub fn cores(self) -> io::Result<Option<[usize; 2]>> {
        Ok(match (self, &*allowed()?) {
            (Self::OneCore, &[first, ..]) => Some([first, first]),
            (Self::TwoCores, &[first, second, ..]) => Some([first, second]),
            _ => None,
        })
    }
}

/// The cores that this thread may use, by their numbers.
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] if this is not Linux.
pub fn allowed() -> io::Result<Vec<usize>> {
    #[cfg(target_os = "linux")]
    {
        let allowed = sched_getaffinity(THIS)?;
        let cores = 0..CpuSet::count();
        let cores = cores.filter(|&core| allowed.is_set(core) == Ok(true));
        Ok(cores.collect())
    }
    #[cfg(not(target_os = "linux"))]
    Err(io::ErrorKind::Unsupported.into())
}

/// Lets this thread, and those that it starts from now on, run on `cores` only.
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] if this is not Linux; what the kernel says of the cores.
pub fn pin(cores: &[usize]) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let mut set = CpuSet::new();
        cores.iter().try_for_each(|&core| set.set(core))?;
        Ok(sched_setaffinity(THIS, &set)?)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = cores;
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The calling thread.
#[cfg(target_os = "linux")]
const THIS: nix::unistd::Pid = nix::unistd::Pid::from_raw(0);

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_thread_has_one_core_and_gets_its_others_back() {
        let before = allowed().expect("a thread may ask for its own cores");
        let [first, partner] = Placement::OneCore
            .cores()
            .expect("a thread may ask for its own cores")
            .expect("this runs on some core");
        assert_eq!(first, partner);
        pin(&[first]).expect("it is among those of the machine");
        assert_eq!(allowed().expect("as before"), [first]);
        assert_eq!(Placement::TwoCores.cores().expect("as before"), None);
        pin(&before).expect("these were allowed");
        assert_eq!(allowed().expect("as before"), before);
    }
}
