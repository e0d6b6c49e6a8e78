//! On which cores two that work together run.

#[cfg(unix)]
use std::io;

use serde::{Deserialize, Serialize};

/// Where two threads or two processes run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Both on the same core: one runs while the other waits.
    OneCore,
    /// Each on a core of its own: whoever sleeps has to be woken by a signal from the other core.
    TwoCores,
}

impl Placement {
    /// How many cores: `one` or `two`.
    pub fn name(self) -> &'static str {
        match self {
            Self::OneCore => "one",
            Self::TwoCores => "two",
        }
    }
}

/// The cores of this process and of its partner, by their numbers.
#[cfg(unix)]
#[derive(Clone, Copy, Debug)]
pub(super) struct Cores {
    pub(super) ours: usize,
    pub(super) partners: usize,
}

/// Pins this process to the first core that it may use, and chooses its partner's.
#[cfg(unix)]
pub(super) fn place(placement: Placement) -> io::Result<Cores> {
    let allowed = allowed_cores()?;
    let partners = match placement {
        Placement::OneCore => allowed.first(),
        Placement::TwoCores => allowed.get(1),
    };
    let (Some(&ours), Some(&partners)) = (allowed.first(), partners) else {
        return Err(io::Error::other("there are not enough cores"));
    };
    pin(ours)?;
    Ok(Cores { ours, partners })
}

/// The cores that this thread may use, by their numbers.
#[cfg(target_os = "linux")]
pub(super) fn allowed_cores() -> io::Result<Vec<usize>> {
    use nix::sched::{CpuSet, sched_getaffinity};
    use nix::unistd::Pid;
    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    let cores = 0..CpuSet::count();
    Ok(cores
        .filter(|&core| allowed.is_set(core) == Ok(true))
        .collect())
}

/// Lets this thread run on `core` only.
#[cfg(target_os = "linux")]
pub(super) fn pin(core: usize) -> io::Result<()> {
    use nix::sched::{CpuSet, sched_setaffinity};
    use nix::unistd::Pid;
    let mut cores = CpuSet::new();
    cores.set(core)?;
    Ok(sched_setaffinity(Pid::from_raw(0), &cores)?)
}

#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn allowed_cores() -> io::Result<Vec<usize>> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn pin(_: usize) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
