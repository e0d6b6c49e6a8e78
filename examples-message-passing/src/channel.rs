//! `message-passing/channel`: threads that take tasks from one channel and send results to another.
//!
//! - **Idea.** The threads are started once, and wait at the task channel. A call sends tasks into it;
//!   whichever worker is free takes the next. Results come back through a second channel, in any
//!   order, each with its items' numbers, and the parent puts them in their place. Instead of waiting
//!   for results, the parent takes tasks, too: it is a worker itself. So one thread fewer has to be
//!   woken up. Parent and threads share nothing that changes except the two channels.
//! - **Cost.** Waking a thread up, some microseconds, and two messages a task, some hundred
//!   nanoseconds. A `Vec` travels as a pointer, but the parent copies its items into the answer, alone.
//!   A task may outlive the call, as far as the compiler knows, so it owns what it needs: each call
//!   copies the workload.
//! - **Hazard.** Two bounded channels can deadlock: if the parent only sent, the channel of results
//!   would become full, the workers would wait, and then the channel of tasks would become full, too.
//!   So the parent keeps a window of tasks in flight, and sends another task only when it has taken a
//!   result. Neither channel is ever sent more than it has room for.
//! - **Prefer it** for pipelines, for work that arrives over time, and where a design without shared
//!   state is easier to reason about.

use std::collections::VecDeque;
use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam::channel::{Receiver, Sender, bounded};
use workloads::{Map, Paradigm, Reduce, Workload, guard, zeroed_items};

/// A task channel, and threads that wait for tasks.
pub struct Channel {
    workers: NonZero<usize>,
    task_sender: Sender<Task>,
    tasks: Receiver<Task>,
    threads: Vec<JoinHandle<()>>,
}

/// It is given the number of the worker that runs it (the parent is worker 0), and sends its result by itself.
type Task = Box<dyn FnOnce(usize) + Send>;

/// Tasks in flight for each worker. While the parent computes, it sends none: until then, these must be enough.
const IN_FLIGHT: usize = 6;

/// The smallest chunk is one of this many parts of a worker's share.
const SMALLEST: usize = 64;

impl Paradigm for Channel {
    const ID: &'static str = "message-passing/channel";
    const ABOUT: &'static str = "threads fed by a bounded channel, results back over another";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        let (task_sender, tasks) = bounded(workers.get() * IN_FLIGHT);
        let mut channel = Self {
            workers,
            task_sender,
            tasks,
            threads: Vec::new(),
        };
        for worker in 1..workers.get() {
            let tasks = channel.tasks.clone();
            let work = move || tasks.into_iter().for_each(|task| task(worker));
            // If this one cannot be started, `channel` is dropped, and those before it end.
            channel.threads.push(thread::Builder::new().spawn(work)?);
        }
        Ok(channel)
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        self.run(workload, M::items, |chunk, part| {
            items[chunk].copy_from_slice(&part);
        })?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let mut summaries = Vec::new();
        self.run(workload, R::fold, |chunk, summary| {
            summaries.push((chunk.start, summary));
        })?;
        summaries.sort_unstable_by_key(|&(first, _)| first);
        Ok(workload.merge_all(summaries.into_iter().map(|(_, summary)| summary)))
    }
}

impl Channel {
    /// Has the workers `compute` all items, a chunk at a time, and lets `place` take each result, with its items, on the
    /// calling thread.
    fn run<W: Workload, T: Send + 'static>(
        &self,
        workload: &W,
        compute: fn(&W, Range<usize>) -> T,
        mut place: impl FnMut(Range<usize>, T),
    ) -> io::Result<()> {
        let window = self.workers.get() * IN_FLIGHT;
        let (result_sender, results) = bounded(window);
        let copy = Arc::new(workload.with_len(workload.len()));
        let waiting = self.chunks(workload).into_iter().map(|chunk| {
            let (copy, results) = (Arc::clone(&copy), result_sender.clone());
            let task = move |worker| {
                let result = guard(worker, chunk.clone(), || compute(&copy, chunk.clone()));
                // It fails only if the parent has panicked: then the result is not needed.
                let _ = results.send((chunk, result));
            };
            Box::new(task) as Task
        });
        let mut waiting: VecDeque<_> = waiting.collect();
        drop(result_sender); // so that `results` ends with the tasks: no thread waits forever

        let (mut in_flight, mut outcome) = (0, Ok(()));
        loop {
            while in_flight < window
                && let Some(task) = waiting.pop_front()
            {
                let sent = self.task_sender.send(task);
                sent.expect("`tasks` is open on this thread");
                in_flight += 1;
            }
            if in_flight == 0 {
                return outcome;
            }
            // Instead of waiting for a result, this thread computes one, if there is a task.
            if results.is_empty()
                && let Ok(task) = self.tasks.try_recv()
            {
                task(0);
                continue;
            }
            let received = results.recv();
            let (chunk, result) = received.expect("a worker answers every task");
            in_flight -= 1;
            if let Err(error) = result.map(|result| place(chunk, result)) {
                outcome = Err(error.into());
                waiting.clear(); // those in flight are waited for
            }
        }
    }

    /// Cuts the items into chunks. The first chunk is a third of a worker's share of all items, and each other chunk is a
    /// third of a worker's share of what is left. So chunks are few, and the last ones are small.
    fn chunks(&self, workload: &impl Workload) -> Vec<Range<usize>> {
        let (len, workers) = (workload.len(), self.workers.get());
        let smallest = len.div_ceil(workers * SMALLEST);
        let mut chunks = Vec::new();
        let mut first = 0;
        while first < len {
            let size = (len - first).div_ceil(workers * 3).max(smallest);
            let end = first.saturating_add(size.next_multiple_of(workload.grain()));
            chunks.push(first..end.min(len));
            first = end;
        }
        chunks
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        // The sender that it replaces is the only one: so `tasks` ends, and with it the threads.
        self.task_sender = bounded(0).0;
        for thread in self.threads.drain(..) {
            // It fails only if a task has panicked. That was shown when it happened.
            let _ = thread.join();
        }
    }
}
