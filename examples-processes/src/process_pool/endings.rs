//! The ends of workers, of calls that cannot go on, and of the pool.

use std::sync::atomic::Ordering;

use nix::sys::signal::Signal;
use workloads::Cause;

use super::member::{Member, Task};
use super::state::State;
use crate::child::cause_of;
use crate::{Failure, TaskError};

/// The pool cannot go on if this many workers end, one after the other, before they are ready.
const BAD_STARTS: u32 = 3;

impl State {
    pub(super) fn replace_the_dead(&mut self) {
        for slot in 0..self.members.len() {
            if self.members[slot].has_ended() {
                self.bury(slot);
            }
        }
        self.feed();
    }

    /// A worker has ended: takes what it had sent, gives its tasks to others, and starts another worker in its place.
    pub(super) fn bury(&mut self, slot: usize) {
        if self.broken.is_some() {
            return;
        }
        self.receive(slot);
        let member = &mut self.members[slot];
        let was_ready = member.answered > 0 || self.options.initializer.is_none();
        // A worker that the pool itself has killed, or that was killed with its fork server, has not failed to start.
        let is_innocent =
            member.condemned == Some(Failure::Cancelled) || member.child.has_lost_its_server();
        if (!was_ready && !is_innocent) || member.refused.is_some() {
            self.bad_starts += 1;
        }
        let tasks: Vec<_> = member.in_flight.drain(..).collect();
        let open = self.split_at_culprit(slot, tasks);
        for task in open.into_iter().rev() {
            if task.left() > 0 && self.calls.contains_key(&task.call) {
                self.queue.push_front(task);
            }
        }
        let member = &self.members[slot];
        let mut why = match &member.refused {
            Some(error) => format!("no worker can be started: {error}"),
            None => format!(
                "its workers end before they are ready: the last one {}",
                Failure::Died(member.cause())
            ),
        };
        if self.bad_starts < BAD_STARTS {
            match self.start_member(slot) {
                Ok(member) => {
                    self.members[slot] = member;
                    return;
                }
                Err(error) => why = format!("no worker can be started: {error}"),
            }
        }
        self.broken = Some(why);
    }

    /// The inputs that a worker had not answered when it ended, without the one that is to blame if it is given up. The
    /// one to blame becomes a task of its own.
    fn split_at_culprit(&mut self, slot: usize, tasks: Vec<Task>) -> Vec<Task> {
        let member = &self.members[slot];
        let (cause, condemned) = (member.cause(), member.condemned.clone());
        // How many of its inputs it had begun and not answered. It was in the last of them.
        let begun = self.marks.of(slot).load(Ordering::Relaxed);
        let mut begun = begun.saturating_sub(member.answered) as usize;
        if begun == 0 {
            begun = 1; // It was not killed in an input: so perhaps it died in reading the first one.
        }
        let mut open = Vec::new();
        let mut failed = None;
        for mut task in tasks {
            let left = task.left();
            if !(1..=left).contains(&begun) || condemned == Some(Failure::Cancelled) {
                begun = begun.saturating_sub(left);
                open.push(task.split_off_front(left));
                continue;
            }
            open.push(task.split_off_front(begun - 1));
            let mut culprit = task.split_off_front(1);
            culprit.deaths += 1;
            let failure = match &condemned {
                Some(limit @ Failure::OverTime(_)) => Some(limit.clone()),
                _ if culprit.deaths >= self.options.attempts.get() => {
                    Some(Failure::Died(cause.clone()))
                }
                _ => None,
            };
            match failure {
                Some(failure) => failed = Some((culprit, failure)),
                None => open.push(culprit),
            }
            open.push(task);
            begun = 0;
        }
        if let Some((task, failure)) = failed
            && let Some(call) = self.calls.get_mut(&task.call)
        {
            call.open -= 1;
            call.sink.failed(TaskError {
                index: task.first,
                deaths: task.deaths,
                worker: slot,
                failure,
            });
            self.end_call_if_done(task.call);
        }
        open
    }

    /// A worker has done enough: it ends, and another one takes its place.
    pub(super) fn retire(&mut self, slot: usize) {
        self.members[slot].connection.close();
        match self.start_member(slot) {
            Ok(member) => {
                let retired = std::mem::replace(&mut self.members[slot], member);
                self.leaving.push(retired);
            }
            Err(error) => self.broken = Some(format!("no worker can be started: {error}")),
        }
    }

    /// The pool cannot go on: all that is open fails.
    pub(super) fn fail_all(&mut self) {
        let Some(why) = self.broken.clone() else {
            return;
        };
        let mut open: Vec<Task> = self.queue.drain(..).collect();
        for member in &mut self.members {
            open.extend(member.in_flight.drain(..));
            member.condemn(Failure::Broken(why.clone()));
        }
        for task in open {
            let Some(call) = self.calls.get_mut(&task.call) else {
                continue;
            };
            call.open -= task.left();
            for k in 0..task.left() {
                call.sink.failed(TaskError {
                    index: task.first + task.answered + k,
                    deaths: task.deaths,
                    worker: 0,
                    failure: Failure::Broken(why.clone()),
                });
            }
            self.end_call_if_done(task.call);
        }
    }

    /// Ends all workers: those that are idle in an orderly way, others at once.
    pub(super) fn end(&mut self) {
        for member in &mut self.members {
            if !member.in_flight.is_empty() {
                let _ = member.child.send(Signal::SIGKILL);
            }
            member.connection.close();
        }
        self.server.end();
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.end();
    }
}

impl Member {
    /// Why it has ended.
    pub(super) fn cause(&self) -> Cause {
        match (&self.condemned, self.child.end()) {
            (Some(Failure::Died(cause)), _) => cause.clone(),
            (_, Some(status)) => cause_of(status),
            (_, None) => Cause::Killed(Signal::SIGKILL.to_string()),
        }
    }
}
