//! What speedup may be hoped for: the laws of Amdahl and Gustafson, and what was measured in their terms.
//!
//! Sources: Amdahl, "Validity of the single processor approach to achieving large scale computing capabilities"
//! (1967); Gustafson, "Reevaluating Amdahl's law" (1988); Karp and Flatt, "Measuring parallel processor
//! performance" (1990).

/// Amdahl: the speedup by `workers` if the share `serial` (0 to 1) of the work cannot be shared, and there is not
/// more work for more workers.
pub fn amdahl(serial: f64, workers: f64) -> f64 {
    1.0 / (serial + (1.0 - serial) / workers)
}

/// Gustafson: how many times as much work `workers` do in the same time, if `serial` (0 to 1) is the share of that
/// time in which only one works, and there is more work for more workers.
pub fn gustafson(serial: f64, workers: f64) -> f64 {
    workers - serial * (workers - 1.0)
}

/// Karp and Flatt: the share of the work that was not shared, if `speedup` is what `workers` reached. `None` for
/// one worker, who tells nothing. Below 0 if they were more than that many times as fast.
///
/// A share that grows with the workers is no serial code: it is the overhead of having them.
pub fn karp_flatt(speedup: f64, workers: f64) -> Option<f64> {
    (workers > 1.0).then(|| (1.0 / speedup - 1.0 / workers) / (1.0 - 1.0 / workers))
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
}
