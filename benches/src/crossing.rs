//! From paired times to a crossover point.
//!
//! # Method
//!
//! A *pair* is one serial and one parallel run of the same size, taken one right after the other, so
//! that a machine that slows down slows both; what counts is the logarithm of their ratio. A *round*
//! is one pair of each of several sizes.
//!
//! 1. For each size, the median of the log ratios: robust against the occasional disturbed run.
//! 2. The crossover is where they change from not negative to negative for the last time: the paradigm
//!    is faster at every larger measured size. Between the two sizes round that change, the ratio is
//!    interpolated linearly in ln n.
//! 3. The interval is a percentile bootstrap: rounds are drawn with replacement, the crossover is
//!    computed anew, and the middle 95% of the results is what could have been measured as well. A
//!    draw that is not faster at the largest size counts as beyond it, one that is faster at every
//!    size as below all of them: at that end the interval is then open.
//!
//! Sources: Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapters 8 and 13;
//! Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time" (2013), for ratios with intervals.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

/// One serial and one parallel run of the same size, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The number of items.
    pub n: usize,
    /// The serial run's time.
    pub serial: f64,
    /// The parallel run's time.
    pub parallel: f64,
}

/// Pairs of several sizes that were taken one after the other.
pub type Round = Vec<Pair>;

/// From which size on a paradigm is faster than serial code.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crossing {
    /// From this one on, give or take.
    From {
        /// The number of items, interpolated.
        n: f64,
        /// The interval's lower end; `None` if it may be below every size that was measured.
        low: Option<f64>,
        /// The interval's upper end; `None` if there may be no crossover up to the largest size.
        high: Option<f64>,
    },
    /// It was faster at every size that was measured.
    Always {
        /// The smallest of them.
        n: usize,
    },
    /// It was not faster at the largest size.
    Never {
        /// The largest size.
        up_to: usize,
    },
}

/// Resamplings of the bootstrap.
const RESAMPLES: usize = 1_000;

/// Where the crossover of one resampling lies; below and above all sizes are infinities, so that
/// points can be sorted.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point(f64);

impl Point {
    const ALWAYS: Self = Self(f64::NEG_INFINITY);
    const NEVER: Self = Self(f64::INFINITY);

    fn finite(self) -> Option<f64> {
        self.0.is_finite().then_some(self.0)
    }
}

/// The crossover in what was measured. The rounds of each phase are resampled among themselves, since
/// phases differ in their sizes.
///
/// # Panics
///
/// If there is no pair at all.
pub fn crossing(phases: &[Vec<Round>]) -> Crossing {
    let all = || phases.iter().flatten();
    let point = locate(&median_log_ratios(all()));
    let sizes = || all().flatten().map(|pair| pair.n);
    match point {
        Point::ALWAYS => Crossing::Always {
            n: sizes().min().expect("there are pairs"),
        },
        Point::NEVER => Crossing::Never {
            up_to: sizes().max().expect("there are pairs"),
        },
        Point(n) => {
            let mut points = bootstrap(phases);
            points.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            let quantile = |q: f64| points[(q * (points.len() - 1) as f64).round() as usize];
            // The interval holds the estimate even where the resamplings lean to one side.
            let low = quantile(0.025).0.min(n);
            let high = quantile(0.975).0.max(n);
            Crossing::From {
                n,
                low: Point(low).finite(),
                high: Point(high).finite(),
            }
        }
    }
}

/// The crossovers of resampled rounds, the same for the same rounds.
fn bootstrap(phases: &[Vec<Round>]) -> Vec<Point> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
    (0..RESAMPLES)
        .map(|_| {
            let mut drawn = Vec::new();
            for rounds in phases {
                drawn.extend(
                    (0..rounds.len()).map(|_| &rounds[random.random_range(0..rounds.len())]),
                );
            }
            locate(&median_log_ratios(drawn))
        })
        .collect()
}

/// ln(parallel / serial) for each size, the median of its pairs.
fn median_log_ratios<'a>(rounds: impl IntoIterator<Item = &'a Round>) -> BTreeMap<usize, f64> {
    let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for pair in rounds.into_iter().flatten() {
        by_size
            .entry(pair.n)
            .or_default()
            .push((pair.parallel / pair.serial).ln());
    }
    by_size
        .into_iter()
        .map(|(n, ratios)| (n, median(ratios)))
        .collect()
}

/// The last change from slower to faster, interpolated.
fn locate(log_ratios: &BTreeMap<usize, f64>) -> Point {
    let mut faster = None;
    for (&n, &ratio) in log_ratios.iter().rev() {
        if ratio >= 0.0 {
            return match faster {
                None => Point::NEVER,
                Some((above, ratio_above)) => Point(zero_between((n, ratio), (above, ratio_above))),
            };
        }
        faster = Some((n, ratio));
    }
    Point::ALWAYS
}

/// Where the line through two points, straight in ln n, is zero.
fn zero_between((n_low, low): (usize, f64), (n_high, high): (usize, f64)) -> f64 {
    let (x_low, x_high) = ((n_low as f64).ln(), (n_high as f64).ln());
    (x_low + (x_high - x_low) * low / (low - high)).exp()
}

/// The median; of an even number, the mean of the two in the middle. NaN of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these come out exactly")]
mod tests {
    use super::*;

    /// Rounds of a serial time of 1 µs an item against half of that plus `overhead`, with noise that
    /// multiplies each time by up to `1 ± noise`.
    fn rounds(count: usize, sizes: &[usize], overhead: f64, noise: f64, seed: u64) -> Vec<Round> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut noisy = |time: f64| time * random.random_range(1.0 - noise..=1.0 + noise);
        let pair = |&n: &usize| Pair {
            n,
            serial: noisy(1e-6 * n as f64),
            parallel: noisy(overhead + 0.5e-6 * n as f64),
        };
        let mut pair = pair;
        (0..count)
            .map(|_| sizes.iter().map(&mut pair).collect())
            .collect()
    }

    const SIZES: [usize; 7] = [10, 20, 50, 100, 200, 500, 1_000];

    #[test]
    fn finds_a_known_crossover_between_sizes() {
        // 1e-6 n = 1e-4 + 0.5e-6 n at n = 200; with 99e-6 a little below.
        let Crossing::From { n, low, high } = crossing(&[rounds(9, &SIZES, 99e-6, 0.0, 1)]) else {
            panic!("there is one")
        };
        assert!((190.0..200.0).contains(&n), "{n}");
        assert_eq!(
            (low, high),
            (Some(n), Some(n)),
            "without noise, without doubt"
        );
    }

    #[test]
    fn the_interval_nearly_always_holds_the_truth() {
        let (mut held, runs) = (0, 200);
        for seed in 0..runs {
            // Phases as in a survey: coarse sizes, then more rounds round the crossover at 170.
            let phases = [
                rounds(7, &SIZES, 85e-6, 0.1, seed),
                rounds(15, &[100, 126, 159, 200], 85e-6, 0.1, seed + 1_000),
            ];
            if let Crossing::From {
                low: Some(low),
                high: Some(high),
                ..
            } = crossing(&phases)
            {
                held += u64::from((low..=high).contains(&170.0));
                assert!(high / low < 2.0, "an interval of {low}..{high} says little");
            }
        }
        assert!(held * 100 >= runs * 90, "{held} of {runs}");
    }

    #[test]
    fn never_and_always_are_answers() {
        assert_eq!(
            crossing(&[rounds(5, &SIZES, 1.0, 0.1, 2)]),
            Crossing::Never { up_to: 1_000 }
        );
        assert_eq!(
            crossing(&[rounds(5, &SIZES, 0.0, 0.1, 3)]),
            Crossing::Always { n: 10 }
        );
    }

    #[test]
    fn an_interval_is_open_where_the_largest_size_is_in_doubt() {
        // Equal at the largest size but for the noise: whichever side it falls on, nobody knows.
        let open = (0..50).any(|seed| {
            let crossing = crossing(&[rounds(5, &SIZES, 495e-6, 0.1, seed)]);
            matches!(crossing, Crossing::From { high: None, .. })
        });
        assert!(open);
    }

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), 2.5);
        assert!(median(Vec::new()).is_nan());
    }
}
