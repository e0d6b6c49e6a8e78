//! Floors where two take part, each pinned to its core: two threads, or this process and a child.

use std::hint::{black_box, spin_loop};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
#[cfg(target_os = "linux")]
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use crossbeam::channel::bounded;
use examples_processes::{OneThread, Team};

#[cfg(target_os = "linux")]
use super::linux::{give_to, wait_as};
use super::syscalls::increment;
use super::{Group, Operation, Primitive, Setting, each};
use crate::connection::{pipes, shared, tcp};
use crate::cores::{Placement, pin};

/// A number that two threads change, and threads that wake each other up.
pub(super) fn synchronisation() -> Vec<Primitive> {
    let group = Group::Synchronisation;
    let contended = Primitive::new(group, "compare-and-swap, contended", |setting| {
        Ok(contended(setting))
    });
    let mut all = vec![contended.on(Placement::APART)];
    #[cfg(target_os = "linux")]
    all.extend(Placement::ALL.iter().map(|&placement| {
        let futex = Primitive::new(group, "futex wait and wake", futex);
        futex.built("crossbeam channel", channel).on(placement)
    }));
    all
}

/// Messages to another process, by each of the ways there are.
pub(super) fn messages() -> Vec<Primitive> {
    let ways = [
        way("shared memory", |[ours, theirs]| shared(ours == theirs)),
        way("pipe", |_| pipes()),
        way("socket pair (Unix)", |_| UnixStream::pair().map(Into::into)),
        way("TCP on loopback", |_| tcp()),
    ];
    ways.into_iter().flatten().collect()
}

/// One byte and back, and many long messages one after the other, through what `connect` makes for two cores.
fn way<C: Read + Write + AsFd + 'static>(
    name: &str,
    connect: fn([Option<usize>; 2]) -> io::Result<[C; 2]>,
) -> Vec<Primitive> {
    let echo = |&placement: &Option<Placement>| {
        let prepare = move |setting: Setting| echo(setting, connect(setting.cores)?);
        let floor = Primitive::new(Group::Messages, name, prepare);
        floor.of_bytes(1).on(placement)
    };
    let mut floors: Vec<_> = Placement::ALL.iter().map(echo).collect();
    let one_way = Primitive::new(Group::OneWay, format!("{name}, one way"), move |setting| {
        one_way(setting, connect(setting.cores)?)
    });
    floors.push(one_way.of_bytes(1 << 20).on(Placement::APART));
    floors
}

/// A message to a child, which sends it back.
fn echo<C: Read + Write + AsFd + 'static>(setting: Setting, ends: [C; 2]) -> io::Result<Operation> {
    let mut message = vec![1; setting.bytes];
    let mut copy = message.clone();
    let mut team = partner(setting, ends, move |parent| {
        parent.read_exact(&mut copy)?;
        parent.write_all(&copy)
    })?;
    Ok(each(1, move || {
        let (child, _) = team.worker(0);
        child.write_all(&message)?;
        child.read_exact(&mut message)
    }))
}

/// Messages to a child, which answers the last one only, by one byte.
fn one_way<C: Read + Write + AsFd + 'static>(
    setting: Setting,
    ends: [C; 2],
) -> io::Result<Operation> {
    const LAST: u8 = 1;
    let mut message = vec![0; setting.bytes];
    let mut copy = message.clone();
    let mut team = partner(setting, ends, move |parent| {
        parent.read_exact(&mut copy)?;
        match copy[0] {
            LAST => parent.write_all(&[LAST]),
            _ => Ok(()),
        }
    })?;
    Ok(Box::new(move |messages| {
        let (child, _) = team.worker(0);
        let start = Instant::now();
        for following in (0..messages).rev() {
            message[0] = if following == 0 { LAST } else { 0 };
            child.write_all(&message)?;
        }
        child.read_exact(&mut [0])?;
        Ok(start.elapsed())
    }))
}

/// Forks a child that does `work` again and again. It is killed and reaped when its team is dropped.
fn partner<C: Read + AsFd>(
    setting: Setting,
    [ours, theirs]: [C; 2],
    mut work: impl FnMut(&mut C) -> io::Result<()>,
) -> io::Result<Team<C>> {
    let mut team = Team::new();
    team.fork(OneThread::check()?, 0..1, ours, theirs, |mut parent| {
        pin(setting.cores[1])?;
        loop {
            work(&mut parent)?;
        }
    })?;
    Ok(team)
}

/// Two threads add to the same number, equally often each.
fn contended(setting: Setting) -> Operation {
    Box::new(move |calls| {
        let number = AtomicU64::new(0);
        let ready = AtomicU32::new(0);
        let add = |core| {
            let pinned = pin(core);
            // Both begin together. Neither sleeps: waking it up takes longer than many additions.
            ready.fetch_add(1, Ordering::Relaxed);
            while ready.load(Ordering::Relaxed) < 2 {
                spin_loop();
            }
            let start = Instant::now();
            for _ in 0..calls {
                increment(&number);
            }
            pinned.map(|()| start.elapsed())
        };
        let [ours, partners] = setting.cores;
        thread::scope(|scope| {
            let other = scope.spawn(|| add(partners));
            let time = add(ours)?;
            // Each call adds twice.
            Ok(time.max(other.join().expect("it does not panic")?) / 2)
        })
    })
}

/// Two threads that wake each other up.
#[cfg(target_os = "linux")]
fn futex(setting: Setting) -> io::Result<Operation> {
    const US: u32 = 0;
    const PARTNER: u32 = 1;
    let ball = Arc::new(AtomicU32::new(US));
    let partners = Arc::clone(&ball);
    start_partner(setting, move || {
        loop {
            wait_as(PARTNER, &partners);
            give_to(US, &partners);
        }
    })?;
    Ok(each(1, move || {
        give_to(PARTNER, &ball);
        wait_as(US, &ball);
        Ok(())
    }))
}

/// The same by channels.
fn channel(setting: Setting) -> io::Result<Operation> {
    let (to_partner, from_us) = bounded(1);
    let (to_us, from_partner) = bounded(1);
    start_partner(setting, move || {
        let _ = from_us.iter().try_for_each(|ball| to_us.send(ball));
    })?;
    Ok(each(1, move || {
        to_partner.send(black_box(1_u8)).map_err(io::Error::other)?;
        from_partner.recv().map(drop).map_err(io::Error::other)
    }))
}

/// Starts a thread on the partner's core: a thread begins on the cores of the one that starts it. Nothing joins it; it ends
/// with this process, whose only job it is part of.
fn start_partner(setting: Setting, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let [ours, partners] = setting.cores;
    pin(partners)?;
    thread::Builder::new().spawn(work)?;
    pin(ours)
}
