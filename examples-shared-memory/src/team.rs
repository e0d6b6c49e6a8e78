//! `shared-memory/team`: threads that live across calls, and spin for a while before they sleep.
//!
//! - **Idea.** Between two calls the threads wait at a [barrier](crate::sync::Barrier): they look at a number in shared
//!   memory again and again, so that they see the next call at once. After a bounded time they sleep. The call ends
//!   when all have come to the barrier again. The caller is a worker, too. OpenMP calls this active waiting.
//! - **Cost.** A call costs a few messages between caches, less than a microsecond, as long as the workers still spin. To
//!   wake up a worker that sleeps costs a hundred times as much: that is most of what other paradigms pay. But a worker
//!   that spins keeps a core busy with nothing: for 0.3 ms after each call, or always as `shared-memory/team-active`.
//! - **Hazard.** With more threads than cores, a spinning worker may hold the core that the worker needs for which it
//!   waits. So then workers hardly spin, and offer their core to others.
//! - **Prefer it** for many short parallel loops that follow each other closely, on cores that nothing else needs.

#![expect(
    unsafe_code,
    reason = "each worker promises to write only where no other does"
)]

mod threads;

use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, Workload, guard, zeroed_items};

use crate::disjoint::Disjoint;
use crate::shares::Shares;
use threads::Threads;

/// A team whose waiting workers spin for a bounded time.
pub type Team = TeamThat<false>;
/// A team whose waiting workers always spin, if each has a core of its own.
pub type ActiveTeam = TeamThat<true>;

/// The caller, and threads that wait for calls.
pub struct TeamThat<const ALWAYS_SPINS: bool> {
    workers: NonZero<usize>,
    threads: Threads,
}

/// How long a waiting worker spins: some times as long as it takes to wake it up.
const SPIN: Duration = Duration::from_micros(300);

impl<const ALWAYS_SPINS: bool> Paradigm for TeamThat<ALWAYS_SPINS> {
    const ID: &'static str = if ALWAYS_SPINS {
        "shared-memory/team-active"
    } else {
        "shared-memory/team"
    };
    const ABOUT: &'static str = if ALWAYS_SPINS {
        "the same, but waiting threads spin until the next call"
    } else {
        "threads that spin between calls before they sleep"
    };

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        let spin = match thread::available_parallelism() {
            Ok(cores) if workers > cores => Duration::ZERO,
            _ if ALWAYS_SPINS => Duration::MAX,
            _ => SPIN,
        };
        Ok(Self {
            workers,
            threads: Threads::start(workers, spin)?,
        })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        let answer = Disjoint::new(&mut items);
        self.run(workload, |_, chunk| {
            // SAFETY: each chunk is run once, and chunks do not overlap.
            let part = unsafe { answer.part(chunk.clone()) };
            workload.fill(chunk.start, part);
        })?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let mut summaries: Vec<_> = self.chunks(workload).iter().map(|_| None).collect();
        let answer = Disjoint::new(&mut summaries);
        self.run(workload, |k, chunk| {
            // SAFETY: each chunk is run once, and each number is that of one chunk.
            let part = unsafe { answer.part(k..k + 1) };
            part[0] = Some(workload.fold(chunk));
        })?;
        Ok(workload.merge_all(summaries.into_iter().flatten()))
    }
}

impl<const ALWAYS_SPINS: bool> TeamThat<ALWAYS_SPINS> {
    fn chunks(&self, workload: &impl Workload) -> Chunks {
        Chunks::many_each(workload.len(), self.workers).aligned(workload.grain())
    }

    /// Has the workers `compute` all chunks, some at a time: given the number of the first one, and their items.
    fn run(
        &mut self,
        workload: &impl Workload,
        compute: impl Fn(usize, Range<usize>) + Sync,
    ) -> io::Result<()> {
        let shares = Shares::new(self.chunks(workload), self.workers);
        let outcome = Mutex::new(Ok(()));
        let work = |worker| {
            while let Some((k, chunk)) = shares.take(worker) {
                if let Err(error) = guard(worker, chunk.clone(), || compute(k, chunk)) {
                    *outcome.lock().expect("it is locked in this line only") = Err(error.into());
                }
            }
        };
        // SAFETY: computing is guarded, and nothing else in `work` panics.
        unsafe { self.threads.run(&work) };
        outcome.into_inner().expect("it is locked in one line only")
    }
}
