//! Connections between two processes of this machine, as streams of bytes through the kernel.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// One process's end of a connection. What a [`Team`](examples_processes::Team) reads from it when the other process has
/// ended is the end of the file.
#[derive(Debug)]
pub struct Connection {
    /// What it reads from.
    pub from: File,
    /// What it writes to.
    pub to: File,
}

/// Two pipes, one in each direction.
pub fn pipes() -> io::Result<[Connection; 2]> {
    let (ours, to_us) = io::pipe()?;
    let (theirs, to_them) = io::pipe()?;
    Ok([
        Connection::new(ours, to_them),
        Connection::new(theirs, to_us),
    ])
}

/// A pair of connected Unix sockets.
pub fn unix_sockets() -> io::Result<[Connection; 2]> {
    let (ours, theirs) = UnixStream::pair()?;
    Ok([Connection::socket(ours)?, Connection::socket(theirs)?])
}

/// A TCP connection from this machine to itself, which sends small messages at once.
pub fn tcp() -> io::Result<[Connection; 2]> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let ours = TcpStream::connect(listener.local_addr()?)?;
    let (theirs, _) = listener.accept()?;
    for socket in [&ours, &theirs] {
        socket.set_nodelay(true)?;
    }
    Ok([Connection::socket(ours)?, Connection::socket(theirs)?])
}

impl Connection {
    fn new(from: impl Into<OwnedFd>, to: impl Into<OwnedFd>) -> Self {
        Self {
            from: from.into().into(),
            to: to.into().into(),
        }
    }

    /// A socket is read from and written to.
    fn socket(socket: impl Into<OwnedFd>) -> io::Result<Self> {
        let socket = socket.into();
        Ok(Self::new(socket.try_clone()?, socket))
    }
}

impl Read for Connection {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.from.read(bytes)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.from.as_fd()
    }
}
