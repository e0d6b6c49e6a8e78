//! What a pool knows: its workers, the calls that are not finished, and the tasks that no worker has.
//!
//! Nothing here waits.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::Options;
use super::member::{Member, Task};
use crate::frames::{Header, Kind};
use crate::function::Function;
use crate::marks::Marks;
use crate::server::Server;
use crate::values::{Values, encode_one};
use crate::{Failure, TaskError};

/// Where the results of a call go. It is told each input's outcome once, in any order.
pub(super) trait Sink: Send + Sync {
    /// The results of `count` inputs from number `first` on, as bytes.
    fn results(&self, first: usize, count: usize, bytes: &[u8], worker: usize);
    /// The input with the number `error.index` has no result.
    fn failed(&self, error: TaskError);
}

pub(super) struct Call {
    function: Function,
    shared: Vec<u8>,
    pub(super) sink: Arc<dyn Sink>,
    /// Inputs that were submitted and have no outcome.
    pub(super) open: usize,
    /// Whether all inputs were submitted.
    is_complete: bool,
}

pub(super) struct State {
    pub(super) options: Options,
    pub(super) server: Arc<Server>,
    pub(super) marks: Marks,
    pub(super) members: Vec<Member>,
    /// Workers that have been told to end.
    pub(super) leaving: Vec<Member>,
    pub(super) calls: BTreeMap<u64, Call>,
    pub(super) queue: VecDeque<Task>,
    next_call: u64,
    /// Large buffers that inputs were in, to be used again: new memory costs a page fault for every 4 KiB.
    pub(super) spare: Vec<Vec<u8>>,
    /// Why the pool cannot go on.
    pub(super) broken: Option<String>,
    /// How many workers have ended, one after the other, before they were ready.
    pub(super) bad_starts: u32,
    /// Whether a thread waits for workers.
    pub(super) is_watched: bool,
    /// Whether the pool ends.
    pub(super) is_over: bool,
}

/// The call of the initializer.
pub(super) const INITIALIZE: u64 = 0;

/// Tasks in flight on a worker are to last this many seconds.
const AHEAD: f64 = 0.5e-3;
/// There are at least this many: one that is computed, and one that lies ready.
const FEWEST: usize = 2;
const MOST: usize = 512;

impl State {
    pub(super) fn new(options: Options) -> io::Result<Self> {
        let slots = options.workers.get();
        let mut state = Self {
            server: Arc::new(Server::start(options.method)?),
            marks: Marks::new(slots)?,
            members: Vec::new(),
            leaving: Vec::new(),
            calls: BTreeMap::new(),
            queue: VecDeque::new(),
            next_call: INITIALIZE + 1,
            spare: Vec::new(),
            broken: None,
            bad_starts: 0,
            is_watched: false,
            is_over: false,
            options,
        };
        for slot in 0..slots {
            let member = state.start_member(slot)?;
            state.members.push(member);
        }
        Ok(state)
    }

    /// Starts a worker, by a new fork server if the old one has ended.
    pub(super) fn start_member(&mut self, slot: usize) -> io::Result<Member> {
        let slots = self.options.workers.get();
        let mut member = loop {
            match Member::start(&self.server, &self.marks, slots, slot) {
                Err(_) if !self.server.is_alive() => {
                    self.server = Arc::new(Server::start(self.options.method)?);
                }
                started => break started?,
            }
        };
        if let Some(initializer) = self.options.initializer {
            let nothing = Values::encode(&[()])?;
            let header = Header {
                kind: Kind::Call,
                call: INITIALIZE,
                number: initializer.number(),
            };
            member.connection.add(header, &encode_one(&())?);
            let task = Task {
                call: INITIALIZE,
                first: 0,
                inputs: nothing,
                answered: 0,
                deaths: 0,
            };
            member.give(task, true);
            member.given = 0;
        }
        member.connection.send();
        Ok(member)
    }

    pub(super) fn begin_call(
        &mut self,
        function: Function,
        shared: Vec<u8>,
        sink: Arc<dyn Sink>,
    ) -> u64 {
        let call = self.next_call;
        self.next_call += 1;
        self.calls.insert(
            call,
            Call {
                function,
                shared,
                sink,
                open: 0,
                is_complete: false,
            },
        );
        call
    }

    /// Adds a task, the first of whose inputs has this number.
    pub(super) fn submit(&mut self, call: u64, first: usize, inputs: Values) {
        if let Some(it) = self.calls.get_mut(&call) {
            it.open += inputs.count;
            self.queue.push_back(Task {
                call,
                first,
                inputs,
                answered: 0,
                deaths: 0,
            });
        }
    }

    /// There are no more inputs.
    pub(super) fn complete(&mut self, call: u64) {
        if let Some(it) = self.calls.get_mut(&call) {
            it.is_complete = true;
            self.end_call_if_done(call);
        }
    }

    /// Ends a call early. Workers that are in one of its tasks are killed and replaced.
    pub(super) fn cancel(&mut self, call: u64) {
        if !self.remove_call(call) {
            return;
        }
        self.queue.retain(|task| task.call != call);
        for member in &mut self.members {
            if member.in_flight.iter().any(|task| task.call == call) {
                member.condemn(Failure::Cancelled);
            } else {
                member.forget(call);
            }
        }
    }

    /// How many tasks wait for workers, and about how many bytes of inputs they have.
    pub(super) fn waiting(&self) -> (usize, usize) {
        let each = self.queue.back().map_or(0, |task| task.inputs.bytes.len());
        (self.queue.len(), self.queue.len() * each)
    }

    /// How many workers have something to do.
    pub(super) fn busy_workers(&self) -> usize {
        let members = self.members.iter();
        members
            .filter(|member| !member.in_flight.is_empty())
            .count()
    }

    /// Whether no call is open.
    pub(super) fn is_idle(&self) -> bool {
        self.calls.is_empty()
    }

    /// Ends a call whose inputs all have an outcome.
    pub(super) fn end_call_if_done(&mut self, call: u64) {
        if self
            .calls
            .get(&call)
            .is_some_and(|it| it.open == 0 && it.is_complete)
        {
            self.remove_call(call);
            for member in &mut self.members {
                member.forget(call);
            }
        }
    }

    /// Returns whether there was such a call.
    fn remove_call(&mut self, call: u64) -> bool {
        let call = self.calls.remove(&call);
        let was_there = call.is_some();
        // Results that nothing wants are dropped here. That may be code of users: a panic must not damage the pool.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(call)));
        was_there
    }

    /// Gives tasks to the workers that have few.
    pub(super) fn feed(&mut self) {
        if self.broken.is_some() {
            self.fail_all();
        }
        let able = |member: &Member| member.condemned.is_none() && !member.retires;
        let mut slots: Vec<_> = (0..self.members.len()).collect();
        slots.retain(|&slot| able(&self.members[slot]));
        // Those that are idle come first.
        slots.sort_by_key(|&slot| self.members[slot].in_flight.len());
        let workers = slots.len();
        for slot in slots {
            let Some(task) = self.queue.front() else {
                break;
            };
            let member = &mut self.members[slot];
            let has = member.in_flight.len();
            let window = match member.pace {
                Some((call, pace)) if call == task.call => (AHEAD / pace) as usize,
                _ => FEWEST,
            };
            let window = window.clamp(FEWEST, MOST);
            // A task in which a worker has died must not wait behind another one, which may take long.
            let is_suspect = task.deaths > 0;
            // Nor does any task wait behind one that has taken long already: it may never end.
            let is_slow = has > 0 && member.heard.elapsed().as_secs_f64() > AHEAD;
            if has > window / 2 || is_slow || (is_suspect && has > 0) {
                continue;
            }
            let mut count = (window - has).min(self.queue.len().div_ceil(workers));
            if is_suspect {
                count = 1;
            } else if let Some(place) = self.queue.iter().take(count).position(|it| it.deaths > 0) {
                count = place;
            }
            if let Some(limit) = self.options.recycle_after {
                let left = limit.get().saturating_sub(member.given) as usize;
                count = count.min(left);
                member.retires = count == left;
            }
            let tasks: Vec<_> = self.queue.drain(..count).collect();
            self.give(slot, tasks);
        }
    }

    /// Sends tasks to a worker, in one message if there is room for it.
    fn give(&mut self, slot: usize, tasks: Vec<Task>) {
        let member = &mut self.members[slot];
        let mut left = tasks.len();
        for task in tasks {
            if !member.knows.contains(&task.call)
                && let Some(call) = self.calls.get(&task.call)
            {
                let header = Header {
                    kind: Kind::Call,
                    call: task.call,
                    number: call.function.number(),
                };
                member.connection.add(header, &call.shared);
                member.knows.push(task.call);
            }
            left -= 1;
            member.give(task, left == 0);
        }
        member.connection.send();
    }
}
