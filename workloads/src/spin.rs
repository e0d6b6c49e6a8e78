//! `spin`: every item costs a chosen number of nanoseconds.
//!
//! An item is work, not sleep: a chain of multiplications whose length is calibrated on this machine. Change the
//! cost of an item, and the crossover moves. The crossover is where parallelism saves as much time as it costs; two
//! workers save half of the items' cost.

use std::hint::black_box;
use std::io;
use std::sync::OnceLock;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::{Map, Workload};

/// Item `i` is `i` after a number of steps of a 64-bit mixing function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spin {
    len: usize,
    /// Part of the problem, so that it has the same answer in a process that calibrates differently.
    steps: u32,
}

/// The cost of an item, in nanoseconds, if no other is asked for.
const DEFAULT_NANOSECONDS: f64 = 1_000.0;

/// The largest cost of an item that can be asked for: one second.
const MAX_NANOSECONDS: f64 = 1e9;

impl Spin {
    /// `len` items that cost `nanoseconds` each on the machine and at the moment of this call.
    pub fn new(len: usize, nanoseconds: f64) -> Self {
        Self {
            len,
            steps: (nanoseconds / nanoseconds_per_step()).round() as u32,
        }
    }
}

impl Workload for Spin {
    const NAME: &'static str = "spin";
    const ABOUT: &'static str = "every item costs a chosen time";
    const INPUT: Option<&'static str> = Some("nanoseconds for an item (default 1000)");

    fn with_input(n: usize, input: &[String]) -> io::Result<Self> {
        let nanoseconds = match input {
            [] => Some(DEFAULT_NANOSECONDS),
            [text] => text
                .parse()
                .ok()
                .filter(|ns| (0.0..=MAX_NANOSECONDS).contains(ns)),
            _ => None,
        };
        match nanoseconds {
            Some(nanoseconds) => Ok(Self::new(n, nanoseconds)),
            None => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "spin takes as input one number of nanoseconds, 0 to 1e9, not {}",
                    input.join(" ")
                ),
            )),
        }
    }

    fn with_len(&self, n: usize) -> Self {
        Self { len: n, ..*self }
    }

    fn len(&self) -> usize {
        self.len
    }

    fn details(&self) -> String {
        format!(
            "{} steps an item, {:.0} ns here",
            self.steps,
            f64::from(self.steps) * nanoseconds_per_step()
        )
    }
}

impl Map for Spin {
    type Item = u64;

    fn fill(&self, first: usize, out: &mut [u64]) {
        for (index, item) in (first as u64..).zip(out) {
            *item = spin(index, self.steps);
        }
    }
}

/// `steps` dependent steps: xor-shift and multiply, as in Vigna's `SplitMix64` finaliser.
fn spin(index: u64, steps: u32) -> u64 {
    (0..steps).fold(index, |x, _| {
        (x ^ (x >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb)
    })
}

/// The cost of one step, in nanoseconds: the fastest of a few trials, taken once.
fn nanoseconds_per_step() -> f64 {
    const STEPS: u32 = 20_000;
    static CALIBRATION: OnceLock<f64> = OnceLock::new();
    *CALIBRATION.get_or_init(|| {
        let trial = |index| {
            let start = Instant::now();
            black_box(spin(black_box(index), STEPS));
            start.elapsed().as_secs_f64()
        };
        let fastest = (0..20).map(trial).fold(f64::INFINITY, f64::min);
        fastest * 1e9 / f64::from(STEPS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_knob_sets_the_number_of_steps() {
        let [none, some, twice] = [0.0, 1_000.0, 2_000.0].map(|ns| Spin::new(1, ns).steps);
        assert_eq!(none, 0);
        assert!(some > 0);
        assert!(
            (2 * some).abs_diff(twice) <= 1,
            "{twice} steps for twice the time of {some}"
        );
    }

    #[test]
    fn no_work_leaves_the_index() {
        let mut out = [0; 2];
        Spin::new(2, 0.0).fill(5, &mut out);
        assert_eq!(out, [5, 6]);
    }
}
