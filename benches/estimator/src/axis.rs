//! Along what a base and its rival are compared.

use std::time::Duration;

use crate::statistics::FEWEST;

/// Along what the base and its rival are compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Axis {
    /// Numbers of items in rising order, each with about how many seconds the base takes.
    Items(Vec<(usize, f64)>),
    /// Places that every round goes over: numbers of workers, or of probes. Each with about how many seconds the base
    /// takes.
    Places(Vec<(usize, f64)>),
    /// Nothing: one place, which is called 1.
    Nothing,
}

impl Axis {
    /// All places, in rising order.
    pub(crate) fn places(&self) -> Vec<usize> {
        match self {
            Self::Items(places) | Self::Places(places) => {
                places.iter().map(|&(at, _)| at).collect()
            }
            Self::Nothing => vec![1],
        }
    }
}

/// The sizes from 1 to `largest`, which is one of them, that are measured with `budget` for a cell: 1, 2, 5, 10 ...,
/// or 1, 3, 10 ... if there is not the time for more.
pub fn sizes_up_to(largest: usize, budget: Duration) -> impl Iterator<Item = usize> {
    let digits: &[usize] = if budget < COARSE { &[1, 3] } else { &[1, 2, 5] };
    let powers = std::iter::successors(Some(1_usize), |power| power.checked_mul(10));
    let sizes =
        powers.flat_map(move |power| digits.iter().map(move |digit| power.saturating_mul(*digit)));
    sizes.take_while(move |&n| n < largest).chain([largest])
}

/// With less time for a cell, sizes are 1, 3, 10 ....
const COARSE: Duration = Duration::from_millis(800);

/// How long the base may take at the largest size, if a cell may take `budget`. A round over all sizes takes about four
/// times as long, and all those rounds are to take half of the cell's time.
pub fn longest_run(budget: Duration) -> Duration {
    budget.div_f64(55.0)
}

/// About how long the fewest rounds of a cell take, in seconds: if its rival takes `overhead` longer than the base at
/// any of these sizes, and each round begins with a `start`. The first round goes over every third size, the others over
/// those at which the rival is not far behind.
pub fn fewest_rounds(sizes: &[(usize, f64)], start: f64, overhead: f64) -> f64 {
    let pair = |&(_, base): &(usize, f64)| 2.0 * base + overhead;
    let first: f64 = sizes.iter().rev().step_by(3).map(pair).sum();
    let is_near = |(_, base): &&(usize, f64)| overhead < FAR_BEHIND * base;
    let near: f64 = sizes.iter().filter(is_near).map(pair).sum();
    let largest = sizes.last().map_or(0.0, pair);
    start + first + FEWEST as f64 * (start + near.max(largest))
}

/// A rival is far behind if its overhead is this many times the base's time.
const FAR_BEHIND: f64 = 3.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_rounds_take_longer_with_an_overhead() {
        let sizes = [(1, 0.0), (10, 0.0), (100, 0.5), (1_000, 5.0)];
        let near = |overhead: f64| fewest_rounds(&sizes, 0.1, overhead);
        // 1,000 and 1, then 6 times 100 and 1,000.
        assert!((near(0.0) - (0.7 + 10.0 + 6.0 * 11.0)).abs() < 1e-9);
        // 6 times 1,000.
        assert!((near(2.0) - (0.7 + 14.0 + 6.0 * 12.0)).abs() < 1e-9);
    }

    #[test]
    fn sizes_are_round_and_end_at_the_largest() {
        let sizes = |largest, seconds| {
            sizes_up_to(largest, Duration::from_secs_f64(seconds)).collect::<Vec<_>>()
        };
        assert_eq!(sizes(1, 2.0), [1]);
        assert_eq!(sizes(20, 2.0), [1, 2, 5, 10, 20]);
        assert_eq!(sizes(37, 2.0), [1, 2, 5, 10, 20, 37]);
        assert_eq!(sizes(200, 0.2), [1, 3, 10, 30, 100, 200]);
        assert_eq!(sizes(usize::MAX, 2.0).last(), Some(&usize::MAX));
    }
}
