//! What the operating system offers for parallel work, bare, and what is built on it: how each of them is timed.

use std::io;
use std::time::{Duration, Instant};

use crate::cores::Cores;

mod contest;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(unix)]
mod partners;
#[cfg(unix)]
mod rings;
#[cfg(unix)]
mod syscalls;
#[cfg(unix)]
mod table;

/// Without `fork`, there is nothing to measure.
#[cfg(not(unix))]
mod table {
    pub(crate) fn all() -> Vec<super::Primitive> {
        Vec::new()
    }
}

pub use contest::{Contest, Group};
#[cfg(unix)]
pub(crate) use syscalls::write_small_pages;
pub(crate) use table::all;
#[cfg(unix)]
pub(crate) use table::end_if_idle;

/// A primitive, and how it is timed.
pub(crate) struct Primitive {
    /// The floor against itself.
    contest: Contest,
    bare: Box<Prepare>,
    /// What is built on it, by name.
    built: Vec<(&'static str, Box<Prepare>)>,
}

/// Prepares an operation for these cores, of this many bytes: connects, starts partners.
type Prepare = dyn Fn(Cores, usize) -> io::Result<Operation>;

/// Makes this many calls, and says how long that took.
type Operation = Box<dyn FnMut(u64) -> io::Result<Duration>>;

impl Primitive {
    fn new(
        group: Group,
        name: impl Into<String>,
        bare: impl Fn(Cores, usize) -> io::Result<Operation> + 'static,
    ) -> Self {
        Self {
            contest: Contest {
                group,
                floor: name.into(),
                rival: None,
                cores: 0,
                bytes: 0,
                written: 0,
            },
            bare: Box::new(bare),
            built: Vec::new(),
        }
    }

    fn built(
        mut self,
        name: &'static str,
        prepare: impl Fn(Cores, usize) -> io::Result<Operation> + 'static,
    ) -> Self {
        self.built.push((name, Box::new(prepare)));
        self
    }

    fn on(mut self, cores: usize) -> Self {
        self.contest.cores = cores;
        self
    }

    fn of_bytes(mut self, bytes: usize) -> Self {
        self.contest.bytes = bytes;
        self
    }

    fn after_writing(mut self, bytes: usize) -> Self {
        self.contest.written = bytes;
        self
    }

    /// The floor with each thing that is built on it, or with itself.
    pub(crate) fn contests(self) -> Vec<Contest> {
        if self.built.is_empty() {
            return vec![self.contest];
        }
        let rivals = self.built.iter().map(|(name, _)| Contest {
            rival: Some((*name).to_owned()),
            ..self.contest.clone()
        });
        rivals.collect()
    }
}

/// `once` is called in a loop, and is `at_once` operations each time: two threads that are started together are two.
fn each(at_once: u32, mut once: impl FnMut() -> io::Result<()> + 'static) -> Operation {
    Box::new(move |calls| {
        let start = Instant::now();
        for _ in 0..calls {
            once()?;
        }
        Ok(start.elapsed() / at_once)
    })
}
