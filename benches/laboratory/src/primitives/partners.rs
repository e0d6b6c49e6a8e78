//! Floors where two take part, each pinned to its core: two threads, or this process and a child.

use std::io::{self, ErrorKind, Read, Write};
use std::num::NonZero;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::Instant;

use examples_processes::{OneThread, ProcessPool, Team};

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

/// The way on which a pool of processes is built.
const SOCKETS: &str = "socket pair (Unix)";

/// Messages to another process, by each of the ways there are.
pub(super) fn messages() -> Vec<Primitive> {
    let in_memory = |[ours, theirs]: Cores| shared(ours.is_some() && ours == theirs);
    let ways = [
        way("shared memory", in_memory),
        way("pipe", |_| pipes()),
        way(SOCKETS, |_| UnixStream::pair().map(Into::into)),
        way("TCP on loopback", |_| tcp()),
    ];
    ways.into_iter().flatten().collect()
}

/// One byte and back, and many long messages one after the other, through what `connect` makes for two cores.
fn way<C: Read + Write + AsFd + 'static>(
    name: &str,
    connect: fn(Cores) -> io::Result<[C; 2]>,
) -> Vec<Primitive> {
    let floor = |group, name: String| {
        let all_answered = group == Group::Messages;
        Primitive::new(group, name, move |cores, bytes| {
            send(cores, bytes, connect(cores)?, all_answered)
        })
    };
    let echo = || {
        let floor = floor(Group::Messages, name.to_owned()).of_bytes(1);
        if name == SOCKETS {
            floor.built("ProcessPool::apply", |cores, _| apply(cores))
        } else {
            floor
        }
    };
    let mut floors: Vec<_> = cores::NUMBERS.iter().map(|&it| echo().on(it)).collect();
    let one_way = floor(Group::OneWay, format!("{name}, one way"));
    floors.push(one_way.of_bytes(1 << 20).on(cores::MOST));
    floors
}

/// Sends messages to a child. It answers each by one as long, or only the last one, by one byte.
fn send<C: Read + Write + AsFd + 'static>(
    cores: Cores,
    bytes: usize,
    [ours, theirs]: [C; 2],
    all_answered: bool,
) -> io::Result<Operation> {
    /// The first byte of a message that is to be answered.
    const ANSWERED: u8 = 1;
    let mut message = vec![0; bytes];
    let mut answer = vec![0; if all_answered { bytes } else { 1 }];
    let mut team = Team::new();
    team.fork(OneThread::check()?, 0..1, ours, theirs, |mut parent| {
        pin(cores[1])?;
        loop {
            parent.read_exact(&mut message)?;
            if message[0] == ANSWERED {
                parent.write_all(&answer)?;
            }
        }
    })?;
    Ok(Box::new(move |messages| {
        let (child, _) = team.worker(0);
        let start = Instant::now();
        for following in (0..messages).rev() {
            let is_answered = all_answered || following == 0;
            message[0] = if is_answered { ANSWERED } else { 0 };
            child.write_all(&message).map_err(of_partner)?;
            if is_answered {
                child.read_exact(&mut answer).map_err(of_partner)?;
            }
        }
        Ok(start.elapsed())
    }))
}

/// A byte to the only worker of a pool, and back. Processes begin on the cores of the one that starts them.
fn apply([ours, workers]: Cores) -> io::Result<Operation> {
    pin(workers)?;
    let pool = ProcessPool::start(NonZero::<usize>::MIN)?;
    pool.apply(|byte: u8| byte, 0)?; // after this, all of them have started
    pin(ours)?;
    Ok(each(1, move || {
        pool.apply(|byte: u8| byte, 1)?;
        Ok(())
    }))
}

/// What the error of a connection says of the process at its other end.
fn of_partner(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
            io::Error::new(error.kind(), "the process at the other end has terminated")
        }
        _ => error,
    }
}

/// Starts a thread on the partner's core: a thread begins on the cores of the one that starts it. Nothing joins it;
/// it ends with this process, whose only job it is part of.
pub(super) fn start_partner(
    [ours, partners]: Cores,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    pin(partners)?;
    thread::Builder::new().spawn(work)?;
    pin(ours)
}
