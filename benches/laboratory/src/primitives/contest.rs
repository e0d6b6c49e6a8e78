//! The process in which a primitive and what is built on it are timed, turn by turn.

use std::fmt;
use std::io;
use std::time::Duration;

use estimator::{Run, Side, Stopwatch};
use serde::{Deserialize, Serialize};

use super::{Floor, Operation, Setting, table};
use crate::cores::pin;

/// A floor and what it is compared with. A process of its own is started for it, again in each round.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contest {
    /// The base.
    pub floor: Floor,
    /// What is built on it: the name of a paradigm, or of a type of a library. `None`: the floor is compared with itself.
    pub rival: Option<String>,
}

/// Every floor with each thing that is built on it, in the order in which they are shown.
pub fn contests() -> Vec<Contest> {
    let mut contests = Vec::new();
    for primitive in table::all() {
        let rivals = primitive
            .built
            .iter()
            .map(|(name, _)| Some(name.to_string()));
        let mut rivals: Vec<_> = rivals.collect();
        if rivals.is_empty() {
            rivals.push(None);
        }
        contests.extend(rivals.into_iter().map(|rival| Contest {
            floor: primitive.floor.clone(),
            rival,
        }));
    }
    contests
}

impl Contest {
    /// Prepares both sides, in a process that does nothing else: writes memory, pins this process, starts partners.
    pub(crate) fn stopwatch(&self) -> io::Result<Box<dyn Stopwatch>> {
        let floor = &self.floor;
        let mut primitives = table::all().into_iter();
        let primitive = primitives
            .find(|it| (&it.floor.name, it.floor.placement) == (&floor.name, floor.placement))
            .ok_or(io::ErrorKind::NotFound)?;
        let mut built = primitive.built.iter();
        let built = built.find(|(name, _)| Some(*name) == self.rival.as_deref());
        #[cfg(unix)]
        super::syscalls::write_small_pages(floor.written);
        let mut cores = [None; 2];
        if let Some(placement) = floor.placement {
            cores = placement.cores().ok_or(io::ErrorKind::NotFound)?.map(Some);
        }
        pin(cores[0])?;
        let setting = Setting {
            cores,
            bytes: floor.bytes,
        };
        let base = Turns::warmed_up((primitive.bare)(setting)?)?;
        let rival = match built {
            Some((_, prepare)) => Some(Turns::warmed_up(prepare(setting)?)?),
            None => None,
        };
        Ok(Box::new(Sides { base, rival }))
    }
}

impl fmt::Display for Contest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rival {
            Some(rival) => write!(f, "{} and {rival}", self.floor.name),
            None => f.write_str(&self.floor.name),
        }
    }
}

/// A floor, and what is built on it; `None`: the floor is compared with itself.
struct Sides {
    base: Turns,
    rival: Option<Turns>,
}

impl Stopwatch for Sides {
    /// Seconds an operation, by one turn for each run.
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let turn = |run: &Run| match (run.side, &mut self.rival) {
            (Side::Rival, Some(rival)) => rival.take(),
            _ => self.base.take(),
        };
        runs.iter().map(turn).collect()
    }
}

/// A turn lasts at least about so long. The clock itself takes some 20 ns to read.
const TURN: Duration = Duration::from_micros(200);

/// Turns of an operation, of so many calls each.
struct Turns {
    operation: Operation,
    calls: u64,
}

impl Turns {
    /// Finds out how many calls a turn needs; one at least. That warms the operation up, too: caches, branch predictors,
    /// the partner's first page faults.
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
