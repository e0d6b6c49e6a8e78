//! Which floors there are, and what is built on each. Those where two take part stand in [`partners`].

use std::ffi::CString;
use std::hint::black_box;
use std::io;
use std::num::NonZero;
use std::os::unix::ffi::OsStrExt;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::{env, fs, process, thread};

use examples_message_passing::Pipe;
use examples_processes::{Fork, OneThread, Spawn, this_executable};
use examples_shared_memory::{Mapped, Shared, sync};
use examples_threads::Scoped;
use workloads::{Paradigm, Workload, zeroed_items};

#[cfg(target_os = "linux")]
use super::linux;
use super::partners;
use super::rings;
use super::syscalls::{self, create_and_join, nothing, use_signal_stack};
use super::{Group, Primitive, each};
use crate::probes::Partial;

/// All of them, in the order in which they are shown.
pub(crate) fn all() -> Vec<Primitive> {
    let mut all = threads();
    all.extend(processes());
    all.push(compare_and_swap());
    all.push(partners::contended());
    #[cfg(target_os = "linux")]
    all.extend(linux::waking());
    all.extend(partners::messages());
    all.extend(rings::rings());
    all.extend(copying());
    all
}

impl Primitive {
    /// Two workers that have nothing to do: what is left is the way of running.
    fn paradigm<P: Paradigm + 'static>(self) -> Self {
        self.built(P::ID, |_, _| {
            let mut paradigm = P::start(NonZero::new(2).expect("two is not zero"))?;
            let idle = Partial::with_input(2, &[])?;
            Ok(each(2, move || {
                black_box(paradigm.reduce(&idle)?);
                Ok(())
            }))
        })
    }
}

fn threads() -> Vec<Primitive> {
    let group = Group::Threads;
    Vec::from([
        #[cfg(target_os = "linux")]
        Primitive::new(group, "clone (bare thread)", |_, _| {
            let mut stack: linux::Stack = [0; _];
            Ok(each(1, move || linux::clone_and_wait(&mut stack)))
        }),
        Primitive::new(group, "pthread_create, join", |_, _| {
            Ok(each(1, || create_and_join::<1>(nothing)))
        })
        .built("std::thread::spawn, join", |_, _| {
            Ok(each(1, || {
                let thread = thread::spawn(|| ());
                thread.join().map_err(|_| io::Error::other("it panicked"))
            }))
        }),
        Primitive::new(group, "pthread_create, join: two", |_, _| {
            Ok(each(2, || create_and_join::<2>(nothing)))
        })
        .paradigm::<Scoped>(),
        Primitive::new(group, "... with its signal stack: two", |_, _| {
            Ok(each(2, || create_and_join::<2>(use_signal_stack)))
        })
        .paradigm::<Scoped>(),
    ])
}

fn processes() -> Vec<Primitive> {
    let group = Group::Processes;
    let mut all = Vec::from([
        #[cfg(target_os = "linux")]
        Primitive::new(group, "vfork, _exit, wait", |_, _| {
            let mut stack: linux::Stack = [0; _];
            Ok(each(1, move || linux::vfork_and_wait(&mut stack)))
        }),
    ]);
    for (written, size) in [(0, "small"), (64 << 20, "64 MiB"), (256 << 20, "256 MiB")] {
        let name = format!("fork, _exit, wait: {size} parent");
        let floor = Primitive::new(group, name, |_, _| {
            let alone = OneThread::check()?;
            Ok(each(1, move || syscalls::fork_and_wait(alone)))
        });
        all.push(floor.after_writing(written));
        let name = format!("... with its pipe: {size} parent");
        let floor = Primitive::new(group, name, |_, _| {
            let alone = OneThread::check()?;
            Ok(each(2, move || {
                syscalls::fork_with_pipes_and_wait::<2>(alone)
            }))
        });
        let floor = floor.paradigm::<Fork>().paradigm::<Mapped>();
        all.push(floor.paradigm::<Pipe>().after_writing(written));
    }
    // From this executable: they end at the start of `main`.
    let spawn = Primitive::new(group, "posix_spawn, wait", |_, _| {
        let program = CString::new(this_executable()?.as_os_str().as_bytes())?;
        let idle = CString::new(format!("{IDLE}=1"))?;
        Ok(each(2, move || {
            let two = [(); 2].map(|()| syscalls::spawn(&program, &idle));
            two.into_iter()
                .try_for_each(|child| syscalls::wait_for(child?))
        }))
    });
    all.push(spawn.paradigm::<Spawn>());
    all
}

fn compare_and_swap() -> Primitive {
    let floor = Primitive::new(Group::Synchronisation, "compare-and-swap", |_, _| {
        let number = AtomicU64::new(0);
        Ok(each(1, move || {
            syscalls::increment(black_box(&number));
            Ok(())
        }))
    });
    let floor = floor.built("std Mutex", |_, _| {
        let mutex = Mutex::new(0_u64);
        Ok(each(1, move || {
            *black_box(&mutex).lock().expect("no other thread has it") += 1;
            Ok(())
        }))
    });
    let floor = floor.built("parking_lot Mutex", |_, _| {
        let mutex = parking_lot::Mutex::new(0_u64);
        Ok(each(1, move || {
            *black_box(&mutex).lock() += 1;
            Ok(())
        }))
    });
    let floor = floor.built("our sync::Mutex", |_, _| {
        let mutex = Shared::new(sync::Mutex::new(0_u64))?;
        Ok(each(1, move || {
            *black_box(&mutex).lock() += 1;
            Ok(())
        }))
    });
    #[cfg(target_os = "linux")]
    let floor = floor.built("our sync::RobustMutex", |_, _| {
        let mutex = Shared::new(sync::RobustMutex::new(0_u64))?;
        Ok(each(1, move || {
            let number = black_box(&mutex).lock();
            *number.map_err(|error| io::Error::other(error.to_string()))? += 1;
            Ok(())
        }))
    });
    floor.built("our sync::Semaphore", |_, _| {
        let semaphore = Shared::new(sync::Semaphore::new(1))?;
        Ok(each(1, move || {
            drop(black_box(&semaphore).acquire());
            Ok(())
        }))
    })
}

/// Source and target together are half of the second-level cache, or eight times the last-level cache.
fn copying() -> [Primitive; 2] {
    let inside = cache_bytes(2).unwrap_or(1 << 20) / 4;
    let last = (1..=4).rev().find_map(cache_bytes).unwrap_or(0);
    let beyond = (4 * last).clamp(64 << 20, 512 << 20);
    let sizes = [
        (inside, "inside the second-level cache"),
        (beyond, "beyond all caches"),
    ];
    sizes.map(|(bytes, name)| {
        let floor = Primitive::new(Group::Copying, name, |_, bytes| {
            let mut from = zeroed_items::<u8>(bytes)?;
            from.fill(1);
            let mut to = zeroed_items::<u8>(bytes)?;
            to.fill(0); // touched, so that it is there
            Ok(each(1, move || {
                to.copy_from_slice(black_box(&from));
                black_box(&mut to);
                Ok(())
            }))
        });
        floor.of_bytes(bytes)
    })
}

/// The size of the first core's cache of this level, as Linux reports it.
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

/// Set in the environment of a process that is started only to end.
const IDLE: &str = "CROSSOVER_IDLE";

/// Ends this process, if it was started only for that.
pub(crate) fn end_if_idle() {
    if env::var_os(IDLE).is_some() {
        process::exit(0);
    }
}
