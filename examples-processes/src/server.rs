//! The fork server, as its parent sees it.

use std::io;
use std::net::Shutdown;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;
use nix::unistd::close;

use crate::child::{Child, flush_before_fork, fork_child};
use crate::role::ROLE_OF_SERVER;
use crate::server_process::serve;
use crate::start::{StartMethod, start_program};
use crate::wire::{again_if_interrupted, send_with};
use crate::{OneThread, die_with_parent};

/// A fork server, as its parent sees it. Dropped, it is asked to end, and waited for.
#[derive(Debug)]
pub(crate) struct Server {
    control: UnixStream,
    process: Mutex<Child>,
    /// Whether it starts children as new programs.
    starts_programs: bool,
    next: AtomicU64,
}

/// A request is three numbers: what, for which child, and with which signal.
pub(crate) const FORK: u64 = 1;
pub(crate) const START_PROGRAM: u64 = 2;
pub(crate) const SEND_SIGNAL: u64 = 3;
pub(crate) const END: u64 = 4;

/// How long children have for an orderly end.
pub(crate) const ORDERLY: Duration = Duration::from_secs(1);

impl Server {
    /// Starts a fork server whose children are started by this method.
    pub(crate) fn start(method: StartMethod) -> io::Result<Self> {
        let (control, theirs) = UnixStream::pair()?;
        let child = match method {
            StartMethod::Fork => {
                let alone = OneThread::check()?;
                flush_before_fork();
                let parent = std::process::id();
                Child::own(fork_child(alone, || {
                    // Only the parent keeps its end: so the server notices when the parent ends.
                    let _ = close(control.as_raw_fd());
                    die_with_parent(parent);
                    serve(&theirs)
                })?)
            }
            StartMethod::ForkServer | StartMethod::Spawn => start_program(ROLE_OF_SERVER, theirs)?,
        };
        Ok(Self {
            control,
            process: Mutex::new(child),
            starts_programs: method == StartMethod::Spawn,
            next: AtomicU64::new(1),
        })
    }

    /// Asks for a child that works for `stream`, and writes into `news` what happens to it. Returns its number.
    pub(crate) fn start_worker(
        &self,
        stream: &UnixStream,
        news: &io::PipeWriter,
    ) -> io::Result<u64> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let what = if self.starts_programs {
            START_PROGRAM
        } else {
            FORK
        };
        send_with(
            &self.control,
            [what, number, 0],
            &[stream.as_fd(), news.as_fd()],
        )?;
        Ok(number)
    }

    pub(crate) fn send_signal(&self, number: u64, signal: Signal) -> io::Result<()> {
        send_with(&self.control, [SEND_SIGNAL, number, signal as u64], &[])
    }

    /// Whether it has not ended. To be asked when a request has failed: it may be ending then, and this waits for its end.
    pub(crate) fn is_alive(&self) -> bool {
        let mut process = self.process.lock().expect("no code panics with this lock");
        let mut closed = [PollFd::new(self.control.as_fd(), PollFlags::POLLIN)];
        // It sends nothing: so its end can be read only when it is at its end.
        let is_ending = poll(&mut closed, PollTimeout::ZERO) == Ok(1);
        let status = if is_ending {
            process.wait().map(Some)
        } else {
            process.ended()
        };
        matches!(status, Ok(None))
    }

    /// Asks it to end, and waits for that: first for its idle children, which find the end of their connections.
    pub(crate) fn end(&self) {
        // They fail only if it has ended.
        let _ = send_with(&self.control, [END, 0, 0], &[]);
        let _ = self.control.shutdown(Shutdown::Write);
        let Ok(mut process) = self.process.lock() else {
            return;
        };
        let mut closed = [PollFd::new(self.control.as_fd(), PollFlags::POLLIN)];
        let limit = PollTimeout::try_from(2 * ORDERLY).expect("it is short");
        let ended = again_if_interrupted(|| poll(&mut closed, limit));
        if ended != Ok(1) {
            let _ = process.send(Signal::SIGKILL); // it is stopped
        }
        let _ = process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
