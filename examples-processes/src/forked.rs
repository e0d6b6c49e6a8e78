//! A forked child, for lessons that are not about the fork.

use std::io;
use std::process::ExitStatus;

use nix::sys::signal::Signal;

use crate::child::{Child, fork_child};
use crate::{OneThread, die_with_parent};

/// A child of this process that does some work, and then ends. Dropped, it is killed and waited for.
///
/// [`Process`](crate::Process) does more: its work has a result, and may be started in other ways.
#[derive(Debug)]
pub struct Forked(Child);

impl Forked {
    /// Forks a child that does `work`, with all that it borrows, and then ends with status 0. After a panic it ends with
    /// status 101. It ends when its parent ends, as by [`die_with_parent`].
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] if this process has more than one thread: see [`OneThread`].
    pub fn start(work: impl FnOnce()) -> io::Result<Self> {
        let parent = std::process::id();
        let child = fork_child(OneThread::check()?, || {
            die_with_parent(parent);
            work();
            0
        })?;
        Ok(Self(Child::own(child)))
    }

    /// Kills it, if it has not ended. It stays a zombie until it is waited for.
    pub fn kill(&self) -> io::Result<()> {
        self.0.send(Signal::SIGKILL)
    }

    /// Waits for its end.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        self.0.wait()
    }
}
