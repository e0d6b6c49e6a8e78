//! Workloads that leave something out, so that what remains can be timed.
//!
//! A paradigm is not to be instrumented: it is a lesson, and a clock in it would be measured too. Instead it is
//! given workloads that differ from a real one in one respect, and the differences of the times are the parts of
//! [`crate::waterfall`]:
//!
//! - [`Idle`] has as many items, and computes nothing. Its answer says when workers began and ended.
//! - [`Compute`] computes a real workload's items, and keeps none of them.
//! - [`Write`] writes as many bytes as a real answer has, each worker to memory of its own, and brings none of them to
//!   the caller.
//! - [`Bytes`] computes nothing, and its answer is as large as a real one.
//!
//! Each is one type for all workloads, so that a paradigm has to be compiled for four more and not for four
//! times as many.

use std::hint::black_box;
use std::io;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, OnceLock};

use bytemuck::zeroed_vec;
use serde::{Deserialize, Serialize};
use workloads::{Map, Reduce, Workload, WorkloadVisitor};

use crate::catalogue::{WithWorkload, with_workload};
use crate::problem::Problem;

/// Visits the probes, for worker processes that look for a workload by its name.
pub fn each_probe(visitor: &mut impl WorkloadVisitor) {
    visitor.reduce::<Idle>();
    visitor.reduce::<Compute>();
    visitor.reduce::<Write>();
    visitor.map::<Bytes>();
}

/// A time that is compared with that of the real workload by the same paradigm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// From the call until the last worker begins, with one idle item a worker.
    Begin,
    /// From the last worker's end until the return, with one idle item a worker.
    End,
    /// All of a run with one idle item a worker.
    IdleFew,
    /// With all items idle.
    IdleAll,
    /// With items that are computed and forgotten.
    Compute,
    /// The real workload by serial code.
    Serial,
    /// With items that are written and forgotten.
    Write,
    /// With an answer that was not computed.
    Bytes,
}

impl Probe {
    /// Those of a reduction.
    pub const OF_REDUCTION: &'static [Self] = Self::OF_MAP.split_at(6).0;

    /// Those of a map: it has an answer to write, too.
    pub const OF_MAP: &'static [Self] = &[
        Self::Begin,
        Self::End,
        Self::IdleFew,
        Self::IdleAll,
        Self::Compute,
        Self::Serial,
        Self::Write,
        Self::Bytes,
    ];

    /// Its number, as a place of an [axis](estimator::Axis): from 1 on.
    pub fn place(self) -> usize {
        self as usize + 1
    }

    /// The probe of that number.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn at(place: usize) -> Self {
        Self::OF_MAP[place - 1]
    }
}

/// When workers were at work, in nanoseconds of [`now`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamps {
    /// The last worker's first task began. (The first task of each is the one that counts: with one item a
    /// worker there is no other.)
    pub last_begin: u64,
    /// The last task ended.
    pub last_end: u64,
}

/// Nanoseconds of a clock that all processes of this machine share (on Unix; elsewhere, of this process).
pub fn now() -> u64 {
    #[cfg(unix)]
    {
        use nix::time::{ClockId, clock_gettime};
        let time = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("every Unix has this clock");
        time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64
    }
    #[cfg(not(unix))]
    {
        use std::sync::LazyLock;
        use std::time::Instant;
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed().as_nanos() as u64
    }
}

/// Items that are nothing: what is left is starting workers, handing out, and joining.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Idle {
    len: usize,
}

impl Idle {
    /// `len` items.
    pub fn new(len: usize) -> Self {
        Self { len }
    }
}

impl Workload for Idle {
    const NAME: &'static str = "probe-idle";
    const ABOUT: &'static str = "compute nothing, and say when";

    fn with_input(n: usize, _input: &[String]) -> io::Result<Self> {
        Ok(Self::new(n))
    }

    fn with_len(&self, n: usize) -> Self {
        Self::new(n)
    }

    fn len(&self) -> usize {
        self.len
    }
}

impl Reduce for Idle {
    type Summary = Stamps;

    fn fold(&self, items: Range<usize>) -> Stamps {
        if items.is_empty() {
            return Stamps {
                last_begin: 0,
                last_end: 0,
            };
        }
        let moment = now();
        Stamps {
            last_begin: moment,
            last_end: moment,
        }
    }

    fn merge(&self, left: Stamps, right: Stamps) -> Stamps {
        Stamps {
            last_begin: left.last_begin.max(right.last_begin),
            last_end: left.last_end.max(right.last_end),
        }
    }
}

/// A real workload's items, computed and forgotten.
#[derive(Serialize, Deserialize)]
pub struct Compute {
    problem: Problem,
    len: usize,
    /// Made when it is first needed in a process.
    #[serde(skip)]
    kernel: OnceLock<Box<dyn Kernel>>,
}

/// A workload of either shape, without its type.
trait Kernel: Send + Sync {
    /// Computes these items, and forgets them.
    fn compute(&self, items: Range<usize>);
}

struct OfMap<M>(M);
struct OfReduce<R>(R);

/// A map's items are computed into a block of this many bytes, again and again: it stays in the first cache.
const BLOCK: usize = 16 * 1024;

impl<M: Map> Kernel for OfMap<M> {
    fn compute(&self, items: Range<usize>) {
        let block = (BLOCK / size_of::<M::Item>()).max(1);
        let mut scratch: Vec<M::Item> = zeroed_vec(block.min(items.len()));
        for first in items.clone().step_by(block) {
            let len = block.min(items.end - first);
            self.0.fill(first, &mut scratch[..len]);
            black_box(&mut scratch);
        }
    }
}

impl<R: Reduce> Kernel for OfReduce<R> {
    fn compute(&self, items: Range<usize>) {
        black_box(self.0.fold(items));
    }
}

impl Compute {
    /// The first `len` items of `problem`.
    pub fn new(problem: &Problem, len: usize) -> Self {
        let compute = Self {
            problem: problem.clone(),
            len,
            kernel: OnceLock::new(),
        };
        compute.kernel();
        compute
    }

    fn kernel(&self) -> &dyn Kernel {
        struct Make<'a>(&'a str);
        impl WithWorkload for Make<'_> {
            type Output = serde_json::Result<Box<dyn Kernel>>;
            fn map<M: Map>(self) -> Self::Output {
                Ok(Box::new(OfMap(serde_json::from_str::<M>(self.0)?)))
            }
            fn reduce<R: Reduce>(self) -> Self::Output {
                Ok(Box::new(OfReduce(serde_json::from_str::<R>(self.0)?)))
            }
        }
        let make = || {
            let made = with_workload(&self.problem.name, Make(&self.problem.parameters));
            made.expect("a problem names a workload")
                .expect("... with its own parameters")
        };
        self.kernel.get_or_init(make).as_ref()
    }
}

impl Workload for Compute {
    const NAME: &'static str = "probe-compute";
    const ABOUT: &'static str = "compute a workload's items, and forget them";

    fn with_input(n: usize, input: &[String]) -> io::Result<Self> {
        let [name, input @ ..] = input else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        Ok(Self::new(&Problem::new(name, n, input)?, n))
    }

    fn with_len(&self, n: usize) -> Self {
        Self::new(&self.problem, n)
    }

    fn len(&self) -> usize {
        self.len
    }
}

impl Reduce for Compute {
    type Summary = ();

    fn fold(&self, items: Range<usize>) {
        self.kernel().compute(items);
    }

    fn merge(&self, (): (), (): ()) {}
}

/// Items that are written to fresh memory, all workers at once, and forgotten.
///
/// It says what memory allows: how much faster two workers write than one is the machine's affair, and differs
/// from cores to cores.
#[derive(Serialize, Deserialize)]
pub struct Write {
    len: usize,
    item_bytes: usize,
    /// Memory that is not being written to. Each worker takes a piece, or makes one that is large enough for all items:
    /// what is not written of it costs nothing. None is given back before the workload is.
    #[serde(skip)]
    pieces: Mutex<Vec<Vec<u8>>>,
}

impl Write {
    /// `len` items of so many bytes.
    pub fn new(len: usize, item_bytes: usize) -> Self {
        Self {
            len,
            item_bytes,
            pieces: Mutex::default(),
        }
    }

    fn pieces(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.pieces.lock().expect("no thread panics with it locked")
    }
}

impl Workload for Write {
    const NAME: &'static str = "probe-write";
    const ABOUT: &'static str = "write a workload's bytes, and forget them";

    fn with_input(n: usize, _input: &[String]) -> io::Result<Self> {
        Ok(Self::new(n, 1))
    }

    fn with_len(&self, n: usize) -> Self {
        Self::new(n, self.item_bytes)
    }

    fn len(&self) -> usize {
        self.len
    }
}

impl Reduce for Write {
    type Summary = ();

    fn fold(&self, items: Range<usize>) {
        let free = self.pieces().pop();
        let all = self.len * self.item_bytes;
        let mut piece = free.unwrap_or_else(|| Vec::with_capacity(all));
        piece.resize(piece.len() + items.len() * self.item_bytes, WRITTEN);
        black_box(&mut piece);
        self.pieces().push(piece);
    }

    fn merge(&self, (): (), (): ()) {}
}

/// What is written.
const WRITTEN: u8 = 0xA5;

/// An answer of so many bytes, which were not computed: each is written once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bytes {
    len: usize,
}

impl Bytes {
    /// `len` bytes.
    pub fn new(len: usize) -> Self {
        Self { len }
    }
}

impl Workload for Bytes {
    const NAME: &'static str = "probe-bytes";
    const ABOUT: &'static str = "write bytes that mean nothing";

    fn with_input(n: usize, _input: &[String]) -> io::Result<Self> {
        Ok(Self::new(n))
    }

    fn with_len(&self, n: usize) -> Self {
        Self::new(n)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compute_does_what_the_workload_does() {
        // Items that are missing would only make a time too short, and no other test would notice. So count them.
        use std::sync::atomic::{AtomicUsize, Ordering};
        static COMPUTED: AtomicUsize = AtomicUsize::new(0);

        #[derive(Serialize, Deserialize)]
        struct Counting;
        impl Workload for Counting {
            const NAME: &'static str = "counting";
            const ABOUT: &'static str = "count the items";
            fn with_input(_n: usize, _input: &[String]) -> io::Result<Self> {
                Ok(Self)
            }
            fn with_len(&self, _n: usize) -> Self {
                Self
            }
            fn len(&self) -> usize {
                0
            }
        }
        impl Map for Counting {
            type Item = [u64; 5];
            fn fill(&self, _first: usize, out: &mut [Self::Item]) {
                COMPUTED.fetch_add(out.len(), Ordering::Relaxed);
            }
        }
        OfMap(Counting).compute(5..2_000);
        assert_eq!(COMPUTED.load(Ordering::Relaxed), 1_995);
    }

    #[test]
    fn stamps_merge_to_the_last() {
        let idle = Idle::new(2);
        let before = now();
        let both = idle.merge(idle.fold(0..1), idle.fold(1..2));
        assert!(before <= both.last_begin && both.last_end <= now());
        assert_eq!(idle.merge(idle.fold(0..0), both), both);
    }
}
