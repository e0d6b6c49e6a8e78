//! Messages through memory: rings beside bare atomics, futexes, and what other crates offer.
//!
//! A partner that spins would take its core from the partner of the other side of the contest. So a partner waits in a
//! system call while it is not its turn, and a turn begins with one operation that is not timed.

use std::hint::spin_loop;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam::channel::bounded;
use crossbeam::utils::CachePadded;
use examples_processes::{OneThread, Team};
use examples_shared_memory::sync::{Queue, Ring};
use examples_shared_memory::{Shareable, Shared};

#[cfg(target_os = "linux")]
use super::linux::futex;
use super::partners::start_partner;
use super::{Group, Operation, Primitive};
use crate::cores::{self, Cores, pin};

/// Messages that a ring or a channel holds.
const CAPACITY: usize = 1024;

/// How long a side of a ring spins, where each has a core.
const SPIN: Duration = Duration::from_micros(50);

/// All of them.
pub(super) fn rings() -> Vec<Primitive> {
    let mut all = Vec::new();
    if cores::MOST == 2 {
        let floor = Primitive::new(Group::Rings, "atomics, there and back", |cores, _| {
            atomic_ball(cores)
        });
        let ring = |cores, _| round_trip(cores, SPIN);
        let floor = floor.built("Ring, there and back", ring);
        let queue = |cores, _| queue_round_trip(cores);
        all.push(floor.built("Queue, there and back", queue).on(2));
    }
    #[cfg(target_os = "linux")]
    for &number in cores::NUMBERS {
        let floor = Primitive::new(Group::Rings, "futexes, there and back", |cores, _| {
            futex_ball(cores)
        });
        let ring = |cores, _| round_trip(cores, Duration::ZERO);
        all.push(floor.built("Ring that does not spin", ring).on(number));
    }
    let one_way = |name, floor: fn(Cores) -> io::Result<Operation>| {
        let floor = Primitive::new(Group::Rings, name, move |cores, _| floor(cores));
        let floor = floor.built("Ring, one way", |cores, _| ring_one_way(cores));
        floor.of_bytes(8).on(cores::MOST)
    };
    all.push(one_way("crossbeam bounded, one way", crossbeam_one_way));
    all.push(one_way("rtrb, one way", rtrb_one_way));
    all
}

/// What a partner does in a turn of so many operations.
type Turn = Box<dyn FnMut(u64) -> io::Result<()> + Send>;

/// Takes part in one turn after the other, until the other side is gone.
fn take_turns(mut starts: UnixStream, mut turn: Turn) -> io::Result<()> {
    let mut calls = [0; 8];
    loop {
        starts.read_exact(&mut calls)?;
        turn(1)?;
        turn(u64::from_ne_bytes(calls))?;
    }
}

/// Times turns: `ours` on this side, `theirs` on the other. `kept` lives as long.
fn timed(mut starts: UnixStream, mut ours: Turn, kept: impl Sized + 'static) -> Operation {
    Box::new(move |calls| {
        let _ = &kept;
        starts.write_all(&calls.to_ne_bytes())?;
        ours(1)?;
        let start = Instant::now();
        ours(calls)?;
        Ok(start.elapsed())
    })
}

/// With a child as the partner.
fn with_child(
    cores: Cores,
    ours: impl FnOnce() -> io::Result<Turn>,
    theirs: impl FnOnce() -> io::Result<Turn>,
) -> io::Result<Operation> {
    let (our_end, their_end) = UnixStream::pair()?;
    let mut starts = our_end.try_clone()?;
    let mut team = Team::new();
    let work = |mut starts: UnixStream| {
        pin(cores[1])?;
        let turn = theirs()?;
        starts.write_all(&[1])?;
        take_turns(starts, turn)
    };
    team.fork(OneThread::check()?, 0..1, our_end, their_end, work)?;
    // It is ready: it does not end before this process does.
    starts.read_exact(&mut [0])?;
    Ok(timed(starts, ours()?, team))
}

/// With a thread as the partner.
fn with_thread(cores: Cores, ours: Turn, theirs: Turn) -> io::Result<Operation> {
    let (starts, their_end) = UnixStream::pair()?;
    start_partner(cores, move || drop(take_turns(their_end, theirs)))?;
    Ok(timed(starts, ours, ()))
}

/// A value in memory that both processes share, as long as they live.
fn shared<T: Shareable>(value: T) -> io::Result<&'static T> {
    // A mapping has a page of its own, so no value shares a cache line with another one.
    Ok(&**Box::leak(Box::new(Shared::new(value)?)))
}

/// One process raises a number, the other one answers by another number. `wait` returns when a number is no longer this.
fn ball(
    cores: Cores,
    raise_to: fn(&AtomicU32, u32),
    wait: fn(&AtomicU32, u32),
) -> io::Result<Operation> {
    let (there, back) = (shared(AtomicU32::new(0))?, shared(AtomicU32::new(0))?);
    let turn = move |mine: &'static AtomicU32, theirs: &'static AtomicU32, begins: bool| -> Turn {
        let mut round = 0_u32;
        Box::new(move |calls| {
            for _ in 0..calls {
                let next = round.wrapping_add(1);
                if begins {
                    raise_to(mine, next);
                }
                wait(theirs, round);
                if !begins {
                    raise_to(mine, next);
                }
                round = next;
            }
            Ok(())
        })
    };
    with_child(
        cores,
        || Ok(turn(there, back, true)),
        || Ok(turn(back, there, false)),
    )
}

/// Both look all the time.
fn atomic_ball(cores: Cores) -> io::Result<Operation> {
    let raise_to = |number: &AtomicU32, next| number.store(next, Ordering::Release);
    ball(cores, raise_to, |number, value| {
        while number.load(Ordering::Acquire) == value {
            spin_loop();
        }
    })
}

/// Both sleep until the other one has raised its number.
#[cfg(target_os = "linux")]
fn futex_ball(cores: Cores) -> io::Result<Operation> {
    use nix::libc::{FUTEX_WAIT, FUTEX_WAKE};

    let raise_to = |number: &AtomicU32, next| {
        number.store(next, Ordering::Release);
        futex(number, FUTEX_WAKE, 1);
    };
    ball(cores, raise_to, |number, value| {
        while number.load(Ordering::Acquire) == value {
            futex(number, FUTEX_WAIT, value);
        }
    })
}

/// Eight bytes to a child and back, by a ring in each direction.
fn round_trip(cores: Cores, spin: Duration) -> io::Result<Operation> {
    let ring = Ring::<u64, CAPACITY>::new;
    let (there, back) = (shared(ring(spin))?, shared(ring(spin))?);
    let ours = || -> io::Result<Turn> {
        let mut to_child = there.producer().ok_or_else(taken)?;
        let mut from_child = back.consumer().ok_or_else(taken)?;
        Ok(Box::new(move |calls| {
            for number in 0..calls {
                to_child.push(number).map_err(io::Error::other)?;
                let answer = from_child.pop().map_err(io::Error::other)?;
                debug_assert_eq!(answer, number);
            }
            Ok(())
        }))
    };
    let theirs = || -> io::Result<Turn> {
        let mut from_parent = there.consumer().ok_or_else(taken)?;
        let mut to_parent = back.producer().ok_or_else(taken)?;
        Ok(Box::new(move |calls| {
            for _ in 0..calls {
                let message = from_parent.pop().map_err(io::Error::other)?;
                to_parent.push(message).map_err(io::Error::other)?;
            }
            Ok(())
        }))
    };
    with_child(cores, ours, theirs)
}

fn taken() -> io::Error {
    io::Error::other("the end of a ring is in use")
}

/// The same by queues, which let several processes send and receive.
fn queue_round_trip(cores: Cores) -> io::Result<Operation> {
    let queue = Queue::<u64, CAPACITY>::new;
    let (there, back) = (shared(queue(SPIN))?, shared(queue(SPIN))?);
    let ours: Turn = Box::new(|calls| {
        for number in 0..calls {
            there.push(number).map_err(io::Error::other)?;
            let answer = back.pop().map_err(io::Error::other)?;
            debug_assert_eq!(answer, number);
        }
        Ok(())
    });
    let theirs: Turn = Box::new(|calls| {
        for _ in 0..calls {
            let message = there.pop().map_err(io::Error::other)?;
            back.push(message).map_err(io::Error::other)?;
        }
        Ok(())
    });
    with_child(cores, || Ok(ours), || Ok(theirs))
}

/// Numbers to another thread, in order: `send` and `receive` wait. A turn is over when all have been received.
fn one_way(
    cores: Cores,
    mut send: impl FnMut(u64) -> io::Result<()> + Send + 'static,
    mut receive: impl FnMut() -> io::Result<u64> + Send + 'static,
) -> io::Result<Operation> {
    let received: &CachePadded<AtomicU64> = Box::leak(Box::default());
    let mut sent = 0;
    let ours = move |calls| {
        for number in 0..calls {
            send(number)?;
        }
        sent += calls;
        while received.load(Ordering::Acquire) != sent {
            spin_loop();
        }
        Ok(())
    };
    let theirs = move |calls| {
        for number in 0..calls {
            if receive()? != number {
                return Err(io::Error::other("a message is missing"));
            }
        }
        received.fetch_add(calls, Ordering::Release);
        Ok(())
    };
    with_thread(cores, Box::new(ours), Box::new(theirs))
}

fn ring_one_way(cores: Cores) -> io::Result<Operation> {
    let ring = shared(Ring::<u64, CAPACITY>::new(SPIN))?;
    let mut producer = ring.producer().ok_or_else(taken)?;
    let mut consumer = ring.consumer().ok_or_else(taken)?;
    one_way(
        cores,
        move |number| producer.push(number).map_err(io::Error::other),
        move || consumer.pop().map_err(io::Error::other),
    )
}

fn crossbeam_one_way(cores: Cores) -> io::Result<Operation> {
    let (sender, receiver) = bounded(CAPACITY);
    one_way(
        cores,
        move |number: u64| sender.send(number).map_err(io::Error::other),
        move || receiver.recv().map_err(io::Error::other),
    )
}

/// Its ends do not wait, so this looks again and again, as its documentation does.
fn rtrb_one_way(cores: Cores) -> io::Result<Operation> {
    let (mut producer, mut consumer) = rtrb::RingBuffer::<u64>::new(CAPACITY);
    one_way(
        cores,
        move |number| {
            while producer.push(number).is_err() {
                spin_loop();
            }
            Ok(())
        },
        move || {
            while consumer.is_empty() {
                spin_loop();
            }
            consumer.pop().map_err(io::Error::other)
        },
    )
}
