//! The process in which a primitive and what is built on it are timed, turn by turn.

use std::fmt;
use std::io;
use std::time::Duration;

use estimator::{Run, Side, Stopwatch};
use serde::{Deserialize, Serialize};

use super::{Operation, all};
use crate::cores;

/// What a floor is about, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Starting threads.
    Threads,
    /// Starting processes.
    Processes,
    /// Sharing a number, and waking another thread.
    Synchronisation,
    /// A message to another process and back.
    Messages,
    /// Messages to another process, one after the other.
    OneWay,
    /// Messages of a few bytes, one after the other, through memory that two processes or two threads share.
    Rings,
    /// Copying memory.
    Copying,
}

impl Group {
    /// Whether most of the time is for copying bytes: then the bytes in a second say more than the time.
    pub fn is_of_bytes(self) -> bool {
        matches!(self, Self::OneWay | Self::Copying)
    }
}

/// A floor and what it is compared with. A process of its own is started for it, again in each round.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contest {
    /// What the floor is a primitive of.
    pub group: Group,
    /// The floor's name.
    pub floor: String,
    /// What is built on it: the name of a paradigm, or of a type of a library. `None`: the floor is compared with
    /// itself.
    pub rival: Option<String>,
    /// On how many cores the two run that take part; 0 if the system chooses, or only one takes part.
    pub cores: usize,
    /// Bytes that one operation sends or copies; 0 if it does neither.
    pub bytes: usize,
    /// Bytes that its process writes first, in each round.
    pub written: usize,
}

impl Contest {
    /// Whether the floors are the same: they have a name and a number of cores that no other has.
    pub fn has_floor_of(&self, other: &Self) -> bool {
        self.floor == other.floor && self.cores == other.cores
    }

    /// Prepares both sides, in a process that does nothing else: writes memory, pins this process, starts partners.
    pub(crate) fn stopwatch(&self) -> io::Result<Box<dyn Stopwatch>> {
        let mut primitives = all().into_iter();
        let primitive = primitives.find(|it| it.contest.has_floor_of(self));
        let primitive = primitive.ok_or(io::ErrorKind::NotFound)?;
        let mut built = primitive.built.iter();
        let built = built.find(|(name, _)| Some(*name) == self.rival.as_deref());
        #[cfg(unix)]
        if self.written > 0 {
            super::syscalls::write_small_pages(self.written)?;
        }
        let cores = cores::for_two(self.cores).ok_or(io::ErrorKind::NotFound)?;
        cores::pin(cores[0])?;
        let mut sides = vec![Turns::warmed_up((primitive.bare)(cores, self.bytes)?)?];
        if let Some((_, prepare)) = built {
            sides.push(Turns::warmed_up(prepare(cores, self.bytes)?)?);
        }
        Ok(Box::new(Sides(sides)))
    }
}

impl fmt::Display for Contest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rival {
            Some(rival) => write!(f, "{} and {rival}", self.floor),
            None => f.write_str(&self.floor),
        }
    }
}

/// A floor, and what is built on it. A floor alone is compared with itself.
struct Sides(Vec<Turns>);

impl Stopwatch for Sides {
    /// Seconds an operation, by one turn for each run.
    fn time(&mut self, runs: &[Run], _expected: Duration) -> io::Result<Vec<f64>> {
        let turn = |run: &Run| {
            let side = match run.side {
                Side::Base => self.0.first_mut(),
                Side::Rival => self.0.last_mut(),
            };
            side.expect("there is a floor").take()
        };
        runs.iter().map(turn).collect()
    }
}

/// A turn lasts at least about this long. The clock itself takes some 20 ns to read.
const TURN: Duration = Duration::from_micros(200);

/// Turns of an operation, of this many calls each.
struct Turns {
    operation: Operation,
    calls: u64,
}

impl Turns {
    /// Finds out how many calls a turn needs; one at least. That warms the operation up, too: caches, branch
    /// predictors, the partner's first page faults.
    fn warmed_up(mut operation: Operation) -> io::Result<Self> {
        let mut calls = 1_u64;
        loop {
            let time = operation(calls)?;
            let missing = TURN.as_secs_f64() / time.as_secs_f64().max(1e-9);
            calls = (calls as f64 * missing.clamp(1.0, 10.0)).ceil() as u64;
            if missing < 2.0 {
                return Ok(Self { operation, calls });
            }
        }
    }

    /// Seconds an operation, by one turn.
    fn take(&mut self) -> io::Result<f64> {
        let time = (self.operation)(self.calls)?;
        Ok(time.as_secs_f64() / self.calls as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_long_enough_and_gives_the_time_of_one_operation() {
        for (nanoseconds, least) in [(10, 20_000), (3_000_000, 1)] {
            let call = Duration::from_nanos(nanoseconds);
            let operation = Box::new(move |calls| Ok(call * calls as u32));
            let mut warm = Turns::warmed_up(operation).expect("it does not fail");
            assert!(warm.calls >= least);
            let seconds = warm.take().expect("it does not fail");
            assert!((seconds - call.as_secs_f64()).abs() < 1e-12);
        }
    }
}
