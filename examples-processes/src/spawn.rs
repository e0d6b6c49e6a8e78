//! `processes/spawn`: the same executable, started again for each chunk.
//!
//! - **Idea.** A new process shares nothing with its parent. So it is told which function to run, and on what: the workload's
//!   parameters as JSON, and the items. This is what `multiprocessing` calls "spawn".
//! - **Cost.** Starting a program: loading, linking, running up to `main`: a millisecond or more, and the answer through
//!   a socket.
//! - **Hazard.** The program that spawns must offer the role at the start of its `main`, by
//!   [`become_worker_if_asked`](crate::become_worker_if_asked); else every worker would run the whole program again.
//!   [`start`](Paradigm::start) refuses if it does not.
//! - **Prefer it** over `fork` in a process with threads. (The way also works on systems without `fork`; this file is for
//!   Unix.)

use std::io;
use std::num::NonZero;
use std::ops::Range;

use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, WorkerError, Workload, zeroed_items};

use crate::process_pool::Travels;
use crate::start::check_offer;
use crate::{Plain, Process, StartMethod, first_to_end};

/// One spawned process a worker, at every call.
pub struct Spawn {
    workers: NonZero<usize>,
}

/// What a worker is told: the workload's parameters, the first item, and the one after the last.
type Input = (String, usize, usize);

impl Paradigm for Spawn {
    const ID: &'static str = "processes/spawn";
    const ABOUT: &'static str = "start the executable again for each chunk, told its work in JSON";
    const CHILDREN: bool = true;

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        check_offer()?;
        Ok(Self { workers })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        let compute = |input: Input| {
            let (workload, chunk) = received::<M>(&input);
            Plain(workload.items(chunk))
        };
        for (chunk, Plain(part)) in self.run(workload, compute)? {
            items[chunk].copy_from_slice(&part);
        }
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let compute = |input: Input| {
            let (workload, chunk) = received::<R>(&input);
            let summary = workload.fold(chunk);
            serde_json::to_string(&summary).expect("a summary can be written as JSON")
        };
        let summaries = self.run(workload, compute)?;
        let parse = |(_, text): &(_, String)| serde_json::from_str(text);
        let summaries: Vec<_> = summaries.iter().map(parse).collect::<Result<_, _>>()?;
        Ok(workload.merge_all(summaries))
    }
}

impl Spawn {
    /// Starts a process for each chunk, and returns their results in the order of the chunks.
    fn run<W: Workload, T: Travels>(
        &self,
        workload: &W,
        compute: impl Fn(Input) -> T + Copy + 'static,
    ) -> io::Result<Vec<(Range<usize>, T)>> {
        let parameters = serde_json::to_string(workload)?;
        let chunks = Chunks::one_each(workload.len(), self.workers).aligned(workload.grain());
        let mut processes = Vec::new();
        let mut working = Vec::new();
        for (worker, chunk) in chunks.iter().enumerate() {
            let input = (parameters.clone(), chunk.start, chunk.end);
            let name = format!("worker {worker}");
            processes.push(Process::start(&name, StartMethod::Spawn, compute, input)?);
            working.push((worker, chunk));
        }
        let mut results = Vec::new();
        // In the order in which they end: so a failure is noticed at once. The others are killed then, as they are dropped.
        while !processes.is_empty() {
            let place = first_to_end(&mut processes)?;
            let (process, (worker, items)) = (processes.remove(place), working.remove(place));
            let result = process.join().map_err(|failure| WorkerError {
                worker,
                items: items.clone(),
                cause: failure.into_cause(),
            })?;
            results.push((items, result));
        }
        results.sort_by_key(|(items, _)| items.start);
        Ok(results)
    }
}

/// In a worker: the workload, and its items.
///
/// # Panics
///
/// If the workload has no such items. The parent is told so, as of any panic.
fn received<W: Workload>((parameters, first, last): &Input) -> (W, Range<usize>) {
    let workload: W = serde_json::from_str(parameters).unwrap_or_else(|error| panic!("{error}"));
    let len = workload.len();
    assert!(
        first <= last && *last <= len,
        "a worker was given the items {first}..{last} of {len}"
    );
    (workload, *first..*last)
}
