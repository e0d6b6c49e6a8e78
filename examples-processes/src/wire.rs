//! What pools and their workers send each other: frames of bytes, and open files.

#![expect(unsafe_code, reason = "a descriptor that has arrived gets an owner")]

use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use bytemuck::{bytes_of, bytes_of_mut, cast_slice, cast_slice_mut};
use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, UnixAddr, recvmsg, sendmsg};

/// What a frame is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To a worker: a function, and the value that its tasks share.
    Call = 1,
    /// To a worker: there are no more tasks of this call.
    Forget = 2,
    /// To a worker: inputs of a call.
    Task = 3,
    /// To a worker: as [`Task`](Self::Task), and the last one that is there: so what is finished has to be sent.
    LastTask = 4,
    /// From a worker: results, in the order of the tasks.
    Values = 5,
    /// From a worker: the message of a panic, and its place.
    Panic = 6,
    /// To a worker: its name.
    Name = 7,
}

/// The beginning of a frame. On the wire: four numbers, the last one is the number of bytes that follow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) kind: Kind,
    /// The call that it belongs to; 0 in a frame from a worker.
    pub(crate) call: u64,
    /// A function, or a number of values.
    pub(crate) number: u64,
}

const HEADER: usize = size_of::<[u64; 4]>();

/// Appends a frame.
pub(crate) fn append(to: &mut Vec<u8>, header: Header, bytes: &[u8]) {
    let numbers = [
        header.kind as u64,
        header.call,
        header.number,
        bytes.len() as u64,
    ];
    to.extend_from_slice(bytes_of(&numbers));
    to.extend_from_slice(bytes);
}

/// Bytes that have arrived, and are cut into frames.
#[derive(Debug)]
pub(crate) struct Incoming {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

/// This many bytes are read at a time, unless a frame is larger.
const ROOM: usize = 128 << 10;

/// Memory beyond this is given back when it is no longer needed. Less is kept: new memory costs a page fault for every 4 KiB.
pub(crate) const LARGE: usize = 4 << 20;

impl Incoming {
    pub(crate) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            end: 0,
        }
    }

    /// Reads once, as much as there is room for, and returns the number of bytes: 0 at the end of the file.
    pub(crate) fn fill(&mut self, mut from: &UnixStream) -> io::Result<usize> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        let needed = self.header().map_or(HEADER, |(_, length)| HEADER + length);
        if self.start > 0 && self.start + needed > self.bytes.len() {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.bytes.len() < needed.max(ROOM) {
            let more = needed.max(ROOM) - self.bytes.len();
            let no_memory = |_| workloads::no_memory_for::<u8>(needed);
            self.bytes.try_reserve_exact(more).map_err(no_memory)?;
            self.bytes.resize(needed.max(ROOM), 0);
        }
        let read = loop {
            match from.read(&mut self.bytes[self.end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.end += read;
        Ok(read)
    }

    /// Whether the last read has used all the room.
    pub(crate) fn is_full(&self) -> bool {
        self.end == self.bytes.len()
    }

    /// The next frame, if all of it has arrived.
    pub(crate) fn next(&mut self) -> io::Result<Option<(Header, &[u8])>> {
        let Some((numbers, length)) = self.header() else {
            return Ok(None);
        };
        let Some(kind) = [
            Kind::Call,
            Kind::Forget,
            Kind::Task,
            Kind::LastTask,
            Kind::Values,
            Kind::Panic,
            Kind::Name,
        ]
        .into_iter()
        .find(|&kind| kind as u64 == numbers[0]) else {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "what arrived is not a frame: did a task write to a descriptor that it does not own?",
            ));
        };
        let first = self.start + HEADER;
        if self.end - first < length {
            return Ok(None);
        }
        self.start = first + length;
        let header = Header {
            kind,
            call: numbers[1],
            number: numbers[2],
        };
        Ok(Some((header, &self.bytes[first..first + length])))
    }

    /// The numbers of the next frame, and how many bytes follow them.
    fn header(&self) -> Option<([u64; 4], usize)> {
        let bytes = self.bytes.get(self.start..self.end)?.get(..HEADER)?;
        let mut numbers = [0_u64; 4];
        bytes_of_mut(&mut numbers).copy_from_slice(bytes);
        Some((numbers, numbers[3] as usize))
    }

    /// Gives back the memory of large frames.
    pub(crate) fn shrink(&mut self) {
        if self.start == self.end && self.bytes.len() > LARGE {
            *self = Self::new();
        }
    }
}

/// Sends `numbers`, and with them open files.
pub(crate) fn send_with<const N: usize>(
    to: &UnixStream,
    numbers: [u64; N],
    files: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let files: Vec<RawFd> = files.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&files)];
    let rights = if files.is_empty() { &[] } else { &rights[..] };
    let bytes = [IoSlice::new(cast_slice(&numbers))];
    let sent = again_if_interrupted(|| {
        sendmsg::<UnixAddr>(to.as_raw_fd(), &bytes, rights, MsgFlags::empty(), None)
    })?;
    if sent == size_of::<[u64; N]>() {
        Ok(())
    } else {
        Err(ErrorKind::WriteZero.into()) // a socket takes a message of a few bytes as a whole
    }
}

/// Receives such numbers, and open files in their order; `None` at the end of the file.
pub(crate) fn receive_with<const N: usize>(
    from: &UnixStream,
) -> io::Result<Option<([u64; N], Vec<OwnedFd>)>> {
    let mut numbers = [0_u64; N];
    let mut room = nix::cmsg_space!([RawFd; 2]);
    let mut files = Vec::new();
    let read = {
        let mut bytes = [IoSliceMut::new(cast_slice_mut(&mut numbers))];
        #[cfg(target_os = "linux")]
        let flags = MsgFlags::MSG_CMSG_CLOEXEC;
        #[cfg(not(target_os = "linux"))]
        let flags = MsgFlags::empty();
        let message = loop {
            match recvmsg::<UnixAddr>(from.as_raw_fd(), &mut bytes, Some(&mut room), flags) {
                Err(Errno::EINTR) => {}
                received => break received?,
            }
        };
        for control in message.cmsgs()? {
            if let ControlMessageOwned::ScmRights(descriptors) = control {
                // SAFETY: the kernel has just made these descriptors, for this process.
                files.extend(
                    descriptors
                        .iter()
                        .map(|&it| unsafe { OwnedFd::from_raw_fd(it) }),
                );
            }
        }
        message.bytes
    };
    match read {
        0 => Ok(None),
        read if read == size_of::<[u64; N]>() => Ok(Some((numbers, files))),
        _ => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// Calls again while a signal interrupts.
pub(crate) fn again_if_interrupted<T>(mut call: impl FnMut() -> nix::Result<T>) -> nix::Result<T> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            done => return done,
        }
    }
}
