//! A parent's connection to a worker: it never waits.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use nix::poll::PollFlags;

use crate::frames::{Header, Incoming, append, append_header};

/// Frames with fewer bytes than this are sent together.
const TOGETHER: usize = 64 << 10;

/// A stream of bytes in both directions.
pub trait Stream: Read + Write {
    /// From now on, reading and writing return [`ErrorKind::WouldBlock`] where they would wait.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn never_wait(&self) -> io::Result<()>;

    /// Lets the other end read the end of the stream.
    ///
    /// # Errors
    ///
    /// What the system says, such as that the other end is gone.
    fn close_writing(&mut self) -> io::Result<()>;

    /// What `poll` can wait for; `None` if the stream is no file.
    fn file(&self) -> Option<BorrowedFd<'_>>;
}

macro_rules! sockets_are_streams {
    ($($socket:ty),*) => {
        $(impl Stream for $socket {
            fn never_wait(&self) -> io::Result<()> {
                self.set_nonblocking(true)
            }

            fn close_writing(&mut self) -> io::Result<()> {
                self.shutdown(Shutdown::Write)
            }

            fn file(&self) -> Option<BorrowedFd<'_>> {
                Some(self.as_fd())
            }
        })*
    };
}
sockets_are_streams!(UnixStream, TcpStream);

impl<S: Stream + ?Sized> Stream for Box<S> {
    fn never_wait(&self) -> io::Result<()> {
        (**self).never_wait()
    }

    fn close_writing(&mut self) -> io::Result<()> {
        (**self).close_writing()
    }

    fn file(&self) -> Option<BorrowedFd<'_>> {
        (**self).file()
    }
}

/// A stream of frames in both directions.
///
/// A worker that does not read, because it is stopped, stuck or dead, makes its connection full. What does not go into it
/// is kept here, so the parent can attend to other workers.
#[derive(Debug)]
pub struct Connection<S> {
    stream: S,
    /// What is to be sent. Small frames are in one buffer, so that they are sent together.
    outgoing: VecDeque<Vec<u8>>,
    /// How many bytes of the first buffer have been written.
    written: usize,
    /// What has arrived.
    pub incoming: Incoming,
    /// Whether the worker has closed its end.
    pub is_at_end: bool,
    /// Whether nothing more will be sent.
    closes: bool,
    /// Why something could not be sent, if the other end is still there.
    error: Option<io::Error>,
}

impl<S: Stream> Connection<S> {
    /// # Errors
    ///
    /// What the system says.
    pub fn new(stream: S, limit: usize) -> io::Result<Self> {
        stream.never_wait()?;
        Ok(Self {
            stream,
            outgoing: VecDeque::new(),
            written: 0,
            incoming: Incoming::new(limit),
            is_at_end: false,
            closes: false,
            error: None,
        })
    }

    /// Keeps a frame, to be sent by the next [`send`](Self::send).
    pub fn add(&mut self, header: Header, bytes: &[u8]) {
        append(self.last_buffer(), header, bytes);
    }

    /// The same, without a copy of large `bytes`.
    pub fn add_owned(&mut self, header: Header, bytes: Vec<u8>) {
        if bytes.len() < TOGETHER {
            return self.add(header, &bytes);
        }
        append_header(self.last_buffer(), header, bytes.len());
        self.outgoing.push_back(bytes);
    }

    fn last_buffer(&mut self) -> &mut Vec<u8> {
        if self.outgoing.back().is_none_or(|it| it.len() >= TOGETHER) {
            self.outgoing.push_back(Vec::new());
        }
        self.outgoing.back_mut().expect("there is one")
    }

    /// Sends what can be sent now. If the worker is gone, nothing is sent; its end is noticed elsewhere.
    pub fn send(&mut self) {
        while let Some(first) = self.outgoing.front() {
            if self.written == first.len() {
                self.outgoing.pop_front();
                self.written = 0;
                continue;
            }
            match self.stream.write(&first[self.written..]) {
                Ok(written) => self.written += written,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => {
                    let is_gone = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
                    if !is_gone.contains(&error.kind()) {
                        self.error = Some(error);
                    }
                    break;
                }
            }
        }
        self.outgoing.clear();
        self.written = 0;
        if self.closes {
            let _ = self.stream.close_writing();
        }
    }

    /// Lets the worker read the end of the file after what has been added.
    pub fn close(&mut self) {
        self.closes = true;
        self.send();
    }

    /// Reads what is there. Returns whether there may be more.
    ///
    /// # Errors
    ///
    /// Those of [`Incoming::fill`], except that a connection that was reset is at its end; why something could not be sent.
    pub fn receive(&mut self) -> io::Result<bool> {
        if self.is_at_end {
            return Ok(false);
        }
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        match self.incoming.fill(&mut self.stream) {
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
    pub fn interest(&self) -> PollFlags {
        if self.outgoing.is_empty() {
            PollFlags::POLLIN
        } else {
            PollFlags::POLLIN | PollFlags::POLLOUT
        }
    }

    /// The stream.
    pub fn stream(&self) -> &S {
        &self.stream
    }
}
