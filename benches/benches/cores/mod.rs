//! Where two processes that exchange messages run: on one core, or on two.
//!
//! It matters more than the means of the exchange. On one core the kernel has to switch from one
//! process to the other for every answer. On two, a message has to wake the other core up, unless
//! the process there is waiting with open eyes.

/// A core for this process, and one for its child.
#[derive(Clone, Copy)]
pub(crate) struct Placement {
    /// For the name of a group.
    pub(crate) name: &'static str,
    #[cfg(target_os = "linux")]
    cores: [usize; 2],
}

/// One core, and two, if this process may use two. Where processes cannot be pinned (all but
/// Linux), the one placement that the system chooses.
#[cfg(target_os = "linux")]
pub(crate) fn placements() -> Vec<Placement> {
    let allowed = linux::allowed();
    let mut cores = (0..linux::CpuSet::count()).filter(|&core| allowed.is_set(core) == Ok(true));
    let first = cores.next().expect("this runs on some core");
    let one = Placement {
        name: "one-core",
        cores: [first, first],
    };
    let two = cores.next().map(|second| Placement {
        name: "two-cores",
        cores: [first, second],
    });
    [one].into_iter().chain(two).collect()
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn placements() -> Vec<Placement> {
    vec![Placement { name: "any-core" }]
}

#[cfg_attr(
    not(target_os = "linux"),
    expect(clippy::unused_self, reason = "only Linux pins processes")
)]
impl Placement {
    /// Moves this process to its core, until what is returned is dropped.
    #[must_use]
    pub(crate) fn pin_parent(self) -> Pinned {
        #[cfg(target_os = "linux")]
        {
            let before = linux::allowed();
            linux::pin(self.cores[0]);
            Pinned { before }
        }
        #[cfg(not(target_os = "linux"))]
        Pinned {}
    }

    /// Moves this process, a child, to its core for good.
    pub(crate) fn pin_child(self) {
        #[cfg(target_os = "linux")]
        linux::pin(self.cores[1]);
    }
}

/// A process that is pinned to a core.
pub(crate) struct Pinned {
    #[cfg(target_os = "linux")]
    before: linux::CpuSet,
}

impl Drop for Pinned {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        linux::allow(&self.before);
    }
}

#[cfg(target_os = "linux")]
mod linux {
    pub(super) use nix::sched::CpuSet;
    use nix::sched::{sched_getaffinity, sched_setaffinity};
    use nix::unistd::Pid;

    const THIS: Pid = Pid::from_raw(0);

    /// The cores that this process may use.
    pub(super) fn allowed() -> CpuSet {
        sched_getaffinity(THIS).expect("a process may ask for its own cores")
    }

    pub(super) fn allow(cores: &CpuSet) {
        sched_setaffinity(THIS, cores).expect("the cores are among those of the machine");
    }

    pub(super) fn pin(core: usize) {
        let mut cores = CpuSet::new();
        cores.set(core).expect("a core's number fits the set");
        allow(&cores);
    }
}
