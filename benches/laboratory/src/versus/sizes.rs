//! What Python can do, and the numbers of items for which all of its ways are short enough.

use std::io;
use std::time::{Duration, Instant};

use estimator::axis::{longest_run, sizes_up_to};

use super::{OURS, POOL, Request};
use crate::python::{Python, PythonProcess};
use crate::trial::Trial;

/// The slowest way may take this long in any case: at smaller sizes, starting workers is all that is seen.
const LEAST_LIMIT: Duration = Duration::from_millis(50);

/// A size is too long if each of this many runs is: one may be slow by chance.
const TRIES: usize = 3;

/// One item is not expected to take longer, by any way.
const AT_FIRST: Duration = Duration::from_millis(200);

/// The number of rounds of each cell that sizes are chosen for.
const ROUNDS: u32 = 12;

/// What Python says of itself, with the ways that are asked for only; and the sizes that fit the budget.
pub(super) fn python_and_sizes(
    request: &Request,
    trial: Trial,
) -> io::Result<(Python, Vec<(usize, f64)>)> {
    let begin = Instant::now();
    let largest = trial.problem.len;
    let mut process = PythonProcess::start(trial)?;
    let time_to_start = begin.elapsed();
    let mut python = process.about.clone();
    python.others.retain(|way| request.every_way || way == POOL);
    let number = python.others.len() + OURS.len() + 5; // the languages with each other, and two checks
    let of_cell = request.budget.div_f64(number as f64);
    let limit = match request.largest {
        None => longest_run(of_cell.saturating_sub(ROUNDS * time_to_start)).max(LEAST_LIMIT),
        Some(_) => Duration::MAX, // a size that is asked for is measured in any case
    };
    // The ways of Rust are not asked: Python's pool takes longer.
    let sizes = sizes(largest, limit, |n, expected| {
        let ways = python.others.iter().chain([&python.best_serial]);
        let runs: Vec<(&str, usize)> = ways.map(|way| (&**way, n)).collect();
        let times = process.run(&runs, expected * runs.len() as u32)?;
        Ok(times.into_iter().fold(0.0, f64::max))
    })?;
    Ok((python, sizes))
}

/// The powers of ten up to the last size, and that, each with the seconds of the slowest way.
///
/// The last is that of 1, 2, 5, 10 ... `largest` at which the slowest way takes no longer than `limit`, so that all
/// ways can be run often enough; starting the workers, which takes the same at every size, does not count. `slowest` is
/// given a number of items, and how long each way is expected to take for it.
fn sizes(
    largest: usize,
    limit: Duration,
    mut slowest: impl FnMut(usize, Duration) -> io::Result<f64>,
) -> io::Result<Vec<(usize, f64)>> {
    let mut sizes: Vec<(usize, f64)> = Vec::new();
    for n in sizes_up_to(largest, Duration::MAX) {
        let expected = sizes.last().map_or(AT_FIRST, |&(last, seconds)| {
            Duration::from_secs_f64(seconds * n as f64 / last as f64)
        });
        let mut seconds = slowest(n, expected)?;
        let start = sizes.first().map_or(seconds, |&(_, seconds)| seconds);
        let longest = start + limit.as_secs_f64();
        for _ in 1..TRIES {
            if seconds > longest {
                seconds = slowest(n, expected)?;
            }
        }
        if seconds > longest {
            break;
        }
        sizes.push((n, seconds));
    }
    let last = sizes.last().map(|&(n, _)| n);
    sizes.retain(|&(n, _)| n == 10_usize.pow(n.ilog10()) || Some(n) == last);
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_end_where_the_slowest_way_takes_longer_than_the_limit() {
        // 10 ms to start the workers, and 1 µs an item.
        let slowest = |n: usize, _| Ok(0.01 + n as f64 * 1e-6);
        for (limit, last) in [
            (Duration::from_millis(50), 50_000),
            (Duration::from_millis(49), 20_000),
            (Duration::MAX, 70_000),
        ] {
            let sizes = sizes(70_000, limit, slowest).expect("it is made up");
            let sizes: Vec<_> = sizes.into_iter().map(|(n, _)| n).collect();
            assert_eq!(sizes, [1, 10, 100, 1_000, 10_000, last]);
        }
    }
}
