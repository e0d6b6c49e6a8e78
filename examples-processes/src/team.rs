//! The child processes of one call: started together, watched together, and never left behind.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd};

use bytemuck::Pod;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;
use nix::unistd::close;
use serde::de::DeserializeOwned;
use workloads::{Cause, WorkerError, zeroed_items};

use crate::OneThread;
use crate::child::{Child, PANICKED, cause_of, fork_child};
use crate::die_with_parent::{UNHEARD, die_with_parent};
use crate::reply::{self, WorkerPanicked};
use crate::wire::again_if_interrupted;

/// Child processes, each with a channel of type `C` on which its parent hears from it.
///
/// The channel also shows that a child has ended: its side is closed then, however the child ended, and
/// its parent reads the end of the file. Dropping a team kills and reaps every child that still runs.
pub struct Team<C> {
    workers: Vec<Worker<C>>,
}

struct Worker<C> {
    child: Child,
    /// What it is working on, for the error if it fails.
    items: Range<usize>,
    channel: C,
}

impl<C: Read + AsFd> Team<C> {
    /// No children yet.
    pub fn new() -> Self {
        Self {
            workers: Vec::new(),
        }
    }

    /// Forks a child for `items`. It runs `work` with `theirs`, the child's end of the channel, and ends.
    ///
    /// The child never returns from this function: it leaves by `_exit`, so it runs none of its
    /// parent's destructors and flushes none of its parent's buffers.
    ///
    /// # Errors
    ///
    /// What `fork` says, such as [`ErrorKind::WouldBlock`] if there are too many processes.
    pub fn fork<T>(
        &mut self,
        evidence: OneThread,
        items: Range<usize>,
        ours: C,
        theirs: T,
        work: impl FnOnce(T) -> io::Result<()>,
    ) -> io::Result<()> {
        let parent = std::process::id();
        let child = fork_child(evidence, || {
            // Only the parent keeps its ends open: so all children notice when it ends. The child leaves by `_exit`, so
            // it neither uses nor closes these ends again.
            for channel in self
                .workers
                .iter()
                .map(|sibling| &sibling.channel)
                .chain([&ours])
            {
                let _ = close(channel.as_fd().as_raw_fd());
            }
            die_with_parent(parent);
            match work(theirs) {
                Ok(()) => 0,
                Err(error) if panic_in(&error).is_none() => UNHEARD,
                Err(_) => PANICKED,
            }
        })?;
        self.workers.push(Worker {
            child: Child::own(child),
            items,
            channel: ours,
        });
        Ok(())
    }

    /// The number of children that were started.
    pub fn len(&self) -> usize {
        self.workers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.workers.is_empty()
    }

    /// The channel to `worker`, and the items that it is working on, for a parent that gives it others.
    pub fn worker(&mut self, worker: usize) -> (&mut C, &mut Range<usize>) {
        let Worker { channel, items, .. } = &mut self.workers[worker];
        (channel, items)
    }

    /// Waits until at least one of `workers` has sent something, or died, and returns which.
    pub fn wait_for_any(&self, workers: &[usize]) -> io::Result<Vec<usize>> {
        self.heard(workers, PollTimeout::NONE)
    }

    /// Which of `workers` have sent something, or died, and have not been read from since. Does not wait.
    pub fn heard_from(&self, workers: &[usize]) -> io::Result<Vec<usize>> {
        self.heard(workers, PollTimeout::ZERO)
    }

    fn heard(&self, workers: &[usize], limit: PollTimeout) -> io::Result<Vec<usize>> {
        let mut channels: Vec<_> = workers
            .iter()
            .map(|&worker| PollFd::new(self.workers[worker].channel.as_fd(), PollFlags::POLLIN))
            .collect();
        again_if_interrupted(|| poll(&mut channels, limit))?;
        let heard = workers
            .iter()
            .zip(&channels)
            .filter(|(_, channel)| channel.any() != Some(false));
        Ok(heard.map(|(&worker, _)| worker).collect())
    }

    /// Lets `receive` take one reply from each child, in the order in which they arrive, and waits
    /// for all children to end. `receive` is given the worker's number, its items and its channel.
    ///
    /// # Errors
    ///
    /// A [`WorkerError`] naming the first worker that failed.
    pub fn gather(
        mut self,
        mut receive: impl FnMut(usize, Range<usize>, &mut C) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut waiting: Vec<usize> = (0..self.len()).collect();
        while !waiting.is_empty() {
            for worker in self.wait_for_any(&waiting)? {
                let (channel, items) = self.worker(worker);
                if let Err(error) = receive(worker, items.clone(), channel) {
                    return Err(self.blame(worker, error));
                }
                waiting.retain(|&other| other != worker);
            }
        }
        self.dismiss()
    }

    /// Gathers one reply of items from each child, which together are the `len` items of the answer.
    ///
    /// # Errors
    ///
    /// As [`gather`](Self::gather), and those of [`zeroed_items`].
    pub fn gather_items<T: Pod>(self, len: usize) -> io::Result<Vec<T>> {
        let mut items = zeroed_items(len)?;
        self.gather(|_, chunk, channel| reply::receive_items(channel, &mut items[chunk]))?;
        Ok(items)
    }

    /// Gathers one summary from each child, in their order.
    ///
    /// # Errors
    ///
    /// As [`gather`](Self::gather).
    pub fn gather_summaries<S: DeserializeOwned>(self) -> io::Result<Vec<S>> {
        let mut summaries: Vec<_> = self.workers.iter().map(|_| None).collect();
        self.gather(|worker, _, channel| {
            summaries[worker] = Some(reply::receive_summary(channel)?);
            Ok(())
        })?;
        Ok(summaries.into_iter().flatten().collect())
    }

    /// Waits for every child to end, after its last reply has been received.
    ///
    /// # Errors
    ///
    /// A [`WorkerError`] if one did not end well.
    pub fn dismiss(mut self) -> io::Result<()> {
        for worker in 0..self.len() {
            if let Some(cause) = self.reap(worker)? {
                return Err(self.error(worker, cause));
            }
        }
        Ok(())
    }

    /// What made `worker` fail, after reading from it (or writing to it) gave `error`.
    pub fn blame(&mut self, worker: usize, error: io::Error) -> io::Error {
        if let Some(message) = panic_in(&error) {
            return self.error(worker, Cause::Panicked(message.to_owned()));
        }
        if !is_hang_up(&error) {
            return error;
        }
        // The worker closed its end, so it is ending or has ended: the signal changes nothing then,
        // and makes sure that waiting for it ends in any case.
        self.kill(worker);
        match self.reap(worker) {
            Ok(cause) => self.error(worker, cause.unwrap_or(Cause::Exited(0))),
            Err(error) => error,
        }
    }

    fn error(&self, worker: usize, cause: Cause) -> io::Error {
        WorkerError {
            worker,
            items: self.workers[worker].items.clone(),
            cause,
        }
        .into()
    }
}

impl<C> Team<C> {
    fn kill(&self, worker: usize) {
        // It fails only if the child has ended, which is what is wanted.
        let _ = self.workers[worker].child.send(Signal::SIGKILL);
    }

    /// Waits for the end of `worker`, and tells what was wrong with it, if anything.
    fn reap(&mut self, worker: usize) -> io::Result<Option<Cause>> {
        let status = self.workers[worker].child.wait()?;
        Ok((!status.success()).then(|| cause_of(status)))
    }
}

impl<C> Drop for Team<C> {
    /// All are killed before the first one is waited for.
    fn drop(&mut self) {
        for worker in 0..self.workers.len() {
            self.kill(worker);
        }
    }
}

impl<C: Read + AsFd> Default for Team<C> {
    fn default() -> Self {
        Self::new()
    }
}

/// The message, if `error` says that a worker panicked.
fn panic_in(error: &io::Error) -> Option<&str> {
    let WorkerPanicked(message) = error.get_ref()?.downcast_ref()?;
    Some(message)
}

/// Whether the other side of a channel is gone.
fn is_hang_up(error: &io::Error) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | BrokenPipe | ConnectionReset)
}
