//! Floors where two take part, each pinned to its core: two threads, or this process and a child.

#![expect(
    unsafe_code,
    reason = "an atomic number in a shared mapping is looked at"
)]

use std::hint::{black_box, spin_loop};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use crossbeam::channel::bounded;
use examples_processes::{OneThread, Team};
use examples_shared_memory::Mapping;

#[cfg(target_os = "linux")]
use super::linux::{give_to, wait_as};
use super::primitive::{Group, Operation, Primitive};
use super::syscalls::{increment, receive_byte, send_byte};
use crate::connection::{Pipes, pipes, tcp, unix_sockets};
use crate::cores::{Placement, pin};

/// A number that two threads change, and threads that wake each other up.
pub(super) fn synchronisation() -> Vec<Primitive> {
    let group = Group::Synchronisation;
    let contended = Primitive::new(group, "compare-and-swap, contended", |cores| {
        Ok(contended(cores))
    });
    let mut all = vec![contended.on(Placement::TwoCores)];
    all.extend(Placement::ALL.map(|placement| {
        let futex = Primitive::new(group, "futex wait and wake", on_linux!(futex));
        futex.built("crossbeam channel", channel).on(placement)
    }));
    all
}

/// One byte to another process and back, by each of the ways there are. What is timed is a bare `write` and a bare
/// `read`, or no system call at all.
pub(super) fn messages() -> Vec<Primitive> {
    let ways: [fn() -> Primitive; 4] = [
        || message("shared memory", watched),
        || {
            let pipe = message("pipe", |cores| echo(cores, pipes, send_byte, receive_byte));
            pipe.built("std::io::pipe", |cores| {
                let send: fn(&mut Pipes) -> _ = |end| end.write_all(&[7]);
                echo(cores, pipes, send, |end| end.read_exact(&mut [0]))
            })
        },
        || {
            message("Unix socket pair", |cores| {
                echo(cores, unix_sockets, send_byte, receive_byte)
            })
        },
        || {
            message("TCP on loopback", |cores| {
                echo(cores, tcp, send_byte, receive_byte)
            })
        },
    ];
    let both = |way: fn() -> Primitive| Placement::ALL.map(|placement| way().on(placement));
    ways.into_iter().flat_map(both).collect()
}

fn message(name: &str, prepare: fn([usize; 2]) -> io::Result<Operation>) -> Primitive {
    Primitive::new(Group::Messages, name, prepare)
}

/// A child that sends every byte back.
fn echo<C: Read + AsFd + 'static>(
    [_, partner]: [usize; 2],
    connect: fn() -> io::Result<[C; 2]>,
    send: fn(&mut C) -> io::Result<()>,
    receive: fn(&mut C) -> io::Result<()>,
) -> io::Result<Operation> {
    let [ours, theirs] = connect()?;
    let mut team = Team::new();
    team.fork(OneThread::check()?, 0..1, ours, theirs, |mut parent| {
        pin(&[partner])?;
        loop {
            receive(&mut parent)?;
            send(&mut parent)?;
        }
    })?;
    Ok(Operation::each(1, move || {
        let (child, _) = team.worker(0);
        send(child)?;
        receive(child)
    }))
}

/// A child that watches a number in shared memory, and counts it up when it is odd; we do when it is even.
fn watched([ours, partner]: [usize; 2]) -> io::Result<Operation> {
    /// Looks at the number before the child is taken for dead: they last for seconds.
    const LOOKS: u32 = 1 << 27;

    let mut mapping = Mapping::<u32>::zeroed(1)?;
    // SAFETY: the mapping is aligned, and lives as long as the operation that is returned and as the child. All
    // access is atomic from here on.
    let number: &'static AtomicU32 = unsafe { AtomicU32::from_ptr(mapping.as_mut_ptr()) };
    let wait = move || {
        if ours == partner {
            thread::yield_now();
        } else {
            spin_loop();
        }
    };
    let [lifeline, theirs] = pipes()?;
    let mut team = Team::new();
    // The child ends with this process: only Linux lets them choose their cores, and there the kernel sees to that.
    team.fork(OneThread::check()?, 0..1, lifeline, theirs, |_| {
        pin(&[partner])?;
        loop {
            let seen = number.load(Ordering::Acquire);
            if seen % 2 == 1 {
                number.store(seen.wrapping_add(1), Ordering::Release);
            }
            wait();
        }
    })?;
    Ok(Operation::each(1, move || {
        let _held = (&team, &mapping);
        let before = number.load(Ordering::Relaxed);
        number.store(before.wrapping_add(1), Ordering::Release);
        for _ in 0..LOOKS {
            if number.load(Ordering::Acquire) == before.wrapping_add(2) {
                return Ok(());
            }
            wait();
        }
        Err(io::Error::other("the other process does not answer"))
    }))
}

/// Two threads add to the same number, equally often each.
fn contended([ours, partner]: [usize; 2]) -> Operation {
    Operation::new(2, move |times| {
        let number = AtomicU64::new(0);
        let ready = AtomicU32::new(0);
        let add = |core| {
            let pinned = pin(&[core]);
            // Both begin together. Neither sleeps: waking it up takes longer than many additions.
            ready.fetch_add(1, Ordering::Relaxed);
            while ready.load(Ordering::Relaxed) < 2 {
                spin_loop();
            }
            let start = Instant::now();
            for _ in 0..times {
                increment(&number);
            }
            pinned.map(|()| start.elapsed())
        };
        thread::scope(|scope| {
            let other = scope.spawn(|| add(partner));
            let time = add(ours)?;
            Ok(time.max(other.join().expect("it does not panic")?))
        })
    })
}

/// Two threads that wake each other up.
#[cfg(target_os = "linux")]
fn futex(cores: [usize; 2]) -> io::Result<Operation> {
    const US: u32 = 0;
    const PARTNER: u32 = 1;
    let ball = Arc::new(AtomicU32::new(US));
    let partners = Arc::clone(&ball);
    start_partner(cores, move || {
        loop {
            wait_as(PARTNER, &partners);
            give_to(US, &partners);
        }
    })?;
    Ok(Operation::each(1, move || {
        give_to(PARTNER, &ball);
        wait_as(US, &ball);
        Ok(())
    }))
}

/// The same by channels.
fn channel(cores: [usize; 2]) -> io::Result<Operation> {
    let (to_partner, from_us) = bounded(1);
    let (to_us, from_partner) = bounded(1);
    start_partner(cores, move || {
        let _ = from_us.iter().try_for_each(|ball| to_us.send(ball));
    })?;
    Ok(Operation::each(1, move || {
        to_partner.send(black_box(1_u8)).map_err(io::Error::other)?;
        from_partner.recv().map(drop).map_err(io::Error::other)
    }))
}

/// Starts a thread on the second core: a thread begins on the cores of the one that starts it. Nothing joins it; it ends
/// with this process, whose only job it is part of.
fn start_partner(
    [ours, partner]: [usize; 2],
    work: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    pin(&[partner])?;
    thread::Builder::new().spawn(work)?;
    pin(&[ours])
}
