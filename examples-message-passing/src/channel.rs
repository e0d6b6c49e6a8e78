//! `message-passing/channel`: threads that take tasks from one channel and send results to another.
//!
//! - **Idea.** The parent sends chunks into a bounded task channel; whichever worker is free takes
//!   the next. Results come back through a second channel, in any order, each with its chunk, and
//!   the parent puts them in their place. Parent and workers share nothing that changes except the
//!   two channels.
//! - **Cost.** Two messages a chunk, a few hundred nanoseconds when a thread must be woken. A `Vec`
//!   travels as a pointer, but the parent copies its items into the answer, alone.
//! - **Hazard.** Two bounded channels can deadlock: if the parent only sent, the results would fill
//!   up, the workers would stop, and then the tasks would fill up too. So it keeps a window of tasks
//!   in flight, and sends another only for each result that it takes: neither channel is ever sent
//!   more than it has room for.
//! - **Prefer it** for pipelines, for work that arrives over time, and where a design without shared
//!   state is easier to reason about.

use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::thread;

use crossbeam::channel::bounded;
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, guard, zeroed_items};

/// Threads, a task channel and a result channel, at every call.
pub struct Channel {
    workers: NonZero<usize>,
}

/// Tasks in flight for each worker: one that it computes, and one that waits for it.
const IN_FLIGHT: usize = 2;

impl Paradigm for Channel {
    const ID: &'static str = "message-passing/channel";
    const ABOUT: &'static str = "threads fed by a bounded channel, results back over another";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        Ok(Self { workers })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let mut items = zeroed_items(workload.len())?;
        self.run(
            chunks,
            |chunk| workload.items(chunk),
            |_, chunk, part| items[chunk].copy_from_slice(&part),
        )?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let mut summaries: Vec<_> = chunks.iter().map(|_| None).collect();
        self.run(
            chunks,
            |chunk| workload.fold(chunk),
            |k, _, summary| summaries[k] = Some(summary),
        )?;
        Ok(workload.merge_all(summaries.into_iter().flatten()))
    }
}

impl Channel {
    /// Has workers `compute` each of `chunks`, and lets `place` take each result, with the
    /// chunk's number and items, on the calling thread.
    fn run<T: Send>(
        &self,
        chunks: Chunks,
        compute: impl Fn(Range<usize>) -> T + Sync,
        mut place: impl FnMut(usize, Range<usize>, T),
    ) -> io::Result<()> {
        let window = self.workers.get() * IN_FLIGHT;
        let (task_sender, tasks) = bounded(window);
        let (result_sender, results) = bounded(window);
        let compute = &compute;
        thread::scope(|scope| {
            let results = results; // dropped before the scope waits for its threads
            for worker in 0..self.workers.get().min(chunks.len()) {
                let (tasks, results) = (tasks.clone(), result_sender.clone());
                thread::Builder::new().spawn_scoped(scope, move || {
                    for (k, chunk) in tasks {
                        let chunk: Range<usize> = chunk;
                        let result = guard(worker, chunk.clone(), || compute(chunk.clone()));
                        if results.send((k, chunk, result)).is_err() {
                            break; // the parent has given up
                        }
                    }
                })?;
            }
            drop(result_sender); // so that `results` ends when the last worker does

            let mut waiting = chunks.iter().enumerate();
            for task in waiting.by_ref().take(window) {
                task_sender
                    .send(task)
                    .expect("`tasks` is open on this thread");
            }
            for _ in chunks.iter() {
                let (k, chunk, result) = results.recv().expect("a worker answers every task");
                if let Some(task) = waiting.next() {
                    task_sender
                        .send(task)
                        .expect("`tasks` is open on this thread");
                }
                place(k, chunk, result?);
            }
            drop(task_sender); // so that `tasks` ends, and with it the workers
            Ok(())
        })
    }
}
