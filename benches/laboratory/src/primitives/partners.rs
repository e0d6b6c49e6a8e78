//! Floors where two take part, each pinned to its core: two threads, or this process and a child.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::Instant;

use examples_processes::{OneThread, Team};

use super::syscalls::increment;
use super::{Group, Operation, Primitive, each};
use crate::connection::{pipes, shared, tcp};
use crate::cores::{self, Cores, pin};

/// A number that another thread adds to as well, as often as it can.
pub(super) fn contended() -> Primitive {
    let floor = Primitive::new(
        Group::Synchronisation,
        "compare-and-swap, contended",
        |cores, _| {
            let number: &AtomicU64 = Box::leak(Box::default());
            start_partner(cores, || {
                loop {
                    increment(number);
                }
            })?;
            Ok(each(1, || {
                increment(number);
                Ok(())
            }))
        },
    );
    floor.on(cores::MOST)
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
    connect: fn(Cores) -> io::Result<[C; 2]>,
) -> Vec<Primitive> {
    let echo = |&number: &usize| {
        let floor = Primitive::new(Group::Messages, name, move |cores, bytes| {
            echo(cores, bytes, connect(cores)?)
        });
        floor.of_bytes(1).on(number)
    };
    let mut floors: Vec<_> = cores::NUMBERS.iter().map(echo).collect();
    let one_way = Primitive::new(
        Group::OneWay,
        format!("{name}, one way"),
        move |cores, bytes| one_way(cores, bytes, connect(cores)?),
    );
    floors.push(one_way.of_bytes(1 << 20).on(cores::MOST));
    floors
}

/// A message to a child, which sends it back.
fn echo<C: Read + Write + AsFd + 'static>(
    cores: Cores,
    bytes: usize,
    ends: [C; 2],
) -> io::Result<Operation> {
    let mut message = vec![1; bytes];
    let mut copy = message.clone();
    let mut team = partner(cores, ends, move |parent| {
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
    cores: Cores,
    bytes: usize,
    ends: [C; 2],
) -> io::Result<Operation> {
    const LAST: u8 = 1;
    let mut message = vec![0; bytes];
    let mut copy = message.clone();
    let mut team = partner(cores, ends, move |parent| {
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
    cores: Cores,
    [ours, theirs]: [C; 2],
    mut work: impl FnMut(&mut C) -> io::Result<()>,
) -> io::Result<Team<C>> {
    let mut team = Team::new();
    team.fork(OneThread::check()?, 0..1, ours, theirs, |mut parent| {
        pin(cores[1])?;
        loop {
            work(&mut parent)?;
        }
    })?;
    Ok(team)
}

/// Starts a thread on the partner's core: a thread begins on the cores of the one that starts it. Nothing joins it; it ends
/// with this process, whose only job it is part of.
pub(super) fn start_partner(
    [ours, partners]: Cores,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    pin(partners)?;
    thread::Builder::new().spawn(work)?;
    pin(ours)
}
