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

use super::contest::Primitive;
use super::stopwatch::{Operation, each};
use super::{Group, partners, syscalls};
use crate::probes::Partial;

/// All of them, in the order in which they are shown.
pub(super) fn all() -> Vec<Primitive> {
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

fn threads() -> Vec<Primitive> {
    let bare = Primitive::new(
        Group::Threads,
        "clone (bare thread)",
        "the system call behind a thread, which shares all but its stack",
        on_linux!({
            let mut stack: syscalls::Stack = [0; _];
            each(1, move || syscalls::clone_and_wait(&mut stack))
        }),
    );
    let one = Primitive::new(
        Group::Threads,
        "pthread_create, join",
        "create a thread with a stack of 2 MiB, and join it",
        each(1, syscalls::create_and_join_threads::<1>),
    );
    let std_thread = || {
        let thread = thread::spawn(|| ());
        thread.join().map_err(|_| io::Error::other("it panicked"))
    };
    let two = Primitive::new(
        Group::Threads,
        "pthread_create, join: two",
        "a thread, when two with stacks of 2 MiB are created, then both joined",
        each(2, syscalls::create_and_join_threads::<2>),
    );
    let with_signal_stacks = Primitive::new(
        Group::Threads,
        "... with its signal stack: two",
        "the same, and each thread maps, sets and gives back the second stack that every Rust thread has for the \
         message that its first one overflowed",
        each(2, syscalls::create_and_join_threads_with_signal_stacks::<2>),
    );
    vec![
        bare.only_linux(),
        one.built("std::thread::spawn, join", each(1, std_thread)),
        two.paradigm::<Scoped>(),
        with_signal_stacks.paradigm::<Scoped>(),
    ]
}

fn processes() -> Vec<Primitive> {
    let vfork = Primitive::new(
        Group::Processes,
        "vfork, _exit, wait",
        "a child in its parent's memory ends at once, and is waited for",
        on_linux!({
            let mut stack: syscalls::Stack = [0; _];
            each(1, move || syscalls::vfork_and_wait(&mut stack))
        }),
    );
    let mut all = vec![vfork.only_linux()];
    let parents = [(0, "small"), (64, "64 MiB"), (256, "256 MiB")];
    all.extend(parents.map(|(mebibytes, size)| Primitive {
        written: mebibytes << 20,
        ..Primitive::new(
            Group::Processes,
            format!("fork, _exit, wait: {size} parent"),
            "fork a child that ends at once, and wait for it",
            |_| {
                let alone = OneThread::check()?;
                Ok(Operation::each(1, move || syscalls::fork_and_wait(alone)))
            },
        )
    }));
    all.extend(parents.map(|(mebibytes, size)| {
        let floor = Primitive {
            written: mebibytes << 20,
            ..Primitive::new(
                Group::Processes,
                format!("... with its pipe: {size} parent"),
                "a child, when two are forked, each with a pipe into which it writes one byte; both are read to their \
                 end, then waited for",
                |_| {
                    let alone = OneThread::check()?;
                    let two = move || syscalls::fork_with_pipes_and_wait::<2>(alone);
                    Ok(Operation::each(2, two))
                },
            )
        };
        floor.paradigm::<Fork>().paradigm::<Mapped>().paradigm::<Pipe>()
    }));
    all.push(spawn());
    all
}

fn spawn() -> Primitive {
    let floor = Primitive::new(
        Group::Processes,
        "posix_spawn, wait",
        "a process, when two are started from this executable, which end at the start of main; then both are waited for",
        |_| {
            let program = CString::new(env::current_exe()?.as_os_str().as_bytes())?;
            let idle = CString::new(format!("{IDLE}=1"))?;
            Ok(Operation::each(2, move || {
                let one = syscalls::spawn(&program, &idle)?;
                let other = syscalls::spawn(&program, &idle)?;
                [one, other].into_iter().try_for_each(syscalls::wait_for)
            }))
        },
    );
    floor.paradigm::<Spawn>()
}

fn compare_and_swap() -> Primitive {
    let number = AtomicU64::new(0);
    let std_mutex = std::sync::Mutex::new(0_u64);
    let parking_lot_mutex = parking_lot::Mutex::new(0_u64);
    let floor = Primitive::new(
        Group::Synchronisation,
        "compare-and-swap",
        "add one to an atomic number, one thread alone",
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
        ..Primitive::new(
            Group::Copying,
            name,
            "copy from one buffer to another, again and again",
            move |_| {
                let from = vec![1_u8; bytes];
                let mut to = vec![0_u8; bytes];
                Ok(Operation::each(1, move || {
                    to.copy_from_slice(black_box(&from));
                    black_box(&mut to);
                    Ok(())
                }))
            },
        )
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
