//! What is timed, except for messages: the bare primitive, and what of ours is built on it.

use std::env;
use std::ffi::CString;
use std::hint::{black_box, spin_loop};
use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::Spawn;
use serde::{Deserialize, Serialize};
use workloads::numbers::Numbers;
use workloads::{Paradigm, Reduce, Workload, refuse_input};

use super::helper::IDLE;
use super::placement::{Cores, pin};
use super::syscalls;

#[cfg(target_os = "linux")]
pub(super) use linux::{bare_thread, bare_vfork, woken};

/// Something that is timed.
pub(super) struct Contestant {
    /// What it is called; the floor is called what its row is.
    pub(super) name: String,
    /// How many operations one turn of `run` has.
    pub(super) operations: u32,
    /// Takes so many turns, and says how long that took.
    pub(super) run: Box<Run>,
}

type Run = dyn FnMut(u64) -> io::Result<Duration>;

impl Contestant {
    pub(super) fn ours(
        name: &str,
        operations: u32,
        mut turn: impl FnMut() -> io::Result<()> + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            operations,
            run: Box::new(move |repeat| {
                let start = Instant::now();
                for _ in 0..repeat {
                    turn()?;
                }
                Ok(start.elapsed())
            }),
        }
    }

    pub(super) fn floor(operations: u32, turn: impl FnMut() -> io::Result<()> + 'static) -> Self {
        Self::ours("", operations, turn)
    }

    /// A paradigm with two workers that have nothing to do.
    pub(super) fn paradigm<P: Paradigm + 'static>() -> io::Result<Self> {
        let mut paradigm = P::start(TWO)?;
        let turn = move || paradigm.reduce(black_box(&NoWork));
        Ok(Self::ours(P::ID, TWO.get() as u32, turn))
    }
}

const TWO: NonZero<usize> = NonZero::new(2).expect("two is not zero");

/// One item for each of two workers, and nothing to do for either: what is left is the way of running.
#[derive(Serialize, Deserialize)]
struct NoWork;

impl Workload for NoWork {
    const NAME: &'static str = "no-work";
    const ABOUT: &'static str = "nothing";

    fn with_input(_: usize, input: &[String]) -> io::Result<Self> {
        refuse_input(Self::NAME, input)?;
        Ok(Self)
    }

    fn with_len(&self, _: usize) -> Self {
        Self
    }

    fn len(&self) -> usize {
        TWO.get()
    }
}

impl Reduce for NoWork {
    type Summary = ();

    fn fold(&self, _: Range<usize>) {}

    fn merge(&self, (): (), (): ()) {}
}

/// Writes one byte on every page of so much memory, and keeps it for as long as this process lives.
pub(super) fn dirty(bytes: usize) {
    const LEAST_PAGE: usize = 4096;
    let memory = vec![0_u8; bytes].leak();
    syscalls::use_small_pages(memory);
    for page in memory.chunks_mut(LEAST_PAGE) {
        page[0] = 1;
    }
    black_box(memory);
}

/// A thread of Rust's library.
pub(super) fn std_thread() -> Contestant {
    Contestant::ours("std::thread::spawn, join", 1, || {
        let thread = thread::spawn(|| ());
        thread.join().map_err(|_| io::Error::other("it panicked"))
    })
}

/// Two processes at a time, as `processes/spawn` starts them.
pub(super) fn spawned() -> io::Result<Vec<Contestant>> {
    let program = CString::new(env::current_exe()?.as_os_str().as_bytes())?;
    let idle = CString::new(format!("{IDLE}=1"))?;
    let two = Numbers::with_input(TWO.get(), &[])?;
    let mut spawn = Spawn::start(TWO)?;
    Ok(vec![
        Contestant::floor(2, move || {
            let children = [
                syscalls::spawn(&program, &idle)?,
                syscalls::spawn(&program, &idle)?,
            ];
            children.into_iter().try_for_each(syscalls::wait_for)
        }),
        Contestant::ours(Spawn::ID, 2, move || {
            spawn.map(&two).map(|items| drop(black_box(items)))
        }),
    ])
}

pub(super) fn uncontended() -> Vec<Contestant> {
    let number = AtomicU64::new(0);
    let std_mutex = std::sync::Mutex::new(0_u64);
    let parking_lot_mutex = parking_lot::Mutex::new(0_u64);
    vec![
        Contestant::floor(1, move || {
            syscalls::increment(black_box(&number));
            Ok(())
        }),
        Contestant::ours("std Mutex: lock, unlock", 1, move || {
            *black_box(&std_mutex)
                .lock()
                .map_err(|_| io::Error::other("it is poisoned"))? += 1;
            Ok(())
        }),
        Contestant::ours("parking_lot Mutex: lock, unlock", 1, move || {
            *black_box(&parking_lot_mutex).lock() += 1;
            Ok(())
        }),
    ]
}

/// Two threads add to the same number, `repeat` times each.
pub(super) fn contended(cores: Cores) -> Contestant {
    let run = move |repeat| {
        let number = AtomicU64::new(0);
        let ready = AtomicU32::new(0);
        let add = |core| {
            let pinned = pin(core);
            // Both begin together. Neither sleeps: to be woken takes longer than many additions.
            ready.fetch_add(1, Ordering::Relaxed);
            while ready.load(Ordering::Relaxed) < 2 {
                spin_loop();
            }
            let start = Instant::now();
            for _ in 0..repeat {
                syscalls::increment(&number);
            }
            pinned.map(|()| start.elapsed())
        };
        thread::scope(|scope| {
            let other = scope.spawn(|| add(cores.partners));
            let ours = add(cores.ours);
            let theirs = other.join().expect("it does not panic");
            Ok(ours?.max(theirs?))
        })
    };
    Contestant {
        name: String::new(),
        operations: 2,
        run: Box::new(run),
    }
}

/// Copies so many bytes.
pub(super) fn copy(bytes: usize) -> Contestant {
    let from = vec![1_u8; bytes];
    let mut to = vec![0_u8; bytes];
    Contestant::floor(1, move || {
        to.copy_from_slice(black_box(&from));
        black_box(&mut to);
        Ok(())
    })
}

/// What is built on calls that only Linux has.
#[cfg(target_os = "linux")]
mod linux {
    use std::sync::{Arc, mpsc};

    use crossbeam::channel::bounded;

    use super::{Contestant, Cores, black_box, io, pin, syscalls, thread};

    pub(in super::super) fn bare_thread() -> Contestant {
        let mut stack = syscalls::Stack::new();
        Contestant::floor(1, move || syscalls::clone_and_wait(&mut stack))
    }

    pub(in super::super) fn bare_vfork() -> Contestant {
        let mut stack = syscalls::Stack::new();
        Contestant::floor(1, move || syscalls::vfork_and_wait(&mut stack))
    }

    /// Two threads that wake each other.
    pub(in super::super) fn woken(cores: Cores) -> io::Result<Vec<Contestant>> {
        const US: u32 = 0;
        const PARTNER: u32 = 1;
        let ball = Arc::new(syscalls::Ball::held_by(US));
        let partners = Arc::clone(&ball);
        start_partner(cores.partners, move || {
            loop {
                partners.wait_as(PARTNER);
                partners.give_to(US);
            }
        })?;
        let (to_partner, from_us) = bounded(1);
        let (to_us, from_partner) = bounded(1);
        start_partner(cores.partners, move || {
            for ball in from_us {
                if to_us.send(ball).is_err() {
                    break;
                }
            }
        })?;
        Ok(vec![
            Contestant::floor(1, move || {
                ball.give_to(PARTNER);
                ball.wait_as(US);
                Ok(())
            }),
            Contestant::ours("crossbeam bounded channel", 1, move || {
                to_partner.send(black_box(1_u8)).map_err(io::Error::other)?;
                from_partner.recv().map(|_| ()).map_err(io::Error::other)
            }),
        ])
    }

    /// Starts a thread on a core. Nobody joins it: it ends with this process, whose only job it is part of.
    fn start_partner(core: usize, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let (tell, told) = mpsc::channel();
        thread::Builder::new().spawn(move || {
            let pinned = pin(core);
            let begin = pinned.is_ok();
            let heard = tell.send(pinned).is_ok();
            if begin && heard {
                work();
            }
        })?;
        told.recv().map_err(io::Error::other)?
    }
}
