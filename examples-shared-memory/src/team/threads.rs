//! The threads of `shared-memory/team`: between two calls they wait at a barrier.

#![expect(
    unsafe_code,
    reason = "threads that live across calls borrow what a call has them do"
)]

use std::cell::UnsafeCell;
use std::io;
use std::mem;
use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::sync::Barrier;

/// The threads, and the thread that calls them: a worker, too.
pub(super) struct Threads {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// What a call has each worker do; it is given the worker's number.
type Work = dyn Fn(usize) + Sync;

struct Shared {
    /// The caller leads. A call begins when it releases the threads, and ends when it has gathered them again.
    barrier: Barrier,
    /// What the call has the workers do. `None` ends the threads.
    work: UnsafeCell<Option<&'static Work>>,
}

// SAFETY: the caller writes `work` while all threads wait at the barrier. They read it during a call.
unsafe impl Sync for Shared {}

impl Threads {
    /// One thread less than there are workers. One that waits spins for so long, and then sleeps.
    pub(super) fn start(workers: NonZero<usize>, spin: Duration) -> io::Result<Self> {
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
        let _ = all_started.set(threads.is_ok()); // it is set once
        let threads = threads?;
        shared.barrier.gather();
        Ok(Self { shared, threads })
    }

    /// Runs `work` on each worker, with its number, and waits until all have finished.
    ///
    /// # Safety
    ///
    /// It must not panic: threads that still use it could then outlive it.
    pub(super) unsafe fn run(&mut self, work: &(dyn Fn(usize) + Sync)) {
        // SAFETY: this changes the lifetime only. No thread uses it after the caller has gathered them, which it does
        // because `work` does not panic.
        let everywhere = unsafe { mem::transmute::<&(dyn Fn(usize) + Sync), &'static Work>(work) };
        self.begin(Some(everywhere));
        work(0);
        self.shared.barrier.gather();
    }

    /// Lets the threads begin.
    fn begin(&mut self, work: Option<&'static Work>) {
        // SAFETY: all threads wait, and read this when they are released.
        unsafe { *self.shared.work.get() = work };
        self.shared.barrier.release();
    }
}

impl Shared {
    /// The life of a thread.
    fn work_as(&self, worker: usize) {
        loop {
            self.barrier.wait();
            // SAFETY: the caller writes it again only when it has gathered all threads.
            let Some(work) = (unsafe { *self.work.get() }) else {
                return;
            };
            work(worker);
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.begin(None);
        for thread in self.threads.drain(..) {
            thread.join().expect("work does not panic");
        }
    }
}
