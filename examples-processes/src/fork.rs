//! `processes/fork`: one child a worker, each with one equal chunk; results come back over pipes.
//!
//! - **Idea.** `fork` copies the process. The child has the whole workload already, so nothing is
//!   sent to it; it computes its chunk, writes the items into a pipe, and ends.
//! - **Cost.** Copying the page tables (a few hundred microseconds, more for a parent that uses more
//!   memory), and every byte of the answer is copied twice: into the pipe and out of it.
//! - **Hazard.** Only a process with one thread may fork and go on computing, see [`OneThread`].
//! - **Prefer it** for work that must not share memory or may crash, when a call lasts for many
//!   milliseconds.

use std::io;
use std::num::NonZero;

use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce};

use crate::{OneThread, Team, reply};

/// One forked child a worker, at every call.
pub struct Fork {
    workers: NonZero<usize>,
}

impl Paradigm for Fork {
    const ID: &'static str = "processes/fork";
    const ABOUT: &'static str = "fork one child a chunk, results back over a pipe";
    const CHILDREN: bool = true;

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        OneThread::check()?;
        Ok(Self { workers })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let alone = OneThread::check()?;
        let mut team = Team::new();
        let chunks = Chunks::one_each(workload.len(), self.workers).aligned(workload.grain());
        for chunk in chunks.iter() {
            let (ours, theirs) = io::pipe()?;
            team.fork(alone, chunk.clone(), ours, theirs, |mut pipe| {
                reply::send_items(&mut pipe, || workload.items(chunk))
            })?;
        }
        team.gather_items(workload.len())
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let alone = OneThread::check()?;
        let mut team = Team::new();
        let chunks = Chunks::one_each(workload.len(), self.workers).aligned(workload.grain());
        for chunk in chunks.iter() {
            let (ours, theirs) = io::pipe()?;
            team.fork(alone, chunk.clone(), ours, theirs, |mut pipe| {
                reply::send_summary(&mut pipe, || workload.fold(chunk))
            })?;
        }
        Ok(workload.merge_all(team.gather_summaries()?))
    }
}
