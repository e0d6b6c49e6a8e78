//! One worker of a pool, as its parent sees it.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use workloads::Cause;

use super::state::INITIALIZE;
use crate::Failure;
use crate::child::{Change, Child};
use crate::connection::Connection;
use crate::frames::{Header, Kind};
use crate::marks::Marks;
use crate::server::Server;
use crate::start::start_by;
use crate::values::Values;
use crate::wire::send_with;
use crate::worker::Hello;

/// Adjacent inputs of a call, which travel together.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) call: u64,
    /// The number of its first input.
    pub(super) first: usize,
    pub(super) inputs: Values,
    /// How many of its inputs have been answered.
    pub(super) answered: usize,
    /// How many workers have died in its only input.
    pub(super) deaths: u32,
}

impl Task {
    /// How many inputs have not been answered.
    pub(super) fn left(&self) -> usize {
        self.inputs.count - self.answered
    }

    /// Cuts off the next `count` inputs that have not been answered, as a task of their own.
    pub(super) fn split_off_front(&mut self, count: usize) -> Self {
        let _ = self.inputs.split_off_front(self.answered);
        self.first += self.answered;
        self.answered = 0;
        let front = Self {
            call: self.call,
            first: self.first,
            inputs: self.inputs.split_off_front(count),
            answered: 0,
            deaths: self.deaths,
        };
        self.first += count;
        front
    }
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) child: Child,
    pub(super) connection: Connection<UnixStream>,
    /// What it was given and has not answered, in this order.
    pub(super) in_flight: VecDeque<Task>,
    /// The calls that it knows the function of.
    pub(super) knows: Vec<u64>,
    /// How many inputs it was given and has answered.
    pub(super) answered: u64,
    /// How many tasks it was given.
    pub(super) given: u64,
    /// Whether it may not begin another task, because it has done enough.
    pub(super) retires: bool,
    /// Why it could not be started.
    pub(super) refused: Option<String>,
    /// Why it was killed, if the pool did it.
    pub(super) condemned: Option<Failure>,
    /// Since when it has been stopped.
    stopped: Option<Instant>,
    /// Its mark when it was looked at, and since when it has not changed.
    seen: (u64, Instant),
    /// When it was last checked for limits.
    looked: Instant,
    /// When it last answered, or was given something after it had been idle.
    pub(super) heard: Instant,
    /// A call, and the seconds from one of its tasks to the next.
    pub(super) pace: Option<(u64, f64)>,
}

/// A worker that is stopped for longer than this (by SIGSTOP) counts as dead.
const STOPPED: Duration = Duration::from_secs(1);

/// A thread that waits looks more often than this.
const UNWATCHED: Duration = Duration::from_millis(150);

impl Member {
    /// Starts a worker with the mark number `slot` of `marks`.
    pub(super) fn start(
        server: &Arc<Server>,
        marks: &Marks,
        slots: usize,
        slot: usize,
    ) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        marks.of(slot).store(0, Ordering::Relaxed);
        let hello = Hello {
            mark: Some((slot, slots)),
        };
        send_with(&ours, hello.to_numbers(), &[marks.as_fd()])?;
        let child = start_by(server, &theirs)?;
        let now = Instant::now();
        Ok(Self {
            child,
            connection: Connection::new(ours, usize::MAX)?,
            in_flight: VecDeque::new(),
            knows: Vec::new(),
            answered: 0,
            given: 0,
            retires: false,
            refused: None,
            condemned: None,
            stopped: None,
            seen: (0, now),
            looked: now,
            heard: now,
            pace: None,
        })
    }

    /// Adds a task to what is sent next.
    pub(super) fn give(&mut self, task: Task, is_last: bool) {
        if self.in_flight.is_empty() {
            self.heard = Instant::now();
            self.seen.1 = self.heard;
        }
        let header = Header {
            kind: if is_last { Kind::LastTask } else { Kind::Task },
            call: task.call,
            number: task.left() as u64,
        };
        debug_assert_eq!(
            task.answered, 0,
            "what is answered is cut off before it is given again"
        );
        self.connection.add(header, &task.inputs.bytes);
        self.given += 1;
        self.in_flight.push_back(task);
    }

    /// Kills it. Its end is noticed as any other.
    pub(super) fn condemn(&mut self, why: Failure) {
        if self.condemned.is_none() {
            self.condemned = Some(why);
            // It fails only if the fork server is gone, and then the worker is, too.
            let _ = self.child.send(Signal::SIGKILL);
        }
    }

    /// Takes what the fork server says of it. Returns whether it has ended, or was never started.
    pub(super) fn has_ended(&mut self) -> bool {
        loop {
            match self.child.next_change(false) {
                Ok(None) => return false,
                Ok(Some(Change::Ended(_))) => return true,
                Ok(Some(Change::Stopped)) => self.stopped = Some(Instant::now()),
                Ok(Some(Change::Continued)) => self.stopped = None,
                Ok(Some(Change::Started)) => {}
                Err(error) => {
                    self.refused = Some(error.to_string());
                    return true;
                }
            }
        }
    }

    /// There are no more tasks of this call.
    pub(super) fn forget(&mut self, call: u64) {
        if let Some(place) = self.knows.iter().position(|&it| it == call) {
            self.knows.swap_remove(place);
            let header = Header {
                kind: Kind::Forget,
                call,
                number: 0,
            };
            self.connection.add(header, &[]); // sent with the next task
        }
    }

    /// Kills it if it has been stopped for too long, or has been in one input for longer than `limit`. Returns how long
    /// this need not be asked again.
    pub(super) fn check_limits(&mut self, mark: u64, limit: Option<Duration>) -> Option<Duration> {
        if self.condemned.is_some() {
            return None;
        }
        // While no thread waited, or this process was stopped, nothing was read: so that time does not count.
        let now = Instant::now();
        let unwatched = now.duration_since(std::mem::replace(&mut self.looked, now));
        if unwatched > UNWATCHED {
            self.seen.1 = (self.seen.1 + unwatched).min(now);
            self.stopped = self.stopped.map(|since| (since + unwatched).min(now));
        }
        let mut next = None;
        if let Some(since) = self.stopped {
            if since.elapsed() >= STOPPED {
                self.condemn(Failure::Died(Cause::Killed("SIGSTOP".to_owned())));
                return None;
            }
            next = Some(STOPPED.saturating_sub(since.elapsed()));
        }
        if let Some(limit) = limit
            && let Some(task) = self.in_flight.front()
            && task.call != INITIALIZE
        {
            if self.seen.0 != mark {
                self.seen = (mark, Instant::now());
            }
            let left = limit.saturating_sub(self.seen.1.elapsed());
            if left.is_zero() {
                self.condemn(Failure::OverTime(limit));
                return None;
            }
            // Its mark may have changed just after it was looked at: so look more often.
            let soon = left.min(limit / 4);
            next = Some(next.map_or(soon, |next: Duration| next.min(soon)));
        }
        next
    }
}
