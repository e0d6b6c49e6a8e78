//! The workers of `shared-memory/ring`: how they are forked, told about calls, and waited for.

use std::io::{self, PipeReader, PipeWriter};
use std::mem;
use std::num::NonZero;
use std::ops::Range;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::{OneThread, Team, reply};
use workloads::Workload;
use workloads::chunks::Chunks;

use super::{Call, WORK, Work};
use crate::arena::Arena;
use crate::sync::{self, Consumer, Producer, Refused};
use crate::{Shareable, Shared};

/// What the workers and their parent share.
struct Board {
    /// The number of the chunk that is to be taken next.
    next: AtomicUsize,
    /// How many bytes of JSON the summaries have so far.
    written: AtomicUsize,
}

// SAFETY: it is made of numbers that change by atomic operations.
unsafe impl Shareable for Board {}

/// What one worker and its parent share.
struct Line {
    calls: sync::Ring<Call, 2>,
    finished: sync::Ring<u8, 2>,
    /// The number of the chunk that the worker has taken last in this call: for its parent, if it fails.
    taken: AtomicUsize,
}

// SAFETY: it is made of rings and a number, which are shareable.
unsafe impl Shareable for Line {}

/// The parent's side.
pub(super) struct Workers {
    lines: Vec<ParentsEnd>,
    board: Shared<Board>,
    /// Through its pipe, a worker says why it has panicked. The end of the pipe shows that it has ended.
    team: Team<PipeReader>,
}

/// The ends are dropped before the line: fields are dropped in this order.
struct ParentsEnd {
    calls: Producer<'static, Call, 2>,
    finished: Consumer<'static, u8, 2>,
    line: Shared<Line>,
}

/// A worker's side.
pub(super) struct Desk<'a> {
    pub(super) arena: &'a Arena,
    pub(super) workers: NonZero<usize>,
    line: &'a Line,
    board: &'a Board,
}

/// How long a worker that waits spins, if there is a core for it beside its parent's.
const SPIN: Duration = Duration::from_micros(300);

/// How long the parent looks again and again before it sleeps. Between two looks it lets a worker have its core.
const PATIENCE: Duration = Duration::from_micros(100);

/// While it waits, the parent looks so often whether all workers still live.
const LOOK: Duration = Duration::from_millis(5);

impl Workers {
    pub(super) fn fork(number: NonZero<usize>, arena: &Arena) -> io::Result<Self> {
        let alone = OneThread::check()?;
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let mut workers = Self {
            lines: Vec::new(),
            board: Shared::new(Board {
                next: AtomicUsize::new(0),
                written: AtomicUsize::new(0),
            })?,
            team: Team::new(),
        };
        for worker in 0..number.get() {
            // One core is the parent's, which has other things to do between two calls.
            let has_core = worker + 1 < cores;
            let line = Shared::new(Line {
                calls: sync::Ring::new(if has_core { SPIN } else { Duration::ZERO }),
                finished: sync::Ring::new(Duration::ZERO),
                taken: AtomicUsize::new(0),
            })?;
            let (ours, theirs) = io::pipe()?;
            let desk = Desk {
                arena,
                workers: number,
                line: &line,
                board: &workers.board,
            };
            let team = &mut workers.team;
            team.fork(alone, 0..0, ours, theirs, |pipe| desk.work(pipe))?;
            // SAFETY: the line keeps its address until it is dropped, and its ends are dropped before it.
            let ends = unsafe { NonNull::from(&*line).as_ref() };
            workers.lines.push(ParentsEnd {
                calls: ends.calls.producer().expect("it is claimed once"),
                finished: ends.finished.consumer().expect("it is claimed once"),
                line,
            });
        }
        Ok(workers)
    }

    /// Tells the workers about a call, and waits until all have finished. There is at most one worker for each chunk.
    pub(super) fn run(&mut self, call: Call, chunks: Chunks) -> io::Result<()> {
        let busy = self.lines.len().min(chunks.len());
        self.board.next.store(0, Ordering::Relaxed);
        self.board.written.store(0, Ordering::Relaxed);
        for worker in 0..busy {
            // None yet: not one of the call before.
            let taken = &self.lines[worker].line.taken;
            taken.store(usize::MAX, Ordering::Relaxed);
            if self.lines[worker].calls.push(call).is_err() {
                return Err(self.blame(worker, chunks));
            }
        }
        let begin = Instant::now();
        let all: Vec<_> = (0..busy).collect();
        for worker in 0..busy {
            let finished = &mut self.lines[worker].finished;
            let mut end = finished.try_pop();
            while end == Err(Refused::NotYet) && begin.elapsed() < PATIENCE {
                thread::yield_now();
                end = finished.try_pop();
            }
            while let Err(refused) = end {
                let failed = match refused {
                    Refused::NotYet => self.team.heard_from(&all)?.first().copied(),
                    _ => Some(worker),
                };
                if let Some(failed) = failed {
                    return Err(self.blame(failed, chunks));
                }
                end = self.lines[worker].finished.pop_within(LOOK);
            }
        }
        Ok(())
    }

    /// What made `worker` fail: its pipe has the message of its panic, or has ended.
    fn blame(&mut self, worker: usize, chunks: Chunks) -> io::Error {
        let taken = self.lines[worker].line.taken.load(Ordering::Relaxed);
        let (pipe, items) = self.team.worker(worker);
        *items = chunks.get(taken).unwrap_or_default();
        let error = reply::receive_done(pipe).err();
        let error = error.unwrap_or(io::ErrorKind::UnexpectedEof.into());
        self.team.blame(worker, error)
    }
}

impl Desk<'_> {
    /// The life of a worker: it ends when its parent drops its ends, or ends.
    fn work(&self, mut pipe: PipeWriter) -> io::Result<()> {
        let (calls, finished) = (self.line.calls.consumer(), self.line.finished.producer());
        let mut calls = calls.expect("it is claimed once");
        let mut finished = finished.expect("it is claimed once");
        while let Ok(call) = calls.pop() {
            // SAFETY: it is the address of a `Work`, and this process has the code of its parent.
            let work = unsafe { mem::transmute::<usize, Work>(call[WORK]) };
            reply::compute_or_tell(&mut pipe, || work(self, &call))?;
            if finished.push(0).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// The workload of a call, from this many bytes of JSON.
    pub(super) fn workload<W: Workload>(&self, parameters: usize) -> W {
        // SAFETY: the parent wrote them before the call, and no process writes them during the call.
        let parameters = unsafe { self.arena.place(0, 0..parameters).as_ref() };
        serde_json::from_slice(parameters).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The next chunk: its number and its items. Each is taken once, by one of the workers.
    pub(super) fn take(&self, chunks: Chunks) -> Option<(usize, Range<usize>)> {
        let k = self.board.next.fetch_add(1, Ordering::Relaxed);
        let chunk = chunks.get(k)?;
        self.line.taken.store(k, Ordering::Relaxed);
        Some((k, chunk))
    }

    /// Room for this many bytes among the texts of the summaries: where it begins.
    pub(super) fn make_room(&self, bytes: usize) -> usize {
        self.board.written.fetch_add(bytes, Ordering::Relaxed)
    }
}
