//! `shared-memory/mutex`: workers take chunks from a shared counter, and put results behind one lock.
//!
//! - **Idea.** All that is shared stands in one structure behind one [`Mutex`]. A worker
//!   locks it to take the next chunk, computes *without* the lock, and locks it again to put the
//!   result where it belongs.
//! - **Cost.** Two critical sections a chunk. Taking a chunk is a few nanoseconds; putting one is a
//!   copy of it, during which every other worker that wants the lock waits.
//! - **Hazard.** What is done inside the lock is done by one worker at a time. Compute inside it, and
//!   the program is serial again, with the cost of the lock on top.
//! - **Prefer it** when the shared state is more than a number, and whenever you are in doubt: it is
//!   the easiest to get right.

use std::io;
use std::num::NonZero;
use std::ops::Range;

use parking_lot::Mutex;
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, guard, zeroed_items};

use crate::threads::run_on_each;

/// Threads that share a counter and the answer, behind one mutex.
pub struct LockedState {
    workers: NonZero<usize>,
}

/// What the workers share.
struct Shared<T> {
    /// The chunk that is to be taken next.
    next: usize,
    results: Vec<T>,
}

impl Paradigm for LockedState {
    const ID: &'static str = "shared-memory/mutex";
    const ABOUT: &'static str = "chunks from a shared counter, results behind one mutex";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        Ok(Self { workers })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let shared = Mutex::new(Shared {
            next: 0,
            results: zeroed_items(workload.len())?,
        });
        run_on_each(self.workers, chunks, |worker| {
            let mut memory = Vec::new();
            while let Some((_, chunk)) = take(&shared, chunks) {
                // Later chunks are not larger than earlier ones, so this happens once.
                if memory.len() < chunk.len() {
                    memory = zeroed_items(chunk.len())?;
                }
                let part = &mut memory[..chunk.len()];
                guard(worker, chunk.clone(), || workload.fill(chunk.start, part))?;
                shared.lock().results[chunk].copy_from_slice(part);
            }
            Ok(())
        })?;
        Ok(shared.into_inner().results)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let empty = chunks.iter().map(|_| None).collect();
        let shared = Mutex::new(Shared {
            next: 0,
            results: empty,
        });
        run_on_each(self.workers, chunks, |worker| {
            while let Some((k, chunk)) = take(&shared, chunks) {
                let summary = guard(worker, chunk.clone(), || workload.fold(chunk))?;
                shared.lock().results[k] = Some(summary);
            }
            Ok(())
        })?;
        Ok(workload.merge_all(shared.into_inner().results.into_iter().flatten()))
    }
}

/// Takes the next chunk: its number and its items.
fn take<T>(shared: &Mutex<Shared<T>>, chunks: Chunks) -> Option<(usize, Range<usize>)> {
    let mut shared = shared.lock(); // until the end of this function
    let k = shared.next;
    let chunk = chunks.get(k)?;
    shared.next += 1;
    Some((k, chunk))
}
