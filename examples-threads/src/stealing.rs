//! `threads/stealing`: a queue for each worker, and idle workers that steal from the queues of others.
//!
//! - **Idea.** A task is a run of chunks. A worker cuts its task in two, puts one half into its own queue, and goes on
//!   with the other half, until one chunk is left, which it computes. Then it takes the half that it has put there
//!   last: the smallest. An idle worker steals the half that was put there first: the largest. So workers seldom meet
//!   at the same queue. This is how [`threads/rayon`](crate::rayon) works inside, without its pool.
//! - **Cost.** Starting and joining the threads, at every call. Then some ten nanoseconds a chunk, and a steal for
//!   each time that a worker has become idle.
//! - **Hazard.** An idle worker looks for work again and again until the last chunk is done, and keeps its core busy.
//! - **Prefer it** to learn how work stealing works, and where the order of the tasks must be yours; else use rayon.

use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;

use crossbeam::deque::{Injector, Steal, Stealer, Worker};
use crossbeam::utils::Backoff;
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, WorkerError, guard, zeroed_items};

/// One thread a worker, one queue a thread.
pub struct Stealing {
    workers: NonZero<usize>,
}

/// A chunk, how to compute it, and the place for its result.
struct Job<F, T> {
    chunk: Range<usize>,
    compute: Option<F>,
    result: Option<T>,
}

/// Neighbouring jobs. No other task has any of them, so no `unsafe` is needed.
type Task<'a, F, T> = &'a mut [Job<F, T>];

/// What the workers of a call share.
struct Shared<'a, F, T> {
    /// Where the caller, which has no queue of its own, puts the first task: all jobs.
    injector: Injector<Task<'a, F, T>>,
    stealers: Vec<Stealer<Task<'a, F, T>>>,
    /// How many jobs are not done.
    left: AtomicUsize,
    failed: AtomicBool,
}

impl Paradigm for Stealing {
    const ID: &'static str = "threads/stealing";
    const ABOUT: &'static str = "std::thread::scope, a queue a worker, idle workers steal";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        Ok(Self { workers })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let tasks = chunks.split_mut(&mut items).map(|(chunk, part)| {
            let first = chunk.start;
            (chunk, move || workload.fill(first, part))
        });
        self.run_all(tasks)?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let tasks = chunks
            .iter()
            .map(|chunk| (chunk.clone(), move || workload.fold(chunk)));
        Ok(workload.merge_all(self.run_all(tasks)?))
    }
}

impl Stealing {
    /// Runs each task on one of the workers, and returns their results in order.
    fn run_all<T: Send, F: FnOnce() -> T + Send>(
        &self,
        tasks: impl Iterator<Item = (Range<usize>, F)>,
    ) -> io::Result<Vec<T>> {
        let mut jobs: Vec<_> = tasks
            .map(|(chunk, compute)| Job {
                chunk,
                compute: Some(compute),
                result: None,
            })
            .collect();
        let workers = self.workers.get().min(jobs.len());
        let queues: Vec<_> = (0..workers).map(|_| Worker::new_lifo()).collect();
        let shared = Shared {
            injector: Injector::new(),
            stealers: queues.iter().map(Worker::stealer).collect(),
            left: AtomicUsize::new(jobs.len()),
            failed: AtomicBool::new(false),
        };
        shared.injector.push(&mut jobs);
        thread::scope(|scope| {
            let mut workers = Vec::new();
            for (worker, queue) in queues.into_iter().enumerate() {
                let shared = &shared;
                let work = move || shared.work(worker, &queue);
                // `scope.spawn` panics if there are too many threads; a builder returns the error.
                workers.push(thread::Builder::new().spawn_scoped(scope, work)?);
            }
            for worker in workers {
                worker.join().expect("guard catches every panic")?;
            }
            io::Result::Ok(())
        })?;
        drop(shared);
        let results = jobs.into_iter().map(|job| job.result);
        Ok(results
            .map(|result| result.expect("no worker has failed"))
            .collect())
    }
}

impl<'a, F: FnOnce() -> T, T> Shared<'a, F, T> {
    /// What a worker does until all jobs are done, or one has failed.
    fn work(&self, worker: usize, queue: &Worker<Task<'a, F, T>>) -> Result<(), WorkerError> {
        let backoff = Backoff::new();
        while self.left.load(Relaxed) > 0 && !self.failed.load(Relaxed) {
            let Some(mut task) = queue.pop().or_else(|| self.steal()) else {
                backoff.snooze(); // It spins for a microsecond or so, and then lets other threads run.
                continue;
            };
            backoff.reset();
            while task.len() > 1 {
                let (half, other) = task.split_at_mut(task.len() / 2);
                queue.push(other);
                task = half;
            }
            for job in task {
                let compute = job.compute.take().expect("each job is in one task");
                let result = guard(worker, job.chunk.clone(), compute);
                self.failed.fetch_or(result.is_err(), Relaxed);
                job.result = Some(result?);
                self.left.fetch_sub(1, Relaxed);
            }
        }
        Ok(())
    }

    /// The oldest task of the injector, or else of a worker; `None` if there is none at this moment.
    fn steal(&self) -> Option<Task<'a, F, T>> {
        loop {
            let workers = self.stealers.iter().map(Stealer::steal);
            match self.injector.steal().or_else(|| workers.collect()) {
                Steal::Success(task) => return Some(task),
                Steal::Empty => return None,
                Steal::Retry => {} // Another worker has taken the task that this one was about to take.
            }
        }
    }
}
