//! What comes from the workers of a pool.

use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use nix::poll::PollFlags;
use workloads::Cause;

use super::state::{INITIALIZE, State};
use crate::frames::Kind;
use crate::process::panicked;
use crate::{Failure, TaskError};

/// How many buffers are kept to be used again.
const SPARE: usize = 8;

impl State {
    /// What to wait for, and how long at most.
    pub(super) fn interest(&mut self) -> (Vec<(RawFd, PollFlags)>, Option<Duration>) {
        let mut files = Vec::with_capacity(2 * self.members.len());
        let mut limit = None;
        for (slot, member) in self.members.iter_mut().enumerate() {
            let mark = self.marks.of(slot).load(Ordering::Relaxed);
            let next = member.check_limits(mark, self.options.time_limit);
            limit = [limit, next].into_iter().flatten().min();
            // At its end, a connection can always be read.
            if !member.connection.is_at_end {
                files.push((
                    member.connection.stream().as_fd().as_raw_fd(),
                    member.connection.interest(),
                ));
            }
            files.extend(
                member
                    .child
                    .news()
                    .map(|news| (news.as_raw_fd(), PollFlags::POLLIN)),
            );
        }
        (files, limit)
    }

    /// Takes what has come from these files, and gives out new tasks.
    pub(super) fn attend(&mut self, ready: &[RawFd]) {
        for slot in 0..self.members.len() {
            let member = &mut self.members[slot];
            if ready.contains(&member.connection.stream().as_fd().as_raw_fd()) {
                member.connection.send();
                self.receive(slot);
            }
            let member = &mut self.members[slot];
            let news = member.child.news().map(|news| news.as_raw_fd());
            if news.is_some_and(|news| ready.contains(&news)) && member.has_ended() {
                self.bury(slot);
            }
        }
        self.leaving.retain_mut(|it| !it.has_ended());
        for slot in 0..self.members.len() {
            if self.members[slot].retires && self.members[slot].in_flight.is_empty() {
                self.retire(slot);
            }
        }
        self.feed();
    }

    /// Takes all that a worker has sent.
    pub(super) fn receive(&mut self, slot: usize) {
        loop {
            let read = self.members[slot].connection.receive();
            let taken = read.and_then(|is_more| {
                self.take_frames(slot)?;
                Ok(is_more)
            });
            match taken {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    // It cannot be understood any more.
                    let why = Cause::Panicked(error.to_string());
                    return self.members[slot].condemn(Failure::Died(why));
                }
            }
        }
    }

    fn take_frames(&mut self, slot: usize) -> std::io::Result<()> {
        let member = &mut self.members[slot];
        let mut finished = Vec::new();
        let mut tasks = 0;
        while let Some((header, bytes)) = member.connection.incoming.next_frame()? {
            let Some(task) = member.in_flight.front_mut() else {
                return Err(std::io::Error::other(
                    "a worker answered what it was not asked",
                ));
            };
            let count = (header.number as usize).min(task.left());
            let first = task.first + task.answered;
            task.answered += count;
            member.answered += count as u64;
            self.bad_starts = 0;
            if let Some(call) = self.calls.get_mut(&task.call) {
                call.open -= count;
                if header.kind == Kind::Values {
                    call.sink.results(first, count, bytes, slot);
                } else {
                    let failure = panicked(bytes);
                    for index in first..first + count {
                        call.sink.failed(TaskError {
                            index,
                            deaths: task.deaths,
                            worker: slot,
                            failure: failure.clone(),
                        });
                    }
                }
                if call.open == 0 {
                    finished.push(task.call);
                }
            } else if task.call == INITIALIZE && header.kind == Kind::Panic {
                self.broken = Some(format!("the initializer {}", panicked(bytes)));
            }
            if task.left() == 0 {
                tasks += 1;
                member.pace = Some((task.call, 0.0));
                let done = member.in_flight.pop_front();
                self.spare
                    .extend(done.and_then(|task| task.inputs.into_spare()));
                self.spare.truncate(SPARE);
            }
        }
        member.connection.incoming.shrink();
        if let (1.., Some((_, pace))) = (tasks, &mut member.pace) {
            *pace = member.heard.elapsed().as_secs_f64() / f64::from(tasks);
            member.heard = Instant::now();
        }
        for call in finished {
            self.end_call_if_done(call);
        }
        Ok(())
    }
}
