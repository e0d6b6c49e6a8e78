//! Which floors there are, and what is built on each. Those where two take part stand in [`partners`].

use std::ffi::CString;
use std::hint::black_box;
use std::io;
use std::num::NonZero;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::AtomicU64;
use std::{env, fs, process, thread};

use examples_message_passing::Pipe;
use examples_processes::{Fork, OneThread, Spawn};
use examples_shared_memory::Mapped;
use examples_threads::Scoped;
use workloads::{Paradigm, Workload};

#[cfg(target_os = "linux")]
use super::linux;
use super::partners;
use super::primitive::{Group, Operation, Preparing, Primitive, each};
use super::syscalls::{self, create_and_join, nothing, use_signal_stack};
use crate::probes::Partial;

/// All of them, in the order in which they are shown.
pub(crate) fn all() -> Vec<Primitive> {
    let mut all = threads();
    all.extend(processes());
    all.push(compare_and_swap());
    all.extend(partners::synchronisation());
    all.extend(partners::messages());
    all.extend(copying());
    all
}

impl Primitive {
    /// Two workers that have nothing to do: what is left is the way of running.
    fn paradigm<P: Paradigm + 'static>(self) -> Self {
        self.built(P::ID, |_| {
            let mut paradigm = P::start(NonZero::new(2).expect("two is not zero"))?;
            let idle = Partial::with_input(2, &[])?;
            Ok(Operation::each(2, move || {
                black_box(paradigm.reduce(&idle)?);
                Ok(())
            }))
        })
    }
}

fn of_threads(name: &str, bare: impl Preparing) -> Primitive {
    Primitive::new(Group::Threads, name, bare)
}

fn threads() -> Vec<Primitive> {
    let clone = on_linux!({
        let mut stack: linux::Stack = [0; _];
        each(1, move || linux::clone_and_wait(&mut stack))
    });
    let one = each(1, || create_and_join::<1>(nothing));
    let two = each(2, || create_and_join::<2>(nothing));
    let with_signal_stacks = each(2, || create_and_join::<2>(use_signal_stack));
    let std_thread = || {
        let thread = thread::spawn(|| ());
        thread.join().map_err(|_| io::Error::other("it panicked"))
    };
    vec![
        of_threads("clone (bare thread)", clone).only_linux(),
        of_threads("pthread_create, join", one)
            .built("std::thread::spawn, join", each(1, std_thread)),
        of_threads("pthread_create, join: two", two).paradigm::<Scoped>(),
        of_threads("... with its signal stack: two", with_signal_stacks).paradigm::<Scoped>(),
    ]
}

fn of_processes(name: impl Into<String>, bare: impl Preparing) -> Primitive {
    Primitive::new(Group::Processes, name, bare)
}

fn processes() -> Vec<Primitive> {
    let vfork = on_linux!({
        let mut stack: linux::Stack = [0; _];
        each(1, move || linux::vfork_and_wait(&mut stack))
    });
    let mut all = vec![of_processes("vfork, _exit, wait", vfork).only_linux()];
    let parents = [(0, "small"), (64 << 20, "64 MiB"), (256 << 20, "256 MiB")];
    all.extend(parents.map(|(written, size)| Primitive {
        written,
        ..of_processes(format!("fork, _exit, wait: {size} parent"), |_| {
            let alone = OneThread::check()?;
            Ok(Operation::each(1, move || syscalls::fork_and_wait(alone)))
        })
    }));
    all.extend(parents.map(|(written, size)| {
        let floor = of_processes(format!("... with its pipe: {size} parent"), |_| {
            let alone = OneThread::check()?;
            let two = move || syscalls::fork_with_pipes_and_wait::<2>(alone);
            Ok(Operation::each(2, two))
        });
        let floor = floor.paradigm::<Fork>().paradigm::<Mapped>();
        Primitive {
            written,
            ..floor.paradigm::<Pipe>()
        }
    }));
    // From this executable: they end at the start of `main`.
    let spawn = of_processes("posix_spawn, wait", |_| {
        let program = CString::new(env::current_exe()?.as_os_str().as_bytes())?;
        let idle = CString::new(format!("{IDLE}=1"))?;
        Ok(Operation::each(2, move || {
            let two = [(); 2].map(|()| syscalls::spawn(&program, &idle));
            two.into_iter()
                .try_for_each(|child| syscalls::wait_for(child?))
        }))
    });
    all.push(spawn.paradigm::<Spawn>());
    all
}

fn compare_and_swap() -> Primitive {
    let number = AtomicU64::new(0);
    let std_mutex = std::sync::Mutex::new(0_u64);
    let parking_lot_mutex = parking_lot::Mutex::new(0_u64);
    let floor = Primitive::new(
        Group::Synchronisation,
        "compare-and-swap",
        each(1, move || {
            syscalls::increment(black_box(&number));
            Ok(())
        }),
    );
    let with_std = each(1, move || {
        let locked = black_box(&std_mutex).lock();
        *locked.map_err(|_| io::Error::other("it is poisoned"))? += 1;
        Ok(())
    });
    let with_parking_lot = each(1, move || {
        *black_box(&parking_lot_mutex).lock() += 1;
        Ok(())
    });
    floor
        .built("std Mutex", with_std)
        .built("parking_lot Mutex", with_parking_lot)
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
    sizes.map(|(bytes, name)| Primitive {
        bytes: Some(bytes),
        ..Primitive::new(Group::Copying, name, move |_| {
            let from = vec![1_u8; bytes];
            let mut to = vec![0_u8; bytes];
            Ok(Operation::each(1, move || {
                to.copy_from_slice(black_box(&from));
                black_box(&mut to);
                Ok(())
            }))
        })
    })
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

/// Set in the environment of a process that is started only to end.
const IDLE: &str = "CROSSOVER_IDLE";

/// Ends this process, if it was started only for that.
pub(crate) fn end_if_idle() {
    if env::var_os(IDLE).is_some() {
        process::exit(0);
    }
}
