//! `monte-carlo-pi`: throw points at the unit square and count those in the quarter circle.
//!
//! The field's standard example of a reduction. Two things make the answer the same for any way of
//! cutting the work: hits are counted as integers, and the generator is seeded anew for every block
//! of [`BLOCK`] points, so that no point depends on what another worker has drawn.

use std::io;
use std::ops::Range;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::{Reduce, Workload, refuse_input};

/// Points that share a seed. A range that begins inside a block draws and drops the points before it.
pub const BLOCK: usize = 256;

/// Point `i` is a hit if it lies in the quarter circle; the summary is the number of hits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonteCarloPi {
    len: usize,
}

impl MonteCarloPi {
    /// A throw of `n` points.
    pub fn new(n: usize) -> Self {
        Self { len: n }
    }

    /// The estimate of π: four times the share of points that hit. NaN without points.
    pub fn estimate(&self, hits: u64) -> f64 {
        4.0 * hits as f64 / self.len as f64
    }
}

impl Workload for MonteCarloPi {
    const NAME: &'static str = "monte-carlo-pi";
    const ABOUT: &'static str = "count random points in the quarter circle";

    fn with_input(n: usize, input: &[String]) -> io::Result<Self> {
        refuse_input(Self::NAME, input)?;
        Ok(Self::new(n))
    }

    fn with_len(&self, n: usize) -> Self {
        Self::new(n)
    }

    fn len(&self) -> usize {
        self.len
    }
}

impl Reduce for MonteCarloPi {
    type Summary = u64;

    fn fold(&self, points: Range<usize>) -> u64 {
        let mut hits = 0;
        let mut point = points.start;
        while point < points.end {
            let block = point / BLOCK;
            let end = ((block + 1) * BLOCK).min(points.end);
            let mut random = Xoshiro256PlusPlus::seed_from_u64(block as u64);
            for _ in block * BLOCK..point {
                random.next_u64();
            }
            hits += (point..end)
                .filter(|_| in_quarter_circle(random.next_u64()))
                .count() as u64;
            point = end;
        }
        hits
    }

    fn merge(&self, left: u64, right: u64) -> u64 {
        left + right
    }
}

/// Whether the point whose coordinates are the two halves of `bits`, in units of 2^-32, is less than
/// 1 from the origin.
fn in_quarter_circle(bits: u64) -> bool {
    let (x, y) = (bits >> 32, bits & u64::from(u32::MAX));
    (x * x).checked_add(y * y).is_some() // below 2^64, the square of the radius
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_near_pi() {
        let workload = MonteCarloPi { len: 1_000_000 };
        let estimate = workload.estimate(workload.fold(0..workload.len));
        // The standard error is 4 * sqrt(p * (1 - p) / n) = 0.0016 with p = π / 4.
        assert!(
            (estimate - std::f64::consts::PI).abs() < 4.0 * 0.0016,
            "{estimate}"
        );
    }

    #[test]
    fn cutting_inside_a_block_changes_nothing() {
        let workload = MonteCarloPi { len: 3 * BLOCK };
        let whole = workload.fold(0..3 * BLOCK);
        for cut in [1, BLOCK - 1, BLOCK, BLOCK + 7, 3 * BLOCK - 1] {
            assert_eq!(
                workload.fold(0..cut) + workload.fold(cut..3 * BLOCK),
                whole,
                "cut at {cut}"
            );
        }
    }
}
