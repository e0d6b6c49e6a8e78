//! What goes through a socket besides frames: open files.

#![expect(unsafe_code, reason = "a descriptor that has arrived gets an owner")]

use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use bytemuck::{cast_slice, cast_slice_mut};
use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, UnixAddr, recvmsg, sendmsg};

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
