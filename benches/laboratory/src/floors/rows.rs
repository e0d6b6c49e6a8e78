//! What is measured: each floor by its name, and what of ours stands on it.

use std::io;
use std::time::Duration;

use examples_message_passing::Pipe;
use examples_processes::{Fork, OneThread};
use examples_shared_memory::Mapped;
use examples_threads::Scoped;
use serde::{Deserialize, Serialize};

use super::contestants::{self, Contestant};
use super::placement::{allowed_cores, place};
use super::{Group, Placement, messages, syscalls};

/// One floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Row {
    Thread,
    TwoThreads,
    TwoThreadsWithSignalStacks,
    Clone,
    Fork(Parent),
    ForkWithPipe(Parent),
    Vfork,
    Spawn,
    CompareAndSwap,
    ContendedCompareAndSwap,
    Futex(Placement),
    Echo(Medium, Placement),
    Copy(Block),
}

/// How much memory a process has written before it forks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Parent {
    Small,
    Dirty64MiB,
    Dirty256MiB,
}

/// What carries a byte from one process to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Medium {
    Pipe,
    UnixSocket,
    Tcp,
    SharedMemory,
}

/// What is copied at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Block {
    InsideL2,
    BeyondAllCaches,
}

/// All of them, in the order in which they are shown.
pub(super) fn all() -> Vec<Row> {
    use Placement::{OneCore, TwoCores};
    let parents = [Parent::Small, Parent::Dirty64MiB, Parent::Dirty256MiB];
    let mut rows = vec![
        Row::Clone,
        Row::Thread,
        Row::TwoThreads,
        Row::TwoThreadsWithSignalStacks,
        Row::Vfork,
    ];
    rows.extend(parents.map(Row::Fork));
    rows.extend(parents.map(Row::ForkWithPipe));
    rows.extend([
        Row::Spawn,
        Row::CompareAndSwap,
        Row::ContendedCompareAndSwap,
    ]);
    rows.extend([OneCore, TwoCores].map(Row::Futex));
    for medium in [
        Medium::SharedMemory,
        Medium::Pipe,
        Medium::UnixSocket,
        Medium::Tcp,
    ] {
        rows.extend([OneCore, TwoCores].map(|placement| Row::Echo(medium, placement)));
    }
    rows.extend([Block::InsideL2, Block::BeyondAllCaches].map(Row::Copy));
    rows
}

impl Parent {
    fn name(self) -> &'static str {
        match self {
            Self::Small => "small parent",
            Self::Dirty64MiB => "64 MiB parent",
            Self::Dirty256MiB => "256 MiB parent",
        }
    }

    fn dirty_bytes(self) -> usize {
        match self {
            Self::Small => 0,
            Self::Dirty64MiB => 64 << 20,
            Self::Dirty256MiB => 256 << 20,
        }
    }
}

impl Block {
    /// How many bytes are copied: source and target together are half of the second-level cache, or
    /// eight times the last-level cache.
    pub(super) fn bytes(self) -> usize {
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
        let read = |file| std::fs::read_to_string(format!("{cache}/{file}")).ok();
        let size = read("size")?;
        let kibibytes: usize = size.trim().strip_suffix('K')?.parse().ok()?;
        (read("level")?.trim() == level.to_string()).then_some(kibibytes << 10)
    })
}

impl Row {
    /// With less time than this for all rows, this one is left out: a fork copies the page tables of its parent, and
    /// for a large one that takes tens of milliseconds, many times in a round.
    pub(super) fn least_budget(self) -> Duration {
        match self {
            Self::ForkWithPipe(Parent::Dirty256MiB) => Duration::from_secs(10),
            Self::ForkWithPipe(Parent::Dirty64MiB) | Self::Fork(Parent::Dirty256MiB) => {
                Duration::from_secs(4)
            }
            _ => Duration::ZERO,
        }
    }

    pub(super) fn name(self) -> String {
        match self {
            Self::Thread => "pthread_create, join".to_owned(),
            Self::TwoThreads => "pthread_create, join: two".to_owned(),
            Self::TwoThreadsWithSignalStacks => "... with its signal stack: two".to_owned(),
            Self::Clone => "clone (bare thread)".to_owned(),
            Self::Fork(parent) => format!("fork, _exit, wait: {}", parent.name()),
            Self::ForkWithPipe(parent) => format!("... with its pipe: {}", parent.name()),
            Self::Vfork => "vfork, _exit, wait".to_owned(),
            Self::Spawn => "posix_spawn, wait".to_owned(),
            Self::CompareAndSwap => "compare-and-swap".to_owned(),
            Self::ContendedCompareAndSwap => "compare-and-swap, contended".to_owned(),
            Self::Futex(_) => "futex wait and wake".to_owned(),
            Self::Echo(medium, _) => match medium {
                Medium::Pipe => "pipe".to_owned(),
                Medium::UnixSocket => "Unix socket pair".to_owned(),
                Medium::Tcp => "TCP on loopback".to_owned(),
                Medium::SharedMemory => "shared memory".to_owned(),
            },
            Self::Copy(Block::InsideL2) => "inside the second-level cache".to_owned(),
            Self::Copy(Block::BeyondAllCaches) => "beyond all caches".to_owned(),
        }
    }

    /// What one operation is.
    pub(super) fn about(self) -> String {
        match self {
            Self::Thread => "create a thread with a stack of 2 MiB, and join it".to_owned(),
            Self::TwoThreads => {
                "a thread, when two with stacks of 2 MiB are created, then both joined".to_owned()
            }
            Self::TwoThreadsWithSignalStacks => {
                "the same, and each thread maps, sets and gives back the second stack that every Rust \
                thread has for the message that its first one overflowed"
                    .to_owned()
            }
            Self::Clone => {
                "the system call behind a thread, which shares all but its stack".to_owned()
            }
            Self::Fork(_) => "fork a child that ends at once, and wait for it".to_owned(),
            Self::ForkWithPipe(_) => {
                "a child, when two are forked, each with a pipe into which it \
                writes one byte; both are read to their end, then waited for"
                    .to_owned()
            }
            Self::Vfork => {
                "a child in its parent's memory ends at once, and is waited for".to_owned()
            }
            Self::Spawn => "a process, when two are started from this executable, which end at \
                the start of main; then both are waited for"
                .to_owned(),
            Self::CompareAndSwap => "add one to an atomic number, one thread alone".to_owned(),
            Self::ContendedCompareAndSwap => {
                "add one to an atomic number that a thread on another core adds to as well"
                    .to_owned()
            }
            Self::Futex(_) => "a round trip between two threads: wake the other, sleep".to_owned(),
            Self::Echo(Medium::SharedMemory, _) => {
                "a round trip through a shared mapping that both processes watch without sleeping"
                    .to_owned()
            }
            Self::Echo(..) => "a round trip of one byte to another process and back".to_owned(),
            Self::Copy(_) => "copy from one buffer to another, again and again".to_owned(),
        }
    }

    pub(super) fn group(self) -> Group {
        match self {
            Self::Thread | Self::TwoThreads | Self::TwoThreadsWithSignalStacks | Self::Clone => {
                Group::Threads
            }
            Self::Fork(_) | Self::ForkWithPipe(_) | Self::Vfork | Self::Spawn => Group::Processes,
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

    /// The share of the budget that it gets, as a multiple of what others get: a large parent takes
    /// milliseconds for each child.
    pub(super) fn weight(self) -> f64 {
        match self {
            Self::Fork(Parent::Dirty256MiB) | Self::ForkWithPipe(Parent::Dirty64MiB) => 2.0,
            Self::ForkWithPipe(Parent::Dirty256MiB) => 6.0,
            _ => 1.0,
        }
    }

    /// Why this machine cannot have it, if so.
    pub(super) fn absent_because(self) -> Option<String> {
        let linux = cfg!(target_os = "linux");
        match (self, self.placement()) {
            (Self::Clone | Self::Vfork, _) if !linux => Some("only Linux has clone".to_owned()),
            (_, Some(_)) if !linux => Some("only Linux lets a process choose its cores".to_owned()),
            (_, Some(Placement::TwoCores))
                if allowed_cores().is_ok_and(|cores| cores.len() < 2) =>
            {
                Some("this process may use one core only".to_owned())
            }
            _ => None,
        }
    }

    /// What is to be timed, the floor first. This process is a helper that does nothing else: some
    /// memory is written, it is pinned, and partners are started.
    pub(super) fn contestants(self) -> io::Result<Vec<Contestant>> {
        use Contestant as C;
        Ok(match self {
            Self::Thread => vec![
                C::floor(1, syscalls::create_and_join_threads::<1>),
                contestants::std_thread(),
            ],
            Self::TwoThreads => vec![
                C::floor(2, syscalls::create_and_join_threads::<2>),
                C::paradigm::<Scoped>()?,
            ],
            Self::TwoThreadsWithSignalStacks => vec![
                C::floor(2, syscalls::create_and_join_threads_with_signal_stacks::<2>),
                C::paradigm::<Scoped>()?,
            ],
            #[cfg(target_os = "linux")]
            Self::Clone => vec![contestants::bare_thread()],
            Self::Fork(parent) => {
                contestants::dirty(parent.dirty_bytes());
                let alone = OneThread::check()?;
                vec![C::floor(1, move || syscalls::fork_and_wait(alone))]
            }
            Self::ForkWithPipe(parent) => {
                contestants::dirty(parent.dirty_bytes());
                let alone = OneThread::check()?;
                vec![
                    C::floor(2, move || syscalls::fork_with_pipes_and_wait::<2>(alone)),
                    C::paradigm::<Fork>()?,
                    C::paradigm::<Mapped>()?,
                    C::paradigm::<Pipe>()?,
                ]
            }
            #[cfg(target_os = "linux")]
            Self::Vfork => vec![contestants::bare_vfork()],
            Self::Spawn => contestants::spawned()?,
            Self::CompareAndSwap => contestants::uncontended(),
            Self::ContendedCompareAndSwap => {
                vec![contestants::contended(place(Placement::TwoCores)?)]
            }
            #[cfg(target_os = "linux")]
            Self::Futex(placement) => contestants::woken(place(placement)?)?,
            Self::Echo(medium, placement) => {
                let cores = place(placement)?;
                match medium {
                    Medium::Pipe => vec![messages::bare_pipe(cores)?, messages::our_pipe(cores)?],
                    Medium::UnixSocket => vec![messages::bare_unix_socket(cores)?],
                    Medium::Tcp => vec![messages::bare_tcp(cores)?],
                    Medium::SharedMemory => vec![messages::bare_mapping(cores)?],
                }
            }
            Self::Copy(block) => vec![contestants::copy(block.bytes())],
            #[cfg(not(target_os = "linux"))]
            Self::Clone | Self::Vfork | Self::Futex(_) => {
                return Err(io::ErrorKind::Unsupported.into());
            }
        })
    }
}
