//! The process in which a primitive and what is built on it are timed, turn by turn.

use std::fmt;
use std::io;

use estimator::{Run, Side, Stopwatch};
use serde::{Deserialize, Serialize};

use super::primitive::{Operation, Primitive};
use super::table;
use crate::cores;

/// A floor and what it is compared with. A process of its own is started for it, again in each round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    /// The number of the primitive.
    pub(crate) floor: usize,
    /// The number of what is built on it; `None`: the floor is compared with itself.
    pub(crate) rival: Option<usize>,
}

impl Contest {
    fn primitive(self) -> Primitive {
        table::all().swap_remove(self.floor)
    }

    /// Prepares both sides, in a process that does nothing else: writes memory, pins this process, starts partners.
    pub fn stopwatch(self) -> io::Result<Box<dyn Stopwatch>> {
        let mut primitive = self.primitive();
        #[cfg(unix)]
        super::syscalls::write_small_pages(primitive.written);
        let mut on = [0; 2];
        if let Some(placement) = primitive.placement {
            on = placement.cores().ok_or(io::ErrorKind::NotFound)?;
            cores::pin(&on[..1])?;
        }
        let base = (primitive.bare)(on)?.warmed_up()?;
        let rival = match self.rival {
            Some(rival) => Some(primitive.built.swap_remove(rival).1(on)?.warmed_up()?),
            None => None,
        };
        Ok(Box::new(Turns { base, rival }))
    }
}

impl fmt::Display for Contest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let primitive = self.primitive();
        match self.rival {
            Some(rival) => write!(f, "{} and {}", primitive.name, primitive.built[rival].0),
            None => f.write_str(&primitive.name),
        }
    }
}

/// A floor, and what is built on it; `None`: the floor is compared with itself.
struct Turns {
    base: Operation,
    rival: Option<Operation>,
}

impl Stopwatch for Turns {
    /// Seconds an operation, by one turn for each run.
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let turn = |run: &Run| match (run.side, &mut self.rival) {
            (Side::Rival, Some(rival)) => rival.turn(),
            _ => self.base.turn(),
        };
        runs.iter().map(turn).collect()
    }
}
