//! A child process from its start to its end: forked, sent signals, waited for.

#![expect(
    unsafe_code,
    reason = "fork, waitpid and _exit are what this module is about"
)]

use std::io::{self, Read, Write};
use std::mem::forget;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;
use std::sync::Arc;

use nix::errno::Errno;
use nix::libc::{self, _exit};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{ForkResult, Pid, fork};
use workloads::Cause;

use crate::OneThread;
use crate::server::Server;
use crate::wire::again_if_interrupted;

/// A child leaves with this status after a panic, as Rust's own `main` does.
pub(crate) const PANICKED: i32 = 101;

/// Forks a child that runs `work`, and leaves with the status that `work` returns.
///
/// The child never returns from this function: it leaves by `_exit`, so it runs none of its parent's destructors and
/// flushes none of its parent's buffers.
///
/// # Errors
///
/// What `fork` says, such as [`io::ErrorKind::WouldBlock`] if there are too many processes.
pub(crate) fn fork_child(_evidence: OneThread, work: impl FnOnce() -> i32) -> io::Result<Pid> {
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            let status = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
                // To drop it could panic again: then the child would go on in its parent's code.
                forget(payload);
                PANICKED
            });
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(status) }
        }
    }
}

/// What `waitpid` says about `child`, or about any child if it is `None`: which one has changed, and how. `None` if no
/// child has, and `flags` has `WNOHANG`.
pub(crate) fn wait_for(
    child: Option<Pid>,
    flags: libc::c_int,
) -> io::Result<Option<(Pid, ExitStatus)>> {
    let mut status = 0;
    let pid = child.map_or(-1, Pid::as_raw);
    let changed = again_if_interrupted(|| {
        // SAFETY: it writes the status to a variable of this function.
        Errno::result(unsafe { libc::waitpid(pid, &raw mut status, flags) })
    })?;
    Ok((changed > 0).then(|| (Pid::from_raw(changed), ExitStatus::from_raw(status))))
}

/// Why a worker stopped that ended with `status`, before it had answered.
pub(crate) fn cause_of(status: ExitStatus) -> Cause {
    match status.signal() {
        Some(number) => Cause::Killed(match Signal::try_from(number) {
            Ok(signal) => signal.to_string(),
            Err(_) => format!("signal {number}"),
        }),
        None => Cause::Exited(status.code().unwrap_or_default()),
    }
}

/// What a fork server says about a child: two numbers.
pub(crate) const STARTED: u64 = 1; // its process id
pub(crate) const CHANGED: u64 = 2; // what `waitpid` said
pub(crate) const REFUSED: u64 = 3; // the number of the error

/// What has happened to a child.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Started,
    Stopped,
    Continued,
    Ended(ExitStatus),
}

/// A child of this process, or of its fork server. Dropped, it is killed and waited for.
#[derive(Debug)]
pub(crate) enum Child {
    /// A child of this process. Its end is `None` until it is reaped: from then on the number may belong to another
    /// process.
    Own { pid: Pid, end: Option<ExitStatus> },
    /// The child of a fork server, which writes into the pipe what happens to it.
    Served {
        server: Arc<Server>,
        number: u64,
        news: io::PipeReader,
        pid: Option<Pid>,
        end: Option<ExitStatus>,
        /// Whether the fork server ended first, and took it along.
        lost_server: bool,
    },
}

impl Child {
    pub(crate) fn own(pid: Pid) -> Self {
        Self::Own { pid, end: None }
    }

    /// Its process id; `None` if the fork server has not yet said it.
    pub(crate) fn pid(&self) -> Option<Pid> {
        match self {
            Self::Own { pid, .. } => Some(*pid),
            Self::Served { pid, .. } => *pid,
        }
    }

    /// How it ended, if that is known already.
    pub(crate) fn end(&self) -> Option<ExitStatus> {
        match self {
            Self::Own { end, .. } | Self::Served { end, .. } => *end,
        }
    }

    /// Whether it ended because its fork server did.
    pub(crate) fn has_lost_its_server(&self) -> bool {
        matches!(
            self,
            Self::Served {
                lost_server: true,
                ..
            }
        )
    }

    /// A descriptor that can be read when there is news, if a fork server tells it.
    pub(crate) fn news(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Own { .. } => None,
            Self::Served { news, .. } => Some(news.as_fd()),
        }
    }

    /// What has happened since it was asked for the last time; `None` if nothing has, and `waits` is false.
    pub(crate) fn next_change(&mut self, waits: bool) -> io::Result<Option<Change>> {
        if let Some(end) = self.end() {
            return Ok(Some(Change::Ended(end)));
        }
        match self {
            Self::Own { pid, end } => {
                let flags = if waits { 0 } else { libc::WNOHANG };
                *end = match wait_for(Some(*pid), flags) {
                    // Other code of this program has waited for it.
                    Err(error) if error.raw_os_error() == Some(libc::ECHILD) => {
                        Some(ExitStatus::from_raw(0))
                    }
                    changed => changed?.map(|(_, status)| status),
                };
                Ok(end.map(Change::Ended))
            }
            Self::Served {
                news,
                pid,
                end,
                lost_server,
                ..
            } => {
                if !waits {
                    let mut readable = [PollFd::new(news.as_fd(), PollFlags::POLLIN)];
                    let ready = again_if_interrupted(|| poll(&mut readable, PollTimeout::ZERO))?;
                    if ready == 0 {
                        return Ok(None);
                    }
                }
                let mut numbers = [0_u64; 2];
                let change = match news.read_exact(bytemuck::bytes_of_mut(&mut numbers)) {
                    Err(_) => {
                        *lost_server = true;
                        Change::Ended(ExitStatus::from_raw(libc::SIGKILL))
                    }
                    Ok(()) => match numbers {
                        [STARTED, id] => {
                            *pid = Some(Pid::from_raw(id as i32));
                            Change::Started
                        }
                        [REFUSED, error] => {
                            *end = Some(ExitStatus::from_raw(libc::SIGKILL));
                            return Err(io::Error::from_raw_os_error(error as i32));
                        }
                        [_, status] => match ExitStatus::from_raw(status as i32) {
                            status if status.stopped_signal().is_some() => Change::Stopped,
                            status if status.continued() => Change::Continued,
                            status => Change::Ended(status),
                        },
                    },
                };
                if let Change::Ended(status) = change {
                    *end = Some(status);
                }
                Ok(Some(change))
            }
        }
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        loop {
            match self.next_change(false)? {
                None => return Ok(None),
                Some(Change::Ended(status)) => return Ok(Some(status)),
                Some(_) => {}
            }
        }
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> io::Result<ExitStatus> {
        loop {
            if let Some(Change::Ended(status)) = self.next_change(true)? {
                return Ok(status);
            }
        }
    }

    /// Sends it a signal, if it has not ended.
    pub(crate) fn send(&self, signal: Signal) -> io::Result<()> {
        match self {
            _ if self.end().is_some() => Ok(()),
            // As long as it is not reaped, the number is its own.
            Self::Own { pid, .. } => Ok(kill(*pid, signal)?),
            Self::Served { server, number, .. } => server.send_signal(*number, signal),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.end().is_none() {
            // It fails only if the child has ended, or its fork server with it, which is what is wanted.
            let _ = self.send(Signal::SIGKILL);
            let _ = self.wait();
        }
    }
}

/// Writes out what this process has printed, before it is copied: otherwise its copy might print it again.
pub(crate) fn flush_before_fork() {
    let _ = io::stdout().flush();
}
