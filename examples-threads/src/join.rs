//! `threads/join`: divide and conquer.
//!
//! - **Idea.** Cut the work in two, offer one half to an idle worker, do the other; the same again
//!   for each half, down to a cut-off. [`rayon::join`] is the whole mechanism: it is what the
//!   parallel iterators of [`threads/rayon`](crate::rayon) are made of.
//! - **Cost.** If an idle worker steals neither half, a `join` costs little more than two calls.
//! - **Hazard.** Without the cut-off there are as many joins as items, less one, and where items are
//!   cheap the joins cost more than the items.
//! - **Prefer it** for recursive problems: sorting, trees, geometry.

use std::io;
use std::num::NonZero;
use std::ops::Range;

use rayon::ThreadPool;
use workloads::chunks::CHUNKS_PER_WORKER;
use workloads::{Map, Paradigm, Reduce, WorkerError, Workload, guard, zeroed_items};

use crate::rayon::{current_worker, pool_of};

/// Recursive halving by `rayon::join` in a pool of the asked size.
pub struct Join {
    workers: NonZero<usize>,
    pool: ThreadPool,
}

impl Join {
    /// The number of items that are not worth cutting further: one grain at least.
    fn cut_off(&self, workload: &impl Workload) -> usize {
        let chunk = workload
            .len()
            .div_ceil(self.workers.get() * CHUNKS_PER_WORKER);
        chunk.max(1).next_multiple_of(workload.grain())
    }
}

impl Paradigm for Join {
    const ID: &'static str = "threads/join";
    const ABOUT: &'static str = "rayon::join, divide and conquer down to a cut-off";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        Ok(Self {
            workers,
            pool: pool_of(workers)?,
        })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        let cut_off = self.cut_off(workload);
        self.pool
            .install(|| fill(workload, 0, &mut items, cut_off))?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let cut_off = self.cut_off(workload);
        Ok(self
            .pool
            .install(|| fold(workload, 0..workload.len(), cut_off))?)
    }
}

fn fill<M: Map>(
    workload: &M,
    first: usize,
    out: &mut [M::Item],
    cut_off: usize,
) -> Result<(), WorkerError> {
    if out.len() <= cut_off {
        let items = first..first + out.len();
        return guard(current_worker(), items, || workload.fill(first, out));
    }
    let middle = (out.len() / 2).next_multiple_of(workload.grain());
    let (left, right) = out.split_at_mut(middle);
    let (left, right) = rayon::join(
        || fill(workload, first, left, cut_off),
        || fill(workload, first + middle, right, cut_off),
    );
    left.and(right)
}

fn fold<R: Reduce>(
    workload: &R,
    items: Range<usize>,
    cut_off: usize,
) -> Result<R::Summary, WorkerError> {
    if items.len() <= cut_off {
        return guard(current_worker(), items.clone(), || workload.fold(items));
    }
    let middle = items.start + (items.len() / 2).next_multiple_of(workload.grain());
    let (left, right) = rayon::join(
        || fold(workload, items.start..middle, cut_off),
        || fold(workload, middle..items.end, cut_off),
    );
    Ok(workload.merge(left?, right?))
}
