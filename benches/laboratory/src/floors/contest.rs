//! Which floors there are, and what is built on each.

use std::fmt;
use std::fs;

use examples_message_passing::Pipe;
use examples_processes::{Fork, Spawn};
use examples_shared_memory::Mapped;
use examples_threads::Scoped;
use serde::{Deserialize, Serialize};
use workloads::Paradigm;

use super::{Absent, Group, Placement};
use crate::cores;

/// A floor and what it is compared with. A process of its own is started for it, again in each round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    /// The floor.
    pub(super) primitive: Primitive,
    /// What is built on it; `None`: the floor is compared with itself.
    pub(super) built: Option<Built>,
}

/// What a floor is the time of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Primitive {
    Clone,
    Thread,
    TwoThreads,
    TwoThreadsWithSignalStacks,
    Vfork,
    /// The parent has written so many MiB.
    Fork(usize),
    /// The same, and each of two children writes to a pipe of its own.
    ForkWithPipe(usize),
    Spawn,
    CompareAndSwap,
    ContendedCompareAndSwap,
    Futex(Placement),
    Echo(Medium, Placement),
    Copy(Block),
}

/// What is built on a primitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Built {
    StdThread,
    Scoped,
    Fork,
    Mapped,
    Pipe,
    Spawn,
    StdMutex,
    ParkingLotMutex,
    Channel,
    StdPipe,
}

/// What carries a byte from one process to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Medium {
    SharedMemory,
    Pipe,
    UnixSocket,
    Tcp,
}

/// What is copied at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Block {
    InsideL2,
    BeyondAllCaches,
}

/// All primitives, in the order in which they are shown.
pub(super) fn primitives() -> Vec<Primitive> {
    use Medium::{Pipe, SharedMemory, Tcp, UnixSocket};
    use Primitive as P;
    let parents = [0, 64, 256];
    let mut all = vec![
        P::Clone,
        P::Thread,
        P::TwoThreads,
        P::TwoThreadsWithSignalStacks,
        P::Vfork,
    ];
    all.extend(parents.map(P::Fork));
    all.extend(parents.map(P::ForkWithPipe));
    all.extend([P::Spawn, P::CompareAndSwap, P::ContendedCompareAndSwap]);
    all.extend(Placement::ALL.map(P::Futex));
    for medium in [SharedMemory, Pipe, UnixSocket, Tcp] {
        all.extend(Placement::ALL.map(|placement| P::Echo(medium, placement)));
    }
    all.extend([Block::InsideL2, Block::BeyondAllCaches].map(P::Copy));
    all
}

impl Primitive {
    pub(super) fn name(self) -> String {
        let parent = |mebibytes| match mebibytes {
            0 => "small parent".to_owned(),
            large => format!("{large} MiB parent"),
        };
        let name = match self {
            Self::Clone => "clone (bare thread)",
            Self::Thread => "pthread_create, join",
            Self::TwoThreads => "pthread_create, join: two",
            Self::TwoThreadsWithSignalStacks => "... with its signal stack: two",
            Self::Vfork => "vfork, _exit, wait",
            Self::Fork(mebibytes) => return format!("fork, _exit, wait: {}", parent(mebibytes)),
            Self::ForkWithPipe(mebibytes) => {
                return format!("... with its pipe: {}", parent(mebibytes));
            }
            Self::Spawn => "posix_spawn, wait",
            Self::CompareAndSwap => "compare-and-swap",
            Self::ContendedCompareAndSwap => "compare-and-swap, contended",
            Self::Futex(_) => "futex wait and wake",
            Self::Echo(Medium::SharedMemory, _) => "shared memory",
            Self::Echo(Medium::Pipe, _) => "pipe",
            Self::Echo(Medium::UnixSocket, _) => "Unix socket pair",
            Self::Echo(Medium::Tcp, _) => "TCP on loopback",
            Self::Copy(Block::InsideL2) => "inside the second-level cache",
            Self::Copy(Block::BeyondAllCaches) => "beyond all caches",
        };
        name.to_owned()
    }

    /// What one operation is.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Clone => "the system call behind a thread, which shares all but its stack",
            Self::Thread => "create a thread with a stack of 2 MiB, and join it",
            Self::TwoThreads => {
                "a thread, when two with stacks of 2 MiB are created, then both joined"
            }
            Self::TwoThreadsWithSignalStacks => {
                "the same, and each thread maps, sets and gives back the second stack that every Rust thread has for \
                 the message that its first one overflowed"
            }
            Self::Vfork => "a child in its parent's memory ends at once, and is waited for",
            Self::Fork(_) => "fork a child that ends at once, and wait for it",
            Self::ForkWithPipe(_) => {
                "a child, when two are forked, each with a pipe into which it writes one byte; both are read to their \
                 end, then waited for"
            }
            Self::Spawn => {
                "a process, when two are started from this executable, which end at the start of main; then both are \
                 waited for"
            }
            Self::CompareAndSwap => "add one to an atomic number, one thread alone",
            Self::ContendedCompareAndSwap => {
                "add one to an atomic number that a thread on another core adds to as well"
            }
            Self::Futex(_) => "a round trip between two threads: wake up the other, sleep",
            Self::Echo(Medium::SharedMemory, _) => {
                "a round trip through a shared mapping that both processes watch without sleeping"
            }
            Self::Echo(..) => "a round trip of one byte to another process and back",
            Self::Copy(_) => "copy from one buffer to another, again and again",
        }
    }

    pub(super) fn group(self) -> Group {
        match self {
            Self::Clone | Self::Thread | Self::TwoThreads | Self::TwoThreadsWithSignalStacks => {
                Group::Threads
            }
            Self::Vfork | Self::Fork(_) | Self::ForkWithPipe(_) | Self::Spawn => Group::Processes,
            Self::CompareAndSwap | Self::ContendedCompareAndSwap | Self::Futex(_) => {
                Group::Synchronisation
            }
            Self::Echo(..) => Group::Messages,
            Self::Copy(_) => Group::Copying,
        }
    }

    pub(super) fn placement(self) -> Option<Placement> {
        match self {
            Self::Futex(placement) | Self::Echo(_, placement) => Some(placement),
            Self::ContendedCompareAndSwap => Some(Placement::TwoCores),
            _ => None,
        }
    }

    /// What it is compared with: all that is built on it, else itself.
    pub(super) fn contests(self) -> Vec<Contest> {
        let built: &[Built] = match self {
            Self::Thread => &[Built::StdThread],
            Self::TwoThreads | Self::TwoThreadsWithSignalStacks => &[Built::Scoped],
            Self::ForkWithPipe(_) => &[Built::Fork, Built::Mapped, Built::Pipe],
            Self::Spawn => &[Built::Spawn],
            Self::CompareAndSwap => &[Built::StdMutex, Built::ParkingLotMutex],
            Self::Futex(_) => &[Built::Channel],
            Self::Echo(Medium::Pipe, _) => &[Built::StdPipe],
            _ => &[],
        };
        let contest = |built| Contest {
            primitive: self,
            built,
        };
        match built {
            [] => vec![contest(None)],
            all => all.iter().map(|&built| contest(Some(built))).collect(),
        }
    }

    /// Why this machine does not have it, if so.
    pub(super) fn absent(self) -> Option<Absent> {
        let only_linux = matches!(self, Self::Clone | Self::Vfork) || self.placement().is_some();
        if only_linux && !cfg!(target_os = "linux") {
            return Some(Absent::OnlyLinux);
        }
        let one_core = cores::allowed().is_ok_and(|cores| cores.len() < 2);
        (one_core && self.placement() == Some(Placement::TwoCores)).then_some(Absent::OneCore)
    }

    /// Bytes that one operation copies, if it copies any.
    pub(super) fn bytes(self) -> Option<usize> {
        match self {
            Self::Copy(block) => Some(block.bytes()),
            _ => None,
        }
    }

    /// MiB that its process writes before it measures, in each round again.
    pub(super) fn mebibytes(self) -> usize {
        match self {
            Self::Fork(mebibytes) | Self::ForkWithPipe(mebibytes) => mebibytes,
            Self::Copy(block) => (2 * block.bytes()) >> 20,
            _ => 0,
        }
    }
}

impl Block {
    /// How many bytes are copied: source and target together are half of the second-level cache, or
    /// eight times the last-level cache.
    fn bytes(self) -> usize {
        match self {
            Self::InsideL2 => cache_bytes(2).unwrap_or(1 << 20) / 4,
            Self::BeyondAllCaches => {
                let last = (1..=4).rev().find_map(cache_bytes).unwrap_or(0);
                (4 * last).clamp(64 << 20, 512 << 20)
            }
        }
    }
}

/// The size of the first core's cache of this level, as Linux tells it.
fn cache_bytes(level: usize) -> Option<usize> {
    // The first level has two: for instructions and for data.
    (0..8).find_map(|index| {
        let cache = format!("/sys/devices/system/cpu/cpu0/cache/index{index}");
        let read = |file| fs::read_to_string(format!("{cache}/{file}")).ok();
        let size = read("size")?;
        let kibibytes: usize = size.trim().strip_suffix('K')?.parse().ok()?;
        (read("level")?.trim() == level.to_string()).then_some(kibibytes << 10)
    })
}

impl Built {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::StdThread => "std::thread::spawn, join",
            Self::Scoped => Scoped::ID,
            Self::Fork => Fork::ID,
            Self::Mapped => Mapped::ID,
            Self::Pipe => Pipe::ID,
            Self::Spawn => Spawn::ID,
            Self::StdMutex => "std Mutex: lock, unlock",
            Self::ParkingLotMutex => "parking_lot Mutex: lock, unlock",
            Self::Channel => "crossbeam bounded channel",
            Self::StdPipe => "std::io::pipe",
        }
    }
}

impl fmt::Display for Contest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.primitive.name())?;
        match self.built {
            Some(built) => write!(f, " and {}", built.name()),
            None => Ok(()),
        }
    }
}
