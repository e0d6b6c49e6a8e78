//! `threads/scoped`: one thread a worker, each with one equal chunk.
//!
//! - **Idea.** [`std::thread::scope`] lets threads borrow from their parent, because it does not
//!   return before they have ended. So each worker fills its own part of the answer in place.
//! - **Cost.** Starting and joining the threads, at every call: some tens of microseconds.
//! - **Hazard.** Static chunks: where items differ in cost, the other workers are idle until the
//!   one with the expensive chunk is done.
//! - **Prefer it** for a few long, even tasks, and when you want no dependency.

use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::thread;

use workloads::chunks::Chunks;
use workloads::{Cause, Map, Paradigm, Reduce, WorkerError, panic_message, zeroed_items};

/// One thread a worker, one chunk a thread.
pub struct Scoped {
    workers: NonZero<usize>,
}

impl Paradigm for Scoped {
    const ID: &'static str = "threads/scoped";
    const ABOUT: &'static str = "std::thread::scope, one static chunk a worker";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        Ok(Self { workers })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        let chunks = Chunks::one_each(workload.len(), self.workers).aligned(workload.grain());
        let tasks = chunks.split_mut(&mut items).map(|(chunk, part)| {
            let first = chunk.start;
            (chunk, move || workload.fill(first, part))
        });
        run_all(tasks)?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let chunks = Chunks::one_each(workload.len(), self.workers).aligned(workload.grain());
        let tasks = chunks
            .iter()
            .map(|chunk| (chunk.clone(), move || workload.fold(chunk)));
        Ok(workload.merge_all(run_all(tasks)?))
    }
}

/// Runs each task on a thread of its own, and returns their results in order.
fn run_all<T: Send, F: FnOnce() -> T + Send>(
    tasks: impl Iterator<Item = (Range<usize>, F)>,
) -> io::Result<Vec<T>> {
    thread::scope(|scope| {
        let mut workers = Vec::new();
        let mut refused = None;
        for (chunk, task) in tasks {
            // `scope.spawn` panics if there are too many threads; a builder returns the error.
            match thread::Builder::new().spawn_scoped(scope, task) {
                Ok(worker) => workers.push((chunk, worker)),
                Err(error) => {
                    refused = Some(error);
                    break;
                }
            }
        }
        // All are joined before any error is returned: the scope panics if a thread that panicked was
        // not joined.
        let ends: Vec<_> = workers
            .into_iter()
            .map(|(chunk, worker)| (chunk, worker.join()))
            .collect();
        if let Some(error) = refused {
            return Err(error);
        }
        ends.into_iter()
            .enumerate()
            .map(|(worker, (items, end))| {
                end.map_err(|panic| {
                    let cause = Cause::Panicked(panic_message(panic.as_ref()));
                    WorkerError {
                        worker,
                        items,
                        cause,
                    }
                    .into()
                })
            })
            .collect()
    })
}
