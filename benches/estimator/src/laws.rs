//! Which speedup can be expected: the laws of Amdahl and Gustafson, and what was measured in their terms.
//!
//! Sources: Amdahl, "Validity of the single processor approach to achieving large scale computing capabilities"
//! (1967); Gustafson, "Reevaluating Amdahl's law" (1988); Karp and Flatt, "Measuring parallel processor
//! performance" (1990).

use crate::engine::Measured;
use crate::verdict::Range;

/// Amdahl: the speedup by `workers` if the share `serial` (0 to 1) of the *serial* time cannot be shared, and there is
/// not more work for more workers.
pub fn amdahl(serial: f64, workers: f64) -> f64 {
    1.0 / (serial + (1.0 - serial) / workers)
}

/// Gustafson: how many times as much work `workers` do in the same time, if `serial` (0 to 1) is the share of the
/// *parallel* time in which only one works, and there is more work for more workers.
pub fn gustafson(serial: f64, workers: f64) -> f64 {
    workers - serial * (workers - 1.0)
}

/// The share of the parallel time (Gustafson's) that is the share `serial` of the serial time (Amdahl's), if both
/// speak of the same run with `workers` workers.
pub fn share_of_parallel_time(serial: f64, workers: f64) -> f64 {
    serial * amdahl(serial, workers)
}

/// Karp and Flatt: the share of the work that was not shared, if `speedup` is what `workers` reached. `None` for
/// one worker. Below 0 if they were more than that many times as fast.
///
/// A share that grows with the workers is no serial code: it is the overhead of having them.
pub fn karp_flatt(speedup: f64, workers: f64) -> Option<f64> {
    (workers > 1.0).then(|| (1.0 / speedup - 1.0 / workers) / (1.0 - 1.0 / workers))
}

/// Amdahl's share for one paradigm that was measured along the number of workers, fitted over all numbers of workers
/// up to `cores`, with its 95% interval over rounds. `None` if no more than one worker was measured.
///
/// Each round gives one share: the least squares of 1/speedup = s + (1 − s)/workers over its places. The fit and its
/// interval are the median of the rounds' shares and its spread, as for any other figure.
pub fn amdahl_share(measured: &Measured, cores: usize) -> Option<Range> {
    let shares: Vec<f64> = measured
        .rounds
        .iter()
        .filter_map(|round| {
            let (mut products, mut squares) = (0.0, 0.0);
            for pair in round.iter().filter(|pair| (2..=cores).contains(&pair.at)) {
                let ideal = 1.0 / pair.at as f64;
                products += (pair.rival / pair.base - ideal) * (1.0 - ideal);
                squares += (1.0 - ideal) * (1.0 - ideal);
            }
            (squares > 0.0).then(|| products / squares)
        })
        .collect();
    (!shares.is_empty()).then(|| Range::of(&shares))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_laws_at_their_ends() {
        assert!((amdahl(0.0, 8.0) - 8.0).abs() < 1e-12);
        assert!((amdahl(1.0, 8.0) - 1.0).abs() < 1e-12);
        assert!(amdahl(0.1, 1e9) < 10.0);
        assert!((gustafson(0.25, 5.0) - 4.0).abs() < 1e-12);
    }

    #[test]
    fn karp_and_flatt_undo_amdahl() {
        for workers in [2.0, 4.0, 64.0] {
            let serial =
                karp_flatt(amdahl(0.05, workers), workers).expect("there are several workers");
            assert!((serial - 0.05).abs() < 1e-12);
        }
        assert_eq!(karp_flatt(1.0, 1.0), None);
    }

    #[test]
    fn both_laws_go_through_the_point_that_was_measured() {
        for (serial, workers) in [(0.05, 2.0), (0.3, 8.0)] {
            let speedup = amdahl(serial, workers);
            let same = gustafson(share_of_parallel_time(serial, workers), workers);
            assert!((same / speedup - 1.0).abs() < 1e-12);
        }
    }
}
