//! `threads/rayon`: a pool whose idle threads steal chunks from the busy ones.
//!
//! - **Idea.** The answer is cut into more chunks than there are workers. Rayon deals them out, and a
//!   worker that runs out takes half of what another has left.
//! - **Cost.** The pool is started once. A call wakes it (some microseconds) and each chunk costs a
//!   fraction of a microsecond.
//! - **Hazard.** A pool thread that waits for something else (a lock, a file) leaves a core idle:
//!   the pool starts no other thread for it.
//! - **Prefer it** for almost all compute-bound work: it evens out items of uneven cost by itself.
//!
//! Note what the map does *not* do: let each chunk return a `Vec` and concatenate them. Writing into
//! disjoint parts of one allocation is several times faster where items are as cheap as `squares`.

use std::io;
use std::num::NonZero;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, guard, zeroed_items};

/// A rayon pool of the asked size.
pub struct RayonPool {
    workers: NonZero<usize>,
    pool: ThreadPool,
}

impl Paradigm for RayonPool {
    const ID: &'static str = "threads/rayon";
    const ABOUT: &'static str = "rayon pool, work stealing over disjoint chunks";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        Ok(Self {
            workers,
            pool: pool_of(workers)?,
        })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let tasks: Vec<_> = chunks.split_mut(&mut items).collect();
        self.pool.install(|| {
            tasks.into_par_iter().try_for_each(|(chunk, part)| {
                guard(current_worker(), chunk.clone(), || {
                    workload.fill(chunk.start, part);
                })
            })
        })?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let chunks: Vec<_> = chunks.iter().collect();
        let summary = self.pool.install(|| {
            chunks
                .into_par_iter()
                .map(|chunk| guard(current_worker(), chunk.clone(), || workload.fold(chunk)))
                .try_reduce_with(|left, right| Ok(workload.merge(left, right)))
        });
        Ok(summary.transpose()?.unwrap_or_else(|| workload.fold(0..0)))
    }
}

/// A rayon pool of `workers` threads, apart from the global one.
pub(crate) fn pool_of(workers: NonZero<usize>) -> io::Result<ThreadPool> {
    ThreadPoolBuilder::new()
        .num_threads(workers.get())
        .build()
        .map_err(io::Error::other)
}

/// The number of the pool thread that this runs on.
pub(crate) fn current_worker() -> usize {
    rayon::current_thread_index().expect("tasks run on the pool's threads")
}
