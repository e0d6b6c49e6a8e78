//! Four ways to move bytes between two processes: a pipe, a Unix socket, TCP, shared memory.

#![expect(unsafe_code, reason = "memory that two processes change")]

use std::fs::File;
use std::hint::spin_loop;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use examples_shared_memory::Mapping;

/// One process's end of a connection. What a [`Team`](examples_processes::Team) reads from it is
/// the end of the file, when the other process is gone.
pub(crate) trait Link: Read + AsFd {
    /// Sends a message, or waits until there is room.
    fn send(&mut self, message: &[u8]) -> io::Result<()>;

    /// Waits for a message as long as `message`. Its sender has to send one of that length.
    fn receive(&mut self, message: &mut [u8]) -> io::Result<()>;
}

/// What goes through the kernel, as a stream of bytes in each direction.
pub(crate) struct Stream {
    from: File,
    to: File,
}

impl Link for Stream {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.to.write_all(message)
    }

    fn receive(&mut self, message: &mut [u8]) -> io::Result<()> {
        self.from.read_exact(message)
    }
}

impl Read for Stream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.from.read(bytes)
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.from.as_fd()
    }
}

impl Stream {
    fn new(from: impl Into<OwnedFd>, to: impl Into<OwnedFd>) -> Self {
        Self {
            from: from.into().into(),
            to: to.into().into(),
        }
    }

    /// A socket, which is read from and written to.
    fn both_ways(socket: impl Into<OwnedFd>) -> io::Result<Self> {
        let socket = socket.into();
        Ok(Self::new(socket.try_clone()?, socket))
    }
}

/// Two pipes, one in each direction.
pub(crate) fn pipe() -> io::Result<[Stream; 2]> {
    let (ours, to_us) = io::pipe()?;
    let (theirs, to_them) = io::pipe()?;
    Ok([Stream::new(ours, to_them), Stream::new(theirs, to_us)])
}

/// A pair of connected Unix sockets.
pub(crate) fn unix_socket() -> io::Result<[Stream; 2]> {
    let (ours, theirs) = UnixStream::pair()?;
    Ok([Stream::both_ways(ours)?, Stream::both_ways(theirs)?])
}

/// A TCP connection from this machine to itself, which sends small messages at once.
pub(crate) fn tcp() -> io::Result<[Stream; 2]> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let ours = TcpStream::connect(listener.local_addr()?)?;
    let (theirs, _) = listener.accept()?;
    for socket in [&ours, &theirs] {
        socket.set_nodelay(true)?;
    }
    Ok([Stream::both_ways(ours)?, Stream::both_ways(theirs)?])
}

/// Memory that both processes see: a lane in each direction. The kernel has no part in it, but for
/// `sched_yield`.
pub(crate) struct Shared {
    outgoing: Lane,
    incoming: Lane,
    /// Nothing is ever written to it: its end of file says that the other process is gone.
    lifeline: UnixStream,
    /// Both lanes. It is mapped for as long as one end of a process needs it.
    _memory: Rc<Mapping<u64>>,
}

/// A mapping for messages of at most `largest` bytes.
pub(crate) fn shared_memory(largest: usize) -> io::Result<[Shared; 2]> {
    let slot_words = largest.div_ceil(size_of::<u64>()).next_multiple_of(LINE);
    let lane_words = 2 * LINE + SLOTS as usize * slot_words;
    let mut memory = Mapping::zeroed(2 * lane_words)?;
    let (first, second) = memory.split_at_mut(lane_words);
    let [there, back] = [first, second].map(|words| Lane {
        start: NonNull::from(words).cast(),
        slot_words,
    });
    let memory = Rc::new(memory);
    let (ours, theirs) = UnixStream::pair()?;
    for lifeline in [&ours, &theirs] {
        lifeline.set_nonblocking(true)?;
    }
    Ok([
        Shared {
            outgoing: there,
            incoming: back,
            lifeline: ours,
            _memory: Rc::clone(&memory),
        },
        Shared {
            outgoing: back,
            incoming: there,
            lifeline: theirs,
            _memory: memory,
        },
    ])
}

impl Link for Shared {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.outgoing.send(message, &mut self.lifeline)
    }

    fn receive(&mut self, message: &mut [u8]) -> io::Result<()> {
        self.incoming.receive(message, &mut self.lifeline)
    }
}

impl Read for Shared {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.lifeline.read(bytes)
    }
}

impl AsFd for Shared {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.lifeline.as_fd()
    }
}

/// One direction: the number of messages sent, that of messages received, and a few slots that are
/// used in turns. So while a message is read, the next one can be written.
#[derive(Clone, Copy)]
struct Lane {
    start: NonNull<u64>,
    slot_words: usize,
}

const SLOTS: u64 = 2;

/// Two cache lines, in words: processors fetch them in pairs. What one process writes and what the
/// other writes are as far apart, or each write would take the other's line away.
const LINE: usize = 16;

/// How often a process looks again before it lets another one have the core.
const SPINS: u32 = 100;

/// ... and how often it does that before it looks whether the other process is still there.
const YIELDS: u32 = 1_000;

impl Lane {
    fn send(self, message: &[u8], lifeline: &mut UnixStream) -> io::Result<()> {
        let sent = self.counter(0).load(Ordering::Relaxed); // only the sender changes it
        let is_room = || sent - self.counter(1).load(Ordering::Acquire) < SLOTS;
        wait_until(is_room, lifeline)?;
        let slot = self.slot(sent, message.len());
        // SAFETY: the slot is as long, and the receiver is done with it: it has said so by its
        // counter, and reads the slot again only after ours has changed.
        unsafe { slot.copy_from_nonoverlapping(NonNull::from(message).cast(), message.len()) };
        self.counter(0).store(sent + 1, Ordering::Release);
        Ok(())
    }

    fn receive(self, message: &mut [u8], lifeline: &mut UnixStream) -> io::Result<()> {
        let received = self.counter(1).load(Ordering::Relaxed); // only the receiver changes it
        let is_there = || self.counter(0).load(Ordering::Acquire) > received;
        wait_until(is_there, lifeline)?;
        let slot = self.slot(received, message.len());
        let length = message.len();
        // SAFETY: the slot is as long, and the sender is done with it: it has said so by its
        // counter, and writes to the slot again only after ours has changed.
        unsafe { slot.copy_to_nonoverlapping(NonNull::from(message).cast(), length) };
        self.counter(1).store(received + 1, Ordering::Release);
        Ok(())
    }

    /// 0: messages sent; 1: messages received.
    fn counter(&self, number: usize) -> &AtomicU64 {
        // SAFETY: the lane begins with two lines.
        let word = unsafe { self.start.add(number * LINE) };
        // SAFETY: it is aligned, mapped for as long as the `Shared` that this lane is in, and used
        // as an atomic only.
        unsafe { AtomicU64::from_ptr(word.as_ptr()) }
    }

    /// Where message `number` is, which has `length` bytes.
    fn slot(self, number: u64, length: usize) -> NonNull<u8> {
        assert!(length <= self.slot_words * size_of::<u64>(), "it fits");
        let words = 2 * LINE + (number % SLOTS) as usize * self.slot_words;
        // SAFETY: the lane has `SLOTS` slots after its two lines.
        unsafe { self.start.add(words) }.cast()
    }
}

/// Looks again and again: first without a pause, because that is fastest if the other process is
/// running; then it gives the core away between two looks, because on a single core nothing changes
/// before.
fn wait_until(ready: impl Fn() -> bool, lifeline: &mut UnixStream) -> io::Result<()> {
    loop {
        for _ in 0..SPINS {
            if ready() {
                return Ok(());
            }
            spin_loop();
        }
        for _ in 0..YIELDS {
            if ready() {
                return Ok(());
            }
            thread::yield_now();
        }
        match lifeline.read(&mut [0]) {
            Ok(_) => return Err(ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}
