//! Floors: the least that this machine allows, and how far above it ours is.
//!
//! Starting a thread, waking up a process and sending a byte need the kernel, and no way of running in parallel is faster
//! than what it asks of the kernel. So each primitive is timed bare, in a few lines of system calls
//! (`primitives/syscalls.rs`), and what is built on it as a multiple of that floor. A multiple near one says that nothing is
//! left to gain above the kernel. A large one says what a convenience costs.
//!
//! A floor and what is built on it are base and rival of a [cell](estimator::Cell), measured and judged like any other: in
//! turns, in rounds that are processes of their own. So each process has a known size, and one thread, when it forks. A
//! floor on which nothing of ours is built is compared with itself: these cells give the noise floor.

use std::io;
use std::time::Duration;

use estimator::sampling::passes;
use estimator::{Axis, Cell, Measured, Purpose};
use serde::{Deserialize, Serialize};

pub use crate::cores::Placement;
use crate::machine::{Busy, Machine, Watch};
use crate::measuring::{Subject, stopwatch};
pub use crate::primitives::{Absent, Contest, Group};
use crate::primitives::{Primitive, all};

/// All floors of this machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Floors {
    /// What the times were taken on.
    pub machine: Machine,
    /// How busy it was meanwhile.
    pub busy: Busy,
    /// How far a floor against itself came out from 0, as ln(time / time).
    pub noise_floor: f64,
    /// One for each primitive, in the order in which they are shown.
    pub floors: Vec<Floor>,
}

/// The least time that a primitive takes, and what is built on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Floor {
    /// Its name; together with the placement, no other floor has it.
    pub name: String,
    /// What it is a primitive of.
    pub group: Group,
    /// Where the two that take part run; `None` if the system chooses, or only one takes part.
    pub placement: Option<Placement>,
    /// Bytes that one operation copies, if it copies any.
    pub bytes: Option<usize>,
    /// What is compared with it: the base of each cell is the floor, its rival is `name`. A floor on which
    /// nothing of ours is built is compared with itself, under its own name.
    pub rivals: Vec<Rival>,
    /// Why this machine does not have it; then there are no rivals.
    pub absent: Option<Absent>,
}

/// Something that is compared with a floor: times of one operation, in seconds, at place 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rival {
    /// A paradigm's name, or that of a type of a library.
    pub name: String,
    /// The result, or why there is none.
    pub outcome: Result<Measured, String>,
}

impl Floors {
    /// What failed, each with its reason.
    pub fn failures(&self) -> impl Iterator<Item = &String> {
        let rivals = self.floors.iter().flat_map(|floor| &floor.rivals);
        rivals.filter_map(|rival| rival.outcome.as_ref().err())
    }
}

impl Floor {
    /// What was measured of the floor itself: the base of the first rival that was measured.
    pub fn seconds(&self) -> Option<estimator::Range> {
        let measured = self.rivals.iter().flat_map(|rival| &rival.outcome).next()?;
        Some(measured.estimate.places[0].base)
    }
}

/// About how long a round takes: starting the process, and a few turns.
const ROUND: Duration = Duration::from_millis(10);
/// Writing so many bytes and forking after that takes about as long once more.
const HEAVY: f64 = (16 << 20) as f64;

/// Measures every floor within about `budget`, which they share; one whose fewest rounds do not fit is absent.
/// `progress` is told what is measured next, and which share is done, from 0 to 1.
///
/// The program must offer the role of a measuring process, by [`take_role_if_asked`](crate::take_role_if_asked).
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] where there is no `fork`.
pub fn measure(budget: Duration, mut progress: impl FnMut(&str, f64)) -> io::Result<Floors> {
    let mut primitives = all();
    if primitives.is_empty() {
        let message = "floors are measured by system calls of Linux and macOS";
        return Err(io::Error::new(io::ErrorKind::Unsupported, message));
    }
    leave_out_the_heavy(&mut primitives, budget);
    let here = primitives.iter().enumerate();
    let here = here.filter(|(_, primitive)| primitive.absent.is_none());
    let cells: Vec<_> = here
        .flat_map(|(k, primitive)| cells(k, primitive))
        .collect();
    let watch = Watch::start();
    let findings = estimator::measure(&cells, budget, stopwatch, |subject, done| {
        progress(&subject.to_string(), done);
    });
    let mut outcomes = findings.cells.into_iter();
    let floor = |primitive: Primitive| {
        let mut rivals = Vec::new();
        if primitive.absent.is_none() {
            for name in primitive.rivals() {
                rivals.push(Rival {
                    name: name.to_owned(),
                    outcome: outcomes.next().expect("each cell has an outcome"),
                });
            }
        }
        Floor {
            name: primitive.name,
            group: primitive.group,
            placement: primitive.placement,
            bytes: primitive.bytes,
            rivals,
            absent: primitive.absent,
        }
    };
    Ok(Floors {
        machine: Machine::this(),
        busy: watch.stop(findings.spread),
        noise_floor: findings.noise_floor,
        floors: primitives.into_iter().map(floor).collect(),
    })
}

/// One that writes much memory needs time for its fewest rounds, and leaves two thirds of the budget to the others.
fn leave_out_the_heavy(primitives: &mut [Primitive], budget: Duration) {
    for primitive in primitives {
        let rounds = passes(Duration::ZERO) * primitive.rivals().len();
        let least = ROUND.mul_f64(weight(primitive) * rounds as f64);
        if primitive.written > 0 && 3 * least > budget {
            primitive.absent = Some(Absent::NoTime);
        }
    }
}

/// Its share of the budget: a large parent takes long to write its memory and to fork.
fn weight(primitive: &Primitive) -> f64 {
    1.0 + primitive.written as f64 / HEAVY
}

/// The cells of the primitive of that number.
fn cells(floor: usize, primitive: &Primitive) -> impl Iterator<Item = Cell<Subject>> {
    let is_check = primitive.built.is_empty();
    (0..primitive.rivals().len()).map(move |rival| Cell {
        subject: Subject::Floor(Contest {
            floor,
            rival: (!is_check).then_some(rival),
        }),
        axis: Axis::Nothing,
        purpose: if is_check {
            Purpose::Check
        } else {
            Purpose::Compare
        },
        weight: weight(primitive),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_less_time_the_heaviest_are_left_out() {
        let left_out = |seconds| {
            let mut primitives = all();
            leave_out_the_heavy(&mut primitives, Duration::from_secs(seconds));
            let why = primitives.iter().map(|primitive| primitive.absent);
            why.filter(|&why| why == Some(Absent::NoTime)).count()
        };
        assert_eq!([20, 8, 3, 0].map(left_out), [0, 1, 3, 4]);
    }
}
