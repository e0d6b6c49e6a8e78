//! A connection through memory that two processes share. Of the kernel it needs `sched_yield` only.

#![expect(unsafe_code, reason = "memory that two processes change")]

use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use examples_shared_memory::Mapping;

/// One process's end. In each direction there are two slots: while one is emptied, the other one can be filled.
pub(crate) struct Shared {
    outgoing: &'static [Slot; 2],
    incoming: &'static [Slot; 2],
    /// Pieces of messages so far: each goes through the other slot than the one before it.
    sent: usize,
    received: usize,
    /// How often a process looks again before it lets another one have the core.
    spins: u32,
    /// Nothing is ever written to it: its end of file says that the other process has ended.
    lifeline: UnixStream,
}

/// How often a process lets another one have the core before it looks whether the other process is still there.
const YIELDS: u32 = 1_000;

/// A piece of a message. It begins on a cache line of its own, and if it is short, one line is all that travels.
#[repr(align(128))]
struct Slot {
    /// Bytes of the piece; 0 if the slot is empty.
    length: AtomicUsize,
    bytes: UnsafeCell<[u8; CAPACITY]>,
}

/// As many bytes as a pipe of Linux holds.
const CAPACITY: usize = 65_536;

/// Both ends. Their memory stays mapped until the process ends. If both processes have the same core, neither spins,
/// because the other one can do nothing before it has the core.
pub(crate) fn shared(same_core: bool) -> io::Result<[Shared; 2]> {
    let memory = Mapping::<u64>::zeroed(size_of::<[[Slot; 2]; 2]>() / size_of::<u64>())?;
    let memory: &'static mut Mapping<u64> = Box::leak(Box::new(memory));
    let memory = NonNull::from(&mut **memory).cast::<[[Slot; 2]; 2]>();
    // SAFETY: it is as large, at the beginning of a page, used as slots only, and zeros are empty slots.
    let [there, back] = unsafe { memory.as_ref() };
    let (ours, theirs) = UnixStream::pair()?;
    for lifeline in [&ours, &theirs] {
        lifeline.set_nonblocking(true)?;
    }
    let end = |outgoing, incoming, lifeline| Shared {
        outgoing,
        incoming,
        sent: 0,
        received: 0,
        spins: if same_core { 0 } else { 100 },
        lifeline,
    };
    Ok([end(there, back, ours), end(back, there, theirs)])
}

impl Read for Shared {
    /// A piece of a message. There must be room for all of it: both processes cut messages alike.
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let slot = &self.incoming[self.received % 2];
        self.wait_until(|| slot.length.load(Ordering::Acquire) > 0)?;
        let length = slot.length.load(Ordering::Relaxed);
        let piece = &mut bytes[..length];
        let from = slot.bytes.get().cast::<u8>();
        // SAFETY: so many bytes are there. The writer leaves them alone until the length says that the slot is empty.
        unsafe { from.copy_to_nonoverlapping(piece.as_mut_ptr(), length) };
        slot.length.store(0, Ordering::Release);
        self.received += 1;
        Ok(length)
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let slot = &self.outgoing[self.sent % 2];
        self.wait_until(|| slot.length.load(Ordering::Acquire) == 0)?;
        let length = bytes.len().min(CAPACITY);
        let to = slot.bytes.get().cast::<u8>();
        // SAFETY: so many bytes fit. The reader leaves them alone until the length says that they are there.
        unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), length) };
        slot.length.store(length, Ordering::Release);
        self.sent += 1;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Shared {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.lifeline.as_fd()
    }
}

impl Shared {
    /// Looks again and again: first without a pause, because that is fastest if the other process is running. Then it
    /// gives the core away between two looks. Fails if the other process has ended.
    fn wait_until(&self, is_so: impl Fn() -> bool) -> io::Result<()> {
        loop {
            for look in 0..self.spins + YIELDS {
                if is_so() {
                    return Ok(());
                }
                if look < self.spins {
                    spin_loop();
                } else {
                    thread::yield_now();
                }
            }
            match (&self.lifeline).read(&mut [0]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                _ => return Err(ErrorKind::UnexpectedEof.into()),
            }
        }
    }
}
