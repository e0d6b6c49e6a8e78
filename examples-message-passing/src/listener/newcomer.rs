//! A connection that was not let in yet.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use super::{GREETING, GREETING_TIME, MAGIC, WELCOME};

/// A connection, and what has arrived of its greeting.
#[derive(Debug)]
pub(super) struct Newcomer {
    pub(super) stream: TcpStream,
    /// Its time is over then.
    pub(super) until: Instant,
    pub(super) greeting: [u8; GREETING],
    pub(super) arrived: usize,
}

impl Newcomer {
    /// A connection that was just accepted.
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            until: Instant::now() + GREETING_TIME,
            greeting: [0; GREETING],
            arrived: 0,
        })
    }

    /// Reads what has arrived, and no byte after the greeting. It fails if the peer has closed the connection.
    pub(super) fn read(&mut self) -> io::Result<()> {
        while self.arrived < GREETING {
            match self.stream.read(&mut self.greeting[self.arrived..]) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(bytes) => self.arrived += bytes,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether what has arrived can become a greeting.
    pub(super) fn begins_as_a_greeting(&self) -> bool {
        let arrived = self.arrived.min(MAGIC.len());
        self.greeting[..arrived] == MAGIC[..arrived]
    }

    /// Lets it in.
    pub(super) fn welcome(mut self) -> io::Result<TcpStream> {
        self.stream.set_nonblocking(false)?;
        self.stream.set_nodelay(true)?;
        self.stream.write_all(&[WELCOME])?;
        Ok(self.stream)
    }
}
