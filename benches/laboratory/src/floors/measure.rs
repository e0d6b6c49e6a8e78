//! Rounds of all floors, in processes of their own.

use std::io;
use std::time::Duration;

use estimator::sampling::passes;
use estimator::{Axis, Cell, Purpose};

use super::contest::{Contest, Primitive};
use super::{Absent, Floor, Floors, Rival, table};
use crate::machine::{Machine, Watch};
use crate::measuring::{Subject, stopwatch};

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
    let primitives = table::all();
    if primitives.is_empty() {
        let message = "floors are measured by system calls of Linux and macOS";
        return Err(io::Error::new(io::ErrorKind::Unsupported, message));
    }
    let here = (0..)
        .zip(&primitives)
        .filter(|(_, primitive)| absent(primitive, budget).is_none());
    let cells = here.flat_map(|(floor, primitive)| cells(floor, primitive));
    let cells: Vec<Cell<Subject>> = cells.collect();
    let watch = Watch::start();
    let findings = estimator::measure(&cells, budget, stopwatch, |subject, done| {
        progress(&subject.to_string(), done);
    });
    let busy = watch.stop(findings.spread);
    let mut outcomes = findings.cells.into_iter();
    let floor = |primitive: Primitive| {
        let absent = absent(&primitive, budget);
        let names = primitive.rivals().into_iter().map(str::to_owned);
        let names = names.filter(|_| absent.is_none());
        let rivals = names.zip(outcomes.by_ref());
        Floor {
            rivals: rivals
                .map(|(name, outcome)| Rival { name, outcome })
                .collect(),
            name: primitive.name,
            about: primitive.about.to_owned(),
            group: primitive.group,
            placement: primitive.placement,
            bytes: primitive.bytes,
            absent,
        }
    };
    Ok(Floors {
        machine: Machine::this(),
        busy,
        noise_floor: findings.noise_floor,
        floors: primitives.into_iter().map(floor).collect(),
    })
}

/// Why it is absent, if so. One that writes much memory needs time for its fewest rounds, and leaves two thirds of the
/// budget to the others.
fn absent(primitive: &Primitive, budget: Duration) -> Option<Absent> {
    let rounds = passes(Duration::ZERO) * primitive.rivals().len();
    let least = ROUND.mul_f64(weight(primitive) * rounds as f64);
    let too_long = primitive.written > 0 && 3 * least > budget;
    primitive.absent().or(too_long.then_some(Absent::NoTime))
}

/// Its share of the budget: a large parent takes long to write its memory and to fork.
fn weight(primitive: &Primitive) -> f64 {
    1.0 + primitive.written as f64 / HEAVY
}

fn cells(floor: usize, primitive: &Primitive) -> Vec<Cell<Subject>> {
    let cell = |rival| {
        let rival = (!primitive.built.is_empty()).then_some(rival);
        Cell {
            subject: Subject::Floor(Contest { floor, rival }),
            axis: Axis::Nothing,
            purpose: rival.map_or(Purpose::Check, |_| Purpose::Compare),
            weight: weight(primitive),
        }
    };
    (0..primitive.rivals().len()).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_less_time_the_heaviest_are_left_out() {
        let left_out = |seconds: u64| {
            let primitives = table::all().into_iter();
            let absent =
                primitives.map(|primitive| absent(&primitive, Duration::from_secs(seconds)));
            absent.filter(|&why| why == Some(Absent::NoTime)).count()
        };
        assert_eq!([20, 8, 3, 0].map(left_out), [0, 1, 3, 4]);
    }
}
