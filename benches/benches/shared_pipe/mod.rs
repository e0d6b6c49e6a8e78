//! A pipe in memory that two processes share. Of the kernel it needs `sched_yield` only.

#![expect(unsafe_code, reason = "memory that two processes change")]

use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crossbeam::utils::CachePadded;
use examples_shared_memory::Mapping;

/// One process's end: a ring to write to, and one to read from.
pub(crate) struct SharedPipe {
    outgoing: &'static Ring,
    incoming: &'static Ring,
    /// Nothing is ever written to it: its end of file says that the other process has ended.
    lifeline: UnixStream,
}

/// One direction. Each counter is on a cache line of its own, or each write to one would take the other's line away.
struct Ring {
    written: CachePadded<AtomicUsize>,
    read: CachePadded<AtomicUsize>,
    bytes: UnsafeCell<[u8; CAPACITY]>,
}

/// As many bytes as a pipe of Linux holds.
const CAPACITY: usize = 65_536;

/// How often a process looks again before it lets another one have the core ...
const SPINS: u32 = 100;
/// ... and how often it does that before it looks whether the other process is still there.
const YIELDS: u32 = 1_000;

/// Both ends. Their memory stays mapped until the process ends.
pub(crate) fn shared_pipe() -> io::Result<[SharedPipe; 2]> {
    let memory = Mapping::<u64>::zeroed(size_of::<[Ring; 2]>() / size_of::<u64>())?;
    let memory: &'static mut Mapping<u64> = Box::leak(Box::new(memory));
    // SAFETY: it is as large, at the beginning of a page, used as rings only, and zeros are two empty rings.
    let [there, back] = unsafe { NonNull::from(&mut **memory).cast::<[Ring; 2]>().as_ref() };
    let (ours, theirs) = UnixStream::pair()?;
    for lifeline in [&ours, &theirs] {
        lifeline.set_nonblocking(true)?;
    }
    let end = |outgoing, incoming, lifeline| SharedPipe {
        outgoing,
        incoming,
        lifeline,
    };
    Ok([end(there, back, ours), end(back, there, theirs)])
}

impl Ring {
    /// Where a count of bytes is in the ring, and how many of `length` lie there in a row.
    fn part(&self, count: usize, length: usize) -> (*mut u8, usize) {
        let first = count % CAPACITY;
        let start = self.bytes.get().cast::<u8>();
        (start.wrapping_add(first), length.min(CAPACITY - first))
    }
}

impl Read for SharedPipe {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let Ring { written, read, .. } = self.incoming;
        let count = read.load(Ordering::Relaxed); // only this process changes it
        let there = self.wait_for(|| written.load(Ordering::Acquire) - count)?;
        let (from, length) = self.incoming.part(count, there.min(bytes.len()));
        // SAFETY: so many bytes are there. The writer leaves them alone until our counter says that they are read.
        unsafe { from.copy_to_nonoverlapping(bytes.as_mut_ptr(), length) };
        read.store(count + length, Ordering::Release);
        Ok(length)
    }
}

impl Write for SharedPipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Ring { written, read, .. } = self.outgoing;
        let count = written.load(Ordering::Relaxed); // only this process changes it
        let room = self.wait_for(|| CAPACITY - (count - read.load(Ordering::Acquire)))?;
        let (to, length) = self.outgoing.part(count, room.min(bytes.len()));
        // SAFETY: so many bytes fit. The reader leaves them alone until our counter says that they are written.
        unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), length) };
        written.store(count + length, Ordering::Release);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for SharedPipe {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.lifeline.as_fd()
    }
}

impl SharedPipe {
    /// Looks again and again until there is something: first without a pause, because that is fastest if the other
    /// process is running. Then it gives the core away between two looks, because on a single core nothing changes
    /// before. 0 if the other process has ended.
    fn wait_for(&self, look: impl Fn() -> usize) -> io::Result<usize> {
        loop {
            for round in 0..SPINS + YIELDS {
                match look() {
                    0 if round < SPINS => spin_loop(),
                    0 => thread::yield_now(),
                    number => return Ok(number),
                }
            }
            match (&self.lifeline).read(&mut [0]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                ended => return ended.map(|_| look()),
            }
        }
    }
}
