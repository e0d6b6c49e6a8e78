//! A parent's connection to a worker: it never waits.

use std::io::{self, ErrorKind, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use nix::poll::PollFlags;

use crate::wire::{Header, Incoming, LARGE, append};

/// A stream of frames in both directions.
///
/// A worker that does not read, because it is stopped, stuck or dead, makes its connection full. What does not go into it
/// is kept here, so the parent can attend to other workers.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: UnixStream,
    outgoing: Vec<u8>,
    /// How many bytes of `outgoing` have been written.
    written: usize,
    /// What has arrived.
    pub(crate) incoming: Incoming,
    /// Whether the worker has closed its end.
    pub(crate) is_at_end: bool,
    /// Whether nothing more will be sent.
    closes: bool,
}

impl Connection {
    pub(crate) fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            outgoing: Vec::new(),
            written: 0,
            incoming: Incoming::new(),
            is_at_end: false,
            closes: false,
        })
    }

    /// Keeps a frame, to be sent by the next [`send`](Self::send).
    pub(crate) fn add(&mut self, header: Header, bytes: &[u8]) {
        append(&mut self.outgoing, header, bytes);
    }

    /// Sends what can be sent now. If the worker is gone, nothing is sent; its end is noticed elsewhere.
    pub(crate) fn send(&mut self) {
        while self.written < self.outgoing.len() {
            match self.stream.write(&self.outgoing[self.written..]) {
                Ok(written) => self.written += written,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => break,
            }
        }
        self.outgoing.clear();
        self.outgoing.shrink_to(LARGE);
        self.written = 0;
        if self.closes {
            let _ = self.stream.shutdown(Shutdown::Write);
        }
    }

    /// Lets the worker read the end of the file after what has been added.
    pub(crate) fn close(&mut self) {
        self.closes = true;
        self.send();
    }

    /// Reads what is there. Returns whether there may be more.
    pub(crate) fn receive(&mut self) -> io::Result<bool> {
        if self.is_at_end {
            return Ok(false);
        }
        match self.incoming.fill(&self.stream) {
            Ok(0) => self.is_at_end = true,
            Ok(_) => return Ok(self.incoming.is_full()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // It ended while there was something that it had not read.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => self.is_at_end = true,
            Err(error) => return Err(error),
        }
        Ok(false)
    }

    /// What to wait for.
    pub(crate) fn interest(&self) -> PollFlags {
        if self.outgoing.is_empty() {
            PollFlags::POLLIN
        } else {
            PollFlags::POLLIN | PollFlags::POLLOUT
        }
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}
