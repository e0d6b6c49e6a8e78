//! `processes/pool`: worker processes that live across calls.
//!
//! - **Idea.** Workers are started once, and wait. A call sends each worker the parameters of the workload, and then
//!   chunks. A chunk is sent as two numbers: its first item, and the item after its last. The items come back as they
//!   stand in memory. This file is the paradigm. The pool that it uses, [`ProcessPool`], runs any function, as Python's
//!   `multiprocessing.Pool` does.
//! - **Cost.** A call wakes up sleeping processes. This takes tens of microseconds, many times less than to start them.
//!   Every byte of the answer is copied twice: into a socket and out of it.
//! - **Hazard.** The workers are copies of the program as it was when the pool was started. They do not see what the
//!   parent has changed since, so what they need has to be sent.
//! - **Prefer it** over `processes/fork` if there is more than one call, and over threads if a task may crash. A worker
//!   that dies is replaced, and its chunk is computed again. After three workers have died in a chunk, the call fails.

use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::time::{Duration, Instant};

use workloads::chunks::{CHUNKS_PER_WORKER, Chunks};
use workloads::{Map, Paradigm, Reduce, WorkerError, Workload, zeroed_items};

use crate::process_pool::{Chunking, Travels};
use crate::{Plain, ProcessPool};

/// Worker processes that wait for calls.
pub struct Pool {
    workers: NonZero<usize>,
    processes: ProcessPool,
    /// The name of the last call's workload, and how many seconds a worker took for an item.
    pace: Option<(&'static str, f64)>,
}

/// How long a chunk should take: much longer than a message, so that messages cost little, and much shorter than the
/// call, so that no worker is idle for long at the end.
const CHUNK: Duration = Duration::from_micros(500);

impl Paradigm for Pool {
    const ID: &'static str = "processes/pool";
    const ABOUT: &'static str = "processes that live across calls, fed chunk by chunk over sockets";
    const CHILDREN: bool = true;

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        Ok(Self {
            workers,
            processes: ProcessPool::start(workers)?,
            pace: None,
        })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        let chunks = self.chunks(workload);
        let parts = self.run(workload, chunks, |workload, [first, end]| {
            Plain(workload.items(first..end))
        })?;
        for (chunk, Plain(part)) in chunks.iter().zip(parts) {
            items[chunk].copy_from_slice(&part);
        }
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let chunks = self.chunks(workload);
        let summaries = self.run(workload, chunks, |workload, [first, end]| {
            // Every summary can be written as JSON: that is a law of workloads.
            let summary = workload.fold(first..end);
            serde_json::to_string(&summary).expect("a summary can be written as JSON")
        })?;
        let parse = |text: &String| serde_json::from_str(text);
        let summaries: Vec<_> = summaries.iter().map(parse).collect::<Result<_, _>>()?;
        Ok(workload.merge_all(summaries))
    }
}

impl Pool {
    /// Cuts the items so that a chunk takes about [`CHUNK`], as measured in the last call. There is at least one chunk
    /// a worker, and at most [`CHUNKS_PER_WORKER`].
    fn chunks<W: Workload>(&self, workload: &W) -> Chunks {
        let each = match self.pace {
            Some((name, pace)) if name == W::NAME => {
                let seconds = pace * workload.len() as f64 / self.workers.get() as f64;
                (seconds / CHUNK.as_secs_f64()) as usize
            }
            _ => CHUNKS_PER_WORKER,
        };
        let each = NonZero::new(each.min(CHUNKS_PER_WORKER)).unwrap_or(NonZero::<usize>::MIN);
        let count = self.workers.saturating_mul(each);
        Chunks::one_each(workload.len(), count).aligned(workload.grain())
    }

    /// Lets the workers compute the chunks. Returns the results in the order of the chunks. Keeps the measured pace.
    fn run<W: Workload, T: Travels>(
        &mut self,
        workload: &W,
        chunks: Chunks,
        compute: impl Fn(&W, [usize; 2]) -> T + Copy + 'static,
    ) -> io::Result<Vec<T>> {
        let bounds = chunks.iter().map(|Range { start, end }| [start, end]);
        let one = Chunking::Size(NonZero::<usize>::MIN);
        let calls = self.processes.with(workload).chunks(one);
        let timed = move |workload: &W, bounds| {
            let begin = Instant::now();
            let result = compute(workload, bounds);
            (begin.elapsed().as_secs_f64(), result)
        };
        let results = calls.map(timed, bounds).map_err(|error| WorkerError {
            worker: error.worker,
            items: chunks.get(error.index).expect("a chunk for each input"),
            cause: error.failure.into_cause(),
        })?;
        let seconds: f64 = results.iter().map(|(seconds, _)| seconds).sum();
        self.pace = Some((W::NAME, seconds / workload.len().max(1) as f64));
        Ok(results.into_iter().map(|(_, result)| result).collect())
    }
}
