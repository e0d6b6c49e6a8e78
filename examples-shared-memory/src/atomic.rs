//! `shared-memory/atomic`: self-scheduling by `fetch_add`, results in disjoint places.
//!
//! - **Idea.** The only thing that workers must agree on is which of them computes which chunk. One
//!   atomic counter settles that: `fetch_add` gives every caller another number. Each worker then
//!   writes its chunk straight into the answer; no other worker has that chunk, so no lock is
//!   needed.
//! - **Cost.** One atomic instruction a chunk: some nanoseconds, more when many cores want the same
//!   cache line at once.
//! - **Hazard.** "No other worker has that chunk" is true because the code is right, not because the
//!   compiler has checked it: all `unsafe` code here serves that promise.
//! - **Prefer it** for uneven items where a lock is measurably in the way; `threads/rayon` gives the
//!   same without the promise.

#![expect(
    unsafe_code,
    reason = "each worker promises to write only where no other does"
)]

use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, guard, zeroed_items};

use crate::disjoint::Disjoint;
use crate::threads::run_on_each;

/// Threads that take the next chunk by `fetch_add`.
pub struct Atomic {
    workers: NonZero<usize>,
}

impl Paradigm for Atomic {
    const ID: &'static str = "shared-memory/atomic";
    const ABOUT: &'static str = "chunks by fetch_add, results written to disjoint places";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        Ok(Self { workers })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let mut items = zeroed_items(workload.len())?;
        let answer = Disjoint::new(&mut items);
        let next = AtomicUsize::new(0);
        run_on_each(self.workers, chunks, |worker| {
            while let Some((_, chunk)) = take(&next, chunks) {
                // SAFETY: `take` returns every chunk once, and chunks do not overlap.
                let part = unsafe { answer.part(chunk.clone()) };
                guard(worker, chunk.clone(), || workload.fill(chunk.start, part))?;
            }
            Ok(())
        })?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let next = AtomicUsize::new(0);
        let summaries = run_on_each(self.workers, chunks, |worker| {
            let mut own = Vec::new();
            while let Some((k, chunk)) = take(&next, chunks) {
                own.push((k, guard(worker, chunk.clone(), || workload.fold(chunk))?));
            }
            Ok(own)
        })?;
        let mut in_order: Vec<_> = summaries.into_iter().flatten().collect();
        in_order.sort_unstable_by_key(|&(k, _)| k);
        Ok(workload.merge_all(in_order.into_iter().map(|(_, summary)| summary)))
    }
}

/// Takes the next chunk: its number and its items.
///
/// `Relaxed` is enough: the counter orders nothing but itself. What workers wrote becomes visible to
/// their parent by joining them.
fn take(next: &AtomicUsize, chunks: Chunks) -> Option<(usize, Range<usize>)> {
    let k = next.fetch_add(1, Ordering::Relaxed);
    Some((k, chunks.get(k)?))
}
