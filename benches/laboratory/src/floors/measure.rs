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
    let absent = absent(&primitives, budget);
    let numbered = (0..).zip(primitives.iter().zip(&absent));
    let here = numbered.filter(|(_, (_, absent))| absent.is_none());
    let cells = here.flat_map(|(floor, (primitive, _))| cells(floor, primitive));
    let cells: Vec<Cell<Subject>> = cells.collect();
    let watch = Watch::start();
    let findings = estimator::measure(&cells, budget, stopwatch, |subject, done| {
        progress(&subject.to_string(), done);
    });
    let busy = watch.stop(findings.spread);
    let mut outcomes = findings.cells.into_iter();
    let floor = |(primitive, absent): (Primitive, Option<Absent>)| {
        let names = primitive.rivals().into_iter().map(str::to_owned);
        let rivals = match absent {
            None => names
                .zip(outcomes.by_ref())
                .map(|(name, outcome)| Rival { name, outcome })
                .collect(),
            Some(_) => Vec::new(),
        };
        Floor {
            name: primitive.name,
            about: primitive.about.to_owned(),
            group: primitive.group,
            placement: primitive.placement,
            bytes: primitive.bytes,
            rivals,
            absent,
        }
    };
    Ok(Floors {
        machine: Machine::this(),
        busy,
        noise_floor: findings.noise_floor,
        floors: primitives.into_iter().zip(absent).map(floor).collect(),
    })
}

/// Why each of them is absent, if so. Those that write much memory fit only if there is time for the lighter ones, too.
fn absent(primitives: &[Primitive], budget: Duration) -> Vec<Option<Absent>> {
    let rounds = passes(Duration::ZERO) as f64; // the fewest
    let least =
        |primitive: &Primitive| weight(primitive) * rounds * primitive.rivals().len() as f64;
    let mut absent: Vec<_> = primitives.iter().map(Primitive::absent).collect();
    let mut order: Vec<_> = (0..primitives.len())
        .filter(|&k| absent[k].is_none())
        .collect();
    order.sort_by(|&a, &b| least(&primitives[a]).total_cmp(&least(&primitives[b])));
    let mut together = 0.0;
    for k in order {
        together += least(&primitives[k]);
        let heavy = primitives[k].written > 0;
        absent[k] = (heavy && ROUND.mul_f64(together) > budget).then_some(Absent::NoTime);
    }
    absent
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
    fn with_less_time_the_heaviest_are_left_out_first() {
        let primitives = table::all();
        let left_out = |seconds: f64| {
            let absent = absent(&primitives, Duration::from_secs_f64(seconds));
            let names = primitives.iter().zip(absent);
            names
                .filter(|(_, absent)| *absent == Some(Absent::NoTime))
                .map(|(primitive, _)| primitive.name.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(left_out(30.0), [""; 0]);
        assert!(left_out(4.0).contains(&"... with its pipe: 256 MiB parent".to_owned()));
        assert!(
            left_out(0.1)
                .iter()
                .all(|name| name.contains("MiB") || name.contains("caches"))
        );
        assert!(left_out(4.0).len() < left_out(0.1).len());
    }
}
