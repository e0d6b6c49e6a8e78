//! Waiting for workers, on behalf of whichever thread needs a result.
//!
//! A pool has no thread of its own, as long as every caller waits for its results: the caller itself waits for the workers.
//! If several threads wait, one of them does so for all. Tasks that no thread waits for are attended to by a background
//! thread, which is started when there are such tasks for the first time.

#![expect(
    unsafe_code,
    reason = "descriptors are waited for while their owner is not locked"
)]

use std::num::NonZero;
use std::os::fd::{BorrowedFd, RawFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{io, mem};

use nix::poll::{PollFd, PollTimeout, poll};
use nix::sys::signal::Signal;

use super::Options;
use super::state::State;

pub(super) struct Engine {
    shared: Arc<Shared>,
    background: Mutex<Option<JoinHandle<()>>>,
    pub(super) workers: usize,
}

struct Shared {
    state: Mutex<State>,
    /// Results have come, or the thread that waited for workers has stopped doing so.
    changed: Condvar,
    /// There are tasks that no thread waits for, or there will be no more.
    wanted: Condvar,
    cores: usize,
}

/// After this time, a thread that waits looks whether there is anything else to wait for.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How long a thread looks for results before it sleeps, if there is a core to spare.
const SPIN: Duration = Duration::from_micros(100);

impl Engine {
    pub(super) fn start(options: Options) -> io::Result<Self> {
        let workers = options.workers.get();
        Ok(Self {
            shared: Arc::new(Shared {
                state: Mutex::new(State::new(options)?),
                changed: Condvar::new(),
                wanted: Condvar::new(),
                cores: thread::available_parallelism().map_or(1, NonZero::get),
            }),
            background: Mutex::new(None),
            workers,
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }

    /// Waits until `ready` returns something, or the time is over. `ready` is asked again whenever results have come.
    pub(super) fn wait_until<T>(
        &self,
        end: Option<Instant>,
        ready: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<T> {
        self.shared.wait_until(end, ready)
    }

    pub(super) fn wait_until_idle(&self) {
        self.wait_until(None, |state| state.is_idle().then_some(()));
    }

    /// Sees to it that tasks go on although no thread waits for them.
    pub(super) fn attend_in_background(&self) {
        let mut background = self
            .background
            .lock()
            .expect("no code panics with this lock");
        if background.is_none() {
            let shared = Arc::clone(&self.shared);
            let attend = move || shared.attend_in_background();
            // Without it, tasks go on when a thread waits for them.
            *background = thread::Builder::new()
                .name("pool".to_owned())
                .spawn(attend)
                .ok();
        }
        self.shared.wanted.notify_one();
    }

    pub(super) fn workers(&self) -> Vec<u32> {
        let mut state = self.lock();
        if !state.is_watched {
            state.replace_the_dead(); // else the thread that watches does so
        }
        let members = state.members.iter_mut();
        let ids = members.filter_map(|member| {
            while member.child.pid().is_none() && !member.has_ended() {
                thread::sleep(Duration::from_micros(100));
            }
            Some(member.child.pid()?.as_raw().cast_unsigned())
        });
        ids.collect()
    }

    pub(super) fn kill_all(&self) {
        for member in &mut self.lock().members {
            let _ = member.child.send(Signal::SIGKILL);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let mut state = self.lock();
        state.is_over = true;
        drop(state);
        self.shared.wanted.notify_all();
        if let Ok(Some(thread)) = self.background.get_mut().map(mem::take) {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("no code of users runs with this lock")
    }

    fn wait_until<T>(
        &self,
        end: Option<Instant>,
        mut ready: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(done) = ready(&mut state) {
                return Some(done);
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return None;
            }
            let pause = left.map_or(LOOK_AGAIN, |left| left.min(LOOK_AGAIN));
            if state.is_watched {
                let waited = self.changed.wait_timeout(state, pause);
                state = waited.expect("no code of users runs with this lock").0;
                continue;
            }
            state = self.watch(state, pause);
            self.changed.notify_all();
        }
    }

    /// Waits for workers, without the lock, and takes what comes.
    fn watch<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        pause: Duration,
    ) -> MutexGuard<'a, State> {
        let (files, limit) = state.interest();
        let limit = limit.map_or(pause, |limit| {
            limit.min(pause).max(Duration::from_millis(1))
        });
        // With a core to spare, this thread looks again and again for a moment: to be woken up takes longer.
        let spins = state.busy_workers() < self.cores;
        state.is_watched = true;
        drop(state);
        let mut polled: Vec<_> = files
            .iter()
            // SAFETY: only the thread that has set `is_watched` closes descriptors of workers, and that is this one.
            .map(|&(file, events)| PollFd::new(unsafe { BorrowedFd::borrow_raw(file) }, events))
            .collect();
        let begin = Instant::now();
        let mut outcome = Ok(0);
        while spins && outcome == Ok(0) && begin.elapsed() < SPIN {
            outcome = poll(&mut polled, PollTimeout::ZERO);
        }
        if outcome == Ok(0) {
            outcome = poll(
                &mut polled,
                PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX),
            );
        }
        let ready: Vec<RawFd> = match outcome {
            Ok(1..) => {
                let is_ready = |file: &PollFd<'_>| file.any() != Some(false);
                let files = files.iter().zip(&polled);
                files
                    .filter(|(_, polled)| is_ready(polled))
                    .map(|((file, _), _)| *file)
                    .collect()
            }
            _ => Vec::new(),
        };
        let mut state = self.lock();
        state.is_watched = false;
        state.attend(&ready);
        state
    }

    /// What the background thread does.
    fn attend_in_background(&self) {
        loop {
            let mut state = self.lock();
            while state.is_idle() && !state.is_over {
                let woken = self.wanted.wait(state);
                state = woken.expect("no code of users runs with this lock");
            }
            if state.is_over {
                return;
            }
            drop(state);
            self.wait_until(None, |state| {
                (state.is_idle() || state.is_over).then_some(())
            });
        }
    }
}
