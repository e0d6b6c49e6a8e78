//! A stream of bytes between rank 0 and another rank, made of messages.

#![expect(
    unsafe_code,
    reason = "a buffer belongs to MPI until its message is sent"
)]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::BorrowedFd;
use std::thread;
use std::time::{Duration, Instant};

use ::mpi::Tag;
use ::mpi::request::{Request, StaticScope};
use ::mpi::topology::{Rank, SimpleCommunicator};
use ::mpi::traits::{Communicator, Destination, MatchedReceiveVec, Source};
use examples_processes::parts::Stream;

use super::OnThisThread;

/// All messages of a stream have this tag. An empty one ends the stream.
const BYTES: Tag = 3;

/// A message has at most this many bytes, because MPI counts in 32 bits.
const LONGEST: usize = 1 << 30;

/// How long a rank that waits looks for messages without a pause.
const SPIN: Duration = Duration::from_micros(100);

/// The longest pause between two looks. (A rank that waits in a call of MPI keeps its core busy: here, the core is free for
/// the workers of a pool.)
const PAUSE: Duration = Duration::from_micros(100);

/// One end of a stream: the other one is at rank `peer`.
pub(crate) struct RankStream {
    peer: Rank,
    /// Messages that have arrived, and how much of the first one was read.
    arrived: RefCell<(VecDeque<Vec<u8>>, usize)>,
    is_at_end: Cell<bool>,
    is_closed: Cell<bool>,
    sending: RefCell<Vec<Sending>>,
    waits: Cell<bool>,
    _on_this_thread: OnThisThread,
}

/// A message that MPI may still be reading, and its memory.
struct Sending {
    /// None only for a moment, while it is asked.
    request: Option<Request<'static, [u8], StaticScope>>,
    bytes: *mut [u8],
}

impl RankStream {
    pub(crate) fn new(peer: Rank) -> Self {
        Self {
            peer,
            arrived: RefCell::default(),
            is_at_end: Cell::new(false),
            is_closed: Cell::new(false),
            sending: RefCell::default(),
            waits: Cell::new(true),
            _on_this_thread: std::marker::PhantomData,
        }
    }

    /// Takes the messages that have arrived. Forgets those that were sent.
    fn attend(&self) {
        let world = SimpleCommunicator::world();
        let peer = world.process_at_rank(self.peer);
        while let Some(message) = peer.immediate_matched_probe_with_tag(BYTES) {
            let (bytes, _) = message.matched_receive_vec();
            if bytes.is_empty() {
                self.is_at_end.set(true);
            }
            self.arrived.borrow_mut().0.push_back(bytes);
        }
        self.sending.borrow_mut().retain_mut(|it| !it.is_sent());
    }

    /// Attends until `done`.
    fn attend_until(&self, done: impl Fn() -> bool) {
        let begin = Instant::now();
        let mut pause = Duration::ZERO;
        loop {
            self.attend();
            if done() {
                return;
            }
            if begin.elapsed() >= SPIN {
                thread::sleep(pause);
                pause = (pause + PAUSE / 10).min(PAUSE);
            }
        }
    }

    fn send(&self, bytes: &[u8]) {
        let bytes = Box::into_raw(Box::<[u8]>::from(bytes));
        let world = SimpleCommunicator::world();
        let peer = world.process_at_rank(self.peer);
        // SAFETY: the memory is freed in `is_sent` only, when MPI says that the message is sent.
        let lent: &'static [u8] = unsafe { &*bytes };
        let request = peer.immediate_send_with_tag(StaticScope, lent, BYTES);
        self.sending.borrow_mut().push(Sending {
            request: Some(request),
            bytes,
        });
    }
}

impl Sending {
    fn is_sent(&mut self) -> bool {
        match self.request.take().map(Request::test) {
            Some(Err(request)) => {
                self.request = Some(request);
                false
            }
            Some(Ok(_)) => {
                // SAFETY: it was made by `Box::into_raw`, and the request that has borrowed it is over.
                drop(unsafe { Box::from_raw(self.bytes) });
                true
            }
            None => true,
        }
    }
}

impl Read for &RankStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let is_empty = || self.arrived.borrow().0.is_empty();
        if is_empty() && !self.is_at_end.get() {
            if self.waits.get() {
                self.attend_until(|| !is_empty());
            } else {
                self.attend();
            }
        }
        let (messages, read) = &mut *self.arrived.borrow_mut();
        let Some(first) = messages.front() else {
            let is_at_end = self.is_at_end.get();
            return if is_at_end {
                Ok(0)
            } else {
                Err(ErrorKind::WouldBlock.into())
            };
        };
        let count = (&first[*read..]).read(buffer)?;
        *read += count;
        if *read == first.len() {
            messages.pop_front();
            *read = 0;
        }
        Ok(count)
    }
}

impl Write for &RankStream {
    /// If this end may wait, it waits until the message is sent. Meanwhile it takes what arrives: so two ends that both
    /// write cannot wait for each other.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(LONGEST);
        if count > 0 {
            self.send(&bytes[..count]);
            if self.waits.get() {
                self.attend_until(|| self.sending.borrow().is_empty());
            }
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for RankStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }
}

impl Write for RankStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for RankStream {
    fn never_wait(&self) -> io::Result<()> {
        self.waits.set(false);
        Ok(())
    }

    fn close_writing(&mut self) -> io::Result<()> {
        if !self.is_closed.replace(true) {
            self.send(&[]);
        }
        Ok(())
    }

    /// There is none: MPI's messages can only be asked for.
    fn file(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

impl Drop for RankStream {
    /// Both ends close, and each waits until the other one has: so no message is under way when MPI ends.
    fn drop(&mut self) {
        let _ = self.close_writing(); // it has no errors
        self.attend_until(|| {
            self.arrived.borrow_mut().0.clear(); // no one reads it any more
            self.is_at_end.get() && self.sending.borrow().is_empty()
        });
    }
}
