//! A pipe in memory that two processes share. Of the kernel it needs `sched_yield` only.

#![expect(unsafe_code, reason = "memory that two processes change")]

use std::hint::spin_loop;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use examples_shared_memory::Mapping;

/// One process's end: a ring to write to, and one to read from.
pub(crate) struct SharedPipe {
    outgoing: Ring,
    incoming: Ring,
    /// Nothing is ever written to it: its end of file says that the other process has ended.
    lifeline: UnixStream,
    /// Both rings. They are mapped for as long as one end of a process needs them.
    _memory: Rc<Mapping<u64>>,
}

/// Both ends.
pub(crate) fn shared_pipe() -> io::Result<[SharedPipe; 2]> {
    let mut memory = Mapping::zeroed(2 * RING_WORDS)?;
    let (first, second) = memory.split_at_mut(RING_WORDS);
    let [there, back] = [first, second].map(|words| Ring(NonNull::from(words).cast()));
    let memory = Rc::new(memory);
    let (ours, theirs) = UnixStream::pair()?;
    for lifeline in [&ours, &theirs] {
        lifeline.set_nonblocking(true)?;
    }
    let end = |outgoing, incoming, lifeline| SharedPipe {
        outgoing,
        incoming,
        lifeline,
        _memory: Rc::clone(&memory),
    };
    Ok([end(there, back, ours), end(back, there, theirs)])
}

impl Read for SharedPipe {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let to = NonNull::from(&mut *bytes).cast();
        self.incoming.transfer(
            Who::Reader,
            bytes.len(),
            &mut self.lifeline,
            |from, length| {
                // SAFETY: so many bytes are there. The writer leaves them alone until our counter says that they are read.
                unsafe { from.copy_to_nonoverlapping(to, length) };
            },
        )
    }
}

impl Write for SharedPipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let from = NonNull::from(bytes).cast();
        self.outgoing.transfer(
            Who::Writer,
            bytes.len(),
            &mut self.lifeline,
            |to, length| {
                // SAFETY: so many bytes fit. The reader leaves them alone until our counter says that they are written.
                unsafe { to.copy_from_nonoverlapping(from, length) };
            },
        )
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

/// One direction: the number of bytes that were written, that of bytes that were read, and the bytes themselves.
#[derive(Clone, Copy)]
struct Ring(NonNull<u64>);

/// Whose counter it is.
#[derive(Clone, Copy)]
enum Who {
    Writer,
    Reader,
}

/// Bytes that it holds: as many as a pipe of Linux.
const CAPACITY: usize = 65_536;

/// Two cache lines, in words: processors fetch them in pairs. What one process writes and what the
/// other writes are as far apart, or each write would take the other's line away.
const LINE: usize = 16;

const RING_WORDS: usize = 2 * LINE + CAPACITY / size_of::<u64>();

/// How often a process looks again before it lets another one have the core.
const SPINS: u32 = 100;

/// ... and how often it does that before it looks whether the other process is still there.
const YIELDS: u32 = 1_000;

impl Ring {
    fn counter(&self, who: Who) -> &AtomicU64 {
        // SAFETY: the ring begins with two lines.
        let word = unsafe { self.0.add(who as usize * LINE) };
        // SAFETY: it is aligned, mapped for as long as the `SharedPipe` that this ring is in, and used
        // as an atomic only.
        unsafe { AtomicU64::from_ptr(word.as_ptr()) }
    }

    /// Waits until there are bytes to read, or room to write, and copies them: at most `wanted`, and no more than lie
    /// in a row. Returns how many; 0 if the other process has ended.
    fn transfer(
        self,
        who: Who,
        wanted: usize,
        lifeline: &mut UnixStream,
        copy: impl FnOnce(NonNull<u8>, usize),
    ) -> io::Result<usize> {
        let [written, read] = [Who::Writer, Who::Reader].map(|who| self.counter(who));
        let ours = self.counter(who).load(Ordering::Relaxed); // only this process changes it
        let available = || match who {
            Who::Writer => CAPACITY as u64 - (ours - read.load(Ordering::Acquire)),
            Who::Reader => written.load(Ordering::Acquire) - ours,
        };
        let available = wait_until_positive(available, lifeline)? as usize;
        let first = ours as usize % CAPACITY;
        let length = wanted.min(available).min(CAPACITY - first);
        // SAFETY: the ring has `CAPACITY` bytes after its two lines.
        copy(
            unsafe { self.0.add(2 * LINE).cast::<u8>().add(first) },
            length,
        );
        self.counter(who)
            .store(ours + length as u64, Ordering::Release);
        Ok(length)
    }
}

/// Looks again and again: first without a pause, because that is fastest if the other process is
/// running. Then it gives the core away between two looks, because on a single core nothing changes
/// before. 0 if the other process has ended.
fn wait_until_positive(look: impl Fn() -> u64, lifeline: &mut UnixStream) -> io::Result<u64> {
    loop {
        for round in 0..SPINS + YIELDS {
            match look() {
                0 if round < SPINS => spin_loop(),
                0 => thread::yield_now(),
                number => return Ok(number),
            }
        }
        match lifeline.read(&mut [0]) {
            Ok(_) => return Ok(look()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}
