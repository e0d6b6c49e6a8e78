//! Connections between two processes of this machine, as streams of bytes: through the kernel, or through memory that
//! both processes see.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};

mod shared;

pub(crate) use shared::shared;

/// One process's ends of two pipes, one in each direction.
pub(crate) struct Pipes {
    from: PipeReader,
    to: PipeWriter,
}

/// Two pipes, one in each direction.
pub(crate) fn pipes() -> io::Result<[Pipes; 2]> {
    let (ours, to_us) = io::pipe()?;
    let (theirs, to_them) = io::pipe()?;
    Ok([(ours, to_them), (theirs, to_us)].map(|(from, to)| Pipes { from, to }))
}

/// A TCP connection from this machine to itself, which sends small messages at once.
pub(crate) fn tcp() -> io::Result<[TcpStream; 2]> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let ours = TcpStream::connect(listener.local_addr()?)?;
    let (theirs, _) = listener.accept()?;
    for socket in [&ours, &theirs] {
        socket.set_nodelay(true)?;
    }
    Ok([ours, theirs])
}

impl Read for Pipes {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.from.read(bytes)
    }
}

impl Write for Pipes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Pipes {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.from.as_fd()
    }
}
