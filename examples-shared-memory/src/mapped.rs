//! `shared-memory/mapped`: forked children write straight into a mapping that their parent sees.
//!
//! - **Idea.** Like [`processes/fork`](examples_processes::fork), but the answer is a `MAP_SHARED`
//!   mapping that was made before the fork: each child fills its part in place, and only the word
//!   "done" travels through its pipe. No item is copied at all; what `map` returns is the mapping.
//! - **Cost.** The fork, and a page fault in the child for every 4 KiB of answer.
//! - **Hazard.** The protection of separate memory is given up for this part of it: a child that
//!   writes outside its own part damages the answer of another.
//! - **Prefer it** over pipes when processes are wanted and the answer is large.

use std::io;
use std::num::NonZero;

use examples_processes::{OneThread, Team, reply};
use serde::Deserialize;
use serde_json::Deserializer;
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce};

use crate::Mapping;

/// One forked child a worker, and one mapping, at every call.
pub struct Mapped {
    workers: NonZero<usize>,
}

/// The room for a worker's summary, in bytes. What is not used of it is never allocated.
const SLOT: usize = 1 << 16;

impl Paradigm for Mapped {
    const ID: &'static str = "shared-memory/mapped";
    const ABOUT: &'static str =
        "forked children write into a MAP_SHARED mapping, nothing is copied";
    const CHILDREN: bool = true;

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        OneThread::check()?;
        Ok(Self { workers })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Mapping<M::Item>> {
        let alone = OneThread::check()?;
        let mut items = Mapping::zeroed(workload.len())?;
        let mut team = Team::new();
        let chunks = Chunks::one_each(workload.len(), self.workers).aligned(workload.grain());
        for (chunk, part) in chunks.split_mut(&mut items) {
            let (ours, theirs) = io::pipe()?;
            team.fork(alone, chunk.clone(), ours, theirs, |mut pipe| {
                reply::send_done(&mut pipe, || workload.fill(chunk.start, part))
            })?;
        }
        team.gather(|_, _, pipe| reply::receive_done(pipe))?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let alone = OneThread::check()?;
        let chunks = Chunks::one_each(workload.len(), self.workers).aligned(workload.grain());
        let mut slots = Mapping::<u8>::zeroed(chunks.len() * SLOT)?;
        let mut team = Team::new();
        for (chunk, slot) in chunks.iter().zip(slots.chunks_exact_mut(SLOT)) {
            let (ours, theirs) = io::pipe()?;
            team.fork(alone, chunk.clone(), ours, theirs, |mut pipe| {
                reply::send_done(&mut pipe, || {
                    let summary = workload.fold(chunk);
                    serde_json::to_writer(slot, &summary).expect("a summary fits its slot");
                })
            })?;
        }
        team.gather(|_, _, pipe| reply::receive_done(pipe))?;
        // What follows the JSON text in a slot are zeros, and not read.
        let read = |slot| R::Summary::deserialize(&mut Deserializer::from_slice(slot));
        let summaries: Vec<_> = slots
            .chunks_exact(SLOT)
            .map(read)
            .collect::<Result<_, _>>()?;
        Ok(workload.merge_all(summaries))
    }
}
