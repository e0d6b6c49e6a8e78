//! Workloads that leave something out, so that what remains can be timed.
//!
//! A paradigm has no clocks inside: it is a lesson, and a clock in it would be measured, too. Instead it is given
//! workloads that differ from a real one in one respect, each a [`Probe`], and the differences of the times are the
//! parts of `waterfall`. All probes are of two types, [`Partial`] and [`Bytes`], for all workloads: each paradigm has
//! to be compiled for two more, and not for four times as many.

use std::hint::black_box;
use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::sync::{Mutex, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use bytemuck::zeroed_vec;
use estimator::{Run, Side};
use serde::{Deserialize, Serialize};
use workloads::{Map, Paradigm, Reduce, Workload};

use crate::catalogue::{WithWorkload, with_workload};
use crate::problem::Problem;

/// A time that the parts are computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// The real workload by serial code.
    Serial,
    /// The real workload by the paradigm; all others are by the paradigm, too.
    Real,
    /// With one idle item a worker: from the call until the last worker begins.
    Begin,
    /// With one idle item a worker: from the last worker's end until the return.
    End,
    /// With one idle item a worker.
    IdleFew,
    /// With all items idle.
    IdleAll,
    /// With items that are computed and forgotten.
    Compute,
    /// With items that are written and forgotten.
    Write,
    /// With an answer that was not computed.
    Bytes,
}

impl Probe {
    /// Base and rival at each [place](estimator::Axis), counted from 1: those whose difference is a part are timed in
    /// turns.
    const PAIRS: [(Self, Self); 5] = [
        (Self::Serial, Self::Real),
        (Self::Begin, Self::End),
        (Self::IdleFew, Self::IdleAll),
        (Self::IdleAll, Self::Compute),
        (Self::Write, Self::Bytes),
    ];

    /// The run that is [`IdleFew`](Self::IdleFew).
    pub(crate) const IDLE_FEW: Run = Run {
        side: Side::Base,
        at: 3,
    };

    /// The places of a problem: a reduction has no answer to write.
    pub(crate) fn places(problem: &Problem) -> Vec<usize> {
        let is_map = problem.item_bytes > 0;
        (1..=if is_map { 5 } else { 4 }).collect()
    }

    /// What a run is.
    pub(crate) fn of(Run { side, at }: Run) -> Self {
        let (base, rival) = Self::PAIRS[at - 1];
        match side {
            Side::Base => base,
            Side::Rival => rival,
        }
    }

    /// Runs it once with all items of `problem`, and returns its seconds.
    pub(crate) fn time<P: Paradigm>(
        self,
        paradigm: &mut P,
        workers: NonZero<usize>,
        problem: &Problem,
    ) -> io::Result<f64> {
        let seconds = |from: u64, to: u64| {
            // A time is positive: its logarithm is taken.
            to.saturating_sub(from).max(1) as f64 * 1e-9
        };
        let mut partial = Partial {
            len: problem.len,
            ..Partial::default()
        };
        match self {
            Self::Begin | Self::End | Self::IdleFew => partial.len = workers.get().min(problem.len),
            Self::IdleAll => {}
            Self::Compute => {
                partial.problem = Some(problem.clone());
                partial.kernel = kernel(problem).into();
            }
            Self::Write => partial.item_bytes = problem.item_bytes,
            Self::Bytes => {
                let bytes = Bytes {
                    len: problem.len * problem.item_bytes,
                };
                let call = now();
                let answer = paradigm.map(black_box(&bytes))?;
                let back = now();
                drop(answer); // giving the memory back is not part of it
                return Ok(seconds(call, back));
            }
            Self::Serial | Self::Real => return Err(io::ErrorKind::Unsupported.into()),
        }
        let call = now();
        let (last_begin, last_end) = paradigm.reduce(black_box(&partial))?;
        let back = now();
        Ok(match self {
            Self::Begin => seconds(call, last_begin),
            Self::End => seconds(last_end, back),
            _ => seconds(call, back),
        })
    }
}

/// Nanoseconds of a clock that all processes of this machine share.
fn now() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    since_1970.map_or(0, |time| time.as_nanos() as u64)
}

/// A workload of which a part is done, and forgotten. Its answer says when workers began and ended.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Partial {
    len: usize,
    /// Whose items are computed, if any.
    problem: Option<Problem>,
    /// So many bytes for each item are written to fresh memory, all workers at once.
    item_bytes: usize,
    /// Made when it is first needed in a process.
    #[serde(skip)]
    kernel: OnceLock<Kernel>,
    /// Memory that is not being written to. Each worker takes a piece, or makes one that is large enough for all items:
    /// pages of it that are never written cost nothing. No piece is freed before the workload, because freeing takes
    /// time.
    #[serde(skip)]
    pieces: Mutex<Vec<Vec<u8>>>,
}

/// Computes a workload's items, and forgets them.
type Kernel = Box<dyn Fn(Range<usize>) + Send + Sync>;

/// A map's items are computed into a block of this many bytes, again and again: it stays in the first cache.
const BLOCK: usize = 16 * 1024;

/// What is written.
const WRITTEN: u8 = 0xA5;

fn kernel(problem: &Problem) -> Kernel {
    struct Make<'a>(&'a Problem);
    impl WithWorkload for Make<'_> {
        type Output = Kernel;
        fn map<M: Map>(&self) -> io::Result<Kernel> {
            let map: M = self.0.workload()?;
            Ok(Box::new(move |items| {
                let block = (BLOCK / size_of::<M::Item>()).max(1);
                let mut scratch: Vec<M::Item> = zeroed_vec(block.min(items.len()));
                for first in items.clone().step_by(block) {
                    map.fill(first, &mut scratch[..block.min(items.end - first)]);
                    black_box(&mut scratch);
                }
            }))
        }
        fn reduce<R: Reduce>(&self) -> io::Result<Kernel> {
            let reduce: R = self.0.workload()?;
            Ok(Box::new(move |items| {
                black_box(reduce.fold(items));
            }))
        }
    }
    let made = with_workload(&problem.name, Make(problem));
    made.expect("a problem holds a workload's name and its parameters")
}

impl Partial {
    fn write(&self, items: usize) {
        let pieces = || self.pieces.lock().expect("no thread panics with it locked");
        let free = pieces().pop();
        let mut piece = free.unwrap_or_else(|| Vec::with_capacity(self.len * self.item_bytes));
        piece.resize(piece.len() + items * self.item_bytes, WRITTEN);
        black_box(&mut piece);
        pieces().push(piece);
    }
}

impl Workload for Partial {
    const NAME: &'static str = "probe-partial";
    const ABOUT: &'static str = "do a part of a workload, and say when";

    fn with_input(n: usize, _input: &[String]) -> io::Result<Self> {
        Ok(Self {
            len: n,
            ..Self::default()
        })
    }

    fn with_len(&self, n: usize) -> Self {
        Self {
            len: n,
            problem: self.problem.clone(),
            item_bytes: self.item_bytes,
            ..Self::default()
        }
    }

    fn len(&self) -> usize {
        self.len
    }
}

impl Reduce for Partial {
    /// When the last task began, and when the last task ended. (With one item a worker, each has one task.)
    type Summary = (u64, u64);

    fn fold(&self, items: Range<usize>) -> (u64, u64) {
        if items.is_empty() {
            return (0, 0);
        }
        let begin = now();
        if let Some(problem) = &self.problem {
            self.kernel.get_or_init(|| kernel(problem))(items);
        } else if self.item_bytes > 0 {
            self.write(items.len());
        }
        (begin, now())
    }

    fn merge(&self, left: (u64, u64), right: (u64, u64)) -> (u64, u64) {
        (left.0.max(right.0), left.1.max(right.1))
    }
}

/// An answer of this many bytes, which were not computed: each is written once.
#[derive(Serialize, Deserialize)]
pub(crate) struct Bytes {
    len: usize,
}

impl Workload for Bytes {
    const NAME: &'static str = "probe-bytes";
    const ABOUT: &'static str = "write bytes that mean nothing";

    fn with_input(n: usize, _input: &[String]) -> io::Result<Self> {
        Ok(Self { len: n })
    }

    fn with_len(&self, n: usize) -> Self {
        Self { len: n }
    }

    fn len(&self) -> usize {
        self.len
    }
}

impl Map for Bytes {
    type Item = u8;

    fn fill(&self, _first: usize, out: &mut [u8]) {
        out.fill(WRITTEN);
    }
}
