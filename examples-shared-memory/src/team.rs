//! `shared-memory/team`: threads that live across calls, and spin for a while before they sleep.
//!
//! - **Idea.** A call and its end are two barriers. Between calls the threads wait at the first one: they look at a number
//!   in shared memory again and again, so that they see the next call at once. Only after a bounded time do they sleep.
//!   The caller is a worker, too. OpenMP calls this active waiting.
//! - **Cost.** A call costs a few messages between caches, less than a microsecond, as long as the workers still spin. To
//!   wake up a worker that sleeps costs a hundred times as much: that is most of what other paradigms pay. But a worker
//!   that spins keeps a core busy with nothing: for 0.3 ms after each call, or always as `shared-memory/team-active`.
//! - **Hazard.** With more threads than cores, a spinning worker may hold the core that the worker needs for which it
//!   waits. So then workers hardly spin, and offer their core to others.
//! - **Prefer it** for many short parallel loops that follow each other closely, on cores that nothing else needs.

#![expect(unsafe_code, reason = "threads outlive the call whose work they do")]

use std::cell::UnsafeCell;
use std::io;
use std::mem;
use std::num::NonZero;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, Workload, guard, zeroed_items};

use crate::disjoint::Disjoint;
use crate::shares::Shares;
use crate::sync::Barrier;

/// A team whose waiting workers spin for a bounded time.
pub type Team = TeamThat<false>;
/// A team whose waiting workers always spin.
pub type ActiveTeam = TeamThat<true>;

/// The caller, and threads that wait for calls.
pub struct TeamThat<const ALWAYS_SPINS: bool> {
    workers: NonZero<usize>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// How long a waiting worker spins: some times as long as it takes to wake it up.
const SPIN: Duration = Duration::from_micros(300);

/// What a call has each worker do; it is given the worker's number, and does not panic.
type Work = dyn Fn(usize) + Sync;

struct Shared {
    /// Each call begins and ends with it.
    barrier: Barrier,
    /// What the call has the workers do. `None` ends the threads.
    work: UnsafeCell<Option<&'static Work>>,
}

// SAFETY: the caller writes `work` while the others wait for the call to begin. They read it during the call.
unsafe impl Sync for Shared {}

impl<const ALWAYS_SPINS: bool> Paradigm for TeamThat<ALWAYS_SPINS> {
    const ID: &'static str = if ALWAYS_SPINS {
        "shared-memory/team-active"
    } else {
        "shared-memory/team"
    };
    const ABOUT: &'static str = if ALWAYS_SPINS {
        "the same, but waiting threads never sleep"
    } else {
        "threads that spin between calls before they sleep"
    };

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        let spin = match thread::available_parallelism() {
            Ok(cores) if workers > cores => Duration::ZERO,
            _ if ALWAYS_SPINS => Duration::MAX,
            _ => SPIN,
        };
        let parties = u32::try_from(workers.get()).and_then(NonZero::try_from);
        let shared = Arc::new(Shared {
            barrier: Barrier::new(parties.map_err(io::Error::other)?, spin),
            work: UnsafeCell::new(None),
        });
        // If one cannot be started, those before it must not wait for it at the barrier.
        let all_started = Arc::new(OnceLock::new());
        let threads = (1..workers.get()).map(|worker| {
            let (shared, all_started) = (Arc::clone(&shared), Arc::clone(&all_started));
            thread::Builder::new().spawn(move || {
                if *all_started.wait() {
                    shared.work_as(worker);
                }
            })
        });
        let threads = threads.collect::<io::Result<_>>();
        let _ = all_started.set(threads.is_ok());
        Ok(Self {
            workers,
            shared,
            threads: threads?,
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

    /// Has the workers `compute` each chunk, given its number and its items.
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
        let work: &(dyn Fn(usize) + Sync) = &work;
        // SAFETY: this changes the lifetime only. No worker uses it after the second barrier, and `work` lives longer.
        let work = unsafe { mem::transmute::<&(dyn Fn(usize) + Sync), &'static Work>(work) };
        self.begin(Some(work));
        work(0);
        self.shared.barrier.wait(); // until all have finished
        outcome.into_inner().expect("it is locked in one line only")
    }

    /// Lets the threads go on, with this work.
    fn begin(&mut self, work: Option<&'static Work>) {
        // SAFETY: all threads are on their way to the barrier, and read this after it.
        unsafe { *self.shared.work.get() = work };
        self.shared.barrier.wait();
    }
}

impl Shared {
    /// The life of a thread.
    fn work_as(&self, worker: usize) {
        loop {
            self.barrier.wait();
            // SAFETY: the caller writes it again after the second barrier.
            let Some(work) = (unsafe { *self.work.get() }) else {
                return;
            };
            work(worker);
            self.barrier.wait();
        }
    }
}

impl<const ALWAYS_SPINS: bool> Drop for TeamThat<ALWAYS_SPINS> {
    fn drop(&mut self) {
        self.begin(None);
        for thread in self.threads.drain(..) {
            thread.join().expect("work does not panic");
        }
    }
}
