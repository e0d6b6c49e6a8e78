//! `message-passing/mpi-dynamic`: rank 0 hands out chunks, the other ranks compute them.
//!
//! - **Idea.** Rank 0 is the *master*. Each of the others, a *worker*, receives the bounds of a chunk, computes it,
//!   sends the result, and receives again, until a message is empty. The master waits for a result of any worker and
//!   sends this worker the next chunk, so workers stay busy even if items differ in cost.
//! - **Cost.** Two messages for each chunk. And the master does not compute: with 2 ranks there is one worker, and no
//!   speedup; with 16 ranks, one core in 16 is lost. (With one rank there is no worker, so rank 0 computes everything
//!   itself.)
//! - **Hazard.** A send may wait until its message is received. If a worker sends a large result while the master sends
//!   this worker a task, and neither receives, both wait forever. So a worker starts to receive its next task before it
//!   computes: then the master's send need not wait.
//! - **Prefer it** over `message-passing/mpi` for items of uneven cost, on more than a few ranks.

use std::collections::VecDeque;
use std::io;
use std::marker::PhantomData;
use std::num::NonZero;
use std::ops::Range;

use ::mpi::point_to_point::{Message, Status};
use ::mpi::topology::{Process, Rank, SimpleCommunicator};
use ::mpi::traits::{Communicator, Destination, Equivalence, MatchedReceiveVec, Source};
use ::mpi::{Tag, request};
use bytemuck::{cast_slice, cast_slice_mut};
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, Workload, zeroed_items};

use super::{OnThisThread, ROOT, check_ranks, serving};

/// A message to a worker: the first item and the one after the last; empty if there are no more.
const TASK: Tag = 1;
/// A message from a worker: the items of its oldest task, or their summary as JSON.
const RESULT: Tag = 2;

/// Tasks that a worker has at a time: one that it computes, and one that has arrived.
const OUTSTANDING: usize = 2;

/// The ranks that `mpirun` has started: a master and its workers.
pub struct MasterWorker {
    /// None if rank 0 is alone.
    workers: Option<NonZero<usize>>,
    _on_this_thread: OnThisThread,
}

impl Paradigm for MasterWorker {
    const ID: &'static str = "message-passing/mpi-dynamic";
    const ABOUT: &'static str = "MPI rank 0 hands out chunks, the other ranks compute";

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        check_ranks(Self::ID, workers)?;
        Ok(Self {
            workers: NonZero::new(workers.get() - 1), // rank 0 is the master
            _on_this_thread: PhantomData,
        })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let mut items = zeroed_items(workload.len())?;
        let Some(workers) = self.workers else {
            workload.fill(0, &mut items);
            return Ok(items);
        };
        serving::announce::<Self, M>(workload)?;
        hand_out(chunks(workload, workers), |_, chunk, (message, _)| {
            let bytes: &mut [u8] = cast_slice_mut(&mut items[chunk]);
            message.matched_receive_into(bytes);
        });
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let Some(workers) = self.workers else {
            return Ok(workload.fold(0..workload.len()));
        };
        serving::announce::<Self, R>(workload)?;
        let chunks = chunks(workload, workers);
        let mut texts = vec![Vec::<u8>::new(); chunks.len()];
        hand_out(chunks, |k, _, message| {
            (texts[k], _) = message.matched_receive_vec();
        });
        let summaries = texts.iter().map(|text| serde_json::from_slice(text));
        Ok(workload.merge_all(summaries.collect::<Result<Vec<_>, _>>()?))
    }
}

/// Many chunks for each worker. A message has up to 2 GiB, so an answer has up to 32 GiB for each worker.
fn chunks<W: Workload>(workload: &W, workers: NonZero<usize>) -> Chunks {
    Chunks::many_each(workload.len(), workers).aligned(workload.grain())
}

/// On the master: gives every chunk to a worker, and lets `receive` take each result, with the chunk's number and items.
fn hand_out(chunks: Chunks, mut receive: impl FnMut(usize, Range<usize>, (Message, Status))) {
    let world = SimpleCommunicator::world();
    let mut waiting = chunks.iter().enumerate();
    let mut send_next = |worker: Rank, tasks: &mut VecDeque<_>| {
        if let Some((k, chunk)) = waiting.next() {
            let bounds = [chunk.start as u64, chunk.end as u64];
            world
                .process_at_rank(worker)
                .send_with_tag(&bounds[..], TASK);
            tasks.push_back((k, chunk));
        }
    };
    // What each rank has been sent and has not answered.
    let mut in_flight = vec![VecDeque::new(); world.size() as usize];
    for _ in 0..OUTSTANDING {
        for worker in 1..world.size() {
            send_next(worker, &mut in_flight[worker as usize]);
        }
    }
    for _ in chunks.iter() {
        let (message, status) = world.any_process().matched_probe_with_tag(RESULT);
        let worker = status.source_rank();
        let tasks = &mut in_flight[worker as usize];
        // The messages of one sender arrive in the order in which they were sent.
        let (k, chunk) = tasks.pop_front().expect("it answers its tasks");
        receive(k, chunk, (message, status));
        send_next(worker, tasks);
    }
    for worker in 1..world.size() {
        let no_more = &[0_u64; 0][..];
        world.process_at_rank(worker).send_with_tag(no_more, TASK);
    }
}

/// On a worker: computes its tasks. `answer` computes one, and sends the result to the master.
fn work(answer: impl Fn(Range<usize>, &Process)) {
    let world = SimpleCommunicator::world();
    let master = world.process_at_rank(ROOT);
    let mut task = [0_u64; 2];
    let mut status = master.receive_into_with_tag(&mut task[..], TASK);
    while status.count(u64::equivalent_datatype()) > 0 {
        let mut next = [0_u64; 2];
        status = request::scope(|scope| {
            let incoming = master.immediate_receive_into_with_tag(scope, &mut next[..], TASK);
            answer(task[0] as usize..task[1] as usize, &master);
            incoming.wait()
        });
        task = next;
    }
}

pub(super) fn work_on_map<M: Map>(workload: &M) {
    work(|chunk, master| {
        let items = workload.items(chunk);
        let bytes: &[u8] = cast_slice(&items);
        master.send_with_tag(bytes, RESULT);
    });
}

pub(super) fn work_on_reduce<R: Reduce>(workload: &R) {
    work(|chunk, master| {
        let text = serde_json::to_vec(&workload.fold(chunk));
        let text = text.expect("a summary can be written as JSON");
        master.send_with_tag(&text[..], RESULT);
    });
}
