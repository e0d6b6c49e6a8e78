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
    reason = "writing to disjoint parts of a slice that threads share"
)]

use std::io;
use std::marker::PhantomData;
use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, guard, zeroed_items};

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

/// A slice of which several threads may write parts that do not overlap.
struct Disjoint<'a, T> {
    start: *mut T,
    len: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: it only hands out parts that its users promise not to overlap, as `split_at_mut` does.
unsafe impl<T: Send> Sync for Disjoint<'_, T> {}

impl<'a, T> Disjoint<'a, T> {
    fn new(slice: &'a mut [T]) -> Self {
        Self {
            start: slice.as_mut_ptr(),
            len: slice.len(),
            slice: PhantomData,
        }
    }

    /// The part `range` of the slice.
    ///
    /// # Panics
    ///
    /// If it lies outside.
    ///
    /// # Safety
    ///
    /// No two ranges of all calls may overlap.
    unsafe fn part(&self, range: Range<usize>) -> &'a mut [T] {
        assert!(
            range.start <= range.end && range.end <= self.len,
            "{range:?} of {}",
            self.len
        );
        // SAFETY: the range is inside the slice.
        let first = unsafe { self.start.add(range.start) };
        // SAFETY: ... and the caller promises that no other part overlaps it.
        unsafe { std::slice::from_raw_parts_mut(first, range.len()) }
    }
}
