//! A forked child, for lessons that are not about the fork.

#![expect(unsafe_code, reason = "fork and _exit")]

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;

use examples_processes::{OneThread, die_with_parent};
use nix::errno::Errno;
use nix::libc::{self, _exit};
use nix::unistd::{ForkResult, Pid, fork};

/// A child of this process. Dropped, it is killed and waited for. On Linux it also ends when its parent ends without
/// dropping it.
#[derive(Debug)]
pub struct Child {
    /// `None` when it was waited for: from then on, its id may belong to another process.
    id: Option<Pid>,
}

impl Child {
    /// Forks a child that does `work`, and then ends. After a panic it ends with status 101.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] if this process has more than one thread: see [`OneThread`].
    pub fn fork(work: impl FnOnce()) -> io::Result<Self> {
        OneThread::check()?;
        let parent = std::process::id();
        // SAFETY: this process has one thread, so the child's copy of it is whole.
        match unsafe { fork() }? {
            ForkResult::Parent { child } => Ok(Self { id: Some(child) }),
            ForkResult::Child => {
                let end = catch_unwind(AssertUnwindSafe(|| {
                    die_with_parent(parent);
                    work();
                }));
                // SAFETY: `_exit` may be called at any time.
                unsafe { _exit(if end.is_ok() { 0 } else { 101 }) }
            }
        }
    }

    /// Waits for its end.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        let id = self.id.take().expect("it is taken once");
        wait_for(id)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            // Both fail only if other code of this program has waited for it.
            let _ = nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGKILL);
            let _ = wait_for(id);
        }
    }
}

fn wait_for(id: Pid) -> io::Result<ExitStatus> {
    let mut status = 0;
    loop {
        // SAFETY: it writes the status to a variable of this function.
        match Errno::result(unsafe { libc::waitpid(id.as_raw(), &raw mut status, 0) }) {
            Ok(_) => return Ok(ExitStatus::from_raw(status)),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
