//! `threads/pool`: threads that live across calls, and take jobs from one queue.
//!
//! - **Idea.** The threads are started once, and wait. A call puts one job for each chunk into a queue, which is a list
//!   behind a mutex, and wakes the threads up by a condition variable. Results come back through a channel.
//! - **Cost.** A call wakes threads up, which costs less than starting them. Each job is locked out of the queue, and it
//!   owns all that it uses, since the compiler does not know when a thread of the pool is done with it: so each call copies
//!   the workload, and the items of each chunk are copied once more into the answer.
//! - **Hazard.** A job that waits for another job of the same pool may wait forever: the other one gets no thread as long
//!   as all threads wait.
//! - **Prefer it** for many short calls, where a dependency is not wanted. [`threads/rayon`](crate::rayon) does the same
//!   without the copies, and without one queue for which all threads compete.

use std::collections::VecDeque;
use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, Workload, guard, zeroed_items};

/// Threads that wait for jobs.
pub struct Pool {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

/// A job is given the number of the worker that runs it. It is `'static`: it may run at any time, so it borrows nothing.
pub(crate) type Job = Box<dyn FnOnce(usize) + Send + 'static>;

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    /// There will be no more jobs.
    is_closed: bool,
}

impl Paradigm for Pool {
    const ID: &'static str = "threads/pool";
    const ABOUT: &'static str = "threads that live across calls, a queue behind a mutex";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        let mut pool = Self {
            queue: Arc::default(),
            threads: Vec::new(),
        };
        for worker in 0..workers.get() {
            let queue = Arc::clone(&pool.queue);
            let work = move || {
                while let Some(job) = queue.next() {
                    job(worker);
                }
            };
            // If this one cannot be started, `pool` is dropped, and those before it end.
            pool.threads.push(thread::Builder::new().spawn(work)?);
        }
        Ok(pool)
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        self.run(workload, M::items, |_, chunk, part| {
            items[chunk].copy_from_slice(&part);
        })?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let mut summaries: Vec<_> = self.chunks(workload).iter().map(|_| None).collect();
        self.run(workload, R::fold, |k, _, summary| {
            summaries[k] = Some(summary);
        })?;
        Ok(workload.merge_all(summaries.into_iter().flatten()))
    }
}

impl Pool {
    pub(crate) fn chunks(&self, workload: &impl Workload) -> Chunks {
        let workers = NonZero::new(self.threads.len()).expect("a pool has threads");
        Chunks::many_each(workload.len(), workers).aligned(workload.grain())
    }

    /// Has the threads `compute` each chunk, and lets `place` take each result, with the chunk's number and items, on the
    /// calling thread.
    fn run<W: Workload, T: Send + 'static>(
        &self,
        workload: &W,
        compute: fn(&W, Range<usize>) -> T,
        mut place: impl FnMut(usize, Range<usize>, T),
    ) -> io::Result<()> {
        let copy = Arc::new(workload.with_len(workload.len()));
        let (sender, results) = channel();
        let jobs = self.chunks(workload).iter().enumerate().map(|(k, chunk)| {
            let (workload, sender) = (Arc::clone(&copy), sender.clone());
            let job = move |worker| {
                let result = guard(worker, chunk.clone(), || compute(&workload, chunk.clone()));
                // It fails only if the caller has panicked: then the result is not needed.
                let _ = sender.send((k, chunk, result));
            };
            Box::new(job) as Job
        });
        self.submit(jobs.collect());
        drop(sender); // so that `results` ends when the last job does

        let mut outcome = Ok(());
        for (k, chunk, result) in results {
            match result {
                Ok(result) => place(k, chunk, result),
                Err(error) => outcome = Err(error.into()),
            }
        }
        outcome
    }

    /// Puts jobs into the queue. They catch their own panics: a panic in a job ends its thread.
    pub(crate) fn submit(&self, jobs: Vec<Job>) {
        self.queue.lock().jobs.extend(jobs);
        self.queue.changed.notify_all();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        let waiting = self.waiting.lock();
        waiting.expect("no code that may panic runs while the queue is locked")
    }

    /// Waits for the next job; `None` if there will be none.
    fn next(&self) -> Option<Job> {
        let mut waiting = self.lock();
        while waiting.jobs.is_empty() && !waiting.is_closed {
            // While it waits, the queue is not locked.
            let woken = self.changed.wait(waiting);
            waiting = woken.expect("as in `lock`");
        }
        waiting.jobs.pop_front()
    }
}

impl Drop for Pool {
    /// Without this, the threads would wait forever.
    fn drop(&mut self) {
        self.queue.lock().is_closed = true;
        self.queue.changed.notify_all();
        for thread in self.threads.drain(..) {
            // It fails only if a job has panicked. That was shown when it happened.
            let _ = thread.join();
        }
    }
}
