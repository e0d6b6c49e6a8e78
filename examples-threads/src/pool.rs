//! `threads/pool`: threads that live across calls, and take jobs from one queue.
//!
//! - **Idea.** The threads are started once, and wait. A call puts one job for each chunk into a queue, which is a list
//!   behind a mutex, and wakes the threads up by a condition variable. Results come back through a channel.
//! - **Cost.** A call wakes threads up, which costs less than starting them. To take a job, a thread locks the queue. A job
//!   owns all of its data, because the compiler cannot know when a thread has finished with the data: so each call copies
//!   the workload, and the caller copies the items of each chunk into the answer.
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
    workers: NonZero<usize>,
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

/// A job is given the number of the worker that runs it. It is `'static`: it may run at any time, so it borrows nothing.
pub(crate) type Job = Box<dyn FnOnce(usize) + Send + 'static>;

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// There will be no more jobs.
    is_closed: bool,
}

impl Paradigm for Pool {
    const ID: &'static str = "threads/pool";
    const ABOUT: &'static str = "threads that live across calls, a queue behind a mutex";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        let mut pool = Self {
            workers,
            queue: Arc::default(),
            threads: Vec::new(),
        };
        for worker in 0..workers.get() {
            let queue = Arc::clone(&pool.queue);
            let work = move || {
                while let Some(job) = queue.take() {
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
        let summaries = summaries.into_iter();
        Ok(workload.merge_all(summaries.map(|it| it.expect("each job has sent its summary"))))
    }
}

impl Pool {
    pub(crate) fn chunks(&self, workload: &impl Workload) -> Chunks {
        Chunks::many_each(workload.len(), self.workers).aligned(workload.grain())
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
            let (copy, sender) = (Arc::clone(&copy), sender.clone());
            let job = move |worker| {
                let result = guard(worker, chunk.clone(), || compute(&copy, chunk.clone()));
                // It fails only if the caller has panicked: then the result is not needed.
                let _ = sender.send((k, chunk, result));
            };
            Box::new(job) as Job
        });
        self.submit(jobs.collect());
        drop(sender); // so that `results` ends when the last job does

        // After an error, the other jobs are waited for, too: else they would run during the next call.
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
    fn lock(&self) -> MutexGuard<'_, State> {
        let state = self.state.lock();
        state.expect("no code that may panic runs while the queue is locked")
    }

    /// Waits for a job, and takes it; `None` if there will be no more.
    fn take(&self) -> Option<Job> {
        let mut state = self.lock();
        // `while`, not `if`: all threads are woken up, and another one may have taken the job.
        while state.jobs.is_empty() && !state.is_closed {
            // `wait` unlocks the queue while it waits.
            let woken = self.changed.wait(state);
            state = woken.expect("no code that may panic runs while the queue is locked");
        }
        state.jobs.pop_front()
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
