//! One byte to another process and back, by each of the ways there are.
//!
//! Connections are made and children forked with the library's means, since that is not timed. What is
//! timed is a bare `write` and a bare `read`, or no system call at all.

#![expect(
    unsafe_code,
    reason = "an atomic number in a shared mapping is looked at"
)]

use std::hint::spin_loop;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::{OneThread, Team};
use examples_shared_memory::Mapping;
use nix::unistd::{Pid, getppid};

use super::contestants::Contestant;
use super::placement::{Cores, pin};
use super::syscalls;

/// A child that sends every byte back, and with whom we exchange bytes by bare system calls.
fn bare_echo<C: Read + AsFd + 'static, T: 'static>(
    ours: C,
    theirs: T,
    ends: impl FnOnce(&T) -> (RawFd, RawFd),
    to_echo: Option<PipeWriter>,
    cores: Cores,
) -> io::Result<Contestant> {
    let from_echo = ours.as_fd().as_raw_fd();
    let to_echo_end = to_echo.as_ref().map_or(from_echo, AsRawFd::as_raw_fd);
    let mut team = Team::new();
    team.fork(OneThread::check()?, 0..1, ours, theirs, |theirs| {
        if to_echo_end != from_echo {
            // Else the child would keep its own input open after its parent has gone.
            syscalls::close_end(to_echo_end);
        }
        pin(cores.partners)?;
        let (reads, writes) = ends(&theirs);
        loop {
            syscalls::receive_byte(reads)?;
            syscalls::send_byte(writes)?;
        }
    })?;
    Ok(Contestant::floor(1, move || {
        // They live as long as the descriptors are used, and no longer.
        let _held = (&team, &to_echo);
        syscalls::send_byte(to_echo_end)?;
        syscalls::receive_byte(from_echo)
    }))
}

/// Two pipes, one for each direction.
pub(super) fn bare_pipe(cores: Cores) -> io::Result<Contestant> {
    let (from_parent, to_echo) = io::pipe()?;
    let (from_echo, to_parent) = io::pipe()?;
    let ends = |(reads, writes): &(PipeReader, PipeWriter)| (reads.as_raw_fd(), writes.as_raw_fd());
    bare_echo(
        from_echo,
        (from_parent, to_parent),
        ends,
        Some(to_echo),
        cores,
    )
}

fn bare_socket<S: Read + AsFd + 'static>(
    (ours, theirs): (S, S),
    cores: Cores,
) -> io::Result<Contestant> {
    let ends = |socket: &S| (socket.as_fd().as_raw_fd(), socket.as_fd().as_raw_fd());
    bare_echo(ours, theirs, ends, None, cores)
}

/// Two Unix sockets, each the other's end.
pub(super) fn bare_unix_socket(cores: Cores) -> io::Result<Contestant> {
    bare_socket(UnixStream::pair()?, cores)
}

/// A TCP connection on this machine.
pub(super) fn bare_tcp(cores: Cores) -> io::Result<Contestant> {
    bare_socket(tcp_pair()?, cores)
}

/// Two ends of a connection on this machine that hold nothing back to send more at once.
fn tcp_pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let ours = TcpStream::connect(listener.local_addr()?)?;
    let (theirs, _) = listener.accept()?;
    for end in [&ours, &theirs] {
        end.set_nodelay(true)?;
    }
    Ok((ours, theirs))
}

/// The same through pipes as Rust's library has them, with a child of our paradigms.
pub(super) fn our_pipe(cores: Cores) -> io::Result<Contestant> {
    let (from_parent, mut to_echo) = io::pipe()?;
    let (from_echo, to_parent) = io::pipe()?;
    let to_echo_end = to_echo.as_raw_fd();
    let mut team = Team::new();
    let theirs = (from_parent, to_parent);
    team.fork(
        OneThread::check()?,
        0..1,
        from_echo,
        theirs,
        |(mut tasks, mut replies)| {
            syscalls::close_end(to_echo_end);
            pin(cores.partners)?;
            let mut byte = [0];
            loop {
                tasks.read_exact(&mut byte)?;
                replies.write_all(&byte)?;
            }
        },
    )?;
    let mut byte = [7];
    Ok(Contestant::ours("std::io::pipe", 1, move || {
        to_echo.write_all(&byte)?;
        team.worker(0).0.read_exact(&mut byte)
    }))
}

/// A child that watches a number in shared memory, and counts it up when it is odd; we do when it is even.
pub(super) fn bare_mapping(cores: Cores) -> io::Result<Contestant> {
    /// Looks at the number between two looks at whether the other side lives.
    const LOOKS: u32 = 1 << 16;
    const PATIENCE: Duration = Duration::from_secs(10);

    let mut mapping = Mapping::<u32>::zeroed(1)?;
    // SAFETY: the mapping is aligned, and lives as long as what `turn` and the child do with it. All
    // access is atomic from here on.
    let number: &'static AtomicU32 = unsafe { AtomicU32::from_ptr(mapping.as_mut_ptr()) };
    let look_again = move || {
        if cores.ours == cores.partners {
            thread::yield_now();
        } else {
            spin_loop();
        }
    };
    let parent = Pid::this();
    let (death_is_seen_here, theirs) = io::pipe()?;
    let mut team = Team::new();
    team.fork(
        OneThread::check()?,
        0..1,
        death_is_seen_here,
        theirs,
        |_| {
            pin(cores.partners)?;
            let mut looks = 0_u32;
            loop {
                let seen = number.load(Ordering::Acquire);
                if seen % 2 == 1 {
                    number.store(seen.wrapping_add(1), Ordering::Release);
                }
                looks = looks.wrapping_add(1);
                if looks.is_multiple_of(LOOKS) && getppid() != parent {
                    return Ok(());
                }
                look_again();
            }
        },
    )?;
    Ok(Contestant::floor(1, move || {
        let _held = (&team, &mapping);
        let ours = number.load(Ordering::Relaxed);
        number.store(ours.wrapping_add(1), Ordering::Release);
        let mut looks = 0_u32;
        let mut start = None;
        while number.load(Ordering::Acquire) != ours.wrapping_add(2) {
            looks = looks.wrapping_add(1);
            if looks.is_multiple_of(LOOKS)
                && start.get_or_insert_with(Instant::now).elapsed() > PATIENCE
            {
                return Err(io::Error::other("the other process does not answer"));
            }
            look_again();
        }
        Ok(())
    }))
}
