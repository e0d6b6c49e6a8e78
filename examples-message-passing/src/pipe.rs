//! `message-passing/pipe`: forked workers that are fed chunk by chunk over socket pairs.
//!
//! - **Idea.** A socket pair is a pipe in both directions. Each worker reads the bounds of a chunk,
//!   computes it, writes the result, and reads again, until the parent closes its own end. The
//!   parent waits for the worker that answers first and gives it the next chunk, so workers stay
//!   busy even if items differ in cost.
//! - **Cost.** Forking, then for each chunk two messages through the kernel, some ten microseconds,
//!   and two copies of every byte of the answer.
//! - **Hazard.** A worker that waits for its next task leaves a core idle: so each has
//!   two tasks, one that it computes and one that lies ready.
//! - **Prefer it** over `processes/fork` for items of uneven cost, and as the pattern for workers on
//!   other machines: with another kind of socket, nothing else changes.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::num::NonZero;
use std::ops::Range;
use std::os::unix::net::UnixStream;

use examples_processes::{OneThread, Team, reply};
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, zeroed_items};

/// One forked child a worker, at every call.
pub struct Pipe {
    workers: NonZero<usize>,
}

/// Tasks that a worker has at a time: one that it computes, and one that lies ready.
const IN_FLIGHT: usize = 2;

impl Paradigm for Pipe {
    const ID: &'static str = "message-passing/pipe";
    const ABOUT: &'static str = "forked workers fed chunk by chunk over socket pairs";
    const CHILDREN: bool = true;

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        OneThread::check()?;
        Ok(Self { workers })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Vec<M::Item>> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let team = self.fork_team(chunks, |to_parent, chunk| {
            reply::send_items(to_parent, || workload.items(chunk))
        })?;
        let mut items = zeroed_items(workload.len())?;
        feed(team, chunks, |_, chunk, from_worker| {
            reply::receive_items(from_worker, &mut items[chunk])
        })?;
        Ok(items)
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let chunks = Chunks::many_each(workload.len(), self.workers).aligned(workload.grain());
        let team = self.fork_team(chunks, |to_parent, chunk| {
            reply::send_summary(to_parent, || workload.fold(chunk))
        })?;
        let mut summaries: Vec<_> = chunks.iter().map(|_| None).collect();
        feed(team, chunks, |k, _, from_worker| {
            summaries[k] = Some(reply::receive_summary(from_worker)?);
            Ok(())
        })?;
        Ok(workload.merge_all(summaries.into_iter().flatten()))
    }
}

impl Pipe {
    /// Forks the workers. Each answers tasks by `answer` until there are no more.
    fn fork_team(
        &self,
        chunks: Chunks,
        answer: impl Fn(&mut UnixStream, Range<usize>) -> io::Result<()>,
    ) -> io::Result<Team<UnixStream>> {
        let alone = OneThread::check()?;
        let mut team = Team::new();
        for _ in 0..self.workers.get().min(chunks.len()) {
            let (ours, theirs) = UnixStream::pair()?;
            team.fork(alone, 0..0, ours, theirs, |mut parent| {
                while let Some(chunk) = receive_task(&mut parent)? {
                    if let Err(error) = answer(&mut parent, chunk) {
                        // A socket that is closed while tasks lie unread in it resets the
                        // connection, and the message of a panic would be lost.
                        io::copy(&mut parent, &mut io::sink())?;
                        return Err(error);
                    }
                }
                Ok(())
            })?;
        }
        Ok(team)
    }
}

/// Gives every chunk to a worker, and lets `receive` take each reply: it is given the chunk's
/// number, its items, and the channel to read from.
fn feed(
    mut team: Team<UnixStream>,
    chunks: Chunks,
    mut receive: impl FnMut(usize, Range<usize>, &mut UnixStream) -> io::Result<()>,
) -> io::Result<()> {
    let mut waiting = chunks.iter().enumerate();
    let mut in_flight = vec![VecDeque::new(); team.len()];
    for _ in 0..IN_FLIGHT {
        for (worker, in_flight) in in_flight.iter_mut().enumerate() {
            send_next(&mut team, worker, &mut waiting, in_flight)?;
        }
    }
    let mut open = chunks.len();
    while open > 0 {
        let mut busy: Vec<_> = (0..team.len()).collect();
        busy.retain(|&worker| !in_flight[worker].is_empty());
        for worker in team.wait_for_any(&busy)? {
            open -= 1;
            let (k, chunk) = in_flight[worker].pop_front().expect("it is busy");
            let (channel, items) = team.worker(worker);
            if let Err(error) = receive(k, chunk, channel) {
                return Err(team.blame(worker, error));
            }
            if let Some((_, next)) = in_flight[worker].front() {
                *items = next.clone();
            }
            send_next(&mut team, worker, &mut waiting, &mut in_flight[worker])?;
        }
    }
    for worker in 0..team.len() {
        // No more tasks. It fails only if the worker is gone, and then `dismiss` says why.
        let _ = team.worker(worker).0.shutdown(Shutdown::Write);
    }
    team.dismiss()
}

/// Sends `worker` the next task, if there is one.
fn send_next(
    team: &mut Team<UnixStream>,
    worker: usize,
    waiting: &mut impl Iterator<Item = (usize, Range<usize>)>,
    in_flight: &mut VecDeque<(usize, Range<usize>)>,
) -> io::Result<()> {
    let Some((k, chunk)) = waiting.next() else {
        return Ok(());
    };
    let (channel, items) = team.worker(worker);
    if in_flight.is_empty() {
        *items = chunk.clone();
    }
    in_flight.push_back((k, chunk.clone()));
    // A task on the wire: the first item and the one after the last, eight bytes each.
    let sent = channel.write_all(bytemuck::bytes_of(&[chunk.start as u64, chunk.end as u64]));
    sent.map_err(|error| team.blame(worker, error))
}

/// The next task; `None` if the parent has closed its end instead.
fn receive_task(from: &mut UnixStream) -> io::Result<Option<Range<usize>>> {
    let mut bounds = [0_u64; 2];
    match from.read_exact(bytemuck::bytes_of_mut(&mut bounds)) {
        Ok(()) => Ok(Some(bounds[0] as usize..bounds[1] as usize)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}
