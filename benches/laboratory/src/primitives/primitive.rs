//! A primitive, what is built on it, and how each of them is timed.

use std::io;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cores::Placement;

/// What a floor is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Starting threads.
    Threads,
    /// Starting processes.
    Processes,
    /// Sharing a number, and waking another thread.
    Synchronisation,
    /// One byte to another process and back.
    Messages,
    /// Copying memory.
    Copying,
}

impl Group {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Threads,
        Self::Processes,
        Self::Synchronisation,
        Self::Messages,
        Self::Copying,
    ];
}

/// Why a floor could not be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// Only Linux has the system call.
    OnlyLinux,
    /// This process may use one core only.
    OneCore,
    /// Its rounds take longer than the budget allows.
    NoTime,
}

/// A primitive, and how it is timed.
pub(crate) struct Primitive {
    pub(crate) name: String,
    pub(crate) group: Group,
    /// Where the two that take part run.
    pub(crate) placement: Option<Placement>,
    /// Bytes that one operation copies, if it copies any.
    pub(crate) bytes: Option<usize>,
    /// Bytes that its process writes first, in each round.
    pub(crate) written: usize,
    /// Why this machine does not have it, if so.
    pub(crate) absent: Option<Absent>,
    pub(crate) bare: Prepare,
    /// What is built on it, by name.
    pub(crate) built: Vec<(&'static str, Prepare)>,
}

/// Prepares an operation. This process runs on the first of these cores, its partner, if there is one, on the second.
pub(super) trait Preparing: FnOnce([usize; 2]) -> io::Result<Operation> + 'static {}

impl<F: FnOnce([usize; 2]) -> io::Result<Operation> + 'static> Preparing for F {}

type Prepare = Box<dyn FnOnce([usize; 2]) -> io::Result<Operation>>;

impl Primitive {
    pub(super) fn new(group: Group, name: impl Into<String>, bare: impl Preparing) -> Self {
        Self {
            name: name.into(),
            group,
            placement: None,
            bytes: None,
            written: 0,
            absent: None,
            bare: Box::new(bare),
            built: Vec::new(),
        }
    }

    pub(super) fn built(mut self, name: &'static str, prepare: impl Preparing) -> Self {
        self.built.push((name, Box::new(prepare)));
        self
    }

    pub(super) fn only_linux(mut self) -> Self {
        if !cfg!(target_os = "linux") {
            self.absent = Some(Absent::OnlyLinux);
        }
        self
    }

    /// Only Linux lets a process choose its cores.
    pub(super) fn on(mut self, placement: Placement) -> Self {
        self.placement = Some(placement);
        self.absent = placement.cores().is_none().then_some(Absent::OneCore);
        self.only_linux()
    }

    /// What it is compared with: all that is built on it, else itself.
    pub(crate) fn rivals(&self) -> Vec<&str> {
        match &*self.built {
            [] => vec![&self.name],
            built => built.iter().map(|(name, _)| *name).collect(),
        }
    }
}

/// A turn lasts at least about so long. The clock itself takes some 20 ns to read.
const TURN: Duration = Duration::from_micros(200);

/// Something that is timed.
pub(crate) struct Operation {
    /// How many operations one call is: two threads that are started together are two.
    at_once: u32,
    /// How many calls a turn is.
    calls: u64,
    /// Makes so many calls, and says how long that took.
    call: Box<dyn FnMut(u64) -> io::Result<Duration>>,
}

impl Operation {
    pub(super) fn new(
        at_once: u32,
        call: impl FnMut(u64) -> io::Result<Duration> + 'static,
    ) -> Self {
        Self {
            at_once,
            calls: 1,
            call: Box::new(call),
        }
    }

    /// `once` is called in a loop, and is `at_once` operations each time.
    pub(super) fn each(at_once: u32, mut once: impl FnMut() -> io::Result<()> + 'static) -> Self {
        Self::new(at_once, move |calls| {
            let start = Instant::now();
            for _ in 0..calls {
                once()?;
            }
            Ok(start.elapsed())
        })
    }

    /// Finds out how many calls a turn needs; one at least. That warms it up, too: caches, branch predictors, the
    /// partner's first page faults.
    pub(super) fn warmed_up(mut self) -> io::Result<Self> {
        loop {
            let time = (self.call)(self.calls)?;
            let missing = TURN.as_secs_f64() / time.as_secs_f64().max(1e-9);
            let calls = self.calls as f64 * missing.clamp(1.0, 10.0);
            self.calls = calls.ceil() as u64;
            if missing < 2.0 {
                return Ok(self);
            }
        }
    }

    /// Seconds an operation, by one turn.
    pub(super) fn turn(&mut self) -> io::Result<f64> {
        let time = (self.call)(self.calls)?;
        Ok(time.as_secs_f64() / (self.calls * u64::from(self.at_once)) as f64)
    }
}

/// Prepares an [operation](Operation::each) that needs nothing else.
pub(super) fn each(
    at_once: u32,
    once: impl FnMut() -> io::Result<()> + 'static,
) -> impl FnOnce([usize; 2]) -> io::Result<Operation> {
    move |_| Ok(Operation::each(at_once, once))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_long_enough_and_gives_the_time_of_one_operation() {
        for (nanoseconds, at_once, least) in [(10, 1, 20_000), (3_000_000, 2, 1)] {
            let call = Duration::from_nanos(nanoseconds);
            let operation = Operation::new(at_once, move |calls| Ok(call * calls as u32));
            let mut warm = operation.warmed_up().expect("it does not fail");
            assert!(warm.calls >= least);
            let seconds = warm.turn().expect("it does not fail");
            assert!((seconds * f64::from(at_once) - call.as_secs_f64()).abs() < 1e-12);
        }
    }
}
