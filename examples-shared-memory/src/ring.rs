//! `shared-memory/ring`: worker processes that live across calls, and are told about each call through a ring in memory.
//!
//! - **Idea.** The workers are forked once. All messages between them and their parent are in memory that they share: a
//!   call goes to each worker through a [ring](crate::sync::Ring), and so does the word that it has finished. The
//!   workload's parameters, the counter that deals out the chunks, and the answer lie in shared memory, too. A process that
//!   sleeps is woken up by the kernel; that is all that the kernel does.
//! - **Cost.** Waking up the workers, and the parent: some ten microseconds, as for threads. A worker for which there is a
//!   core spins for a while after each call, and keeps that core busy. Nothing is copied. The workers parse the
//!   parameters, which travel as JSON.
//! - **Hazard.** A process that is killed sends no message: the ring stays as it is. So the parent looks from time to time
//!   whether its workers still live. And workers that can write into the answer can damage all of it.
//! - **Prefer it** over pipes where processes are wanted, calls are many or answers large, and all of it is one machine.

#![expect(
    unsafe_code,
    reason = "a function's address, and parts of an answer that processes share"
)]

mod workers;

use std::io;
use std::num::NonZero;

use bytemuck::Pod;
use workloads::chunks::Chunks;
use workloads::{Map, Paradigm, Reduce, Workload};

use crate::arena::{Answer, Arena};
use crate::region;
use workers::{Desk, Workers};

/// Forked workers that wait for calls.
pub struct Ring {
    number: NonZero<usize>,
    arena: Arena,
    /// `None` after a worker has failed: then the next call forks new ones.
    workers: Option<Workers>,
}

/// What a worker runs for a call. A forked child has the code of its parent at the same addresses.
type Work = fn(&Desk, &Call);

/// What a worker is told.
type Call = [usize; 3];
/// The address of its [`Work`].
const WORK: usize = 0;
/// How many bytes of JSON the workload's parameters are. They lie at the begin of the arena.
const PARAMETERS: usize = 1;
/// Where the answer begins.
const ANSWER: usize = 2;

/// Where the JSON of a chunk's summary is: its first byte, and its length.
type Place = [usize; 2];

impl Paradigm for Ring {
    const ID: &'static str = "shared-memory/ring";
    const ABOUT: &'static str = "forked workers that live across calls, told by rings in memory";
    const CHILDREN: bool = true;

    fn start(workers: NonZero<usize>) -> io::Result<Self> {
        let arena = Arena::new()?;
        Ok(Self {
            number: workers,
            workers: Some(Workers::fork(workers, &arena)?),
            arena,
        })
    }

    fn map<M: Map>(&mut self, workload: &M) -> io::Result<Answer<'_, M::Item>> {
        let fill: Work = |desk, call| {
            let workload: M = desk.workload(call[PARAMETERS]);
            let chunks = chunks(&workload, desk.workers);
            while let Some((_, chunk)) = desk.take(chunks) {
                // SAFETY: each chunk is taken once, and chunks do not overlap. The parent waits.
                let part = unsafe { desk.arena.place(call[ANSWER], chunk.clone()).as_mut() };
                workload.fill(chunk.start, part);
            }
        };
        let answer = self.call::<M::Item>(workload, fill, workload.len())?;
        Ok(self.arena.answer(answer, workload.len()))
    }

    fn reduce<R: Reduce>(&mut self, workload: &R) -> io::Result<R::Summary> {
        let fold: Work = |desk, call| {
            let workload: R = desk.workload(call[PARAMETERS]);
            let chunks = chunks(&workload, desk.workers);
            let texts = call[ANSWER] + chunks.len() * size_of::<Place>();
            while let Some((k, chunk)) = desk.take(chunks) {
                let text = serde_json::to_vec(&workload.fold(chunk)).expect("it can be written");
                let begin = desk.make_room(text.len());
                // SAFETY: this room is given once. The parent waits.
                let room = unsafe { desk.arena.place(texts, begin..begin + text.len()).as_mut() };
                room.copy_from_slice(&text);
                // SAFETY: each chunk is taken once, and has one place.
                let place = unsafe { desk.arena.place(call[ANSWER], k..k + 1).as_mut() };
                place[0] = [texts + begin, text.len()];
            }
        };
        let chunks = chunks(workload, self.number);
        let places = self.call::<Place>(workload, fold, chunks.len())?;
        let summary = |k| {
            // SAFETY: the workers wait.
            let place = unsafe { self.arena.place(places, k..k + 1).as_ref() };
            let [first, len]: Place = place[0];
            // SAFETY: as above.
            let text = unsafe { self.arena.place(first, 0..len).as_ref() };
            serde_json::from_slice(text)
        };
        let summaries: Vec<_> = (0..chunks.len()).map(summary).collect::<Result<_, _>>()?;
        Ok(workload.merge_all(summaries))
    }
}

impl Ring {
    /// Has the workers `work`, and returns where the answer of `len` items begins.
    fn call<T: Pod>(
        &mut self,
        workload: &impl Workload,
        work: Work,
        len: usize,
    ) -> io::Result<usize> {
        let parameters = serde_json::to_vec(workload)?;
        let answer = parameters.len().next_multiple_of(region::PAGE);
        self.arena.check::<T>(answer, len)?;
        // SAFETY: the workers wait.
        let place = unsafe { self.arena.place(0, 0..parameters.len()).as_mut() };
        place.copy_from_slice(&parameters);
        let mut workers = match self.workers.take() {
            Some(workers) => workers,
            None => Workers::fork(self.number, &self.arena)?,
        };
        let ran = workers.run(
            [work as usize, parameters.len(), answer],
            chunks(workload, self.number),
        );
        if let Err(error) = ran {
            // They are killed, so none of them writes any more. Then what they have written is given back.
            drop(workers);
            drop(self.arena.answer::<T>(answer, len));
            return Err(error);
        }
        self.workers = Some(workers);
        Ok(answer)
    }
}

fn chunks(workload: &impl Workload, workers: NonZero<usize>) -> Chunks {
    Chunks::many_each(workload.len(), workers).aligned(workload.grain())
}
